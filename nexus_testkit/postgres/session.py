"""A session: transactions, savepoints, settings, and the running of plans."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, DataError, InterfaceError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import violations
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.parser import parse
from nexus_testkit.postgres.plan import CACHE, CommandPlan, Plan, QueryPlan, SchemaPlan
from nexus_testkit.postgres.runtime import MustWait, SequenceState
from nexus_testkit.postgres.settings import Settings
from nexus_testkit.postgres.values import encode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.engine import Engine, Volatile

_ABORTED = "current transaction is aborted, commands ignored until end of transaction block"
_READ_COMMITTED = "read committed"


@dataclass(slots=True)
class Result:
    """What a statement gave.

    Attributes:
        columns, types: of the rows; empty where the statement returns none.
        rows: Python values, as asyncpg decodes them.
        status: PostgreSQL's command tag.
        rowcount: rows selected or changed; 0 where the statement counts none.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    status: str
    rowcount: int


@dataclass(slots=True)
class _Mark:
    """What a rollback goes back to: the catalogue is immutable, so this is all."""

    name: str
    catalog: Catalog
    sequences: Mapping[str, SequenceState]


class Session:
    """One connection to the database.

    Attributes:
        in_transaction: whether a transaction block is open.
        failed: whether an error in it makes everything but its end 25P02.
        started: the transaction's time, from its first use.

    Limits: a transaction takes the writer's place with its first write and keeps it to the end; REPEATABLE READ and
    SERIALIZABLE take it with their first statement, so they never end in 40001.
    """

    __slots__ = (
        "_marks",
        "_open",
        "closed",
        "currvals",
        "engine",
        "failed",
        "implicit",
        "in_transaction",
        "isolation",
        "lastval",
        "read_only",
        "rewind_point",
        "settings",
        "started",
        "waits_for",
    )

    def __init__(self, engine: Engine) -> None:
        """A session of `engine`; `Engine.session()` makes one."""
        self.engine = engine
        self.settings = Settings()
        self.in_transaction = False
        self.implicit = False
        self.failed = False
        self.closed = False
        self.isolation = _READ_COMMITTED
        self.read_only = False
        self.started: datetime | None = None
        self.currvals: dict[str, int] = {}
        self.lastval: str | None = None
        self.rewind_point: Volatile | None = None
        self.waits_for: Session | None = None
        self._marks: list[_Mark] = []
        self._open = False

    # ------------------------------------------------------------------------------------------ running

    def execute(self, query: str, args: Sequence[Any] = ()) -> Result:
        """Run one statement.

        Raises:
            DatabaseError: with PostgreSQL's SQLSTATE; UnsupportedSQL where the fake does not know the construct.
            MustWait: another session holds the writer's place or a lock; run it again when that is free.
        """
        plan = CACHE.get(self.engine.catalog.version, query)
        if plan is None:
            plan = self._compile_single(query)
            if plan is None:
                return Result((), (), [], "", 0)
        return self._run(plan, query, args)

    def execute_script(self, query: str) -> Result:
        """Run all statements of a text, without arguments; together they are one transaction (simple query protocol).

        Gives the last statement's result.
        """
        plan = CACHE.get(self.engine.catalog.version, query)
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
                plan = CACHE.get(self.engine.catalog.version, query, number + 1)
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
            for args in rows:
                result = self.execute(query, args)
                total += result.rowcount
                tag = result.status.rpartition(" ")[0]
        except (DatabaseError, MustWait):
            if alone:
                self._rollback()
            raise
        if alone:
            self._commit()
        return Result((), (), [], f"{tag} {total}" if tag else "", total)

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
        catalog = self.engine.catalog
        try:
            plan = compile_statement(query, kind, fields, catalog)
        except DatabaseError:
            self._fail()
            raise
        CACHE.put(catalog.version, query, number, plan)
        return plan

    def _require_usable(self, kind: str, fields: dict[str, Any] | None = None) -> None:
        if self.failed and not (
            kind == "TransactionStmt"
            and (fields is None or fields.get("kind") in ("TRANS_STMT_COMMIT", "TRANS_STMT_ROLLBACK", "TRANS_STMT_ROLLBACK_TO"))
        ):
            raise database_error("25P02", _ABORTED)

    def _run(self, plan: Plan, query: str, args: Sequence[Any], *, simple: bool = False) -> Result:
        engine = self.engine
        if self.closed:
            raise InterfaceError("the session is closed")
        if self.failed and not (type(plan) is CommandPlan and plan.transaction in ("commit", "rollback", "rollback_to")):
            raise database_error("25P02", _ABORTED, query=query)
        if engine.writer is not None and engine.writer is not self:
            self._wait_for(engine.writer)
        if len(args) != len(plan.params):
            raise self._wrong_count(plan, query, args, simple=simple)
        engine.current = self
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
            self._fail()
            raise
        finally:
            if not self.in_transaction:
                engine.locks.end_transaction(self)

    def _wrong_count(self, plan: Plan, query: str, args: Sequence[Any], *, simple: bool) -> DatabaseError:
        if simple:
            self._fail()
            at = query.find("$") + 1
            return database_error("42P02", f"there is no parameter {query[at - 1 : at + 1]}", position=at or None, query=query)
        wanted, given = len(plan.params), len(args)
        return InterfaceError(
            f"the server expects {wanted} argument{'s' if wanted != 1 else ''} for this query, "
            f"{given} {'were' if given != 1 else 'was'} passed",
            hint="Check the query against the passed list of arguments.",
            query=query,
        )

    def _wait_for(self, holder: Session) -> None:
        seen: Session | None = holder
        while seen is not None:
            if seen is self:
                self.waits_for = None
                self._fail()
                raise database_error("40P01", "deadlock detected", hint="See server log for query details.")
            seen = seen.waits_for
        self.waits_for = holder
        raise MustWait(holder)

    # ----------------------------------------------------------------------------------------- queries

    def _run_query(self, plan: QueryPlan, args: Sequence[Any]) -> Result:
        engine = self.engine
        if plan.needs:
            engine.provide(plan.needs)
        values = _bind(plan, args) if args else ()
        if plan.writes is not None:
            if self.read_only and plan.writes:
                raise database_error("25006", f"cannot execute {plan.tag.split()[0]} in a read-only transaction")
            if self.in_transaction and not self._open:
                self._take_place()
            if plan.touches:
                self._prepare_touch(plan)
        elif self.in_transaction and not self._open and self.isolation != _READ_COMMITTED:
            self._take_place()
        self.waits_for = None
        self.rewind_point = engine.snapshot_volatile(dice=plan.draws) if plan.counts or plan.draws else None
        try:
            cursor = engine.connection.execute(plan.sql, values)
            rows = cursor.fetchall() if plan.columns else []
        except sqlite3.Error as error:
            raise self._translated(plan, values, error) from error
        if plan.decode is not None:
            rows = [plan.decode(row) for row in rows]
        count = len(rows) if plan.columns else max(cursor.rowcount, 0)
        if plan.tag == "SELECT" and not plan.columns:
            count = 1
        return Result(plan.columns, plan.types, rows, f"{plan.tag} {count}", count)

    def _prepare_touch(self, plan: QueryPlan) -> None:
        functions = self.engine.functions
        functions.touched.clear()
        row = self.engine.connection.execute(f"SELECT coalesce(max(rowid), 0) FROM {quoted(str(plan.writes))}").fetchone()
        functions.touch_limit = row[0]

    def _translated(self, plan: QueryPlan, values: Sequence[Any], error: sqlite3.Error) -> Exception:
        """The error behind SQLite's."""
        pending = self.engine.values.take_pending()
        if pending is not None:
            return pending
        waiting, self.engine.waiting = self.engine.waiting, None
        if waiting is not None:
            try:
                self._wait_for(waiting.holder)
            except (MustWait, DatabaseError) as found:
                return found
        if isinstance(error, sqlite3.IntegrityError):
            return violations.translate(self, plan, values, error)
        if "integer overflow" in str(error):
            return database_error("22003", "bigint out of range")
        if isinstance(error, sqlite3.DataError | sqlite3.ProgrammingError):
            return DataError(str(error), sqlstate="22000")
        return UnsupportedSQL(f"this statement (SQLite: {error}; lowered: {plan.sql})")

    # ------------------------------------------------------------------------------------------ schema

    def _run_schema(self, plan: SchemaPlan) -> Result:
        engine = self.engine
        if self.read_only:
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
        try:
            self.engine.connection.execute(sql)
        except sqlite3.Error as error:
            pending = self.engine.values.take_pending()
            raise pending or UnsupportedSQL(f"this change of the schema (SQLite: {error}; lowered: {sql})") from error

    # ------------------------------------------------------------------------------------ transactions

    def _take_place(self) -> None:
        """Become the writer: SQLite's transaction begins here, with the savepoints that were set before."""
        if self._open:
            return
        engine = self.engine
        if engine.writer is not None and engine.writer is not self:
            self._wait_for(engine.writer)
        engine.writer = self
        self._open = True
        engine.connection.execute("BEGIN")
        for mark in self._marks[1:]:
            engine.connection.execute(f"SAVEPOINT {quoted(mark.name)}")

    def _mark(self, name: str) -> _Mark:
        return _Mark(name, self.engine.catalog, self.engine.sequences)

    def _begin(self, *, implicit: bool = False) -> None:
        self.in_transaction = True
        self.implicit = implicit
        self.failed = False
        self.started = None
        self._marks = [self._mark("")]
        self.settings.begin()

    def begin(self, *, isolation: str | None = None, read_only: bool | None = None) -> Result | None:
        """BEGIN; inside a transaction block only a warning on the server, nothing here."""
        if self.in_transaction and not self.implicit:
            return None
        if self.implicit:
            # In a script: what was done so far belongs to the block now.
            self.implicit = False
        else:
            self._begin()
        self.isolation = isolation or self.settings.values.get("default_transaction_isolation", _READ_COMMITTED)
        on = self.settings.values.get("default_transaction_read_only") in ("on", "true", "1")
        self.read_only = on if read_only is None else read_only
        return None

    def commit(self) -> Result | None:
        """COMMIT; of a failed transaction it is a ROLLBACK, as its tag says."""
        if not self.in_transaction:
            return None
        if self.failed:
            self._rollback()
            return Result((), (), [], "ROLLBACK", 0)
        self._commit()
        return None

    def _commit(self) -> None:
        if self._open:
            try:
                self.engine.connection.execute("COMMIT")
            except sqlite3.IntegrityError as error:
                self._rollback()
                raise database_error("23503", f"a deferred foreign key is broken: {error}") from error
        self._end(committed=True)

    def rollback(self) -> Result | None:
        """ROLLBACK."""
        if self.in_transaction:
            self._rollback()
        return None

    def _rollback(self) -> None:
        engine = self.engine
        if self._open:
            if engine.connection.in_transaction:
                engine.connection.execute("ROLLBACK")
            engine.catalog = self._marks[0].catalog
            engine.sequences = self._marks[0].sequences
        self._end(committed=False)

    def _end(self, *, committed: bool) -> None:
        engine = self.engine
        self.in_transaction = self.implicit = self.failed = self.read_only = False
        self.isolation = _READ_COMMITTED
        self.started = None
        self._marks = []
        self.settings.end(committed=committed)
        engine.locks.end_transaction(self)
        if self._open:
            self._open = False
            engine.writer = None
            engine.notify_release()

    def _fail(self) -> None:
        if self.in_transaction:
            self.failed = True

    def _require_block(self, command: str) -> None:
        if not self.in_transaction or self.implicit:
            raise database_error("25P01", f"{command} can only be used in transaction blocks")

    def savepoint(self, name: str) -> None:
        """SAVEPOINT."""
        self._require_block("SAVEPOINT")
        if self._open:
            self.engine.connection.execute(f"SAVEPOINT {quoted(name)}")
        self._marks.append(self._mark(name))

    def _find(self, name: str) -> int:
        for at in range(len(self._marks) - 1, 0, -1):
            if self._marks[at].name == name:
                return at
        raise database_error("3B001", f'savepoint "{name}" does not exist')

    def release(self, name: str) -> None:
        """RELEASE SAVEPOINT."""
        self._require_block("RELEASE SAVEPOINT")
        at = self._find(name)
        if self._open:
            self.engine.connection.execute(f"RELEASE {quoted(name)}")
        del self._marks[at:]

    def rollback_to(self, name: str) -> None:
        """ROLLBACK TO SAVEPOINT; the failed state ends with it."""
        self._require_block("ROLLBACK TO SAVEPOINT")
        at = self._find(name)
        if self._open:
            self.engine.connection.execute(f"ROLLBACK TO {quoted(name)}")
            self.engine.catalog = self._marks[at].catalog
            self.engine.sequences = self._marks[at].sequences
        del self._marks[at + 1 :]
        self.failed = False

    def reset(self) -> None:
        """What a pool does with a returned connection: roll back, unlock, forget settings."""
        if self.in_transaction:
            self._rollback()
        self.engine.locks.release_session(self)
        self.settings.reset(None)
        self.waits_for = None

    def close(self) -> None:
        """End the session: an open transaction is rolled back, locks are released. Safe twice."""
        if not self.closed:
            self.reset()
            self.closed = True


def _bind(plan: QueryPlan, args: Sequence[Any]) -> list[Any]:
    """Arguments in storage form."""
    values: list[Any] = []
    for at, (value, encoder) in enumerate(zip(args, plan.encoders, strict=True)):
        if value is None:
            values.append(None)
            continue
        try:
            values.append(encoder(value))
        except Exception:  # noqa: BLE001  # encode() says it again, in asyncpg's words
            values.append(encode(value, plan.params[at], argument=at + 1))
    return values[: plan.bound] if plan.bound < len(values) else values
