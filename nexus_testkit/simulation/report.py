"""What a task waits for, in words."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, GeneratorType
from typing import Any

from nexus_testkit.errors.stack import Stack
from nexus_testkit.simulation.tasks import task_number


def blocked_tasks(loop: asyncio.AbstractEventLoop) -> list[str]:
    """One line for each unfinished task of `loop`, by creation: its name, its coroutine, and where it waits."""
    return [describe(task) for task in sorted(asyncio.all_tasks(loop), key=task_number)]


def describe(task: asyncio.Task[Any]) -> str:
    """The task's name, its coroutine, and the innermost line of the user's code in which it waits."""
    coroutine = task.get_coro()
    name = getattr(coroutine, "__qualname__", type(coroutine).__qualname__)
    frames = list(_frames(coroutine))
    if not frames:
        return f"{task.get_name()} ({name}) has not begun"
    frames.reverse()
    return f"{task.get_name()} ({name}) waits at {Stack.of(frames).lines(most=1)[0]}"


def _frames(awaitable: Any) -> Iterator[tuple[CodeType, int]]:
    """The suspended frames below `awaitable`, outermost first."""
    while awaitable is not None:
        frame: FrameType | None = None
        if isinstance(awaitable, CoroutineType):
            frame, below = awaitable.cr_frame, awaitable.cr_await
        elif isinstance(awaitable, AsyncGeneratorType):
            frame, below = awaitable.ag_frame, awaitable.ag_await
        elif isinstance(awaitable, GeneratorType):
            frame, below = awaitable.gi_frame, awaitable.gi_yieldfrom
        else:
            below = _inside(awaitable)
        if frame is not None and below is None and frame.f_lasti < 0:
            return
        if frame is not None:
            yield frame.f_code, frame.f_lineno
        awaitable = below


def _inside(awaitable: Any) -> Any:
    """The coroutine or generator that a wrapper in C holds (`anext()`, `asend()`, `coroutine.__await__()`), or None."""
    if isinstance(awaitable, asyncio.Future):
        return None
    # These wrappers have no attribute that leads inside; the collector knows what they refer to.
    for referent in gc.get_referents(awaitable):
        if isinstance(referent, (CoroutineType, AsyncGeneratorType, GeneratorType)):
            return referent
    return None
