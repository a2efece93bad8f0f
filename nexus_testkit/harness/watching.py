"""What a journal reads of its world's loop: the time, the running task, the tasks that begin and end, the log."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from nexus_testkit.journal import Journal
from nexus_testkit.journal.notes import LogLines
from nexus_testkit.simulation import SimulationLoop


def running_task() -> asyncio.Task[Any] | None:
    """The task that runs in this thread, or None."""
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None


def _current(loop: asyncio.AbstractEventLoop) -> Callable[[], asyncio.Task[Any] | None]:
    """What gives the running task of a loop; below 3.12 asyncio's own function takes as long as half of the journal."""
    if sys.version_info >= (3, 12):
        return partial(asyncio.current_task, loop)
    tasks: dict[Any, Any] = asyncio.tasks._current_tasks  # type: ignore[attr-defined, unused-ignore]  # noqa: SLF001  # what that function reads
    return partial(tasks.get, loop)


class Watching:
    """Follows one loop for a journal until `end`."""

    def __init__(self, journal: Journal, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to follow."""
        self._journal = journal
        self._loop = loop
        self._lines: LogLines | None = None
        self._listener_before: Any = None
        self._began_at = began_at = loop.time()
        self._moved_at = 0.0
        time = loop.time
        # Twice for each call: what a loop's own function adds to reading its clock would count.
        now = (lambda: loop._now - began_at) if isinstance(loop, SimulationLoop) else (lambda: time() - began_at)  # noqa: SLF001  # see above
        journal.read_from(now=now, task=_current(loop))
        if isinstance(loop, SimulationLoop):
            self._listener_before = loop.task_listener
            loop.task_listener = journal.tasks.begins
            loop.add_jump_listener(self._time_has_moved)
        # Only where somebody has configured the log: a first handler would keep logging.basicConfig() from doing so later.
        if logging.root.handlers:
            self._lines = LogLines(journal, here=self._is_here)
            logging.root.addHandler(self._lines)

    def _is_here(self) -> bool:
        return asyncio._get_running_loop() in {None, self._loop}  # noqa: SLF001  # the public function raises

    def _time_has_moved(self) -> None:
        # What has ended did so before: a loop tells when time has moved, and it moves where nothing else can run.
        if self._journal.tasks.open:
            self._journal.tasks.look(at=self._moved_at)
        self._moved_at = self._loop.time() - self._began_at

    def end(self) -> None:
        """Stop following; the time stands still from now on."""
        loop, journal = self._loop, self._journal
        journal.tasks.look(at=loop.time() - self._began_at)
        ended_at = loop.time() - self._began_at
        journal.read_from(now=lambda: ended_at, task=running_task)
        if isinstance(loop, SimulationLoop):
            loop.task_listener = self._listener_before
            loop.remove_jump_listener(self._time_has_moved)
        if self._lines is not None:
            logging.root.removeHandler(self._lines)
            self._lines.close()


def watch(journal: Journal, loop: asyncio.AbstractEventLoop) -> Watching:
    """Let a journal follow a loop, from which its world begins to count the time."""
    return Watching(journal, loop)
