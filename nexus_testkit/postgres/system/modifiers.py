"""Types of pg_catalog with their modifiers, as format_type() prints them (utils/adt/format_type.c)."""

from __future__ import annotations

from nexus_testkit.errors.database import database_error


def with_modifier(name: str, typmod: int | None, title: str) -> str:
    """A type of pg_catalog with its modifier (`format_type_extended`, utils/adt/format_type.c)."""
    if typmod is None or typmod < 0:
        return {"bpchar": "bpchar", "bit": '"bit"'}.get(name, title) if typmod is not None else title
    if name in ("varchar", "bpchar"):
        return f"{title}({typmod - 4})" if typmod > 4 else title
    if name == "numeric":
        packed = typmod - 4
        return f"{title}({(packed >> 16) & 0xFFFF},{((packed & 0x7FF) ^ 1024) - 1024})"
    if name in ("bit", "varbit"):
        return f"{title}({typmod})"
    if name in ("time", "timetz", "timestamp", "timestamptz"):
        word, _, rest = title.partition(" ")
        return f"{word}({typmod}) {rest}"
    if name == "interval":
        return _interval(typmod)
    return title


# INTERVAL_MASK of utils/timestamp.h: bits of the fields, in the order in which they are named.
_FIELDS = {
    0x04: " year",
    0x02: " month",
    0x08: " day",
    0x0400: " hour",
    0x0800: " minute",
    0x1000: " second",
    0x06: " year to month",
    0x0408: " day to hour",
    0x0C08: " day to minute",
    0x1C08: " day to second",
    0x0C00: " hour to minute",
    0x1C00: " hour to second",
    0x1800: " minute to second",
    0x7FFF: "",
}


def _interval(typmod: int) -> str:
    fields, precision = (typmod >> 16) & 0x7FFF, typmod & 0xFFFF
    if fields not in _FIELDS:
        raise database_error("XX000", f"invalid INTERVAL typmod: 0x{typmod:x}")
    return f"interval{_FIELDS[fields]}" + (f"({precision})" if precision != 0xFFFF else "")
