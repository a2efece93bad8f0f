"""What a database promises of single statements: values and errors. `database_rows` has results, `database_sessions` transactions."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from nexus_testkit.contracts.contract import check_methods, raising
from nexus_testkit.contracts.database_by_hand import ByHandPromises
from nexus_testkit.contracts.database_rows import RowPromises
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


class DatabaseContract(RowPromises, SessionPromises, ByHandPromises):
    """The promises of `nexus_testkit.ports.database.DatabaseAdapter`.

    `adapter` gives a database in which the tests may make tables whose names begin with `promise_`; they drop them before
    they begin. The SQL is PostgreSQL's.
    """

    async def test_is_a_database_adapter(self, adapter: DatabaseAdapter) -> None:
        """The adapter has every method of the port."""
        check_methods(adapter, DatabaseAdapter)

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

    async def test_numeric_keeps_its_digits(self, adapter: DatabaseAdapter) -> None:
        """A numeric keeps the zeros behind its point, and NaN."""
        for digits in ("1.50", "0.00", "-7.000", "12345.6", "NaN"):
            assert str(await adapter.fetch_val("SELECT $1::numeric", Decimal(digits))) == digits

    async def test_null_is_none(self, adapter: DatabaseAdapter) -> None:
        """None is NULL both ways, for every type."""
        for kind in ("bool", "int8", "text", "bytea", "jsonb", "timestamptz", "int4[]"):
            assert await adapter.fetch_val(f"SELECT $1::{kind}", None) is None

    async def test_bytes_come_back_whole(self, adapter: DatabaseAdapter) -> None:
        """A bytea is bytes, and nothing like them, NUL and empty included."""
        for value in (b"", b"\x00", bytes(range(256)) * 256):
            found = await adapter.fetch_val("SELECT $1::bytea", value)
            assert (type(found), found) == (bytes, value)

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
        value = {"a": [1, 2.5, "ü", None, True], "": {}, "nested": {"list": []}, "large": 2**53 + 1}
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
            with raising(DataError, f"{value!r} as {kind}"):
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
        """A failed CHECK is a CheckViolation with sqlstate 23514, constraint and table."""
        with pytest.raises(CheckViolation) as caught:
            await adapter.execute(f"INSERT INTO {items} (name, number) VALUES ('a', -1)")
        error = caught.value
        assert (error.sqlstate, error.constraint_name, error.table_name) == ("23514", "promise_not_negative", items)

    async def test_foreign_key_violation_names_its_constraint(self, adapter: DatabaseAdapter, items: str) -> None:
        """A reference to nothing, and a referenced row deleted, are a ForeignKeyViolation, 23503, with constraint, table, detail."""
        with pytest.raises(ForeignKeyViolation) as caught:
            await adapter.execute(f"INSERT INTO {items} (name, parent) VALUES ('a', 7)")
        facts = ("23503", f"{items}_parent_fkey", items)
        error = caught.value
        assert (error.sqlstate, error.constraint_name, error.table_name) == facts
        assert error.detail == f'Key (parent)=(7) is not present in table "{items}".'
        await adapter.execute(f"INSERT INTO {items} (name) VALUES ('parent')")
        parent = await adapter.fetch_val(f"SELECT id FROM {items}")
        await adapter.execute(f"INSERT INTO {items} (name, parent) VALUES ('child', $1)", parent)
        with pytest.raises(ForeignKeyViolation) as caught:
            await adapter.execute(f"DELETE FROM {items} WHERE id = $1", parent)
        error = caught.value
        assert (error.sqlstate, error.constraint_name, error.table_name) == facts
        assert error.detail == f'Key (id)=({parent}) is still referenced from table "{items}".'

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

    async def test_disconnect_ends_sessions(self, adapter: DatabaseAdapter, items: str) -> None:
        """`disconnect` closes every session: those in use answer nothing more, and what they had begun is undone."""
        async with adapter.connection() as session:
            await session.execute("BEGIN")
            await session.execute(f"INSERT INTO {items} (name) VALUES ('a')")
            await adapter.disconnect()
            with pytest.raises(InterfaceError):
                await session.fetch_val("SELECT 1")
        assert await adapter.fetch_val(f"SELECT count(*) FROM {items}") == 0

    async def test_health_check_of_a_working_database_is_true(self, adapter: DatabaseAdapter) -> None:
        """`health_check` is True."""
        assert await adapter.health_check() is True

    async def test_closing_twice_is_safe(self, adapter: DatabaseAdapter) -> None:
        """Closing a database twice does nothing the second time, also where it was never used."""
        await self.close(adapter)
        await self.close(adapter)

    async def test_closed_database_raises(self, adapter: DatabaseAdapter) -> None:
        """Any query, transaction or session after closing is an InterfaceError, and so is `connect`."""
        await adapter.fetch_val("SELECT 1")
        await self.close(adapter)
        calls: dict[str, Callable[[], Awaitable[Any]]] = {
            "adapter.fetch_val('SELECT 1')": lambda: adapter.fetch_val("SELECT 1"),
            "adapter.fetch_one('SELECT 1')": lambda: adapter.fetch_one("SELECT 1"),
            "adapter.fetch_all('SELECT 1')": lambda: adapter.fetch_all("SELECT 1"),
            "adapter.execute('SELECT 1')": lambda: adapter.execute("SELECT 1"),
            "adapter.execute_many('SELECT $1::int4', [(1,)])": lambda: adapter.execute_many("SELECT $1::int4", [(1,)]),
            "adapter.transaction()": lambda: adapter.transaction().__aenter__(),
            "adapter.connection()": lambda: adapter.connection().__aenter__(),
            "adapter.connect()": adapter.connect,
        }
        for what, call in calls.items():
            with raising(InterfaceError, what):
                await call()

    async def test_closed_database_is_not_healthy(self, adapter: DatabaseAdapter) -> None:
        """After closing `health_check` is False."""
        await self.close(adapter)
        assert await adapter.health_check() is False
