"""`nexus.db`: what is in the tables."""

from __future__ import annotations

from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, TypeAlias

from nexus_testkit.errors import NeedsFake, UndefinedTable
from nexus_testkit.journal.database import SeamedDatabase
from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.database import DatabaseAdapter, Row

_MOST_SHOWN = 5
_LONGEST_SHOWN = 160
_Show: TypeAlias = Callable[[Row], str]


def quote_identifier(name: str) -> str:
    """A table's or column's name as SQL, quoted; a dot separates schema and table."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in name.split("."))


class DatabaseHandle(SeamedDatabase):
    """The database, with assertions that go round the journal.

    `columns` are compared in Python, as the values that a query gives; None means NULL. A value may be anything with
    its own idea of equality, such as `pytest.approx(...)`.
    """

    def __init__(self, adapter: DatabaseAdapter, seam: Seam) -> None:
        """Wrap the adapter; assertions go round `seam`."""
        super().__init__(adapter, seam)
        self._adapter = adapter

    async def snapshot(self) -> Any:
        """An image of all that is committed: tables, rows, definitions, sequences. It takes some microseconds and outlives its world.

        Raises:
            InterfaceError: a transaction is open.
            NeedsFake: the database is a server's, which has template databases instead.
        """
        return await self._images("snapshot")()

    async def restore(self, snapshot: Any, /) -> None:
        """Make the database what it was when `snapshot` was taken, in this world or in another one.

        Raises:
            InterfaceError: a transaction is open.
            NeedsFake: the database is a server's.
        """
        await self._images("restore")(snapshot)

    def shuffle_ties(self) -> None:
        """From now on give rows that ORDER BY does not tell apart in another order each time, where LIMIT or OFFSET takes a part of them.

        PostgreSQL promises no order among them (SELECT, "LIMIT Clause"): pages by such an order repeat rows and skip others. The
        world's seed decides, so that a run repeats.

        Limits: no DISTINCT, GROUP BY, UNION and the like, no locking clause, and no query within another one.

        Raises:
            NeedsFake: the database is a server's, which decides by itself.
        """
        self._of_fake("shuffle_ties", "gives ties in an order of its own choice")()

    def _images(self, method: str) -> Any:
        return self._of_fake(method, "has images")

    def _of_fake(self, method: str, ability: str) -> Any:
        found = getattr(self._adapter, method, None)
        if found is None:
            raise NeedsFake(f"db.{method}() on {type(self._adapter).__name__}: only the fake database {ability}")
        return found

    async def rows(self, table: str, /) -> list[Row]:
        """All rows of a table, in the order in which the database gives them.

        Raises:
            UndefinedTable: there is no such table.
        """
        return await self._adapter.fetch_all(f"SELECT * FROM {quote_identifier(table)}")

    async def assert_has(self, table: str, /, **columns: Any) -> Row:
        """Assert that at least one row has these values; the first such row.

        Raises:
            AssertionError: with the nearest rows and the columns in which they differ.
        """
        rows = await self._rows_for(table, columns)
        for row in rows:
            if _matches(row, columns):
                return row
        raise AssertionError(_nothing_found(table, columns, rows, self._row))

    async def assert_missing(self, table: str, /, **columns: Any) -> None:
        """Assert that no row has these values.

        Raises:
            AssertionError: with the rows that have.
        """
        found = [row for row in await self._rows_for(table, columns) if _matches(row, columns)]
        if found:
            raise AssertionError(f"{table} has {_count(found)} with {_shown(columns)}:\n{_listed(found, self._row)}")

    async def assert_count(self, table: str, count: int, /, **columns: Any) -> None:
        """Assert how many rows have these values; without any, how many rows there are.

        Raises:
            AssertionError: with the rows that have them, or the nearest ones.
        """
        rows = await self._rows_for(table, columns)
        found = [row for row in rows if _matches(row, columns)]
        if len(found) == count:
            return
        which = f" with {_shown(columns)}" if columns else ""
        message = f"{table} has {_count(found)}{which}, not {count}"
        if found:
            message += f":\n{_listed(found, self._row)}"
        elif not rows:
            message += "; it is empty"
        else:
            message += f"; nearest:\n{_nearest(rows, columns, self._row)}"
        raise AssertionError(message)

    async def _others(self, table: str) -> str:
        """The tables that there are, those of similar names where there are such."""
        query = "SELECT table_name FROM information_schema.tables WHERE table_schema NOT IN ('pg_catalog', 'information_schema')"
        names = sorted(row[0] for row in await self._adapter.fetch_all(query))
        near = get_close_matches(table.rpartition(".")[2], names, n=3)
        if near:
            return f"; did you mean {' or '.join(near)}?"
        more = f" and {len(names) - _MOST_SHOWN} more" if len(names) > _MOST_SHOWN else ""
        return f"; there are {', '.join(names[:_MOST_SHOWN])}{more}" if names else "; there are none"

    def _row(self, row: Row) -> str:
        """A row without its secrets; a long value is cut."""
        inside = " ".join(f"{name}={_short(value)}" for name, value in row.items())
        return self._seam.journal.redaction.text(f"<Row {inside}>")

    async def _rows_for(self, table: str, columns: dict[str, Any]) -> list[Row]:
        try:
            rows = await self.rows(table)
        except UndefinedTable:
            raise AssertionError(f"there is no table {table}{await self._others(table)}") from None
        if rows:
            unknown = [name for name in columns if name not in rows[0]]
            if unknown:
                raise AssertionError(f"{table} has no column {', '.join(unknown)}; it has {', '.join(rows[0].keys())}")
        return rows


def _matches(row: Row, columns: dict[str, Any]) -> bool:
    return all(_equal(row[name], wanted) for name, wanted in columns.items())


def _equal(value: Any, wanted: Any) -> bool:
    if wanted is None or value is None:
        return value is None and wanted is None
    # True == 1 in Python, not in SQL.
    if isinstance(value, bool) != isinstance(wanted, bool) and isinstance(wanted, bool | int):
        return False
    return bool(wanted == value)


def _shown(columns: dict[str, Any]) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in columns.items()) or "anything"


def _count(rows: list[Row]) -> str:
    return f"{len(rows)} row{'' if len(rows) == 1 else 's'}"


def _listed(rows: list[Row], show: _Show) -> str:
    lines = [f"  {show(row)}" for row in rows[:_MOST_SHOWN]]
    if len(rows) > _MOST_SHOWN:
        lines.append(f"  ... and {len(rows) - _MOST_SHOWN} more")
    return "\n".join(lines)


def _nothing_found(table: str, columns: dict[str, Any], rows: list[Row], show: _Show) -> str:
    message = f"{table} has no row with {_shown(columns)}"
    if not rows:
        return f"{message}; it is empty"
    return f"{message}; nearest of {_count(rows)}:\n{_nearest(rows, columns, show)}"


def _nearest(rows: list[Row], columns: dict[str, Any], show: _Show) -> str:
    """The rows that differ in the fewest columns, each with its differences."""

    def differences(row: Row) -> list[str]:
        return [
            f"{name} is {_short(row[name])}, not {_short(wanted)}"
            for name, wanted in columns.items()
            if not _equal(row[name], wanted)
        ]

    ranked = sorted(((differences(row), at) for at, row in enumerate(rows)), key=lambda item: (len(item[0]), item[1]))
    lines: list[str] = []
    for differing, at in ranked[:_MOST_SHOWN]:
        lines.append(f"  {show(rows[at])}")
        lines.extend(f"    {difference}" for difference in differing)
    if len(rows) > _MOST_SHOWN:
        lines.append(f"  ... and {len(rows) - _MOST_SHOWN} more rows")
    return "\n".join(lines)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 3]}..."
