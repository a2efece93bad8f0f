"""Rows 62 to 69 of the guide's errata: analytics and the composite. See docs/explanation/guide-errata.md."""

import asyncio
import logging
from datetime import datetime

import pytest

from nexus_testkit.container import register_service
from nexus_testkit.errors import (
    CacheConnectionError,
    DatabaseError,
    DuplicateUserError,
    EventsLost,
    MailConnectError,
    MailRecipientsRefused,
    StaleVersionError,
    ValidationError,
)
from nexus_testkit.journal import Disturbance
from nexus_testkit.ports.analytics import EventStore
from nexus_testkit.services import AnalyticsService, CacheService, UserManagementService, UserService, get_logger

ANN = {"username": "ann", "email": "ann@example.org"}


class Outage:
    """Every call of an operation (`"cache.get"`) or port (`"cache"`) fails, from now until `end`.

    With `loses_reply`, the call happens all the same, and only its result is lost.
    """

    def __init__(self, nexus, of, error, *, loses_reply=False):
        self._seam = nexus.seam
        self._of = of
        self._disturbance = Disturbance(error=error, loses_reply=loses_reply)
        self._seam.decider = self

    def decide(self, call):
        return self._disturbance if self._of in (call.port, call.operation) else None

    def end(self):
        self._seam.decider = None


def store_outage(nexus, **options):
    return Outage(nexus, "analytics.append", DatabaseError("the store is down"), **options)


def cache_outage(nexus):
    return Outage(nexus, "cache", CacheConnectionError("Connection refused"))


# Row 62


async def test_row_62_events_of_a_failed_flush_are_stored_by_the_next_one_in_their_order(nexus):
    analytics = await nexus.service(AnalyticsService)
    outage = store_outage(nexus)
    for number in range(3):
        await analytics.track_event("click", properties={"number": number})
    await nexus.clock.advance(minutes=1)
    await nexus.analytics.assert_nothing_tracked()
    outage.end()
    await nexus.clock.advance(minutes=1)
    stored = await nexus.analytics.assert_tracked("click", count=3)
    assert [event.properties["number"] for event in stored] == [0, 1, 2]
    assert (analytics.events_buffer, analytics.dropped_events) == ([], 0)


async def test_row_62_the_buffer_is_bounded_and_what_is_dropped_is_counted(nexus):
    register_service(AnalyticsService, config={"buffer_size": 2, "max_buffered_events": 5})
    analytics = await nexus.service(AnalyticsService)
    outage = store_outage(nexus)
    for number in range(8):
        await analytics.track_event("click", properties={"number": number})
    assert [event["properties"]["number"] for event in analytics.events_buffer] == [3, 4, 5, 6, 7]
    assert analytics.dropped_events == 3
    outage.end()
    assert await analytics.flush() == 5


async def test_row_62_an_event_that_was_stored_although_the_reply_was_lost_counts_once(nexus):
    analytics = await nexus.service(AnalyticsService)
    outage = store_outage(nexus, loses_reply=True)
    await analytics.track_event("click")
    with pytest.raises(DatabaseError):
        await analytics.flush()
    outage.end()
    await analytics.flush()
    assert await analytics.get_event_counts() == {"click": 1}


async def test_row_62_a_full_buffer_is_stored_at_once(nexus):
    register_service(AnalyticsService, config={"buffer_size": 3})
    analytics = await nexus.service(AnalyticsService)
    for _ in range(4):
        await analytics.track_event("click")
    assert len(analytics.events_buffer) == 1
    await nexus.analytics.assert_tracked("click", count=3)


async def test_row_62_an_event_that_could_never_be_stored_is_refused_before_it_blocks_the_others(nexus):
    analytics = await nexus.service(AnalyticsService)
    for properties in (
        {"at": nexus.clock.now()},
        {"n": float("nan")},
        {7: 1},
        {"text": "\0"},
        {"a": [{"b": object()}]},
    ):
        with pytest.raises(ValidationError, match="properties"):
            await analytics.track_event("click", properties=properties)
    with pytest.raises(ValidationError, match="event_type"):
        await analytics.track_event("")
    assert analytics.events_buffer == []


# Row 63


class SlowStore:
    """An event store that takes a second, and notes what it has."""

    def __init__(self, clock):
        self.clock = clock
        self.stored = []

    async def append(self, events):
        await self.clock.sleep(1)
        self.stored += [event.id for event in events if event.id not in self.stored]

    async def counts(self, event_type=None, *, since=None):
        return {}

    async def events(self, event_type=None, *, since=None):
        return []


