"""What tasks wait for, in words."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from nexus_testkit.errors import Deadlock
from nexus_testkit.simulation.holders import Waits, circle, in_words
from nexus_testkit.simulation.suspended import place, places
from nexus_testkit.simulation.tasks import task_label, task_number
from nexus_testkit.simulation.waits import wait_of

_ORDER = "tasks that take several locks take them in one order, everywhere"
_HELD = "a task must not wait, with a lock held, for a task that needs that lock"
_ITSELF = "asyncio.Lock cannot be taken twice by one task; split the function that is called with the lock held"


def describe(task: asyncio.Task[Any]) -> str:
    """The task's name, its coroutine, what it waits for as far as that can be known, and its innermost line in the user's code."""
    return _line(task, {task: wait_of(task)})


def blocked_tasks(loop: asyncio.AbstractEventLoop) -> list[str]:
    """`describe` for each unfinished task of `loop`, by creation, with the tasks that hold the locks."""
    waits = _waits(loop)
    return [_line(task, waits) for task in waits]


def deadlock(loop: asyncio.AbstractEventLoop, *, reason: str = "nothing can make progress") -> Deadlock:
    """The error that says who waits where, and for whom."""
    waits = _waits(loop)
    blocked = [_line(task, waits) for task in waits]
    found = circle(waits)
    at = sorted({place(lines) for task in found or waits if (lines := places(task))})
    if not found:
        return Deadlock(blocked, reason=reason, places=at)
    return Deadlock(blocked, reason=reason, circle=_circle_in_words(found, waits), places=at, hint=_hint(found, waits))


def _hint(found: Sequence[asyncio.Task[Any]], waits: Waits) -> str | None:
    locks = [task for task in found if (wait := waits[task]) is not None and wait.lock is not None]
    if not locks:
        return None
    if len(found) == 1:
        return _ITSELF
    return _ORDER if len(locks) > 1 else _HELD


def _waits(loop: asyncio.AbstractEventLoop) -> Waits:
    return {task: wait_of(task) for task in sorted(asyncio.all_tasks(loop), key=task_number)}


def _line(task: asyncio.Task[Any], waits: Waits) -> str:
    found = places(task)
    if not found:
        return f"{task_label(task)} has not begun"
    wait = waits[task]
    if wait is None:
        return f"{task_label(task)} waits at {place(found)}"
    return f"{task_label(task)} waits for {in_words(wait, waits)}, at {place(found)}"


def _circle_in_words(found: Sequence[asyncio.Task[Any]], waits: Waits) -> str:
    links = []
    for task, following in zip(found, [*found[1:], found[0]], strict=True):
        wait = waits[task]
        following_label = "itself" if following is task else task_label(following)
        held = f"{wait.words}, held by " if wait is not None and wait.lock is not None else ""
        links.append(f"waits for {held}{following_label}")
    return f"{task_label(found[0])} {', which '.join(links)}"
