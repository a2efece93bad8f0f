"""The record of one call that crossed a port."""

from __future__ import annotations

from collections.abc import Mapping
from types import CodeType
from typing import Any, NamedTuple

from nexus_testkit.errors.readable import what
from nexus_testkit.journal.origin import line_of
from nexus_testkit.journal.redaction import DEFAULT, Redaction
from nexus_testkit.journal.secrets import shown_arguments, shown_error, shown_result
from nexus_testkit.journal.words import LONGEST

_READS = ("get", "fetch", "read")  # None is an answer there, and says nothing elsewhere


class Origin(NamedTuple):
    """Who called a port.

    Attributes:
        function: the qualified name: of a service `"UserService.create_user"`, class and method.
        filename, line: where the call stands.
    """

    function: str
    filename: str
    line: int

    @property
    def place(self) -> str:
        """`file:line`, without folders."""
        return f"{self.filename.replace(chr(92), '/').rpartition('/')[2]}:{self.line}"


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
        parent: the call during which this one was made: of an adapter that uses another port, or in a task begun there.
        error: what it raised, or None.
    """

    __slots__ = (
        "_code",
        "_fault",
        "_instruction",
        "_result",
        "_whole",
        "arguments",
        "ended_after",
        "ended_at",
        "error",
        "number",
        "operation",
        "options",
        "parent",
        "started_at",
        "task",
    )

    # The journal sets these; what most calls lack is not set at all, since each would pay for a default: _code (and
    # _instruction), _fault, _result, _whole.
    number: int
    operation: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    started_at: float
    ended_at: float | None
    ended_after: int
    task: str | None
    parent: Call | None
    error: BaseException | None
    _code: CodeType
    _result: Any
    _whole: Any
    _instruction: int

    @property
    def result(self) -> Any:
        """What it returned; None while it runs and when it raised."""
        return getattr(self, "_result", None)

    @property
    def fault(self) -> str | None:
        """What a fault or a decision did to this call, and where it was declared; None for an undisturbed call."""
        return getattr(self, "_fault", None)

    def mark(self, fault: str) -> None:
        """Note that a fault touches this call."""
        self._fault = fault

    @property
    def whole(self) -> Any:
        """What the words leave out, for a report: a mail, an HTTP exchange; else None."""
        return getattr(self, "_whole", None)

    @property
    def port(self) -> str:
        """The port's name, such as `"database"`."""
        return self.operation.partition(".")[0]

    @property
    def method(self) -> str:
        """What was done there, such as `"fetch_one"`."""
        return self.operation.partition(".")[2]

    @property
    def origin(self) -> Origin | None:
        """Who called: the nearest function of a service, a plugin or a test; None where only libraries did."""
        code = getattr(self, "_code", None)
        if code is None:
            return None
        return Origin(code.co_qualname, code.co_filename, line_of(code, self._instruction))

    @property
    def pending(self) -> bool:
        """Whether it has not come back."""
        return self.ended_at is None

    def describe(self, redaction: Redaction = DEFAULT, *, longest: int = LONGEST) -> str:
        """The call in one line, without its time; a fault that touched it stands in brackets at the end.

        Secrets and addresses are left out as `redaction` says; a value takes at most `longest` characters.
        """
        line = f"{self.describe_call(redaction, longest=longest)}{self.describe_end(redaction, longest=longest)}"
        return line if self.fault is None else f"{line}  [fault: {redaction.text(self.fault)}]"

    def describe_call(
        self, redaction: Redaction = DEFAULT, *, longest: int = LONGEST, longest_statement: int | None = None
    ) -> str:
        """What was called with what, in one line, whatever came of it; a statement takes at most `longest_statement` characters."""
        given = shown_arguments(self, redaction, longest, longest if longest_statement is None else longest_statement)
        return f"{self.operation}({', '.join(given)})"

    def describe_end(self, redaction: Redaction = DEFAULT, *, longest: int = LONGEST) -> str:
        """What came of it: ` -> result`, ` !! error`, or nothing where there is nothing to say."""
        if self.error is not None:
            said = ": ".join(filter(None, (type(self.error).__name__, _first_line(self.error))))
            return f" !! {shown_error(self, said, redaction)}"
        if self.pending:
            return " ... never came back"
        if self.result is None and not self.method.startswith(_READS):
            return ""
        return f" -> {shown_result(self, redaction, longest)}"

    def __repr__(self) -> str:
        return f"<Call {self.number} {self.describe()}>"


def _first_line(error: BaseException) -> str:
    return (what(error).splitlines() or [""])[0]
