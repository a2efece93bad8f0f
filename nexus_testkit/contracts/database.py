"""What a database promises of single statements: values, rows, results, errors. `database_sessions` has transactions."""

from __future__ import annotations

import asyncio
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from nexus_testkit.contracts.contract import lacking
from nexus_testkit.contracts.database_sessions import SessionPromises
from nexus_testkit.errors import (
    CheckViolation,
    DatabaseError,
    DataError,
    ForeignKeyViolation,
    IntegrityError,
    InterfaceError,
    NotNullViolation,
    ProgrammingError,
    SyntaxErrorInSQL,
    UndefinedColumn,
    UndefinedFunction,
    UndefinedTable,
    UniqueViolation,
)
from nexus_testkit.ports.database import DatabaseAdapter

_MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_901, UTC)


class DatabaseContract(SessionPromises):
    """The promises of `nexus_testkit.ports.database.DatabaseAdapter`.

    `adapter` gives a database in which the tests may make tables whose names begin with `promise_`; they drop them before
    they begin. The SQL is PostgreSQL's.
    """

    async def test_is_a_database_adapter(self, adapter: DatabaseAdapter) -> None:
        """The adapter has every method of the port."""
        assert lacking(adapter, DatabaseAdapter) == []

    # -- values

    async def test_scalars_come_back_as_their_python_types(self, adapter: DatabaseAdapter) -> None:
        """Values of bool, int, float, numeric, text, dates, times, intervals and uuid come back equal and of asyncpg's types."""
        values: dict[str, Any] = {
            "bool": True,
            "int2": -32_768,
            "int4": 2**31 - 1,
            "int8": -(2**63),
            "float8": 1.5,
            "numeric": Decimal("12345678901234567890.0123456789"),
            "text": "ß☃\U0001f600",
            "date": date(2026, 2, 28),
            "time": time(23, 59, 59, 999_999),
            "timestamp": _MOMENT.replace(tzinfo=None),
            "timestamptz": _MOMENT,
            "interval": timedelta(days=1, seconds=2, microseconds=3),
            "uuid": UUID("12345678-1234-5678-1234-567812345678"),
        }
        for kind, value in values.items():
            found = await adapter.fetch_val(f"SELECT $1::{kind}", value)
            assert found == value, kind
            assert isinstance(found, type(value)), kind

    async def test_null_is_none(self, adapter: DatabaseAdapter) -> None:
        """None is NULL both ways, for every type."""
        for kind in ("bool", "int8", "text", "bytea", "jsonb", "timestamptz", "int4[]"):
            assert await adapter.fetch_val(f"SELECT $1::{kind}", None) is None

    async def test_bytes_come_back_whole(self, adapter: DatabaseAdapter) -> None:
        """A bytea is bytes, NUL and empty included."""
        for value in (b"", b"\x00", bytes(range(256)) * 256):
            assert await adapter.fetch_val("SELECT $1::bytea", value) == value

    async def test_empty_text_is_not_null(self, adapter: DatabaseAdapter) -> None:
        """An empty text is a text, not NULL."""
        assert await adapter.fetch_val("SELECT $1::text", "") == ""
        assert await adapter.fetch_val("SELECT $1::text IS NULL", "") is False

    async def test_text_keeps_quotes_and_line_ends(self, adapter: DatabaseAdapter) -> None:
        """A text comes back as it was, whatever it holds: nothing in a parameter is SQL."""
        for value in ("'; DROP TABLE x; --", '"', "\\", "%", "$1", "a\r\nb\tc", " ", "e\u0301"):
            assert await adapter.fetch_val("SELECT $1::text", value) == value

    async def test_nul_in_text_is_a_data_error(self, adapter: DatabaseAdapter) -> None:
        """A NUL character in a text is a DataError: PostgreSQL cannot store it."""
        with pytest.raises(DataError):
            await adapter.fetch_val("SELECT $1::text", "a\x00b")

    async def test_json_is_python_values(self, adapter: DatabaseAdapter) -> None:
        """Values of json and jsonb are lists, dicts, texts, numbers, bools and None."""
        value = {"a": [1, 2.5, "ü", None, True], "": {}, "nested": {"list": []}}
        for kind in ("json", "jsonb"):
            assert await adapter.fetch_val(f"SELECT $1::{kind}", value) == value
            assert await adapter.fetch_val(f"SELECT $1::{kind}", [1, "a"]) == [1, "a"]

    async def test_arrays_are_lists(self, adapter: DatabaseAdapter) -> None:
        """An array is a list, empty, with NULLs and of several dimensions."""
        for kind, value in (
            ("int4[]", [1, None, 3]),
            ("text[]", []),
            ("text[]", ["a,b", '"', "{}"]),
            ("int4[]", [[1, 2], [3, 4]]),
        ):
            assert await adapter.fetch_val(f"SELECT $1::{kind}", value) == value

    async def test_timestamptz_is_aware(self, adapter: DatabaseAdapter) -> None:
        """A timestamptz takes an aware datetime of any zone and gives the same moment, aware."""
        moment = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(timedelta(hours=-5)))
        found = await adapter.fetch_val("SELECT $1::timestamptz", moment)
        assert found == moment
        assert found.utcoffset() == timedelta(0)

    async def test_float_keeps_special_values(self, adapter: DatabaseAdapter) -> None:
        """A float8 keeps infinities, NaN, the least and the largest number."""
        for value in (math.inf, -math.inf, 5e-324, 1.7976931348623157e308, 0.1):
            assert await adapter.fetch_val("SELECT $1::float8", value) == value
        assert math.isnan(await adapter.fetch_val("SELECT $1::float8", math.nan))

    async def test_wrong_type_of_argument_is_a_data_error(self, adapter: DatabaseAdapter) -> None:
        """An argument that does not fit its parameter is a DataError before anything runs; nothing is converted."""
        for kind, value in (
            ("int4", "1"),
            ("text", 1),
            ("timestamptz", "2026-01-01"),
            ("bool", "yes"),
            ("int4", 2**31),
        ):
            with pytest.raises(DataError):
                await adapter.fetch_val(f"SELECT $1::{kind}", value)

    async def test_wrong_number_of_arguments_is_an_interface_error(self, adapter: DatabaseAdapter) -> None:
        """Too few or too many arguments are an InterfaceError."""
        for args in ((), (1, 2)):
            with pytest.raises(InterfaceError):
                await adapter.fetch_val("SELECT $1::int4", *args)

    async def test_integer_overflow_is_a_data_error(self, adapter: DatabaseAdapter) -> None:
        """Arithmetic that leaves its type is a DataError, 22003; division by zero 22012."""
        for expression, sqlstate in (("2147483647 + 1", "22003"), ("1 / 0", "22012")):
            with pytest.raises(DataError) as caught:
                await adapter.fetch_val(f"SELECT {expression}")
            assert caught.value.sqlstate == sqlstate

    # -- rows and results

    async def test_row_is_read_by_name_and_place(self, adapter: DatabaseAdapter) -> None:
        """A row is read by name and by place, and is a mapping for `dict` and a sequence of values for `tuple`."""
        row = await adapter.fetch_one("SELECT 1 AS one, 'zwei' AS two")
        assert row is not None
        assert (row["one"], row[1], dict(row), tuple(row.values()), len(row)) == (
            1,
            "zwei",
            {"one": 1, "two": "zwei"},
            (1, "zwei"),
            2,
        )

    async def test_unknown_column_of_a_row_is_a_key_error(self, adapter: DatabaseAdapter) -> None:
        """A column that a row does not have is a KeyError, a place an IndexError."""
        row = await adapter.fetch_one("SELECT 1 AS one")
        assert row is not None
        with pytest.raises(KeyError):
            row["two"]
        with pytest.raises(IndexError):
            row[1]

    async def test_no_row_is_none(self, adapter: DatabaseAdapter) -> None:
        """Where there is no row, `fetch_one` and `fetch_val` are None and `fetch_all` is an empty list."""
        query = "SELECT 1 WHERE false"
        assert await adapter.fetch_one(query) is None
        assert await adapter.fetch_val(query) is None
        assert await adapter.fetch_all(query) == []

    async def test_fetch_val_takes_a_column(self, adapter: DatabaseAdapter) -> None:
        """`fetch_val` gives the first column of the first row, or the one that `column` says."""
        query = "SELECT a, -a FROM generate_series(1, 3) AS a ORDER BY a DESC"
        assert (await adapter.fetch_val(query), await adapter.fetch_val(query, column=1)) == (3, -3)

    async def test_fetch_all_gives_every_row_in_order(self, adapter: DatabaseAdapter) -> None:
        """`fetch_all` gives all rows in the order of the query, 10,000 of them too."""
        rows = await adapter.fetch_all("SELECT a FROM generate_series(1, 10000) AS a ORDER BY a")
        assert [row[0] for row in rows] == list(range(1, 10_001))

    async def test_execute_counts_rows(self, adapter: DatabaseAdapter, items: str) -> None:
        """`execute` gives PostgreSQL's command tag, and the number of rows that it says."""
        insert = await adapter.execute(f"INSERT INTO {items} (name) VALUES ('a'), ('b')")
        update = await adapter.execute(f"UPDATE {items} SET number = 1 WHERE name = 'a'")
        delete = await adapter.execute(f"DELETE FROM {items} WHERE name = 'nobody'")
        assert [(each.rowcount, each.status) for each in (insert, update, delete)] == [
            (2, "INSERT 0 2"),
            (1, "UPDATE 1"),
            (0, "DELETE 0"),
        ]

    async def test_execute_runs_a_script(self, adapter: DatabaseAdapter, items: str) -> None:
        """Several statements in one `execute` without arguments run in order, all or none."""
        await adapter.execute(f"INSERT INTO {items} (name) VALUES ('a'); UPDATE {items} SET number = 7;")
        with pytest.raises(UniqueViolation):
            await adapter.execute(f"DELETE FROM {items}; INSERT INTO {items} (name) VALUES ('b'), ('b')")
        assert [tuple(row.values()) for row in await adapter.fetch_all(f"SELECT name, number FROM {items}")] == [
            ("a", 7)
        ]

    async def test_script_takes_no_arguments(self, adapter: DatabaseAdapter, items: str) -> None:
        """Several statements with arguments are a SyntaxErrorInSQL, and none runs."""
        with pytest.raises(SyntaxErrorInSQL):
            await adapter.execute(f"INSERT INTO {items} (name) VALUES ($1); SELECT 1", "a")
        assert await adapter.fetch_val(f"SELECT count(*) FROM {items}") == 0

    async def test_execute_many_is_all_or_nothing(self, adapter: DatabaseAdapter, items: str) -> None:
        """`execute_many` runs once for each sequence of arguments and sums the rows; one that fails undoes all."""
        insert = f"INSERT INTO {items} (name) VALUES ($1)"
        assert (await adapter.execute_many(insert, [("a",), ("b",)])).rowcount == 2
        with pytest.raises(UniqueViolation):
            await adapter.execute_many(insert, [("c",), ("a",)])
        assert (await adapter.execute_many(insert, [])).rowcount == 0
        assert await adapter.fetch_val(f"SELECT count(*) FROM {items}") == 2

    async def test_returning_gives_the_rows(self, adapter: DatabaseAdapter, items: str) -> None:
        """INSERT, UPDATE and DELETE with RETURNING give rows to every `fetch_` method."""
        added = await adapter.fetch_one(f"INSERT INTO {items} (name) VALUES ('a') RETURNING *")
        assert dict(added or {}) == {"id": 1, "name": "a", "number": 0, "parent": None}
        assert await adapter.fetch_val(f"UPDATE {items} SET number = number + 1 RETURNING number") == 1
        assert len(await adapter.fetch_all(f"DELETE FROM {items} RETURNING id")) == 1

    async def test_upsert_updates(self, adapter: DatabaseAdapter, items: str) -> None:
        """ON CONFLICT DO UPDATE updates the row that is there, and DO NOTHING leaves it and returns no row."""
        upsert = f"INSERT INTO {items} (name, number) VALUES ('a', $1) ON CONFLICT (name) DO UPDATE SET number = excluded.number"
        await adapter.execute(upsert, 1)
        await adapter.execute(upsert, 2)
        skip = f"INSERT INTO {items} (name) VALUES ('a') ON CONFLICT DO NOTHING RETURNING id"
        assert await adapter.fetch_one(skip) is None
        assert await adapter.fetch_val(f"SELECT number FROM {items}") == 2

    # -- errors

    async def test_unique_violation_names_its_constraint(self, adapter: DatabaseAdapter, items: str) -> None:
        """A duplicate is a UniqueViolation, an IntegrityError, with sqlstate 23505, constraint, table and detail."""
        insert = f"INSERT INTO {items} (name) VALUES ('a')"
        await adapter.execute(insert)
        with pytest.raises(UniqueViolation) as caught:
            await adapter.execute(insert)
        error = caught.value
        assert isinstance(error, IntegrityError)
        assert (error.sqlstate, error.constraint_name, error.table_name) == ("23505", f"{items}_name_key", items)
        assert error.message == f'duplicate key value violates unique constraint "{items}_name_key"'
        assert error.detail == "Key (name)=(a) already exists."

    async def test_not_null_violation_names_its_column(self, adapter: DatabaseAdapter, items: str) -> None:
        """A missing value is a NotNullViolation with sqlstate 23502, table and column."""
        with pytest.raises(NotNullViolation) as caught:
            await adapter.execute(f"INSERT INTO {items} (name) VALUES (NULL)")
        assert (caught.value.sqlstate, caught.value.table_name, caught.value.column_name) == ("23502", items, "name")

    async def test_check_violation_names_its_constraint(self, adapter: DatabaseAdapter, items: str) -> None:
        """A failed CHECK is a CheckViolation with sqlstate 23514 and its constraint."""
        with pytest.raises(CheckViolation) as caught:
            await adapter.execute(f"INSERT INTO {items} (name, number) VALUES ('a', -1)")
        assert (caught.value.sqlstate, caught.value.constraint_name) == ("23514", "promise_not_negative")

    async def test_foreign_key_violation_names_its_constraint(self, adapter: DatabaseAdapter, items: str) -> None:
        """A reference to nothing, and a referenced row deleted, are a ForeignKeyViolation with sqlstate 23503."""
        with pytest.raises(ForeignKeyViolation) as caught:
            await adapter.execute(f"INSERT INTO {items} (name, parent) VALUES ('a', 7)")
        assert (caught.value.sqlstate, caught.value.constraint_name) == ("23503", f"{items}_parent_fkey")
        await adapter.execute(f"INSERT INTO {items} (name) VALUES ('parent')")
        parent = await adapter.fetch_val(f"SELECT id FROM {items}")
        await adapter.execute(f"INSERT INTO {items} (name, parent) VALUES ('child', $1)", parent)
        with pytest.raises(ForeignKeyViolation):
            await adapter.execute(f"DELETE FROM {items} WHERE id = $1", parent)

    async def test_failed_statement_changes_nothing(self, adapter: DatabaseAdapter, items: str) -> None:
        """A statement that fails at its last row has changed none, and the error reaches the caller."""
        with pytest.raises(UniqueViolation):
            await adapter.execute(f"INSERT INTO {items} (name) VALUES ('a'), ('b'), ('a')")
        assert await adapter.fetch_val(f"SELECT count(*) FROM {items}") == 0

    async def test_unknown_names_are_their_own_errors(self, adapter: DatabaseAdapter, items: str) -> None:
        """A table, column or function that is not there is UndefinedTable, UndefinedColumn, UndefinedFunction."""
        cases: list[tuple[str, type[ProgrammingError], str]] = [
            ("SELECT 1 FROM promise_nowhere", UndefinedTable, "42P01"),
            (f"SELECT nothing FROM {items}", UndefinedColumn, "42703"),
            ("SELECT promise_nothing(1)", UndefinedFunction, "42883"),
        ]
        for query, kind, sqlstate in cases:
            with pytest.raises(kind) as caught:
                await adapter.fetch_all(query)
            assert caught.value.sqlstate == sqlstate
            assert isinstance(caught.value, ProgrammingError)

    async def test_syntax_error_says_where(self, adapter: DatabaseAdapter) -> None:
        """SQL that is none is a SyntaxErrorInSQL with PostgreSQL's message and the 1-based position of the fault."""
        with pytest.raises(SyntaxErrorInSQL) as caught:
            await adapter.fetch_all("SELECT 1 FORM x y")
        error = caught.value
        assert (error.sqlstate, error.message, error.position) == ("42601", 'syntax error at or near "x"', 15)

    async def test_every_error_is_a_database_error(self, adapter: DatabaseAdapter) -> None:
        """Whatever fails is a DatabaseError with five characters of sqlstate and a message."""
        for query in ("SELEC 1", "SELECT 1/0", "SELECT * FROM promise_nowhere", "SELECT 'x'::int", "SELECT '{'::json"):
            with pytest.raises(DatabaseError) as caught:
                await adapter.fetch_all(query)
            assert len(caught.value.sqlstate or "") == 5
            assert caught.value.message

    async def test_database_goes_on_after_an_error(self, adapter: DatabaseAdapter) -> None:
        """After twenty statements that failed, the next one is answered."""
        for _ in range(20):
            with pytest.raises(DatabaseError):
                await adapter.fetch_val("SELECT 1/0")
        assert await adapter.fetch_val("SELECT 1") == 1

    async def test_callers_at_once_get_their_own_answers(self, adapter: DatabaseAdapter) -> None:
        """Fifty queries at once are answered each with its own value."""
        found = await asyncio.gather(*(adapter.fetch_val("SELECT $1::int4", number) for number in range(50)))
        assert found == list(range(50))

    async def test_cancelled_query_harms_no_other(self, adapter: DatabaseAdapter) -> None:
        """After a query was cancelled half-way, or while it connected, later ones get their own answers."""
        for pause_s in (0, 0.005, 0, 0.05):
            task = asyncio.create_task(adapter.fetch_val("SELECT pg_sleep(60)"))
            await asyncio.sleep(pause_s)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await adapter.fetch_val("SELECT 2") == 2

    # -- the end

    async def test_connecting_twice_is_safe(self, adapter: DatabaseAdapter) -> None:
        """`connect` twice, or at once, is `connect` once."""
        await asyncio.gather(adapter.connect(), adapter.connect())
        await adapter.connect()
        assert await adapter.fetch_val("SELECT 1") == 1

    async def test_disconnected_database_connects_again(self, adapter: DatabaseAdapter, items: str) -> None:
        """`disconnect` twice is fine; the next query connects again, and finds what was committed."""
        await adapter.execute(f"INSERT INTO {items} (name) VALUES ('a')")
        await adapter.disconnect()
        await adapter.disconnect()
        assert await adapter.fetch_val(f"SELECT name FROM {items}") == "a"

    async def test_health_check_of_a_working_database_is_true(self, adapter: DatabaseAdapter) -> None:
        """`health_check` is True."""
        assert await adapter.health_check() is True

    async def test_closing_twice_is_safe(self, adapter: DatabaseAdapter) -> None:
        """Closing a database twice does nothing the second time, also where it was never used."""
        await self.close(adapter)
        await self.close(adapter)

    async def test_closed_database_raises(self, adapter: DatabaseAdapter) -> None:
        """A query after closing is an InterfaceError."""
        await adapter.fetch_val("SELECT 1")
        await self.close(adapter)
        with pytest.raises(InterfaceError):
            await adapter.fetch_val("SELECT 1")
