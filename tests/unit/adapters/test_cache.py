"""FakeRedisCache: values, counters and times to live."""

import asyncio
import math
from datetime import timedelta

import pytest
import redis.exceptions

from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.real.clock import SystemClock
from nexus_testkit.errors import CacheCommandError, CacheError, CacheTypeError
from nexus_testkit.simulation import current_loop, run

BINARY = bytes(range(256))


def in_world(test):
    """Run `test(cache)` in virtual time, and expect nothing to be left."""

    async def main():
        loop = current_loop()
        cache = FakeRedisCache(clock=VirtualClock(loop))
        await test(cache, loop)
        assert cache.leaks() == []
        await cache.aclose()
        await cache.aclose()

    run(main)


@pytest.mark.parametrize("key", ["plain", "ünï:☃", b"bytes", BINARY, b"", "a b\r\nc", "x" * 10_000])
@pytest.mark.parametrize("value", [b"", b"v", BINARY, b"\r\n$5\r\n"])
def test_any_key_and_value_come_back(key, value):
    async def test(cache, _):
        assert await cache.get(key) is None
        assert await cache.set(key, value) is True
        assert await cache.get(key) == value
        assert await cache.exists(key) is True
        assert await cache.delete(key) is True
        assert await cache.delete(key) is False
        assert await cache.exists(key) is False

    in_world(test)


@pytest.mark.parametrize(
    ("value", "stored"),
    [("ß☃", "ß☃".encode()), ("", b""), (7, b"7"), (-(2**70), b"-1180591620717411303424"), (1.5, b"1.5")],
)
def test_text_and_numbers_are_stored_as_redis_py_writes_them(value, stored):
    async def test(cache, _):
        await cache.set("k", value)
        assert await cache.get("k") == stored
        await cache.client.set("k2", value)
        assert await cache.get("k2") == stored

    in_world(test)


@pytest.mark.parametrize("value", [None, True, [1], {"a": 1}, object()])
def test_a_value_that_redis_cannot_store_is_refused_before_anything_happens(value):
    async def test(cache, _):
        with pytest.raises(redis.exceptions.DataError) as caught:
            await cache.set("k", value)
        assert isinstance(caught.value, CacheError)
        assert type(value).__name__ in str(caught.value)
        with pytest.raises(redis.exceptions.DataError):
            await cache.set_many({"a": "fine", "b": value})
        assert await cache.keys() == []

    in_world(test)


def test_only_if_absent_keeps_what_is_there():
    async def test(cache, _):
        assert await cache.set("k", 1, only_if_absent=True) is True
        assert await cache.set("k", 2, only_if_absent=True) is False
        assert await cache.get("k") == b"1"

    in_world(test)


def test_a_key_lives_for_its_ttl_to_the_millisecond():
    # Redis 7.4, src/db.c, keyIsExpired: `now > when`. Redis 8.2.3 gave the value each of 726 times at a PTTL of 0.
    async def test(cache, loop):
        await cache.set("k", "v", ttl=60)
        await loop.advance(59.9)
        assert await cache.ttl("k") == pytest.approx(0.1)
        await loop.advance(0.1)
        assert (await cache.get("k"), await cache.ttl("k"), await cache.keys()) == (b"v", 0.0, ["k"])
        await loop.advance(0.001)
        assert (await cache.get("k"), await cache.ttl("k"), await cache.keys()) == (None, None, [])

    in_world(test)


@pytest.mark.parametrize(("ttl", "left"), [(1, 1.0), (0.25, 0.25), (timedelta(minutes=2), 120.0), (2.0, 2.0)])
def test_a_ttl_may_be_whole_broken_or_a_timedelta(ttl, left):
    async def test(cache, _):
        await cache.set("k", "v", ttl=ttl)
        assert await cache.ttl("k") == left

    in_world(test)


