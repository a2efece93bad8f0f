"""Statements that SQLite cannot run in one: WITH that changes data, RETURNING of more than the written row.

All parts of such a statement see the data as it was before it (manual, 7.8.4), so the tables that one part changes and
another reads are copied first. Then each part runs, and its RETURNING is kept in a temporary table that has the part's name in
the lowered SQL. Parts that nobody reads run last, as on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nexus_testkit.postgres.catalog.schema import Catalog
from nexus_testkit.postgres.lower import queries
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.text import name
from nexus_testkit.postgres.plan import QueryPlan, Step
from nexus_testkit.postgres.rewriting import nodes, rewritten
from nexus_testkit.postgres.typed import (
    ColumnRef,
    CommonTable,
    Delete,
    Insert,
    Output,
    Query,
    TableSource,
    Update,
)

Change = Insert | Update | Delete
_ROW = "pgs_row"
_TAGS = {Insert: "INSERT 0", Update: "UPDATE", Delete: "DELETE"}


def steps(low: Lowering, tree: Query | Change, changes: dict[str, Change], used: set[str]) -> tuple[Step, ...]:
    """The steps of a statement; `changes` are the parts of WITH that change data, `used` the names that are read."""
    return _Staging(low, tree, changes, used).steps()


class _Staging:
    def __init__(self, low: Lowering, tree: Query | Change, changes: dict[str, Change], used: set[str]) -> None:
        self.low = low
        self.tree = tree
        self.changes = changes
        self.used = used
        self.made: list[Step] = []
        self.temporary: list[str] = []
        self.parts: list[Change] = [*changes.values(), *([] if isinstance(tree, Query) else [tree])]
        self.shared: set[str] = set()

    def steps(self) -> tuple[Step, ...]:
        ctes = self.tree.ctes
        self._copy_tables()
        for table in ctes:
            change = self.changes.get(table.name)
            if change is None:
                self._keep_query(table)
            elif table.name in self.used:
                self._change(change, into=table.name)
        if isinstance(self.tree, Query):
            body = self.tree
            body.ctes = []
            shown = body.outputs[: len(body.outputs) - getattr(body.body, "hidden", 0)]
            self._add(self.low.query(self.low, body), "SELECT", shown, main=True)
        else:
            self._change(self.tree, into=None)
        for table in ctes:
            change = self.changes.get(table.name)
            if change is not None and table.name not in self.used:
                self._change(change, into="")
        self.made.extend(Step(self._plan(f"DROP TABLE temp.{table}", "")) for table in self.temporary)
        return tuple(self.made)

    # ------------------------------------------------------------------------------------------ steps

    def _plan(self, sql: str, tag: str, outputs: Sequence[Output] = (), writes: str | None = None) -> QueryPlan:
        bound, self.low.bound = self.low.bound, 0
        columns = tuple(output.name for output in outputs)
        types = tuple(output.expr.type for output in outputs)
        return QueryPlan(sql, (), columns, types, tag, writes, bound)

    def _add(
        self,
        sql: str,
        tag: str = "",
        outputs: Sequence[Output] = (),
        *,
        writes: str | None = None,
        into: str = "",
        main: bool = False,
        counts: bool = False,
        touches: bool = False,
    ) -> None:
        plan = self._plan(sql, tag, outputs, writes)
        plan.touches = touches
        self.made.append(Step(plan, into, len(outputs), main, counts))

    def _create(self, table: str, columns: Iterable[str]) -> None:
        self._add(f"CREATE TEMP TABLE {table} ({', '.join(columns)})")
        self.temporary.append(table)

    def _copy_tables(self) -> None:
        catalog = self.low.catalog
        touched: dict[str, int] = {}
        for part in self.parts:
            for table in _reached(catalog, part.table):
                touched[table] = touched.get(table, 0) + 1
        self.shared = {table for table, times in touched.items() if times > 1}
        for table in self.shared:
            writers = [part for part in self.parts if table in _reached(catalog, part.table)]
            if sum(not _only_inserts(part) for part in writers) > 1 or any(
                isinstance(part, Insert) and part.conflict is not None for part in writers
            ):
                raise self.low.refuse("several parts of one statement that change the same table", -1)
        read = {
            node.table for part in (self.tree, *self.parts) for node in nodes(part) if isinstance(node, TableSource)
        }
        for table in sorted((read | self.shared) & set(touched)):
            copy = f"pgs_before{len(self.low.instead)}"
            columns = [name(column.name) for column in catalog.tables[table].columns]
            self._create(copy, [_ROW, *columns])
            rowid = catalog.tables[table].rowid
            self._add(f"INSERT INTO {copy} SELECT {rowid}, {', '.join(columns)} FROM {name(table)}")
            self.low.instead[table] = copy

    def _keep_query(self, table: CommonTable) -> None:
        query = table.query
        shown = len(query.outputs) - getattr(query.body, "hidden", 0)
        columns = [f"c{at}" for at in range(shown)]
        text = self.low.query(self.low, query)
        # A recursive query reads itself under its own name, which hides the table that is about to be made.
        recursive = f"WITH RECURSIVE {table.name}({', '.join(columns)}) AS ({text}) SELECT * FROM {table.name}"
        self._create_after(table.name, columns, recursive)

    def _create_after(self, table: str, columns: list[str], sql: str) -> None:
        bound, self.low.bound = self.low.bound, 0
        self._create(table, columns)
        self.low.bound = bound
        self._add(f"INSERT INTO temp.{table} {sql}")

    # ---------------------------------------------------------------------------------------- changes

    def _change(self, change: Change, into: str | None) -> None:
        """Run a part; `into` keeps its RETURNING under that name, "" drops it, None is the statement itself."""
        own = into is None
        if own:
            change.ctes = []  # they are tables by now
        if into:
            self._create(into, [f"c{at}" for at in range(len(change.returning))])
        picked = isinstance(change, Update | Delete) and (change.table in self.shared or _reads_others(change))
        if not change.stage and not picked:
            outputs = [] if into == "" else change.returning
            self._add(
                _sql(self.low, change, outputs),
                _TAGS[type(change)],
                outputs,
                writes=change.table,
                into=into or "",
                main=own,
                counts=own,
                touches=_touches(change),
            )
            return
        self._change_in_two(change, into, picked=picked)

    def _change_in_two(self, change: Change, into: str | None, *, picked: bool) -> None:
        own = into is None
        table = self.low.catalog.tables[change.table]
        columns = [Output(column.name, ColumnRef(column.type, "", column.name)) for column in table.columns]
        number = len(self.made)
        kept, pick = f"pgs_kept{number}", f"pgs_pick{number}"
        returning = change.returning
        rowid = Output(_ROW, ColumnRef("int8", "", table.rowid))
        if picked and not isinstance(change, Insert):
            returning = self._pick(change, pick, returning)
            sql = _picked_sql(self.low, change, pick)
        else:
            sql = _sql(self.low, change, [])
        self._create(kept, [_ROW, *(name(column.name) for column in columns)])
        listed = ", ".join([f"{table.rowid} AS {_ROW}", *(name(column.name) for column in columns)])
        self._add(
            f"{sql} RETURNING {listed}",
            _TAGS[type(change)],
            [rowid, *columns],
            writes=change.table,
            into=kept,
            counts=own,
            touches=_touches(change),
        )
        if into == "" or not returning:
            return
        joined = f" JOIN {pick} AS pick ON pick.r = {change.stage or 'kept'}.{_ROW}" if picked else ""
        if not change.stage:
            returning = rewritten(returning, _under("kept"))
        outputs = ", ".join(f"{self.low.expr(output.expr)} AS c{at}" for at, output in enumerate(returning))
        query = f"SELECT {outputs} FROM {kept} AS {change.stage or 'kept'}{joined}"
        if own:
            self._add(query, _TAGS[type(change)], returning, main=True)
        else:
            self._add(f"INSERT INTO temp.{into} {query}")

    def _pick(self, change: Update | Delete, pick: str, returning: list[Output]) -> list[Output]:
        """Keep which rows are meant, their new values and what RETURNING reads of other tables, before anything changes."""
        low, catalog = self.low, self.low.catalog
        if change.ctes:
            raise low.refuse("WITH inside a statement that changes data in WITH", -1)
        shared = change.table in self.shared
        rowid = _ROW if shared else catalog.tables[change.table].rowid
        inner = {source.alias for source in nodes(returning) if hasattr(source, "alias")} | {change.stage, ""}
        wanted: list[ColumnRef] = []
        for node in nodes(returning):
            if isinstance(node, ColumnRef) and node.relation not in inner and node not in wanted:
                wanted.append(node)
        source = low.instead[change.table] if shared else name(change.table)
        joined = ", ".join([f"{source} AS {change.alias}", *(queries.source(low, each) for each in change.sources)])
        sets = change.sets if isinstance(change, Update) else []
        values = [
            f"{change.alias}.{rowid}",
            *(low.expr(expr) for _, expr in sets),
            *(low.expr(expr) for expr in wanted),
        ]
        where = f" WHERE {low.condition(change.where)}" if change.where is not None else ""
        columns = ["r", *(f"s{at}" for at in range(len(sets))), *(f"x{at}" for at in range(len(wanted)))]
        self._create_after(pick, columns, f"SELECT {', '.join(values)} FROM {joined}{where}")
        self._add(f"DELETE FROM temp.{pick} WHERE rowid NOT IN (SELECT min(rowid) FROM {pick} GROUP BY r)")

        def moved(node: Any) -> Any:
            if isinstance(node, ColumnRef) and node in wanted:
                return ColumnRef(node.type, "pick", f"x{wanted.index(node)}", typmod=node.typmod)
            return None

        return rewritten(returning, moved)


def _under(alias: str) -> Callable[[Any], Any]:
    def change(node: Any) -> Any:
        if isinstance(node, ColumnRef) and node.relation == "":
            return ColumnRef(node.type, alias, node.name, typmod=node.typmod)
        return None

    return change


def _sql(low: Lowering, change: Change, outputs: list[Output]) -> str:
    change.returning, before = outputs, change.returning
    try:
        if isinstance(change, Insert):
            return queries.insert(low, change)
        return queries.update(low, change) if isinstance(change, Update) else queries.delete(low, change)
    finally:
        change.returning = before


def _picked_sql(low: Lowering, change: Change, pick: str) -> str:
    rowid = low.catalog.tables[change.table].rowid
    if isinstance(change, Update):
        sets = ", ".join(f"{name(column)} = pick.s{at}" for at, (column, _) in enumerate(change.sets))
        return (
            f"UPDATE {name(change.table)} AS {change.alias} SET {sets} FROM {pick} AS pick "
            f"WHERE pick.r = {change.alias}.{rowid}"
        )
    return f"DELETE FROM {name(change.table)} WHERE {rowid} IN (SELECT r FROM {pick})"


def _reached(catalog: Catalog, table: str) -> set[str]:
    """A table and those that foreign keys' actions change with it."""
    found = {table}
    pending = [table]
    while pending:
        for other, foreign in catalog.references_to(pending.pop()):
            if {foreign.on_delete, foreign.on_update} & {"c", "n", "d"} and other.name not in found:
                found.add(other.name)
                pending.append(other.name)
    return found


def _only_inserts(part: Change) -> bool:
    return isinstance(part, Insert)


def _touches(change: Change) -> bool:
    if not isinstance(change, Insert) or change.conflict is None or change.conflict.sets is None:
        return False
    return not (change.rows is not None and len(change.rows) == 1)


def _reads_others(change: Update | Delete) -> bool:
    aliases = {source.alias for source in nodes(change.sources) if hasattr(source, "alias")}
    return any(isinstance(node, ColumnRef) and node.relation in aliases for node in nodes(change.returning))
