"""A chunk: some runs of a search in a row, made by one pytest anywhere."""

from __future__ import annotations

import platform
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexus_testkit import __version__
from nexus_testkit.cli.campaign.subject import Subject
from nexus_testkit.cli.pytests import Ended, read_lines, run_pytest
from nexus_testkit.exploration.coverage import Coverage

_NOT_COLLECTED = (2, 4)  # pytest's codes of errors in a file, and of a name that it does not find
_ADDRESS = re.compile(r"\bat 0x[0-9a-fA-F]+")  # of an object in memory: all else is the same in every process


@dataclass(frozen=True, slots=True, order=True)
class Chunk:
    """Runs `first` to `first + runs - 1`.

    Attributes:
        first: the number of the first run, from 1.
        runs: how many.
        tries: how often it was begun before, and whoever made it died.
    """

    first: int
    runs: int
    tries: int = 0

    @property
    def last(self) -> int:
        """The number of the last run."""
        return self.first + self.runs - 1

    def __str__(self) -> str:
        return f"runs {self.first} to {self.last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """All that a process needs to make a chunk, also on another machine."""

    target: str
    folder: str
    options: tuple[str, ...]
    first: int
    runs: int
    minutes: float | None
    kit: str
    sources: str


def order_of(subject: Subject, chunk: Chunk, minutes: float | None) -> Order:
    """The order for a chunk of the subject's runs."""
    return Order(
        target=subject.target,
        folder=subject.folder,
        options=tuple(subject.options),
        first=chunk.first,
        runs=chunk.runs,
        minutes=minutes,
        kit=__version__,
        sources=subject.search["sources"],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of an order: a result, or one of three reasons why there is none.

    Attributes:
        result: the line of the result.
        died: how the process ended without one; it can be tried again.
        differs: what is not here as it was where the order was made; no use in trying again.
        broken: what pytest said of a test that could not be run; likewise.
    """

    result: Mapping[str, Any] | None = None
    died: str | None = None
    differs: str | None = None
    broken: Sequence[str] | None = None


def make(order: Order, started: Callable[[subprocess.Popen[str]], object] | None = None) -> Made:
    """Make the runs of an order, in a pytest of its own."""
    difference = differs(order)
    if difference is not None:
        return Made(differs=difference)
    with tempfile.TemporaryDirectory(prefix="nexus-testkit-", ignore_cleanup_errors=True) as folder:
        results = Path(folder) / "results.jsonl"
        arguments = [f"--nexus-explore={order.runs}", f"--nexus-explore-first={order.first}"]
        arguments.append(f"--nexus-explore-results={results}")
        if order.minutes is not None:
            arguments.append(f"--nexus-explore-minutes={max(order.minutes, 0.0):.6f}")
        ended = run_pytest(order.target, *order.options, *arguments, folder=order.folder, started=started)
        lines = list(read_lines(results))
    return _made(order, ended, lines[-1] if lines else None)


def differs(order: Order) -> str | None:
    """What is not here as it is where the order was made, in words; None where all is."""
    if order.kit != __version__:
        return f"{_here()} has nexus-testkit {__version__}, and the campaign was begun with {order.kit}"
    if not Path(order.folder).is_dir():
        return f"{_here()} has no folder {order.folder}; workers need the same project at the same path"
    return None


def _here() -> str:
    return platform.node() or "this machine"


def _made(order: Order, ended: Ended, line: Mapping[str, Any] | None) -> Made:
    if line is None and ended.code in _NOT_COLLECTED:
        return Made(differs=f"pytest cannot collect {order.target} on {_here()}:\n" + "\n".join(ended.tail()))
    collected = ended.about("collected")
    if collected is not None and collected["sources"] != order.sources:
        return Made(differs=f"{_here()} has other code in {order.folder} than the campaign was begun with")
    if line is None:
        if collected is not None and ended.code in (0, 1, 5):
            return Made(broken=[*ended.tail(60)] if ended.code else ["the test was skipped", *ended.tail(5)])
        return Made(died=_death(ended))
    failure = line["failure"]
    if failure is not None:
        report = _ADDRESS.sub("at 0x...", ended.one("report") or "")
        line = {**line, "failure": {**failure, "report": report}}
    return Made(result=line)


def _death(ended: Ended) -> str:
    how = f"signal {-ended.code}" if ended.code < 0 else f"exit code {ended.code}"
    return "\n".join([f"a pytest ended by {how} and left no result", *ended.tail(8)])


@dataclass(frozen=True, slots=True)
class Result:
    """A chunk that was made.

    Attributes:
        first: the number of its first run.
        coverage: of its runs, of which there may be fewer than were asked for.
        failure: of its last run, or None.
    """

    first: int
    coverage: Coverage
    failure: Mapping[str, Any] | None

    @property
    def after(self) -> int:
        """The number of the first run that it did not make."""
        return self.first + self.coverage.runs

    def encode(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "first": self.first,
            "runs": self.coverage.runs,
            "coverage": self.coverage.encode(),
            "failure": self.failure,
        }

    @classmethod
    def decode(cls, line: Mapping[str, Any]) -> Result:
        """The result that `encode` gave, or that pytest wrote.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        return cls(int(line["first"]), Coverage.decode(line["coverage"]), line["failure"])
