"""What `nexus-testkit trace` does."""

from __future__ import annotations

import json
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from nexus_testkit.cli.problems import Problem
from nexus_testkit.cli.trace.choosing import Choice
from nexus_testkit.cli.trace.timeline import timeline
from nexus_testkit.cli.trace.whole import whole
from nexus_testkit.errors import HarnessError
from nexus_testkit.errors.readable import on_one_line
from nexus_testkit.journal.folding import HERE
from nexus_testkit.report.reading import Read, locate, read

LINES = 60
"""As many as pytest shows below a failing test."""

_STYLES = {"failed": "bold red", "passed": "green"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was asked for.

    Attributes:
        choice: which records.
        call: the number of one that is shown in full, or None.
        most: how many lines at most, or None for all; of an index, how many tests.
        as_json: whether as data.
        in_browser: whether the page itself is opened instead.
    """

    choice: Choice = field(default_factory=Choice)
    call: int | None = None
    most: int | None = LINES
    as_json: bool = False
    in_browser: bool = False


def run_trace(path: Path, wanted: Wanted) -> int:
    """Show a page, or the index of a run, which `path` names or which lies in the folder that it names.

    Returns:
        0.

    Raises:
        Problem: the file cannot be read, or has nothing of what was asked for; with code 3 no browser can be opened.
    """
    try:
        if wanted.in_browser:
            return _open(locate(path))
        found = read(path)
    except HarnessError as error:
        raise Problem(*map(on_one_line, str(error).splitlines())) from error
    if found.is_index:
        _show_index(found, wanted)
    else:
        _show_page(found, wanted)
    return 0


def _open(path: Path) -> int:
    uri = path.resolve().as_uri()
    if not webbrowser.open(uri):
        raise Problem(
            f"no browser can be opened here; the page is {uri}", "Hint: without --open it is shown here", code=3
        )
    typer.echo(f"opened {uri}")
    return 0


# -- one page


def _show_page(found: Read, wanted: Wanted) -> None:
    data = found.data
    chosen = wanted.choice.of(data)
    if wanted.call is not None:
        chosen = [_place_of(data, wanted.call)]
    if wanted.as_json:
        typer.echo(json.dumps({**data, "records": [data["records"][at] for at in chosen]}))
        return
    printer = _Printer()
    if wanted.call is not None:
        printer.lines(whole(data, data["records"][chosen[0]]))
        return
    _show_header(printer, data)
    lines = [on_one_line(line) for line in timeline(data, chosen, ports=wanted.choice.ports, most=wanted.most)]
    calls = sum("n" in record for record in data["records"])
    shown = sum("n" in data["records"][at] for at in chosen)
    of = "" if wanted.choice.is_all else f" ({shown} of {_count(calls, 'call')})"
    printer.line("")
    printer.line(f"what crossed the ports{of}", "bold")
    if not shown and not any(line for line in lines if not line.startswith(HERE)):
        printer.line("   nothing" if wanted.choice.is_all else "   nothing matches")
    printer.lines(lines)
    if any(line.endswith(" left out ...") for line in lines):
        typer.echo("--all shows every call, --call N the whole of one", err=True)


def _place_of(data: Mapping[str, Any], number: int) -> int:
    numbers = {record["n"]: at for at, record in enumerate(data["records"]) if "n" in record}
    if number not in numbers:
        there = f"calls {min(numbers)} to {max(numbers)}" if numbers else "nothing crossed a port"
        raise Problem(f"there is no call {number}", f"Hint: {there}")
    return numbers[number]


def _show_header(printer: _Printer, data: Mapping[str, Any]) -> None:
    calls = sum("n" in record for record in data["records"])
    printer.line(on_one_line(data["test"]), "bold")
    printer.fact(data["outcome"], [_error(data)] if data["error"] else [], _STYLES.get(data["outcome"], ""))
    world = [_count(calls, "call"), _count(len(data["tasks"]), "task"), f"{data['elapsed']:.3f} s of virtual time"]
    printer.fact("world", [f"{', '.join(world)}, seed {data['seed']}"])
    if data["example"]:
        printer.fact("example", data["example"].split("\n"))
    tape = data.get("tape")
    if tape is not None:
        decided = tape["decisions"] or ["stock order: no delay, no fault"]
        printer.fact("decided", [*filter(None, [tape["found"]]), *(f"- {words}" for words in decided)])
    printer.fact("again", data["again"])


# -- the index


def _show_index(found: Read, wanted: Wanted) -> None:
    choice = wanted.choice
    if choice.ports or choice.task is not None or wanted.call is not None:
        raise Problem(
            f"{on_one_line(str(found.path))} is the index of a run: --port, --task and --call are for one page",
            "Hint: name the page of a test; without options the index says which there are",
        )
    tests = sorted(
        (each for each in found.data["tests"] if choice.search.lower() in f"{each['test']} {each['error']}".lower()),
        key=lambda each: (each["outcome"] != "failed", each["test"]),
    )
    if wanted.as_json:
        typer.echo(json.dumps({**found.data, "tests": tests}))
        return
    printer = _Printer()
    failed = sum(each["outcome"] == "failed" for each in found.data["tests"])
    calls = sum(each["calls"] for each in found.data["tests"])
    summary = [f"{_count(len(found.data['tests']), 'test')} with a world", f"{failed} failed", _count(calls, "call")]
    printer.line(", ".join(summary), "bold")
    shown = tests[: wanted.most]
    width = max((len(on_one_line(each["test"])) for each in shown), default=0)
    for each in shown:
        page = f"  {on_one_line(each['page'])}" if each["page"] else ""
        printer.line(f"{on_one_line(each['outcome']):<7} {on_one_line(each['test']):<{width}}{page}".rstrip())
        if each["error"]:
            printer.line(f"        {on_one_line(_error(each))}", "red")
    if not shown:
        printer.line("no test matches" if found.data["tests"] else "no test of this run had a world")
    if len(shown) < len(tests):
        printer.line(f"... {_count(len(tests) - len(shown), 'more test')} ...")


def _error(test: Mapping[str, Any]) -> str:
    return f"{test['error']} ({test['place']})" if test["place"] else str(test["error"])


def _count(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


class _Printer:
    """Prints lines as they are, with colours on a terminal alone; what an encoding lacks, as an escape."""

    def __init__(self) -> None:
        self._console = Console(highlight=False, soft_wrap=True)

    def line(self, text: str, style: str = "") -> None:
        encoding = self._console.encoding
        self._console.print(Text(text.encode(encoding, "backslashreplace").decode(encoding), style))

    def lines(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.line(line, "red" if line.startswith(HERE) else "")

    def fact(self, name: str, lines: Sequence[str], style: str = "") -> None:
        for at, line in enumerate(lines or [""]):
            head = on_one_line(name) if at == 0 else ""
            self.line(f"  {head:<8}  {on_one_line(line)}".rstrip(), style)
