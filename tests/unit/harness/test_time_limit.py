"""`time_limit=`: a world ends where too much virtual time would pass, and says what still waits."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest

from nexus_testkit import Harness, run, simulate
from nexus_testkit.errors import Deadlock, HarnessError, NeedsSimulation, TimeLimitExceeded
from nexus_testkit.simulation import SimulationLoop


async def poll_for_ever(nexus):
    for _ in count():
        if await nexus.cache.get("done"):
            return
        await asyncio.sleep(30)


@pytest.mark.parametrize("limit", [600, 600.0, timedelta(minutes=10)])
def test_a_poll_for_what_never_comes_ends_at_the_limit(limit):
    with pytest.raises(TimeLimitExceeded) as caught:
        run(poll_for_ever, time_limit=limit)
    assert caught.value.limit_s == 600
    assert "waits for asyncio.sleep(30), at " in caught.value.blocked[0]
    assert caught.value.blocked[0].endswith("in poll_for_ever: await asyncio.sleep(30)")


def test_simulate_takes_the_limit_too():
    @simulate(time_limit=60)
    async def test(nexus):
        await poll_for_ever(nexus)

    with pytest.raises(TimeLimitExceeded):
        test()


def test_time_that_the_clock_is_advanced_by_does_not_count():
    async def main(nexus):
        await nexus.clock.advance(days=30)
        await nexus.clock.travel_to("2027-01-01")
        await asyncio.sleep(60)

    run(main, time_limit=60)


def test_the_limit_ends_with_the_world():
    async def main():
        loop = asyncio.get_running_loop()
        await asyncio.sleep(1_000)
        async with Harness(time_limit=60):
            await asyncio.sleep(60)
        await asyncio.sleep(1_000)
        return loop.time()

    with asyncio.Runner(loop_factory=SimulationLoop) as runner:
        assert runner.run(main()) == 2_060


@pytest.mark.parametrize("limit", [0, -1, "60", float("nan"), timedelta(0)])
def test_a_limit_is_a_time_above_zero(limit):
    with pytest.raises(HarnessError, match="time_limit="):
        run(poll_for_ever, time_limit=limit)


def test_real_time_has_no_such_limit():
    async def main():
        async with Harness(time_limit=60):
            pytest.fail("time is real here")

    with pytest.raises(NeedsSimulation, match="time_limit=60"):
        asyncio.run(main())


def test_a_call_that_hangs_by_a_fault_says_so_in_a_deadlock():
    async def main(nexus):
        nexus.faults.on("cache.get").always().hangs()
        await nexus.cache.get("key")

    with pytest.raises(Deadlock) as caught:
        run(main)
    (line,) = caught.value.blocked
    assert " waits for cache.get (call 1) with the fault hangs() of test_time_limit.py:" in line
    assert line.endswith('in main: await nexus.cache.get("key")')


def test_a_call_that_waits_in_its_adapter_is_named_as_a_call():
    async def main(nexus):
        await nexus.db.execute("CREATE TABLE t (id int primary key)")
        await nexus.db.execute("INSERT INTO t VALUES (1)")
        async with nexus.db.transaction():
            await nexus.db.execute("UPDATE t SET id = 2")

            async def other():
                async with nexus.db.connection() as connection:
                    await connection.execute("UPDATE t SET id = 3")

            await asyncio.create_task(other())

    with pytest.raises(Deadlock) as caught:
        run(main)
    assert " waits for database.execute (call " in caught.value.blocked[-1]
