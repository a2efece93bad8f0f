"""Worlds begin and end inside themselves, whoever drives them."""

import asyncio
import gc
import logging
import subprocess
import sys
import time
import weakref

import pytest

from nexus_testkit.errors import Deadlock, SimulationError
from nexus_testkit.simulation import SimulationLoop, run, tear_down


async def answer():
    await asyncio.sleep(1)
    return 42


def test_run_takes_a_coroutine_or_a_function():
    assert run(answer) == run(answer()) == 42


def test_errors_of_the_main_coroutine_come_out():
    async def fail():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run(fail)


def test_leftover_tasks_are_cancelled_in_the_order_of_their_making():
    order = []

    async def leftover(number):
        try:
            await asyncio.sleep(1_000)
        finally:
            await asyncio.sleep(number)  # ending may take virtual time
            order.append(number)

    async def main():
        _tasks = [asyncio.create_task(leftover(number)) for number in range(5)]
        await asyncio.sleep(0)

    run(main)
    assert order == list(range(5))


def test_an_error_of_a_cancelled_leftover_is_reported(caplog):
    async def leftover():
        try:
            await asyncio.sleep(1_000)
        finally:
            raise ValueError("while ending")

    async def main():
        task = asyncio.create_task(leftover())
        assert not task.done()
        await asyncio.sleep(0)

    with caplog.at_level(logging.ERROR, logger="asyncio"):
        run(main)
    assert "unhandled exception while a world was torn down" in caplog.text


def test_a_task_that_ignores_its_cancellation_is_named():
    async def stubborn():
        while True:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                continue

    async def main():
        task = asyncio.create_task(stubborn(), name="stubborn one")
        assert not task.done()
        await asyncio.sleep(0)

    with pytest.raises(SimulationError, match=r"ignore cancellation(.|\n)*stubborn one") as caught:
        run(main)
    assert "test_runner.py" in str(caught.value)


def test_asynchronous_generators_are_closed_inside_their_world():
    closed = []

    async def numbers():
        try:
            yield 1
            yield 2
        finally:
            await asyncio.sleep(1)
            closed.append(True)

    kept = numbers()

    async def main():
        await anext(kept)

    run(main)
    assert closed == [True]


def test_connections_and_servers_hear_of_the_end():
    lost = []

    class Noting(asyncio.Protocol):
        def connection_lost(self, error):
            lost.append(error)

    async def main():
        loop = asyncio.get_running_loop()
        await loop.create_server(Noting, "localhost", 8025)
        await loop.create_connection(Noting, "localhost", 8025)
        await loop.settle()

    run(main)
    assert lost == [None, None]


def test_the_collector_is_off_inside_and_as_before_afterwards():
    async def main():
        return gc.isenabled()

    assert gc.isenabled()
    assert run(main) is False
    with asyncio.Runner(loop_factory=SimulationLoop) as runner:
        assert runner.run(main()) is False
        assert gc.isenabled()
    gc.disable()
    try:
        run(main)
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_a_world_leaves_nothing_that_holds_it():
    loops = []

    async def main():
        loops.append(weakref.ref(asyncio.get_running_loop()))
        task = asyncio.create_task(asyncio.sleep(1_000))
        assert not task.done()
        await asyncio.to_thread(int)

    run(main)
    gc.collect()
    assert loops[0]() is None


def test_a_late_callback_of_a_closed_world_does_not_reach_the_next():
    future = None

    async def first():
        nonlocal future
        future = asyncio.get_running_loop().create_future()
        future.add_done_callback(lambda _: pytest.fail("it reached another world"))

    async def second():
        with pytest.raises(RuntimeError, match="closed"):
            future.set_result(None)
        await asyncio.get_running_loop().settle()

    run(first)
    run(second)


def test_time_goes_on_between_runs_of_one_loop():
    loop = SimulationLoop()
    try:
        ticks = []
        loop.call_later(3, ticks.append, "tick")
        loop.run_until_complete(asyncio.sleep(2))
        assert (loop.time(), ticks) == (2, [])
        loop.run_until_complete(asyncio.sleep(2))
        assert (loop.time(), ticks) == (4, ["tick"])
    finally:
        loop.close()


