"""What a cache promises about locks, and about publishing and subscribing."""

from __future__ import annotations

import asyncio

import pytest

from nexus_testkit.contracts.contract import Contract
from nexus_testkit.errors import CacheError
from nexus_testkit.ports.cache import CacheManager, Message

_SHORT_S = 0.08


class LockPromises(Contract):
    """The part of `CacheContract` that concerns several callers."""

    async def test_lock_keeps_others_out(self, adapter: CacheManager) -> None:
        """Of the blocks that hold a lock of one name, one runs at a time."""
        inside = 0

        async def block() -> None:
            nonlocal inside
            async with adapter.lock("lock"):
                inside += 1
                assert inside == 1
                await asyncio.sleep(0.001)
                inside -= 1

        await asyncio.gather(*(block() for _ in range(5)))
        assert inside == 0

    async def test_locks_of_other_names_are_free(self, adapter: CacheManager) -> None:
        """A lock does not keep out who holds a lock of another name."""
        async with adapter.lock("one"), adapter.lock("two", wait=0):
            pass

    async def test_lock_not_acquired_in_time_raises(self, adapter: CacheManager) -> None:
        """A lock that stays taken for `wait` seconds is a TimeoutError; 0 tries once."""
        async with adapter.lock("lock"):
            for wait_s in (0, 0.01):
                with pytest.raises(TimeoutError):
                    async with adapter.lock("lock", wait=wait_s):
                        pytest.fail("two blocks hold the lock")

    async def test_lock_is_free_after_its_block(self, adapter: CacheManager) -> None:
        """A lock is free at once when its block has ended, also where it raised."""
        with pytest.raises(ZeroDivisionError):
            async with adapter.lock("lock"):
                raise ZeroDivisionError
        async with adapter.lock("lock", wait=0):
            pass
        async with adapter.lock("lock", wait=0):
            pass

    async def test_lock_of_a_cancelled_holder_is_free(self, adapter: CacheManager) -> None:
        """A lock is free when the task that held it was cancelled."""
        held = asyncio.Event()

        async def hold() -> None:
            async with adapter.lock("lock"):
                held.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(hold())
        await held.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with adapter.lock("lock", wait=0):
            pass

    async def test_cancelled_waiter_takes_no_lock(self, adapter: CacheManager) -> None:
        """A task that is cancelled while it waits for a lock does not get it later."""

        async def take() -> None:
            async with adapter.lock("lock"):
                pytest.fail("a cancelled waiter has the lock")

        async with adapter.lock("lock"):
            task = asyncio.create_task(take())
            await asyncio.sleep(0.005)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        async with adapter.lock("lock", wait=0):
            pass

    async def test_lock_ends_after_its_ttl(self, adapter: CacheManager) -> None:
        """A lock ends by itself after `ttl` seconds; its holder is told by a CacheError at the end of the block."""
        with pytest.raises(CacheError):
            async with adapter.lock("lock", ttl=_SHORT_S):
                await self.pass_time(adapter, 2 * _SHORT_S)
                async with adapter.lock("lock", wait=0):
                    pass

    async def test_lost_lock_of_another_is_left_alone(self, adapter: CacheManager) -> None:
        """Who lost a lock to its `ttl` does not release it for the next holder."""
        first = adapter.lock("lock", ttl=_SHORT_S)
        await first.__aenter__()
        await self.pass_time(adapter, 2 * _SHORT_S)
        async with adapter.lock("lock", wait=0):
            with pytest.raises(CacheError):
                await first.__aexit__(None, None, None)
            with pytest.raises(TimeoutError):
                async with adapter.lock("lock", wait=0):
                    pytest.fail("two blocks hold the lock")

    # -- channels

    async def test_subscriber_receives_in_order(self, adapter: CacheManager) -> None:
        """A subscriber receives what is published to its channels, in order, with channel and bytes."""
        async with adapter.subscribe("one", "two") as messages:
            for channel, data in (("one", b"\x00\xff"), ("two", "ü"), ("one", 3)):
                assert await adapter.publish(channel, data) == 1
            received = [await anext(messages) for _ in range(3)]
        assert received == [Message("one", b"\x00\xff"), Message("two", "ü".encode()), Message("one", b"3")]

    async def test_each_subscriber_receives(self, adapter: CacheManager) -> None:
        """Each subscriber of a channel receives each message, and `publish` counts them."""
        async with adapter.subscribe("news") as first, adapter.subscribe("news") as second:
            assert await adapter.publish("news", "x") == 2
            assert [(await anext(each)).data for each in (first, second)] == [b"x", b"x"]

    async def test_publish_to_nobody_is_zero(self, adapter: CacheManager) -> None:
        """`publish` to a channel without subscribers is 0, and a later subscriber does not receive it."""
        assert await adapter.publish("news", "early") == 0
        async with adapter.subscribe("news") as messages:
            await adapter.publish("news", "late")
            assert (await anext(messages)).data == b"late"

    async def test_subscription_ends_with_its_block(self, adapter: CacheManager) -> None:
        """After the block of a subscription nobody receives."""
        async with adapter.subscribe("news"):
            pass
        assert await adapter.publish("news", "x") == 0

    async def test_channels_are_no_patterns(self, adapter: CacheManager) -> None:
        """A channel's name is taken as it is: `*` is no wildcard."""
        async with adapter.subscribe("n*"):
            assert await adapter.publish("news", "x") == 0
            assert await adapter.publish("n*", "x") == 1
