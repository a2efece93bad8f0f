"""The event loop with virtual time."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
import weakref
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from datetime import UTC, datetime
from typing import Any, Literal, NoReturn, Protocol, TypeVar, cast

from nexus_testkit.errors import SimulationError, StepLimitExceeded, StrayConnection
from nexus_testkit.simulation.current import enter
from nexus_testkit.simulation.liveness import Liveness
from nexus_testkit.simulation.network import NetworkOperations
from nexus_testkit.simulation.ordered import keep_order
from nexus_testkit.simulation.outside import OutsideOperations
from nexus_testkit.simulation.refused import Refused
from nexus_testkit.simulation.report import deadlock
from nexus_testkit.simulation.tasks import SimulationTask, task_number
from nexus_testkit.simulation.threads import ThreadOperations, Threads
from nexus_testkit.simulation.timers import Timers
from nexus_testkit.simulation.virtualtime import TimeOperations

T = TypeVar("T")

EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
"""What the clock of a fresh world shows."""

logger = logging.getLogger("asyncio")

keep_order()


class Decider(Protocol):
    """Chooses where more than one thing may happen next; 0 is always what stock asyncio would do."""

    def pick(self, n: int, kind: str, /) -> int:
        """A number from 0 to n - 1; `kind` says what is chosen: "task" for the ready task that runs next."""
        ...


class SimulationLoop(OutsideOperations, Refused, NetworkOperations, ThreadOperations, TimeOperations):  # type: ignore[misc]  # NoReturn where typeshed has overloads
    """An asyncio event loop in which time passes only when there is nothing else to do.

    It has no selector and no file descriptor. Virtual time moves, to the next timer, when nothing is runnable
    and no thread owes a callback; when there is no timer either, the world is dead and `Deadlock` is raised out
    of `run_until_complete`. Any runner can drive it: `run` of this package, `asyncio.Runner(loop_factory=
    SimulationLoop)`, pytest-asyncio, anyio.

    The same program takes the same steps in every run: ready callbacks run first come, first served, timers of
    the same time too, tasks hash by number, and Python's garbage collector is off while the loop runs.

    Limits: real threads (`threads="held"`) take their steps in an order of their own. Sets of plain objects, of
    coroutines and of futures that are no tasks, and of strings between processes (PYTHONHASHSEED), are still walked in the
    order of their hashes. `time.sleep` and `time.monotonic` stay real.

    Attributes:
        decider: chooses the ready task that runs next; None means stock order, and costs nothing.
        task_listener: told of each new task, or None.
        strays: connections that were asked for and that nobody serves.
        threads: what the loop knows of threads.
    """

    def __init__(
        self,
        *,
        epoch: datetime = EPOCH,
        threads: Literal["inline", "held"] = "inline",
        max_steps: int = 1_000_000,
        watchdog_s: float = 30.0,
        time_limit_s: float | None = None,
    ) -> None:
        """Make a world's loop.

        Args:
            epoch: what the clock shows at virtual second 0; aware.
            threads: "inline" runs functions meant for threads as callbacks of the loop; "held" runs them in real
                threads and stops the clock until they report.
            max_steps: callbacks that may run without virtual time moving.
            watchdog_s: real seconds that a thread may hold the clock.
            time_limit_s: see `limit_time`.
        """
        super().__init__()
        self._now = 0.0
        self._liveness = Liveness(max_steps=max_steps)
        try:
            _check_options(epoch, threads)
            if time_limit_s is not None:
                self.limit_time(time_limit_s)
        except SimulationError:
            super().close()
            raise
        self._epoch = epoch = epoch.astimezone(UTC)
        self._epoch_ns = int(epoch.replace(microsecond=0).timestamp()) * 10**9 + epoch.microsecond * 1000
        self._timers = Timers()
        self._steps = self._most_steps = 0
        self._calm_steps = self._liveness.calm_steps
        self._tasks_made = 0
        self._noted: list[weakref.ref[asyncio.Task[Any]]] = []
        self._noted_most = 256
        self._futures_made = 0
        self._settlers: list[asyncio.Future[None]] = []
        self._jump_listeners: list[Callable[[], object]] = []
        self._failure: BaseException | None = None
        self._lanes: list[int] = []
        self.decider: Decider | None = None
        self.task_listener: Callable[[asyncio.Task[Any]], object] | None = None
        self.strays: list[StrayConnection] = []
        self.threads = Threads(self, inline=threads == "inline", watchdog_s=watchdog_s)

    # -- limits

    @property
    def most_steps(self) -> int:
        """The most callbacks that have run without virtual time moving."""
        return max(self._most_steps, self._steps)

    def limit_steps(self, steps: int) -> None:
        """Let `steps` callbacks run, from now on, without virtual time moving."""
        self._liveness.limit_steps(steps)
        self._calm_steps = self._liveness.calm_steps

    # -- tasks and timers

    def next_task_number(self) -> int:
        """The number of the task that is being made, from 1."""
        self._tasks_made = number = self._tasks_made + 1
        return number

    def note_task(self, task: asyncio.Task[Any]) -> None:
        """Remember a new task. `asyncio.all_tasks` walks those of every loop of the process; worlds are many."""
        if self.task_listener is not None:
            self.task_listener(task)
        noted = self._noted
        noted.append(weakref.ref(task))
        if len(noted) > self._noted_most:
            self._noted = [reference for reference in noted if _matters(reference)]
            self._noted_most = max(256, 2 * len(self._noted))

    def unfinished_tasks(self) -> list[asyncio.Task[Any]]:
        """The tasks of this loop that are not done, by creation. With a task factory of one's own, all that asyncio knows."""
        if self._task_factory is not None:
            return sorted(asyncio.all_tasks(self), key=task_number)
        return [task for reference in self._noted if (task := reference()) is not None and not task.done()]

    def unseen_errors(self) -> list[tuple[asyncio.Task[Any], BaseException]]:
        """The tasks that ended with an error that nobody has looked at, by creation, and their errors; told once.

        asyncio reports such a task when it is collected, which may be long after its world.
        """
        unseen = [task for reference in self._noted if (task := reference()) is not None and _is_unseen(task)]
        return [(task, error) for task in unseen if (error := task.exception()) is not None]

    def next_future_number(self) -> int:
        """The number of the future that is being made, from 1."""
        self._futures_made = number = self._futures_made + 1
        return number

    def create_task(
        self, coro: Generator[Any, None, T] | Coroutine[Any, Any, T], *, name: object = None, **options: Any
    ) -> asyncio.Task[T]:
        """A `SimulationTask`, or what the task factory makes where one is set; `options` as in this Python."""
        if self._task_factory is not None:
            return super().create_task(cast("Coroutine[Any, Any, T]", coro), name=name, **options)
        self._check_closed()
        return SimulationTask(coro, loop=self, name=None if name is None else str(name), **options)

    def set_task_factory(self, factory: Any) -> None:
        """Set a task factory; asyncio's eager factory makes numbered tasks here too."""
        if factory is not None and factory is getattr(asyncio, "eager_task_factory", None):
            factory = asyncio.create_eager_task_factory(cast("Any", SimulationTask))  # type: ignore[attr-defined, unused-ignore]  # 3.12
        super().set_task_factory(factory)

    def call_at(  # type: ignore[override]  # typeshed pairs the types of args and callback; Any says less
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Call `callback` at virtual second `when`; infinity means never."""
        if when is None:
            raise TypeError("when cannot be None")
        self._check_closed()
        if self._debug:
            self._check_thread()
            self._check_callback(callback, "call_at")
        return self._timers.add(self, when, callback, args, context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        if handle._scheduled:  # type: ignore[attr-defined]  # noqa: SLF001  # see Timers.add
            self._timers.cancelled += 1

    # -- running

    def run_forever(self) -> None:
        """Run until `stop()`; raises what a decider raised, and `Deadlock` when nothing can ever run again."""
        before = enter(self)
        collecting = gc.isenabled()
        # A collection in mid-run would run finalizers, of other worlds too, at a step that no seed can fix.
        gc.disable()
        self.threads.begin()
        try:
            super().run_forever()
        finally:
            if collecting:
                gc.enable()
            # Entered around this run already: whoever did that may have left in the middle of it (a world that closes).
            if before is not self:
                enter(before)
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def _run_once(self) -> None:
        ready = self._ready
        heap = self._timers.heap
        if heap and heap[0][0] <= self._now:
            self._timers.move_due(self._now, ready)
        if not ready:
            if self._stopping:
                return
            self._await_something()
        count = len(ready)
        self._steps += count
        if self._steps > self._calm_steps:
            self._run_noted(count)
        elif self.decider is not None:
            self._run_decided(count)
        elif self._debug:
            for _ in range(count):
                self._run_timed(ready.popleft())
        else:
            # What these callbacks schedule runs in the next round, as in asyncio: the order is observable.
            for _ in range(count):
                handle = ready.popleft()
                if not handle._cancelled:  # noqa: SLF001  # cancelled() is a call, on the hottest line there is
                    handle._run()  # noqa: SLF001
            handle = None  # type: ignore[assignment]  # breaks a cycle when an exception occurs

    def _await_something(self) -> None:
        """Nothing is ready: wait for a thread, tell those who wait for that, or let time move."""
        ready = self._ready
        while not ready:
            if self.threads.owed:
                self.threads.wait()
            elif self.threads.strangers_called() or (self.outside is not None and self.outside.stirs()):
                continue
            elif self._settlers:
                settlers, self._settlers = self._settlers, []
                for settler in settlers:
                    if not settler.done():
                        settler.set_result(None)
            elif self.outside is not None and (passed := self.outside.flow(self._timers.next_time())) is not None:
                self._jump(passed)
                self._timers.move_due(passed, ready)
            elif (when := self._timers.next_time()) is not None:
                if when > self._liveness.calm_until:
                    self._liveness.check_time(self, when, self._timers.at(when))
                self._jump(when)
                self._timers.move_due(when, ready)
            elif not self.threads.strangers_called_in_the_end():
                raise deadlock(self)

    def _jump(self, when: float) -> None:
        if when > self._now:
            self._now = when
            self._most_steps = max(self._most_steps, self._steps)
            self._steps = 0
            for listener in self._jump_listeners:
                listener()

    def _run_noted(self, count: int) -> None:
        """Run one round near the limit of steps: what runs is written down."""
        liveness = self._liveness
        try:
            liveness.check_steps(self._steps, count, self._now)
        except StepLimitExceeded:
            self._steps = 0  # what is torn down afterwards has as many again
            raise
        run = self._run_timed if self._debug else asyncio.Handle._run  # noqa: SLF001
        ready = self._ready
        for _ in range(count):
            # As in _run_decided: what was cancelled has its place in the round.
            is_stock = self.decider is None or (ready and ready[0].cancelled())
            handle = ready.popleft() if is_stock else self._choose()
            if handle is None:
                return
            if not handle.cancelled():
                liveness.note_step(handle, _task_of(handle), run)

    def _run_timed(self, handle: asyncio.Handle) -> None:
        """Run in debug mode: what takes long in real time is logged, as asyncio does."""
        if handle.cancelled():
            return
        self._current_handle = handle
        began = time.perf_counter()
        try:
            handle._run()  # noqa: SLF001
        finally:
            self._current_handle = None
        took = time.perf_counter() - began
        if took >= self.slow_callback_duration:
            logger.warning("Executing %r took %.3f seconds", _task_of(handle) or handle, took)

    # -- decisions

    def pick(self, n: int, kind: str) -> int:
        """Ask the decider; 0 without one.

        What the decider raises (Hypothesis' StopTest, for one) must not end inside whatever task asked: it is
        kept, the loop stops, and `run_until_complete` raises it.
        """
        if self.decider is None or n < 2 or self._failure is not None:
            return 0
        try:
            choice = self.decider.pick(n, kind)
            if not 0 <= choice < n:
                raise SimulationError(f"the decider picked {choice!r} out of {n} ({kind})")  # noqa: TRY301  # kept like any other
        except BaseException as error:  # noqa: BLE001  # raised again by run_forever
            self.give_up(error)
            return 0
        return choice

    def give_up(self, error: BaseException) -> None:
        """Stop the loop, and let `run_until_complete` raise `error`, whatever the tasks do; the first one counts."""
        if self._failure is None:
            self._failure = error
            self.stop()

    @property
    def lanes(self) -> list[asyncio.Task[Any] | None]:
        """What a decider chooses from while it is asked for a "task": the ready tasks, and None for all other callbacks."""
        return [_task_of(self._ready[position]) for position in self._lanes]

    def _run_decided(self, count: int) -> None:
        ready = self._ready
        for _ in range(count):
            # What was cancelled has its place in the round, as without a decider: the same answers, the same order.
            if ready and ready[0].cancelled():
                ready.popleft()
                continue
            handle = self._choose()
            if handle is None:
                return
            if self._debug:
                self._run_timed(handle)
            else:
                handle._run()  # noqa: SLF001

    def _choose(self) -> asyncio.Handle | None:
        """The next handle, or None where the round is over.

        There is one lane for each ready task, and one, first in first out, for all other callbacks: transports rely on the order of their callbacks; tasks may not rely on any.
        """
        ready = self._ready
        lanes = self._lanes = []
        others = False
        for position, handle in enumerate(ready):
            if handle.cancelled():
                continue
            if _task_of(handle) is not None:
                lanes.append(position)
            elif not others:
                others = True
                lanes.append(position)
        if not lanes:
            ready.clear()
            return None
        position = lanes[self.pick(len(lanes), "task")]
        if self._failure is not None:
            return None  # what is ready stays so: the tasks are cancelled when the world is torn down
        handle = ready[position]
        del ready[position]
        return handle

    # -- the end

    def close(self) -> None:
        """Close the loop; what is still open on its network is dropped. Safe twice."""
        if not self.is_closed() and not self.is_running() and self._network is not None:
            self._network.drop()
        if self.outside is not None:
            self.outside.close()
        super().close()
        self._timers.clear()
        self._settlers.clear()
        self._jump_listeners.clear()

    def _process_events(self, event_list: Any) -> NoReturn:
        del event_list
        raise SimulationError("a loop without a selector has no events to process")


def _check_options(epoch: datetime, threads: str) -> None:
    if epoch.tzinfo is None:
        raise SimulationError("the epoch has no time zone", hint="epoch=datetime(2026, 1, 1, tzinfo=UTC)")
    if threads not in {"inline", "held"}:
        raise SimulationError(f"threads={threads!r} is unknown", hint='threads="inline" or threads="held"')


def _matters(reference: weakref.ref[asyncio.Task[Any]]) -> bool:
    task = reference()
    return task is not None and (not task.done() or _is_unseen(task))


def _is_unseen(task: asyncio.Task[Any]) -> bool:
    return bool(task._log_traceback)  # noqa: SLF001  # what asyncio itself asks at the task's end


def _task_of(handle: asyncio.Handle) -> asyncio.Task[Any] | None:
    """The task that `handle` steps or wakes up, or None."""
    owner = getattr(handle._callback, "__self__", None)  # type: ignore[attr-defined]  # noqa: SLF001  # there is no public way
    return owner if isinstance(owner, asyncio.Task) else None
