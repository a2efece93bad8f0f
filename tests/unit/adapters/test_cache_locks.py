"""FakeRedisCache: locks, publish and subscribe."""

import asyncio
import os
import subprocess
import sys

import pytest
import redis.exceptions

from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.errors import CacheError
from nexus_testkit.ports.cache import Message
from nexus_testkit.simulation import current_loop, run


def in_world(test):
    async def main():
        loop = current_loop()
        cache = FakeRedisCache(clock=VirtualClock(loop))
        await test(cache, loop)
        assert cache.leaks() == []
        await cache.aclose()

    run(main)


def test_a_lock_excludes_and_is_handed_on_in_the_order_of_asking():
    async def test(cache, loop):
        order = []

        async def work(name):
            async with cache.lock("l", ttl=60):
                order.append((name, loop.time()))
                await asyncio.sleep(1)

        await asyncio.gather(*(work(number) for number in range(5)))
        assert order == [(number, pytest.approx(number)) for number in range(5)]
        assert await cache.keys() == []

    in_world(test)


def test_waiting_for_a_lock_ends_with_a_timeout():
    async def test(cache, loop):
        async with cache.lock("l"):
            began = loop.time()
            with pytest.raises(TimeoutError, match=r"'l' was not acquired within 2\.5 s") as caught:
                async with cache.lock("l", wait=2.5):
                    pytest.fail("acquired twice")
            assert loop.time() - began == pytest.approx(2.5)
            assert isinstance(caught.value, CacheError)
            assert isinstance(caught.value, redis.exceptions.LockError)
            with pytest.raises(TimeoutError):
                async with cache.lock("l", wait=0):
                    pytest.fail("acquired twice")

    in_world(test)


def test_a_lock_that_expires_goes_to_the_waiter_and_its_holder_is_told():
    async def test(cache, loop):
        events = []

        async def slow():
            async def hold():
                async with cache.lock("l", ttl=2):
                    events.append(("slow", loop.time()))
                    await asyncio.sleep(10)

            with pytest.raises(redis.exceptions.LockNotOwnedError, match="was lost before its block ended") as caught:
                await hold()
            assert isinstance(caught.value, CacheError)
            assert "ttl of 2 s" in str(caught.value)
            events.append(("told", loop.time()))

        async def next_one():
            await asyncio.sleep(0.5)
            async with cache.lock("l", ttl=60):
                events.append(("next", loop.time()))
                await asyncio.sleep(30)

        await asyncio.gather(slow(), next_one())
        assert events == [("slow", 0), ("next", pytest.approx(2.001)), ("told", pytest.approx(10))]

    in_world(test)


def test_a_lost_lock_does_not_hide_the_blocks_own_exception():
    async def test(cache, _):
        async def fail():
            async with cache.lock("l", ttl=1):
                await asyncio.sleep(5)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError) as caught:
            await fail()
        assert "was lost before its block ended" in caught.value.__notes__[0]

    in_world(test)


def test_a_block_that_raises_gives_its_lock_back():
    async def test(cache, _):
        with pytest.raises(ZeroDivisionError):
            async with cache.lock("l"):
                raise ZeroDivisionError
        async with cache.lock("l", wait=0):
            pass

    in_world(test)


def test_a_waiter_that_is_cancelled_leaves_the_lock_to_the_next():
    async def test(cache, loop):
        got = []

        async def wait_for(name):
            async with cache.lock("l"):
                got.append(name)

        async with cache.lock("l", ttl=60):
            first = asyncio.create_task(wait_for("first"))
            second = asyncio.create_task(wait_for("second"))
            await loop.settle()
        first.cancel()
        await asyncio.wait([first, second])
        assert first.cancelled()
        assert got == ["second"]

    in_world(test)


def test_a_holder_that_is_cancelled_gives_its_lock_back_wherever_it_stands():
    async def test(cache, loop):
        async def hold():
            async with cache.lock("l", ttl=60):
                pass

        for steps in range(8):
            holder = asyncio.create_task(hold())
            for _ in range(steps):
                await asyncio.sleep(0)
            holder.cancel()
            await asyncio.wait([holder])
            assert await cache.exists("l") is False
        assert loop.time() == 0

    in_world(test)


