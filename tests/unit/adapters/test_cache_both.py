"""The cache port's promises, on the fake and on Redis, with a prefix of the keys and without."""

import asyncio
import math
from datetime import timedelta

import pytest
import redis.exceptions

from nexus_testkit.errors import CacheCommandError, CacheConnectionError, CacheError, CacheTypeError
from nexus_testkit.ports.cache import CacheManager, Message

BINARY = bytes(range(256))


@pytest.mark.parametrize("key", ["plain", "ünï:☃", BINARY, b"", "a b\r\nc", "x" * 10_000])
@pytest.mark.parametrize("value", [b"", BINARY])
def test_any_key_and_value_come_back(on_cache, key, value):
    async def test(cache, _):
        assert isinstance(cache, CacheManager)
        assert await cache.get(key) is None
        assert await cache.set(key, value) is True
        assert (await cache.get(key), await cache.exists(key)) == (value, True)
        assert (await cache.delete(key), await cache.delete(key), await cache.exists(key)) == (True, False, False)

    on_cache(test)


@pytest.mark.parametrize(
    ("value", "stored"),
    [("ß☃", "ß☃".encode()), (7, b"7"), (-(2**70), b"-1180591620717411303424"), (1.5, b"1.5"), (bytearray(b"x"), b"x")],
)
def test_text_and_numbers_are_stored_as_redis_py_writes_them(on_cache, value, stored):
    async def test(cache, _):
        await cache.set("k", value)
        assert await cache.get("k") == stored

    on_cache(test)


@pytest.mark.parametrize("value", [None, True, [1]])
def test_a_value_that_redis_cannot_store_is_refused(on_cache, value):
    async def test(cache, _):
        for call in (cache.set("k", value), cache.set_many({"a": "fine", "b": value}), cache.publish("c", value)):
            with pytest.raises(redis.exceptions.DataError) as caught:
                await call
            assert isinstance(caught.value, CacheError)
        assert await cache.keys() == []

    on_cache(test)


def test_only_if_absent_keeps_what_is_there(on_cache):
    async def test(cache, _):
        assert await cache.set("k", 1, only_if_absent=True, ttl=60) is True
        assert await cache.set("k", 2, only_if_absent=True) is False
        assert await cache.get("k") == b"1"

    on_cache(test)


def test_times_to_live(on_cache):
    async def test(cache, _):
        await cache.set("k", "v", ttl=timedelta(minutes=2))
        assert 119 < await cache.ttl("k") <= 120
        await cache.set("k", "w")
        assert await cache.ttl("k") == math.inf
        assert await cache.expire("k", 5.5) is True
        assert 4.5 < await cache.ttl("k") <= 5.5
        assert await cache.expire("k", None) is True
        assert await cache.expire("k", None) is True
        assert await cache.ttl("k") == math.inf
        assert await cache.ttl("missing") is None
        assert await cache.expire("missing", 5) is False
        assert await cache.expire("missing", None) is False
        assert await cache.expire("k", 0) is True
        assert await cache.exists("k") is False
        await cache.set("k", "v")
        assert await cache.expire("k", -1) is True
        assert await cache.exists("k") is False

    on_cache(test)


def test_a_key_is_gone_when_its_time_is_over(on_cache):
    async def test(cache, side):
        await cache.set("k", "v", ttl=0.05)

        async def gone():
            return await cache.get("k") is None

        await side.until(gone)
        assert (await cache.keys(), await cache.ttl("k")) == ([], None)

    on_cache(test)


@pytest.mark.parametrize("ttl", [0, -1, 0.0001, timedelta(0)])
def test_a_ttl_of_nothing_is_refused(on_cache, ttl):
    async def test(cache, _):
        for call in (cache.set("k", "v", ttl=ttl), cache.set_many({"k": "v"}, ttl=ttl)):
            with pytest.raises(redis.exceptions.ResponseError, match="invalid expire time in 'set' command") as caught:
                await call
            assert isinstance(caught.value, CacheCommandError)
            assert caught.value.code == "ERR"
        with pytest.raises(CacheCommandError, match="invalid expire time"):
            await cache.increment("k", ttl=ttl)
        assert await cache.exists("k") is False

    on_cache(test)


