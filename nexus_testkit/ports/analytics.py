"""The analytics port: where events end up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        id: unique; an event that is appended twice under one id counts once.
        event_type: such as `"page_view"`.
        timestamp: aware.
        user_id: or None.
        properties: JSON values.
    """

    id: str
    event_type: str
    timestamp: datetime
    user_id: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


@runtime_checkable
class EventStore(Protocol):
    """Keeps events. At least once: the caller repeats a failed `append`, the store drops the repetition by id."""

    async def append(self, events: Sequence[Event], /) -> None:
        """Store all of them, or none and raise."""
        ...

    async def counts(self, event_type: str | None = None, /, *, since: datetime | None = None) -> dict[str, int]:
        """How many events of each type there are, from `since` on (inclusive)."""
        ...

    async def events(self, event_type: str | None = None, /, *, since: datetime | None = None) -> list[Event]:
        """The events, by time and then in the order in which they came."""
        ...
