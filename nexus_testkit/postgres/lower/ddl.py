"""Tables and indexes in SQLite's words (`rebuild` changes them).

A table holds its columns, one CHECK that calls back with the row when NOT NULL or a CHECK constraint fails (in
PostgreSQL's order: nulls first, then constraints by name), and its foreign keys. Keys are unique indexes of their own, so that
they have PostgreSQL's names and collations and can come and go.
"""

from __future__ import annotations

import re

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.catalog.schema import Catalog, Column, ForeignKey, Key, Table
from nexus_testkit.postgres.lower import nulls, queries
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.text import collated, literal, name
from nexus_testkit.postgres.typed import Expr
from nexus_testkit.postgres.values.types import affinity, collation

_ACTIONS = {"a": "NO ACTION", "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

_QUERY = re.compile(r"\bSELECT\b")
_QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")

# SQLite's default limit of a function's arguments, less those that pgs_fail takes itself.
_WIDEST = 120


def lowering(catalog: Catalog) -> Lowering:
    """A lowering of expressions that are kept."""
    return Lowering(catalog, lambda construct, _: UnsupportedSQL(construct), queries.query)


def create_table(catalog: Catalog, table: Table) -> str:
    """CREATE TABLE."""
    low = lowering(catalog)
    reset = {
        name
        for foreign in table.foreign_keys
        if "d" in (foreign.on_delete, foreign.on_update)
        for name in foreign.columns
    }
    # A foreign key finds its parent by an index that has the collation of the column.
    keys = {name for key in table.keys if key.unique and key.where is None for name in key.columns}
    parts = [_column(low, column, reset=column.name in reset, key=column.name in keys) for column in table.columns]
    check = _check(low, table)
    if check:
        parts.append(check)
    parts.extend(_foreign_key(foreign) for foreign in table.foreign_keys)
    # SQLite has no table without columns.
    return f"CREATE TABLE {name(table.name)} ({', '.join(parts) or 'pgs_none'})"


def _column(low: Lowering, column: Column, *, reset: bool, key: bool) -> str:
    """A column; `reset`: an action of a foreign key may set it to its default, `key`: a foreign key may point to it."""
    text = f"{name(column.name)} {affinity(column.type)}"
    if key and column.generated is None and (found := collation(column.type)) is not None:
        text += f" COLLATE {found}"
    if reset:
        from nexus_testkit.postgres.analyze.assignments import default_of  # noqa: PLC0415  # few keys say SET DEFAULT

        text += f" DEFAULT ({low.expr(default_of(column))})"
    if column.generated is not None:
        text += f" GENERATED ALWAYS AS ({_plain(low.expr(column.generated), 'a generated column')}) {'VIRTUAL' if column.virtual else 'STORED'}"
    return text


def _check(low: Lowering, table: Table) -> str:
    required = [f"{name(column.name)} IS NULL" for column in table.columns if column.not_null]
    checks = [check for check in table.checks if check.enforced]
    full = [foreign for foreign in table.foreign_keys if foreign.full and len(foreign.columns) > 1]
    if not required and not checks and not full:
        return ""
    if len(table.columns) > _WIDEST:
        raise UnsupportedSQL(f"a table of more than {_WIDEST} columns with constraints")
    row = ", ".join(name(column.name) for column in table.columns)
    whens: list[str] = []
    if required:
        whens.append(f"WHEN {' OR '.join(required)} THEN pgs_fail({literal(table.name)}, NULL, {row})")
    whens.extend(
        f"WHEN NOT {_without_query(low, check.expr)} THEN pgs_fail({literal(table.name)}, {literal(check.name)}, {row})"
        for check in sorted(checks, key=lambda check: check.name)
    )
    whens.extend(
        f"WHEN {mixed(foreign)} THEN pgs_fail({literal(table.name)}, {literal(foreign.name)}, {row})"
        for foreign in full
    )
    return f"CHECK (CASE {_plain(' '.join(whens), 'a CHECK')} ELSE 1 END)"


def _plain(sql: str, what: str) -> str:
    """SQL without a query, which SQLite takes in no definition of a table or an index.

    What is put into its schema (`rebuild`) it would find only later, and then it could not read the schema any more.
    """
    if _QUERY.search(_QUOTED.sub("", sql)):
        raise UnsupportedSQL(f"{what} with an expression that takes a query in SQLite ({sql})")
    return sql


def _without_query(low: Lowering, expr: Expr) -> str:
    """A condition of CHECK; SQLite would only refuse a query in it when it reads the schema the next time."""
    sql = low.expr(expr)
    if "(SELECT " in sql or " FROM json_each(" in sql:
        raise UnsupportedSQL("a CHECK of an array's elements")
    return sql


def mixed(foreign: ForeignKey) -> str:
    """Whether a key is null in part, which MATCH FULL does not allow."""
    tests = [f"{name(column)} IS NULL" for column in foreign.columns]
    return f"(({' OR '.join(tests)}) AND NOT ({' AND '.join(tests)}))"


def _foreign_key(foreign: ForeignKey) -> str:
    columns = ", ".join(name(column) for column in foreign.columns)
    targets = ", ".join(name(column) for column in foreign.targets)
    deletes = "a" if foreign.delete_columns else foreign.on_delete
    deferred = " DEFERRABLE INITIALLY DEFERRED" if foreign.deferred else ""
    return (
        f"FOREIGN KEY ({columns}) REFERENCES {name(foreign.table)} ({targets}) "
        f"ON DELETE {_ACTIONS[deletes]} ON UPDATE {_ACTIONS[foreign.on_update]}{deferred}"
    )


def triggers(catalog: Catalog, table: Table) -> list[str]:
    """What ON DELETE SET NULL (columns) and SET DEFAULT (columns) do, which SQLite has for all columns of a key only."""
    low = lowering(catalog)
    found: list[str] = []
    for foreign in table.foreign_keys:
        if not foreign.delete_columns:
            continue
        made = {column.name: column for column in table.columns}
        sets = ", ".join(
            f"{name(column)} = {low.expr(default) if foreign.on_delete == 'd' and default is not None else 'NULL'}"
            for column in foreign.delete_columns
            for default in (made[column].default,)
        )
        same = " AND ".join(
            f"{name(column)} = OLD.{name(target)}"
            for column, target in zip(foreign.columns, foreign.targets, strict=True)
        )
        found.append(
            f"CREATE TRIGGER {trigger_name(table, foreign)} AFTER DELETE ON {name(foreign.table)} "
            f"BEGIN UPDATE {name(table.name)} SET {sets} WHERE {same}; END"
        )
    return found


def trigger_name(table: Table, foreign: ForeignKey) -> str:
    """SQLite's name for the trigger behind a foreign key of a table."""
    return name(f"pgs_unset {table.name} {foreign.name}")


def create_indexes(catalog: Catalog, table: Table) -> list[str]:
    """CREATE INDEX for all keys of a table that SQLite has an index for."""
    return [create_index(catalog, table, key) for key in table.keys if key.stored]


def create_index(catalog: Catalog, table: Table, key: Key) -> str:
    """CREATE [UNIQUE] INDEX."""
    low = lowering(catalog)
    terms: list[str] = []
    for at, term in enumerate(key.terms):
        text = low.index_key(term) if key.nulls_distinct else nulls.distinct_term(low, term)
        if at < len(key.descending) and key.descending[at]:
            text += " DESC"
        terms.append(text)
    where = f" WHERE {low.condition(key.where)}" if key.where is not None else ""
    # Of a deferrable constraint duplicates are looked for later: see `deferral`.
    unique = "UNIQUE " if key.unique and not key.deferrable else ""
    text = _plain(", ".join(terms) + ")" + where, "an index")
    return f"CREATE {unique}INDEX {name(key.name)} ON {name(table.name)} ({text}"


def terms_of_row(catalog: Catalog, table: Table, key: Key) -> str:
    """A query that gives a key's terms for a row passed as parameters, one for each column of the table."""
    low = lowering(catalog)
    columns = ", ".join(f"?{at} AS {name(column.name)}" for at, column in enumerate(table.columns, 1))
    return f"SELECT {', '.join(low.expr(term) for term in key.terms)} FROM (SELECT {columns})"


def probe(catalog: Catalog, table: Table, key: Key, *, updated: bool) -> str:
    """Whether another row has the values that the row NEW of a trigger has in a key; `updated`: the row OLD does not count."""
    low = lowering(catalog)
    terms = ", ".join(f"{low.expr(term)} AS k{at}" for at, term in enumerate(key.terms))
    where = f" WHERE {low.condition(key.where)}" if key.where is not None else ""
    row = ", ".join(f"NEW.{name(column.name)} AS {name(column.name)}" for column in table.columns)
    equal = "=" if key.nulls_distinct else "IS"
    same = " AND ".join(
        f"{collated(f'stored.k{at}', term.type)} {equal} fresh.k{at}" for at, term in enumerate(key.terms)
    )
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
