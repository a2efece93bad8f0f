"""The search by time: example after example, each difference shrunk and kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.fidelity import server
from tests.fidelity.fuzzing.differ import Differ, Difference
from tests.fidelity.fuzzing.larger import LARGER
from tests.fidelity.fuzzing.statements import KINDS, Statement, Table, filling, tables
from tests.fidelity.fuzzing.wider import WIDER

_BATCH = 150  # examples between two looks at the clock
_STATEMENTS = 12  # of one example, besides the rows that it begins with


# The plain query is where most of the dialect is, so it is drawn most often.
_CHOICE = ["select"] * 5 + ["group", "update"] + ["bare"] * 4 + list(KINDS) + list(LARGER) + list(WIDER)
_ALL = KINDS | LARGER | WIDER


@st.composite
def statements(draw: Any, made: list[Table]) -> Statement:
    """A statement over the tables."""
    return _ALL[draw(st.sampled_from(_CHOICE))](draw, made)


@st.composite
def examples(draw: Any) -> tuple[list[str], list[Statement]]:
    """Definitions and statements."""
    made = draw(tables())
    rows = [statement for table in made for statement in draw(filling(table))]
    return [table.ddl for table in made], [*rows, *draw(st.lists(statements(made), min_size=1, max_size=_STATEMENTS))]


def check(differ: Differ, number: int, size: int) -> None:
    """`size` random examples, those of seed `number`.

    Raises:
        Difference: the smallest one that shows it.
    """

    @seed(number)
    @settings(
        max_examples=size,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate, Phase.shrink],
        report_multiple_bugs=False,
    )
    @given(examples())
    def run(example: tuple[list[str], list[Statement]]) -> None:
        differ.run(*example)

    run()


def main(minutes: float, start: int, last: int | None = None) -> int:
    """`search` on the server of the environment, or one of its own; gives 1 where something differed."""
    with server.server() as url:
        return int(bool(search(url, minutes, start, last)))


def search(url: str, minutes: float, start: int, last: int | None = None, report: Callable[[str], None] = print) -> int:
    """Search for so many minutes (0: until interrupted), up to the seed `last`; gives the number of seeds where something differed."""
    began, found, number = time.monotonic(), 0, start
    with Differ(url) as differ:
        while last is None or number <= last:
            if minutes and time.monotonic() - began >= minutes * 60:
                break
            try:
                check(differ, number, _BATCH)
            except Difference as difference:
                found += 1
                report(f"== seed {number}: {difference}\n")
            number += 1
        if last is not None and number <= last:
            report(f"the time is over: seeds {number} to {last} were not searched")
        searched = f"seeds {start} to {number - 1}" if number > start else "no seed"
        report(f"{searched}: {dict(differ.counts)} statements, {found} differences")
    return found
