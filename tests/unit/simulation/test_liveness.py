"""A world that never lets time pass, or lets too much of it pass, ends with an error that shows the circle it runs in."""

import asyncio
import functools
import random
from datetime import timedelta
from itertools import count

import pytest

from nexus_testkit.errors import SimulationError, StepLimitExceeded, TimeLimitExceeded
from nexus_testkit.simulation import EPOCH, SimulationLoop, run


def this_loop():
    return asyncio.get_running_loop()


def exceeded(main, **options):
    with pytest.raises(StepLimitExceeded) as caught:
        run(main, **{"max_steps": 10_000, **options})
    error = caught.value
    return [line.partition(" at /")[0] for line in error.cycle], error


# -- the limit of steps


async def spin():
    for _ in count():
        await asyncio.sleep(0)


def test_a_task_that_spins_is_shown_with_its_line():
    cycle, error = exceeded(spin)
    assert cycle == ["Task-1 (spin)"]
    assert error.cycle[0].endswith("in spin: await asyncio.sleep(0)")
    assert error.repeated == 300
    assert error.steps == 10_000
    assert f"  this, over and over, 300 times at last:\n    {error.cycle[0]}\n" in str(error)


async def ping(inbox, outbox):
    while True:
        outbox.put_nowait(await inbox.get())


async def pong(inbox, outbox):
    while True:
        message = await inbox.get()
        await asyncio.sleep(0)
        outbox.put_nowait(message)


async def ping_pong():
    a, b = asyncio.Queue(), asyncio.Queue()
    a.put_nowait("ball")
    await asyncio.gather(ping(a, b), pong(b, a))


class Last:
    """A decider that takes the last of what is ready."""

    def pick(self, n, kind, /):
        assert kind == "task"
        return n - 1


@pytest.mark.parametrize("decider", [None, Last()])
@pytest.mark.parametrize("debug", [False, True])
def test_tasks_that_run_in_turn_are_shown_in_their_order(decider, debug):
    loop = SimulationLoop(max_steps=1_000)
    loop.decider = decider
    loop.set_debug(debug)
    loop.slow_callback_duration = 100
    with pytest.raises(StepLimitExceeded) as caught, asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.run(ping_pong())
    lines = [line.partition(": ")[2] for line in caught.value.cycle]
    at = lines.index("outbox.put_nowait(await inbox.get())")
    assert [*lines[at:], *lines[:at]] == [
        "outbox.put_nowait(await inbox.get())",
        "await asyncio.sleep(0)",
        "message = await inbox.get()",
    ]
    assert caught.value.repeated == 100


def test_tasks_that_are_made_anew_in_each_turn_are_a_circle_too():
    async def one():
        await asyncio.sleep(0)

    async def main():
        while True:
            await asyncio.create_task(one())

    cycle, error = exceeded(main)
    assert error.repeated == 100
    mains = [line for line in cycle if line.startswith("Task-1 ")]
    others = [line for line in error.cycle if not line.startswith("Task-1 ")]
    assert mains == [f"Task-1 ({main.__qualname__})"]
    assert len(others) == 2
    assert all(f"({one.__qualname__}), and others like it, " in line for line in others)
    assert [line.endswith(" ends") for line in others].count(True) == 1


def test_more_tasks_than_are_written_down_are_shown_as_one():
    async def main():
        await asyncio.gather(*(spin() for _ in range(2_500)))

    cycle, error = exceeded(main)
    assert cycle == ["Task-2501 (spin), and others like it,"]
    assert error.repeated == 1_000


def test_callbacks_are_shown_with_their_definition():
    async def main():
        def again(_):
            this_loop().call_soon(functools.partial(again, 1))

        again(0)
        await asyncio.Event().wait()

    cycle, error = exceeded(main)
    assert cycle == [f"callback {main.__qualname__}.<locals>.again()"]
    assert error.cycle[0].endswith("in again: def again(_):")


