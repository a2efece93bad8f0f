"""Running a statement of several steps: all of them or none (`lower.staged` says why there are such statements)."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import placeholders, violations
from nexus_testkit.postgres.results import Result

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
    writes = [step.plan.writes for step in plan.steps if step.plan.writes]
    together = len(writes) > 1 or any(step.actions for step in plan.steps)
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
            _require_whole_keys(session, writes)
            connection.execute("PRAGMA defer_foreign_keys = OFF")
    except BaseException:
        connection.execute("ROLLBACK TO staged")
        connection.execute("RELEASE staged")
        raise
    try:
        connection.execute("RELEASE staged")
    except sqlite3.IntegrityError as error:  # the statement was the transaction, and broke a deferred key
        broken = violations.broken_keys(session.engine)
        connection.execute("ROLLBACK")
        raise violations.blamed(session.engine, broken, writes) from error
    if plan.tag == "SELECT":
        count = len(rows)
    if plan.decode is not None:
        rows = [plan.decode(row) for row in rows]
    if plan.system is not None:
        rows = plan.system.shown(session, rows)
    return Result(plan.columns, plan.types, rows if plan.columns else [], f"{plan.tag} {count}", count)


def _require_whole_keys(session: Session, writes: Sequence[str]) -> None:
    broken = violations.broken_keys(session.engine)
    if broken:
        session.engine.connection.execute("ROLLBACK TO staged")
        raise violations.blamed(session.engine, broken, writes)


def _step(session: Session, step: Step, values: Sequence[Any]) -> tuple[list[tuple[Any, ...]], int]:
    part = step.plan
    if part.touches:
        session.prepare_touch(part)
    rows, changed = _perform(session, part, list(values[: part.bound]))
    if step.actions:
        return [], _act(session, step, rows)
    _keep(session, step, rows)
    return rows, changed


def _perform(session: Session, part: QueryPlan, values: list[Any]) -> tuple[list[tuple[Any, ...]], int]:
    engine = session.engine
    session.rewind_point = engine.snapshot_volatile(dice=part.draws) if part.counts or part.draws else None
    try:
        cursor = placeholders.execute(engine.connection, part.sql, values)
        rows = cursor.fetchall() if cursor.description is not None else []
    except sqlite3.Error as error:
        raise session.translated(part, values, error) from error
    if cursor.description is not None:
        return rows, len(rows)
    return rows, placeholders.changed(engine.connection, cursor) if part.writes else 0


def _keep(session: Session, step: Step, rows: Sequence[Sequence[Any]]) -> None:
    if step.into and rows:
        holes = ", ".join("?" * step.width)
        session.engine.connection.executemany(f"INSERT INTO temp.{step.into} VALUES ({holes})", rows)  # a name of ours


def _act(session: Session, step: Step, rows: Sequence[Sequence[Any]]) -> int:
    """MERGE, row by row; gives how many rows it changed."""
    changed = 0
    hit: set[int] = set()
    for number, target, at in rows:
        kind, plan = step.actions[at]
        if kind == "NOTHING":
            continue
        if target is not None:
            if target in hit:
                raise database_error("21000", "MERGE command cannot affect row a second time")
            hit.add(target)
        found, _ = _perform(session, plan, [number] if "?1" in plan.sql else [])
        _keep(session, step, [(number, kind, *row) for row in found])
        changed += 1
    return changed
