"""A report says what each task waits for, who holds the lock, and who waits for whom in a circle."""

import asyncio
import contextlib

import pytest

from nexus_testkit.errors import Deadlock
from nexus_testkit.simulation import describe, run


def blocked(main):
    """The lines of the deadlock that `main` ends in, without their places."""
    with pytest.raises(Deadlock) as caught:
        run(main)
    return [line.replace(", at ", " at ").split(" at /")[0] for line in caught.value.blocked], caught.value


class Service:
    def __init__(self):
        self.ready = asyncio.Event()

    async def wait(self):
        await self.ready.wait()


async def an_event():
    ready = asyncio.Event()
    await ready.wait()


async def an_event_of_an_object():
    await Service().wait()


async def an_event_without_a_name():
    await asyncio.Event().wait()


async def a_queue_to_be_filled():
    jobs = asyncio.Queue()
    await jobs.get()


async def a_queue_to_be_emptied():
    jobs = asyncio.Queue(1)
    await jobs.put(1)
    await jobs.put(2)


async def a_queue_to_be_done():
    jobs = asyncio.PriorityQueue()
    jobs.put_nowait(1)
    await jobs.join()


async def a_condition():
    changed = asyncio.Condition()
    async with changed:
        await changed.wait()


async def a_condition_with_a_predicate():
    changed = asyncio.Condition()
    async with changed:
        await changed.wait_for(lambda: False)


async def a_barrier():
    gate = asyncio.Barrier(3)
    await gate.wait()


async def a_future():
    reply = asyncio.get_running_loop().create_future()
    await reply


async def a_semaphore():
    slots = asyncio.Semaphore(0)
    await slots.acquire()


async def a_lock_taken_by_hand():
    lock = asyncio.Lock()
    await lock.acquire()
    await lock.acquire()


async def a_stream():
    reader = asyncio.StreamReader()
    await reader.readline()


async def a_timeout_that_is_far():
    ready = asyncio.Event()
    async with asyncio.timeout(None):
        await asyncio.wait_for(ready.wait(), None)


@pytest.mark.parametrize(
    ("waiter", "words"),
    [
        (an_event, "Event 'ready'"),
        (an_event_of_an_object, "Event 'self.ready'"),
        (an_event_without_a_name, "an Event"),
        (a_queue_to_be_filled, "Queue.get() of 'jobs'"),
        (a_queue_to_be_emptied, "Queue.put() of 'jobs'"),
        (a_queue_to_be_done, "PriorityQueue.join() of 'jobs'"),
        (a_condition, "Condition 'changed' to be notified"),
        (a_condition_with_a_predicate, "Condition 'changed' to be notified"),
        (a_barrier, "Barrier 'gate' at which 1 of 3 have come"),
        (a_future, "Future 'reply'"),
        (a_semaphore, "Semaphore 'slots'"),
        (a_lock_taken_by_hand, "Lock 'lock'"),
        (a_stream, "data that the other side sends, StreamReader.readuntil()"),
        (a_timeout_that_is_far, "Event 'ready'"),
    ],
)
def test_a_line_says_what_its_task_waits_for(waiter, words):
    lines, error = blocked(waiter)
    assert lines == [f"Task-1 ({waiter.__name__}) waits for {words.replace(', at ', ' at ')}"]
    assert error.circle is None


async def never():
    ready = asyncio.Event()
    await ready.wait()


async def one_task():
    await asyncio.create_task(never())


async def gathered():
    await asyncio.gather(never(), never())


async def waited():
    await asyncio.wait([asyncio.create_task(never()), asyncio.create_task(never())])


async def grouped():
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(never())


@pytest.mark.parametrize(
    ("waiter", "what", "count"),
    [
        (one_task, "", 1),
        (gathered, "gather() of ", 2),
        (waited, "asyncio.wait() of ", 2),
        (grouped, "the TaskGroup of ", 2),
    ],
)
def test_a_task_that_waits_for_tasks_names_them(waiter, what, count):
    lines, error = blocked(waiter)
    names = ", ".join(f"Task-{number} (never)" for number in range(2, 2 + count))
    assert lines[0] == f"Task-1 ({waiter.__name__}) waits for {what}{names}"
    assert lines[1:] == [f"Task-{number} (never) waits for Event 'ready'" for number in range(2, 2 + count)]
    assert error.circle is None


def test_a_task_that_waits_for_many_names_some():
    async def main():
        await asyncio.gather(*(never() for _ in range(100)))

    lines, _ = blocked(main)
    assert lines[0].endswith("Task-5 (never), Task-6 (never) and 95 more")


def test_wait_for_names_the_task_of_another():
    async def main():
        await asyncio.wait_for(asyncio.create_task(never()), None)

    lines, _ = blocked(main)
    assert lines[0].endswith("Task-2 (never)")


@contextlib.asynccontextmanager
async def opened(lock):
    async with lock:
        yield


async def by_with(lock):
    async with lock:
        await never()


async def by_a_context_manager(lock):
    async with opened(lock):
        await never()


async def by_an_exit_stack(lock):
    async with contextlib.AsyncExitStack() as stack:
        await stack.enter_async_context(lock)
        await never()


async def deep_inside(lock):
    async def inner():
        async with lock, asyncio.timeout(None):
            await never()

    await inner()


