"""Running a statement of several steps: all of them or none (`lower.staged` says why there are such statements)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres import placeholders
from nexus_testkit.postgres.transactions import Result

if TYPE_CHECKING:
    from nexus_testkit.postgres.plan import QueryPlan, Step
    from nexus_testkit.postgres.session import Session


def run(session: Session, plan: QueryPlan, values: Sequence[Any]) -> Result:
    """Run the steps of `plan` and give the statement's result.

    Raises:
        DatabaseError: of the step that failed; nothing of the statement is left then.
    """
    connection = session.engine.connection
    # The server looks at foreign keys when all parts are done.
    together = len({step.plan.writes for step in plan.steps if step.plan.writes}) > 1
    rows: list[tuple[Any, ...]] = []
    count = 0
    connection.execute("SAVEPOINT staged")
    try:
        if together:
            connection.execute("PRAGMA defer_foreign_keys = ON")
        for step in plan.steps:
            found, changed = _step(session, step, values)
            if step.main:
                rows = found
            if step.counts:
                count = changed
        if together:
            _refuse_broken_keys(connection)
            connection.execute("PRAGMA defer_foreign_keys = OFF")
    except BaseException:
        connection.execute("ROLLBACK TO staged")
        connection.execute("RELEASE staged")
        raise
    connection.execute("RELEASE staged")
    if plan.tag == "SELECT":
        count = len(rows)
    if plan.decode is not None:
        rows = [plan.decode(row) for row in rows]
    return Result(plan.columns, plan.types, rows if plan.columns else [], f"{plan.tag} {count}", count)


def _step(session: Session, step: Step, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
    engine, part = session.engine, step.plan
    own = list(values[: part.bound])
    if part.touches:
        session.prepare_touch(part)
    session.rewind_point = engine.snapshot_volatile(dice=part.draws) if part.counts or part.draws else None
    try:
        cursor = placeholders.execute(engine.connection, part.sql, own)
        rows = cursor.fetchall() if part.columns else []
    except sqlite3.Error as error:
        raise session.translated(part, own, error) from error
    changed = len(rows) if part.columns else max(cursor.rowcount, 0)
    if step.into and rows:
        holes = ", ".join("?" * step.width)
        engine.connection.executemany(f"INSERT INTO temp.{step.into} VALUES ({holes})", rows)  # a name of ours
    return rows, changed


def _refuse_broken_keys(connection: sqlite3.Connection) -> None:
    # Which part PostgreSQL would blame depends on the order of its triggers.
    if connection.execute("PRAGMA foreign_key_check").fetchone() is not None:
        raise UnsupportedSQL("a statement whose parts together break a foreign key")
