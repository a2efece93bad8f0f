"""MERGE (`parse_merge.c`)."""

from __future__ import annotations

from typing import Any

from nexus_testkit.postgres.analyze import assignments, dml, expressions, select, sources, updatable
from nexus_testkit.postgres.analyze.coerce import coerce
from nexus_testkit.postgres.analyze.context import Context, Entry, Scope
from nexus_testkit.postgres.analyze.overloads import UNKNOWN
from nexus_testkit.postgres.analyze.returning import Target, returning
from nexus_testkit.postgres.catalog.schema import Table
from nexus_testkit.postgres.merges import Action, Merge
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.typed import Expr

_MATCHES: dict[str, Any] = {
    "MERGE_WHEN_MATCHED": "both",
    "MERGE_WHEN_NOT_MATCHED_BY_SOURCE": "target",
    "MERGE_WHEN_NOT_MATCHED_BY_TARGET": "source",
}


def merge(context: Context, node: Node, scope: Scope) -> Merge:
    """MERGE, in a fresh scope."""
    clauses: list[Node] = node["mergeWhenClauses"]
    _require_reachable(context, clauses)
    ctes, recursive = select.with_clause(context, node, scope)
    if recursive:
        raise context.error("42601", "WITH RECURSIVE is not supported for MERGE statement")
    table, shown, alias = dml.target(context, node)
    own = sources.table_entry(table, alias, shown, alias)
    scope.unreachable = [own]
    (source,) = sources.from_clause(context, [node["sourceRelation"]], scope)
    scope.unreachable = []
    others = list(scope.entries)
    if any(entry.qualified and entry.alias == shown for entry in others):
        raise context.error(
            "42712",
            f'name "{shown}" specified more than once',
            detail="The name is used both as MERGE target table and data source.",
        )
    both = [own, *others]
    scope.entries = both
    scope.clause = "JOIN/ON"
    on = expressions.expression(context, node["joinCondition"], scope)
    if on.type not in ("bool", UNKNOWN):
        # The server does not look at the type, and takes any such value for true.
        raise context.unsupported("a condition of MERGE that is not boolean", on)
    on = coerce(context, on, "bool")
    actions = [_action(context, clause, scope, table, own, others) for clause in clauses]
    stage, after = context.alias(), context.alias()
    target = Target(table, shown, alias, stage=stage, new_alias=after, front=True)
    scope.entries = both
    outputs, _ = returning(context, node, target, scope, others)
    made = Merge(table.name, alias, source, on, actions, outputs, ctes, recursive, stage, alias, after)
    return updatable.through(context, made, node)


def _require_reachable(context: Context, clauses: list[Node]) -> None:
    ended: set[str] = set()
    for clause in clauses:
        kind = clause["matchKind"]
        if kind in ended:
            raise context.error("42601", "unreachable WHEN clause specified after unconditional WHEN clause")
        if "condition" not in clause:
            ended.add(kind)


def _action(context: Context, clause: Node, scope: Scope, table: Table, own: Entry, others: list[Entry]) -> Action:
    match = _MATCHES[clause["matchKind"]]
    kind = clause["commandType"].removeprefix("CMD_")
    seen = {"both": [own, *others], "source": others, "target": [own]}[match]
    hidden = {"both": [], "source": [own], "target": others}[match]
    within = Scope(entries=list(seen), ctes=scope.ctes, clause="MERGE WHEN", unreachable=list(hidden))
    condition: Expr | None = None
    if "condition" in clause:
        condition = expressions.condition(context, clause["condition"], within, "WHEN")
    action = Action(match, kind, condition)
    override = clause.get("override", "OVERRIDING_NOT_SET")
    if kind == "UPDATE":
        within.clause = "UPDATE"
        for column, expr in assignments.set_list(context, table, clause["targetList"], within):
            action.columns.append(column)
            action.values.append(expr)
    elif kind == "INSERT":
        _insert(context, clause, within, table, action, override)
    return action


def _insert(context: Context, clause: Node, within: Scope, table: Table, action: Action, override: str) -> None:
    named = clause.all("targetList")
    columns = dml.insert_columns(context, table, named)
    written = clause.all("values")
    within.clause = "VALUES"
    exprs = [None if item.kind == "SetToDefault" else expressions.expression(context, item, within) for item in written]
    if written:
        dml.check_width(context, len(written), columns, named, written)
    filled = columns[: len(exprs)] if written else []
    for column, expr in zip(filled, exprs, strict=True):
        value = assignments.assigned(context, expr, column, override)
        if column.generated is None:
            action.columns.append(column.name)
            action.values.append(value)
    for column in table.columns:
        if column not in filled and column.generated is None:
            action.columns.append(column.name)
            action.values.append(assignments.default_of(column))
