"""Tables that are filled from a query: CREATE TABLE AS, SELECT INTO, materialized views (`createas.c`, `matview.c`)."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from nexus_testkit.errors.database import IntegrityError, database_error
from nexus_testkit.postgres import placeholders
from nexus_testkit.postgres.analyze import domains, persistence, sources, storage, temporary, views
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column, Table, View
from nexus_testkit.postgres.lower import ddl as lowered
from nexus_testkit.postgres.lower import queries
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import QueryPlan, SchemaPlan
from nexus_testkit.postgres.typed_queries import Query
from nexus_testkit.postgres.values import encode

if TYPE_CHECKING:
    from nexus_testkit.postgres.session import Session


def create(context: Context, node: Node) -> SchemaPlan:
    """CREATE TABLE AS, CREATE MATERIALIZED VIEW."""
    into = node["into"]
    materialized = node.get("objtype", "OBJECT_TABLE") == "OBJECT_MATVIEW"
    return _create(context, node, node["query"], into, materialized=materialized)


def select_into(context: Context, node: Node) -> SchemaPlan:
    """SELECT ... INTO."""
    return _create(context, node, node, node["intoClause"], materialized=False)


def _create(context: Context, node: Node, source: Node, into: Node, *, materialized: bool) -> SchemaPlan:
    tag = "CREATE MATERIALIZED VIEW" if materialized else "CREATE TABLE AS"
    if source.kind == "ExecuteStmt":
        raise context.unsupported("CREATE TABLE ... AS EXECUTE", source)
    key = sources.new_name(context, into["rel"])
    into.skip("accessMethod")
    storage.storage_options(context, into)
    action = temporary.on_commit(context, into, key, "onCommit")
    given = into.names("colNames") if "colNames" in into else []
    empty = bool(into.get("skipData"))
    exists = context.catalog.relation_exists(key)
    # The query is read before the name is looked at.
    query, columns = views.read_query(context, source, given, "too many column names were specified", params=True)
    params = tuple(context.params[number] for number in sorted(context.params))
    if materialized and (params or context.undecided):
        raise context.error("0A000", "materialized views may not be defined using bound parameters")
    if exists:
        if node.get("if_not_exists"):
            return SchemaPlan((), context.catalog, tag, params)
        raise context.error("42P07", f'relation "{naming.bare(key)}" already exists')
    node.skip("if_not_exists")
    lost = persistence.unlogged(context, into["rel"], key)
    if lost and materialized:
        raise context.error("0A000", "materialized views cannot be unlogged")
    domains.require_no_type(context, key)
    if not empty:
        views.require_all_populated(context, query)
    if materialized and views.reads_temporary(query):
        raise context.error("0A000", "materialized views must not use temporary tables or views")
    table = Table(key, tuple(_plain(column) for column in columns), on_commit=action, unlogged=lost)
    catalog = context.catalog.with_table(table)
    if materialized:
        made = View(key, columns, query, materialized=True, populated=not empty, written=node["query"].fields)
        catalog = catalog.changed(views={**catalog.views, key: made})
    first = lowered.create_table(catalog, table)
    if empty:
        return SchemaPlan((first,), catalog, tag, params)
    return SchemaPlan((partial(_run, sql=first), filling(context, query, key)), catalog, "SELECT", params, counted=True)


def _run(session: Session, *_: object, sql: str) -> None:
    session.engine.connection.execute(sql)


def _plain(column: Column) -> Column:
    return replace(column, default=None)


def filling(context: Context, query: Query, key: str) -> partial[int]:
    """The step that puts the rows of a (stored) query into a table."""
    low = Lowering(context.catalog, context.unsupported, queries.query)
    tree = views.copied(context, query)
    shown = views.visible(tree)
    sql = f"INSERT INTO {quoted(key)} {low.query(low, tree)}"
    params = tuple(context.params[number] for number in sorted(context.params))
    plan = QueryPlan(sql, params, (), tuple(output.expr.type for output in shown), "SELECT", key, low.bound)
    return partial(fill, plan=plan)


def fill(session: Session, *args: object, plan: QueryPlan) -> int:
    """Run it; gives the number of rows."""
    engine = session.engine
    values = [
        None if value is None else encode(value, kind, argument=at)
        for at, (value, kind) in enumerate(zip(args, plan.params, strict=True), 1)
    ][: plan.bound]
    engine.provide(plan.needs)
    engine.steps = 0
    session.rewind_point = engine.snapshot_volatile(dice=plan.draws) if plan.counts or plan.draws else None
    try:
        return max(placeholders.execute(engine.connection, plan.sql, values).rowcount, 0)
    except sqlite3.Error as error:
        raise session.translated(plan, values, error) from error


def refresh(context: Context, node: Node) -> SchemaPlan:
    """REFRESH MATERIALIZED VIEW."""
    catalog = context.catalog
    relation = node["relation"]
    key = sources.relation_name(context, relation)
    view = catalog.views.get(key)
    if view is None or not view.materialized:
        if not catalog.relation_exists(key):
            sources.find_table(context, relation, located=False)
        if key in catalog.tables:
            raise context.error("0A000", f'"{naming.bare(key)}" is not a materialized view')
        raise context.error("42809", f'"{naming.bare(key)}" is not a table or materialized view')
    empty = bool(node.get("skipData"))
    if node.get("concurrent"):
        if empty:
            raise context.error("42601", "CONCURRENTLY and WITH NO DATA options cannot be used together")
        if not view.populated:
            raise context.error("0A000", "CONCURRENTLY cannot be used when the materialized view is not populated")
        table = catalog.tables[key]
        if not any(made.unique and made.where is None and None not in made.columns for made in table.keys):
            raise context.error(
                "55000",
                f'cannot refresh materialized view "{naming.qualified_always(key)}" concurrently',
                hint="Create a unique index with no WHERE clause on one or more columns of the materialized view.",
            )
    after = catalog
    if view.populated == empty:
        after = catalog.changed(views={**catalog.views, key: replace(view, populated=not empty)})
    delete = f"DELETE FROM {quoted(key)}"
    if empty:
        return SchemaPlan((delete,), after, "REFRESH MATERIALIZED VIEW")
    step = filling(context, view.query, key)
    if not node.get("concurrent"):
        return SchemaPlan((delete, partial(_refill, step=step)), after, "REFRESH MATERIALIZED VIEW")
    return SchemaPlan((delete, step), after, "REFRESH MATERIALIZED VIEW")


def _refill(session: Session, *, step: partial[int]) -> None:
    """The server fills a new table and builds its indexes afterwards."""
    try:
        step(session)
    except IntegrityError as error:
        if error.sqlstate != "23505" or error.detail is None:
            raise
        raise database_error(
            "23505",
            f'could not create unique index "{error.constraint_name}"',
            detail=error.detail.replace("already exists.", "is duplicated."),
            constraint_name=error.constraint_name,
            table_name=error.table_name,
            schema_name=error.schema_name,
        ) from None
