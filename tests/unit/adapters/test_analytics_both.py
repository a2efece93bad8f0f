"""The event store, on the fake database and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from nexus_testkit.adapters.real.analytics import SqlEventStore
from nexus_testkit.adapters.real.clock import SystemClock
from nexus_testkit.errors import ValidationError
from nexus_testkit.ports.analytics import Event, EventStore

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(number, kind="view", at=NOON, **properties):
    return Event(f"e{number}", kind, at, user_id=None if number % 2 else "ann", properties=properties)


def test_events_come_back_in_order_and_once(on_database):
    async def test(db, _):
        store = SqlEventStore(db, clock=SystemClock())
        assert isinstance(store, EventStore)
        assert await store.events() == []
        late, early = event(1, at=NOON + timedelta(hours=1), n=1), event(2, "click", page="/ü", deep={"a": [None, 1.5]})
        await store.append([late, early, late])
        await store.append([early])
        assert await store.events() == [early, late]
        assert await store.events("click") == [early]
        assert await store.events(since=NOON + timedelta(hours=1)) == [late]
        assert await store.counts() == {"click": 1, "view": 1}
        assert await store.counts("view", since=NOON + timedelta(hours=2)) == {}
        await store.append([])

    on_database(test)


def test_stores_that_begin_at_once_share_the_table(on_database):
    async def test(db, _):
        stores = [SqlEventStore(db, clock=SystemClock()) for _ in range(5)]
        await asyncio.gather(*(store.append([event(number)]) for number, store in enumerate(stores)))
        assert await stores[0].counts() == {"view": 5}

    on_database(test)


def test_what_was_appended_stays_when_the_caller_rolls_back(on_database):
    async def test(db, _):
        store = SqlEventStore(db, clock=SystemClock())
        await store.append([event(1)])
        with pytest.raises(ZeroDivisionError):  # noqa: PT012  # the block is what is tested
            async with db.transaction():
                await store.append([event(2)])
                raise ZeroDivisionError
        assert await store.counts() == {"view": 2}

    on_database(test)


def test_all_or_none(on_database):
    async def test(db, _):
        store = SqlEventStore(db, clock=SystemClock())
        with pytest.raises(ValidationError):
            await store.append([event(1), event(2, at=datetime(2026, 3, 1))])  # noqa: DTZ001  # what is tested
        with pytest.raises(asyncpg.DataError):
            await store.append([event(1), event(2, bad=object())])
        assert await store.counts() == {}

    on_database(test)
