"""A marked test that is explored or replayed: its fixtures, its world's seed, the conditions that it notes."""

from nexus_testkit.exploration import Plan, Token

RACE = """
    import random

    from nexus.database import DatabaseAdapter
    from nexus_testkit import sometimes

    async def add_once(db):
        await asyncio.sleep(random.random())
        found = await db.fetch_val("SELECT count(*) FROM t")
        sometimes(found, "was there")
        sometimes(found > 2, "was there three times")
        if not found:
            await db.execute("INSERT INTO t VALUES (1)")

    @FIXTURE
    async def db(nexus):
        await nexus.db.execute("CREATE TABLE t (a INT)")
        return nexus.get(DatabaseAdapter)
"""


def test_a_search_finds_shrinks_and_makes_the_run_again(suite):
    found = suite.write(
        RACE
        + """
    @pytest.mark.nexus(explore=100)
    async def test_race(nexus, db):
        await asyncio.gather(add_once(db), add_once(db))
        await nexus.db.assert_count("t", 1)
        """
    ).run()
    found.assert_outcomes(failed=1)
    found.stdout.fnmatch_lines(["*shrunk to 1 decision: *", "*nexus-testkit replay nx1:*", "*database.execute*"])


def test_conditions_are_noted_in_every_run(suite):
    found = suite.write(
        RACE
        + """
    @pytest.mark.nexus(explore=20)
    async def test_one_after_the_other(nexus, db):
        await add_once(db)
        await add_once(db)
        """
    ).run("-W", "default")
    found.assert_outcomes(passed=1, warnings=1)
    found.stdout.fnmatch_lines(["*sometimes('was there three times') was never true in 20 runs"])


def test_a_replay_has_the_seed_of_the_token(suite):
    token = str(Token(plan=Plan(), seed=77))
    source = "async def test_{}(nexus):\n    assert nexus.seed == 77\n"
    suite.write(source.format("one")).run("--nexus-replay", token).assert_outcomes(passed=1)
    suite.write(source.format("other")).run("--nexus-replay", token).assert_outcomes(passed=1)
