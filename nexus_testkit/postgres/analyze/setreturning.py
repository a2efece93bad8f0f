"""Set-returning functions in the select list (`parse_func.c`, `check_srf_call_placement`; `nodeProjectSet.c`).

All those of one depth run side by side until the longest ends; the others give nulls then. A function inside another one's arguments is a depth
of its own. Each depth is an item of FROM that reads its neighbours: SQLite's `json_each` does. Where aggregates or windows stand beside them, these
are computed first, in a query inside; what GROUP BY names is computed before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.catalog.system import system
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.rewriting import nodes, rewritten
from nexus_testkit.postgres.typed import Call, ColumnRef, Const, Expr, Param, SortKey, SubQuery, Window
from nexus_testkit.postgres.typed_queries import FunctionSource, JoinSource, Output, Query, QuerySource, Select, Source
from nexus_testkit.postgres.typed_select import SetReturning
from nexus_testkit.postgres.values import records

Keys = list[SortKey | tuple[int, SortKey]]

#: The call of several functions side by side: after each one the number of its columns.
SIDE_BY_SIDE = "sets side by side"

_ALLOWED = frozenset({"SELECT", "ORDER BY", "GROUP BY", "DISTINCT ON", "INSERT"})
_HINT = "You might be able to move the set-returning function into a LATERAL FROM item."


def outputs_of(call: Call) -> tuple[tuple[str, str], ...]:
    """Names and types of a function's OUT parameters."""
    for row in system().functions.get(call.name, ()):
        if row.outputs and row.declared == call.declared:
            return row.outputs
    return ()


def placed(context: Context, made: Call, scope: Scope, node: Node) -> Expr:
    """A set-returning function where one value is wanted.

    Raises:
        DatabaseError: 0A000 where PostgreSQL takes none.
    """
    from nexus_testkit.postgres.analyze.functions import NO_AGGREGATES  # noqa: PLC0415  # a cycle otherwise

    if scope.clause not in _ALLOWED:
        place = NO_AGGREGATES.get(scope.clause, scope.clause)
        raise context.error("0A000", f"set-returning functions are not allowed in {place}", node)
    if scope.inside_window:
        raise context.unsupported("a set-returning function in a window's definition", node)
    kind: str = made.type
    if kind == "record":
        fields = outputs_of(made)
        if not fields:
            raise context.unsupported(f"set-returning function {made.name} in this place", node)
        kind = records.row_type(records.ANONYMOUS, fields)
    found = SetReturning(kind, made, location=node.location)
    scope.set_returning.append(found)
    return found


def refuse_inside(context: Context, exprs: Sequence[Expr], construct: str) -> None:
    """CASE and COALESCE may not compute some of their arguments, so they take none that is a set.

    Raises:
        DatabaseError: 0A000, at the function.
    """
    for expr in exprs:
        if isinstance(expr, SetReturning):
            words = f"set-returning functions are not allowed in {construct}"
            raise context.error("0A000", words, expr.location, hint=_HINT)
        if not isinstance(expr, SubQuery):
            refuse_inside(context, tuple(children(expr)), construct)


def inside(expr: Any) -> bool:
    """Whether a set-returning function stands in an expression, outside of its subqueries."""
    if isinstance(expr, SetReturning):
        return True
    return not isinstance(expr, SubQuery) and any(inside(child) for child in children(expr))


def before_groups(
    context: Context, outputs: list[Output], groups: list[Expr]
) -> tuple[list[Expr], list[FunctionSource]]:
    """GROUP BY without the functions in it, and the items of FROM that they become; `outputs` follow."""
    if not any(inside(group) for group in groups):
        return groups, []
    levels = _Levels(context)
    after = levels.without([group for group in groups if inside(group)])
    pairs = list(zip([group for group in groups if inside(group)], after, strict=True))

    def change(node: Any) -> Any:
        return next((new for old, new in pairs if node == old), None) if isinstance(node, Expr) else None

    for output in outputs:
        output.expr = rewritten(output.expr, change)
    return [rewritten(group, change) for group in groups], levels.sources


def spread(context: Context, body: Select, keys: Keys) -> tuple[Select, Keys]:
    """A SELECT whose set-returning functions stand in FROM."""
    if not any(inside(output.expr) for output in body.outputs):
        return body, keys
    sorted_by = {item[0] for item in keys if isinstance(item, tuple)} | set(body.distinct_on)
    if body.distinct_on and any(inside(output.expr) for at, output in enumerate(body.outputs) if at not in sorted_by):
        raise context.unsupported("a set-returning function beside DISTINCT ON, which has no part in it")
    for at, output in enumerate(body.outputs):
        drawn = (isinstance(part, Call) and part.name == "nextval" for part in nodes(output.expr))
        if keys and at not in sorted_by and any(drawn):
            # The server draws after it has sorted and spread (`make_sort_input_target`).
            raise context.unsupported("nextval() beside a set-returning function and ORDER BY", output.expr)
    windows = any(_has_window(output.expr) for output in body.outputs)
    if body.aggregated or windows:
        body = _lifted(context, body)
    levels = _Levels(context)
    exprs = levels.without([output.expr for output in body.outputs])
    outputs = [Output(output.name, expr) for output, expr in zip(body.outputs, exprs, strict=True)]
    made = replace(body, outputs=outputs, sources=_beside(body.sources, levels.sources))
    found: Keys = [
        (item[0], replace(item[1], expr=outputs[item[0]].expr)) if isinstance(item, tuple) else item for item in keys
    ]
    return made, found


