"""What a store of events promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from nexus_testkit.contracts.contract import Contract, check_methods
from nexus_testkit.errors import ValidationError
from nexus_testkit.ports.analytics import Event, EventStore

_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


def _event(number: int, event_type: str = "page_view") -> Event:
    return Event(id=str(number), event_type=event_type, timestamp=_NOON + number * _SECOND)


class EventsContract(Contract):
    """The promises of `nexus_testkit.ports.analytics.EventStore`; `adapter` gives an empty one."""

    async def test_is_an_event_store(self, adapter: EventStore) -> None:
        """The adapter has every method of the port."""
        check_methods(adapter, EventStore)

    async def test_empty_store_counts_nothing(self, adapter: EventStore) -> None:
        """A store in which nothing was stored has no events and no counts."""
        assert (await adapter.counts(), await adapter.events()) == ({}, [])

    async def test_event_comes_back_whole(self, adapter: EventStore) -> None:
        """An event comes back equal, with all of its fields."""
        event = Event(
            "1", "purchase", _NOON, "ann", {"price": 9.5, "tags": ["a", "b"], "nested": {"none": None, "yes": True}}
        )
        await adapter.append([event])
        assert await adapter.events() == [event]

    async def test_event_without_user_or_properties_comes_back(self, adapter: EventStore) -> None:
        """An event without user has None there, and one without properties an empty mapping."""
        await adapter.append([_event(1)])
        (event,) = await adapter.events()
        assert (event.user_id, event.properties) == (None, {})

    async def test_large_numbers_come_back(self, adapter: EventStore) -> None:
        """Whole numbers among the properties keep all of their digits."""
        event = Event("1", "x", _NOON, None, {"n": 2**53 + 1})
        await adapter.append([event])
        assert await adapter.events() == [event]

    async def test_ids_are_taken_as_they_are(self, adapter: EventStore) -> None:
        """Ids that differ, in case or in Unicode normal form alone too, are those of different events."""
        ids = ["a", "A", "\u00e9", "e\u0301", ""]
        await adapter.append([replace(_event(1), id=name) for name in ids])
        assert [event.id for event in await adapter.events()] == ids

    async def test_unicode_comes_back(self, adapter: EventStore) -> None:
        """Ids, types, users and properties may be any text but NUL, also empty."""
        event = Event("ünï ☃", "größe", _NOON, "", {"ключ": "\U0001f600", "": '"\\/\n'})
        await adapter.append([event])
        assert await adapter.events("größe") == [event]

    async def test_time_keeps_its_microseconds(self, adapter: EventStore) -> None:
        """A timestamp keeps its microseconds, and comes back in UTC, whatever its zone was."""
        moment = datetime(2026, 1, 1, 14, 0, 0, 123_456, timezone(timedelta(hours=2)))
        await adapter.append([Event("1", "x", moment)])
        (event,) = await adapter.events()
        assert event.timestamp == moment
        assert event.timestamp.utcoffset() == timedelta(0)

    async def test_counts_by_type(self, adapter: EventStore) -> None:
        """`counts` gives the number of events of each type, and leaves out types without events."""
        await adapter.append([_event(1), _event(2), _event(3, "click")])
        assert await adapter.counts() == {"page_view": 2, "click": 1}

    async def test_type_selects(self, adapter: EventStore) -> None:
        """A type given to `counts` and `events` selects that very type: whole, case included, an empty one too."""
        await adapter.append([_event(1), _event(2, "click"), _event(3, "click_twice"), _event(4, "")])
        assert await adapter.counts("click") == {"click": 1}
        assert [event.id for event in await adapter.events("click")] == ["2"]
        assert (await adapter.counts("Click"), await adapter.events("cl%")) == ({}, [])
        assert (await adapter.counts(""), [event.id for event in await adapter.events("")]) == ({"": 1}, ["4"])

    async def test_type_and_since_select_together(self, adapter: EventStore) -> None:
        """A type and `since` select together, in `counts` and `events`."""
        await adapter.append([_event(1), _event(2, "click"), _event(3), _event(4, "click"), _event(5)])
        since = _NOON + 3 * _SECOND
        assert await adapter.counts("click", since=since) == {"click": 1}
        assert [event.id for event in await adapter.events("click", since=since)] == ["4"]

    async def test_times_of_several_zones_are_compared(self, adapter: EventStore) -> None:
        """Times are ordered, and compared with `since`, as moments, whatever their zones."""
        east, west = timezone(timedelta(hours=9)), timezone(timedelta(hours=-9))
        moments = [_NOON.astimezone(east), _NOON + _SECOND, (_NOON + 2 * _SECOND).astimezone(west)]
        await adapter.append([Event(str(number), "x", moment) for number, moment in enumerate(moments)])
        assert [event.id for event in await adapter.events()] == ["0", "1", "2"]
        for number, moment in enumerate(moments):
            for since in (moment, moment.astimezone(east), moment.astimezone(west)):
                assert await adapter.counts(since=since) == {"x": 3 - number}
                assert len(await adapter.events(since=since)) == 3 - number

    async def test_since_is_inclusive(self, adapter: EventStore) -> None:
        """`since` selects what happened at that moment or later, in `counts` and `events`."""
        await adapter.append([_event(number) for number in range(4)])
        since = _NOON + 2 * _SECOND
        assert await adapter.counts(since=since) == {"page_view": 2}
        assert [event.id for event in await adapter.events(since=since)] == ["2", "3"]
        late = since + timedelta(microseconds=1)
        assert await adapter.counts("page_view", since=late) == {"page_view": 1}
        assert [event.id for event in await adapter.events(since=late)] == ["3"]

    async def test_events_are_ordered_by_time_then_arrival(self, adapter: EventStore) -> None:
        """`events` are in the order of their times; those of one moment in the order in which they came."""
        same = [replace(_event(1), id=name) for name in ("z", "a", "m")]
        await adapter.append([_event(3)])
        await adapter.append([*same, _event(0)])
        await adapter.append((replace(_event(1), id="b"),))
        assert [event.id for event in await adapter.events()] == ["0", "z", "a", "m", "b", "3"]

    async def test_append_of_nothing_is_fine(self, adapter: EventStore) -> None:
        """Appending no events does nothing."""
        await adapter.append([])
        assert await adapter.events() == []

    async def test_repeated_event_counts_once(self, adapter: EventStore) -> None:
        """An event whose id is there already is dropped: the first one stays."""
        await adapter.append([_event(1)])
        await adapter.append([_event(1), replace(_event(2), id="1", event_type="other"), _event(3)])
        assert await adapter.counts() == {"page_view": 2}

    async def test_repetition_within_one_append_counts_once(self, adapter: EventStore) -> None:
        """An event that is twice in one append is stored once: the first one stays."""
        await adapter.append([_event(1), _event(1), replace(_event(2), id="1", event_type="other")])
        assert await adapter.events() == [_event(1)]

    async def test_append_is_all_or_nothing(self, adapter: EventStore) -> None:
        """An append with one event that cannot be stored stores none of them."""
        naive = replace(_event(2), timestamp=datetime(2026, 1, 1))  # noqa: DTZ001  # that is what is refused
        with pytest.raises(ValidationError):
            await adapter.append([_event(1), naive, _event(3)])
        assert await adapter.events() == []

    async def test_time_without_zone_is_refused(self, adapter: EventStore) -> None:
        """A timestamp or a `since` without a time zone is a ValidationError."""
        naive = datetime(2026, 1, 1)  # noqa: DTZ001  # that is what is refused
        with pytest.raises(ValidationError):
            await adapter.append([Event("1", "x", naive)])
        for call in (adapter.counts, adapter.events):
            with pytest.raises(ValidationError):
                await call(since=naive)

    async def test_appends_at_once_lose_nothing(self, adapter: EventStore) -> None:
        """Appends that run at once store every event, each once, the first use of the store included."""
        batches = [[_event(number), _event(number + 1)] for number in range(8)]
        await asyncio.gather(*(adapter.append(batch) for batch in batches))
        assert sorted(event.id for event in await adapter.events()) == sorted(str(number) for number in range(9))

    async def test_many_events_at_once(self, adapter: EventStore) -> None:
        """A thousand events can be appended at once, and read."""
        await adapter.append([_event(number) for number in range(1_000)])
        assert await adapter.counts() == {"page_view": 1_000}
        assert [event.id for event in await adapter.events()] == [str(number) for number in range(1_000)]

    async def test_cancelled_append_can_be_repeated(self, adapter: EventStore) -> None:
        """An append that was cancelled stored all or none, and storing it again stores each once."""
        events = [_event(1), _event(2)]
        task = asyncio.create_task(adapter.append(events))
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        assert len(await adapter.events()) in (0, 2)
        await adapter.append(events)
        assert await adapter.counts() == {"page_view": 2}

    async def test_returned_events_are_the_readers_own(self, adapter: EventStore) -> None:
        """Whoever changes the properties of an event that came back changes nothing in the store."""
        properties = {"tags": ["a"]}
        await adapter.append([Event("1", "x", _NOON, None, properties)])
        properties["tags"].append("b")
        (event,) = await adapter.events()
        event.properties["tags"].append("c")
        assert [each.properties for each in await adapter.events()] == [{"tags": ["a"]}]

    async def test_closing_twice_is_safe(self, adapter: EventStore) -> None:
        """Closing a store twice does nothing the second time, also where it was never used."""
        await self.close(adapter)
        await self.close(adapter)
