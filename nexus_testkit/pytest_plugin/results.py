"""The lines of JSON that a search leaves for whoever has started it: `--nexus-explore-results`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nexus_testkit.exploration.outcome import fingerprint
from nexus_testkit.exploration.search import Budget, Exploration, Found


def write(path: Path, item: pytest.Item, budget: Budget, found: Exploration, token: str | None) -> None:
    """Add what a search of `item` came to, as one line; `token` makes its failure again, where there is one."""
    failure = found.failure
    line = {
        "test": item.nodeid,
        "first": budget.first,
        "runs": found.runs,
        "coverage": found.coverage.encode(),
        "failure": None
        if failure is None
        else {
            "run": failure.run,
            "way": failure.way,
            "decisions": failure.plan.words(),
            "plan": failure.plan.encode(),
            "token": token,
            "error": f"{type(failure.error).__name__}: {failure.error}",
            "at": _place(failure, item.config.rootpath),
        },
    }
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def _place(failure: Found, root: Path) -> str:
    """The line of the user's code that the error came of: with its type, what tells failures apart."""
    _, filename, line = fingerprint(failure.error)
    path = Path(filename)
    return f"{path.relative_to(root).as_posix() if path.is_relative_to(root) else filename}:{line}"
