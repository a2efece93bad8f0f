"""What a database promises of what statements give: rows, counts, and values of columns."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from nexus_testkit.contracts.database_table import TablePromises
from nexus_testkit.errors import SyntaxErrorInSQL, UniqueViolation
from nexus_testkit.ports.database import DatabaseAdapter


class RowPromises(TablePromises):
    """The part of `DatabaseContract` that concerns results."""

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

    async def test_row_behaves_as_a_record(self, adapter: DatabaseAdapter) -> None:
        """A row iterates over its values, looks for names with `in`, has `get` with a default, and equals a tuple of its values."""
        row = await adapter.fetch_one("SELECT 1 AS one, 'zwei' AS two")
        assert row is not None
        assert (list(row), list(row.keys()), list(row.items())) == (
            [1, "zwei"],
            ["one", "two"],
            [("one", 1), ("two", "zwei")],
        )
        assert ("one" in row, "zwei" in row, row.get("two"), row.get("three", 3)) == (True, False, "zwei", 3)
        assert row == (1, "zwei")

    async def test_names_of_columns_are_the_statements(self, adapter: DatabaseAdapter) -> None:
        """A row's names are those of the statement, quoted ones with their case; a name that occurs twice gives the last of them."""
        row = await adapter.fetch_one('SELECT 1 AS "Mixed Case", 2 AS Folded, 3 AS twice, 4 AS twice')
        assert row is not None
        assert (row["Mixed Case"], row["folded"], row["twice"], tuple(row)) == (1, 2, 4, (1, 2, 3, 4))

    async def test_columns_give_what_was_stored(self, adapter: DatabaseAdapter) -> None:
        """What was stored in columns comes back equal and of the same types, NULL too, from each of the `fetch_` methods."""
        stored = (
            True,
            Decimal("9.90"),
            "",
            datetime(2026, 1, 2, 3, 4, 5, 6, UTC),
            {"tags": ["a"]},
            UUID(int=1),
            b"\x00",
            [1, None],
            None,
        )
        columns = "a bool, b numeric, c text, d timestamptz, e jsonb, f uuid, g bytea, h int4[], i text"
        await adapter.execute(f"DROP TABLE IF EXISTS promise_values; CREATE TABLE promise_values ({columns})")
        await adapter.execute("INSERT INTO promise_values VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)", *stored)
        query = "SELECT * FROM promise_values"
        values = tuple([await adapter.fetch_val(query, column=place) for place in range(len(stored))])
        rows: list[Any] = [await adapter.fetch_one(query), *await adapter.fetch_all(query), values]
        await adapter.execute("DROP TABLE promise_values")
        for row in rows:
            assert tuple(row) == stored
            for value, wanted in zip(row, stored, strict=True):
                assert isinstance(value, type(wanted))

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
        """`fetch_all` gives all rows in the order of the query, 10,000 of them too, each as `fetch_one` gives it."""
        rows = await adapter.fetch_all("SELECT a FROM generate_series(1, 10000) AS a ORDER BY a")
        assert [row[0] for row in rows] == list(range(1, 10_001))
        assert (rows[1]["a"], list(rows[1]), rows[1] == (2,)) == (2, [2], True)

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

    async def test_execute_counts_what_was_selected(self, adapter: DatabaseAdapter) -> None:
        """`execute` of a SELECT counts its rows; a statement that counts nothing has a tag and 0."""
        select = await adapter.execute("SELECT * FROM generate_series(1, 3)")
        create = await adapter.execute("CREATE TABLE IF NOT EXISTS promise_empty (a int)")
        drop = await adapter.execute("DROP TABLE promise_empty")
        assert [(each.rowcount, each.status) for each in (select, create, drop)] == [
            (3, "SELECT 3"),
            (0, "CREATE TABLE"),
            (0, "DROP TABLE"),
        ]

    async def test_execute_runs_a_script(self, adapter: DatabaseAdapter, items: str) -> None:
        """Several statements in one `execute` without arguments run in order, all or none; the result is the last one's."""
        done = await adapter.execute(f"INSERT INTO {items} (name) VALUES ('a'); UPDATE {items} SET number = 7;")
        assert (done.rowcount, done.status) == (1, "UPDATE 1")
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
        """`execute_many` runs once for each sequence of arguments, of any iterable, and sums the rows; one that fails undoes all."""
        insert = f"INSERT INTO {items} (name) VALUES ($1)"
        assert (await adapter.execute_many(insert, ([name] for name in "ab"))).rowcount == 2
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

    async def test_first_row_is_computed_alone(self, adapter: DatabaseAdapter) -> None:
        """`fetch_one` and `fetch_val` of a SELECT do for the first row what it does, and nothing for the others."""
        await adapter.execute("DROP SEQUENCE IF EXISTS promise_numbers; CREATE SEQUENCE promise_numbers")
        query = "SELECT nextval('promise_numbers') AS n FROM generate_series(1, 9)"
        first, row = await adapter.fetch_val(query), await adapter.fetch_one(query)
        await adapter.execute("DROP SEQUENCE promise_numbers")
        assert first == 1
        assert row is not None
        assert row["n"] == 2
