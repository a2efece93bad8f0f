"""A test that is run again and again, each time in a fresh world with fixtures of its own."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import Context
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from nexus_testkit.errors import HarnessError, NonDeterministic, SweepRefused
from nexus_testkit.exploration import Exploration, Found, report
from nexus_testkit.exploration.checks import Invariant
from nexus_testkit.exploration.conditions import collect_into
from nexus_testkit.exploration.deciding import Deciding
from nexus_testkit.exploration.limits import Limits
from nexus_testkit.exploration.outcome import Outcome, outcome_of
from nexus_testkit.exploration.running import NeverTrue
from nexus_testkit.exploration.search import Budget, search_worlds
from nexus_testkit.exploration.sources import Planned, Source, Stock
from nexus_testkit.exploration.tapes import tape_of_search
from nexus_testkit.exploration.worlds import begin, checks_for, kinds_for, no_sweep
from nexus_testkit.harness import Harness
from nexus_testkit.invariants import invariants_in
from nexus_testkit.journal import Redaction
from nexus_testkit.pytest_plugin.collecting import WORLD
from nexus_testkit.pytest_plugin.options import WorldOptions
from nexus_testkit.pytest_plugin.results import write
from nexus_testkit.pytest_plugin.showing import redaction_of
from nexus_testkit.pytest_plugin.world import World
from nexus_testkit.report import Tape
from nexus_testkit.simulation.randomness import seeded

ENDS_ALL = (KeyboardInterrupt, SystemExit, pytest.exit.Exception)


class Decided:
    """One world and whoever decides in it."""

    def __init__(
        self,
        source: Source,
        options: WorldOptions,
        *,
        invariants: Iterable[Invariant] = (),
        sweeps: bool = False,
        counts_turns: bool = False,
        after: Callable[[], None] | None = None,
        limits: Limits | None = None,
        redaction: Redaction | None = None,
    ) -> None:
        """A world in which `source` answers; `after` is called when it has ended.

        `invariants` are checked when the test has passed; `sweeps` says that a sweep may begin the test again.
        `limits` are of the world.
        """
        self.seen: dict[str, bool] = {}
        self._source = source
        self._counts_turns = counts_turns
        self._after = after
        self._faults = True if options.faults == ["all"] else options.faults
        self._sweeps = sweeps
        self._checks = checks_for(source, invariants)
        self._limits = limits or Limits()
        limited = replace(options, harness={"time_limit": self._limits.time_s, **options.harness})
        self.world = World(limited, decide=self._decide, redaction=redaction)
        self.world.checks = self._checks

    @contextmanager
    def _decide(self, harness: Harness, context: Context) -> Iterator[None]:
        kinds = kinds_for(self._faults, harness)
        self.deciding = Deciding(self._source, kinds=kinds, counts_turns=self._counts_turns)
        sweeper = harness.sweeper if self._sweeps and harness.sweeper is not None else no_sweep
        with seeded(self._source.seed or harness.seed):
            begin(self._source, self.deciding, self._checks, harness, sweeper=sweeper, limits=self._limits)
            collect_into(self.seen)
            context.run(collect_into, self.seen)
            yield
        if self._after is not None:
            self._after()

    def outcome(self, error: BaseException | None) -> Outcome:
        """What the run came to."""
        outcome = outcome_of(self.deciding, self.world.harness.journal, error, self.seen)
        outcome.seed = self.world.harness.seed
        return outcome


class ItemWorlds:
    """The runs of one test. What pytest has set up before the first is the world of the stock run."""

    def __init__(self, item: pytest.Function, options: WorldOptions, *, test: Callable[..., Any] | None = None) -> None:
        """Explore `item`, whose own function is `test` where another one stands in its place already."""
        self.item = item
        self.options = options
        self.limits = Limits()
        self.test = test or item.function  # while it runs, another function stands in its place
        self._source: Source = Stock()
        self._counts_turns = True
        self._decided: Decided | None = None
        self._is_fresh = True
        self.invariants = invariants_for(item)
        self.lets_out: tuple[type[BaseException], ...] = (*ENDS_ALL, pytest.skip.Exception)

    def make(self) -> World:
        """The world of the next run, for the fixture."""
        self._decided = Decided(
            self._source,
            self.options,
            invariants=self.invariants,
            counts_turns=self._counts_turns,
            limits=self.limits,
            redaction=redaction_of(self.item.config),
        )
        return self._decided.world

    # -- the search, in the place of the test

    def runtest(self) -> None:
        """Search, and raise what the smallest failing plan raises, in a world that is left as it is."""
        __tracebackhide__ = True
        config = self.item.config
        budget = Budget(
            runs=self.options.explore,
            minutes=config.getoption("nexus_explore_minutes"),
            first=config.getoption("nexus_explore_first"),
        )
        found = search_worlds(self, budget, seed=self.options.seed, max_latency=self.options.max_latency)
        token = None
        if found.failure is not None:
            if isinstance(found.failure.error, SweepRefused) and config.getoption("nexus_explore") is not None:
                pytest.skip(
                    "its sweep decides what fails in it"
                )  # the whole suite is searched, and nobody named this test
            token = report.token_of(found.failure, seed=self.options.seed, test=self.test)
        results = config.getoption("nexus_explore_results")
        if results is not None:
            write(Path(results), self.item, budget, found, token)
        if found.failure is None:
            self.item.add_report_section("call", "explored", "\n".join(found.coverage.lines()))
            for line in report.warnings(found):
                warnings.warn(line, NeverTrue, stacklevel=2)
            return
        self._fail(found, found.failure, token or "")

    def _fail(self, found: Exploration, failure: Found, token: str) -> None:
        """The failing run once more; its world stays open, for the debugger and for the fixtures' own teardown."""
        __tracebackhide__ = True
        lines = report.explained(failure, found.coverage, token, place=self.item.nodeid)
        tape = tape_of_search(failure, token, place=self.item.nodeid)
        try:
            # Told by the lanes of the note below, which say the same and more than the timeline would.
            self.run_and_stay(Planned(failure.plan), tape=tape, told=True)
        except BaseException as error:
            error.add_note("\n".join(lines))
            raise
        raise NonDeterministic(failure.run, failure.plan.words(), None) from failure.error

    # -- one run

    def leave(self) -> None:
        """End the run that is there, as if it had never been; what its end raises is not the news."""
        self._is_fresh = False
        with suppress(Exception):
            self._tear_down()

    def run_and_stay(self, source: Source, *, tape: Tape | None = None, told: bool = False) -> None:
        """One run, whose world stays as it is where it fails; pytest ends it. `told` says that a report shows its calls, `tape` what was decided.

        Raises:
            BaseException: what the test or the world's end raises.
        """
        __tracebackhide__ = True
        self._set_up(source)
        world = self.item.stash[WORLD]
        world.told = told
        world.tape = tape
        self._run_body()
        world.finish()

    def run(self, source: Source, /, *, counts_turns: bool = False) -> Outcome:
        """One run of the test, fixtures included; see `Worlds`."""
        error: BaseException | None = None
        try:
            if self._is_fresh:
                self._is_fresh = False
            else:
                self._set_up(source, counts_turns=counts_turns)
            self._run_body()
            self.item.stash[WORLD].finish()
        except self.lets_out:
            raise
        except BaseException as raised:  # noqa: BLE001  # an outcome: pytest's own failures are no Exceptions
            error = raised
        finally:
            with suppress(Exception):  # the body's error is the outcome
                self._tear_down()
        decided = self._decided
        if decided is None:
            raise HarnessError(f"{self.item.nodeid}: its world could not be made") from error
        return decided.outcome(error)

    def _run_body(self) -> None:
        __tracebackhide__ = True
        assert self._decided is not None  # noqa: S101  # the fixture has made it
        deciding = self._decided.deciding
        deciding.calm = False
        try:
            pytest.Function.runtest(self.item)
        finally:
            deciding.calm = True

    def _set_up(self, source: Source, *, counts_turns: bool = False) -> None:
        __tracebackhide__ = True
        item = self.item
        self._source, self._counts_turns = source, counts_turns
        self._decided = None
        # pytest's own steps for a new test, without its reports: `_initrequest` forgets the values of the fixtures.
        item._initrequest()  # noqa: SLF001  # nothing public runs an item twice (pytest-rerunfailures does the same)
        if item.instance is not None:
            vars(item.instance).clear()  # as good as a new one: pytest makes them without arguments
        self._finalizers = len(_finalizers(item))
        item.setup()

    def _tear_down(self) -> None:
        """End all fixtures of the test, the latest first, and forget pytest's own note to do so."""
        item = self.item
        request: Any = item._request  # noqa: SLF001  # as in _set_up
        for definition in reversed(list(request._fixture_defs.values())):  # noqa: SLF001  # all that were asked for
            if definition.scope == "function":
                definition.finish(request)
        kept = _finalizers(item)
        del kept[getattr(self, "_finalizers", len(kept)) :]


def _finalizers(item: pytest.Function) -> list[Any]:
    """What pytest will call at the end of the item; each run adds its fixtures', and a search has many."""
    stack: Any = item.session._setupstate.stack  # noqa: SLF001  # as above
    return stack[item][0]  # type: ignore[no-any-return]  # the list of functions, beside the error of the set-up


def invariants_for(item: pytest.Function) -> list[Invariant]:
    """The invariants of the test's module and of its conftests, the nearest first."""
    found = invariants_in(vars(item.module))
    folders = item.path.parents
    conftests = [
        (Path(module.__file__).parent, module)
        for module in item.config.pluginmanager.get_plugins()
        if isinstance(module, ModuleType) and module.__file__ and Path(module.__file__).name == "conftest.py"
    ]
    for folder in folders:
        for parent, module in conftests:
            if parent == folder:
                found += invariants_in(vars(module))
    return list(dict.fromkeys(found))
