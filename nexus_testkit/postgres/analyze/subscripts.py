"""Subscripts and slices of arrays, read and assigned (`arraysubs.c`)."""

from __future__ import annotations

from collections.abc import Sequence

from nexus_testkit.postgres.analyze import expressions
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog.schema import Column
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Const, Expr, Subscript
from nexus_testkit.postgres.vectors import vector_of

_DEEPEST = 6
#: Names that no call can have: `values.seldom` says what they are in SQLite.
_SLICE, _ELEMENT, _SET, _SET_SLICE = "array slice", "array element", "array set", "array set slice"


def of_array(context: Context, node: Node, expr: Expr, steps: Sequence[Node], scope: Scope, kind: str) -> Expr:
    """`array[1][2]` or `array[1:2]`; `kind` is the array's type, which a domain may hide."""
    marks, bounds, sliced = _bounds(context, node, steps, scope)
    if len(steps) > _DEEPEST:
        raise context.error(
            "54000", f"number of array dimensions ({len(steps)}) exceeds the maximum allowed ({_DEEPEST})"
        )
    if not sliced and len(bounds) == 1:
        return Subscript(kind[:-2], expr, bounds[0], location=node.location)
    if vector_of(expr) is not None:
        raise context.unsupported(f"a slice of {expr.type}, whose bounds begin at 0", node)
    signature = (kind, *["int4"] * len(bounds))
    if not sliced:
        return Call(kind[:-2], _ELEMENT, signature, (expr, *bounds), location=node.location)
    args = (Const("text", marks), expr, *bounds)
    return Call(kind, _SLICE, ("text", *signature), args, location=node.location)


def _bounds(context: Context, node: Node, steps: Sequence[Node], scope: Scope) -> tuple[str, tuple[Expr, ...], bool]:
    """Which bounds are written, as letters; the bounds; whether there is a slice among the steps."""
    sliced = any(step.get("is_slice") for step in steps)
    marks, bounds = "", []
    for step in steps:
        if step.kind != "A_Indices":
            raise context.unsupported("a field of an array's element", node)
        is_slice = bool(step.get("is_slice"))
        for key, letter in (("lidx", "l"), ("uidx", "u")):
            if key in step:
                index = expressions.expression(context, step[key], scope)
                if not context.overloads.can_coerce(index.type, "int4", "a"):
                    raise context.error("42804", "array subscript must have type integer", index)
                bounds.append(coerce(context, index, "int4", "a"))
                marks += letter if is_slice or not sliced else "1"  # beside a slice, [n] means [1:n]
            elif is_slice:
                marks += "-"
    return marks, tuple(bounds), sliced


def assigned(context: Context, node: Node, column: Column, kind: str, before: Expr, value: Expr, scope: Scope) -> Expr:
    """What the column is after `SET column[...] = value`; `kind` is the column's array type."""
    marks, bounds, sliced = _bounds(context, node, node["indirection"], scope)
    wanted = kind if sliced else kind[:-2]
    if not context.overloads.can_coerce(value.type, wanted, "a"):
        raise context.error(
            "42804",
            f'subscripted assignment to "{column.name}" requires type {title(wanted)}'
            f" but expression is of type {title(value.type)}",
            node,
            hint="You will need to rewrite or cast the expression.",
        )
    typmod = column.typmod if not sliced else None
    stored = coerce(context, value, wanted, "a", typmod)
    signature = (wanted, *["int4"] * len(bounds))
    if sliced:
        args = (Const("text", marks), before, stored, *bounds)
        return Call(kind, _SET_SLICE, ("text", kind, *signature), args, location=node.location)
    return Call(kind, _SET, (kind, *signature), (before, stored, *bounds), location=node.location)
