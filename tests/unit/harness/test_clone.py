"""A database of its own for one test."""

import asyncio

import pytest

from nexus_testkit.adapters.real.database import PostgresDatabase
from nexus_testkit.harness.servers.clone import ClonedDatabase


class Observed(ClonedDatabase):
    """Says when the server has made it, before its first caller hears of it."""

    def __init__(self, url):
        super().__init__(url)
        self.made = asyncio.Event()

    async def _administer(self, statement):
        await super()._administer(statement)
        self.made.set()
        await asyncio.sleep(0)


def test_a_first_caller_that_is_cancelled_leaves_a_database_for_the_next_and_none_at_the_end(postgres_url):
    async def main():
        database = Observed(postgres_url)
        first = asyncio.create_task(database.fetch_val("SELECT 1"))
        await database.made.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert await database.fetch_val("SELECT current_database()") == database.name
        await database.aclose()
        async with PostgresDatabase(postgres_url) as server:
            assert await server.fetch_val("SELECT count(*) FROM pg_database WHERE datname = $1", database.name) == 0

    asyncio.run(main())
