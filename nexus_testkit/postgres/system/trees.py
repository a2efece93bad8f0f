"""Columns of type pg_node_tree: they hold what pg_get_expr() shows, plain and pretty."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nexus_testkit.postgres.deparse import default_text, expression_text
from nexus_testkit.postgres.typed import Expr

_BETWEEN = "\x1f"


def tree(expr: Expr, *, domain: bool = False) -> str:
    """An expression; `domain` if it is the check of one."""
    return _both(expression_text(expr, domain=domain), expression_text(expr, pretty=True, domain=domain))


def joined(exprs: Sequence[Expr]) -> str:
    """Several expressions."""
    plain = ", ".join(expression_text(expr) for expr in exprs)
    pretty = ", ".join(expression_text(expr, pretty=True) for expr in exprs)
    return _both(plain, pretty)


def default(expr: Expr) -> str:
    """A column's default."""
    return _both(default_text(expr), default_text(expr, pretty=True))


def _both(plain: str, pretty: str) -> str:
    return plain if plain == pretty else f"{plain}{_BETWEEN}{pretty}"


def shown(stored: Any, *, pretty: bool = False) -> str:
    """What pg_get_expr() gives."""
    plain, _, other = str(stored).partition(_BETWEEN)
    return other if pretty and other else plain
