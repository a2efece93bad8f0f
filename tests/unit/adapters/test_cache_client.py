"""FakeRedisCache.client: redis-py's API on the same server."""

import asyncio

import pytest
import redis.asyncio
import redis.exceptions

from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.errors import CacheCommandError, CacheConnectionError, CacheTypeError
from nexus_testkit.simulation import current_loop, run


def in_world(test):
    async def main():
        loop = current_loop()
        cache = FakeRedisCache(clock=VirtualClock(loop))
        await test(cache, cache.client, loop)
        assert cache.leaks() == []
        await cache.aclose()

    run(main)


def test_it_is_a_redis_client_of_the_same_data():
    async def test(cache, client, _):
        assert isinstance(client, redis.asyncio.Redis)
        assert client is cache.client
        await cache.set("k", "v", ttl=30)
        assert await client.get("k") == b"v"
        assert await client.ttl("k") == 30
        assert await client.set("k", "w", keepttl=True) is True
        assert await cache.get("k") == b"w"

    in_world(test)


def test_answers_have_the_shapes_of_redis_py():
    # The same calls on Redis 8.2.3 give these.
    async def test(cache, client, _):
        assert await client.hset("h", mapping={"a": 1, "b": "zwei"}) == 2
        assert await client.hgetall("h") == {b"a": b"1", b"b": b"zwei"}
        assert await client.zadd("z", {"a": 1.5, "b": 2}) == 2
        assert await client.zrange("z", 0, -1, withscores=True) == [(b"a", 1.5), (b"b", 2.0)]
        assert await client.sadd("s", "x") == 1
        assert await client.smembers("s") == {b"x"}
        assert await client.lrange("nothing", 0, -1) == []
        assert sorted([key async for key in client.scan_iter(match="?")]) == [b"h", b"s", b"z"]
        assert await client.ping() is True

    in_world(test)


@pytest.mark.parametrize("use_pipeline", [False, True])
def test_its_errors_are_the_ports_and_redis_pys(use_pipeline):
    async def test(cache, client, _):
        await cache.set("k", "text")

        async def push():
            if not use_pipeline:
                return await client.lpush("k", 1)
            async with client.pipeline() as pipeline:
                return await pipeline.lpush("k", 1).execute()

        with pytest.raises(redis.exceptions.ResponseError, match="WRONGTYPE") as caught:
            await push()
        assert isinstance(caught.value, CacheTypeError)
        assert caught.value.code == "WRONGTYPE"

    in_world(test)


def test_the_ports_methods_raise_both_as_well():
    async def test(cache, client, _):
        await client.lpush("l", 1)
        with pytest.raises(redis.exceptions.ResponseError, match="WRONGTYPE") as caught:
            await cache.get("l")
        assert isinstance(caught.value, CacheTypeError)
        with pytest.raises(CacheCommandError, match="unknown command 'nonsense'"):
            await client.execute_command("NONSENSE", 1)
        with pytest.raises(CacheCommandError, match="wrong number of arguments") as caught:
            await client.execute_command("GET")
        assert caught.value.code == "ERR"

    in_world(test)


def test_lua_is_refused_with_a_hint():
    async def test(cache, client, _):
        try:
            import lupa  # noqa: F401
        except ImportError:
            with pytest.raises(CacheCommandError, match=r"Hint: .*lupa"):
                await client.eval("return 1", 0)
        else:
            assert await client.eval("return 1", 0) == 1

    in_world(test)


def test_a_transaction_with_watch_sees_the_change_of_another_client():
    async def test(cache, client, _):
        await cache.set("n", 1)
        async with client.pipeline() as pipeline:
            await pipeline.watch("n")
            value = int(await pipeline.get("n"))
            await cache.increment("n")
            pipeline.multi()
            pipeline.set("n", value + 10)
            with pytest.raises(redis.exceptions.WatchError):
                await pipeline.execute()
        assert await cache.get("n") == b"2"

        async def add_ten(pipe):
            now = int(await pipe.get("n"))
            pipe.multi()
            pipe.set("n", now + 10)

        assert await client.transaction(add_ten, "n") == [True]
        assert await cache.get("n") == b"12"

    in_world(test)


