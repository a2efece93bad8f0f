"""`AnalyticsService`: events that are buffered, and leave the buffer only when they are stored."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from nexus_testkit.container import inject
from nexus_testkit.errors import EventsLost, ValidationError
from nexus_testkit.ports.analytics import Event, EventStore
from nexus_testkit.ports.clock import Clock
from nexus_testkit.services.base import BaseService
from nexus_testkit.services.cache import CacheService
from nexus_testkit.services.identifiers import new_identifier
from nexus_testkit.services.json_values import json_copy
from nexus_testkit.services.options import Options
from nexus_testkit.services.text import require_line
from nexus_testkit.services.users import UserService

_LONGEST_EVENT_TYPE = 100
_MOST_DAYS = 36_500


class AnalyticsService(BaseService):
    """Service for analytics and metrics.

    Tracking an event puts it into a buffer, which is stored when it is full, a minute after the first, and when
    the service stops. An event leaves the buffer only after the store has it; its id lets the store drop it
    when it comes twice (at least once, counted once). So a store that fails, and a task that is cancelled in
    the middle, lose nothing. An outage is logged, and tracking goes on until the buffer holds
    `max_buffered_events`; from then on the oldest are dropped and counted.

    Options (`config`): `buffer_size` (100), `flush_interval` (60 seconds), `max_buffered_events` (10,000),
    `stats_ttl` (3600 seconds).

    Attributes:
        events_buffer: the events that are not stored yet, oldest first: dicts with `id`, `event_type`,
            `user_id`, `properties` and `timestamp` (ISO 8601, UTC).
        dropped_events: how many were dropped for lack of room.
    """

    def __init__(
        self,
        cache: CacheService = inject(),
        user_service: UserService = inject(),
        *,
        events: EventStore = inject(),
        clock: Clock = inject(),
        config: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(config)
        options = Options(self.config, service=type(self).__name__)
        self.cache = cache
        self.user_service = user_service
        self.events = events
        self.clock = clock
        self.events_buffer: list[dict[str, Any]] = []
        self.buffer_size = options.integer("buffer_size", 100, at_least=1, at_most=100_000)
        self.flush_interval = options.number("flush_interval", 60, positive=True)  # seconds
        self.max_buffered_events = options.integer("max_buffered_events", 10_000, at_least=1, at_most=10_000_000)
        self.stats_ttl = options.number("stats_ttl", 3600, positive=True)  # seconds
        self.dropped_events = 0
        self.flush_task: asyncio.Task[None] | None = None
        self._flushing = asyncio.Lock()
        self._waiting = asyncio.Event()  # whether the buffer holds anything

    async def _setup(self) -> None:
        """Start the periodic flush."""
        self.flush_task = asyncio.create_task(self._periodic_flush(), name="AnalyticsService: periodic flush")

    async def _teardown(self) -> None:
        """Stop the periodic flush, and store what is left.

        Raises:
            EventsLost: the store is down; the events are in the error.
        """
        if self.flush_task is not None:
            self.flush_task.cancel()
            await asyncio.wait([self.flush_task])
            self.flush_task = None
        try:
            await self._store_buffer()
        except Exception as error:
            lost, self.events_buffer = self.events_buffer, []
            raise EventsLost(lost) from error

    async def track_event(
        self,
        event_type: str,
        user_id: str | int | None = None,
        properties: Mapping[str, Any] | None = None,
        *,
        event_id: str | None = None,
    ) -> None:
        """Track an event.

        Args:
            event_type: one line of at most 100 characters, such as `"page_view"`.
            user_id: kept as text.
            properties: JSON values; copied.
            event_id: what counts once however often it is tracked. By default each call is an event of its own.

        Raises:
            ValidationError: the event cannot be stored; refused here, or it would block those behind it later.
        """
        now = self.clock.now()
        event = {
            "id": new_identifier(now) if event_id is None else require_line(event_id, field="event_id"),
            "event_type": require_line(event_type, field="event_type", longest=_LONGEST_EVENT_TYPE),
            "user_id": None if user_id is None else require_line(str(user_id), field="user_id"),
            "properties": json_copy(properties or {}, field="properties"),
            "timestamp": now.isoformat(),
        }
        self.events_buffer.append(event)
        self._waiting.set()
        self._drop_surplus()
        if len(self.events_buffer) % self.buffer_size == 0:  # in an outage: one attempt for each further bufferful
            await self._flush_events()

    async def track_user_action(
        self, user_id: str | int, action: str, context: Mapping[str, Any] | None = None
    ) -> None:
        """Track what a user did, as an event of type `user_action`."""
        await self.track_event("user_action", user_id, {"action": action, "context": context or {}})

    async def track_page_view(self, user_id: str | int | None, page: str, referrer: str | None = None) -> None:
        """Track a page view, as an event of type `page_view`."""
        await self.track_event("page_view", user_id, {"page": page, "referrer": referrer})

    async def flush(self) -> int:
        """Store what is in the buffer now; how many events that was.

        Raises:
            Exception: whatever the store raises. The events are still in the buffer.
        """
        return await self._store_buffer()

    async def get_user_stats(self, days: int = 30) -> dict[str, Any]:
        """Numbers of users, at most an hour old.

        Returns:
            `total_users`, `active_users`, `inactive_users`, `activity_rate` (0 to 1), `new_users` (created in
            the last `days` days), `days`, and `generated_at` (ISO 8601, UTC).
        """
        self._check_days(days)

        async def generate() -> dict[str, Any]:
            now = self.clock.now()
            stats = await self.user_service.get_user_stats(since=now - timedelta(days=days))
            return {**stats, "days": days, "generated_at": now.isoformat()}

        return await self.cache.get_or_load(self.cache.key("user_stats", days), generate, ttl=self.stats_ttl)

    async def get_event_counts(self, event_type: str | None = None, days: int = 7) -> dict[str, int]:
        """How many events of each type, or of one, there were in the last `days` days, those in the buffer included.

        Types without any are left out.

        Raises:
            Exception: whatever the store raises.
        """
        self._check_days(days)
        await self._store_buffer()
        return await self.events.counts(event_type, since=self.clock.now() - timedelta(days=days))

    async def _flush_events(self) -> None:
        """Store what is in the buffer; a failure is logged, and the events stay for the next time."""
        try:
            count = await self._store_buffer()
        except Exception as error:  # noqa: BLE001  # whatever the store raises, tracking must not fail with it
            self.logger.warning(
                "Failed to flush analytics events",
                error=repr(error),
                waiting=len(self.events_buffer),
                dropped=self.dropped_events,
            )
        else:
            if count:
                self.logger.debug("Flushed analytics events", count=count)

    async def _store_buffer(self) -> int:
        async with self._flushing:  # one at a time, so that events are stored in their order
            batch = list(self.events_buffer)
            if batch:
                await self._store_events(batch)
                stored = {event["id"] for event in batch}
                self.events_buffer = [event for event in self.events_buffer if event["id"] not in stored]
            if not self.events_buffer:
                self._waiting.clear()
            return len(batch)

    async def _store_events(self, events: Sequence[Mapping[str, Any]]) -> None:
        """Store events in the analytics backend: all of them, or none and raise. Override it for another backend."""
        await self.events.append(
            [
                Event(
                    id=event["id"],
                    event_type=event["event_type"],
                    timestamp=datetime.fromisoformat(event["timestamp"]),
                    user_id=event["user_id"],
                    properties=event["properties"],
                )
                for event in events
            ]
        )

    async def _periodic_flush(self) -> None:
        while True:
            await self._waiting.wait()  # an idle service wakes nobody
            await self.clock.sleep(self.flush_interval)
            await self._flush_events()

    def _drop_surplus(self) -> None:
        surplus = len(self.events_buffer) - self.max_buffered_events
        if surplus > 0:
            del self.events_buffer[:surplus]
            self.dropped_events += surplus

    @staticmethod
    def _check_days(days: object) -> None:
        if isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= _MOST_DAYS:
            raise ValidationError(f"days must be a whole number from 1 to {_MOST_DAYS}, not {days!r}", field="days")
