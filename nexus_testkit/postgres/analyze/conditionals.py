"""Conditions, and what chooses among values: AND, IS NULL, CASE, COALESCE, GREATEST (`parse_expr.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import rows, setreturning
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_boolean, coerce_common, undecided
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.expressions import expression
from nexus_testkit.postgres.analyze.operators import binary, require_comparison
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import BoolOp, Case, Coalesce, Const, Expr, IsTest, MinMax, Param


def bool_expr(context: Context, node: Node, scope: Scope) -> Expr:
    """AND, OR, NOT."""
    op = node["boolop"].removesuffix("_EXPR")
    args = tuple(coerce_boolean(context, expression(context, arg, scope), op) for arg in node["args"])
    return BoolOp("bool", op, args, location=node.location)


def null_test(context: Context, node: Node, scope: Scope) -> Expr:
    """IS [NOT] NULL."""
    arg = expression(context, node["arg"], scope)
    if isinstance(arg, Param) and arg.type == UNKNOWN:
        arg = undecided(context, arg)
    negated = node["nulltesttype"] == "IS_NOT_NULL"
    if (test := rows.is_null(arg, negated=negated, location=node.location)) is not None:
        return test
    return IsTest("bool", arg, "NULL", node["nulltesttype"] == "IS_NOT_NULL", location=node.location)


def boolean_test(context: Context, node: Node, scope: Scope) -> Expr:
    """IS [NOT] TRUE, FALSE, UNKNOWN."""
    words = node["booltesttype"].removeprefix("IS_")
    arg = coerce_boolean(context, expression(context, node["arg"], scope), "IS " + words.replace("_", " "))
    return IsTest("bool", arg, words.removeprefix("NOT_"), words.startswith("NOT_"), location=node.location)


def case(context: Context, node: Node, scope: Scope) -> Expr:
    """CASE, searched or simple."""
    subject = expression(context, node["arg"], scope) if "arg" in node else None
    if subject is not None and subject.type == UNKNOWN:
        subject = coerce(context, subject, "text")
    tests: list[Expr] = []
    results: list[Expr] = []
    for when in node["args"]:
        tested = expression(context, when["expr"], scope)
        if subject is not None:
            tested = binary(context, "=", subject, tested, when)
        tests.append(coerce_boolean(context, tested, "CASE/WHEN"))
        results.append(expression(context, when["result"], scope))
    default = expression(context, node["defresult"], scope) if "defresult" in node else Const(UNKNOWN, None)
    setreturning.refuse_inside(
        context, [*tests, *results, default, *([subject] if subject is not None else [])], "CASE"
    )
    # The default stands first in PostgreSQL's list of types.
    common, (default, *results) = coerce_common(context, [default, *results], "CASE")
    whens = tuple(zip(tests, results, strict=True))
    return Case(common, whens, default, simple=subject is not None, location=node.location)


def coalesce(context: Context, node: Node, scope: Scope) -> Expr:
    """COALESCE."""
    args = [expression(context, arg, scope) for arg in node["args"]]
    setreturning.refuse_inside(context, args, "COALESCE")
    common, args = coerce_common(context, args, "COALESCE")
    return Coalesce(common, tuple(args), location=node.location)


def min_max(context: Context, node: Node, scope: Scope) -> Expr:
    """GREATEST, LEAST."""
    greatest = node["op"] == "IS_GREATEST"
    args = [expression(context, arg, scope) for arg in node["args"]]
    common, args = coerce_common(context, args, "GREATEST" if greatest else "LEAST")
    require_comparison(common)
    return MinMax(common, greatest, tuple(args), location=node.location)
