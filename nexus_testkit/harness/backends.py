"""Which ports of a world have a real adapter, and the servers behind them."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import UnknownOption
from nexus_testkit.errors.container import did_you_mean
from nexus_testkit.simulation import SimulationLoop

if TYPE_CHECKING:
    from nexus_testkit.harness.servers import SharedServers

REAL = {"database": "postgres", "cache": "redis", "files": "disk"}
"""The ports whose real adapter a test can use, and its name.

Mail goes to the same sink on either: on Python's own loop through real sockets, on a loopback port. HTTP is stubbed on
either: a request that left the process would reach somebody. Events are in the database, whichever it is.
"""


DEFAULT: ContextVar[str | Mapping[str, str]] = ContextVar("backend", default="fake")
"""What stands behind the ports of a world that does not say; the pytest plugin sets it around tests with `@simulate`."""


def real_ports(backend: str | Mapping[str, str]) -> frozenset[str]:
    """The ports that are real under `backend`: `"fake"`, `"real"`, or a mapping such as `{"database": "postgres"}`.

    Raises:
        UnknownOption: none of these.
    """
    if backend == "fake":
        return frozenset()
    if backend == "real":
        return frozenset(REAL)
    if not isinstance(backend, Mapping):
        raise UnknownOption(
            f"backend={backend!r}", hint="one of: 'fake', 'real', or {'database': 'postgres'} and the like"
        )
    for port, name in backend.items():
        if port not in REAL:
            raise UnknownOption(
                f"backend={dict(backend)!r}", hint=did_you_mean(port, list(REAL)) or f"its keys are {', '.join(REAL)}"
            )
        if name not in ("fake", REAL[port]):
            raise UnknownOption(f"backend={dict(backend)!r}", hint=f"{port} is 'fake' or {REAL[port]!r}")
    return frozenset(port for port, name in backend.items() if name != "fake")


@cache
def shared_servers() -> SharedServers:
    """The servers of this process; they end with it."""
    from nexus_testkit.harness.servers import SharedServers  # noqa: PLC0415  # loads subprocess

    servers = SharedServers()
    atexit.register(servers.stop)
    return servers


def make_real(name: str, loop: asyncio.AbstractEventLoop) -> Any:
    """A real adapter of its own for one world; its `aclose` leaves nothing on the server or the disk.

    On a simulation loop the world's time is virtual, and what the server tells of time follows it.

    Raises:
        ServerError: there is no server, and none can be started.
    """
    if name == "files":
        from nexus_testkit.harness.servers.clone import TemporaryFiles  # noqa: PLC0415  # loads pathlib and tempfile

        return TemporaryFiles()
    servers, outside = shared_servers(), None
    if isinstance(loop, SimulationLoop):
        outside = loop.reach(*(servers.postgres_place if name == "database" else servers.redis_place))
    return servers.new_database(outside=outside) if name == "database" else servers.new_cache(outside=outside)
