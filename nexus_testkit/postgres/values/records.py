"""Row values: `ROW(1, 'a')`, whole rows of tables, composite types (src/backend/utils/adt/rowtypes.c).

Storage is JSON text of the fields' storage values, as for arrays. A row type's name is made here and means something in this process
alone: `row(7)`, so that every function that is told a type's name can find the fields (`find`).

Limits: the fields of an anonymous row are known before the statement runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays

ANONYMOUS = "record"

Fields = tuple[tuple[str, str], ...]


class RowType(str):
    """The name of a row's type, which knows its fields.

    Attributes:
        key: `record`, or the key of the table or composite type.
        fields: names and types.
    """

    __slots__ = ("fields", "key")
    key: str
    fields: Fields


_known: dict[tuple[str, Fields], RowType] = {}
_made: dict[str, RowType] = {}
_compared: dict[str, str] = {}


def row_type(key: str, fields: Fields) -> RowType:
    """The type of rows with these fields; equal ones are the same object."""
    found = _known.get((key, fields))
    if found is None:
        found = RowType(f"row({len(_known)})")
        found.key, found.fields = key, fields
        _known[key, fields] = _made[found] = found
    return found


def find(name: str) -> RowType | None:
    """The row type of a name; None for every other type (an array of rows is none)."""
    if name[-1:] != ")":
        return None
    return name if isinstance(name, RowType) else _made.get(name)


def collation(name: str) -> str | None:
    """The collation that compares rows of a type."""
    several = name.endswith("[]")
    row = find(name.removesuffix("[]"))
    if row is None:
        return None
    made = f"pg_{'arrays_of_' if several else ''}rows_{row[4:-1]}"
    _compared[made] = f"{row}[]" if several else row
    return made


def compared(collation: str) -> str | None:
    """The type, of rows or of arrays of rows, whose values a collation compares."""
    return _compared.get(collation)


def load(storage: str, fields: Fields) -> list[Any]:
    """The fields in storage form."""
    items = json.loads(storage)
    return [arrays.element(item, kind) for item, (_, kind) in zip(items, fields, strict=True)]


def make(*values: Any) -> str:
    """A row of storage values."""
    return arrays.store(list(values))


def field(storage: str, at: int, kind: str) -> Any:
    """A field's storage value."""
    return arrays.element(json.loads(storage)[at], kind)


def all_null(storage: str) -> int:
    """IS NULL of a row that is there: whether every field is null."""
    return int(all(item is None for item in json.loads(storage)))


def none_null(storage: str) -> int:
    """IS NOT NULL of a row that is there: whether no field is null."""
    return int(all(item is not None for item in json.loads(storage)))


def write(items: Sequence[str | None]) -> str:
    """`record_out`: the fields' texts in parentheses, quoted where they need it."""
    return "(" + ",".join("" if item is None else _quoted(item) for item in items) + ")"


def _quoted(text: str) -> str:
    if text and not any(char in '"\\(),' or char.isspace() for char in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'


def read(text: str, count: int) -> list[str | None]:
    """`record_in`: the fields' texts.

    Raises:
        DatabaseError: 22P02.
    """

    def malformed(detail: str) -> Exception:
        return database_error("22P02", f'malformed record literal: "{text}"', detail=detail)

    at = len(text) - len(text.lstrip())
    if text[at : at + 1] != "(":
        raise malformed("Missing left parenthesis.")
    at += 1
    found: list[str | None] = []
    for number in range(count):
        if number:
            if text[at : at + 1] != ",":
                raise malformed("Too few columns.")
            at += 1
        if text[at : at + 1] in (",", ")"):
            found.append(None)
            continue
        piece, quoted = "", False
        while quoted or text[at : at + 1] not in (",", ")"):
            char = text[at : at + 1]
            at += 1
            if not char:
                raise malformed("Unexpected end of input.")
            if char == "\\":
                if not text[at : at + 1]:
                    raise malformed("Unexpected end of input.")
                piece += text[at]
                at += 1
            elif char != '"':
                piece += char
            elif not quoted:
                quoted = True
            elif text[at : at + 1] == '"':
                piece += '"'
                at += 1
            else:
                quoted = False
        found.append(piece)
    if text[at : at + 1] == ",":
        raise malformed("Too many columns.")
    if text[at : at + 1] != ")":
        raise malformed("Unexpected end of input." if at >= len(text) else "Too many columns.")
    if text[at + 1 :].strip():
        raise malformed("Junk after right parenthesis.")
    return found


def comparer(fields: Fields, comparers: Sequence[Callable[[Any, Any], int]]) -> Callable[[str, str], int]:
    """`record_cmp`: field by field, null above all."""

    def compare(left: str, right: str) -> int:
        if left == right:
            return 0
        for one, other, order in zip(load(left, fields), load(right, fields), comparers, strict=True):
            found = (one is None) - (other is None) if one is None or other is None else order(one, other)
            if found:
                return found
        return 0

    return compare


class Record(Sequence[Any]):
    """A value of a composite type, as asyncpg's `Record` is: by position and by name; in a comparison a tuple."""

    __slots__ = ("_names", "_values")

    def __init__(self, names: tuple[str, ...], values: tuple[Any, ...]) -> None:
        """`names` are the fields'."""
        self._names = names
        self._values = values

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str):
            for at in range(len(self._names) - 1, -1, -1):
                if self._names[at] == key:
                    return self._values[at]
            raise KeyError(key)
        return self._values[key]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __contains__(self, key: object) -> bool:
        return key in self._names

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record):
            return self._values == other._values
        return self._values == other if isinstance(other, tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._values)

    def keys(self) -> Iterator[str]:
        """The fields' names."""
        return iter(self._names)

    def values(self) -> Iterator[Any]:
        """The fields' values."""
        return iter(self._values)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Pairs of name and value."""
        return zip(self._names, self._values, strict=True)

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a field, or `default` where there is none of that name."""
        return self[name] if name in self._names else default

    def __repr__(self) -> str:
        inside = " ".join(f"{name}={value!r}" for name, value in self.items())
        return f"<Record {inside}>" if inside else "<Record>"


# asyncpg reads these as text, and a row's fields are binary.
_AS_TEXT = frozenset(
    f"reg{name}{array}"
    for name in ("class", "type", "proc", "procedure", "oper", "operator", "role", "namespace", "collation", "config")
    for array in ("", "[]")
)


def decoder(row: RowType, decoders: Sequence[Callable[[Any], Any] | None]) -> Callable[[str], Any]:
    """A tuple of an anonymous row, a `Record` of one of a composite type."""
    names = tuple(name for name, _ in row.fields)
    if any(kind in _AS_TEXT for _, kind in row.fields):
        raise UnsupportedSQL("a row with a field of type regclass or the like, which asyncpg gives as bytes")

    def decode(storage: str) -> Any:
        values = tuple(
            item if item is None or convert is None else convert(item)
            for item, convert in zip(load(storage, row.fields), decoders, strict=True)
        )
        return values if row.key == ANONYMOUS else Record(names, values)

    return decode


def positional(value: Any, row: RowType) -> Sequence[Any]:
    """A bound value as the row's fields in order, as asyncpg takes it: a mapping, or anything with a length.

    Raises:
        ValueError: a mapping names a field that the type has not.
    """
    if not isinstance(value, Mapping):
        return [value[at] for at in range(len(value))] if not hasattr(value, "__iter__") else list(value)[: len(value)]
    names = [name for name, _ in row.fields]
    for name in value:
        if name not in names:
            raise ValueError(f"{name!r} is not a valid element of composite type {row.key}")
    return [value.get(name) for name in names]
