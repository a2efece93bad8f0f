"""Transactions and sessions of the database port, on the fake and on PostgreSQL."""

import asyncio

import asyncpg
import pytest

from nexus_testkit.errors import (
    InterfaceError,
    OperationalError,
    SerializationFailure,
)
from nexus_testkit.ports.database import ExecuteResult, Session

TABLE = "CREATE TABLE t (id serial PRIMARY KEY, v text UNIQUE, n int CHECK (n > 0), data jsonb)"


def test_a_transaction_belongs_to_its_task_alone(on_database):
    async def test(db, _):
        await db.execute(TABLE)

        async def count():
            return await db.fetch_val("SELECT count(*) FROM t")

        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('a')")
            assert await count() == 1
            assert await asyncio.create_task(count()) == 0
        assert await asyncio.create_task(count()) == 1

    on_database(test)


def test_nested_transactions_are_savepoints(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        async with db.transaction() as outer:
            await outer.execute("INSERT INTO t (v) VALUES ('a')")
            with pytest.raises(asyncpg.UniqueViolationError):  # noqa: PT012  # the block is what is tested
                async with db.transaction():
                    await db.execute("INSERT INTO t (v) VALUES ('b')")
                    await db.execute("INSERT INTO t (v) VALUES ('a')")
            async with outer.transaction() as inner:
                await inner.execute("INSERT INTO t (v) VALUES ('c')")
        assert [row["v"] for row in await db.fetch_all("SELECT v FROM t ORDER BY v")] == ["a", "c"]

    on_database(test)


def test_a_block_inside_a_begin_by_hand_is_a_savepoint(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        async with db.connection() as session:
            assert isinstance(session, Session)
            await session.execute("BEGIN")
            with pytest.raises(ZeroDivisionError):  # noqa: PT012  # the block is what is tested
                async with session.transaction():
                    await session.execute("INSERT INTO t (v) VALUES ('a')")
                    raise ZeroDivisionError
            await session.execute("INSERT INTO t (v) VALUES ('b')")
            await session.execute("COMMIT")
        assert await db.fetch_val("SELECT string_agg(v, ',') FROM t") == "b"

    on_database(test)


def test_a_failed_commit_is_the_blocks_error(on_database):
    async def test(db, _):
        await db.execute("CREATE TABLE p (id int PRIMARY KEY)")
        await db.execute("CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED)")
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with db.transaction():
                await db.execute("INSERT INTO c VALUES (1)")
        assert await db.fetch_val("SELECT count(*) FROM c") == 0

    on_database(test)


def test_an_error_that_is_swallowed_still_undoes_the_block(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('a')")
            with pytest.raises(asyncpg.UniqueViolationError):
                await db.execute("INSERT INTO t (v) VALUES ('a')")
        assert await db.fetch_val("SELECT count(*) FROM t") == 0

    on_database(test)


def test_isolation_levels_and_read_only(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        for level in ("read_committed", "repeatable_read", "serializable"):
            async with db.transaction(isolation=level):
                assert await db.fetch_val("SHOW transaction_isolation") == level.replace("_", " ")
        async with db.transaction(isolation="repeatable_read"):
            assert await db.fetch_val("SELECT count(*) FROM t") == 0
            await asyncio.create_task(db.execute("INSERT INTO t (v) VALUES ('a')"))
            assert await db.fetch_val("SELECT count(*) FROM t") == 0
            async with db.transaction(isolation="repeatable_read"):
                assert await db.fetch_val("SELECT count(*) FROM t") == 0
            with pytest.raises(asyncpg.InterfaceError, match="nested transaction has a different isolation level"):
                async with db.transaction(isolation="serializable"):
                    pass
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            async with db.transaction(readonly=True):
                await db.execute("DELETE FROM t")
        async with db.transaction(isolation="serializable", readonly=True, deferrable=True):
            assert await db.fetch_val("SELECT count(*) FROM t") == 1

    on_database(test)


def test_a_write_after_anothers_is_a_serialization_failure(on_database):
    async def test(db, _):
        await db.execute("CREATE TABLE k (id int PRIMARY KEY, n int)")
        await db.execute("INSERT INTO k VALUES (1, 0)")
        with pytest.raises(SerializationFailure) as caught:  # noqa: PT012  # the block is what is tested
            async with db.transaction(isolation="repeatable_read"):
                await db.fetch_val("SELECT n FROM k")
                await asyncio.create_task(db.execute("UPDATE k SET n = 5"))
                await db.execute("UPDATE k SET n = n + 1")
        assert isinstance(caught.value, asyncpg.SerializationError)
        assert await db.fetch_val("SELECT n FROM k") == 5

    on_database(test)


def test_a_writer_waits_for_the_row(on_database):
    async def test(db, side):
        await db.execute("CREATE TABLE k (id int PRIMARY KEY, n int)")
        await db.execute("INSERT INTO k VALUES (1, 0)")
        async with db.transaction():
            await db.execute("UPDATE k SET n = 1")
            waiting = asyncio.create_task(db.execute("UPDATE k SET n = n + 10"))
            await side.until_blocked(db)
            assert not waiting.done()
        assert await waiting == ExecuteResult(1, "UPDATE 1")
        assert await db.fetch_val("SELECT n FROM k") == 11

    on_database(test)


def test_two_that_wait_for_each_other_are_a_deadlock(on_database):
    async def test(db, side):
        await db.execute("CREATE TABLE k (id int PRIMARY KEY, n int)")
        await db.execute("INSERT INTO k VALUES (1, 0), (2, 0)")
        both = asyncio.Barrier(2)

        async def update(first, second):
            async with db.transaction():
                await db.execute("SET LOCAL deadlock_timeout = '20ms'")
                await db.execute("UPDATE k SET n = n + 1 WHERE id = $1", first)
                await both.wait()
                await db.execute("UPDATE k SET n = n + 1 WHERE id = $1", second)

        done = await asyncio.gather(update(1, 2), update(2, 1), return_exceptions=True)
        assert [type(each).__name__ for each in done if each is not None] == ["DeadlockDetected"]
        assert [row["n"] for row in await db.fetch_all("SELECT n FROM k ORDER BY id")] == [1, 1]

    on_database(test)


def test_a_cancelled_wait_gives_everything_back(on_database):
    async def test(db, side):
        await db.execute("CREATE TABLE k (id int PRIMARY KEY, n int)")
        await db.execute("INSERT INTO k VALUES (1, 0), (2, 0)")

        async def other():
            async with db.transaction():
                await db.execute("UPDATE k SET n = 7 WHERE id = 2")
                await db.execute("UPDATE k SET n = 7 WHERE id = 1")

        async with db.transaction():
            await db.execute("UPDATE k SET n = 1 WHERE id = 1")
            waiting = asyncio.create_task(other())
            await side.until_blocked(db)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            await db.execute("UPDATE k SET n = 1 WHERE id = 2")
        assert [row["n"] for row in await db.fetch_all("SELECT n FROM k ORDER BY id")] == [1, 1]
        assert db.leaks() == []

    on_database(test)


def test_a_block_that_is_cancelled_rolls_back(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        inside = asyncio.Event()

        async def forever():
            async with db.transaction():
                await db.execute("INSERT INTO t (v) VALUES ('a')")
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(forever())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await db.fetch_val("SELECT count(*) FROM t") == 0

    on_database(test)


def test_tasks_that_share_a_session_take_turns(on_database):
    async def test(db, _):
        async with db.connection() as session:
            asked = (session.fetch_val("SELECT $1::int", n) for n in range(20))
            assert await asyncio.gather(*asked) == list(range(20))

    on_database(test)


def test_begin_belongs_to_a_session(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        with pytest.raises(InterfaceError, match="BEGIN outside a session") as caught:
            await db.execute("BEGIN")
        assert "db.transaction()" in caught.value.hint
        async with db.connection() as session:
            await session.execute("BEGIN; INSERT INTO t (v) VALUES ('b'); COMMIT")
        assert await db.fetch_val("SELECT v FROM t") == "b"

    on_database(test)


def test_what_a_session_leaves_behind_is_undone(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        async with db.connection() as session:
            await session.execute("SET statement_timeout = '7s'")
            await session.execute("BEGIN")
            await session.execute("INSERT INTO t (v) VALUES ('a')")
            await session.execute("SELECT pg_advisory_lock(1)")
        assert await db.fetch_val("SELECT count(*) FROM t") == 0
        assert await db.fetch_val("SHOW statement_timeout") == "0"
        assert await asyncio.gather(*(db.fetch_val("SELECT pg_try_advisory_lock(1)") for _ in range(2)))

    on_database(test)


def test_an_open_session_is_a_leak_with_its_place(on_database):
    async def test(db, _):
        async with db.connection() as session:
            await session.execute("BEGIN")
            (leak,) = db.leaks()
            assert "a database connection is still open with an open transaction; opened at:" in leak
            assert "test_transactions_both.py" in leak
        async with db.transaction():
            (leak,) = db.leaks()
            assert "a database transaction is still open" in leak

    on_database(test)


def test_a_timeout_of_the_server_cancels(on_database):
    async def test(db, _):
        async with db.connection() as session:
            await session.execute("SET statement_timeout = '20ms'")
            with pytest.raises(
                asyncpg.QueryCanceledError, match="canceling statement due to statement timeout"
            ) as caught:
                await session.fetch_val("SELECT pg_sleep(60)")
            assert isinstance(caught.value, OperationalError)
            assert await session.fetch_val("SELECT 1") == 1

    on_database(test)


def test_closing_cuts_off_who_still_holds_a_session(on_database):
    async def test(db, _):
        await db.connect()
        await db.connect()
        await db.execute(TABLE)
        async with db.connection() as session:
            await session.fetch_val("SELECT 1")
            await db.disconnect()
            with pytest.raises(asyncpg.InterfaceError, match="connection is closed"):
                await session.fetch_val("SELECT 1")
        await db.disconnect()
        assert await db.fetch_val("SELECT count(*) FROM t") == 0
        await db.aclose()
        await db.aclose()
        with pytest.raises(asyncpg.InterfaceError, match="the database is closed"):
            await db.fetch_val("SELECT 1")

    on_database(test)
