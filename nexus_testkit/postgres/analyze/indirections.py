"""Arrays written out, elements of arrays and of jsonb, fields of rows (`parse_expr.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import rows
from nexus_testkit.postgres.analyze.coerce import coerce_common
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.expressions import expression
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ArrayExpr, Expr, Subscript
from nexus_testkit.postgres.typed_queries import Output
from nexus_testkit.postgres.values.regs import as_array


def array(context: Context, node: Node, scope: Scope) -> Expr:
    """`ARRAY[...]`."""
    written = node.all("elements")
    if not written:
        raise context.error(
            "42P18",
            "cannot determine type of empty array",
            node,
            hint='Explicitly cast to the desired type, for example "ARRAY[]::integer[]".',
        )
    items = [expression(context, item, scope) for item in written]
    common, items = coerce_common(context, items, "ARRAY")
    nested = common.endswith("[]")
    return ArrayExpr(common if nested else common + "[]", tuple(items), nested, location=node.location)


def spread(context: Context, node: Node, scope: Scope) -> list[Output]:
    """`(row).*`."""
    expr = expression(context, node["arg"], scope)
    for step in node["indirection"]:
        if step.kind == "A_Star":
            return rows.spread(context, expr, expr)
        if step.kind != "String":
            raise context.unsupported("a subscript before .*", node)
        expr = rows.field(context, expr, step["sval"], expr)
    raise context.unsupported("this field of a row", node)


def indirection(context: Context, node: Node, scope: Scope) -> Expr:
    """`array[1]`, `jsonb['key']`."""
    expr = expression(context, node["arg"], scope)
    steps = list(node["indirection"])
    while steps:
        step = steps.pop(0)
        if step.kind == "String":
            expr = rows.field(context, expr, step["sval"], expr)
            continue
        if as_array(expr.type).endswith("[]"):
            from nexus_testkit.postgres.analyze import subscripts  # noqa: PLC0415  # seldom used

            count = next((at for at, other in enumerate(steps) if other.kind != "A_Indices"), len(steps))
            own, steps = [step, *steps[:count]], steps[count:]
            expr = subscripts.of_array(context, node, expr, own, scope, as_array(expr.type))
            continue
        if expr.type == "jsonb" and step.kind == "A_Indices":
            from nexus_testkit.postgres.analyze import jsonsubscripts  # noqa: PLC0415  # a cycle otherwise

            expr = Subscript("jsonb", expr, jsonsubscripts.key(context, step, scope), location=node.location)
        else:
            raise context.error(
                "42804", f"cannot subscript type {title(expr.type)} because it does not support subscripting", expr
            )
    return expr
