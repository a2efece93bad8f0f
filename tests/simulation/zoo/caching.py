"""Defects around a cache: what is in it, who fills it, who holds its locks."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress

from nexus_testkit import Harness
from nexus_testkit.container import inject
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.services import BaseService
from tests.simulation.zoo.specimen import arriving, specimen

# -- a counter that is read and written


class Quota(BaseService):
    """Counts with two calls."""

    def __init__(self, cache: CacheManager = inject()) -> None:
        super().__init__()
        self.cache = cache

    async def allow(self, who: str, most: int) -> bool:
        used = int(await self.cache.get(f"used:{who}") or 0)
        if used >= most:
            return False
        await self.cache.set(f"used:{who}", used + 1)
        return True


class QuotaByIncrement(Quota):
    """Counts with one."""

    async def allow(self, who: str, most: int) -> bool:
        return await self.cache.increment(f"used:{who}") <= most


@specimen("two requests count as one: GET, then SET", bug=Quota, twin=QuotaByIncrement, runs=200)
async def non_atomic_counter(nexus: Harness, quota: type[Quota]) -> None:
    service = await nexus.service(quota)
    allowed = await arriving(*(service.allow("ann", 3) for _ in range(5)))
    assert allowed.count(True) == 3


# -- a document that is read, changed and written


class Carts(BaseService):
    """Keeps a cart as one JSON text."""

    def __init__(self, cache: CacheManager = inject()) -> None:
        super().__init__()
        self.cache = cache

    async def add(self, cart: str, item: str) -> None:
        items = json.loads(await self.cache.get(f"cart:{cart}") or "[]")
        await self.cache.set(f"cart:{cart}", json.dumps([*items, item]))

    async def items(self, cart: str) -> set[str]:
        return set(json.loads(await self.cache.get(f"cart:{cart}") or "[]"))


class CartsAsSets(Carts):
    """Keeps a cart as a set of Redis."""

    async def add(self, cart: str, item: str) -> None:
        await self.cache.client.sadd(f"cart:{cart}", item)

    async def items(self, cart: str) -> set[str]:
        return {item.decode() for item in await self.cache.client.smembers(f"cart:{cart}")}


@specimen("an item that is added at the same time is lost", bug=Carts, twin=CartsAsSets, runs=200)
async def cached_json_changed_twice(nexus: Harness, carts: type[Carts]) -> None:
    service = await nexus.service(carts)
    await arriving(service.add("ann", "chair"), service.add("ann", "table"))
    assert await service.items("ann") == {"chair", "table"}


# -- stampede


class Reports(BaseService):
    """Everybody who finds nothing computes."""

    def __init__(self, cache: CacheManager = inject(), db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.cache = cache
        self.db = db
        self.one_at_a_time = asyncio.Lock()

    async def turnover(self) -> int:
        found = await self.cache.get("turnover")
        return int(found) if found is not None else await self._compute()

    async def _compute(self) -> int:
        total: int = await self.db.fetch_val("SELECT sum(amount) FROM sales")
        await self.cache.set("turnover", total)
        return total


class ReportsOneAtATime(Reports):
    """One computes, the others look again."""

    async def turnover(self) -> int:
        async with self.one_at_a_time:
            return await super().turnover()


@specimen(
    "a cache stampede: whoever comes during the first computation computes too",
    bug=Reports,
    twin=ReportsOneAtATime,
    runs=200,
)
async def cache_stampede(nexus: Harness, reports: type[Reports]) -> None:
    await nexus.db.execute("CREATE TABLE sales (amount INT); INSERT INTO sales VALUES (1), (2), (3)")
    service = await nexus.service(reports)
    assert await arriving(*(service.turnover() for _ in range(4))) == [6] * 4
    computed = [call for call in nexus.journal.of("database.fetch_val") if "sales" in call.arguments[0]]
    assert len(computed) == 1, "the expensive query runs once"


# -- a fill that races an invalidation


class Profiles(BaseService):
    """Deletes the key after the change; a reader may fill it after that with what it read before."""

    def __init__(self, cache: CacheManager = inject(), db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.cache = cache
        self.db = db

    async def name(self, user: int) -> str:
        key = await self._key(user)
        found = await self.cache.get(key)
        if found is not None:
            return found.decode()
        name: str = await self.db.fetch_val("SELECT name FROM profiles WHERE id = $1", user)
        await self.cache.set(key, name)
        return name

    async def rename(self, user: int, name: str) -> None:
        await self.db.execute("UPDATE profiles SET name = $2 WHERE id = $1", user, name)
        await self._forget(user)

    async def _key(self, user: int) -> str:
        return f"profile:{user}"

    async def _forget(self, user: int) -> None:
        await self.cache.delete(f"profile:{user}")


class ProfilesByGeneration(Profiles):
    """Puts what was read under the generation that held before the reading; a change begins another one."""

    async def _key(self, user: int) -> str:
        generation = await self.cache.get(f"profile:{user}:generation")
        return f"profile:{user}:{(generation or b'0').decode()}"

    async def _forget(self, user: int) -> None:
        await self.cache.increment(f"profile:{user}:generation")


@specimen(
    "a reader fills the cache with what it read before the change", bug=Profiles, twin=ProfilesByGeneration, runs=200
)
async def stale_fill(nexus: Harness, profiles: type[Profiles]) -> None:
    await nexus.db.execute(
        "CREATE TABLE profiles (id INT PRIMARY KEY, name TEXT); INSERT INTO profiles VALUES (1, 'Ann')"
    )
    service = await nexus.service(profiles)
    await arriving(service.name(1), service.rename(1, "Ann B."), service.name(1))
    assert await service.name(1) == "Ann B."


# -- one load for all, and its end


class Rates(BaseService):
    """Shares one load among all who ask at the same time; they await its very task."""

    def __init__(self, db: DatabaseAdapter = inject()) -> None:
        super().__init__()
        self.db = db
        self._loading: asyncio.Task[int] | None = None

    async def rate(self) -> int:
        if self._loading is None:
            self._loading = asyncio.create_task(self._load())
            self._loading.add_done_callback(self._landed)
        return await self._share(self._loading)

    async def _share(self, loading: asyncio.Task[int]) -> int:
        return await loading

    async def _load(self) -> int:
        rate: int = await self.db.fetch_val("SELECT rate FROM rates")
        return rate

    def _landed(self, _task: asyncio.Task[int]) -> None:
        self._loading = None


class RatesWithShield(Rates):
    """Lets nobody who gives up take the load with him."""

    async def _share(self, loading: asyncio.Task[int]) -> int:
        return await asyncio.shield(loading)


@specimen("who gives up cancels the load that others wait for", bug=Rates, twin=RatesWithShield, runs=200)
async def shared_cancellation(nexus: Harness, rates: type[Rates]) -> None:
    await nexus.db.execute("CREATE TABLE rates (rate INT); INSERT INTO rates VALUES (7)")
    service = await nexus.service(rates)

    async def impatient() -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(service.rate(), 2.5)

    outcomes = await arriving(impatient(), service.rate(), settled=True)
    assert outcomes[1] == 7
