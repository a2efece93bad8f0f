"""Temporary tables: what becomes of them at the end of the transaction (manual, CREATE TABLE)."""

from __future__ import annotations

from typing import Literal

from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.nodes import Node

_ACTIONS: dict[str, Literal["", "delete", "drop"]] = {
    "ONCOMMIT_NOOP": "",
    "ONCOMMIT_PRESERVE_ROWS": "",
    "ONCOMMIT_DELETE_ROWS": "delete",
    "ONCOMMIT_DROP": "drop",
}


def on_commit(context: Context, node: Node, key: str, field: str = "oncommit") -> Literal["", "delete", "drop"]:
    """What ON COMMIT asks for.

    Raises:
        DatabaseError: 42P16 where the table is not a temporary one.
    """
    action = node.get(field, "ONCOMMIT_NOOP")
    if action != "ONCOMMIT_NOOP" and not naming.temporary(key):
        raise context.error("42P16", "ON COMMIT can only be used on temporary tables")
    return _ACTIONS[action]
