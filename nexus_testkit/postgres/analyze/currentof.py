"""WHERE CURRENT OF: the row on which a cursor stands (src/backend/executor/execCurrent.c)."""

from __future__ import annotations

from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Call, ColumnRef, Const, Expr


def current_of(context: Context, node: Node, scope: Scope) -> Expr:
    """`WHERE CURRENT OF cursor`: the row on which the cursor stands."""
    target = scope.entries[0]
    if target.table is None:
        raise context.unsupported("WHERE CURRENT OF here", node)
    if "cursor_param" in node:
        raise context.unsupported("WHERE CURRENT OF a parameter", node)
    node.skip("cvarno")
    row = ColumnRef("int8", target.relation, target.table.rowid)
    names = (Const("text", node["cursor_name"]), Const("text", target.table.name))
    place = Call("int8", "pgs_place", ("text", "text"), names, volatile=True)
    return Call("bool", "=", ("int8", "int8"), (row, place), operator=True, declared=("int8", "int8"))
