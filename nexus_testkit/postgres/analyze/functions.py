"""Function calls: plain, aggregate, window (`parse_func.c`, `parse_agg.c`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nexus_testkit.postgres.analyze import (
    arguments,
    catalogued,
    expressions,
    orderedsets,
    populating,
    rows,
    setreturning,
    sorting,
    windows,
)
from nexus_testkit.postgres.analyze.coerce import coerce, coerce_boolean
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.grouping import children, columns_in
from nexus_testkit.postgres.analyze.operators import require_ordering
from nexus_testkit.postgres.analyze.overloads import UNKNOWN, AmbiguousError, UndeterminedError
from nexus_testkit.postgres.analyze.typenames import STORABLE
from nexus_testkit.postgres.catalog.system import Routine, system, title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Aggregate, Call, Cast, Expr, SortKey, SubQuery
from nexus_testkit.postgres.typed_select import SetReturning
from nexus_testkit.postgres.values import records

_NO_FUNCTION = "No function matches the given name and argument types. You might need to add explicit type casts."
_UNDETERMINED = "could not determine polymorphic type because input has type unknown"
_MOST_ARGUMENTS = 100  # pg_config.h, FUNC_MAX_ARGS
_AMBIGUOUS = "Could not choose a best candidate function. You might need to add explicit type casts."

# Where an aggregate may not stand, and how the message names the place.
NO_AGGREGATES = {
    "WHERE": "WHERE",
    "JOIN/ON": "JOIN conditions",
    "GROUP BY": "GROUP BY",
    "LIMIT": "LIMIT",
    "OFFSET": "OFFSET",
    "FILTER": "FILTER",
    "UPDATE": "UPDATE",
    "VALUES": "VALUES",
    "INSERT": "VALUES",
    "RETURNING": "RETURNING",
    "CHECK": "check constraints",
    "DEFAULT": "DEFAULT expressions",
    "INDEX": "index expressions",
    "INDEX WHERE": "index predicates",
    "GENERATED": "column generation expressions",
    "TRANSFORM": "transform expressions",
    "FROM": "functions in FROM",
    "window ROWS": "window ROWS",
    "window RANGE": "window RANGE",
    "window GROUPS": "window GROUPS",
    "MERGE WHEN": "MERGE WHEN conditions",
}


def call(context: Context, node: Node, scope: Scope) -> Expr:
    """`name(args)` with everything that may follow it."""
    name = function_name(context, node)
    spread = bool(node.get("func_variadic"))
    written = node.all("args")
    if len(written) > _MOST_ARGUMENTS:
        raise context.error("54023", f"cannot pass more than {_MOST_ARGUMENTS} arguments to a function", node)
    star = bool(node.get("agg_star"))
    is_aggregate = any(row.kind == "a" for row in system().functions.get(name, ()))
    # rank() and its kin are both: without WITHIN GROUP, of no arguments, the window function is meant.
    is_window = not written and not star and any(row.kind == "w" for row in system().functions.get(name, ()))
    if is_window and "over" not in node and not node.fields.get("agg_within_group"):
        raise context.error("42809", f"window function {name} requires an OVER clause", node)
    if node.get("agg_within_group"):
        if "over" in node and name in orderedsets.ORDERED_SETS | orderedsets.HYPOTHETICAL:
            raise context.error("0A000", f"OVER is not supported for ordered-set aggregate {name}", node)
        return orderedsets.within_group(context, node, scope, name, written)
    if spread and (is_aggregate or "over" in node):
        raise context.unsupported("VARIADIC", node)
    if is_aggregate and "over" not in node:
        return _aggregate(context, node, scope, name, written, star=star)
    if any(arg.kind == "NamedArgExpr" for arg in written):
        args = arguments.positional(context, name, written, scope, node)
    else:
        args = [argument(context, arg, scope) for arg in written]
    if len(args) == 1 and (field := rows.called(context, name, args[0])) is not None:
        return field
    if spread:
        meant = arguments.variadic(context, name, args, node)
        if isinstance(meant, Expr):
            return meant
        name, args = meant
    if "over" in node:
        return windows.call(context, node, scope, name, args, star=star)
    if len(args) == 1 and args[0].type == UNKNOWN and not spread and name in system().categories:
        # a type's name and one literal are a cast, before any function but an exact one (func_get_detail)
        if name not in STORABLE:
            raise context.unsupported(f"type {name}", node)
        return coerce(context, args[0], name, "e")
    if len(args) == 1 and not spread and (cast := _written_as_call(context, name, args[0])) is not None:
        cast.location = node.location
        return cast
    found = resolve(context, name, args, node)
    if found.kind == "w":
        raise context.error("42809", f"window function {name} requires an OVER clause", node)
    if "agg_order" in node or "agg_filter" in node or "agg_distinct" in node:
        what = "ORDER BY" if "agg_order" in node else "FILTER" if "agg_filter" in node else "DISTINCT"
        raise context.error("42809", f"{what} specified, but {name} is not an aggregate function", node)
    made = catalogued.call(context, found, args, node) or make_call(context, found, args, node)
    if not isinstance(made, Call):
        return made
    if node.fields.get("funcformat") == "COERCE_SQL_SYNTAX":
        made.written = "syntax"
    if made.name in populating.NAMES:
        return populating.call(context, made, scope, node)
    if found.many and scope.clause != "FROM":
        return setreturning.placed(context, made, scope, node)
    return made


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


def argument(context: Context, node: Node, scope: Scope) -> Expr:
    """One argument of a call."""
    if node.kind == "NamedArgExpr":
        raise context.unsupported("an argument by name", node)
    return expressions.expression(context, node, scope)


def _written_as_call(context: Context, name: str, arg: Expr) -> Cast | None:
    """`text(5)`: a cast through the types' texts, where there is no such function (func_get_detail)."""
    if name not in STORABLE or arg.type == "record" or arg.type.endswith(")"):
        return None
    if any(row.args == (arg.type,) for row in system().functions.get(name, ())):
        return None
    if {arg.type, name} == {"bit", "varbit"}:
        return Cast(name, arg, "e")
    through_text = (arg.type, name) not in system().casts and context.overloads.can_coerce(arg.type, name, "e")
    return Cast(name, arg, "e") if through_text else None


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
        plain = len(args) == 1 and name in STORABLE and not types[0].endswith(")")
        if plain and context.overloads.can_coerce(types[0], name, "e"):
            raise context.unsupported(f"a cast written as the function {name}()", node)
        raise context.error("42883", f"function {shown} does not exist", node, hint=_NO_FUNCTION)
    if found.kind == "p":
        raise context.unsupported(f"procedure {name}", node)
    return _of_rows(found, types)


