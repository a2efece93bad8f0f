"""Expressions: parse nodes to typed ones (`parse_expr.c`).

Most rules read the expressions inside of theirs with `expression`. So they import this module, and it none of them: the context holds
the rules.
"""

from __future__ import annotations

from nexus_testkit.postgres.analyze.coerce import coerce_boolean
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Expr


def expression(context: Context, node: Node, scope: Scope) -> Expr:
    """The typed expression of any expression node.

    Raises:
        UnsupportedSQL: no rule reads this kind of node.
    """
    rule = context.rules.get(node.kind)
    if rule is None:
        raise context.unsupported(node.kind, node)
    return rule(context, node, scope)


def condition(context: Context, node: Node, scope: Scope, clause: str) -> Expr:
    """A condition; `clause` is WHERE, JOIN/ON, FILTER, CHECK ..."""
    return coerce_boolean(context, expression(context, node, scope), clause)
