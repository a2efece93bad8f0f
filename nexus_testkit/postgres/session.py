"""A session: statements in, results out."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, DataError, InterfaceError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import deferral, placeholders, staging, temporaries, translating
from nexus_testkit.postgres.batches import Batches
from nexus_testkit.postgres.binding import CLIENT_SIDE, bind, takes_stored
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.kept import Kept
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.plan import CACHE, CommandPlan, Plan, QueryPlan, SchemaPlan
from nexus_testkit.postgres.planning import ABORTED
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.schemachanges import SchemaChanges
from nexus_testkit.postgres.transactions import REPEATABLE_READ, SERIALIZABLE

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine, Volatile


OUTDATED = "cached statement plan is invalid due to a database schema or configuration change"
"""What asyncpg makes of the server's "cached plan must not change result type"."""

_STATEMENTS_KEPT = 100  # asyncpg's statement_cache_size
_EFFECTS = frozenset(
    {
        *(
            "pgs_nextval",
            "pgs_setval",
            "pgs_notify",
            "pgs_set_config",
            "pgs_advisory_unlock",
            "pgs_advisory_unlock_shared",
        ),
        *(
            f"pgs_{way}advisory_{kind}lock{how}"
            for way in ("", "try_")
            for kind in ("", "xact_")
            for how in ("", "_shared")
        ),
    }
)


