"""VACUUM, ANALYZE, REINDEX, CLUSTER, LOCK TABLE and SET CONSTRAINTS: statements that change no answer, with their errors."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres import deferral
from nexus_testkit.postgres.analyze import sources
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import CommandPlan
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed_queries import TableSource

_VACUUM_OPTIONS = frozenset(
    [
        "analyze",
        "verbose",
        "freeze",
        "full",
        "skip_locked",
        "buffer_usage_limit",
        "disable_page_skipping",
        "index_cleanup",
        "truncate",
        "process_main",
        "process_toast",
        "parallel",
        "skip_database_stats",
        "only_database_stats",
    ]
)


def _option_words(context: Context, node: Node, field: str, known: frozenset[str] | None, command: str) -> list[str]:
    words: list[str] = []
    for option in node.all(field):
        word = option["defname"]
        option.skip("defaction", "arg")
        if "arg" in option:
            option["arg"].ignore()
        if known is not None and word not in known:
            raise context.error("42601", f'unrecognized {command} option "{word}"', option)
        words.append(word)
    return words


def vacuum(context: Context, node: Node) -> CommandPlan:
    """VACUUM and ANALYZE."""
    is_vacuum = bool(node.get("is_vacuumcmd"))
    tag = "VACUUM" if is_vacuum else "ANALYZE"
    known = _VACUUM_OPTIONS if is_vacuum else frozenset({"verbose", "skip_locked", "buffer_usage_limit"})
    words = _option_words(context, node, "options", known, tag)
    for item in node.all("rels"):
        relation = item["relation"]
        relation.skip("inh")
        table = _table(context, relation)
        columns = item.names("va_cols")
        if columns and is_vacuum and "analyze" not in words:
            raise context.error("0A000", "ANALYZE option must be specified when a column list is provided")
        for column in columns:
            if table is not None and table.column(column) is None:
                raise context.error(
                    "42703", f'column "{column}" of relation "{naming.bare(table.name)}" does not exist'
                )
    return CommandPlan(partial(_alone, command="VACUUM") if is_vacuum else _nothing, tag)


def _table(context: Context, relation: Node) -> Any:
    name = sources.relation_name(context, relation)
    if name in context.catalog.views:
        return None
    return sources.find_table(context, relation, located=False)


def _alone(session: Session, *, command: str) -> None:
    deferral.require_no_block(session, command=command)


def _nothing(session: Session) -> None:
    """Statistics and order of rows on disk: nothing that the fake has."""


def reindex(context: Context, node: Node) -> CommandPlan:
    """REINDEX."""
    kind = node["kind"].removeprefix("REINDEX_OBJECT_")
    words = _option_words(context, node, "params", None, "REINDEX")
    concurrently = "concurrently" in words
    if kind in ("SYSTEM", "DATABASE", "SCHEMA"):
        name = node.get("name")
        if kind == "SYSTEM" and concurrently:
            raise context.error("0A000", "cannot reindex system catalogs concurrently")
        if kind in ("SYSTEM", "DATABASE") and name not in (None, "postgres"):
            raise context.error("0A000", "can only reindex the currently open database")
        if kind == "SCHEMA" and name in ("pg_catalog", "information_schema", "pg_toast"):
            raise UnsupportedSQL(f'REINDEX SCHEMA "{name}"')
        if kind == "SCHEMA" and name not in context.catalog.schemas:
            raise context.error("3F000", f'schema "{name}" does not exist')
        return CommandPlan(partial(_alone, command=f"REINDEX {kind}"), "REINDEX")
    relation = node["relation"]
    name = sources.relation_name(context, relation)
    catalog = context.catalog
    if not catalog.relation_exists(name):
        sources.find_table(context, relation, located=False)
    if kind == "INDEX" and catalog.index(name) is None:
        raise context.error("42809", f'"{naming.bare(name)}" is not an index')
    if kind == "TABLE" and name not in catalog.tables:
        raise context.error("42809", f'"{naming.bare(name)}" is not a table or materialized view')
    return CommandPlan(partial(_alone, command="REINDEX CONCURRENTLY") if concurrently else _nothing, "REINDEX")


def cluster(context: Context, node: Node) -> CommandPlan:
    """CLUSTER: no query may ask for the order on disk."""
    _option_words(context, node, "params", frozenset({"verbose"}), "CLUSTER")
    if "relation" not in node:
        return CommandPlan(partial(_alone, command="CLUSTER"), "CLUSTER")
    table = sources.find_table(context, node["relation"], located=False)
    index = node.get("indexname")
    shown = naming.bare(table.name)
    if index is None:
        raise context.unsupported("CLUSTER of a table by the index of an earlier CLUSTER", node)
    key = next((key for key in table.keys if naming.bare(key.name) == index), None)
    if key is None:
        raise context.error("42704", f'index "{index}" for table "{shown}" does not exist')
    if key.where is not None:
        raise context.error("0A000", f'cannot cluster on partial index "{index}"')
    return CommandPlan(partial(_cluster, table=table.name, key=key.name), "CLUSTER")


def _cluster(session: Session, *, table: str, key: str) -> None:
    """A table that is empty or has one row is in order already; the order of more is not kept here."""
    from nexus_testkit.errors import UnsupportedSQL  # noqa: PLC0415  # rare
    from nexus_testkit.postgres.lower.ddl import lowering  # noqa: PLC0415  # rare

    known = session.engine.catalog.tables[table]
    found = next(each for each in known.keys if each.name == key)
    low = lowering(session.engine.catalog)
    order = ", ".join(low.key(term) for term in found.terms)
    rows = session.query(f'SELECT {known.rowid} FROM "{table}" ORDER BY {order}')
    numbers = [row[0] for row in rows]
    if numbers != sorted(numbers):
        raise UnsupportedSQL("CLUSTER of a table whose rows are in another order")


def set_constraints(context: Context, node: Node) -> CommandPlan:  # noqa: ARG001  # a rule's signature
    """SET CONSTRAINTS."""
    names: list[tuple[str | None, str]] | None = None
    if "constraints" in node:
        names = []
        for item in node["constraints"]:
            item.skip("inh", "relpersistence")
            names.append((item.get("schemaname"), item["relname"]))
    return CommandPlan(
        partial(deferral.set_constraints, names=names, deferred=bool(node.get("deferred"))), "SET CONSTRAINTS"
    )


def lock(context: Context, node: Node) -> CommandPlan:
    """LOCK TABLE; of a view, the tables that it reads (`LockViewRecurse`, lockcmds.c)."""
    mode, wait = int(node["mode"]), not node.get("nowait")
    tables: dict[str, None] = {}
    for relation in node["relations"]:
        relation.skip("inh")
        name = sources.relation_name(context, relation)
        if name in context.catalog.sequences or context.catalog.index(name) is not None:
            raise context.error(
                "42809",
                f'cannot lock relation "{naming.bare(name)}"',
                detail="This operation is not supported for "
                + ("sequences." if name in context.catalog.sequences else "indexes."),
            )
        _table(context, relation)
        view = context.catalog.views.get(name)
        if view is None:
            tables[name] = None
        else:
            tables.update({each.table: None for each in nodes(view.query) if isinstance(each, TableSource)})
    return CommandPlan(partial(_lock, tables=tuple(tables), mode=mode, wait=wait), "LOCK TABLE")


def _lock(session: Session, *, tables: tuple[str, ...], mode: int, wait: bool) -> None:
    from nexus_testkit.postgres.concurrency.locking import lock_tables  # noqa: PLC0415  # few programs lock tables

    lock_tables(session, tables, mode, wait=wait)


RULES: dict[str, Callable[[Context, Node], Any]] = {
    "VacuumStmt": vacuum,
    "ReindexStmt": reindex,
    "ClusterStmt": cluster,
    "ConstraintsSetStmt": set_constraints,
    "LockStmt": lock,
}