def _of_rows(found: Routine, types: list[str]) -> Routine:
    """A function of `record` with the rows' own type in its place."""
    given = next((kind for kind, wanted in zip(types, found.args, strict=True) if wanted == "record"), None)
    if given is None or records.find(given) is None:
        return found
    args = tuple(kind if wanted == "record" else wanted for kind, wanted in zip(types, found.args, strict=True))
    row = records.find(given)
    result = records.row_type(records.ANONYMOUS, row.fields) if row is not None else found.result
    return replace(found, args=args, result=result if found.result == "record" else found.result)


def require_aggregate_place(context: Context, node: Node, scope: Scope) -> None:
    """Refuse an aggregate where none may stand.

    Raises:
        DatabaseError: 42803.
    """
    if scope.clause in NO_AGGREGATES:
        raise context.error("42803", f"aggregate functions are not allowed in {NO_AGGREGATES[scope.clause]}", node)
    if scope.inside_aggregate:
        raise context.error("42803", "aggregate function calls cannot be nested", node)


def _aggregate(context: Context, node: Node, scope: Scope, name: str, written: list[Node], *, star: bool) -> Expr:
    nested, scope.inside_aggregate = scope.inside_aggregate, True
    try:
        args = [argument(context, arg, scope) for arg in written]
        where = filter_of(context, node, scope)
        order = tuple(sorting.plain_key(context, key, scope) for key in node.all("agg_order"))
    finally:
        scope.inside_aggregate = nested
    found = resolve(context, name, args, node) if not star else star_routine(context, name, node)
    if not args and not star:
        raise context.error("42809", f"{name}(*) must be used to call a parameterless aggregate function", node)
    distinct = bool(node.get("agg_distinct"))
    call = make_call(context, found, args, node)
    require_single_rows(context, call.args)
    level = _level(call, where, scope)
    require_aggregate_place(context, node, level)
    level.aggregates = True
    if distinct:
        for arg in call.args:
            require_ordering(context, arg, arg)
        order = _among_arguments(context, order, call)
    made = Aggregate(
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
    if level is not scope:
        level.claimed.append(made)
    return made


def _among_arguments(context: Context, order: tuple[SortKey, ...], call: Call) -> tuple[SortKey, ...]:
    """The keys as the arguments that they are; casts that nobody wrote don't count (`findTargetlistEntrySQL99`)."""
    found = []
    for key in order:
        for arg in call.args:
            if key.expr == arg or (isinstance(arg, Cast) and arg.kind == "i" and key.expr == arg.arg):
                found.append(replace(key, expr=arg))
                break
        else:
            raise context.error(
                "42P10", "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list", key.expr
            )
    return tuple(found)


def _level(call: Call, where: Expr | None, scope: Scope) -> Scope:
    """The query that an aggregate belongs to: the innermost of those whose columns it reads (`check_agglevels_and_constraints`)."""
    exprs = (*call.args, *((where,) if where is not None else ()))
    read = {column.relation for expr in exprs for column in columns_in(expr)}
    level: Scope | None = scope
    while level is not None and read:
        own = {column.relation for entry in level.entries for _, expr in entry.columns for column in columns_in(expr)}
        if read & own:
            return level
        level = level.parent
    return scope


def require_single_rows(context: Context, args: Sequence[Expr]) -> None:
    """Refuse a set-returning function inside an aggregate.

    Raises:
        DatabaseError: 0A000.
    """
    for arg in args:
        if isinstance(arg, SetReturning):
            words = "aggregate function calls cannot contain set-returning function calls"
            raise context.error("0A000", words, arg)
        if not isinstance(arg, SubQuery):
            require_single_rows(context, tuple(children(arg)))


def star_routine(context: Context, name: str, node: Node) -> Routine:
    """The aggregate that `name(*)` means."""
    found = next((row for row in system().functions[name] if not row.args), None)
    if found is None:
        raise context.error("42883", f"function {name}() does not exist", node, hint=_NO_FUNCTION)
    return found


def filter_of(context: Context, node: Node, scope: Scope) -> Expr | None:
    """An aggregate's FILTER."""
    if "agg_filter" not in node:
        return None
    clause, scope.clause = scope.clause, "FILTER"
    try:
        return coerce_boolean(context, expressions.expression(context, node["agg_filter"], scope), "FILTER")
    finally:
        scope.clause = clause
