"""The database port: PostgreSQL's SQL, asyncpg's values.

Parameters are written `$1`, `$2` ... and given in that order. Values cross as they do with asyncpg and its
JSON codec: None, bool, int, float, Decimal, str, bytes, datetime, date, time, timedelta, UUID, lists for
arrays; lists and dicts for json and jsonb; `asyncpg.Range` for ranges, lists of them for multiranges. Where
asyncpg is not installed a range comes as `Range`, which is equal to asyncpg's; as an argument either does, and a
tuple of two bounds, both of which belong to the range. Errors are those of `nexus_testkit.errors.database`.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

Isolation = Literal["read_committed", "repeatable_read", "serializable"]


@dataclass(frozen=True, slots=True)
class ExecuteResult:
    """What a statement did.

    Attributes:
        rowcount: rows inserted, updated, deleted or selected; 0 for statements that count nothing.
        status: PostgreSQL's command tag, such as `"DELETE 1"`, `"INSERT 0 3"`, `"CREATE TABLE"`.
    """

    rowcount: int
    status: str

    def __journal__(self) -> str:
        """What the journal shows."""
        return self.status


class Row(Sequence[Any]):
    """One row: by position (`row[0]`), by name (`row["id"]`), as a mapping (`dict(row)`), in a comparison as a tuple.

    Iterating gives values and `in` looks at the names, as asyncpg's Record does. A name that occurs twice
    gives the last of them.
    """

    __slots__ = ("_index", "_values")

    def __init__(self, index: Mapping[str, int], values: tuple[Any, ...]) -> None:
        """Make a row from its values and a shared map of column name to position."""
        self._index = index
        self._values = values

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            try:
                return self._values[self._index[key]]
            except KeyError:
                raise KeyError(key) from None
        return self._values[key]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._index

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Row):
            return self._values == other._values
        return self._values == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values)

    def keys(self) -> Iterator[str]:
        """The column names, in order."""
        return iter(self._index)

    def values(self) -> Iterator[Any]:
        """The values, in order."""
        return iter(self._values)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Pairs of column name and value."""
        return ((name, self._values[at]) for name, at in self._index.items())

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a column, or `default` where there is no such column."""
        at = self._index.get(name)
        return default if at is None else self._values[at]

    def __repr__(self) -> str:
        inside = " ".join(f"{name}={value!r}" for name, value in self.items())
        return f"<Row {inside}>"


class Range:
    """A range of values, as `asyncpg.Range` is one: same arguments, attributes, `repr` and hash, and equal to it.

    A bound of None is infinite; the lower bound belongs to the range and the upper one does not, unless said otherwise.
    """

    __slots__ = ("isempty", "lower", "lower_inc", "upper", "upper_inc")

    def __init__(
        self,
        lower: Any = None,
        upper: Any = None,
        *,
        lower_inc: bool = True,
        upper_inc: bool = False,
        empty: bool = False,
    ) -> None:
        """The range from `lower` to `upper`, or the empty one."""
        self.isempty = empty
        self.lower = None if empty else lower
        self.upper = None if empty else upper
        self.lower_inc = self.lower is not None and lower_inc
        self.upper_inc = self.upper is not None and upper_inc

    @property
    def lower_inf(self) -> bool:
        """Whether it has no lower bound."""
        return self.lower is None and not self.isempty

    @property
    def upper_inf(self) -> bool:
        """Whether it has no upper bound."""
        return self.upper is None and not self.isempty

    def _facts(self) -> tuple[Any, ...]:
        return (self.lower, self.upper, self.lower_inc, self.upper_inc, self.isempty)

    def __bool__(self) -> bool:
        return not self.isempty

    def __eq__(self, other: object) -> bool:
        try:
            return self._facts() == tuple(getattr(other, name) for name in _RANGE_FACTS)
        except AttributeError:
            return NotImplemented

    def __hash__(self) -> int:
        return hash(self._facts())

    def __repr__(self) -> str:
        if self.isempty:
            return "<Range empty>"
        low = ("[" if self.lower_inc else "(") + ("" if self.lower is None else repr(self.lower))
        high = ("" if self.upper is None else repr(self.upper)) + ("]" if self.upper_inc else ")")
        return f"<Range {low}, {high}>"


_RANGE_FACTS = ("lower", "upper", "lower_inc", "upper_inc", "isempty")


class Queries(Protocol):
    """What one can ask of a session, and of an adapter that picks the session itself."""

    async def execute(self, query: str, /, *args: Any) -> ExecuteResult:
        """Run a statement; without arguments `query` may hold several, separated by `;` (the last one's result)."""
        ...

    async def execute_many(self, query: str, args: Iterable[Sequence[Any]], /) -> ExecuteResult:
        """Run one statement once for each sequence of arguments, all or nothing; `rowcount` is the sum."""
        ...

    async def fetch_one(self, query: str, /, *args: Any) -> Row | None:
        """The first row, or None."""
        ...

    async def fetch_all(self, query: str, /, *args: Any) -> list[Row]:
        """All rows."""
        ...

    async def fetch_val(self, query: str, /, *args: Any, column: int = 0) -> Any:
        """One value of the first row, or None where there is no row."""
        ...

    def transaction(
        self, *, isolation: Isolation | None = None, readonly: bool = False, deferrable: bool = False
    ) -> AbstractAsyncContextManager[Queries]:
        """A transaction: committed at the end of the block, rolled back when the block raises. Inside another one, a savepoint."""
        ...


class Listener(Protocol):
    """What is called for a notification; it may be an `async def` function."""

    def __call__(self, connection: Any, pid: int, channel: str, payload: str, /) -> object:
        """`pid` is the number of the sender's process; `connection` the session that listens."""
        ...


@runtime_checkable
class Session(Queries, Protocol):
    """One session by hand, with what only a session can do; names and errors are asyncpg's."""

    async def add_listener(self, channel: str, callback: Listener, /) -> None:
        """LISTEN on a channel; the loop calls `callback` for each notification, in their order, until the session is given back."""
        ...

    async def remove_listener(self, channel: str, callback: Listener, /) -> None:
        """Call it no more; with a channel's last callback goes its LISTEN."""
        ...

    async def copy_records_to_table(
        self,
        table_name: str,
        /,
        *,
        records: Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]],
        columns: Sequence[str] | None = None,
        schema_name: str | None = None,
    ) -> str:
        """COPY records into a table, all or none; the tag, such as `"COPY 2"`."""
        ...


@runtime_checkable
class DatabaseAdapter(Queries, Protocol):
    """A database.

    Calls outside a transaction may each run on another session. `async with db.transaction():` binds the
    current task (and it alone, not the tasks that it starts) to one session for the block, so that
    `db.execute` in it belongs to the transaction. `async with db.connection() as session:` gives a session by
    hand; statements such as BEGIN, SAVEPOINT, SET and LISTEN belong there.
    """

    async def connect(self) -> None:
        """Open the database; safe to call twice. The first query does it by itself."""
        ...

    async def disconnect(self) -> None:
        """Close every session; safe to call twice."""
        ...

    def connection(self) -> AbstractAsyncContextManager[Session]:
        """One session for the length of the block."""
        ...

    async def health_check(self) -> bool:
        """Whether a trivial query is answered."""
        ...