class Session(Batches, SchemaChanges):
    """One connection to the database: what its bases say, and the running of one statement."""

    __slots__ = ("_first_row_only", "_shapes", "kept", "pause", "pauses", "rewind_point")

    def __init__(self, engine: Engine) -> None:
        """A session of `engine`; `Engine.session()` makes one."""
        super().__init__(engine)
        self.rewind_point: Volatile | None = None
        self.pause = self.pauses = (
            0  # how many calls of pg_sleep this run of the statement has met, and how many are behind it
        )
        self.kept = Kept(self)
        self._first_row_only = False
        self._shapes: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {}

    def _end(self, *, committed: bool) -> None:
        super()._end(committed=committed)
        self.kept.ended(committed=committed)

    def savepoint(self, name: str) -> None:
        """SAVEPOINT."""
        super().savepoint(name)
        self.kept.marked(name)

    def release(self, name: str) -> None:
        """RELEASE SAVEPOINT."""
        super().release(name)
        self.kept.released(name)

    def rollback_to(self, name: str) -> None:
        """ROLLBACK TO SAVEPOINT."""
        super().rollback_to(name)
        self.kept.gone_back(name)

    def reset(self) -> None:
        """What a pool does with a returned connection."""
        super().reset()
        self.kept.forget()

    # ------------------------------------------------------------------------------------------ running

    def execute(self, query: str, args: Sequence[Any] = ()) -> Result:
        """Run one statement.

        Raises:
            DatabaseError: with PostgreSQL's SQLSTATE; UnsupportedSQL where the fake does not know the construct.
            MustWait: others hold what it needs; run it again when they have let go of it.
        """
        plan = CACHE.get(self._version(), query)
        if plan is None:
            plan = self._compile_single(query)
            if plan is None:
                return Result((), (), [], "", 0)
        return self._run(plan, query, args)

    def execute_prepared(self, query: str, args: Sequence[Any] = (), *, first_row_only: bool = False) -> Result:
        """Run one statement as asyncpg does: prepared once in each session, under its text.

        With `first_row_only` a SELECT stops behind its first row: what the others would draw, lock or fail at does not happen.

        Raises:
            DatabaseError: as `execute`; and 0A000 in a transaction, where the statement gave other columns, or others of
                their types, when the session prepared it. Outside of one asyncpg prepares it again.
        """
        plan = CACHE.get(self._version(), query) or self._compile_single(query)
        if plan is None:
            return Result((), (), [], "", 0)
        if type(plan) is QueryPlan:
            self._check_shape(plan, query)
        self._first_row_only = first_row_only
        try:
            return self._run(plan, query, args)
        finally:
            self._first_row_only = False

    def _check_shape(self, plan: QueryPlan, query: str) -> None:
        """Asyncpg's cache of prepared statements (connection.py, `_do_execute`), and plancache.c, `RevalidateCachedQuery`."""
        if self.failed:  # nothing can be prepared
            return
        shape = plan.columns, plan.types
        shapes = self._shapes
        known = shapes.setdefault(query, shape)
        if known != shape:
            shapes[query] = shape
            if self.in_transaction and not self.closed:
                del shapes[query]
                self._fail()
                raise database_error("0A000", OUTDATED, query=query)
        elif len(shapes) > _STATEMENTS_KEPT:
            del shapes[next(iter(shapes))]

    def _encode_in_vain(self, plan: QueryPlan, query: str, args: Sequence[Any]) -> None:
        """Asyncpg encodes what it gives to a statement that it has prepared before it hears that the transaction is aborted."""
        if len(args) != len(plan.params):
            raise self._wrong_count(plan, query, args, simple=False)
        try:
            bind(plan, args)
        except DatabaseError as error:
            if error.sqlstate == CLIENT_SIDE:
                raise

    def _run(self, plan: Plan, query: str, args: Sequence[Any], *, simple: bool = False) -> Result:
        engine = self.engine
        if self.closed:
            raise InterfaceError("the session is closed")
        if self.failed and not (
            type(plan) is CommandPlan and plan.transaction in ("commit", "rollback", "rollback_to")
        ):
            if type(plan) is QueryPlan and not simple and query in self._shapes:
                self._encode_in_vain(plan, query, args)
            raise database_error("25P02", ABORTED, query=query)
        if len(args) != len(plan.params):
            raise self._wrong_count(plan, query, args, simple=simple)
        engine.current = self
        engine.values.zone = self.settings.zone
        if not self.in_transaction:
            self.started = self.number = None
        try:
            if type(plan) is QueryPlan:
                return self._run_query(plan, args)
            if type(plan) is SchemaPlan:
                return self._run_schema(plan, args)
            found = plan.run(self, *args)  # type: ignore[union-attr]  # the third kind
            return found or Result((), (), [], plan.tag, 0)
        except DatabaseError as error:
            if error.query is None:
                error.query = query
            naming.plain(error, self.catalog_seen().path)
            if error.sqlstate != CLIENT_SIDE or not isinstance(error, DataError):
                self._fail()
            if not self.in_transaction:
                self.kept.notes.clear()
            raise
        except MustWait as signal:
            self.wait(signal, query)
            raise
        finally:
            if not self.in_transaction:
                engine.locks.end_transaction(self)
                if self.kept.notes or self.kept.wanted:
                    self.kept.settle(committed=True)
                if self.temporary in engine.catalog.schemas and type(plan) is QueryPlan:
                    temporaries.tidy(self)

    # ----------------------------------------------------------------------------------------- queries

    def _run_query(self, plan: QueryPlan, args: Sequence[Any]) -> Result:
        engine = self.engine
        if plan.needs:
            engine.provide(plan.needs)
        values: Sequence[Any] = bind(plan, args) if args else ()
        self.queried = True
        for at, check in plan.limits:
            if values[at] is not None:
                check(values[at], engine.values)
        if plan.constants or plan.argued:
            self._compute_constants(plan, values)
        if plan.bound < len(values):
            values = values[: plan.bound]  # the rest is in no lowered SQL
        if plan.writes is not None:
            if (self.read_only if self.in_transaction else self.settings.read_only) and not naming.temporary(
                plan.writes
            ):
                command = plan.tag.split()[0] if plan.writes else "SELECT FOR UPDATE"
                raise database_error("25006", f"cannot execute {command} in a read-only transaction")
            if self.in_transaction and not self._open and engine.writer is None and self.isolation != SERIALIZABLE:
                self._take_place()
        elif self.in_transaction and not self._open and self.isolation == REPEATABLE_READ and engine.writer is None:
            self._take_place()
        self.waits_for = ()
        if engine.writer is not self and (
            engine.writer is not None or (self.in_transaction and self.isolation == SERIALIZABLE)
        ):
            from nexus_testkit.postgres.concurrency.demotion import gather  # noqa: PLC0415  # few programs overlap

            return gather(engine).run(self, plan, values)
        if plan.writes is None or not self._open:
            return self.run_plan(plan, values)
        result = self.run_plan(plan, values)
        # What an overlap has to know of a transaction that was alone (see `concurrency.demotion`).
        self.history.append((plan, values, len(self._marks) - 1, self.rewind_point))
        return result

    def query(self, sql: str) -> list[Any]:
        """The rows of a question about the stored tables."""
        try:
            return self.engine.connection.execute(sql).fetchall()
        except sqlite3.Error as error:
            raise self.engine.values.take_pending() or UnsupportedSQL(f"this check (SQLite: {error}; {sql})") from error

    def run_plan(self, plan: QueryPlan, values: Sequence[Any]) -> Result:
        """Run a query on the connection that the engine works on."""
        if plan.watched or (self.deferral.modes and plan.writes):
            return deferral.run(self, plan, values)
        return self.run_unwatched(plan, values)

    def run_unwatched(self, plan: QueryPlan, values: Sequence[Any]) -> Result:
        """Run a query; if it writes to tables with deferrable constraints, these are somebody else's business."""
        engine = self.engine
        if plan.touches:
            self.prepare_touch(plan)
        self.rewind_point = engine.snapshot_volatile(dice=plan.draws) if plan.counts or plan.draws else None
        if plan.system is not None:
            plan.system.prepare(self)
        engine.steps = 0
        if plan.steps:
            return staging.run(self, plan, values)
        stops = self._first_row_only and plan.tag == "SELECT" and plan.writes is None
        sql = f"SELECT * FROM ({plan.sql}) LIMIT 1" if stops and plan.needs & _EFFECTS else plan.sql
        try:
            try:
                cursor = placeholders.execute(engine.connection, sql, values)
                rows = cursor.fetchall() if plan.columns or plan.tag == "SELECT" else []
            except sqlite3.Error as error:
                if not stops or sql is not plan.sql:
                    raise
                # It may have been at a later row. Not asked for one row in the first place: that takes longer.
                engine.values.take_pending()
                cursor = placeholders.execute(engine.connection, f"SELECT * FROM ({sql}) LIMIT 1", values)
                rows = cursor.fetchall()
                del error
        except sqlite3.Error as error:
            raise self.translated(plan, values, error) from error
        if plan.decode is not None:
            rows = [plan.decode(row) for row in rows]
        elif rows and not plan.columns:  # SELECT FROM t: rows without columns, of which SQLite has none
            rows = [()] * len(rows)
        if plan.system is not None:
            rows = plan.system.shown(self, rows)
        count = len(rows) if plan.columns or plan.tag == "SELECT" else placeholders.changed(engine.connection, cursor)
        return Result(plan.columns, plan.types, rows, f"{plan.tag} {count}", count)

    def _compute_constants(self, plan: QueryPlan, values: Sequence[Any]) -> None:
        try:
            if plan.constants:
                self.engine.connection.execute(plan.constants).fetchall()
            if plan.argued:
                placeholders.execute(self.engine.connection, plan.argued, values[: plan.argued_bound]).fetchall()
        except sqlite3.Error as error:
            raise self.translated(plan, (), error) from error
        plan.constants = ""  # they are the same at every run, in every world

    def prepare_touch(self, plan: QueryPlan) -> None:
        functions = self.engine.functions
        functions.touched.clear()
        table = self.engine.catalog.tables[str(plan.writes)]
        sql = f"SELECT coalesce(max({table.rowid}), 0) FROM {quoted(table.name)}"
        row = self.engine.connection.execute(sql).fetchone()
        functions.touch_limit = row[0]

    def translated(self, plan: QueryPlan, values: Sequence[Any], error: sqlite3.Error) -> Exception:
        """The error behind SQLite's."""
        return translating.translated(self, plan, values, error)

    # --------------------------------------------------------------------------- what commands ask for

    def run_bound(self, plan: QueryPlan, args: Sequence[Any]) -> Result:
        """Run a query inside a command."""
        return self._run_query(plan, args)

    def run_stored(self, plan: QueryPlan, values: Sequence[Any]) -> Result:
        """Run a query whose arguments are in storage form."""
        return self._run_query(takes_stored(plan), values)

    def fail(self) -> None:
        """Let an open transaction fail: something went wrong on the way to the server or back."""
        self._fail()

    def computed(self, sql: str) -> tuple[Any, ...]:
        """The one row of a query that reads no table."""
        self.engine.provide_for(sql)
        (row,) = self.query(sql)
        return tuple(row)
