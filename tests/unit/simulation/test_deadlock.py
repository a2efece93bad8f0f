"""A world in which nothing can ever run again says who waits where."""

import asyncio
from pathlib import Path

import pytest

from nexus_testkit.errors import Deadlock
from nexus_testkit.simulation import SimulationLoop, run

HERE = Path(__file__).name


async def wait_for_ever():
    await asyncio.Event().wait()  # the line


async def through_a_generator():
    async def numbers():
        yield 1
        await wait_for_ever()

    async for _ in numbers():
        pass


async def through_anext():
    async def numbers():
        await wait_for_ever()
        yield 1

    await anext(numbers())


class Awaitable:
    def __await__(self):
        yield from wait_for_ever().__await__()


async def through_an_awaitable():
    await Awaitable()


async def through_a_task():
    await asyncio.create_task(wait_for_ever(), name="inner")


def line_of_the_wait():
    lines = Path(__file__).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.endswith("# the line"))


@pytest.mark.parametrize(
    "blocked", [wait_for_ever, through_a_generator, through_anext, through_an_awaitable, through_a_task]
)
def test_each_blocked_task_is_listed_with_its_innermost_line(blocked):
    with pytest.raises(Deadlock) as caught:
        run(blocked)
    first, *others = caught.value.blocked
    awaited = "inner (wait_for_ever)" if blocked is through_a_task else "an Event"
    assert first.startswith(f"Task-1 ({blocked.__name__}) waits for {awaited}, at ")
    assert f"{HERE}:{line_of_the_wait()} in wait_for_ever: await" in caught.value.blocked[-1]
    assert len(others) == (blocked is through_a_task)
    assert "Hint:" in str(caught.value)


def test_tasks_are_listed_in_the_order_of_their_making():
    async def main():
        names = [f"worker {number}" for number in range(12)]
        tasks = [asyncio.create_task(wait_for_ever(), name=name) for name in names]
        await asyncio.gather(*tasks)

    with pytest.raises(Deadlock) as caught:
        run(main)
    assert [line.split(" (")[0] for line in caught.value.blocked] == ["Task-1", *(f"worker {n}" for n in range(12))]


def test_run_forever_with_nothing_to_do_is_a_deadlock():
    loop = SimulationLoop()
    try:
        with pytest.raises(Deadlock, match="nothing can make progress"):
            loop.run_forever()
        loop.call_soon(loop.stop)
        loop.run_forever()
    finally:
        loop.close()


def test_a_periodic_task_beside_a_blocked_one_is_no_deadlock_but_passes_time():
    async def main():
        async def tick():
            for _ in range(1_000):
                await asyncio.sleep(60)

        waiter = asyncio.create_task(wait_for_ever())
        await tick()
        waiter.cancel()
        return asyncio.get_running_loop().time()

    assert run(main) == 60_000


def test_runners_can_clean_up_after_a_deadlock():
    cleaned = []

    async def main():
        try:
            await wait_for_ever()
        finally:
            await asyncio.sleep(1)
            cleaned.append(True)

    with pytest.raises(Deadlock), asyncio.Runner(loop_factory=SimulationLoop) as runner:
        runner.run(main())
    assert cleaned == [True]
