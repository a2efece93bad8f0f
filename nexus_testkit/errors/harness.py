"""Errors of the harness itself, and the report of what a world left behind."""

from __future__ import annotations

from collections.abc import Sequence

from nexus_testkit.errors.base import NexusTestkitError


class HarnessError(NexusTestkitError):
    """The harness was asked for something that it cannot do."""


class HarnessClosed(HarnessError, RuntimeError):
    """A call on a harness whose world has ended."""

    default_hint = "a fixture or a task kept the harness beyond its test; ask for 'nexus' where it is used"


class UnknownOption(HarnessError, TypeError):
    """An option that no one reads."""


class InvalidFault(HarnessError, ValueError):
    """A fault that could never happen: an unknown target, calls chosen twice, an error that nobody can make."""


class InvalidToken(HarnessError, ValueError):
    """A text that is no replay token of this version of the kit."""

    default_hint = "copy the whole word, from 'nx1:' on, out of the report of the failing test"

    def __init__(self, text: str, problem: str) -> None:
        shown = text if len(text) <= 24 else f"{text[:20]}..."
        super().__init__(f"{shown!r} is no replay token: {problem}")


class SweepRefused(HarnessError):
    """A sweep that cannot be made here, or would try nothing."""


class NeedsSimulation(HarnessError):
    """Virtual time was asked for where time is real."""

    default_hint = "drop loop='system' (or --nexus-loop=system) for this test: only the simulation loop can move time"


class NeedsFake(HarnessError):
    """Something that only a fake can do was asked of a real adapter: a fault, an image of a database."""

    default_hint = "leave this test on the fakes: @pytest.mark.nexus(backend='fake')"


class ServerError(HarnessError):
    """A real server that was asked for cannot be started, or be reached."""


class RecordingError(HarnessError):
    """A file of recorded HTTP exchanges that is missing, malformed or cannot be written; a recording that nobody allowed."""


class LeakError(NexusTestkitError):
    """What a world left behind when it ended.

    Attributes:
        leaks: one text for each thing left behind, the stack of its creation included.
    """

    def __init__(self, leaks: Sequence[str]) -> None:
        super().__init__(f"{len(leaks)} thing(s) left behind by this test")
        self.leaks = tuple(leaks)

    def _message(self) -> str:
        return "\n".join([str(self.args[0]) + ":", *(_indent(leak) for leak in self.leaks)])


class BrokenInvariant(NexusTestkitError, AssertionError):
    """Something that must hold whatever fails, and does not.

    Attributes:
        name: of the invariant.
        reason: what is wrong, in words.
    """

    def __init__(self, name: str, reason: str = "") -> None:
        super().__init__(f"broken invariant: {name}")
        self.name = name
        self.reason = reason

    def _message(self) -> str:
        return "\n".join(filter(None, [f"broken invariant: {self.name}", self.reason]))


class SweepFailed(NexusTestkitError, AssertionError):
    """Some faults of a sweep broke the test.

    Attributes:
        broken: how many did.
        tried: how many there were.
        report: the table, the replay lines and the timeline of the first, line by line.
    """

    def __init__(self, broken: int, tried: int, report: Sequence[str]) -> None:
        super().__init__(f"{broken} of {tried} faults broke the test")
        self.broken = broken
        self.tried = tried
        self.report = tuple(report)

    def _message(self) -> str:
        return "\n".join([str(self.args[0]), *self.report])


def _indent(text: str) -> str:
    first, *rest = text.splitlines() or [""]
    return "\n".join([f"  - {first}", *(f"    {line}" for line in rest)])
