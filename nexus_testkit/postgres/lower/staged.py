"""Statements that SQLite cannot run in one: WITH that changes data, RETURNING of more than the written row.

All parts of such a statement see the data as it was before it (manual, 7.8.4), so the tables that one part changes and
another reads are copied first. Then each part runs, and its RETURNING is kept in a temporary table that has the part's name in
the lowered SQL. Parts that nobody reads run last, as on the server.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from nexus_testkit.postgres.catalog.schema import Table
from nexus_testkit.postgres.lower import changing, merging, qualifying, queries
from nexus_testkit.postgres.lower.expressions import Lowering
from nexus_testkit.postgres.lower.overlaps import (
    Change,
    acts_on,
    joins_many,
    reached,
    reads_others,
    touches,
    updates_conflicts,
)
from nexus_testkit.postgres.lower.text import literal, name
from nexus_testkit.postgres.merges import Merge
from nexus_testkit.postgres.plan import QueryPlan, Step
from nexus_testkit.postgres.rewriting import nodes, rewritten
from nexus_testkit.postgres.typed import ColumnRef, Expr
from nexus_testkit.postgres.typed_queries import (
    CommonTable,
    Output,
    Query,
    TableSource,
)
from nexus_testkit.postgres.typed_statements import Delete, Insert, Update

_ROW = "pgs_row"
_TAGS = {Insert: "INSERT 0", Update: "UPDATE", Delete: "DELETE", Merge: "MERGE"}


def steps(low: Lowering, tree: Query | Change, changes: dict[str, Change], used: set[str]) -> tuple[Step, ...]:
    """The steps of a statement; `changes` are the parts of WITH that change data, `used` the names that are read."""
    return Staging(low, tree, changes, used).steps()


class Staging:
    """The steps of one statement, as they come together."""

    def __init__(self, low: Lowering, tree: Query | Change, changes: dict[str, Change], used: set[str]) -> None:
        self.low = low
        self.tree = tree
        self.changes = changes
        self.used = used
        self.made: list[Step] = []
        self.temporary: list[str] = []
        self.parts: list[Change] = [*changes.values(), *([] if isinstance(tree, Query) else [tree])]
        self.shared: set[str] = set()
        self.hit: dict[str, str] = {}

    def steps(self) -> tuple[Step, ...]:
        """All of them, in order."""
        ctes = self.tree.ctes
        self._copy_tables()
        for table in ctes:
            change = self.changes.get(table.name)
            if change is None:
                self._keep_query(table)
            elif table.name in self.used:
                self.change(change, into=table.name)
        if isinstance(self.tree, Query):
            body = self.tree
            body.ctes = []
            shown = body.outputs[: len(body.outputs) - getattr(body.body, "hidden", 0)]
            self.add(self.low.query(self.low, body), "SELECT", shown, main=True)
        else:
            self.change(self.tree, into=None)
        for table in ctes:
            change = self.changes.get(table.name)
            if change is not None and table.name not in self.used:
                self.change(change, into="")
        self.made.extend(Step(self.plan(f"DROP TABLE temp.{table}", "")) for table in self.temporary)
        return tuple(self.made)

    # ------------------------------------------------------------------------------------------ steps

    def plan(self, sql: str, tag: str, outputs: Sequence[Output] = (), writes: str | None = None) -> QueryPlan:
        """A plan of SQL that was just lowered."""
        bound, self.low.bound = self.low.bound, 0
        columns = tuple(output.name for output in outputs)
        types = tuple(output.expr.type for output in outputs)
        return QueryPlan(sql, (), columns, types, tag, writes, bound)

    def add(
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
        """A step that runs SQL that was just lowered."""
        plan = self.plan(sql, tag, outputs, writes)
        plan.touches = touches
        self.made.append(Step(plan, into, len(outputs), main, counts))

    def create(self, table: str, columns: Iterable[str]) -> None:
        """A step that makes a temporary table."""
        self.add(f"CREATE TEMP TABLE {table} ({', '.join(columns)})")
        self.temporary.append(table)

    def _copy_tables(self) -> None:
        catalog = self.low.catalog
        touched: dict[str, int] = {}
        for part in self.parts:
            for table in reached(catalog, part.table):
                touched[table] = touched.get(table, 0) + 1
        self.shared = {table for table, times in touched.items() if times > 1}
        for table in self.shared:
            self._require_order(table)
        read = {
            node.table for part in (self.tree, *self.parts) for node in nodes(part) if isinstance(node, TableSource)
        }
        for table in sorted((read | self.shared) & set(touched)):
            copy = f"pgs_before{len(self.low.instead)}"
            columns = [name(column.name) for column in catalog.tables[table].columns]
            self.create(copy, [_ROW, *columns])
            rowid = catalog.tables[table].rowid
            self.add(f"INSERT INTO {copy} SELECT {rowid}, {', '.join(columns)} FROM {name(table)}")
            self.low.instead[table] = copy

    def _require_order(self, table: str) -> None:
        """Refuse what ends otherwise on the server, where foreign keys act when all parts are done."""
        own = [] if isinstance(self.tree, Query) else [self.tree]
        read = [change for name, change in self.changes.items() if name in self.used]
        rest = [change for name, change in self.changes.items() if name not in self.used]
        parts = (*read, *own, *rest)
        acting = [at for at, part in enumerate(parts) if part.table != table and acts_on(self.low.catalog, part, table)]
        for at, part in enumerate(parts):
            if part.table != table:
                continue
            adds = isinstance(part, Insert | Update)
            special = len(parts) > 1 and (isinstance(part, Merge) or updates_conflicts(part))
            seen = at < len(read) + len(own)  # what the others delete is nobody's to read
            if special or (acting and (adds or (seen and acting[0] < at))):
                raise self.low.refuse("several parts of one statement that change the same table in this way", -1)

    def _keep_query(self, table: CommonTable) -> None:
        query = table.query
        shown = len(query.outputs) - getattr(query.body, "hidden", 0)
        columns = [f"c{at}" for at in range(shown)]
        text = self.low.query(self.low, query)
        # A recursive query reads itself under its own name, which hides the table that is about to be made.
        recursive = f"WITH RECURSIVE {table.name}({', '.join(columns)}) AS ({text}) SELECT * FROM {table.name}"
        self.create_after(table.name, columns, recursive)

    def create_after(self, table: str, columns: list[str], sql: str) -> None:
        """Steps that keep a query in a temporary table."""
        bound, self.low.bound = self.low.bound, 0
        self.create(table, columns)
        self.low.bound = bound
        self.add(f"INSERT INTO temp.{table} {sql}")

    # ---------------------------------------------------------------------------------------- changes

    def change(self, change: Change, into: str | None) -> None:
        """Run a part; `into` keeps its RETURNING under that name, "" drops it, None is the statement itself."""
        own = into is None
        if own:
            change.ctes = []  # they are tables by now
        if isinstance(change, Merge):
            merging.merge(self, change, into)
            return
        if into:
            self.create(into, [f"c{at}" for at in range(len(change.returning))])
        picked = isinstance(change, Update | Delete) and (
            change.table in self.shared or reads_others(change) or joins_many(self.low.catalog, change)
        )
        checks = getattr(change, "checks", [])
        if not change.stage and not picked and not checks:
            outputs = [] if into == "" else change.returning
            self.add(
                _sql(self.low, change, outputs),
                _TAGS[type(change)],
                outputs,
                writes=change.table,
                into=into or "",
                main=own,
                counts=own,
                touches=touches(change),
            )
            return
        self._change_in_two(change, into, picked=picked)

    def _change_in_two(self, change: Insert | Update | Delete, into: str | None, *, picked: bool) -> None:
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
        bound, self.low.bound = self.low.bound, 0
        before = self._keep_before(change, table, number) if isinstance(change, Insert) else ""
        self.create(kept, [_ROW, *(name(column.name) for column in columns)])
        self.low.bound = bound
        listed = ", ".join([f"{table.rowid} AS {_ROW}", *(name(column.name) for column in columns)])
        self.add(
            f"{sql} RETURNING {listed}",
            _TAGS[type(change)],
            [rowid, *columns],
            writes=change.table,
            into=kept,
            counts=own,
            touches=touches(change),
        )
        for view, condition in getattr(change, "checks", []):
            self._check_option(kept, table, view, condition)
        if into == "" or not returning:
            return
        if before:
            self.add(f"DROP TRIGGER temp.{before}")
        joined = f" JOIN {pick} AS pick ON pick.r = {change.stage or 'kept'}.{_ROW}" if picked else ""
        if before and isinstance(change, Insert):
            joined = f" LEFT JOIN {before} AS {change.before} ON {change.before}.{_ROW} = {change.stage}.{_ROW}"
        if not change.stage:
            returning = rewritten(returning, _under("kept"))
        outputs = ", ".join(f"{self.low.expr(output.expr)} AS c{at}" for at, output in enumerate(returning))
        query = f"SELECT {outputs} FROM {kept} AS {change.stage or 'kept'}{joined}"
        if own:
            self.add(query, _TAGS[type(change)], returning, main=True)
        else:
            self.add(f"INSERT INTO temp.{into} {query}")

    def _check_option(self, kept: str, table: Table, view: str, condition: Expr) -> None:
        """Have the written rows looked at that a view WITH CHECK OPTION does not show."""
        row = ", ".join(name(column.name) for column in table.columns)
        failing = f"pgs_fail_view({literal(table.name)}, {literal(view)}, {row})"
        self.add(f"SELECT {failing} FROM {kept} WHERE NOT coalesce({self.low.expr(condition)}, 0)")

    def _keep_before(self, change: Insert, table: Table, number: int) -> str:
        """Have the rows that ON CONFLICT DO UPDATE changes kept as they were, where RETURNING reads them."""
        if not change.before or not any(
            isinstance(node, ColumnRef) and node.relation == change.before for node in nodes(change.returning)
        ):
            return ""
        before = f"pgs_old{number}"
        columns = [name(column.name) for column in table.columns]
        self.create(before, [_ROW, *columns])
        row = ", ".join(f"OLD.{column}" for column in (table.rowid, *columns))
        self.add(
            f"CREATE TEMP TRIGGER {before} BEFORE UPDATE ON main.{name(table.name)} "
            f"BEGIN INSERT INTO {before} VALUES ({row}); END"
        )
        return before

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
        where = f" WHERE {low.condition(qualifying.ordered(change.where))}" if change.where is not None else ""
        columns = ["r", *(f"s{at}" for at in range(len(sets))), *(f"x{at}" for at in range(len(wanted)))]
        self.create_after(pick, columns, f"SELECT {', '.join(values)} FROM {joined}{where}")
        self.add(f"DELETE FROM temp.{pick} WHERE rowid NOT IN (SELECT min(rowid) FROM {pick} GROUP BY r)")
        if shared:
            # A row that another part of the statement has changed is passed over (manual, 7.8.4).
            hit = self.hit.get(change.table)
            if hit is None:
                hit = self.hit[change.table] = f"pgs_hit{len(self.made)}"
                self.create(hit, ["r"])
            self.add(f"DELETE FROM temp.{pick} WHERE r IN (SELECT r FROM {hit})")
            self.add(f"INSERT INTO temp.{hit} SELECT r FROM {pick}")

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


def _sql(low: Lowering, change: Insert | Update | Delete, outputs: list[Output]) -> str:
    change.returning, before = outputs, change.returning
    try:
        if isinstance(change, Insert):
            return changing.insert(low, change)
        return changing.update(low, change) if isinstance(change, Update) else changing.delete(low, change)
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
