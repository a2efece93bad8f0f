"""The loop's time: how it is read, and how a test lets it pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from nexus_testkit.errors import SimulationError
from nexus_testkit.simulation.foundation import Foundation
from nexus_testkit.simulation.liveness import Liveness


class TimeOperations(Foundation):
    """The methods of the loop that have to do with time."""

    _epoch: datetime
    _epoch_ns: int
    _now: float
    _liveness: Liveness
    _settlers: list[asyncio.Future[None]]
    _jump_listeners: list[Callable[[], object]]

    def time(self) -> float:
        """Virtual seconds since the world began."""
        return self._now

    def wall(self) -> float:
        """Virtual time as seconds since 1970, as `time.time()` would give it, to the microsecond."""
        return self.wall_ns() / 1e9

    def wall_ns(self) -> int:
        """Virtual time as nanoseconds since 1970, as `time.time_ns()` would give it, to the microsecond.

        No finer, so that it and `now()` are always the same moment: a float of seconds has no nanoseconds after a year.
        """
        return self._epoch_ns + round(self._now * 1e6) * 1_000

    def now(self) -> datetime:
        """Virtual time as an aware datetime in UTC, to the microsecond."""
        return self._epoch + timedelta(seconds=self._now)

    def limit_time(self, seconds: float | None) -> None:
        """Let no more than so many virtual seconds pass from now on; None lifts the limit.

        Where a timer would pass it, `TimeLimitExceeded` is raised out of `run_until_complete`, and the limit is gone: what
        is torn down afterwards may take its time. What `advance` and `travel_to` let pass does not count.

        Raises:
            SimulationError: `seconds` is not above 0.
        """
        check_time_limit(seconds)
        self._liveness.limit_time(seconds, now=self._now)

    def add_jump_listener(self, listener: Callable[[], object]) -> None:
        """Call `listener` whenever time has moved."""
        self._jump_listeners.append(listener)

    def remove_jump_listener(self, listener: Callable[[], object]) -> None:
        """Call `listener` no longer; nothing happens where the loop has been closed meanwhile."""
        if listener in self._jump_listeners:
            self._jump_listeners.remove(listener)

    async def settle(self) -> None:
        """Return when nothing can run before time moves, and no thread owes a callback."""
        future: asyncio.Future[None] = self.create_future()
        self._settlers.append(future)
        await future

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass: what becomes due runs in order, each at its time; then settle.

        Raises:
            SimulationError: if `seconds` is negative or no finite number.
        """
        if not 0 <= seconds < float("inf"):
            raise SimulationError(f"time cannot advance by {seconds!r} seconds", hint="0 or more seconds")
        await self._advance_to(self._now + seconds)

    async def travel_to(self, moment: datetime) -> None:
        """Let time pass until the clock shows `moment` (aware); see `advance`.

        Raises:
            SimulationError: if `moment` has no time zone or is in the past.
        """
        if moment.tzinfo is None:
            raise SimulationError(f"{moment!r} has no time zone", hint="an aware datetime, such as one in UTC")
        ahead = moment - self.now()
        if ahead < timedelta(0):
            raise SimulationError(f"{moment.isoformat()} is before {self.now().isoformat()}", hint="time only moves on")
        await self._advance_to((moment - self._epoch).total_seconds())

    async def _advance_to(self, when: float) -> None:
        when = max(when, self._now)
        arrived: asyncio.Future[None] = self.create_future()
        timer = self.call_at(when, _arrive, arrived)
        self._liveness.give(when, now=self._now)
        try:
            await arrived
        finally:
            timer.cancel()
            self._liveness.take_back(when, now=self._now)
        await self.settle()


def check_time_limit(seconds: float | None) -> None:
    """Refuse what is no limit of virtual time.

    Raises:
        SimulationError: `seconds` is not above 0.
    """
    if seconds is not None and not seconds > 0:
        raise SimulationError(f"a time limit of {seconds!r} s", hint="virtual seconds above 0, or None for no limit")


def _arrive(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
