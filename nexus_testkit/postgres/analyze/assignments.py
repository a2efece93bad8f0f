"""What is assigned to a column: its default, a value of INSERT, SET of UPDATE and its kin (`parse_target.c`)."""

from __future__ import annotations

from collections.abc import Sequence

from nexus_testkit.postgres.analyze import expressions, rows, rowtests, usertypes
from nexus_testkit.postgres.analyze.coerce import coerce_assigned
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column, Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Cast, Const, Expr
from nexus_testkit.postgres.typed_rows import RowExpr


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
