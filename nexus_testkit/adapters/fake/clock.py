"""The clock of a simulated world."""

from __future__ import annotations

import asyncio
from datetime import datetime

from nexus_testkit.simulation import SimulationLoop


class VirtualClock:
    """Reads the time of a simulation loop, and moves it.

    Limits: it cannot go back.
    """

    def __init__(self, loop: SimulationLoop) -> None:
        """The clock of the world that `loop` runs."""
        self._loop = loop

    def now(self) -> datetime:
        return self._loop.now()

    def monotonic(self) -> float:
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass: what becomes due runs in order, each at its time; then settle.

        Raises:
            SimulationError: if `seconds` is negative or no finite number.
        """
        await self._loop.advance(seconds)

    async def travel_to(self, moment: datetime) -> None:
        """Let time pass until the clock shows `moment` (aware); see `advance`.

        Raises:
            SimulationError: if `moment` has no time zone or is in the past.
        """
        await self._loop.travel_to(moment)

    async def settle(self) -> None:
        """Return when nothing can run before time moves."""
        await self._loop.settle()

    async def aclose(self) -> None:
        """Nothing to close."""

    def leaks(self) -> list[str]:
        """Always empty."""
        return []
