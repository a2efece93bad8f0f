"""How a statement waits for another session, whatever falls on the same instant."""

import asyncio
import gc
import weakref

import pytest

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.database import SqliteDatabase
from nexus_testkit.simulation import current_loop, run


@pytest.mark.parametrize("steps", range(12))
def test_a_commit_at_any_step_of_the_search_for_a_deadlock_wakes_who_waits(steps):
    async def main():
        database = SqliteDatabase(clock=VirtualClock(current_loop()))
        await database.execute("CREATE TABLE t (n int); INSERT INTO t VALUES (1)")

        async def hold():
            async with database.transaction():
                await database.execute("UPDATE t SET n = 2")
                held.set()
                await asyncio.sleep(
                    1
                )  # deadlock_timeout: who waits tries again now, and looks for no deadlock after that
                for _ in range(steps):
                    await asyncio.sleep(0)

        async def want():
            await held.wait()
            async with database.transaction():
                return await database.fetch_val("SELECT n FROM t FOR UPDATE")

        held = asyncio.Event()
        _, found = await asyncio.gather(hold(), want())
        assert found == 2
        await database.aclose()

    run(main)


def test_nothing_of_a_world_stays_in_memory_where_transactions_overlapped():
    async def main():
        database = SqliteDatabase(clock=VirtualClock(current_loop()))
        await database.execute("CREATE TABLE t (n int); INSERT INTO t VALUES (1)")
        async with database.connection() as first, first.transaction():
            await first.execute("UPDATE t SET n = 2")
            async with database.connection() as second, second.transaction():
                assert await second.fetch_val("SELECT n FROM t") == 1
        engine = weakref.ref(database._engine)
        await database.aclose()
        return engine

    engine = run(main)
    gc.collect()
    assert engine() is None
