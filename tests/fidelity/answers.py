"""Answers to a step, in a form that compares: values by their repr, so that their Python types count."""

from __future__ import annotations

import datetime as dt
import ipaddress
import math
import re
from enum import StrEnum
from functools import partial
from typing import Any

FIELDS = ("message", "detail", "position", "constraint_name", "table_name", "column_name")
_CLIENT = "client"  # asyncpg's InterfaceError, which has no SQLSTATE
# The server takes them from the system's C library, and so does Python: their last digit is that library's, not PostgreSQL's.
_OF_LIBM = re.compile(r"\b(a(sin|cos|tan)h|(sin|cos|tan)h|l?gamma|erfc?|cbrt)\b", re.IGNORECASE)
_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)


class Verdict(StrEnum):
    """How the fake's answer compares with the server's."""

    IDENTICAL = "identical"
    REFUSED = "refused"
    ERROR_TEXT = "other error text"
    ERROR = "wrong error code"
    SILENT = "silently different"


def of_rows(columns: list[str], rows: list[tuple[Any, ...]], status: str, rowcount: int) -> dict[str, Any]:
    """A result."""
    answer: dict[str, Any] = {"status": status, "rowcount": rowcount}
    if columns or rows:
        answer["columns"] = columns
        answer["rows"] = [[_shown(value) for value in row] for row in rows]
    return answer


def _shown(value: Any) -> str:
    """A value's repr, the same one in every Python: 3.13 writes the end of `::ffff:102:304` as an IPv4 address."""
    address = value.ip if isinstance(value, ipaddress.IPv6Interface) else value
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    if mapped is None:
        return repr(value)
    high, low = divmod(int(mapped), 1 << 16)
    rest = f"/{value.network.prefixlen}" if isinstance(value, ipaddress.IPv6Interface) else ""
    return f"{type(value).__name__}('::ffff:{high:x}:{low:x}{rest}')"


def of_error(error: Any) -> dict[str, Any]:
    """An error, of asyncpg or of the fake."""
    answer: dict[str, Any] = {"error": getattr(error, "sqlstate", None) or _CLIENT}
    for name in FIELDS:
        value = getattr(error, name, None)
        if name == "message" and not value:
            value = _of_any_python(str(error.args[0]))
        if value:
            answer[name] = int(value) if name == "position" else value
    return answer


def _of_any_python(message: str) -> str:
    """What `datetime` says where asyncpg makes one: 3.14 names the value that is out of range."""
    message = re.sub(r"^year must be in 1\.\.9999, not (-?\d+)$", r"year \1 is out of range", message)
    return re.sub(r"^(\w+ must be in -?\d+\.\.\d+), not -?\d+$", r"\1", message)


def count_of(status: str) -> int:
    """The number in a command tag; 0 where it has none."""
    last = status.rpartition(" ")[2]
    return int(last) if last.isdigit() else 0


def merged(first: dict[str, Any], second: dict[str, Any], today: dt.date) -> dict[str, Any] | None:
    """Two recordings of one step as one: what differs, or speaks of today, counts by its type alone.

    None where more than values differ.
    """
    if first.get("error") and first.get("error") == second.get("error") and first.keys() == second.keys():
        # the failing row of a DETAIL may show a fresh id or the time
        return {
            name: value if value == second[name] or name == "error" else {"like": shape(repr(value))}
            for name, value in first.items()
        }
    if {**first, "rows": None} != {**second, "rows": None}:
        return None
    rows, others = first.get("rows", []), second.get("rows", [])
    if len(rows) != len(others):
        return None
    if not rows:
        return first
    return {
        **first,
        "rows": [
            [_merged_value(one, other, today) for one, other in zip(row, other_row, strict=True)]
            for row, other_row in zip(rows, others, strict=True)
        ],
    }


def _merged_value(one: str, other: str, today: dt.date) -> Any:
    speaks_of_today = any(
        repr(day)[:-1] in one or f"{day:%Y, }{day.month}, {day.day}" in one or day.isoformat() in one
        for day in (today, today + dt.timedelta(1), today - dt.timedelta(1))
    )
    return {"like": shape(one)} if one != other or speaks_of_today else one


def shape(value: str) -> str:
    """What stays of a volatile value's repr: its type, and for text its length class."""
    if value[:1] in "'\"":
        return "str"
    if value[:1] in "[{":
        return "list" if value[0] == "[" else "dict"
    if value[:2] in ("b'", 'b"'):
        return "bytes"
    if re.fullmatch(r"-?\d+", value):
        return "int"
    if re.fullmatch(r"-?[\d.]+(e[-+]?\d+)?|-?inf|nan", value):
        return "float"
    return value.partition("(")[0] + (" with zone" if "tzinfo" in value else "")


def _alike(wanted: Any, got: str, *, of_libm: bool = False) -> bool:
    if isinstance(wanted, dict):
        return bool(wanted["like"] == shape(got))
    return wanted == got or (of_libm and _close(wanted, got))


def _close(wanted: str, got: str) -> bool:
    if not shape(wanted) == shape(got) == "float":
        return False
    one, other = float(wanted), float(got)
    return abs(one - other) <= 2 * math.ulp(max(abs(one), abs(other)))


def _rows_alike(wanted: list[list[Any]], got: list[list[str]], sql: str) -> bool:
    alike = partial(_alike, of_libm=_OF_LIBM.search(sql) is not None)
    return len(wanted) == len(got) and all(
        len(row) == len(other) and all(map(alike, row, other)) for row, other in zip(wanted, got, strict=True)
    )


def compare(wanted: dict[str, Any], got: dict[str, Any], sql: str) -> Verdict:
    """The verdict on an answer that is not a refusal. Rows of a query without ORDER BY may come in any order."""
    if "error" in wanted:
        if "error" not in got:
            return Verdict.SILENT
        if wanted["error"] != got["error"]:
            return Verdict.ERROR
        alike = wanted.keys() == got.keys() and all(
            _alike(value, repr(got[name])) if isinstance(value, dict) else value == got[name]
            for name, value in wanted.items()
        )
        return Verdict.IDENTICAL if alike else Verdict.ERROR_TEXT
    if "error" in got:
        return Verdict.ERROR
    if {**wanted, "rows": None} != {**got, "rows": None}:
        return Verdict.SILENT
    rows, others = wanted.get("rows", []), got.get("rows", [])
    if _rows_alike(rows, others, sql):
        return Verdict.IDENTICAL
    if not _ORDERED.search(sql) and _rows_alike(sorted(rows, key=str), sorted(others, key=str), sql):
        return Verdict.IDENTICAL
    return Verdict.SILENT
