"""A replay written down as a test: its module without everything that this test does not need, and its decisions."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nexus_testkit.cli.problems import Problem
from nexus_testkit.cli.replaying.editing import edit
from nexus_testkit.cli.replaying.module import Module, end
from nexus_testkit.cli.replaying.needs import needed
from nexus_testkit.exploration.token import Token


@dataclass(frozen=True, slots=True)
class Written:
    """A test file.

    Attributes:
        text: all of it.
        name: of its test, as it stands behind the path in a node id.
        why_marker: why it still names the token, in words; empty where it does not.
    """

    text: str
    name: str
    why_marker: str = ""


def forms(test: Mapping[str, Any], lines: Sequence[str] | None, token: Token, *, error: str) -> Iterator[Written]:
    """The ways in which the test can be written, the plainest first.

    Args:
        test: what was told of it when it was collected.
        lines: its decisions in code, or None where they have none.
        token: of the run.
        error: how it failed, in a line.

    Raises:
        Problem: the test's own text cannot be found.
    """
    path = Path(test["path"])
    try:
        module = Module(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, SyntaxError) as problem:
        raise Problem(f"{path} cannot be read as Python: {problem}") from problem
    found = module.find(test["classes"], test["function"])
    if found is None:
        raise Problem(
            f"{test['nodeid']} is not written in {path.name} itself, at its top or in its class",
            "Hint: name the test where it is written; a base class or an import has no text of its own here",
        )
    time_s = token.limits.time_s
    limit = f", time_limit={time_s:g}" if time_s is not None and error.startswith("TimeLimitExceeded") else ""
    for everything in (False, True):
        parts = needed(module, found, everything=everything)
        why = "it names the token: its decisions cannot be said with nexus.faults"
        if lines is not None:
            why = "it names the token: with its decisions as nexus.faults it did not fail in the same way"
            body = edit(module, found, parts, test, f"@pytest.mark.nexus(seed={token.seed}{limit})", lines)
            if body is not None:
                yield _written(body, test, token, error)
        body = edit(module, found, parts, test, f'@pytest.mark.nexus(replay="{token}")', ())
        if body is not None:
            yield _written(body, test, token, error, why)


def _written(body: str, test: Mapping[str, Any], token: Token, error: str, why: str = "") -> Written:
    said = [f"What was found in {test['nodeid']}, without a search.", "", error, "", *token.plan.words()]
    head = "\n".join(said).replace("\\", "\\\\").replace('"""', '\\"\\"\\"').rstrip()
    future, rest = _split_future(body)
    pytest = "" if _imports_pytest(rest) else "import pytest\n"
    gap = "\n" if future else ""
    if pytest and not rest.startswith(("import ", "from ")):
        pytest += "\n\n"
    name = "::".join([*test["classes"], test["function"]])
    return Written(f'"""{head}\n"""\n\n{future}{gap}{pytest}{rest.lstrip()}', name, why)


def _split_future(body: str) -> tuple[str, str]:
    """The imports from `__future__`, which come first, and the rest."""
    last = max((end(each) for each in ast.parse(body).body if _is_future(each)), default=0)
    lines = body.splitlines(keepends=True)
    return "".join(lines[:last]), "".join(lines[last:])


def _is_future(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and statement.module == "__future__"


def _imports_pytest(body: str) -> bool:
    return any(
        isinstance(statement, ast.Import)
        and any(each.name == "pytest" and each.asname is None for each in statement.names)
        for statement in ast.parse(body).body
    )
