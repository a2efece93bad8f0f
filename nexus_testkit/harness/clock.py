"""What tests see as `nexus.clock`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.errors import HarnessError, NeedsSimulation
from nexus_testkit.journal.clock import SeamedClock
from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.clock import Clock


class ClockHandle(SeamedClock):
    """The world's time. In a simulated world it can be moved: `await nexus.clock.advance(hours=1)`.

    A test that awaits a sleep needs none of this: virtual time passes by itself when nothing else can happen.
    """

    def __init__(self, inner: Clock, seam: Seam) -> None:
        """Stand for `inner` in a test."""
        super().__init__(inner, seam)

    async def advance(
        self,
        delta: timedelta | None = None,
        *,
        weeks: float = 0,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
        milliseconds: float = 0,
    ) -> None:
        """Let time pass, a `timedelta` or what the keywords add up to; then settle.

        Timers, TTLs and sleeping tasks that become due meanwhile run in order, each at its own time.

        Raises:
            NeedsSimulation: time is real here.
            SimulationError: a negative time.
            HarnessError: a bare number.
        """
        if delta is not None and not isinstance(delta, timedelta):
            raise HarnessError(f"advance({delta!r}) has no unit", hint=f"advance(seconds={delta!r})")
        given = timedelta(
            weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds, milliseconds=milliseconds
        )
        total = given if delta is None else delta + given
        clock = self._virtual("advance")
        self._seam.note("clock.advance", str(total))
        await clock.advance(total.total_seconds())

    async def travel_to(self, moment: datetime | str) -> None:
        """Let time pass until the clock shows `moment`: an aware datetime, or ISO 8601 text (UTC if it names no zone).

        Raises:
            NeedsSimulation: time is real here.
            SimulationError: a moment in the past, or a datetime without time zone.
            HarnessError: a text that is no ISO 8601 date or time.
        """
        if isinstance(moment, str):
            moment = _parse(moment)
        clock = self._virtual("travel_to")
        self._seam.note("clock.travel_to", moment.isoformat())
        await clock.travel_to(moment)

    async def settle(self) -> None:
        """Wait until every task waits for time, for the outside, or for ever. Moves no virtual time.

        Where time is real this only lets the tasks run that can run now; nothing waits for sockets or threads.
        """
        settle = getattr(self._inner, "settle", None)
        if settle is None:
            raise NeedsSimulation(f"{type(self._inner).__name__} cannot tell when the world is idle")
        await settle()

    def _virtual(self, what: str) -> VirtualClock:
        if isinstance(self._inner, VirtualClock):
            return self._inner
        raise NeedsSimulation(f"clock.{what}() on {type(self._inner).__name__}: time is real here and cannot be moved")


def _parse(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise HarnessError(f"{text!r} is no ISO 8601 date or time", hint="'2026-02-01T09:30:00Z'") from error
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
