"""The database port's promises, on the fake and on PostgreSQL."""

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
    ProgrammingError,
    UndefinedTable,
    UniqueViolation,
)
from nexus_testkit.ports.database import BitString, DatabaseAdapter, ExecuteResult, Range, Row

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
