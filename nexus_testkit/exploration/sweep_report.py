"""A sweep in words: the table of what was tried, and of each run that broke how to make it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nexus_testkit.errors import SweepFailed
from nexus_testkit.exploration.sweeping import Sweep, Tried
from nexus_testkit.exploration.timeline import timeline
from nexus_testkit.exploration.token import Token, digest

_LONGEST = 48


@dataclass(frozen=True, slots=True)
class Ways:
    """How a token is replayed where the test is.

    Attributes:
        code: what to write, `{token}` standing for it.
        besides: a line for all tokens, or "".
    """

    code: str
    besides: str = ""


def of_pytest(place: str) -> Ways:
    """The lines for a test of pytest."""
    return Ways(
        '@pytest.mark.nexus(replay="{token}")', f"each token is also one for: nexus-testkit replay TOKEN {place}"
    )


def table(found: Sweep) -> list[str]:
    """What was tried: a line for each call and each result of it, with the kinds of faults that had it."""
    lines: dict[tuple[int, str, str], list[str]] = {}
    for each in found.tried:
        sign = "BROKEN" if each.broken else ""
        lines.setdefault((each.chance.call, each.chance.about, f"{sign} {each.result}".strip()), []).append(
            each.kind.name
        )
    rows = [("call", "operation", "", "fault", "result")]
    for (number, about, result), kinds in lines.items():
        operation, _, rest = about.partition(" ")
        rows.append(
            (
                str(number),
                operation,
                rest if len(rest) <= _LONGEST else f"{rest[: _LONGEST - 3]}...",
                ", ".join(kinds),
                result,
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return [
        "  ".join([row[0].rjust(widths[0]), *(row[at].ljust(widths[at]) for at in (1, 2, 3)), row[4]]).rstrip()
        for row in rows
    ]


def summary(found: Sweep) -> list[str]:
    """How much was tried, and the table."""
    calls = len({each.chance.call for each in found.tried})
    count = f"{len(found.tried)} faults of {calls} call{'' if calls == 1 else 's'}, {len(found.broken)} broke the test"
    return [count, "", *table(found)]


def failed(found: Sweep, *, seed: int, test: Callable[..., Any], ways: Ways) -> SweepFailed:
    """The error of a sweep of `test` of which some runs broke, in worlds of this seed."""
    code = digest(test)
    lines = ["", *table(found), ""]
    for each in found.broken:
        lines += [each.words, *_why(each)]
        if each.error is not None:  # a fault that could not be tried cannot be tried again
            token = str(Token(plan=each.plan, seed=seed, code=code))
            lines.append(f"  replay:  {ways.code.format(token=token)}")
    if ways.besides:
        lines += ["", ways.besides]
    if any(each.error is None for each in found.broken):
        lines += [
            "",
            "The calls of the body were not those of the first run. Something outside of the world differs between two runs:",
            "state that outlives a world (a module's variables, a cache), real time or threads, the order of a set.",
        ]
    first = found.broken[0]
    if first.journal is not None:
        lines += ["", "the first of them, a lane for each task:", *timeline(first.journal)]
    return SweepFailed(len(found.broken), len(found.tried), lines)


def _why(each: Tried) -> list[str]:
    if each.error is None:
        return [f"  {each.result}"]
    said = str(each.error).strip().splitlines()
    first = said[0] if said else ""
    lines = [f"  {each.result}{'' if first.startswith('broken invariant') or not first else f': {first}'}"]
    return [*lines, *(f"    {line}" for line in said[1:4])]
