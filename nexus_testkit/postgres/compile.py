"""One statement from text to plan: parse, analyse, lower."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import deferral, folding
from nexus_testkit.postgres.analyze import dml, rows, select
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.analyze.rules import RULES
from nexus_testkit.postgres.catalog.schema import Catalog
from nexus_testkit.postgres.lower import changing, overlaps, queries, staged
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.merges import Merge
from nexus_testkit.postgres.nodes import Node, Statement
from nexus_testkit.postgres.plan import Plan, QueryPlan
from nexus_testkit.postgres.typed_queries import Output, Query
from nexus_testkit.postgres.typed_statements import Delete, Insert, Update
from nexus_testkit.postgres.values import caster
from nexus_testkit.postgres.values.regs import named
from nexus_testkit.postgres.values.session import DETACHED, ValueSession

if TYPE_CHECKING:
    from nexus_testkit.postgres.system.tables import Use

Limit = Callable[[Any, Any], Any]


def compile_statement(
    query: str,
    kind: str,
    fields: dict[str, Any],
    catalog: Catalog,
    values: ValueSession = DETACHED,
    params: Mapping[int, str] | None = None,
) -> Plan:
    """The plan of one parsed statement; its literals are read in the zone of `values`; `params` are types that are known already.

    Raises:
        DatabaseError: what PostgreSQL's analysis raises.
        UnsupportedSQL: where a node, field, function or type is not known here.
    """
    statement = Statement(query)
    node = Node(kind, fields, statement)
    context = Context(statement, catalog, RULES, values)
    if "collate" in query.lower():
        from nexus_testkit.postgres.analyze import collations  # noqa: PLC0415  # rarely written

        collations.check(context, fields)
    context.params.update(params or {})
    plan: Plan
    if kind == "SelectStmt":
        plan = query_plan(context, node) if "intoClause" not in fields else _select_into(context, node)
    elif kind in ("InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"):
        plan = _change_plan(context, node)
        plan.watched = deferral.watched(catalog, plan)
    else:
        plan = _other_plan(context, node)
    statement.check()
    return plan


def _other_plan(context: Context, node: Node) -> Plan:
    """The plan of a command, or of a change of the catalogue; what these need is loaded when the first of them comes."""
    from nexus_testkit.postgres.analyze import commands  # noqa: PLC0415  # as it says

    command = commands.RULES.get(node.kind)
    if command is not None:
        plan: Plan = command(context, node)
        return plan
    from nexus_testkit.postgres.analyze import ddl, following  # noqa: PLC0415  # likewise

    rule = ddl.rule(node.kind)
    if rule is None:
        raise context.unsupported(node.kind, node)
    return following.followed(context, context.catalog, node, rule(context, node))


def _select_into(context: Context, node: Node) -> Plan:
    from nexus_testkit.postgres.analyze import copies  # noqa: PLC0415  # rarely written

    return copies.select_into(context, node)


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


def query_plan(context: Context, node: Node, tree: Query | None = None) -> QueryPlan:
    """The plan of a query, or of a tree that was made of it."""
    if tree is None:
        tree = select.query(context, node, Scope())
    context.tree = tree
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
    if node.kind == "MergeStmt":
        from nexus_testkit.postgres.analyze import merge  # noqa: PLC0415  # rarely written

        merged = context.tree = merge.merge(context, node, Scope())
        return _staged_plan(context, merged, merged.returning, "MERGE", merged.table)
    if node.kind == "InsertStmt":
        tree = context.tree = dml.insert(context, node, Scope())
        if context.changes or tree.stage or tree.checks:
            return _staged_plan(context, tree, tree.returning, "INSERT 0", tree.table)
        plan = _plan(context, low, changing.insert(low, tree), tree.returning, "INSERT 0", tree.table)
        conflict = tree.conflict
        plan.touches = (
            conflict is not None and conflict.sets is not None and not (tree.rows is not None and len(tree.rows) == 1)
        )
        return plan
    if node.kind == "UpdateStmt":
        tree = context.tree = dml.update(context, node, Scope())
        if context.changes or tree.stage or tree.checks or overlaps.joins_many(context.catalog, tree):
            return _staged_plan(context, tree, tree.returning, "UPDATE", tree.table)
        return _plan(context, low, changing.update(low, tree), tree.returning, "UPDATE", tree.table)
    tree = context.tree = dml.delete(context, node, Scope())
    if context.changes or tree.stage:
        return _staged_plan(context, tree, tree.returning, "DELETE", tree.table)
    plan = _plan(context, low, changing.delete(low, tree), tree.returning, "DELETE", tree.table)
    if deferral.devours(context.catalog, tree.table):
        plan.doomed = _plan(context, low, changing.doomed(low, tree), tree.returning, "SELECT", None)
    return plan


def _staged_plan(
    context: Context, tree: Query | Insert | Update | Delete | Merge, outputs: list[Output], tag: str, writes: str
) -> QueryPlan:
    low = lowering(context)
    reads = (list(tree.ctes), replace(tree, ctes=[]))  # the steps empty the list
    changes = {name: change for name, (_, change) in context.changes.items()}
    used = {name for name, (entry, _) in context.changes.items() if entry.used}
    steps = staged.steps(low, tree, changes, used)
    low.bound = max((step.plan.bound for step in steps), default=0)
    plan = _plan(context, low, "; ".join(step.plan.sql for step in steps), outputs, tag, writes)
    plan.steps = steps
    plan.tree = [*reads, *changes.values()]
    return plan


def _plan(context: Context, low: Lowering, sql: str, outputs: list[Output], tag: str, writes: str | None) -> QueryPlan:
    rows.require_decodable(context, outputs)
    changes = [change for _, change in context.changes.values()]
    folded = folding.Folding(low, context.tree, changes) if context.tree is not None else None
    return QueryPlan(
        sql,
        _params(context),
        tuple(output.name for output in outputs),
        tuple(output.expr.type for output in outputs),
        tag,
        writes,
        low.bound,
        limits=_limits(context, low),
        constants=folded.once if folded else "",
        argued=folded.each if folded else "",
        argued_bound=folded.bound if folded else 0,
        tree=context.tree,
        system=_system(low, outputs),
    )


def _system(low: Lowering, outputs: list[Output]) -> Use | None:
    """What the plan needs of the system's relations and names."""
    shows = tuple(
        (at, output.expr.type)
        for at, output in enumerate(outputs)
        if named(output.expr.type) or output.expr.type == "pg_node_tree"
    )
    if not (low.system or shows):
        return None
    from nexus_testkit.postgres.system.tables import Use, relation_of  # noqa: PLC0415  # few statements need it

    return Use(tuple(sorted(map(relation_of, low.system))), shows)


