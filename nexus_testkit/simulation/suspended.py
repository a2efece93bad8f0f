"""The frames in which a task stands still."""

from __future__ import annotations

import asyncio
import gc
import inspect
from collections.abc import Iterator
from types import AsyncGeneratorType, CodeType, CoroutineType, FrameType, GeneratorType
from typing import Any, NamedTuple

from nexus_testkit.errors.stack import Stack


class Suspended(NamedTuple):
    """One frame of a task that waits.

    Attributes:
        frame: the frame.
        owner: the coroutine or generator whose frame it is.
    """

    frame: FrameType
    owner: object


def suspended(awaitable: Any) -> Iterator[Suspended]:
    """The suspended frames below `awaitable`, outermost first; none where it has not begun or has ended."""
    while awaitable is not None:
        frame: FrameType | None = None
        if isinstance(awaitable, CoroutineType):
            if inspect.getcoroutinestate(awaitable) == inspect.CORO_CREATED:
                return
            frame, below = awaitable.cr_frame, awaitable.cr_await
        elif isinstance(awaitable, AsyncGeneratorType):
            frame, below = awaitable.ag_frame, awaitable.ag_await
        elif isinstance(awaitable, GeneratorType):
            frame, below = awaitable.gi_frame, awaitable.gi_yieldfrom
        else:
            below = _inside(awaitable)
        if frame is not None:
            yield Suspended(frame, awaitable)
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


Places = tuple[tuple[CodeType, int], ...]
"""Code and line of each suspended frame, innermost first: cheap to take, and put into words by `place`."""


def places(task: asyncio.Task[Any]) -> Places:
    """Where `task` stands; empty where it has not begun or has ended."""
    return tuple((each.frame.f_code, each.frame.f_lineno) for each in suspended(task.get_coro()))[::-1]


def place(found: Places) -> str:
    """The innermost line of the user's code."""
    return Stack.of(list(found)).lines(most=1)[0]
