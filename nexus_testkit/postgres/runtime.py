"""SQLite functions that need the session: sequences, locks, settings, and the ones that raise constraint errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres import violations
from nexus_testkit.postgres.catalog.naming import TEMPORARY, creation_schema
from nexus_testkit.postgres.concurrency.waiting import MustWait, Pause, StartAgain
from nexus_testkit.postgres.domains import Domains
from nexus_testkit.postgres.sequencing import SequenceFunctions
from nexus_testkit.postgres.settings import checked
from nexus_testkit.postgres.values.arrays import store

if TYPE_CHECKING:
    from nexus_testkit.postgres.engine import Engine

_OWN = frozenset({"pg_catalog", "information_schema"})


class Functions:
    """The functions of one engine, registered on its connection."""

    def __init__(self, engine: Engine) -> None:
        """Read everything that changes from `engine`."""
        self._engine = engine
        self._domains = Domains(engine)
        self.touched: set[int] = set()
        self.touch_limit = 0
        self.noted: tuple[Any, ...] | None = None
        self._by_name: dict[str, Callable[..., Any]] = {
            "pgs_fail": self.fail,
            "pgs_fail_view": self.fail_view,
            "pgs_domain": self.domain,
            "pgs_touch": self.touch,
            "pgs_untouched": self.untouched,
            "pgs_note": self.note,
            "pgs_sleep": self.sleep,
            "pgs_row_lock": self.row_lock,
            "pgs_row_proposed": self.row_proposed,
            "pgs_row_inserted": self.row_inserted,
            "pgs_row_update": self.row_update,
            "pgs_row_updated": self.row_updated,
            "pgs_row_delete": self.row_delete,
            **SequenceFunctions(engine).named(),
            "pgs_version": self.version,
            "pgs_notify": self.notify,
            "pgs_listening": self.listening,
            "pgs_place": self.place,
            "pgs_current_setting": self.current_setting,
            "pgs_set_config": self.set_config,
            "pgs_current_schema": self.current_schema,
            "pgs_current_schemas": self.current_schemas,
            "pgs_enum_cast": self.enum_cast,
            "pgs_advisory_lock": self.lock,
            "pgs_advisory_xact_lock": self.lock_transaction,
            "pgs_try_advisory_lock": self.try_lock,
            "pgs_try_advisory_xact_lock": self.try_lock_transaction,
            "pgs_advisory_unlock": self.unlock,
            "pgs_advisory_unlock_all": self.unlock_all,
            "pgs_advisory_lock_shared": self.lock_shared,
            "pgs_advisory_xact_lock_shared": self.lock_transaction_shared,
            "pgs_try_advisory_lock_shared": self.try_lock_shared,
            "pgs_try_advisory_xact_lock_shared": self.try_lock_transaction_shared,
            "pgs_advisory_unlock_shared": self.unlock_shared,
        }

    def provide(self, name: str) -> bool:
        """Make one function known to SQLite; False where this is none of ours."""
        found = self._by_name.get(name)
        if found is None and name.startswith("pgs_sys_"):
            from nexus_testkit.postgres.system import functions  # noqa: PLC0415  # few programs ask the catalogues

            found = functions.function(self._engine, name)
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
            except (MustWait, StartAgain) as signal:
                engine.waiting = signal
                raise
            except Exception as error:
                engine.values.pending = database_error("XX000", f"the fake database failed inside: {error!r}")
                raise

        return run

    # ------------------------------------------------------------------------------------- constraints

    def fail(self, table: str, constraint: str | None, *row: Any) -> None:
        """A row that breaks NOT NULL (no constraint named) or a CHECK."""
        raise violations.row_violation(self._engine.catalog.tables[table], constraint, row, self._engine.values)

    def fail_view(self, table: str, view: str, *row: Any) -> None:
        """A row that the view through which it was written does not show (WITH CHECK OPTION)."""
        raise violations.view_violation(self._engine.catalog.tables[table], view, row, self._engine.values)

    def domain(self, value: Any, key: str, element: int, place: int | None) -> Any:
        """A value that has to satisfy a domain's constraints, or an array of such values."""
        try:
            self._domains.require(value, key, array=bool(element))
        except DatabaseError as error:
            error.position = place
            raise
        return value

    def touch(self, rowid: int, value: Any) -> Any:
        """ON CONFLICT DO UPDATE changes a row, which it may do once."""
        self.untouched(rowid)
        self.touched.add(rowid)
        return value

    def untouched(self, rowid: int) -> int:
        """ON CONFLICT DO UPDATE meets a row, which the same statement must not have inserted or updated."""
        if rowid > self.touch_limit or rowid in self.touched:
            raise database_error(
                "21000",
                "ON CONFLICT DO UPDATE command cannot affect row a second time",
                hint="Ensure that no rows proposed for insertion within the same command have duplicate constrained values.",
            )
        return 1

    def note(self, *row: Any) -> None:
        """Remember the row that is being written; see `violations`."""
        self.noted = row

    def enum_cast(self, value: str | None, name: str, *labels: str) -> str | None:
        """A text as a label of an enum."""
        if value is not None and value not in labels:
            raise database_error("22P02", f'invalid input value for enum {name}: "{value}"')
        return value

    # -------------------------------------------------------------------------------------------- rows

    def row_lock(self, table: str, number: int | None, strength: int, policy: int) -> int:
        """FOR UPDATE reaches a row; 0 where it skips it. Outside a crowd nobody else has it."""
        if number is None:
            return 1
        active = self._engine.active
        if active is None:
            return 1
        if not active.lock((table, number), strength, wait=not policy):
            return 1
        if policy == 1:
            return 0
        raise database_error("55P03", f'could not obtain lock on row in relation "{table}"')

    def row_proposed(self, table: str, *row: Any) -> None:
        """INSERT is about to try a row."""
        if self._engine.active is not None:
            self._engine.active.proposed(table, row)

    def row_inserted(self, table: str, number: int) -> None:
        """A row is new."""
        if self._engine.active is not None:
            self._engine.active.inserted(table, number)

    def row_update(self, table: str, number: int, *rest: Any) -> None:
        """A row is about to be changed; which of its columns are, and the new row."""
        if self._engine.active is not None:
            self._engine.active.update(table, number, bool(rest[0]), bool(rest[1]), bool(rest[2]), rest[3:])

    def row_updated(self, table: str, number: int, refers: int) -> None:
        """A row has been changed."""
        if self._engine.active is not None:
            self._engine.active.updated(table, number, bool(refers))

    def row_delete(self, table: str, number: int) -> None:
        """A row is about to go."""
        if self._engine.active is not None:
            self._engine.active.delete(table, number)

    # ----------------------------------------------------------------------------------------- pauses

    def sleep(self, seconds: float | None) -> None:
        """Wait, where somebody can: for whoever does not, no time passes."""
        session = self._engine.current
        if seconds is None or not self._engine.patient:
            return
        session.pause += 1
        if session.pause > session.pauses:
            raise Pause(max(seconds, 0))

    # ---------------------------------------------------------------------------------------- settings

    def version(self) -> str:
        """What the server calls itself."""
        from nexus_testkit.postgres.catalog.system import system  # noqa: PLC0415  # the compiler has loaded it by then

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

    def current_schema(self) -> str | None:
        """The schema in which a new table would be made."""
        catalog = self._engine.current.catalog_seen()
        first = next(
            (name for name in self._engine.current.settings.schemas if name in (*_OWN, *catalog.schemas)), None
        )
        return first if first in _OWN else creation_schema(catalog)

    def current_schemas(self, implicit: int) -> str:
        """The search path, as a stored array."""
        if not _OWN.isdisjoint(self._engine.current.settings.schemas):
            raise UnsupportedSQL("current_schemas() with pg_catalog or information_schema in search_path")
        path = list(self._engine.current.catalog_seen().path)
        if not implicit:
            return store([name for name in path if not name.startswith(TEMPORARY)])
        own = [name for name in path if name.startswith(TEMPORARY)]
        return store([*own, "pg_catalog", *(name for name in path if name not in own)])

    # ---------------------------------------------------------------------------- what sessions keep

    def notify(self, channel: str | None, payload: str | None) -> None:
        """NOTIFY as a function."""
        self._engine.current.kept.notify(channel, payload)

    def listening(self) -> str:
        """The session's channels, as a JSON array."""
        return store(list(self._engine.current.kept.channels()))

    def place(self, cursor: str, table: str) -> int:
        """The row on which a cursor stands."""
        return self._engine.current.kept.place(cursor, table)

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

    def lock_shared(self, *key: int) -> None:
        """Wait for a shared lock that the session keeps."""
        self._engine.locks.take(key, self._engine.current, transaction=False, shared=True)

    def lock_transaction_shared(self, *key: int) -> None:
        """Wait for a shared lock that the transaction keeps."""
        self._engine.locks.take(key, self._engine.current, transaction=True, shared=True)

    def try_lock_shared(self, *key: int) -> int:
        """Take a shared lock for the session if nobody has it for himself."""
        return int(self._engine.locks.attempt(key, self._engine.current, transaction=False, shared=True))

    def try_lock_transaction_shared(self, *key: int) -> int:
        """Take a shared lock for the transaction if nobody has it for himself."""
        return int(self._engine.locks.attempt(key, self._engine.current, transaction=True, shared=True))

    def unlock_shared(self, *key: int) -> int:
        """Give a session's shared lock back."""
        return int(self._engine.locks.release(key, self._engine.current, shared=True))

    def unlock_all(self) -> None:
        """Give all of the session's locks back."""
        self._engine.locks.release_session(self._engine.current)
