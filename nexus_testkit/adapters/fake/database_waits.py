"""How a statement waits for other sessions: in the loop's time, with PostgreSQL's timeouts and its search for deadlocks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error

if TYPE_CHECKING:
    from nexus_testkit.postgres import MustWait, Session

_Waiter = asyncio.Future[str | None]

_TIMEOUTS = {
    "lock": ("55P03", "canceling statement due to lock timeout"),
    "statement": ("57014", "canceling statement due to statement timeout"),
}


class StatementWait:
    """The waits of one statement.

    Each wait for a lock has a time of its own, after which it looks for a deadlock, once (`ProcSleep`, proc.c), and after which
    `lock_timeout` ends it; `statement_timeout` counts from the statement's beginning.
    """

    __slots__ = ("_began", "_checked", "_holders", "_loop", "_session", "_since")

    def __init__(self, session: Session) -> None:
        """The statement of `session` began just now."""
        self._session = session
        self._loop = asyncio.get_running_loop()
        self._began = self._since = self._loop.time()
        self._holders: tuple[object, ...] = ()
        self._checked = False

    async def until_worth_it(self, signal: MustWait, waiters: list[_Waiter]) -> None:
        """Wait until somebody has let go of something.

        Raises:
            DatabaseError: 40P01, 55P03 or 57014; the statement is given up.
        """
        self._session.pause = 0
        if signal.seconds is not None:
            await self._pause(signal.seconds)
            return
        if signal.holders != self._holders:
            self._holders, self._since, self._checked = signal.holders, self._loop.time(), False
        waiter: _Waiter = self._loop.create_future()
        waiters.append(waiter)
        timers = [self._loop.call_at(when, _call, waiter, reason) for when, reason in self._deadlines()]
        try:
            reason = await waiter
        finally:
            waiters.remove(waiter)
            for timer in timers:
                timer.cancel()
        if reason == "deadlock" and not self._session.is_deadlocked():
            self._checked = True  # another attempt does no harm, and somebody may have let go in this very instant
        elif reason is not None:
            raise self._given_up(reason, alone=signal.alone)

    async def _pause(self, seconds: float) -> None:
        timeout_s = self._session.settings.seconds("statement_timeout")
        end = self._loop.time() + seconds
        if timeout_s and self._began + timeout_s < end:
            await asyncio.sleep(self._began + timeout_s - self._loop.time())
            raise self._given_up("statement", alone=False)
        await asyncio.sleep(seconds)
        self._session.pauses += 1

    def _deadlines(self) -> list[tuple[float, str]]:
        settings = self._session.settings
        found: list[tuple[float, str]] = []
        for setting, reason, since in (
            ("lock_timeout", "lock", self._since),
            ("statement_timeout", "statement", self._began),
            ("deadlock_timeout", "deadlock", self._since),
        ):
            timeout_s = settings.seconds(setting)
            if timeout_s and not (reason == "deadlock" and self._checked):
                found.append((since + timeout_s, reason))
        return found

    def _given_up(self, reason: str, *, alone: bool) -> DatabaseError:
        session = self._session
        error = session.deadlock(alone=alone) if reason == "deadlock" else database_error(*_TIMEOUTS[reason])
        session.abandon()
        return error


def _call(waiter: _Waiter, reason: str) -> None:
    if not waiter.done():
        waiter.set_result(reason)
