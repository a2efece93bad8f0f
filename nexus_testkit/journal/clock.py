"""The clock port's side of the seam."""

from __future__ import annotations

from datetime import datetime

from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.clock import Clock


class SeamedClock:
    """A clock whose sleeps cross the seam. Reading the time changes nothing, and is not noted."""

    def __init__(self, inner: Clock, seam: Seam) -> None:
        """Wrap `inner`."""
        self._inner = inner
        self._seam = seam

    def now(self) -> datetime:
        return self._inner.now()

    def monotonic(self) -> float:
        return self._inner.monotonic()

    async def sleep(self, seconds: float) -> None:
        await self._seam.call("clock.sleep", self._inner.sleep, seconds)
