"""42803: what stands outside aggregates must be grouped (`parse_agg.c`, `check_ungrouped_columns`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.rewriting import branches
from nexus_testkit.postgres.typed import Aggregate, ColumnRef, Expr, SubQuery, Window
from nexus_testkit.postgres.typed_queries import Output
from nexus_testkit.postgres.typed_rows import FieldOf, RowExpr
from nexus_testkit.postgres.typed_select import Grouping

_MUST = "must appear in the GROUP BY clause or be used in an aggregate function"


def check(
    context: Context,
    outputs: list[Output],
    having: Expr | None,
    groups: list[Expr],
    scope: Scope,
    sets: Sequence[Sequence[int]] | None = None,
    others: Sequence[Expr] = (),
) -> None:
    """Refuse a column that is neither grouped nor aggregated, and grouping() of what is not grouped.

    Raises:
        DatabaseError: 42803, at the column.
    """
    local = {entry.relation for entry in scope.entries if entry.relation}
    covered = dependent(groups, sets, scope)
    for expr in [*(output.expr for output in outputs), *([having] if having is not None else []), *others]:
        _require_grouped(context, expr, groups)
        for column, in_subquery in _ungrouped(expr, groups, inside=False):
            if column.relation not in local or column.relation in covered:
                continue
            if isinstance(in_subquery, str):
                raise context.error("42803", f'column "{column.shown}" {_MUST}', column, detail=in_subquery)
            if in_subquery:
                raise context.error(
                    "42803", f'subquery uses ungrouped column "{column.shown}" from outer query', column
                )
            raise context.error("42803", f'column "{column.shown}" {_MUST}', column)


def _require_grouped(context: Context, expr: Expr, groups: list[Expr]) -> None:
    if isinstance(expr, Grouping):
        for arg in expr.args:
            if arg not in groups:
                words = "arguments to GROUPING must be grouping expressions of the associated query level"
                raise context.error("42803", words, arg)
        return
    for child in children(expr):
        _require_grouped(context, child, groups)


def dependent(groups: list[Expr], sets: Sequence[Sequence[int]] | None, scope: Scope) -> set[str]:
    """The relations whose primary key is grouped, in each of the sets: their other columns depend on it."""
    if sets is None:
        return _covered_by_key(groups, scope)
    common = set(range(len(groups))).intersection(*sets)
    return _covered_by_key([groups[at] for at in common], scope)


def _covered_by_key(groups: list[Expr], scope: Scope) -> set[str]:
    covered: set[str] = set()
    for entry in scope.entries:
        key = entry.table.primary_key if entry.table else None
        if key is None:
            continue
        grouped = {group.name for group in groups if isinstance(group, ColumnRef) and group.relation == entry.relation}
        if all(column in grouped for column in key.columns):
            covered.add(entry.relation)
    return covered


def _ungrouped(expr: Expr, groups: list[Expr], *, inside: bool) -> Iterator[tuple[ColumnRef, bool | str]]:
    """Each with whether a subquery reads it, or with what the error's detail says."""
    if expr in groups:
        return
    if isinstance(expr, ColumnRef):
        yield expr, inside
        return
    if isinstance(expr, FieldOf) and isinstance(expr.arg, RowExpr) and expr.arg.shown:
        yield from _ungrouped(replace(expr.arg.items[expr.at], location=expr.location), groups, inside=inside)
        return
    if isinstance(expr, RowExpr) and (whole := _whole(expr)) is not None:
        yield whole, inside
        return
    if isinstance(expr, Aggregate):
        if expr.within:
            for arg in expr.args:
                for column, _ in _ungrouped(arg, groups, inside=inside):
                    yield column, "Direct arguments of an ordered-set aggregate must use only grouped columns."
        return
    if isinstance(expr, Window) and isinstance(expr.call, Aggregate):
        # Over a window it is computed after grouping, of values that must be grouped themselves.
        for part in (*children(expr.call), *(key.expr for key in expr.call.order)):
            yield from _ungrouped(part, groups, inside=inside)
        for part in (*expr.partition, *(key.expr for key in expr.order)):
            yield from _ungrouped(part, groups, inside=inside)
        return
    if isinstance(expr, SubQuery):
        if expr.left is not None:
            yield from _ungrouped(expr.left, groups, inside=inside)
        for inner in expressions_of(expr.query):
            yield from _ungrouped(inner, groups, inside=True)
        return
    for child in children(expr):
        yield from _ungrouped(child, groups, inside=inside)


def _whole(expr: RowExpr) -> ColumnRef | None:
    """A whole row of one item of FROM, which must be grouped as such; its columns do not do."""
    relations = {item.relation if isinstance(item, ColumnRef) else "" for item in expr.items}
    if not expr.shown or len(relations) != 1 or "" in relations:
        return None
    return ColumnRef(expr.type, relations.pop(), "*", f"{expr.shown}.*", location=expr.location)


def columns_in(expr: Expr) -> Iterator[ColumnRef]:
    """The columns that an expression reads."""
    if isinstance(expr, ColumnRef):
        yield expr
    for child in children(expr):
        yield from columns_in(child)


def children(node: object) -> Iterator[Expr]:
    """The expressions directly inside an expression, those of a subquery's clauses among them."""
    for name in branches(type(node)) or ():
        value = getattr(node, name)
        if isinstance(value, Expr):
            yield value
        elif value:
            yield from _found(value)


def _found(value: object) -> Iterator[Expr]:
    if isinstance(value, Expr):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from _found(item)
    elif branches(type(value)):
        yield from expressions_of(value)


def expressions_of(value: object) -> Iterator[Expr]:
    """Every expression at the top of a query's clauses, in the queries inside it too."""
    if isinstance(value, Expr):
        yield value
    elif isinstance(value, tuple | list):
        for item in value:
            yield from expressions_of(item)
    else:
        for name in branches(type(value)) or ():
            yield from expressions_of(getattr(value, name))
