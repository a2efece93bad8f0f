"""Rows in storage form, read from a connection and written to one by their numbers."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from nexus_testkit.postgres.catalog.schema import Table
from nexus_testkit.postgres.lower.text import name

#: A table and SQLite's number of a row in it: what makes a row the same one in all transactions.
Place = tuple[str, int]
#: The stored values of a row, generated columns left out; None where there is no such row.
Row = tuple[Any, ...] | None


class Shape:
    """The statements that read and write the rows of one table."""

    __slots__ = ("_all", "change", "columns", "delete", "insert", "move", "read")

    def __init__(self, table: Table) -> None:
        """The columns are those that are stored and not computed."""
        self.columns = tuple(column.name for column in table.columns if column.generated is None)
        listed = ", ".join(name(column) for column in self.columns)
        quoted, number = name(table.name), table.rowid
        shown = f", {listed}" if listed else ""
        self.read = f"SELECT {listed or 'NULL'} FROM {quoted} WHERE {number} = ?"
        self._all = f"SELECT {number}{shown} FROM ", f"SELECT {number} FROM ", quoted
        self.delete = f"DELETE FROM {quoted} WHERE {number} = ?"
        self.insert = f"INSERT INTO {quoted} ({number}{shown}) VALUES ({', '.join('?' * (len(self.columns) + 1))})"
        sets = ", ".join(f"{name(column)} = ?" for column in self.columns)
        self.change = f"UPDATE {quoted} SET {sets or f'{number} = {number}'} WHERE {number} = ?"
        self.move = f"UPDATE {quoted} SET {number} = ? WHERE {number} = ?"

    def listing(self, schema: str, *, numbers: bool = False) -> str:
        """A query of all rows of a schema of SQLite's with their numbers, or of the `numbers` alone."""
        return f"{self._all[int(numbers)]}{schema}.{self._all[2]}"

    def row(self, connection: sqlite3.Connection, number: int) -> Row:
        """A row by its number."""
        found: Row = connection.execute(self.read, (number,)).fetchone()
        return found if found is None or self.columns else ()


def write(connection: sqlite3.Connection, shapes: Mapping[str, Shape], rows: Mapping[Place, Row]) -> None:
    """Make rows what they are to be, while nothing on the connection watches foreign keys or logs.

    All old ones go before the first new one comes: rows may have exchanged their unique keys.
    """
    for table, number in rows:
        connection.execute(shapes[table].delete, (number,))
    for (table, number), row in rows.items():
        if row is not None:
            connection.execute(shapes[table].insert, (number, *row))
