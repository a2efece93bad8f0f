"""A server process that cannot outlive the test run."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from nexus_testkit.errors import ServerError

_START_S = 60.0
_STOP_S = 15.0
_GUARD = Path(__file__).with_name("guard.py")
_NOBODY = "nobody"
_MEMORY = "/dev/shm"  # noqa: S108  # mkdtemp makes the folders in it 0700
_MEMORY_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class Plan:
    """What a guard is to start.

    Attributes:
        name: for errors, such as `"PostgreSQL"`.
        directory: the server's own; removed at its end.
        data: another, for what it stores; removed as well. None where that is in `directory`.
        prepare: commands to run first.
        command: the server, which must stay in the foreground.
        stop_signal: what ends it at once.
        ready_file: is there and ends in "ready" once the server answers.
        ready_socket: accepts a connection once the server answers; one of the two.
        environment: added to the run's own.
        user: account name to run as; None: as the run does.
    """

    name: str
    directory: Path
    command: Sequence[str]
    stop_signal: int
    data: Path | None = None
    prepare: Sequence[Sequence[str]] = ()
    ready_file: Path | None = None
    ready_socket: Path | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    user: str | None = None

    @property
    def directories(self) -> list[Path]:
        """Whatever is to be removed at the end."""
        return [self.directory, *([] if self.data is None else [self.data])]

    def as_json(self) -> bytes:
        """One line for the guard."""
        facts = {
            "directory": str(self.directory),
            "directories": [str(each) for each in self.directories],
            "prepare": [list(command) for command in self.prepare],
            "command": list(self.command),
            "stop_signal": int(self.stop_signal),
            "ready_file": None if self.ready_file is None else str(self.ready_file),
            "ready_socket": None if self.ready_socket is None else str(self.ready_socket),
            "environment": dict(self.environment),
            "user": self.user,
            "group": None if self.user is None else group_of(self.user),
            "start_timeout_s": _START_S,
        }
        return json.dumps(facts).encode() + b"\n"


class GuardedProcess:
    """A running server behind its guard; `stop()` or the end of this process, however it comes, ends both.

    Attributes:
        pid: of the server.
        guard_pid: of the guard.
        directory: the server's, with its socket and log.
        directories: that and the one of its data, where it is another; gone after `stop()`.
    """

    def __init__(self, plan: Plan) -> None:
        """Start it and wait until it answers.

        Raises:
            ServerError: it did not start; with the end of its log.
        """
        self.directory = plan.directory
        self.directories = plan.directories
        self._guard = subprocess.Popen(  # noqa: S603  # this interpreter, and a file of this package
            [sys.executable, "-I", "-S", str(_GUARD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # else Ctrl-C would reach the server before the tests have ended
        )
        self.guard_pid = self._guard.pid
        told = self._talk(plan)
        if "pid" not in told:
            self.stop()
            raise ServerError(f"{plan.name} did not start: {str(told.get('error', 'its guard ended')).strip()}")
        self.pid = int(str(told["pid"]))

    def _talk(self, plan: Plan) -> dict[str, object]:
        guard = self._guard
        if guard.stdin is None or guard.stdout is None:  # both are pipes; for the type checker
            return {}
        try:
            guard.stdin.write(plan.as_json())
            guard.stdin.flush()
            line = guard.stdout.readline()
        except BrokenPipeError:
            return {}
        told: dict[str, object] = json.loads(line) if line else {}
        return told

    @property
    def running(self) -> bool:
        """Whether the guard, and with it the server, is there."""
        return self._guard.poll() is None

    def stop(self) -> None:
        """End it and wait until it is gone; safe to call twice."""
        for pipe in (self._guard.stdin, self._guard.stdout):
            if pipe is not None:
                pipe.close()
        try:
            self._guard.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._guard.kill()
            self._guard.wait()
        for directory in self.directories:  # left by a guard that was killed
            shutil.rmtree(directory, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def new_directory(name: str, *, user: str | None = None) -> Path:
    """A folder that only the server's account (and root) may enter. Short: a socket's path has at most 107 bytes."""
    return _made(name, _short_root(), user)


def new_memory_directory(name: str, *, user: str | None = None) -> Path | None:
    """Likewise in memory, where Linux has room for it there; None elsewhere, and where TMPDIR says which disk to use.

    A database is many small files: PostgreSQL copied an empty one in 10 ms there, in 80 on a disk
    (ext4, fsync off).
    """
    if sys.platform != "linux" or os.environ.get("TMPDIR"):
        return None
    try:
        if shutil.disk_usage(_MEMORY).free < _MEMORY_BYTES:  # in a container it often has 64 MB in all
            return None
        return _made(name, _MEMORY, user)
    except OSError:
        return None


def _made(name: str, root: str | None, user: str | None) -> Path:
    made = Path(tempfile.mkdtemp(prefix=f"nexus-{name}-", dir=root))
    if user is not None:
        shutil.chown(made, user, group_of(user))
    return made


def _short_root() -> str | None:
    return "/tmp" if len(tempfile.gettempdir()) > 40 and Path("/tmp").is_dir() else None  # noqa: S108  # mkdtemp makes it 0700


def unprivileged() -> str | None:
    """The account for servers that refuse to run as root: None where the run itself is not root."""
    return _NOBODY if hasattr(os, "geteuid") and os.geteuid() == 0 else None


def group_of(user: str) -> int:
    """The account's own group, whose name differs from system to system."""
    import pwd  # noqa: PLC0415  # Unix only

    return pwd.getpwnam(user).pw_gid


def require_unix(name: str) -> None:
    """Refuse systems without Unix sockets.

    Raises:
        ServerError: on Windows.
    """
    if sys.platform == "win32":
        raise ServerError(f"no {name} server can be started on Windows", hint="name one that runs by its URL")
