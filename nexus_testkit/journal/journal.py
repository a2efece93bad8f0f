"""The record of every call that crossed a port."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nexus_testkit.journal.words import PLAIN, frozen, words

_PENDING: Any = object()
_READS = ("get", "fetch", "read")  # None is an answer there, and says nothing elsewhere


class Call:
    """One call that crossed a port.

    Attributes:
        number: its place in the world's order, from 1.
        operation: port and method, such as `"database.fetch_one"`.
        arguments: positional arguments; mutable ones as a copy or as text, so that later changes do not rewrite history.
        options: keyword arguments, likewise.
        started_at, ended_at: virtual seconds since the world began; `ended_at` is None while it runs.
        ended_after: how many calls had begun when it came back: its end lies between the beginnings of that one and the next.
        task: name of the task that called, or None outside tasks.
        error: what it raised, or None.
    """

    __slots__ = (
        "_fault",
        "_result",
        "arguments",
        "ended_after",
        "ended_at",
        "error",
        "number",
        "operation",
        "options",
        "started_at",
        "task",
    )

    ended_after: int

    def __init__(
        self,
        number: int,
        operation: str,
        arguments: tuple[Any, ...],
        options: Mapping[str, Any],
        at: float,
        task: str | None,
    ) -> None:
        """Begin a record; the journal completes it."""
        self.number = number
        self.operation = operation
        self.arguments = arguments
        self.options = options
        self.started_at = at
        self.ended_at: float | None = None
        self.task = task
        self.error: BaseException | None = None
        self._result: Any = _PENDING

    @property
    def result(self) -> Any:
        """What it returned; None while it runs and when it raised."""
        return None if self._result is _PENDING else self._result

    @property
    def fault(self) -> str | None:
        """What a fault did to this call, and where it was declared; None for an undisturbed call."""
        return getattr(self, "_fault", None)  # set on the few that need it: each call would pay for a default

    def mark(self, fault: str) -> None:
        """Note that a fault touches this call."""
        self._fault = fault

    @property
    def port(self) -> str:
        """The port's name, such as `"database"`."""
        return self.operation.partition(".")[0]

    @property
    def pending(self) -> bool:
        """Whether it has not come back."""
        return self._result is _PENDING and self.error is None

    def describe(self) -> str:
        """The call in one line, without its time; a fault that touched it stands in brackets at the end."""
        return self._describe() if self.fault is None else f"{self._describe()}  [fault: {self.fault}]"

    def describe_call(self) -> str:
        """What was called with what, in one line, whatever came of it."""
        given = [words(value) for value in self.arguments]
        given += [f"{name}={words(value)}" for name, value in self.options.items() if value is not None]
        return f"{self.operation}({', '.join(given)})"

    def _describe(self) -> str:
        line = self.describe_call()
        if self.error is not None:
            return f"{line} !! {': '.join(filter(None, (type(self.error).__name__, _first_line(self.error))))}"
        if self.pending:
            return f"{line} ... never came back"
        if self._result is None and not self.operation.partition(".")[2].startswith(_READS):
            return line
        return f"{line} -> {words(self._result)}"

    def __repr__(self) -> str:
        return f"<Call {self.number} {self.describe()}>"


class Journal:
    """The calls of one world, in the order in which they began."""

    __slots__ = ("_now", "_task", "calls")

    def __init__(self, *, now: Callable[[], float], task: Callable[[], str | None]) -> None:
        """Make an empty journal that reads seconds from `now` and the name of the running task from `task`."""
        self.calls: list[Call] = []
        self._now = now
        self._task = task

    def begin(self, operation: str, arguments: tuple[Any, ...], options: Mapping[str, Any]) -> Call:
        """Note that a call begins. `options` is kept, and must not change."""
        for value in arguments:
            if type(value) not in PLAIN:
                arguments = tuple(map(frozen, arguments))
                break
        for value in options.values():
            if type(value) not in PLAIN:
                options = {name: frozen(value) for name, value in options.items()}
                break
        calls = self.calls
        call = Call(len(calls) + 1, operation, arguments, options, self._now(), self._task())
        calls.append(call)
        return call

    def returned(self, call: Call, result: Any) -> None:
        """Note that it returned."""
        call._result = frozen(result)  # noqa: SLF001  # the journal writes its own records
        call.ended_at = self._now()
        call.ended_after = len(self.calls)

    def raised(self, call: Call, error: BaseException) -> None:
        """Note that it raised."""
        call.error = error
        call.ended_at = self._now()
        call.ended_after = len(self.calls)

    def of(self, port: str) -> list[Call]:
        """The calls of one port (`"database"`) or one operation (`"database.execute"`)."""
        return [call for call in self.calls if port in (call.port, call.operation)]

    def __iter__(self) -> Iterator[Call]:
        return iter(self.calls)

    def __len__(self) -> int:
        return len(self.calls)

    def lines(self, *, most: int = 60) -> list[str]:
        """The timeline, one line a call; beyond `most` lines the middle is left out, and a line says how many."""
        width = max((len(call.task or "-") for call in self.calls), default=0)
        lines = [f"{call.started_at:9.3f} s  {call.task or '-':<{width}}  {call.describe()}" for call in self.calls]
        if len(lines) <= most:
            return lines
        head = most // 3
        tail = most - head - 1
        cut = len(lines) - head - tail
        return [*lines[:head], f"          ... {cut} calls left out ...", *lines[-tail:]]


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [""])[0]
