"""One database: a SQLite connection, the catalogue, the sequences, who may write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime

from nexus_testkit.errors import InterfaceError
from nexus_testkit.postgres.catalog.schema import EMPTY, Catalog
from nexus_testkit.postgres.locks import AdvisoryLocks
from nexus_testkit.postgres.plan import needed_by
from nexus_testkit.postgres.runtime import Functions, MustWait, SequenceState
from nexus_testkit.postgres.session import Session
from nexus_testkit.postgres.transactions import Transactions
from nexus_testkit.postgres.values import mentioned, register
from nexus_testkit.postgres.values.session import ValueSession

# Instructions of SQLite's machine between two looks at how long a statement has run; about 10 ms.
_STEP = 500_000

Volatile = tuple[dict[str, tuple[int, bool]], object | None]


class Engine:
    """PostgreSQL's behaviour over one in-memory SQLite connection.

    Attributes:
        now: the clock.
        catalog: what is defined now.
        writer: the session that has the writer's place, or None.
        on_release: called when the place or a lock becomes free.
        step_limit: after how many half-millions of SQLite's instructions a statement is canceled (57014).

    Limits: one writer. A session whose transaction has written (or whose isolation level asks for a snapshot) holds
    the writer's place until it ends, and every statement of the other sessions, reads included, waits: `MustWait`.
    That is one of the schedules that PostgreSQL allows, a slower one.
    """

    def __init__(self, *, now: Callable[[], datetime], seed: int = 0) -> None:
        """`now` gives the time (aware) that `now()` shows; it is read once a transaction."""
        self.now = now
        self._connection: sqlite3.Connection | None = None
        self._provided: set[str] = set()
        self.catalog: Catalog = EMPTY
        self.sequences: Mapping[str, SequenceState] = {}
        self.functions = Functions(self)
        self.values = ValueSession(now=self._transaction_time, seed=seed)
        self.values.clock = now
        self.locks = AdvisoryLocks(self)
        self.steps = 0
        self.step_limit = 1000
        self.writer: Transactions | None = None
        self.waiting: MustWait | None = None
        self.on_release: Callable[[], None] | None = None
        self.current: Session = Session(self)

    @property
    def connection(self) -> sqlite3.Connection:
        """The SQLite connection.

        Raises:
            InterfaceError: none is attached.
        """
        if self._connection is None:
            raise InterfaceError("the database is closed", hint="connect() opens it")
        return self._connection

    def attach(self, connection: sqlite3.Connection) -> None:
        """Work on a connection, which must be empty and is the engine's from now on."""
        connection.isolation_level = None
        connection.execute("PRAGMA foreign_keys = ON")
        # A signal can't end a statement that never does; this can.
        connection.set_progress_handler(self._progress, _STEP)
        self._connection = connection
        self._provided = set()

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
        """Somebody let go of the writer's place or of a lock."""
        if self.on_release is not None:
            self.on_release()

    def close(self) -> None:
        """Close the connection; safe twice."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
