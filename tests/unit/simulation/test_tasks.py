"""Tasks: names, numbers, and an order that does not depend on addresses."""

import asyncio
import sys

import pytest

from nexus_testkit.simulation import SimulationLoop, run


def test_tasks_are_numbered_and_named_anew_in_each_world():
    async def main():
        tasks = [asyncio.create_task(asyncio.sleep(0)) for _ in range(3)]
        names = [task.get_name() for task in tasks]
        await asyncio.gather(*tasks)
        return names

    assert run(main) == run(main) == ["Task-2", "Task-3", "Task-4"]


def test_a_given_name_is_kept():
    async def main():
        loop = asyncio.get_running_loop()
        task = asyncio.create_task(asyncio.sleep(0), name="worker")
        other = loop.create_task(asyncio.sleep(0), name=7)
        await asyncio.gather(task, other)
        return task.get_name(), other.get_name()

    assert run(main) == ("worker", "7")


def test_a_context_is_used():
    import contextvars

    variable = contextvars.ContextVar("variable", default="outside")
    context = contextvars.copy_context()
    context.run(variable.set, "inside")

    async def read():
        return variable.get()

    async def main():
        return await asyncio.create_task(read(), context=context)

    assert run(main) == "inside"


def test_cancellation_of_a_group_has_one_order_in_300_runs():
    def trace():
        order = []

        async def wait(number):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                order.append(number)
                raise

        async def fail():
            await asyncio.sleep(1)
            raise ValueError

        async def main():
            async with asyncio.TaskGroup() as group:
                # More than fit into a small set's table, and garbage between them, so that addresses are scattered.
                for number in range(40):
                    group.create_task(wait(number))
                    garbage.append(object())
                group.create_task(fail())

        garbage = []
        with pytest.raises(ExceptionGroup):
            run(main)
        return tuple(order)

    traces = {trace() for _ in range(300)}
    assert len(traces) == 1
    assert sorted(traces.pop()) == list(range(40))


def test_a_set_of_tasks_and_of_thread_results_has_one_order():
    def trace():
        async def main():
            loop = asyncio.get_running_loop()
            tasks = [asyncio.create_task(asyncio.sleep(0, number)) for number in range(20)]
            jobs = [loop.run_in_executor(None, str, number) for number in range(20)]
            done, _ = await asyncio.wait([*tasks, *jobs])
            return tuple(str(each.result()) for each in done)

        return run(main)

    assert len({trace() for _ in range(50)}) == 1


def test_tasks_are_equal_only_to_themselves_even_with_equal_numbers():
    one, other = SimulationLoop(), SimulationLoop()
    try:
        first, second = one.create_task(asyncio.sleep(0)), other.create_task(asyncio.sleep(0))
        assert hash(first) == hash(second)
        assert first != second
        assert len({first, second}) == 2
        one.run_until_complete(first)
        other.run_until_complete(second)
    finally:
        one.close()
        other.close()


def test_a_task_factory_of_the_user_is_used():
    class Mine(asyncio.Task):
        pass

    async def main():
        loop = asyncio.get_running_loop()
        assert loop.get_task_factory() is None
        loop.set_task_factory(lambda loop, coro, **options: Mine(coro, loop=loop, **options))
        task = asyncio.create_task(asyncio.sleep(0, "slept"), name="mine")
        assert type(task) is Mine
        assert task.get_name() == "mine"
        return await task

    assert run(main) == "slept"


@pytest.mark.skipif(sys.version_info < (3, 12), reason="eager tasks are new in Python 3.12")
def test_eager_tasks_begin_at_once_and_are_numbered():
    async def main():
        loop = asyncio.get_running_loop()
        loop.set_task_factory(asyncio.eager_task_factory)
        began = []

        async def work():
            began.append("at once")
            await asyncio.sleep(1)
            return "done"

        task = asyncio.create_task(work(), name="eager")
        assert began == ["at once"]
        assert hash(task) == task.number
        assert task.get_name() == "eager"
        return await task

    assert run(main) == "done"


def test_create_task_on_a_closed_loop_says_so():
    loop = SimulationLoop()
    loop.close()
    coroutine = asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="closed"):
        loop.create_task(coroutine)
    coroutine.close()
