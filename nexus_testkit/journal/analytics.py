"""The analytics port's side of the seam."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.analytics import Event, EventStore


class SeamedEvents:
    """An event store, each of whose calls crosses the seam."""

    def __init__(self, inner: EventStore, seam: Seam) -> None:
        """Wrap `inner`."""
        self._inner = inner
        self._seam = seam

    async def append(self, events: Sequence[Event], /) -> None:
        await self._seam.call("analytics.append", self._inner.append, events)

    async def counts(self, event_type: str | None = None, /, *, since: datetime | None = None) -> dict[str, int]:
        return await self._seam.call("analytics.counts", self._inner.counts, event_type, since=since)

    async def events(self, event_type: str | None = None, /, *, since: datetime | None = None) -> list[Event]:
        return await self._seam.call("analytics.events", self._inner.events, event_type, since=since)
