"""Queries that lock the rows they give: FOR UPDATE and its kin, in SQLite's words.

Rows are locked one by one, in their order and below LIMIT, as the server does it (nodeLockRows.c): with SKIP LOCKED LIMIT 1 it is
the first free row. LIMIT -1 keeps SQLite from moving the outer condition into the inner query, and so before the sort.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower.text import literal

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering
    from nexus_testkit.postgres.typed_queries import Query, RowLock, Select

#: The row's number in a copy of a table (see `lower.staged`).
_COPIED = "pgs_row"


def numbers(low: Lowering, node: Query) -> str:
    """Further outputs: the numbers of the rows to lock."""
    return ", ".join(f"{_number(low, lock)} AS l{at}" for at, lock in enumerate(node.locks))


def _number(low: Lowering, lock: RowLock) -> str:
    if lock.table not in low.catalog.tables:
        raise low.refuse("row locks on a relation of the system", -1)
    own = _COPIED if lock.table in low.instead else low.catalog.tables[lock.table].rowid
    return f"{lock.alias}.{lock.column or own}"


def passed_on(low: Lowering, node: Query) -> str:
    """Further outputs of a query in FROM: the numbers of the rows that the query round it locks."""
    return ", ".join(f"{_number(low, replace(lock, column=''))} AS {lock.column}" for lock in node.numbers)


def query(node: Query, body: Select, inner: str, limit: str) -> str:
    """The query round one that gives the rows in order, with the numbers."""
    shown = ", ".join(f"c{at}" for at in range(len(body.outputs) - body.hidden)) or "NULL"
    calls = " AND ".join(
        f"pgs_row_lock({literal(lock.table)}, l{at}, {lock.strength}, {lock.policy})"
        for at, lock in enumerate(node.locks)
    )
    return f"SELECT {shown} FROM ({inner} LIMIT -1) WHERE {calls}{limit}"
