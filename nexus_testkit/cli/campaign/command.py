"""`nexus-testkit explore`: from what was asked for to what is printed, and the exit code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from nexus_testkit.cli.campaign.campaign import TRIES, Campaign, Standing
from nexus_testkit.cli.campaign.chunk import Chunk, order_of
from nexus_testkit.cli.campaign.engines import Cluster, Engine, Processes
from nexus_testkit.cli.campaign.ledger import Ledger
from nexus_testkit.cli.campaign.show import Watch, said
from nexus_testkit.cli.campaign.subject import Subject, find_subject
from nexus_testkit.cli.problems import Problem
from nexus_testkit.errors import InvalidFault
from nexus_testkit.faults import wanted as check_faults

RUNS = 500
"""How many runs, where neither a number nor a time is asked for."""
FOUND, NOT_FOUND, INCOMPLETE, INTERRUPTED = 1, 0, 3, 130


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the command line asks for.

    Attributes:
        target: the test.
        runs: how many, or None.
        minutes: how long at most, in real minutes, or None.
        jobs: how many processes at once.
        faults: what may fail: `all`, or targets of `nexus.faults.on()`.
        seed: of the search; None for that of the test.
        results: where results are kept, or None.
        cluster: the address of a scheduler of dask, or None for processes of this machine.
        keep_going: whether a failure does not end the campaign.
        size: runs of a chunk; None to measure it.
        as_json: whether what was found is printed as one object of JSON.
    """

    target: str
    runs: int | None = None
    minutes: float | None = None
    jobs: int = 1
    faults: tuple[str, ...] = ()
    seed: int | None = None
    results: Path | None = None
    cluster: str | None = None
    keep_going: bool = False
    size: int | None = None
    as_json: bool = False

    @property
    def all_runs(self) -> int | None:
        """How many runs, or None where the time alone ends it."""
        return RUNS if self.runs is None and self.minutes is None else self.runs


def run_campaign(wanted: Wanted) -> int:
    """Search, and print what was found; the exit code.

    Raises:
        Problem: it cannot be done.
    """
    _check(wanted)
    progress = Console(stderr=True, highlight=False)
    subject = find_subject(wanted.target, seed=wanted.seed, faults=wanted.faults)
    ledger = None if wanted.results is None else Ledger(wanted.results, subject.search)
    for line in ledger.words if ledger is not None else ():
        progress.print(Text(line, style="yellow"), soft_wrap=True)
    engine = _engine(wanted, subject)
    campaign = None
    try:
        with Watch(progress, runs=wanted.all_runs) as watch:
            campaign = Campaign(
                subject,
                engine,
                runs=wanted.all_runs,
                minutes=wanted.minutes,
                size=wanted.size,
                keep_going=wanted.keep_going,
                ledger=ledger,
                show=watch,
            )
            campaign.run()
    except KeyboardInterrupt:
        if campaign is not None:
            progress.print(said(campaign.standing, runs=wanted.all_runs, running=0), soft_wrap=True)
        kept = "" if wanted.results is None else f"; the same command goes on from {wanted.results}"
        progress.print(Text(f"interrupted{kept}", style="yellow"), soft_wrap=True)
        return INTERRUPTED
    finally:
        engine.close()
    if wanted.as_json:
        print(json.dumps(_as_data(subject, wanted, campaign.standing)))  # noqa: T201  # for programs, whatever the width
    else:
        _print(Console(highlight=False), subject, wanted, campaign.standing)
    if campaign.standing.failures:
        return FOUND
    return INCOMPLETE if campaign.standing.lost else NOT_FOUND


def _engine(wanted: Wanted, subject: Subject) -> Engine:
    if wanted.cluster is None:
        return Processes(wanted.jobs)
    cluster = Cluster(wanted.cluster, retries=TRIES)
    try:
        cluster.check(order_of(subject, Chunk(1, 1), None))
    except BaseException:
        cluster.close()
        raise
    return cluster


