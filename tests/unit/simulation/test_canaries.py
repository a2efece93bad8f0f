"""The private names of asyncio that the simulation leans on: when one of these fails, asyncio has changed, not we.

Mend nexus_testkit/simulation/foundation.py (names), loop.py (`_run_once`), timers.py (handles) or transport.py (TLS).
"""

import asyncio
import collections
import heapq
import inspect
from asyncio import base_events, sslproto

import pytest


def changed(what):
    return f"asyncio has changed: {what}"


@pytest.fixture
def base():
    loop = base_events.BaseEventLoop()
    yield loop
    loop.close()


def test_run_forever_calls_run_once_until_stopping(base):
    calls = []

    class Loop(base_events.BaseEventLoop):
        def _run_once(self):
            calls.append(self._stopping)
            self.stop()

    loop = Loop()
    loop.run_forever()
    loop.close()
    assert calls == [False], changed("run_forever() no longer calls _run_once() and looks at _stopping")


def test_call_soon_appends_a_handle_to_ready(base):
    handle = base.call_soon(print)
    assert isinstance(base._ready, collections.deque), changed("_ready is no deque")
    assert list(base._ready) == [handle], changed("call_soon() does not append to _ready")


def test_a_handle_has_what_the_loop_reads():
    seen = []
    loop = base_events.BaseEventLoop()
    handle = loop.call_soon(seen.append, 1)
    assert handle._cancelled is False, changed("Handle._cancelled")
    assert handle._callback == seen.append, changed("Handle._callback")
    handle._run()
    assert seen == [1], changed("Handle._run()")
    loop.close()


def test_call_later_goes_through_call_at():
    seen = []

    class Loop(base_events.BaseEventLoop):
        def time(self):
            return 10

        def call_at(self, when, callback, *args, context=None):
            seen.append(when)
            return asyncio.TimerHandle(when, callback, args, self, context)

    loop = Loop()
    loop.call_later(5, print)
    loop.close()
    assert seen == [15], changed("call_later() no longer adds time() and calls call_at()")


def test_a_cancelled_timer_is_reported_to_the_loop_once():
    seen = []

    class Loop(base_events.BaseEventLoop):
        def _timer_handle_cancelled(self, handle):
            seen.append(handle._scheduled)

    loop = Loop()
    timer = asyncio.TimerHandle(1, print, (), loop)
    timer._scheduled = True
    timer.cancel()
    timer.cancel()
    loop.close()
    assert seen == [True], changed("TimerHandle.cancel() reports to _timer_handle_cancelled(), and reads _scheduled")


def test_the_base_loop_keeps_timers_in_a_heap_that_we_never_fill():
    from nexus_testkit.simulation import SimulationLoop

    loop = SimulationLoop()
    loop.call_later(1, print)
    assert loop._scheduled == [], changed("timers reach _scheduled by a way that passes call_at() by")
    assert loop._timer_cancelled_count == 0, changed("_timer_cancelled_count")
    loop.close()
    assert heapq  # the base loop's own order; ours is in timers.py


def test_call_soon_threadsafe_wakes_the_loop_by_write_to_self():
    seen = []

    class Loop(base_events.BaseEventLoop):
        def _write_to_self(self):
            seen.append(True)

    loop = Loop()
    loop.call_soon_threadsafe(print)
    loop.close()
    assert seen == [True], changed("call_soon_threadsafe() no longer calls _write_to_self()")


@pytest.mark.parametrize(
    "name",
    ["_stopping", "_debug", "_current_handle", "_task_factory", "_default_executor", "_executor_shutdown_called"],
)
def test_the_base_loop_has_the_attribute(base, name):
    assert hasattr(base, name), changed(f"BaseEventLoop.{name} is gone")


@pytest.mark.parametrize("name", ["_check_closed", "_check_thread", "_check_callback", "_check_default_executor"])
def test_the_base_loop_has_the_method(base, name):
    assert callable(getattr(base, name, None)), changed(f"BaseEventLoop.{name}() is gone")


def test_the_callback_of_a_task_belongs_to_it():
    async def main():
        loop = asyncio.get_running_loop()
        seen = []
        original = loop._call_soon

        def call_soon(callback, args, context):
            handle = original(callback, args, context)
            seen.append(handle)
            return handle

        loop._call_soon = call_soon
        future = loop.create_future()

        async def work():
            await future

        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        future.set_result(None)
        await asyncio.sleep(0)
        owners = [getattr(handle._callback, "__self__", None) for handle in seen]
        await task
        return owners.count(task), task

    steps, _ = asyncio.run(main())
    assert steps == 2, changed("the callbacks that begin and wake a task no longer have it as __self__")


