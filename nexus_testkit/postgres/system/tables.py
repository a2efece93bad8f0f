"""The system's relations as temporary tables and views of SQLite, made when a statement reads them.

The rows of the user's objects are written anew when the catalogue is another one than they were written for; which that
was stands beside them, in the temporary database too, so that a roll-back takes both back.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.plan import needed_by
from nexus_testkit.postgres.system import data, information, live, views
from nexus_testkit.postgres.system.owntypes import Row
from nexus_testkit.postgres.system.registry import Registry, registry_of

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine
    from nexus_testkit.postgres.session import Session

_VERSIONS = 'temp."pg_catalog versions"'
_INDEXED = {
    "pg_class": ("oid", "relname"),
    "pg_attrdef": ("adrelid",),
    "pg_attribute": ("attrelid",),
    "pg_type": ("oid",),
    "pg_proc": ("oid",),
    "pg_constraint": ("oid", "conrelid"),
    "pg_index": ("indexrelid", "indrelid"),
    "pg_namespace": ("oid",),
    "pg_description": ("objoid",),
    "pg_depend": ("objid", "refobjid"),
    "pg_operator": ("oid",),
}
_STATIC = "the server's"
_ALWAYS = "one statement's"

VIEWS = {**views.VIEWS, **information.VIEWS}

_OWN: dict[str, Callable[[Registry], Iterator[Row]]] = {
    "pg_attrdef": lambda registry: registry.own.pg_attrdef(),
    "pg_attribute": lambda registry: registry.own.pg_attribute(),
    "pg_class": lambda registry: registry.own.pg_class(),
    "pg_constraint": lambda registry: registry.constraints.pg_constraint(),
    "pg_depend": lambda registry: registry.dependencies.pg_depend(),
    "pg_description": lambda registry: registry.dependencies.pg_description(),
    "pg_enum": lambda registry: registry.own.pg_enum(),
    "pg_index": lambda registry: registry.constraints.pg_index(),
    "pg_namespace": lambda registry: registry.own.pg_namespace(),
    "pg_rewrite": lambda registry: registry.own.pg_rewrite(),
    "pg_sequence": lambda registry: registry.own.pg_sequence(),
    "pg_trigger": lambda registry: registry.constraints.pg_trigger(),
    "pg_type": lambda registry: registry.own.pg_type(),
}

# Catalogues that a new database fills, whose rows are not among the data, or which would be wrong.
_UNKNOWN = frozenset({"pg_init_privs", "pg_statistic"})


def known(relation: str) -> bool:
    """Whether there is a table for a relation (`pg_catalog.pg_class`)."""
    schema, _, name = relation.partition(".")
    if relation in VIEWS or relation in live.TABLES:
        return True
    if schema != "pg_catalog" or relation in data.outline().views or relation not in data.outline().relations:
        return False
    return name not in _UNKNOWN


def table_name(relation: str) -> str:
    """What SQLite calls the table of a relation: what `naming.key` says."""
    return relation.replace(".", naming.RELATION)


def relation_of(table: str) -> str:
    """The relation behind `table_name`."""
    return table.replace(naming.RELATION, ".")


@dataclass(frozen=True, slots=True)
class Use:
    """What of the system a plan needs.

    Attributes:
        relations: what it reads.
        shows: index and type of each column of its result that shows names for OIDs.
    """

    relations: tuple[str, ...]
    shows: tuple[tuple[int, str], ...]

    def prepare(self, session: Session) -> None:
        """See that the tables are there."""
        if not self.relations:
            return
        engine = session.engine
        try:
            engine.system_tables().prepare(self.relations, registry_of(session.catalog_seen()))
        except sqlite3.Error:
            pending = engine.values.take_pending()
            if pending is not None:
                raise pending from None
            raise

    def shown(self, session: Session, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The rows with names for OIDs."""
        if not self.shows:
            return rows
        registry = registry_of(session.catalog_seen())
        kinds = dict(self.shows)
        return [
            tuple(_named(registry, kinds[at], value) if at in kinds else value for at, value in enumerate(row))
            for row in rows
        ]


def _named(registry: Registry, kind: str, value: Any) -> Any:
    if value is None:
        return None
    if kind == "pg_node_tree":
        raise UnsupportedSQL("a value of type pg_node_tree (pg_get_expr() shows it)")
    if isinstance(value, list):
        return [_named(registry, kind.removesuffix("[]"), item) for item in value]
    return registry.show(kind, value)


