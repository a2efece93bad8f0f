"""Operators, and what is written like one: IN, BETWEEN, LIKE, IS DISTINCT FROM, NULLIF, ANY and ALL, rows (`parse_expr.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import rowtests
from nexus_testkit.postgres.analyze.coerce import coerce, common_type
from nexus_testkit.postgres.analyze.context import Context, Rule, Scope
from nexus_testkit.postgres.analyze.expressions import expression
from nexus_testkit.postgres.analyze.grouping import columns_in
from nexus_testkit.postgres.analyze.operators import (
    array_compare,
    binary,
    compare,
    distinct,
    make_operator,
    operator_name,
)
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import BoolOp, Call, Const, Expr, InList, NullIf


def a_expr(context: Context, node: Node, scope: Scope) -> Expr:
    """Operators and what is written like one."""
    kind = node["kind"]
    rule = _A_EXPR.get(kind)
    if rule is None:
        raise context.unsupported(kind, node)
    return rule(context, node, scope)


def _operator(context: Context, node: Node, scope: Scope) -> Expr:
    name = operator_name(context, node)
    if "lexpr" not in node:
        return make_operator(context, name, [expression(context, node["rexpr"], scope)], node)
    left, right = node["lexpr"], node["rexpr"]
    if left.kind == "RowExpr" and right.kind == "RowExpr":
        return _row_compare(context, node, name, left, right, scope)
    if right.kind == "SubLink" and left.kind == "RowExpr":
        return rowtests.compared(context, node, name, left, right, scope)
    return binary(context, name, expression(context, left, scope), expression(context, right, scope), node)


def _row_compare(context: Context, node: Node, name: str, left: Node, right: Node, scope: Scope) -> Expr:
    ls = [expression(context, item, scope) for item in left.all("args")]
    rs = [expression(context, item, scope) for item in right.all("args")]
    return compare_rows(context, node, name, ls, rs)


def compare_rows(context: Context, node: Node, name: str, ls: list[Expr], rs: list[Expr]) -> Expr:
    """`ROW(...) name ROW(...)`."""
    if len(ls) != len(rs):
        raise context.error("42601", "unequal number of entries in row expressions", node)
    if name in ("=", "<>"):
        parts = tuple(binary(context, name, one, other, node) for one, other in zip(ls, rs, strict=True))
        return BoolOp("bool", "AND" if name == "=" else "OR", parts, location=node.location)
    if name not in ("<", "<=", ">", ">="):
        raise context.unsupported(f"rows compared with {name}", node)
    # (a, b) < (c, d)  is  a < c OR (a = c AND b < d)
    result = binary(context, name, ls[-1], rs[-1], node)
    for one, other in zip(reversed(ls[:-1]), reversed(rs[:-1]), strict=True):
        strict = binary(context, name[0], one, other, node)
        equal = binary(context, "=", one, other, node)
        result = BoolOp("bool", "OR", (strict, BoolOp("bool", "AND", (equal, result))), location=node.location)
    return result


def _any_all(context: Context, node: Node, scope: Scope) -> Expr:
    every = node["kind"] == "AEXPR_OP_ALL"
    left = expression(context, node["lexpr"], scope)
    right = expression(context, node["rexpr"], scope)
    return array_compare(context, operator_name(context, node), left, right, node, every=every)


def _in_list(context: Context, node: Node, scope: Scope) -> Expr:
    negated = operator_name(context, node) == "<>"
    items = node["rexpr"]["items"]
    if node["lexpr"].kind == "RowExpr":
        parts = tuple(_row_compare(context, node, "=", node["lexpr"], item, scope) for item in items)
        found: Expr = BoolOp("bool", "OR", parts, location=node.location)
        return BoolOp("bool", "NOT", (found,), location=node.location) if negated else found
    left = expression(context, node["lexpr"], scope)
    rights = [expression(context, item, scope) for item in items]
    name, joined = ("<>", "AND") if negated else ("=", "OR")
    # PostgreSQL makes `left = ANY (ARRAY[...])`, all of one common type, of what reads no column (parse_expr.c, transformAExprIn).
    local = {entry.relation for entry in scope.entries}
    reading = [right for right in rights if any(column.relation in local for column in columns_in(right))]
    plain = [right for right in rights if right not in reading] if reading else rights
    listed: tuple[Expr, ...] = ()
    if (len(plain) > 1 or not reading) and _have_common(context, [left, *plain]):
        compared = common_type(context, [*plain, left], "IN")
        operator = compare(context, "=", Const(compared, None), Const(compared, None), node)
        wanted = operator.signature[0] if isinstance(operator, Call) else compared
        items = tuple(coerce(context, right, wanted) for right in plain)
        listed = (InList("bool", coerce(context, left, wanted), items, wanted, negated, location=node.location),)
        if not reading:
            return listed[0]
    parts = tuple(binary(context, name, left, right, node) for right in (reading if listed else rights))
    return BoolOp("bool", "AND" if joined == "AND" else "OR", (*listed, *parts), location=node.location)


def _have_common(context: Context, exprs: list[Expr]) -> bool:
    if any(expr.type.endswith("[]") for expr in exprs):
        return False  # there is no array of arrays: each is compared by itself
    categories = {context.overloads.category(expr.type) for expr in exprs if expr.type != UNKNOWN}
    return len(categories) <= 1


def _like(context: Context, node: Node, scope: Scope) -> Expr:
    name = operator_name(context, node)
    return binary(
        context,
        name,
        expression(context, node["lexpr"], scope),
        expression(context, node["rexpr"], scope),
        node,
    )


def _distinct(context: Context, node: Node, scope: Scope) -> Expr:
    operator_name(context, node)
    left = expression(context, node["lexpr"], scope)
    right = expression(context, node["rexpr"], scope)
    return distinct(context, left, right, node, negated=node["kind"] == "AEXPR_NOT_DISTINCT")


def _nullif(context: Context, node: Node, scope: Scope) -> Expr:
    operator_name(context, node)
    left = expression(context, node["lexpr"], scope)
    right = expression(context, node["rexpr"], scope)
    equal = binary(context, "=", left, right, node)
    value = equal.args[0] if isinstance(equal, Call) else left
    return NullIf(value.type, value, equal, typmod=value.typmod, location=node.location)


def _between(context: Context, node: Node, scope: Scope) -> Expr:
    kind = node["kind"]
    node.skip("name")
    low, high = node["rexpr"]["items"]

    # transformAExprBetween makes these of it, and shows them so.
    above, below, joined, doubled = ("<", ">", "OR", "AND") if "NOT" in kind else (">=", "<=", "AND", "OR")

    def compared(first: Node, second: Node) -> Expr:
        parts = (
            binary(
                context,
                above,
                expression(context, node["lexpr"], scope),
                expression(context, first, scope),
                node,
            ),
            binary(
                context,
                below,
                expression(context, node["lexpr"], scope),
                expression(context, second, scope),
                node,
            ),
        )
        return BoolOp("bool", "AND" if joined == "AND" else "OR", parts, location=node.location)

    found = compared(low, high)
    if kind.endswith("SYM"):
        both = (found, compared(high, low))
        found = BoolOp("bool", "AND" if doubled == "AND" else "OR", both, location=node.location)
    return found


_A_EXPR: dict[str, Rule] = {
    "AEXPR_OP": _operator,
    "AEXPR_OP_ANY": _any_all,
    "AEXPR_OP_ALL": _any_all,
    "AEXPR_IN": _in_list,
    "AEXPR_LIKE": _like,
    "AEXPR_ILIKE": _like,
    "AEXPR_SIMILAR": _like,
    "AEXPR_DISTINCT": _distinct,
    "AEXPR_NOT_DISTINCT": _distinct,
    "AEXPR_NULLIF": _nullif,
    "AEXPR_BETWEEN": _between,
    "AEXPR_NOT_BETWEEN": _between,
    "AEXPR_BETWEEN_SYM": _between,
    "AEXPR_NOT_BETWEEN_SYM": _between,
}