async def test_row_63_a_flush_that_is_cancelled_in_the_middle_loses_nothing(nexus):
    with nexus.override(EventStore, SlowStore(nexus.clock)) as store:
        analytics = await nexus.service(AnalyticsService)
        await analytics.track_event("click")
        flushing = asyncio.create_task(analytics.flush())
        await nexus.settle()
        flushing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await flushing
        assert len(analytics.events_buffer) == 1
        await analytics.flush()
        assert len(store.stored) == 1


async def test_row_63_cleanup_waits_for_the_flush_that_is_under_way(nexus):
    with nexus.override(EventStore, SlowStore(nexus.clock)) as store:
        analytics = await nexus.service(AnalyticsService)
        await analytics.track_event("click")
        await nexus.clock.advance(seconds=60)  # the periodic flush has begun, and takes a second
        task = analytics.flush_task
        await analytics.cleanup()
        assert task.done()
        assert len(store.stored) == 1
        assert analytics.events_buffer == []


async def test_row_63_events_that_come_while_a_flush_is_under_way_are_kept_for_the_next(nexus):
    with nexus.override(EventStore, SlowStore(nexus.clock)) as store:
        analytics = await nexus.service(AnalyticsService)
        await analytics.track_event("first")
        flushing = asyncio.create_task(analytics.flush())
        await nexus.settle()
        await analytics.track_event("second")
        await flushing
        assert [event["event_type"] for event in analytics.events_buffer] == ["second"]
        await analytics.flush()
        assert len(store.stored) == 2


# Row 64


async def test_row_64_a_cleanup_in_an_outage_raises_with_the_events(nexus):
    analytics = await nexus.service(AnalyticsService)
    outage = store_outage(nexus)
    await analytics.track_event("click", "7", {"page": "/"})
    with pytest.raises(EventsLost, match=r"1 analytics event\(s\) could not be stored") as caught:
        await analytics.cleanup()
    outage.end()
    (event,) = caught.value.events
    assert (event["event_type"], event["user_id"], event["properties"]) == ("click", "7", {"page": "/"})
    assert not analytics.is_initialized


async def test_row_64_a_cleanup_stores_what_is_left(nexus):
    analytics = await nexus.service(AnalyticsService)
    await analytics.track_event("click")
    await analytics.cleanup()
    await nexus.analytics.assert_tracked("click", count=1)


# Row 65


async def test_row_65_properties_are_copied(nexus):
    analytics = await nexus.service(AnalyticsService)
    properties = {"tags": ["a"]}
    await analytics.track_event("click", properties=properties)
    properties["tags"].append("b")
    await analytics.flush()
    await nexus.analytics.assert_tracked("click", tags=["a"])


# Row 66


async def test_row_66_events_are_stored_and_counted(nexus):
    analytics = await nexus.service(AnalyticsService)
    await analytics.track_page_view("7", "/home", referrer="/")
    await analytics.track_user_action(7, "login", {"device": "phone"})
    await analytics.track_event("page_view")
    assert await analytics.get_event_counts() == {"page_view": 2, "user_action": 1}
    assert await analytics.get_event_counts("page_view") == {"page_view": 2}
    assert await analytics.get_event_counts("nothing") == {}
    await nexus.analytics.assert_tracked("page_view", user_id="7", page="/home", referrer="/")
    await nexus.analytics.assert_tracked("user_action", user_id="7", action="login", context={"device": "phone"})


async def test_row_66_days_are_counted_back_from_now(nexus):
    analytics = await nexus.service(AnalyticsService)
    await analytics.track_event("old")
    await nexus.clock.advance(days=3)
    await analytics.track_event("new")
    assert await analytics.get_event_counts(days=2) == {"new": 1}
    assert await analytics.get_event_counts(days=4) == {"old": 1, "new": 1}


@pytest.mark.parametrize("days", [0, -1, 1.5, None, 10**9])
async def test_row_66_days_that_are_none_are_refused(nexus, days):
    analytics = await nexus.service(AnalyticsService)
    with pytest.raises(ValidationError, match="days"):
        await analytics.get_event_counts(days=days)
    with pytest.raises(ValidationError, match="days"):
        await analytics.get_user_stats(days)


async def test_row_66_an_event_is_stored_within_a_minute_and_an_idle_service_does_nothing(nexus):
    analytics = await nexus.service(AnalyticsService)
    await nexus.clock.advance(hours=1)
    assert nexus.journal.of("clock.sleep") == []
    await analytics.track_event("click")
    await nexus.clock.advance(seconds=60)
    await nexus.analytics.assert_tracked("click", count=1)


# Row 67


