"""`merge_action()`, which only MERGE's RETURNING knows."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.merges import MergeAction
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Expr


def merge_action(context: Context, node: Node, scope: Scope) -> Expr:
    """`merge_action()`.

    Raises:
        DatabaseError: 42601 anywhere else.
    """
    node.skip("msftype")
    level: Scope | None = scope
    while level is not None and not level.merged:
        level = level.parent
    if level is None:
        raise context.error("42601", "MERGE_ACTION() can only be used in the RETURNING list of a MERGE command", node)
    return MergeAction("text", level.merged, location=node.location)
