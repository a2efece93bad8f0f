"""Work for threads: inline by default, or in real threads while the clock is held."""

import asyncio
import concurrent.futures
import contextvars
import threading
import time

import pytest

from nexus_testkit.errors import Deadlock, SimulationError
from nexus_testkit.simulation import SimulationLoop, current_loop, run


def this_thread():
    return threading.current_thread()


def test_inline_is_the_default_and_starts_no_thread():
    async def main():
        return await asyncio.gather(
            asyncio.to_thread(this_thread), asyncio.get_running_loop().run_in_executor(None, this_thread)
        )

    before = threading.active_count()
    assert run(main) == [threading.current_thread()] * 2
    assert threading.active_count() == before


def test_an_inline_function_runs_as_a_callback_of_its_own():
    async def main():
        order = []
        job = asyncio.get_running_loop().run_in_executor(None, order.append, "job")
        order.append("caller")
        await job
        return order

    assert run(main) == ["caller", "job"]


def test_an_inline_function_has_no_running_loop_but_its_worlds_time():
    def look():
        with pytest.raises(RuntimeError):
            asyncio.get_running_loop()
        return current_loop().now()

    async def main():
        await asyncio.sleep(5)
        return await asyncio.to_thread(look) == asyncio.get_running_loop().now()

    assert run(main)


def test_context_variables_reach_to_thread_and_not_run_in_executor():
    variable = contextvars.ContextVar("variable", default="default")

    async def main():
        variable.set("set")
        loop = asyncio.get_running_loop()
        return await asyncio.to_thread(variable.get), await loop.run_in_executor(None, variable.get)

    assert run(main) == run(main, threads="held") == ("set", "default")


@pytest.mark.parametrize("threads", ["inline", "held"])
def test_errors_come_out_where_the_function_is_awaited(threads):
    def fail(error):
        raise error

    async def main():
        with pytest.raises(ValueError, match="mine"):
            await asyncio.to_thread(fail, ValueError("mine"))

    run(main, threads=threads)


def test_stop_iteration_becomes_a_runtime_error():
    def fail():
        raise StopIteration

    with pytest.raises(RuntimeError, match="StopIteration"):
        run(lambda: asyncio.to_thread(fail))


def test_a_cancelled_inline_function_does_not_run():
    async def main():
        job = asyncio.get_running_loop().run_in_executor(None, pytest.fail)
        job.cancel()
        await asyncio.get_running_loop().settle()
        return job.cancelled()

    assert run(main)


def test_after_its_shutdown_the_default_executor_refuses():
    async def main():
        loop = asyncio.get_running_loop()
        await loop.shutdown_default_executor()
        with pytest.raises(RuntimeError, match="shutdown"):
            await loop.run_in_executor(None, this_thread)

    run(main)


def test_waiting_for_the_loop_in_an_inline_function_is_refused_instead_of_hanging():
    async def main():
        loop = asyncio.get_running_loop()
        coroutine = asyncio.sleep(0)

        def wait():
            asyncio.run_coroutine_threadsafe(coroutine, loop).result()

        with pytest.raises(SimulationError, match="inline"):
            await asyncio.to_thread(wait)
        coroutine.close()

    run(main)


def test_an_inline_function_may_call_back():
    async def main():
        loop = asyncio.get_running_loop()
        seen = []
        await asyncio.to_thread(loop.call_soon_threadsafe, seen.append, 1)
        await asyncio.sleep(0)
        return seen

    assert run(main) == [1]


# -- held


def test_held_functions_run_in_real_threads_and_time_waits_for_them():
    release = threading.Event()
    ticks = []

    async def main():
        loop = asyncio.get_running_loop()
        for second in range(1, 100):
            loop.call_later(second, ticks.append, second)
        # Real time passes before the thread ends: only the loop's own idling lets it go.
        timer = threading.Timer(0.05, release.set)
        timer.start()
        thread = await asyncio.to_thread(wait)
        timer.join()
        assert thread is not threading.current_thread()
        return loop.time()

    def wait():
        assert release.wait(5)
        return threading.current_thread()

    assert run(main, threads="held") == 0
    assert ticks == []


def test_a_held_function_may_wait_for_the_loop():
    async def main():
        loop = asyncio.get_running_loop()

        def wait():
            return asyncio.run_coroutine_threadsafe(asyncio.sleep(0, "from the loop"), loop).result(5)

        return await asyncio.to_thread(wait)

    assert run(main, threads="held") == "from the loop"


def test_a_held_function_has_its_worlds_time():
    async def main():
        await asyncio.sleep(7)
        return await asyncio.to_thread(lambda: current_loop().time())

    assert run(main, threads="held") == 7


def test_a_given_executor_is_used_when_held():
    async def main():
        with concurrent.futures.ThreadPoolExecutor(thread_name_prefix="mine") as executor:
            thread = await asyncio.get_running_loop().run_in_executor(executor, this_thread)
        return thread.name

    assert run(main, threads="held").startswith("mine")


