"""The user's tables, indexes, sequences and enums: immutable, so that a snapshot is a reference.

A `Catalog` is made from another one by `with_...`; each has a `version` that no other has. A DDL statement is
compiled once for a catalogue and always gives the same next one (see `plan.Cache`), so two worlds that run
the same DDL share catalogues, and with them every plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Literal

from nexus_testkit.postgres.typed import Expr, Typmod

_versions = count(1)


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        default: already of the column's type; None where there is none.
        sequence: of a serial or identity column.
        identity: `a`lways, by `d`efault, or "".
        generated: of a stored generated column.
    """

    name: str
    type: str
    typmod: Typmod = None
    not_null: bool = False
    default: Expr | None = None
    sequence: str | None = None
    identity: str = ""
    generated: Expr | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """CHECK constraint."""

    name: str
    expr: Expr
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Key:
    """PRIMARY KEY, UNIQUE constraint or index.

    Attributes:
        columns: names, None for an expression.
        terms: the indexed expressions (`ColumnRef` for plain columns).
        descending: one flag a term.
        where: of a partial index.
        constraint: whether it is a constraint (or only an index).
    """

    name: str
    columns: tuple[str | None, ...]
    terms: tuple[Expr, ...]
    unique: bool = True
    primary: bool = False
    constraint: bool = False
    descending: tuple[bool, ...] = ()
    where: Expr | None = None
    nulls_distinct: bool = True


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """REFERENCES; actions are `a` no action, `r` restrict, `c` cascade, `n` set null, `d` set default."""

    name: str
    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    on_delete: Literal["a", "r", "c", "n", "d"] = "a"
    on_update: Literal["a", "r", "c", "n", "d"] = "a"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `keys` in order of creation, which is the order in which PostgreSQL checks them."""

    name: str
    columns: tuple[Column, ...]
    checks: tuple[Check, ...] = ()
    keys: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def rowid(self) -> str:
        """SQLite's name for the row's number that no column of the user's hides."""
        taken = {column.name.lower() for column in self.columns}
        return next(name for name in ("rowid", "_rowid_", "oid") if name not in taken)

    @property
    def primary_key(self) -> Key | None:
        """The primary key, or None."""
        return next((key for key in self.keys if key.primary), None)


@dataclass(frozen=True, slots=True)
class Sequence:
    """A sequence; `owner` is the table and column that it serves."""

    name: str
    type: str = "int8"
    start: int = 1
    increment: int = 1
    minimum: int = 1
    maximum: int = 2**63 - 1
    cycle: bool = False
    owner: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that the user created."""

    tables: Mapping[str, Table] = field(default_factory=dict)
    sequences: Mapping[str, Sequence] = field(default_factory=dict)
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: int = 0

    def _next(self, **changes: Any) -> Catalog:
        return replace(self, version=next(_versions), **changes)

    def with_table(self, table: Table, *, instead_of: str | None = None) -> Catalog:
        """With a table added, or put in the place of another one."""
        old = instead_of or table.name
        if old not in self.tables:
            return self._next(tables={**self.tables, table.name: table})
        # In its old place: the order of creation decides which foreign key is checked first.
        return self._next(
            tables={
                (table.name if name == old else name): (table if name == old else kept)
                for name, kept in self.tables.items()
            }
        )

    def without_tables(self, names: set[str]) -> Catalog:
        """Without some tables and the sequences that they own."""
        return self._next(
            tables={name: table for name, table in self.tables.items() if name not in names},
            sequences={
                name: sequence
                for name, sequence in self.sequences.items()
                if sequence.owner is None or sequence.owner[0] not in names
            },
        )

    def with_sequences(self, *sequences: Sequence) -> Catalog:
        """With sequences added or replaced."""
        return self._next(sequences={**self.sequences, **{sequence.name: sequence for sequence in sequences}})

    def without_sequences(self, names: set[str]) -> Catalog:
        """Without some sequences."""
        return self._next(sequences={name: kept for name, kept in self.sequences.items() if name not in names})

    def with_enum(self, name: str, labels: tuple[str, ...]) -> Catalog:
        """With an enum type added."""
        return self._next(enums={**self.enums, name: labels})

    def without_enums(self, names: set[str]) -> Catalog:
        """Without some enum types."""
        return self._next(enums={name: kept for name, kept in self.enums.items() if name not in names})

    def relation_exists(self, name: str) -> bool:
        """Whether a table, index or sequence has this name: they share one name space."""
        return name in self.tables or name in self.sequences or self.index(name) is not None

    def index(self, name: str) -> tuple[Table, Key] | None:
        """The table and key behind an index's name, or None."""
        for table in self.tables.values():
            for key in table.keys:
                if key.name == name:
                    return table, key
        return None

    def references_to(self, table: str) -> list[tuple[Table, ForeignKey]]:
        """The foreign keys that point to a table."""
        return [
            (other, foreign)
            for other in self.tables.values()
            for foreign in other.foreign_keys
            if foreign.table == table
        ]


EMPTY = Catalog()
