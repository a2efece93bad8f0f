"""What is loaded only when it is needed: it must not be loaded before, and it must be there then."""

from __future__ import annotations

import subprocess
import sys

from nexus_testkit.postgres.analyze import ddl
from nexus_testkit.postgres.values.functions import RUNTIME
from nexus_testkit.postgres.values.late import Late
from nexus_testkit.postgres.values.registry import AGGREGATE_NAMES

_LOADED = "import sys; {}; print(*(name for name in sys.modules if name.startswith('nexus_testkit.postgres.')))"


def loaded_by(program: str) -> set[str]:
    found = subprocess.run([sys.executable, "-c", _LOADED.format(program)], capture_output=True, text=True, check=True)
    return {name.removeprefix("nexus_testkit.postgres.") for name in found.stdout.split()}


def test_the_compiler_waits_for_a_statement() -> None:
    loaded = loaded_by("import nexus_testkit.postgres")
    assert "session" in loaded
    early = {name for name in loaded if name.startswith(("analyze", "catalog.system", "compile", "lower.", "typed"))}
    assert early <= {"lower.text"}


def test_overlapping_transactions_and_the_catalogues_wait_for_somebody_who_wants_them() -> None:
    loaded = loaded_by("import nexus_testkit.postgres.compile")
    assert "analyze.select" in loaded
    assert {name for name in loaded if name.startswith("concurrency.")} <= {"concurrency.waiting"}
    assert not {name for name in loaded if name.startswith("system.")}
    assert not loaded & {
        "analyze.ddl",
        "analyze.merge",
        "analyze.views",
        "values.jsonpath",
        "values.ranges",
        "values.are",
    }


def test_every_rule_that_is_named_is_there() -> None:
    assert all(callable(ddl.rule(kind)) for kind in ddl.RULES)


def test_every_function_that_is_named_is_there() -> None:
    named = [*(spec.function for spec in RUNTIME.values()), *AGGREGATE_NAMES.values()]
    late = [function for function in named if isinstance(function, Late)]
    assert late
    assert all(callable(function.found()) for function in late)
