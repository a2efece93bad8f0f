"""Which expressions can end in an error: what must be computed exactly when PostgreSQL computes it, or not at all."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.typed import Call, Cast, Expr, SubQuery

_TOTAL_OPERATORS = frozenset({"=", "<>", "<", ">", "<=", ">=", "||", "~~*", "@>", "<@", "?", "->", "->>"})
_TOTAL_FUNCTIONS = frozenset(
    {"lower", "upper", "length", "char_length", "octet_length", "btrim", "ltrim", "rtrim", "reverse", "md5", "concat", "now"}
)
_WIDER = {"int2": 0, "int4": 1, "int8": 2, "numeric": 3}
_TEXTS = frozenset({"text", "varchar"})


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
