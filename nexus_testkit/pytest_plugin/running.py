"""Running the coroutines of one test on one loop, from synchronous code."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Literal, TypeVar

from nexus_testkit.errors import HarnessError
from nexus_testkit.simulation import SimulationLoop, tear_down

T = TypeVar("T")
_MISSING: Any = object()


class Stage:
    """Runs async fixtures, the test and the end of its world, each when it is asked to, all in one task.

    One task, because a cancel scope, a task group or a timeout that a fixture opens before its `yield` can be
    closed after it only by the task that opened it. Context variables that synchronous code sets between two
    steps are carried into the task, as they would be into a new one.

    Attributes:
        loop: the loop.
        context: the context in which the steps run.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take over a loop that is not running; `close` closes it."""
        self.loop = loop
        self.context = contextvars.copy_context()
        self._outside = self.context.copy()
        self._task: asyncio.Task[None] | None = None
        self._wake: asyncio.Future[None] | None = None
        self._step: _Step | None = None

    def run(self, function: Callable[[], Awaitable[T]], *, last: bool = False) -> T:
        """Call `function` inside the task and give what its awaitable gives, or raise what it raises.

        `last` ends the task with this step; the next one would begin another.

        Where the loop itself gives up (`Deadlock`), its error comes with the traceback of the place where
        the step was waiting.

        Raises:
            HarnessError: a loop is running in this thread.
        """
        __tracebackhide__ = True
        loop = self.loop
        if asyncio._get_running_loop() is not None:  # noqa: SLF001  # the public function raises
            raise HarnessError(
                "an async fixture was asked for while a coroutine was running",
                hint="name the fixture as a parameter of the test; request.getfixturevalue() cannot wait",
            )
        step = self._step = _Step(function, loop.create_future(), last=last)
        self._carry_context()
        if self._task is None or self._task.done():
            self._task = loop.create_task(self._perform(), name="test", context=self.context)
        elif self._wake is not None:
            self._wake.set_result(None)
        try:
            loop.run_until_complete(step.done)
        except BaseException as error:
            waited_at = self._abandon(step)
            if waited_at is not None and isinstance(error, Exception):
                error.__traceback__ = waited_at
            raise
        if step.error is None:
            return step.result  # type: ignore[no-any-return]  # what `function` gave
        try:
            raise step.error
        finally:
            del step, self._step  # the error's traceback holds this frame
            self._step = None

    def close(self) -> None:
        """Cancel what still runs, and close the loop. Safe to call twice."""
        loop = self.loop
        if loop.is_closed():
            return
        try:
            if isinstance(loop, SimulationLoop):
                tear_down(loop)
            else:
                left = asyncio.all_tasks(loop)
                for task in left:
                    task.cancel()
                if left:
                    loop.run_until_complete(asyncio.wait(left))
                loop.run_until_complete(loop.shutdown_asyncgens())
                loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()

    async def _perform(self) -> None:
        __tracebackhide__ = True
        while (step := self._step) is not None:
            self._step = None
            try:
                step.result = await step.function()
            except (KeyboardInterrupt, SystemExit):
                raise
            except BaseException as error:  # noqa: BLE001  # whatever it is, it belongs to whoever asked for the step
                step.error = error
            if step.abandoned:
                return
            step.done.set_result(None)
            if step.last:
                return
            del step
            self._wake = self.loop.create_future()
            await self._wake

    def _abandon(self, step: _Step) -> TracebackType | None:
        # The loop stopped in the middle of a step (a deadlock, Ctrl-C): the task would wait there for ever, and the
        # next step with it.
        step.abandoned = True
        task, self._task = self._task, None
        if task is None or self.loop.is_closed():
            return None
        task.cancel()
        with contextlib.suppress(BaseException):  # the error that stopped the loop is the one to tell
            self.loop.run_until_complete(task)
        return None if step.error is None else step.error.__traceback__

    def _carry_context(self) -> None:
        now = contextvars.copy_context()
        before = self._outside
        for variable, value in now.items():
            if before.get(variable, _MISSING) is not value:
                self.context.run(variable.set, value)
        self._outside = now


class _Step:
    __slots__ = ("abandoned", "done", "error", "function", "last", "result")

    def __init__(self, function: Callable[[], Awaitable[Any]], done: asyncio.Future[None], *, last: bool) -> None:
        self.function = function
        self.done = done
        self.last = last
        self.result: Any = None
        self.error: BaseException | None = None
        self.abandoned = False


def make_stage(*, loop: Literal["simulation", "system"], threads: Literal["inline", "held"]) -> Stage:
    """A stage on a new loop."""
    if loop == "system":
        return Stage(asyncio.new_event_loop())
    return Stage(SimulationLoop(threads=threads))