def _beside(sources: list[Source], sets: list[FunctionSource]) -> list[Source]:
    """FROM, and then the functions: SQLite does not move what stands behind CROSS JOIN, so rows come in PostgreSQL's order."""
    found = list(sources)
    for each in sets:
        found = [*found[:-1], JoinSource("CROSS", found[-1], each, None)] if found else [each]
    return found


def as_query(context: Context, row: list[Expr]) -> tuple[Query, list[Expr]]:
    """A row of VALUES that holds such functions as a query, and its columns under the alias that INSERT gives it."""
    body, _ = spread(context, Select([Output("", expr) for expr in row]), [])
    return Query(body), [ColumnRef(expr.type, "source", f"c{at}", typmod=expr.typmod) for at, expr in enumerate(row)]


def _has_window(expr: Any) -> bool:
    return isinstance(expr, Window) or (
        not isinstance(expr, SubQuery) and any(_has_window(child) for child in children(expr))
    )


def _lifted(context: Context, body: Select) -> Select:
    """The same SELECT over a query that computes all that is no set."""
    alias = context.alias()
    pieces: list[Expr] = []

    def change(node: Any) -> Any:
        if not isinstance(node, Expr) or isinstance(node, Const | Param):
            return None
        if isinstance(node, Window) and inside(node):
            raise context.unsupported("a set-returning function in a window's definition", node)
        if isinstance(node, SetReturning):
            call = replace(node.call, args=tuple(rewritten(arg, change) for arg in node.call.args))
            return replace(node, call=call)
        if inside(node):
            return None
        if node not in pieces:
            pieces.append(node)
        shown = node.shown if isinstance(node, ColumnRef) else ""
        at = f"c{pieces.index(node)}"
        return ColumnRef(node.type, alias, at, shown, typmod=node.typmod, location=node.location)

    outputs = [Output(output.name, rewritten(output.expr, change)) for output in body.outputs]
    inner = replace(
        body,
        outputs=[Output("", piece) for piece in pieces] or [Output("", Const("int4", 1))],
        distinct=False,
        hidden=0,
        distinct_on=[],
    )
    return Select(
        outputs,
        [QuerySource(alias, Query(inner))],
        distinct=body.distinct,
        hidden=body.hidden,
        distinct_on=body.distinct_on,
    )


class _Levels:
    """The items of FROM that the functions become, the innermost first."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.sources: list[FunctionSource] = []

    def without(self, exprs: list[Expr]) -> list[Expr]:
        while True:
            found: list[SetReturning] = []
            for expr in exprs:
                self._innermost(expr, found)
            if not found:
                return exprs
            exprs = self._level(exprs, found)

    def _innermost(self, expr: Expr, found: list[SetReturning]) -> None:
        """Those whose arguments are no sets."""
        if isinstance(expr, SubQuery):
            return
        if isinstance(expr, SetReturning) and not any(inside(arg) for arg in expr.call.args):
            if expr not in found:
                found.append(expr)
            return
        for child in children(expr):
            self._innermost(child, found)

    def _level(self, exprs: list[Expr], found: list[SetReturning]) -> list[Expr]:
        alias = self.context.alias()
        self.sources.append(source(alias, [(each.call, each.width) for each in found]))
        columns = {
            at: ColumnRef(each.type, alias, f"c{at}", each.call.name, location=each.location)
            for at, each in enumerate(found)
        }

        def change(node: Any) -> Any:
            return columns[found.index(node)] if isinstance(node, SetReturning) and node in found else None

        return [rewritten(expr, change) for expr in exprs]


def source(alias: str, calls: Sequence[tuple[Call, int]]) -> FunctionSource:
    """Functions side by side as one item of FROM; each with the number of its columns."""
    if len(calls) == 1:
        return FunctionSource(alias, *calls[0])
    args: list[Expr] = []
    for call, width in calls:
        args += [call, Const("int4", width)]
    types = tuple(arg.type for arg in args)
    together = Call("record", SIDE_BY_SIDE, types, tuple(args), location=calls[0][0].location)
    return FunctionSource(alias, together, sum(width for _, width in calls))
