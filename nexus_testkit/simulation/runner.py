"""Run one world from its beginning to its end, and leave nothing behind."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from nexus_testkit.errors import SimulationError
from nexus_testkit.simulation.loop import SimulationLoop
from nexus_testkit.simulation.report import describe

T = TypeVar("T")

_LONGEST_ENDING = 10_000
"""How often time may move while leftovers of a world are cancelled."""


def run(main: Coroutine[Any, Any, T] | Callable[[], Coroutine[Any, Any, T]], **options: Any) -> T:
    """Run `main`, a coroutine or a function that gives one, in a fresh world; returns its result.

    `options` are those of `SimulationLoop`. The world is torn down inside itself: leftover tasks are cancelled,
    connections and asynchronous generators closed, and Python's garbage collector is off until the end, so
    that no finalizer of this world runs in the next one.

    Raises:
        SimulationError: a leftover task ignores its cancellation.
        Deadlock, StepLimitExceeded, TimeLimitExceeded: see `SimulationLoop`.
    """
    __tracebackhide__ = True
    loop = SimulationLoop(**options)
    with uncollected():
        try:
            result = loop.run_until_complete(main if isinstance(main, Coroutine) else main())
        except BaseException as error:
            try:
                tear_down(loop)
            except Exception as also:  # noqa: BLE001  # why the world failed is the news; this one is told beside it
                error.add_note(f"and while the world was torn down: {type(also).__name__}: {also}")
            raise
        else:
            tear_down(loop)
            return result
        finally:
            loop.close()


class uncollected:  # noqa: N801  # reads like a function where it is used
    """A block in which Python's garbage collector does not run by itself."""

    __slots__ = ("_collecting",)

    def __enter__(self) -> None:
        self._collecting = gc.isenabled()
        gc.disable()

    def __exit__(self, *exception: object) -> None:
        if self._collecting:
            gc.enable()


def tear_down(loop: SimulationLoop) -> None:
    """End what is left in the world of `loop`, on the loop itself, in stock order. Safe twice.

    Raises:
        SimulationError: a task ignores its cancellation.
    """
    if loop.is_closed() or not _has_leftovers(loop):
        return
    loop.decider = None
    moves = 0

    def limit() -> None:
        nonlocal moves
        moves += 1
        if moves > _LONGEST_ENDING:
            raise SimulationError(
                "\n".join(
                    ["the world does not end; these tasks ignore cancellation:", *map(describe, _leftover(loop))]
                ),
                hint="let asyncio.CancelledError through, or end the loop that catches it",
            )

    loop.add_jump_listener(limit)
    try:
        _cancel(loop)
        if loop.has_open_network():
            loop.network.abort()
            loop.run_until_complete(loop.settle())
        # Each of these costs a run of the loop, 15 µs, to find out that there is nothing to shut down.
        if _has_generators(loop):
            loop.run_until_complete(loop.shutdown_asyncgens())
        if _has_executor(loop):
            loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        loop.remove_jump_listener(limit)


def _has_leftovers(loop: SimulationLoop) -> bool:
    return bool(loop.unfinished_tasks()) or loop.has_open_network() or _has_generators(loop) or _has_executor(loop)


def _has_generators(loop: SimulationLoop) -> bool:
    return bool(loop._asyncgens)  # type: ignore[attr-defined]  # noqa: SLF001  # asyncio's own


def _has_executor(loop: SimulationLoop) -> bool:
    return loop._default_executor is not None  # noqa: SLF001  # asyncio's own


def _cancel(loop: SimulationLoop) -> None:
    leftover = _leftover(loop)
    if not leftover:
        return
    for task in leftover[:]:
        try:
            task.cancel()
        except RecursionError:
            # Each of these awaits the next, in a circle, and asyncio cancels each by cancelling the next one.
            leftover.remove(task)
            task.get_coro().close()
            task._log_destroy_pending = False  # type: ignore[attr-defined]  # noqa: SLF001  # asyncio's own, for such ends
    loop.run_until_complete(asyncio.gather(*leftover, return_exceptions=True))
    for task in leftover:
        if not task.cancelled() and (error := task.exception()) is not None:
            loop.call_exception_handler(
                {"message": "unhandled exception while a world was torn down", "exception": error, "task": task}
            )


def _leftover(loop: SimulationLoop) -> list[asyncio.Task[Any]]:
    return loop.unfinished_tasks()
