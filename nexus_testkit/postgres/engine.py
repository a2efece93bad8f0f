"""One database: a SQLite connection, the catalogue, the sequences, who may write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import InterfaceError
from nexus_testkit.postgres import placeholders
from nexus_testkit.postgres.catalog.naming import TEMPORARY
from nexus_testkit.postgres.catalog.schema import EMPTY, Catalog
from nexus_testkit.postgres.locks import AdvisoryLocks
from nexus_testkit.postgres.plan import needed_by
from nexus_testkit.postgres.runtime import Functions
from nexus_testkit.postgres.sequencing import SequenceState
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.values import mentioned, register
from nexus_testkit.postgres.values.session import ValueSession

if TYPE_CHECKING:
    from nexus_testkit.postgres.concurrency.crowd import Crowd
    from nexus_testkit.postgres.concurrency.links import Link
    from nexus_testkit.postgres.concurrency.member import Member
    from nexus_testkit.postgres.concurrency.waiting import MustWait, StartAgain
    from nexus_testkit.postgres.system.registry import Registry
    from nexus_testkit.postgres.system.tables import Tables

# Instructions of SQLite's machine between two looks at how long a statement has run; about 10 ms.
_STEP = 500_000

Volatile = tuple[dict[str, tuple[int, bool]], object | None]


class Engine:
    """PostgreSQL's behaviour over one in-memory SQLite connection.

    Attributes:
        now: the clock.
        catalog: what is defined now.
        writer: the session that has the writer's place; the crowd, where transactions overlap; or None.
        active: the transaction of the crowd whose statement runs.
        patient: whether whoever waits looks for deadlocks itself, some time later (`Waiter.is_deadlocked`).
        provided: the runtime's functions that the engine's own connection has.
        spare_links: connections for the next crowd.
        on_release: called when the place or a lock becomes free.
        step_limit: after how many half-millions of SQLite's instructions a statement is canceled (57014).

    A transaction that has written (or whose isolation level asks for a snapshot) works on the one connection, in the writer's
    place, as long as no other session runs a statement. Then a `Crowd` takes that place: see `concurrency`.

    Limits: statements that change the catalogue (and TRUNCATE) run alone: they wait for the end of all transactions that have
    written or locked anything, and every statement of the others waits for the end of theirs. A CREATE outside of a
    transaction block that touches no other table waits for nobody.
    """

    def __init__(self, *, now: Callable[[], datetime], seed: int = 0) -> None:
        """`now` gives the time (aware) that `now()` shows; it is read once a transaction."""
        self.now = now
        self._connection: sqlite3.Connection | None = None
        self._provided: set[str] = set()
        self._main: sqlite3.Connection | None = None
        self.provided = self._provided
        self.catalog: Catalog = EMPTY
        self.sequences: Mapping[str, SequenceState] = {}
        self.functions = Functions(self)
        self.values = ValueSession(now=self._transaction_time, seed=seed)
        self.values.clock = now
        self.values.registry = self._registry
        self._system: Tables | None = None
        self.locks = AdvisoryLocks(self)
        self.steps = 0
        self.step_limit = 1000
        self.writer: Session | Crowd | None = None
        self.active: Member | None = None
        self.patient = False
        self.shuffles_ties = False
        self.spare_links: list[Link] = []
        self.waiting: MustWait | StartAgain | None = None
        self.on_release: Callable[[], None] | None = None
        self.listeners: dict[str, dict[Session, None]] = {}
        self._pids = count(4001)
        self._numbers = count()
        self.transaction_numbers = count(1000)
        self.current: Session = Session(self)

    @property
    def connection(self) -> sqlite3.Connection:
        """The SQLite connection that statements run on.

        Raises:
            InterfaceError: none is attached.
        """
        if self._connection is None:
            raise InterfaceError("the database is closed", hint="connect() opens it")
        return self._connection

    @property
    def main(self) -> sqlite3.Connection:
        """The engine's own connection, also while a statement runs on another one.

        Raises:
            InterfaceError: none is attached.
        """
        if self._main is None:
            raise InterfaceError("the database is closed", hint="connect() opens it")
        return self._main

    def next_pid(self) -> int:
        """The number of a new session's process."""
        return next(self._pids)

    def attach(self, connection: sqlite3.Connection) -> None:
        """Work on a connection, which must be empty and is the engine's from now on."""
        connection.isolation_level = None
        self.prepare(connection)
        self._connection = self._main = connection
        self._provided = self.provided = set()

    def prepare(self, connection: sqlite3.Connection) -> None:
        """Let a connection be as statements need it."""
        connection.execute("PRAGMA foreign_keys = ON")
        # A signal can't end a statement that never does; this can.
        connection.set_progress_handler(self._progress, _STEP)

    @contextmanager
    def working_on(self, link: Link, member: Member | None = None) -> Iterator[None]:
        """Let statements run on another connection."""
        before = self._connection, self._provided, self.active
        self._connection, self._provided, self.active = link.connection, link.provided, member
        try:
            yield
        finally:
            self._connection, self._provided, self.active = before

    def ask(self, sql: str, values: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of a query on the engine's own connection."""
        missing = needed_by(sql) - self.provided
        if missing:
            before = self._connection, self._provided
            self._connection, self._provided = self._main, self.provided
            try:
                self.provide(missing)
            finally:
                self._connection, self._provided = before
        found: tuple[Any, ...] | None = placeholders.execute(self.main, sql, values).fetchone()
        return found

    def temporary_schema(self) -> str:
        """The name of a new session's schema of temporary tables."""
        return f"{TEMPORARY}{next(self._numbers)}"

    def system_tables(self) -> Tables:
        """The system's relations."""
        if self._system is None:
            from nexus_testkit.postgres.system.tables import Tables  # noqa: PLC0415  # few worlds need it

            self._system = Tables(self)
        return self._system

    def _registry(self) -> Registry:
        from nexus_testkit.postgres.system.registry import registry_of  # noqa: PLC0415  # as above

        return registry_of(self.current.catalog_seen())

    def session(self) -> Session:
        """A new session."""
        return Session(self)

    # ---------------------------------------------------------------------------------- what SQL calls

    def provide(self, names: frozenset[str]) -> None:
        """Register what a plan's SQL names and this connection does not have yet."""
        missing = names - self._provided
        if not missing:
            return
        self._provided |= missing
        theirs = {name for name in missing if not self.functions.provide(name)}
        if theirs:
            known = mentioned(" ".join(sorted(theirs)))
            register(self.connection, session=self.values, only=sorted(known))

    def provide_for(self, sql: str) -> None:
        """The same for a piece of SQL."""
        self.provide(needed_by(sql))

    def _progress(self) -> int:
        self.steps += 1
        return int(self.steps > self.step_limit)

    def _transaction_time(self) -> datetime:
        session = self.current
        if session.started is None:
            session.started = self.now()
        return session.started

    # -------------------------------------------------------------------------------------- sequences

    def sequence(self, name: str) -> SequenceState | None:
        """The state of a sequence of the catalogue; it begins when it is first asked for."""
        definition = self.catalog.sequences.get(name)
        if definition is None:
            return None
        state = self.sequences.get(name)
        if state is None:
            state = SequenceState(definition, definition.start)
            self.sequences = {**self.sequences, name: state}
        elif state.definition is not definition:
            state.definition = definition
        return state

    def forget_sequences(self, names: set[str]) -> None:
        """Let sequences begin anew (created again, dropped, TRUNCATE ... RESTART IDENTITY)."""
        self.sequences = {name: state for name, state in self.sequences.items() if name not in names}

    def rename_sequences(self, names: Mapping[str, str]) -> None:
        """Let sequences stand where they stood under other names."""
        self.sequences = {names.get(name, name): state for name, state in self.sequences.items()}

    def snapshot_volatile(self, *, dice: bool) -> Volatile:
        """Where the sequences (and the dice) stand, which no transaction takes back."""
        return (
            {name: (state.last, state.called) for name, state in self.sequences.items()},
            self.values.random.getstate() if dice else None,
        )

    def restore_volatile(self, snapshot: Volatile) -> None:
        """Put them back."""
        positions, dice = snapshot
        for name, (last, called) in positions.items():
            state = self.sequences.get(name)
            if state is not None:
                state.last, state.called = last, called
        fresh = set(self.sequences) - set(positions)
        if fresh:
            self.forget_sequences(fresh)
        if dice is not None:
            self.values.random.setstate(dice)  # type: ignore[arg-type]  # what getstate gave

    # ---------------------------------------------------------------------------------------- waiting

    def notify_release(self) -> None:
        """Somebody let go of the place or of a lock."""
        if self.on_release is not None:
            self.on_release()

    def close(self) -> None:
        """Close the connection; safe twice."""
        connection, self._main = self._main, None
        self._connection = None
        if connection is not None:
            connection.close()
        while self.spare_links:
            self.spare_links.pop().close()
        if self.writer is not None:
            self.writer.close()
