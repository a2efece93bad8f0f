"""Columns of queries in FROM that nobody reads: the planner drops them before it computes anything (`allpaths.c`, `remove_unused_subquery_outputs`).

`SELECT 1 FROM (SELECT 1/0 AS x) AS s` is no error. SQLite may compute them, so those that can fail become nulls.
"""

from __future__ import annotations

from collections.abc import Iterator

from nexus_testkit.postgres.analyze.volatility import volatile
from nexus_testkit.postgres.lower.failing import can_fail
from nexus_testkit.postgres.rewriting import nodes
from nexus_testkit.postgres.typed import ColumnRef, Const, Expr
from nexus_testkit.postgres.typed_queries import (
    CteSource,
    JoinSource,
    LateralSource,
    Output,
    Query,
    QuerySource,
    Select,
    Source,
    Values,
)


def prune(body: Select) -> None:
    """Make nulls of what can fail and is not read, in the queries in FROM."""
    read: set[tuple[str, str]] | None = None
    for source in _queries(body.sources):
        for at in _risky(source.query):
            if read is None:
                read = {(node.relation, node.name) for node in nodes(body) if isinstance(node, ColumnRef)}
            if (source.alias, f"c{at}") not in read:
                _drop(source.query, at)


def prune_common(made: Query) -> None:
    """The same for WITH: a query that is read once (or NOT MATERIALIZED) becomes one in FROM (`subselect.c`, `SS_process_ctes`)."""
    parts = nodes(made)
    for common in made.ctes:
        risky = _risky(common.query)
        sources = [part.alias for part in parts if isinstance(part, CteSource) and part.cte == common.name]
        inlined = common.materialized == "NOT MATERIALIZED" or (len(sources) == 1 and not common.materialized)
        if not risky or not inlined or volatile(common.query):
            continue
        read = {part.name for part in parts if isinstance(part, ColumnRef) and part.relation in sources}
        for at in risky:
            if f"c{at}" not in read:
                _drop(common.query, at)


def _queries(sources: list[Source]) -> Iterator[QuerySource | LateralSource]:
    for source in sources:
        if isinstance(source, QuerySource | LateralSource):
            yield source
        elif isinstance(source, JoinSource):
            yield from _queries([source.left, source.right])


def _risky(query: Query) -> list[int]:
    body = query.body
    if isinstance(body, Values):
        exprs: list[Expr] = body.rows[0] if len(body.rows) == 1 else []
    elif isinstance(body, Select) and not body.distinct and not body.distinct_on:
        exprs = [output.expr for output in body.outputs[: len(body.outputs) - body.hidden]]
    else:
        exprs = []
    sorted_by = {item[0] for item in query.order if isinstance(item, tuple)}
    return [at for at, expr in enumerate(exprs) if at not in sorted_by and can_fail(expr) and not volatile(expr)]


def _drop(query: Query, at: int) -> None:
    body = query.body
    if isinstance(body, Values):
        body.rows[0][at] = Const(body.rows[0][at].type, None)
    elif isinstance(body, Select):
        output = body.outputs[at]
        body.outputs[at] = Output(output.name, Const(output.expr.type, None))
