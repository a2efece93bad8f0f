"""Virtual time: when it moves, in which order things happen, and how a test moves it."""

import asyncio
import time
from datetime import UTC, datetime, timedelta, timezone
from itertools import count
from math import inf, nan

import pytest

from nexus_testkit.errors import Deadlock, SimulationError, StepLimitExceeded
from nexus_testkit.simulation import EPOCH, SimulationLoop, current_loop, run


def this_loop() -> SimulationLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, SimulationLoop)
    return loop


def test_sleep_costs_no_real_time():
    async def main():
        await asyncio.sleep(86_400)
        return this_loop().time()

    began = time.perf_counter()
    assert run(main) == 86_400
    assert time.perf_counter() - began < 1


def test_a_world_begins_at_the_epoch_and_both_clocks_agree():
    async def main():
        loop = this_loop()
        await asyncio.sleep(1.25)
        return loop.now(), loop.wall(), loop.wall_ns()

    now, wall, wall_ns = run(main)
    assert now == EPOCH + timedelta(seconds=1.25)
    assert datetime.fromtimestamp(wall, UTC) == now
    assert wall_ns == int(EPOCH.timestamp()) * 10**9 + 1_250_000_000


def test_epoch_keeps_its_moment_whatever_its_zone():
    epoch = datetime(2030, 5, 1, 2, 0, 0, 250, tzinfo=timezone(timedelta(hours=2)))
    loop = SimulationLoop(epoch=epoch)
    assert loop.now() == epoch
    assert loop.now().tzinfo is UTC
    assert loop.wall_ns() % 10**9 == 250_000
    loop.close()


def test_naive_epoch_is_refused():
    with pytest.raises(SimulationError, match="time zone"):
        SimulationLoop(epoch=datetime(2026, 1, 1))  # noqa: DTZ001  # the point of the test


def test_timers_of_one_time_run_in_the_order_of_their_making():
    order = []

    async def main():
        loop = this_loop()
        for number in range(200):
            loop.call_later(5, order.append, number)
        await asyncio.sleep(5)

    run(main)
    assert order == list(range(200))


def test_timers_run_by_time_first():
    order = []

    async def main():
        loop = this_loop()
        for delay in (3, 1, 2):
            loop.call_later(delay, lambda delay=delay: order.append((delay, loop.time())))
        await asyncio.sleep(4)

    run(main)
    assert order == [(1, 1), (2, 2), (3, 3)]


def test_a_timer_in_the_past_runs_at_once_and_time_does_not_go_back():
    async def main():
        loop = this_loop()
        await asyncio.sleep(10)
        future = loop.create_future()
        loop.call_at(3, future.set_result, None)
        await future
        return loop.time()

    assert run(main) == 10


def test_cancelled_timers_neither_run_nor_move_time_nor_pile_up():
    async def main():
        loop = this_loop()
        for _ in range(5_000):
            loop.call_later(1_000, pytest.fail).cancel()
            await asyncio.sleep(0.001)
        assert len(loop._timers.heap) < 500
        return loop.time()

    assert run(main) == pytest.approx(5)


def test_cancelling_a_timer_twice_and_after_it_ran_changes_nothing():
    async def main():
        loop = this_loop()
        timer = loop.call_later(1, lambda: None)
        await asyncio.sleep(2)
        timer.cancel()
        timer.cancel()
        assert loop._timers.cancelled == 0

    run(main)


def test_an_infinite_sleep_is_no_timer():
    with pytest.raises(Deadlock):
        run(lambda: asyncio.sleep(inf))


def test_a_timer_that_is_not_a_number_is_refused():
    async def main():
        this_loop().call_later(nan, pytest.fail)

    with pytest.raises(ValueError, match="NaN"):
        run(main)


def test_timeouts_are_virtual():
    async def main():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 30)
        async with asyncio.timeout(5):
            await asyncio.sleep(1)
        return this_loop().time()

    assert run(main) == 31


def test_settle_returns_when_only_time_could_do_more():
    done = []

    async def work(steps):
        for _ in range(steps):
            await asyncio.sleep(0)
        done.append(steps)
        await asyncio.sleep(1)
        done.append("too late")

    async def main():
        tasks = [asyncio.create_task(work(steps)) for steps in (1, 50)]
        await this_loop().settle()
        assert done == [1, 50]
        assert this_loop().time() == 0
        for task in tasks:
            task.cancel()

    run(main)


