"""Constants that the planner computes before a statement runs (`clauses.c`, `eval_const_expressions`).

`SELECT 1/0 WHERE false` fails, and a literal that is too long for its column fails before `nextval` gives a number away. So
what can fail is computed first: once for each plan, or, where an argument is in it (asyncpg's statements are planned with the
arguments at hand), at each run. As there, the branch of a CASE whose condition is constant and false is left alone, and so is what
follows a constant that decides AND, OR or COALESCE.

Limits: after its fifth run a prepared statement may get a plan without the arguments (`plancache.c`); it is computed here all the same. A
constant that a query in FROM gives to the one round it is none there. Of
constant rows that are compared, only the parts up to the one that decides are computed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.lower import nulls
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.failing import can_fail, folds
from nexus_testkit.postgres.lower.limiting import without_columns
from nexus_testkit.postgres.lower.text import together
from nexus_testkit.postgres.merges import Merge
from nexus_testkit.postgres.rewriting import branches, rewritten
from nexus_testkit.postgres.typed import BoolOp, Case, Coalesce, ColumnRef, Const, Expr, SubQuery, Window
from nexus_testkit.postgres.typed_queries import (
    CommonTable,
    CteSource,
    FunctionSource,
    JoinSource,
    LateralSource,
    Query,
    QuerySource,
    Select,
    SetOperation,
    Source,
    Values,
)
from nexus_testkit.postgres.typed_statements import Delete, Insert, Update

Tree = Query | Insert | Update | Delete | Merge

# An expression, and the column of a query in FROM that it is, if it is one: unless somebody reads it, it is dropped.
Root = tuple[Expr, tuple[str, str] | None]


class Folding:
    """The checks of one statement.

    Attributes:
        once: a query of what is the same at every run; "" for nothing.
        each: a query of all of it, where some depends on an argument.
        bound: how many of the parameters `each` holds.
    """

    def __init__(self, low: Lowering, tree: Tree, changes: Sequence[Tree] = ()) -> None:
        """Collect them; `changes` are those parts of its WITH that write."""
        self._low = low
        self._tree = (*changes, tree)
        self._read: set[tuple[str, str]] | None = None
        self._mentioned: Counter[str] | None = None
        self._inlined: dict[str, CommonTable] = {}
        found: list[str] = []
        before, self.bound = low.bound, 0
        for root, column in chain.from_iterable(map(self._roots, self._tree)):
            low.bound = 0
            sql = self._check(root)
            if sql and (column is None or self._wanted(column)):
                found.append(sql)
                self.bound = max(self.bound, low.bound)
        low.bound = before
        # One query: the first of them to fail is the one that is told.
        self.once, self.each = ("", _query_of(found)) if self.bound else (_query_of(found), "")

    # ------------------------------------------------------------------------------------- where they stand

    def _roots(self, tree: Tree) -> Iterator[Root]:
        if isinstance(tree, Query):
            yield from self._query(tree)
            return
        yield from self._common(tree)
        returning = _always(output.expr for output in tree.returning)
        if isinstance(tree, Merge):
            yield from _always((tree.on,))
            for action in tree.actions:
                yield from _always((*action.values, action.condition))
            yield from self._sources([tree.source])
        elif isinstance(tree, Insert):
            for row in tree.rows or ():
                yield from _always(row)
            if tree.source is not None:
                yield from self._query(tree.source)
            yield from _always(_pulled_up(tree.mapped, tree.source))
            if tree.conflict is not None:
                yield from _always(expr for _, expr in tree.conflict.sets or ())
                yield from _always((tree.conflict.where,))
        else:
            if isinstance(tree, Update):
                yield from _always(expr for _, expr in tree.sets)
            yield from returning
            yield from _always((tree.where,))
            yield from self._sources(tree.sources)
        yield from returning

    def _common(self, tree: Tree) -> Iterator[Root]:
        for common in tree.ctes:
            # One that is read more than once is computed apart, before all else and with all of its columns.
            mentions = self._mentions(common.name)
            if common.materialized == "NOT MATERIALIZED" or (mentions == 1 and not common.materialized):
                self._inlined[common.name] = common
            elif mentions:
                yield from self._query(common.query)

    def _mentions(self, name: str) -> int:
        if self._mentioned is None:
            self._mentioned = Counter(node.cte for node in _nodes(self._tree) if isinstance(node, CteSource))
        return self._mentioned[name]

    def _query(self, query: Query, alias: str = "", *, exists: bool = False) -> Iterator[Root]:
        """The expressions of a query; of one in FROM, or of WITH (`alias`), with the column that somebody must read."""
        yield from self._common(query)
        body = query.body
        if isinstance(body, SetOperation):
            yield from self._query(body.left)
            yield from self._query(body.right)
        elif isinstance(body, Values):
            for row in body.rows:
                yield from _columns_of(
                    row, alias if len(body.rows) == 1 else ""
                )  # a list of rows is a table, and is kept
        else:
            if not exists:
                yield from _columns_of([output.expr for output in body.outputs], "" if body.distinct else alias)
            yield from self._select(body)
        yield from _always(key.expr for key in query.order if not isinstance(key, tuple))
        yield from _always((query.offset, query.limit))

    def _select(self, body: Select) -> Iterator[Root]:
        for source in body.sources:
            yield from _always(_conditions(source))
        yield from _always((body.where, body.having, *body.groups))
        nothing = isinstance(body.where, Const) and not body.where.value
        yield from self._sources(body.sources, nothing=nothing)

    def _sources(self, sources: list[Source], *, nothing: bool = False) -> Iterator[Root]:
        """Where the condition is constant and false (`nothing`), what is no mere selection is not planned at all."""
        for source in sources:
            if isinstance(source, JoinSource):
                yield from self._sources([source.left, source.right], nothing=nothing)
            elif isinstance(source, FunctionSource):
                yield source.call, None
            elif isinstance(source, QuerySource | LateralSource) and (not nothing or _simple(source.query)):
                yield from self._query(source.query, source.alias)
            elif isinstance(source, CteSource) and source.cte in self._inlined:
                inlined = self._inlined[source.cte].query
                if not nothing or _simple(inlined):
                    yield from self._query(inlined, source.cte)

    def _wanted(self, column: tuple[str, str]) -> bool:
        """Whether the statement reads a column of a query in FROM, or of WITH under any of its aliases."""
        if self._read is None:
            names: dict[str, list[str]] = {}
            read: set[tuple[str, str]] = set()
            for node in _nodes(self._tree):
                if isinstance(node, CteSource):
                    names.setdefault(node.alias, []).append(node.cte)
                else:
                    read.add((node.relation, node.name))
            self._read = read | {(cte, name) for alias, name in read for cte in names.get(alias, ())}
        return column in self._read

    # ------------------------------------------------------------------------------------- what is computed

    def _check(self, expr: Expr) -> str:
        """SQL that fails where the planner fails over `expr`; "" where it cannot."""
        if isinstance(expr, Case):
            return self._case(expr)
        if isinstance(expr, Coalesce):
            return self._until(expr.args, "({} IS NOT NULL)")
        if isinstance(expr, BoolOp) and expr.op != "NOT":
            return self._until(expr.args, "({} IS 0)" if expr.op == "AND" else "({} IS 1)")
        if isinstance(expr, ColumnRef):
            return ""
        if folds(expr):
            return together([*self._lost(expr), self._low.expr(expr)]) if can_fail(expr) else ""
        if isinstance(expr, SubQuery):
            parts = [self._check(expr.left)] if expr.left is not None else []
            exists = expr.kind == "exists" and without_columns(expr.query) is not expr.query
            for inner, column in self._query(expr.query, exists=exists):
                if column is None or self._wanted(column):
                    parts.append(self._check(inner))
            return together(parts)
        parts = []
        for child in children(expr):
            # rank() has no arguments and is no constant
            inside = children(child) if isinstance(expr, Window) and child is expr.call else (child,)
            parts += [self._check(part) for part in inside]
        return together(parts)

    def _lost(self, expr: Expr) -> Iterator[str]:
        """What is lowered to NULL without its arguments: the planner has computed them before it sees the null."""
        if nulls.dropped(expr):
            yield from (self._check(child) for child in children(expr))
            return
        for child in children(expr):
            if isinstance(child, Case | Coalesce | BoolOp):
                yield self._check(child)
            else:
                yield from self._lost(child)

    def _case(self, expr: Case) -> str:
        rest = self._check(expr.default)
        for test, result in reversed(expr.whens):
            then = self._check(result)
            if not folds(test):
                rest = together([self._check(test), then, rest])
            elif then or rest or can_fail(test):
                rest = f"(CASE WHEN {self._low.condition(test)} THEN {then or 'NULL'} ELSE {rest or 'NULL'} END)"
        return rest

    def _until(self, args: tuple[Expr, ...], decided: str) -> str:
        rest = ""
        for arg in reversed(args):
            if not folds(arg):
                rest = together([self._check(arg), rest])
            elif rest or can_fail(arg):
                rest = f"(CASE WHEN {decided.format(self._low.expr(arg))} THEN NULL ELSE {rest or 'NULL'} END)"
        return rest


def _query_of(found: list[str]) -> str:
    return f"SELECT {together(found)}" if found else ""


def _always(found: Iterable[Expr | None]) -> Iterator[Root]:
    return ((expr, None) for expr in found if expr is not None)


def _columns_of(row: list[Expr], alias: str) -> Iterator[Root]:
    return ((expr, (alias, f"c{at}") if alias else None) for at, expr in enumerate(row))


def _pulled_up(mapped: list[Expr], source: Query | None) -> list[Expr]:
    """What INSERT makes of the columns of its query, with constants in the place of those columns that are some."""
    if source is None or not _simple(source):
        return mapped
    outputs = source.outputs

    def change(node: object) -> Expr | None:
        if not isinstance(node, ColumnRef) or node.relation != "source":
            return None
        expr = outputs[int(node.name[1:])].expr
        return expr if folds(expr) else None

    return rewritten(mapped, change)


def _simple(query: Query) -> bool:
    """Whether the planner pulls it up into the query round it (`prepjointree.c`, `is_simple_subquery`)."""
    body = query.body
    if isinstance(body, Values):
        return query.limit is None and query.offset is None and not query.ctes
    return (
        isinstance(body, Select)
        and not (body.aggregated or body.groups or body.distinct or body.having)
        and query.limit is None
        and query.offset is None
        and not query.ctes
    )


def _nodes(tree: object) -> Iterator[ColumnRef | CteSource]:
    """Every column that a statement reads, and every mention of its WITH."""
    if isinstance(tree, ColumnRef | CteSource):
        yield tree
    elif isinstance(tree, tuple | list):
        for item in tree:
            yield from _nodes(item)
    else:
        for name in branches(type(tree)) or ():
            yield from _nodes(getattr(tree, name))


def _conditions(source: Source) -> Iterator[Expr]:
    if isinstance(source, JoinSource):
        yield from _conditions(source.left)
        yield from _conditions(source.right)
        if source.on is not None:
            yield source.on
