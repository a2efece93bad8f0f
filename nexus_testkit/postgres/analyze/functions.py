"""Function calls: plain, aggregate, window (`parse_func.c`, `parse_agg.c`)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import expressions, sorting
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_boolean
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.grouping import columns_in
from nexus_testkit.postgres.analyze.overloads import AmbiguousError, UndeterminedError
from nexus_testkit.postgres.analyze.typenames import STORABLE
from nexus_testkit.postgres.catalog.system import Routine, system, title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Aggregate, Call, ColumnRef, Expr, FunctionSource, SortKey, Window

_NO_FUNCTION = "No function matches the given name and argument types. You might need to add explicit type casts."
_UNDETERMINED = "could not determine polymorphic type because input has type unknown"
_AMBIGUOUS = "Could not choose a best candidate function. You might need to add explicit type casts."

# Where an aggregate may not stand, and how the message names the place.
_NO_AGGREGATES = {
    "WHERE": "WHERE",
    "JOIN/ON": "JOIN conditions",
    "GROUP BY": "GROUP BY",
    "LIMIT": "LIMIT",
    "OFFSET": "OFFSET",
    "FILTER": "FILTER",
    "UPDATE": "UPDATE",
    "VALUES": "VALUES",
    "RETURNING": "RETURNING",
    "CHECK": "check constraints",
    "DEFAULT": "DEFAULT expressions",
    "INDEX": "index expressions",
    "INDEX WHERE": "index predicates",
    "GENERATED": "column generation expressions",
    "FROM": "functions in FROM",
}


def call(context: Context, node: Node, scope: Scope) -> Expr:
    """`name(args)` with everything that may follow it."""
    name = function_name(context, node)
    if node.get("func_variadic"):
        raise context.unsupported("VARIADIC", node)
    written = node.all("args")
    star = bool(node.get("agg_star"))
    is_aggregate = any(row.kind == "a" for row in system().functions.get(name, ()))
    # rank() and its kin are both: without WITHIN GROUP, of no arguments, the window function is meant.
    is_window = not written and not star and any(row.kind == "w" for row in system().functions.get(name, ()))
    if is_window and "over" not in node and not node.get("agg_within_group"):
        raise context.error("42809", f"window function {name} requires an OVER clause", node)
    if is_aggregate and "over" not in node:
        return _aggregate(context, node, scope, name, written, star=star)
    args = [_argument(context, arg, scope) for arg in written]
    if "over" in node:
        return _window(context, node, scope, name, args, star=star)
    found = resolve(context, name, args, node)
    if found.kind == "w":
        raise context.error("42809", f"window function {name} requires an OVER clause", node)
    if "agg_order" in node or "agg_filter" in node or "agg_distinct" in node:
        what = "ORDER BY" if "agg_order" in node else "FILTER" if "agg_filter" in node else "DISTINCT"
        raise context.error("42809", f"{what} specified, but {name} is not an aggregate function", node)
    made = make_call(context, found, args, node)
    if found.many and scope.clause != "FROM":
        return _set_returning(context, made, scope, node)
    return made


def _set_returning(context: Context, made: Call, scope: Scope, node: Node) -> Expr:
    """A set-returning function in the select list: as a function in FROM beside what stands there."""
    if scope.clause != "SELECT" or made.type == "record" or scope.set_returning or scope.inside_aggregate:
        raise context.unsupported(f"set-returning function {made.name} in this place", node)
    alias = context.alias()
    scope.set_returning.append(FunctionSource(alias, made, 1))
    return ColumnRef(made.type, alias, "c0", made.name, location=node.location)


def unnest_together(context: Context, node: Node, scope: Scope) -> tuple[Call, list[tuple[str, str]]] | None:
    """`unnest(a, b ...)` in FROM with names and types of its columns; None where it is another function or of one array."""
    if len(node.fields.get("args", ())) < 2 or function_name(context, node) != "unnest":
        return None
    given = [_argument(context, arg, scope) for arg in node["args"]]
    parts = [make_call(context, resolve(context, "unnest", [arg], node), [arg], node) for arg in given]
    arrays = tuple(part.args[0] for part in parts)
    call = Call("record", "unnest", tuple(array.type for array in arrays), arrays, location=node.location)
    return call, [("unnest", part.type) for part in parts]


def make_call(context: Context, found: Routine, args: list[Expr], node: Node) -> Call:
    """The call of a resolved function."""
    coerced = tuple(coerce(context, arg, wanted) for arg, wanted in zip(args, found.args, strict=True))
    signature = tuple(arg.type if wanted == "any" else wanted for arg, wanted in zip(coerced, found.args, strict=True))
    return Call(
        found.result,
        found.name,
        signature,
        coerced,
        volatile=found.volatility != "i",
        declared=found.declared,
        location=node.location,
    )


def function_name(context: Context, node: Node) -> str:
    """The function's name, without pg_catalog."""
    names = node.names("funcname")
    if names[:-1] == ["public"]:
        return ".".join(names)  # there is none in this schema: `resolve` says so
    if names[:-1] not in ([], ["pg_catalog"]):
        raise context.error("3F000", f'schema "{names[0]}" does not exist', node)
    return names[-1]


