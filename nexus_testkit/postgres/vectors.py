"""`int2vector` and `oidvector` in typed trees: arrays whose bounds begin at 0."""

from __future__ import annotations

from nexus_testkit.postgres.typed import Cast, Expr
from nexus_testkit.postgres.values.regs import VECTORS


def vector_of(expr: Expr) -> Expr | None:
    """The vector behind an array, which begins at 0 as the vector does; None where there is none."""
    while isinstance(expr, Cast) and expr.type.endswith("[]"):
        expr = expr.arg
    return expr if expr.type in VECTORS else None
