"""A session as one that waits for others, and is in a deadlock with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error

if TYPE_CHECKING:
    from nexus_testkit.postgres.concurrency.waiting import MustWait
    from nexus_testkit.postgres.engine import Engine
    from nexus_testkit.postgres.transactions import Transactions


class Waiter:
    """What a session waits for.

    Attributes:
        engine: whose session it is.
        waits_for: the sessions that it waits for.
    """

    __slots__ = ("engine", "waits_for")

    def __init__(self, engine: Engine) -> None:
        """It waits for nobody."""
        self.engine = engine
        self.waits_for: tuple[Transactions, ...] = ()

    def abandon(self) -> None:
        """Wait no longer."""
        self.waits_for = ()

    def wait(self, signal: MustWait, query: str) -> None:
        """Note for whom the session waits.

        Raises:
            DatabaseError: 40P01, where nobody else looks for deadlocks (see `Engine.patient`).
            MustWait: the signal.
        """
        self.waits_for = signal.holders
        if not self.engine.patient and self.is_deadlocked():
            error = self.deadlock(alone=signal.alone)
            error.query = query
            self.abandon()
            raise error
        raise signal

    def is_deadlocked(self) -> bool:
        """Whether whom it waits for waits, in the end, for it."""
        pending: list[Waiter] = list(self.waits_for)
        seen: list[Waiter] = []
        while pending:
            session = pending.pop()
            if session is self:
                return True
            if session not in seen:
                seen.append(session)
                pending.extend(session.waits_for)
        return False

    def deadlock(self, *, alone: bool = False) -> DatabaseError:
        """The error of a deadlock; `alone`: one that PostgreSQL would not have."""
        hint = "See server log for query details."
        if alone:
            hint = (
                "the fake database runs statements that change the schema (and TRUNCATE) alone, where PostgreSQL might let "
                "others go on. If these transactions touch different tables, test them on a real PostgreSQL"
            )
        return database_error("40P01", "deadlock detected", hint=hint)