def _argument(context: Context, node: Node, scope: Scope) -> Expr:
    if node.kind == "NamedArgExpr":
        raise context.unsupported("an argument by name", node)
    return expressions.expression(context, node, scope)


def resolve(context: Context, name: str, args: list[Expr], node: Node) -> Routine:
    """The function that a call means.

    Raises:
        DatabaseError: 42883 where there is none, 42725 where there are several.
    """
    types = [arg.type for arg in args]
    qualified = ".".join(node.names("funcname"))
    shown = f"{qualified}({', '.join(title(kind) for kind in types)})"
    try:
        found = context.overloads.function(name, types)
    except UndeterminedError:
        raise context.error("42804", _UNDETERMINED) from None
    except AmbiguousError:
        raise context.error("42725", f"function {shown} is not unique", node, hint=_AMBIGUOUS) from None
    if found is None:
        if len(args) == 1 and name in STORABLE and context.overloads.can_coerce(types[0], name, "e"):
            raise context.unsupported(f"a cast written as the function {name}()", node)
        raise context.error("42883", f"function {shown} does not exist", node, hint=_NO_FUNCTION)
    if found.kind == "p":
        raise context.unsupported(f"procedure {name}", node)
    return found


def _aggregate(context: Context, node: Node, scope: Scope, name: str, written: list[Node], *, star: bool) -> Expr:
    if "agg_within_group" in node or node.get("agg_within_group"):
        raise context.unsupported("WITHIN GROUP", node)
    if scope.clause in _NO_AGGREGATES:
        raise context.error("42803", f"aggregate functions are not allowed in {_NO_AGGREGATES[scope.clause]}", node)
    if scope.inside_aggregate:
        raise context.error("42803", "aggregate function calls cannot be nested", node)
    scope.inside_aggregate = True
    try:
        args = [_argument(context, arg, scope) for arg in written]
        where = _filter(context, node, scope)
        order = tuple(sorting.plain_key(context, key, scope) for key in node.all("agg_order"))
    finally:
        scope.inside_aggregate = False
    found = resolve(context, name, args, node) if not star else _star(context, name, node)
    if not args and not star:
        raise context.error("42809", f"{name}(*) must be used to call a parameterless aggregate function", node)
    scope.aggregates = True
    distinct = bool(node.get("agg_distinct"))
    call = make_call(context, found, args, node)
    if distinct:
        _require_argument(context, order, call)
    _require_own(context, call, scope, node)
    return Aggregate(
        found.result,
        name,
        call.signature,
        call.args,
        star,
        distinct,
        order,
        where,
        call.declared,
        location=node.location,
    )


def _require_argument(context: Context, order: tuple[SortKey, ...], call: Call) -> None:
    for key in order:
        if key.expr not in call.args:
            raise context.error(
                "42P10", "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list", key.expr
            )


def _require_own(context: Context, call: Call, scope: Scope, node: Node) -> None:
    """An aggregate of columns of an outer query alone is an aggregate of that query."""
    read = {column.relation for arg in call.args for column in columns_in(arg)}
    outer: set[str] = set()
    level = scope.parent
    while level is not None:
        outer.update(
            column.relation for entry in level.entries for _, expr in entry.columns for column in columns_in(expr)
        )
        level = level.parent
    if read and read <= outer:
        raise context.unsupported("an aggregate of an outer query's columns", node)


