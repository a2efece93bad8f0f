"""Queries as expressions: EXISTS, IN (SELECT ...), scalar, ARRAY(SELECT ...)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import expressions, rowtests, select
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.operators import binary
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, Cast, ColumnRef, Const, Expr, SubQuery
from nexus_testkit.postgres.typed_queries import Query

_HOLE = "?"
_PATTERNS = frozenset({"~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*"})

# Where a query may not stand (`transformSubLink`), and how the message names the place.
_NO_SUBQUERIES = {
    "CHECK": "check constraint",
    "DEFAULT": "DEFAULT expression",
    "EXECUTE": "EXECUTE parameter",
    "INDEX": "index expression",
    "INDEX WHERE": "index predicate",
    "GENERATED": "column generation expression",
    "TRANSFORM": "transform expression",
}


def sublink(context: Context, node: Node, scope: Scope) -> Expr:
    """Any SubLink node."""
    kind = node["subLinkType"]
    place = _NO_SUBQUERIES.get(scope.clause)
    if place is not None:
        raise context.error("0A000", f"cannot use subquery in {place}", node)
    inner = Scope(parent=scope)
    if kind == "EXISTS_SUBLINK":
        query = select.query(context, node["subselect"], inner)
        return SubQuery("bool", "exists", query, location=node.location)
    if kind in ("EXPR_SUBLINK", "ARRAY_SUBLINK"):
        query = select.query(context, node["subselect"], inner)
        if len(_shown(query)) != 1:
            raise context.error("42601", "subquery must return only one column", node)
        result = query.outputs[0].expr
        if kind == "EXPR_SUBLINK":
            return SubQuery(result.type, "scalar", query, typmod=result.typmod, location=node.location)
        kind = result.type if result.type.endswith("[]") else result.type + "[]"
        return SubQuery(kind, "array", query, location=node.location)
    if kind in ("ANY_SUBLINK", "ALL_SUBLINK"):
        return _quantified(context, node, scope, inner, "any" if kind == "ANY_SUBLINK" else "all")
    raise context.unsupported(kind, node)


def _shown(query: Query) -> list[object]:
    hidden = getattr(query.body, "hidden", 0)
    return list(query.outputs[: len(query.outputs) - hidden])


def _quantified(context: Context, node: Node, scope: Scope, inner: Scope, kind: str) -> Expr:
    test = node["testexpr"]
    name = node.names("operName")[-1] if "operName" in node else "="
    name = "<>" if name == "!=" else name
    if test.kind == "RowExpr":
        return rowtests.quantified(context, node, test, name, scope, kind)
    left = expressions.expression(context, test, scope)
    query = select.query(context, node["subselect"], inner)
    if len(_shown(query)) != 1:
        words = "too many" if len(_shown(query)) > 1 else "too few"
        raise context.error("42601", f"subquery has {words} columns", node)
    output = query.outputs[0].expr
    # The operator is chosen on the two types; the subquery's column is coerced inside it.
    hole = ColumnRef(output.type, _HOLE, "", location=node.location)
    if isinstance(output, Const) and output.type == "unknown":
        hole = ColumnRef("text", _HOLE, "")
    test_call = binary(context, name, left, hole, node)
    if not isinstance(test_call, Call) or test_call.type != "bool":
        raise context.error("42804", f"operator {name} must return type boolean, not type {test_call.type}", node)
    compared = (
        context.overloads.common(list(test_call.signature))
        if test_call.signature[0] != test_call.signature[1]
        else test_call.signature[0]
    )
    if name in _PATTERNS:
        query.outputs[0].expr = _as(context, output, test_call.signature[1])
        left = _as(context, test_call.args[0], test_call.signature[0])
        return SubQuery("bool", "any" if kind == "any" else "all", query, left, name, location=node.location)
    if name not in ("=", "<>", "<", "<=", ">", ">="):
        raise context.unsupported(f"operator {name} with a subquery", node)
    query.outputs[0].expr = _as(context, output, compared)
    return SubQuery(
        "bool",
        "any" if kind == "any" else "all",
        query,
        _as(context, test_call.args[0], compared),
        name,
        compared,
        location=node.location,
    )


def _as(context: Context, expr: Expr, target: str) -> Expr:
    if expr.type == target:
        return expr
    return coerce(context, expr, target) if isinstance(expr, Const) else Cast(target, expr, "i", location=expr.location)
