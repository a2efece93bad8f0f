"""Tables and indexes in SQLite's words.

A table holds its columns, one CHECK that calls back with the row when NOT NULL or a CHECK constraint fails (in
PostgreSQL's order: nulls first, then constraints by name), and its foreign keys. Keys are unique indexes of their own, so that
they have PostgreSQL's names and collations and can come and go.
"""

from __future__ import annotations

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.catalog.schema import Catalog, Column, ForeignKey, Key, Table
from nexus_testkit.postgres.lower import queries
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.text import collated, literal, name
from nexus_testkit.postgres.values.types import affinity

_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

# SQLite's default limit of a function's arguments, less those that pgs_fail takes itself.
_WIDEST = 120


def _lowering(catalog: Catalog) -> Lowering:
    return Lowering(catalog, lambda construct, _: UnsupportedSQL(construct), queries.query)


def create_table(catalog: Catalog, table: Table) -> str:
    """CREATE TABLE."""
    low = _lowering(catalog)
    parts = [_column(low, column) for column in table.columns]
    check = _check(low, table)
    if check:
        parts.append(check)
    parts.extend(_foreign_key(foreign) for foreign in table.foreign_keys)
    return f"CREATE TABLE {name(table.name)} ({', '.join(parts)})"


def _column(low: Lowering, column: Column) -> str:
    text = f"{name(column.name)} {affinity(column.type)}"
    if column.generated is not None:
        text += f" GENERATED ALWAYS AS ({low.expr(column.generated)}) STORED"
    return text


def _check(low: Lowering, table: Table) -> str:
    required = [f"{name(column.name)} IS NULL" for column in table.columns if column.not_null]
    if not required and not table.checks:
        return ""
    if len(table.columns) > _WIDEST:
        raise UnsupportedSQL(f"a table of more than {_WIDEST} columns with constraints")
    row = ", ".join(name(column.name) for column in table.columns)
    whens: list[str] = []
    if required:
        whens.append(f"WHEN {' OR '.join(required)} THEN pgs_fail({literal(table.name)}, NULL, {row})")
    whens.extend(
        f"WHEN NOT {low.expr(check.expr)} THEN pgs_fail({literal(table.name)}, {literal(check.name)}, {row})"
        for check in sorted(table.checks, key=lambda check: check.name)
    )
    return f"CHECK (CASE {' '.join(whens)} ELSE 1 END)"


def _foreign_key(foreign: ForeignKey) -> str:
    columns = ", ".join(name(column) for column in foreign.columns)
    targets = ", ".join(name(column) for column in foreign.targets)
    return (
        f"FOREIGN KEY ({columns}) REFERENCES {name(foreign.table)} ({targets}) "
        f"ON DELETE {_ACTIONS[foreign.on_delete]} ON UPDATE {_ACTIONS[foreign.on_update]}"
    )


def create_index(catalog: Catalog, table: Table, key: Key) -> str:
    """CREATE [UNIQUE] INDEX."""
    low = _lowering(catalog)
    terms: list[str] = []
    for at, term in enumerate(key.terms):
        text = low.key(term)
        if at < len(key.descending) and key.descending[at]:
            text += " DESC"
        terms.append(text)
    where = f" WHERE {low.condition(key.where)}" if key.where is not None else ""
    unique = "UNIQUE " if key.unique else ""
    return f"CREATE {unique}INDEX {name(key.name)} ON {name(table.name)} ({', '.join(terms)}){where}"


def terms_of_row(catalog: Catalog, table: Table, key: Key) -> str:
    """A query that gives a key's terms for a row passed as parameters, one for each column of the table."""
    low = _lowering(catalog)
    columns = ", ".join(f"?{at} AS {name(column.name)}" for at, column in enumerate(table.columns, 1))
    return f"SELECT {', '.join(low.expr(term) for term in key.terms)} FROM (SELECT {columns})"


def probe(catalog: Catalog, table: Table, key: Key, *, updated: bool) -> str:
    """Whether another row has the values that the row NEW of a trigger has in a key; `updated`: the row OLD does not count."""
    low = _lowering(catalog)
    terms = ", ".join(f"{low.expr(term)} AS k{at}" for at, term in enumerate(key.terms))
    where = f" WHERE {low.condition(key.where)}" if key.where is not None else ""
    row = ", ".join(f"NEW.{name(column.name)} AS {name(column.name)}" for column in table.columns)
    same = " AND ".join(f"{collated(f'stored.k{at}', term.type)} = fresh.k{at}" for at, term in enumerate(key.terms))
    if updated:
        same += f" AND stored.place <> OLD.{table.rowid}"
    return (
        f"EXISTS (SELECT 1 FROM (SELECT {terms} FROM (SELECT {row}){where}) AS fresh, "
        f"(SELECT {table.rowid} AS place, {terms} FROM {name(table.name)}{where}) AS stored WHERE {same})"
    )


def rewrite(catalog: Catalog, table: Table) -> tuple[str, ...]:
    """Put a table's new definition in the place of the old one, the rows untouched.

    Done in SQLite's schema table, as its documentation describes for changes of constraints
    (https://www.sqlite.org/lang_altertable.html, "Making Other Kinds Of Table Schema Changes"): a rebuild through a copy would
    fire the ON DELETE actions of foreign keys, and `PRAGMA foreign_keys` can't be changed inside a transaction.
    """
    sql = literal(create_table(catalog, table))
    return (
        "PRAGMA writable_schema = ON",
        f"UPDATE sqlite_schema SET sql = {sql} WHERE type = 'table' AND name = {literal(table.name)}",
        "PRAGMA writable_schema = RESET",
    )
