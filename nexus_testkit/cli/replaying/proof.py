"""Whether a written test fails as the run does that it was written for: it is run, beside the module that it comes of."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from nexus_testkit.cli.problems import Problem
from nexus_testkit.cli.pytests import run_pytest
from nexus_testkit.cli.replaying.writing import Written

_LONGEST_S = 120.0  # of real time: without the search's limit of virtual time a world may go on for ever
_TIMES = 2  # a test that fails by luck does not do so each time, as a rule


def proved(written: Written, test: Mapping[str, Any], same: Callable[[Mapping[str, Any] | None], bool]) -> bool:
    """Whether the test fails as it should, in each of two copies of the file.

    Raises:
        Problem: no file can be made beside the test's module.
    """
    with _copies(written.text, Path(test["path"]).parent) as paths:
        targets = [os.path.relpath(f"{path}::{written.name}") for path in paths]
        ended = run_pytest(*targets, seconds=_LONGEST_S)
    ran = ended.all("ran")
    return len(ended.one("collected") or ()) == len(ran) == _TIMES and all(same(each["error"]) for each in ran)


@contextmanager
def _copies(text: str, folder: Path) -> Iterator[list[Path]]:
    paths = [folder / f"test_replayed_{secrets.token_hex(4)}.py" for _ in range(_TIMES)]
    try:
        for path in paths:
            try:
                with path.open("x", encoding="utf-8") as file:
                    file.write(text)
            except OSError as error:
                hint = "Hint: --as-test runs what it prints, in a file there"
                raise Problem(f"{path}: {error.strerror or error}", hint) from error
        yield paths
    finally:
        for path in paths:
            path.unlink(missing_ok=True)
            for compiled in (folder / "__pycache__").glob(f"{path.stem}.*"):
                compiled.unlink(missing_ok=True)


def is_same(wanted: Mapping[str, Any], found: Mapping[str, Any] | None) -> bool:
    """Whether two failures are the same: the type of the error, and the line of the user's code that it came of."""
    if found is None or wanted["type"] != found["type"]:
        return False
    if wanted["line"]:
        return bool((wanted["path"], wanted["line"]) == (found["path"], found["line"]))
    return bool(
        wanted["message"].partition(":")[0] == found["message"].partition(":")[0]
    )  # nobody's line: what it said
