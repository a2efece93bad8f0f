"""The search: run after run in fresh worlds until one fails; then that one made small."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from nexus_testkit.errors import NonDeterministic
from nexus_testkit.exploration.about import about
from nexus_testkit.exploration.changes import LATENCIES_S, Plan
from nexus_testkit.exploration.coverage import Coverage
from nexus_testkit.exploration.limits import Limits, limits_after
from nexus_testkit.exploration.outcome import Outcome
from nexus_testkit.exploration.shrink import Shrinker
from nexus_testkit.exploration.sources import Planned, Source, portfolio
from nexus_testkit.exploration.worlds import Body, BodyWorlds, Worlds


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A run that failed.

    Attributes:
        run: its number in the search, from 1 (1 is the stock run).
        way: how its answers were chosen.
        details: what was chosen for the whole run, in words: the kinds of faults that were switched on, and off.
        plan: the smallest plan that fails in the same way.
        outcome: the run of that plan.
        before: how many changes there were before shrinking.
        tries: how many runs shrinking took.
        limits: of the run.
    """

    run: int
    way: str
    plan: Plan
    outcome: Outcome
    before: int
    tries: int
    limits: Limits = field(default_factory=Limits)
    details: Sequence[str] = ()

    @property
    def error(self) -> BaseException:
        """What the run of the plan raised."""
        assert self.outcome.error is not None  # noqa: S101  # it is what makes it a failure
        return self.outcome.error


@dataclass(slots=True, kw_only=True)
class Exploration:
    """What a search came to.

    Attributes:
        failure: the first run that failed, shrunk; None where none did.
        coverage: what was tried.
    """

    failure: Found | None = None
    coverage: Coverage = field(default_factory=Coverage)

    @property
    def runs(self) -> int:
        """How many runs there were before shrinking."""
        return self.coverage.runs


def search(
    body: Body,
    *,
    runs: int = 500,
    minutes: float | None = None,
    seed: Any = 0,
    faults: Any = False,
    max_latency: float = LATENCIES_S[-1],
    **options: Any,
) -> Exploration:
    """Run `body(nexus)` in fresh worlds under other schedules, latencies and, where asked for, faults.

    Stops at the first run that fails, and shrinks its plan.

    Args:
        body: an async function that takes the world's `Harness`.
        runs: how many runs at most, the stock run included.
        minutes: how long at most, in real minutes.
        seed: of the search; the same one tries the same runs.
        faults: True, or targets as `nexus.faults.on` takes them, or target -> names of kinds: what may fail.
        max_latency: virtual seconds that a call may take longer at most.
        options: of `Harness`.
    """
    worlds = BodyWorlds(body, faults=faults, options=options)
    return search_worlds(worlds, Budget(runs=runs, minutes=minutes), seed=seed, max_latency=max_latency)


class Budget:
    """Which runs of a search are to be made, until there are enough or time is over.

    Attributes:
        first: the number of the first one.
    """

    def __init__(self, *, runs: int | None, minutes: float | None = None, first: int = 1) -> None:
        """Allow `runs` runs from number `first` on, for at most so many minutes of real time."""
        self._numbers = range(first, first + runs) if runs is not None else None
        self.first = first
        self._ends = None if minutes is None else time.monotonic() + minutes * 60

    def __iter__(self) -> Iterator[int]:
        number = self.first
        while (self._numbers is None or number in self._numbers) and (
            self._ends is None or time.monotonic() < self._ends
        ):
            yield number
            number += 1


def search_worlds(
    worlds: Worlds,
    budget: Budget,
    *,
    seed: Any,
    max_latency: float = LATENCIES_S[-1],
    tell: Callable[[int, Outcome], object] | None = None,
) -> Exploration:
    """Search as `search` does, in any worlds; `tell` is told of each run, before shrinking."""
    found = Exploration()
    latencies = [seconds for seconds in LATENCIES_S if seconds <= max_latency]
    stock: Outcome | None = None
    for number in budget:
        if stock is None:
            # Also where another process makes the first runs: what is drawn for run n depends on the stock run.
            stock = worlds.run(portfolio(1, seed, calls=0, turns=0, chances=0, latencies=()), counts_turns=True)
            # Else a wait that never ends, beside a timer that comes again and again, would be waited for without end.
            worlds.limits = limits_after(stock)
        outcome, source = stock, None
        if number > 1:
            source = portfolio(
                number, seed, calls=stock.calls, turns=stock.turns, chances=stock.chances, latencies=latencies
            )
            outcome = worlds.run(source)
        found.coverage.add(outcome)
        if tell is not None:
            tell(number, outcome)
        if outcome.error is not None:
            found.failure = shrunk(worlds, outcome, run=number, source=source)
            break
    return found


def shrunk(worlds: Worlds, outcome: Outcome, *, run: int, source: Source | None) -> Found:
    """The failure of a run, with the smallest plan that was found.

    Raises:
        NonDeterministic: the run's own plan passes.
    """
    wanted = outcome.fingerprint
    again = worlds.run(Planned(outcome.plan))
    if again.fingerprint != wanted:
        raise NonDeterministic(run, outcome.plan.words(), again.error) from outcome.error

    def fails(plan: Plan) -> Plan | None:
        nonlocal again
        tried = worlds.run(Planned(plan))
        if tried.fingerprint != wanted:
            return None
        again = tried
        return tried.plan

    shrinker = Shrinker(outcome.plan, fails, calls=lambda: _calls(again))
    plan = shrinker.run()
    return Found(
        run=run,
        way="stock" if source is None else source.name,
        plan=plan,
        outcome=again,
        before=len(outcome.plan),
        tries=shrinker.tries + 1,
        limits=worlds.limits,
        details=() if source is None else source.details,
    )


def _calls(outcome: Outcome) -> Sequence[tuple[int, str]]:
    return [(call.number, about(call)) for call in outcome.journal]
