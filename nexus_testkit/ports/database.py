"""The database port: PostgreSQL's SQL, asyncpg's values.

Parameters are written `$1`, `$2` ... and given in that order. Values cross as they do with asyncpg and its
JSON codec: None, bool, int, float, Decimal, str, bytes, datetime, date, time, timedelta, UUID, lists for
arrays; lists and dicts for json and jsonb; `asyncpg.Range` for ranges, lists of them for multiranges. Where
asyncpg is not installed a range comes as `Range`, which is equal to asyncpg's; as an argument either does, and a
tuple of two bounds, both of which belong to the range. bit and bit varying come as `asyncpg.BitString`, or as
`BitString`, which is equal to it; as an argument either does, and bytes. Errors are those of `nexus_testkit.errors.database`.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self, cast, get_args, runtime_checkable

Isolation = Literal["read_committed", "repeatable_read", "serializable"]
LEVELS: tuple[str, ...] = get_args(Isolation)
"""The isolation levels that a transaction may ask for."""


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


_Bytes = bytes  # the class below has a property of that name


class BitString:
    """Bits in their order, as `asyncpg.BitString` holds them: same methods, `repr` and hash, and equal to it."""

    __slots__ = ("_bitlength", "_bytes")

    def __init__(self, bitstring: str | None = None) -> None:
        """The bits of a text of zeros and ones; spaces do not count."""
        digits = (bitstring or "").replace(" ", "")
        for at, char in enumerate(bitstring or ""):
            if char not in "01 ":
                raise ValueError(f"invalid bit value at position {at}")
        padded = digits.ljust(len(digits) + -len(digits) % 8, "0")
        self._bytes = int(padded or "0", 2).to_bytes(len(padded) // 8, "big")
        self._bitlength = len(digits)

    @classmethod
    def frombytes(cls, bytes_: _Bytes | None = None, bitlength: int | None = None) -> Self:
        """The first `bitlength` bits of some bytes; all of them unless it is given."""
        data = bytes_ if bytes_ is not None else bytes((bitlength or 0) // 8 + 1 if bitlength is not None else 0)
        size = len(data) * 8
        if bitlength is not None and bytes_ is not None and not max(size - 8, min(size, 1)) <= bitlength <= size:
            raise ValueError("invalid bit length specified")
        made = cls()
        made._bytes, made._bitlength = data, size if bitlength is None else bitlength
        return made

    @classmethod
    def from_int(cls, x: int, length: int, bitorder: Literal["big", "little"] = "big", *, signed: bool = False) -> Self:
        """A number's last `length` binary digits; `little` puts them in the other order."""
        if length < 0:
            raise ValueError("length argument must be non-negative")
        if length < x.bit_length():
            raise OverflowError("int too big to convert")
        if x < 0 and not signed:
            raise OverflowError("can't convert negative int to unsigned")
        digits = f"{x % (1 << length):0{length}b}" if length else ""
        return cls(digits[:: _step(bitorder)])

    def to_int(self, bitorder: Literal["big", "little"] = "big", *, signed: bool = False) -> int:
        """The number whose binary digits these are; with `signed` in two's complement."""
        number = int(self._digits()[:: _step(bitorder)] or "0", 2)
        if signed and self._bitlength and number >> (self._bitlength - 1):
            number -= 1 << self._bitlength
        return number

    def as_string(self) -> str:
        """The bits, a space behind each four."""
        digits = self._digits()
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))

    @property
    def bytes(self) -> _Bytes:
        """Eight bits a byte, filled with zeros."""
        return self._bytes

    def _digits(self) -> str:
        return "".join(f"{byte:08b}" for byte in self._bytes)[: self._bitlength]

    def __getitem__(self, i: int) -> int:
        if isinstance(i, slice):
            raise NotImplementedError("BitString does not support slices")
        if i >= self._bitlength:
            raise IndexError("index out of range")
        return self._bytes[i // 8] >> (7 - i % 8) & 1

    def __len__(self) -> int:
        return self._bitlength

    def __eq__(self, other: object) -> bool:
        if type(other).__name__ != "BitString":
            return NotImplemented
        return (self._bytes, self._bitlength) == (getattr(other, "bytes", None), len(cast("BitString", other)))

    def __hash__(self) -> int:
        return hash((self._bytes, self._bitlength))

    def __repr__(self) -> str:
        return f"<BitString {self.as_string()}>"


def _step(bitorder: str) -> int:
    if bitorder not in ("big", "little"):
        raise ValueError("bitorder must be either 'big' or 'little'")
    return 1 if bitorder == "big" else -1


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
