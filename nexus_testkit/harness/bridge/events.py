"""The platform's event bus in a world, and what tests see of it as `nexus.events`."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nexus.core import Event, EventBus, EventPriority
from nexus_testkit.journal.redaction import CURRENT

if TYPE_CHECKING:
    from nexus_testkit.harness.harness import Harness

_SHOWN = 10
_ABSENT = object()


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    """An event that was published.

    Attributes:
        name: such as `"orders.created"`.
        data: a shallow copy, as it was then.
        source: `"category.name"` of the plugin, or None.
        at: when, by the world's clock.
    """

    name: str
    data: Mapping[str, Any]
    source: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class HandlerFailure:
    """A handler that failed: the platform logs it and goes on, so that nobody else notices.

    Attributes:
        event: its name.
        handler: who was called.
        error: what it raised.
    """

    event: str
    handler: Callable[..., Any]
    error: Exception

    def __str__(self) -> str:
        return f"the handler {name_of(self.handler)} of {self.event} failed: {type(self.error).__name__}: {self.error}"


class RecordingEventBus(EventBus):  # type: ignore[misc]  # untyped where the platform is not installed
    """The platform's event bus, which delivers as it does, one event after another, and keeps what was published.

    It differs from `nexus.core.EventBus` 0.1.5 in this: no task polls once a second, delivery begins when an event is published;
    and a handler that fails is noted.

    Attributes:
        published: the events, in order.
        failures: the handlers that failed.
        failures_seen: whether a test has looked at them.
    """

    def __init__(self, nexus: Harness) -> None:
        """Make a bus of the world."""
        super().__init__()
        self._nexus = nexus
        self._delivery: asyncio.Task[None] | None = None
        self.published: list[PublishedEvent] = []
        self.failures: list[HandlerFailure] = []
        self.failures_seen = False

    async def start(self) -> None:
        """Do nothing: the bus needs no task of its own."""

    async def publish(
        self,
        event_name: str,
        data: dict[str, Any] | None = None,
        priority: EventPriority = EventPriority.NORMAL,
        source: str | None = None,
    ) -> None:
        self._nexus.seam.note("events.publish", event_name, data, source=source)
        event = Event(name=event_name, data=data or {}, source=source)
        at = self._nexus.adapter("clock").now()
        self.published.append(PublishedEvent(event_name, dict(event.data), source, at))
        await self._queue.put((priority.value, event))
        if self._delivery is None or self._delivery.done():
            self._delivery = asyncio.create_task(self._deliver(), name="events of the platform")

    async def _deliver(self) -> None:
        while not self._queue.empty():
            _, event = self._queue.get_nowait()
            await self._call_event_handlers(event)

    async def _call_event_handlers(self, event: Event) -> None:
        for handler in self._subscribers.get(event.name, ()):  # the platform walks the same list, changes and all
            try:
                if inspect.iscoroutinefunction(handler):
                    await handler(event)
                else:
                    _refuse_awaitable(handler(event))
            except Exception as error:  # noqa: BLE001  # as the platform, which logs it
                self.failures.append(HandlerFailure(event.name, handler, error))

    def subscriptions(self) -> set[tuple[str, Callable[..., Any]]]:
        """Event names and handlers that are subscribed now."""
        return {(name, handler) for name, handlers in self._subscribers.items() for handler in handlers}

    async def shutdown(self) -> None:
        """End the delivery, as the platform does: what has not been delivered is lost."""
        if self._delivery is not None and not self._delivery.done():
            self._delivery.cancel()
            await asyncio.wait({self._delivery})

    def leaks(self) -> list[str]:
        """A handler that still runs, and failures that nobody looked at."""
        found = [] if self.failures_seen else [str(failure) for failure in self.failures]
        if self._delivery is not None and not self._delivery.done():
            found.append("an event handler that still runs")
        return found


class EventsHandle:
    """What tests see as `nexus.events`."""

    def __init__(self, bus: RecordingEventBus) -> None:
        """Stand for the bus in a test."""
        self._bus = bus

    @property
    def published(self) -> list[PublishedEvent]:
        """Every event, in order, the platform's own `plugin.loaded` and `plugin.unloaded` included."""
        return list(self._bus.published)

    @property
    def failures(self) -> list[HandlerFailure]:
        """The handlers that failed. Who has looked at them is not told of them at the end of the world."""
        self._bus.failures_seen = True
        return list(self._bus.failures)

    async def publish(self, name: str, /, *, source: str | None = None, **data: Any) -> None:
        """Publish an event, as another plugin would; `await nexus.settle()` lets its handlers run."""
        await self._bus.publish(name, data, source=source)

    def subscribe(self, name: str, handler: Callable[..., Any], /) -> None:
        """Call `handler(event)` for each event of this name from now on."""
        self._bus.subscribe(name, handler)

    def assert_published(
        self, name: str, /, *, count: int | None = None, source: str | None = None, **data: Any
    ) -> list[PublishedEvent]:
        """The events of this name, source and data, of which there must be `count` (None: at least one).

        `data` are items that the event's data must have; it may have more.

        Raises:
            AssertionError: with the events that were published, and how those of this name differ.
        """
        wanted = {"source": source} if source is not None else {}
        matching = [event for event in self._bus.published if not _differences(event, name, wanted, data)]
        if len(matching) == count or (count is None and matching):
            return matching
        number = "at least one" if count is None else str(count)
        details = "".join(f" {key}={value!r}" for key, value in {**wanted, **data}.items())
        lines = [f"expected {number} of {name}{details}, got {len(matching)}"]
        near_first = sorted(self._bus.published, key=lambda event: event.name != name)
        for event in near_first[:_SHOWN]:
            lines.append(f"  {event.name} from {event.source}: {CURRENT.get().text(repr(dict(event.data)))}")
            if event.name == name:
                lines += [f"    {difference}" for difference in _differences(event, name, wanted, data)]
        if len(near_first) > _SHOWN:
            lines.append(f"  and {len(near_first) - _SHOWN} more")
        if not near_first:
            lines.append("  no event was published")
        raise AssertionError("\n".join(lines))

    def assert_not_published(self, name: str, /, **data: Any) -> None:
        """No event of this name and data was published.

        Raises:
            AssertionError: with those that were.
        """
        self.assert_published(name, count=0, **data)


def name_of(handler: Callable[..., Any]) -> str:
    """A handler in words."""
    return getattr(handler, "__qualname__", None) or repr(handler)


def _differences(event: PublishedEvent, name: str, wanted: Mapping[str, Any], data: Mapping[str, Any]) -> list[str]:
    found = [] if event.name == name else [f"name: expected {name!r}, got {event.name!r}"]
    found += [
        f"{key}: expected {value!r}, got {getattr(event, key)!r}"
        for key, value in wanted.items()
        if getattr(event, key) != value
    ]
    for key, value in data.items():
        got = event.data.get(key, _ABSENT)
        if got != value:
            found.append(f"{key}: expected {value!r}, got {'nothing' if got is _ABSENT else repr(got)}")
    return found


def _refuse_awaitable(result: object) -> None:
    if inspect.iscoroutine(result):
        result.close()
    if inspect.isawaitable(result):
        raise TypeError("it gave something to wait for, which the platform does not: subscribe an async def itself")
