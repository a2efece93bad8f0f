"""Defects around locks that are kept in the cache: who holds them, and for how long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from redis.exceptions import WatchError

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import arriving, specimen

# -- a lock that outlives its holder


class Nightly(BaseService):
    """Holds a lock that lasts until somebody deletes it."""

    def __init__(self, cache: CacheManager = inject()) -> None:
        super().__init__()
        self.cache = cache

    async def run(self, job: Callable[[], Awaitable[None]]) -> bool:
        if not await self._take():
            return False
        await self.cache.set("nightly:state", "running")
        try:
            await job()
        finally:
            await self.cache.delete("nightly:lock")
        return True

    async def _take(self) -> bool:
        return await self.cache.set("nightly:lock", "held", only_if_absent=True)


class NightlyWithExpiry(Nightly):
    """Holds a lock that ends by itself."""

    async def _take(self) -> bool:
        return await self.cache.set("nightly:lock", "held", only_if_absent=True, ttl=600)


@specimen("a lock without expiry outlives its holder", bug=Nightly, twin=NightlyWithExpiry, runs=200)
async def immortal_lock(nexus: Harness, nightly: type[Nightly]) -> None:
    service = await nexus.service(nightly)
    ran = []

    async def job() -> None:
        ran.append(nexus.clock.now())

    with suppress(TimeoutError):  # the process is stopped while it works
        await asyncio.wait_for(service.run(job), 5.5)
    await nexus.clock.advance(days=1)
    assert await service.run(job), "the next night it runs again"


# -- a lock that somebody else releases


class Rebuild(BaseService):
    """Works for at most as long as its lock lasts; at its end it deletes the lock, whose ever it is by then."""

    def __init__(self, cache: CacheManager = inject()) -> None:
        super().__init__()
        self.cache = cache

    async def run(self, who: str, job: Callable[[], Awaitable[None]]) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            is_mine = await self.cache.set("rebuild", who, only_if_absent=True, ttl=10)
            if is_mine and loop.time() < began + 8:  # else the lock may be over when its taker hears of it
                break
            await asyncio.sleep(2)
        try:
            async with asyncio.timeout_at(began + 8):
                await job()
        finally:
            await self._release(who)

    async def _release(self, who: str) -> None:
        await self.cache.delete("rebuild")


class RebuildWithToken(Rebuild):
    """Deletes the lock only if it is its own (https://redis.io/docs/latest/develop/using-commands/transactions/)."""

    async def _release(self, who: str) -> None:
        async with self.cache.client.pipeline() as pipe:
            await pipe.watch("rebuild")
            if await pipe.get("rebuild") == who.encode():
                pipe.multi()
                pipe.delete("rebuild")
                with suppress(WatchError):
                    await pipe.execute()


@specimen("a lock is released by one who holds it no more", bug=Rebuild, twin=RebuildWithToken, runs=900)
async def lock_of_another(nexus: Harness, rebuild: type[Rebuild]) -> None:
    service = await nexus.service(rebuild)
    inside: list[int] = []
    together: list[list[int]] = []

    async def work(number: int) -> None:
        async def job() -> None:
            inside.append(number)
            together.append(list(inside))
            try:
                await service.cache.set("index", number)
                await asyncio.sleep(6)
            finally:
                inside.remove(number)

        with suppress(TimeoutError):
            await service.run(f"worker {number}", job)

    await arriving(*(work(number) for number in range(4)))
    assert max(map(len, together)) == 1, f"never two at once: {together}"
