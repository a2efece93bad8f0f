"""`a = 2 AND 10 / a > 1`: SQLite puts the 2 in place of `a` everywhere and computes what is constant then, before it looks at any row.

PostgreSQL does so only within equalities. A column between a value and itself is found through the same index, and is not propagated
(SQLite's `where.c` and `select.c`, `propagateConstants`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from nexus_testkit.postgres.analyze.grouping import columns_in
from nexus_testkit.postgres.lower.failing import can_fail
from nexus_testkit.postgres.typed import Call, Cast, ColumnRef, Const, Expr, Param
from nexus_testkit.postgres.values.types import INTEGERS

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering


def apart(low: Lowering, args: Sequence[Expr], at: int) -> str | None:
    """One of the conditions joined by AND, as a range, where another one could fail of it; else None."""
    column, value = _pinned(args[at])
    if column is None or value is None or column.type in low.catalog.enums:
        return None
    read = next(columns_in(column))
    for number, other in enumerate(args):
        if number != at and read in columns_in(other) and can_fail(other):
            sql = low.expr(value)
            return f"({low.key(column)} BETWEEN {sql} AND {sql})"
    return None


def _pinned(expr: Expr) -> tuple[Expr | None, Expr | None]:
    if not isinstance(expr, Call) or not expr.operator or expr.name != "=" or len(expr.args) != 2:
        return None, None
    left, right = expr.args
    if _column(right):
        left, right = right, left
    if _column(left) and isinstance(right, Const | Param) and _alike(left.type, right.type):
        return left, right
    return None, None


def _alike(one: str, other: str) -> bool:
    return one == other or (one in INTEGERS and other in INTEGERS)


def _column(expr: Expr) -> bool:
    """Whether a column stands there, or one of a type that SQLite does not tell from the other."""
    return isinstance(expr, ColumnRef) or (isinstance(expr, Cast) and isinstance(expr.arg, ColumnRef))