def test_run_forever_runs_until_stop():
    loop = SimulationLoop()
    try:
        loop.call_later(60, loop.stop)
        loop.run_forever()
        assert loop.time() == 60
        assert not loop.is_running()
    finally:
        loop.close()


def test_teardown_twice_and_on_a_closed_loop_is_safe():
    loop = SimulationLoop()
    tear_down(loop)
    tear_down(loop)
    loop.close()
    tear_down(loop)
    loop.close()


def test_closing_while_running_and_running_when_closed_are_errors():
    async def main():
        asyncio.get_running_loop().close()

    with pytest.raises(RuntimeError, match="Cannot close a running event loop"):
        run(main)
    loop = SimulationLoop()
    loop.close()
    coroutine = answer()
    with pytest.raises(RuntimeError, match="closed"):
        loop.run_until_complete(coroutine)
    coroutine.close()


@pytest.mark.parametrize("exception", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_comes_out_and_the_world_is_torn_down(exception):
    ended = []

    async def leftover():
        try:
            await asyncio.sleep(1_000)
        finally:
            ended.append(True)

    async def main():
        task = asyncio.create_task(leftover())
        assert not task.done()
        await asyncio.sleep(0)
        raise exception

    with pytest.raises(exception):
        run(main)
    assert ended == [True]


def test_the_exception_handler_gets_what_callbacks_raise():
    seen = []

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: seen.append(type(context["exception"])))
        loop.call_soon(lambda: 1 / 0)
        await loop.settle()

    run(main)
    assert seen == [ZeroDivisionError]


def test_debug_mode_names_what_is_slow_in_real_time(caplog):
    def slow():
        began = time.perf_counter()
        while time.perf_counter() - began < 0.06:
            pass

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        loop.slow_callback_duration = 0.05
        loop.call_soon(slow)
        await asyncio.sleep(3_600)  # virtual time is not slowness

    with caplog.at_level(logging.WARNING, logger="asyncio"):
        run(main)
    assert [record.message for record in caplog.records if "slow" in record.message]
    assert not [record.message for record in caplog.records if "3600" in record.message]


def test_debug_mode_finds_calls_from_the_wrong_thread():
    import threading

    async def main():
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        errors = []

        def wrong():
            try:
                loop.call_later(1, print)
            except RuntimeError as error:
                errors.append(str(error))

        thread = threading.Thread(target=wrong)
        thread.start()
        thread.join()
        with pytest.raises(TypeError, match="coroutines cannot be used"):
            loop.call_at(1, answer)
        with pytest.raises(TypeError, match="callable"):
            loop.call_at(1, "text")
        return errors

    assert "Non-thread-safe" in run(main)[0]


def test_a_deadlock_does_not_hide_the_leftovers():
    ended = []

    async def main():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    with pytest.raises(Deadlock):
        run(main)
    assert ended == [True]


PROGRAM = """
import asyncio, random
from nexus_testkit.simulation import run

async def main():
    trace = []
    async def worker(number):
        for step in range(5):
            await asyncio.sleep(random.random())
            await asyncio.to_thread(trace.append, (number, step, round(asyncio.get_running_loop().time(), 9)))
    async def serve(reader, writer):
        trace.append(await reader.readline())
        writer.close()
    server = await asyncio.start_server(serve, "localhost", 0)
    async def talk(number):
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"%d\\n" % number)
        writer.close()
        await writer.wait_closed()
    done, _ = await asyncio.wait({asyncio.create_task(each) for each in [*map(worker, range(9)), *map(talk, range(9))]})
    return trace + [task.get_name() for task in done]

random.seed(3)
print(run(main))
"""


def test_a_program_has_one_trace_whatever_the_process():
    # Random hash seeds, and an environment of another size, which moves addresses.
    outputs = {
        subprocess.run(
            [sys.executable, "-c", PROGRAM],
            env={"PYTHONHASHSEED": str(seed), "FILLER": "x" * seed * 997},
            capture_output=True,
            check=True,
        ).stdout
        for seed in range(4)
    }
    assert len(outputs) == 1
