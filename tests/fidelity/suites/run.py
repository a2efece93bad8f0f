"""Runs a suite file by file, each in a process of its own: a crash of the interpreter is a result, not the end."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import sys
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.fidelity import server
from tests.fidelity.answers import Verdict
from tests.fidelity.scenarios import Step
from tests.fidelity.suites import regress, sqllogic
from tests.fidelity.suites.beside import Tally, answers_of_server, beside

SUITES: dict[str, Any] = {"regress": regress, "sqllogictest": sqllogic}
RESULTS = Path(__file__).with_name("results.json")
_PATIENCE = 300.0  # seconds for one file


def _one(url: str, suite: str, file: Path, answer: Connection) -> None:
    steps, setup = SUITES[suite].steps(file)
    first = {id(step) for step in steps[:setup]}
    counted: Callable[[Step], bool] = lambda step: id(step) not in first  # noqa: E731  # shorter than its name would be
    answer.send(beside(url, steps, answers_of_server(url, steps), counted))


def _tally(url: str, suite: str, file: Path) -> Tally | str:
    mine, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.Process(target=_one, args=(url, suite, file, theirs))
    process.start()
    theirs.close()
    try:
        found: Tally | str = mine.recv() if mine.poll(_PATIENCE) else f"not finished after {_PATIENCE:.0f} s"
    except EOFError:
        process.join()
        found = f"ended with exit code {process.exitcode}"
    finally:
        process.kill()
        process.join()
    return found


def main(suite: str, path: str, *, only: str = "", every: int = 1, details: bool = False, write: bool = False) -> int:
    """Run the files of a suite whose path contains `only`, or one in `every` of them; prints a line for each.

    Gives 1 where something was silently different or a file did not end. `write` puts the sums into `results.json`.
    """
    root = Path(path)
    files = [file for file in SUITES[suite].files(root) if only in str(file.relative_to(root))][::every]
    if not files:
        print(f"{path}: no files of {suite} there", file=sys.stderr)
        return 2
    groups: dict[str, Counter[str]] = {}
    constructs: Counter[str] = Counter()
    failed = False
    with server.server() as url:
        version = asyncio.run(server.version(url))
        print(f"{'':<28}{'steps':>8}" + "".join(f"{verdict:>20}" for verdict in Verdict))
        for file in files:
            name = SUITES[suite].group(file.relative_to(root))
            found = _tally(url, suite, file)
            if isinstance(found, str):
                failed = True
                print(f"{file.relative_to(root)}: {found}")
                continue
            groups.setdefault(name, Counter()).update(found.counts)
            constructs.update(found.constructs)
            _line(str(file.relative_to(root))[-28:], found.counts)
            if details:
                print(*found.shown, sep="\n")
    total: Counter[str] = sum(groups.values(), Counter())
    _line("all", total)
    print("\nmost often refused:", *(f"{count:>6}  {name}" for name, count in constructs.most_common(40)), sep="\n")
    if write:
        _write(suite, version, groups)
    return int(failed or bool(total[Verdict.SILENT]))


def _line(name: str, counts: Counter[str]) -> None:
    steps = sum(counts.values())
    cells = (f"{counts[verdict]} ({counts[verdict] / steps:.1%})" if counts[verdict] else "0" for verdict in Verdict)
    print(f"{name:<28}{steps:>8}" + "".join(f"{cell:>20}" for cell in cells), flush=True)


def _write(suite: str, version: str, groups: dict[str, Counter[str]]) -> None:
    results = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    results[suite] = {
        "server": version,
        "groups": {name: {verdict: counts[verdict] for verdict in Verdict} for name, counts in sorted(groups.items())},
    }
    RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n", encoding="utf-8")
