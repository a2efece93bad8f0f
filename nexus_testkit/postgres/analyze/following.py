"""What ALTER TABLE means for the views on the table: they forbid it, or go with what they need."""

from __future__ import annotations

from collections.abc import Iterator

from nexus_testkit.postgres.analyze import depending
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.analyze.dependents import Thing, dropped, found_with, reads, view
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Catalog, Table, View
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed import Aggregate, ColumnRef, Expr
from nexus_testkit.postgres.typed_queries import Query, Select, TableSource
from nexus_testkit.postgres.values import records


def _require_rows_unused(context: Context, before: Catalog, plan: SchemaPlan) -> None:
    """Refuse a change of a table whose rows are the type of a column: the stored rows would have to change."""
    used = {
        row.key
        for table in plan.catalog.tables.values()
        for column in table.columns
        if (row := records.find(column.type.removesuffix("[]"))) is not None and row.key in before.tables
    }
    for name in used:
        table = plan.catalog.tables.get(name)
        if table is None or [(c.name, c.type) for c in table.columns] != [
            (c.name, c.type) for c in before.tables[name].columns
        ]:
            raise context.unsupported(f"a change of table {name}, whose rows are the type of a column")


def followed(context: Context, before: Catalog, node: Node, plan: SchemaPlan) -> SchemaPlan:
    """The plan of a change with what it means for the views: one that loses a column forbids the change, or goes with it.

    Raises:
        DatabaseError: 2BP01, 0A000.
    """
    _require_rows_unused(context, before, plan)
    if not before.views or plan.catalog is before or node.kind != "AlterTableStmt":
        return plan
    gone: list[Thing] = list(_without_their_key(context, before, plan.catalog, node))
    for found in list(plan.catalog.views.values()):
        for name, columns in reads(found.query).items():
            old, new = before.tables.get(name), plan.catalog.tables.get(name)
            if old is not None and new is not None and old is not new and name not in before.views:
                gone.extend(_lost(context, before, found, old, new, columns, node))
    if gone:
        context.catalog = plan.catalog
        plan.catalog, more = dropped(context, gone, cascade=True)
        plan.steps = (*plan.steps, *more)
    return plan


def _without_their_key(context: Context, before: Catalog, after: Catalog, node: Node) -> Iterator[Thing]:
    """The views that group by a primary key which goes away, and read other columns of its table (`check_functional_grouping`)."""
    for name, table in before.tables.items():
        key = table.primary_key
        now = after.tables.get(name)
        if key is None or now is None or any(kept.name == key.name for kept in now.keys):
            continue
        thing = Thing("constraint", name, naming.bare(key.name))
        readers = [
            found for found in before.views.values() if _groups_by(found.query, name, set(map(str, key.columns)))
        ]
        cascades = any(command.fields.get("behavior") == "DROP_CASCADE" for command in node.all("cmds"))
        if readers and not cascades and all(now.column(str(column)) is not None for column in key.columns):
            lines = [f"{view(found)} depends on {thing}" for found in readers]
            raise depending.refusal(context, str(thing), lines)
        yield from map(view, readers)


def _groups_by(query: Query, table: str, key: set[str]) -> bool:
    for select in nodes(query):
        if not isinstance(select, Select) or not select.groups:
            continue
        for source in nodes(select.sources):
            if isinstance(source, TableSource) and source.table == table:
                grouped = {
                    each.name for each in select.groups if isinstance(each, ColumnRef) and each.relation == source.alias
                }
                others = {
                    each.name
                    for output in select.outputs
                    for each in _outside_aggregates(output.expr)
                    if isinstance(each, ColumnRef) and each.relation == source.alias
                }
                if key <= grouped and others - grouped:
                    return True
    return False


def _outside_aggregates(expr: Expr) -> Iterator[Expr]:
    if isinstance(expr, Aggregate):
        return
    yield expr
    for child in children(expr):
        yield from _outside_aggregates(child)


def _lost(
    context: Context, before: Catalog, reader: View, old: Table, new: Table, columns: set[str], node: Node
) -> Iterator[Thing]:
    places = [column.name for column in old.columns]
    for name in sorted(columns & set(places), key=places.index):
        was, now = old.column(name), new.column(name)
        if now is None:
            if not _cascades(node, name):
                thing = Thing("column", old.name, name)
                raise depending.refusal(context, str(thing), found_with(before, [thing])[1])
            yield view(reader)
        elif was is not None and (was.type, was.typmod) != (now.type, now.typmod):
            raise context.error(
                "0A000",
                "cannot alter type of a column used by a view or rule",
                detail=f'rule _RETURN on {view(reader)} depends on column "{name}"',
            )


def _cascades(node: Node, column: str) -> bool:
    return any(
        command.fields.get("name") == column and command.fields.get("behavior") == "DROP_CASCADE"
        for command in node.all("cmds")
    )
