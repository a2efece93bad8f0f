"""Start in dependency order, unwind what a failed start had started, stop in exact reverse.

One call that wants services started is one `Start`. It holds everything below what it asks for while it is
under way, and marks it as kept when it succeeds. What a failed or cancelled start lets go, and nobody else
holds, is unwound: starts in flight are cancelled, started services are stopped in reverse. So callers that
share a service share its one start, and none of them can take it away from another.

Each `initialize()` runs in a task of its own, because the caller that happened to ask first may be cancelled
while others still wait. Unwinding and stopping run in a task too: cancelling their caller does not interrupt
them, and CancelledError goes on when they are done.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from nexus_testkit.container.managed import Managed, ServiceState, Start
from nexus_testkit.errors import CyclicDependency, LifecycleError
from nexus_testkit.errors.container import draw_path


class Lifecycle:
    """The running of what one container has built."""

    __slots__ = ("_changed", "_cleaning", "order", "starts")

    def __init__(self) -> None:
        self.order: dict[Managed, None] = {}
        self.starts: dict[Start, None] = {}
        self._changed: list[asyncio.Future[None]] = []
        self._cleaning: dict[asyncio.Task[Any] | None, Managed] = {}

    async def start(self, roots: Sequence[Managed]) -> None:
        """Start `roots` and everything below them.

        Raises:
            CyclicDependency: asked for in the `initialize()` of something below.
            BaseException: what an `initialize()` raised; problems of the unwinding are notes on it.
        """
        if all(root.state is ServiceState.STARTED and root.kept for root in roots):
            return
        start = Start(roots, _needed(roots), self._initiator())
        self._refuse_circle(start)
        self.starts[start] = None
        for each in start.needed:
            each.holders[start] = None
        self.wake()
        for each in start.needed:
            self._advance(each)
        if start.pending == 0 and start in self.starts:
            self._succeed(start)
        try:
            await start.done
        except asyncio.CancelledError:
            self.abort(start, None)
            await self._finish(self._unwind(start))
            self._report(start.problems)
            raise
        except GeneratorExit:  # the caller's coroutine was thrown away: nothing can be awaited here any more
            self.abort(start, None)
            self.starts.pop(start, None)
            raise
        if start.error is not None:
            cancelled = await self._finish(self._unwind(start))
            for doing, problem in start.problems:
                start.error.add_note(f"while {doing}: {_in_words(problem)}")
            if cancelled is not None:
                raise cancelled from start.error
            raise start.error

    def abort(self, start: Start, error: BaseException | None) -> None:
        """Let go of everything a start holds and cancel what nobody else wants; its caller unwinds the rest."""
        if start.released or start not in self.starts:
            return
        start.released = True
        start.error = error
        for each in start.needed:
            each.holders.pop(start, None)
            if not each.holders and not each.kept:
                start.freed.append(each)
                if each.task is not None and each.cancelled_by is None:
                    each.cancelled_by = start
                    if self._cleaning.get(each.task) is not each:  # a clean-up after a failure runs to its end
                        each.task.cancel()
        if not start.done.done():
            start.done.set_result(None)

    async def stop(self, owners: Callable[[Managed], bool], error: Callable[[], BaseException]) -> list[Exception]:
        """Stop what `owners` selects, in reverse of the order of start; what failed comes back.

        Starts under way that need any of it end with an `error()`, and are unwound first.
        """
        under_way = [start for start in self.starts if any(owners(each) for each in start.needed)]
        if not under_way and not any(owners(each) for each in self.order):
            return []
        self.refuse_own_end(owners)
        problems: list[tuple[str, BaseException]] = []

        async def run() -> None:
            for start in under_way:
                self.abort(start, error())
            await self.until(lambda: not any(start in self.starts for start in under_way))
            for each in [each for each in reversed(self.order) if owners(each)]:
                problems.extend((f"stopping {each.name}", problem) for problem in await self._stop(each))

        cancelled = await self._finish(run())
        if cancelled is not None:
            self._report(problems)
            raise cancelled
        return [problem for _, problem in problems if isinstance(problem, Exception)]

    def refuse_own_end(self, owners: Callable[[Managed], bool]) -> None:
        """Refuse a stop that would wait for the very `initialize()` or `cleanup()` that called it.

        Raises:
            LifecycleError: it would.
        """
        current = asyncio.current_task()
        under_way = (start for start in self.starts if any(owners(each) for each in start.needed))
        starting = any(each.task is current for start in under_way for each in start.needed)
        cleaning = self._cleaning.get(current)
        if starting or (cleaning is not None and owners(cleaning)):
            raise LifecycleError(
                "stop was called from inside a service's own initialize() or cleanup(), which it would wait for",
                hint="let whoever made the container or the scope end it",
            )

    def _initiator(self) -> Managed | None:
        if not self.starts:
            return None
        current = asyncio.current_task()
        return next((each for start in self.starts for each in start.needed if each.task is current), None)

    def _refuse_circle(self, start: Start) -> None:
        """A service that waits in its `initialize()` for something that waits for it would wait for ever."""
        waiting = [start.initiator] if start.initiator is not None else []
        for each in waiting:
            if each in start.needed:
                path = start.path_to(each)
                raise CyclicDependency(
                    f"{waiting[0].name}.initialize() waits for a service that waits for {each.name}",
                    path=[*(link.key for link in reversed(waiting)), *path],
                    hint="declare it with inject() or dependencies=, or ask for it after the start",
                )
            waiting += [
                holder.initiator
                for holder in each.holders
                if holder.initiator is not None and holder.initiator not in waiting
            ]

    def _advance(self, each: Managed) -> None:
        """Begin the start of what is wanted and whose dependencies are all started."""
        ready = each.state in (ServiceState.BUILT, ServiceState.STOPPED, ServiceState.FAILED)
        if not ready or not each.holders:
            return
        if any(below.state is not ServiceState.STARTED for below in each.dependencies):
            return
        if each.initialize is None:
            self._started(each)
            return
        each.state = ServiceState.STARTING
        each.task = asyncio.get_running_loop().create_task(self._initialize(each), name=f"start {each.name}")
        each.task.add_done_callback(lambda task: self._never_ran(each, task))

    def _never_ran(self, each: Managed, task: asyncio.Task[None]) -> None:
        """A task that is cancelled before its first step does not run at all."""
        if each.task is task:
            self._failed(each, asyncio.CancelledError(), [], cancelled=True)

    async def _initialize(self, each: Managed) -> None:
        try:
            await _call(each.initialize, each.instance)
        except BaseException as error:  # noqa: BLE001  # it is handed to everyone who waits, who raise it
            task = asyncio.current_task()
            cancelled = task is not None and task.cancelling() > 0
            self._failed(each, error, await self._clean_up(each), cancelled=cancelled)
        else:
            each.task = None
            each.cancelled_by = None
            self._started(each)

    def _started(self, each: Managed) -> None:
        each.state = ServiceState.STARTED
        self.order[each] = None
        for start in list(each.holders):
            start.pending -= 1
            if start.pending == 0:
                self._succeed(start)
        for above in list(each.dependents):
            self._advance(above)
        self.wake()

    def _succeed(self, start: Start) -> None:
        del self.starts[start]
        for each in start.needed:
            each.kept = True
            each.holders.pop(start, None)
        if not start.done.done():  # the caller may have been cancelled in this very step: then it stays started
            start.done.set_result(None)

    def _failed(self, each: Managed, error: BaseException, problems: list[BaseException], *, cancelled: bool) -> None:
        canceller, each.cancelled_by, each.task = each.cancelled_by, None, None
        noted = [(f"cleaning up {each.name}, whose start failed", problem) for problem in problems]
        if canceller is not None:
            # Cancelled by ourselves. Whoever has asked for it since then gets a start of its own.
            each.state = ServiceState.STOPPED
            canceller.problems += noted
            if not isinstance(error, asyncio.CancelledError):
                canceller.problems.append((f"cancelling the start of {each.name}", error))
            self._advance(each)
        else:
            each.state = ServiceState.FAILED
            if isinstance(error, asyncio.CancelledError) and not cancelled:
                error = _leaked_cancellation(each, "initialize", error)
            holders = list(each.holders)
            for start in holders[:1]:
                error.add_note(f"while starting {draw_path(start.path_to(each))}")
                start.problems += noted
            for start in holders:
                self.abort(start, error)
        self.wake()

    async def _unwind(self, start: Start) -> None:
        await self.until(lambda: all(each.cancelled_by is not start for each in start.freed))
        freed = set(start.freed)
        for each in [each for each in reversed(self.order) if each in freed]:
            for problem in await self._stop(each, unless_wanted=True):
                start.problems.append((f"unwinding {each.name}", problem))
        self.starts.pop(start, None)
        self.wake()

    async def _stop(self, each: Managed, *, unless_wanted: bool = False) -> list[BaseException]:
        def wanted() -> bool:
            return unless_wanted and bool(each.kept or each.holders)

        active = (ServiceState.STARTING, ServiceState.STARTED, ServiceState.STOPPING)
        await self.until(lambda: wanted() or not any(above.state in active for above in each.dependents))
        if wanted() or each.state is not ServiceState.STARTED:
            return []
        each.state = ServiceState.STOPPING
        problems = await self._clean_up(each)
        each.state = ServiceState.STOPPED
        each.kept = False
        self.order.pop(each, None)
        self._advance(each)
        self.wake()
        return problems

    async def _clean_up(self, each: Managed) -> list[BaseException]:
        """Call `cleanup()`. A failure comes back as a list, so that nothing else is kept from being stopped."""
        if each.cleanup is None:
            return []
        task = asyncio.current_task()
        self._cleaning[task] = each
        try:
            await _call(each.cleanup, each.instance)
        except (KeyboardInterrupt, SystemExit):
            raise
        except asyncio.CancelledError as error:
            return [_leaked_cancellation(each, "cleanup", error)]
        except Exception as error:  # noqa: BLE001  # collected
            return [error]
        except BaseException as error:  # noqa: BLE001  # pytest.fail() and its like: the others must still be stopped
            wrapped = LifecycleError(f"{each.name}.cleanup() raised {_in_words(error)}")
            wrapped.__cause__ = error
            return [wrapped]
        finally:
            del self._cleaning[task]
        return []

    async def _finish(self, work: Coroutine[Any, Any, None]) -> asyncio.CancelledError | None:
        """Run `work` to its end whatever happens to the caller; a cancellation that came meanwhile is returned."""
        task = asyncio.get_running_loop().create_task(work, name="stop services")
        cancelled: asyncio.CancelledError | None = None
        while not task.done():
            try:
                await asyncio.wait([task])
            except asyncio.CancelledError as error:
                cancelled = error
        if not task.cancelled():
            task.result()
        return cancelled

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for `condition`, which is looked at whenever something was started, stopped or has failed."""
        while not condition():
            changed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._changed.append(changed)
            await changed

    def wake(self) -> None:
        """Let everyone who waits in `until` look again."""
        changed, self._changed = self._changed, []
        for each in changed:
            if not each.done():
                each.set_result(None)

    def _report(self, problems: list[tuple[str, BaseException]]) -> None:
        """Problems that no exception can carry: a CancelledError loses its notes on the way through a task."""
        for doing, problem in problems:
            context = {"message": f"while {doing} after a cancellation", "exception": problem}
            asyncio.get_running_loop().call_exception_handler(context)


def _needed(roots: Sequence[Managed]) -> list[Managed]:
    """The roots and everything below them, dependencies first."""
    found: dict[Managed, None] = {}

    def visit(each: Managed) -> None:
        if each not in found:
            for below in each.dependencies:
                visit(below)
            found[each] = None

    for root in roots:
        visit(root)
    return list(found)


async def _call(method: Callable[[Any], Any] | None, instance: object) -> None:
    result = method(instance) if method is not None else None
    if inspect.isawaitable(result):
        await result


def _leaked_cancellation(each: Managed, method: str, error: BaseException) -> LifecycleError:
    leaked = LifecycleError(
        f"{each.name}.{method}() let a CancelledError out, and nobody had cancelled it",
        hint="it awaited a task that was cancelled: with contextlib.suppress(asyncio.CancelledError): await task",
    )
    leaked.__cause__ = error
    return leaked


def _in_words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
