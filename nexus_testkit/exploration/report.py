"""A failure of a search in words: what it took, the schedule by task, and how to make it again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.exploration.coverage import Coverage
from nexus_testkit.exploration.search import Exploration, Found
from nexus_testkit.exploration.timeline import timeline
from nexus_testkit.exploration.token import Token, digest


def token_of(found: Found, *, seed: int, test: Callable[..., Any]) -> str:
    """The replay token of a failure, in a world of this seed, of this test."""
    return str(Token(plan=found.plan, seed=seed, limits=found.limits, code=digest(test)))


def headline(found: Found) -> str:
    """What was found, in one line: `found on run 37, shrunk to 1 decision: delay database call 4 (INSERT users) by 1 ms`."""
    if not len(found.plan):
        return "found on run 1: it fails in stock order, with no delay and no fault"
    count = f"{len(found.plan)} decision{'' if len(found.plan) == 1 else 's'}"
    shrunk = f"found on run {found.run} ({found.way}), shrunk to {count}"
    return f"{shrunk}: {found.plan.words()[0]}" if len(found.plan) == 1 else f"{shrunk}:"


def explained(found: Found, coverage: Coverage, token: str, *, place: str = "path::test") -> list[str]:
    """The whole report of a failure."""
    lines = [headline(found)]
    if len(found.plan) > 1:
        lines += [f"  - {words}" for words in found.plan.words()]
    if found.details:
        lines += ["the run before shrinking:", *(f"  {line}" for line in found.details)]
    if len(found.plan):
        lines += [
            f'replay:  @pytest.mark.nexus(replay="{token}")',
            f"     or  nexus-testkit replay {token} {place}",
        ]
    lines += ["", "the schedule, a lane for each task:", *timeline(found.outcome.journal), "", *coverage.lines()]
    return lines


def warnings(exploration: Exploration) -> list[str]:
    """What a search that found nothing should still be told about."""
    return [f"sometimes({name!r}) was never true in {exploration.runs} runs" for name in exploration.coverage.never]
