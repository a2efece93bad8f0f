"""What is noted between the calls: tasks that begin and end, and lines of the log."""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors.readable import what

if TYPE_CHECKING:
    from nexus_testkit.journal.journal import Journal


_LONGEST = 200  # characters of an error


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened between calls.

    Attributes:
        kind: `"task begins"`, `"task ends"` or `"log"`.
        at: virtual seconds since the world began.
        place: how many calls had begun and how many had come back: it stands after those.
        task: the task that it is about, or that logged; None outside tasks.
        text: the log line; how a task ended where that was not well: `"cancelled"`, or its error in one line.
        level: of a log line, such as `logging.WARNING`.
        logger: its logger.
    """

    kind: str
    at: float
    place: tuple[int, int]
    task: str | None
    text: str = ""
    level: int = logging.NOTSET
    logger: str = ""


class Tasks:
    """Notes when tasks begin and end, without a hand in their running.

    A done-callback would be one more callback of the loop, and so one more choice for whoever decides what runs next.
    Instead it is asked whether they are done when another task makes a call, and before time moves. So the virtual second is exact.
    The place among the calls of that second is after the task's own; where more than a few tasks are open (`_ASKED`), after all.
    """

    __slots__ = ("_journal", "_unnamed", "open")

    _ASKED = 8

    def __init__(self, journal: Journal) -> None:
        """Note into `journal`."""
        self._journal = journal
        self._unnamed: list[tuple[weakref.ref[asyncio.Task[Any]], int]] = []
        self.open: list[tuple[weakref.ref[asyncio.Task[Any]], str]] = []

    def begins(self, task: asyncio.Task[Any]) -> None:
        """Note a new task."""
        name, reference = task.get_name(), weakref.ref(task)
        self._journal.note("task begins", task=name)
        self.open.append((reference, name))
        self._unnamed.append((reference, len(self._journal.notes) - 1))

    def learn_names(self) -> None:
        """Ask the new tasks for their names: `asyncio.create_task` of Python 3.11 gives a name after it has made the task."""
        unnamed, self._unnamed = self._unnamed, []
        notes = self._journal.notes
        for reference, place in unnamed:
            task = reference()
            if task is not None and place < len(notes):
                notes[place] = replace(notes[place], task=task.get_name())

    def look(self, *, at_all: bool = True, at: float | None = None) -> None:
        """Note the tasks that have ended since, at second `at`; without `at_all` only where few are open."""
        self.learn_names()
        open_now = self.open
        if not at_all and len(open_now) > self._ASKED:
            return
        for reference, _ in open_now:
            task = reference()
            if task is None or task.done():
                break
        else:
            return
        still = []
        for reference, name in open_now:
            task = reference()
            if task is not None and not task.done():
                still.append((reference, name))
            else:
                ending = "" if task is None else _ending(task)
                self._journal.note("task ends", task=name if task is None else task.get_name(), text=ending, at=at)
        self.open = still


def _ending(task: asyncio.Task[Any]) -> str:
    if task.cancelled():
        return "cancelled"
    # Not task.exception(), which would mark it as seen: asyncio, and the world's end, tell of errors nobody looked at.
    error = task._exception  # noqa: SLF001  # as above
    if error is None:
        return ""
    said = what(error).partition("\n")[0][:_LONGEST]
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


class LogLines(logging.Handler):
    """Puts what is logged while a world runs into its journal; it changes neither levels nor what other handlers do."""

    def __init__(self, journal: Journal, *, here: Callable[[], bool]) -> None:
        """Note into `journal` what is logged where `here` is true: in the world's loop, and outside any."""
        super().__init__()
        self._journal = journal
        self._here = here

    def emit(self, record: logging.LogRecord) -> None:
        """Note one line."""
        if not self._here():
            return
        try:
            text = record.getMessage()
        except Exception:  # noqa: BLE001  # a log line with wrong arguments must not fail who logs
            text = str(record.msg)
        if record.exc_info and record.exc_info[1] is not None:
            text = f"{text} ({type(record.exc_info[1]).__name__}: {what(record.exc_info[1])})"
        self._journal.note("log", text=text, level=record.levelno, logger=record.name)
