"""The database port's promises, on the fake and on PostgreSQL."""

import asyncio
import datetime as dt
import math
import uuid
from decimal import Decimal

import asyncpg
import pytest

from nexus_testkit.errors import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    ProgrammingError,
    SerializationFailure,
    UndefinedTable,
    UniqueViolation,
)
from nexus_testkit.ports.database import BitString, DatabaseAdapter, ExecuteResult, Range, Row, Session

TABLE = "CREATE TABLE t (id serial PRIMARY KEY, v text UNIQUE, n int CHECK (n > 0), data jsonb)"


def test_results_and_rows(on_database):
    async def test(db, _):
        assert isinstance(db, DatabaseAdapter)
        assert await db.execute(TABLE) == ExecuteResult(0, "CREATE TABLE")
        assert await db.execute("INSERT INTO t (v) VALUES ($1), ($2)", "a", "b") == ExecuteResult(2, "INSERT 0 2")
        assert await db.execute("UPDATE t SET n = 1; DELETE FROM t WHERE v = 'b'") == ExecuteResult(1, "DELETE 1")
        assert await db.execute("SELECT * FROM t") == ExecuteResult(1, "SELECT 1")
        for nothing in ("", " ; ", "-- a comment"):
            assert await db.execute(nothing) == ExecuteResult(0, "")
        row = await db.fetch_one("SELECT id, v FROM t WHERE v = $1", "a")
        assert isinstance(row, Row)
        assert (row["id"], row[1], dict(row), len(row), "v" in row) == (1, "a", {"id": 1, "v": "a"}, 2, True)
        assert list(row.items()) == [("id", 1), ("v", "a")]
        assert [tuple(row) for row in await db.fetch_all("SELECT v FROM t ORDER BY v")] == [("a",)]
        assert await db.fetch_all("SELECT 1 WHERE false") == []
        assert await db.fetch_one("SELECT 1 WHERE false") is None
        assert await db.fetch_val("SELECT 1 WHERE false") is None
        assert await db.fetch_val("SELECT id, v FROM t", column=1) == "a"
        assert await db.health_check() is True

    on_database(test)


def test_a_name_that_occurs_twice_gives_the_last(on_database):
    async def test(db, _):
        row = await db.fetch_one("SELECT 1 AS a, 2 AS b, 3 AS a")
        assert (row["a"], tuple(row), len(row)) == (3, (1, 2, 3), 3)

    on_database(test)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("jsonb", {"a": [1, None, "ü"], "b": {"c": 1.5}}),
        ("json", [1, "x", {"y": None}]),
        ("jsonb", "just text"),
        ("jsonb", 7),
        ("text[]", ["a", None, "ü"]),
        ("int[]", [[1, 2], [3, 4]]),
        ("jsonb[]", [{"a": 1}, "x"]),
        ("bytea", b"\x00\xff"),
        ("numeric", Decimal("12.340")),
        ("float8", math.pi),
        ("uuid", uuid.UUID("12345678-1234-5678-1234-567812345678")),
        ("date", dt.date(2026, 2, 28)),
        ("time", dt.time(12, 30, 1, 5)),
        ("timestamp", dt.datetime(2026, 2, 28, 12, 30)),  # noqa: DTZ001  # a timestamp without time zone
        ("timestamptz", dt.datetime(2026, 2, 28, 12, 30, tzinfo=dt.UTC)),
        ("interval", dt.timedelta(days=3, seconds=7)),
        ("bool", True),
        ("int8", -(2**63)),
        ("int4range", asyncpg.Range(1, 5)),
        ("int4range", Range(1, 5)),
        ("int4range", Range(empty=True)),
        ("int4range[]", [Range(1, 5), Range(None, 2)]),
        ("int4multirange", [Range(1, 5), Range(7, None)]),
        ("daterange", Range(dt.date(2026, 1, 1), dt.date(2026, 2, 1))),
        ("bit(3)", BitString("101")),
        ("varbit", BitString("1011 0001 1")),
        ("varbit", BitString("")),
        ("varbit", asyncpg.BitString("01")),
        ("text", None),
    ],
)
def test_values_come_back_as_they_went(on_database, kind, value):
    async def test(db, _):
        assert await db.fetch_val(f"SELECT $1::{kind}", value) == value

    on_database(test)