def _limits(context: Context, low: Lowering) -> tuple[tuple[int, Limit], ...]:
    """What is checked of the arguments before anything runs: lengths and ranges of assignments, labels of enums."""
    limits: list[tuple[int, Limit]] = [
        (number - 1, caster(cast.arg.type, cast.type, cast.typmod, cast.kind)) for number, cast in low.limits.items()
    ]
    for number, kind in context.params.items():
        name = str(kind).removesuffix("[]")
        labels = context.catalog.enums.get(name)
        if labels is not None:
            check = _require_labels if kind.endswith("[]") else _require_label
            unsafe = frozenset(label for enum, label in context.catalog.unsafe if enum == name)
            limits.append((number - 1, partial(check, name=name, labels=labels, unsafe=unsafe)))
    return tuple(limits)


def _require_label(value: str, _: object, *, name: str, labels: tuple[str, ...], unsafe: frozenset[str]) -> str:
    if value not in labels:
        raise database_error("22P02", f'invalid input value for enum {name}: "{value}"')
    if value in unsafe:
        raise database_error(
            "55P04",
            f'unsafe use of new value "{value}" of enum type {name}',
            hint="New enum values must be committed before they can be used.",
        )
    return value


def _require_labels(value: str, _: object, *, name: str, labels: tuple[str, ...], unsafe: frozenset[str]) -> str:
    pending = json.loads(value)
    while pending:
        item = pending.pop(0)
        if isinstance(item, list):
            pending = [*item, *pending]
        elif item is not None:
            _require_label(item, None, name=name, labels=labels, unsafe=unsafe)
    return value
