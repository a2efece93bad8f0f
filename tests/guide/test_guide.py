"""The guide's printed code, driven through the harness.

What works as printed works here; what fails because of its own defect (docs/explanation/guide-errata.md, the
row is named) fails here the way production would.
"""

import asyncio
from pathlib import Path

import pytest
from guide import COPY, TORN_END, blocks, execute

import nexus_testkit
from nexus_testkit.errors import LeakError, UndefinedFunction, UniqueViolation

BESIDE = Path(__file__).parents[3] / "shared" / "spec" / "plugin-services.md"
SOURCES = [path for path in (COPY, BESIDE) if path.is_file()]

pytestmark = pytest.mark.filterwarnings("ignore:.*utcnow.*:DeprecationWarning")  # the guide's clock


@pytest.fixture(scope="module", params=SOURCES, ids=[f"from-{path.parent.name}" for path in SOURCES])
def guide(request):
    return execute(request.param.read_text(encoding="utf-8"), str(request.param))


@pytest.fixture
async def users(nexus, guide):
    return await nexus.service(guide.UserService)


@pytest.fixture
async def cache(nexus, guide):
    return await nexus.service(guide.CacheService)


ANN = {"username": "ann", "email": "ann@example.org", "full_name": "Ann", "tags": ["a", "b"]}


def test_the_text_has_eight_blocks_and_a_torn_end():
    text = COPY.read_text(encoding="utf-8")
    assert len(blocks(text)) == 8
    assert text.rstrip().endswith(TORN_END.strip())


def test_every_class_of_the_guide_is_defined(guide):
    for name in (
        "BaseService",
        "MyPlugin",
        "UserService",
        "CacheService",
        "HTTPService",
        "EmailService",
        "AnalyticsService",
        "UserManagementService",
    ):
        assert isinstance(getattr(guide, name), type)


# -- BaseService


async def test_base_service_starts_and_stops(nexus, guide):
    service = guide.BaseService()
    with pytest.raises(RuntimeError, match="BaseService is not initialized"):
        service.validate_initialization()
    await service.initialize()
    assert service.is_initialized
    service.validate_initialization()
    await service.cleanup()
    assert not service.is_initialized


async def test_row_1_initialize_at_once_sets_up_three_times(nexus, guide):
    ran = []

    class Slow(guide.BaseService):
        async def _setup(self):
            ran.append(1)
            await asyncio.sleep(1)

    service = Slow()
    await asyncio.gather(*(service.initialize() for _ in range(3)))
    assert len(ran) == 3


async def test_the_container_starts_even_that_service_once(nexus, guide):
    ran = []

    class Slow(guide.BaseService):
        async def _setup(self):
            ran.append(1)
            await asyncio.sleep(1)

    await asyncio.gather(*(nexus.service(Slow) for _ in range(3)))
    assert len(ran) == 1


# -- registration


async def test_row_7_the_plugin_boots_and_is_told_what_the_platform_would_make_of_none(nexus, guide):
    with pytest.warns(UserWarning, match=r"initialize\(\) returned None"):
        plugin = await nexus.boot(guide.MyPlugin)
    assert isinstance(plugin.user_service, guide.UserService)
    assert plugin.user_service.is_initialized
    assert plugin.email_service.is_initialized
    assert (await nexus.service(guide.AnalyticsService)).user_service is plugin.user_service


# -- UserService


async def test_users_are_created_read_updated_and_deleted(users):
    made = await users.create_user(ANN)
    assert made["id"] == 1
    assert await users.get_user_by_id(1) == made
    assert await users.get_user_by_username("ann") == made
    changed = await users.update_user(1, {"full_name": "Ann B.", "is_active": False, "nonsense": 1})
    assert (changed["full_name"], changed["is_active"], changed["tags"]) == ("Ann B.", False, ["a", "b"])
    assert await users.get_active_user_count() == 0
    assert await users.get_user_count() == 1
    assert await users.delete_user(1) is True
    assert await users.delete_user(1) is False
    assert await users.get_user_by_id(1) is None


async def test_duplicates_are_value_errors_one_after_the_other(users):
    await users.create_user(ANN)
    with pytest.raises(ValueError, match="Username already exists"):
        await users.create_user(ANN)
    with pytest.raises(ValueError, match="Email already exists"):
        await users.create_user(ANN | {"username": "bob"})
    with pytest.raises(ValueError, match="Missing required field: email"):
        await users.create_user({"username": "bob"})


async def test_users_are_listed_and_filtered(users):
    for name in ("ann", "bob", "Bobby"):
        await users.create_user({"username": name, "email": f"{name}@example.org"})
    page, total = await users.list_users(per_page=2)
    assert (len(page), total) == (2, 3)
    page, total = await users.list_users(filters={"search": "BOB", "is_active": True})
    assert ({user["username"] for user in page}, total) == ({"bob", "Bobby"}, 2)


async def test_row_13_filtering_json_by_tags_fails_as_on_the_server(users):
    with pytest.raises(UndefinedFunction) as caught:
        await users.list_users(filters={"tags": ["a"]})
    assert caught.value.sqlstate == "42883"


async def test_row_15_a_percent_sign_finds_everybody(users):
    await users.create_user(ANN)
    assert (await users.list_users(filters={"search": "%"}))[1] == 1


