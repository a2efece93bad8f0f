"""PREPARE, EXECUTE, DEALLOCATE (src/backend/commands/prepare.c)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.analyze import expressions, rules
from nexus_testkit.postgres.analyze.context import Context, Scope
from nexus_testkit.postgres.catalog.system import title
from nexus_testkit.postgres.kept import Prepared
from nexus_testkit.postgres.nodes import Node, Statement
from nexus_testkit.postgres.plan import CACHE, CommandPlan, QueryPlan
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.session import Session

# The number under which a prepared statement's plan is cached with PREPARE's text.
_INNER = -1


def prepare(context: Context, node: Node) -> CommandPlan:
    """PREPARE: the statement in it is read now, for its errors and its columns."""
    from nexus_testkit.postgres.analyze.typenames import resolve_type  # noqa: PLC0415  # a cycle otherwise

    name = node["name"]
    types = {at: resolve_type(context, given)[0] for at, given in enumerate(node.all("argtypes"), 1)}
    ((kind, fields),) = node.fields["query"].items()
    node.skip("query")
    query = context.statement.query
    plan = _compiled(query, kind, fields, types, context)
    made = Prepared(name, query, kind, fields, types, plan.columns, plan.types)
    return CommandPlan(partial(_keep, made=made), "PREPARE")


def _compiled(query: str, kind: str, fields: dict[str, Any], types: dict[int, str], context: Context) -> QueryPlan:
    from nexus_testkit.postgres.compile import compile_statement  # noqa: PLC0415  # which imports this module

    plan = compile_statement(query, kind, fields, context.catalog, context.values, types)
    if not isinstance(plan, QueryPlan):
        raise context.unsupported(f"PREPARE of {kind}")
    return plan


def _keep(session: Session, *, made: Prepared) -> None:
    prepared = session.kept.prepared
    if made.name in prepared:
        raise database_error("42P05", f'prepared statement "{made.name}" already exists')
    prepared[made.name] = made


def execute(context: Context, node: Node) -> CommandPlan:
    """EXECUTE: its arguments are read when it runs, for their types are the prepared statement's."""
    written: list[dict[str, Any]] = node.fields.get("params", [])
    node.skip("params")
    run = partial(_execute, name=node["name"], written=written, query=context.statement.query)
    return CommandPlan(run, "EXECUTE")


def _execute(session: Session, *, name: str, written: list[dict[str, Any]], query: str) -> Result:
    prepared = session.kept.prepared.get(name)
    if prepared is None:
        raise database_error("26000", f'prepared statement "{name}" does not exist')
    plan = _current(session, prepared)
    if len(written) != len(plan.params):
        raise database_error(
            "42601",
            f'wrong number of parameters for prepared statement "{name}"',
            detail=f"Expected {len(plan.params)} parameters but got {len(written)}.",
        )
    values = _arguments(session, plan, written, query) if written else []
    return session.run_stored(plan, values)


def _current(session: Session, prepared: Prepared) -> QueryPlan:
    """The plan for the catalogue as it is now.

    Raises:
        DatabaseError: what the statement has become, 0A000 where it would give other columns.
    """
    version = session.plan_version()
    plan = CACHE.get(version, prepared.query, _INNER)
    if plan is None:
        context = Context(Statement(prepared.query), session.catalog_seen(), rules.RULES, session.literal_values())
        try:
            plan = _compiled(prepared.query, prepared.kind, prepared.fields, prepared.types, context)
        except Exception as error:
            if getattr(error, "query", "") is None:
                error.query = prepared.query  # type: ignore[attr-defined]  # just looked at
            raise
        CACHE.put(version, prepared.query, _INNER, plan)
    if not isinstance(plan, QueryPlan):
        raise database_error("XX000", "a prepared statement that is no query")
    if (plan.columns, plan.types) != (prepared.columns, prepared.result):
        raise database_error("0A000", "cached plan must not change result type")
    return plan


def _arguments(session: Session, plan: QueryPlan, written: list[dict[str, Any]], query: str) -> list[Any]:
    """The arguments, computed and converted as an assignment would."""
    from nexus_testkit.postgres.analyze.coerce import coerce  # noqa: PLC0415  # likewise
    from nexus_testkit.postgres.compile import lowering  # noqa: PLC0415  # which imports this module

    statement = Statement(query)
    context = Context(statement, session.catalog_seen(), rules.RULES, session.literal_values())
    low = lowering(context)
    items: list[str] = []
    for at, (item, wanted) in enumerate(zip(written, plan.params, strict=True), 1):
        ((kind, fields),) = item.items()
        expr = expressions.expression(context, Node(kind, fields, statement), Scope(clause="EXECUTE"))
        if not context.overloads.can_coerce(expr.type, wanted, "a"):
            raise context.error(
                "42804",
                f"parameter ${at} of type {title(expr.type)} cannot be coerced to the expected type {title(wanted)}",
                expr,
                hint="You will need to rewrite or cast the expression.",
            )
        items.append(low.expr(coerce(context, expr, wanted, "a")))
    statement.check()
    return list(session.computed(f"SELECT {', '.join(items)}"))


def deallocate(context: Context, node: Node) -> CommandPlan:
    """DEALLOCATE name, DEALLOCATE ALL."""
    del context
    if node.get("isall"):
        return CommandPlan(lambda session: session.kept.prepared.clear(), "DEALLOCATE ALL")
    return CommandPlan(partial(_deallocate, name=node["name"]), "DEALLOCATE")


def _deallocate(session: Session, *, name: str) -> None:
    if session.kept.prepared.pop(name, None) is None:
        raise database_error("26000", f'prepared statement "{name}" does not exist')


RULES: dict[str, Callable[[Context, Node], CommandPlan]] = {
    "PrepareStmt": prepare,
    "ExecuteStmt": execute,
    "DeallocateStmt": deallocate,
}
