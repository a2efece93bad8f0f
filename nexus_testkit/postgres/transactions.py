"""Transactions of a session: blocks, savepoints, who may write (manual, 3.4 and 13.2)."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import deferral, temporaries
from nexus_testkit.postgres.deferral import Deferral
from nexus_testkit.postgres.lower.text import name as quoted
from nexus_testkit.postgres.marks import Mark
from nexus_testkit.postgres.results import Result
from nexus_testkit.postgres.sequencing import SequenceState
from nexus_testkit.postgres.settings import Settings
from nexus_testkit.postgres.waiter import Waiter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nexus_testkit.postgres.concurrency.crowd import Crowd
    from nexus_testkit.postgres.engine import Engine, Volatile
    from nexus_testkit.postgres.plan import QueryPlan
    from nexus_testkit.postgres.session import Session

READ_COMMITTED = "read committed"
REPEATABLE_READ = "repeatable read"
SERIALIZABLE = "serializable"


class Transactions(Waiter):
    """A session's transaction block, its savepoints and its settings.

    Attributes:
        in_transaction: whether a transaction block is open.
        failed: whether an error in it makes everything but its end 25P02.
        started: the transaction's time, from its first use.
        scripted: whether the transaction is that of a text of several statements.
        rewritten: whether it put other definitions of tables into SQLite's schema.
        queried: whether a statement of it has looked at data: its isolation level is fixed from then on.
        exclusive: whether it has changed the catalogue, or emptied a table with TRUNCATE.
        crowd: where its transaction takes part, if transactions overlap.
        history: the statements that have written or locked rows while it was alone: plan, arguments, how many savepoints stood, where
            the sequences and the dice did.
        deferral: the constraints that it has put off.
        cached: numbers of sequences with CACHE that it has fetched: the next, and the last of them.
    """

    __slots__ = (
        "_defers",
        "_marks",
        "_open",
        "cached",
        "closed",
        "crowd",
        "currvals",
        "deferral",
        "exclusive",
        "failed",
        "history",
        "implicit",
        "in_transaction",
        "isolation",
        "lastval",
        "number",
        "queried",
        "read_only",
        "rewritten",
        "scripted",
        "settings",
        "started",
        "temporary",
        "tidying",
    )

    def __init__(self, engine: Engine) -> None:
        """Outside any transaction."""
        super().__init__(engine)
        self.settings = Settings()
        self.temporary = engine.temporary_schema()
        self.tidying = False
        self.in_transaction = False
        self.implicit = False
        self.failed = False
        self.rewritten = False
        self.scripted = False
        self.closed = False
        self.isolation = READ_COMMITTED
        self.read_only = False
        self.queried = False
        self.started: datetime | None = None
        self.number: int | None = None  # pg_current_xact_id(), once somebody has asked for it
        self.currvals: dict[object, int] = {}
        self.lastval: object = None
        self.exclusive = False
        self.crowd: Crowd | None = None
        self.history: list[tuple[QueryPlan, Sequence[Any], int, Volatile | None]] = []
        self._marks: list[Mark] = []
        self.deferral = Deferral()
        self._defers = False
        self.cached: dict[str, tuple[SequenceState, int, int]] = {}
        self._open = False

    def abandon(self) -> None:
        """Give up the statement that waits: its transaction is aborted, one of its own is gone."""
        super().abandon()
        self.engine.locks.leave_queues(self)
        if self.in_transaction and not self.implicit:
            self._fail()
        elif self.in_transaction:
            self._rollback()
        elif self.crowd is not None:
            self.crowd.leave(self.crowd.members[cast("Session", self)])

    # ----------------------------------------------------------------------------------- the writer's place

    @property
    def savepoints(self) -> list[str]:
        """The names of the savepoints that stand, the first one first."""
        return [mark.name for mark in self._marks[1:]]

    @property
    def depth(self) -> int:
        """How many savepoints stand, with the beginning of the transaction."""
        return len(self._marks)

    @property
    def has_changed_schema(self) -> bool:
        """Whether nobody else can run anything before its transaction has ended."""
        return self.exclusive

    def _take_place(self) -> None:
        """Become the writer: SQLite's transaction begins here, with the savepoints that were set before."""
        if self._open:
            return
        engine = self.engine
        engine.writer = cast("Session", self)
        self._open = True
        engine.connection.execute("BEGIN")
        for mark in self._marks[1:]:
            engine.connection.execute(f"SAVEPOINT {quoted(mark.name)}")
        self.defer_foreign_keys()

    def defer_foreign_keys(self) -> None:
        """Let SQLite look at foreign keys at COMMIT where SET CONSTRAINTS put off one that is not so by definition."""
        if self._open and (self.deferral.modes or self._defers):
            self._defers = self.deferral.puts_off(self.engine.catalog)
            self.engine.connection.execute(f"PRAGMA defer_foreign_keys = {'ON' if self._defers else 'OFF'}")

    def forget_cached(self, sequence: str) -> None:
        """Numbers that were fetched from a sequence are not given out: it was altered."""
        self.cached.pop(sequence, None)

    def take_over(self) -> None:
        """What it has written stands on the engine's connection, whose transaction is its own."""
        self._open = True
        for mark in self._marks:  # others may have added tables since
            mark.catalog, mark.sequences = self.engine.catalog, self.engine.sequences

    def leave_place(self) -> None:
        """What it has written is undone by now, and noted elsewhere."""
        self._open = False
        self.history = []

    def _go_back(self, mark: Mark) -> None:
        """The catalogue is what it was; a sequence that was first asked since then stays where it is."""
        engine = self.engine
        engine.catalog = mark.catalog
        begun = {
            name: state
            for name, state in engine.sequences.items()
            if name not in mark.sequences and mark.catalog.sequences.get(name) is state.definition
        }
        engine.sequences = {**mark.sequences, **begun}

    def _mark(self, name: str) -> Mark:
        return Mark(
            name,
            self.engine.catalog,
            self.engine.sequences,
            self.read_only,
            self.settings.snapshot(),
            self.deferral.copy() if self.deferral.used else None,
        )

    def _begin(self, *, implicit: bool = False) -> None:
        self.in_transaction = True
        self.implicit = implicit
        self.failed = False
        self.queried = False
        if self.settings.untouched:
            self.isolation, self.read_only = READ_COMMITTED, False
        else:
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
        if self.crowd is not None:
            try:
                self.crowd.commit(self.crowd.members[cast("Session", self)])
            except DatabaseError:
                self._rollback()
                raise
        elif self._open:
            session = cast("Session", self)
            if self.deferral.keys:
                try:
                    deferral.before_commit(session)
                except DatabaseError:
                    self._rollback()
                    raise
            try:
                self.engine.connection.execute("COMMIT")
            except sqlite3.IntegrityError as error:
                found = deferral.faults(session)
                self._rollback()
                raise deferral.blamed(session, found) from error
        self._end(committed=True)
        self.engine.catalog = self.engine.catalog.committed()
        if self.temporary in self.engine.catalog.schemas:
            temporaries.tidy(cast("Session", self))

    def rollback(self) -> Result | None:
        """ROLLBACK."""
        if self.in_transaction:
            self._rollback()
        return None

    def _rollback(self) -> None:
        engine = self.engine
        if self.crowd is not None:
            self.crowd.leave(self.crowd.members[cast("Session", self)])
        elif self._open:
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
        self.in_transaction = self.implicit = self.failed = self.read_only = self.rewritten = self.exclusive = False
        self.scripted = False
        self.isolation = READ_COMMITTED
        self.started = self.number = None
        self._marks = []
        self._defers = False
        if self.deferral.used:
            self.deferral = Deferral()
        self.settings.end(committed=committed)
        engine.locks.end_transaction(self)
        if self._open:
            self._open = False
            self.history = []
            engine.writer = None
            engine.notify_release()

    def _fail(self) -> None:
        if self.in_transaction and not self.failed:
            self.failed = True
            if len(self._marks) == 1:
                self.engine.locks.end_transaction(self)
            if self.crowd is not None:
                self.crowd.fail(self.crowd.members[cast("Session", self)])

    def _require_block(self, command: str) -> None:
        if not self.in_transaction or self.implicit:
            raise database_error("25P01", f"{command} can only be used in transaction blocks")

    def savepoint(self, name: str) -> None:
        """SAVEPOINT."""
        self._require_block("SAVEPOINT")
        if self.crowd is not None:
            self.crowd.members[cast("Session", self)].savepoint()
        elif self._open:
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
        if self.crowd is not None:
            self.crowd.members[cast("Session", self)].release(at)
        elif self._open:
            self.engine.connection.execute(f"RELEASE {quoted(name)}")
            self.history = [(plan, values, min(depth, at - 1), point) for plan, values, depth, point in self.history]
        del self._marks[at:]

    def rollback_to(self, name: str) -> None:
        """ROLLBACK TO SAVEPOINT; the failed state ends with it."""
        self._require_block("ROLLBACK TO SAVEPOINT")
        at = self._find(name)
        if self.crowd is not None:
            self.crowd.members[cast("Session", self)].rollback_to(at)
        elif self._open:
            self.history = [each for each in self.history if each[2] < at]
            self.engine.connection.execute(f"ROLLBACK TO {quoted(name)}")
            self._reload_schema()
            self._go_back(self._marks[at])
        self.read_only = self._marks[at].read_only
        self.settings.restore(self._marks[at].settings)
        put_off = self._marks[at].deferral
        self.deferral = put_off.copy() if put_off is not None else Deferral()
        self.defer_foreign_keys()
        del self._marks[at + 1 :]
        self.failed = False

    def reset(self) -> None:
        """What a pool does with a returned connection: roll back, unlock, forget settings."""
        if self.in_transaction:
            self._rollback()
        elif self.crowd is not None:
            self.abandon()
        self.engine.locks.release_session(self)
        self.settings.reset(None)
        self.waits_for = ()

    def close(self) -> None:
        """End the session: an open transaction is rolled back, locks are released. Safe twice."""
        if not self.closed:
            self.reset()
            temporaries.forget(cast("Session", self))
            self.closed = True
