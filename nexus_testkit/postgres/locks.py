"""Advisory locks: exclusive or shared, counted, held by a session or by its transaction (manual, 13.3.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nexus_testkit.postgres.concurrency.waiting import MustWait

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine
    from nexus_testkit.postgres.transactions import Transactions

Key = tuple[int, ...]


@dataclass(slots=True)
class _Held:
    session: Transactions
    shared: bool
    for_session: int = 0
    for_transaction: int = 0


class AdvisoryLocks:
    """The locks of one engine. One number and two numbers are separate spaces, as on the server.

    Whoever has to wait queues up: a request that goes with all that is held, and not with one that waits for longer, waits too.
    """

    __slots__ = ("_engine", "_held", "_queues")

    def __init__(self, engine: Engine) -> None:
        """Tell `engine` when one is released."""
        self._engine = engine
        self._held: dict[Key, list[_Held]] = {}
        self._queues: dict[Key, list[tuple[Transactions, bool]]] = {}

    def attempt(self, key: Key, session: Transactions, *, transaction: bool, shared: bool = False) -> bool:
        """Take the lock if nobody stands in the way."""
        if self._blockers(key, session, shared=shared):
            return False
        held = self._held.setdefault(key, [])
        own = next((each for each in held if each.session is session and each.shared is shared), None)
        if own is None:
            own = _Held(session, shared)
            held.append(own)
        if transaction:
            own.for_transaction += 1
        else:
            own.for_session += 1
        self.leave_queues(session)
        return True

    def _blockers(self, key: Key, session: Transactions, *, shared: bool) -> list[Transactions]:
        held = self._held.get(key, [])
        blockers = [each.session for each in held if each.session is not session and not (shared and each.shared)]
        if not any(each.session is session for each in held):
            for waiting, wants_shared in self._queues.get(key, ()):
                if waiting is session:
                    break
                if not (shared and wants_shared):
                    blockers.append(waiting)
        return list(dict.fromkeys(blockers))

    def take(self, key: Key, session: Transactions, *, transaction: bool, shared: bool = False) -> None:
        """Take the lock.

        Raises:
            MustWait: others have it, or have waited for it for longer.
        """
        if not self.attempt(key, session, transaction=transaction, shared=shared):
            queue = self._queues.setdefault(key, [])
            if not any(waiting is session for waiting, _ in queue):
                queue.append((session, shared))
            raise MustWait(*self._blockers(key, session, shared=shared))

    def leave_queues(self, session: Transactions) -> None:
        """The session waits no longer, with the lock or without it."""
        for key in list(self._queues):
            kept = [each for each in self._queues[key] if each[0] is not session]
            if kept:
                self._queues[key] = kept
            else:
                del self._queues[key]

    def release(self, key: Key, session: Transactions, *, shared: bool = False) -> bool:
        """Give one of the session's holds back; whether it had any."""
        for held in self._held.get(key, ()):
            if held.session is session and held.shared is shared and held.for_session:
                held.for_session -= 1
                self._drop_free()
                return True
        return False

    def release_session(self, session: Transactions) -> None:
        """Give all holds of the session back, its transaction's excepted."""
        if not self._held:
            return
        for held in self._held.values():
            for each in held:
                if each.session is session:
                    each.for_session = 0
        self._drop_free()

    def end_transaction(self, session: Transactions) -> None:
        """The transaction is over: its locks are free."""
        if not self._held:
            return
        for held in self._held.values():
            for each in held:
                if each.session is session:
                    each.for_transaction = 0
        self._drop_free()

    def _drop_free(self) -> None:
        freed = False
        for key in list(self._held):
            kept = [each for each in self._held[key] if each.for_session or each.for_transaction]
            freed |= len(kept) < len(self._held[key])
            if kept:
                self._held[key] = kept
            else:
                del self._held[key]
        if freed:
            self._engine.notify_release()