def test_deleting_the_key_of_a_lock_wakes_its_waiter():
    async def test(cache, loop):
        await cache.set("l", "by hand")

        async def wait():
            async with cache.lock("l"):
                return loop.time()

        waiter = asyncio.create_task(wait())
        await asyncio.sleep(7)
        await cache.client.delete("l")
        assert await waiter == pytest.approx(7)

    in_world(test)


def test_a_lock_of_no_ttl_is_refused():
    async def test(cache, _):
        with pytest.raises(redis.exceptions.ResponseError, match="invalid expire time"):
            async with cache.lock("l", ttl=0):
                pytest.fail("acquired")

    in_world(test)


def test_subscribers_receive_what_is_published_from_the_beginning_of_the_block_on():
    async def test(cache, _):
        assert await cache.publish("news", "nobody hears this") == 0
        async with cache.subscribe("news", "ünï") as messages, cache.subscribe("news") as others:
            assert await cache.publish("news", "eins") == 2
            assert await cache.publish("ünï", b"\x00\xff") == 1
            assert await cache.publish("else", "x") == 0
            assert await cache.publish("news", "") == 2
            assert [await anext(messages) for _ in range(3)] == [
                Message("news", b"eins"),
                Message("ünï", b"\x00\xff"),
                Message("news", b""),
            ]
            assert [await anext(others) for _ in range(2)] == [Message("news", b"eins"), Message("news", b"")]
        assert await cache.publish("news", "over") == 0

    in_world(test)


def test_receiving_waits_in_virtual_time_and_ends_with_the_block():
    async def test(cache, loop):
        received = []

        async def listen(messages):
            received.extend([(message.data, loop.time()) async for message in messages])
            return "ended"

        async with cache.subscribe("c") as messages:
            listener = asyncio.create_task(listen(messages))
            await asyncio.sleep(3600)
            await cache.publish("c", "late")
            await loop.settle()
        assert await listener == "ended"
        assert received == [(b"late", pytest.approx(3600))]
        with pytest.raises(StopAsyncIteration):
            await anext(messages)

    in_world(test)


def test_what_was_left_open_is_named_with_the_stack_of_its_creation():
    async def main():
        cache = FakeRedisCache(clock=VirtualClock(current_loop()))
        lock, subscription, pubsub = cache.lock("l"), cache.subscribe("c"), cache.client.pubsub()
        await lock.__aenter__()
        await subscription.__aenter__()
        await pubsub.subscribe("d")
        leaks = cache.leaks()
        assert [leak.splitlines()[0] for leak in leaks] == [
            "a lock that is still held: 'l'",
            "a subscription that is still open: c",
            "a PubSub of the Redis client that is still open: d",
        ]
        assert all(__file__ in leak for leak in leaks)
        await cache.aclose()
        assert cache.leaks() == []

    run(main)


def test_a_lock_that_expired_is_no_leak():
    async def main():
        loop = current_loop()
        cache = FakeRedisCache(clock=VirtualClock(loop))
        lock = cache.lock("l", ttl=1)
        await lock.__aenter__()
        await loop.advance(2)
        assert cache.leaks() == []
        await cache.aclose()

    run(main)


ORDER = """
import asyncio
from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.simulation import current_loop, run

async def main():
    cache = FakeRedisCache(clock=VirtualClock(current_loop()))
    order = []
    async def listen(name):
        async with cache.subscribe("c") as messages:
            await anext(messages)
            order.append(name)
    async def pop(name):
        order.append((name, await cache.client.blpop("q")))
    tasks = [asyncio.create_task(work(n)) for n in range(20) for work in (listen, pop)]
    await current_loop().settle()
    await cache.publish("c", "x")
    await current_loop().settle()
    for n in range(20):
        await cache.client.rpush("q", n)
    await asyncio.gather(*tasks)
    print(order)
    await cache.aclose()

run(main)
"""


def test_waiters_are_served_in_the_same_order_in_every_process():
    def once(seed):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONMALLOC": "malloc" if seed == "1" else "default"}
        return subprocess.run(
            [sys.executable, "-c", ORDER], env=environment, capture_output=True, text=True, check=True
        ).stdout

    first = once("1")
    assert first == once("2")
    assert first.startswith("[0, 1, 2, 3,")
    assert "(0, (b'q', b'0')), (1, (b'q', b'1')), (2," in first
