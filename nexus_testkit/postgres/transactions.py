"""Transactions of a session: blocks, savepoints, who may write (manual, 3.4 and 13.2)."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.runtime import MustWait, SequenceState
from nexus_testkit.postgres.settings import Settings, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.engine import Engine

READ_COMMITTED = "read committed"


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
    read_only: bool
    settings: Snapshot


class Transactions:
    """A session's transaction block, its savepoints, its settings and what it waits for.

    Attributes:
        in_transaction: whether a transaction block is open.
        failed: whether an error in it makes everything but its end 25P02.
        started: the transaction's time, from its first use.
        rewritten: whether it put other definitions of tables into SQLite's schema.
        queried: whether a statement of it has looked at data: its isolation level is fixed from then on.

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
        "queried",
        "read_only",
        "rewritten",
        "settings",
        "started",
        "waits_for",
    )

    def __init__(self, engine: Engine) -> None:
        """Outside any transaction."""
        self.engine = engine
        self.settings = Settings()
        self.in_transaction = False
        self.implicit = False
        self.failed = False
        self.rewritten = False
        self.closed = False
        self.isolation = READ_COMMITTED
        self.read_only = False
        self.queried = False
        self.started: datetime | None = None
        self.currvals: dict[str, int] = {}
        self.lastval: str | None = None
        self.waits_for: Transactions | None = None
        self._marks: list[_Mark] = []
        self._open = False

    def _wait_for(self, holder: Transactions) -> None:
        seen: Transactions | None = holder
        while seen is not None:
            if seen is self:
                self.waits_for = None
                self._fail()
                raise database_error("40P01", "deadlock detected", hint=self._deadlock_hint())
            seen = seen.waits_for
        self.waits_for = holder
        raise MustWait(holder)

    def _deadlock_hint(self) -> str:
        if self.engine.writer is None:
            return "See server log for query details."
        return (
            "the fake database has one writer: everyone else waits until its transaction ends, where PostgreSQL might let "
            "them go on. If these transactions touch different rows, test them on a real PostgreSQL"
        )

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

    def _go_back(self, mark: _Mark) -> None:
        """The catalogue is what it was; a sequence that was first asked since then stays where it is."""
        engine = self.engine
        engine.catalog = mark.catalog
        begun = {
            name: state
            for name, state in engine.sequences.items()
            if name not in mark.sequences and mark.catalog.sequences.get(name) is state.definition
        }
        engine.sequences = {**mark.sequences, **begun}

    def _mark(self, name: str) -> _Mark:
        return _Mark(name, self.engine.catalog, self.engine.sequences, self.read_only, self.settings.snapshot())

    def _begin(self, *, implicit: bool = False) -> None:
        self.in_transaction = True
        self.implicit = implicit
        self.failed = False
        self.queried = False
        self.isolation = self.default("transaction_isolation")
        self.read_only = self.default("transaction_read_only") == "on"
        # now() is the time of BEGIN, however late it is asked for.
        self.started = self.engine.now()
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
        self.isolation = isolation or self.isolation
        self.read_only = self.read_only if read_only is None else read_only
        return None

    def default(self, setting: str) -> str:
        """What a transaction that says nothing about it begins with."""
        return str(self.settings.show(f"default_{setting}"))

    def set_isolation(self, level: str) -> None:
        """SET TRANSACTION ISOLATION LEVEL; outside a transaction only a warning on the server, nothing here."""
        if level == self.isolation or not self.in_transaction:
            return
        if self.queried:
            raise database_error("25001", "SET TRANSACTION ISOLATION LEVEL must be called before any query")
        if len(self._marks) > 1:
            raise database_error("25001", "SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction")
        self.isolation = level

    def set_read_only(self, *, value: bool) -> None:
        """SET TRANSACTION READ ONLY or READ WRITE; nothing outside a transaction."""
        if not self.in_transaction:
            return
        if self.read_only and not value:
            if len(self._marks) > 1 and self._marks[-1].read_only:
                raise database_error("25001", "cannot set transaction read-write mode inside a read-only transaction")
            if self.queried:
                raise database_error("25001", "transaction read-write mode must be set before any query")
        self.read_only = value

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
            self._reload_schema()
            self._go_back(self._marks[0])
        self._end(committed=False)

    def _reload_schema(self) -> None:
        """SQLite takes a changed table definition back, and goes on with the one in its memory (see `lower.ddl.rewrite`)."""
        if self.rewritten:
            self.engine.connection.execute("PRAGMA writable_schema = RESET")

    def _end(self, *, committed: bool) -> None:
        engine = self.engine
        self.in_transaction = self.implicit = self.failed = self.read_only = self.rewritten = False
        self.isolation = READ_COMMITTED
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
            self._reload_schema()
            self._go_back(self._marks[at])
        self.settings.restore(self._marks[at].settings)
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
