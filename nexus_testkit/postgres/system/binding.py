"""System relations in FROM: what the analysis asks."""

from __future__ import annotations

from dataclasses import replace

from nexus_testkit.postgres.analyze.context import Context, Entry
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.system import DomainType
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.system import data, tables
from nexus_testkit.postgres.system.own import PG_CATALOG
from nexus_testkit.postgres.typed import Call, ColumnRef, Const, Expr, UnknownColumn
from nexus_testkit.postgres.typed_queries import TableSource

# Columns whose contents only a server has: transaction ids, trees of rules, how rows are stored, passwords.
_UNKNOWN = {
    "pg_catalog.pg_attribute": {"atthasmissing", "attmissingval"},
    "pg_catalog.pg_authid": {"rolpassword"},
    "pg_catalog.pg_class": {"relfrozenxid", "relminmxid"},
    "pg_catalog.pg_database": {"datfrozenxid", "datminmxid"},
    "pg_catalog.pg_proc": {"prosqlbody"},
    "pg_catalog.pg_rewrite": {"ev_action"},
    "pg_catalog.pg_settings": {"source", "sourcefile", "sourceline", "pending_restart"},
}
# Texts that are made when they are read; the table has the view's OID in their place.
_DEFINITIONS = {
    ("pg_catalog.pg_views", "definition"),
    ("pg_catalog.pg_matviews", "definition"),
    ("information_schema.views", "view_definition"),
}
_SCHEMAS = ("pg_catalog", "information_schema")
# The types that relations have and the fake stores under another name.
_STORED = {"pg_lsn": "text", "anyarray": "text"}


def source(context: Context, node: Node) -> tuple[TableSource, list[tuple[str, Expr]]] | None:
    """A RangeVar's system relation as an item of FROM with its columns, or None."""
    found = relation(context, node)
    if found is None:
        return None
    alias = context.alias()
    name = node.fields["relname"]
    return TableSource(alias, tables.table_name(found)), columns(name, found, alias)


def relation(context: Context, node: Node) -> str | None:
    """The system relation that a RangeVar means (`pg_catalog.pg_class`), or None.

    Raises:
        DatabaseError: 42P01 for a name that PostgreSQL does not have in those schemas.
        UnsupportedSQL: for one that only a server can fill.
    """
    schema, name = node.fields.get("schemaname"), node.fields["relname"]
    if schema is None:
        schema = _in_path(context, name)
    if schema not in _SCHEMAS:
        return None
    shown = f"{schema}.{name}"
    if tables.known(shown):
        node.get("schemaname")
        return shown
    if shown in data.outline().relations:
        raise context.unsupported(f"the system catalogue {shown}", node)
    if "schemaname" not in node:
        return None
    raise context.error("42P01", f'relation "{shown}" does not exist', node)


def system_column(context: Context, entry: Entry, name: str, node: Node) -> Expr:
    """`tableoid` of a system catalogue; the other columns that every table has are only a server's.

    Raises:
        DatabaseError: 42703 for a view, which has none.
        UnsupportedSQL: for the others.
    """
    shown = tables.relation_of(entry.system)
    if shown in data.outline().views:
        words = f'column "{name}"' if len(node["fields"]) == 1 else f"column {entry.alias}.{name}"
        raise context.error("42703", f"{words} does not exist", node)
    if name != "tableoid" or entry.nullable:
        raise context.unsupported(f"the system column {name}", node)
    oids = {row[1]: row[0] for row in data.rows_of("pg_class") if row[2] == PG_CATALOG}
    return Const("oid", oids[shown.partition(".")[2]], location=node.location)


def _in_path(context: Context, name: str) -> str | None:
    """The schema of the system through which the search path leads to a name."""
    if name.startswith("pg_"):
        return "pg_catalog" if f"pg_catalog.{name}" in data.outline().relations else None
    path = context.catalog.path
    if "information_schema" in path and f"information_schema.{name}" in data.outline().relations:
        return "information_schema"
    return None


def columns(shown: str, relation: str, alias: str) -> list[tuple[str, Expr]]:
    """The columns of a system relation; `alias` is its own in the lowered SQL."""
    unknown = _UNKNOWN.get(relation, ())
    found: list[tuple[str, Expr]] = []
    for column in data.outline().relations[relation]:
        kind = _STORED.get(column.type, column.type)
        if column.domain:
            kind = DomainType(kind, naming.type_key("information_schema", column.domain))
        made = UnknownColumn if column.name in unknown else ColumnRef
        expr: Expr = made(kind, alias, column.name, f"{shown}.{column.name}")
        if (relation, column.name) in _DEFINITIONS:
            expr = Call(kind, "pg_get_viewdef", ("oid",), (replace(expr, type="oid"),))
        found.append((column.name, expr))
    return found
