"""What becomes of a transaction in which a call fails, hangs or loses its reply: the same as on the server."""

import asyncio

import asyncpg
import pytest

from nexus_testkit.errors import (
    OperationalError,
    SerializationFailure,
    UniqueViolation,
)

TABLE = "CREATE TABLE users (id BIGSERIAL PRIMARY KEY, name TEXT UNIQUE)"
INSERT = "INSERT INTO users (name) VALUES ($1)"


async def names(nexus):
    return [row["name"] for row in await nexus.db.rows("users")]


async def test_an_error_in_a_transaction_aborts_it(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.execute").nth(2).raises("40001")
    async with nexus.db.transaction():
        await nexus.db.execute(INSERT, "ann")
        with pytest.raises(SerializationFailure):
            await nexus.db.execute(INSERT, "bob")
        with pytest.raises(asyncpg.InFailedSQLTransactionError):
            await nexus.db.execute(INSERT, "cid")
    assert await names(nexus) == []


async def test_a_savepoint_recovers_from_an_error_as_from_the_servers(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.execute").nth(2).raises("23505")
    async with nexus.db.transaction() as outer:
        await outer.execute(INSERT, "ann")
        with pytest.raises(UniqueViolation):
            async with outer.transaction() as inner:
                await inner.execute(INSERT, "bob")
    assert await names(nexus) == ["ann"]


@pytest.mark.parametrize("verb", ["raises", "loses_reply"])
async def test_a_connection_lost_in_a_transaction_takes_it_along(nexus, verb):
    await nexus.db.execute(TABLE)
    fault = nexus.faults.on("table:users").nth(2)
    if verb == "raises":
        fault.raises("08006")
    else:
        fault.loses_reply()

    async def work():
        async with nexus.db.transaction() as session:
            await session.execute(INSERT, "ann")
            with pytest.raises(OperationalError):
                await session.execute(INSERT, "bob")
            await session.execute(INSERT, "cid")

    with pytest.raises(asyncpg.InterfaceError, match="connection is closed"):
        await work()
    assert await names(nexus) == []


@pytest.mark.parametrize("operation", ["begin", "commit"])
async def test_a_transaction_that_cannot_begin_or_commit_leaves_nothing(nexus, operation):
    await nexus.db.execute(TABLE)
    nexus.faults.on(f"database.{operation}").nth(1).raises("40001")
    with pytest.raises(SerializationFailure):
        async with nexus.db.transaction():
            await nexus.db.execute(INSERT, "ann")
    assert await names(nexus) == []
    async with nexus.db.transaction():
        await nexus.db.execute(INSERT, "bob")
    assert await names(nexus) == ["bob"]


async def test_a_savepoint_that_cannot_begin_does_to_the_transaction_what_its_error_says(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.begin").nth(2).raises("08006")

    async def work(session):
        async with session.transaction():
            await session.execute(INSERT, "ann")
            with pytest.raises(OperationalError):
                async with session.transaction():
                    pass
            await session.execute(INSERT, "bob")

    async with nexus.db.connection() as session:
        with pytest.raises(asyncpg.InterfaceError, match="connection is closed"):
            await work(session)
    assert await names(nexus) == []


async def test_a_rollback_that_fails_has_rolled_back(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.rollback").raises("08006")

    async def work():
        async with nexus.db.transaction():
            await nexus.db.execute(INSERT, "ann")
            raise KeyError("mine")

    with pytest.raises(OperationalError) as caught:
        await work()
    assert isinstance(caught.value.__context__, KeyError)
    assert await names(nexus) == []


async def test_a_commit_whose_reply_is_lost_has_happened(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.commit").nth(1).loses_reply()
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        async with nexus.db.transaction():
            await nexus.db.execute(INSERT, "ann")
    assert await names(nexus) == ["ann"]


async def test_a_begin_whose_reply_is_lost_leaves_no_transaction_open(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.begin").nth(1).loses_reply()
    entered = False
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        async with nexus.db.transaction():
            entered = True
    assert not entered
    async with nexus.db.transaction():
        await nexus.db.execute(INSERT, "bob")
    assert await names(nexus) == ["bob"]


async def test_a_session_is_gone_with_the_reply_to_its_commit(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.commit").nth(1).loses_reply()
    async with nexus.db.connection() as session:
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            async with session.transaction():
                await session.execute(INSERT, "ann")
        with pytest.raises(asyncpg.InterfaceError, match="connection is closed"):
            await session.execute(INSERT, "bob")
    assert await names(nexus) == ["ann"]


async def test_a_commit_that_hangs_and_is_given_up_is_rolled_back(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.commit").nth(1).hangs()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5), nexus.db.transaction():
            await nexus.db.execute(INSERT, "ann")
    assert await names(nexus) == []
