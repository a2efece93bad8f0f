"""ALTER TABLE, INDEX, SEQUENCE ... RENAME: of relations, columns and constraints; whatever mentions them follows."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from nexus_testkit.postgres import deferral
from nexus_testkit.postgres.analyze import schemas, sources
from nexus_testkit.postgres.analyze.alter import Step
from nexus_testkit.postgres.analyze.constraints import SYSTEM_COLUMNS, names_of, not_null_name
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Check, Column, ForeignKey, Key, Table
from nexus_testkit.postgres.lower import rebuild
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.rewriting import rewritten
from nexus_testkit.postgres.typed import ColumnRef

_TAGS = {"INDEX": "ALTER INDEX", "SEQUENCE": "ALTER SEQUENCE"}


def rename(context: Context, node: Node) -> SchemaPlan:
    """RENAME of a table, an index, a sequence, a column or a constraint."""
    kind = node["renameType"].removeprefix("OBJECT_")
    if kind not in ("TABLE", "INDEX", "SEQUENCE", "COLUMN", "TABCONSTRAINT"):
        raise context.unsupported(f"RENAME of {kind.lower()}", node)
    node.skip("relationType", "behavior")
    relation = node["relation"]
    relation.skip("inh")
    name = sources.relation_name(context, relation)
    catalog = context.catalog
    tag = _TAGS.get(kind, "ALTER TABLE")
    if not catalog.relation_exists(name):
        if node.get("missing_ok"):
            node.skip("newname", "subname")
            return SchemaPlan((), catalog, tag)
        sources.find_table(context, relation, located=False)
    node.skip("missing_ok")
    new = node["newname"]
    if kind == "COLUMN":
        return _column(context, _table(context, name), node["subname"], new)
    if kind == "TABCONSTRAINT":
        return _constraint(context, _table(context, name), node["subname"], new)
    if kind == "SEQUENCE" and name not in catalog.sequences:
        raise context.error("42809", f'"{naming.bare(name)}" is not a sequence')
    return _relation(context, name, new, tag)


def _table(context: Context, name: str) -> Table:
    table = context.catalog.tables.get(name)
    if table is None:
        raise context.error("42809", f'"{naming.bare(name)}" is not a table')
    return table


def _relation(context: Context, name: str, bare: str, tag: str) -> SchemaPlan:
    """Another name for a table, an index or a sequence; ALTER TABLE takes all three, and ALTER INDEX tables."""
    catalog = context.catalog
    new = naming.beside(name, bare)
    if catalog.relation_exists(new):
        raise context.error("42P07", f'relation "{bare}" already exists')
    owner = catalog.index(name)
    if owner is not None and owner[1].constraint and bare in names_of(owner[0]):
        raise context.error("42710", f'constraint "{bare}" for relation "{naming.bare(owner[0].name)}" already exists')
    if name in catalog.tables:
        named = [
            replace(column, not_null_name=not_null_name(table, column)) if column.not_null else column
            for table in (catalog.tables[name],)
            for column in table.columns
        ]
        catalog = catalog.with_table(replace(catalog.tables[name], columns=tuple(named)))
    after, steps = schemas.moved(catalog, {name: new}, {})
    return SchemaPlan(tuple(steps), after, tag)


def _constraint(context: Context, table: Table, old: str, new: str) -> SchemaPlan:
    catalog = context.catalog
    shown = naming.bare(table.name)
    if old not in names_of(table):
        raise context.error("42704", f'constraint "{old}" for table "{shown}" does not exist')
    if new in names_of(table):
        raise context.error("42710", f'constraint "{new}" for relation "{shown}" already exists')
    key = next((key for key in table.keys if key.constraint and naming.bare(key.name) == old), None)
    if key is not None:
        target = naming.beside(table.name, new)
        if catalog.relation_exists(target):
            raise context.error("42P07", f'relation "{new}" already exists')
        after, steps = schemas.moved(catalog, {key.name: target}, {})
        return SchemaPlan(tuple(steps), after, "ALTER TABLE")

    def named(item: Any) -> Any:
        return replace(item, name=new) if item.name == old else item

    columns = tuple(
        replace(column, not_null_name=new) if column.not_null and not_null_name(table, column) == old else column
        for column in table.columns
    )
    made = replace(
        table,
        columns=columns,
        checks=tuple(named(check) for check in table.checks),
        foreign_keys=tuple(named(foreign) for foreign in table.foreign_keys),
    )
    after = catalog.with_table(made)
    return SchemaPlan(tuple(rebuild.changes(catalog, after)), after, "ALTER TABLE")


# ------------------------------------------------------------------------------------------ columns


def _column(context: Context, table: Table, old: str, new: str) -> SchemaPlan:
    if old in SYSTEM_COLUMNS:
        raise context.error("0A000", f'cannot rename system column "{old}"')
    if table.column(old) is None:
        raise context.error("42703", f'column "{old}" does not exist')
    if new in SYSTEM_COLUMNS:
        raise context.error("42701", f'column name "{new}" conflicts with a system column name')
    if table.column(new) is not None:
        raise context.error("42701", f'column "{new}" of relation "{naming.bare(table.name)}" already exists')
    before = context.catalog
    catalog = before.with_table(_renamed(table, old, new))
    for other in before.tables.values():
        if any(foreign.table == table.name for foreign in other.foreign_keys):
            catalog = catalog.with_table(_following(catalog.tables[other.name], table.name, old, new))
    owned = [
        replace(sequence, owner=(table.name, new))
        for sequence in before.sequences.values()
        if sequence.owner == (table.name, old)
    ]
    if owned:
        catalog = catalog.with_sequences(*owned)
    catalog = schemas.with_column_renamed(catalog, table.name, old, new)
    steps: list[Step] = [
        partial(deferral.require_none_pending, tables=[table.name], command="ALTER TABLE"),
        *rebuild.changes(before, catalog),
    ]
    return SchemaPlan(tuple(steps), catalog, "ALTER TABLE")


def _following(table: Table, parent: str, old: str, new: str) -> Table:
    """A table whose foreign keys point to the renamed column."""
    return replace(
        table,
        foreign_keys=tuple(
            replace(foreign, targets=_in(foreign.targets, old, new)) if foreign.table == parent else foreign
            for foreign in table.foreign_keys
        ),
    )


def _in(names: tuple[Any, ...], old: str, new: str) -> tuple[Any, ...]:
    return tuple(new if name == old else name for name in names)


def _renamed(table: Table, old: str, new: str) -> Table:
    def change(node: Any) -> Any:
        if isinstance(node, ColumnRef):
            return replace(node, name=new, shown="") if node.name == old else node
        return None

    def column(made: Column) -> Column:
        kept = not_null_name(table, made) if made.not_null else ""
        return replace(
            made,
            name=new if made.name == old else made.name,
            generated=rewritten(made.generated, change),
            not_null_name=kept,
        )

    def check(made: Check) -> Check:
        return replace(made, expr=rewritten(made.expr, change), columns=_in(made.columns, old, new))

    def key(made: Key) -> Key:
        return replace(
            made,
            columns=_in(made.columns, old, new),
            terms=rewritten(made.terms, change),
            where=rewritten(made.where, change),
            include=_in(made.include, old, new),
        )

    def foreign(made: ForeignKey) -> ForeignKey:
        return replace(
            made,
            columns=_in(made.columns, old, new),
            delete_columns=_in(made.delete_columns, old, new),
        )

    return replace(
        table,
        columns=tuple(column(made) for made in table.columns),
        checks=tuple(check(made) for made in table.checks),
        keys=tuple(key(made) for made in table.keys),
        foreign_keys=tuple(foreign(made) for made in table.foreign_keys),
    )
