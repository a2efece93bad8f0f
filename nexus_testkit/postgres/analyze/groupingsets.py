"""GROUP BY with GROUPING SETS, ROLLUP and CUBE, and grouping() (`parse_agg.c`, `expand_grouping_sets`).

SQLite has none of them. The rows of FROM are joined with a list of the sets, each of which says what it groups by, and all
aggregates are computed under that; HAVING, windows and the select list stand in a query round it:

    SELECT g0, g1, a0 FROM (
      SELECT CASE WHEN s.c1 THEN region END AS g0, CASE WHEN s.c2 THEN year END AS g1, sum(n) AS a0
      FROM sale, (VALUES (1, true, true), (2, true, false)) AS s GROUP BY s.c0, 1, 2
      UNION ALL SELECT NULL, NULL, sum(n) FROM sale)

A set of nothing gives a row even where FROM gives none, so each of those is a query of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations, product
from typing import Any

from nexus_testkit.postgres.analyze import sorting
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.grouping import columns_in, dependent
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.rewriting import nodes, rewritten
from nexus_testkit.postgres.typed import Aggregate, Case, ColumnRef, Const, Expr, SubQuery, Window
from nexus_testkit.postgres.typed_queries import Output, Query, QuerySource, Select, SetOperation, Values
from nexus_testkit.postgres.typed_select import Grouping

Sets = list[tuple[int, ...]]
_MOST = 4096  # parse_agg.c


def group_by(context: Context, node: Node, scope: Scope, outputs: list[Output]) -> tuple[list[Expr], Sets | None]:
    """The expressions of a SELECT's GROUP BY, and the sets of their places; None where there is one plain set.

    Raises:
        DatabaseError: 54001 for more than 4,096 sets.
    """
    groups: list[Expr] = []
    items = node.all("groupClause")
    distinct = bool(node.get("groupDistinct"))
    parts = [_expanded(context, item, scope, outputs, groups) for item in items]
    if not any(item.kind == "GroupingSet" for item in items):
        return groups, None
    total = 1
    for part in parts:
        total *= len(part)
        if total > _MOST:
            raise context.error("54001", "too many grouping sets present (maximum 4096)")
    sets = [tuple(dict.fromkeys(place for part in chosen for place in part)) for chosen in product(*parts)]
    if distinct:
        sets = list({frozenset(each): each for each in reversed(sets)}.values())[::-1]
    return groups, sets


def _expanded(context: Context, node: Node, scope: Scope, outputs: list[Output], groups: list[Expr]) -> Sets:
    if node.kind == "RowExpr" and node.fields.get("row_format") == "COERCE_IMPLICIT_CAST":
        inner = [_expanded(context, item, scope, outputs, groups) for item in node.all("args")]
        return [tuple(place for part in inner for place in part[0])]
    if node.kind != "GroupingSet":
        expr = sorting.group_key(context, node, scope, outputs)
        if expr.collation:
            raise context.unsupported("GROUP BY of an expression with COLLATE", node)
        if (
            node.kind == "ColumnRef"
            and sum(output.expr == expr for output in outputs) > 1
            and _by_alias(node, outputs, expr)
        ):
            raise context.unsupported("grouping by one of several equal columns of the select list", node)
        if expr not in groups:
            groups.append(expr)
        return [(groups.index(expr),)]
    kind = node["kind"]
    content = [_expanded(context, item, scope, outputs, groups) for item in node.all("content")]
    if kind == "GROUPING_SET_EMPTY":
        return [()]
    if kind == "GROUPING_SET_SETS":
        return [each for part in content for each in part]
    items = [part[0] for part in content]  # of ROLLUP and CUBE: expressions, or lists of them
    if kind == "GROUPING_SET_ROLLUP":
        return [_joined(items[:count]) for count in range(len(items), -1, -1)]
    if len(items) > 12:
        raise context.error("54011", "CUBE is limited to 12 elements", node)
    return [_joined(chosen) for count in range(len(items), -1, -1) for chosen in combinations(items, count)]


def _by_alias(node: Node, outputs: list[Output], expr: Expr) -> bool:
    """Whether an output is meant by its own name, which PostgreSQL then tells from its equals."""
    name = node.fields["fields"][-1].get("String", {}).get("sval")
    shown = expr.shown.rpartition(".")[2] if isinstance(expr, ColumnRef) else ""
    return name != shown and any(output.name == name for output in outputs)


def _joined(items: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
    return tuple(place for item in items for place in item)


def grouping(context: Context, node: Node, scope: Scope) -> Expr:
    """`grouping(a, b)`.

    Raises:
        DatabaseError: 42803 where no aggregate may stand either, 54023 for more than 31 arguments.
    """
    from nexus_testkit.postgres.analyze import expressions, functions  # noqa: PLC0415  # a cycle otherwise

    place = functions.NO_AGGREGATES.get(scope.clause)
    if place is not None:
        raise context.error("42803", f"grouping operations are not allowed in {place}", node)
    if scope.inside_aggregate:
        raise context.error("42803", "aggregate function calls cannot be nested", node)
    args = node.all("args")
    if len(args) > 31:
        raise context.error("54023", "GROUPING must have fewer than 32 arguments", node)
    made = tuple(expressions.expression(context, arg, scope) for arg in args)
    own = {column.relation for entry in scope.entries for _, each in entry.columns for column in columns_in(each)}
    if any(column.relation not in own for arg in made for column in columns_in(arg)):
        raise context.unsupported("grouping() of an outer query's columns", node)
    scope.aggregates = True
    return Grouping("int4", made, location=node.location)


def settled(context: Context, body: Select, sets: Sets | None, scope: Scope) -> Select:
    """A SELECT with groups in a form that SQLite knows."""
    if sets is None and scope.claimed:
        sets = [tuple(range(len(body.groups)))]
    if sets is None:
        if any(isinstance(node, Grouping) for node in nodes((body.outputs, body.having))):
            return rewritten(body, _whole)
        return body
    return _apart(context, body, sets, dependent(body.groups, sets, scope), scope.claimed)


def _whole(node: Any) -> Any:
    """Where all rows are grouped by everything, grouping() is 0."""
    return Const("int4", 0, location=node.location) if isinstance(node, Grouping) else None


def _apart(context: Context, body: Select, sets: Sets, covered: set[str], claimed: list[Expr]) -> Select:
    """A SELECT whose groups are made in a query inside it; of the relations in `covered` a grouped key decides all columns."""
    alias = context.alias()
    layer = _Layer(context, body, alias, covered, claimed)
    outputs = [Output(output.name, layer.lifted(output.expr)) for output in body.outputs]
    having = layer.lifted(body.having) if body.having is not None else None
    inner = _union(layer.arms(sets))
    return Select(
        outputs,
        [QuerySource(alias, inner)],
        having,
        distinct=body.distinct,
        hidden=body.hidden,
        distinct_on=body.distinct_on,
    )


def _union(arms: list[Query]) -> Query:
    made = arms[0]
    for arm in arms[1:]:
        outputs = [
            Output(output.name, ColumnRef(output.expr.type, "", f"c{at}", output.name))
            for at, output in enumerate(arm.outputs)
        ]
        made = Query(SetOperation("UNION ALL", made, arm, outputs))
    return made


class _Layer:
    """The inner query's columns: each group, whether it is one here, then what the outer query asks for."""

    def __init__(self, context: Context, body: Select, alias: str, covered: set[str], claimed: list[Expr]) -> None:
        self.context = context
        self.body = body
        self.alias = alias
        self.covered = covered
        self.claimed = claimed
        self.groups = body.groups
        # Something that is aggregated, so that a set of nothing is one row.
        self.wanted: list[Expr] = [Aggregate("int8", "count", (), (), star=True)]

    def _column(self, at: int, expr: Expr) -> ColumnRef:
        shown = expr.shown if isinstance(expr, ColumnRef) else ""
        return ColumnRef(expr.type, self.alias, f"c{at}", shown, typmod=expr.typmod, location=expr.location)

    def _asked(self, expr: Expr) -> ColumnRef:
        if expr not in self.wanted:
            self.wanted.append(expr)
        return self._column(2 * len(self.groups) + self.wanted.index(expr), expr)

    def lifted(self, expr: Expr) -> Expr:
        """`expr` over the inner query's columns."""
        return rewritten(expr, self._change)

    def _change(self, node: Any) -> Any:
        if not isinstance(node, Expr):
            return None
        if node in self.groups:
            return self._column(self.groups.index(node), node)
        if isinstance(node, Grouping):
            count = len(self.groups)
            flags = tuple(ColumnRef("bool", self.alias, f"c{count + self.groups.index(arg)}") for arg in node.args)
            return Grouping("int4", node.args, flags, location=node.location)
        if isinstance(node, Window) and isinstance(node.call, Aggregate):
            # Its own call is computed above the groups, of what they gave.
            inner = node.call
            call = Aggregate(
                inner.type,
                inner.name,
                inner.signature,
                tuple(self.lifted(arg) for arg in inner.args),
                inner.star,
                where=self.lifted(inner.where) if inner.where is not None else None,
                declared=inner.declared,
                location=inner.location,
            )
            return Window(
                node.type,
                call,
                tuple(self.lifted(item) for item in node.partition),
                rewritten(node.order, self._change),
                rewritten(node.frame, self._change),
                location=node.location,
            )
        if isinstance(node, Aggregate):
            if node.within and any(True for arg in node.args for _ in columns_in(arg)):
                raise self.context.unsupported("a column as direct argument of an aggregate under grouping sets", node)
            return self._asked(node)
        if isinstance(node, ColumnRef) and node.relation in self.covered:
            return self._asked(node)
        if isinstance(node, SubQuery):
            return rewritten_inside(node, self._inside)
        return None

    def _inside(self, node: Any) -> Any:
        """In a subquery only columns of this level are meant; its aggregates are its own."""
        if isinstance(node, Expr) and node in self.groups and not isinstance(node, Const):
            return self._column(self.groups.index(node), node)
        if isinstance(node, ColumnRef) and node.relation in self.covered:
            return self._asked(node)
        if isinstance(node, Aggregate) and any(node is each or node == each for each in self.claimed):
            return self._asked(node)
        return None

    def arms(self, sets: Sets) -> list[Query]:
        """One query for all sets of something, and one for each set of nothing."""
        found = [each for each in sets if each]
        made = [self._arm(found)] if found else []
        return [self._bare() for each in sets if not each] + made

    def _arm(self, sets: Sets) -> Query:
        alias = self.context.alias()
        rows: list[list[Expr]] = [
            [Const("int4", number), *(Const("bool", int(at in each)) for at in range(len(self.groups)))]
            for number, each in enumerate(sets)
        ]
        kinds = ["int4", *("bool" for _ in self.groups)]
        columns = [Output(f"c{at}", ColumnRef(kind, "", f"c{at}")) for at, kind in enumerate(kinds)]
        listed = QuerySource(alias, Query(Values(rows, columns)))
        flags: list[Expr] = [ColumnRef("bool", alias, f"c{at}") for at in range(1, len(self.groups) + 1)]
        keys: list[Expr] = [
            Case(group.type, ((flag, group),), Const(group.type, None), typmod=group.typmod)
            for group, flag in zip(self.groups, flags, strict=True)
        ]
        body = Select(
            [Output("", expr) for expr in (*keys, *flags, *self.wanted)],
            [*self.body.sources, listed],
            self.body.where,
            [ColumnRef("int4", alias, "c0"), *keys],
            aggregated=True,
        )
        return Query(body)

    def _bare(self) -> Query:
        nulls: list[Expr] = [Const(group.type, None) for group in self.groups]
        flags: list[Expr] = [Const("bool", 0) for _ in self.groups]
        outputs = [Output("", expr) for expr in (*nulls, *flags, *self.wanted)]
        return Query(Select(outputs, self.body.sources, self.body.where, aggregated=True))


def rewritten_inside(node: SubQuery, change: Callable[[Any], Any]) -> SubQuery:
    """A subquery with everything in it rewritten, but not itself."""

    def beneath(part: Any) -> Any:
        return None if part is node else change(part)

    return rewritten(node, beneath)
