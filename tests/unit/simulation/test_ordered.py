"""What `as_completed` and `wait` are given is taken up in its order, whatever the addresses."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nexus_testkit.simulation import SimulationLoop, run

COUNT = 50


async def begun_in(make):
    """The order in which the coroutines began that `make` hands over, and how many came out."""
    order = []

    async def work(number):
        order.append(number)
        await asyncio.sleep(0)
        return number

    results = [await each for each in asyncio.as_completed(make(work))]
    return order, sorted(results)


def a_list(work):
    return [work(number) for number in range(COUNT)]


def an_iterator(work):
    return map(work, range(COUNT))  # Python 3.11 takes a generator for a coroutine, and refuses it


def tasks_and_coroutines(work):
    # The tasks begin before, in any case: they were made before.
    mixed = [asyncio.create_task(work(number)) for number in range(COUNT // 2)]
    return [*mixed, *(work(number) for number in range(COUNT // 2, COUNT))]


@pytest.mark.parametrize("make", [a_list, an_iterator, tasks_and_coroutines])
def test_coroutines_begin_in_the_order_in_which_they_were_given(make):
    """Also a canary: where this fails, asyncio.as_completed() has changed, see ordered.py."""
    assert run(lambda: begun_in(make)) == (list(range(COUNT)), list(range(COUNT)))


def test_what_is_given_twice_is_taken_once():
    async def main():
        async def work(number):
            return number

        first, second = work(1), work(2)
        return [await each for each in asyncio.as_completed([first, second, first])]

    assert run(main) == [1, 2]


def test_a_time_limit_of_as_completed_still_holds():
    async def main():
        completed = iter(asyncio.as_completed([asyncio.sleep(seconds, seconds) for seconds in (1, 2, 30)], timeout=10))
        done = [await next(completed), await next(completed)]
        with pytest.raises(TimeoutError):
            await next(completed)
        return done

    assert run(main) == [1, 2]


def test_wait_gives_sets_as_ever():
    async def main():
        tasks = [asyncio.create_task(asyncio.sleep(seconds)) for seconds in (1, 2, 30)]
        done, pending = await asyncio.wait(tasks, timeout=10)
        assert (type(done), type(pending)) == (set, set)
        assert (done, pending) == (set(tasks[:2]), set(tasks[2:]))
        with pytest.raises(ValueError, match="empty"):
            await asyncio.wait([])
        tasks[2].cancel()

    run(main)


def test_other_loops_have_pythons_own_set():
    async def main():
        return asyncio.tasks.set([1, 2]), asyncio.tasks.set()

    assert asyncio.tasks.set([1, 2]) == {1, 2}
    assert asyncio.run(main()) == ({1, 2}, set())
    assert sorted(asyncio.run(begun_in(a_list))[0]) == list(range(COUNT))
    with asyncio.Runner(loop_factory=SimulationLoop) as runner:
        ordered, empty = runner.run(main())
    assert (list(ordered), empty, type(empty)) == ([1, 2], set(), set)


def test_gather_needs_no_help():
    async def main():
        order = []

        async def work(number):
            order.append(number)

        await asyncio.gather(*(work(number) for number in range(COUNT)))
        return order

    assert run(main) == list(range(COUNT))


SCRIPT = """
import asyncio, sys
from nexus_testkit.simulation import run

async def main():
    ballast = [bytearray(64) for _ in range(int(sys.argv[1]))]
    del ballast[::3]
    order = []
    async def work(number):
        order.append(number)
        await asyncio.sleep(number % 3)
    for each in asyncio.as_completed(map(work, range(30))):
        await each
    return order, [task.get_name() for task in asyncio.all_tasks()]

print(run(main))
"""


def test_processes_with_other_addresses_and_hash_seeds_agree():
    outputs = set()
    for number in ("1", "1000"):
        environment = {**os.environ, "PYTHONHASHSEED": number, "PYTHONPATH": os.pathsep.join(sys.path)}
        command = [sys.executable, "-c", SCRIPT, number]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, cwd=Path.cwd())
        outputs.add(done.stdout)
    assert len(outputs) == 1
