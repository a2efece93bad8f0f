"""The user's tables, views, indexes, sequences and types: immutable, so that a snapshot is a reference.

A `Catalog` is made from another one by `with_...`; each has a `version` that no other has. A DDL statement is
compiled once for a catalogue and always gives the same next one (see `plan.Cache`), so two worlds that run
the same DDL share catalogues, and with them every plan.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING, Any, Literal

from nexus_testkit.postgres.catalog.naming import PUBLIC, TEMPORARY
from nexus_testkit.postgres.catalog.numbers import Book, numbered

if TYPE_CHECKING:
    from nexus_testkit.postgres.typed import Expr, Typmod
    from nexus_testkit.postgres.typed_queries import Query

_versions = count(1)
_ROOM = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        default: already of the column's type; None where there is none.
        sequence: of a serial or identity column.
        identity: `a`lways, by `d`efault, or "".
        generated: of a generated column; `virtual` if it is computed when it is read.
        not_null_name: of the constraint behind `not_null`; "" for the name that the server would choose.
    """

    name: str
    type: str
    typmod: Typmod = None
    not_null: bool = False
    default: Expr | None = None
    sequence: str | None = None
    identity: str = ""
    generated: Expr | None = None
    virtual: bool = False
    not_null_name: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """CHECK constraint; not `validated` if it was added NOT VALID, not `enforced` if it only stands there."""

    name: str
    expr: Expr
    columns: tuple[str, ...]
    validated: bool = True
    enforced: bool = True
    no_inherit: bool = False


