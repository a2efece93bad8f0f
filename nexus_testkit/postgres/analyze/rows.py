"""Row values: ROW(...), whole rows of FROM, fields, composite types (`parse_expr.c`, `parse_func.c`, `parse_coerce.c`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nexus_testkit.errors import DatabaseError, InterfaceError
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope, Where
from nexus_testkit.postgres.analyze.names import expand_star, find_entry
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Table
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Cast, ColumnRef, Expr, Param
from nexus_testkit.postgres.typed_queries import THERE, Output
from nexus_testkit.postgres.typed_rows import FieldOf, RowExpr, RowIsNull
from nexus_testkit.postgres.values import records

RECORD = records.ANONYMOUS
_UNKNOWN = "unknown"


def row(context: Context, node: Node, scope: Scope) -> Expr:
    """`ROW(a, b)`, `(a, b)`, with `alias.*` spread out."""
    from nexus_testkit.postgres.analyze import coerce, expressions  # noqa: PLC0415  # a cycle otherwise

    node.skip("colnames")
    items: list[Expr] = []
    for item in node.all("args"):
        if item.kind == "ColumnRef" and "A_Star" in item.fields["fields"][-1]:
            items.extend(output.expr for output in expand_star(context, item, scope))
            continue
        expr = expressions.expression(context, item, scope)
        items.append(coerce.undecided(context, expr) if isinstance(expr, Param) and expr.type == _UNKNOWN else expr)
    fields = tuple((f"f{at}", item.type) for at, item in enumerate(items, 1))
    return RowExpr(records.row_type(RECORD, fields), tuple(items), location=node.location)


def of_table(table: Table) -> records.RowType:
    """The type of a table's rows."""
    return records.row_type(table.name, tuple((column.name, str(column.type)) for column in table.columns))


def whole(context: Context, entry: Entry, node: Node) -> Expr:
    """A row of FROM as a value; of a function that gives one value a row, that value."""
    if entry.scalar:
        return replace(entry.columns[0][1], location=node.location)
    there: Expr | None = None
    table = entry.table
    if table is not None and [name for name, _ in entry.columns] == [column.name for column in table.columns]:
        kind = of_table(table)
        there = ColumnRef("int8", entry.relation, table.rowid)
    else:
        kind = records.row_type(entry.view or RECORD, tuple((name, str(expr.type)) for name, expr in entry.columns))
        if entry.nullable:
            if not entry.relation:
                raise context.unsupported("a whole row of a join on the nullable side of another", node)
            there = ColumnRef("int8", entry.relation, THERE)
            if entry.source is not None:
                entry.source.marked = True
    items = tuple(expr for _, expr in entry.columns)
    return RowExpr(kind, items, there, entry.alias or "", location=node.location)


def star(context: Context, node: Node, scope: Scope) -> Expr:
    """`alias.*` where a value is wanted: the whole row."""
    fields = node["fields"]
    fields[-1].skip()
    names = [field["sval"] for field in fields[:-1]]
    if len(names) != 1:
        raise context.unsupported("row.* in an expression", node)
    return whole(context, find_entry(context, names[0], node, scope), node)


def field(context: Context, expr: Expr, name: str, where: Where) -> Expr:
    """`(expr).name`.

    Raises:
        DatabaseError: 42703, 42809.
    """
    kind = records.find(expr.type)
    if kind is None:
        if expr.type == RECORD:
            raise context.unsupported("a field of a row whose columns are not known", where)
        raise context.error(
            "42809",
            f"column notation .{name} applied to type {title(expr.type)}, which is not a composite type",
            where,
        )
    for at, (own, inner) in enumerate(kind.fields):
        if own == name:
            if inner == _UNKNOWN:
                raise context.error("XX000", "failed to find conversion function from unknown to text")
            return FieldOf(inner, expr, at, location=expr.location)
    if isinstance(expr, RowExpr) and expr.shown:
        raise context.error("42703", f"column {expr.shown}.{name} does not exist", where)
    if kind.key == RECORD:
        raise context.error("42703", f'could not identify column "{name}" in record data type', where)
    raise context.error("42703", f'column "{name}" not found in data type {title(kind)}', where)


