"""Constants that the planner computes before a statement runs (`clauses.c`, `eval_const_expressions`).

`SELECT 1/0 WHERE false` fails, and a literal that is too long for its column fails before `nextval` gives a number away. So
these expressions are computed first, once for each plan.

Limits: those inside subqueries, of dates and arrays, and behind a condition that is itself constant, wait until the statement runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.typed import (
    BoolOp,
    Call,
    Case,
    Cast,
    Coalesce,
    Const,
    Delete,
    Expr,
    Insert,
    Query,
    Select,
    SubQuery,
    Update,
    Window,
)

# Types whose functions and casts depend on nothing but their arguments.
_PLAIN = frozenset({"bool", "int2", "int4", "int8", "numeric", "float4", "float8", "text", "varchar", "bpchar"})


def constants(tree: Query | Insert | Update | Delete) -> list[Expr]:
    """The constant expressions that are computed whatever the rows are, in the order in which they stand."""
    return [found for root in _roots(tree) for found in _constants(root)]


def _roots(tree: Query | Insert | Update | Delete) -> Iterator[Expr]:
    if isinstance(tree, Query):
        if isinstance(tree.body, Select):
            yield from (output.expr for output in tree.body.outputs)
            yield from (expr for expr in (tree.body.where, tree.body.having) if expr is not None)
        return
    if isinstance(tree, Insert):
        for row in tree.rows or ():
            yield from row
        return
    if isinstance(tree, Update):
        yield from (expr for _, expr in tree.sets)
    if tree.where is not None:
        yield tree.where


def _is_constant(expr: Expr) -> bool:
    if isinstance(expr, Const):
        return True
    if expr.type not in _PLAIN:
        return False
    if isinstance(expr, Cast):
        return expr.arg.type in _PLAIN and _is_constant(expr.arg)
    return (
        isinstance(expr, Call)
        and not expr.volatile
        and all(arg.type in _PLAIN and _is_constant(arg) for arg in expr.args)
    )


def _constants(expr: Expr) -> Iterator[Expr]:
    if _is_constant(expr):
        if not isinstance(expr, Const):
            yield expr
    elif isinstance(expr, Case):
        for test, result in expr.whens:
            if _is_constant(test):
                return
            yield from _constants(test)
            yield from _constants(result)
        yield from _constants(expr.default)
    elif isinstance(expr, Coalesce) or (isinstance(expr, BoolOp) and expr.op != "NOT"):
        for arg in expr.args:
            yield from _constants(arg)
            if _is_constant(arg):
                return
    elif not isinstance(expr, SubQuery):
        for child in children(expr):
            # rank() has no arguments and is no constant
            for part in children(child) if isinstance(expr, Window) and child is expr.call else (child,):
                yield from _constants(part)
