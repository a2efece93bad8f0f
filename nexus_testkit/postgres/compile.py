"""One statement from text to plan: parse, analyse, lower."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import folding
from nexus_testkit.postgres.analyze import commands, ddl, dml, select
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog.schema import Catalog
from nexus_testkit.postgres.lower import queries, staged
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.nodes import Node, Statement
from nexus_testkit.postgres.plan import Plan, QueryPlan
from nexus_testkit.postgres.typed import Delete, Insert, Output, Query, Update
from nexus_testkit.postgres.values import caster
from nexus_testkit.postgres.values.session import DETACHED, ValueSession

Limit = Callable[[Any, Any], Any]


def compile_statement(
    query: str, kind: str, fields: dict[str, Any], catalog: Catalog, values: ValueSession = DETACHED
) -> Plan:
    """The plan of one parsed statement; its literals are read in the zone of `values`.

    Raises:
        DatabaseError: what PostgreSQL's analysis raises.
        UnsupportedSQL: where a node, field, function or type is not known here.
    """
    statement = Statement(query)
    node = Node(kind, fields, statement)
    context = Context(statement, catalog, values)
    plan: Plan
    if kind == "SelectStmt":
        plan = _query_plan(context, node)
    elif kind in ("InsertStmt", "UpdateStmt", "DeleteStmt"):
        plan = _change_plan(context, node)
    elif (rule := ddl.RULES.get(kind)) is not None:
        plan = rule(context, node)
    elif (command := commands.RULES.get(kind)) is not None:
        plan = command(context, node)
    else:
        raise context.unsupported(kind, node)
    statement.check()
    return plan


def lowering(context: Context) -> Lowering:
    """A lowering that refuses with positions in this statement."""

    def refuse(construct: str, location: int) -> UnsupportedSQL:
        return context.unsupported(construct, location)

    return Lowering(context.catalog, refuse, queries.query)


def _params(context: Context) -> tuple[str, ...]:
    numbers = context.params
    for number, location in context.undecided.items():
        if number in numbers:  # a later mention gave it one: parse_param.c, check_parameter_resolution_walker
            raise context.error("42P08", f"could not determine data type of parameter ${number}", location)
    most = max([*numbers, *context.undecided], default=0)
    for number in range(1, most + 1):
        if number not in numbers:
            raise context.error("42P18", f"could not determine data type of parameter ${number}")
    return tuple(numbers[number] for number in range(1, most + 1))


def _query_plan(context: Context, node: Node) -> QueryPlan:
    tree = context.tree = select.query(context, node, Scope())
    if context.changes:
        return _staged_plan(
            context, tree, tree.outputs[: len(tree.outputs) - getattr(tree.body, "hidden", 0)], "SELECT", ""
        )
    shown = tree.outputs[: len(tree.outputs) - getattr(tree.body, "hidden", 0)]
    low = lowering(context)
    sql = queries.query(low, tree)
    return _plan(context, low, sql, shown, "SELECT", "" if context.locks_rows else None)


def _change_plan(context: Context, node: Node) -> QueryPlan:
    low = lowering(context)
    tree: Insert | Update | Delete
    if node.kind == "InsertStmt":
        tree = context.tree = dml.insert(context, node, Scope())
        if context.changes or tree.stage:
            return _staged_plan(context, tree, tree.returning, "INSERT 0", tree.table)
        plan = _plan(context, low, queries.insert(low, tree), tree.returning, "INSERT 0", tree.table)
        conflict = tree.conflict
        plan.touches = (
            conflict is not None and conflict.sets is not None and not (tree.rows is not None and len(tree.rows) == 1)
        )
        return plan
    if node.kind == "UpdateStmt":
        tree = context.tree = dml.update(context, node, Scope())
        if context.changes or tree.stage:
            return _staged_plan(context, tree, tree.returning, "UPDATE", tree.table)
        return _plan(context, low, queries.update(low, tree), tree.returning, "UPDATE", tree.table)
    tree = context.tree = dml.delete(context, node, Scope())
    if context.changes or tree.stage:
        return _staged_plan(context, tree, tree.returning, "DELETE", tree.table)
    return _plan(context, low, queries.delete(low, tree), tree.returning, "DELETE", tree.table)


def _staged_plan(
    context: Context, tree: Query | Insert | Update | Delete, outputs: list[Output], tag: str, writes: str
) -> QueryPlan:
    low = lowering(context)
    changes = {name: change for name, (_, change) in context.changes.items()}
    used = {name for name, (entry, _) in context.changes.items() if entry.used}
    steps = staged.steps(low, tree, changes, used)
    low.bound = max((step.plan.bound for step in steps), default=0)
    plan = _plan(context, low, "; ".join(step.plan.sql for step in steps), outputs, tag, writes)
    plan.steps = steps
    return plan


def _plan(context: Context, low: Lowering, sql: str, outputs: list[Output], tag: str, writes: str | None) -> QueryPlan:
    return QueryPlan(
        sql,
        _params(context),
        tuple(output.name for output in outputs),
        tuple(output.expr.type for output in outputs),
        tag,
        writes,
        low.bound,
        limits=_limits(context, low),
        constants=_constants(context, low),
    )


def _constants(context: Context, low: Lowering) -> tuple[str, ...]:
    found = [low.expr(expr) for expr in folding.constants(context.tree)] if context.tree is not None else []
    return tuple(f"SELECT {', '.join(part)}" for part in (found[at : at + 500] for at in range(0, len(found), 500)))


def _limits(context: Context, low: Lowering) -> tuple[tuple[int, Limit], ...]:
    """What is checked of the arguments before anything runs: lengths and ranges of assignments, labels of enums."""
    limits: list[tuple[int, Limit]] = [
        (number - 1, caster(cast.arg.type, cast.type, cast.typmod, cast.kind)) for number, cast in low.limits.items()
    ]
    for number, kind in context.params.items():
        labels = context.catalog.enums.get(kind)
        if labels is not None:
            limits.append((number - 1, partial(_require_label, name=kind, labels=labels)))
    return tuple(limits)


def _require_label(value: str, _: object, *, name: str, labels: tuple[str, ...]) -> str:
    if value not in labels:
        raise database_error("22P02", f'invalid input value for enum {name}: "{value}"')
    return value
