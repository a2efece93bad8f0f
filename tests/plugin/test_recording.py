"""`--nexus-record-http`: which requests of a test suite go out, and what is written."""

from __future__ import annotations

import json

import pytest

from tests.loopback import loopback


@pytest.fixture(autouse=True)
def _without_a_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server():
    with loopback() as server:
        server.answers("GET", "/price", 200, b'{"eur":5}', ("Content-Type", "application/json"))
        server.answers("GET", "/stock", 200, b"3 left")
        yield server


def source(server, body, *, mark=""):
    """A module with a test `test_it(nexus)`, which has a client on the port."""
    return f"""
        import httpx

        BASE = "{server.base}"

        async def get(nexus, path):
            async with httpx.AsyncClient(transport=nexus.http) as client:
                return (await client.get(BASE + path)).text

        {mark}
        async def test_it(nexus):
            exchanges = nexus.http.recorded("exchanges/shop.json")
            {body}
    """


PRICE = "assert '5' in await get(nexus, '/price')"


def urls(suite, server):
    found = json.loads((suite.pytester.path / "exchanges" / "shop.json").read_text(encoding="utf-8"))["exchanges"]
    return [each["request"]["url"].removeprefix(server.base) for each in found]


def test_recorded_with_the_option_and_replayed_without(suite, server):
    suite.write(source(server, PRICE))
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            f"*RecordingError: there is no file {suite.pytester.path}/exchanges/shop.json",
            "*Hint: record it: pytest --nexus-record-http=missing",
        ]
    )
    assert server.asked == []
    result = suite.run("--nexus-record-http=missing")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*HTTP exchanges*", "*/exchanges/shop.json: 1 HTTP exchange(s) recorded"])
    assert urls(suite, server) == ["/price"]
    server.stop()
    suite.run().assert_outcomes(passed=1)
    suite.run("--nexus-record-http=missing").assert_outcomes(passed=1)
    suite.run("--nexus-record-http=all").assert_outcomes(failed=1)  # which goes out, and there is nobody


def test_a_path_begins_at_the_tests_own_file(suite, server):
    folder = suite.pytester.mkdir("deep")
    suite.write(source(server, PRICE))
    (suite.pytester.path / "test_suite.py").rename(folder / "test_shop.py")
    suite.run("--nexus-record-http=missing").assert_outcomes(passed=1)
    assert (folder / "exchanges" / "shop.json").is_file()


def test_a_failing_test_leaves_the_file_alone_and_says_so(suite, server):
    suite.write(source(server, PRICE + "; assert 0"))
    result = suite.run("--nexus-record-http=missing")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*shop.json: 1 HTTP exchange(s) not written, because the test failed"])
    assert not (suite.pytester.path / "exchanges").exists()


def test_what_is_left_behind_fails_the_test_and_nothing_is_written(suite, server):
    suite.write(source(server, f"{PRICE}; asyncio.get_running_loop().create_task(asyncio.sleep(9_999))"))
    suite.run("--nexus-record-http=missing").assert_outcomes(failed=1)
    assert not (suite.pytester.path / "exchanges").exists()


@pytest.mark.parametrize("loop", ["simulation", "system"])
def test_only_what_is_recorded_may_go_out(suite, server, loop):
    """The option opens no door for anybody else's sockets."""
    suite.write(
        source(
            server,
            f"""{PRICE}
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", int(BASE.rpartition(":")[2])))
    """,
            mark=f"@pytest.mark.nexus(loop='{loop}')",
        )
    )
    result = suite.run("--nexus-record-http=missing")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*a real connection to 127.0.0.1:* was refused"])
    assert server.asked == ["GET /price"]


def test_the_test_itself_cannot_open_the_door(suite, server, monkeypatch):
    monkeypatch.setenv("CI", "true")
    suite.write(source(server, "").replace('shop.json")', 'shop.json", record="all")'))
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*RecordingError: record='all' in a test: whether requests go out is decided by who runs it",
            "*Hint: leave record= away and run: pytest --nexus-record-http=all",
        ]
    )
    suite.write(source(server, PRICE))
    suite.run("--nexus-record-http=missing").assert_outcomes(passed=1)  # asked for, and so also where it is CI


def test_secrets_are_left_out_also_where_the_terminal_shows_them(suite, server):
    suite.write(
        source(
            server,
            """async with httpx.AsyncClient(transport=nexus.http, headers={"Authorization": "Bearer hunter22"}) as client:
                await client.get(BASE + "/price?account=41111&ssn=123")
    """,
        )
    )
    suite.pytester.makeini("[pytest]\nnexus_redact_names = ssn\nnexus_redact_patterns =\n    account=(\\d+)\n")
    suite.run("--nexus-record-http=missing", "--nexus-show-secrets").assert_outcomes(passed=1)
    assert urls(suite, server) == ["/price?account=***&ssn=***"]
    assert "hunter22" not in (suite.pytester.path / "exchanges" / "shop.json").read_text(encoding="utf-8")
    server.stop()
    suite.run().assert_outcomes(passed=1)


def test_workers_of_xdist_record_into_one_file(suite, server, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # of all the others, which take most of this test's time
    for at in range(6):
        server.answers("GET", f"/{at}", 200, b"found")
    suite.write(
        source(server, PRICE)
        + """
        @pytest.mark.parametrize("at", range(6))
        async def test_each(nexus, at):
            nexus.http.recorded("exchanges/shop.json")
            assert await get(nexus, f"/{at}") == "found"
    """
    )
    result = suite.run_apart(
        "-p", "xdist", "-p", "nexus_testkit.pytest_plugin", "-n", "2", "--nexus-record-http=missing"
    )
    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(["*/exchanges/shop.json: 1 HTTP exchange(s) recorded by each of 7 tests"])
    assert sorted(urls(suite, server)) == ["/0", "/1", "/2", "/3", "/4", "/5", "/price"]
    monkeypatch.delenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    server.stop()
    suite.run().assert_outcomes(passed=7)


def test_a_test_that_is_explored_replays_and_does_not_record(suite, server):
    suite.write(source(server, PRICE))
    result = suite.run("--nexus-record-http=missing", "--nexus-explore=3")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*Hint: record it in a plain run (not in a search, a sweep or a replay)*"])
    suite.run("--nexus-record-http=missing").assert_outcomes(passed=1)
    server.stop()
    suite.run("--nexus-explore=3").assert_outcomes(passed=1)


def test_simulated_tests_record_too(suite, server):
    suite.write(
        f"""
        import httpx
        from nexus_testkit import simulate

        @simulate
        async def test_it(nexus):
            nexus.http.recorded("shop.json")
            async with httpx.AsyncClient(transport=nexus.http) as client:
                assert (await client.get("{server.base}/stock")).text == "3 left"
        """
    )
    result = suite.run()
    result.stdout.fnmatch_lines(["*Hint: record it: pytest --nexus-record-http=missing"])
    suite.run("--nexus-record-http=missing").assert_outcomes(passed=1)
    server.stop()
    suite.run().assert_outcomes(passed=1)


def test_the_option_has_two_values(suite):
    suite.write("def test_it(): pass")
    result = suite.run_apart("--nexus-record-http=once")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*--nexus-record-http: invalid choice: 'once' (choose from *missing*all*)"])
