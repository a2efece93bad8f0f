"""A campaign: chunks handed out, results put together, an end as soon as there is something to tell."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from nexus_testkit.cli.campaign.chunk import Chunk, Made, Result, order_of
from nexus_testkit.cli.campaign.engines import Engine
from nexus_testkit.cli.campaign.ledger import Ledger
from nexus_testkit.cli.campaign.plan import Runs, Size
from nexus_testkit.cli.campaign.subject import Subject
from nexus_testkit.cli.problems import Problem
from nexus_testkit.exploration.coverage import Coverage

TRIES = 3
"""How often a chunk is begun whose process dies."""
_GLANCE_S = 0.25


@dataclass(slots=True)
class Standing:
    """How a campaign stands.

    Attributes:
        coverage: of all runs, those of the file included.
        failures: one for each bug, the one with the lowest run; several where the campaign goes on.
        seen: how many runs failed because of each of these.
        before: how many of the runs are from the file.
        lost: chunks whose process died each time, with the last words.
        began: when, on the monotonic clock.
    """

    coverage: Coverage = field(default_factory=Coverage)
    failures: dict[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    before: int = 0
    lost: list[tuple[Chunk, str]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def add(self, result: Result) -> None:
        """Count a chunk's runs."""
        self.coverage.merge(result.coverage)
        failure = result.failure
        if failure is None:
            return
        bug = (str(failure["error"]).partition(":")[0], str(failure["at"]))
        self.seen[bug] = self.seen.get(bug, 0) + 1
        known = self.failures.get(bug)
        if known is None or failure["run"] < known["run"]:
            self.failures[bug] = failure

    @property
    def lowest(self) -> Mapping[str, Any] | None:
        """The failure of the lowest run, or None."""
        return min(self.failures.values(), key=lambda failure: int(failure["run"]), default=None)

    @property
    def elapsed_s(self) -> float:
        """Real seconds since it began."""
        return time.monotonic() - self.began


class Show(Protocol):
    """Shows how a campaign goes on."""

    def __call__(self, standing: Standing, /, *, running: int) -> None:
        """Look at it now; `running` chunks are under way."""
        ...


class Campaign:
    """A search in chunks. The failure that is reported is the one of the lowest run, however many processes there are.

    Attributes:
        standing: what came of it so far.
    """

    def __init__(
        self,
        subject: Subject,
        engine: Engine,
        *,
        runs: int | None,
        minutes: float | None = None,
        size: int | None = None,
        keep_going: bool = False,
        ledger: Ledger | None = None,
        show: Show | None = None,
    ) -> None:
        """Make `runs` runs of the subject (None: until the time is over), less those that the ledger has."""
        self.standing = Standing()
        self._subject = subject
        self._engine = engine
        self._minutes = minutes
        self._keep_going = keep_going
        self._ledger = ledger
        self._show = show
        self._begun: dict[Chunk, float] = {}
        made = []
        after = 1
        # Of results that overlap, as where two campaigns wrote to one file, the later one's runs are made again.
        for result in sorted(ledger.results, key=lambda result: result.first) if ledger is not None else ():
            if result.first >= after and (runs is None or result.after <= runs + 1):
                after = result.after
                self.standing.add(result)
                made.append((result.first, result.after))
        self.standing.before = self.standing.coverage.runs
        self._runs = Runs(runs, made=made)
        self._size = Size(size, runs=runs, jobs=engine.slots)

    def run(self, each: Callable[[Result], object] | None = None) -> Standing:
        """Until all runs are made, time is over, or a run has failed; `each` is told of every chunk that is made.

        Raises:
            Problem: the test could not be run, or where it was to run is not as it is here.
        """
        while True:
            self._hand_out()
            self._look()
            if not self._begun:
                return self.standing
            done = self._engine.wait(_GLANCE_S)
            if done is not None:
                result = self._take(*done)
                if result is not None and each is not None:
                    each(result)

    def _hand_out(self) -> None:
        while len(self._begun) < self._engine.slots and self._is_wanted():
            chunk = self._runs.take(self._size.now)
            assert chunk is not None  # noqa: S101  # one is left, as _is_wanted says
            self._begun[chunk] = time.monotonic()
            self._engine.start(chunk, order_of(self._subject, chunk, self._minutes_left()))

    def _is_wanted(self) -> bool:
        left = self._minutes_left()
        following = self._runs.next
        if following is None or (left is not None and left <= 0):
            return False
        lowest = self._lowest()
        return lowest is None or following < lowest

    def _lowest(self) -> int | None:
        """The number of the run that ends the campaign, if there is one."""
        found = self.standing.lowest
        return None if found is None or self._keep_going else int(found["run"])

    def _minutes_left(self) -> float | None:
        return None if self._minutes is None else self._minutes - self.standing.elapsed_s / 60

    def _take(self, chunk: Chunk, made: Made) -> Result | None:
        began = self._begun.pop(chunk)
        if made.differs is not None:
            raise Problem(made.differs, code=3)
        if made.broken is not None:
            raise Problem(*made.broken, f"{self._subject.nodeid}: {chunk} could not be made; see above", code=3)
        if made.died is not None:
            self._again(chunk, made.died)
            return None
        assert made.result is not None  # noqa: S101  # there is no fourth reason
        result = Result.decode(made.result)
        self._size.learn(result.coverage.runs, time.monotonic() - began)
        if self._ledger is not None and result.coverage.runs:
            self._ledger.add(result)
        self.standing.add(result)
        if result.after <= chunk.last:
            self._runs.back(Chunk(result.after, chunk.last - result.after + 1))
        lowest = self._lowest()
        if lowest is not None:
            for other in [other for other in self._begun if other.first > lowest]:
                self._engine.cancel(other)
                del self._begun[other]
        return result

    def _again(self, chunk: Chunk, why: str) -> None:
        if chunk.tries + 1 < TRIES:
            self._runs.back(Chunk(chunk.first, chunk.runs, chunk.tries + 1))
        else:
            self.standing.lost.append((chunk, why))

    def _look(self) -> None:
        if self._show is not None:
            self._show(self.standing, running=len(self._begun))