async def test_row_17_creates_at_once_leak_the_drivers_error(nexus, users):
    outcomes = await asyncio.gather(*(users.create_user(ANN) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(outcome, dict) for outcome in outcomes) == 1
    assert any(isinstance(outcome, UniqueViolation) for outcome in outcomes)
    await nexus.db.assert_count("users", 1)


async def test_row_18_an_update_to_a_taken_name_leaks_the_drivers_error(users):
    await users.create_user(ANN)
    await users.create_user({"username": "bob", "email": "bob@example.org"})
    with pytest.raises(UniqueViolation) as caught:
        await users.update_user(2, {"username": "ann"})
    assert caught.value.constraint_name == "users_username_key"


async def test_row_23_page_zero_is_the_servers_error(users):
    with pytest.raises(nexus_testkit.NexusTestkitError) as caught:
        await users.list_users(page=0)
    assert caught.value.sqlstate == "2201X"


# -- CacheService


async def test_values_are_cached_counted_and_deleted(cache):
    await cache.set("key", {"a": [1, None]}, ttl=60)
    assert await cache.get("key") == {"a": [1, None]}
    assert await cache.exists("key") is True
    assert await cache.delete("key") is True
    assert await cache.get("key", "default") == "default"
    assert [await cache.increment("hits"), await cache.increment("hits", 4)] == [1, 5]
    await cache.cache_user_list({"is_active": True}, [{"id": 1}])
    assert await cache.get_cached_user_list({"is_active": True}) == [{"id": 1}]


async def test_values_expire(nexus, cache):
    await cache.set("key", 1)
    await nexus.clock.advance(seconds=3601)
    assert await cache.get("key") is None


async def test_row_31_a_ttl_of_zero_becomes_an_hour(nexus, cache):
    await cache.set("key", 1, ttl=0)
    assert await nexus.cache.ttl("key") == 3600


async def test_row_32_get_is_not_the_inverse_of_set(cache):
    await cache.set("text", "hello")
    await cache.set("digits", "123")
    assert await cache.get("text") == b"hello"
    assert await cache.get("digits") == 123


# -- HTTPService and EmailService


def test_row_42_the_http_service_retries_a_stray_and_the_world_reports_it(guide):
    async def main(nexus):
        http = await nexus.service(guide.HTTPService)
        import aiohttp

        with pytest.raises(aiohttp.ClientConnectorError):
            await http.get("http://api.example/users")
        assert nexus.clock.monotonic() >= 1 + 2 + 4  # its back-off, in virtual time

    with pytest.raises(LeakError, match=r"api\.example"):
        nexus_testkit.run(main)


async def test_the_http_service_reaches_the_worlds_routes_by_aiohttp(nexus, guide):
    route = nexus.http.get("http://api.example/users").respond(json=[{"name": "ann"}])
    http = await nexus.service(guide.HTTPService)
    answer = await http.get("http://api.example/users")
    assert (answer["status_code"], answer["data"]) == (200, [{"name": "ann"}])
    assert route.called


def test_row_50_the_mail_service_turns_a_missing_server_into_false(pytester):
    pytester.makepyfile(
        test_mail=f"""
        import sys
        sys.path.insert(0, {str(Path(__file__).parent)!r})
        from guide import COPY, execute

        async def test_mail(nexus):
            email = await nexus.service(execute(COPY.read_text(encoding="utf-8"), str(COPY)).EmailService)
            sent = await email.send_email(["ann@example.org"], "subject", "body")
            print("SENT:", sent)
        """
    )
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-rA")
    result.stdout.fnmatch_lines(["SENT: False", "*587*"])
    result.assert_outcomes(failed=1)


# -- AnalyticsService


async def test_row_66_events_are_buffered_flushed_and_never_stored(nexus, guide):
    analytics = await nexus.service(guide.AnalyticsService)
    await analytics.track_page_view("1", "/")
    await analytics.track_user_action("1", "click")
    assert [event["event_type"] for event in analytics.events_buffer] == ["page_view", "user_action"]
    await nexus.clock.advance(seconds=61)
    assert analytics.events_buffer == []
    assert await analytics.get_event_counts("page_view") == {}
    await nexus.analytics.assert_nothing_tracked()


async def test_user_statistics_are_counted_and_cached(nexus, guide, users):
    await users.create_user(ANN)
    analytics = await nexus.service(guide.AnalyticsService)
    stats = await analytics.get_user_stats()
    assert (stats["total_users"], stats["active_users"], stats["inactive_users"], stats["activity_rate"]) == (
        1,
        1,
        0,
        1.0,
    )
    assert await analytics.get_user_stats() == stats
    assert await nexus.cache.ttl("user_stats:30") == 3600


# -- UserManagementService


async def test_row_34_the_flagship_raises_after_the_insert_and_a_retry_finds_the_name_taken(nexus, guide):
    management = await nexus.service(guide.UserManagementService)
    with pytest.raises(TypeError, match="not JSON serializable"):
        await management.create_user_with_welcome(ANN)
    await nexus.db.assert_has("users", username="ann")
    with pytest.raises(ValueError, match="Username already exists"):
        await management.create_user_with_welcome(ANN)
