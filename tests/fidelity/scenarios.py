"""Scenarios of SQL: how they are written down, and what a server answered to them.

A category is two files in `scenarios/`. `<category>.sql` is written by people (or by the harvester):

```
+ CREATE TABLE t (id int)                 setup for every scenario of the file, as it stands before the first one
== name of a scenario                     ends with [refused] where the fake refuses something: see below
+ INSERT INTO t VALUES (1)                setup: has to succeed, its answer is not compared
SELECT * FROM t                           a step
    WHERE id = $1                         indented lines go on with it
    <- 1, Decimal('2.50')                 its arguments, as Python
2> BEGIN                                  a step of the second session (there are as many as are named)
script> SELECT 1; SELECT 2                sent by the simple query protocol, as asyncpg's execute() without arguments does
many> INSERT INTO t VALUES ($1)           executemany(); the arguments are a list of tuples
refused> SELECT ...                       the fake refuses this step (UnsupportedSQL); it is not compared
```

`[refused]` on a scenario means: the replay on the fake ends at the first refusal, for what follows builds on it.
`<category>.json` is what `python -m tests.fidelity record` wrote: each step again, with the server's answer.
"""

from __future__ import annotations

import datetime as dt
import decimal
import ipaddress
import json
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nexus_testkit.adapters.fake.database_ranges import bit_class

DIRECTORY = Path(__file__).parent / "scenarios"
_PREFIX = re.compile(r"((?:\d+|script|many|refused)(?: (?:\d+|script|many|refused))*)> ")
_NAMES: dict[str, Any] = {
    "datetime": dt,
    "Decimal": decimal.Decimal,
    "UUID": uuid.UUID,
    "ipaddress": ipaddress,
    "BitString": bit_class(),
    "inf": float("inf"),
    "nan": float("nan"),
    "__builtins__": {},
}


class MalformedScenarioError(ValueError):
    """A scenario file that cannot be read, with the line."""


@dataclass(slots=True)
class Step:
    """One statement.

    Attributes:
        sql: the statement.
        args: as they were written, one Python expression for all of them; empty for none.
        session: number of the session, from 1.
        protocol: "prepared", "script" or "many".
        refused: whether the fake is known to refuse it.
        setup: whether it only has to succeed.
    """

    sql: str
    args: str = ""
    session: int = 1
    protocol: str = "prepared"
    refused: bool = False
    setup: bool = False

    def values(self) -> list[Any]:
        """The arguments as Python values."""
        if not self.args:
            return []
        found = list(eval(f"({self.args},)", dict(_NAMES)))  # our own files
        return list(found[0]) if self.protocol == "many" else found

    def key(self) -> dict[str, Any]:
        """What a record says of the step, so that a record of other steps is noticed."""
        found: dict[str, Any] = {"sql": self.sql}
        if self.args:
            found["args"] = self.args
        if self.session != 1:
            found["session"] = self.session
        if self.protocol != "prepared":
            found["protocol"] = self.protocol
        return found