def test_a_timer_has_what_reports_read():
    loop = base_events.BaseEventLoop()
    handle = asyncio.TimerHandle(1, print, (2,), loop)
    assert handle._args == (2,), changed("TimerHandle._args")
    loop.close()


def test_what_a_task_waits_for_can_be_read():
    async def main():
        future = asyncio.get_running_loop().create_future()

        async def work():
            async with asyncio.timeout(1) as timeout:
                seen.append(timeout)
                await future

        seen = []
        task = asyncio.create_task(work())
        await asyncio.sleep(0)
        assert task._fut_waiter is future, changed("Task._fut_waiter")
        (woken, *_), *_ = future._callbacks
        assert woken.__self__ is task, changed("Future._callbacks no longer has what wakes up the task")
        assert seen[0]._task is task, changed("Timeout._task")
        gathered = asyncio.gather(task)
        assert isinstance(gathered, asyncio.tasks._GatheringFuture), changed("what gather() returns")
        assert gathered._children == [task], changed("_GatheringFuture._children")
        future.set_result(None)
        await gathered
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.sleep(0))
            assert group._tasks == {task}, changed("TaskGroup._tasks")

    asyncio.run(main())


def test_a_frame_inside_async_with_refers_to_the_lock():
    import contextlib
    import gc

    async def main(lock):
        async with lock:
            await asyncio.sleep(0)

    lock = asyncio.Lock()
    coroutine = main(lock)
    coroutine.send(None)
    found = gc.get_referents(coroutine)
    coroutine.close()
    exits = [at for at, each in enumerate(found) if getattr(each, "__name__", "") == "__aexit__"]
    owners = [getattr(found[at], "__self__", None) or found[at + 1] for at in exits]  # beside it since Python 3.14
    assert owners == [lock], "Python has changed: a frame's stack, see holders.py"
    assert asyncio.Condition(lock)._lock is lock, changed("Condition._lock")
    assert not contextlib.AsyncExitStack()._exit_callbacks, changed("AsyncExitStack._exit_callbacks")


@pytest.mark.parametrize(
    ("function", "names"),
    [
        (asyncio.Lock.acquire, {"self"}),
        (asyncio.Semaphore.acquire, {"self"}),
        (asyncio.Event.wait, {"self"}),
        (asyncio.Condition.wait, {"self"}),
        (asyncio.Queue.get, {"self"}),
        (asyncio.TaskGroup.__aexit__, {"self"}),
        (asyncio.sleep, {"delay"}),
        (asyncio.tasks._wait, {"fs", "return_when"}),
        (asyncio.wait_for, {"fut"}),
        (asyncio.StreamReader._wait_for_data, {"func_name"}),
    ],
)
def test_a_function_that_waits_has_the_names_that_reports_read(function, names):
    assert names <= set(function.__code__.co_varnames), changed(f"the names in {function.__qualname__}()")


def test_the_running_loop_can_be_set_and_unset():
    assert callable(asyncio._set_running_loop), changed("asyncio._set_running_loop")
    assert asyncio._get_running_loop() is None, changed("asyncio._get_running_loop")


def test_tls_is_a_protocol_that_takes_what_we_give_it():
    parameters = inspect.signature(sslproto.SSLProtocol).parameters
    wanted = {
        "loop",
        "app_protocol",
        "sslcontext",
        "waiter",
        "server_side",
        "server_hostname",
        "ssl_handshake_timeout",
        "ssl_shutdown_timeout",
    }
    assert wanted <= set(parameters), changed("the parameters of sslproto.SSLProtocol")
    assert issubclass(sslproto.SSLProtocol, asyncio.BufferedProtocol), changed("SSLProtocol is no BufferedProtocol")
    source = inspect.getsource(sslproto.SSLProtocol)
    assert "self._app_transport = " in source, changed("SSLProtocol._app_transport")


def test_tls_calls_of_its_transport_what_ours_has():
    import re

    from nexus_testkit.simulation.transport import MemoryTransport

    used = set(re.findall(r"self\._transport\.(\w+)\(", inspect.getsource(sslproto)))
    missing = {name for name in used if not hasattr(MemoryTransport, name)}
    assert not missing, changed(f"sslproto calls {missing} of its transport")


def test_start_tls_asks_a_transport_whether_it_is_fit():
    source = inspect.getsource(base_events.BaseEventLoop.start_tls)
    assert "_start_tls_compatible" in source, changed("start_tls() asks something else of a transport")


def test_other_threads_can_be_counted_without_a_lock():
    import _thread
    import threading

    before = _thread._count()
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    during = _thread._count()
    ended.set()
    thread.join()
    assert during == before + 1, changed("_thread._count() no longer counts the threads besides the main one")