def test_a_builtin_callback_is_shown_by_name():
    async def main():
        heap = []

        def refill():
            this_loop().call_soon(heap.append, 1)
            this_loop().call_soon(refill)

        refill()
        await asyncio.Event().wait()

    cycle, _ = exceeded(main)
    assert cycle == ["callback list.append()", f"callback {main.__qualname__}.<locals>.refill()"]


def test_steps_without_a_circle_are_shown_as_they_came():
    class Random:
        def __init__(self):
            self.generator = random.Random(1)

        def pick(self, n, kind, /):
            assert kind == "task"
            return self.generator.randrange(n)

    async def spin_otherwise():
        await spin()

    async def main():
        this_loop().decider = Random()
        await asyncio.gather(spin(), spin_otherwise())

    with pytest.raises(StepLimitExceeded) as caught:
        run(main, max_steps=1_000)
    error = caught.value
    assert error.repeated == 0
    assert "what ran at last:" in str(error)
    assert f"... and {len(error.cycle) - 12} more" in str(error)


def test_nothing_is_written_down_twice_for_two_moments():
    async def main():
        for _ in range(10):
            await asyncio.sleep(0)
        await asyncio.sleep(1)
        await spin()

    cycle, error = exceeded(main, max_steps=20)
    assert cycle == [f"Task-1 ({main.__qualname__})"]
    assert error.repeated == 19
    assert error.steps == 20


@pytest.mark.parametrize("decided", [False, True])
def test_what_is_written_down_runs_in_the_order_in_which_it_would_run(decided):
    def trace(max_steps):
        order = []
        generator = random.Random(5)

        class Noting:
            def pick(self, n, kind, /):
                order.append((n, kind))
                return generator.randrange(n)

        async def worker(number):
            for _ in range(5):
                order.append(number)
                this_loop().call_soon(order.append, "never").cancel()
                this_loop().call_soon(order.append, "callback")
                await asyncio.sleep(0)

        loop = SimulationLoop(max_steps=max_steps)
        if decided:
            loop.decider = Noting()
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.run(gather_all(worker(number) for number in range(4)))
        return order

    assert trace(250) == trace(1_000_000)


async def gather_all(coroutines):
    await asyncio.gather(*coroutines)


def test_the_limit_counts_anew_after_it_was_exceeded():
    loop = SimulationLoop(max_steps=500)
    for _ in range(2):
        with pytest.raises(StepLimitExceeded, match="500 callbacks"):
            loop.run_until_complete(spin())
    with asyncio.Runner(loop_factory=lambda: loop) as runner:
        runner.get_loop()


# -- the limit of time


async def heartbeat():
    for _ in count():
        await asyncio.sleep(5)


async def never():
    await asyncio.Event().wait()


async def beside_a_heartbeat():
    beat = asyncio.create_task(heartbeat())
    await never()
    beat.cancel()


def test_a_wait_beside_a_heartbeat_ends_at_the_limit():
    with pytest.raises(TimeLimitExceeded) as caught:
        run(beside_a_heartbeat, time_limit_s=60)
    error = caught.value
    assert (error.limit_s, error.next_s) == (60, 65)
    assert [line.partition(", at ")[0] for line in error.blocked] == [
        "Task-1 (beside_a_heartbeat) waits for an Event",
        "Task-2 (heartbeat) waits for asyncio.sleep(5)",
    ]
    assert error.timers == ("Task-2 (heartbeat) every 5 s, 7 times up to 65 s",)
    assert str(error).startswith(
        "virtual time would pass its limit of 60 s: the next timer is due at 65 s\n  waits: Task-1"
    )
    assert "\n  timer: Task-2" in str(error)
    assert "Hint:" in str(error)


