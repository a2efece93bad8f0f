"""The decider of one run: it hands each question to the run's source, and writes down every answer that is not stock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.exploration.about import about
from nexus_testkit.exploration.changes import Change, Delay, Failure, Plan, Seed, Turn, duration
from nexus_testkit.exploration.sources import Latency, Source
from nexus_testkit.journal import Crossing, Disturbance
from nexus_testkit.simulation import SimulationLoop

if TYPE_CHECKING:
    from nexus_testkit.faults import Faults
    from nexus_testkit.faults.catalogue import Kind
    from nexus_testkit.harness import Harness

Kinds = Callable[[Crossing], "Sequence[Kind]"]
"""The kinds of faults that a call may have."""


class Deciding:
    """Decides for one world, at its loop and at its seam.

    Attributes:
        source: gives the answers.
        kinds: the faults that the source may choose from for a call, or None.
        calm: whether faults are over: before the body begins, and after it.
        quiet: whether calls are left alone altogether, as from `nexus.faults.calm()` on.
        turns: how often more than one task was ready, where the source reorders or turns are counted.
        chances: how many calls could have had a fault.
        faults: how often each kind of fault was drawn.
        elapsed_s: virtual seconds that the world has taken.
        schedule: which lane ran, turn by turn; for telling schedules apart.
    """

    def __init__(self, source: Source, *, kinds: Kinds | None = None, counts_turns: bool = False) -> None:
        """Let `source` answer; `kinds` are the faults that it may choose from, `counts_turns` says to look at turns anyway."""
        self.source = source
        self.kinds = kinds
        self.calm = True
        self.quiet = False
        self.turns = 0
        self.chances = 0
        self.faults: Counter[str] = Counter()
        self.schedule: list[int] = []
        self._looks_at_turns = source.reorders or counts_turns
        self._failed = False
        self._harness: Harness | None = None
        self._changes: list[Change] = []
        self._loop: SimulationLoop | None = None
        self._faults: Faults | None = None

    def attach(self, harness: Harness, *, steps: int | None = None) -> None:
        """Begin to decide in this world, which is open; `steps` may run without its time moving."""
        loop = harness.loop
        assert isinstance(loop, SimulationLoop)  # noqa: S101  # whoever makes worlds for a search sees to it
        self._loop = loop
        if steps is not None:
            loop.limit_steps(steps)
        if self._looks_at_turns:
            loop.decider = self
        self._harness = harness
        self._faults = harness.faults
        self._faults.beside(self)  # faults that the test declares come first

    @property
    def elapsed_s(self) -> float:
        return 0.0 if self._harness is None else self._harness.elapsed_s

    @property
    def steps(self) -> int:
        """The most callbacks that ran without virtual time moving."""
        return 0 if self._loop is None else self._loop.most_steps

    @property
    def plan(self) -> Plan:
        """What was decided so far and is not stock."""
        seed = self.source.seed
        return Plan([*self._changes, Seed(seed)] if seed else self._changes)

    def pick(self, n: int, _kind: str, /) -> int:
        """Which ready lane runs next, for the loop."""
        assert self._loop is not None  # noqa: S101  # only the loop asks
        self.turns = turn = self.turns + 1
        lane = self.source.turn(turn, n, self._lanes)
        self.schedule.append(lane)
        if lane:
            ready = self._loop.lanes
            self._changes.append(Turn(turn, lane, f"run {_name(ready[lane])} before {_name(ready[0])}"))
        return lane

    def _lanes(self) -> Sequence[object]:
        assert self._loop is not None  # noqa: S101  # only the loop asks
        return self._loop.lanes

    def decide(self, crossing: Crossing, /) -> Disturbance | None:
        """What becomes of a call, for the seam."""
        if self.quiet:
            return None
        kinds: Sequence[Kind] = ()
        if self.kinds is not None and not self.calm and not crossing.by_test:
            kinds = self.kinds(crossing)
            self.chances += bool(kinds)
        answer = self._asked(crossing, kinds)
        if answer is None:
            return None
        call = crossing.call
        if isinstance(answer, Latency):
            seconds, reply = answer
            self._changes.append(Delay(call.number, seconds, about(call), reply=reply))
            if reply:
                call.mark(f"reply delayed by {duration(seconds)}")
                return Disturbance(reply_delay_s=seconds)
            call.mark(f"delayed by {duration(seconds)}")
            return Disturbance(delay_s=seconds)
        self._changes.append(Failure(call.number, answer.name, about(call)))
        self.faults[f"{call.operation}: {answer.name}"] += 1
        assert self._faults is not None  # noqa: S101  # set with the loop
        return self._faults.disturbance(crossing, answer)

    def _asked(self, crossing: Crossing, kinds: Sequence[Kind]) -> Latency | Kind | None:
        """The source's answer. What it raises (Hypothesis' signals) must not end inside a task that catches it."""
        if self._failed:
            return None
        try:
            return self.source.call(crossing, kinds)
        except BaseException as error:  # noqa: BLE001  # raised again by the loop
            assert self._loop is not None  # noqa: S101  # set with the seam
            self._failed = True
            self._loop.give_up(error)
            return None


def _name(lane: Any) -> str:
    return "the callbacks" if lane is None else lane.get_name()
