"""What is asked of a search for each specimen, and what it cost."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, fields
from statistics import median
from typing import Any

import pytest

from nexus_testkit.exploration import replay, search
from nexus_testkit.exploration.report import token_of
from nexus_testkit.exploration.search import Found
from tests.simulation.zoo import Specimen

WHOLE = os.environ.get("NEXUS_TESTKIT_ZOO") == "whole"
"""Whether all is tried that is promised; else a part of it, in a tenth of the time."""

SEEDS = range(20) if WHOLE else range(2)
TWIN_RUNS = 2_000 if WHOLE else 50


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Attributes:
        name: the specimen's.
        median, worst: the number of the run that found it, over the base seeds.
        limit: the runs within which it has to be found.
        decisions: the most that a shrunk plan had.
        tries: runs that shrinking took, median.
        milliseconds: to find and shrink it, median.
    """

    name: str
    median: float
    worst: int
    limit: int
    decisions: int
    tries: float
    milliseconds: float


def assert_stock_order_passes(specimen: Specimen) -> None:
    """Neither the defect nor its twin shows in stock order: only a search tells them apart."""
    for body in (specimen.bug, specimen.twin):
        assert search(body, runs=1).failure is None


def assert_found(specimen: Specimen, record: Callable[[str, object], None]) -> None:
    """Each base seed finds the defect, shrinks it, and its token replays it."""
    found: list[Found] = []
    took_ms: list[float] = []
    for seed in SEEDS:
        began = time.perf_counter()
        failure = search(specimen.bug, runs=specimen.runs, seed=seed, faults=specimen.faults).failure
        took_ms.append((time.perf_counter() - began) * 1000)
        assert failure is not None, f"seed {seed} has not found it in {specimen.runs} runs: {specimen.what}"
        assert len(failure.plan) <= specimen.decisions, f"seed {seed}: {failure.plan.words()}"
        _assert_replays(specimen, failure)
        found.append(failure)
    runs = [failure.run for failure in found]
    row = Row(
        name=specimen.name,
        median=median(runs),
        worst=max(runs),
        limit=specimen.runs,
        decisions=max(len(failure.plan) for failure in found),
        tries=median(failure.tries for failure in found),
        milliseconds=round(median(took_ms), 1),
    )
    record("zoo", tuple(getattr(row, field.name) for field in fields(row)))


def _assert_replays(specimen: Specimen, failure: Found) -> None:
    token = token_of(failure, seed=0, test=specimen.bug)
    with pytest.raises(type(failure.error)) as caught:
        replay(specimen.bug, token)
    assert _words(caught.value) == _words(failure.error)


def _words(error: BaseException) -> str:
    return re.sub(r"0x[0-9a-f]+", "0x", str(error))  # addresses differ


def assert_nothing_found(specimen: Specimen, *, runs: int = TWIN_RUNS) -> None:
    """A sound service fails under no schedule, latency or fault that was asked for."""
    exploration = search(specimen.twin, runs=runs, faults=specimen.faults)
    if exploration.failure is not None:
        words = exploration.failure.plan.words()
        raise AssertionError(f"a false alarm on run {exploration.failure.run}: {words}") from exploration.failure.error
    assert exploration.runs == runs


def table(rows: list[tuple[Any, ...]]) -> list[str]:
    """The table of all specimens, a line each."""
    head = ("defect", "found on run", "at worst", "allowed", "decisions", "tries to shrink", "ms")
    lines = [head, *sorted((tuple(map(_text, row)) for row in rows), key=lambda row: float(row[1]))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return [
        "  ".join(
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]


def _text(cell: Any) -> str:
    return cell if isinstance(cell, str) else f"{cell:g}"
