"""CREATE TABLE, and the columns of it that ALTER TABLE adds as well (`parse_utilcmd.c`)."""

from __future__ import annotations

from dataclasses import replace

from nexus_testkit.postgres.analyze import domains, expressions, like, persistence, sources, temporary
from nexus_testkit.postgres.analyze.coerce import coerce_assigned
from nexus_testkit.postgres.analyze.columns import Draft, add_column, unplaced
from nexus_testkit.postgres.analyze.constraints import (
    choose_name,
    make_check,
    make_foreign,
    make_key,
    names_of,
    require_free,
)
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.storage import storage_options
from nexus_testkit.postgres.analyze.volatility import mutable
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column, Table
from nexus_testkit.postgres.lower import ddl as lowered
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.typed import ColumnRef, Expr

_MOST_COLUMNS = 1600  # htup_details.h, MaxHeapAttributeNumber


def create_table(context: Context, node: Node) -> SchemaPlan:
    """CREATE TABLE."""
    relation = node["relation"]
    name = sources.new_name(context, relation)
    on_commit = temporary.on_commit(context, node, name)
    if "partspec" in node or "partbound" in node:
        raise context.unsupported("PARTITION BY and PARTITION OF", node)
    if "inhRelations" in node:
        raise context.unsupported("INHERITS", node)
    if context.catalog.relation_exists(name):
        if node.get("if_not_exists"):
            node.skip("tableElts", "options", "tablespacename")
            return SchemaPlan((), context.catalog, "CREATE TABLE")
        raise context.error("42P07", f'relation "{name}" already exists')
    node.skip("if_not_exists")
    domains.require_no_type(context, name)
    lost = persistence.unlogged(context, relation, name)
    storage_options(context, node)
    draft = Draft(name, unlogged=lost)
    constraints: list[Node] = []
    likes: list[like.Copied] = []
    for element in node.all("tableElts"):
        if element.kind == "ColumnDef":
            add_column(context, draft, element)
        elif element.kind == "Constraint":
            constraints.append(element)
        elif element.kind == "TableLikeClause":
            likes.append(like.columns(context, draft, element))
        else:
            raise context.unsupported(element.kind, element)
    for constraint in constraints:
        table_constraint(context, draft, constraint)
    table = replace(finish(context, draft), on_commit=on_commit)
    if len(table.columns) > _MOST_COLUMNS:
        raise context.error("54011", f"tables can have at most {_MOST_COLUMNS} columns")
    for copied in likes:
        table = like.constraints(context, table, copied)
    catalog = context.catalog.with_table(table).with_sequences(*draft.sequences)
    names = {sequence.name for sequence in draft.sequences}
    steps = [
        lowered.create_table(catalog, table),
        *lowered.create_indexes(catalog, table),
        *lowered.triggers(catalog, table),
    ]
    if names:
        return SchemaPlan((*steps, lambda session: session.engine.forget_sequences(names)), catalog, "CREATE TABLE")
    return SchemaPlan(tuple(steps), catalog, "CREATE TABLE")


# -------------------------------------------------------------------------------------- the whole table


def table_constraint(context: Context, draft: Draft, node: Node) -> None:
    """A constraint that stands by itself."""
    kind = node["contype"].removeprefix("CONSTR_")
    if kind == "NOTNULL":
        node.skip("skip_validation", "initially_valid", "is_no_inherit", "is_enforced")
        for column in node.names("keys"):
            if not any(made.name == column for made in draft.columns):
                raise context.error("42703", f'column "{column}" of relation "{draft.name}" does not exist')
            given = node.get("conname") or ""
            before = draft.not_null.get(column)
            if before and given and before != given:
                raise context.error("XX000", f'conflicting not-null constraint names "{before}" and "{given}"')
            draft.not_null[column] = given or before or ""
    elif kind == "CHECK":
        draft.checks.append(node)
    elif kind in ("PRIMARY", "UNIQUE"):
        draft.keys.append((node, None))
    elif kind == "FOREIGN":
        draft.foreign.append((node, None))
    elif kind == "EXCLUSION":
        require_method(context, node.get("access_method", "gist"))
        raise context.unsupported("an EXCLUDE constraint", node)
    else:
        raise context.unsupported(f"constraint {kind}", node)


def require_method(context: Context, method: str) -> None:
    """An index's access method: 42704 where the server has none of that name."""
    if method not in ("btree", "hash", "gin", "gist", "brin", "spgist"):
        raise context.error("42704", f'access method "{method}" does not exist')


