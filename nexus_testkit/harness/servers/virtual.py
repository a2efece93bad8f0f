"""A database and a cache on real servers, in a world whose time is virtual: `now()` and times to live follow its clock."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager, asynccontextmanager
from datetime import datetime
from functools import partial
from typing import Any

from nexus_testkit.adapters import redis_errors
from nexus_testkit.adapters.fake import database_errors as failures
from nexus_testkit.adapters.real.database_locks import count_blocked
from nexus_testkit.adapters.real.database_session import PostgresSession
from nexus_testkit.errors import DatabaseError, InterfaceError
from nexus_testkit.harness.servers.clone import ClonedDatabase, TemporaryCache
from nexus_testkit.ports.cache import Key, Message
from nexus_testkit.ports.database import Listener
from nexus_testkit.postgres.servertime import DEFINITIONS, STATEMENT, TRANSACTION, on_our_clock
from nexus_testkit.simulation.outside import Outside

# What undoes settings; the end of a transaction that has failed is one of them.
_FORGETS = re.compile(r"\b(?:RESET|DISCARD|ROLLBACK|ABORT|COMMIT|END)\b", re.IGNORECASE)
# What makes the server itself end a wait, in real time.
_GIVES_UP = re.compile(r"_timeout\b|\bset_config\b", re.IGNORECASE)
_FAILED_TRANSACTION = "25P02"
_SET = f"SELECT pg_catalog.set_config('{TRANSACTION}', $1, false), pg_catalog.set_config('{STATEMENT}', $2, false)"


class VirtualSession(PostgresSession):
    """A session for which it is the world's time: each statement goes out with that, where it has moved."""

    def __init__(self, database: VirtualDatabase, connection: Any) -> None:
        """See `PostgresSession`."""
        super().__init__(database, connection)
        self._outside = database.outside
        self._told: tuple[datetime, datetime] | None = None  # of the transaction, of the statement
        self._forgot = False
        self._depth = 0
        self._fails = False
        self._heard_of = contextlib.ExitStack()

    async def _call(self, query: str, function: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        if self._fails:
            self._fails = False
            if self.in_transaction:
                with contextlib.suppress(Exception):  # what it is for: the transaction has failed, as the fault says
                    await self.connection.execute("SELECT 1/0")
        await self._tell_time()
        if _GIVES_UP.search(query):
            self._outside.count_blocked = None
        if not args or args[0] is not query:
            return await function(*args, **options)
        rewritten = on_our_clock(query)
        try:
            return await function(rewritten.query, *args[1:], **options)
        except Exception as error:
            position = getattr(error, "position", None)
            if position and rewritten.edits:
                error.position = str(rewritten.position(int(position)))  # type: ignore[attr-defined]  # asyncpg's errors have one
            if getattr(error, "query", None) == rewritten.query:
                error.query = query  # type: ignore[attr-defined]  # likewise
            raise
        finally:
            if _FORGETS.search(query):
                self._forgot = True

    async def _tell_time(self) -> None:
        now = self._outside.now()
        if self._told is not None and self._told[1] == now and not self._forgot:
            return
        began = self._told[0] if self._told is not None and self.in_transaction else now
        try:
            await self.connection.fetchrow(_SET, began.isoformat(), now.isoformat())
        except Exception as error:
            if getattr(error, "sqlstate", None) != _FAILED_TRANSACTION:  # it will refuse what comes next as well
                raise
        else:
            self._told, self._forgot = (began, now), False

    async def add_listener(self, channel: str, callback: Listener, /) -> None:
        if not self._listeners:
            self._heard_of.enter_context(self._outside.listening())
        await super().add_listener(channel, callback)

    # -- faults

    @property
    def scope(self) -> str:
        """Where the next call happens: `"session"`, `"transaction"` or `"savepoint"`."""
        if self._depth > 1:
            return "savepoint"
        return "transaction" if self.in_transaction else "session"

    @asynccontextmanager
    async def _block(self, begin: str, end: str, undo: str) -> AsyncIterator[PostgresSession]:
        async with super()._block(begin, end, undo) as session:
            self._depth += 1
            try:
                yield session
            finally:
                self._depth -= 1

    def disturb(self, error: Exception) -> None:
        """A call on it failed by a fault: its connection ends, or its transaction fails before the next statement."""
        if self._gone():  # what ended its transaction gave it back
            return
        if failures.ends_connection(error):
            self.terminate()
        elif isinstance(error, (DatabaseError, TimeoutError)) and not isinstance(error, InterfaceError):
            self._fails = True

    async def finish(self) -> None:
        try:
            await super().finish()
        finally:
            self._heard_of.close()


class VirtualDatabase(ClonedDatabase):
    """A database of its own on a real server, whose time is that of the world.

    Limits: see `on_our_clock`; defaults that a template has already are the server's. Settings that are times
    (`statement_timeout`) and `pg_sleep` count real time.
    """

    def __init__(self, *args: Any, outside: Outside, **options: Any) -> None:
        """See `ClonedDatabase`; `outside` is the world's way to the server."""
        self.outside = outside
        super().__init__(*args, idle_s=0, **options)
        outside.count_blocked = self._count_blocked

    def asking(self) -> AbstractAsyncContextManager[object]:
        return self.outside.call()

    async def _count_blocked(self) -> int:
        return await count_blocked(self._server_url, self.name)

    def _session_of(self, connection: Any) -> VirtualSession:
        return VirtualSession(self, connection)

    # -- faults, as of the fake

    @property
    def scope(self) -> str:
        """Where the next call of the current task happens: `"pool"`, or as its transaction says."""
        current = self._current()
        return current.scope if isinstance(current, VirtualSession) else "pool"

    def as_raised(self, wanted: str | Exception | type[Exception], /) -> Exception:
        """The error for a SQLSTATE, or for a class or an error of the port's or of asyncpg's."""
        return failures.as_raised(wanted)

    def lost_reply(self) -> Exception:
        """The error of a connection that broke before the reply."""
        return failures.lost_connection()

    def disturbed(
        self, operation: str, subject: Any, error: Exception | None, /, *, arguments: Sequence[Any], reached: bool
    ) -> None:
        """A call failed by a fault: its transaction is aborted, or gone with the connection."""
        del arguments, reached
        session = self._current() if subject is self else subject
        if error is None or not isinstance(session, VirtualSession):
            return
        if operation == "database.commit" and not failures.ends_connection(error):
            failures.at_commit(error)
        session.disturb(error)

    # -- the world's time

    async def _new_pool(self) -> Any:
        is_new = self._creating is None
        pool = await super()._new_pool()
        if is_new:
            await pool.execute(DEFINITIONS)
        return pool


# The time to live that each key has left becomes what it would be, had as much real time passed as virtual.
_FOLLOW = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local late = (ARGV[2] - ARGV[3]) - (now - ARGV[4])
if ARGV[4] ~= '0' and late ~= 0 then
  local cursor = '0'
  repeat
    local found = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
    cursor = found[1]
    for _, key in ipairs(found[2]) do
      local left = redis.call('PTTL', key)
      if left >= 0 then redis.call('PEXPIRE', key, left - late) end
    end
  until cursor == '0'
end
return now
"""


# Commands that wait for other clients: a caller that is cancelled must not wait for them.
_WAITS = frozenset(
    {
        "BLMOVE",
        "BLMPOP",
        "BLPOP",
        "BRPOP",
        "BRPOPLPUSH",
        "BZMPOP",
        "BZPOPMAX",
        "BZPOPMIN",
        "WAIT",
        "WAITAOF",
        "XREAD",
        "XREADGROUP",
    }
)


class VirtualCache(TemporaryCache):
    """A cache on a real server, whose times to live are those of the world.

    Limits: a time to live that is shorter than the real time between two calls to the cache may end early. Moments
    (`EXPIREAT`), times to live of fields (`HEXPIRE`) and commands that wait (`BLPOP`) of `client` go by the server's time.

    Attributes:
        drift_s: by how much a time to live may differ from virtual time: Redis counts milliseconds of its own.
    """

    drift_s = 0.01

    def __init__(self, *args: Any, outside: Outside, **options: Any) -> None:
        """See `RedisCache`; `outside` is the world's way to the server."""
        super().__init__(*args, **options)
        self._outside = outside
        self._virtual_ms = self._real_ms = 0
        self._cut_off: Exception | None = None
        self._glob = self._prefix + b"*"
        self._pipeline = self._client.pipeline
        _wrap(self._client, self._in_time, self._command, self._in_time_and_heard, outside.listening)

    def asking(self) -> AbstractAsyncContextManager[object]:
        return self._outside.call()

    async def _command(self, execute: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        """One command, right behind the script and in one go with it: no time passes between them."""
        if str(args[0]).upper() in _WAITS:
            return await self._in_time(execute, *args, **options)
        async with self.asking():
            pipeline = self._pipeline(transaction=False)
            now_ms = self._follow(pipeline)
            pipeline.execute_command(*args, **options)
            noted, answer = await self._whole(pipeline.execute(raise_on_error=False), now_ms)
        for each in (noted, answer):
            if isinstance(each, Exception):
                raise each
        return answer

    async def _in_time(self, execute: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        """What has a connection, or a conversation, of its own: the script first."""
        async with self.asking():
            pipeline = self._pipeline(transaction=False)
            now_ms = self._follow(pipeline)
            await self._whole(pipeline.execute(), now_ms)
            return await execute(*args, **options)

    async def _in_time_and_heard(self, execute: Callable[..., Awaitable[Any]], *args: Any, **options: Any) -> Any:
        """What the server answers on a connection that listens: it has done so when it has answered another question."""
        answer = await self._in_time(execute, *args, **options)
        await self._in_time(partial(asyncio.sleep, 0))
        return answer

    def _follow(self, pipeline: Any) -> int:
        now_ms = round(self._outside.time() * 1000)
        pipeline.execute_command("EVAL", _FOLLOW, 0, self._glob, now_ms, self._virtual_ms, self._real_ms)
        return now_ms

    async def _whole(self, asking: Awaitable[list[Any]], now_ms: int) -> list[Any]:
        """The answers; waits for them also when it is cancelled, because the script must not run twice for the same time."""
        running = asyncio.ensure_future(asking)
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            raise
        finally:
            if running.done() and not running.cancelled() and running.exception() is None:
                first = running.result()[0]
                if isinstance(first, int):
                    self._virtual_ms, self._real_ms = now_ms, first
        return running.result()

    # -- faults, as of the fake

    def as_raised(self, wanted: str | Exception | type[Exception], /) -> Exception:
        """The error for an error reply of Redis, or for a class or an error of the port's or of redis-py's."""
        return redis_errors.as_raised(wanted)

    def lost_reply(self) -> Exception:
        """The error of a connection that ended before the reply."""
        return redis_errors.lost_connection()

    def disturbed(
        self, operation: str, _subject: Any, error: Exception | None, /, *, arguments: Sequence[Any], reached: bool
    ) -> None:
        """A call failed by a fault: a lock whose owner never heard of it, or could not release it, stays for its ttl."""
        del arguments
        if operation == ("cache.lock" if reached else "cache.unlock"):
            self._cut_off = error

    async def _release(self, key: bytes, token: str) -> bool:
        if self._cut_off is not None and sys.exception() is self._cut_off:
            self._locks.pop(token, None)
            return True
        return await super()._release(key, token)

    async def ttl(self, key: Key, /) -> float | None:
        left_s = await super().ttl(key)
        # What is set at one moment is never more than was asked for.
        return None if left_s is None else round(left_s, 2)

    @asynccontextmanager
    async def subscribe(self, *channels: str) -> AsyncIterator[AsyncIterator[Message]]:
        with self._outside.listening():
            async with super().subscribe(*channels) as messages:
                yield messages


def _wrap(
    client: Any,
    within: Callable[..., Awaitable[Any]],
    command: Callable[..., Awaitable[Any]],
    subscribing: Callable[..., Awaitable[Any]],
    listening: Callable[[], AbstractContextManager[None]],
) -> None:
    """Let every command of redis-py's client run through `command`, and what else it says through `within`.

    Subscriptions run through `subscribing`, and hear messages in a block of `listening`.
    """
    make, alone, subscriber = client.pipeline, client.client, client.pubsub
    client.execute_command = partial(command, client.execute_command)

    def pipeline(*args: Any, **options: Any) -> Any:
        made = make(*args, **options)
        made.execute = partial(within, made.execute)
        made.immediate_execute_command = partial(within, made.immediate_execute_command)
        return made

    def pubsub(*args: Any, **options: Any) -> Any:
        made = subscriber(*args, **options)
        heard = contextlib.ExitStack()
        heard.enter_context(listening())
        close = made.aclose

        async def aclose() -> None:
            heard.close()
            await close()

        made.execute_command = partial(subscribing, made.execute_command)
        made.aclose = aclose
        return made

    def client_of_one_connection() -> Any:
        made = alone()
        _wrap(made, within, within, subscribing, listening)
        return made

    client.pipeline = pipeline
    client.pubsub = pubsub
    client.client = client_of_one_connection
