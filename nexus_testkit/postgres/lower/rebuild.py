"""Changes of tables in SQLite.

SQLite's ALTER TABLE knows few of PostgreSQL's changes, and a copy that takes the old table's place would fire the ON DELETE actions
of the foreign keys that point to it (`PRAGMA foreign_keys` can't be changed inside a transaction). So definitions are
put into SQLite's schema table, as its documentation describes (https://www.sqlite.org/lang_altertable.html, "Making Other
Kinds Of Table Schema Changes"), and where rows change too, the foreign keys are taken out for the time of the copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from nexus_testkit.postgres.catalog.naming import RELATION
from nexus_testkit.postgres.catalog.schema import Catalog, Column, ForeignKey, Key, Table
from nexus_testkit.postgres.lower.ddl import create_index, create_table, trigger_name, triggers
from nexus_testkit.postgres.lower.text import literal, name

# No relation of the user's is called like a part of a schema without a name.
_COPY = f"{RELATION}copy"


@dataclass(frozen=True, slots=True)
class Definition:
    """What is to stand in SQLite's schema in the place of the object called `old`."""

    kind: str
    old: str
    new: str
    table: str
    sql: str

    def update(self) -> str:
        """The statement that puts it there."""
        return (
            f"UPDATE sqlite_schema SET name = {literal(self.new)}, tbl_name = {literal(self.table)}, sql = {literal(self.sql)} "
            f"WHERE type = '{self.kind}' AND name = {literal(self.old)}"
        )


def redefined(definitions: Iterable[Definition]) -> list[str]:
    """Steps that put definitions into the schema."""
    updates = [each.update() for each in definitions]
    return ["PRAGMA writable_schema = ON", *updates, "PRAGMA writable_schema = RESET"] if updates else []


def table_definition(catalog: Catalog, table: Table, old: str | None = None) -> Definition:
    """A table's, the rows untouched."""
    return Definition("table", old or table.name, table.name, table.name, create_table(catalog, table))


def index_definition(catalog: Catalog, table: Table, key: Key, old: str) -> Definition:
    """An index's, its entries untouched."""
    return Definition("index", old, key.name, table.name, create_index(catalog, table, key))


def changes(
    before: Catalog,
    after: Catalog,
    *,
    tables: Mapping[str, str] | None = None,
    indexes: Mapping[str, str] | None = None,
) -> list[str]:
    """Steps from one catalogue to another that has the same rows and the same index entries.

    Other names, other constraints: tables and indexes that are in both are defined anew where their text differs. `tables` and
    `indexes` are old names to new ones.
    """
    tables, indexes = tables or {}, indexes or {}
    found: list[Definition] = []
    for old in before.tables.values():
        new = after.tables.get(tables.get(old.name, old.name))
        if new is None or new is old:
            continue
        if create_table(before, old) != (text := create_table(after, new)):
            found.append(Definition("table", old.name, new.name, new.name, text))
        kept = {key.name: key for key in new.keys}
        for key in old.keys:
            now = kept.get(indexes.get(key.name, key.name))
            if now is not None and key.stored and create_index(before, old, key) != create_index(after, new, now):
                found.append(index_definition(after, new, now, key.name))
    taken, made = _triggers(before, after)
    return [*taken, *redefined(found), *made]


def _triggers(before: Catalog, after: Catalog, lost: str = "") -> tuple[list[str], list[str]]:
    """Steps that drop the triggers that are otherwise afterwards, and that make them; those of the table `lost` are gone."""
    old = _all_triggers(before)
    new = _all_triggers(after)
    if not old and not new:
        return [], []
    drops = [f"DROP TRIGGER IF EXISTS {each}" for each, (_, sql) in old.items() if new.get(each, ("", ""))[1] != sql]
    makes = [sql for each, (table, sql) in new.items() if old.get(each, ("", ""))[1] != sql or (lost and table == lost)]
    return drops, makes


def _all_triggers(catalog: Catalog) -> dict[str, tuple[str, str]]:
    return {
        trigger_name(table, foreign): (foreign.table, sql)
        for table in catalog.tables.values()
        for foreign, sql in zip(
            [foreign for foreign in table.foreign_keys if foreign.delete_columns], triggers(catalog, table), strict=True
        )
    }


def without_tables(before: Catalog, after: Catalog, gone: Iterable[str]) -> list[str]:
    """Steps that drop tables. SQLite empties a table before it drops it, which foreign keys would see: they go first."""
    names = set(gone)
    found = [
        table_definition(before, replace(table, foreign_keys=kept))
        for table in before.tables.values()
        if len(kept := _other_keys(table, names)) < len(table.foreign_keys)
    ]
    taken, _ = _triggers(before, after)
    return [*taken, *redefined(found), *(f"DROP TABLE {name(each)}" for each in names)]


def _other_keys(table: Table, names: set[str]) -> tuple[ForeignKey, ...]:
    if table.name in names:
        return ()
    return tuple(foreign for foreign in table.foreign_keys if foreign.table not in names)


def copied(before: Catalog, after: Catalog, old: Table, new: Table, values: Mapping[str, str]) -> list[str]:
    """Steps that fill a table of the new definition with the old rows; `values` are the columns that are not simply kept.

    Afterwards the table has no constraint and no index, and nobody's foreign key points to it: see `restored`.
    """
    bare = replace(new, checks=(), keys=(), foreign_keys=(), columns=tuple(_bare(new)))
    freed = [
        table_definition(before, replace(table, foreign_keys=kept))
        for table in before.tables.values()
        if len(kept := _other_keys(table, {old.name})) < len(table.foreign_keys)
    ]
    stored = [column.name for column in new.columns if column.generated is None]
    columns = ", ".join([new.rowid, *(name(column) for column in stored)])
    exprs = ", ".join([old.rowid, *(values.get(column, name(column)) for column in stored)])
    taken, _ = _triggers(before, after, old.name)
    return [
        *taken,
        *redefined(freed),
        create_table(after, replace(bare, name=_COPY)),
        f"INSERT INTO {name(_COPY)} ({columns}) SELECT {exprs} FROM {name(old.name)} ORDER BY {old.rowid}",
        f"DROP TABLE {name(old.name)}",
        *redefined([table_definition(after, bare, _COPY)]),
    ]


def _bare(table: Table) -> Iterable[Column]:
    return (replace(column, not_null=False) for column in table.columns)


def restored(before: Catalog, after: Catalog, old: Table, new: Table) -> list[str]:
    """Steps that give a copied table, and those that refer to it, their constraints back."""
    found = [table_definition(after, new)]
    for table in before.tables.values():
        now = after.tables.get(table.name)
        if table.name == old.name or now is None:
            continue
        if now is not table or any(foreign.table == old.name for foreign in table.foreign_keys):
            found.append(table_definition(after, now))
    _, made = _triggers(before, after, old.name)
    return [*redefined(found), *made]
