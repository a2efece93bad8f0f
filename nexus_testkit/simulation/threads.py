"""Work that other code hands to threads: run inline on the loop, or in a real thread while the clock is held.

Inline is the default, because the order of a real thread's steps cannot be reproduced. A function that must
run beside the loop (it waits for the loop, for instance) needs `threads="held"`.

Limits: what a thread owes that code started by itself (`threading.Thread`, a library's own worker) is guessed from
what it does (see strangers.py): time stands still while it works, for 5 real seconds at most, and goes on while it
waits. `SimulationLoop.hold` leaves nothing to guess.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import threading
import time
import weakref
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any, TypeVar

from nexus_testkit.errors import SimulationError
from nexus_testkit.simulation.current import entered
from nexus_testkit.simulation.foundation import Foundation
from nexus_testkit.simulation.report import deadlock
from nexus_testkit.simulation.strangers import Doing, Strangers
from nexus_testkit.simulation.tasks import NumberedFuture

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop

T = TypeVar("T")

_MOMENT_S = 0.002
_LOOKS = 2
_GLANCE_S = 0.05
_PATIENCE_S = 5.0


class Hold:
    """The promise of a thread to call back; virtual time stands still until it is released."""

    __slots__ = ("_owed", "_threads")

    def __init__(self, threads: Threads) -> None:
        """Stop the clock of the loop whose `threads` these are."""
        self._threads = threads
        self._owed = True
        threads.owed += 1

    def release(self) -> None:
        """Let the clock go on, once what the thread has already handed to the loop has run. From any thread; once counts."""
        # A loop that has closed, or is gone altogether: nobody's clock is left to release.
        with contextlib.suppress(RuntimeError, ReferenceError):
            self._threads.loop.call_soon_threadsafe(self._release)

    def _release(self) -> None:
        if self._owed:
            self._owed = False
            self._threads.owed -= 1


class Threads:
    """What the loop knows of threads.

    Attributes:
        inline: functions for threads run as callbacks of the loop.
        owed: how many threads owe a callback.
        running_inline: how many functions run inline at this moment, one inside another.
        watchdog_s: real seconds to wait for a thread before the world is called dead.
    """

    __slots__ = ("_loop", "_strangers", "_wake", "inline", "owed", "running_inline", "watchdog_s")

    def __init__(self, loop: SimulationLoop, *, inline: bool, watchdog_s: float) -> None:
        """The threads of `loop`."""
        # Weak, so that nothing of a closed loop is left for the garbage collector, which took 4 µs a world to find it.
        self._loop = weakref.ref(loop)
        self._wake: threading.Event | None = None
        self._strangers: Strangers | None = None
        self.inline = inline
        self.owed = 0
        self.running_inline = 0
        self.watchdog_s = watchdog_s

    @property
    def loop(self) -> SimulationLoop:
        """The loop.

        Raises:
            ReferenceError: nobody holds it any more.
        """
        loop = self._loop()
        if loop is None:
            raise ReferenceError("the loop of these threads is gone")
        return loop

    def begin(self) -> None:
        """Note which threads are none of this world's, the first time that the loop runs."""
        if self._strangers is None:
            self._strangers = Strangers()

    def exclude(self, thread: threading.Thread) -> None:
        """Leave a thread of the kit's own out: what it owes is counted."""
        if self._strangers is not None:
            self._strangers.exclude(thread)

    def wake(self) -> None:
        """Called from any thread: there is something to run."""
        # Without a waiting loop there is no event; who makes it looks at the queue afterwards (see wait).
        if self._wake is not None:
            self._wake.set()

    def wait(self) -> None:
        """Wait, in real time, until a thread that owes a callback made one."""
        if not self.sleep(self.watchdog_s):
            reason = f"a thread that holds the clock has not reported for {self.watchdog_s:g} s of real time"
            raise deadlock(self.loop, reason=reason)

    def strangers_called(self) -> bool:
        """Before time moves: wait, in real time, for threads of other people that are at work; whether one called.

        A thread that worked for longer than `_PATIENCE_S` without a call (a loop around `time.sleep`, say) is
        taken to have nothing to do with this world from then on.
        """
        strangers = self._strangers
        if strangers is None or not strangers.that_are(Doing.WORKING, Doing.WAITING, Doing.IDLE):
            return False
        deadline = time.monotonic() + min(_PATIENCE_S, self.watchdog_s)
        idle = 0
        # More than one look, with a moment before each: who has just been given work has not woken up yet, and who has
        # just taken it looks idle until Python lets it go on.
        while idle < _LOOKS:
            if self.sleep(_MOMENT_S):
                return True
            working = strangers.that_are(Doing.WORKING)
            idle = 0 if working else idle + 1
            if working and time.monotonic() > deadline:
                for thread in working:
                    strangers.exclude(thread)
        return self.loop.has_ready()

    def strangers_called_in_the_end(self) -> bool:
        """When nothing else can happen: wait, in real time, while threads live that might yet call; whether one did."""
        strangers = self._strangers
        deadline = time.monotonic() + self.watchdog_s
        while strangers and strangers.that_are(Doing.WORKING, Doing.WAITING) and time.monotonic() < deadline:
            if self.sleep(_GLANCE_S):
                return True
        return self.loop.has_ready()

    def sleep(self, seconds: float) -> bool:
        """Sleep in real time until there is something to run, for `seconds` at most; whether there is."""
        if self._wake is None:
            self._wake = threading.Event()
        self._wake.clear()
        # A callback that came before the line above left no mark on the event, but it is in the queue.
        return self.loop.has_ready() or self._wake.wait(seconds)

    def submit(
        self, executor: concurrent.futures.Executor | None, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> asyncio.Future[Any]:
        """Run `function(*args)` as this loop runs threads; `executor` is used for held threads alone."""
        return self._run_inline(function, args) if executor is None else self._run_held(executor, function, args)

    def _run_inline(self, function: Callable[..., Any], args: tuple[Any, ...]) -> asyncio.Future[Any]:
        future: NumberedFuture[Any] = NumberedFuture(loop=self.loop)
        # A thread of a pool begins with an empty context; asyncio.to_thread brings its own along.
        self.loop.call_soon(_run, self.loop, future, function, args, context=Context())
        return future

    def _run_held(
        self, executor: concurrent.futures.Executor, function: Callable[..., Any], args: tuple[Any, ...]
    ) -> asyncio.Future[Any]:
        job = executor.submit(self._in_thread, function, args)
        future: asyncio.Future[Any] = asyncio.wrap_future(job, loop=self.loop)
        hold = Hold(self)
        # Added after wrap_future's own callback, so the result is on the loop before the clock is let go.
        job.add_done_callback(lambda _: hold.release())
        return future

    def _in_thread(self, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """In the worker: its time is that of the loop that waits, and what it owes is counted by its job."""
        if self._strangers is not None:
            self._strangers.exclude(threading.current_thread())
        with entered(self.loop):
            return function(*args)


def _run(
    loop: SimulationLoop, future: asyncio.Future[Any], function: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    """Run `function` as if in a thread of its own: with no running loop."""
    if future.cancelled():
        return
    asyncio._set_running_loop(None)  # noqa: SLF001  # documented for event loop authors
    loop.threads.running_inline += 1
    try:
        result = function(*args)
    except StopIteration as error:
        failure: BaseException = RuntimeError("the function raised StopIteration")  # as asyncio does from 3.12 on
        failure.__cause__ = error
    except BaseException as error:  # noqa: BLE001  # a thread pool hands all of them to whoever waits
        failure = error
    else:
        if not future.done():
            future.set_result(result)
        return
    finally:
        loop.threads.running_inline -= 1
        asyncio._set_running_loop(loop)  # noqa: SLF001
    if not future.done():
        future.set_exception(failure)


class ThreadOperations(Foundation):
    """The methods of an event loop that have to do with threads."""

    threads: Threads

    if TYPE_CHECKING:

        async def settle(self) -> None: ...

    def hold(self) -> Hold:
        """Stop the clock for a thread that owes a callback, until `.release()`, which any thread may call."""
        return Hold(self.threads)

    def call_soon_threadsafe(  # type: ignore[override]  # typeshed pairs the types of args and callback; Any says less
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Call `callback` soon, from any thread."""
        if self.threads.running_inline and getattr(callback, "__qualname__", "").startswith("run_coroutine_threadsafe"):
            # Whoever waits for its result here would stop the loop that is to produce it, for good.
            raise SimulationError(
                "asyncio.run_coroutine_threadsafe() in a function that runs inline, in place of a thread",
                hint='SimulationLoop(threads="held") runs such functions in real threads',
            )
        return super().call_soon_threadsafe(callback, *args, context=context)

    def _write_to_self(self) -> None:
        self.threads.wake()

    def run_in_executor(  # type: ignore[override]  # as above
        self, executor: concurrent.futures.Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run `func(*args)`, inline or in a held thread (see `threads`)."""
        self._check_closed()
        if self._debug:
            self._check_callback(func, "run_in_executor")
        if executor is None:
            self._check_default_executor()
        if self.threads.inline:
            return self.threads.submit(None, func, args)
        return self.threads.submit(executor or self._pool(), func, args)

    def _pool(self) -> concurrent.futures.ThreadPoolExecutor:
        if self._default_executor is None:
            self._default_executor = concurrent.futures.ThreadPoolExecutor(thread_name_prefix="nexus-testkit")
        return self._default_executor

    async def shutdown_default_executor(self, timeout: float | None = None) -> None:  # noqa: ASYNC109  # asyncio's signature
        """Wait until the threads of the default executor have ended; they hold the clock, so `timeout` cannot pass."""
        del timeout
        self._executor_shutdown_called = True
        executor = self._default_executor
        if executor is None:
            return
        hold = self.hold()
        # In a thread of its own: the workers may still wait for this self.
        waiter = threading.Thread(target=_shut_down, args=(executor, hold))
        waiter.start()
        await self.settle()
        waiter.join()


def _shut_down(executor: concurrent.futures.Executor, hold: Hold) -> None:
    try:
        executor.shutdown(wait=True)
    finally:
        hold.release()
