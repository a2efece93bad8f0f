"""--nexus-backend=real and its kin, in whole runs."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = """
import pytest
import nexus_testkit

async def test_database(nexus):
    assert "PostgreSQL" in await nexus.db.fetch_val("SELECT version()")
    await nexus.db.execute("CREATE TABLE t (a int)")

async def test_fresh_database(nexus):
    await nexus.db.execute("CREATE TABLE t (a int)")

async def test_cache(nexus):
    await nexus.cache.set("k", 1)
    assert await nexus.cache.keys() == ["k"]

async def test_fresh_cache(nexus):
    assert await nexus.cache.keys() == []

async def test_channels(nexus):
    async with nexus.cache.subscribe("news"):
        assert await nexus.cache.publish("news", "x") == 1

def test_plain(nexus):
    nexus.run(nexus.cache.set("k", 1))

async def test_time(nexus):
    await nexus.cache.set("k", 1, ttl=60)
    await nexus.clock.advance(hours=1)
    assert not await nexus.cache.exists("k")
    assert await nexus.db.fetch_val("SELECT CURRENT_TIMESTAMP") == nexus.clock.now()

@nexus_testkit.simulate
async def test_simulated(nexus):
    assert "PostgreSQL" in await nexus.db.fetch_val("SELECT version()")
    assert type(nexus.adapter("database")).__name__ == "VirtualDatabase"

@pytest.mark.nexus(explore=3)
async def test_search(nexus):
    assert type(nexus.adapter("database")).__name__ == "VirtualDatabase"

@pytest.mark.nexus(backend="fake")
async def test_left_on_the_fakes(nexus):
    await nexus.clock.advance(hours=1)
"""

IMPOSSIBLE = """
import pytest

async def test_time(nexus):
    await nexus.clock.advance(hours=1)

async def test_faults(nexus):
    nexus.faults.on("database.execute").raises("40001")

@pytest.mark.nexus(explore=3)
async def test_search(nexus):
    pass
"""


def test_a_whole_run_on_real_servers(pytester):
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("--nexus-backend=real", "--nexus-require-real")
    result.assert_outcomes(passed=10)
    result.stdout.fnmatch_lines(["nexus_testkit *loop=simulation, backend=real*"])


def test_workers_share_their_controllers_servers(pytester):
    pytester.makepyfile(TESTS)
    result = pytester.runpytest_subprocess("--nexus-backend=real", "--nexus-require-real", "-n", "2")
    result.assert_outcomes(passed=10)


def test_what_cannot_run_there_is_skipped_with_its_reason(pytester):
    pytester.makepyfile(IMPOSSIBLE)
    result = pytester.runpytest_subprocess("--nexus-backend=real", "--nexus-loop=system", "-rs")
    result.assert_outcomes(skipped=3)
    result.stdout.fnmatch_lines_random(
        [
            "*NeedsSimulation: clock.advance() on SystemClock: time is real here*",
            "*NeedsSimulation: nexus.faults in a world with real adapters*",
            "*NeedsSimulation: *explore= needs the simulation loop*",
        ]
    )


def test_require_real_forbids_these_skips(pytester):
    pytester.makepyfile(IMPOSSIBLE)
    result = pytester.runpytest_subprocess("--nexus-backend=real", "--nexus-loop=system", "--nexus-require-real")
    result.assert_outcomes(failed=2, errors=1)


def test_a_test_that_names_its_backend_fails_rather_than_skips(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.nexus(backend={"cache": "redis"}, loop="system")
        async def test_time(nexus):
            await nexus.clock.advance(hours=1)
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(failed=1)


def test_one_port_alone(pytester):
    pytester.makepyfile(
        """
        async def test_ports(nexus):
            kinds = [type(nexus.adapter(name)).__name__ for name in ("cache", "database", "files")]
            assert kinds == ["VirtualCache", "SqliteDatabase", "TemporaryFiles"]
        """
    )
    result = pytester.runpytest_subprocess("--nexus-cache=redis", "--nexus-files=disk")
    result.assert_outcomes(passed=1)


def test_without_a_server_tests_are_skipped_or_fail(pytester, monkeypatch):
    pytester.makepyfile("async def test_it(nexus): await nexus.cache.set('k', 1)")
    pytester.makeconftest(
        """
        import nexus_testkit.harness.servers.redis as redis
        redis.find_spec = lambda _: None
        """
    )
    monkeypatch.delenv("NEXUS_TESTKIT_REDIS_URL", raising=False)
    result = pytester.runpytest_subprocess("--nexus-cache=redis", "-rs")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*ServerError: no Redis server: none of the packages*"])
    pytester.runpytest_subprocess("--nexus-cache=redis", "--nexus-require-real").assert_outcomes(errors=1)


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for the server in /proc")
def test_the_servers_end_with_a_run_that_is_killed(pytester):
    pytester.makepyfile(
        """
        import sys, threading
        from nexus_testkit.harness.backends import shared_servers

        async def test_hangs(nexus):
            await nexus.cache.set("k", 1)
            for process in shared_servers()._processes:
                print("server", process.pid, file=sys.__stdout__, flush=True)
            print("ready", file=sys.__stdout__, flush=True)
            threading.Event().wait()
        """
    )
    command = [sys.executable, "-m", "pytest", "-s", "--nexus-backend=real", "-p", "no:cacheprovider"]
    with subprocess.Popen(command, cwd=pytester.path, stdout=subprocess.PIPE, text=True) as run:
        try:
            servers = []
            for line in run.stdout:  # what pytest itself prints may stand before it
                if "server " in line:
                    servers.append(int(line.split()[-1]))
                if "ready" in line:
                    break
            assert len(servers) == 2
            assert all(Path(f"/proc/{pid}").exists() for pid in servers)
        finally:
            os.kill(run.pid, signal.SIGKILL)
    for pid in servers:
        subprocess.run(["tail", f"--pid={pid}", "-s", "0.05", "-f", "/dev/null"], timeout=30, check=True)
        assert not Path(f"/proc/{pid}").exists()
