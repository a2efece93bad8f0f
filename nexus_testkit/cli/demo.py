"""`nexus-testkit demo`: an example's tests, and what crossed the ports while they ran."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from nexus_testkit.harness import Harness
    from nexus_testkit.journal import Call

# In the wheel the examples lie beside this module; in a checkout, at its top.
_FOLDERS = (Path(__file__).parent / "examples", Path(__file__).parents[2] / "examples")
_COLOURS = {"database": "cyan", "cache": "magenta", "mail": "green", "http": "yellow", "files": "blue", "clock": "dim"}
_MOST_LINES = 14


def run_demo(example: str, *, keep: bool) -> int:
    """Copy the example to a temporary folder, run its tests there, print what happened; pytest's exit code."""
    console = Console(highlight=False, soft_wrap=False)
    source = _find(example)
    if source is None:
        known = sorted(
            {path.name for folder in _FOLDERS if folder.is_dir() for path in folder.iterdir() if path.is_dir()}
        )
        near = get_close_matches(example, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"one of: {', '.join(known)}"
        console.print(Text(f"there is no example {example!r}\nHint: {hint}", style="red"))
        return 2
    folder = Path(tempfile.mkdtemp(prefix="nexus-testkit-"))
    try:
        target = folder / example
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        console.print(Text(f"{example}: the plugin's own tests, in {target}; no server anywhere\n", style="bold"))
        recorder = Recorder(console)
        began = time.perf_counter()
        before = Path.cwd()
        os.chdir(target)
        try:
            options = [
                "-p",
                "no:terminal",
                "-p",
                "no:cacheprovider",
                f"--rootdir={target}",
            ]
            code = pytest.main([*options, str(target)], plugins=[recorder])
        finally:
            os.chdir(before)
        recorder.conclude(time.perf_counter() - began)
        return int(code)
    finally:
        if keep:
            console.print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _find(example: str) -> Path | None:
    for folder in _FOLDERS:
        source = folder / example
        if source.parent == folder and source.is_dir() and any(source.glob("test_*.py")):
            return source
    return None


class Recorder:
    """A pytest plugin that prints each test's outcome and what happened in its world."""

    def __init__(self, console: Console) -> None:
        """Print to `console`."""
        self._console = console
        self._worlds: dict[str, Harness] = {}
        self._calls: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()
        self._skipped_s = 0.0

    def pytest_nexus_world_closed(self, nodeid: str, harness: Harness) -> None:
        """Keep the world until its test's outcome is known."""
        self._worlds[nodeid] = harness

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print the test."""
        if report.when == "teardown" and report.passed:
            self._print_world(report.nodeid)
        if report.when != "call" and report.passed:
            return
        self._outcomes[report.outcome] += 1
        style = {"passed": "bold green", "failed": "bold red"}.get(report.outcome, "bold yellow")
        self._console.print(
            Text.assemble((f"{report.outcome.upper():<7}", style), f" {report.nodeid.partition('::')[2]}")
        )
        if report.failed:
            self._console.print(Text(report.longreprtext, style="red"))

    def _print_world(self, nodeid: str) -> None:
        harness = self._worlds.pop(nodeid, None)
        if harness is None:
            return
        started = [cls.__name__ for cls in harness.started]
        if started:
            self._console.print(Text(f"        started {' > '.join(started)}", style="dim"))
        # A service starts in a task of its own; its schema is the same in every test, and is only counted here.
        starting = [call for call in harness.journal if (call.task or "").startswith("start ")]
        calls = [call for call in harness.journal if not (call.task or "").startswith("start ")]
        if starting:
            self._console.print(Text(f"        ({len(starting)} calls while they started)", style="dim"))
        for call in calls[:_MOST_LINES]:
            self._console.print(_line(call), overflow="ellipsis", no_wrap=True)
        if len(calls) > _MOST_LINES:
            self._console.print(Text(f"        ... and {len(calls) - _MOST_LINES} calls more", style="dim"))
        self._calls.update(call.port for call in harness.journal)
        self._skipped_s += harness.elapsed_s
        self._console.print()

    def conclude(self, real_s: float) -> None:
        """Print the sums."""
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_row("tests", ", ".join(f"{count} {outcome}" for outcome, count in sorted(self._outcomes.items())))
        table.add_row(
            "calls that crossed a port", ", ".join(f"{port} {count}" for port, count in self._calls.most_common())
        )
        table.add_row("virtual time that passed", str(timedelta(seconds=round(self._skipped_s))))
        table.add_row("real time spent", f"{real_s:.2f} s")
        self._console.print(table)


def _line(call: Call) -> Text:
    colour = _COLOURS.get(call.port, "white")
    failed = "red" if call.error is not None else ""
    return Text.assemble(
        (f"  {call.started_at:>10.3f} s  ", "dim"), (f"{call.port:<10}", colour), (_words(call), failed)
    )


def _words(call: Call) -> str:
    text = call.describe()
    return text.removeprefix(f"{call.port}.")
