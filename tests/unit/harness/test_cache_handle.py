"""nexus.cache: assertions on the cache, and the seam that everything else crosses."""

import asyncio
import math
from datetime import UTC, datetime, timedelta

import pytest
import redis.exceptions

from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.harness.cache import CacheHandle
from nexus_testkit.journal import Disturbance, Journal, Seam
from nexus_testkit.ports.cache import Message
from nexus_testkit.services.cache import CacheService
from nexus_testkit.simulation import current_loop, run


def in_world(test):
    async def main():
        loop = current_loop()
        cache = FakeRedisCache(clock=VirtualClock(loop))
        journal = Journal(now=loop.time, task=lambda: None)
        handle = CacheHandle(cache, Seam(journal, sleep=asyncio.sleep))
        await test(handle, journal, loop)
        assert cache.leaks() == []
        await cache.aclose()

    run(main)


async def failure_of(assertion):
    with pytest.raises(AssertionError) as caught:
        await assertion
    return str(caught.value)


def test_a_key_is_found_with_its_value_in_any_form_and_its_ttl():
    async def test(cache, journal, loop):
        await cache.set("k", '{"a": [1, null]}', ttl=60)
        await cache.set("n", 5)
        calls = len(journal)
        entry = await cache.assert_has("k", value={"a": [1, None]}, ttl=60)
        assert entry == (b'{"a": [1, null]}', 60.0)
        await cache.assert_has(b"k", value=b'{"a": [1, null]}', ttl=timedelta(minutes=1))
        await cache.assert_has("k", value='{"a": [1, null]}')
        for value in (5, "5", b"5"):
            await cache.assert_has("n", value=value, ttl=None)
        await loop.advance(10)
        await cache.assert_has("k", ttl=50)
        await cache.assert_has("k", ttl=55, tolerance_s=5)
        assert len(journal) == calls

    in_world(test)


@pytest.mark.parametrize(("stored", "wanted"), [("1", True), ("true", 1), ("5", 5.0), ("null", ""), ("x", None)])
def test_a_value_of_another_type_is_another_value(stored, wanted):
    async def test(cache, _, __):
        await cache.set("k", stored)
        assert f"expected: {wanted!r}" in await failure_of(cache.assert_has("k", value=wanted))

    in_world(test)


def test_what_cache_service_wrote_is_found_without_its_namespace_and_read_back():
    async def test(cache, _, __):
        service = CacheService(cache)
        await service.initialize()
        user = {"id": 1, "created_at": datetime(2026, 1, 1, tzinfo=UTC), "tags": ("a",)}
        await service.set_user_cache(1, user)
        await cache.assert_has("user:1", value=user, ttl=3600)
        await cache.assert_missing("user:2")
        assert "expected no key 'user:1'\n  'nexus:user:1' = " in await failure_of(cache.assert_missing("user:1"))
        await service.cleanup()

    in_world(test)


def test_an_exact_key_wins_and_an_ambiguous_one_is_refused():
    async def test(cache, _, __):
        await cache.set_many({"a:k": 1, "b:k": 2})
        text = await failure_of(cache.assert_has("k"))
        assert text == "the key 'k' is in several namespaces; name one of\n  'a:k'\n  'b:k'"
        await cache.set("k", 3)
        await cache.assert_has("k", value=3)

    in_world(test)


def test_a_failure_shows_what_there_was_instead():
    async def test(cache, _, __):
        assert await failure_of(cache.assert_has("k")) == "expected a key 'k', it is missing\n  the cache is empty"
        await cache.set("user:12", '{"name": "Ann"}', ttl=30)
        await cache.set("other", b"\xff")
        text = await failure_of(cache.assert_has("user:1"))
        assert text.startswith("expected a key 'user:1', it is missing\n  'user:12' = '{\"name\": \"Ann\"}', ttl 30 s")
        text = await failure_of(cache.assert_has("user:12", value={"name": "Bob"}, ttl=31))
        assert text.splitlines() == [
            "the key 'user:12' is not as expected",
            "  expected: {'name': 'Bob'}",
            '  found:    \'{"name": "Ann"}\'',
            "  expected a ttl of 31 s, found 30 s",
        ]
        assert "expected a ttl of 5 s, found for ever" in await failure_of(cache.assert_has("other", ttl=5))
        assert "expected a ttl of for ever, found 30 s" in await failure_of(cache.assert_has("user:12", ttl=None))

    in_world(test)


def test_keys_are_counted():
    async def test(cache, _, __):
        await cache.assert_count(0)
        await cache.set_many({"a:1": 1, "a:2": 2, "b": 3})
        await cache.assert_count(3)
        await cache.assert_count(2, "a:*")
        text = await failure_of(cache.assert_count(1, "a:*"))
        assert text.splitlines() == [
            "expected 1 key(s) like 'a:*', found 2",
            "  'a:1' = '1', ttl for ever",
            "  'a:2' = '2', ttl for ever",
        ]

    in_world(test)