def _check(wanted: Wanted) -> None:
    for name, value in (("--runs", wanted.runs), ("--jobs", wanted.jobs), ("--chunk", wanted.size)):
        if value is not None and value < 1:
            raise Problem(f"{name} {value}", "Hint: a number, from 1")
    if wanted.minutes is not None and not wanted.minutes > 0:
        raise Problem(f"--minutes {wanted.minutes:g}", "Hint: more than 0; half a minute is 0.5")
    if wanted.cluster is not None and wanted.jobs != 1:
        raise Problem("--jobs says how many processes of this machine, and --cluster has workers of its own")
    targets = [each for each in wanted.faults if each != "all"]
    try:
        check_faults(targets, adapter=_no_adapter)
    except InvalidFault as error:
        raise Problem(f"--faults: {error}") from error


def _no_adapter(port: str) -> Any:
    raise InvalidFault(f"no {port} here")  # targets that are text ask for none


def _found(wanted: Wanted, standing: Standing) -> list[tuple[tuple[str, str], Mapping[str, Any]]]:
    found = sorted(standing.failures.items(), key=lambda each: int(each[1]["run"]))
    if not wanted.keep_going:
        del found[1:]  # what else failed depends on how many chunks were under way
    return found


def _as_data(subject: Subject, wanted: Wanted, standing: Standing) -> dict[str, Any]:
    coverage = standing.coverage
    return {
        "test": subject.nodeid,
        "runs": coverage.runs,
        "runs_from_results": standing.before,
        "schedules": len(coverage.schedules),
        "orders": len(coverage.orders),
        "most_calls": coverage.most_calls,
        "faults": dict(sorted(coverage.faults.items())),
        "sometimes": dict(sorted(coverage.sometimes.items())),
        "failures": [
            {
                "run": failure["run"],
                "error": failure["error"],
                "at": failure["at"],
                "decisions": list(failure["decisions"]),
                "token": failure["token"],
                "failed_runs": standing.seen[bug] if wanted.keep_going else 1,
                "report": failure["report"],
            }
            for bug, failure in _found(wanted, standing)
        ],
        "lost": [{"chunk": str(chunk), "why": why} for chunk, why in standing.lost],
    }


def _print(console: Console, subject: Subject, wanted: Wanted, standing: Standing) -> None:
    found = _found(wanted, standing)
    for _, failure in found:
        console.print(Text(str(failure["report"]).rstrip()), soft_wrap=True)
        console.print()
    for line in standing.coverage.lines():
        console.print(Text(line, style="yellow" if line.startswith("warning") else ""), soft_wrap=True)
    if standing.before:
        console.print(f"{standing.before} of these runs are from {wanted.results}", soft_wrap=True)
    for chunk, why in standing.lost:
        words = f"{chunk} could not be made: each of {TRIES} processes died; the last one:\n{why}"
        console.print(Text(words, style="bold red"), soft_wrap=True)
    for bug, failure in found:
        _print_failure(console, subject, failure, standing.seen[bug] if wanted.keep_going else 1)
    if not found:
        words = f"no failure in {standing.coverage.runs} runs of {subject.nodeid}"
        console.print(Text(words, style="bold green"), soft_wrap=True)


def _print_failure(console: Console, subject: Subject, failure: Mapping[str, Any], seen: int) -> None:
    error = str(failure["error"]).splitlines()[0]
    again = f", and {seen - 1} more like it" if seen > 1 else ""
    console.print(Text(f"run {failure['run']} failed{again}: {error}", style="bold red"), soft_wrap=True)
    for words in failure["decisions"] or ["it takes no decision: it fails in stock order, as under plain pytest"]:
        console.print(Text(f"  {words}"), soft_wrap=True)
    if failure["decisions"]:
        console.print(Text(f"token:   {failure['token']}"), soft_wrap=True)
        console.print(Text(f"replay:  nexus-testkit replay {failure['token']} {subject.target}"), soft_wrap=True)
