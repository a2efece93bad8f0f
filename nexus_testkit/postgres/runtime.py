"""SQLite functions that need the session: sequences, locks, settings, and the ones that raise constraint errors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import violations
from nexus_testkit.postgres.catalog.system import system
from nexus_testkit.postgres.settings import checked

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Sequence
    from nexus_testkit.postgres.engine import Engine


class MustWait(Exception):  # a signal, not a failure
    """Another session holds what this statement needs: run it again once `holder` has let go of it.

    Attributes:
        holder: the session that has the writer's place or the lock.
    """

    def __init__(self, holder: Any) -> None:
        super().__init__("another session holds what this statement needs")
        self.holder = holder


@dataclass(slots=True)
class SequenceState:
    """Where a sequence stands. No rollback moves it back."""

    definition: Sequence
    last: int
    called: bool = False

    def next(self) -> int:
        """The next value.

        Raises:
            DatabaseError: 2200H at the end of a sequence that does not cycle.
        """
        definition = self.definition
        if not self.called:
            self.called = True
            return self.last
        value = self.last + definition.increment
        if not definition.minimum <= value <= definition.maximum:
            if not definition.cycle:
                up = definition.increment > 0
                bound, edge = ("maximum", definition.maximum) if up else ("minimum", definition.minimum)
                raise database_error(
                    "2200H", f'nextval: reached {bound} value of sequence "{definition.name}" ({edge})'
                )
            value = definition.minimum if definition.increment > 0 else definition.maximum
        self.last = value
        return value


class Functions:
    """The functions of one engine, registered on its connection."""

    def __init__(self, engine: Engine) -> None:
        """Read everything that changes from `engine`."""
        self._engine = engine
        self.touched: set[int] = set()
        self.touch_limit = 0
        self.noted: tuple[Any, ...] | None = None
        self._by_name: dict[str, Callable[..., Any]] = {
            "pgs_fail": self.fail,
            "pgs_touch": self.touch,
            "pgs_note": self.note,
            "pgs_nextval": self.nextval,
            "pgs_currval": self.currval,
            "pgs_lastval": self.lastval,
            "pgs_setval": self.setval,
            "pgs_version": self.version,
            "pgs_current_setting": self.current_setting,
            "pgs_set_config": self.set_config,
            "pgs_enum_cast": self.enum_cast,
            "pgs_advisory_lock": self.lock,
            "pgs_advisory_xact_lock": self.lock_transaction,
            "pgs_try_advisory_lock": self.try_lock,
            "pgs_try_advisory_xact_lock": self.try_lock_transaction,
            "pgs_advisory_unlock": self.unlock,
            "pgs_advisory_unlock_all": self.unlock_all,
        }

    def provide(self, name: str) -> bool:
        """Make one function known to SQLite; False where this is none of ours."""
        found = self._by_name.get(name)
        if found is None:
            return False
        self._engine.connection.create_function(name, -1, self._guarded(found))
        return True

    def _guarded(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """sqlite3 drops the exception of a function; keep it where the session finds it."""
        engine = self._engine

        def run(*args: Any) -> Any:
            try:
                return function(*args)
            except DatabaseError as error:
                engine.values.pending = error
                raise
            except MustWait as signal:
                engine.waiting = signal
                raise
            except Exception as error:
                engine.values.pending = database_error("XX000", f"the fake database failed inside: {error!r}")
                raise

        return run

    # ------------------------------------------------------------------------------------- constraints

    def fail(self, table: str, constraint: str | None, *row: Any) -> None:
        """A row that breaks NOT NULL (no constraint named) or a CHECK."""
        self.noted = row
        raise violations.row_violation(self._engine.catalog.tables[table], constraint, row, self._engine.values)

    def touch(self, rowid: int, value: Any) -> Any:
        """ON CONFLICT DO UPDATE meets a row that the same statement has inserted or updated."""
        if rowid > self.touch_limit or rowid in self.touched:
            raise database_error(
                "21000",
                "ON CONFLICT DO UPDATE command cannot affect row a second time",
                hint="Ensure that no rows proposed for insertion within the same command have duplicate constrained values.",
            )
        self.touched.add(rowid)
        return value

    def note(self, *row: Any) -> None:
        """Remember the row that is being written; see `violations`."""
        self.noted = row

    def enum_cast(self, value: str | None, name: str, *labels: str) -> str | None:
        """A text as a label of an enum."""
        if value is not None and value not in labels:
            raise database_error("22P02", f'invalid input value for enum {name}: "{value}"')
        return value

    # --------------------------------------------------------------------------------------- sequences

    def _sequence(self, name: str) -> SequenceState:
        plain = name.removeprefix("public.").strip('"')
        state = self._engine.sequence(plain)
        if state is None:
            raise database_error("42P01", f'relation "{name}" does not exist')
        return state

    def _require_writable(self, function: str) -> None:
        session = self._engine.current
        if session.read_only if session.in_transaction else session.settings.read_only:
            raise database_error("25006", f"cannot execute {function}() in a read-only transaction")

    def nextval(self, name: str) -> int:
        """The next value, remembered for currval and lastval."""
        self._require_writable("nextval")
        state = self._sequence(name)
        value = state.next()
        session = self._engine.current
        session.currvals[state.definition.name] = value
        session.lastval = state.definition.name
        return value

    def currval(self, name: str) -> int:
        """The value that this session got last."""
        plain = self._sequence(name).definition.name
        if plain not in self._engine.current.currvals:
            raise database_error("55000", f'currval of sequence "{plain}" is not yet defined in this session')
        return self._engine.current.currvals[plain]

    def lastval(self) -> int:
        """The value that this session got last, of any sequence."""
        name = self._engine.current.lastval
        if name is None:
            raise database_error("55000", "lastval is not yet defined in this session")
        return self._engine.current.currvals[name]

    def setval(self, name: str, value: int, called: int = 1) -> int:
        """Put a sequence somewhere."""
        self._require_writable("setval")
        state = self._sequence(name)
        definition = state.definition
        if not definition.minimum <= value <= definition.maximum:
            raise database_error(
                "22003",
                f'setval: value {value} is out of bounds for sequence "{definition.name}" ({definition.minimum}..{definition.maximum})',
            )
        state.last, state.called = value, bool(called)
        if called:
            self._engine.current.currvals[definition.name] = value
        return value

    # ---------------------------------------------------------------------------------------- settings

    def version(self) -> str:
        """What the server calls itself."""
        return f"PostgreSQL {system().server_version} on nexus-testkit, compiled to SQLite"

    def current_setting(self, name: str, missing_ok: int = 0) -> str | None:
        """A setting's text."""
        return self._engine.current.settings.show(name, missing_ok=bool(missing_ok))

    def set_config(self, name: str, value: str, local: int) -> str:
        """SET as a function."""
        session = self._engine.current
        if local and not session.in_transaction:
            # The statement is a transaction of its own, which ends with it.
            session.settings.name(name)
            return checked(name.lower(), value)
        return session.settings.set(name, value, local=bool(local))

    # ------------------------------------------------------------------------------------------- locks

    def lock(self, *key: int) -> None:
        """Wait for a lock that the session keeps."""
        self._engine.locks.take(key, self._engine.current, transaction=False)

    def lock_transaction(self, *key: int) -> None:
        """Wait for a lock that the transaction keeps."""
        self._engine.locks.take(key, self._engine.current, transaction=True)

    def try_lock(self, *key: int) -> int:
        """Take a lock for the session if it is free."""
        return int(self._engine.locks.attempt(key, self._engine.current, transaction=False))

    def try_lock_transaction(self, *key: int) -> int:
        """Take a lock for the transaction if it is free."""
        return int(self._engine.locks.attempt(key, self._engine.current, transaction=True))

    def unlock(self, *key: int) -> int:
        """Give a session's lock back."""
        return int(self._engine.locks.release(key, self._engine.current))

    def unlock_all(self) -> None:
        """Give all of the session's locks back."""
        self._engine.locks.release_session(self._engine.current)