@pytest.mark.parametrize("ttl", [0, -1, -0.5, 0.0001, timedelta(0), timedelta(seconds=-3)])
def test_a_ttl_of_nothing_is_refused_as_redis_refuses_it(ttl):
    async def test(cache, _):
        with pytest.raises(redis.exceptions.ResponseError, match="invalid expire time in 'set' command") as caught:
            await cache.set("k", "v", ttl=ttl)
        assert isinstance(caught.value, CacheCommandError)
        assert caught.value.code == "ERR"
        with pytest.raises(CacheCommandError, match="invalid expire time"):
            await cache.set_many({"k": "v"}, ttl=ttl)
        with pytest.raises(CacheCommandError, match="invalid expire time"):
            await cache.increment("k", ttl=ttl)
        assert await cache.exists("k") is False

    in_world(test)


@pytest.mark.parametrize("ttl", [math.inf, math.nan])
def test_a_ttl_that_is_no_number_of_seconds_is_refused(ttl):
    async def test(cache, _):
        with pytest.raises(CacheTypeError, match="not an integer"):
            await cache.set("k", "v", ttl=ttl)

    in_world(test)


def test_setting_again_drops_the_ttl_and_expire_changes_it():
    async def test(cache, loop):
        await cache.set("k", "v", ttl=5)
        await cache.set("k", "w")
        assert await cache.ttl("k") == math.inf
        assert await cache.expire("k", 5) is True
        assert await cache.ttl("k") == 5.0
        assert await cache.expire("k", None) is True
        assert await cache.expire("k", None) is True
        await loop.advance(100)
        assert await cache.get("k") == b"w"
        assert await cache.expire("missing", 5) is False
        assert await cache.expire("missing", None) is False

    in_world(test)


def test_expiring_at_once_deletes_at_once():
    # Redis 7.4, src/expire.c, checkAlreadyExpired: `when <= now`.
    async def test(cache, _):
        await cache.set("k", "v")
        assert await cache.expire("k", 0) is True
        assert await cache.exists("k") is False
        await cache.set("k", "v", ttl=9)
        assert await cache.expire("k", -1) is True
        assert await cache.keys() == []

    in_world(test)


def test_expiring_after_the_end_of_time_is_refused():
    async def test(cache, _):
        await cache.set("k", "v")
        for call in (lambda: cache.expire("k", 2**63), lambda: cache.set("k", "w", ttl=2**54)):
            with pytest.raises(CacheCommandError, match=r"invalid expire time|out of range"):
                await call()
        assert await cache.get("k") == b"v"
        assert await cache.ttl("k") == math.inf

    in_world(test)


def test_times_of_redis_itself_are_the_worlds():
    async def test(cache, loop):
        await loop.advance(86_400)
        seconds, microseconds = await cache.client.time()
        assert seconds + microseconds / 1e6 == pytest.approx(loop.wall())
        stream_id = await cache.client.xadd("s", {"a": 1})
        assert int(stream_id.split(b"-")[0]) == int(loop.wall() * 1000)

    in_world(test)


def test_a_counter_counts_and_gets_its_ttl_once_in_the_same_step():
    async def test(cache, loop):
        assert await cache.increment("n") == 1
        assert await cache.ttl("n") == math.inf
        assert await cache.increment("n", 4, ttl=60) == 5
        assert await cache.ttl("n") == 60.0
        await loop.advance(10)
        assert await cache.increment("n", -7, ttl=60) == -2
        assert await cache.ttl("n") == 50.0
        await loop.advance(50.001)
        assert await cache.increment("n", ttl=60) == 1
        assert await cache.ttl("n") == 60.0

    in_world(test)


@pytest.mark.parametrize(
    ("start", "amount"), [("text", 1), ("1.5", 1), ("", 1), (str(2**63 - 1), 1), (str(-(2**63)), -1)]
)
def test_a_counter_on_what_is_no_64_bit_integer_is_a_type_error(start, amount):
    async def test(cache, _):
        await cache.set("n", start)
        with pytest.raises(CacheTypeError) as caught:
            await cache.increment("n", amount)
        assert isinstance(caught.value, redis.exceptions.ResponseError)
        assert await cache.get("n") == start.encode()

    in_world(test)


