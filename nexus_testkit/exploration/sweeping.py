"""A sweep: the test once without a fault, then once for each call of its body and each kind of fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from nexus_testkit.errors import BrokenInvariant, HarnessError, LeakError, SweepRefused
from nexus_testkit.exploration.changes import Failure, Plan
from nexus_testkit.exploration.checks import Invariant
from nexus_testkit.exploration.limits import Limits, limits_after
from nexus_testkit.exploration.outcome import Outcome
from nexus_testkit.exploration.sources import Source
from nexus_testkit.exploration.swept import Chance, Swept
from nexus_testkit.faults.catalogue import Kind
from nexus_testkit.journal import Journal


class Runs(Protocol):
    """Whatever can run the test again, in a fresh world under the decisions of a source.

    Attributes:
        limits: of each world.
    """

    limits: Limits

    def run(self, source: Source, /) -> Outcome:
        """One run; see `nexus_testkit.exploration.worlds.Worlds`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One run of a sweep that had a fault.

    Attributes:
        chance, kind: which call failed, and how.
        result: what came of it, in a few words.
        broken: whether it counts as a failure of the test.
        error: what the run raised, where it is broken; of the first broken run alone with its traceback.
        journal: what crossed the ports; of the first broken run alone, for a world is large.
        elapsed_s: virtual seconds that the run took.
    """

    chance: Chance
    kind: Kind
    result: str
    broken: bool
    error: BaseException | None = None
    journal: Journal | None = None
    elapsed_s: float = 0.0

    @property
    def plan(self) -> Plan:
        """What it takes to make this run again."""
        return Plan([self.chance.failure(self.kind)])

    @property
    def words(self) -> str:
        """The fault in words."""
        return f"{self.chance.failure(self.kind).words()}, {self.kind.words}"


@dataclass(slots=True)
class Sweep:
    """What a sweep came to.

    Attributes:
        tried: its runs, in order.
    """

    tried: list[Tried] = field(default_factory=list)

    @property
    def broken(self) -> list[Tried]:
        """The runs that broke something."""
        return [each for each in self.tried if each.broken]


def healthy_run(
    runs: Runs, invariants: Iterable[Invariant], *, stay: Callable[[Source], object] | None = None
) -> Swept:
    """The first run, in which nothing fails: it says which calls can.

    Where it does fail, `stay` is asked to make it once more, and to leave its world as it is.

    Raises:
        BaseException: what the test raises without any fault.
        SweepRefused: there is nothing that could fail.
    """
    healthy = Swept(invariants)
    outcome = runs.run(healthy)
    if outcome.error is not None:
        with _in_first_run():
            if stay is not None:
                stay(Swept(invariants))
            outcome.keep()
            raise outcome.error
    runs.limits = limits_after(outcome)
    if not healthy.chances:
        raise SweepRefused(
            "nothing is swept: no call of the body can fail",
            hint="put the calls of a service inside 'async with fault:'; calls through nexus.db and its like belong to the "
            "test and never fail; see whether only= leaves any",
        )
    return healthy


@contextmanager
def _in_first_run() -> Iterator[None]:
    try:
        yield
    except HarnessError:
        raise
    except BaseException as error:
        error.add_note("in the first run of a sweep, in which no call fails")
        raise


def sweep(runs: Runs, healthy: Swept, invariants: Iterable[Invariant]) -> Sweep:
    """All further runs."""
    found = Sweep()
    for chance in healthy.chances:
        for kind in chance.kinds:
            run = Swept(invariants, healthy=healthy, chance=chance, kind=kind)
            outcome = runs.run(run)
            found.tried.append(_tried(run, chance, kind, outcome, is_first=not found.broken))
    return found


def _tried(run: Swept, chance: Chance, kind: Kind, outcome: Outcome, *, is_first: bool) -> Tried:
    error, broken = outcome.error, True
    if error is not None:
        result = _broken(error)
    elif run.met is None:
        result = f"not tried: {'; '.join(run.unmet) or f'call {chance.call} was never made'}"
    else:
        broken = False
        result = "ok" if run.error is None else f"ok, raised {type(run.error).__name__}"
    journal = outcome.journal if broken and is_first else None
    if error is not None and not is_first:
        # It is told in words; its frames would keep a whole world alive for each broken run.
        error.__traceback__ = error.__context__ = error.__cause__ = None
    return Tried(
        chance=chance,
        kind=kind,
        result=result,
        broken=broken,
        error=error,
        journal=journal,
        elapsed_s=outcome.elapsed_s,
    )


def _broken(error: BaseException) -> str:
    if isinstance(error, BaseExceptionGroup):
        return "; ".join(dict.fromkeys(_broken(member) for member in error.exceptions))
    if isinstance(error, BrokenInvariant):
        return f"broke {error.name!r}"
    if isinstance(error, LeakError):
        return f"left behind: {'; '.join(dict.fromkeys(leak.splitlines()[0] for leak in error.leaks))}"
    return f"raised {type(error).__name__}"


def replayed(healthy: Swept, plan: Plan, invariants: Iterable[Invariant]) -> Swept:
    """The run of one fault, that of a token.

    Raises:
        SweepRefused: the plan is none of a sweep, or the test makes other calls than it did.
    """
    match plan.changes:
        case (Failure() as failure,):
            pass
        case _:
            raise SweepRefused(
                f"the token says {'; '.join(plan.words()) or 'nothing'}, and this test has a sweep, of which each run has "
                "one fault",
                hint="a token of this test's own sweep",
            )
    operation = failure.about.partition(" ")[0]
    for chance in healthy.chances:
        for kind in chance.kinds:
            if (chance.call, chance.operation, kind.name) == (failure.call, operation, failure.kind):
                return Swept(invariants, healthy=healthy, chance=chance, kind=kind)
    raise SweepRefused(
        f"the token says {failure.words()}, and the body has no such call",
        hint="the test or what it tests has changed since; sweep again, without the token",
    )
