"""Which tables and rows a part of a statement reaches: what other parts, or SQLite, could get wrong."""

from __future__ import annotations

from nexus_testkit.postgres.catalog.schema import Catalog
from nexus_testkit.postgres.merges import Merge
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed import BoolOp, Call, ColumnRef, Expr
from nexus_testkit.postgres.typed_queries import FunctionSource, QuerySource, Source, TableSource, Values
from nexus_testkit.postgres.typed_statements import Delete, Insert, Update

Change = Insert | Update | Delete | Merge


def reached(catalog: Catalog, table: str) -> set[str]:
    """A table and those that foreign keys' actions change with it."""
    found = {table}
    pending = [table]
    while pending:
        for other, foreign in catalog.references_to(pending.pop()):
            if {foreign.on_delete, foreign.on_update} & {"c", "n", "d"} and other.name not in found:
                found.add(other.name)
                pending.append(other.name)
    return found


def acts_on(catalog: Catalog, part: Change, table: str) -> bool:
    """Whether a part changes another table's rows through the actions of foreign keys."""
    if isinstance(part, Insert | Update):
        sets = part.sets if isinstance(part, Update) else (part.conflict.sets if part.conflict is not None else None)
        columns = {column for column, _ in sets or ()}
        return any(
            foreign.on_update in ("c", "n", "d")
            and columns & set(foreign.targets)
            and table in reached(catalog, other.name)
            for other, foreign in catalog.references_to(part.table)
        )
    return table in reached(catalog, part.table)


def updates_conflicts(part: Change) -> bool:
    """Whether it is INSERT ... ON CONFLICT DO UPDATE."""
    return isinstance(part, Insert) and part.conflict is not None and part.conflict.sets is not None


def joins_many(catalog: Catalog, change: Change) -> bool:
    """Whether UPDATE ... FROM may find several rows for one of its own.

    The server takes the first, SQLite the last; and SQLite knows no LATERAL there.
    """
    return isinstance(change, Update) and not all(
        _found_once(catalog, source, change.where) for source in change.sources
    )


def _found_once(catalog: Catalog, source: Source, where: Expr | None) -> bool:
    """Whether the condition names a value for each column of a unique key of the source.

    A list of values is what the server makes a hash table of, so that the last match comes first, as in SQLite.
    """
    if isinstance(source, FunctionSource) or (
        isinstance(source, QuerySource) and isinstance(source.query.body, Values)
    ):
        return True
    if not isinstance(source, TableSource) or source.table not in catalog.tables or where is None:
        return False
    parts = where.args if isinstance(where, BoolOp) and where.op == "AND" else (where,)
    equated = {
        side.name
        for part in parts
        if isinstance(part, Call) and part.operator and part.name == "=" and len(part.args) == 2
        for side, other in (part.args, part.args[::-1])
        if isinstance(side, ColumnRef) and side.relation == source.alias and not _mentions(other, source.alias)
    }
    keys = (key for key in catalog.tables[source.table].keys if key.unique and key.where is None)
    return any(None not in key.columns and equated >= set(key.columns) for key in keys)


def _mentions(expr: Expr, alias: str) -> bool:
    return any(isinstance(node, ColumnRef) and node.relation == alias for node in nodes(expr))


def touches(change: Change) -> bool:
    """Whether ON CONFLICT DO UPDATE could meet a row of its own statement."""
    if not isinstance(change, Insert) or change.conflict is None or change.conflict.sets is None:
        return False
    return not (change.rows is not None and len(change.rows) == 1)


def reads_others(change: Update | Delete) -> bool:
    """Whether RETURNING reads other rows than the one that was written."""
    aliases = {source.alias for source in nodes(change.sources) if hasattr(source, "alias")}
    if isinstance(change, Update):
        aliases.add(change.alias)  # RETURNING of the row as it was
    return any(isinstance(node, ColumnRef) and node.relation in aliases for node in nodes(change.returning))
