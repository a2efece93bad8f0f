"""Rows 31 to 38 of the guide's errata: the cache. See docs/explanation/guide-errata.md."""

import asyncio
import math
import subprocess
import sys
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from nexus_testkit.container import register_service
from nexus_testkit.errors import CacheValueError, DuplicateUserError, ValidationError
from nexus_testkit.services import MISSING, CacheService, UserManagementService, UserService

ANN = {"username": "ann", "email": "ann@example.org"}


# Row 31


@pytest.mark.parametrize("ttl", [0, -1, -0.5, timedelta(0), math.nan, True, "60"])
async def test_row_31_a_time_to_live_that_is_none_is_refused_instead_of_becoming_an_hour(nexus, ttl):
    cache = await nexus.service(CacheService)
    with pytest.raises(ValidationError, match="ttl must be above 0"):
        await cache.set("key", 1, ttl)
    assert not await cache.exists("key")


@pytest.mark.parametrize(
    ("ttl", "seconds"), [(None, 3600), (5, 5), (timedelta(minutes=1), 60), (1.5, 1.5), (math.inf, math.inf)]
)
async def test_row_31_only_none_means_the_default(nexus, ttl, seconds):
    cache = await nexus.service(CacheService)
    await cache.set("key", 1, ttl)
    assert await nexus.cache.ttl("nexus:key") == seconds


async def test_row_31_a_value_is_gone_when_its_time_is_over(nexus):
    cache = await nexus.service(CacheService)
    await cache.set("key", 1, ttl=10)
    await nexus.clock.advance(seconds=9)
    assert await cache.get("key") == 1
    await nexus.clock.advance(seconds=2)
    assert await cache.get("key") is None


# Row 32

VALUES = [
    "hello",
    "123",
    "null",
    "",
    '"quoted"',
    "\ud800",
    0,
    -7,
    2**200,
    True,
    1.5,
    -0.0,
    math.inf,
    b"\x00\xff",
    None,
    [1, [2, []]],
    (1, ("a",)),
    {1, 2, 3},
    frozenset({"a"}),
    {"a": {"b": None}},
    {1: "int", None: "none", (1, 2): "tuple", True and "t": 1},
    {"$datetime": "not one"},
    {"$": 1},
    {},
    (),
    set(),
    datetime(2026, 1, 2, 3, 4, 5, 6),  # noqa: DTZ001  # naive ones are values too
    datetime(2026, 1, 2, tzinfo=UTC),
    datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=-5, seconds=7))),
    datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Zurich")),
    date(2026, 1, 2),
    time(3, 4, 5, 6),
    time(3, 4, tzinfo=UTC),
    timedelta(days=-1, microseconds=7),
    Decimal("1.50"),
    Decimal("1E+30"),
    UUID(int=7),
]


@pytest.mark.parametrize("value", VALUES, ids=repr)
async def test_row_32_get_is_the_inverse_of_set(nexus, value):
    cache = await nexus.service(CacheService)
    await cache.set("key", value)
    found = await cache.get("key")
    assert type(found) is type(value)
    assert repr(found) == repr(value) if not isinstance(value, (set, frozenset)) else found == value


class Opaque:
    pass


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Opaque(), "$ is of type Opaque"),
        ({"users": [{"avatar": Opaque()}]}, r"$.users[0].avatar is of type Opaque"),
        ({7: Opaque()}, "$[7] is of type Opaque"),
        (({"a"}, [object()]), "$[1][0] is of type object"),
    ],
)
async def test_row_32_what_would_not_come_back_as_it_was_is_refused_with_its_place(nexus, value, path):
    cache = await nexus.service(CacheService)
    with pytest.raises(CacheValueError) as caught:
        await cache.set("key", value)
    assert path in str(caught.value)
    assert "Hint: " in str(caught.value)
    assert not await cache.exists("key")


async def test_row_32_a_value_that_contains_itself_is_refused(nexus):
    cache = await nexus.service(CacheService)
    value = []
    value.append(value)
    with pytest.raises(CacheValueError, match="containing itself"):
        await cache.set("key", value)


@pytest.mark.parametrize(
    "raw", [b"plain text", b"\xff", b'{"$datetime": "yesterday"}', b'{"$unknown": 1}', b'{"$set": 5}']
)
async def test_row_32_what_something_else_wrote_is_an_error_and_no_value(nexus, raw):
    cache = await nexus.service(CacheService)
    await nexus.cache.set("nexus:key", raw)
    with pytest.raises(CacheValueError, match="'key' is no cached value"):
        await cache.get("key")


# Row 33


async def test_row_33_a_cached_none_is_told_from_a_missing_key(nexus):
    cache = await nexus.service(CacheService)
    await cache.set("none", None)
    assert await cache.get("none", MISSING) is None
    assert await cache.get("missing", MISSING) is MISSING
    assert await cache.get("missing", "default") == "default"


# Row 34


async def test_row_34_a_user_with_datetimes_is_cached_whole(nexus):
    manager = await nexus.service(UserManagementService)
    user = await manager.create_user_with_welcome(ANN)
    assert type(user["created_at"]) is datetime
    assert await manager.cache_service.get_user_cache(user["id"]) == user
    nexus.mail.assert_sent(to="ann@example.org", count=1)


async def test_row_34_a_second_try_says_that_the_user_exists_only_because_the_first_one_succeeded(nexus):
    manager = await nexus.service(UserManagementService)
    user = await manager.create_user_with_welcome(ANN)
    with pytest.raises(DuplicateUserError, match="Username already exists"):
        await manager.create_user_with_welcome(ANN)
    assert await manager.get_user_with_cache(user["id"]) == user
    nexus.mail.assert_sent(count=1)


# Row 35

