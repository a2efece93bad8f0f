"""The database port's side of the seam."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from nexus_testkit.journal.block import Block
from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.database import DatabaseAdapter, ExecuteResult, Isolation, Queries, Row


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


class SeamedDatabase(SeamedQueries):
    """A database, each of whose calls crosses the seam."""

    _inner: DatabaseAdapter

    async def connect(self) -> None:
        await self._seam.call("database.connect", self._inner.connect)

    async def disconnect(self) -> None:
        await self._seam.call("database.disconnect", self._inner.disconnect)

    def connection(self) -> AbstractAsyncContextManager[Queries]:
        return self._connection()

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Queries]:
        block = Block(self._inner.connection(), self._seam)
        session = await block.begin("database.acquire")
        try:
            yield SeamedQueries(session, self._seam)
        except BaseException as error:
            await block.end("database.release", error)
            raise
        await block.end("database.release", None)

    async def health_check(self) -> bool:
        return await self._seam.call("database.health_check", self._inner.health_check)
