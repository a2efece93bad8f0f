"""MERGE: what is to be done is found out first, for all rows; then it is done row by row, in the order of the source.

So the parts of the statement see the data as it was, and the first row that breaks a constraint is the one that the server names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nexus_testkit.postgres.lower import queries
from nexus_testkit.postgres.lower.text import name
from nexus_testkit.postgres.merges import Action, Merge
from nexus_testkit.postgres.plan import QueryPlan
from nexus_testkit.postgres.rewriting import nodes, rewritten
from nexus_testkit.postgres.typed import Call, ColumnRef, Expr, Param, SubQuery
from nexus_testkit.postgres.typed_queries import Output

if TYPE_CHECKING:
    from nexus_testkit.postgres.lower.staged import Staging

_ROW = "pgs_row"


def merge(staging: Staging, change: Merge, into: str | None) -> None:
    """The steps of a MERGE; `into` as in `Staging.change`."""
    low = staging.low
    table = low.catalog.tables[change.table]
    number = len(staging.made)
    pick, todo, kept = f"pgs_pick{number}", f"pgs_todo{number}", f"pgs_kept{number}"
    read = _columns_read(change)
    staging.create_after(pick, ["r", "a", *(f"x{at}" for at in range(len(read)))], _pick(staging, change, read))
    moved = _moved(read)
    values = [
        (at, place, rewritten(expr, moved))
        for at, action in enumerate(change.actions)
        for place, expr in enumerate(action.values)
        if not _drawn(expr)
    ]
    columns = ["n", "r", "a", *(f"v{at}_{place}" for at, place, _ in values)]
    listed = ["pick.rowid", "pick.r", "pick.a"]
    listed += [f"CASE WHEN pick.a = {at} THEN {low.expr(expr)} END" for at, _, expr in values]
    staging.create_after(
        todo, columns, f"SELECT {', '.join(listed)} FROM {pick} AS pick WHERE pick.a IS NOT NULL ORDER BY pick.rowid"
    )
    names = [column.name for column in table.columns]
    if change.returning:
        staging.create(kept, ["pgs_n", "pgs_action", *map(name, names)])
    numbers = [Output(column, ColumnRef("int8", "", column)) for column in ("n", "r", "a")]
    staging.add(f"SELECT n, r, a FROM {todo} ORDER BY n", "", numbers, writes=change.table, counts=into is None)
    actions: list[tuple[str, QueryPlan]] = []
    for at, action in enumerate(change.actions):
        sql = _action_sql(staging, change, action, at, todo)
        staging.low.bound = 0
        if change.returning and sql:
            sql += " RETURNING " + ", ".join(map(name, names))
        plan = staging.plan(sql, "INSERT 0" if action.kind == "INSERT" else action.kind, writes=change.table)
        actions.append((action.kind, plan))
    staging.made[-1].actions = tuple(actions)
    if change.returning:
        staging.made[-1].into, staging.made[-1].width = kept, len(names) + 2
    if into == "" or not change.returning:
        return
    returning = rewritten(change.returning, moved)
    if into is not None:
        staging.create(into, [f"c{at}" for at in range(len(returning))])
    outputs = ", ".join(f"{low.expr(output.expr)} AS c{at}" for at, output in enumerate(returning))
    source = (
        f"{kept} AS {change.stage} JOIN {pick} AS pick ON pick.rowid = {change.stage}.pgs_n "
        f"LEFT JOIN {kept} AS {change.after} ON {change.after}.pgs_n = {change.stage}.pgs_n "
        f"AND {change.after}.pgs_action <> 'DELETE'"
    )
    query = f"SELECT {outputs} FROM {source} ORDER BY {change.stage}.pgs_n"
    if into is None:
        staging.add(query, "MERGE", returning, main=True)
    else:
        staging.add(f"INSERT INTO temp.{into} {query}")


def _columns_read(change: Merge) -> list[ColumnRef]:
    """The columns of target and source that the actions and RETURNING read."""
    own = {source.alias for source in nodes(change.source) if hasattr(source, "alias")} | {change.alias}
    inside = {
        source.alias
        for part in (change.actions, change.returning)
        for source in nodes(part)
        if hasattr(source, "alias")
    }
    found: list[ColumnRef] = []
    for part in (*(action.values for action in change.actions), change.returning):
        for node in nodes(part):
            if isinstance(node, ColumnRef) and node.relation in own - inside and node not in found:
                found.append(node)
    return found


def _moved(read: list[ColumnRef]) -> Callable[[Any], Any]:
    def change(node: Any) -> Any:
        if isinstance(node, ColumnRef) and node in read:
            return ColumnRef(node.type, "pick", f"x{read.index(node)}", typmod=node.typmod)
        return None

    return change


def _drawn(expr: Expr) -> bool:
    """Whether a value is drawn when the row is written, from a sequence."""
    inside = nodes(expr)
    return any(isinstance(node, Call) and node.name == "nextval" for node in inside) and not any(
        isinstance(node, ColumnRef | Param | SubQuery) for node in inside
    )


def _pick(staging: Staging, change: Merge, read: list[ColumnRef]) -> str:
    """For each pair of rows, and each row without a partner: the target's row, the action's number, the values."""
    low = staging.low
    copy = low.instead.get(change.table)
    rowid = _ROW if copy else low.catalog.tables[change.table].rowid
    target = f"{copy or name(change.table)} AS {change.alias}"
    source = queries.source(low, change.source)  # first: a function in it says how its columns are reached
    on = low.condition(change.on)
    kinds = {action.match for action in change.actions}
    arms: list[str] = []
    if kinds & {"both", "source"}:
        both, lone = _choose(staging, change.actions, "both"), _choose(staging, change.actions, "source")
        chosen = f"CASE WHEN {change.alias}.{rowid} IS NULL THEN {lone} ELSE {both} END"
        columns = "".join(f", {low.expr(column)} AS x{at}" for at, column in enumerate(read))
        join = "LEFT JOIN" if "source" in kinds else "JOIN"
        arms.append(f"SELECT {change.alias}.{rowid} AS r, {chosen} AS a{columns} FROM {source} {join} {target} ON {on}")
    if "target" in kinds:
        chosen = _choose(staging, change.actions, "target")
        columns = "".join(
            f", {low.expr(column) if column.relation == change.alias else 'NULL'} AS x{at}"
            for at, column in enumerate(read)
        )
        arms.append(
            f"SELECT {change.alias}.{rowid} AS r, {chosen} AS a{columns} FROM {target} "
            f"WHERE NOT EXISTS (SELECT 1 FROM {source} WHERE {on})"
        )
    return " UNION ALL ".join(arms)


def _choose(staging: Staging, actions: list[Action], match: str) -> str:
    whens = "".join(
        f" WHEN {'1' if action.condition is None else staging.low.condition(action.condition)} THEN {at}"
        for at, action in enumerate(actions)
        if action.match == match
    )
    return f"CASE{whens} END" if whens else "NULL"


def _action_sql(staging: Staging, change: Merge, action: Action, at: int, todo: str) -> str:
    """What an action does for the row of `todo` whose number is the only parameter."""
    low, table = staging.low, name(change.table)
    rowid = low.catalog.tables[change.table].rowid
    where = f"{rowid} = (SELECT r FROM {todo} WHERE n = ?1)"
    if action.kind == "DELETE":
        return f"DELETE FROM {table} WHERE {where}"
    if action.kind == "NOTHING":
        return ""
    values = [
        low.expr(expr) if _drawn(expr) else f"(SELECT v{at}_{place} FROM {todo} WHERE n = ?1)"
        for place, expr in enumerate(action.values)
    ]
    columns = [name(column) for column in action.columns]
    if action.kind == "UPDATE":
        sets = [f"{column} = {value}" for column, value in zip(columns, values, strict=True)]
        return f"UPDATE {table} SET {', '.join(sets) or f'{rowid} = {rowid}'} WHERE {where}"
    if not columns:
        return f"INSERT INTO {table} DEFAULT VALUES"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)})"
