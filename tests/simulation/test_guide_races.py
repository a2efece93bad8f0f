"""The races of the guide's printed services (docs/explanation/guide-errata.md) are found; the kit's own services have none of them.

What is tried here is what depends on order, latency or faults, and what runs in the kit at all: the guide's HTTP and mail
services talk to sockets of their own (aiohttp, smtplib), which cross no port; its flagship fails in any order (row 34).
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any

import pytest
from guide import COPY, execute

from nexus_testkit import Harness, services
from nexus_testkit.container import inject
from nexus_testkit.errors import DatabaseError, EventsLost, StaleVersionError
from nexus_testkit.ports.analytics import Event, EventStore
from nexus_testkit.ports.database import DatabaseAdapter
from tests.simulation.checks import assert_found, assert_nothing_found, assert_stock_order_passes
from tests.simulation.zoo.specimen import Specimen, arriving, specimen

pytestmark = pytest.mark.filterwarnings("ignore:.*utcnow.*:DeprecationWarning")  # the guide's clock

guide: Any = execute(COPY.read_text(encoding="utf-8"), str(COPY))

ANN = {"username": "ann", "email": "ann@example.org"}


# -- the lifecycle


class _Working:
    """A service that starts a task, prepares a row, and removes it at its end."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db
        self.started = 0
        self.task: asyncio.Task[None] | None = None

    async def _setup(self) -> None:
        self.started += 1
        self.task = asyncio.create_task(asyncio.sleep(1e9))
        await self.db.execute("INSERT INTO workers (name) VALUES ('worker')")

    async def _teardown(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait([self.task])
        await self.db.execute("DELETE FROM workers")


class GuideWorker(_Working, guide.BaseService):
    """On the guide's base class."""


class Worker(_Working, services.BaseService):
    """On the kit's."""


_WORKERS = "CREATE TABLE workers (name TEXT)"


@specimen("row 1: two calls of initialize() set up twice", bug=GuideWorker, twin=Worker, runs=200)
async def row_1(nexus: Harness, worker: Any) -> None:
    await nexus.db.execute(_WORKERS)
    service = worker(nexus.get(DatabaseAdapter))
    await arriving(service.initialize(), service.initialize())
    started = service.started
    await service.cleanup()
    assert started == 1


@specimen(
    "row 2: what a failed _setup has started stays", bug=GuideWorker, twin=Worker, runs=200, faults=["table:workers"]
)
async def row_2(nexus: Harness, worker: Any) -> None:
    await nexus.db.execute(_WORKERS)
    service = worker(nexus.get(DatabaseAdapter))
    with suppress(DatabaseError):
        await service.initialize()
    with suppress(DatabaseError):
        await service.cleanup()
    assert service.task.done()


@specimen(
    "row 3: after a failed _teardown a service calls itself initialized",
    bug=GuideWorker,
    twin=Worker,
    runs=200,
    faults=["table:workers"],
)
async def row_3(nexus: Harness, worker: Any) -> None:
    await nexus.db.execute(_WORKERS)
    service = worker(nexus.get(DatabaseAdapter))
    try:
        await service.initialize()
    except DatabaseError:
        service.task.cancel()  # row 2
        return
    with suppress(DatabaseError):
        await service.cleanup()
    assert not service.is_initialized


# -- users


@specimen("row 17: a duplicate is the driver's error", bug=guide, twin=services, runs=200)
async def row_17(nexus: Harness, module: Any) -> None:
    users = await nexus.service(module.UserService)
    outcomes = await arriving(users.create_user(ANN), users.create_user(ANN), settled=True)
    created, refused = sorted(outcomes, key=lambda outcome: isinstance(outcome, Exception))
    assert created["username"] == "ann"
    assert isinstance(refused, ValueError), repr(refused)


@specimen("row 25: the total and the page are two snapshots", bug=guide, twin=services, runs=200)
async def row_25(nexus: Harness, module: Any) -> None:
    users = await nexus.service(module.UserService)
    (page, total), _ = await arriving(users.list_users(), users.create_user(ANN))
    assert len(page) == total


class GuideTags(guide.UserService):
    """Adds a tag with what the guide's service has."""

    async def tag(self, user_id: int, tag: str) -> None:
        user = await self.get_user_by_id(user_id)
        await self.update_user(user_id, {"tags": [*user["tags"], tag]})


class Tags(services.UserService):
    """Adds a tag with what the kit's service has."""

    async def tag(self, user_id: int, tag: str) -> None:
        while True:
            user = await self.get_user_by_id(user_id)
            assert user is not None
            try:
                await self.update_user(user_id, {"tags": [*user["tags"], tag]}, expected_version=user["version"])
            except StaleVersionError:
                continue
            return


@specimen("row 29: of two who read and update, one change is lost", bug=GuideTags, twin=Tags, runs=200)
async def row_29(nexus: Harness, tags: Any) -> None:
    users = await nexus.service(tags)
    user = await users.create_user(ANN)
    await arriving(users.tag(user["id"], "a"), users.tag(user["id"], "b"))
    assert set((await users.get_user_by_id(user["id"]))["tags"]) == {"a", "b"}


@specimen("row 67: two counts make a negative one", bug=guide, twin=services, runs=200)
async def row_67(nexus: Harness, module: Any) -> None:
    users = await nexus.service(module.UserService)
    analytics = await nexus.service(module.AnalyticsService)
    stats, _ = await arriving(analytics.get_user_stats(), users.create_user(ANN))
    assert stats["inactive_users"] == 0


# -- events


class GuideAnalytics(guide.AnalyticsService):
    """The guide's, with the one method that it leaves to its reader (row 66)."""

    def __init__(
        self,
        cache: guide.CacheService = inject(),
        user_service: guide.UserService = inject(),
        events: EventStore = inject(),
    ) -> None:
        super().__init__(cache, user_service)
        self.events = events

    async def _store_events(self, events: list[dict[str, Any]]) -> None:
        await self.events.append(
            [
                Event(f"{number}-{event['timestamp']}", event["event_type"], _aware(event["timestamp"]))
                for number, event in enumerate(events)
            ]
        )


def _aware(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@specimen(
    "row 62: a failed flush loses its batch",
    bug=GuideAnalytics,
    twin=services.AnalyticsService,
    runs=200,
    faults=["analytics.append"],
)
async def row_62(nexus: Harness, service: Any) -> None:
    analytics = await nexus.service(service)
    await analytics.track_event("click")
    await nexus.clock.advance(seconds=61)
    nexus.faults.calm()
    await nexus.clock.advance(minutes=10)
    await nexus.analytics.assert_tracked("click", count=1)


async def _stored_or_reported(nexus: Harness, service: Any) -> None:
    analytics = await nexus.service(service)
    await analytics.track_event("click")
    await nexus.clock.advance(seconds=61)
    reported = 0
    try:
        await analytics.cleanup()
    except EventsLost as lost:
        reported = len(lost.events)
    assert reported or await nexus.analytics.events("click"), "an event is stored, or reported as lost"


@specimen(
    "row 63: a cleanup in the middle of a flush loses it",
    bug=GuideAnalytics,
    twin=services.AnalyticsService,
    runs=200,
    decisions=2,
)
async def row_63(nexus: Harness, service: Any) -> None:
    await _stored_or_reported(nexus, service)


@specimen(
    "row 64: a cleanup in an outage loses all, and reports success",
    bug=GuideAnalytics,
    twin=services.AnalyticsService,
    runs=200,
    faults=["analytics.append"],
    decisions=2,
)
async def row_64(nexus: Harness, service: Any) -> None:
    await _stored_or_reported(nexus, service)


RACES = [each for each in list(vars().values()) if isinstance(each, Specimen)]
each = pytest.mark.parametrize("race", RACES, ids=attrgetter("name"))


@each
def test_stock_order_shows_no_race(race):
    assert_stock_order_passes(race)


@each
def test_a_search_finds_the_race_of_the_guide(race, record_property):
    assert_found(race, record_property)


@each
def test_a_search_finds_nothing_in_the_kits_own_services(race):
    assert_nothing_found(race)
