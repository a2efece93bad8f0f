"""What was decided in a run that failed, for the page of a report."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.exploration import report
from nexus_testkit.exploration.changes import Plan
from nexus_testkit.exploration.outcome import Outcome
from nexus_testkit.exploration.search import Found
from nexus_testkit.exploration.sweep_report import Ways
from nexus_testkit.exploration.sweeping import Sweep
from nexus_testkit.exploration.token import Token, digest
from nexus_testkit.report import Tape
from nexus_testkit.report.ran import Ran, keep


def keep_sweep(error: BaseException, found: Sweep, *, seed: int, tape: Tape) -> None:
    """Keep the first run that broke with the error that tells of the sweep."""
    first = found.broken[0]
    if first.journal is not None:
        keep(error, Ran(first.journal, seed, first.elapsed_s, tape=tape))


def tape_of_example(outcome: Outcome) -> Tape:
    """What Hypothesis has drawn beside the inputs."""
    return Tape(tuple(outcome.plan.words()), found="drawn by Hypothesis, with the example")


def tape_of_search(found: Found, token: str, *, place: str = "", ways: Ways | None = None) -> Tape:
    """The smallest decisions that a search found; `ways` is how a token is replayed where that is not the marker."""
    return Tape(
        tuple(found.plan.words()),
        token=token,
        place=place,
        found=report.headline(found).partition(":")[0],
        ways=_said(ways, token),
    )


def tape_of_replay(plan: Plan, token: str, *, ways: Ways) -> Tape:
    """The decisions of a token."""
    return Tape(tuple(plan.words()), token=token, ways=_said(ways, token))


def tape_of_sweep(
    found: Sweep, *, seed: int, test: Callable[..., Any], place: str = "", ways: Ways | None = None
) -> Tape:
    """The fault of the first run that broke `test`, in worlds of this seed."""
    first = found.broken[0]
    token = None
    if first.error is not None:  # a fault that could not be tried cannot be tried again
        token = str(Token(plan=first.plan, seed=seed, code=digest(test)))
    count = f"the first of {len(found.broken)} faults that broke it, out of {len(found.tried)}"
    return Tape((first.words,), token=token, place=place, found=count, ways=_said(ways, token))


def _said(ways: Ways | None, token: str | None) -> tuple[str, ...] | None:
    return None if ways is None or token is None else (ways.code.format(token=token),)
