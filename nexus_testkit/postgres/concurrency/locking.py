"""LOCK TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.concurrency.demotion import gather

if TYPE_CHECKING:
    from nexus_testkit.postgres.session import Session


def lock_tables(session: Session, tables: tuple[str, ...], mode: int, *, wait: bool) -> None:
    """Lock tables for the rest of the transaction, in this order; the modes are numbered as in lockdefs.h.

    Raises:
        DatabaseError: 25P01 outside a transaction block, 55P03 where it may not `wait`.
        MustWait: others hold one of them.
    """
    if not session.in_transaction or session.implicit:
        raise database_error("25P01", "LOCK TABLE can only be used in transaction blocks")
    if session.engine.writer is session and session.has_changed_schema:
        return  # everybody waits for its end anyway
    crowd = gather(session.engine)
    member = crowd.members.get(session) or crowd.join(session, session.isolation)
    for table in tables:
        crowd.tables.lock(member, table, mode, wait=wait)
