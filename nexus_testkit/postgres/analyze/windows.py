"""Window functions: calls with OVER, WINDOW's definitions, frames (`parse_agg.c`, `transformWindowDefinitions` of `parse_clause.c`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from nexus_testkit.postgres.analyze import expressions, functions, sorting
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_boolean
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.grouping import children, columns_in
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Aggregate, Expr, SortKey, SubQuery, Window
from nexus_testkit.postgres.typed_select import Frame, SetReturning

# parsenodes.h, FRAMEOPTION_*
_NONDEFAULT, _ROWS, _GROUPS, _DEFAULTS = 0x1, 0x4, 0x8, 1058
_START = {0x20: "UNBOUNDED PRECEDING", 0x200: "CURRENT ROW", 0x800: "PRECEDING", 0x2000: "FOLLOWING"}
_END = {0x100: "UNBOUNDED FOLLOWING", 0x400: "CURRENT ROW", 0x1000: "PRECEDING", 0x4000: "FOLLOWING"}
_EXCLUDE = {0x8000: "CURRENT ROW", 0x10000: "GROUP", 0x20000: "TIES"}

# pg_amproc, in_range: the types of a sorted column and of its offset.
_IN_RANGE = {
    "int2": ("int2", "int4", "int8"),
    "int4": ("int2", "int4", "int8"),
    "int8": ("int8",),
    "float4": ("float8",),
    "float8": ("float8",),
    "numeric": ("numeric",),
    **dict.fromkeys(("date", "timestamp", "timestamptz", "time", "interval", "timetz"), ("interval",)),
}


@dataclass(slots=True)
class Definition:
    """What stands in the parentheses of OVER or after AS in WINDOW."""

    partition: tuple[Expr, ...]
    order: tuple[SortKey, ...]
    frame: Frame | None
    framed: bool  # whether a frame was written


def call(context: Context, node: Node, scope: Scope, name: str, args: list[Expr], *, star: bool) -> Expr:
    """`name(args) OVER ...`.

    Raises:
        DatabaseError: 42P20, 42809, 0A000 as the server words them.
    """
    found = functions.resolve(context, name, args, node) if not star else functions.star_routine(context, name, node)
    if found.kind == "f":
        raise context.error(
            "42809", f"OVER specified, but {name} is not a window function nor an aggregate function", node
        )
    if node.get("agg_distinct"):
        raise context.error("0A000", "DISTINCT is not implemented for window functions", node)
    if "agg_order" in node:
        raise context.error("0A000", "aggregate ORDER BY is not implemented for window functions", node)
    where = None
    if "agg_filter" in node:
        if found.kind != "a":
            raise context.error("0A000", "FILTER is not implemented for non-aggregate window functions", node)
        where = coerce_boolean(context, expressions.expression(context, node["agg_filter"], scope), "FILTER")
    made = functions.make_call(context, found, args, node)
    _require_place(context, node, scope, made.args)
    inner: Expr = made
    if found.kind == "a":
        inner = Aggregate(
            found.result,
            name,
            made.signature,
            made.args,
            star,
            where=where,
            declared=made.declared,
            location=node.location,
        )
    scope.windows = True
    over = _over(context, node["over"], scope)
    return Window(found.result, inner, over.partition, over.order, over.frame, location=node.location)


def _require_place(context: Context, node: Node, scope: Scope, args: tuple[Expr, ...]) -> None:
    for arg in args:
        for found in _within(arg):
            if isinstance(found, Window):
                raise context.error("42P20", "window function calls cannot be nested", found)
            if isinstance(found, SetReturning):
                words = "window function calls cannot contain set-returning function calls"
                raise context.error("0A000", words, found)
    if scope.inside_aggregate:
        words = "aggregate function calls cannot contain window function calls"
        raise context.error("42803", words, node)
    if scope.inside_window:
        raise context.error("42P20", "window functions are not allowed in window definitions", node)
    if scope.clause in functions.NO_AGGREGATES or scope.clause == "HAVING":
        place = functions.NO_AGGREGATES.get(scope.clause, scope.clause)
        raise context.error("42P20", f"window functions are not allowed in {place}", node)


def _within(expr: Expr) -> Iterator[Expr]:
    yield expr
    if not isinstance(expr, SubQuery):
        for child in children(expr):
            yield from _within(child)


def named(context: Context, node: Node, scope: Scope) -> None:
    """Note the definitions of a SELECT's WINDOW clause.

    Raises:
        DatabaseError: 42P20 for two of one name.
    """
    for window in node.all("windowClause"):
        name = window["name"]
        if name in scope.named_windows:
            raise context.error("42P20", f'window "{name}" is already defined', window)
        scope.named_windows[name] = window


def definitions(context: Context, scope: Scope) -> list[Expr]:
    """The expressions of all named windows, those that nobody uses too."""
    found: list[Expr] = []
    for window in scope.named_windows.values():
        made = _definition(context, window, scope)
        found += [*made.partition, *(key.expr for key in made.order)]
    return found


def _over(context: Context, over: Node, scope: Scope) -> Definition:
    name = over.get("name")
    if name is None:
        return _definition(context, over, scope)
    over.skip("frameOptions")
    if name not in scope.named_windows:
        raise context.error("42704", f'window "{name}" does not exist', over)
    return _definition(context, scope.named_windows[name], scope)


def _definition(context: Context, over: Node, scope: Scope) -> Definition:
    before, scope.inside_window = scope.inside_window, True
    try:
        return _read(context, over, scope)
    finally:
        scope.inside_window = before


def _read(context: Context, over: Node, scope: Scope) -> Definition:
    base: Definition | None = None
    name = over.get("refname")
    own = over.get("name")
    if name is not None:
        earlier = list(scope.named_windows)
        if own is not None:
            earlier = earlier[: earlier.index(own)]
        if name not in earlier:
            raise context.error("42704", f'window "{name}" does not exist', over)
        base = _definition(context, scope.named_windows[name], scope)
    partition = tuple(_partition(context, item, scope) for item in over.all("partitionClause"))
    order = tuple(sorting.plain_key(context, item, scope) for item in over.all("orderClause"))
    options = over.get("frameOptions", _DEFAULTS)
    if base is not None:
        if partition:
            raise context.error("42P20", f'cannot override PARTITION BY clause of window "{name}"', over)
        if order and base.order:
            raise context.error("42P20", f'cannot override ORDER BY clause of window "{name}"', over)
        if base.framed:
            plain = own is None and not order and options == _DEFAULTS
            hint = "Omit the parentheses in this OVER clause." if plain else None
            raise context.error("42P20", f'cannot copy window "{name}" because it has a frame clause', over, hint=hint)
        partition, order = base.partition, order or base.order
    return Definition(partition, order, _frame(context, over, scope, options, order), bool(options & _NONDEFAULT))


def _partition(context: Context, node: Node, scope: Scope) -> Expr:
    expr = expressions.expression(context, node, scope)
    return coerce(context, expr, "text") if expr.type == UNKNOWN else expr


def _frame(context: Context, over: Node, scope: Scope, options: int, order: tuple[SortKey, ...]) -> Frame | None:
    if not options & _NONDEFAULT:
        return None
    mode = "ROWS" if options & _ROWS else "GROUPS" if options & _GROUPS else "RANGE"
    start, end = (
        next((word for bit, word in words.items() if options & bit), "CURRENT ROW") for words in (_START, _END)
    )
    moving = {"PRECEDING", "FOLLOWING"}
    if mode == "RANGE" and moving.intersection((start, end)) and len(order) != 1:
        raise context.error("42P20", "RANGE with offset PRECEDING/FOLLOWING requires exactly one ORDER BY column", over)
    if mode == "GROUPS" and not order:
        raise context.error("42P20", "GROUPS mode requires an ORDER BY clause", over)

    def offset(key: str) -> Expr:
        return _offset(context, over[key], scope, mode, order)

    return Frame(
        mode,
        start,
        end,
        offset("startOffset") if start in moving else None,
        offset("endOffset") if end in moving else None,
        next((word for bit, word in _EXCLUDE.items() if options & bit), ""),
    )


def _offset(context: Context, node: Node, scope: Scope, mode: str, order: tuple[SortKey, ...]) -> Expr:
    clause, scope.clause = scope.clause, f"window {mode}"
    try:
        expr = expressions.expression(context, node, scope)
    finally:
        scope.clause = clause
    if mode == "RANGE":
        expr = coerce(context, expr, _offset_type(context, expr, order[0].expr.type))
    else:
        if not context.overloads.can_coerce(expr.type, "int8", "a"):
            raise context.error("42804", f"argument of {mode} must be type bigint, not type {title(expr.type)}", expr)
        expr = coerce(context, expr, "int8", "a")
    local = {entry.relation for entry in scope.entries if entry.relation}
    for column in columns_in(expr):
        if column.relation in local:
            raise context.error("42P10", f"argument of {mode} must not contain variables", column)
    return expr


def _offset_type(context: Context, expr: Expr, column: str) -> str:
    candidates = _IN_RANGE.get(column, ())
    column = "text" if column == "varchar" else column
    words = "RANGE with offset PRECEDING/FOLLOWING is not supported for column type"
    if not candidates:
        raise context.error("0A000", f"{words} {title(column)}", expr)
    fitting = [kind for kind in candidates if context.overloads.can_coerce(expr.type, kind)]
    if not fitting:
        raise context.error(
            "0A000",
            f"{words} {title(column)} and offset type {title(expr.type)}",
            expr,
            hint="Cast the offset value to an appropriate type.",
        )
    preferred = expr.type if expr.type != UNKNOWN else column
    if preferred in fitting:
        return preferred
    if len(fitting) > 1:
        raise context.error(
            "0A000",
            f"RANGE with offset PRECEDING/FOLLOWING has multiple interpretations for column type {title(column)} "
            f"and offset type {title(expr.type)}",
            expr,
            hint="Cast the offset value to the exact intended type.",
        )
    return fitting[0]