def test_many_at_once():
    async def test(cache, _):
        await cache.set_many({"a": 1, b"b": "zwei", "c": b""}, ttl=30)
        assert await cache.get_many(["a", "missing", b"b", "c"]) == {"a": b"1", b"b": b"zwei", "c": b""}
        assert await cache.ttl("c") == 30.0
        assert await cache.get_many(key for key in ["a"]) == {"a": b"1"}
        assert await cache.get_many([]) == {}
        await cache.set_many({})
        assert await cache.delete("a", b"b", "missing") is True
        assert await cache.delete() is False
        assert await cache.keys() == ["c"]

    in_world(test)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["a", "a*c", "a[b]", "a\\c", "abc", "über"]),
        ("a?c", ["a*c", "a\\c", "abc"]),
        ("a\\*c", ["a*c"]),
        ("a[a-c]c", ["abc"]),
        ("a[^b]c", ["a*c", "a\\c"]),
        ("a\\[b\\]", ["a[b]"]),
        ("a\\\\c", ["a\\c"]),
        ("ü*", ["über"]),
        ("", []),
    ],
)
def test_keys_match_redis_globs(pattern, found):
    async def test(cache, _):
        for key in ["abc", "a*c", "a[b]", "a", "a\\c", "über"]:
            await cache.set(key, 1)
        assert await cache.keys(pattern) == found

    in_world(test)


def test_keys_that_are_no_text_can_be_given_back():
    async def test(cache, _):
        await cache.set(b"\xff\xfe", "v")
        (key,) = await cache.keys()
        assert await cache.get(key) == b"v"
        assert await cache.delete(key) is True

    in_world(test)


def test_each_cache_is_its_own_and_clear_empties_that_one_alone():
    async def test(cache, loop):
        other = FakeRedisCache(clock=VirtualClock(loop))
        await cache.set("k", 1)
        await other.set("k", 2)
        await cache.clear()
        assert await cache.keys() == []
        assert await other.get("k") == b"2"
        await other.aclose()

    in_world(test)


def test_it_is_healthy_and_closes_unused():
    async def test(cache, loop):
        assert await cache.health_check() is True
        await FakeRedisCache(clock=VirtualClock(loop)).aclose()

    in_world(test)


def test_a_closed_cache_is_a_connection_error():
    async def main():
        cache = FakeRedisCache(clock=VirtualClock(current_loop()))
        await cache.set("k", 1)
        await cache.aclose()
        with pytest.raises(redis.exceptions.ConnectionError) as caught:
            await cache.get("k")
        assert isinstance(caught.value, CacheError)

    run(main)


def test_other_tasks_run_before_an_operation_happens():
    # Check-then-set is a race here as it is over a network.
    async def test(cache, _):
        async def take():
            if await cache.get("slot") is None:
                await cache.set("slot", 1)
                return True
            return False

        assert await asyncio.gather(take(), take()) == [True, True]

    in_world(test)


def test_counting_at_once_loses_nothing():
    async def test(cache, _):
        values = await asyncio.gather(*(cache.increment("n", ttl=60) for _ in range(50)))
        assert sorted(values) == list(range(1, 51))
        assert await cache.ttl("n") == 60.0

    in_world(test)


def test_it_runs_on_pythons_own_loop_in_real_time():
    async def main():
        cache = FakeRedisCache(clock=SystemClock())
        assert await cache.set("k", "v", ttl=60) is True
        assert 59 < await cache.ttl("k") <= 60
        assert await cache.client.blpop("q", timeout=0.001) is None
        async with cache.lock("l", ttl=60):
            with pytest.raises(TimeoutError):
                async with cache.lock("l", wait=0.001):
                    pytest.fail("acquired twice")
        assert cache.leaks() == []
        await cache.aclose()

    asyncio.run(main())