async def test_row_67_the_numbers_of_users_come_from_one_query_and_add_up(nexus):
    manager = await nexus.service(UserManagementService)
    for number in range(4):
        user = await manager.user_service.create_user({"username": f"u{number}", "email": f"u{number}@example.org"})
    await manager.deactivate_user(user["id"])
    before = len(nexus.journal.of("database"))
    stats = await manager.get_user_stats()
    assert len(nexus.journal.of("database")) == before + 1
    assert (stats["total_users"], stats["active_users"], stats["inactive_users"]) == (4, 3, 1)
    assert stats["activity_rate"] == 0.75
    assert datetime.fromisoformat(stats["generated_at"]) == nexus.clock.now()


async def test_row_67_without_users_the_rate_is_zero(nexus):
    analytics = await nexus.service(AnalyticsService)
    stats = await analytics.get_user_stats()
    assert (stats["total_users"], stats["inactive_users"], stats["activity_rate"]) == (0, 0, 0)


async def test_row_67_days_say_who_is_new(nexus):
    users = await nexus.service(UserService)
    analytics = await nexus.service(AnalyticsService)
    await users.create_user(ANN)
    await nexus.clock.advance(days=10)
    await users.create_user({"username": "bob", "email": "bob@example.org"})
    assert [(await analytics.get_user_stats(days))["new_users"] for days in (1, 9, 11)] == [1, 1, 2]


async def test_row_67_stats_are_cached_for_an_hour(nexus):
    users = await nexus.service(UserService)
    analytics = await nexus.service(AnalyticsService)
    first = await analytics.get_user_stats()
    await users.create_user(ANN)
    await nexus.clock.advance(minutes=59)
    assert await analytics.get_user_stats() == first
    await nexus.clock.advance(minutes=2)
    assert (await analytics.get_user_stats())["total_users"] == 1


# Row 68: the welcome


async def test_row_68_a_welcome_creates_caches_tracks_and_mails(nexus):
    manager = await nexus.service(UserManagementService)
    user = await manager.create_user_with_welcome({**ANN, "full_name": "Ann Lee", "source": "web"})
    assert await manager.user_service.get_user_by_id(user["id"]) == user
    await nexus.cache.assert_has(f"user:{user['id']}", ttl=3600)
    nexus.mail.assert_sent(to=ANN["email"], subject="Welcome, ann!", body_contains="Hello Ann Lee,", count=1)
    await nexus.clock.advance(minutes=1)
    await nexus.analytics.assert_tracked("user_created", user_id=str(user["id"]), registration_source="web", count=1)


@pytest.mark.parametrize(
    ("of", "error", "step"),
    [
        ("cache", CacheConnectionError("down"), "cache"),
        ("mail", MailConnectError("down"), "mail"),
        ("files", OSError("disk"), "mail"),
    ],
)
async def test_row_68_what_fails_after_the_creation_blocks_nothing_and_is_in_the_result(nexus, of, error, step):
    manager = await nexus.service(UserManagementService)
    outage = Outage(nexus, of, error)
    result = await manager.welcome(ANN)
    outage.end()
    assert result.failures == {step: error}
    assert not result.complete
    assert await manager.user_service.get_user_by_id(result.user["id"]) == result.user
    assert len(manager.analytics_service.events_buffer) == 1
    nexus.mail.assert_count(0 if step == "mail" else 1)


async def test_row_68_a_failing_analytics_service_does_not_block_the_mail(nexus):
    class Broken:
        async def track_event(self, *_args, **_options):
            raise RuntimeError("analytics is down")

    with nexus.override(AnalyticsService, Broken()):
        manager = await nexus.service(UserManagementService)
        result = await manager.welcome(ANN)
    assert list(result.failures) == ["analytics"]
    nexus.mail.assert_sent(to=ANN["email"], count=1)


async def test_row_68_the_guide_s_method_gives_the_user_although_a_step_failed(nexus):
    manager = await nexus.service(UserManagementService)
    nexus.mail.refuse(ANN["email"])
    user = await manager.create_user_with_welcome(ANN)
    assert user == await manager.user_service.get_user_by_username("ann")


async def test_row_68_a_retry_repeats_only_the_steps_that_failed(nexus):
    manager = await nexus.service(UserManagementService)
    nexus.mail.refuse(ANN["email"])
    result = await manager.welcome(ANN)
    assert isinstance(result.failures["mail"], MailRecipientsRefused)
    nexus.mail.recover()
    before = len(nexus.journal)
    result = await manager.retry_welcome(result)
    assert result.complete
    assert {call.port for call in nexus.journal.calls[before:]} == {"files", "mail"}
    await manager.retry_welcome(result)
    nexus.mail.assert_sent(to=ANN["email"], count=1)