def test_what_timers_wake_is_named_with_its_rhythm():
    async def main():
        loop = this_loop()

        async def poll():
            while True:
                try:
                    async with asyncio.timeout(4):
                        await never()
                except TimeoutError:
                    pass

        async def poll_otherwise():
            while True:
                await asyncio.wait([asyncio.create_task(never())], timeout=4)

        def tick(delay):
            loop.call_later(delay, functools.partial(tick, 5 - delay))

        loop.call_later(30, print)
        tick(2)
        await asyncio.gather(poll(), poll_otherwise(), asyncio.sleep(33))

    with pytest.raises(TimeLimitExceeded) as caught:
        run(main, time_limit_s=40)
    assert sorted(line.rpartition(".")[2] for line in caught.value.timers) == [
        "Task-4 (sleep) at 33 s",
        "callback print() at 30 s",
        "poll) every 4 s, 5 times up to 40 s",
        "poll_otherwise) every 4 s, 5 times up to 40 s",
        "tick() every 2 to 3 s, 9 times up to 42 s",
    ]


def test_a_world_may_take_all_of_its_time_but_no_more():
    async def main(seconds):
        await asyncio.sleep(seconds)
        return this_loop().time()

    assert run(functools.partial(main, 60), time_limit_s=60) == 60
    with pytest.raises(TimeLimitExceeded):
        run(functools.partial(main, 60.001), time_limit_s=60)


def test_without_a_limit_time_passes_as_far_as_it_likes():
    assert run(functools.partial(asyncio.sleep, 1e12, "done")) == "done"


def test_time_that_the_test_lets_pass_does_not_count():
    async def main():
        loop = this_loop()
        beat = asyncio.create_task(heartbeat())
        await asyncio.sleep(50)
        await loop.advance(3600)
        await loop.travel_to(EPOCH + timedelta(days=2))
        await asyncio.sleep(9)
        beat.cancel()
        return loop.time()

    assert run(main, time_limit_s=60) == 2 * 86400 + 9


def test_time_that_is_let_pass_by_two_at_once_is_given_once():
    async def main():
        loop = this_loop()
        await asyncio.gather(loop.advance(100), loop.advance(150), asyncio.sleep(40))
        assert loop.time() == 150
        await asyncio.sleep(61)

    with pytest.raises(TimeLimitExceeded) as caught:
        run(main, time_limit_s=60)
    assert caught.value.next_s == 211


def test_an_advance_that_is_cancelled_takes_its_time_back():
    async def main():
        loop = this_loop()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(10):
                await loop.advance(1_000)
        await asyncio.sleep(60)
        assert loop.time() == 70
        await asyncio.sleep(0.5)

    with pytest.raises(TimeLimitExceeded) as caught:
        run(main, time_limit_s=60)
    assert caught.value.next_s == 70.5


def test_a_limit_counts_from_where_it_is_set_and_can_be_lifted():
    async def main():
        loop = this_loop()
        await asyncio.sleep(1_000)
        loop.limit_time(60)
        await asyncio.sleep(60)
        loop.limit_time(None)
        await asyncio.sleep(1_000)
        loop.limit_time(1)
        await asyncio.sleep(2)

    with pytest.raises(TimeLimitExceeded) as caught:
        run(main, time_limit_s=5_000)
    assert (caught.value.limit_s, caught.value.next_s) == (1, 2062)


def test_what_is_torn_down_afterwards_may_take_its_time():
    ended = []

    async def main():
        try:
            await beside_a_heartbeat()
        finally:
            await asyncio.sleep(1_000)
            ended.append(this_loop().time())

    with pytest.raises(TimeLimitExceeded):
        run(main, time_limit_s=60)
    assert ended == [1_060]


@pytest.mark.parametrize("limit", [0, -1, float("nan")])
def test_a_limit_is_above_zero(limit):
    with pytest.raises(SimulationError, match="time limit"):
        SimulationLoop(time_limit_s=limit)
    loop = SimulationLoop()
    with pytest.raises(SimulationError, match="time limit"):
        loop.limit_time(limit)
    loop.close()
