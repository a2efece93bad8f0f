"""`nexus.analytics`: the events that were stored."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import datetime
from typing import Any

from nexus_testkit.adapters.sql import SqlEventStore
from nexus_testkit.journal.analytics import SeamedEvents
from nexus_testkit.journal.database import SeamedDatabase
from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.analytics import Event

_ANY: Any = object()
_MOST_SHOWN = 10


class AnalyticsHandle(SeamedEvents):
    """The event store, with assertions. They look at what was stored: AnalyticsService buffers events until it flushes.

    Attributes:
        buffered: says how many events services still hold back, for the text of a failure; or None.
    """

    def __init__(self, adapter: SqlEventStore, seam: Seam) -> None:
        """Wrap the adapter; assertions go round `seam`."""
        super().__init__(adapter, seam)
        self.buffered: Callable[[], int] | None = None
        self._store = copy.copy(adapter)
        if isinstance(adapter.database, SeamedDatabase):
            # What an assertion reads is no call of the system under test: round the database's seam as well.
            self._store.database = adapter.database._inner  # noqa: SLF001  # the wrapper hides it from services, not from us

    async def assert_tracked(
        self, event_type: str, /, *, count: int | None = None, user_id: str | None = _ANY, **properties: Any
    ) -> list[Event]:
        """Assert that events of this type were stored; the events that match, by time.

        Args:
            event_type: such as `"page_view"`.
            count: how many exactly; None means at least one.
            user_id: of these events; None means events without a user. Left out, any user will do.
            properties: values that the events' properties must have; others are ignored.

        Raises:
            AssertionError: with what was stored instead, the nearest first.
        """
        stored = await self._store.events()
        wanted = _Wanted(event_type, user_id, properties)
        found = [event for event in stored if not wanted.differences(event)]
        if found if count is None else len(found) == count:
            return found
        how_many = "at least one" if count is None else str(count)
        lines = [f"expected {how_many} of {wanted}, found {len(found)}"]
        lines += [f"  found: {self._describe(event)}" for event in found[:_MOST_SHOWN]]
        lines += wanted.nearest([event for event in stored if event not in found], self._describe)
        raise AssertionError("\n".join([*lines, *self._held_back(stored)]))

    async def assert_nothing_tracked(self, event_type: str | None = None, /) -> None:
        """Assert that no event, or none of this type, was stored.

        Raises:
            AssertionError: with what was stored.
        """
        stored = await self._store.events(event_type)
        if stored:
            what = "event" if event_type is None else f"{event_type!r}"
            lines = [f"expected no {what}, found {len(stored)}"]
            raise AssertionError("\n".join([*lines, *(f"  {self._describe(event)}" for event in stored[:_MOST_SHOWN])]))

    async def events(self, event_type: str | None = None, /, *, since: datetime | None = None) -> list[Event]:
        """The stored events, by time and then in the order in which they came; not journaled."""
        return await self._store.events(event_type, since=since)

    def _describe(self, event: Event) -> str:
        return self._seam.journal.redaction.text(_describe(event))

    def _held_back(self, stored: list[Event]) -> list[str]:
        waiting = 0 if self.buffered is None else self.buffered()
        if waiting:
            return [
                f"  {waiting} event(s) wait in a service's buffer",
                "Hint: flush them, or let time pass: await nexus.clock.advance(minutes=1)",
            ]
        if not stored:
            return [
                "  nothing was stored",
                "Hint: AnalyticsService stores events when it flushes: await nexus.clock.advance(minutes=1)",
            ]
        return []


class _Wanted:
    """What an assertion looks for."""

    def __init__(self, event_type: str, user_id: Any, properties: dict[str, Any]) -> None:
        self._event_type = event_type
        self._user_id = user_id
        self._properties = properties

    def differences(self, event: Event) -> list[str]:
        """In what `event` is another one; empty where it matches."""
        found = []
        if event.event_type != self._event_type:
            found.append(f"event_type is {event.event_type!r}, not {self._event_type!r}")
        if self._user_id is not _ANY and event.user_id != self._user_id:
            found.append(f"user_id is {event.user_id!r}, not {self._user_id!r}")
        for name, value in self._properties.items():
            if name not in event.properties:
                found.append(f"property {name!r} is missing")
            elif event.properties[name] != value:
                found.append(f"property {name!r} is {event.properties[name]!r}, not {value!r}")
        return found

    def nearest(self, events: list[Event], describe: Callable[[Event], str]) -> list[str]:
        """Lines on the events that differ least."""
        ranked = sorted(events, key=lambda event: (event.event_type != self._event_type, len(self.differences(event))))
        lines = []
        for event in ranked[:_MOST_SHOWN]:
            lines.append(f"  stored: {describe(event)}")
            lines += [f"      {difference}" for difference in self.differences(event)]
        if len(ranked) > _MOST_SHOWN:
            lines.append(f"  and {len(ranked) - _MOST_SHOWN} more")
        return lines

    def __str__(self) -> str:
        given = [repr(self._event_type)]
        if self._user_id is not _ANY:
            given.append(f"user_id={self._user_id!r}")
        given += [f"{name}={value!r}" for name, value in self._properties.items()]
        return f"event({', '.join(given)})"


def _describe(event: Event) -> str:
    user = "" if event.user_id is None else f" user_id={event.user_id!r}"
    return f"{event.timestamp.isoformat()} {event.event_type!r}{user} {dict(event.properties)!r}"
