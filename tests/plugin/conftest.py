"""Runs small suites in a pytest of their own, under each plugin that could want to run their tests."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

import pytest

# Loaded before pytester takes its snapshots of sys.modules: an audit hook is installed once in a process.
import nexus_testkit.pytest_plugin.world  # noqa: F401  # see above
from nexus_testkit.harness.warm import warm_up

# Likewise what a world loads when it needs it: whoever got a second copy of a class would not know its own objects any more.
warm_up()

_LOOP_SCOPE = "asyncio_default_fixture_loop_scope=function"


@dataclass(frozen=True)
class Runner:
    """Which plugins are loaded, and how a suite written for them marks its tests and fixtures."""

    name: str
    args: tuple[str, ...]
    mark: str = ""
    fixture: str = "pytest.fixture"

    def __str__(self) -> str:
        return self.name


_NO_ASYNCIO = ("-p", "no:asyncio")
_NO_ANYIO = ("-p", "no:anyio")
_STRICT = ("--asyncio-mode=strict", "-o", _LOOP_SCOPE)
_AUTO = ("--asyncio-mode=auto", "-o", _LOOP_SCOPE)
_SESSION_LOOPS = (
    "--asyncio-mode=auto",
    "-o",
    "asyncio_default_fixture_loop_scope=session",
    "-o",
    "asyncio_default_test_loop_scope=session",
)

ALONE = Runner("alone", (*_NO_ASYNCIO, *_NO_ANYIO))
RUNNERS = [
    ALONE,
    Runner("asyncio-strict", (*_NO_ANYIO, *_STRICT), "@pytest.mark.asyncio", "pytest_asyncio.fixture"),
    Runner("asyncio-strict-plain-fixture", (*_NO_ANYIO, *_STRICT), "@pytest.mark.asyncio"),
    Runner("asyncio-strict-unmarked", (*_NO_ANYIO, *_STRICT), "", "pytest_asyncio.fixture"),
    Runner("asyncio-auto", (*_NO_ANYIO, *_AUTO)),
    Runner("asyncio-session-loops", (*_NO_ANYIO, *_SESSION_LOOPS), "@pytest.mark.asyncio", "pytest_asyncio.fixture"),
    Runner("asyncio-wide-mark", (*_NO_ANYIO, *_STRICT), "@pytest.mark.asyncio(loop_scope='module')"),
    Runner("anyio", _NO_ASYNCIO, "@pytest.mark.anyio"),
    Runner("anyio-unmarked", _NO_ASYNCIO),
    Runner("anyio-auto", (*_NO_ASYNCIO, "--anyio-mode=auto")),
    Runner("both-unmarked", _STRICT),
    Runner("both-asyncio-mark", _STRICT, "@pytest.mark.asyncio", "pytest_asyncio.fixture"),
    Runner("both-anyio-mark", _STRICT, "@pytest.mark.anyio"),
    Runner("both-auto", _AUTO, "@pytest.mark.anyio"),
]


class Suite:
    """Writes a suite and runs it, every warning an error."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self.pytester = pytester
        self.args: tuple[str, ...] = ()

    def write(self, source: str, *, runner: Runner = ALONE) -> Suite:
        """Write the test module: MARK and FIXTURE in its text stand for what the runner wants there."""
        self.args = runner.args
        header = "import asyncio, socket\nimport pytest\n"
        if "pytest_asyncio" in runner.fixture:
            header += "import pytest_asyncio\n"
        body = textwrap.dedent(source).replace("@FIXTURE", f"@{runner.fixture}").replace("@MARK", runner.mark)
        self.pytester.makepyfile(test_suite=header + body)
        return self

    def run(self, *args: str) -> pytest.RunResult:
        """Run it in this process."""
        # pytester installs its own plugin; the cache would only cost time.
        return self.pytester.runpytest_inprocess(
            "-W", "error", "-p", "no:cacheprovider", "-p", "no:randomly", *self.args, *args
        )

    def run_apart(self, *args: str) -> pytest.RunResult:
        """Run it in another process."""
        return self.pytester.runpytest_subprocess("-W", "error", "-p", "no:cacheprovider", *self.args, *args)


@pytest.fixture
def suite(pytester: pytest.Pytester) -> Suite:
    return Suite(pytester)


@pytest.fixture(params=RUNNERS, ids=str)
def runner(request: pytest.FixtureRequest) -> Runner:
    return request.param


@pytest.fixture(autouse=True)
def _not_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """pytest prints longer summaries where it sees CI; the suites in here are read the same everywhere."""
    for name in ("CI", "BUILD_NUMBER"):
        monkeypatch.delenv(name, raising=False)