async def test_row_68_a_refused_user_leaves_no_trace(nexus):
    manager = await nexus.service(UserManagementService)
    await manager.create_user_with_welcome(ANN)
    for data, error in ((ANN, DuplicateUserError), ({"username": "bob"}, ValidationError)):
        with pytest.raises(error):
            await manager.create_user_with_welcome(data)
    nexus.mail.assert_count(1)
    assert len(manager.analytics_service.events_buffer) == 1


async def test_row_68_a_user_is_tracked_once_however_often_the_step_is_repeated(nexus):
    manager = await nexus.service(UserManagementService)
    result = await manager.welcome(ANN)
    await manager._track_creation(result)
    assert await manager.analytics_service.get_event_counts("user_created") == {"user_created": 1}


# Row 68: reading through the cache, where the guide's text ends in the middle of a signature


async def test_row_68_cache_and_database_give_the_same_user(nexus):
    manager = await nexus.service(UserManagementService)
    created = await manager.user_service.create_user({**ANN, "tags": ["a"]})
    from_database = await manager.get_user_with_cache(created["id"])
    queries = len(nexus.journal.of("database"))
    from_cache = await manager.get_user_with_cache(created["id"])
    assert len(nexus.journal.of("database")) == queries
    assert from_database == from_cache == created
    assert {name: type(value) for name, value in from_cache.items()} == {
        name: type(value) for name, value in created.items()
    }


async def test_row_68_readers_at_once_share_one_query_and_no_object(nexus):
    manager = await nexus.service(UserManagementService)
    created = await manager.user_service.create_user(ANN)
    queries = len(nexus.journal.of("database"))
    found = await asyncio.gather(*(manager.get_user_with_cache(created["id"]) for _ in range(10)))
    assert found == [created] * 10
    assert len({id(user) for user in found}) == 10
    assert len(nexus.journal.of("database")) == queries + 1


async def test_row_68_a_reader_who_gives_up_does_not_take_the_others_along(nexus):
    cache = await nexus.service(CacheService)

    async def load():
        await nexus.clock.sleep(1)
        return "value"

    readers = [asyncio.create_task(cache.get_or_load("key", load)) for _ in range(3)]
    await nexus.settle()
    readers[0].cancel()
    assert await asyncio.gather(*readers[1:]) == ["value", "value"]


async def test_row_68_an_error_reaches_every_reader_and_is_not_cached(nexus):
    cache = await nexus.service(CacheService)
    outcomes = [OSError("down"), "value"]

    async def load():
        await nexus.clock.sleep(1)
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    failed = await asyncio.gather(*(cache.get_or_load("key", load) for _ in range(3)), return_exceptions=True)
    assert [type(error) for error in failed] == [OSError] * 3
    assert await cache.get_or_load("key", load) == "value"


async def test_row_68_absence_is_remembered_for_half_a_minute(nexus):
    manager = await nexus.service(UserManagementService)
    assert await manager.get_user_with_cache(1) is None
    queries = len(nexus.journal.of("database"))
    assert await manager.get_user_with_cache(1) is None
    assert len(nexus.journal.of("database")) == queries
    created = await manager.user_service.create_user(ANN)
    await nexus.clock.advance(seconds=31)
    assert await manager.get_user_with_cache(created["id"]) == created


async def test_row_68_a_new_user_is_there_although_absence_was_remembered(nexus):
    manager = await nexus.service(UserManagementService)
    assert await manager.get_user_with_cache(1) is None
    created = await manager.create_user_with_welcome(ANN)
    assert created["id"] == 1
    assert await manager.get_user_with_cache(1) == created


async def test_row_68_a_cache_that_is_down_costs_a_query_and_not_the_answer(nexus):
    manager = await nexus.service(UserManagementService)
    created = await manager.user_service.create_user(ANN)
    outage = cache_outage(nexus)
    assert await manager.get_user_with_cache(created["id"]) == created
    assert (await manager.update_user(created["id"], {"full_name": "Ann"}))["full_name"] == "Ann"
    assert await manager.delete_user(created["id"]) is True
    outage.end()


async def test_row_68_an_unreadable_entry_is_replaced(nexus):
    manager = await nexus.service(UserManagementService)
    created = await manager.user_service.create_user(ANN)
    await nexus.cache.set("nexus:user:1", "written by an older version")
    assert await manager.get_user_with_cache(1) == created
    assert await manager.cache_service.get_user_cache(1) == created