def _star(context: Context, name: str, node: Node) -> Routine:
    found = next((row for row in system().functions[name] if not row.args), None)
    if found is None:
        raise context.error("42883", f"function {name}() does not exist", node, hint=_NO_FUNCTION)
    return found


def _filter(context: Context, node: Node, scope: Scope) -> Expr | None:
    if "agg_filter" not in node:
        return None
    return coerce_boolean(context, expressions.expression(context, node["agg_filter"], scope), "FILTER")


def _window(context: Context, node: Node, scope: Scope, name: str, args: list[Expr], *, star: bool) -> Expr:
    if scope.clause in _NO_AGGREGATES or scope.clause == "HAVING":
        place = _NO_AGGREGATES.get(scope.clause, scope.clause)
        raise context.error("42P20", f"window functions are not allowed in {place}", node)
    if scope.inside_window:
        raise context.error("42P20", "window function calls cannot be nested", node)
    found = resolve(context, name, args, node) if not star else _star(context, name, node)
    if found.kind == "f":
        raise context.error(
            "42809", f"OVER specified, but {name} is not a window function nor an aggregate function", node
        )
    if node.get("agg_distinct"):
        raise context.error("0A000", "DISTINCT is not implemented for window functions", node)
    if "agg_order" in node:
        raise context.error("0A000", "aggregate ORDER BY is not implemented for window functions", node)
    where = _filter(context, node, scope)
    made = make_call(context, found, args, node)
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
    elif where is not None:
        raise context.error("0A000", "FILTER is not implemented for non-aggregate window functions", node)
    scope.windows = True
    scope.inside_window = True
    try:
        partition, order, frame = _over(context, node["over"], scope)
    finally:
        scope.inside_window = False
    return Window(found.result, inner, partition, order, frame, location=node.location)


def _over(context: Context, over: Node, scope: Scope) -> tuple[tuple[Expr, ...], tuple[SortKey, ...], str]:
    name = over.get("name")
    if name is not None and set(over.fields) <= {"name", "frameOptions", "location"}:
        over.skip("frameOptions")
        if name not in scope.named_windows:
            raise context.error("42704", f'window "{name}" does not exist', over)
        over = scope.named_windows[name]
        over.skip("name")
    elif "refname" in over:
        raise context.unsupported("a window that extends another one", over)
    partition = tuple(expressions.expression(context, item, scope) for item in over.all("partitionClause"))
    order = tuple(sorting.plain_key(context, item, scope) for item in over.all("orderClause"))
    return partition, order, _frame(context, over, scope)


# parsenodes.h, FRAMEOPTION_*
_NONDEFAULT, _RANGE, _ROWS, _GROUPS, _BETWEEN = 0x1, 0x2, 0x4, 0x8, 0x10
_START = {0x20: "UNBOUNDED PRECEDING", 0x200: "CURRENT ROW", 0x800: "{} PRECEDING", 0x2000: "{} FOLLOWING"}
_END = {0x100: "UNBOUNDED FOLLOWING", 0x400: "CURRENT ROW", 0x1000: "{} PRECEDING", 0x4000: "{} FOLLOWING"}
_EXCLUDE = {0x8000: "CURRENT ROW", 0x10000: "GROUP", 0x20000: "TIES"}


def _frame(context: Context, over: Node, scope: Scope) -> str:
    options = over.get("frameOptions", 0)
    if not options & _NONDEFAULT:
        return ""
    mode = "ROWS" if options & _ROWS else "GROUPS" if options & _GROUPS else "RANGE"

    def bound(words: dict[int, str], key: str) -> str:
        text = next((word for bit, word in words.items() if options & bit), "CURRENT ROW")
        if "{}" not in text:
            return text
        offset = expressions.expression(context, over[key], scope)
        if mode == "RANGE" or not isinstance(value := getattr(offset, "value", None), int) or value < 0:
            raise context.unsupported("this frame's offset", over)
        return text.format(value)

    start, end = bound(_START, "startOffset"), bound(_END, "endOffset")
    exclude = next((f" EXCLUDE {word}" for bit, word in _EXCLUDE.items() if options & bit), "")
    return f"{mode} BETWEEN {start} AND {end}{exclude}"
