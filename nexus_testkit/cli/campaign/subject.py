"""Which test is searched, and everything that makes one search differ from another."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from nexus_testkit.cli.problems import Problem
from nexus_testkit.cli.pytests import Ended, run_pytest
from nexus_testkit.exploration.token import versions

_MOST_NAMES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A test that can be searched.

    Attributes:
        target: as the user named it.
        folder: where that name holds: the working directory.
        options: pytest's options that belong to the search.
        nodeid: pytest's own name of the test.
        root: pytest's root directory.
        search: what all chunks of this search have in common; another one has other runs.
    """

    target: str
    folder: str
    options: Sequence[str]
    nodeid: str
    root: str
    search: Mapping[str, Any]


def find_subject(target: str, *, seed: int | None, faults: Sequence[str]) -> Subject:
    """Ask pytest for the test of this name.

    Raises:
        Problem: there is none, or there are several, or it cannot be explored.
    """
    options: list[str] = [] if seed is None else ["--nexus-seed", str(seed)]
    options += [f"--nexus-faults={each}" for each in faults]
    ended = run_pytest(target, "--collect-only", "--nexus-explore", "1", *options)
    collected = ended.about("collected")
    if collected is None or ended.code not in (0, 5):
        raise Problem(*ended.tail(), *_hints(target, ended))
    test = _only(target, collected["collected"])
    if not test["world"]:
        raise Problem(
            f"{test['nodeid']} has no world to explore",
            "Hint: let it take the fixture 'nexus', or mark it with @pytest.mark.nexus; below @given it is "
            "@simulate(explore=True) that explores, under pytest itself",
        )
    if "problem" in test:
        raise Problem(test["problem"])
    if seed is not None and test["seed"] != seed:
        raise Problem(
            f"the marker of {test['nodeid']} says seed={test['seed']}, which --seed {seed} does not change",
            "Hint: leave one of the two out",
        )
    search = {name: test[name] for name in ("code", "faults", "max_latency", "seed", "threads")}
    if collected["distributed"]:
        options += ["-n", "0"]  # the processes are ours
    return Subject(
        target=target,
        folder=str(Path.cwd()),
        options=options,
        nodeid=test["nodeid"],
        root=collected["root"],
        search={"test": test["nodeid"], **search, "sources": collected["sources"], "versions": dict(versions())},
    )


def _only(target: str, tests: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    if not tests:
        raise Problem(f"{target} holds no test", "Hint: name one: path/to/test_file.py::test_name")
    if len(tests) > 1:
        names = [f"  {test['nodeid']}" for test in tests[:_MOST_NAMES]]
        more = [f"  ... and {len(tests) - _MOST_NAMES} more"] if len(tests) > _MOST_NAMES else []
        raise Problem(
            f"{target} is {len(tests)} tests, and a search is of one:", *names, *more, "Hint: name one of them in full"
        )
    return tests[0]


def _hints(target: str, ended: Ended) -> list[str]:
    """What the name may have been meant to be."""
    path, colons, name = target.partition("::")
    if ended.code != 4:
        return []  # pytest has shown what is wrong with the file
    if not os.path.exists(path):  # noqa: PTH110  # a name that was typed: Path() would normalize it
        return [f"Hint: there is no file {path!r} in {Path.cwd()}; the form is path/to/test_file.py::test_name"]
    if not colons:
        return []
    collected = run_pytest(path, "--collect-only").one("collected") or ()
    names = [test["nodeid"].partition("::")[2] for test in collected]
    near = get_close_matches(name, names, n=1)
    if near:
        return [f"Hint: did you mean {path}::{near[0]}?"]
    return [f"Hint: its tests are {', '.join(names[:_MOST_NAMES])}"] if names else []