def called(context: Context, name: str, arg: Expr) -> Expr | None:
    """`field(row)`, which means `(row).field` where no function is called so; None where it means nothing of the kind."""
    kind = records.find(arg.type)
    if kind is None or all(own != name for own, _ in kind.fields):
        return None
    return field(context, arg, name, arg) if context.overloads.function(name, [arg.type]) is None else None


def spread(context: Context, expr: Expr, where: Where) -> list[Output]:
    """`(expr).*`: all fields."""
    kind = records.find(expr.type)
    if kind is None:
        if expr.type == RECORD:
            raise context.unsupported("the fields of a row whose columns are not known", where)
        raise context.error("42809", f"type {title(expr.type)} is not composite", where)
    return [Output(name, field(context, expr, name, where)) for name, _ in kind.fields]


def is_null(expr: Expr, *, negated: bool, location: int) -> Expr | None:
    """IS [NOT] NULL of a row; None where it is no row."""
    return RowIsNull("bool", expr, negated, location=location) if records.find(expr.type) is not None else None


def coerced(context: Context, expr: Expr, target: str, kind: str, where: Where) -> Expr | None:
    """A row as a row of another type; None where this is none of that.

    Raises:
        DatabaseError: 42846.
    """
    wanted, have = records.find(target), records.find(expr.type)
    if wanted is None or have is None:
        return expr if have is not None and target == RECORD else None
    if wanted is have:
        return expr
    if have.key != RECORD:
        raise _no_cast(context, expr, target, where)
    if len(have.fields) != len(wanted.fields):
        words = "few" if len(have.fields) < len(wanted.fields) else "many"
        raise _no_cast(context, expr, target, where, detail=f"Input has too {words} columns.")
    if wanted.key == RECORD:
        if [inner for _, inner in have.fields] != [inner for _, inner in wanted.fields]:
            raise context.unsupported("rows of different fields in one place", where)
        return replace(expr, type=wanted) if isinstance(expr, RowExpr) else Cast(wanted, expr, "i")
    if not isinstance(expr, RowExpr) or expr.there is not None:
        raise _no_cast(context, expr, target, where)
    return RowExpr(wanted, _fitted(context, expr.items, wanted, kind), location=expr.location)


def _fitted(context: Context, items: Sequence[Expr], wanted: records.RowType, kind: str) -> tuple[Expr, ...]:
    from nexus_testkit.postgres.analyze.coerce import coerce  # noqa: PLC0415  # a cycle otherwise

    found: list[Expr] = []
    for at, (item, (_, inner)) in enumerate(zip(items, wanted.fields, strict=True), 1):
        if not context.overloads.can_coerce(item.type, inner, kind):
            raise context.error(
                "42846",
                f"cannot cast type record to {title(wanted)}",
                item,
                detail=f"Cannot cast type {title(item.type)} to {title(inner)} in column {at}.",
            )
        found.append(coerce(context, item, inner, kind))  # type: ignore[arg-type]  # one of the literals
    return tuple(found)


def _no_cast(context: Context, expr: Expr, target: str, where: Where, **fields: str) -> DatabaseError:
    return context.error("42846", f"cannot cast type {title(expr.type)} to {title(target)}", where, **fields)


def require_decodable(context: Context, outputs: Sequence[Output]) -> None:
    """Refuse rows that asyncpg cannot decode: a composite type with json in it, beside the port's codec for json.

    Raises:
        InterfaceError: with asyncpg's words; the server is not asked.
    """
    for output in outputs:
        kind = records.find(output.expr.type.removesuffix("[]"))
        if kind is None:
            continue
        hidden = _hidden(kind)
        if hidden is None:
            continue
        if kind.key == RECORD:
            raise context.unsupported(
                f"a row value with {title(hidden)} in it, which asyncpg cannot decode", output.expr
            )
        schema, name = naming.split(kind.key)
        raise InterfaceError(
            f'cannot decode type "{schema}"."{name}": text encoding of composite types is not supported'
        )


def _hidden(kind: records.RowType) -> str | None:
    for _, inner in kind.fields:
        row = records.find(inner)
        if inner.removesuffix("[]") in ("json", "jsonb") or (kind.key == RECORD and inner.endswith("[]")):
            return inner
        if row is not None and (found := _hidden(row)) is not None:
            return found
    return None