def test_a_ttl_that_no_clock_can_show_is_refused(on_cache):
    async def test(cache, _):
        await cache.set("k", "v")
        for call in (cache.expire("k", 2**63), cache.set("k", "w", ttl=2**54), cache.set("k", "w", ttl=math.inf)):
            with pytest.raises(CacheCommandError, match=r"invalid expire time|out of range"):
                await call
        assert (await cache.get("k"), await cache.ttl("k")) == (b"v", math.inf)

    on_cache(test)


def test_a_counter_gets_its_ttl_once(on_cache):
    async def test(cache, _):
        assert await cache.increment("n") == 1
        assert await cache.ttl("n") == math.inf
        assert await cache.increment("n", 4, ttl=60) == 5
        assert 59 < await cache.ttl("n") <= 60
        assert await cache.increment("n", -7, ttl=600) == -2
        assert await cache.ttl("n") <= 60

    on_cache(test)


@pytest.mark.parametrize("ttl", [None, 60])
@pytest.mark.parametrize(
    ("start", "amount", "words"),
    [
        ("text", 1, "value is not an integer or out of range"),
        ("1.5", 1, "value is not an integer or out of range"),
        (str(2**63 - 1), 1, "increment or decrement would overflow"),
    ],
)
def test_a_counter_on_what_is_no_integer_is_a_type_error(on_cache, start, amount, words, ttl):
    async def test(cache, _):
        await cache.set("n", start)
        with pytest.raises(CacheTypeError) as caught:
            await cache.increment("n", amount, ttl=ttl)
        assert isinstance(caught.value, redis.exceptions.ResponseError)
        assert (str(caught.value), caught.value.code) == (words, "ERR")
        assert (await cache.get("n"), await cache.ttl("n")) == (start.encode(), math.inf)

    on_cache(test)


def test_a_key_of_another_kind_is_a_type_error(on_cache):
    async def test(cache, side):
        name = "list" if side.name == "fake" else cache._prefix + b"list"
        await cache.client.rpush(name, "x")
        for call in (cache.get("list"), cache.increment("list"), cache.increment("list", ttl=60)):
            with pytest.raises(CacheTypeError) as caught:
                await call
            assert str(caught.value) == "WRONGTYPE Operation against a key holding the wrong kind of value"
            assert caught.value.code == "WRONGTYPE"
        assert await cache.get_many(["list"]) == {}
        assert await cache.delete("list") is True

    on_cache(test)


def test_counting_at_once_loses_nothing(on_cache):
    async def test(cache, _):
        values = await asyncio.gather(*(cache.increment("n", ttl=60) for _ in range(50)))
        assert sorted(values) == list(range(1, 51))

    on_cache(test)


def test_many_at_once(on_cache):
    async def test(cache, _):
        await cache.set_many({"a": 1, b"b": "zwei", "c": b""}, ttl=30)
        assert await cache.get_many(["a", "missing", b"b", "c", "a"]) == {"a": b"1", b"b": b"zwei", "c": b""}
        assert 29 < await cache.ttl("c") <= 30
        assert await cache.get_many(iter([])) == {}
        await cache.set_many({})
        assert await cache.delete("a", b"b", "missing") is True
        assert await cache.delete() is False
        assert await cache.keys() == ["c"]
        await cache.clear()
        assert await cache.keys() == []

    on_cache(test)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*", ["a", "a*c", "a[b]", "a\\c", "abc", "über"]),
        ("a?c", ["a*c", "a\\c", "abc"]),
        ("a\\*c", ["a*c"]),
        ("a[a-c]c", ["abc"]),
        ("a[^b]c", ["a*c", "a\\c"]),
        ("a\\[b\\]", ["a[b]"]),
        ("ü*", ["über"]),
        ("", []),
    ],
)
def test_keys_match_redis_globs(on_cache, pattern, found):
    async def test(cache, _):
        for key in ["abc", "a*c", "a[b]", "a", "a\\c", "über"]:
            await cache.set(key, 1)
        assert await cache.keys(pattern) == found

    on_cache(test)


def test_keys_that_are_no_text_can_be_given_back(on_cache):
    async def test(cache, _):
        await cache.set(b"\xff\xfe", "v")
        (key,) = await cache.keys()
        assert await cache.get(key) == b"v"
        assert await cache.delete(key) is True
        await cache.set(b"", "v")
        assert await cache.keys("") == [""]

    on_cache(test)


