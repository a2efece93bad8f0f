"""Sweeps of small bodies."""

from __future__ import annotations

from nexus_testkit.exploration.sweeping import healthy_run, sweep
from nexus_testkit.exploration.worlds import BodyWorlds
from nexus_testkit.ports.cache import CacheManager


def swept(body):
    worlds = BodyWorlds(body)
    return sweep(worlds, healthy_run(worlds, ()), ())


def results(found):
    return {each.result for each in found.tried}


def one_call(work, **options):
    """A test whose body is `work(nexus, cache)`."""

    async def body(nexus):
        cache = nexus.get(CacheManager)
        async for fault in nexus.faults.sweep(**options):
            async with fault:
                await work(cache)

    return body


async def setting(cache):
    await cache.set("a", "1")
