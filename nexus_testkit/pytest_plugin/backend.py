"""`--nexus-backend=real` and its kin: which adapters the worlds of a run have, and what cannot run on them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from nexus_testkit.errors import HarnessError, NeedsFake, NeedsSimulation, ServerError

_PORTS = {"nexus_database": "database", "nexus_cache": "cache", "nexus_files": "files"}
# What the controller of pytest-xdist hands to its workers, so that all share its servers.
_SERVERS = "nexus_testkit_servers"


def add_options(group: pytest.OptionGroup) -> None:
    """Add `--nexus-backend`, `--nexus-database`, `--nexus-cache`, `--nexus-files` and `--nexus-require-real`."""
    group.addoption(
        "--nexus-backend",
        choices=("fake", "real"),
        default=None,
        help="what stands behind the ports of each world whose marker does not say: fakes (default), or real servers: "
        "those of NEXUS_TESTKIT_POSTGRES_URL and NEXUS_TESTKIT_REDIS_URL, else started from packages",
    )
    group.addoption("--nexus-database", choices=("fake", "postgres"), default=None, help="likewise, for the database")
    group.addoption("--nexus-cache", choices=("fake", "redis"), default=None, help="likewise, for the cache")
    group.addoption("--nexus-files", choices=("fake", "disk"), default=None, help="likewise, for the files")
    group.addoption(
        "--nexus-loop",
        choices=("simulation", "system"),
        default=None,
        help="the loop of each world whose marker does not say: in virtual time (default), or Python's own, in real time",
    )
    group.addoption(
        "--nexus-require-real",
        action="store_true",
        default=False,
        help="fail the tests that would be skipped because they cannot run on real servers, or because there are none",
    )


def backend_of(config: pytest.Config) -> str | Mapping[str, str] | None:
    """What the command line says; None where it says nothing."""
    ports = {port: str(name) for option, port in _PORTS.items() if (name := config.getoption(option, None))}
    whole: str | None = config.getoption("nexus_backend", None)
    if not ports:
        return whole
    if whole == "real":
        from nexus_testkit.harness.backends import REAL  # noqa: PLC0415  # only with the option

        return {**REAL, **ports}
    return ports


def is_real(backend: str | Mapping[str, str]) -> bool:
    """Whether a world with this backend has a real adapter.

    Raises:
        UnknownOption: there is no such backend.
    """
    from nexus_testkit.harness.backends import real_ports  # noqa: PLC0415  # loads the harness

    return backend != "fake" and bool(real_ports(backend))


def hosts_of_servers(backend: str | Mapping[str, str]) -> tuple[tuple[str, int | None], ...]:
    """Where the servers of a world are, for the guard of its sockets; starts them.

    Raises:
        ServerError: there is none, and none can be started.
    """
    from nexus_testkit.harness.backends import real_ports, shared_servers  # noqa: PLC0415  # as above

    ports, servers = real_ports(backend), shared_servers()
    found = [servers.postgres_place] if "database" in ports else []
    if "cache" in ports:
        host, port = servers.redis_place
        found.append((host, None if "+" in urlsplit(servers.redis_url).scheme else port))  # a cluster has many
    return tuple(found)


@contextmanager
def skipping(item: pytest.Item) -> Iterator[None]:
    """Skip the test where the block says that it cannot run on real servers, and only the command line asked for them."""
    __tracebackhide__ = True
    try:
        yield
    except (NeedsSimulation, NeedsFake, ServerError) as error:
        if not can_be_skipped(item):
            raise
        pytest.skip(reason_of(error))


@contextmanager
def simulated_on(item: pytest.Item) -> Iterator[None]:
    """A block in which worlds that do not say have what the command line says behind their ports, and record what it says."""
    __tracebackhide__ = True
    from nexus_testkit.harness import recordings  # noqa: PLC0415  # loads the harness
    from nexus_testkit.harness.backends import DEFAULT  # noqa: PLC0415  # as above

    mode = item.config.getoption("nexus_record_http", None)
    token = DEFAULT.set(backend_of(item.config) or "fake")
    recording = recordings.DEFAULT.set(recordings.Policy(item.path.parent, mode=mode, by_run=True))
    try:
        with skipping(item):
            yield
    finally:
        recordings.DEFAULT.reset(recording)
        DEFAULT.reset(token)


def can_be_skipped(item: pytest.Item) -> bool:
    """Whether a test that needs a fake is skipped: the command line chose the real servers, and does not insist."""
    named = any({"backend", "loop"} & marker.kwargs.keys() for marker in item.iter_markers("nexus"))
    asked = backend_of(item.config) is not None or item.config.getoption("nexus_loop", None) is not None
    return not named and asked and not item.config.getoption("nexus_require_real")


def reason_of(error: HarnessError) -> str:
    """The error in one line."""
    return f"{type(error).__name__}: {str(error).splitlines()[0]}"


def take_over(config: pytest.Config) -> None:
    """In a worker of pytest-xdist, use the servers of its controller."""
    urls = getattr(config, "workerinput", {}).get(_SERVERS)
    if urls:
        from nexus_testkit.harness.backends import shared_servers  # noqa: PLC0415  # as above

        shared_servers().adopt(urls)


def hand_over(node: Any) -> None:
    """Give a worker of pytest-xdist the URLs of the controller's servers; starts them with the first."""
    backend = backend_of(node.config)
    if backend is None or not is_real(backend):
        return
    from nexus_testkit.harness.backends import real_ports, shared_servers  # noqa: PLC0415  # as above

    servers, ports, urls = shared_servers(), real_ports(backend), {}
    try:
        if "database" in ports and servers.postgres_url and servers.owns("NEXUS_TESTKIT_POSTGRES_URL"):
            urls["NEXUS_TESTKIT_POSTGRES_URL"] = servers.postgres_url
        if "cache" in ports and servers.redis_url and servers.owns("NEXUS_TESTKIT_REDIS_URL"):
            urls["NEXUS_TESTKIT_REDIS_URL"] = servers.redis_url
    except ServerError:
        return  # each test of the workers says so, as without them
    node.workerinput[_SERVERS] = urls
