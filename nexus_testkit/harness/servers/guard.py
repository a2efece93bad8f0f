"""The process between a test run and its server: it starts the server, and ends it when the run is gone.

It runs alone (`python -I -S guard.py`), so it imports nothing of this package. Its standard input is a pipe whose other
end only the test run holds: whatever ends the run, SIGKILL included, closes it. That the run still is the parent is
looked at as well, because a process that the run forked may hold the pipe open. Should the guard itself be killed, the
kernel tells the server (prctl(2), PR_SET_PDEATHSIG; Linux only).

First line of standard input: a JSON object (see `Plan` in process.py). First line of standard output: a JSON object,
`{"pid": ...}` once the server answers, or `{"error": ...}`.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from typing import Any

_LOOK_S = 0.005
_PARENT_S = 1.0
_STOP_S = 5.0
_LOG_BYTES = 4_000
_PR_SET_PDEATHSIG = 1


class _Told(Exception):  # a signal to end, no error
    """SIGTERM or SIGHUP."""


def main() -> None:
    """Serve until the run ends."""
    parent = os.getppid()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _tell)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run, which then closes the pipe
    plan = json.loads(_first_line())
    server = None
    try:
        with contextlib.suppress(_Told):
            server = _launch(plan)
            if server is not None and _ready(server, plan, parent):
                _wait(server, parent)
    finally:
        if server is not None:
            _stop(server, plan["stop_signal"])
        for directory in plan["directories"]:
            shutil.rmtree(directory, ignore_errors=True)


def _tell(*_: object) -> None:
    raise _Told


def _first_line() -> bytes:
    line = b""
    while not line.endswith(b"\n"):  # unbuffered: what comes after is only ever the end of the pipe
        part = os.read(0, 65_536)
        if not part:
            sys.exit(0)
        line += part
    return line


def _launch(plan: dict[str, Any]) -> subprocess.Popen[bytes] | None:
    with open(_log(plan), "ab") as log:  # noqa: PTH123  # pathlib takes a third of the start
        options: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": log, "stderr": log, "cwd": plan["directory"]}
        options["env"] = {**os.environ, **plan["environment"]}
        if plan["user"] is not None:
            options |= {"user": plan["user"], "group": plan["group"], "extra_groups": []}
        try:
            for command in plan["prepare"]:
                subprocess.run(command, check=True, **options)  # noqa: S603  # the run's own commands
            return subprocess.Popen(plan["command"], preexec_fn=_die_with_parent, **options)  # noqa: PLW1509, S603  # no threads here; as above
        except (OSError, subprocess.SubprocessError) as error:
            _say(error=f"{error}\n{_tail(plan)}")
            return None


def _ready(server: subprocess.Popen[bytes], plan: dict[str, Any], parent: int) -> bool:
    deadline = time.monotonic() + plan["start_timeout_s"]
    while not _answers(plan):
        if server.poll() is not None or time.monotonic() > deadline:
            _say(error=f"it ended with {server.poll()}, or did not answer in time\n{_tail(plan)}")
            return False
        if _run_is_gone(parent, _LOOK_S):
            return False
    _say(pid=server.pid)
    return True


def _die_with_parent() -> None:
    if sys.platform == "linux":
        # A shell that starts a run in the background has it ignore SIGQUIT, and what is ignored stays so over exec.
        signal.signal(signal.SIGQUIT, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


def _answers(plan: dict[str, Any]) -> bool:
    if plan["ready_file"] is not None:  # PostgreSQL says so in its own file, before that it accepts and refuses
        try:
            with open(plan["ready_file"], encoding="utf-8") as file:  # noqa: PTH123  # as above
                return file.read().rstrip().endswith("ready")
        except OSError:
            return False
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(plan["ready_socket"]) == 0


def _wait(server: subprocess.Popen[bytes], parent: int) -> None:
    while server.poll() is None and not _run_is_gone(parent, _PARENT_S):
        pass


def _run_is_gone(parent: int, seconds: float) -> bool:
    """Whether the run has ended; waits up to `seconds` for its end."""
    readable, _, _ = select.select([0], [], [], seconds)
    return bool(readable) or os.getppid() != parent


def _stop(server: subprocess.Popen[bytes], number: int) -> None:
    if server.poll() is None:
        server.send_signal(number)
    try:
        server.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _say(**facts: object) -> None:
    with contextlib.suppress(OSError):  # a run that is gone hears nothing
        os.write(1, json.dumps(facts).encode() + b"\n")


def _log(plan: dict[str, Any]) -> str:
    return os.path.join(plan["directory"], "log")  # noqa: PTH118  # see above


def _tail(plan: dict[str, Any]) -> str:
    try:
        with open(_log(plan), "rb") as file:  # noqa: PTH123  # see above
            return file.read()[-_LOG_BYTES:].decode(errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    main()
