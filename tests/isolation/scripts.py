"""Scripts of several sessions: how they are written down, and what a server did with them.

A group is two files in `scripts/`. `<group>.sql` is written by people (the idea is that of PostgreSQL's isolation tester):

```
+ CREATE TABLE t (id int)            setup for every script of the file, as it stands before the first one
== name of a script
+ INSERT INTO t VALUES (1)           setup of this script
a> BEGIN                             session a runs a statement; what it waits for, it waits for from then on
b> UPDATE t SET id = 2
    WHERE id = 1                     indented lines go on with it
a>                                   nothing is run: whatever a waits for ends by itself (a timeout, a deadlock that is found)
```

`<group>.json` is what `python -m tests.isolation record` wrote: for each step its answer, or that it waits, and under `"then"` the
answers of the statements of other sessions that it let go on.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

DIRECTORY = Path(__file__).parent / "scripts"
_STEP = re.compile(r"([a-z])>(?: (.*))?")
_NUMBERED = re.compile(r"pivot \d+")


class MalformedScriptError(ValueError):
    """A script that cannot be read, with the line; or a record of other steps."""


@dataclass(slots=True)
class Step:
    """One statement of one session; an empty one waits for the end of the one before."""

    session: str
    sql: str


@dataclass(slots=True)
class Script:
    """Steps on a database of their own."""

    group: str
    name: str
    setup: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Group and name."""
        return f"{self.group}: {self.name}"

    @property
    def sessions(self) -> list[str]:
        """The names of its sessions, in the order of their first steps."""
        return list(dict.fromkeys(step.session for step in self.steps))


def groups() -> list[str]:
    """The names of all groups."""
    return sorted(path.stem for path in DIRECTORY.glob("*.sql"))


def read(group: str) -> list[Script]:
    """The scripts of a group.

    Raises:
        MalformedScriptError: with file and line.
    """
    path = DIRECTORY / f"{group}.sql"
    common: list[str] = []
    found: list[Script] = []
    last: list[str] | Step | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        step = _STEP.fullmatch(line)
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("== "):
            if any(script.name == line[3:] for script in found):
                raise MalformedScriptError(f"{path.name}:{number}: a second script named {line[3:]!r}")
            found.append(Script(group, line[3:], list(common)))
            last = None
        elif line.startswith("+ "):
            last = found[-1].setup if found else common
            last.append(line[2:])
        elif line.startswith("    ") and isinstance(last, Step):
            last.sql += "\n" + line[4:]
        elif line.startswith("    ") and last:
            last[-1] += "\n" + line[4:]
        elif step and found:
            last = Step(step[1], step[2] or "")
            found[-1].steps.append(last)
        else:
            raise MalformedScriptError(f"{path.name}:{number}: neither a step nor a script's name")
    return found


def plain(answer: dict[str, Any]) -> dict[str, Any]:
    """An answer without what differs from run to run: process and transaction numbers, the order of rows that none was asked for."""
    if answer.get("error") == "40P01":
        return {name: value for name, value in answer.items() if name != "detail"}
    if "detail" in answer:
        return {**answer, "detail": _NUMBERED.sub("pivot", answer["detail"])}
    return answer


def read_record(group: str) -> dict[str, list[dict[str, Any]]]:
    """What the server did with the scripts of a group.

    Raises:
        MalformedScriptError: there is no record.
    """
    path = DIRECTORY / f"{group}.json"
    if not path.exists():
        raise MalformedScriptError(f"{path.name} is missing: run 'python -m tests.isolation record {group}'")
    found: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))["scripts"]
    return found


def write_record(group: str, server_version: str, record: dict[str, list[dict[str, Any]]]) -> None:
    """Write it, a step a line."""
    parts = []
    for name, steps in record.items():
        lines = ",\n".join("  " + json.dumps(step, ensure_ascii=False) for step in steps)
        parts.append(f" {json.dumps(name, ensure_ascii=False)}: [\n{lines}\n ]")
    text = f'{{"server_version": "{server_version}", "scripts": {{\n' + ",\n".join(parts) + "\n}}\n"
    (DIRECTORY / f"{group}.json").write_text(text, encoding="utf-8")


def expected(script: Script, record: dict[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The record of one script.

    Raises:
        MalformedScriptError: it is one of other steps.
    """
    found = record.get(script.name, [])
    if [(step["session"], step["sql"]) for step in found] != [(step.session, step.sql) for step in script.steps]:
        raise MalformedScriptError(
            f"the record of {script.label!r} is stale: run 'python -m tests.isolation record {script.group}'"
        )
    return found
