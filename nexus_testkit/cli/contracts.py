"""`nexus-testkit contracts`: every promise of every port, and which adapters keep it."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from nexus_testkit import contracts
from nexus_testkit.cli.problems import Problem
from nexus_testkit.contracts import Contract

_OF_A_WORLD = Path(contracts.__file__).with_name("suite.py")
_ON_THE_NETWORK = Path(__file__).with_name("network_suite.py")
_STYLES = {"kept": "green", "broken": "bold red", "deviates": "yellow"}
_ALONE = (
    "-p",
    "no:terminal",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:asyncio",
    "-p",
    "no:anyio",
    "-c",
    os.devnull,
    f"--rootdir={_OF_A_WORLD.parents[1]}",
)

CONTRACTS: Mapping[str, str] = {
    "database": "DatabaseContract",
    "cache": "CacheContract",
    "mail": "MailContract",
    "http": "HttpContract",
    "files": "FilesContract",
    "clock": "ClockContract",
    "analytics": "EventsContract",
}
"""Port -> the name of its contract."""


class Outcomes:
    """A pytest plugin that notes how each promise fared.

    Attributes:
        found: (name of the contract, name of the promise) -> `"kept"`, `"broken"`, `"deviates: reason"` or
            `"skipped: reason"`; the worst one where several adapters were tested.
        failures: the same key -> pytest's account of the failure.
    """

    def __init__(self) -> None:
        """Note nothing yet."""
        self.found: dict[tuple[str, str], str] = {}
        self.failures: dict[tuple[str, str], str] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Note the outcome of a promise."""
        report = yield
        key = _promise_of(item)
        if key is None or (report.when != "call" and report.passed):
            return report
        if report.failed:
            self.found[key] = "broken"
            self.failures[key] = report.longreprtext
        elif report.skipped:
            expected = getattr(report, "wasxfail", None)
            self.found.setdefault(
                key, f"deviates: {expected}" if expected is not None else f"skipped: {_reason(report)}"
            )
        else:
            self.found.setdefault(key, "kept")
        return report


class Watch:
    """A pytest plugin that shows on a terminal how far a run is; nothing where there is none."""

    def __init__(self, progress: Progress, words: str) -> None:
        """Show it as `words`."""
        self._progress = progress
        self._task: TaskID = progress.add_task(words, total=None)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Say how many promises there are."""
        self._progress.update(self._task, total=len(session.items))

    def pytest_runtest_logfinish(self) -> None:
        """Count one."""
        self._progress.advance(self._task)


def _promise_of(item: pytest.Item) -> tuple[str, str] | None:
    if not isinstance(item, pytest.Function) or item.cls is None or not issubclass(item.cls, Contract):
        return None
    home = next(base for base in item.cls.__mro__ if base.__name__ in CONTRACTS.values())
    return home.__name__, item.originalname


def _reason(report: pytest.TestReport) -> str:
    return report.longrepr[2].removeprefix("Skipped: ") if isinstance(report.longrepr, tuple) else "no reason"


def run_contracts(port: str | None, *, real: bool, as_json: bool = False) -> int:
    """Run the contracts and print the table; 0 where every promise is kept or a known deviation, 1 where one is broken.

    With `real` also on the real adapters: servers are those of the environment, or started from packages.

    Raises:
        Problem: there is no such port.
    """
    if port is not None and port not in CONTRACTS:
        raise Problem(f"there is no port {port!r}", f"Hint: one of: {', '.join(CONTRACTS)}")
    columns = {"fake": Outcomes(), **({"real": Outcomes()} if real else {})}
    watched = Console(stderr=True, highlight=False)
    bars = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*bars, console=watched, transient=True, disable=not watched.is_terminal) as progress:
        for kind, words, chosen, suite, *options in _runs(port, real=real):
            _run(columns[kind], Watch(progress, words), chosen, suite, *options)
    ports = tuple(CONTRACTS) if port is None else (port,)
    broken = [(kind, key, text) for kind, each in columns.items() for key, text in each.failures.items()]
    if as_json:
        promises = [each for name in ports for each in _as_data(name, columns)]
        print(json.dumps({"kept": not broken, "promises": promises}))  # noqa: T201  # for programs, whatever the width
        return 1 if broken else 0
    console = Console(highlight=False)
    for name in ports:
        _print(console, name, columns)
    for kind, (contract, promise), text in broken:
        console.print(Text(f"\n{kind}: {contract}.{promise}", style="bold red"))
        console.print(Text(text))
    return 1 if broken else 0


def _runs(port: str | None, *, real: bool) -> Iterator[tuple[str, str, str, Path, *tuple[str, ...]]]:
    """(column, in words, what `-k` chooses, suite, options) of each run of pytest."""
    chosen = _chosen(port)
    yield "fake", "fakes", chosen, _OF_A_WORLD
    if not real:
        return
    stubbed = f"({chosen}) and not TestMail and not TestHttp"
    yield "real", "real adapters", stubbed, _OF_A_WORLD, "--nexus-backend=real", "--nexus-loop=system"
    if port in (None, "mail", "http"):
        network = {"mail": "SmtpMail", "http": "NetworkTransport"}.get(port or "", "")
        yield "real", "real adapters on the network", network, _ON_THE_NETWORK


def _chosen(port: str | None) -> str:
    return "Test" if port is None else f"Test{CONTRACTS[port].removesuffix('Contract')}"


def _run(outcomes: Outcomes, watch: Watch, chosen: str, suite: Path, *options: str) -> None:
    pytest.main([*_ALONE, *options, "-k", chosen, str(suite)], plugins=[outcomes, watch])


def _as_data(port: str, columns: Mapping[str, Outcomes]) -> Iterator[dict[str, object]]:
    contract = CONTRACTS[port]
    for name, sentence in getattr(contracts, contract).promises().items():
        found: dict[str, object] = {"port": port, "contract": contract, "promise": name, "sentence": sentence}
        for column, outcomes in columns.items():
            outcome, _, reason = outcomes.found.get((contract, name), "broken").partition(": ")
            found[column] = {"outcome": outcome, "reason": reason or outcomes.failures.get((contract, name))}
        yield found


def _print(console: Console, port: str, columns: Mapping[str, Outcomes]) -> None:
    contract = CONTRACTS[port]
    promises = getattr(contracts, contract).promises()
    table = Table(title=f"{port}: {contract}", title_justify="left", box=None)
    table.add_column("promise", no_wrap=True)
    table.add_column("in a sentence")
    for column in columns:
        table.add_column(column)
    counts: Counter[str] = Counter()
    for name, sentence in promises.items():
        outcomes = [each.found.get((contract, name), "broken") for each in columns.values()]
        counts.update(outcome.partition(":")[0] for outcome in outcomes)
        cells = [Text(outcome, style=_STYLES.get(outcome.partition(":")[0], "dim")) for outcome in outcomes]
        table.add_row(name, Text(sentence), *cells)
    console.print(table)
    console.print(Text(", ".join(f"{count} {outcome}" for outcome, count in counts.items()) + "\n", style="dim"))
