"""Servers of a test run: started, shared, and gone with the run whatever ends it."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nexus_testkit.errors import ServerError
from nexus_testkit.harness.servers import POSTGRES_URL, REDIS_URL, SharedServers, postgres, start_postgres, start_redis
from nexus_testkit.harness.servers.process import GuardedProcess, Plan, new_directory, new_memory_directory

# A run that starts a server, forks a child that keeps all its files open, says who is who, and waits to be killed.
_RUN = """
import json, os, sys
from nexus_testkit.harness.servers import start_{kind}
process, url = start_{kind}()
child = os.fork()
if not child:
    sys.stdin.read()
    os._exit(0)
print(json.dumps([process.pid, process.guard_pid, [str(each) for each in process.directories], child]), flush=True)
sys.stdin.read()
"""


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rpartition(")")[2].split()[0] != "Z"  # nobody has reaped it yet


def wait_until_gone(*pids):
    # The end of a process that is not ours can only be looked at; waitpid serves for children alone.
    until = time.monotonic() + 30
    for pid in pids:
        while alive(pid):
            assert time.monotonic() < until, f"process {pid} is still there"
            select.select([], [], [], 0.05)


@pytest.mark.parametrize("kind", ["redis", "postgres"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_server_ends_with_a_run_that_is_killed(kind, number):
    with subprocess.Popen(
        [sys.executable, "-c", _RUN.format(kind=kind)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as run:
        server, guard, directories, child = json.loads(run.stdout.readline())
        assert alive(server)
        assert alive(guard)
        run.send_signal(number)
        run.wait()
        wait_until_gone(server, guard)
        assert not any(Path(each).exists() for each in directories)
        assert alive(child)  # it held the pipe open all the while
        run.stdin.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent was killed")
@pytest.mark.parametrize("disposition", [signal.SIG_DFL, signal.SIG_IGN])
def test_a_server_ends_with_a_guard_that_is_killed(disposition):
    """A run that a shell started in the background ignores SIGQUIT, and so would what it starts."""
    before = signal.signal(signal.SIGQUIT, disposition)
    try:
        process, _ = start_redis()
    finally:
        signal.signal(signal.SIGQUIT, before)
    os.kill(process.guard_pid, signal.SIGKILL)
    wait_until_gone(process.pid)
    assert process.running is False
    process.stop()


def test_stopping_twice_and_what_is_left():
    process, url = start_postgres()
    assert url.endswith(f"?host={process.directory}")
    assert process.running is True
    assert all(each.exists() for each in process.directories)
    process.stop()
    process.stop()
    assert process.running is False
    assert not any(each.exists() for each in process.directories)
    assert not alive(process.pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a folder in memory for everyone")
def test_data_is_in_memory_where_there_is_room(monkeypatch, tmp_path):
    monkeypatch.delenv("TMPDIR", raising=False)
    monkeypatch.setattr("nexus_testkit.harness.servers.process._MEMORY", str(tmp_path))
    monkeypatch.setattr("nexus_testkit.harness.servers.process._MEMORY_BYTES", 1)
    made = new_memory_directory("pg")
    assert made is not None
    assert (made.parent, made.stat().st_mode & 0o777) == (tmp_path, 0o700)
    monkeypatch.setattr("nexus_testkit.harness.servers.process._MEMORY_BYTES", 1 << 62)
    assert new_memory_directory("pg") is None


def test_data_is_on_the_disk_that_tmpdir_names_and_where_there_is_no_memory_for_it(monkeypatch, tmp_path):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert new_memory_directory("pg") is None
    monkeypatch.delenv("TMPDIR")
    monkeypatch.setattr("nexus_testkit.harness.servers.process._MEMORY", str(tmp_path / "none"))
    assert new_memory_directory("pg") is None


def test_a_server_with_its_data_on_disk(monkeypatch):
    monkeypatch.setattr("nexus_testkit.harness.servers.postgres.new_memory_directory", lambda *_, **__: None)
    with start_postgres()[0] as process:
        assert process.directories == [process.directory]
        assert (process.directory / "data" / "PG_VERSION").exists()
    assert not process.directory.exists()


def test_programs_that_another_account_cannot_reach_run_from_a_copy(monkeypatch, tmp_path):
    monkeypatch.setattr(postgres, "_open_to_all", lambda path: False)
    programs = postgres._programs(tmp_path, shared=True)
    assert programs.is_relative_to(tmp_path)
    for name in ("initdb", "postgres"):
        found = subprocess.run([programs / name, "--version"], capture_output=True, check=True, text=True)
        assert found.stdout.startswith(name)


def test_a_server_that_does_not_start_says_why():
    with pytest.raises(ServerError, match=r"(?s)redis-server did not start|valkey-server did not start") as caught:
        start_redis(settings={"maxmemory-policy": "nonsense"})
    assert "maxmemory-policy" in str(caught.value)
    directory = new_directory("none")
    with pytest.raises(ServerError, match=r"nothing did not start.*No such file"):
        GuardedProcess(Plan("nothing", directory, ["/nonexistent"], signal.SIGKILL, ready_socket=directory / "s"))
    assert not directory.exists()


def test_without_a_package_there_is_no_server(monkeypatch):
    monkeypatch.setattr("nexus_testkit.harness.servers.redis.find_spec", lambda _: None)
    with pytest.raises(ServerError, match="no Redis server: none of the packages") as caught:
        start_redis()
    assert REDIS_URL in str(caught.value)
    monkeypatch.setattr("nexus_testkit.harness.servers.postgres.find_spec", lambda _: None)
    with pytest.raises(ServerError, match="no PostgreSQL server") as caught:
        start_postgres()
    assert POSTGRES_URL in str(caught.value)


def test_a_url_in_the_environment_wins_and_is_shared_with_care(monkeypatch):
    monkeypatch.setenv(POSTGRES_URL, "postgresql://u@h/x")
    monkeypatch.setenv(REDIS_URL, "redis://h")
    with SharedServers() as servers:
        assert (servers.postgres_url, servers.redis_url) == ("postgresql://u@h/x", "redis://h")
        assert not servers.owns(POSTGRES_URL)
        assert servers.new_cache()._prefix.startswith(b"nexus-test-")
        assert "TEMPLATE template0" in servers.new_database()._create
        assert servers.new_database().name != servers.new_database().name
        monkeypatch.setenv("NEXUS_TESTKIT_POSTGRES_TEMPLATE", "mi'ne")
        assert 'TEMPLATE "mi\'ne"' in servers.new_database()._create
