"""`@pytest.mark.nexus(explore=..., replay=...)`: the search in the place of a test."""

import json
import re

import pytest
import time_machine

from nexus_testkit.simulation.current import current_loop

RACE = """
    from nexus_testkit.ports.database import DatabaseAdapter

    async def sign_up(db, name):
        if await db.fetch_one("SELECT 1 FROM users WHERE name = $1", name) is None:
            await db.execute("INSERT INTO users VALUES ($1)", name)

    @FIXTURE
    async def db(nexus):
        await nexus.db.execute("CREATE TABLE users (name text)")
        yield nexus.get(DatabaseAdapter)
        await nexus.db.execute("DROP TABLE users")

    async def late(coroutine):
        for _ in range(6):
            await asyncio.sleep(0)
        await coroutine
"""


def test_a_race_is_found_shrunk_and_shown(suite, runner):
    suite.write(
        RACE
        + """
    @MARK
    @pytest.mark.nexus(explore=100)
    async def test_race(nexus, db):
        await asyncio.gather(sign_up(db, "ann"), late(sign_up(db, "ann")))
        assert await nexus.db.fetch_val("SELECT count(*) FROM users") == 1
    """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*assert 2 == 1",
            "*found on run * shrunk to 1 decision: delay database call 3 (INSERT users) by 1 ms",
            "*replay:  @pytest.mark.nexus(replay=*",
            "*or  nexus-testkit replay nx1:* test_suite.py::test_race*",
            "*the schedule, a lane for each task:",
            "*INSERT INTO users*delayed by 1 ms*",
            "*distinct schedules*",
        ],
        consecutive=False,
    )


def test_the_token_makes_the_same_run_again_and_passes_once_mended(suite):
    test = """
    @pytest.mark.nexus({options})
    async def test_race(nexus, db):
        await asyncio.gather(sign_up(db, "ann"), late(sign_up(db, "ann")))
        assert await nexus.db.fetch_val("SELECT count(*) FROM users") == 1
    """
    suite.write(RACE + test.format(options="explore=100"))
    token = re.search(r'replay="(nx1:\S+)"', suite.run().stdout.str())[1]
    suite.write(RACE + test.format(options=f"replay={token!r}"))
    result = suite.run_apart()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 2 == 1", "*INSERT INTO users*delayed by 1 ms*"])
    suite.run_apart("--nexus-replay", token).assert_outcomes(failed=1)
    mended = RACE.replace("VALUES ($1)", "SELECT $1 WHERE NOT EXISTS (SELECT FROM users WHERE name = $1)")
    suite.write(mended + test.format(options=f"replay={token!r}"))
    suite.run_apart().assert_outcomes(passed=1)


def test_replay_of_a_changed_test_is_a_warning(suite):
    test = """
    @pytest.mark.nexus({options})
    async def test_race(nexus, db):
        {more}
        await asyncio.gather(sign_up(db, "ann"), late(sign_up(db, "ann")))
        assert await nexus.db.fetch_val("SELECT count(*) FROM users") == 1
    """
    suite.write(RACE + test.format(options="explore=100", more=""))
    token = re.search(r'replay="(nx1:\S+)"', suite.run().stdout.str())[1]
    suite.write(RACE + test.format(options=f"replay={token!r}", more='await nexus.cache.get("a")'))
    result = suite.run_apart("-W", "always::nexus_testkit.exploration.running.ReplayDiffers")
    result.stdout.fnmatch_lines(["*ReplayDiffers: *the code of the test is another*"])


def test_a_sound_test_runs_in_a_fresh_world_with_fresh_fixtures_each_time(suite):
    suite.write(
        """
        from nexus_testkit.ports.cache import CacheManager

        @pytest.fixture(scope="module")
        def once():
            return []

        @pytest.fixture
        def folder(tmp_path):
            assert not list(tmp_path.iterdir())
            (tmp_path / "a").write_text("a")
            return tmp_path

        class TestIt:
            @pytest.mark.nexus(explore=20)
            async def test_it(self, nexus, once, folder, monkeypatch):
                assert not hasattr(self, "been_here")
                self.been_here = True
                once.append(nexus)
                monkeypatch.setenv("BEEN_HERE", "1")
                assert await nexus.get(CacheManager).increment("n") == 1

        def test_afterwards(once):
            import os
            assert len(once) == 20
            assert len(set(map(id, once))) == 20
            assert "BEEN_HERE" not in os.environ
        """
    )
    suite.run().assert_outcomes(passed=2)