FILTERS = {"is_active": True, "tags": ["a", "b"], "since": datetime(2026, 1, 1, tzinfo=UTC)}


def fingerprint_in_another_process(value):
    code = (
        "import datetime\n"
        "from nexus_testkit.services.cache_codec import fingerprint\n"
        f"print(fingerprint({value!r}, key='users'))"
    )
    environment = {"PYTHONHASHSEED": "123"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return done.stdout.strip()


async def test_row_35_the_key_of_a_list_is_the_same_in_another_process(nexus):
    cache = await nexus.service(CacheService)
    await cache.cache_user_list(FILTERS, [])
    await nexus.cache.assert_has(f"users:list:0:{fingerprint_in_another_process(FILTERS)}")


async def test_row_35_the_order_of_the_filters_makes_no_other_key(nexus):
    cache = await nexus.service(CacheService)
    await cache.cache_user_list({"a": 1, "b": 2}, [{"id": 1}])
    assert await cache.get_cached_user_list({"b": 2, "a": 1}) == [{"id": 1}]
    assert await cache.get_cached_user_list({"b": 2, "a": "1"}) is None


# Row 36


async def test_row_36_a_change_is_seen_by_the_next_read_through_the_cache(nexus):
    manager = await nexus.service(UserManagementService)
    user = await manager.create_user_with_welcome(ANN)
    await manager.update_user(user["id"], {"full_name": "Ann A."})
    assert (await manager.get_user_with_cache(user["id"]))["full_name"] == "Ann A."
    await manager.deactivate_user(user["id"])
    assert (await manager.get_user_with_cache(user["id"]))["is_active"] is False
    await manager.delete_user(user["id"])
    assert await manager.get_user_with_cache(user["id"]) is None


async def test_row_36_a_change_forgets_every_cached_list(nexus):
    manager = await nexus.service(UserManagementService)
    cache = manager.cache_service
    user = await manager.create_user_with_welcome(ANN)
    for filters in ({}, {"is_active": True}):
        await cache.cache_user_list(filters, [user])
    await manager.update_user(user["id"], {"full_name": "Ann A."})
    assert [await cache.get_cached_user_list(filters) for filters in ({}, {"is_active": True})] == [None, None]


async def test_row_36_the_cache_is_told_after_the_commit(nexus):
    manager = await nexus.service(UserManagementService)
    user = await manager.create_user_with_welcome(ANN)
    before = len(nexus.journal)
    await manager.update_user(user["id"], {"full_name": "Ann A."})
    assert [call.operation for call in nexus.journal.calls[before:]] == [
        "database.fetch_one",
        "cache.delete",
        "cache.increment",
    ]


async def test_row_36_a_read_that_began_before_the_change_does_not_bring_the_old_value_back(nexus):
    cache = await nexus.service(CacheService)
    stored = {"name": "old"}

    async def load():
        value = dict(stored)
        await nexus.clock.sleep(1)
        return value

    reading = asyncio.create_task(cache.get_or_load("key", load))
    await nexus.settle()
    stored["name"] = "new"
    await cache.delete("key")
    assert await reading == {"name": "old"}  # what the database said when it asked
    assert await cache.get_or_load("key", load) == {"name": "new"}


# Row 37


async def test_row_37_a_counter_expires_a_while_after_its_first_increment(nexus):
    cache = await nexus.service(CacheService)
    assert [await cache.increment("hits", ttl=60), await cache.increment("hits", 5, ttl=60)] == [1, 6]
    await nexus.clock.advance(seconds=61)
    assert await cache.increment("hits", ttl=60) == 1
    await cache.increment("default")
    await nexus.cache.assert_has("default", ttl=3600)


async def test_row_37_a_counter_and_a_number_are_the_same_thing(nexus):
    cache = await nexus.service(CacheService)
    await cache.set("hits", 41)
    assert await cache.increment("hits") == 42
    assert await cache.get("hits") == 42


@pytest.mark.parametrize("value", ["text", [1], None, 1.5, 2**63 - 1])
async def test_row_37_what_cannot_be_counted_is_an_error_of_the_service(nexus, value):
    cache = await nexus.service(CacheService)
    await cache.set("key", value)
    with pytest.raises(CacheValueError, match="'key' is no counter"):
        await cache.increment("key")
    assert await cache.get("key") == value


# Row 38


async def test_row_38_two_namespaces_on_one_server_share_nothing(nexus):
    ours = CacheService(nexus.cache, config={"namespace": "ours"})
    theirs = CacheService(nexus.cache, config={"namespace": "theirs"})
    await ours.initialize()
    await theirs.initialize()
    await ours.set("key", 1)
    assert await theirs.get("key") is None
    await theirs.cleanup()
    await ours.cleanup()


async def test_row_38_what_is_in_a_part_of_a_key_is_not_taken_for_the_end_of_the_part(nexus):
    key = CacheService.key
    keys = [key("a", "b:c"), key("a:b", "c"), key("a", "b", "c"), key("a%3Ab", "c"), key("a", "b", "c", "")]
    assert len(set(keys)) == len(keys)
    cache = await nexus.service(CacheService)
    for number, text in enumerate(keys):
        await cache.set(text, number)
    assert [await cache.get(text) for text in keys] == list(range(len(keys)))


@pytest.mark.parametrize("key", ["", None, 7])
async def test_row_38_a_key_that_is_no_text_is_refused(nexus, key):
    cache = await nexus.service(CacheService)
    with pytest.raises(ValidationError, match="a cache key must be a text"):
        await cache.set(key, 1)


async def test_row_38_the_namespace_is_configured(nexus):
    register_service(CacheService, config={"namespace": "shop", "default_ttl": 60})
    register_service(UserService)
    cache = await nexus.service(CacheService)
    await cache.set("key", 1)
    assert await nexus.cache.ttl("shop:key") == 60
