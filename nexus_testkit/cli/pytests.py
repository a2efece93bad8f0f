"""A pytest in a process of its own, and what it tells (see `nexus_testkit.pytest_plugin.telling`)."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TELLS = "nexus_testkit.pytest_plugin.telling"
_QUIET = ("-q", "--no-header", "--color=no")
# What is found is wanted, whatever the test is marked with; and a warning must not stand in the place of a result.
_ALWAYS = (
    "--runxfail",
    "-W",
    "ignore::nexus_testkit.exploration.running.NeverTrue",
    "-W",
    "always::nexus_testkit.exploration.running.ReplayDiffers",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """A pytest that has ended.

    Attributes:
        code: its exit code; negative for a signal.
        output: what it printed; empty where it was shown.
        told: the lines that the plugin wrote.
    """

    code: int
    output: str
    told: Sequence[Mapping[str, Any]]

    def one(self, kind: str) -> Any:
        """What was told last under this name, or None."""
        return next((line[kind] for line in reversed(self.told) if kind in line), None)

    def all(self, kind: str) -> list[Any]:
        """Everything that was told under this name."""
        return [line[kind] for line in self.told if kind in line]

    def about(self, kind: str) -> Mapping[str, Any] | None:
        """The whole line that was told last with this name in it."""
        return next((line for line in reversed(self.told) if kind in line), None)

    def tail(self, most: int = 25) -> list[str]:
        """The end of what it printed."""
        return self.output.rstrip().splitlines()[-most:]


def run_pytest(
    *arguments: str,
    folder: str | Path | None = None,
    shown: bool = False,
    started: Callable[[subprocess.Popen[str]], object] | None = None,
    seconds: float | None = None,
) -> Ended:
    """Run pytest with these arguments.

    Args:
        arguments: of pytest.
        folder: to run it in.
        shown: let it print, instead of keeping what it says.
        started: is given the process.
        seconds: of real time, after which it is killed.
    """
    with _file() as told:
        # Processes that run at once would all write down what failed last.
        quiet = () if shown else (*_QUIET, "-o", f"cache_dir={told.parent / 'cache'}")
        command = [
            sys.executable,
            "-m",
            "pytest",
            *quiet,
            *_ALWAYS,
            "-p",
            _TELLS,
            "--nexus-tell",
            str(told),
            *arguments,
        ]
        pipe = None if shown else subprocess.PIPE
        with subprocess.Popen(  # noqa: S603  # pytest, with what its user asked for
            command,
            cwd=folder,
            stdin=None if shown else subprocess.DEVNULL,
            stdout=pipe,
            stderr=subprocess.STDOUT if pipe else None,
            text=True,
            encoding="utf-8",
            errors="replace",
        ) as process:
            if started is not None:
                started(process)
            try:
                output, _ = process.communicate(timeout=seconds)
            except subprocess.TimeoutExpired:
                process.kill()
                output, _ = process.communicate()
        return Ended(process.returncode, output or "", list(read_lines(told)))


def read_lines(path: Path) -> Iterator[Mapping[str, Any]]:
    """The lines of JSON in a file; one that a killed process left unfinished ends them."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            return


@contextmanager
def _file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="nexus-testkit-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "told.jsonl"