@cache
def _parts(relation: str) -> tuple[str, ...]:
    """The catalogues that a view reads."""
    view = VIEWS.get(relation)
    if view is None:
        return ()
    text = " ".join((view.source, *view.columns.values()))
    names = (word.partition("}")[0] for word in text.split("{")[1:])
    return tuple(dict.fromkeys(f"pg_catalog.{name}" for name in names))


class Tables:
    """The tables of one engine."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def prepare(self, relations: Iterable[str], registry: Registry) -> None:
        """See that the tables of some relations are there, for this catalogue."""
        connection = self._engine.connection
        connection.execute(f"CREATE TABLE IF NOT EXISTS {_VERSIONS} (name PRIMARY KEY, version, fixed)")
        for relation in relations:
            self._prepare(relation, registry)

    def _prepare(self, relation: str, registry: Registry) -> None:
        for part in _parts(relation):
            self._prepare(part, registry)
        connection = self._engine.connection
        wanted = self._version(relation, registry)
        query = f"SELECT version, fixed FROM {_VERSIONS} WHERE name = ?"
        version, fixed = connection.execute(query, (relation,)).fetchone() or (None, 0)
        if version == wanted and wanted != _ALWAYS:
            return
        connection.execute("SAVEPOINT pgs_filling")
        try:
            if version is None:
                fixed = self._create(relation)
            if relation not in VIEWS:
                self._fill(relation, registry, fixed)
            connection.execute(f"INSERT OR REPLACE INTO {_VERSIONS} VALUES (?, ?, ?)", (relation, wanted, fixed))
        finally:
            connection.execute("RELEASE pgs_filling")

    @staticmethod
    def _version(relation: str, registry: Registry) -> str:
        if relation in live.TABLES:
            return _ALWAYS
        if relation.partition(".")[2] in _OWN and relation not in VIEWS:
            catalog = registry.catalog
            return f"{catalog.version} {catalog.temporary} {' '.join(catalog.path)}"
        return _STATIC

    def _create(self, relation: str) -> int:
        """Make the table, with the rows that every database has; how many those are. Of a view, the view."""
        connection = self._engine.connection
        table = f'temp."{table_name(relation)}"'
        columns = data.outline().relations[relation]
        names = ", ".join(f'"{column.name}"' for column in columns)
        if relation in VIEWS:
            sql = self._select(relation)
            self._engine.provide(needed_by(sql))
            connection.execute(f'CREATE TEMP VIEW "{table_name(relation)}" ({names}) AS {sql}')
            return 0
        connection.execute(f"CREATE TABLE {table} ({names})")
        bare = relation.partition(".")[2]
        rows = () if relation in live.TABLES else data.rows_of(bare)
        if bare == "pg_namespace":
            rows = [row for row in rows if row[1] != naming.PUBLIC]
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(columns))})", rows)
        for column in _INDEXED.get(bare, ()) if relation.startswith("pg_catalog.") else ():
            connection.execute(f'CREATE INDEX temp."{relation} {column}" ON "{table_name(relation)}" ("{column}")')
        return len(rows)

    def _fill(self, relation: str, registry: Registry, fixed: int) -> None:
        """Put the rows of this catalogue, or of this moment, behind the fixed ones."""
        connection = self._engine.connection
        columns = data.outline().relations[relation]
        table = f'temp."{table_name(relation)}"'
        connection.execute(f"DELETE FROM {table} WHERE rowid > ?", (fixed,))
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} VALUES ({marks})", self._rows(relation, registry))

    @staticmethod
    def _select(relation: str) -> str:
        view = VIEWS[relation]
        text = ", ".join(view.columns.get(column.name, "NULL") for column in data.outline().relations[relation])
        sql = f"SELECT {text} FROM {view.source}"
        for part in _parts(relation):
            name = part.partition(".")[2]
            sql = sql.replace(f"{{{name}}}", f'temp."{table_name(part)}"')
        return sql

    def _rows(self, relation: str, registry: Registry) -> Iterator[tuple[Any, ...]]:
        names = [column.name for column in data.outline().relations[relation]]
        maker = live.TABLES.get(relation)
        own = _OWN.get(relation.partition(".")[2])
        found = maker(self._engine, registry) if maker is not None else own(registry) if own is not None else ()
        for row in found:
            yield tuple(row.get(column) for column in names)


def other_temporary(registry: Registry, schema: int) -> bool:
    """Whether a schema holds the temporary tables of another session."""
    name = registry.schema_names.get(schema, "")
    return name.startswith(naming.TEMPORARY) and name != registry.catalog.temporary