@dataclass(frozen=True, slots=True)
class Key:
    """PRIMARY KEY, UNIQUE constraint or index.

    Attributes:
        columns: names, None for an expression.
        terms: the indexed expressions (`ColumnRef` for plain columns).
        descending: one flag a term.
        where: of a partial index.
        constraint: whether it is a constraint (or only an index).
        nulls_distinct: False for NULLS NOT DISTINCT.
        deferrable, deferred: of a DEFERRABLE [INITIALLY DEFERRED] constraint.
        include: columns that the index only carries.
        method: the access method; `stored` says whether SQLite has an index for it.
        nulls_first: one flag a term; none where nothing was said of it.
        classes: the operator class that was named for each term, or "".
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
    deferrable: bool = False
    deferred: bool = False
    include: tuple[str, ...] = ()
    method: str = "btree"
    nulls_first: tuple[bool, ...] = ()
    classes: tuple[str, ...] = ()

    @property
    def stored(self) -> bool:
        """Whether SQLite has an index for it: the others only make searches faster, and the fake needs none."""
        return self.method in ("btree", "hash")


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """REFERENCES; actions are `a` no action, `r` restrict, `c` cascade, `n` set null, `d` set default.

    Attributes:
        deferrable, deferred: DEFERRABLE [INITIALLY DEFERRED].
        validated: False if it was added NOT VALID.
        full: MATCH FULL.
        delete_columns: the columns that ON DELETE SET NULL or SET DEFAULT sets; none for all.
    """

    name: str
    columns: tuple[str, ...]
    table: str
    targets: tuple[str, ...]
    on_delete: Literal["a", "r", "c", "n", "d"] = "a"
    on_update: Literal["a", "r", "c", "n", "d"] = "a"
    deferrable: bool = False
    deferred: bool = False
    validated: bool = True
    full: bool = False
    delete_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table; `keys` in order of creation, which is the order in which PostgreSQL checks them.

    `on_commit` says what becomes of a temporary one, or of its rows, when the transaction ends; `unlogged` is only told.
    """

    name: str
    columns: tuple[Column, ...]
    checks: tuple[Check, ...] = ()
    keys: tuple[Key, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()
    on_commit: Literal["", "delete", "drop"] = ""
    unlogged: bool = False

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
    cache: int = 1


@dataclass(frozen=True, slots=True)
class View:
    """A view, or what a materialized view (whose rows are a table's) is made of.

    Attributes:
        columns: names and types; a default is what ALTER VIEW ... SET DEFAULT gave.
        query: what it means, with every name bound; nobody changes it (`analyze.views.expanded` copies it).
        written: the query's parse node, for the names that were given in FROM.
        check: `l`ocal, `c`ascaded or "" (WITH CHECK OPTION).
        materialized: whether a table of the same name holds its rows.
        populated: of a materialized one, whether it may be read.
        spreads: whether its select list has set-returning functions.
    """

    name: str
    columns: tuple[Column, ...]
    query: Query
    check: Literal["l", "c", ""] = ""
    materialized: bool = False
    populated: bool = True
    spreads: bool = False
    written: Mapping[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class DomainCheck:
    """CHECK of a domain; in `expr` VALUE is the `ColumnRef` called `value` of no relation."""

    name: str
    expr: Expr
    validated: bool = True


@dataclass(frozen=True, slots=True)
class Domain:
    """A domain over a base type, itself perhaps a domain (`parent`), whose checks come first."""

    name: str
    type: str
    typmod: Typmod = None
    parent: str | None = None
    not_null: bool = False
    default: Expr | None = None
    checks: tuple[DomainCheck, ...] = ()
    not_null_name: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that the user created.

    Attributes:
        schemas: of the user's; `naming` says how what is in them is called.
        comments: by kind of object (`table`, `column`, `view` ...), its name and the column's ("" for none).
        path: the schemas in which names without one are looked for, in order, as the session that asks has them; it is no
            part of what the version stands for.
        temporary: that session's schema of temporary tables.
        unsafe, fresh: labels that enums got, and types that were made, in a transaction that is still open.
        numbers: the OIDs.
    """

    tables: Mapping[str, Table] = field(default_factory=dict)
    sequences: Mapping[str, Sequence] = field(default_factory=dict)
    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: int = 0
    views: Mapping[str, View] = field(default_factory=dict)
    domains: Mapping[str, Domain] = field(default_factory=dict)
    composites: Mapping[str, str] = field(default_factory=dict)
    schemas: tuple[str, ...] = (PUBLIC,)
    comments: Mapping[tuple[str, str, str], str] = field(default_factory=dict)
    path: tuple[str, ...] = (PUBLIC,)
    temporary: str = TEMPORARY
    unsafe: frozenset[tuple[str, str]] = frozenset()
    fresh: frozenset[str] = frozenset()
    numbers: Book = Book()  # noqa: RUF009  # a Book is frozen

    def committed(self) -> Catalog:
        """The catalogue after its transaction: always the same one for a version, so that plans go on being found."""
        if not (self.unsafe or self.fresh):
            return self
        found = _committed.get(self.version)
        if found is None:
            if len(_committed) >= _ROOM:
                del _committed[next(iter(_committed))]
            found = _committed[self.version] = self._next(unsafe=frozenset(), fresh=frozenset())
        return found

    def seen_by(self, path: tuple[str, ...], temporary: str) -> Catalog:
        """The same catalogue as a session with this search path sees it; schemas that are not there are passed over."""
        path = tuple(temporary if name == "pg_temp" else name for name in path)
        known = tuple(name for name in path if name in self.schemas)
        if temporary in self.schemas and temporary not in path:
            known = (temporary, *known)
        return (
            self
            if (known, temporary) == (self.path, self.temporary)
            else replace(self, path=known, temporary=temporary)
        )

    def changed(self, **changes: Any) -> Catalog:
        """A next catalogue with some of the fields replaced."""
        return self._next(**changes)

    def _next(self, **changes: Any) -> Catalog:
        made = replace(self, version=next(_versions), **changes)
        object.__setattr__(made, "numbers", numbered(self, made))  # nobody has seen it yet
        return made

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

    def relation_exists(self, name: str) -> bool:
        """Whether a table, view, index or sequence has this name: they share one name space."""
        return name in self.tables or name in self.views or name in self.sequences or self.index(name) is not None

    def type_exists(self, name: str) -> bool:
        """Whether the user made a type of this name."""
        return name in self.enums or name in self.domains or name in self.composites

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

# What `Catalog.committed` gave for a version.
_committed: dict[int, Catalog] = {}
