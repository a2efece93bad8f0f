"""The seam through which the order of ready tasks is chosen."""

import asyncio

import pytest

from nexus_testkit.errors import SimulationError
from nexus_testkit.simulation import SimulationLoop, run


class Picks:
    """Picks by a function, and notes what it was asked."""

    def __init__(self, choose):
        self.choose = choose
        self.asked = []

    def pick(self, n, kind):
        self.asked.append((n, kind))
        return self.choose(n)


def drive(main, decider, **options):
    with asyncio.Runner(loop_factory=lambda: SimulationLoop(**options)) as runner:
        runner.get_loop().decider = decider
        return runner.run(main)


def writers(order, *, rounds=2, count=3):
    async def write(number):
        for turn in range(rounds):
            order.append((number, turn))
            await asyncio.sleep(0)

    async def main():
        await asyncio.gather(*(write(number) for number in range(count)))

    return main


def test_picking_0_is_stock_order():
    stock, decided = [], []
    run(writers(stock))
    decider = Picks(lambda n: 0)
    drive(writers(decided)(), decider)
    assert decided == stock
    assert decider.asked
    assert {kind for _, kind in decider.asked} == {"task"}
    assert all(n > 1 for n, _ in decider.asked)


def test_picking_the_last_turns_the_order_round():
    order = []
    drive(writers(order, rounds=1)(), Picks(lambda n: n - 1))
    assert order == [(2, 0), (1, 0), (0, 0)]


def test_the_same_picks_give_the_same_run():
    import random

    def trace(seed):
        order = []
        generator = random.Random(seed)
        drive(writers(order, rounds=5, count=6)(), Picks(generator.randrange))
        return tuple(order)

    assert trace(1) == trace(1)
    assert len({trace(seed) for seed in range(20)}) > 10


def test_callbacks_stay_in_order_whatever_is_picked():
    order = []

    async def main():
        loop = asyncio.get_running_loop()
        tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(3)]
        for number in range(10):
            loop.call_soon(order.append, number)
        await asyncio.gather(*tasks)
        await loop.settle()

    drive(main(), Picks(lambda n: n - 1))
    assert order == list(range(10))


def test_a_cancelled_callback_is_no_choice():
    async def main():
        loop = asyncio.get_running_loop()
        for _ in range(5):
            loop.call_soon(pytest.fail).cancel()
        await asyncio.sleep(0)

    decider = Picks(lambda n: n - 1)
    drive(main(), decider)
    assert decider.asked == []


class Stopped(BaseException):
    """Control flow of the decider's own, such as Hypothesis' StopTest."""


def test_what_the_decider_raises_comes_out_of_the_run_and_ends_in_no_task():
    seen = []

    async def worker():
        try:
            for _ in range(100):
                await asyncio.sleep(0)
        except BaseException as error:
            seen.append(type(error))
            raise

    async def main():
        await asyncio.gather(worker(), worker())

    calls = []

    def choose(_):
        calls.append(True)
        if len(calls) == 5:
            raise Stopped
        return 0

    loop = SimulationLoop()
    loop.decider = Picks(choose)
    with pytest.raises(Stopped):
        loop.run_until_complete(main())
    assert seen == []
    loop.decider = None
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.get_loop()
    assert set(seen) <= {asyncio.CancelledError}


def test_what_the_decider_raises_inside_a_task_is_kept_for_the_end_of_the_run():
    seen = []

    def choose(_):
        raise Stopped

    async def main():
        loop = asyncio.get_running_loop()
        try:
            seen.append(loop.pick(5, "latency"))
            seen.append(loop.pick(5, "latency"))
            await asyncio.sleep(1)
            seen.append("went on")
        except Stopped:
            seen.append("it ended in the task")

    decider = Picks(choose)
    with pytest.raises(Stopped):
        drive(main(), decider)
    assert seen == [0, 0]
    assert decider.asked == [(5, "latency")]


@pytest.mark.parametrize("choice", [-1, 2, 100])
def test_a_pick_out_of_range_is_an_error(choice):
    with pytest.raises(SimulationError, match=f"picked {choice}"):
        drive(writers([])(), Picks(lambda n: choice if n == 2 else 0))


def test_nothing_is_asked_where_there_is_no_choice():
    async def main():
        loop = asyncio.get_running_loop()
        assert loop.pick(1, "latency") == 0
        for _ in range(5):
            await asyncio.sleep(1)

    decider = Picks(lambda n: 0)
    drive(main(), decider)
    assert decider.asked == []
