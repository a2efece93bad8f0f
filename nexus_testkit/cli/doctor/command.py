"""`nexus-testkit doctor`: all checks, what is printed, and the exit code."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import typer

from nexus_testkit.cli.doctor.finding import Finding
from nexus_testkit.cli.doctor.installed import check_installed
from nexus_testkit.cli.doctor.probe import check_fakes
from nexus_testkit.cli.doctor.project import check_project
from nexus_testkit.cli.doctor.real import check_real

_WIDTH = 80
_INDENT = " " * 10


def run_doctor(*, as_json: bool) -> int:
    """Look at the environment and at the project in the current folder; print what was found.

    Returns:
        0 where tests on the fakes can run, whatever is missing for real servers; 1 where something is broken.
    """
    found: Mapping[str, Sequence[Finding]] = {
        "installed": list(check_installed()),
        "project": list(check_project(Path.cwd())),
        "fakes": [check_fakes()],
        "real servers": list(check_real()),
    }
    broken = sum(each.level == "broken" for part in found.values() for each in part)
    if as_json:
        parts = [{"part": name, **asdict(each)} for name, part in found.items() for each in part]
        typer.echo(json.dumps({"well": not broken, "findings": parts}))
    else:
        typer.echo("\n".join(_lines(found, broken)))
    return 1 if broken else 0


def _lines(found: Mapping[str, Sequence[Finding]], broken: int) -> list[str]:
    lines: list[str] = []
    for name, part in found.items():
        if part:
            lines += ["", name, *(line for each in part for line in _of(each))]
    remarks = sum(each.level == "remark" for part in found.values() for each in part)
    well = "tests on the fakes can run" if not broken else f"{broken} broken: mend from the top, then ask again"
    beside = f"; {remarks} remark{'' if remarks == 1 else 's'}" if remarks else ""
    return [*lines[1:], "", well + beside]


def _of(finding: Finding) -> list[str]:
    first, *rest = finding.says.splitlines() or [""]
    # Neither paths nor commands are broken: they are pasted.
    wrapped = textwrap.wrap(
        f"{finding.about}: {first}",
        _WIDTH,
        initial_indent=f"  {finding.level:<8}",
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )
    mend = [f"{_INDENT}mend: {finding.mend}"] if finding.mend else []
    return [*wrapped, *(f"{_INDENT}{line}" for line in rest), *mend]
