"""The fake database in virtual time, for one test."""

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.database import SqliteDatabase
from nexus_testkit.simulation import current_loop, run


def world(*setup):
    """A function that runs `test(database)` after the statements of `setup`, and expects nothing to be left."""

    def in_world(test):
        async def main():
            database = SqliteDatabase(clock=VirtualClock(current_loop()))
            for statement in setup:
                await database.execute(statement)
            await test(database)
            assert database.leaks() == []
            await database.aclose()
            await database.aclose()

        run(main)

    return in_world