def table_entry(table: Table) -> Entry:
    """What a table's own expressions see of it."""
    return sources.table_entry(table, "", naming.bare(table.name), "")


def generate(context: Context, table: Table, column: Column, node: Node, generated: set[str]) -> Column:
    """A generated column with its expression."""
    scope = Scope(entries=[table_entry(table)], clause="GENERATED")
    expr = expressions.expression(context, node, scope)
    other = _mentioned(expr, generated)
    if other is not None:
        raise context.error(
            "42P17",
            f'cannot use generated column "{other.name}" in column generation expression',
            other,
            detail="A generated column cannot reference another generated column.",
        )
    expr = coerce_assigned(context, expr, column.name, column.type, column.typmod)
    if mutable(expr):
        raise context.error("42P17", "generation expression is not immutable")
    return replace(column, generated=expr)


def _mentioned(expr: Expr, names: set[str]) -> ColumnRef | None:
    if isinstance(expr, ColumnRef):
        return expr if expr.name in names else None
    return next((found for child in children(expr) if (found := _mentioned(child, names)) is not None), None)


def finish(context: Context, draft: Draft) -> Table:
    """Name and check what was collected, in the order in which the server does; with `draft.table`, that with what was added."""
    before = draft.table or Table(draft.name, (), unlogged=draft.unlogged)
    table = replace(before, columns=(*before.columns, *draft.columns))
    keys = _merged(draft)
    for node, column in keys:
        if node.fields["contype"] == "CONSTR_PRIMARY":
            for name in [column] if column is not None else node.names("keys"):
                draft.not_null.setdefault(name, "")
    names = {name for _, name in draft.generated} | {made.name for made in before.columns if made.generated is not None}
    for node, name in draft.generated:
        node.skip("generated_when", "generated_kind")
        made = next(column for column in table.columns if column.name == name)
        with unplaced(context, draft.name):
            table = with_column(table, generate(context, table, made, node["raw_expr"], names))
    for node in draft.checks:
        with unplaced(context, draft.name):
            check = make_check(context, table, table_entry(table), node)
        table = replace(table, checks=(*table.checks, check))
    for name in [column.name for column in table.columns if column.name in draft.not_null]:
        table = require_not_null(context, table, name, draft.not_null[name])
    for node, column in keys:
        key = make_key(context, table, node, column)
        if key.primary:
            for part in key.columns:
                table = require_not_null(context, table, str(part), "")
        table = replace(table, keys=(*table.keys, key))
    for node, column in draft.foreign:
        foreign = make_foreign(context, table, node, column)
        table = replace(table, foreign_keys=(*table.foreign_keys, foreign))
    return table


def _merged(draft: Draft) -> list[tuple[Node, str | None]]:
    """The keys, the primary one first, without those that say the same as another one (`transformIndexConstraints`)."""
    found: list[tuple[Node, str | None]] = []
    said: list[tuple[object, ...]] = []
    for node, column in sorted(draft.keys, key=lambda item: item[0].fields["contype"] != "CONSTR_PRIMARY"):
        fields = node.fields
        names = [column] if column is not None else node.names("keys")
        shape = (
            names,
            fields.get("nulls_not_distinct"),
            fields.get("deferrable"),
            fields.get("initdeferred"),
            fields.get("including"),
        )
        if shape in said and fields["contype"] != "CONSTR_PRIMARY" and names and len(set(names)) == len(names):
            kept = found[said.index(shape)][0]
            if "conname" in fields:
                kept.fields.setdefault("conname", fields["conname"])
            node.ignore()
            continue
        said.append(shape)
        found.append((node, column))
    return found


def with_column(table: Table, column: Column) -> Table:
    """The table with another column in the place of the one of that name."""
    return replace(table, columns=tuple(column if made.name == column.name else made for made in table.columns))


def require_not_null(context: Context, table: Table, name: str, constraint: str) -> Table:
    """The table with NOT NULL at a column; the constraint gets a name where it has none."""
    column = next((made for made in table.columns if made.name == name), None)
    if column is None or column.not_null:
        return table
    if constraint:
        require_free(context, table, constraint)
    else:
        constraint = choose_name(context.catalog, table.name, name, "not_null", names_of(table))
    return with_column(table, replace(column, not_null=True, not_null_name=constraint))
