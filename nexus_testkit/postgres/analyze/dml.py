"""INSERT, UPDATE, DELETE (`analyze.c`, `parse_target.c`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from nexus_testkit.postgres.analyze import (
    expressions,
    select,
    setreturning,
    sources,
)
from nexus_testkit.postgres.analyze.assignments import assigned, column_of, default_of, set_list
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.analyze.returning import Target, deleting, returning
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column, Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ColumnRef, Expr
from nexus_testkit.postgres.typed_queries import Query, Values
from nexus_testkit.postgres.typed_statements import Delete, Insert, Update

_Change = TypeVar("_Change", Insert, Update, Delete)


def target(context: Context, node: Node) -> tuple[Table, str, str]:
    """The table, the name that qualifies its columns, its alias in the lowered SQL."""
    relation = node["relation"]
    if sources.relation_name(context, relation) in context.catalog.views:
        from nexus_testkit.postgres.analyze import updatable  # noqa: PLC0415  # many programs have no views

        table = updatable.target(context, relation, node)
    else:
        table = sources.find_table(context, relation)
    alias = relation.get("alias")
    shown = alias["aliasname"] if alias is not None else naming.bare(table.name)
    return table, shown, context.alias()


def _through_view(context: Context, made: _Change, node: Node) -> _Change:
    """The statement about the table behind the view, if it is about a view."""
    if made.table not in context.catalog.views:
        return made
    from nexus_testkit.postgres.analyze import updatable  # noqa: PLC0415  # many programs have no views

    return updatable.through(context, made, node)


def insert(context: Context, node: Node, scope: Scope) -> Insert:
    """INSERT, in a fresh scope."""
    ctes, recursive = select.with_clause(context, node, scope)
    table, shown, alias = target(context, node)
    named = node.all("cols")
    columns = insert_columns(context, table, named)
    override = node.get("override", "OVERRIDING_NOT_SET")
    rows: list[list[Expr]] | None = None
    filled: list[Column] = []
    source: Query | None = None
    mapped: list[Expr] = []
    if "selectStmt" not in node:
        rows = [[]]
    else:
        inner = node["selectStmt"]
        if "valuesLists" in inner and not any(
            key in inner for key in ("sortClause", "limitCount", "limitOffset", "withClause")
        ):
            scope.unreachable = [sources.table_entry(table, "", shown, "")]
            rows, filled = _insert_rows(context, inner, columns, named, scope, override)
            scope.unreachable = []
        else:
            source, mapped, filled = _insert_query(context, inner, columns, named, scope, override)
    if rows is not None and scope.set_returning:
        source, mapped, rows = *setreturning.as_query(context, rows[0]), None
    missing = [column for column in table.columns if column not in filled and column.generated is None]
    if rows is not None:
        # DEFAULT, which is all that a generated column may be given, is left to SQLite.
        kept = [at for at, column in enumerate(filled) if column.generated is None]
        rows = [[row[at] for at in kept] for row in rows] if filled else rows
        filled = [filled[at] for at in kept]
        rows = [[*row, *(default_of(column) for column in missing)] for row in rows]
    mapped = [*mapped, *(default_of(column) for column in missing)] if source is not None else []
    conflict = None
    if "onConflictClause" in node:
        from nexus_testkit.postgres.analyze import conflicts  # noqa: PLC0415  # few statements have it

        conflict = conflicts.conflict(context, node["onConflictClause"], table, shown, alias, scope)
    before = context.alias() if conflict is not None and conflict.sets is not None else None
    unreachable = [sources.table_entry(table, "", "excluded", "")] if conflict is not None else []
    locked = deleting(before) if table.name not in context.catalog.views else None
    target_row = Target(table, shown, before, inserted=locked, unreachable=unreachable)
    outputs, stage = returning(context, node, target_row, scope, [])
    names = [column.name for column in (*filled, *missing)]
    made = Insert(
        table.name, alias, names, rows, source, mapped, conflict, outputs, ctes, recursive, stage, before or ""
    )
    return _through_view(context, made, node)


def insert_columns(context: Context, table: Table, named: Sequence[Node]) -> list[Column]:
    """The columns that INSERT fills: those that it names, or all."""
    if not named:
        return list(table.columns)
    columns: list[Column] = []
    for item in named:
        if "indirection" in item:
            raise context.unsupported("INSERT into a part of a column", item)
        column = column_of(context, table, item["name"], item)
        if "indirection" in item:
            raise context.unsupported("INSERT into a part of a column", item)
        if column in columns:
            raise context.error("42701", f'column "{column.name}" specified more than once', item)
        columns.append(column)
    return columns


def _insert_rows(
    context: Context,
    inner: Node,
    columns: list[Column],
    named: Sequence[Node],
    scope: Scope,
    override: str,
) -> tuple[list[list[Expr]], list[Column]]:
    written = [row["items"] for row in inner["valuesLists"]]
    scope.clause = "VALUES" if len(written) > 1 else "INSERT"  # one row is read as a select list
    width = len(written[0])
    for row in written:
        if len(row) != width:
            raise context.error("42601", "VALUES lists must all be the same length", row[0])
    check_width(context, width, columns, named, written[0])
    filled = columns[:width]
    if len(written) > 1:
        return _many_rows(context, written, filled, scope, override), filled
    exprs = [
        None if item.kind == "SetToDefault" else expressions.expression(context, item, scope) for item in written[0]
    ]
    row = [assigned(context, expr, column, override) for expr, column in zip(exprs, filled, strict=True)]
    return [row], filled


def _many_rows(
    context: Context, written: list[list[Node]], filled: list[Column], scope: Scope, override: str
) -> list[list[Expr]]:
    rows: list[list[Expr]] = []
    for row in written:
        exprs = [None if item.kind == "SetToDefault" else expressions.expression(context, item, scope) for item in row]
        rows.append([assigned(context, expr, column, override) for expr, column in zip(exprs, filled, strict=True)])
    return rows


def check_width(
    context: Context, width: int, columns: list[Column], named: Sequence[Node], items: Sequence[Node]
) -> None:
    """Refuse more or fewer values than columns."""
    if width > len(columns):
        raise context.error("42601", "INSERT has more expressions than target columns", items[len(columns)])
    if named and width < len(columns):
        raise context.error("42601", "INSERT has more target columns than expressions", named[width])


def _insert_query(
    context: Context,
    inner: Node,
    columns: list[Column],
    named: Sequence[Node],
    scope: Scope,
    override: str,
) -> tuple[Query, list[Expr], list[Column]]:
    query = select.query(context, inner, Scope(parent=scope), resolve=False)
    outputs = query.outputs[: len(query.outputs) - getattr(query.body, "hidden", 0)]
    if len(outputs) > len(columns):
        raise context.error("42601", "INSERT has more expressions than target columns", outputs[len(columns)].expr)
    if named and len(outputs) < len(columns):
        raise context.error("42601", "INSERT has more target columns than expressions", named[len(outputs)])
    filled = columns[: len(outputs)]
    mapped: list[Expr] = []
    for at, (output, column) in enumerate(zip(outputs, filled, strict=True)):
        expr = output.expr
        if expr.type == UNKNOWN:
            select.coerce_output(
                context,
                query,
                at,
                column.type if column.type in ("text", "varchar") or not isinstance(query.body, Values) else "text",
            )
            expr = query.outputs[at].expr
        placed = ColumnRef(expr.type, "source", f"c{at}", output.name, location=expr.location, typmod=expr.typmod)
        mapped.append(assigned(context, placed, column, override))
    return query, mapped, filled


# ------------------------------------------------------------------------------- UPDATE, DELETE, RETURNING


def update(context: Context, node: Node, scope: Scope) -> Update:
    """UPDATE, in a fresh scope."""
    ctes, recursive = select.with_clause(context, node, scope)
    table, shown, alias = target(context, node)
    own = sources.table_entry(table, alias, shown, alias)
    scope.entries.append(own)
    others = sources.from_clause(context, node.all("fromClause"), scope)
    where = None
    if "whereClause" in node:
        scope.clause = "WHERE"
        where = expressions.condition(context, node["whereClause"], scope, "WHERE")
    outputs, stage = returning(context, node, Target(table, shown, alias), scope, scope.entries[1:])
    scope.clause = "UPDATE"
    sets = set_list(context, table, node["targetList"], scope)
    made = Update(table.name, alias, sets, others, where, outputs, ctes, recursive, stage)
    return _through_view(context, made, node)


def delete(context: Context, node: Node, scope: Scope) -> Delete:
    """DELETE, in a fresh scope."""
    ctes, recursive = select.with_clause(context, node, scope)
    table, shown, alias = target(context, node)
    scope.entries.append(sources.table_entry(table, alias, shown, alias))
    others = sources.from_clause(context, node.all("usingClause"), scope)
    where = None
    if "whereClause" in node:
        scope.clause = "WHERE"
        where = expressions.condition(context, node["whereClause"], scope, "WHERE")
    outputs, stage = returning(context, node, Target(table, shown, "", new=False), scope, scope.entries[1:])
    made = Delete(table.name, alias, others, where, outputs, ctes, recursive, stage)
    return _through_view(context, made, node)
