"""What one run of a world did differently from a healthy system under stock asyncio: a sparse plan of changes.

Every run of a world asks the same three questions again and again: which ready task runs next (a *turn*), what
becomes of a call that crosses a port (a *call*), and what random numbers the code draws. A plan names only the answers
that differ from stock, so that it can be read, shrunk, and replayed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, Union

from nexus_testkit.journal.redaction import CURRENT

LATENCIES_S = (0.001, 0.05, 1.0, 12.0, 40.0)
"""What a call may take longer, in virtual seconds: a turn of the network, a slow one, and past the usual time-outs."""

Point: TypeAlias = tuple[str, int]
"""Where a decision falls: `("call", number in the journal)`, `("turn", number of the choice)` or `("random", 0)`."""


@dataclass(frozen=True, slots=True)
class Delay:
    """A call that takes longer.

    Attributes:
        call: its number in the journal.
        seconds: virtual seconds before the adapter is called.
        about: the call in a few words, `"database.execute INSERT users"`.
        reply: whether the adapter is called at once, and its reply comes so much later.
    """

    call: int
    seconds: float
    about: str = field(default="", compare=False)
    reply: bool = False

    @property
    def point(self) -> Point:
        return ("call", self.call)

    def words(self) -> str:
        said = f"delay {_call(self.call, self.about)} by {duration(self.seconds)}"
        return said.replace("delay ", "delay the reply to ", 1) if self.reply else said

    def smaller(self) -> Iterator[Change]:
        """Simpler changes of the same call, the simplest first."""
        if self.reply:
            yield replace(self, reply=False)
        for seconds in LATENCIES_S:
            if seconds >= self.seconds:
                return
            yield replace(self, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that a fault touches.

    Attributes:
        call: its number in the journal.
        kind: the fault's name in the catalogue, such as `"loses_reply"`.
        about: as for a `Delay`.
    """

    call: int
    kind: str
    about: str = field(default="", compare=False)

    @property
    def point(self) -> Point:
        return ("call", self.call)

    def words(self) -> str:
        return f"{_call(self.call, self.about)}: {self.kind}"

    def smaller(self) -> Iterator[Change]:
        """None: one fault is as simple as another."""
        return iter(())


@dataclass(frozen=True, slots=True)
class Turn:
    """Another task runs than the one that waited longest.

    Attributes:
        turn: the number of the choice, counted where more than one task was ready.
        lane: which of the ready ones, 0 being the one that waited longest.
        about: who runs before whom.
    """

    turn: int
    lane: int
    about: str = field(default="", compare=False)

    @property
    def point(self) -> Point:
        return ("turn", self.turn)

    def words(self) -> str:
        return f"choice {self.turn}: {self.about}" if self.about else f"choice {self.turn}: ready task {self.lane}"

    def smaller(self) -> Iterator[Change]:
        """The lanes before this one."""
        for lane in range(1, self.lane):
            yield Turn(self.turn, lane, self.about)


@dataclass(frozen=True, slots=True)
class Seed:
    """Other random numbers than those of the world's own seed.

    Attributes:
        value: the seed of `random`, `uuid`, `secrets` and `os.urandom`.
    """

    value: int

    @property
    def point(self) -> Point:
        return ("random", 0)

    def words(self) -> str:
        return f"random numbers of seed {self.value}"

    def smaller(self) -> Iterator[Change]:
        """The first few seeds."""
        for value in range(1, min(self.value, 4)):
            yield Seed(value)


Change = Union[Delay, Failure, Turn, Seed]  # noqa: UP007  # an alias that names classes before it is needed at run time
_ORDER = {"random": 0, "call": 1, "turn": 2}


class Plan:
    """Changes, at most one for each point, in a fixed order. The empty plan is the stock run."""

    __slots__ = ("changes",)

    def __init__(self, changes: Iterable[Change] = ()) -> None:
        """Keep the changes; of several at one point the last counts."""
        by_point = {change.point: change for change in changes}
        self.changes: tuple[Change, ...] = tuple(
            by_point[point] for point in sorted(by_point, key=lambda point: (_ORDER[point[0]], point[1]))
        )

    def __len__(self) -> int:
        return len(self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plan) and self.changes == other.changes

    def __hash__(self) -> int:
        return hash(self.changes)

    def __repr__(self) -> str:
        return f"<Plan: {'; '.join(self.words()) or 'stock'}>"

    @property
    def points(self) -> set[Point]:
        """Where it differs from stock."""
        return {change.point for change in self.changes}

    def words(self) -> list[str]:
        """One line for each change."""
        return [change.words() for change in self.changes]

    def without(self, dropped: Iterable[Change]) -> Plan:
        """The plan less these changes."""
        gone = {change.point for change in dropped}
        return Plan(change for change in self.changes if change.point not in gone)

    def replaced(self, change: Change) -> Plan:
        """The plan with `change` at its point."""
        return Plan((*self.changes, change))

    def encode(self) -> list[list[Any]]:
        """As JSON values, see `decode`."""
        return [_encode(change) for change in self.changes]

    @classmethod
    def decode(cls, encoded: object) -> Plan:
        """The plan that `encode` gave.

        Raises:
            ValueError: it is none.
        """
        if not isinstance(encoded, list):
            raise ValueError("a plan is a list of changes")  # noqa: TRY004  # as any other malformed plan
        return cls(_decode(entry) for entry in encoded)


def _encode(change: Change) -> list[Any]:
    match change:
        case Delay():
            return ["l" if change.reply else "d", change.call, change.seconds, change.about.partition(" ")[0]]
        case Failure():
            return ["f", change.call, change.kind, change.about.partition(" ")[0]]
        case Turn():
            return ["t", change.turn, change.lane]
        case Seed():
            return ["r", change.value]


def _decode(entry: Any) -> Change:
    match entry:
        case ["d" | "l" as kind, int(call), int(seconds) | float(seconds), str(about)] if (
            call > 0 and 0 < seconds < float("inf")
        ):
            return Delay(call, float(seconds), about, reply=kind == "l")
        case ["f", int(call), str(kind), str(about)] if call > 0:
            return Failure(call, kind, about)
        case ["t", int(turn), int(lane)] if turn > 0 and lane > 0:
            return Turn(turn, lane)
        case ["r", int(value)] if value > 0:
            return Seed(value)
    raise ValueError(f"{entry!r} is no change")


def duration(seconds: float) -> str:
    """A time as people say it: `1 ms`, `50 ms`, `12 s`."""
    return f"{seconds * 1000:g} ms" if seconds < 1 else f"{seconds:g} s"


def _call(number: int, about: str) -> str:
    operation, _, rest = about.partition(" ")
    port, _, method = operation.partition(".")
    if not port:
        return f"call {number}"
    return f"{port} call {number} ({CURRENT.get().text(rest or method)})"
