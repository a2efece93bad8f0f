"""A session: statements in, results out."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, cast

from nexus_testkit.errors import DatabaseError, DataError, InterfaceError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import deferral, placeholders, staging, temporaries, translating
from nexus_testkit.postgres.catalog import naming
from nexus_testkit.postgres.concurrency.waiting import MustWait
from nexus_testkit.postgres.kept import Kept
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.parser import parse, too_deep
from nexus_testkit.postgres.plan import CACHE, CommandPlan, Plan, QueryPlan, SchemaPlan, Vantage
from nexus_testkit.postgres.transactions import REPEATABLE_READ, SERIALIZABLE, Result, Transactions
from nexus_testkit.postgres.values import encode

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.engine import Engine, Volatile
    from nexus_testkit.postgres.values.session import ValueSession

#: Of the errors that asyncpg raises itself, before the server is asked: a transaction does not fail by them.
CLIENT_SIDE = "22000"

_ABORTED = "current transaction is aborted, commands ignored until end of transaction block"


class Session(Transactions):
    """One connection to the database: what `Transactions` says, and the running of statements."""

    __slots__ = ("_seen", "kept", "pause", "pauses", "rewind_point", "suspended")

    def __init__(self, engine: Engine) -> None:
        """A session of `engine`; `Engine.session()` makes one."""
        super().__init__(engine)
        self.rewind_point: Volatile | None = None
        self.suspended: tuple[str, int, int] | None = None
        self.pause = self.pauses = (
            0  # how many calls of pg_sleep this run of the statement has met, and how many are behind it
        )
        self.kept = Kept(self)
        self._seen: tuple[Catalog, tuple[str, ...] | None, Catalog] | None = None

    def abandon(self) -> None:
        """Give up the statement that waits, and the text that it is part of."""
        self.suspended = None
        super().abandon()

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

    def execute_script(self, query: str) -> Result:
        """Run all statements of a text, without arguments; together they are one transaction (simple query protocol).

        Gives the last statement's result.
        """
        plan = CACHE.get(self._version(), query)
        if plan is not None:
            return self._run(plan, query, (), simple=True)
        statements = self._parse(query)
        if len(statements) == 1:
            return self._run(self._compile(query, statements[0], 0), query, (), simple=True)
        result = Result((), (), [], "", 0)
        first = self._resumed(query)
        for number, statement in enumerate(statements[first:], first):
            if not self.in_transaction:
                self._begin(implicit=True)
                self.scripted = True
            try:
                plan = CACHE.get(self._version(), query, number + 1)
                if plan is None:
                    self._require_usable(statement[0])
                    plan = self._compile(query, statement, number + 1)
                result = self._run(plan, query, (), simple=True)
            except MustWait:
                self._suspend(query, number)
                raise
            except DatabaseError:
                if self.implicit:
                    self._rollback()
                raise
        if self.implicit:
            self._commit()
        return result

    def _suspend(self, query: str, number: int, changed: int = 0) -> None:
        """Go on there when the same text comes again; whoever does not wait for that begins anew."""
        if self.engine.patient:
            self.suspended = (query, number, changed)
        elif self.implicit:
            self._rollback()

    def _resumed(self, query: str) -> int:
        suspended, self.suspended = self.suspended, None
        return suspended[1] if suspended is not None and suspended[0] == query else 0

    def execute_many(self, query: str, rows: Sequence[Sequence[Any]]) -> Result:
        """Run one statement once for each sequence of arguments, all or nothing; `rowcount` is the sum."""
        suspended = self.suspended
        first = self._resumed(query)
        total = suspended[2] if suspended is not None and first else 0
        alone = not self.in_transaction or (self.implicit and suspended is not None)
        if not self.in_transaction:
            self._begin(implicit=True)
        at, tag = first, ""
        before = self.engine.snapshot_volatile(dice=False)
        try:
            if not alone:
                self._require_bindable(query, rows)
            for at, args in enumerate(rows[first:], first):
                try:
                    result = self.execute(query, args)
                except DataError as error:
                    if error.sqlstate == CLIENT_SIDE:
                        raise _in_element(error, at) from None
                    raise
                total += result.rowcount
                tag = result.status.rpartition(" ")[0]
        except MustWait:
            self._suspend(query, at, total)
            raise
        except DatabaseError:
            if alone:
                self._rollback()
                try:
                    self._require_bindable(query, rows[at:], at)
                except (DataError, InterfaceError) as error:
                    self.engine.restore_volatile(before)  # the server has seen nothing
                    raise error from None
            raise
        if alone:
            self._commit()
        return Result((), (), [], f"{tag} {total}" if tag else "", total)

    def _require_bindable(self, query: str, rows: Sequence[Sequence[Any]], first: int = 0) -> None:
        """Asyncpg writes all arguments before the server runs the first of them; inside a block, nothing undoes those."""
        plan = CACHE.get(self.engine.catalog.version, query) or self._compile_single(query)
        if type(plan) is not QueryPlan or self.failed:
            return
        for at, args in enumerate(rows, first):
            if len(args) != len(plan.params):
                raise self._wrong_count(plan, query, args, simple=False)
            try:
                _bind(plan, args)
            except DataError as error:
                if error.sqlstate == CLIENT_SIDE:
                    raise _in_element(error, at) from None

    def _parse(self, query: str) -> list[tuple[str, dict[str, Any]]]:
        try:
            return parse(query)
        except DatabaseError:
            self._fail()
            raise

    def _compile_single(self, query: str) -> Plan | None:
        statements = self._parse(query)
        if not statements:
            return None
        if len(statements) > 1:
            self._fail()
            raise database_error("42601", "cannot insert multiple commands into a prepared statement", query=query)
        return self._compile(query, statements[0], 0)

    def _compile(self, query: str, statement: tuple[str, dict[str, Any]], number: int) -> Plan:
        from nexus_testkit.postgres.compile import compile_statement  # noqa: PLC0415  # the compiler is loaded when a statement is

        kind, fields = statement
        self._require_usable(kind, fields)
        writer = self.engine.writer
        if writer is not None and writer is not self and writer.has_changed_schema and kind != "TransactionStmt":
            self.wait(MustWait(cast("Session", writer), alone=True), query)
        try:
            plan = compile_statement(query, kind, fields, self.catalog_seen(), self._values())
        except DatabaseError as error:
            self._fail()
            naming.plain(error, self.catalog_seen().path)
            raise
        except RecursionError:
            self._fail()
            raise too_deep(query) from None
        except MustWait:
            raise
        except Exception as error:
            # A statement that some rule did not foresee is refused like one that no rule reads.
            self._fail()
            raise UnsupportedSQL(f"this statement (failed inside: {error!r})", query=query) from error
        # What a session makes in its own schema is for no other session's use.
        if type(plan) is not SchemaPlan or self.temporary not in plan.catalog.schemas:
            CACHE.put(self._version(), query, number, plan)
        return plan

    def catalog_seen(self) -> Catalog:
        """The catalogue as this session's search path shows it."""
        catalog, path = self.engine.catalog, self.settings.path
        if self._seen is None or self._seen[0] is not catalog or self._seen[1] != path:
            self._seen = (catalog, path, catalog.seen_by(self.settings.schemas, self.temporary))
        return self._seen[2]

    def _version(self) -> Vantage:
        """What a plan depends on besides its text: the catalogue, the zone that its literals were read in, the search path."""
        catalog, settings = self.engine.catalog, self.settings
        zone, path, temporary = settings.zone, settings.path, self.temporary in catalog.schemas
        if zone is None and path is None and not temporary:
            return catalog.version
        return (
            catalog.version,
            None if zone is None else settings.show("timezone"),
            path,
            self.temporary if temporary else "",
        )

    def _values(self) -> ValueSession:
        """The surroundings in which literals are read."""
        values = self.engine.values
        values.zone = self.settings.zone
        return values

    def _require_usable(self, kind: str, fields: dict[str, Any] | None = None) -> None:
        if self.failed and not (
            kind == "TransactionStmt"
            and (
                fields is None
                or fields.get("kind") in ("TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_ROLLBACK_TO")
            )
        ):
            raise database_error("25P02", _ABORTED)

    def _run(self, plan: Plan, query: str, args: Sequence[Any], *, simple: bool = False) -> Result:
        engine = self.engine
        if self.closed:
            raise InterfaceError("the session is closed")
        if self.failed and not (
            type(plan) is CommandPlan and plan.transaction in ("commit", "rollback", "rollback_to")
        ):
            raise database_error("25P02", _ABORTED, query=query)
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

    def _wrong_count(self, plan: Plan, query: str, args: Sequence[Any], *, simple: bool) -> DatabaseError:
        if simple:
            self._fail()
            at = query.find("$") + 1
            return database_error(
                "42P02", f"there is no parameter {query[at - 1 : at + 1]}", position=at or None, query=query
            )
        wanted, given = len(plan.params), len(args)
        return InterfaceError(
            f"the server expects {wanted} argument{'s' if wanted != 1 else ''} for this query, "
            f"{given} {'were' if given != 1 else 'was'} passed",
            hint="Check the query against the passed list of arguments.",
            query=query,
        )

    # ----------------------------------------------------------------------------------------- queries

    def _run_query(self, plan: QueryPlan, args: Sequence[Any]) -> Result:
        engine = self.engine
        if plan.needs:
            engine.provide(plan.needs)
        values: Sequence[Any] = _bind(plan, args) if args else ()
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
        try:
            cursor = placeholders.execute(engine.connection, plan.sql, values)
            rows = cursor.fetchall() if plan.columns or plan.tag == "SELECT" else []
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

    def plan_version(self) -> Vantage:
        """What plans of this session are cached under."""
        return self._version()

    def literal_values(self) -> ValueSession:
        """The surroundings in which literals are read."""
        return self._values()

    def run_bound(self, plan: QueryPlan, args: Sequence[Any]) -> Result:
        """Run a query inside a command."""
        return self._run_query(plan, args)

    def run_stored(self, plan: QueryPlan, values: Sequence[Any]) -> Result:
        """Run a query whose arguments are in storage form."""
        made = copy(plan)
        made.encoders = (_same,) * len(plan.params)
        return self._run_query(made, values)

    def fail(self) -> None:
        """Let an open transaction fail: something went wrong on the way to the server or back."""
        self._fail()

    def insert_stored(self, query: str, rows: Sequence[Sequence[Any]]) -> Result:
        """Run an INSERT once for each row of values in storage form, all or nothing."""
        alone = not self.in_transaction
        if alone:
            self._begin(implicit=True)
        total = 0
        try:
            plan = CACHE.get(self._version(), query) or self._compile_single(query)
            if type(plan) is QueryPlan:
                made = copy(plan)
                made.encoders = (_same,) * len(plan.params)
                for row in rows:
                    total += self._run(made, query, row).rowcount
        except (DatabaseError, MustWait):
            if alone:
                self._rollback()
            raise
        if alone:
            self._commit()
        return Result((), (), [], f"INSERT 0 {total}", total)

    def computed(self, sql: str) -> tuple[Any, ...]:
        """The one row of a query that reads no table."""
        self.engine.provide_for(sql)
        (row,) = self.query(sql)
        return tuple(row)

    # ------------------------------------------------------------------------------------------ schema

    def _run_schema(self, plan: SchemaPlan, args: Sequence[Any] = ()) -> Result:
        engine = self.engine
        self.queried = True
        if self.read_only if self.in_transaction else self.settings.read_only:
            raise database_error("25006", f"cannot execute {plan.tag} in a read-only transaction")
        if not plan.steps and plan.catalog is engine.catalog:  # IF EXISTS, IF NOT EXISTS
            return Result((), (), [], plan.tag, 0)
        if engine.writer is not None and engine.writer is not self:
            from nexus_testkit.postgres.concurrency.vacating import (  # noqa: PLC0415  # few programs overlap
                adds_only,
                beside_others,
                vacate,
            )

            if not self.in_transaction and adds_only(engine.catalog, plan):
                with beside_others(self):
                    return self._run_schema(plan, args)
            vacate(self)
        alone = not self.in_transaction
        if alone:
            self._begin(implicit=True)
        self._take_place()
        self.exclusive = True
        found: Any = None
        try:
            for step in plan.steps:
                if isinstance(step, str):
                    engine.provide_for(step)
                    self._run_step(step)
                else:
                    found = step(self, *args)
        except DatabaseError:
            if alone:
                self._rollback()
            else:
                self._fail()
            raise
        engine.catalog = plan.catalog
        if alone:
            self._commit()
        if plan.counted:
            return Result((), (), [], f"{plan.tag} {found}", found)
        return Result((), (), [], plan.tag, 0)

    def _run_step(self, sql: str) -> None:
        self.rewritten |= "writable_schema" in sql
        try:
            self.engine.connection.execute(sql)
        except sqlite3.Error as error:
            pending = self.engine.values.take_pending()
            raise pending or UnsupportedSQL(f"this change of the schema (SQLite: {error}; lowered: {sql})") from error


def _same(value: Any) -> Any:
    return value


def _in_element(error: DataError, at: int) -> DataError:
    """Asyncpg's error of an argument, of which element of executemany() it was."""
    argument = re.match(r"invalid input for query argument \$\d+", error.message)
    if argument is None:
        return error
    words = f"{argument[0]} in element #{at} of executemany() sequence{error.message[argument.end() :]}"
    return DataError(words, sqlstate=CLIENT_SIDE, query=error.query)


def _bind(plan: QueryPlan, args: Sequence[Any]) -> list[Any]:
    """Arguments in storage form."""
    try:
        values = [None if value is None else convert(value) for value, convert in zip(args, plan.encoders, strict=True)]
    except Exception:  # noqa: BLE001  # encode() says it again, in asyncpg's words
        values = [
            encode(value, kind, argument=at) for at, (value, kind) in enumerate(zip(args, plan.params, strict=True), 1)
        ]
    return values
