"""PostgreSQL through asyncpg: the database port in production."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import parse_qs, urlsplit

import asyncpg

from nexus_testkit.adapters.postgres_errors import as_asyncpg, begin_outside_a_session
from nexus_testkit.adapters.postgres_failures import exhausted, lost
from nexus_testkit.adapters.real.database_errors import misconfigured, translate
from nexus_testkit.adapters.real.database_session import PostgresSession
from nexus_testkit.errors import DatabaseError, InterfaceError
from nexus_testkit.errors.stack import Stack
from nexus_testkit.ports.database import ExecuteResult, Isolation, Row

_CLOSING_S = 10.0


class PostgresDatabase:
    """A PostgreSQL server, 13 or newer. Connects with the first query; `async with` or `aclose()` ends it.

    Sessions come from a pool and are reset when they are given back (`RESET ALL`, UNLISTEN, advisory locks, an open
    transaction rolled back). A session that broke is replaced with the next call; the call that met the break fails,
    because only its caller knows whether it may be repeated.

    Limits: one event loop. `execute_many` asks the server once a row. `fetch_one` and `fetch_val` ask for one row, so
    a query that does something for each row does it once. Two statements of one session run one after another, also
    when tasks share the session.

    Attributes:
        where: host, port and database, without the password.
    """

    def __init__(
        self,
        url: str,
        *,
        min_size: int = 1,
        max_size: int = 10,
        acquire_timeout_s: float = 30.0,
        connect_timeout_s: float = 10.0,
        statement_timeout_s: float | None = None,
        command_timeout_s: float | None = None,
        idle_s: float = 300.0,
        tls: ssl.SSLContext | str | bool | None = None,
        timezone: str | None = "UTC",
        settings: Mapping[str, str] | None = None,
        statement_cache_size: int = 100,
    ) -> None:
        """Say how to reach the server; nothing is opened yet.

        Args:
            url: `postgresql://user:password@host:port/database`, with libpq's parameters (`?sslmode=verify-full`,
                `?host=/run/postgresql`).
            min_size: sessions that are kept open.
            max_size: sessions that are open at most.
            acquire_timeout_s: seconds to wait for a session that is free, or to be connected.
            connect_timeout_s: seconds for a new connection, TLS and login included.
            statement_timeout_s: seconds after which the server ends a statement (QueryCanceled); None: the server's own.
            command_timeout_s: seconds after which a reply is no longer waited for (QueryCanceled, a TimeoutError too):
                for servers that no longer answer. Longer than `statement_timeout_s`; None: for ever.
            idle_s: seconds after which an idle session above `min_size` is closed; 0: never.
            tls: an SSLContext; True for the system's authorities and a matching host name; one of libpq's words for
                `sslmode`; False for none; None for what `url` says, which is "prefer" where it says nothing.
            timezone: of each session; None: the server's. asyncpg gives instants in UTC in any case.
            settings: other run-time parameters of each session, such as `{"search_path": "app"}`.
            statement_cache_size: prepared statements that each session keeps; 0 behind a pgbouncer that pools transactions.
        """
        self.where = _where(url)
        self.command_timeout_s = command_timeout_s
        self._acquire_timeout_s = acquire_timeout_s
        self._max_size = max_size
        parameters = {**({} if timezone is None else {"timezone": timezone}), **(settings or {})}
        if statement_timeout_s is not None:
            parameters["statement_timeout"] = f"{round(statement_timeout_s * 1000)}ms"
        self._options: dict[str, Any] = {
            "dsn": url,
            "min_size": min_size,
            "max_size": max_size,
            "timeout": connect_timeout_s,
            "command_timeout": command_timeout_s,
            "max_inactive_connection_lifetime": idle_s,
            "server_settings": parameters,
            "statement_cache_size": statement_cache_size,
            "init": _prepare,
        }
        if tls is not None:
            self._options["ssl"] = tls
        self._pool: Any = None
        self._closed = False
        self._opening = asyncio.Lock()
        self._bound: dict[asyncio.Task[Any], PostgresSession] = {}
        self._held: dict[PostgresSession, tuple[str, Stack]] = {}

    # -- for subclasses

    def asking(self) -> AbstractAsyncContextManager[object]:
        """Entered around whatever waits for the server, and nothing else; never one inside another."""
        return nullcontext()

    def _session_of(self, connection: Any) -> PostgresSession:
        return PostgresSession(self, connection)

    # -- opening and closing

    async def connect(self) -> None:
        """Open the pool; safe to call twice.

        Raises:
            OperationalError: no server there, or no login; also an OSError, or asyncpg's error.
            InterfaceError: `aclose` was called.
        """
        await self._opened()

    async def _opened(self) -> Any:
        if self._closed:
            raise as_asyncpg(InterfaceError("the database is closed", hint="aclose() was called"))
        if self._pool is not None:
            return self._pool
        async with self._opening:
            if self._pool is None:
                async with self.asking():
                    self._pool = await self._new_pool()
        return self._pool

    async def _new_pool(self) -> Any:
        try:
            return await asyncpg.create_pool(**self._options)
        except OSError as error:
            raise lost(error, self.where) from error
        except Exception as error:
            translated = translate(error)
            if isinstance(error, ValueError) and translated is error:  # a port that is no number
                translated = misconfigured(error, self.where)
            if translated is error:
                raise
            raise translated from error

    async def disconnect(self) -> None:
        """Close every session, those that are in use as well; safe to call twice. The next query opens the pool again."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        for session in list(self._held):
            session.terminate()
        self._held.clear()
        self._bound.clear()
        if pool.get_size() > pool.get_idle_size():
            pool.terminate()
            return
        try:
            async with self.asking(), asyncio.timeout(_CLOSING_S):
                await pool.close()
        except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pool.terminate()

    async def aclose(self) -> None:
        """Close everything for good; safe to call twice, and when nothing was ever opened."""
        self._closed = True
        await self.disconnect()

    async def __aenter__(self) -> Self:
        await self.connect()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def health_check(self) -> bool:
        try:
            return bool(await self.fetch_val("SELECT 1") == 1)
        except DatabaseError:
            return False

    def leaks(self) -> list[str]:
        """Sessions that nobody gave back, with the place where each was taken."""
        found: list[str] = []
        for session, (kind, stack) in self._held.items():
            state = " with an open transaction" if session.in_transaction else ""
            found.append(f"a database {kind} is still open{state}; opened at:\n{stack}")
        return found

    # -- sessions

    async def _take(self) -> PostgresSession:
        pool = await self._opened()
        try:
            connection = await self._acquire(pool)
        except TimeoutError as error:
            if pool.get_size() >= self._max_size and not pool.get_idle_size():
                raise exhausted(self._acquire_timeout_s, self._max_size) from error
            raise lost(error, self.where) from error
        except OSError as error:
            raise lost(error, self.where) from error
        except Exception as error:
            translated = translate(error)
            if translated is error:
                raise
            raise translated from error
        return self._session_of(connection)

    async def _acquire(self, pool: Any) -> Any:
        async with self.asking():
            if pool.get_size() < self._max_size or pool.get_idle_size():
                return await pool.acquire(timeout=self._acquire_timeout_s)
        return await pool.acquire(timeout=self._acquire_timeout_s)  # another task has to give one back

    async def _give_back(self, session: PostgresSession) -> None:
        # A connection that broke meanwhile is the pool's to replace, and no news to whoever has finished with it.
        with suppress(DatabaseError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            try:
                await session.finish()
            finally:
                if self._pool is not None:
                    async with self.asking():
                        await self._pool.release(session.connection)

    @asynccontextmanager
    async def _session(self, kind: str) -> AsyncIterator[PostgresSession]:
        made_at = Stack(skip=3)
        session = await self._take()
        self._held[session] = (kind, made_at)
        try:
            yield session
        finally:
            self._held.pop(session, None)
            await self._give_back(session)

    def connection(self) -> AbstractAsyncContextManager[PostgresSession]:
        return self._session("connection")

    def transaction(
        self, *, isolation: Isolation | None = None, readonly: bool = False, deferrable: bool = False
    ) -> AbstractAsyncContextManager[PostgresSession]:
        current = self._current()
        if current is not None:
            return current.transaction(isolation=isolation, readonly=readonly, deferrable=deferrable)
        return self._transaction(isolation, readonly=readonly, deferrable=deferrable)

    @asynccontextmanager
    async def _transaction(
        self, isolation: Isolation | None, *, readonly: bool, deferrable: bool
    ) -> AsyncIterator[PostgresSession]:
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        async with (
            self._session("transaction") as session,
            session.transaction(isolation=isolation, readonly=readonly, deferrable=deferrable),
        ):
            self._bound[task] = session
            try:
                yield session
            finally:
                self._bound.pop(task, None)

    def _current(self) -> PostgresSession | None:
        """The session of the current task's transaction."""
        if not self._bound:
            return None
        task = asyncio.current_task()
        return self._bound.get(task) if task is not None else None

    # -- queries

    async def _ask(self, method: str, query: str, *args: Any, **options: Any) -> Any:
        """One call: on the session of the task's transaction, or on one of its own."""
        current = self._current()
        if current is not None:
            return await getattr(current, method)(query, *args, **options)
        session = await self._take()
        try:
            found = await getattr(session, method)(query, *args, **options)
            if session.in_transaction:
                raise as_asyncpg(begin_outside_a_session(query))
            return found
        finally:
            await self._give_back(session)

    async def execute(self, query: str, /, *args: Any) -> ExecuteResult:
        return cast("ExecuteResult", await self._ask("execute", query, *args))

    async def execute_many(self, query: str, args: Iterable[Sequence[Any]], /) -> ExecuteResult:
        return cast("ExecuteResult", await self._ask("execute_many", query, args))

    async def fetch_one(self, query: str, /, *args: Any) -> Row | None:
        return cast("Row | None", await self._ask("fetch_one", query, *args))

    async def fetch_all(self, query: str, /, *args: Any) -> list[Row]:
        return cast("list[Row]", await self._ask("fetch_all", query, *args))

    async def fetch_val(self, query: str, /, *args: Any, column: int = 0) -> Any:
        return await self._ask("fetch_val", query, *args, column=column)


async def _prepare(connection: Any) -> None:
    """Lists and dicts for json and jsonb, as the port says."""
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(kind, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


def _where(url: str) -> str:
    parts = urlsplit(url)
    given = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    place = parts.netloc.rpartition("@")[2] or given.get("host", "localhost")
    return f"{place}/{parts.path.lstrip('/') or given.get('dbname', '')}".rstrip("/")
