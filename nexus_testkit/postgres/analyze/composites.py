"""Composite types: CREATE TYPE ... AS (...), and assignment to one of their fields (`typecmds.c`, `parse_target.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import domains
from nexus_testkit.postgres.analyze.context import Context, Where
from nexus_testkit.postgres.analyze.typenames import resolve_type
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.catalog.schema import Column
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import SchemaPlan
from nexus_testkit.postgres.typed import Expr
from nexus_testkit.postgres.typed_rows import FieldOf, RowExpr
from nexus_testkit.postgres.values import records


def create(context: Context, node: Node) -> SchemaPlan:
    """CREATE TYPE name AS (field type, ...).

    Limits: a field's type has no modifier.
    """
    written = node["typevar"]
    written.skip("relpersistence")
    parts = [*([written["schemaname"]] if "schemaname" in written else []), written["relname"]]
    key = domains.new_type(context, parts)
    fields: list[tuple[str, str]] = []
    for item in node.all("coldeflist"):
        item.skip("is_local")
        kind, typmod = resolve_type(context, item["typeName"])
        if typmod is not None:
            raise context.unsupported("a field with a type modifier", item)
        if any(name == item["colname"] for name, _ in fields):
            raise context.error("42701", f'column "{item["colname"]}" specified more than once')
        fields.append((item["colname"], kind))
    catalog = domains.with_temporary(context.catalog, key)
    catalog = catalog.changed(composites={**catalog.composites, key: records.row_type(key, tuple(fields))})
    return SchemaPlan((), catalog, "CREATE TYPE")


def with_field(context: Context, column: Column, before: Expr, name: str, value: Expr, where: Where) -> Expr:
    """`SET column.name = value`: the row `before` with one field replaced.

    Raises:
        DatabaseError: 42703, 42804.
    """
    from nexus_testkit.postgres.analyze.coerce import coerce_assigned  # noqa: PLC0415  # a cycle otherwise

    kind = records.find(column.type)
    if kind is None:
        shown = title(column.type)
        raise context.error(
            "42804",
            f'cannot assign to field "{name}" of column "{column.name}" because its type {shown} is not a composite type',
            where,
        )
    if name not in [own for own, _ in kind.fields]:
        raise context.error(
            "42703",
            f'cannot assign to field "{name}" of column "{column.name}" because there is no such column in data type '
            f"{naming.bare(kind.key)}",
            where,
        )
    wanted = dict(kind.fields)[name]
    if not context.overloads.can_coerce(value.type, wanted, "a"):
        raise context.error(
            "42804",
            f'subfield "{name}" is of type {title(wanted)} but expression is of type {title(value.type)}',
            where,
            hint="You will need to rewrite or cast the expression.",
        )
    items = tuple(
        coerce_assigned(context, value, own, inner, None)
        if own == name
        else before.items[at]
        if isinstance(before, RowExpr)
        else FieldOf(inner, before, at)
        for at, (own, inner) in enumerate(kind.fields)
    )
    return RowExpr(kind, items)