def test_what_was_tried_is_in_the_report_of_a_test_that_passes(suite):
    suite.write(
        """
        from nexus_testkit.ports.cache import CacheManager

        @pytest.mark.nexus(explore=30, faults=["cache"])
        async def test_it(nexus):
            try:
                await nexus.get(CacheManager).get("a")
            except Exception:
                pass
        """
    )
    result = suite.run("-rP")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*explored*", "30 runs: *distinct schedule*", "faults exercised: cache.get: *"])


def test_a_plain_function_is_explored_as_well(suite):
    suite.write(
        RACE
        + """
    @pytest.mark.nexus(explore=100)
    def test_race(nexus, db):
        async def body():
            await asyncio.gather(sign_up(db, "ann"), late(sign_up(db, "ann")))
        nexus.run(body())
        assert nexus.run(nexus.db.fetch_val("SELECT count(*) FROM users")) == 1
    """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*shrunk to 1 decision: delay database call 3 (INSERT users) by 1 ms"])


def test_a_skip_ends_the_search(suite):
    suite.write(
        """
        @pytest.mark.nexus(explore=100)
        async def test_it(nexus):
            pytest.skip("not today")
        """
    )
    suite.run().assert_outcomes(skipped=1)


def test_a_plain_failure_is_one(suite):
    suite.write(
        """
        @pytest.mark.nexus(explore=100)
        async def test_it(nexus):
            await nexus.cache.set("a", "1")
            pytest.fail("as it is")
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*as it is*", "*found on run 1: it fails in stock order, with no delay and no fault*"])


def test_what_a_run_leaves_behind_is_a_failure(suite):
    suite.write(
        """
        from nexus_testkit.ports.cache import CacheManager

        @pytest.mark.nexus(explore=100)
        async def test_it(nexus):
            task = asyncio.create_task(nexus.get(CacheManager).get("a"))
            await asyncio.wait([task], timeout=5)
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*LeakError*", "*delay cache call 1 (get a) by 12 s*"])


def test_results_are_lines_of_json(suite, pytester):
    suite.write(
        RACE
        + """
    @pytest.mark.nexus(faults=["database"], explore=5)
    async def test_sound(nexus, db):
        pass

    async def test_race(nexus, db):
        await asyncio.gather(sign_up(db, "ann"), late(sign_up(db, "ann")))
        assert await nexus.db.fetch_val("SELECT count(*) FROM users") == 1
    """
    )
    results = pytester.path / "results.jsonl"
    suite.run("--nexus-explore=50", f"--nexus-explore-results={results}").assert_outcomes(passed=1, failed=1)
    sound, race = (json.loads(line) for line in results.read_text().splitlines())
    assert (sound["test"], sound["runs"], sound["failure"]) == ("test_suite.py::test_sound", 50, None)
    assert race["failure"]["decisions"] == ["delay database call 3 (INSERT users) by 1 ms"]
    assert race["failure"]["token"].startswith("nx1:")
    assert race["coverage"]["runs"] == race["failure"]["run"]


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ("explore=0", "*explore=0*"),
        ("explore=True", "*explore=True*"),
        ("explore=5, max_latency=-1", "*max_latency=-1*"),
        ("faults=True", "*there is none*"),
        ("explore=5, loop='system'", "*needs the simulation loop*"),
        ("explore=5, replay='nx1:abc'", "*a replay is a single run*"),
        ("replay='hello'", "*'hello' is no replay token*"),
        ("explore=5, faults=['databse']", "*databse*"),
    ],
)
def test_mistakes_are_errors_that_say_so(suite, options, lines):
    suite.write(
        f"""
        @pytest.mark.nexus({options})
        async def test_it(nexus):
            pass
        """
    )
    result = suite.run()
    assert result.ret == 1
    result.stdout.fnmatch_lines([lines])
    assert not time_machine.escape_hatch.is_travelling(), "virtual time outlives its world"
    assert current_loop() is None


def test_explored_tests_agree_on_what_is_collected_and_found_under_xdist(suite):
    suite.write(
        RACE
        + """
    @pytest.mark.nexus(explore=100)
    @pytest.mark.parametrize("name", ["ann", "bob", "cid"])
    async def test_race(nexus, db, name):
        await asyncio.gather(sign_up(db, name), late(sign_up(db, name)))
        assert await nexus.db.fetch_val("SELECT count(*) FROM users") == 1
    """
    )
    tokens = [set(re.findall(r"nx1:\S+?(?=\")", suite.run_apart(*args).stdout.str())) for args in ((), ("-n", "2"))]
    assert len(tokens[0]) == 3
    assert tokens[0] == tokens[1]
