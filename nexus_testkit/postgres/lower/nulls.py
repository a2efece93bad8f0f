"""Which expressions are null whatever the rows are.

A strict function of a null constant is not called, nor are its other arguments computed (`clauses.c`, `evaluate_function`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nexus_testkit.postgres.lower.failing import can_fail, constant, folds, known_null, strict
from nexus_testkit.postgres.lower.text import collated
from nexus_testkit.postgres.typed import Call, Const, Expr

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.expressions import Lowering


def distinct_term(low: Lowering, term: Expr) -> str:
    """A term of a unique index with NULLS NOT DISTINCT: nulls become a value that the type has not."""
    if term.type in low.catalog.enums:
        return f"ifnull({low.key(term)}, -1)"
    nothing = "'null'" if term.type == "bytea" else "x'00'"
    return collated(f"ifnull({low.expr(term)}, {nothing})", term.type)


def dropped(expr: Expr) -> bool:
    """Whether NULL alone is written for it: its other arguments depend on the row, or are not known yet.

    Where they do not, they are computed all the same: the planner has done so before it sees the null.
    """
    return isinstance(expr, Call) and known_null(expr) and not constant(expr)


def early(call: Call) -> list[Expr]:
    """The arguments that make the planner forget a strict call, and what fails in its other arguments, where they turn out null."""
    if not any(folds(arg) and not isinstance(arg, Const) for arg in call.args):
        return []
    if not any(not folds(arg) and can_fail(arg) for arg in call.args) or not strict(call):
        return []
    return [arg for arg in call.args if folds(arg) and not isinstance(arg, Const)]
