"""Which expressions are null whatever the rows are.

A strict function of a null constant is not called, nor are its other arguments computed (`clauses.c`, `evaluate_function`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.catalog.system import system
from nexus_testkit.postgres.lower.failing import can_fail, folds
from nexus_testkit.postgres.lower.text import collated
from nexus_testkit.postgres.typed import Call, Cast, Coalesce, Const, Expr

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering


def distinct_term(low: Lowering, term: Expr) -> str:
    """A term of a unique index with NULLS NOT DISTINCT: nulls become a value that the type has not."""
    if term.type in low.catalog.enums:
        return f"ifnull({low.key(term)}, -1)"
    nothing = "'null'" if term.type == "bytea" else "x'00'"
    return collated(f"ifnull({low.expr(term)}, {nothing})", term.type)


def known_null(expr: Expr) -> bool:
    """Whether the planner makes a null constant of it."""
    if isinstance(expr, Const):
        return expr.value is None
    if isinstance(expr, Cast):
        return known_null(expr.arg)
    if isinstance(expr, Coalesce):
        return all(known_null(arg) for arg in expr.args)
    return isinstance(expr, Call) and any(known_null(arg) for arg in expr.args) and _strict(expr)


def dropped(expr: Expr) -> bool:
    """Whether NULL alone is written for it: its other arguments depend on the row, or are not known yet."""
    return isinstance(expr, Call) and known_null(expr) and not constant(expr)


def early(call: Call) -> list[Expr]:
    """The arguments that make the planner forget a strict call, and what fails in its other arguments, where they turn out null."""
    if not any(folds(arg) and not isinstance(arg, Const) for arg in call.args):
        return []
    if not any(not folds(arg) and can_fail(arg) for arg in call.args) or not _strict(call):
        return []
    return [arg for arg in call.args if folds(arg) and not isinstance(arg, Const)]


def constant(expr: Expr) -> bool:
    """Whether no row changes it. Then its arguments are computed all the same: the planner has done so before it sees the null."""
    if isinstance(expr, Const):
        return True
    return isinstance(expr, Call | Cast | Coalesce) and all(constant(child) for child in children(expr))


def _strict(call: Call) -> bool:
    if call.operator:  # all but those that put elements and arrays together
        return call.name != "||" or not any(kind.endswith("[]") for kind in call.signature)
    return any(row.strict for row in system().functions.get(call.name, ()) if row.declared == call.declared)
