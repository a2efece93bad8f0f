"""The page "What the fake database does, refuses, and does differently", out of the records, the catalogue and the docstrings."""

from __future__ import annotations

import ast
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.fidelity import coverage, fake, scenarios
from tests.fidelity.answers import Verdict
from tests.fidelity.fake import Outcome
from tests.fidelity.scenarios import Scenario

ROOT = Path(__file__).parents[1]
_POSTGRES = ROOT / "nexus_testkit" / "postgres"
_SHOWN = 110  # characters of a statement


_HEAD = [
    "| category | scenarios | steps | errors | identical | refused | different |",
    "| --- | --- | --- | --- | --- | --- | --- |",
]


def categories() -> str:
    """Each category of scenarios, and how the fake answers."""
    found = _all_counts()
    return "\n".join([*_HEAD, *(_row(name, counts) for name, counts in found.items()), _row("all", _sum(found))])


def summary() -> str:
    """The sum of all categories."""
    return "\n".join([*_HEAD, _row("all", _sum(_all_counts()))])


def _sum(found: dict[str, Counter[str]]) -> Counter[str]:
    total: Counter[str] = Counter()
    for counts in found.values():
        total.update(counts)
    return total


@cache
def _all_counts() -> dict[str, Counter[str]]:
    return {name: _counts(name) for name in scenarios.categories()}


def _row(name: str, counts: Counter[str]) -> str:
    different = counts[Verdict.SILENT] + counts[Verdict.ERROR] + counts[Verdict.ERROR_TEXT]
    share = counts[Verdict.IDENTICAL] / counts["steps"] if counts["steps"] else 0
    cells = (
        counts["scenarios"],
        counts["steps"],
        counts["errors"],
        f"{counts[Verdict.IDENTICAL]} ({share:.1%})",
        counts[Verdict.REFUSED],
        different,
    )
    return f"| {name} | {' | '.join(map(str, cells))} |"


@cache
def _outcomes(name: str) -> list[tuple[Scenario, list[Outcome], int]]:
    """Each scenario of a category with its replayed steps, and how many of the record's answers are errors."""
    record = scenarios.read_record(name)
    return [
        (
            scenario,
            [outcome for outcome in fake.replay(scenario, record) if not outcome.step.setup],
            sum("error" in answer for answer in scenarios.expected(scenario, record)),
        )
        for scenario in scenarios.read(name)
    ]


def _counts(name: str) -> Counter[str]:
    counts: Counter[str] = Counter()
    for scenario, outcomes, errors in _outcomes(name):
        counts["scenarios"] += 1
        counts["steps"] += len(scenario.steps)
        counts["errors"] += errors
        counts.update(outcome.verdict for outcome in outcomes)
        # what the fake never came to is refused with what it builds on
        counts[Verdict.REFUSED] += len(scenario.steps) - len(outcomes)
    return counts


def refusals() -> str:
    """What the scenarios ask for and the fake refuses, with an example each."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in scenarios.categories():
        for _, outcomes, _ in _outcomes(name):
            for outcome in outcomes:
                message = str(outcome.got.get("message", ""))
                if outcome.verdict is Verdict.REFUSED and "fake database" in message:
                    found[_construct(message)].append(outcome.step.sql)
    lines = ["| refused | times | for example |", "| --- | --- | --- |"]
    for construct, statements in sorted(found.items(), key=lambda item: (-len(item[1]), item[0])):
        example = " ".join(min(statements, key=len).split())
        short = example if len(example) <= _SHOWN else example[: _SHOWN - 3] + "..."
        lines.append(f"| {_cell(construct)} | {len(statements)} | {_code(short)} |")
    return "\n".join(lines)


def _construct(message: str) -> str:
    text = message.partition("does not support ")[2] or message
    return re.sub(r" at character \d+.*", "", text.splitlines()[0])


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{text.replace('|', chr(92) + '|')}{fence}"


def routines() -> str:
    """How many of PostgreSQL's functions and operators the fake has, and the names of those it refuses."""
    lines = ["| kind | signatures | answered | refused |", "| --- | --- | --- | --- |"]
    names: list[str] = []
    for kind, found in coverage.routines().items():
        refused = [signature for signature, answered in found.items() if not answered]
        lines.append(f"| {kind} | {len(found)} | {len(found) - len(refused)} | {len(refused)} |")
        if refused:
            names.append(f"\nRefused {kind}s: {', '.join(_code(signature) for signature in sorted(refused))}.")
    return "\n".join([*lines, *names])


def suites() -> str:
    """What the public suites gave when they were last run."""
    results = json.loads((ROOT / "tests" / "fidelity" / "suites" / "results.json").read_text(encoding="utf-8"))
    lines: list[str] = []
    titles = {"regress": "PostgreSQL's regression tests", "sqllogictest": "sqllogictest"}
    for suite, title in titles.items():
        found = results[suite]
        total: Counter[str] = Counter()
        lines += [
            f"{title}, beside PostgreSQL {found['server']}:\n",
            f"| subject | steps | {' | '.join(Verdict)} |",
            f"| --- | --- | {' | '.join('---' for _ in Verdict)} |",
        ]
        for group, counts in found["groups"].items():
            total.update(counts)
            lines.append(_suite_row(group, counts))
        lines += [_suite_row("all", total), ""]
    return "\n".join(lines).rstrip()


def _suite_row(name: str, counts: dict[str, int] | Counter[str]) -> str:
    steps = sum(counts.values())
    cells = (f"{counts[verdict]} ({counts[verdict] / steps:.1%})" if counts[verdict] else "0" for verdict in Verdict)
    return f"| {name} | {steps} | {' | '.join(cells)} |"


def limits() -> str:
    """The "Limits:" paragraph of every module and class of the dialect that has one."""
    lines = []
    for path in sorted(_POSTGRES.rglob("*.py")):
        for owner, text in _docstrings(path):
            if "Limits:" in text:
                limit = " ".join(text.partition("Limits:")[2].partition("\n\n")[0].split())
                lines.append(f"- `{owner}`: {limit}")
    return "\n".join(lines)


def _docstrings(path: Path) -> Iterator[tuple[str, str]]:
    name = ".".join(path.relative_to(_POSTGRES.parent).with_suffix("").parts).removesuffix(".__init__")
    module = ast.parse(path.read_text(encoding="utf-8"))
    for node in (module, *(node for node in module.body if isinstance(node, ast.ClassDef))):
        text = ast.get_docstring(node)
        if text:
            yield name if isinstance(node, ast.Module) else f"{name}.{node.name}", text
