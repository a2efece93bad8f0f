"""Rows compared with queries: `(a, b) IN (SELECT ...)`, `(a, b) = (SELECT ...)`."""

from __future__ import annotations

from collections.abc import Sequence

from nexus_testkit.postgres.analyze import comparisons, expressions, select
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ColumnRef, Expr, RowTest, SubQuery
from nexus_testkit.postgres.typed_queries import Output, Query, QuerySource, Select


def visible(query: Query) -> list[Output]:
    """A query's columns without those that only ORDER BY reads."""
    return query.outputs[: len(query.outputs) - getattr(query.body, "hidden", 0)]


def quantified(context: Context, node: Node, row: Node, name: str, scope: Scope, kind: str) -> Expr:
    """`row operator ANY | ALL (query)`, and IN; `node` is the SubLink."""
    lefts = [expressions.expression(context, item, scope) for item in row.all("args")]
    query = select.query(context, node["subselect"], Scope(parent=scope))
    return _test(context, node, lefts, name, query, kind)


def compared(context: Context, node: Node, name: str, row: Node, link: Node, scope: Scope) -> Expr:
    """`row operator (query)` where the query gives one row at most; `node` is the operator."""
    if link["subLinkType"] != "EXPR_SUBLINK":
        raise context.unsupported("a row compared with this subquery", node)
    lefts = [expressions.expression(context, item, scope) for item in row.all("args")]
    query = select.query(context, link["subselect"], Scope(parent=scope))
    return _test(context, node, lefts, name, query, "scalar")


def _test(context: Context, node: Node, lefts: Sequence[Expr], name: str, query: Query, kind: str) -> Expr:
    outputs = visible(query)
    if len(outputs) != len(lefts):
        raise context.error("42601", f"subquery has too {'many' if len(outputs) > len(lefts) else 'few'} columns", node)
    holes: list[Expr] = [
        ColumnRef(output.expr.type, "", f"c{at}", typmod=output.expr.typmod, location=node.location)
        for at, output in enumerate(outputs)
    ]
    test = comparisons.compare_rows(context, node, name, list(lefts), holes)
    return RowTest("bool", kind, query, operator=name, test=test, location=node.location)  # type: ignore[arg-type]  # one of the literals


def columns(context: Context, node: Node, count: int, scope: Scope) -> list[Expr]:
    """`(query)` as the source of several columns of an UPDATE: one scalar subquery for each.

    Raises:
        DatabaseError: 42601 where the query has another number of columns.
    """
    node.skip("subLinkType")
    found: list[Expr] = []
    for at in range(count):
        query = select.query(context, node["subselect"], Scope(parent=scope))
        outputs = visible(query)
        if len(outputs) != count:
            raise context.error("42601", "number of columns does not match number of values", node)
        output = outputs[at]
        alias = context.alias()
        column = ColumnRef(output.expr.type, alias, f"c{at}", output.name, typmod=output.expr.typmod)
        one = Query(Select([Output(output.name, column)], [QuerySource(alias, query)]))
        found.append(SubQuery(column.type, "scalar", one, typmod=column.typmod, location=output.expr.location))
    return found
