"""RETURNING: columns of the row that was written, of the tables beside it, and subqueries."""

from __future__ import annotations

from nexus_testkit.postgres.analyze import expressions, select, sources
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.grouping import children
from nexus_testkit.postgres.analyze.names import expand_star
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.catalog.schema import Table
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import ColumnRef, Expr, Output, SubQuery


def returning(
    context: Context, node: Node, table: Table, shown: str, scope: Scope, others: list[Entry]
) -> tuple[list[Output], str]:
    """The outputs, and the alias of the written row in them.

    The alias is "" where SQLite's own RETURNING can give them, which knows the target's columns alone (under no alias); else
    the rows are kept, and the outputs are read from them in a query of its own (`lower.staged`).
    """
    if "returningClause" not in node:
        return [], ""
    clause = node["returningClause"]
    outputs = _outputs(context, clause, table, shown, "", scope, others)
    if not any(_beyond_target(output.expr) for output in outputs):
        return outputs, ""
    alias = context.alias()
    return _outputs(context, clause, table, shown, alias, scope, others), alias


def _outputs(
    context: Context, clause: Node, table: Table, shown: str, alias: str, scope: Scope, others: list[Entry]
) -> list[Output]:
    within = Scope(
        entries=[sources.table_entry(table, alias, shown, alias), *others], ctes=scope.ctes, clause="RETURNING"
    )
    outputs: list[Output] = []
    for item in clause["exprs"]:
        value = item["val"]
        if value.kind == "ColumnRef" and "A_Star" in value.fields["fields"][-1]:
            outputs.extend(expand_star(context, value, within))
            continue
        expr = expressions.expression(context, value, within)
        if expr.type == UNKNOWN:
            expr = coerce(context, expr, "text")
        outputs.append(Output(item.get("name") or select.output_name(value), expr))
    return outputs


def _beyond_target(expr: Expr) -> bool:
    if isinstance(expr, SubQuery) or (isinstance(expr, ColumnRef) and expr.relation):
        return True
    return any(_beyond_target(child) for child in children(expr))
