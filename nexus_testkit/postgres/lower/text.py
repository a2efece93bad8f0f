"""Pieces of SQLite's SQL: quoted names and literals, collations."""

from __future__ import annotations

from typing import Any

from nexus_testkit.postgres.values.types import collation

#: Operators that SQLite has as well.
COMPARISONS = frozenset({"=", "<>", "<", "<=", ">", ">="})


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


# SQLite's expressions nest 1000 deep at most, and `a OR b OR c` is nested.
_FLAT = 400


def joined(operator: str, parts: list[str]) -> str:
    """Parts joined by AND or OR, in groups where there are many."""
    while len(parts) > _FLAT:
        groups = (parts[at : at + _FLAT] for at in range(0, len(parts), _FLAT))
        parts = [f"({f' {operator} '.join(group)})" for group in groups]
    return f"({f' {operator} '.join(parts)})"


def literal(value: Any) -> str:
    """A storage value as a literal."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int):
        # SQLite has no literal for the smallest integer: -9223372036854775808 is a REAL there.
        return str(value) if value != -(2**63) else "(-9223372036854775807 - 1)"
    if isinstance(value, float):
        if value in (float("inf"), float("-inf")):
            return "9e999" if value > 0 else "-9e999"
        return repr(value)
    if isinstance(value, bytes):
        return f"x'{value.hex()}'"
    text = str(value)
    return "'" + text.replace("'", "''") + "'"


_COLLATE = " COLLATE "


def collated(sql: str, type_name: str, *others: str) -> str:
    """`sql` so that comparing it (with `others`), sorting and grouping it is what the type's is.

    SQLite takes any COLLATE inside an operand, a CASE's condition too, for the collation of the whole comparison
    (https://www.sqlite.org/datatype3.html, 7.1); where that could happen, the type's own is spelled out.
    """
    found = collation(type_name)
    if found is None and (_COLLATE in sql or any(_COLLATE in other for other in others)):
        found = "BINARY"
    return f"{sql}{_COLLATE}{found}" if found else sql


_ARGUMENTS = 100  # of one function; SQLite has 127


def together(parts: list[str]) -> str:
    """SQL that looks at all of `parts`, and is an empty text or null if there are several; "" for none."""
    found = [part for part in parts if part]
    while len(found) > 1:
        # printf takes anything and looks at all of it
        groups = [found[at : at + _ARGUMENTS] for at in range(0, len(found), _ARGUMENTS)]
        found = [f"printf('', {', '.join(group)})" for group in groups]
    return found[0] if found else ""
