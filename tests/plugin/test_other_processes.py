"""Under xdist, and on a machine that has nothing but the kit."""

from __future__ import annotations

import sys

_SUITE = """
    @pytest.fixture
    async def value():
        await asyncio.sleep(1)
        return 1

    @pytest.mark.parametrize("number", range(4))
    async def test_it(nexus, value, number):
        await asyncio.sleep(3600)

    async def test_wrong(nexus, value):
        nexus.seam.note("mail.send", "ann@example.org")
        assert value == 2

    async def test_leak(nexus):
        asyncio.create_task(asyncio.sleep(1000), name="forgotten")
        await asyncio.sleep(0)

    async def test_stray(nexus):
        with pytest.raises(OSError):
            await asyncio.open_connection("crm.example", 443)
"""


def test_two_workers_tell_what_one_process_tells(suite):
    suite.write(_SUITE)
    result = suite.run_apart("-n2")
    result.assert_outcomes(passed=4, failed=3)
    result.stdout.fnmatch_lines(["*what crossed the ports*", "*mail.send('ann@example.org')"])
    result.stdout.fnmatch_lines(["*a task that still runs: forgotten*"])
    result.stdout.fnmatch_lines(["*crm.example:443*"])


def test_three_lines_in_an_empty_folder_are_green(suite):
    suite.pytester.makepyfile("async def test_users(nexus):\n    import asyncio\n    await asyncio.sleep(60)\n")
    suite.args = ("-p", "no:asyncio", "-p", "no:anyio", "-p", "no:xdist")
    suite.run_apart().assert_outcomes(passed=1)


def test_loading_the_plugin_loads_no_loop_and_no_driver(pytester):
    code = """
        import pytest, sys, unittest.case  # what pytest itself has loaded when it loads plugins
        before = set(sys.modules)
        import nexus_testkit.pytest_plugin
        heavy = {"asyncio", "redis", "fakeredis", "sqlite3", "aiosqlite", "aiosmtpd", "httpx", "respx", "postgast", "jinja2"}
        loaded = heavy & (set(sys.modules) - before)
        assert not loaded, loaded
    """
    pytester.makepyfile(probe="if True:" + code)
    assert pytester.run(sys.executable, "probe.py").ret == 0