def test_a_blocking_pop_waits_in_virtual_time():
    async def test(cache, client, loop):
        assert await client.blpop("q", timeout=600) is None
        assert loop.time() == pytest.approx(600)
        waiter = asyncio.create_task(client.blpop("q"))
        await asyncio.sleep(5)
        await client.rpush("q", "x")
        assert await waiter == (b"q", b"x")
        assert loop.time() == pytest.approx(605)
        assert await client.blpop("q", timeout=0.5) is None
        assert await client.rpush("q", "y") == 1
        assert await client.brpop("q", timeout=1) == (b"q", b"y")

    in_world(test)


def test_a_cancelled_blocking_pop_takes_nothing():
    async def test(cache, client, loop):
        waiter = asyncio.create_task(client.blpop("q"))
        await loop.settle()
        waiter.cancel()
        await asyncio.wait([waiter])
        await client.rpush("q", "x")
        await loop.settle()
        assert await client.lrange("q", 0, -1) == [b"x"]

    in_world(test)


def test_a_blocking_pop_whose_connection_is_closed_is_a_connection_error():
    async def main():
        loop = current_loop()
        cache = FakeRedisCache(clock=VirtualClock(loop))
        waiter = asyncio.create_task(cache.client.blpop("q"))
        await loop.settle()
        await cache.aclose()
        with pytest.raises(redis.exceptions.ConnectionError, match="closed while a reply was awaited") as caught:
            await waiter
        assert isinstance(caught.value, CacheConnectionError)

    run(main)


def test_a_pubsub_that_was_closed_no_longer_counts():
    async def test(cache, client, _):
        pubsub = client.pubsub()
        await pubsub.subscribe("c")
        assert await cache.publish("c", "x") == 1
        await pubsub.aclose()
        assert await cache.publish("c", "x") == 0

    in_world(test)


def test_pubsub_waits_in_virtual_time():
    async def test(cache, client, loop):
        async with client.pubsub(ignore_subscribe_messages=True) as pubsub:
            await pubsub.psubscribe("n*")
            assert await pubsub.get_message(timeout=1) is None
            began = loop.time()
            assert await pubsub.get_message(timeout=60) is None
            assert loop.time() - began == pytest.approx(60)
            assert await cache.publish("news", "x") == 1
            message = await pubsub.get_message(timeout=1)
            assert (message["channel"], message["data"]) == (b"news", b"x")

    in_world(test)


def test_redis_pys_own_lock_works():
    async def test(cache, client, loop):
        async with client.lock("l", timeout=10) as lock:
            assert await lock.owned()
            assert await lock.extend(5) is True
            assert await cache.ttl("l") == 15.0
            assert await lock.reacquire() is True
            assert await cache.ttl("l") == 10.0
            assert await client.lock("l", blocking_timeout=1).acquire() is False
        assert await cache.exists("l") is False
        lock = client.lock("l", timeout=1)
        assert await lock.acquire()
        await loop.advance(2)
        with pytest.raises(redis.exceptions.LockNotOwnedError):
            await lock.release()

    in_world(test)


def test_a_client_of_one_connection_keeps_its_state():
    async def test(cache, client, _):
        async with client.client() as alone:
            await alone.select(3)
            await alone.set("k", "elsewhere")
            assert await alone.get("k") == b"elsewhere"
        assert await cache.get("k") is None

    in_world(test)


def test_a_server_that_is_gone_is_a_connection_error_on_every_way():
    async def test(cache, client, _):
        await cache.set("k", 1)
        cache._server.connected = False
        for call in (cache.get("k"), client.get("k"), client.blpop("q", timeout=1), anext(_entered(cache))):
            with pytest.raises(redis.exceptions.ConnectionError) as caught:
                await call
            assert isinstance(caught.value, CacheConnectionError)
        cache._server.connected = True
        assert await cache.get("k") == b"1"

    in_world(test)


async def _entered(cache):
    async with cache.subscribe("c") as messages:
        async for message in messages:
            yield message
