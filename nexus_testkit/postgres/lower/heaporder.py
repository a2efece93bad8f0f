"""The order in which an UPDATE visits its rows, where that decides whether it fails.

A unique key that is not deferrable is looked at row by row: `SET id = id + 1` fails or not by the order of the rows. The
server visits them as they stand in the table (a bitmap scan does so as well), SQLite may follow the very index that changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.typed import BoolOp, Call, ColumnRef, Expr
from nexus_testkit.postgres.typed_statements import Update

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Table


def matters(table: Table, node: Update) -> bool:
    """Whether a statement changes a unique key of what may be several rows, picked by a condition."""
    if node.where is None or node.sources:
        return False
    changed = {column for column, _ in node.sets}
    keys = [key for key in table.keys if key.unique and not key.deferrable]
    if not any(changed & set(key.columns) or None in key.columns for key in keys):
        return False
    given = set(_equated(node.where))
    return not any(None not in key.columns and key.where is None and set(key.columns) <= given for key in keys)


def _equated(where: Expr) -> list[str]:
    """The columns that a condition compares with one value."""
    if isinstance(where, BoolOp) and where.op == "AND":
        return [name for arg in where.args for name in _equated(arg)]
    if isinstance(where, Call) and where.operator and where.name == "=":
        return [arg.name for arg in where.args if isinstance(arg, ColumnRef)]
    return []
