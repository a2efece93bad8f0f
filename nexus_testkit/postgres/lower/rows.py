"""Row values in SQLite's words; see `values.records`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower.text import literal
from nexus_testkit.postgres.typed_rows import FieldOf, RowExpr, RowIsNull
from nexus_testkit.postgres.values import records

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

# SQLite's default limit of a function's arguments.
_WIDEST = 127


def row(low: Lowering, node: RowExpr) -> str:
    """A row."""
    if len(node.items) > _WIDEST:
        raise low.refuse(f"a row of more than {_WIDEST} fields", node.location)
    made = f"pg_row({', '.join(low.expr(item) for item in node.items)})"
    if node.there is None:
        return made
    return f"(CASE WHEN {low.expr(node.there)} IS NOT NULL THEN {made} END)"


def field(low: Lowering, node: FieldOf) -> str:
    """A field of a row."""
    if isinstance(node.arg, RowExpr):
        return low.expr(node.arg.items[node.at])
    return f"pg_row_field({low.expr(node.arg)}, {node.at}, {literal(node.type)})"


def is_null(low: Lowering, node: RowIsNull) -> str:
    """IS [NOT] NULL of a row."""
    arg = node.arg
    word = "IS NOT NULL" if node.negated else "IS NULL"
    if isinstance(arg, RowExpr):
        fields = [f"{low.expr(item)} {word}" for item in arg.items]
        tests = " AND ".join(fields) or "1"
        if arg.there is None:
            return f"({tests})"
        there = low.expr(arg.there)
        return f"({there} IS NOT NULL AND {tests})" if node.negated else f"({there} IS NULL OR ({tests}))"
    function = "pg_row_is_not_null" if node.negated else "pg_row_is_null"
    return f"coalesce({function}({low.expr(arg)}), {0 if node.negated else 1})"


def dissimilar(left: str, right: str) -> str | None:
    """What the server says when it compares rows of these types; None where it compares them."""
    one, other = records.find(left), records.find(right)
    if one is None or other is None:
        return None
    from nexus_testkit.postgres.catalog.system import title  # noqa: PLC0415  # few statements compare rows

    for at, ((_, kind), (_, beside)) in enumerate(zip(one.fields, other.fields, strict=False), 1):
        if kind != beside:
            return f"cannot compare dissimilar column types {title(kind)} and {title(beside)} at record column {at}"
    if len(one.fields) != len(other.fields):
        return "cannot compare record types with different numbers of columns"
    return None
