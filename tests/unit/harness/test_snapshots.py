"""`nexus.db.snapshot()` and `restore()`: a database put back, in its own world and in others."""

from __future__ import annotations

import pytest

from nexus_testkit import Harness
from nexus_testkit.errors import InterfaceError, UndefinedTable, UniqueViolation
from nexus_testkit.simulation import run

SCHEMA = "CREATE TABLE note (id serial PRIMARY KEY, body text NOT NULL UNIQUE)"


async def test_what_came_later_is_gone(nexus):
    await nexus.db.execute(SCHEMA)
    await nexus.db.execute("INSERT INTO note (body) VALUES ('a')")
    image = await nexus.db.snapshot()
    await nexus.db.execute("INSERT INTO note (body) VALUES ('b')")
    await nexus.db.execute("CREATE TABLE other (x int)")
    await nexus.db.restore(image)
    assert [tuple(row) for row in await nexus.db.rows("note")] == [(1, "a")]
    with pytest.raises(UndefinedTable):
        await nexus.db.rows("other")


async def test_sequences_go_on_where_they_stood(nexus):
    await nexus.db.execute(SCHEMA)
    await nexus.db.execute("INSERT INTO note (body) VALUES ('a')")
    image = await nexus.db.snapshot()
    for _ in range(2):
        await nexus.db.restore(image)
        assert await nexus.db.fetch_val("INSERT INTO note (body) VALUES ('b') RETURNING id") == 2


async def _through_worlds():
    async with Harness() as first:
        await first.db.execute(SCHEMA)
        await first.db.execute("INSERT INTO note (body) VALUES ('a')")
        image = await first.db.snapshot()
    async with Harness() as second:
        await second.db.restore(image)
        await second.db.execute("INSERT INTO note (body) VALUES ('b')")
    async with Harness() as third:
        await third.db.restore(image)
        assert await third.db.fetch_val("SELECT string_agg(body, ',') FROM note") == "a"
        with pytest.raises(UniqueViolation, match="note_body_key"):
            await third.db.execute("INSERT INTO note (body) VALUES ('a')")


def test_another_world_takes_it():
    run(_through_worlds)


async def test_an_open_transaction_forbids_both(nexus):
    await nexus.db.execute(SCHEMA)
    image = await nexus.db.snapshot()
    async with nexus.db.transaction():
        with pytest.raises(InterfaceError, match="cannot take a snapshot while a transaction is open"):
            await nexus.db.snapshot()
        with pytest.raises(InterfaceError, match="cannot restore a snapshot while a transaction is open"):
            await nexus.db.restore(image)