@dataclass(slots=True)
class Scenario:
    """Steps on a database of their own."""

    category: str
    name: str
    refused: bool = False
    setup: list[Step] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Category and name."""
        return f"{self.category}: {self.name}"


@dataclass(slots=True)
class Record:
    """What the server answered to a category.

    Attributes:
        server_version: of the server that answered.
        recorded_at: aware; the fake's clock starts there.
        answers: for each scenario, each step's `Step.key()` with the answer under `"answer"`.
    """

    server_version: str
    recorded_at: dt.datetime
    answers: dict[str, list[dict[str, Any]]]


def categories() -> list[str]:
    """The names of all categories."""
    return sorted(path.stem for path in DIRECTORY.glob("*.sql"))


def read(category: str) -> list[Scenario]:
    """The scenarios of a category.

    Raises:
        MalformedScenarioError: with file and line.
    """
    path = DIRECTORY / f"{category}.sql"
    common: list[Step] = []
    found: list[Scenario] = []
    last: Step | None = None
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith("== "):
            name, refused, _ = line[3:].partition(" [refused]")
            if any(scenario.name == name for scenario in found):
                raise MalformedScenarioError(f"{path.name}:{number}: a second scenario named {name!r}")
            found.append(Scenario(category, name, bool(refused), list(common)))
            last = None
        elif line.startswith("    "):
            if last is None:
                raise MalformedScenarioError(f"{path.name}:{number}: nothing to go on with")
            _continue(last, line)
        else:
            last = _step(line)
            if last.setup:
                (found[-1].setup if found else common).append(last)
            elif found:
                found[-1].steps.append(last)
            else:
                raise MalformedScenarioError(f"{path.name}:{number}: a step outside a scenario")
    return found


def _step(line: str) -> Step:
    if line.startswith("+ "):
        return Step(line[2:], setup=True)
    step = Step(line)
    prefix = _PREFIX.match(line)
    if prefix:
        step.sql = line[prefix.end() :]
        for word in prefix[1].split():
            if word.isdigit():
                step.session = int(word)
            elif word == "refused":
                step.refused = True
            else:
                step.protocol = word
    return step


def _continue(step: Step, line: str) -> None:
    text = line.strip()
    if text.startswith("<- "):
        step.args = text[3:]
    else:
        step.sql += "\n" + line[4:]


def written(scenarios: list[Scenario]) -> str:
    """The text of a category, for `read`."""
    lines: list[str] = []
    for scenario in scenarios:
        lines.append(f"\n== {scenario.name}" + (" [refused]" if scenario.refused else ""))
        for step in [*scenario.setup, *scenario.steps]:
            words = [str(step.session)] if step.session != 1 else []
            words += [step.protocol] if step.protocol != "prepared" else []
            words += ["refused"] if step.refused else []
            prefix = "+ " if step.setup else " ".join(words) + "> " if words else ""
            lines.append(prefix + step.sql.strip().replace("\n", "\n    "))
            if step.args:
                lines.append(f"    <- {step.args}")
    return "\n".join(lines).lstrip() + "\n"


def mark(category: str, refused: dict[str, list[bool]]) -> int:
    """Write into a category which steps of each scenario are refused; gives how many marks changed."""
    path = DIRECTORY / f"{category}.sql"
    lines = path.read_text(encoding="utf-8").splitlines()
    scenario, number, changed = "", -1, 0
    for at, line in enumerate(lines):
        if line.startswith("== "):
            scenario, number = line[3:].partition(" [refused]")[0], -1
        elif line.strip() and not line.startswith(("#", "+ ", "    ")):
            number += 1
            prefix = _PREFIX.match(line)
            words = [word for word in (prefix[1].split() if prefix else []) if word != "refused"]
            if refused[scenario][number]:
                words.append("refused")
            text = line[prefix.end() :] if prefix else line
            lines[at] = (" ".join(words) + "> " if words else "") + text
            changed += lines[at] != line
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return changed


def read_record(category: str) -> Record:
    """The record of a category.

    Raises:
        MalformedScenarioError: there is none.
    """
    path = DIRECTORY / f"{category}.json"
    if not path.exists():
        raise MalformedScenarioError(f"{path.name} is missing: run 'python -m tests.fidelity record {category}'")
    found = json.loads(path.read_text(encoding="utf-8"))
    return Record(found["server_version"], dt.datetime.fromisoformat(found["recorded_at"]), found["scenarios"])


def write_record(category: str, record: Record) -> None:
    """Write it, a step a line."""
    parts = []
    for name, answers in record.answers.items():
        lines = ",\n".join("  " + json.dumps(answer, ensure_ascii=False) for answer in answers)
        parts.append(f" {json.dumps(name, ensure_ascii=False)}: [\n{lines}\n ]")
    text = (
        f'{{"server_version": "{record.server_version}", "recorded_at": "{record.recorded_at.isoformat()}", '
        f'"scenarios": {{\n' + ",\n".join(parts) + "\n}}\n"
    )
    (DIRECTORY / f"{category}.json").write_text(text, encoding="utf-8")


def expected(scenario: Scenario, record: Record) -> list[dict[str, Any]]:
    """The answers to a scenario's steps.

    Raises:
        MalformedScenarioError: the record is one of other steps.
    """
    found = record.answers.get(scenario.name, [])
    if [{name: part for name, part in step.items() if name != "answer"} for step in found] != [
        step.key() for step in scenario.steps
    ]:
        raise MalformedScenarioError(
            f"the record of {scenario.label!r} is stale: run 'python -m tests.fidelity record {scenario.category}'"
        )
    return [step["answer"] for step in found]
