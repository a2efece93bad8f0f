"""Advisory locks: exclusive, counted, held by a session or by its transaction (manual, 13.3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexus_testkit.postgres.runtime import MustWait

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine
    from nexus_testkit.postgres.transactions import Transactions

Key = tuple[int, ...]


@dataclass(slots=True)
class _Held:
    session: Transactions
    for_session: int = 0
    for_transaction: int = 0


class AdvisoryLocks:
    """The locks of one engine. One number and two numbers are separate spaces, as on the server."""

    __slots__ = ("_engine", "_held")

    def __init__(self, engine: Engine) -> None:
        """Tell `engine` when one is released."""
        self._engine = engine
        self._held: dict[Key, _Held] = {}

    def attempt(self, key: Key, session: Transactions, *, transaction: bool) -> bool:
        """Take the lock if nobody else has it."""
        held = self._held.setdefault(key, _Held(session))
        if held.session is not session:
            return False
        if transaction:
            held.for_transaction += 1
        else:
            held.for_session += 1
        return True

    def take(self, key: Key, session: Transactions, *, transaction: bool) -> None:
        """Take the lock.

        Raises:
            MustWait: another session has it.
        """
        if not self.attempt(key, session, transaction=transaction):
            raise MustWait(self._held[key].session)

    def release(self, key: Key, session: Transactions) -> bool:
        """Give one of the session's holds back; whether it had any."""
        held = self._held.get(key)
        if held is None or held.session is not session or not held.for_session:
            return False
        held.for_session -= 1
        self._drop_free()
        return True

    def release_session(self, session: Transactions) -> None:
        """Give all holds of the session back, its transaction's excepted."""
        for held in self._held.values():
            if held.session is session:
                held.for_session = 0
        self._drop_free()

    def end_transaction(self, session: Transactions) -> None:
        """The transaction is over: its locks are free."""
        if not self._held:
            return
        for held in self._held.values():
            if held.session is session:
                held.for_transaction = 0
        self._drop_free()

    def _drop_free(self) -> None:
        free = [key for key, held in self._held.items() if not held.for_session and not held.for_transaction]
        for key in free:
            del self._held[key]
        if free:
            self._engine.notify_release()
