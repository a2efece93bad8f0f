"""A session: statements in, results out."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, DataError, InterfaceError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import placeholders, staging, violations
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.parser import parse
from nexus_testkit.postgres.plan import CACHE, CommandPlan, Plan, QueryPlan, SchemaPlan, Vantage
from nexus_testkit.postgres.runtime import MustWait
from nexus_testkit.postgres.transactions import READ_COMMITTED, Result, Transactions
from nexus_testkit.postgres.values import encode

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine, Volatile
    from nexus_testkit.postgres.values.session import ValueSession

#: Of the errors that asyncpg raises itself, before the server is asked: a transaction does not fail by them.
CLIENT_SIDE = "22000"

_ABORTED = "current transaction is aborted, commands ignored until end of transaction block"
_RUNAWAY = "the fake database stops a statement after some seconds of work: a recursive query or a join without end?"


class Session(Transactions):
    """One connection to the database: what `Transactions` says, and the running of statements."""

    __slots__ = ("rewind_point",)

    def __init__(self, engine: Engine) -> None:
        """A session of `engine`; `Engine.session()` makes one."""
        super().__init__(engine)
        self.rewind_point: Volatile | None = None

    # ------------------------------------------------------------------------------------------ running

    def execute(self, query: str, args: Sequence[Any] = ()) -> Result:
        """Run one statement.

        Raises:
            DatabaseError: with PostgreSQL's SQLSTATE; UnsupportedSQL where the fake does not know the construct.
            MustWait: another session holds the writer's place or a lock; run it again when that is free.
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
        for number, statement in enumerate(statements):
            # MustWait may come at the first statement only: after it, this session either wrote or nobody else can run.
            if not self.in_transaction:
                self._begin(implicit=True)
            try:
                plan = CACHE.get(self._version(), query, number + 1)
                if plan is None:
                    self._require_usable(statement[0])
                    plan = self._compile(query, statement, number + 1)
                result = self._run(plan, query, (), simple=True)
            except (DatabaseError, MustWait):
                if self.implicit:
                    self._rollback()
                raise
        if self.implicit:
            self._commit()
        return result

    def execute_many(self, query: str, rows: Sequence[Sequence[Any]]) -> Result:
        """Run one statement once for each sequence of arguments, all or nothing; `rowcount` is the sum."""
        alone = not self.in_transaction
        if alone:
            self._begin(implicit=True)
        total, tag = 0, ""
        try:
            if not alone:
                self._require_bindable(query, rows)
            for at, args in enumerate(rows):
                try:
                    result = self.execute(query, args)
                except DataError as error:
                    if error.sqlstate == CLIENT_SIDE:
                        raise _in_element(error, at) from None
                    raise
                total += result.rowcount
                tag = result.status.rpartition(" ")[0]
        except (DatabaseError, MustWait):
            if alone:
                self._rollback()
            raise
        if alone:
            self._commit()
        return Result((), (), [], f"{tag} {total}" if tag else "", total)

    def _require_bindable(self, query: str, rows: Sequence[Sequence[Any]]) -> None:
        """Asyncpg writes all arguments before the server runs the first of them; inside a block, nothing undoes those."""
        plan = CACHE.get(self.engine.catalog.version, query) or self._compile_single(query)
        if type(plan) is not QueryPlan or self.failed:
            return
        for at, args in enumerate(rows):
            if len(args) == len(plan.params):
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
        try:
            plan = compile_statement(query, kind, fields, self.engine.catalog, self._values())
        except DatabaseError:
            self._fail()
            raise
        CACHE.put(self._version(), query, number, plan)
        return plan

    def _version(self) -> Vantage:
        """What a plan depends on besides its text: the catalogue, and the zone that its literals were read in."""
        version, zone = self.engine.catalog.version, self.settings.zone
        return version if zone is None else (version, self.settings.show("timezone"))

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
        if engine.writer is not None and engine.writer is not self and type(plan) is not CommandPlan:
            self._wait_for(engine.writer)
        if len(args) != len(plan.params):
            raise self._wrong_count(plan, query, args, simple=simple)
        engine.current = self
        engine.values.zone = self.settings.zone
        if not self.in_transaction:
            self.started = None
        try:
            if type(plan) is QueryPlan:
                return self._run_query(plan, args)
            if type(plan) is SchemaPlan:
                return self._run_schema(plan)
            return plan.run(self) or Result((), (), [], plan.tag, 0)  # type: ignore[union-attr]  # the third kind
        except DatabaseError as error:
            if error.query is None:
                error.query = query
            if error.sqlstate != CLIENT_SIDE or not isinstance(error, DataError):
                self._fail()
            raise
        finally:
            if not self.in_transaction:
                engine.locks.end_transaction(self)

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
        values = _bind(plan, args) if args else ()
        self.queried = True
        for at, check in plan.limits:
            if values[at] is not None:
                check(values[at], engine.values)
        if plan.constants:
            self._compute_constants(plan)
        if plan.writes is not None:
            if self.read_only if self.in_transaction else self.settings.read_only:
                command = plan.tag.split()[0] if plan.writes else "SELECT FOR UPDATE"
                raise database_error("25006", f"cannot execute {command} in a read-only transaction")
            if self.in_transaction and not self._open:
                self._take_place()
            if plan.touches:
                self.prepare_touch(plan)
        elif self.in_transaction and not self._open and self.isolation != READ_COMMITTED:
            self._take_place()
        self.waits_for = None
        self.rewind_point = engine.snapshot_volatile(dice=plan.draws) if plan.counts or plan.draws else None
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
        count = len(rows) if plan.columns or plan.tag == "SELECT" else max(cursor.rowcount, 0)
        return Result(plan.columns, plan.types, rows, f"{plan.tag} {count}", count)

    def _compute_constants(self, plan: QueryPlan) -> None:
        try:
            for query in plan.constants:
                self.engine.connection.execute(query).fetchall()
        except sqlite3.Error as error:
            raise self.translated(plan, (), error) from error
        plan.constants = ()  # they are the same at every run, in every world

    def prepare_touch(self, plan: QueryPlan) -> None:
        functions = self.engine.functions
        functions.touched.clear()
        table = self.engine.catalog.tables[str(plan.writes)]
        sql = f"SELECT coalesce(max({table.rowid}), 0) FROM {quoted(table.name)}"
        row = self.engine.connection.execute(sql).fetchone()
        functions.touch_limit = row[0]

    def translated(self, plan: QueryPlan, values: Sequence[Any], error: sqlite3.Error) -> Exception:
        """The error behind SQLite's."""
        pending = self.engine.values.take_pending()
        if pending is not None:
            if plan.counts and pending.sqlstate in ("23502", "23514"):
                self._take_back(plan)
            return pending
        waiting, self.engine.waiting = self.engine.waiting, None
        if waiting is not None:
            try:
                self._wait_for(waiting.holder)
            except (MustWait, DatabaseError) as found:
                return found
        if isinstance(error, sqlite3.IntegrityError):
            broken = violations.translate(self, plan, values, error)
            if plan.counts and broken.sqlstate == "23505":
                self._take_back(plan)
            return broken
        if "interrupted" in str(error):
            return database_error("57014", "canceling statement due to statement timeout", hint=_RUNAWAY)
        if "integer overflow" in str(error):
            return database_error("22003", "bigint out of range")
        if isinstance(error, sqlite3.DataError | sqlite3.ProgrammingError):
            return DataError(str(error), sqlstate="22000")
        return UnsupportedSQL(f"this statement (SQLite: {error}; lowered: {plan.sql})")

    def _take_back(self, plan: QueryPlan) -> None:
        """Let the sequences stand at the row that failed.

        SQLite computes all rows of an INSERT ... RETURNING before it writes the first; the server takes a number
        for each row when that row's turn comes.
        """
        engine, before, row = self.engine, self.rewind_point, self.engine.functions.noted
        table = engine.catalog.tables.get(plan.writes or "")
        if before is None or row is None or table is None:
            return
        for column, value in zip(table.columns, row, strict=False):
            state = engine.sequences.get(column.sequence or "")
            if state is None or not isinstance(value, int) or state.definition.increment != 1:
                continue
            last, called = before[0].get(state.definition.name, (state.definition.start, False))
            if last + called <= value <= state.last:
                state.last = self.currvals[state.definition.name] = value

    # ------------------------------------------------------------------------------------------ schema

    def _run_schema(self, plan: SchemaPlan) -> Result:
        engine = self.engine
        self.queried = True
        if self.read_only if self.in_transaction else self.settings.read_only:
            raise database_error("25006", f"cannot execute {plan.tag} in a read-only transaction")
        alone = not self.in_transaction
        if alone:
            self._begin(implicit=True)
        self._take_place()
        try:
            for step in plan.steps:
                if isinstance(step, str):
                    engine.provide_for(step)
                    self._run_step(step)
                else:
                    step(self)
        except DatabaseError:
            if alone:
                self._rollback()
            else:
                self._fail()
            raise
        engine.catalog = plan.catalog
        if alone:
            self._commit()
        return Result((), (), [], plan.tag, 0)

    def _run_step(self, sql: str) -> None:
        self.rewritten |= "writable_schema" in sql
        try:
            self.engine.connection.execute(sql)
        except sqlite3.Error as error:
            pending = self.engine.values.take_pending()
            raise pending or UnsupportedSQL(f"this change of the schema (SQLite: {error}; lowered: {sql})") from error


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
    return values[: plan.bound] if plan.bound < len(values) else values
