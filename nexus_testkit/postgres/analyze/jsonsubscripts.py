"""Subscripts of jsonb, read and assigned (`jsonbsubs.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.catalog.schema import Column
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Expr


def key(context: Context, step: Node, scope: Scope) -> Expr:
    """One subscript, as integer or text."""
    if step.get("is_slice"):
        bounds = [step.get("uidx"), step.get("lidx")]
        where = next((bound for bound in bounds if bound is not None), None)
        raise context.error("42804", "jsonb subscript does not support slices", where)
    index = expressions.expression(context, step["uidx"], scope)
    if index.type == UNKNOWN:
        return coerce(context, index, "text")
    fitting = [kind for kind in ("int4", "text") if context.overloads.can_coerce(index.type, kind)]
    if len(fitting) != 1:
        raise context.error(
            "42804",
            f"subscript type {title(index.type)} is not supported",
            index,
            hint="jsonb subscript must be coercible to either integer or text.",
        )
    return coerce(context, index, fitting[0])


def assigned(context: Context, node: Node, column: Column, before: Expr, value: Expr, scope: Scope) -> Expr:
    """What the column is after `SET column[...] = value`."""
    keys = [key(context, step, scope) for step in node["indirection"]]
    if not context.overloads.can_coerce(value.type, "jsonb", "a"):
        raise context.error(
            "42804",
            f'subscripted assignment to "{column.name}" requires type jsonb but expression is of type {title(value.type)}',
            node,
            hint="You will need to rewrite or cast the expression.",
        )
    args = (before, coerce(context, value, "jsonb", "a"), *keys)
    return Call("jsonb", "sql/json assign", tuple(arg.type for arg in args), args, location=node.location)
