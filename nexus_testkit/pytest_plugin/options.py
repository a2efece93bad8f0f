"""The marker's options, the command line's, and the line in pytest's header."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, TypeAlias
from zlib import crc32

import pytest

from nexus_testkit import __version__
from nexus_testkit.errors import HarnessError, NeedsSimulation, UnknownOption
from nexus_testkit.pytest_plugin.backend import add_options, backend_of, hosts_of_servers, is_real, take_over
from nexus_testkit.pytest_plugin.recording import begin as begin_recording
from nexus_testkit.pytest_plugin.tracing import begin as begin_tracing

MARKER = "nexus"
MOST_LINES = 60
"""Lines of a timeline in the terminal, at most."""
CLASS_OPTIONS = "nexus_options"
"""The attribute of a test class that gives all its async tests a world, and says with which options."""
_HARNESS_OPTIONS = ("backend", "config", "overrides", "plugins", "services", "strict_mail", "time_limit")
_EXPLORING = ("explore", "faults", "max_latency", "replay")
_KNOWN = (*_HARNESS_OPTIONS, *_EXPLORING, "allow_hosts", "loop", "seed", "threads")
Host: TypeAlias = tuple[str, int | None]
_LOOPS = ("simulation", "system")
_THREADS = ("inline", "held")
_MARKER_HELP = (
    "nexus(*, backend='fake'|'real'|{port: name}, seed, config, overrides, services, plugins, strict_mail, time_limit, loop='simulation'|'system', "
    "allow_hosts=[...], threads='inline'|'held', explore=RUNS, faults=True|[targets]|{target: kinds}, max_latency=seconds, "
    "replay='nx1:...'): options of this test's world (nexus_testkit); the nearest "
    "marker wins, option by option. An async test with this marker runs in a world also without the 'nexus' fixture."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldOptions:
    """What the markers of one test say.

    Attributes:
        seed: of what the fakes draw at random; see `Harness`.
        loop: `"simulation"` (virtual time) or `"system"` (Python's own loop, real time).
        threads: what becomes of functions handed to a thread: `"inline"` or `"held"`; simulation only.
        allow_hosts: hosts (names, addresses, paths of UNIX sockets) that real sockets may reach, each with the one
            port that they may reach there, or None for any.
        harness: what goes to `Harness` as it is.
        explore: how many runs to search for a failure, or None for a plain test.
        faults: what may fail in those runs; see `nexus_testkit.explore`.
        max_latency: virtual seconds that a call may take longer in those runs.
        replay: the token of a run to make again, or None.
        folder: of the test's file, where the paths of recorded HTTP exchanges begin.
        record_http: what is recorded of them: `"missing"`, `"all"` or None.
    """

    seed: int
    loop: Literal["simulation", "system"] = "simulation"
    threads: Literal["inline", "held"] = "inline"
    allow_hosts: tuple[Host, ...] = ()
    harness: Mapping[str, Any] = field(default_factory=dict)
    explore: int | None = None
    faults: Any = False
    max_latency: float = 40.0
    replay: str | None = None
    folder: Path | None = None
    record_http: Literal["missing", "all"] | None = None


def world_options(item: pytest.Item) -> WorldOptions:
    """The options of a test's world, merged from its markers and its class: the nearest wins, option by option.

    Raises:
        UnknownOption: a marker, or the class, has an option that nobody reads; a marker has a positional argument.
        HarnessError: an option has a value that it cannot have.
    """
    __tracebackhide__ = True
    given: dict[str, Any] = {}
    for marker in item.iter_markers(MARKER):
        if marker.args:
            raise UnknownOption(
                f"{item.nodeid}: @pytest.mark.nexus takes options by name, not {', '.join(map(repr, marker.args))}",
                hint=f"one of: {', '.join(sorted(_KNOWN))}",
            )
        for name, value in marker.kwargs.items():
            if name not in _KNOWN:
                raise UnknownOption(f"{item.nodeid}: @pytest.mark.nexus has no option {name!r}", hint=_nearest(name))
            given.setdefault(name, value)
    for name, value in class_options(item).items():
        if name not in _KNOWN:
            raise UnknownOption(f"{item.nodeid}: nexus_options has no option {name!r}", hint=_nearest(name))
        given.setdefault(name, value)
    backend = given.setdefault("backend", backend_of(item.config) or "fake")
    real = is_real(backend)
    loop: Any = given.get("loop") or item.config.getoption("nexus_loop", None) or "simulation"
    threads = given.get("threads", "inline")
    _check(item, "loop", loop, _LOOPS)
    _check(item, "threads", threads, _THREADS)
    seed = given.get("seed", item.config.getoption("nexus_seed", None))
    exploring = _exploring(item, given)
    if exploring and loop != "simulation":
        raise NeedsSimulation(
            f"{item.nodeid}: {next(iter(exploring))}= needs the simulation loop, and this is loop={loop!r}",
            hint="only there are schedules decisions that can be taken otherwise",
        )
    return WorldOptions(
        # An unnamed seed comes of the test's name alone: the same in every process, different for each test.
        seed=crc32(item.nodeid.encode()) if seed is None else seed,
        loop=loop,
        threads=threads,
        allow_hosts=_hosts(item, given.get("allow_hosts", ())) + (hosts_of_servers(backend) if real else ()),
        harness={name: given[name] for name in _HARNESS_OPTIONS if name in given},
        folder=item.path.parent,
        record_http=item.config.getoption("nexus_record_http", None),
        **exploring,
    )


def class_options(item: pytest.Item) -> Mapping[str, Any]:
    """The options that the class of a test gives to its tests: its `nexus_options`, such as a contract has."""
    return getattr(getattr(item, "cls", None), CLASS_OPTIONS, {})


def _exploring(item: pytest.Item, given: dict[str, Any]) -> dict[str, Any]:
    """The options of a search or a replay, those of the command line first."""
    from_command = {
        "explore": item.config.getoption("nexus_explore", None),
        "faults": item.config.getoption("nexus_faults", None),
        "replay": item.config.getoption("nexus_replay", None),
    }
    found = {name: given[name] for name in _EXPLORING if given.get(name) is not None}
    found |= {name: value for name, value in from_command.items() if value is not None}
    if from_command["replay"] is not None:
        found.pop("explore", None)
    elif from_command["explore"] is not None:
        found.pop("replay", None)
    runs, latency = found.get("explore", 1), found.get("max_latency", 0.0)
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < 1:
        raise HarnessError(f"{item.nodeid}: explore={runs!r}", hint="a number of runs, such as 500")
    if isinstance(latency, bool) or not isinstance(latency, (int, float)) or latency < 0:
        raise HarnessError(f"{item.nodeid}: max_latency={latency!r}", hint="seconds, 0 or more")
    if "replay" in found and "explore" in found:
        raise HarnessError(f"{item.nodeid}: explore= and replay=", hint="one or the other: a replay is a single run")
    if "faults" in found and not {"explore", "replay"} & found.keys():
        raise HarnessError(
            f"{item.nodeid}: faults= says what a search may let fail, and there is none",
            hint="explore=500 beside it, or nexus.faults.on(...) for faults of a plain test",
        )
    return found


def _nearest(name: str) -> str:
    near = get_close_matches(name, _KNOWN, n=1)
    return f"did you mean {near[0]!r}?" if near else f"one of: {', '.join(sorted(_KNOWN))}"


def _check(item: pytest.Item, name: str, value: object, known: tuple[str, ...]) -> None:
    if value not in known:
        raise HarnessError(f"{item.nodeid}: {name}={value!r}", hint=f"one of: {', '.join(map(repr, known))}")


def _hosts(item: pytest.Item, entries: object) -> tuple[Host, ...]:
    if isinstance(entries, (list, tuple, set, frozenset)):
        parsed = [_host(entry) for entry in entries]
        hosts = [host for host in parsed if host is not None]
        if len(hosts) == len(parsed):
            return tuple(hosts)
    raise HarnessError(
        f"{item.nodeid}: allow_hosts={entries!r}",
        hint="a list of host names, addresses, 'host:port', '[::1]:port' or paths of UNIX sockets; no URLs",
    )


def _host(entry: object) -> Host | None:
    if not isinstance(entry, str) or not entry or "://" in entry:
        return None
    if "/" in entry:
        return entry, None
    host, port = entry, ""
    if entry.startswith("["):
        host, _, port = entry[1:].partition("]")
        port = port.removeprefix(":")
    elif entry.count(":") == 1:
        host, _, port = entry.partition(":")
    if port and not port.isdecimal():
        return None
    return host.lower(), int(port) if port else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command line, and of the configuration file."""
    group = parser.getgroup("nexus", "nexus_testkit")
    group.addoption(
        "--nexus-seed",
        type=int,
        default=None,
        metavar="N",
        help="seed of every world whose marker names none (default: made of the test's id)",
    )
    group.addoption(
        "--nexus-explore",
        type=int,
        default=None,
        metavar="RUNS",
        help="run every selected test that has a world so often, under other schedules and latencies each time",
    )
    group.addoption(
        "--nexus-explore-first",
        type=int,
        default=1,
        metavar="N",
        help="the number of the first run of the search (default: 1); other processes make the runs before it",
    )
    group.addoption(
        "--nexus-explore-minutes",
        type=float,
        default=None,
        metavar="M",
        help="end each search after so many real minutes",
    )
    group.addoption(
        "--nexus-explore-results",
        default=None,
        metavar="FILE",
        help="append what each search came to as a line of JSON",
    )
    group.addoption(
        "--nexus-faults",
        action="append",
        default=None,
        metavar="TARGET",
        help="what may fail in the runs of a search: 'all', or a target of nexus.faults.on(); may be given again",
    )
    add_options(group)
    group.addoption(
        "--nexus-report",
        default=None,
        metavar="DIR",
        help="write a trace page (HTML) of each failing test that has a world, and an index.html over the run",
    )
    group.addoption(
        "--nexus-report-all",
        action="store_true",
        help="write trace pages of passing tests too (to nexus-report where --nexus-report names no folder)",
    )
    group.addoption(
        "--nexus-show-secrets",
        action="store_true",
        help="leave passwords, tokens and addresses in timelines and trace pages as they are",
    )
    parser.addini("nexus_redact_names", "further names whose values reports leave out, such as 'ssn'", "linelist", [])
    parser.addini("nexus_redact_patterns", "regular expressions: what they find, reports leave out", "linelist", [])
    parser.addini("nexus_redact_addresses", "whether reports shorten e-mail addresses", "bool", default=True)
    group.addoption(
        "--nexus-record-http",
        choices=("missing", "all"),
        default=None,
        help="let requests of tests with nexus.http.recorded(FILE) go out, and write the files of those that pass: what is "
        "missing in them, or all requests anew",
    )
    group.addoption("--nexus-replay", default=None, metavar="TOKEN", help="make the run of a replay token again")


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Offer the hooks of `nexus_testkit.pytest_plugin.hookspecs`."""
    from nexus_testkit.pytest_plugin import hookspecs  # noqa: PLC0415  # a module of hooks, not of names

    pluginmanager.add_hookspecs(hookspecs)


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker; a worker of pytest-xdist gets to know its controller's servers."""
    config.addinivalue_line("markers", _MARKER_HELP)
    take_over(config)
    begin_tracing(config)
    begin_recording(config)


def pytest_report_header(config: pytest.Config) -> str:
    """Say in one line what the worlds of this run are made of."""
    time_machine = "yes" if find_spec("time_machine") else "no"
    backend = backend_of(config)
    loop = config.getoption("nexus_loop", None) or "simulation"
    if backend is not None and is_real(backend):
        loop = f"{loop}, backend={backend}"
    return f"nexus_testkit {__version__}, loop={loop}, time-machine {time_machine}"
