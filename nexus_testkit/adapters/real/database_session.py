"""One session with the server: the port's methods on an asyncpg connection."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Protocol

import asyncpg

from nexus_testkit.adapters.postgres_errors import as_asyncpg
from nexus_testkit.adapters.postgres_failures import lost, silent
from nexus_testkit.adapters.real.database_errors import in_element, is_answer, translate
from nexus_testkit.adapters.real.database_values import arguments, result, row, with_count
from nexus_testkit.errors import DatabaseError, DataError, InterfaceError
from nexus_testkit.ports.database import LEVELS, ExecuteResult, Isolation, Listener, Row


class _Facts(Protocol):
    """What a session needs to know of its database."""

    where: str
    command_timeout_s: float | None

    def asking(self) -> AbstractAsyncContextManager[object]: ...


class PostgresSession:
    """A session, for one call at a time: tasks that share it take turns.

    Attributes:
        connection: asyncpg's, for what the port does not wrap.
    """

    def __init__(self, facts: _Facts, connection: Any) -> None:
        """Speak to the server through `connection`, an asyncpg connection of a pool."""
        self.connection = connection
        self._facts = facts
        self._turn = asyncio.Lock()
        self._listeners: dict[tuple[str, Listener], Callable[..., object]] = {}
        self._savepoints = 0
        self._ended = False

    # -- queries

    async def execute(self, query: str, /, *args: Any) -> ExecuteResult:
        try:
            return result(await self._ask(query, self.connection.execute, query, *arguments(args)))
        except AttributeError as error:
            if args or "'decode'" not in str(error):
                raise
            return result(None)  # a script without a statement, whose missing tag asyncpg (0.32) tries to decode

    async def execute_many(self, query: str, args: Iterable[Sequence[Any]], /) -> ExecuteResult:
        """See the port. asyncpg's `executemany` does not tell the counts, so this asks the server once a row.

        `copy_records_to_table` is the way for many thousands of rows.
        """
        rows = [arguments(values) for values in args]
        if not self.in_transaction:
            async with self.transaction():
                return await self._repeat(query, rows)
        name = self._next_savepoint()
        await self.execute(f"SAVEPOINT {name}")
        try:
            done = await self._repeat(query, rows)
        except BaseException as error:
            if not is_answer(error):  # the server knows nothing of it, and would keep the rows before this one
                await _whatever_happens(self._undo(f"ROLLBACK TO {name}; RELEASE {name}"))
            raise
        await self.execute(f"RELEASE {name}")
        return done

    async def _repeat(self, query: str, rows: list[list[Any]]) -> ExecuteResult:
        count, status = 0, ""
        for at, values in enumerate(rows):
            try:
                done = result(await self._ask(query, self.connection.execute, query, *values))
            except DataError as error:
                raise in_element(error, at) from error.__cause__
            count, status = count + done.rowcount, done.status
        return ExecuteResult(count, with_count(status, count))

    async def fetch_one(self, query: str, /, *args: Any) -> Row | None:
        found = await self._ask(query, self.connection.fetchrow, query, *arguments(args))
        return None if found is None else row(found)

    async def fetch_all(self, query: str, /, *args: Any) -> list[Row]:
        return [row(found) for found in await self._ask(query, self.connection.fetch, query, *arguments(args))]

    async def fetch_val(self, query: str, /, *args: Any, column: int = 0) -> Any:
        return await self._ask(query, self.connection.fetchval, query, *arguments(args), column=column)

    async def _ask(self, query: str, function: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        """Call asyncpg in turn, and translate what it raises."""
        async with self._turn, self._facts.asking():
            if self._gone():
                raise as_asyncpg(InterfaceError("connection is closed"))
            try:
                return await self._call(query, function, *args, **options)
            except TimeoutError as error:
                raise silent(self._facts.command_timeout_s or 0, query) from error
            except OSError as error:
                raise lost(error, self._facts.where) from error
            except Exception as error:
                translated = translate(error, query=query)
                if translated is error:
                    raise
                if type(error) is asyncpg.InternalClientError:
                    self.terminate()
                elif not is_answer(translated):
                    await self._synchronize()
                raise translated from error.__cause__ or error  # behind a lost connection: what the server said last

    async def _synchronize(self) -> None:
        """End what asyncpg (0.32) leaves open where it refuses an argument itself.

        It has prepared the statement by then, and sends no Sync: the server is still in that statement's implicit
        transaction, in which `BEGIN ISOLATION LEVEL ...` would fail.
        """
        if not self.in_transaction and not self._gone():
            with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                await self.connection.execute("SELECT 1")

    async def _call(self, query: str, function: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        """What `_ask` does in its turn; for subclasses. `query` stands in `args` again where it is a statement's text."""
        del query
        return await function(*args, **options)

    # -- transactions

    @asynccontextmanager
    async def transaction(
        self, *, isolation: Isolation | None = None, readonly: bool = False, deferrable: bool = False
    ) -> AsyncIterator[PostgresSession]:
        if isolation is not None and isolation not in LEVELS:
            raise as_asyncpg(InterfaceError(f"isolation={isolation!r}", hint=f"one of {', '.join(LEVELS)}"))
        if self.in_transaction:
            block = self._savepoint(isolation)
        else:
            words = ["BEGIN"]
            if isolation is not None:
                words.append(f"ISOLATION LEVEL {isolation.replace('_', ' ').upper()}")
            words += ["READ ONLY"] * readonly + ["DEFERRABLE"] * deferrable
            block = self._block(" ".join(words), "COMMIT", "ROLLBACK")
        async with block as session:
            yield session

    @asynccontextmanager
    async def _savepoint(self, isolation: Isolation | None) -> AsyncIterator[PostgresSession]:
        if isolation is not None:
            outer = str(await self.fetch_val("SHOW transaction_isolation")).replace(" ", "_")
            if outer != isolation:
                raise as_asyncpg(
                    InterfaceError(
                        f"nested transaction has a different isolation level: current {isolation!r} != outer {outer!r}"
                    )
                )
        name = self._next_savepoint()
        undo = f"ROLLBACK TO {name}; RELEASE {name}"
        async with self._block(f"SAVEPOINT {name}", f"RELEASE {name}", undo) as session:
            yield session

    def _next_savepoint(self) -> str:
        self._savepoints += 1
        return f"nexus_{self._savepoints}"

    @asynccontextmanager
    async def _block(self, begin: str, end: str, undo: str) -> AsyncIterator[PostgresSession]:
        try:
            await self.execute(begin)
            yield self
            await self.execute(end)
        except BaseException:
            # Also where the beginning or the end was cut off: whether it took place is not known here, and undoing twice
            # does no harm. A connection that is gone has undone it already.
            await _whatever_happens(self._undo(undo))
            raise

    async def _undo(self, statement: str) -> None:
        with suppress(DatabaseError):
            await self.execute(statement)

    # -- what only a session can do

    async def add_listener(self, channel: str, callback: Listener, /) -> None:
        """LISTEN on a channel and call `callback(session, pid, channel, payload)` for each notification.

        Raises:
            InterfaceError: `callback` is not callable.
        """
        if (channel, callback) in self._listeners:
            return
        heard = self._heard(callback) if callable(callback) else callback
        await self._ask(f"LISTEN {channel}", self.connection.add_listener, channel, heard)
        self._listeners[channel, callback] = heard

    def _heard(self, callback: Listener) -> Callable[..., object]:
        """The callback, given this session instead of asyncpg's connection."""

        def deliver(_: Any, pid: int, channel: str, payload: str) -> None:
            callback(self, pid, channel, payload)

        async def deliver_later(_: Any, pid: int, channel: str, payload: str) -> None:
            await callback(self, pid, channel, payload)  # type: ignore[misc]  # it is an `async def` function

        return deliver_later if inspect.iscoroutinefunction(callback) else deliver

    async def remove_listener(self, channel: str, callback: Listener, /) -> None:
        """Call it no more; with a channel's last callback goes its LISTEN. What was never added is passed over."""
        heard = self._listeners.pop((channel, callback), None)
        if heard is not None and not self._gone():
            await self._ask(f"UNLISTEN {channel}", self.connection.remove_listener, channel, heard)

    async def copy_records_to_table(
        self,
        table_name: str,
        /,
        *,
        records: Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]],
        columns: Sequence[str] | None = None,
        schema_name: str | None = None,
    ) -> str:
        """COPY records into a table, all or none; the tag, such as `"COPY 2"`. `records` are sent as they come.

        Raises:
            DatabaseError: constraint violations and what else the server says.
            TypeError: and OverflowError, IndexError ...: asyncpg cannot encode a record.
            Exception: what `records` raises.
        """
        source = _Source(records)
        try:
            status: str = await self._ask(
                f"COPY {table_name}",
                self.connection.copy_records_to_table,
                table_name,
                records=source,
                columns=None if columns is None else list(columns),
                schema_name=schema_name,
            )
        except Exception:
            if source.error is not None:  # its own, and not that of a connection
                raise source.error from None
            raise
        return status

    # -- the end

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return not self._gone() and bool(self.connection.is_in_transaction())

    def _gone(self) -> bool:
        try:
            return self._ended or bool(self.connection.is_closed())
        except asyncpg.InterfaceError:  # the pool has taken it back, because the server closed it
            return True

    async def finish(self) -> None:
        """Leave nothing that would surprise the connection's next user; asyncpg's own reset does the rest."""
        for channel, callback in list(self._listeners):
            await self.remove_listener(channel, callback)
        if self.in_transaction:
            await self._undo("ROLLBACK")
        self._ended = True

    def terminate(self) -> None:
        """Cut the connection off, whatever it is doing."""
        self._ended = True
        self.connection.terminate()


class _Source:
    """Records on their way into a COPY; what their maker raises is kept apart from what the connection raises."""

    def __init__(self, records: Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]]) -> None:
        self._records = records
        self.error: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[list[Any]]:
        try:
            if isinstance(self._records, AsyncIterable):
                async for record in self._records:
                    yield arguments(record)
            else:
                for record in self._records:
                    yield arguments(record)
        except Exception as error:
            self.error = error
            raise


async def _whatever_happens(work: Coroutine[Any, Any, None]) -> None:
    """Come to the end of `work`, also when the task is cancelled meanwhile."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
