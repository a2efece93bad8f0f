"""A plugin that the `nexus-testkit` command loads into the pytests that it starts: it tells, in lines of JSON, what they found.

`-p nexus_testkit.pytest_plugin.telling --nexus-tell FILE`. Lines are of three kinds: `collected` (the tests, what their
worlds are made of, and a digest of the project's code), `ran` (how a replay ended, and where its decisions fell), and
`report` (pytest's words for a failure).
"""

from __future__ import annotations

import hashlib
import json
import linecache
import sys
import sysconfig
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nexus_testkit.errors import HarnessError
from nexus_testkit.pytest_plugin.collecting import WORLD, uses_world
from nexus_testkit.pytest_plugin.options import world_options

if TYPE_CHECKING:
    from nexus_testkit.harness import Harness

_BEGAN = pytest.StashKey[int]()
_ELSEWHERE = frozenset({"site-packages", "dist-packages", ".venv", "venv", ".tox", ".nox"})
_HYPOTHESIS = "hypothesispytest"
_NOT_OURS = (str(Path(__file__).parents[1]), sysconfig.get_path("stdlib"))  # the kit, and Python


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--nexus-tell` and `--nexus-one`."""
    group = parser.getgroup("nexus", "nexus_testkit")
    group.addoption("--nexus-tell", metavar="FILE", required=True, help="append what was found as lines of JSON")
    group.addoption("--nexus-one", action="store_true", help="refuse to run anything but one test that has a world")


def pytest_configure(config: pytest.Config) -> None:
    """Begin to tell."""
    config.pluginmanager.register(_Teller(config), "nexus-teller")


class _Teller:
    def __init__(self, config: pytest.Config) -> None:
        self._path = Path(config.getoption("nexus_tell"))
        self._items: dict[str, pytest.Item] = {}
        self._worlds: dict[str, Harness] = {}

    def _tell(self, **said: Any) -> None:
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")

    # -- what was collected

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell of the tests."""
        config = session.config
        tests = [_described(item) for item in session.items]
        self._tell(
            collected=tests,
            root=str(config.rootpath),
            sources=_sources(config.rootpath),
            distributed=bool(config.getoption("numprocesses", default=None)),
        )
        if config.getoption("nexus_one"):
            problem = _not_one(tests)
            if problem is not None:
                raise pytest.UsageError(problem)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Save the import of Hypothesis, a second, which its plugin needs to say that there is nothing to say."""
        plugins = session.config.pluginmanager
        if "hypothesis" not in sys.modules and plugins.has_plugin(_HYPOTHESIS):
            plugins.unregister(name=_HYPOTHESIS)

    # -- how it ended

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, None, None]:
        """Note where the body begins, and tell how it ended."""
        world = item.stash.get(WORLD, None)
        if world is None:
            return (yield)
        item.stash[_BEGAN] = len(world.harness.journal)
        try:
            result = yield
        except BaseException as error:
            self._tell(ran=_ending(item, world.harness, error))
            raise
        self._tell(ran=_ending(item, world.harness, None))
        return result

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Tell pytest's own words for a failure."""
        if report.failed or report.skipped:
            self._tell(report=report.longreprtext, when=report.when, outcome=report.outcome)

    def pytest_warning_recorded(self, warning_message: Any) -> None:
        """Tell of warnings that say that this is not the run of the token."""
        if warning_message.category.__name__ == "ReplayDiffers":
            self._tell(differs=str(warning_message.message))


def _described(item: pytest.Item) -> dict[str, Any]:
    said: dict[str, Any] = {"nodeid": item.nodeid, "path": str(item.path), "world": uses_world(item)}
    if not isinstance(item, pytest.Function) or not uses_world(item):
        return said
    from nexus_testkit.exploration.token import digest  # noqa: PLC0415  # loads the harness, as the world does

    callspec = getattr(item, "callspec", None)
    said |= {
        "function": item.originalname,
        "classes": [node.name for node in item.listchain() if isinstance(node, pytest.Class)],
        "parameters": dict(callspec.indices) if callspec is not None else {},
        "code": digest(item.function),
    }
    try:
        options = world_options(item)
    except HarnessError as error:
        return said | {"problem": str(error)}
    return said | {
        "seed": options.seed,
        "faults": _stable(options.faults),
        "max_latency": options.max_latency,
        "threads": options.threads,
    }


def _stable(value: object) -> Any:
    """A value of `faults=` as JSON, the same in every process."""
    if isinstance(value, Mapping):
        return {str(name): _stable(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_stable(each) for each in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(str, value))
    return value if isinstance(value, (bool, str, type(None))) else str(value)


def _not_one(tests: list[dict[str, Any]]) -> str | None:
    names = [test["nodeid"] for test in tests]
    if len(names) != 1:
        return f"one test is to be named, and these are {len(names)}: {', '.join(names[:10])}"
    if not tests[0]["world"]:
        return f"{names[0]} has no world: it takes no fixture 'nexus' and has no marker @pytest.mark.nexus"
    return None


def _sources(root: Path) -> str:
    """A digest of every module of the project that is loaded: a search of other code is another search."""
    found: dict[str, Path] = {}
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if not isinstance(name, str) or not name.endswith(".py") or name.startswith(_NOT_OURS):
            continue
        path = Path(name)
        if path.is_relative_to(root) and not _ELSEWHERE.intersection(path.parts):
            found[path.relative_to(root).as_posix()] = path
    total = hashlib.sha256()
    for name, path in sorted(found.items()):
        total.update(f"{name}\n".encode())
        total.update(path.read_bytes())
    return total.hexdigest()[:16]


def _ending(item: pytest.Item, harness: Harness, error: BaseException | None) -> dict[str, Any]:
    from nexus_testkit.exploration.outcome import fingerprint  # noqa: PLC0415  # loaded with the world

    said: dict[str, Any] = {"nodeid": item.nodeid, "began": item.stash[_BEGAN], "error": None}
    if error is not None:
        name, path, line = fingerprint(error)
        # A copy of the test lies elsewhere: its lines are compared by their text.
        own = Path(path) == item.path
        said["error"] = {
            "type": name,
            "message": str(error),
            "path": "" if own else path,
            "line": linecache.getline(path, line).strip() if path else "",
            "place": f"{Path(path).name}:{line}" if path else "",
        }
    from nexus_testkit.pytest_plugin.placing import placed  # noqa: PLC0415  # for a replay alone

    token = item.config.getoption("nexus_replay")
    if token is not None:
        said["placed"] = placed(token, harness, said["began"])
    return said
