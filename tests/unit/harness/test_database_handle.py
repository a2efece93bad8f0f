"""`nexus.db`: assertions on tables, and what they show when they fail."""

import pytest

from nexus_testkit import run
from nexus_testkit.harness.database import quote_identifier


def with_people(test):
    """Run `test(nexus)` in a world with three rows."""

    async def main(nexus):
        await nexus.db.execute('CREATE TABLE people (id serial PRIMARY KEY, name text, "odd name" int, ok bool)')
        await nexus.db.execute("INSERT INTO people (name, ok) VALUES ('ann', true), ('bob', false), ('eve', NULL)")
        await test(nexus)

    run(main)


def test_assert_has_gives_the_row():
    async def test(nexus):
        row = await nexus.db.assert_has("people", name="ann", ok=True)
        assert row["id"] == 1
        assert (await nexus.db.assert_has("people", ok=None))["name"] == "eve"

    with_people(test)


def test_assert_has_shows_the_nearest_rows_and_their_differences():
    async def test(nexus):
        with pytest.raises(AssertionError) as caught:
            await nexus.db.assert_has("people", name="bob", ok=True)
        message = str(caught.value)
        assert "people has no row with name='bob', ok=True; nearest of 3 rows" in message
        assert "ok is False, not True" in message

    with_people(test)


def test_true_is_not_one():
    async def test(nexus):
        with pytest.raises(AssertionError):
            await nexus.db.assert_has("people", ok=1)
        with pytest.raises(AssertionError):
            await nexus.db.assert_has("people", id=True)

    with_people(test)


def test_assert_missing_and_count():
    async def test(nexus):
        await nexus.db.assert_missing("people", name="zoe")
        await nexus.db.assert_count("people", 3)
        await nexus.db.assert_count("people", 1, name="ann")
        with pytest.raises(AssertionError, match="people has 1 row with name='ann'"):
            await nexus.db.assert_missing("people", name="ann")
        with pytest.raises(AssertionError, match="people has 3 rows, not 2"):
            await nexus.db.assert_count("people", 2)
        with pytest.raises(AssertionError, match="0 rows with name='x', not 2; nearest"):
            await nexus.db.assert_count("people", 2, name="x")

    with_people(test)


def test_a_missing_table_or_column_is_named():
    async def test(nexus):
        with pytest.raises(AssertionError, match="there is no table nope; there are people"):
            await nexus.db.assert_has("nope", id=1)
        with pytest.raises(AssertionError, match="there is no table peple; did you mean people"):
            await nexus.db.assert_has("peple", id=1)
        with pytest.raises(AssertionError, match="people has no column nme; it has id, name, odd name, ok"):
            await nexus.db.assert_has("people", nme="ann")
        await nexus.db.execute("DELETE FROM people")
        with pytest.raises(AssertionError, match="people has 0 rows, not 2; it is empty"):
            await nexus.db.assert_count("people", 2)
        await nexus.db.execute("INSERT INTO people (name) VALUES ($1)", "long" * 5_000)
        with pytest.raises(AssertionError) as caught:
            await nexus.db.assert_has("people", name="ann")
        assert len(str(caught.value)) < 600

    with_people(test)


def test_assertions_go_round_the_journal():
    async def test(nexus):
        before = len(nexus.journal)
        await nexus.db.assert_count("people", 3)
        assert len(await nexus.db.rows("people")) == 3
        assert len(nexus.journal) == before

    with_people(test)


def test_identifiers_are_quoted():
    assert quote_identifier('a"; DROP TABLE b') == '"a""; DROP TABLE b"'
    assert quote_identifier("public.people") == '"public"."people"'


async def test_ties_are_shuffled_where_a_part_is_taken(nexus):
    await nexus.db.execute("CREATE TABLE ranks (id INT PRIMARY KEY, rank INT)")
    await nexus.db.execute("INSERT INTO ranks SELECT number, number / 100 FROM generate_series(0, 199) AS number")

    async def read(rest):
        return [row[0] for row in await nexus.db.fetch_all(f"SELECT id FROM ranks ORDER BY {rest}")]

    before = await read("rank LIMIT 100")
    nexus.db.shuffle_ties()
    first, second = await read("rank LIMIT 100"), await read("rank LIMIT 100")
    assert before == list(range(100)) == sorted(first) == sorted(second)
    assert first not in (before, second)
    assert await read("rank, id LIMIT 100") == before
    assert await read("rank") == list(range(200))
    assert await nexus.db.fetch_val("SELECT id FROM ranks ORDER BY id DESC LIMIT 1") == 199
    assert len(await nexus.db.fetch_all("SELECT DISTINCT rank FROM ranks ORDER BY rank LIMIT 2")) == 2
    assert len(await nexus.db.fetch_all("SELECT rank, count(*) FROM ranks GROUP BY rank ORDER BY rank LIMIT 2")) == 2


async def test_ties_are_shuffled_from_the_first_query_on(nexus):
    nexus.db.shuffle_ties()
    rows = await nexus.db.fetch_all("SELECT number FROM generate_series(1, 100) AS number LIMIT 100")
    assert sorted(row[0] for row in rows) != [row[0] for row in rows]
