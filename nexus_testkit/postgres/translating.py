"""SQLite's errors as PostgreSQL's, and the limits that SQLite has and PostgreSQL has not."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, DataError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import rewinding, violations

if TYPE_CHECKING:
    from nexus_testkit.postgres.plan import QueryPlan
    from nexus_testkit.postgres.session import Session

# SQLite's limits (https://www.sqlite.org/limits.html) that PostgreSQL has not.
_LIMITS = {
    "parser stack overflow": "a statement that nests so deeply",
    "Expression tree is too large": "an expression that nests so deeply",
    "at most 64 tables in a join": "a join of more than 64 tables",
    "too many arguments on function": "a call with so many arguments",
    "too many terms in compound SELECT": "a set operation of more than 500 queries",
    "too many SQL variables": "more than 32,766 parameters",
    "too many columns": "so many columns",
    "too many terms in": "so many keys",
}

_RUNAWAY = "the fake database stops a statement after some seconds of work: a recursive query or a join without end?"


def translated(session: Session, plan: QueryPlan, values: Sequence[Any], error: sqlite3.Error) -> Exception:
    """The error behind SQLite's."""
    pending = session.engine.values.take_pending()
    if pending is not None:
        if plan.counts:
            rewinding.stand_at_failure(session, plan, values)
        return _of_virtual_column(session, plan, pending) or pending
    waiting, session.engine.waiting = session.engine.waiting, None
    if waiting is not None:
        return waiting
    if isinstance(error, sqlite3.IntegrityError):
        broken = violations.translate(session, plan, values, error)
        if plan.counts and broken.sqlstate == "23505":
            rewinding.stand_at_failure(session, plan, values)
        return broken
    if "interrupted" in str(error):
        return database_error("57014", "canceling statement due to statement timeout", hint=_RUNAWAY)
    if "integer overflow" in str(error):
        return database_error("22003", "bigint out of range")
    if "too big" in str(error):
        return database_error("54000", "requested length too large")
    if isinstance(error, sqlite3.DataError | sqlite3.ProgrammingError):
        return DataError(str(error), sqlstate="22000")
    limit = next((words for part, words in _LIMITS.items() if part in str(error)), None)
    return UnsupportedSQL(limit or f"this statement (SQLite: {error}; lowered: {plan.sql})")


def _of_virtual_column(session: Session, plan: QueryPlan, error: DatabaseError) -> UnsupportedSQL | None:
    """A refusal where the error may be that of a virtual column: SQLite computes it for a row that is written, the server later."""
    table = session.engine.catalog.tables.get(plan.writes or "")
    if table is None or not (error.sqlstate or "").startswith("22"):
        return None
    if not any(column.virtual and column.generated is not None for column in table.columns):
        return None
    return UnsupportedSQL(f"writing to a table with virtual columns where an expression fails ({error.message})")
