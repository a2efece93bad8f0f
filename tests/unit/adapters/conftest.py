"""The same tests on fakes and on real servers: each fixture runs `test(adapter, side)` in a world of its own."""

import asyncio

import pytest

from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.database import SqliteDatabase
from nexus_testkit.harness.servers import SharedServers
from nexus_testkit.simulation import current_loop, run

_TRIES = 2_000


@pytest.fixture(scope="session")
def servers():
    with SharedServers() as shared:
        yield shared


class FakeSide:
    """What a test has to know of the fakes' world."""

    name = "fake"

    async def until(self, condition):
        """Wait until `await condition()` is true; the world has nothing else to do meanwhile."""
        await asyncio.sleep(0.5)
        assert await condition()

    async def until_blocked(self, database, tasks=1):
        """Wait until statements of `tasks` tasks wait for another session."""
        await asyncio.sleep(0.5)


class RealSide:
    """What a test has to know of a world with real servers."""

    name = "real"

    async def until(self, condition):
        for _ in range(_TRIES):
            if await condition():
                return
        pytest.fail("it never happened")

    async def until_blocked(self, database, tasks=1):
        query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

        async def blocked():
            async def ask():
                return await database.fetch_val(query) >= tasks

            return await asyncio.create_task(ask())  # not in the caller's transaction, if it is in one

        await self.until(blocked)


@pytest.fixture(params=["fake", "real"])
def on_database(request):
    """Runs `test(database, side)` on an empty database, and expects nothing to be left."""
    if request.param == "fake":

        def on_fake(test):
            async def main():
                database = SqliteDatabase(clock=VirtualClock(current_loop()))
                await test(database, FakeSide())
                assert database.leaks() == []
                await database.aclose()

            run(main)

        return on_fake
    servers = request.getfixturevalue("servers")

    def on_real(test):
        async def main():
            database = servers.new_database(max_size=20)
            try:
                await test(database, RealSide())
                assert database.leaks() == []
            finally:
                await database.aclose()

        asyncio.run(asyncio.wait_for(main(), 60))

    return on_real


@pytest.fixture(params=["fake", "real", "real with a prefix"])
def on_cache(request):
    """Runs `test(cache, side)` on an empty cache, and expects nothing to be left."""
    if request.param == "fake":

        def on_fake(test):
            async def main():
                cache = FakeRedisCache(clock=VirtualClock(current_loop()))
                await test(cache, FakeSide())
                assert cache.leaks() == []
                await cache.aclose()

            run(main)

        return on_fake
    servers = request.getfixturevalue("servers")
    options = {"prefix": "a*[pp]:"} if request.param == "real with a prefix" else {}

    def on_real(test):
        async def main():
            cache = servers.new_cache(**options)
            try:
                await test(cache, RealSide())
                assert cache.leaks() == []
            finally:
                await cache.aclose()

        asyncio.run(asyncio.wait_for(main(), 60))

    return on_real
