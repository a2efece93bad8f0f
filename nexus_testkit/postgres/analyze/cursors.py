"""DECLARE, FETCH, MOVE, CLOSE (src/backend/commands/portalcmds.c).

Limits: a cursor computes all its rows when it is declared; a query that fails at one of them is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import fetching
from nexus_testkit.postgres.analyze.context import Context
from nexus_testkit.postgres.kept import Cursor
from nexus_testkit.postgres.nodes import Node
from nexus_testkit.postgres.plan import CommandPlan, QueryPlan
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.typed import ColumnRef
from nexus_testkit.postgres.typed_queries import Output, Query, Select, TableSource

# parsenodes.h, CURSOR_OPT_*
_BINARY, _SCROLL, _NO_SCROLL, _HOLD = 0x1, 0x2, 0x4, 0x20


def declare(context: Context, node: Node) -> CommandPlan:
    """DECLARE."""
    from nexus_testkit.postgres.compile import query_plan  # noqa: PLC0415  # which imports this module

    name, options = node["portalname"], node.get("options", 0)
    if options & _SCROLL and options & _NO_SCROLL:
        raise context.error("42P11", "cannot specify both SCROLL and NO SCROLL", node)
    inner = node["query"]
    plan = query_plan(context, inner)
    tree = context.tree
    if context.changes:
        raise context.error("0A000", "DECLARE CURSOR must not contain data-modifying statements in WITH")
    if context.locks_rows and options & (_HOLD | _SCROLL):
        what, how = ("WITH HOLD", "Holdable") if options & _HOLD else ("SCROLL", "Scrollable")
        raise context.error(
            "0A000",
            f"DECLARE {what} CURSOR ... FOR UPDATE is not supported"
            if not options & _HOLD
            else "DECLARE CURSOR WITH HOLD ... FOR UPDATE is not supported",
            detail=f"{how} cursors must be READ ONLY.",
        )
    table = ""
    if isinstance(tree, Query) and (source := _scanned(tree)) is not None:
        table = source.table
        # The row's number goes behind the columns, for WHERE CURRENT OF.
        rowid = ColumnRef("int8", source.alias, context.catalog.tables[table].rowid)
        tree.outputs.append(Output("", rowid))
        plan = query_plan(context, inner, tree)
    scroll = bool(options & _SCROLL) or not (
        options & _NO_SCROLL or context.locks_rows or (isinstance(tree, Query) and not _goes_back(tree))
    )
    made = Cursor(name, (), (), [], bool(options & _HOLD), scroll, table)
    run = partial(_declare, plan=plan, made=made, binary=bool(options & _BINARY))
    return CommandPlan(run, "DECLARE CURSOR", params=plan.params)


def _scanned(tree: Query) -> TableSource | None:
    body = tree.body
    if (
        isinstance(body, Select)
        and len(body.sources) == 1
        and isinstance(body.sources[0], TableSource)
        and not (body.aggregated or body.distinct or body.distinct_on or body.hidden or tree.ctes)
    ):
        return body.sources[0]
    return None


def _goes_back(tree: Query) -> bool:
    """Whether the server's plan can run backwards (`ExecSupportsBackwardScan`): scans and sorts can."""
    body = tree.body
    if not isinstance(body, Select):
        return bool(tree.order) or not hasattr(body, "op")
    if body.distinct or body.distinct_on:
        return False
    return bool(tree.order) or not (body.aggregated or len(body.sources) > 1)


def _declare(session: Session, *args: Any, plan: QueryPlan, made: Cursor, binary: bool) -> None:
    if not made.hold and (not session.in_transaction or session.implicit):
        raise database_error("25P01", "DECLARE CURSOR can only be used in transaction blocks")
    if made.name in session.kept.cursors:
        raise database_error("42P03", f'cursor "{made.name}" already exists')
    if binary:
        raise UnsupportedSQL("a BINARY cursor")
    try:
        result = session.run_bound(plan, args)
    except UnsupportedSQL:
        raise
    except DatabaseError as error:
        raise UnsupportedSQL(f"a cursor whose query fails ({error.sqlstate}: {error.message})") from error
    cursor = replace(made, columns=result.columns, types=result.types, rows=result.rows)
    if made.table:
        cursor.places = [row[-1] for row in result.rows]
        cursor.rows = [row[:-1] for row in result.rows]
        cursor.columns, cursor.types = result.columns[:-1], result.types[:-1]
    cursor.held = made.hold and not session.in_transaction
    session.kept.cursors[made.name] = cursor


def fetch(context: Context, node: Node) -> CommandPlan:
    """FETCH, MOVE."""
    del context
    direction = node.get("direction", "FETCH_FORWARD").removeprefix("FETCH_")
    move = bool(node.get("ismove"))
    node.skip("direction_keyword")
    run = partial(_fetch, name=node["portalname"], direction=direction, count=node.get("howMany", 0), move=move)
    return CommandPlan(run, "MOVE" if move else "FETCH")


def _fetch(session: Session, *, name: str, direction: str, count: int, move: bool) -> Result:
    cursor = session.kept.cursor(name)
    rows = fetching.fetch(cursor, direction, count)
    if move:
        return Result((), (), [], f"MOVE {len(rows)}", len(rows))
    return Result(cursor.columns, cursor.types, rows, f"FETCH {len(rows)}", len(rows))


def close(context: Context, node: Node) -> CommandPlan:
    """CLOSE name, CLOSE ALL."""
    del context
    if "portalname" not in node:
        return CommandPlan(lambda session: session.kept.cursors.clear(), "CLOSE CURSOR ALL")
    return CommandPlan(partial(_close, name=node["portalname"]), "CLOSE CURSOR")


def _close(session: Session, *, name: str) -> None:
    session.kept.cursor(name)
    del session.kept.cursors[name]


RULES: dict[str, Callable[[Context, Node], CommandPlan]] = {
    "DeclareCursorStmt": declare,
    "FetchStmt": fetch,
    "ClosePortalStmt": close,
}