def test_a_lock_keeps_others_out(on_cache):
    async def test(cache, _):
        inside = 0

        async def work():
            nonlocal inside
            async with cache.lock("l", ttl=60):
                inside += 1
                assert inside == 1
                await cache.set("k", 1)
                inside -= 1

        await asyncio.gather(*(work() for _ in range(5)))
        async with cache.lock("l", ttl=60):
            (leak,) = cache.leaks()
            assert "a lock that is still held: 'l'" in leak
            with pytest.raises(TimeoutError, match=r"lock 'l' was not acquired within 0\.01 s") as caught:
                async with cache.lock("l", wait=0.01):
                    pytest.fail("acquired twice")
            assert isinstance(caught.value, redis.exceptions.LockError)
            assert isinstance(caught.value, CacheError)
            async with cache.lock("another", ttl=60):
                pass
        assert await cache.exists("l") is False

    on_cache(test)


def test_a_lock_that_was_lost(on_cache):
    async def test(cache, _):
        with pytest.raises(redis.exceptions.LockNotOwnedError, match="lock 'l' was lost before its block ended"):
            async with cache.lock("l", ttl=60):
                await cache.delete("l")
        with pytest.raises(ZeroDivisionError) as caught:  # noqa: PT012  # the block is what is tested
            async with cache.lock("l", ttl=60):
                await cache.set("l", "somebody else's")
                raise ZeroDivisionError
        assert "lock 'l' was lost" in caught.value.__notes__[0]
        assert await cache.get("l") == b"somebody else's"

    on_cache(test)


def test_a_lock_ends_by_itself(on_cache):
    async def test(cache, _):
        with pytest.raises(redis.exceptions.LockNotOwnedError):
            async with cache.lock("l", ttl=0.05), cache.lock("l", ttl=60, wait=30):
                assert cache.leaks() != []

    on_cache(test)


def test_a_cancelled_holder_and_a_cancelled_waiter_leave_no_lock(on_cache):
    async def test(cache, _):
        held = asyncio.Event()

        async def hold():
            async with cache.lock("l", ttl=60):
                held.set()
                await asyncio.Event().wait()

        holder = asyncio.create_task(hold())
        await held.wait()
        waiter = asyncio.create_task(hold())
        await cache.set("k", 1)
        for task in (waiter, holder):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await cache.exists("l") is False

    on_cache(test)


def test_publish_and_subscribe(on_cache):
    async def test(cache, _):
        assert await cache.publish("news", "nobody") == 0
        async with cache.subscribe("news", "more") as messages:
            (leak,) = cache.leaks()
            assert "a subscription that is still open: news, more" in leak
            assert await cache.publish("news", "one") == 1
            assert await cache.publish("other", "x") == 0
            assert await cache.publish("more", b"\xff") == 1
            assert await anext(messages) == Message("news", b"one")
            assert await anext(messages) == Message("more", b"\xff")
            async with cache.subscribe("news") as others:
                assert await cache.publish("news", 3) == 2
                assert await anext(others) == await anext(messages) == Message("news", b"3")
        assert await cache.publish("news", "late") == 0

    on_cache(test)


def test_a_reader_that_is_cancelled_loses_no_message(on_cache):
    async def test(cache, _):
        async with cache.subscribe("news") as messages:
            for number in range(5):
                with pytest.raises(TimeoutError):
                    async with asyncio.timeout(0.01):
                        await anext(messages)
                await cache.publish("news", number)
                assert (await anext(messages)).data == b"%d" % number

    on_cache(test)


def test_closing_ends_who_waits_for_messages(on_cache):
    async def test(cache, _):
        ready = asyncio.Event()

        async def read():
            async with cache.subscribe("news") as messages:
                ready.set()
                return [message async for message in messages]

        reading = asyncio.create_task(read())
        await ready.wait()
        await asyncio.sleep(0)
        await cache.aclose()
        assert await reading == []
        await cache.aclose()
        with pytest.raises(redis.exceptions.ConnectionError, match="the connection to the cache is closed") as caught:
            await cache.get("k")
        assert isinstance(caught.value, CacheConnectionError)

    on_cache(test)


def test_it_is_healthy(on_cache):
    async def test(cache, _):
        assert await cache.health_check() is True

    on_cache(test)
