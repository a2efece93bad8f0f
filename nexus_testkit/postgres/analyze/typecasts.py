"""`CAST(x AS type)`, `x::type`, COLLATE (`parse_expr.c`)."""

from __future__ import annotations

from dataclasses import replace

from nexus_testkit.postgres.analyze import collations, usertypes
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_explicit
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.expressions import expression
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.analyze.typenames import resolve_type
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ArrayExpr, Const, Expr


def type_cast(context: Context, node: Node, scope: Scope) -> Expr:
    """`CAST(x AS type)`, `x::type`."""
    target, typmod = resolve_type(context, node["typeName"])
    where = node.location if node.location >= 0 else node["typeName"].location
    inner = node["arg"]
    if inner.kind == "ParamRef" and node.location < 0 <= node["typeName"].location < inner.location:
        # libpg_query takes a parameter wherever the server wants a literal.
        raise context.error("42601", f'syntax error at or near "${inner["number"]}"', inner)
    if inner.kind == "A_ArrayExpr" and target.endswith("[]"):
        items = [expression(context, item, scope) for item in inner.all("elements")]
        nested = any(item.kind == "A_ArrayExpr" for item in inner.all("elements"))
        element = target if nested else usertypes.element_of(target)
        made = ArrayExpr(
            target,
            tuple(coerce_explicit(context, item, element, typmod, item) for item in items),
            nested,
            location=where,
        )
        # The elements of an array of a domain are looked at each, a domain that is an array as a whole.
        return made if element is not target and usertypes.is_array_of(target) else usertypes.checked(target, made)
    arg = expression(context, inner, scope)
    cast = coerce_explicit(context, arg, target, typmod, where)
    if cast is not arg and not isinstance(cast, Const):
        cast.location = where
    return cast


def collate(context: Context, node: Node, scope: Scope) -> Expr:
    """`COLLATE "C"`: the collation that the fake has anyway."""
    arg = expression(context, node["arg"], scope)
    wanted = collations.require(context, node, arg.type)
    return replace(coerce(context, arg, "text") if arg.type == UNKNOWN else arg, collation=wanted)
