"""A body run in fresh worlds, each under the answers of a source."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, NoReturn, Protocol

from nexus_testkit.errors import SweepRefused
from nexus_testkit.exploration.checks import Checks, Invariant, invariants_of
from nexus_testkit.exploration.conditions import collect_into
from nexus_testkit.exploration.deciding import Deciding, Kinds
from nexus_testkit.exploration.limits import Limits
from nexus_testkit.exploration.outcome import Outcome, outcome_of
from nexus_testkit.exploration.sources import Source
from nexus_testkit.exploration.swept import Swept
from nexus_testkit.harness import Harness
from nexus_testkit.harness.passed import note_passed
from nexus_testkit.simulation import run as run_loop
from nexus_testkit.simulation.randomness import seeded

Body = Callable[[Harness], Awaitable[object]]


class Worlds(Protocol):
    """Whatever can run the same thing again and again, each time in a fresh world.

    Attributes:
        limits: of each world.
    """

    limits: Limits

    def run(self, source: Source, /, *, counts_turns: bool = False) -> Outcome:
        """One run. What the body and the world's end raise is in the outcome; only what ends the whole search is raised."""
        ...


class BodyWorlds:
    """Worlds for `body(nexus)`."""

    def __init__(
        self,
        body: Body,
        *,
        faults: Any = False,
        options: Mapping[str, Any] | None = None,
        invariants: Iterable[Invariant] | None = None,
        sweeper: Callable[..., Any] | None = None,
    ) -> None:
        """Run `body` in worlds of these `Harness` options, with faults where they are asked for.

        `invariants` are checked when the body has passed (None: those of its module); `sweeper` is what
        `nexus.faults.sweep` calls in a run that belongs to no sweep.
        """
        self.invariants = invariants_of(body) if invariants is None else list(invariants)
        self.limits = Limits()
        self._body = body
        self._faults = faults
        self._options = {"seed": 0, **(options or {})}
        self._sweeper = sweeper or no_sweep

    def run(self, source: Source, /, *, counts_turns: bool = False) -> Outcome:
        harness = Harness(**{"time_limit": self.limits.time_s, **self._options})
        deciding = Deciding(source, kinds=kinds_for(self._faults, harness), counts_turns=counts_turns)
        seen: dict[str, bool] = {}
        failed_after: int | None = None
        checks = checks_for(source, self.invariants)

        async def world() -> None:
            nonlocal failed_after
            collect_into(seen)
            async with harness:
                begin(source, deciding, checks, harness, sweeper=self._sweeper, limits=self.limits)
                deciding.calm = False
                try:
                    await self._body(harness)
                except BaseException:
                    failed_after = len(harness.journal)
                    raise
                finally:
                    deciding.calm = True
                await checks.before_end()

        error: BaseException | None = None
        try:
            with seeded(source.seed or harness.seed):
                run_loop(world)
            error = checks.after_end()
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as raised:  # noqa: BLE001  # an outcome: pytest's own failures are no Exceptions
            error = raised
        outcome = outcome_of(deciding, harness.journal, error, seen)
        if error is None:
            note_passed(harness)
        outcome.seed, outcome.failed_after = harness.seed, failed_after
        return outcome


def checks_for(source: Source, invariants: Iterable[Invariant]) -> Checks:
    """The checks of a run: a sweep's own, or the user's invariants alone."""
    return source.checks if isinstance(source, Swept) else Checks(invariants)


def begin(
    source: Source,
    deciding: Deciding,
    checks: Checks,
    harness: Harness,
    *,
    sweeper: Callable[..., Any],
    limits: Limits,
) -> None:
    """Let a world that is open be decided and checked; `sweeper` is for a test whose run belongs to no sweep."""
    harness.sweeper = sweeper
    harness.recording = replace(harness.recording, refused="not in a search, a sweep or a replay")
    if isinstance(source, Swept):
        source.attach(deciding, harness)
    deciding.attach(harness, steps=limits.steps)
    checks.attach(deciding, harness)


def no_sweep(**_options: Any) -> NoReturn:
    """What `nexus.faults.sweep` calls in the runs of a search.

    Raises:
        SweepRefused: always.
    """
    raise SweepRefused(
        "a sweep and a search at once: both decide what fails in this test",
        hint="leave explore= away, or leave the loop over nexus.faults.sweep() away and say explore=..., faults=True",
    )


def kinds_for(faults: Any, harness: Harness) -> Kinds | None:
    """The faults that a search was allowed, or None.

    Raises:
        InvalidFault: `faults` names what does not exist.
    """
    if not faults:
        return None
    from nexus_testkit.faults.catalogue import wanted  # noqa: PLC0415  # most searches have none

    return wanted(faults, adapter=harness.adapter)
