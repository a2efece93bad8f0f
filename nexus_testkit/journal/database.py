"""The database port's side of the seam."""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, cast

from nexus_testkit.errors import DatabaseError
from nexus_testkit.journal.block import Block
from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.database import DatabaseAdapter, ExecuteResult, Isolation, Listener, Queries, Row, Session


class SeamedQueries:
    """A session, each of whose calls crosses the seam."""

    def __init__(self, inner: Queries, seam: Seam) -> None:
        """Wrap `inner`."""
        self._inner = inner
        self._seam = seam

    async def execute(self, query: str, /, *args: Any) -> ExecuteResult:
        return await self._seam.call("database.execute", self._inner.execute, query, *args)

    async def execute_many(self, query: str, args: Iterable[Sequence[Any]], /) -> ExecuteResult:
        return await self._seam.call("database.execute_many", self._inner.execute_many, query, list(args))

    async def fetch_one(self, query: str, /, *args: Any) -> Row | None:
        return await self._seam.call("database.fetch_one", self._inner.fetch_one, query, *args)

    async def fetch_all(self, query: str, /, *args: Any) -> list[Row]:
        return await self._seam.call("database.fetch_all", self._inner.fetch_all, query, *args)

    async def fetch_val(self, query: str, /, *args: Any, column: int = 0) -> Any:
        if column:
            return await self._seam.call("database.fetch_val", self._inner.fetch_val, query, *args, column=column)
        return await self._seam.call("database.fetch_val", self._inner.fetch_val, query, *args)

    @asynccontextmanager
    async def transaction(
        self, *, isolation: Isolation | None = None, readonly: bool = False, deferrable: bool = False
    ) -> AsyncIterator[Queries]:
        inner = self._inner.transaction(isolation=isolation, readonly=readonly, deferrable=deferrable)
        block = Block(inner, self._seam, subject=self._inner)
        session = await block.begin("database.begin")
        try:
            yield SeamedQueries(session, self._seam)
        except BaseException as error:
            await block.end("database.rollback", error)
            raise
        await block.end("database.commit", None)


class SeamedSession(SeamedQueries):
    """A session by hand, each of whose calls crosses the seam; notifications arrive without."""

    _inner: Session

    def __init__(self, inner: Session, seam: Seam) -> None:
        """Wrap `inner`."""
        super().__init__(inner, seam)
        self._wrapped: dict[tuple[str, Listener], Listener] = {}

    async def add_listener(self, channel: str, callback: Listener, /) -> None:
        known = self._wrapped.get((channel, callback))
        wrapped = known if known is not None else self._listener(callback)
        await self._seam.call("database.add_listener", self._inner.add_listener, channel, wrapped)
        self._wrapped[channel, callback] = wrapped

    def _listener(self, callback: Listener) -> Listener:
        """The callback gets this session, not the one behind the seam."""
        if not callable(callback):
            return callback

        def deliver(_: Any, pid: int, channel: str, payload: str, /) -> object:
            return callback(self, pid, channel, payload)

        async def deliver_later(_: Any, pid: int, channel: str, payload: str, /) -> object:
            return await cast("Any", callback)(self, pid, channel, payload)

        return deliver_later if inspect.iscoroutinefunction(callback) else deliver

    async def remove_listener(self, channel: str, callback: Listener, /) -> None:
        wrapped = self._wrapped.get((channel, callback), callback)
        await self._seam.call("database.remove_listener", self._inner.remove_listener, channel, wrapped)
        self._wrapped.pop((channel, callback), None)

    async def copy_records_to_table(
        self,
        table_name: str,
        /,
        *,
        records: Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]],
        columns: Sequence[str] | None = None,
        schema_name: str | None = None,
    ) -> str:
        rows = [row async for row in records] if isinstance(records, AsyncIterable) else list(records)
        return await self._seam.call(
            "database.copy_records_to_table",
            self._inner.copy_records_to_table,
            table_name,
            records=rows,
            columns=columns,
            schema_name=schema_name,
        )


class SeamedDatabase(SeamedQueries):
    """A database, each of whose calls crosses the seam."""

    _inner: DatabaseAdapter

    async def connect(self) -> None:
        await self._seam.call("database.connect", self._inner.connect)

    async def disconnect(self) -> None:
        await self._seam.call("database.disconnect", self._inner.disconnect)

    def connection(self) -> AbstractAsyncContextManager[Session]:
        return self._connection()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Session]:
        block = Block(self._inner.connection(), self._seam)
        session = await block.begin("database.acquire")
        try:
            yield SeamedSession(session, self._seam)
        except BaseException as error:
            await block.end("database.release", error)
            raise
        await block.end("database.release", None)

    async def health_check(self) -> bool:
        try:
            return await self._seam.call("database.health_check", self._inner.health_check)
        except DatabaseError:  # a fault's: an adapter itself answers False
            return False