def test_a_dump_reads_every_kind_of_value():
    async def test(cache, _, __):
        client = cache.client
        await cache.set("text", "x")
        await client.hset("hash", "a", "1")
        await client.rpush("list", "a", "b")
        await client.sadd("set", "a")
        await client.zadd("zset", {"a": 1})
        await client.xadd("stream", {"a": 1}, id="1-1")
        assert {key: entry.value for key, entry in (await cache.dump()).items()} == {
            "text": b"x",
            "hash": {b"a": b"1"},
            "list": [b"a", b"b"],
            "set": {b"a"},
            "zset": [(b"a", 1.0)],
            "stream": [(b"1-1", {b"a": b"1"})],
        }
        assert {entry.ttl for entry in (await cache.dump()).values()} == {math.inf}
        await cache.assert_has("list", value=[b"a", b"b"])

    in_world(test)


def test_every_call_crosses_the_seam():
    async def test(cache, journal, _):
        await cache.set("k", "v", ttl=5, only_if_absent=True)
        await cache.get("k")
        await cache.delete("k", "l")
        await cache.exists("k")
        await cache.increment("n", 2, ttl=9)
        await cache.get_many(["n"])
        await cache.set_many({"a": 1}, ttl=3)
        await cache.expire("n", None)
        await cache.ttl("n")
        await cache.keys("n*")
        async with cache.lock("l", ttl=2):
            pass
        async with cache.subscribe("c") as messages:
            await cache.publish("c", "x")
            assert await anext(messages) == Message("c", b"x")
        await cache.clear()
        await cache.health_check()
        assert [call.describe() for call in journal] == [
            "cache.set('k', 'v', ttl=5, only_if_absent=True) -> True",
            "cache.get('k') -> b'v'",
            "cache.delete('k', 'l') -> True",
            "cache.exists('k') -> False",
            "cache.increment('n', 2, ttl=9) -> 2",
            "cache.get_many(['n']) -> {'n': b'2'}",
            "cache.set_many({'a': 1}, ttl=3)",
            "cache.expire('n', None) -> True",
            "cache.ttl('n') -> inf",
            "cache.keys('n*') -> ['n']",
            "cache.lock('l', ttl=2)",
            "cache.unlock('l')",
            "cache.subscribe('c')",
            "cache.publish('c', 'x') -> 1",
            "cache.message('c', b'x')",
            "cache.unsubscribe('c')",
            "cache.clear()",
            "cache.health_check() -> True",
        ]

    in_world(test)


def test_the_clients_commands_cross_the_seam_and_pipelines_as_one_call():
    async def test(cache, journal, _):
        client = cache.client
        assert client is cache.client
        await client.hset("h", "a", 1)
        async with client.pipeline() as pipeline:
            await pipeline.watch("h")
            await pipeline.get("k")
            pipeline.multi()
            await pipeline.set("k", "v").incr("n").execute()
        async with client.pubsub() as pubsub:
            await pubsub.subscribe("c")
        async with client.client() as alone:
            await alone.get("k")
        async with client.lock("l", timeout=5):
            pass
        with pytest.raises(redis.exceptions.ResponseError):
            await client.lpush("k", 1)
        lines = [call.describe() for call in journal]
        assert lines[:7] == [
            "cache.client('HSET', 'h', 'a', 1) -> 1",
            "cache.client('WATCH', 'h') -> True",
            "cache.client('GET', 'k')",
            "cache.client('PIPELINE', 'SET k v; INCRBY n 1') -> [True, 1]",
            "cache.client('SUBSCRIBE', 'c')",
            "cache.client('GET', 'k') -> b'v'",
            lines[6],
        ]
        assert lines[6].startswith("cache.client('SET', 'l', ")
        assert lines[7].startswith("cache.client('EVALSHA', ")
        assert "!! CacheTypeError: WRONGTYPE" in lines[8]
        assert len(lines) == 9

    in_world(test)


@pytest.mark.parametrize("operation", ["cache.get", "cache.client", "cache.lock", "cache.subscribe"])
def test_what_is_decided_at_the_seam_happens(operation):
    class Decider:
        def decide(self, call):
            return (
                Disturbance(delay_s=3, error=ConnectionResetError("decided")) if call.operation == operation else None
            )

    async def use(cache):
        await cache.get("k")
        await cache.client.get("k")
        async with cache.lock("l"):
            pass
        async with cache.subscribe("c"):
            pass

    async def test(cache, _, loop):
        cache._seam.decider = Decider()
        with pytest.raises(ConnectionResetError, match="decided"):
            await use(cache)
        assert loop.time() == 3

    in_world(test)
