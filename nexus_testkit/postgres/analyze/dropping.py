"""DROP INDEX, DROP SEQUENCE and TRUNCATE."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from nexus_testkit.postgres import deferral
from nexus_testkit.postgres.analyze import depending, objects, sources
from nexus_testkit.postgres.analyze.alter import Step
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, Table
from nexus_testkit.postgres.lower import rebuild
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.session import Session


def drop_indexes(context: Context, names: list[str], *, missing_ok: bool, cascade: bool) -> tuple[Catalog, list[Step]]:
    """DROP INDEX."""
    catalog = context.catalog
    steps: list[Step] = []
    for name in names:
        found = catalog.index(name)
        if found is None:
            if catalog.relation_exists(name):
                raise objects.wrong_kind(context, name, "index")
            if missing_ok:
                continue
            raise context.error("42704", f'index "{naming.bare(name)}" does not exist')
        table, key = found
        shown, owner = naming.bare(name), naming.bare(table.name)
        if key.constraint:
            raise context.error(
                "2BP01",
                f"cannot drop index {shown} because constraint {shown} on table {owner} requires it",
                hint=f"You can drop constraint {shown} on table {owner} instead.",
            )
        dependent = depending.of_key(catalog, table, key)
        if dependent and not cascade:
            lines = [f"{depending.describe(*each)} depends on index {shown}" for each in dependent]
            raise depending.refusal(context, f"index {shown}", lines)
        for other, foreign in dependent:
            catalog = depending.without_foreign(catalog, other.name, foreign)
        table = catalog.tables[table.name]
        catalog = catalog.with_table(replace(table, keys=tuple(kept for kept in table.keys if kept.name != name)))
        steps.append(f"DROP INDEX IF EXISTS {quoted(name)}")
    return catalog, [*steps, *rebuild.changes(context.catalog, catalog)]


def drop_sequences(
    context: Context, names: list[str], *, missing_ok: bool, cascade: bool
) -> tuple[Catalog, list[Step]]:
    """DROP SEQUENCE."""
    catalog = context.catalog
    found: set[str] = set()
    for name in names:
        if name not in catalog.sequences:
            if catalog.relation_exists(name):
                raise objects.wrong_kind(context, name, "sequence")
            if missing_ok:
                continue
            raise context.error("42P01", f'sequence "{naming.bare(name)}" does not exist')
        found.add(name)
    for table in catalog.tables.values():
        for column in table.columns:
            if column.identity and column.sequence in found:
                place = f"column {column.name} of table {naming.bare(table.name)}"
                raise context.error(
                    "2BP01",
                    f"cannot drop sequence {naming.bare(column.sequence)} because {place} requires it",
                    hint=f"You can drop {place} instead.",
                )
    catalog = depending.without_sequences(context, catalog, found, cascade=cascade)
    return catalog, [lambda session: session.engine.forget_sequences(found)]


def truncate(context: Context, node: Node) -> SchemaPlan:
    """TRUNCATE."""
    cascade = node.get("behavior", "DROP_RESTRICT") == "DROP_CASCADE"
    catalog = context.catalog
    tables: list[Table] = []
    for item in node["relations"]:
        item.skip("inh")  # ONLY: there are no partitions
        name = sources.relation_name(context, item)
        if (name not in catalog.tables and catalog.relation_exists(name)) or name in catalog.views:
            raise context.error("42809", f'"{naming.bare(name)}" is not a table')
        table = sources.find_table(context, item, located=False)
        if table not in tables:
            tables.append(table)
    pending = list(tables)
    while pending:
        table = pending.pop(0)
        for other, _ in catalog.references_to(table.name):
            if other in tables:
                continue
            if not cascade:
                raise context.error(
                    "0A000",
                    "cannot truncate a table referenced in a foreign key constraint",
                    detail=f'Table "{naming.bare(other.name)}" references "{naming.bare(table.name)}".',
                    hint=f'Truncate table "{naming.bare(other.name)}" at the same time, or use TRUNCATE ... CASCADE.',
                )
            tables.append(other)
            pending.append(other)
    names = {table.name for table in tables}
    steps: list[Step] = [
        partial(deferral.require_none_pending, tables=sorted(names), command="TRUNCATE"),
        "PRAGMA defer_foreign_keys = ON",
    ]
    # Children first, so that no ON DELETE action finds anything to do.
    ordered = sorted(
        tables, key=lambda table: any(foreign.table in names for foreign in table.foreign_keys), reverse=True
    )
    steps.extend(f"DELETE FROM {quoted(table.name)}" for table in ordered)
    steps.append(_defer_as_before)
    if node.get("restart_seqs"):
        owned = {name for name, sequence in catalog.sequences.items() if sequence.owner and sequence.owner[0] in names}
        steps.append(lambda session: session.engine.forget_sequences(owned))
    return SchemaPlan(tuple(steps), catalog, "TRUNCATE TABLE")


def _defer_as_before(session: Session) -> None:
    on = session.deferral.puts_off(session.engine.catalog)
    session.engine.connection.execute(f"PRAGMA defer_foreign_keys = {'ON' if on else 'OFF'}")