async def test_row_68_the_next_read_after_a_stale_update_is_fresh(nexus):
    manager = await nexus.service(UserManagementService)
    created = await manager.create_user_with_welcome(ANN)
    await manager.user_service.update_user(
        created["id"], {"full_name": "Ann"}
    )  # by another process: the cache is stale
    stale = await manager.get_user_with_cache(created["id"])
    with pytest.raises(StaleVersionError):
        await manager.update_user(created["id"], {"tags": ["a"]}, expected_version=stale["version"])
    fresh = await manager.get_user_with_cache(created["id"])
    assert await manager.update_user(created["id"], {"tags": ["a"]}, expected_version=fresh["version"]) is not None


async def test_row_68_a_change_whose_reply_was_lost_is_forgotten_by_the_cache_too(nexus):
    manager = await nexus.service(UserManagementService)
    created = await manager.create_user_with_welcome(ANN)
    outage = Outage(nexus, "database.fetch_one", DatabaseError("connection lost"), loses_reply=True)
    with pytest.raises(DatabaseError):
        await manager.update_user(created["id"], {"full_name": "Ann"})
    outage.end()
    assert (await manager.get_user_with_cache(created["id"]))["full_name"] == "Ann"


async def test_row_68_a_change_during_the_welcome_is_not_written_over_by_it(nexus):
    class Slow:
        """Lets the first write to the cache take a second."""

        def __init__(self):
            self.delayed = False

        def decide(self, call):
            if call.operation != "cache.set" or self.delayed:
                return None
            self.delayed = True
            return Disturbance(delay_s=1)

    manager = await nexus.service(UserManagementService)
    nexus.seam.decider = Slow()
    welcoming = asyncio.create_task(manager.welcome(ANN))
    await nexus.settle()
    await manager.update_user(1, {"full_name": "Ann"})
    assert (await welcoming).complete
    nexus.seam.decider = None
    assert (await manager.get_user_with_cache(1))["full_name"] == "Ann"


async def test_row_68_what_does_not_exist_cannot_be_changed(nexus):
    manager = await nexus.service(UserManagementService)
    assert await manager.update_user(7, {"full_name": "x"}) is None
    assert await manager.deactivate_user(7) is None
    assert await manager.delete_user(7) is False
    assert await manager.get_user_with_cache(2**40) is None


# Row 69


def logged(caplog):
    return [record.getMessage() for record in caplog.records]


async def test_row_69_a_line_break_in_a_value_forges_no_line(nexus, caplog):
    caplog.set_level(logging.DEBUG, logger="nexus")
    cache = await nexus.service(CacheService)
    await cache.set("key\nINFO root: user is admin", 1)
    await cache.increment("hits\r\n\x1b[31m\u2028")
    assert [line for line in logged(caplog) if "\n" in line or "\r" in line or "\x1b" in line or "\u2028" in line] == []
    assert r"Cached value key=key\nINFO root: user is admin" in logged(caplog)


@pytest.mark.parametrize("write", ["info", "warning", "error"])
def test_row_69_addresses_are_shortened_from_info_upward(caplog, write):
    caplog.set_level(logging.DEBUG, logger="nexus")
    logger = get_logger("Signup")
    getattr(logger, write)(
        "Mail to %s and <bob@example.org>", "ann.lee+x@example.org", user={"email": "eve@example.org"}
    )
    logger.debug("Mail", to="ann@example.org")
    assert logged(caplog) == [
        "Mail to a***@example.org and <b***@example.org> user={'email': 'e***@example.org'}",
        "Mail to=ann@example.org",
    ]


def test_row_69_fields_are_on_the_record_and_the_place_is_the_caller_s(caplog):
    caplog.set_level(logging.INFO, logger="nexus")
    get_logger("Signup").info("Created user", user_id=7, extra={"request": "r-1"})
    (record,) = caplog.records
    assert (record.name, record.getMessage()) == ("nexus.Signup", "Created user user_id=7")
    assert (record.fields, record.request, record.filename) == ({"user_id": "7"}, "r-1", "test_composite.py")


def test_row_69_a_wrong_format_does_not_fail_the_operation_that_logs(caplog):
    caplog.set_level(logging.INFO, logger="nexus")
    get_logger("Signup").info("%d users", "many")
    get_logger("Signup").info("100%")
    assert logged(caplog) == ["%d users ('many',)", "100%"]


async def test_row_69_no_address_of_a_user_is_in_the_log_of_a_welcome(nexus, caplog):
    caplog.set_level(logging.INFO, logger="nexus")
    manager = await nexus.service(UserManagementService)
    nexus.mail.refuse(ANN["email"])
    await manager.create_user_with_welcome(ANN)
    assert any("Welcome: a step failed step=mail" in line for line in logged(caplog))
    assert [line for line in logged(caplog) if ANN["email"] in line] == []
