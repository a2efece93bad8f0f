"""What a session of the fake database has beyond queries: notifications and COPY, in asyncpg's own words."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, cast

from nexus_testkit.errors import InterfaceError
from nexus_testkit.ports.database import Listener

if TYPE_CHECKING:
    from nexus_testkit.adapters.fake.database import SqliteDatabase
    from nexus_testkit.postgres import Session


# The loop keeps only weak references to its tasks.
_running: set[asyncio.Task[object]] = set()


class _Queries(Protocol):
    async def execute(self, query: str, /, *args: Any) -> Any: ...


class SessionCommands:
    """Listeners and COPY of one session; `SessionQueries` derives from it.

    Notifications arrive as callbacks of the loop, in the order in which they were sent; inside a transaction of the
    listening session they wait for its end, as on the server.
    """

    _database: SqliteDatabase
    _session: Session
    _ended: bool

    if TYPE_CHECKING:

        @property
        def session(self) -> Session: ...

    async def add_listener(self, channel: str, callback: Listener, /) -> None:
        """LISTEN on a channel and call `callback(connection, pid, channel, payload)` for each notification.

        Raises:
            InterfaceError: `callback` is not callable.
        """
        if not callable(callback):
            raise self._database.as_driver(
                InterfaceError(f"expected a callable or an `async def` function,got {callback!r}")
            )
        listeners = self._listeners()
        if channel not in listeners:
            await cast("_Queries", self).execute(f"LISTEN {_quoted(channel)}")
            listeners[channel] = []
        if callback not in listeners[channel]:
            listeners[channel].append(callback)

    async def remove_listener(self, channel: str, callback: Listener, /) -> None:
        """Call it no more; with a channel's last callback goes its LISTEN. What was never added is passed over."""
        if self._ended:
            return
        listeners = self._listeners()
        if self._session.closed or callback not in listeners.get(channel, ()):
            return
        listeners[channel].remove(callback)
        if not listeners[channel]:
            del listeners[channel]
            await cast("_Queries", self).execute(f"UNLISTEN {_quoted(channel)}")

    def _listeners(self) -> dict[str, list[Listener]]:
        kept = self.session.kept
        if kept.on_notify is None:
            kept.on_notify = self._deliver
        return cast("dict[str, list[Listener]]", kept.listeners)

    def _deliver(self, pid: int, channel: str, payload: str) -> None:
        loop = asyncio.get_running_loop()
        for callback in list(self._listeners().get(channel, ())):
            if inspect.iscoroutinefunction(callback):
                task = loop.create_task(callback(self, pid, channel, payload))
                _running.add(task)
                task.add_done_callback(_running.discard)
            else:
                loop.call_soon(callback, self, pid, channel, payload)

    async def copy_records_to_table(
        self,
        table_name: str,
        /,
        *,
        records: Iterable[Sequence[Any]] | AsyncIterable[Sequence[Any]],
        columns: Sequence[str] | None = None,
        schema_name: str | None = None,
    ) -> str:
        """COPY records into a table, all or none; the tag, such as `"COPY 2"`.

        Raises:
            DatabaseError: constraint violations and what else the server says.
            TypeError: and OverflowError, IndexError ...: asyncpg cannot encode a record.
        """
        from nexus_testkit.postgres.copying import copy_records  # noqa: PLC0415  # few programs use COPY

        rows = [record async for record in records] if isinstance(records, AsyncIterable) else list(records)
        session = self.session
        run = partial(copy_records, session, table_name, schema_name, columns, rows)
        return cast("str", await self._database.perform(session, run))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