@pytest.mark.parametrize("make", [asyncio.Lock, asyncio.Semaphore, asyncio.Condition])
@pytest.mark.parametrize("holder", [by_with, by_a_context_manager, by_an_exit_stack, deep_inside])
def test_a_lock_names_the_task_that_holds_it(make, holder):
    async def taker(mutex):
        async with mutex:
            pytest.fail("it is held")

    async def main():
        mutex = make()
        tasks = [
            asyncio.create_task(holder(mutex)),
            asyncio.create_task(taker(mutex)),
            asyncio.create_task(taker(mutex)),
        ]
        await asyncio.wait(tasks)

    lines, error = blocked(main)
    kind = "a Lock" if make is asyncio.Condition else f"{make.__name__} 'mutex'"
    takers = [line for line in lines if "taker) waits" in line]
    assert len(takers) == 2
    for line in takers:
        assert line.split(" waits for ")[1] == f"{kind}, held by Task-2 ({holder.__name__})"
    assert error.circle is None


def test_nobody_is_named_who_has_let_go():
    async def waiter(changed):
        async with changed:
            await changed.wait()

    async def taker(changed):
        await changed.acquire()
        await asyncio.sleep(1)
        await changed.acquire()

    async def main():
        changed = asyncio.Condition()
        await asyncio.gather(waiter(changed), taker(changed))

    lines, error = blocked(main)
    assert lines[1].endswith("waits for Condition 'changed' to be notified")
    assert "held by" not in lines[2]
    assert error.circle is None


def test_a_semaphore_names_all_who_hold_it():
    async def taker(slots):
        async with slots:
            pytest.fail("it is held")

    async def main():
        slots = asyncio.Semaphore(2)
        await asyncio.gather(by_with(slots), by_with(slots), taker(slots))

    lines, _ = blocked(main)
    assert lines[-1].endswith("Semaphore 'slots', held by Task-2 (by_with), Task-3 (by_with)")


async def both(first, second):
    async with first:
        await asyncio.sleep(1)
        async with second:
            pytest.fail("a deadlock by now")


def test_two_locks_taken_in_two_orders_are_a_circle():
    async def main():
        a, b = asyncio.Lock(), asyncio.Lock()
        await asyncio.gather(both(a, b), never(), both(b, a))

    _, error = blocked(main)
    assert error.circle == (
        "Task-2 (both) waits for Lock 'second', held by Task-4 (both), "
        "which waits for Lock 'second', held by Task-2 (both)"
    )
    assert f"  in a circle: {error.circle}\n" in str(error)
    assert "in one order" in error.hint


def test_a_circle_of_three_is_named_in_its_order():
    async def main():
        a, b, c = asyncio.Lock(), asyncio.Lock(), asyncio.Lock()
        await asyncio.gather(both(a, b), both(b, c), both(c, a))

    _, error = blocked(main)
    assert [part.split(" ")[0] for part in error.circle.split("Task-")[1:]] == ["2", "3", "4", "2"]


def test_a_lock_that_its_own_task_takes_again_is_a_circle_of_one():
    async def main():
        lock = asyncio.Lock()
        async with lock, lock:
            pytest.fail("asyncio's locks cannot be taken twice")

    lines, error = blocked(main)
    assert lines[0].endswith(
        "waits for Lock 'lock', held by Task-1 (test_a_lock_that_its_own_task_takes_again_is_a_circle_of_one.<locals>.main)"
    )
    assert error.circle.endswith("waits for Lock 'lock', held by itself")
    assert "twice" in error.hint


def test_a_task_awaited_with_a_lock_held_that_it_needs_is_a_circle():
    async def taker(lock):
        async with lock:
            pytest.fail("it is held")

    async def main():
        lock = asyncio.Lock()
        async with lock, asyncio.TaskGroup() as group:
            group.create_task(taker(lock))

    _, error = blocked(main)
    assert error.circle.split(" waits for ")[1:] == [
        "Task-2 (" + taker.__qualname__ + "), which",
        "Lock 'lock', held by Task-1 (" + main.__qualname__ + ")",
    ]
    assert "with a lock held" in error.hint


def test_tasks_that_await_one_another_are_a_circle_without_a_lock():
    async def main():
        tasks = {}

        async def awaits(other):
            await tasks[other]

        tasks["a"] = asyncio.create_task(awaits("b"))
        tasks["b"] = asyncio.create_task(awaits("a"))
        await asyncio.wait(tasks.values(), return_when=asyncio.FIRST_COMPLETED)

    _, error = blocked(main)
    assert error.circle.startswith("Task-2 (")
    assert error.hint == Deadlock.default_hint


def test_a_semaphore_with_two_holders_makes_no_circle():
    async def taker(slots, other):
        async with slots:
            await asyncio.sleep(1)
            async with other:
                pytest.fail("it is held")

    async def main():
        slots, other = asyncio.Semaphore(2), asyncio.Lock()

        async def keeper():
            async with other:
                await asyncio.sleep(2)
                async with slots:
                    pytest.fail("it is held")

        await asyncio.gather(keeper(), taker(slots, other), by_with(slots))

    _, error = blocked(main)
    assert error.circle is None


def test_a_task_that_runs_or_has_not_begun_can_be_described_too():
    async def main():
        sleeper = asyncio.create_task(asyncio.sleep(5))
        fresh = describe(sleeper)
        await asyncio.sleep(1)
        return fresh, describe(sleeper)

    fresh, waiting = run(main)
    assert fresh == "Task-2 (sleep) has not begun"
    assert waiting.startswith("Task-2 (sleep) waits for asyncio.sleep(5), at ")
