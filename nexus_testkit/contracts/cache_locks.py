"""What a cache promises about locks."""

from __future__ import annotations

import asyncio

import pytest

from nexus_testkit.contracts.contract import Contract
from nexus_testkit.errors import CacheError
from nexus_testkit.ports.cache import CacheManager

_SHORT_S = 0.08


class LockPromises(Contract):
    """The part of `CacheContract` that concerns locks."""

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

    async def test_lock_gives_up_in_time(self, adapter: CacheManager) -> None:
        """Who waits for a lock at most `wait` seconds waits no longer, though the holder stays."""
        async with adapter.lock("lock", ttl=60):
            began = asyncio.get_running_loop().time()
            with pytest.raises(TimeoutError):
                async with adapter.lock("lock", wait=_SHORT_S):
                    pytest.fail("two blocks hold the lock")
            assert _SHORT_S * 0.9 <= asyncio.get_running_loop().time() - began < _SHORT_S + 2

    async def test_lock_that_is_released_in_time_is_acquired(self, adapter: CacheManager) -> None:
        """Who waits for a lock, up to `wait` seconds or for ever, has it when the holder lets go."""
        for wait_s in (30, None):
            async with adapter.lock("lock"):
                waiting = asyncio.create_task(_take(adapter, wait_s))
                await asyncio.sleep(_SHORT_S)
                if waiting.done():
                    pytest.fail(f"it did not wait: {waiting.exception() or waiting.result()}")
            async with asyncio.timeout(20):
                assert await waiting == "taken"

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

    async def test_blocks_own_error_comes_before_a_lost_lock(self, adapter: CacheManager) -> None:
        """An exception that leaves the block reaches the caller as it is, though the lock was lost meanwhile."""
        with pytest.raises(ZeroDivisionError):
            async with adapter.lock("lock", ttl=_SHORT_S):
                await self.pass_time(adapter, 2 * _SHORT_S)
                raise ZeroDivisionError

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


async def _take(cache: CacheManager, wait_s: float | None) -> str:
    async with cache.lock("lock", wait=wait_s):
        return "taken"
