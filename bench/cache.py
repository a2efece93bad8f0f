"""The cache port beside fakeredis' own client, in one run: medians in microseconds, and their ratio.

Run: python bench/cache.py
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from statistics import median

from fakeredis import FakeAsyncRedis, FakeServer

from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.journal import Journal, Seam
from nexus_testkit.journal.cache import SeamedCache
from nexus_testkit.simulation import current_loop, run

REPEATS = 2_000
FRESH = 200

Work = Callable[[], Awaitable[object]]


async def measure(work: Work, repeats: int) -> float:
    """The median time of one `await work()`, in microseconds."""
    for _ in range(repeats // 10):
        await work()
    times = []
    for _ in range(repeats):
        began = time.perf_counter_ns()
        await work()
        times.append(time.perf_counter_ns() - began)
    return median(times) / 1000


async def compare() -> None:
    """Print the table."""
    loop = current_loop()
    if loop is None:
        raise RuntimeError("run it in a simulation")
    clock = VirtualClock(loop)
    stock = FakeAsyncRedis(server=FakeServer())
    adapter = FakeRedisCache(clock=clock)
    port = SeamedCache(adapter, Seam(Journal(now=loop.time, task=lambda: None), sleep=asyncio.sleep))
    client = adapter.client

    async def fresh_stock() -> None:
        made = FakeAsyncRedis(server=FakeServer())
        await made.set("k", "v")
        await made.aclose()

    async def fresh_ours() -> None:
        made = FakeRedisCache(clock=clock)
        await made.set("k", "v")
        await made.aclose()

    rows: list[tuple[str, Work, Work, int]] = [
        ("get, adapter", lambda: stock.get("k"), lambda: adapter.get("k"), REPEATS),
        ("set with a ttl, adapter", lambda: stock.set("k", "v", ex=60), lambda: adapter.set("k", "v", ttl=60), REPEATS),
        ("get, port behind the seam", lambda: stock.get("k"), lambda: port.get("k"), REPEATS),
        (
            "set with a ttl, port behind the seam",
            lambda: stock.set("k", "v", ex=60),
            lambda: port.set("k", "v", ttl=60),
            REPEATS,
        ),
        ("increment, adapter", lambda: stock.incr("n"), lambda: adapter.increment("n"), REPEATS),
        ("get, redis-py's client", lambda: stock.get("k"), lambda: client.get("k"), REPEATS),
        (
            "set with a ttl, redis-py's client",
            lambda: stock.set("k", "v", ex=60),
            lambda: client.set("k", "v", ex=60),
            REPEATS,
        ),
        ("made, one set, closed", fresh_stock, fresh_ours, FRESH),
    ]
    print(f"{'microseconds':<40}{'fakeredis':>12}{'ours':>10}{'ratio':>8}")
    for name, theirs, ours, repeats in rows:
        raw, own = await measure(theirs, repeats), await measure(ours, repeats)
        print(f"{name:<40}{raw:>12.1f}{own:>10.1f}{own / raw:>8.2f}")
    await adapter.aclose()
    await stock.aclose()


if __name__ == "__main__":
    run(compare)
