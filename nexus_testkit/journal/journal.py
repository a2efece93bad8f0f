"""What crossed the ports of one world, in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from itertools import count
from sys import _getframe  # the only cheap way to the callers
from types import FrameType
from typing import Any

from nexus_testkit.journal.call import Call
from nexus_testkit.journal.notes import Note, Tasks
from nexus_testkit.journal.origin import KINDS, PASSED, WANTED, kind_of
from nexus_testkit.journal.redaction import CURRENT, Redaction
from nexus_testkit.journal.words import PLAIN, frozen

# The latest call of a task, or of the one that began it: its number, above its journal's base, which no other journal has. Not
# the call itself: with its error and that one's frames it would tie the task into a cycle, to be collected who knows when.
_latest: ContextVar[int] = ContextVar("latest call", default=0)
_bases = count(1 << 40, 1 << 40)


class Journal:
    """The calls of one world, in the order in which they began, and what was noted between them.

    Attributes:
        calls: the calls.
        ends: those that came back, in the order in which they did.
        notes: beginnings and ends of tasks, and log lines.
        tasks: who notes the tasks.
        redaction: what is left out where the journal is put into words.
    """

    __slots__ = ("_base", "_last_task", "_now", "_task", "_whole", "calls", "ends", "notes", "redaction", "tasks")

    def __init__(self, *, now: Callable[[], float], task: Callable[[], Any]) -> None:
        """Make an empty journal that reads seconds from `now` and the running task, or its name, from `task`; see `read_from`."""
        self.calls: list[Call] = []
        self.ends: list[Call] = []
        self.notes: list[Note] = []
        self.tasks = Tasks(self)
        self.redaction: Redaction = CURRENT.get()
        self._base = next(_bases)
        self._now = now
        self._task = task
        self._whole: Any = None
        self._last_task: str | None = None

    def begin(self, operation: str, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> Call:
        """Note that a call begins. `options` is kept, and must not change.

        Every port call pays for what is done here, hence one long function: `bench/journal.py` says how much.
        """
        for value in arguments:
            if type(value) not in PLAIN:
                arguments = tuple(map(frozen, arguments))
                break
        if options:
            for value in options.values():
                if type(value) not in PLAIN:
                    options = {name: frozen(value) for name, value in options.items()}
                    break
        running = self._task()
        task = running if running is None or running.__class__ is str else running.get_name()
        if task is not self._last_task:
            self._last_task = task
            if self.tasks.open:
                self.tasks.look(at_all=False)
        calls = self.calls
        call = Call()
        calls.append(call)
        call.number = len(calls)
        call.operation = operation
        call.arguments = arguments
        call.options = options
        call.started_at = self._now()
        call.task = task
        call.ended_at = call.error = None
        # The call before this one, in this task or in the one that began it: where it has come back, whatever it stood in.
        parent = None
        base = self._base
        before = _latest.get() - base
        if 0 < before < call.number:
            parent = calls[before - 1]
            while parent is not None and parent.ended_at is not None:
                parent = parent.parent
        call.parent = parent
        _latest.set(base + call.number)
        # Whoever called; neither the frame nor its line is kept: the one would keep its variables alive, the other takes long.
        frame: FrameType | None = _getframe(2)
        while frame is not None:
            code = frame.f_code
            filename = code.co_filename
            kind = KINDS[filename] if filename in KINDS else kind_of(filename)
            if kind is not PASSED:
                if kind is WANTED:
                    call._code = code  # noqa: SLF001  # the journal writes its own records
                    call._instruction = frame.f_lasti  # noqa: SLF001  # as above
                break
            frame = frame.f_back
        if self._whole is not None:
            call._whole, self._whole = self._whole, None  # noqa: SLF001  # as above
        return call

    def whole(self, value: Any) -> None:
        """Keep with the next call what its arguments leave out: an object that says it when somebody reads the journal."""
        self._whole = value

    def returned(self, call: Call, result: Any) -> None:
        """Note that it returned."""
        call._result = result if result is None or type(result) in PLAIN else frozen(result)  # noqa: SLF001  # as above
        call.ended_at = self._now()
        call.ended_after = len(self.calls)
        self.ends.append(call)

    def raised(self, call: Call, error: BaseException) -> None:
        """Note that it raised."""
        call.error = error
        call.ended_at = self._now()
        call.ended_after = len(self.calls)
        self.ends.append(call)

    def read_from(self, *, now: Callable[[], float], task: Callable[[], Any]) -> None:
        """Read the time and the running task from elsewhere from now on: a world knows its loop when it opens.

        `task` gives the task itself, its name, or None outside tasks.
        """
        self._now = now
        self._task = task

    def note(
        self, kind: str, *, text: str = "", task: str | None = None, at: float | None = None, **facts: Any
    ) -> None:
        """Note something between the calls, of the running task where none is named."""
        place = (len(self.calls), len(self.ends))
        if task is None:
            running = self._task()
            task = running if running is None or isinstance(running, str) else running.get_name()
        self.notes.append(Note(kind, self._now() if at is None else at, place, task, text, **facts))

    def clear(self) -> None:
        """Forget everything; numbers begin at 1 again."""
        self.calls.clear()
        self.ends.clear()
        self.notes.clear()

    def of(self, port: str) -> list[Call]:
        """The calls of one port (`"database"`) or one operation (`"database.execute"`)."""
        return [call for call in self.calls if port in (call.port, call.operation)]

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)

    def __len__(self) -> int:
        return len(self.calls)

    def lines(self, *, most: int = 60) -> list[str]:
        """The timeline, one line a call, by task; beyond `most` lines some are left out, and lines say how many."""
        from nexus_testkit.journal.lines import timeline  # noqa: PLC0415  # for what fails alone

        return timeline(self, most=most)
