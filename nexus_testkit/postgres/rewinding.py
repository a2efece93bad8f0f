"""Where sequences stand after a failed INSERT: at the row that failed, for the server takes a number when a row's turn comes.

SQLite computes all rows of an INSERT ... RETURNING, or of one that reads its own table, before it writes the first.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.postgres import placeholders, violations
from nexus_testkit.postgres.lower.text import name

if TYPE_CHECKING:
    from nexus_testkit.postgres.plan import QueryPlan
    from nexus_testkit.postgres.session import Session


def stand_at_failure(session: Session, plan: QueryPlan, values: Sequence[Any]) -> None:
    """Take back the numbers that `plan`, which has just failed, drew for the rows behind the one that failed."""
    engine, before = session.engine, session.rewind_point
    table = engine.catalog.tables.get(plan.writes or "")
    if before is None or table is None or not plan.tag.startswith("INSERT"):
        return
    drawn = [
        (at, column.sequence)
        for at, column in enumerate(table.columns)
        if column.sequence is not None and column.sequence in engine.sequences
    ]
    if not drawn:
        return
    row = _last_proposed(session, plan, values)
    if row is None:
        return
    for at, sequence in drawn:
        state, value = engine.sequences[sequence], row[at]
        if not isinstance(value, int) or state.definition.increment != 1:
            continue
        last, called = before[0].get(sequence, (state.definition.start, False))
        if last + called <= value <= state.last:
            state.last = session.currvals[state.identity] = value


def _last_proposed(session: Session, plan: QueryPlan, values: Sequence[Any]) -> Sequence[Any] | None:
    """The last row that the statement tried to insert, found by running it once more in a savepoint."""
    functions = session.engine.functions
    table = session.engine.catalog.tables[str(plan.writes)]
    session.engine.provide(frozenset({"pgs_note"}))
    with violations.rehearsal(session) as connection:
        functions.noted = None
        columns = ", ".join(f"NEW.{name(column.name)}" for column in table.columns)
        connection.execute(
            f"CREATE TEMP TRIGGER rehearse_proposed BEFORE INSERT ON main.{name(table.name)} "
            f"BEGIN SELECT pgs_note({columns}); END"
        )
        with contextlib.suppress(sqlite3.Error):
            placeholders.execute(connection, plan.sql, values).fetchall()
        return functions.noted
