"""Temporary tables at the end of a transaction (ON COMMIT) and of a session."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.lower.text import name as quoted

if TYPE_CHECKING:
    from nexus_testkit.postgres.session import Session


def tidy(session: Session) -> None:
    """A transaction of the session was committed: do what ON COMMIT says. Nobody else sees when that happens."""
    if session.tidying:
        return
    tables = [
        table
        for table in session.engine.catalog.tables.values()
        if table.on_commit and naming.schema_of(table.name) == session.temporary
    ]
    session.tidying = True
    try:
        for table in tables:
            shown = f"pg_temp.{quoted(naming.bare(table.name))}"
            session.execute(f"DELETE FROM {shown}" if table.on_commit == "delete" else f"DROP TABLE {shown} CASCADE")
    finally:
        session.tidying = False


def discard(session: Session) -> None:
    """DISCARD TEMP."""
    if session.temporary in session.engine.catalog.schemas:
        session.execute(f"DROP SCHEMA {session.temporary} CASCADE")


def forget(session: Session) -> None:
    """The session is over, and with it what it made for itself; what can't be dropped now, nobody sees any more."""
    with contextlib.suppress(DatabaseError, MustWait):
        discard(session)
