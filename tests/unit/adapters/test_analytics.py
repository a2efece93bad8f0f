"""SqlEventStore, on the fake database and on PostgreSQL."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from nexus_testkit.adapters.fake.analytics import SqlEventStore
from nexus_testkit.errors import DatabaseError, ValidationError
from nexus_testkit.ports.analytics import Event

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def event(number, *, event_type="page_view", at=NOON, user_id="u", **properties):
    return Event(str(number), event_type, at, user_id, properties)


@pytest.fixture
def on(on_database):
    """Runs `test(store, database)` on an empty database."""

    def on_either(test):
        async def on_store(database, _):
            store = SqlEventStore(database, clock=None)
            await test(store, database)
            assert store.leaks() == []
            await store.aclose()

        on_database(on_store)

    return on_either


def test_events_come_back_as_they_were(on):
    async def test(store, _):
        given = [
            event(1, at=NOON.replace(microsecond=123456), page="/ü☃", n=1, nested={"a": [1, 2.5, None, True, "x"]}),
            Event("2", "click", NOON + timedelta(seconds=1)),
            event(3, at=(NOON + timedelta(seconds=2)).astimezone(timezone(timedelta(hours=5, minutes=30)))),
        ]
        await store.append(given)
        found = await store.events()
        assert found == given
        assert [each.timestamp.tzinfo for each in found] == [UTC] * 3

    on(test)


def test_nothing_is_stored_in_the_beginning_and_nothing_by_nothing(on):
    async def test(store, _):
        assert await store.counts() == {}
        assert await store.events() == []
        await store.append([])
        assert await store.counts("page_view") == {}

    on(test)


def test_a_repeated_id_is_dropped(on):
    async def test(store, _):
        await store.append([event(1, n=1), event(1, n=2), event(2)])
        await store.append([event(2, n=3), event(3)])
        assert [(each.id, dict(each.properties)) for each in await store.events()] == [
            ("1", {"n": 1}),
            ("2", {}),
            ("3", {}),
        ]
        assert await store.counts() == {"page_view": 3}

    on(test)


def test_counts_and_events_are_by_type_and_since(on):
    async def test(store, _):
        minutes = [0, 1, 2, 3]
        await store.append([event(n, at=NOON + timedelta(minutes=n)) for n in minutes])
        await store.append([event("c", event_type="click", at=NOON + timedelta(minutes=2))])
        later = NOON + timedelta(minutes=2)
        assert await store.counts() == {"click": 1, "page_view": 4}
        assert await store.counts("page_view") == {"page_view": 4}
        assert await store.counts(since=later) == {"click": 1, "page_view": 2}
        assert await store.counts("page_view", since=later + timedelta(microseconds=1)) == {"page_view": 1}
        assert [each.id for each in await store.events(since=later)] == ["2", "c", "3"]
        assert [each.id for each in await store.events("click")] == ["c"]
        assert await store.events("no'such") == []

    on(test)


def test_events_are_by_time_and_then_as_they_came(on):
    async def test(store, _):
        await store.append([event("b"), event("a"), event("z", at=NOON - timedelta(hours=1)), event("c")])
        await store.append([event("0")])
        assert [each.id for each in await store.events()] == ["z", "b", "a", "c", "0"]

    on(test)


def test_an_append_stores_all_or_nothing(on):
    async def test(store, _):
        await store.append([event(1)])
        with pytest.raises(ValidationError, match="the time of event '3' has no time zone"):
            await store.append([event(2), event(3, at=datetime(2026, 1, 1))])  # noqa: DTZ001  # that is the test
        with pytest.raises(DatabaseError):
            await store.append([event(4), event(5, bad=object())])
        assert [each.id for each in await store.events()] == ["1"]
        with pytest.raises(ValidationError, match="the time of since has no time zone"):
            await store.counts(since=datetime(2026, 1, 1))  # noqa: DTZ001  # that is the test

    on(test)


def test_many_first_uses_at_once(on):
    async def test(store, database):
        others = [SqlEventStore(database, clock=None) for _ in range(4)]
        await asyncio.gather(*(each.append([event(n), event("same")]) for n, each in enumerate([store, *others])))
        assert await store.counts() == {"page_view": 6}

    on(test)


def test_what_was_appended_outlives_the_callers_transaction(on):
    async def test(store, database):
        with pytest.raises(ZeroDivisionError):
            await _append_and_fail(store, database)
        assert [each.id for each in await store.events()] == ["1"]

    on(test)


async def _append_and_fail(store, database):
    async with database.transaction():
        await store.append([event(1)])
        raise ZeroDivisionError


def test_an_append_that_waits_for_its_own_caller_times_out_and_can_be_repeated(on):
    async def test(store, database):
        patient = SqlEventStore(database, clock=None, timeout_s=0.5)
        await patient.append([event(1)])
        with pytest.raises(TimeoutError):
            await _append_behind_a_lock(patient, database)
        await patient.append([event(2)])
        assert [each.id for each in await store.events()] == ["1", "2"]

    on(test)


async def _append_behind_a_lock(store, database):
    async with database.transaction() as session:
        # PostgreSQL's other sessions wait until it is clear whether this id is taken.
        await session.execute(
            "INSERT INTO nexus_events (id, event_type, properties, occurred_at) VALUES ('2', 'x', '{}', now())"
        )
        await store.append([event(2)])


def test_a_table_that_was_dropped_or_never_committed_is_made_again(on):
    async def test(store, database):
        with pytest.raises(ZeroDivisionError):
            await _read_and_fail(store, database)
        await store.append([event(1)])
        await database.execute("DROP TABLE nexus_events")
        assert await store.events() == []
        await database.execute("DROP TABLE nexus_events")
        await store.append([event(2)])
        assert await store.counts() == {"page_view": 1}

    on(test)


async def _read_and_fail(store, database):
    async with database.transaction():
        assert await store.counts() == {}
        raise ZeroDivisionError