def test_two_tasks_may_settle_at_once():
    async def main():
        await asyncio.gather(this_loop().settle(), this_loop().settle())
        return this_loop().time()

    assert run(main) == 0


def test_advance_fires_what_becomes_due_each_at_its_time_then_settles():
    seen = []

    async def ticker():
        while True:
            await asyncio.sleep(10)
            seen.append(this_loop().time())
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            seen.append("after")

    async def main():
        loop = this_loop()
        task = asyncio.create_task(ticker())
        await loop.advance(30)
        assert loop.time() == 30
        assert seen == [10, "after", 20, "after", 30, "after"]
        task.cancel()

    run(main)


def test_advance_by_nothing_settles():
    done = []

    async def main():
        this_loop().call_soon(done.append, 1)
        await this_loop().advance(0)
        assert done == [1]

    run(main)


@pytest.mark.parametrize("seconds", [-1, inf, nan])
def test_advance_refuses_what_is_no_span_of_time(seconds):
    with pytest.raises(SimulationError, match="cannot advance"):
        run(lambda: this_loop_advance(seconds))


async def this_loop_advance(seconds):
    await this_loop().advance(seconds)


def test_travel_to_shows_that_moment():
    moment = datetime(2026, 3, 29, 12, 30, 0, 123_456, tzinfo=timezone(timedelta(hours=-5)))

    async def main():
        await this_loop().travel_to(moment)
        await this_loop().travel_to(moment)
        return this_loop().now()

    assert run(main) == moment


def test_travel_to_goes_forward_only_and_wants_a_zone():
    async def main():
        with pytest.raises(SimulationError, match="before"):
            await this_loop().travel_to(EPOCH - timedelta(microseconds=1))
        with pytest.raises(SimulationError, match="time zone"):
            await this_loop().travel_to(datetime(2027, 1, 1))  # noqa: DTZ001  # the point of the test
        return this_loop().time()

    assert run(main) == 0


def test_a_task_that_never_lets_time_pass_is_stopped():
    async def spin():
        for _ in count():
            await asyncio.sleep(0)

    with pytest.raises(StepLimitExceeded, match="1000 callbacks") as caught:
        run(spin, max_steps=1_000)
    assert caught.value.steps == 1_000


def test_steps_are_counted_from_the_last_move_of_time():
    async def main():
        for _ in range(50):
            for _ in range(80):
                await asyncio.sleep(0)
            await asyncio.sleep(1)
        return this_loop().time()

    assert run(main, max_steps=100) == 50


def test_a_runner_can_close_the_loop_after_the_step_limit():
    ended = []

    async def spin():
        try:
            for _ in count():
                await asyncio.sleep(0)
        finally:
            ended.append(True)

    with asyncio.Runner(loop_factory=lambda: SimulationLoop(max_steps=1_000)) as runner:
        with pytest.raises(StepLimitExceeded):
            runner.run(spin())
        assert not ended
    assert ended


def test_current_loop_is_the_one_that_runs():
    assert current_loop() is None

    async def main():
        return current_loop() is asyncio.get_running_loop()

    assert run(main)
    assert current_loop() is None


def test_another_loop_inside_has_its_own_time():
    def in_a_thread():
        async def inner():
            return current_loop()

        return asyncio.run(inner()), current_loop()

    async def main():
        inner, around = await asyncio.to_thread(in_a_thread)
        return inner, around is asyncio.get_running_loop()

    assert run(main) == (None, True)


def test_fire_order_matches_asyncio_for_callbacks_of_one_round():
    """Callbacks that callbacks schedule wait for the next round, on both loops."""

    async def main():
        order = []
        loop = asyncio.get_running_loop()

        def first():
            order.append("first")
            loop.call_soon(order.append, "scheduled by first")

        loop.call_soon(first)
        loop.call_soon(order.append, "second")
        for _ in range(4):
            await asyncio.sleep(0)
            order.append("task")
        return order

    assert run(main) == asyncio.run(main())
