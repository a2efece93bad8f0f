"""The database port's methods on one session of the fake."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from nexus_testkit.adapters.fake.database_session import SessionCommands
from nexus_testkit.errors import InterfaceError
from nexus_testkit.errors.database import database_error
from nexus_testkit.ports.database import LEVELS, ExecuteResult, Isolation, Row

if TYPE_CHECKING:
    from nexus_testkit.adapters.fake.database import SqliteDatabase
    from nexus_testkit.postgres import Result, Session

ABORTED = "current transaction is aborted, commands ignored until end of transaction block"

_indexes: dict[tuple[str, ...], dict[str, int]] = {}


def _rows(result: Result) -> list[Row]:
    index = _indexes.get(result.columns)
    if index is None:
        index = _indexes[result.columns] = {name: at for at, name in enumerate(result.columns)}
    return [Row(index, values) for values in result.rows]


class SessionQueries(SessionCommands):
    """The port's methods on one session of the engine."""

    def __init__(self, database: SqliteDatabase, session: Session) -> None:
        """Ask `session`, which is one of `database`."""
        self._database = database
        self._session = session
        self._blocks: list[bool] = []
        self._ended = False

    @property
    def session(self) -> Session:
        """The engine's session.

        Raises:
            InterfaceError: its block has ended; somebody else may have it now.
        """
        if self._ended:
            raise self._database.as_driver(InterfaceError("connection is closed"))
        return self._session

    @property
    def underlying(self) -> Session:
        """The engine's session, also when the block has ended: for faults, which may meet its end."""
        return self._session

    def end(self) -> None:
        """The block has ended that this session belonged to."""
        self._ended = True

    @property
    def scope(self) -> str:
        """Where the next call happens, for faults: `"session"`, `"transaction"` or `"savepoint"`."""
        if self._blocks and self._blocks[-1]:
            return "savepoint"
        return "transaction" if self._session.in_transaction else "session"

    async def execute(self, query: str, /, *args: Any) -> ExecuteResult:
        session = self.session
        if args:
            result = await self._database.perform(session, session.execute_prepared, query, args)
        else:
            result = await self._database.perform(session, session.execute_script, query)
        return ExecuteResult(result.rowcount, result.status)

    async def execute_many(self, query: str, args: Iterable[Sequence[Any]], /) -> ExecuteResult:
        rows = [tuple(row) for row in args]
        if not rows and self.session.in_transaction:
            self._refuse_aborted(self.session)
        result = await self._database.perform(self.session, self.session.execute_many, query, rows)
        return ExecuteResult(result.rowcount, result.status)

    async def fetch_one(self, query: str, /, *args: Any) -> Row | None:
        result = await self._first_row(query, args)
        rows = _rows(result)
        return rows[0] if rows else None

    async def fetch_all(self, query: str, /, *args: Any) -> list[Row]:
        return _rows(await self._database.perform(self.session, self.session.execute_prepared, query, args))

    async def fetch_val(self, query: str, /, *args: Any, column: int = 0) -> Any:
        result = await self._first_row(query, args)
        return result.rows[0][column] if result.rows else None

    async def _first_row(self, query: str, args: tuple[Any, ...]) -> Result:
        session = self.session
        run = partial(session.execute_prepared, first_row_only=True)
        return cast("Result", await self._database.perform(session, run, query, args))

    def transaction(
        self, *, isolation: Isolation | None = None, readonly: bool = False, deferrable: bool = False
    ) -> AbstractAsyncContextManager[SessionQueries]:
        del deferrable  # it only matters to a serializable read-only transaction that waits for a safe snapshot
        return self._transaction(isolation, readonly=readonly)

    @asynccontextmanager
    async def _transaction(self, isolation: Isolation | None, *, readonly: bool) -> AsyncIterator[SessionQueries]:
        if isolation is not None and isolation not in LEVELS:
            raise self._database.as_driver(
                InterfaceError(f"isolation={isolation!r}", hint=f"one of {', '.join(LEVELS)}")
            )
        session, perform = self.session, self._database.perform
        level = isolation.replace("_", " ") if isolation else None
        nested = session.in_transaction
        if nested:
            self._refuse_aborted(session)
        if nested and level not in (None, session.isolation):
            outer = session.isolation.replace(" ", "_")
            raise self._database.as_driver(
                InterfaceError(
                    f"nested transaction has a different isolation level: current {isolation!r} != outer {outer!r}"
                )
            )
        name = self._database.next_savepoint() if nested else ""
        if nested:
            await perform(session, session.savepoint, name)
        else:
            session.begin(isolation=level, read_only=readonly or None)
        self._blocks.append(nested)
        try:
            try:
                yield self
                if nested:
                    self._refuse_aborted(session)
            except BaseException:
                # Undone at once and without waiting: the task may be in the middle of its cancellation.
                if nested:
                    if session.in_transaction:
                        session.rollback_to(name)
                        session.release(name)
                else:
                    session.rollback()
                raise
            if nested:
                await perform(session, session.release, name)
            else:
                await perform(session, session.commit)
        finally:
            self._blocks.pop()

    def _refuse_aborted(self, session: Session) -> None:
        """What the server says to SAVEPOINT and RELEASE in a transaction that has failed."""
        if session.failed:
            raise self._database.as_driver(database_error("25P02", ABORTED))
