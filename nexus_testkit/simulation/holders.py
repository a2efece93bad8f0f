"""Who holds a lock, and who waits for whom in a circle.

asyncio's locks do not know who holds them. Python does: a frame that is inside `async with lock` has the lock's
`__aexit__` on its stack, and the garbage collector can list what a coroutine refers to.

Limits: nothing is known of a lock that was taken by `await lock.acquire()`.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
from asyncio import locks
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from types import AsyncGeneratorType, FunctionType, MethodType
from typing import Any

from nexus_testkit.simulation.suspended import suspended
from nexus_testkit.simulation.tasks import task_label
from nexus_testkit.simulation.waits import Wait

Task = asyncio.Task[Any]
Waits = Mapping[Task, Wait | None]


def holders(lock: locks.Lock | locks.Semaphore, waits: Waits) -> list[Task]:
    """Those of the tasks in `waits` that are inside `async with lock`, by creation."""
    return [task for task, wait in waits.items() if _holds(task, wait, lock)]


def _holds(task: Task, wait: Wait | None, lock: locks.Lock | locks.Semaphore) -> bool:
    entered = 0
    for each in suspended(task.get_coro()):
        if isinstance(waiting := each.frame.f_locals.get("self"), locks.Condition) and waiting._lock is lock:  # type: ignore[attr-defined]  # noqa: SLF001
            # Condition.wait() has let go of it, and takes it back at its end.
            entered -= each.frame.f_code is locks.Condition.wait.__code__
        entered += sum(lock is held for held in _inside(each.owner))
    asked = wait is not None and wait.by_with and wait.lock is lock
    return entered - asked > 0


def _inside(owner: object) -> Iterator[object]:
    """The locks whose `async with` blocks the coroutine or generator `owner` is in, or about to enter."""
    for referent, following in pairwise([*gc.get_referents(owner), None]):
        if isinstance(referent, MethodType):
            if referent.__name__ == "__aexit__":
                yield from _held_by(referent.__self__)
        elif isinstance(referent, FunctionType) and referent is getattr(type(following), "__aexit__", None):
            # Python 3.14 does not bind them: the function lies on the stack, and what it belongs to behind it.
            yield from _held_by(following)


def _held_by(manager: object) -> Iterator[object]:
    if isinstance(manager, (locks.Lock, locks.Semaphore)):
        yield manager
    elif isinstance(manager, locks.Condition):
        yield manager._lock  # type: ignore[attr-defined]  # noqa: SLF001  # the public name is that of its methods
    elif isinstance(manager, contextlib.AsyncExitStack):
        for _, leave in manager._exit_callbacks:  # type: ignore[attr-defined]  # noqa: SLF001  # what it will leave
            if isinstance(leave, MethodType):
                yield from _held_by(leave.__self__)
    elif isinstance(generator := getattr(manager, "gen", None), AsyncGeneratorType):  # @asynccontextmanager
        yield from _inside(generator)


def in_words(wait: Wait, waits: Waits) -> str:
    """`wait`, with the tasks that hold the lock."""
    if wait.lock is None:
        return wait.words
    names = ", ".join(map(task_label, holders(wait.lock, waits)))
    return f"{wait.words}, held by {names}" if names else wait.words


def circle(waits: Waits) -> list[Task]:
    """The first tasks that wait for one another in a circle, each for the next one and the last for the first; or none."""
    waiting_for = {task: _needed(wait, waits) for task, wait in waits.items()}
    for start in waits:
        found = _path_back(start, waiting_for)
        if found:
            return found
    return []


def _needed(wait: Wait | None, waits: Waits) -> Sequence[Task]:
    if wait is None:
        return ()
    if wait.lock is None:
        return wait.tasks
    held_by = holders(wait.lock, waits)
    # A semaphore with several holders needs one of them only.
    return held_by if isinstance(wait.lock, locks.Lock) or len(held_by) == 1 else ()


def _path_back(start: Task, waiting_for: Mapping[Task, Sequence[Task]]) -> list[Task]:
    """The shortest way from `start` back to it."""
    ways = [[start]]
    seen: set[Task] = set()
    while ways:
        way = ways.pop(0)
        for task in waiting_for.get(way[-1], ()):
            if task is start:
                return way
            if task not in seen:
                seen.add(task)
                ways.append([*way, task])
    return []
