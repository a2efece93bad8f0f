"""Tasks and futures whose place in a set does not depend on memory addresses.

`asyncio.TaskGroup` and `asyncio.wait` keep tasks in sets and walk them, to cancel them for instance. With
Python's default hash, the address, that order differs from run to run; with these it follows creation.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING, Any, TypeVar

from nexus_testkit.errors.stack import Stack

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop

T = TypeVar("T")


class SimulationTask(asyncio.Task[T]):
    """A task that hashes by its number in its loop, is named after it, and knows who made it.

    Attributes:
        created_at: the callers at its creation, for the report of tasks that are left at the end of a world.
    """

    __slots__ = ("_number", "created_at")

    def __init__(self, coro: Any, *, loop: SimulationLoop, name: str | None = None, **options: Any) -> None:
        """Schedule `coro` on `loop`; `options` are those of `asyncio.Task` in this Python (context, eager_start)."""
        # Before super().__init__, which puts the task into a set of all tasks.
        self._number = number = loop.next_task_number()
        # A few frames: what lies further out is the loop and the test runner.
        self.created_at = Stack(skip=2, deepest=8)
        super().__init__(coro, loop=loop, name=f"Task-{number}" if name is None else name, **options)
        loop.note_task(self)

    @property
    def number(self) -> int:
        """The task's number in its loop, from 1."""
        return self._number

    def __hash__(self) -> int:
        return self._number

    # Defining __hash__ alone would be enough for Python; a class that has one without the other puzzles readers.
    __eq__ = object.__eq__


class NumberedFuture(asyncio.Future[T]):
    """A future that hashes by its number in its loop."""

    __slots__ = ("_number",)

    def __init__(self, *, loop: SimulationLoop) -> None:
        """Make a pending future of `loop`."""
        self._number = loop.next_future_number()
        super().__init__(loop=loop)

    def __hash__(self) -> int:
        return self._number

    __eq__ = object.__eq__


def task_number(task: asyncio.Task[Any]) -> int:
    """A key that sorts tasks by creation; tasks that a foreign factory made come last."""
    return task.number if isinstance(task, SimulationTask) else sys.maxsize


def task_label(task: asyncio.Task[Any]) -> str:
    """The task's name and its coroutine's: `Task-2 (poll)`."""
    coroutine = task.get_coro()
    return f"{task.get_name()} ({getattr(coroutine, '__qualname__', type(coroutine).__qualname__)})"