def test_a_tuple_is_a_range_with_both_its_bounds(on_database):
    async def test(db, _):
        assert await db.fetch_val("SELECT $1::int4range", (1, 5)) == Range(1, 6)

    on_database(test)


def test_an_error_is_the_ports_and_asyncpgs_with_its_fields(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        await db.execute("INSERT INTO t (v, n) VALUES ('a', 1)")
        with pytest.raises(asyncpg.UniqueViolationError) as caught:
            await db.execute("INSERT INTO t (v) VALUES ($1)", "a")
        error = caught.value
        assert isinstance(error, UniqueViolation)
        assert isinstance(error, IntegrityError)
        assert (error.sqlstate, error.schema_name, error.table_name) == ("23505", "public", "t")
        assert (error.constraint_name, error.column_name) == ("t_v_key", None)
        assert error.message == 'duplicate key value violates unique constraint "t_v_key"'
        assert error.detail == "Key (v)=(a) already exists."
        assert str(error) == f"{error.message}\nDETAIL:  {error.detail}"
        with pytest.raises(asyncpg.NotNullViolationError) as caught:
            await db.execute("INSERT INTO t (id) VALUES (NULL)")
        assert (caught.value.column_name, caught.value.constraint_name) == ("id", None)
        with pytest.raises(asyncpg.CheckViolationError) as caught:
            await db.execute("INSERT INTO t (n) VALUES (-1)")
        assert caught.value.constraint_name == "t_n_check"

    on_database(test)


def test_an_error_of_the_statement_says_where(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        for query, kind, sqlstate, position in [
            ("SELEC 1", ProgrammingError, "42601", 1),
            ("SELECT * FROM nope", UndefinedTable, "42P01", 15),
            ("SELECT nope FROM t", ProgrammingError, "42703", 8),
            ("SELECT 'x'::int", DataError, "22P02", 8),
        ]:
            with pytest.raises(kind) as caught:
                await db.fetch_all(query)
            error = caught.value
            assert (error.sqlstate, error.position, error.query, error.hint) == (sqlstate, position, query, None)

    on_database(test)


def test_what_asyncpg_refuses_itself(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        with pytest.raises(
            asyncpg.DataError, match=r"invalid input for query argument \$1: 3 \(expected str, got int\)"
        ):
            await db.execute("INSERT INTO t (v) VALUES ($1)", 3)
        with pytest.raises(
            asyncpg.InterfaceError, match="the server expects 1 argument for this query, 0 were passed"
        ) as caught:
            await db.fetch_all("SELECT * FROM t WHERE id = $1")
        assert isinstance(caught.value, InterfaceError)
        with pytest.raises(ProgrammingError, match="cannot insert multiple commands into a prepared statement"):
            await db.fetch_all("SELECT 1; SELECT 2")

    on_database(test)


def test_execute_many_counts_and_is_all_or_nothing(on_database):
    async def test(db, _):
        await db.execute(TABLE)
        insert = "INSERT INTO t (v, n) VALUES ($1, $2) ON CONFLICT (v) DO NOTHING"
        done = await db.execute_many(insert, [("a", 1), ("b", 2), ("a", 3)])
        assert done == ExecuteResult(2, "INSERT 0 2")
        assert (await db.execute_many(insert, iter([]))).rowcount == 0
        with pytest.raises(asyncpg.CheckViolationError):
            await db.execute_many(insert, [("c", 1), ("d", -1)])
        with pytest.raises(
            asyncpg.DataError, match=r"query argument \$2 in element #1 of executemany\(\) sequence: 'x'"
        ):
            await db.execute_many(insert, [("c", 1), ("d", "x")])
        assert await db.fetch_val("SELECT count(*) FROM t") == 2
        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('before')")
            with pytest.raises(asyncpg.DataError):  # the server has seen nothing of it
                await db.execute_many(insert, [("c", 1), ("d", "x")])
            await db.execute("INSERT INTO t (v) VALUES ('after')")
        assert [row["v"] for row in await db.fetch_all("SELECT v FROM t ORDER BY id")] == ["a", "b", "before", "after"]
        with pytest.raises(asyncpg.InFailedSQLTransactionError):  # noqa: PT012  # the block is what is tested
            async with db.transaction():
                with pytest.raises(asyncpg.CheckViolationError):
                    await db.execute_many(insert, [("c", 1), ("d", -1)])
                await db.execute("SELECT 1")

    on_database(test)


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
            assert "test_database_both.py" in leak
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