def test_the_pool_has_ended_after_the_run():
    async def main():
        return await asyncio.to_thread(this_thread)

    assert not run(main, threads="held").is_alive()


def test_the_watchdog_ends_a_wait_for_a_thread_that_does_not_report():
    release = threading.Event()

    async def main():
        asyncio.get_running_loop().call_later(1_000, pytest.fail)
        await asyncio.to_thread(release.wait)

    loop = SimulationLoop(threads="held", watchdog_s=0.05)
    try:
        with pytest.raises(Deadlock, match=r"has not reported for 0\.05 s of real time") as caught:
            loop.run_until_complete(main())
        assert "in to_thread" in caught.value.blocked[0] or "in main" in caught.value.blocked[0]
    finally:
        release.set()
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            runner.get_loop()


def test_idle_threads_of_a_pool_do_not_delay_a_deadlock():
    async def main():
        await asyncio.to_thread(this_thread)
        await asyncio.Event().wait()

    with pytest.raises(Deadlock, match="nothing can make progress"):
        run(main, threads="held", watchdog_s=60)


# -- threads of other people


def test_a_thread_that_user_code_started_wakes_the_loop():
    async def main():
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(future.set_result, "woken"))
        timer = threading.Timer(0.05, thread.start)
        timer.start()
        result = await future
        timer.join()
        thread.join()
        return result

    assert run(main) == "woken"


def test_hold_stops_the_clock_for_a_thread_of_ones_own():
    async def main():
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        hold = loop.hold()
        loop.call_later(1, lambda: None)

        def work():
            loop.call_soon_threadsafe(future.set_result, "done")
            hold.release()
            hold.release()

        timer = threading.Timer(0.05, work)
        timer.start()
        settled = asyncio.create_task(loop.settle())
        result = await future
        await settled
        timer.join()
        return result, loop.time(), loop.threads.owed

    assert run(main) == ("done", 0, 0)


def test_a_hold_released_after_the_loop_closed_harms_nobody():
    loop = SimulationLoop()
    hold = loop.hold()
    loop.close()
    hold.release()


def test_a_foreign_thread_that_ends_without_a_word_leaves_a_deadlock():
    async def main():
        thread = threading.Thread(target=lambda: None)
        thread.start()
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        run(main, watchdog_s=5)


def busy(seconds):
    began = time.perf_counter()
    while time.perf_counter() - began < seconds:
        pass


def test_time_waits_for_a_thread_at_work_that_user_code_started():
    async def main():
        loop = asyncio.get_running_loop()
        loop.call_later(60, lambda: None)
        future = loop.create_future()

        def work():
            busy(0.05)
            loop.call_soon_threadsafe(future.set_result, None)

        thread = threading.Thread(target=work)
        thread.start()
        await loop.settle()
        assert future.done()
        thread.join()
        return loop.time()

    assert run(main) == 0


def test_a_query_of_aiosqlites_own_thread_costs_no_virtual_time():
    import aiosqlite

    async def main():
        loop = asyncio.get_running_loop()
        ticks = []
        tick = loop.call_later(60, ticks.append, True)
        async with aiosqlite.connect(":memory:") as connection:
            await connection.create_function("busy", 1, busy)
            for _ in range(3):
                await connection.execute("SELECT busy(0.05)")
            assert ticks == []
            await asyncio.sleep(100)  # an idle connection does not stop time
            assert ticks == [True]
        tick.cancel()
        return loop.time()

    assert run(main) == 100


def test_a_worker_of_anyio_costs_no_virtual_time():
    import anyio.to_thread

    async def main():
        with anyio.move_on_after(60) as scope:
            await anyio.to_thread.run_sync(busy, 0.05)
            await anyio.to_thread.run_sync(busy, 0.05)
        assert not scope.cancelled_caught
        await asyncio.sleep(10)
        return asyncio.get_running_loop().time()

    assert run(main) == 10


def test_idle_workers_of_libraries_do_not_delay_a_deadlock():
    import anyio.to_thread

    async def main():
        await anyio.to_thread.run_sync(busy, 0)
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        run(main, watchdog_s=3_600)


def test_a_thread_that_has_nothing_to_do_with_the_world_stops_time_for_the_watchdog_at_most():
    ended = threading.Event()

    def work():
        while not ended.is_set():
            pass

    async def main():
        threading.Thread(target=work).start()
        for _ in range(100):
            await asyncio.sleep(60)
        ended.set()
        return asyncio.get_running_loop().time()

    assert run(main, watchdog_s=0.05) == 6_000


def test_unknown_ways_of_threads_are_refused():
    with pytest.raises(SimulationError, match="sideways"):
        SimulationLoop(threads="sideways")
