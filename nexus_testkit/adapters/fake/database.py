"""PostgreSQL on SQLite: the fake behind the database port.

`nexus_testkit.postgres` compiles each statement; here it is run through aiosqlite, inline: what aiosqlite gives to a thread runs as a
callback of the loop, so the order of everything is the loop's, and an operation costs no thread switch.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any, cast

from nexus_testkit.adapters.fake.database_queries import SessionQueries
from nexus_testkit.adapters.fake.database_ranges import bit_class, range_class
from nexus_testkit.adapters.fake.database_waits import StatementWait
from nexus_testkit.adapters.postgres_errors import as_asyncpg, begin_outside_a_session
from nexus_testkit.errors import DatabaseError, InterfaceError
from nexus_testkit.errors.stack import Stack
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import ExecuteResult, Isolation, Row

if TYPE_CHECKING:
    import aiosqlite

    from nexus_testkit.postgres import Engine, MustWait, Session
    from nexus_testkit.postgres.images import Image


class SqliteDatabase:
    """A database in memory that speaks PostgreSQL. Opened by its first query; never used, it costs nothing.

    Sessions wait for one another as on the server, in the loop's time: a deadlock is looked for `deadlock_timeout` after a wait
    has begun, `lock_timeout` and `statement_timeout` end one.

    Limits: see `nexus_testkit.postgres.Engine`. COPY is `copy_records_to_table` alone.
    """

    def __init__(self, *, clock: Clock, seed: int = 0) -> None:
        """A fresh, empty database whose `now()` is the clock's; `seed` is that of `random()` and `gen_random_uuid()`."""
        self._seed = seed
        self._clock = clock
        self._engine: Engine | None = None
        self._must_wait: type[MustWait]  # known once it is open
        self._connection: aiosqlite.Connection | None = None
        self._opening: asyncio.Future[None] | None = None
        self._closed = False
        self._idle: list[Session] = []
        self._bound: dict[asyncio.Task[Any], SessionQueries] = {}
        self._held: dict[Session, tuple[str, Stack]] = {}
        self._waiters: list[asyncio.Future[str | None]] = []
        self._releases = 0  # how often somebody has let go of something
        self._savepoints = 0
        self._shuffles_ties = False

    # --------------------------------------------------------------------------------------- opening

    async def connect(self) -> None:
        if self._closed:
            raise self.as_driver(InterfaceError("the database is closed", hint="its world has ended"))
        if self._connection is not None:
            return
        if self._opening is not None:
            await asyncio.shield(self._opening)
            return
        self._opening = asyncio.get_running_loop().create_future()
        try:
            await self._open()
        except BaseException as error:
            self._opening.set_exception(error)
            self._opening.exception()  # seen: whoever waits gets it as well
            raise
        else:
            self._opening.set_result(None)
        finally:
            self._opening = None

    async def _open(self) -> None:
        from nexus_testkit.adapters.fake.sqlite_inline import inline_connection  # noqa: PLC0415  # loads aiosqlite
        from nexus_testkit.postgres import Engine  # noqa: PLC0415  # loads the compiler
        from nexus_testkit.postgres.concurrency.waiting import MustWait  # noqa: PLC0415  # likewise
        from nexus_testkit.postgres.values import bitclass, rangetypes  # noqa: PLC0415  # likewise

        rangetypes.use(range_class)
        bitclass.use(bit_class)
        connection = await inline_connection(":memory:")
        engine = Engine(now=self._clock.now, seed=self._seed)
        engine.attach(cast("sqlite3.Connection", connection._connection))  # noqa: SLF001  # aiosqlite has no public name for it
        engine.on_release = self._wake
        engine.patient = True
        engine.shuffles_ties = self._shuffles_ties
        self._connection, self._engine, self._must_wait = connection, engine, MustWait

    def shuffle_ties(self) -> None:
        """From now on give what a query leaves open in another order each time; see `DatabaseHandle.shuffle_ties`."""
        self._shuffles_ties = True
        if self._engine is not None:
            self._engine.shuffles_ties = True

    async def disconnect(self) -> None:
        """Close every session. What was committed stays: the next query opens the database again."""
        for session in list(self._held):
            session.close()
        self._held.clear()
        self._bound.clear()
        self._idle.clear()

    async def aclose(self) -> None:
        """Close everything, the data with it. Safe twice, and when nothing was ever opened."""
        self._closed = True
        await self.disconnect()
        connection, self._connection = self._connection, None
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()  # its other connections too: an open one holds the engine by what SQLite calls, for good
        if connection is not None:
            await connection.close()

    async def health_check(self) -> bool:
        try:
            return bool(await self.fetch_val("SELECT 1") == 1)
        except DatabaseError:
            return False

    async def snapshot(self) -> Image:
        """All that is committed, as an image for `restore`, here or in another world.

        Raises:
            InterfaceError: a transaction is open.
        """
        from nexus_testkit.postgres import images  # noqa: PLC0415  # the engine is loaded by now

        return images.take(await self._quiet_engine("take a snapshot"))

    async def restore(self, image: Image, /) -> None:
        """Make the database what it was when `snapshot` made the image: tables, rows, definitions, sequences.

        Raises:
            InterfaceError: a transaction is open.
        """
        from nexus_testkit.postgres import images  # noqa: PLC0415  # the engine is loaded by now

        images.put(await self._quiet_engine("restore a snapshot"), image)

    async def _quiet_engine(self, wanted: str) -> Engine:
        await self.connect()
        engine = cast("Engine", self._engine)
        if engine.writer is not None or any(session.in_transaction for session in self._held):
            raise self.as_driver(
                InterfaceError(
                    f"cannot {wanted} while a transaction is open", hint="end it, or do this before it begins"
                )
            )
        return engine

    def leaks(self) -> list[str]:
        """Sessions that nobody gave back, with the place where each was taken."""
        found: list[str] = []
        for session, (kind, stack) in self._held.items():
            state = " with an open transaction" if session.in_transaction else ""
            found.append(f"a database {kind} is still open{state}; opened at:\n{stack}")
        return found

    # --------------------------------------------------------------------------------------- running

    async def perform(self, session: Session, function: Callable[..., Any], *args: Any) -> Any:
        """Run something of the engine's on the loop, waiting for other sessions where it must.

        Raises:
            DatabaseError: also of asyncpg's class, where asyncpg is installed.
        """
        wait: StatementWait | None = None
        try:
            while True:
                connection = self._connection
                if connection is None or session.closed:
                    raise self.as_driver(
                        InterfaceError("the database is closed" if connection is None else "connection is closed")
                    )
                run: Any = connection._execute  # noqa: SLF001  # the one way to run a function on aiosqlite's queue
                releases = self._releases
                try:
                    result = await run(self._attempt, function, *args)
                    if not isinstance(result, self._must_wait):
                        return result
                    wait = wait or StatementWait(session)
                    if result.seconds is None and self._releases != releases:
                        continue  # somebody let go while the answer was on its way here: nobody would wake us for it
                    await wait.until_worth_it(result, self._waiters)
                except DatabaseError as error:
                    raise self.as_driver(error) from error.__cause__
        except asyncio.CancelledError:
            if wait is not None and not session.closed:
                session.abandon()  # as asyncpg's cancellation does, in an instant
            raise
        finally:
            if wait is not None:
                session.waits_for = ()
                session.pause = session.pauses = 0

    def _attempt(self, function: Callable[..., Any], *args: Any) -> Any:
        """What the function gives, or the signal that says for whom it has to wait."""
        try:
            return function(*args)
        except self._must_wait as signal:
            return signal

    def _wake(self) -> None:
        self._releases += 1
        for waiter in list(self._waiters):
            if not waiter.done():
                waiter.set_result(None)

    def as_driver(self, error: DatabaseError) -> DatabaseError:
        """The error as one that is asyncpg's too."""
        return as_asyncpg(error)

    # ---------------------------------------------------------------------------------------- faults

    def as_raised(self, wanted: str | Exception | type[Exception], /) -> Exception:
        """The error for a SQLSTATE, or for a class or an error of the port's or of asyncpg's."""
        from nexus_testkit.adapters.fake.database_errors import as_raised  # noqa: PLC0415  # loads asyncpg

        return as_raised(wanted)

    def lost_reply(self) -> Exception:
        """The error of a connection that broke before the reply."""
        from nexus_testkit.adapters.fake.database_errors import lost_connection  # noqa: PLC0415  # loads asyncpg

        return lost_connection()

    def disturbed(
        self, operation: str, subject: Any, error: Exception | None, /, *, arguments: Sequence[Any], reached: bool
    ) -> None:
        """A call failed by a fault: its transaction is aborted, or gone with the connection, as on the server."""
        from nexus_testkit.adapters.fake import database_errors as errors  # noqa: PLC0415  # loads asyncpg

        del arguments, reached
        queries = self._current() if subject is self else subject
        if error is None or not isinstance(queries, SessionQueries):
            return
        session = queries.underlying
        if errors.ends_connection(error):
            session.close()
            if session in self._idle:  # what ended its transaction gave it back
                self._idle.remove(session)
            return
        if operation == "database.commit":
            errors.at_commit(error)
        # A statement whose time is over is cancelled on the server by asyncpg, which aborts its transaction.
        answered = isinstance(error, DatabaseError) and not isinstance(error, InterfaceError)
        if session.in_transaction and (answered or isinstance(error, TimeoutError)):
            session.abandon()

    def next_savepoint(self) -> str:
        """A name that no other savepoint has."""
        self._savepoints += 1
        return f"nexus_{self._savepoints}"

    async def _session(self) -> Session:
        if self._connection is None:
            await self.connect()
        if self._idle:
            return self._idle.pop()
        return cast("Engine", self._engine).session()

    def _give_back(self, session: Session) -> None:
        session.reset()
        if not session.closed and not self._closed:
            self._idle.append(session)

    def _current(self) -> SessionQueries | None:
        """The session of the current task's transaction."""
        if not self._bound:
            return None
        task = asyncio.current_task()
        return self._bound.get(task) if task is not None else None

    async def _alone(self, method: str, query: str, *args: Any, **options: Any) -> Any:
        """One call on a session of its own."""
        session = await self._session()
        try:
            result = await getattr(SessionQueries(self, session), method)(query, *args, **options)
            if session.in_transaction:
                raise self.as_driver(begin_outside_a_session(query))
            return result
        finally:
            self._give_back(session)

    async def execute(self, query: str, /, *args: Any) -> ExecuteResult:
        current = self._current()
        if current is not None:
            return await current.execute(query, *args)
        return cast("ExecuteResult", await self._alone("execute", query, *args))

    async def execute_many(self, query: str, args: Iterable[Sequence[Any]], /) -> ExecuteResult:
        current = self._current()
        if current is not None:
            return await current.execute_many(query, args)
        return cast("ExecuteResult", await self._alone("execute_many", query, args))

    async def fetch_one(self, query: str, /, *args: Any) -> Row | None:
        current = self._current()
        if current is not None:
            return await current.fetch_one(query, *args)
        return cast("Row | None", await self._alone("fetch_one", query, *args))

    async def fetch_all(self, query: str, /, *args: Any) -> list[Row]:
        current = self._current()
        if current is not None:
            return await current.fetch_all(query, *args)
        return cast("list[Row]", await self._alone("fetch_all", query, *args))

    async def fetch_val(self, query: str, /, *args: Any, column: int = 0) -> Any:
        current = self._current()
        if current is not None:
            return await current.fetch_val(query, *args, column=column)
        return await self._alone("fetch_val", query, *args, column=column)

    # -------------------------------------------------------------------------------------- sessions

    @property
    def scope(self) -> str:
        """Where the next call of the current task happens, for faults: `"pool"`, or as its transaction says."""
        current = self._current()
        return "pool" if current is None else current.scope

    def transaction(
        self, *, isolation: Isolation | None = None, readonly: bool = False, deferrable: bool = False
    ) -> AbstractAsyncContextManager[SessionQueries]:
        current = self._current()
        if current is not None:
            return current.transaction(isolation=isolation, readonly=readonly, deferrable=deferrable)
        return self._transaction(isolation, readonly=readonly)

    @asynccontextmanager
    async def _transaction(self, isolation: Isolation | None, *, readonly: bool) -> AsyncIterator[SessionQueries]:
        session = await self._session()
        queries = SessionQueries(self, session)
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        self._held[session] = ("transaction", Stack(skip=2))
        self._bound[task] = queries
        try:
            async with queries.transaction(isolation=isolation, readonly=readonly):
                yield queries
        finally:
            queries.end()
            self._bound.pop(task, None)
            self._held.pop(session, None)
            self._give_back(session)

    def connection(self) -> AbstractAsyncContextManager[SessionQueries]:
        return self._acquire()

    @asynccontextmanager
    async def _acquire(self) -> AsyncIterator[SessionQueries]:
        session = await self._session()
        self._held[session] = ("connection", Stack(skip=2))
        queries = SessionQueries(self, session)
        try:
            yield queries
        finally:
            queries.end()
            self._held.pop(session, None)
            self._give_back(session)
