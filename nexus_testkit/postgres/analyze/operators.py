"""Operators: overloads chosen, operands coerced, comparisons that more than one syntax needs."""

from __future__ import annotations

from collections.abc import Sequence

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Where
from nexus_testkit.postgres.analyze.overloads import UNKNOWN, AmbiguousError
from nexus_testkit.postgres.analyze.volatility import depends_on_settings
from nexus_testkit.postgres.catalog.system import Routine, system, title
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ArrayCompare, Call, Const, Distinct, Expr
from nexus_testkit.postgres.values import records
from nexus_testkit.postgres.values.regs import VECTORS, as_array

_NO_OPERATOR = "No operator matches the given name and argument types. You might need to add explicit type casts."
_NO_OPERATOR_UNARY = (
    "No operator matches the given name and argument type. You might need to add an explicit type cast."
)
_AMBIGUOUS = "Could not choose a best candidate operator. You might need to add explicit type casts."


def operator_name(context: Context, node: Node) -> str:
    """The operator's name, without pg_catalog."""
    names = node.names("name")
    if names[:-1] not in ([], ["pg_catalog"]):
        raise context.unsupported(f"operator of schema {names[0]}", node)
    return "<>" if names[-1] == "!=" else names[-1]


def make_operator(context: Context, name: str, args: Sequence[Expr], where: Where) -> Expr:
    """The call of an operator on one or two operands.

    Raises:
        DatabaseError: 42883 where PostgreSQL has none for these types, 42725 where it has several.
    """
    types = [arg.type for arg in args]
    try:
        found = context.overloads.operator(name, types)
    except AmbiguousError:
        raise context.error("42725", f"operator is not unique: {_shown(name, types)}", where, hint=_AMBIGUOUS) from None
    if found is None:
        hint = _NO_OPERATOR if len(args) == 2 else _NO_OPERATOR_UNARY
        raise context.error("42883", f"operator does not exist: {_shown(name, types)}", where, hint=hint)
    coerced = tuple(coerce(context, arg, wanted) for arg, wanted in zip(args, found.args, strict=True))
    at = where if isinstance(where, int) else -1 if where is None else where.location
    return Call(
        found.result,
        name,
        found.args,
        coerced,
        operator=True,
        volatile=_stable(found),
        declared=found.declared,
        location=at,
    )


def _stable(found: Routine) -> bool:
    """Whether pg_operator's function is stable: it asks for TimeZone, or writes as text what asks for settings."""
    kinds = set(found.declared)
    if found.name == "||" and "anynonarray" in kinds:  # textanycat and its kin are inlined as casts to text
        return any(depends_on_settings(kind, "text") for kind in found.args)
    return "timestamptz" in kinds and bool(kinds & {"date", "timestamp", "interval"})


def _shown(name: str, types: Sequence[str]) -> str:
    if len(types) == 1:
        return f"{name} {title(types[0])}"
    return f"{title(types[0])} {name} {title(types[1])}"


def binary(context: Context, name: str, left: Expr, right: Expr, where: Where) -> Expr:
    """`left name right`."""
    for kind, other in ((left.type, right), (right.type, left)):
        if kind in VECTORS and isinstance(other, Const) and other.type == UNKNOWN:
            made = coerce(context, other, kind)
            left, right = (left, made) if other is right else (made, right)
    return make_operator(context, name, (left, right), where)


def compare(context: Context, name: str, left: Expr, right: Expr, where: Where) -> Expr:
    """A comparison whose result must be boolean."""
    return binary(context, name, left, right, where)


def distinct(context: Context, left: Expr, right: Expr, node: Node, *, negated: bool) -> Expr:
    """IS [NOT] DISTINCT FROM: null is a value like the others."""
    equal = binary(context, "=", left, right, node)
    if not isinstance(equal, Call):
        raise context.unsupported("IS DISTINCT FROM", node)
    one, other = equal.args
    compared = one.type if records.find(one.type) is not None else _compared(context, equal.signature)
    return Distinct(
        "bool",
        coerce(context, one, compared),
        coerce(context, other, compared),
        compared,
        negated,
        location=node.location,
    )


def array_compare(context: Context, name: str, left: Expr, right: Expr, node: Node, *, every: bool) -> Expr:
    """`left operator ANY | ALL (array)`."""
    if right.type == UNKNOWN and left.type.endswith("[]"):
        raise context.error("42704", f"could not find array type for data type {title(left.type)}", node)
    if right.type == UNKNOWN:
        element = "text" if left.type in (UNKNOWN, "varchar") else left.type
    elif as_array(right.type).endswith("[]"):
        element = as_array(right.type)[:-2]
    else:
        raise context.error("42809", "op ANY/ALL (array) requires array on right side", node)
    try:
        found = context.overloads.operator(name, [left.type, UNKNOWN if right.type == UNKNOWN else element])
    except AmbiguousError:
        found = None
    if found is None:
        raise context.error(
            "42883", f"operator does not exist: {title(left.type)} {name} {title(element)}", node, hint=_NO_OPERATOR
        )
    if found.result != "bool":
        raise context.error("42809", "op ANY/ALL (array) requires operator to yield boolean", node)
    if name in ("=", "<>", "<", "<=", ">", ">="):
        compared = _compared(context, found.args)
        return ArrayCompare(
            "bool",
            coerce(context, left, compared),
            coerce(context, right, compared + "[]"),
            name,
            compared,
            every,
            location=node.location,
        )
    return ArrayCompare(
        "bool",
        coerce(context, left, found.args[0]),
        coerce(context, right, found.args[1] + "[]"),
        name,
        found.args[1],
        every,
        location=node.location,
    )


def _compared(context: Context, signature: tuple[str, ...]) -> str:
    """One type for both sides of a comparison such as `int4 = int8`."""
    left, right = signature
    return left if left == right else context.overloads.common([left, right])


def require_ordering(context: Context, expr: Expr, where: Where) -> None:
    """ORDER BY, GROUP BY, DISTINCT need an operator: json has none."""
    bare = expr.type.rstrip("[]")
    if bare == "json" or (bare in system().categories and bare in ("xml", "point", "jsonpath")):
        raise context.error("42883", f"could not identify an equality operator for type {title(expr.type)}", where)


def require_comparison(kind: str) -> None:
    """What GREATEST and LEAST ask when they are made ready to run, so without a position (execExpr.c).

    Raises:
        DatabaseError: 42883 for a type whose values have no order.
    """
    if kind.rstrip("[]") in ("json", "xml", "point", "jsonpath"):
        raise database_error("42883", f"could not identify a comparison function for type {kind}")
