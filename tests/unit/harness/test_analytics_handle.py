"""nexus.analytics: assertions on stored events, and the seam."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.database import SqliteDatabase
from nexus_testkit.adapters.sql import SqlEventStore
from nexus_testkit.harness.analytics import AnalyticsHandle
from nexus_testkit.journal import Journal, Seam
from nexus_testkit.journal.database import SeamedDatabase
from nexus_testkit.ports.analytics import Event
from nexus_testkit.simulation import current_loop, run

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
EVENTS = [
    Event("1", "page_view", NOON, "ann", {"page": "/", "n": 1}),
    Event("2", "page_view", NOON + timedelta(seconds=1), "bob", {"page": "/x"}),
    Event("3", "click", NOON + timedelta(seconds=2), None, {}),
]


def in_world(test):
    async def main():

        loop = current_loop()
        clock = VirtualClock(loop)
        database = SqliteDatabase(clock=clock)
        journal = Journal(now=loop.time, task=lambda: None)
        seam = Seam(journal, sleep=asyncio.sleep)
        store = SqlEventStore(SeamedDatabase(database, seam), clock=clock)
        await test(AnalyticsHandle(store, seam), journal)
        await database.aclose()

    run(main)


async def failure_of(assertion):
    with pytest.raises(AssertionError) as caught:
        await assertion
    return str(caught.value).splitlines()


def test_stored_events_are_found_by_type_user_and_properties():
    async def test(analytics, journal):
        await analytics.append(EVENTS)
        calls = len(journal)
        assert await analytics.assert_tracked("page_view") == EVENTS[:2]
        assert await analytics.assert_tracked("page_view", count=1, user_id="ann", page="/") == EVENTS[:1]
        assert await analytics.assert_tracked("click", user_id=None, count=1) == EVENTS[2:]
        assert await analytics.assert_tracked("sale", count=0) == []
        await analytics.assert_nothing_tracked("sale")
        assert await analytics.events() == EVENTS
        assert await analytics.events("click", since=NOON) == EVENTS[2:]
        assert len(journal) == calls

    in_world(test)


def test_a_failure_shows_the_nearest_events_and_their_differences():
    async def test(analytics, _):
        await analytics.append(EVENTS)
        assert await failure_of(analytics.assert_tracked("page_view", user_id="ann", page="/x")) == [
            "expected at least one of event('page_view', user_id='ann', page='/x'), found 0",
            "  stored: 2026-01-01T12:00:00+00:00 'page_view' user_id='ann' {'n': 1, 'page': '/'}",
            "      property 'page' is '/', not '/x'",
            "  stored: 2026-01-01T12:00:01+00:00 'page_view' user_id='bob' {'page': '/x'}",
            "      user_id is 'bob', not 'ann'",
            "  stored: 2026-01-01T12:00:02+00:00 'click' {}",
            "      event_type is 'click', not 'page_view'",
            "      user_id is None, not 'ann'",
            "      property 'page' is missing",
        ]
        lines = await failure_of(analytics.assert_tracked("page_view", count=3))
        assert lines[:2] == [
            "expected 3 of event('page_view'), found 2",
            "  found: 2026-01-01T12:00:00+00:00 'page_view' user_id='ann' {'n': 1, 'page': '/'}",
        ]
        assert (await failure_of(analytics.assert_nothing_tracked("click")))[0] == "expected no 'click', found 1"
        assert (await failure_of(analytics.assert_nothing_tracked()))[0] == "expected no event, found 3"

    in_world(test)


def test_a_failure_says_what_services_hold_back():
    async def test(analytics, _):
        lines = await failure_of(analytics.assert_tracked("x"))
        assert lines[1] == "  nothing was stored"
        assert lines[2].startswith("Hint: AnalyticsService stores events when it flushes")
        analytics.buffered = lambda: 2
        lines = await failure_of(analytics.assert_tracked("x"))
        assert lines[1] == "  2 event(s) wait in a service's buffer"

    in_world(test)


def test_every_call_crosses_the_seam():
    async def test(analytics, journal):
        await analytics.append(EVENTS[:1])
        assert await analytics.counts("page_view", since=NOON) == {"page_view": 1}
        own = [call for call in journal if call.port == "analytics"]
        assert [call.operation for call in own] == ["analytics.append", "analytics.counts"]
        assert own[1].describe().endswith("-> {'page_view': 1}")
        assert "database.execute_many" in [call.operation for call in journal]

    in_world(test)
