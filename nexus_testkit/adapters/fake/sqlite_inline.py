"""aiosqlite without its thread: each operation runs as a callback of the loop, first come, first served.

Deterministic, and half the price. It leans on two private names of aiosqlite (`_tx`, and `_thread` or Thread.start), the
same in 0.20 to 0.22; a test says so when that changes.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

_Item = tuple["asyncio.Future[Any] | None", Callable[[], Any]]


class _InlineQueue:
    """What aiosqlite believes to be the queue of its thread."""

    __slots__ = ("_loop",)

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def put_nowait(self, item: _Item) -> None:
        """Run the operation in the loop's next turn."""
        # Connection.__del__ may come from the garbage collector, after the loop has closed or inside another one.
        if self._loop.is_closed() or asyncio._get_running_loop() is not self._loop:  # noqa: SLF001  # get_running_loop raises
            _run(item)
        else:
            self._loop.call_soon(_run, item)


def _run(item: _Item) -> None:
    future, function = item
    if future is not None and future.cancelled():
        return
    try:
        result = function()
    except BaseException as error:  # noqa: BLE001  # it belongs to whoever waits
        if future is not None and not future.done():
            future.set_exception(error)
    else:
        if future is not None and not future.done():
            future.set_result(result)


class _NoThread:
    """In the place of aiosqlite's thread."""

    __slots__ = ()

    def start(self) -> None:
        """There is nothing to start."""


class InlineConnection(aiosqlite.Connection):
    """A connection whose operations run on the loop."""

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._tx: Any = _InlineQueue()
        self._thread: Any = _NoThread()

    def start(self) -> None:
        """Up to 0.21 the connection itself is the thread."""


async def inline_connection(database: str) -> aiosqlite.Connection:
    """An open connection to `database`."""
    made: list[sqlite3.Connection] = []

    def connect() -> sqlite3.Connection:
        made.append(sqlite3.connect(database, isolation_level=None, check_same_thread=False))
        return made[0]

    try:
        return await InlineConnection(connect)
    except BaseException:
        for connection in made:  # whoever was cancelled in the turn in which it opened never got it
            connection.close()
        raise
