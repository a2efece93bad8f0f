"""INSERT, UPDATE, DELETE (`analyze.c`, `parse_target.c`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from nexus_testkit.postgres.analyze import (
    expressions,
    rows,
    rowtests,
    select,
    setreturning,
    sources,
    usertypes,
)
from nexus_testkit.postgres.analyze.coerce import coerce_assigned
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.analyze.returning import Target, deleting, returning
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column, Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Cast, ColumnRef, Const, Expr
from nexus_testkit.postgres.typed_queries import Query, Values
from nexus_testkit.postgres.typed_rows import RowExpr
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


def column_of(context: Context, table: Table, name: str, node: Node) -> Column:
    """The column that INSERT or UPDATE names.

    Raises:
        DatabaseError: 42703.
    """
    column = table.column(name)
    if column is None:
        raise context.error("42703", f'column "{name}" of relation "{table.name}" does not exist', node)
    return column


def default_of(column: Column) -> Expr:
    """The expression that fills a column when no value is given."""
    if column.sequence is not None:
        value: Expr = Call(
            "int8", "nextval", ("regclass",), (Const("text", naming.explicit(column.sequence)),), volatile=True
        )
        return value if column.type == "int8" else Cast(column.type, value, "a")
    if column.default is not None:
        return column.default
    return Const(column.type, None)


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


def assigned(context: Context, expr: Expr | None, column: Column, override: str = "") -> Expr:
    """A value for a column; None is DEFAULT."""
    # A view's own default is no DEFAULT to the table behind it (rewriteTargetListIU).
    if expr is None and (column.generated is None or column.default is None):
        return default_of(column)
    if expr is None or column.generated is not None:
        raise context.error(
            "428C9",
            f'cannot insert a non-DEFAULT value into column "{column.name}"',
            detail=f'Column "{column.name}" is a generated column.',
        )
    if column.identity == "a" and override == "OVERRIDING_NOT_SET":
        raise context.error(
            "428C9",
            f'cannot insert a non-DEFAULT value into column "{column.name}"',
            detail=f'Column "{column.name}" is an identity column defined as GENERATED ALWAYS.',
            hint="Use OVERRIDING SYSTEM VALUE to override.",
        )
    if column.identity and override == "OVERRIDING_USER_VALUE":
        return default_of(column)
    return coerce_assigned(context, expr, column.name, column.type, column.typmod)


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


def set_list(context: Context, table: Table, nodes: Sequence[Node], scope: Scope) -> list[tuple[str, Expr]]:
    """`SET column = expression` pairs; all expressions are read before the first is assigned."""
    sets: list[tuple[str, Expr]] = []
    for node, expr in _values_of(context, table, nodes, scope):
        if "indirection" in node and expr is not None:
            sets = _set_part(context, table, node, expr, sets, scope)
            continue
        column = column_of(context, table, node["name"], node)
        _once(context, sets, column)
        if expr is not None:
            sets.append((column.name, _assigned_by_update(context, expr, column)))
        elif table.name in context.catalog.views and (column.generated is not None or column.identity == "a"):
            _assigned_by_update(context, default_of(column), column)  # what the view knows as the default
        elif column.generated is None:  # the default of a generated column is its value
            sets.append((column.name, default_of(column)))
    return sets


def _values_of(context: Context, table: Table, nodes: Sequence[Node], scope: Scope) -> list[tuple[Node, Expr | None]]:
    """The items of SET with their expressions; None for DEFAULT."""
    read: list[tuple[Node, Expr | None]] = []
    made: list[Expr] = []
    for node in nodes:
        if "indirection" in node:
            column_of(context, table, node["name"], node)
            if (
                not _of_array(context, table, node)
                and not _of_json(context, table, node)
                and (len(node["indirection"]) != 1 or node["indirection"][0].kind != "String")
            ):
                raise context.unsupported("SET of a part of a column", node)
        value = node["val"]
        if value.kind == "MultiAssignRef":
            source = value["source"]
            number, _ = value["colno"], value["ncolumns"]
            if source.kind == "SubLink":
                if number == 1:
                    made = rowtests.columns(context, source, value["ncolumns"], scope)
                else:
                    source.ignore()  # libpg_query repeats the query for each of its columns
                read.append((node, made[number - 1]))
                continue
            if source.kind != "RowExpr":
                raise context.error(
                    "0A000", "source for a multiple-column UPDATE item must be a sub-SELECT or ROW() expression", source
                )
            if any("A_Star" in item.get("ColumnRef", {}).get("fields", [{}])[-1] for item in source.fields["args"]):
                if number == 1:
                    spread = rows.row(context, source, scope)
                    made = list(spread.items) if isinstance(spread, RowExpr) else []
                    if len(made) != value["ncolumns"]:
                        raise context.error("42601", "number of columns does not match number of values", source)
                else:
                    source.ignore()
                read.append((node, made[number - 1]))
                continue
            items = source["args"]
            if len(items) != value["ncolumns"]:
                raise context.error("42601", "number of columns does not match number of values", source)
            for other in items:
                if other is not items[number - 1]:
                    other.ignore()  # libpg_query repeats the whole row for each of its columns
            value = items[number - 1]
        read.append((node, None if value.kind == "SetToDefault" else expressions.expression(context, value, scope)))
    return read


def _set_part(
    context: Context, table: Table, node: Node, expr: Expr, sets: list[tuple[str, Expr]], scope: Scope
) -> list[tuple[str, Expr]]:
    """`SET column[...] = expr`, `SET column.field = expr`: on what the same statement has made of the column before."""
    from nexus_testkit.postgres.analyze import composites, jsonsubscripts, subscripts  # noqa: PLC0415  # seldom written

    column = column_of(context, table, node["name"], node)
    if _of_array(context, table, node):
        done = [at for at, (name, _) in enumerate(sets) if name == column.name]
        before = sets.pop(done[0])[1] if done else _stored(scope, column)
        made_of = subscripts.assigned(context, node, column, column.type, before, expr, scope)
        return [*sets, (column.name, usertypes.checked(column.type, made_of))]
    if _of_json(context, table, node):
        stored = next((made_of for name, made_of in sets if name == column.name), _stored(scope, column))
        if not isinstance(stored, Call) or stored.name != "sql/json assign":
            _once(context, sets, column)
        sets = [each for each in sets if each[0] != column.name]
        return [*sets, (column.name, jsonsubscripts.assigned(context, node, column, stored, expr, scope))]
    earlier = [at for at, (name, made_of) in enumerate(sets) if name == column.name and isinstance(made_of, RowExpr)]
    before = sets.pop(earlier[0])[1] if earlier else _stored(scope, column)
    field = node["indirection"][0]["sval"]
    return [*sets, (column.name, composites.with_field(context, column, before, field, expr, node))]


def _of_array(context: Context, table: Table, node: Node) -> bool:
    """Whether the target is an element or a slice of an array column."""
    is_array = column_of(context, table, node["name"], node).type.endswith("[]")
    return is_array and all(step.kind == "A_Indices" for step in node["indirection"])


def _of_json(context: Context, table: Table, node: Node) -> bool:
    """Whether the target is a part of a jsonb column."""
    is_json = column_of(context, table, node["name"], node).type == "jsonb"
    return is_json and all(step.kind == "A_Indices" for step in node["indirection"])


def _stored(scope: Scope, column: Column) -> Expr:
    return next(expr for name, expr in scope.entries[0].columns if name == column.name)


def _once(context: Context, sets: list[tuple[str, Expr]], column: Column) -> None:
    if any(name == column.name for name, _ in sets):
        raise context.error("42601", f'multiple assignments to same column "{column.name}"')


def _assigned_by_update(context: Context, expr: Expr, column: Column) -> Expr:
    if column.generated is not None or column.identity == "a":
        what = (
            "is a generated column."
            if column.generated is not None
            else "is an identity column defined as GENERATED ALWAYS."
        )
        raise context.error(
            "428C9",
            f'column "{column.name}" can only be updated to DEFAULT',
            detail=f'Column "{column.name}" {what}',
        )
    return coerce_assigned(context, expr, column.name, column.type, column.typmod)


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
