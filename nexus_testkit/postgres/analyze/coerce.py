"""Making an expression of one type into another, as `parse_coerce.c` does."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from nexus_testkit.errors import DatabaseError
from nexus_testkit.postgres.analyze import registered, rows, usertypes
from nexus_testkit.postgres.analyze.context import Context, Where
from nexus_testkit.postgres.analyze.overloads import UNKNOWN, MismatchError
from nexus_testkit.postgres.catalog.system import DomainType, title
from nexus_testkit.postgres.typed import ArrayExpr, Cast, Const, Expr, Param, Typmod
from nexus_testkit.postgres.values import cast
from nexus_testkit.postgres.values.regs import REGS

Kind = Literal["i", "a", "e"]

# Literals that mean another value at each run, so they can't be folded into a plan.
_RELATIVE = re.compile(r"(?<![a-z])(?:now|today|tomorrow|yesterday)(?![a-z])", re.IGNORECASE)
_TIMES = frozenset({"date", "time", "timestamp", "timestamptz"})


def coerce(context: Context, expr: Expr, target: str, kind: Kind = "i", typmod: Typmod = None) -> Expr:
    """`expr` as `target`; the caller has made sure that this is allowed (`can_coerce`).

    A literal of unknown type is converted now, so that its errors come before the statement runs; a parameter
    of unknown type takes the target's.
    """
    if isinstance(target, DomainType):
        return _into_domain(context, expr, target, kind)
    if isinstance(expr, Param) and expr.type == UNKNOWN:
        if target == "any":
            return undecided(context, expr)
        expr = _decide(context, expr, "text" if target == UNKNOWN else target)
    if target in ("any", UNKNOWN):
        return expr if expr.type != UNKNOWN else coerce(context, expr, "text")
    if expr.type == target and (typmod is None or typmod == expr.typmod):
        return expr
    if expr.type[-1:] == ")" and (row := rows.coerced(context, expr, target, kind, expr)) is not None:
        return row
    if isinstance(expr, Const) and expr.type == UNKNOWN:
        return _literal(context, expr, target, kind, typmod)
    if isinstance(expr, ArrayExpr) and target.endswith("[]") and typmod is None and expr.type != target:
        element = target if expr.nested else target[:-2]
        return ArrayExpr(
            target,
            tuple(coerce(context, item, element, kind) for item in expr.items),
            expr.nested,
            location=expr.location,
        )
    return Cast(target, expr, kind, typmod=typmod, location=expr.location)


def _into_domain(context: Context, expr: Expr, target: DomainType, kind: Kind) -> Expr:
    """A value made into one of a domain (or an array of them): into the base type, then checked (`coerce_to_domain`)."""
    from nexus_testkit.postgres.analyze.domains import typmod_of  # noqa: PLC0415  # a cycle otherwise

    same = isinstance(expr.type, DomainType) and (expr.type.domain, expr.type.element) == (
        target.domain,
        target.element,
    )
    if same and not isinstance(expr, Param):
        return expr
    if isinstance(expr, Param) and expr.type == UNKNOWN:
        expr = _decide(context, expr, target)
    typmod = typmod_of(context.catalog, target.domain)
    return Cast(target, coerce(context, expr, str(target), kind, typmod), "i", location=expr.location)


def undecided(context: Context, param: Param) -> Param:
    """A parameter in a place that gives it no type: an error, unless something before has given it one."""
    context.undecided.setdefault(param.number, param.location)
    return param


def _decide(context: Context, param: Param, target: str) -> Param:
    known = context.params.setdefault(param.number, target)
    if known != target:
        raise context.error(
            "42P08",
            f"inconsistent types deduced for parameter ${param.number}",
            param,
            detail=f"{title(known)} versus {title(target)}",
        )
    return Param(target, param.number, location=param.location)


def _literal(context: Context, expr: Const, target: str, kind: Kind, typmod: Typmod) -> Expr:
    if expr.value is None:
        return Const(target, None, typmod=typmod, location=expr.location)
    if target == rows.RECORD:
        raise context.error("0A000", "input of anonymous composite types is not implemented", expr)
    if target in REGS:
        return registered.literal(context, expr, target)
    if target in context.catalog.enums:
        usertypes.require_safe(context, target, expr.value, expr)
        return Const(target, expr.value, location=expr.location)
    if target.endswith("[]") and target.rstrip("[]") in context.catalog.enums:
        usertypes.require_labels(context, target.rstrip("[]"), expr)
    try:
        # interval's modifier says what a bare number means
        early = typmod if target == "interval" else None
        value = cast(expr.value, UNKNOWN, target, early, session=context.values, explicit=kind == "e")
    except DatabaseError as error:
        raise context.located(error, expr) from None
    if target.rstrip("[]") in _TIMES and _RELATIVE.search(expr.value):
        return Cast(
            target, Const("text", expr.value, location=expr.location), "e", typmod=typmod, location=expr.location
        )
    written = value if kind == "e" and typmod is not None else None
    try:
        if typmod is not None:
            value = cast(value, target, target, typmod, explicit=kind == "e")
    except DatabaseError as error:
        # A modifier's complaint (22001, 22003) has no position on the server, an unreadable literal has.
        raise context.located(error, None) from None
    return Const(target, value, written, typmod=typmod, location=expr.location)


def coerce_boolean(context: Context, expr: Expr, clause: str) -> Expr:
    """`expr` as a condition."""
    if expr.type not in ("bool", UNKNOWN):
        raise context.error("42804", f"argument of {clause} must be type boolean, not type {title(expr.type)}", expr)
    return coerce(context, expr, "bool")


def coerce_integer(context: Context, expr: Expr, clause: str) -> Expr:
    """`expr` as LIMIT's or OFFSET's bigint."""
    if not context.overloads.can_coerce(expr.type, "int8", "a"):
        raise context.error("42804", f"argument of {clause} must be type bigint, not type {title(expr.type)}", expr)
    return coerce(context, expr, "int8")


def coerce_common(context: Context, exprs: Sequence[Expr], construct: str) -> tuple[str, list[Expr]]:
    """All of them as their common type; `construct` is how the message names the place (`CASE`, `UNION`)."""
    common = common_type(context, exprs, construct)
    for expr in exprs:
        if not context.overloads.can_coerce(expr.type, common):
            raise context.error(
                "42846", f"{construct} could not convert type {title(expr.type)} to {title(common)}", expr
            )
    return common, [coerce(context, expr, common) for expr in exprs]


def common_type(context: Context, exprs: Sequence[Expr], construct: str) -> str:
    """The common type of some expressions.

    Raises:
        DatabaseError: 42804, with the position of the first that does not fit.
    """
    types = [expr.type for expr in exprs]
    try:
        return context.overloads.common(types)
    except MismatchError as mismatch:
        raise context.error(
            "42804",
            f"{construct} types {title(mismatch.left)} and {title(mismatch.right)} cannot be matched",
            exprs[mismatch.index],
        ) from None


def coerce_assigned(
    context: Context, expr: Expr, column: str, target: str, typmod: Typmod, where: Where = None
) -> Expr:
    """`expr` as the value of a column, by assignment cast.

    Raises:
        DatabaseError: 42804 where no assignment cast leads there.
    """
    if not context.overloads.can_coerce(expr.type, target, "a"):
        raise context.error(
            "42804",
            f'column "{column}" is of type {title(target)} but expression is of type {title(expr.type)}',
            where if where is not None else expr,
            hint="You will need to rewrite or cast the expression.",
        )
    if isinstance(expr, Param) and expr.type == UNKNOWN:
        expr = coerce(context, expr, target)
    return coerce(context, expr, target, "a", typmod)


def coerce_explicit(context: Context, expr: Expr, target: str, typmod: Typmod, where: Where) -> Expr:
    """`CAST(expr AS target)`.

    Raises:
        DatabaseError: 42846 where there is no such cast.
    """
    if not context.overloads.can_coerce(expr.type, target, "e"):
        raise context.error("42846", f"cannot cast type {title(expr.type)} to {title(target)}", where)
    if expr.type[-1:] == ")" and (row := rows.coerced(context, expr, target, "e", where)) is not None:
        return row
    return coerce(context, expr, target, "e", typmod)
