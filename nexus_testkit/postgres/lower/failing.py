"""Which expressions can end in an error: what must be computed exactly when PostgreSQL computes it, or not at all."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.catalog.system import system
from nexus_testkit.postgres.typed import (
    ArrayCompare,
    ArrayExpr,
    BoolOp,
    Call,
    Case,
    Cast,
    Coalesce,
    Const,
    Distinct,
    Expr,
    InList,
    IsTest,
    MinMax,
    NullIf,
    Param,
    SubQuery,
    Subscript,
)

_TOTAL_OPERATORS = frozenset({"=", "<>", "<", ">", "<=", ">=", "||", "~~*", "@>", "<@", "?", "->", "->>"})
_TOTAL_FUNCTIONS = frozenset(
    {
        "lower",
        "upper",
        "length",
        "char_length",
        "octet_length",
        "btrim",
        "ltrim",
        "rtrim",
        "reverse",
        "md5",
        "concat",
        "now",
    }
)
_WIDER = {"int2": 0, "int4": 1, "int8": 2, "numeric": 3}
_TEXTS = frozenset({"text", "varchar"})

_COMPUTED = (ArrayCompare, ArrayExpr, BoolOp, Case, Coalesce, Distinct, InList, IsTest, MinMax, NullIf, Subscript)

# Types whose text is read, or written, by the session's settings (pg_type's typinput and typoutput that are not immutable).
_READ = frozenset({"date", "interval", "time", "timestamp", "timestamptz", "timetz", "regclass", "regtype"})
_WRITTEN = _READ - {"time", "timetz", "interval"} | {"interval"}
_TEXTUAL = frozenset({"text", "varchar", "bpchar", "unknown"})
_ZONED = frozenset({"date", "time", "timestamp"})
_PLAIN = frozenset({"bool", "int2", "int4", "int8", "numeric", "float4", "float8", "json", "jsonb", "uuid", "bytea"})


def can_fail(expr: Expr) -> bool:
    """Whether some values make an error of it; True where that is not known."""
    if isinstance(expr, Call):
        total = _TOTAL_OPERATORS if expr.operator else _TOTAL_FUNCTIONS
        if expr.name not in total:
            return True
    elif isinstance(expr, Cast):
        if not _total_cast(expr):
            return True
    elif isinstance(expr, SubQuery):
        return expr.kind == "scalar" or any(can_fail(child) for child in children(expr))
    return any(can_fail(child) for child in children(expr))


def _total_cast(cast: Cast) -> bool:
    source, target = cast.arg.type, cast.type
    if target in _TEXTS:
        return True
    if cast.typmod is not None:
        return False
    return source == target or _WIDER.get(source, 9) < _WIDER.get(target, -1)


def folds(expr: Expr) -> bool:
    """Whether the planner makes a constant of it: an argument counts as one (asyncpg's statements are planned with them at hand)."""
    return _folds(expr, known=True)


def constant(expr: Expr) -> bool:
    """Whether neither a row nor an argument changes it."""
    return _folds(expr, known=False)


def _folds(expr: Expr, *, known: bool) -> bool:
    if isinstance(expr, Const):
        return True
    if isinstance(expr, Param):
        return known
    if isinstance(expr, Cast):
        return _immutable(expr.arg.type, expr.type) and _folds(expr.arg, known=known)
    if isinstance(expr, Call):
        inside = not expr.volatile and all(_folds(arg, known=known) for arg in expr.args)
        return inside or (known and known_null(expr))
    return type(expr) in _COMPUTED and all(_folds(child, known=known) for child in children(expr))


def known_null(expr: Expr) -> bool:
    """Whether the planner makes a null constant of it."""
    if isinstance(expr, Const):
        return expr.value is None
    if isinstance(expr, Cast):
        return known_null(expr.arg)
    if isinstance(expr, Coalesce):
        return all(known_null(arg) for arg in expr.args)
    return isinstance(expr, Call) and any(known_null(arg) for arg in expr.args) and strict(expr)


def strict(call: Call) -> bool:
    """Whether one null argument makes it null without a call."""
    if call.operator:  # all but those that put elements and arrays together
        return call.name != "||" or not any(kind.endswith("[]") for kind in call.signature)
    rows = system().functions.get(call.name, ())
    # The argument of a variadic one is an array, which is not null because an element is.
    return any(row.strict and not row.variadic for row in rows if row.declared == call.declared)


def _immutable(source: str, target: str) -> bool:
    if source == target:
        return True
    if "timestamptz" in (source, target):
        return False
    if source in _TEXTUAL or target in _TEXTUAL:
        other = target if source in _TEXTUAL else source
        settings = _READ if source in _TEXTUAL else _WRITTEN
        return other in _PLAIN or other in _TEXTUAL or (other not in settings and other in _ZONED)
    return (source in _PLAIN or source in _READ) and (target in _PLAIN or target in _READ)
