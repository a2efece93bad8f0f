"""FETCH FIRST n ROWS WITH TIES: the rows that are equal to the last one, as far as ORDER BY looks, come too.

A row comes if its rank is not above OFFSET + n: `row_number()` counts off what OFFSET leaves out, `rank()` finds the equals.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nexus_testkit.postgres.typed import ColumnRef, Const
from nexus_testkit.postgres.typed_queries import Query

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering

_NULL = "row count cannot be null in FETCH FIRST ... WITH TIES clause"


def query(low: Lowering, node: Query, rows: str) -> str:
    """The query whose rows, the hidden columns among them, `rows` gives."""
    keys: list[str] = []
    for item in node.order:
        if not isinstance(item, tuple):
            raise low.refuse("WITH TIES of this order", -1)
        at, key = item
        keys.append(low.sort_key(replace(key, expr=ColumnRef(key.expr.type, "", f"c{at}"))))
    over = f" OVER (ORDER BY {', '.join(keys)})"
    shown = ", ".join(f"c{at}" for at in range(len(node.outputs) - getattr(node.body, "hidden", 0))) or "NULL"
    skipped, count = _skipped(low, node), _count(low, node)
    numbered = f"SELECT *, row_number(){over} AS pgs_number, rank(){over} AS pgs_rank FROM ({rows})"
    return (
        f"SELECT {shown} FROM (SELECT {skipped} AS pgs_skipped, {count} AS pgs_count) CROSS JOIN ({numbered}) "
        "WHERE pgs_number > pgs_skipped AND pgs_rank <= pgs_skipped + pgs_count AND pgs_count > 0 ORDER BY pgs_number"
    )


def _skipped(low: Lowering, node: Query) -> str:
    if node.offset is None:
        return "0"
    sql = low.expr(node.offset)
    return f"CASE WHEN {sql} < 0 THEN pg_raise('2201X', 'OFFSET must not be negative') ELSE coalesce({sql}, 0) END"


def _count(low: Lowering, node: Query) -> str:
    limit = node.limit
    if limit is None or (isinstance(limit, Const) and limit.value is None):
        return f"pg_raise('2201W', '{_NULL}')"
    sql = low.expr(limit)
    return (
        f"CASE WHEN {sql} >= 0 THEN {sql} WHEN {sql} IS NULL THEN pg_raise('2201W', '{_NULL}') "
        "ELSE pg_raise('2201W', 'LIMIT must not be negative') END"
    )
