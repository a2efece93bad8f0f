"""fakeredis' server and connections, made deterministic and true to Redis where the difference shows in virtual time."""

from __future__ import annotations

import asyncio
import heapq
import re
import sys
from collections import defaultdict
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any

import fakeredis
import redis.asyncio
from fakeredis._command_args_parsing import Float
from fakeredis._core._database import Database
from fakeredis._helpers import SimpleError
from fakeredis._msgs import NONFINITE_MSG
from fakeredis.aioredis import FakeAsyncRedisConnection, FakeReader, FakeWriter
from fakeredis.model import _acl

from nexus_testkit.adapters.fake.redis_commands import RedisCommands, in_redis_words, why_refused
from nexus_testkit.adapters.redis_errors import combined, command_error, connection_error
from nexus_testkit.errors import CacheConnectionError
from nexus_testkit.ports.clock import Clock
from nexus_testkit.simulation import follow_virtual_time

VERSION = (7, 4)
_UNKNOWN = re.compile(r"ERR unknown command '([^']*)'")
_MISSING = "fakeredis does not have this command"
_SCRIPTS = "the fake runs Lua only where the package lupa is installed; redis-py's own lock scripts always work"
_LUA = ("eval", "evalsha", "script", "script load")
_HALF_MILLISECOND = 0.0005
_EXACT = 1e12
_LEAST = b"-9223372036854775808"
_ConnectionLost: Any = combined(CacheConnectionError, redis.exceptions.ConnectionError)

# Keys expire by the world's clock (RedisDatabase); what else asks for the time does so in fakeredis' own modules: TIME, the
# ids of streams, fields of hashes that expire.
follow_virtual_time([module for name, module in list(sys.modules.items()) if name.startswith("fakeredis.")])

# A new server looks through all commands for those of "@all", to make its default user: half of what a server costs. The
# answer never changes, and is only walked.
if hasattr(_acl, "get_commands_by_category"):  # another fakeredis may keep it elsewhere
    _acl.get_commands_by_category = cache(_acl.get_commands_by_category)


def new_server(clock: Clock) -> fakeredis.FakeServer:
    """A server of its own, whose keys expire by `clock`; fakeredis' default is one that all worlds would share."""
    server = fakeredis.FakeServer(version=VERSION)
    server.dbs = defaultdict(lambda: RedisDatabase(server.lock, clock))
    return server


class _OrderedSet(dict[Any, None]):
    """A set that iterates in the order of insertion: Redis serves blocked clients first come, first served."""

    def add(self, item: Any) -> None:
        self[item] = None

    def remove(self, item: Any) -> None:
        del self[item]


class RedisDatabase(Database):
    """Keys whose expiry is counted in whole milliseconds, as Redis counts it.

    A key is gone once `now > when` (keyIsExpired, src/db.c of Redis 7.4), so it is still there in the very
    millisecond in which its time to live ends. But EXPIRE with a time that is not in the future deletes at once
    (checkAlreadyExpired, src/expire.c).
    """

    def __init__(self, lock: Any, clock: Clock) -> None:
        self._clock = clock
        self._now = 0.0
        self._waiters: dict[bytes, dict[asyncio.Future[None], None]] = {}
        super().__init__(lock)
        self._change_callbacks: Any = _OrderedSet()

    @property
    def time(self) -> float:
        """Seconds since 1970, cut to milliseconds; read from the clock whenever fakeredis notes the time of a command."""
        return self._now

    @time.setter
    def time(self, _: float) -> None:
        # Through microseconds, the resolution of gettimeofday: a plain floor would turn 0.3 s into 299 ms.
        self._now = round(self._clock.now().timestamp() * 1e6) // 1000 / 1000

    def expired(self, item: Any) -> bool:
        return item.expireat is not None and item.expireat + _HALF_MILLISECOND < self._now

    def schedule_expiry(self, key: bytes, expireat: float | None) -> None:
        if expireat is not None and expireat <= self._now:
            self._dict.pop(key, None)
        else:
            super().schedule_expiry(key, expireat)

    def _remove_expired(self) -> None:
        heap = self._expiry_heap
        limit = self._now - _HALF_MILLISECOND
        while heap and heap[0][0] < limit:
            _, key = heapq.heappop(heap)
            item = self._dict.get(key)
            if item is not None and self.expired(item):
                del self._dict[key]

    def notify_watch(self, key: bytes) -> None:
        super().notify_watch(key)
        for waiter in self._waiters.pop(key, ()):
            if not waiter.done():
                waiter.set_result(None)

    async def changed(self, key: bytes, *, timeout_s: float | None) -> None:
        """Wait until somebody writes or deletes the key, or for `timeout_s` seconds."""
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.setdefault(key, {})[waiter] = None
        try:
            await asyncio.wait([waiter], timeout=timeout_s)
        finally:
            waiters = self._waiters.get(key)
            if waiters is not None:
                waiters.pop(waiter, None)
                if not waiters:
                    del self._waiters[key]


class RedisSocket(RedisCommands):
    """One connection to the server. Its error replies are the port's errors and redis-py's at once."""

    _connection_error_class = _ConnectionLost
    _leaving = False
    _waiting: asyncio.Task[Any] | None = None

    def _process_command(self, fields: list[bytes]) -> None:
        # fakeredis (2.40) cuts the fraction of a second off the moment at which SETEX lets a key expire.
        if len(fields) == 4 and fields[0].upper() == b"SETEX" and fields[2].isdigit() and int(fields[2]):
            name, key, seconds, value = fields
            fields = [name[:3], key, value, b"EX", seconds]
        elif len(fields) == 3 and fields[0].upper() == b"DECRBY" and fields[2] == _LEAST:
            fields = [*fields[:2], b"out of range"]  # Redis refuses what cannot be negated; fakeredis can
        super()._process_command(fields)

    def _encodefloat(self, value: float, humanfriendly: bool) -> bytes:
        # Redis adds in long doubles and shows 17 decimals of them, without zeros (incrbyfloatCommand, src/t_string.c): of 0.1 and
        # 0.2 it makes 0.3. fakeredis shows those of the double, and refuses an infinite increment where Redis refuses an infinite sum.
        if humanfriendly and not isfinite(value):
            raise SimpleError(NONFINITE_MSG)
        if humanfriendly and abs(value) < _EXACT:
            value = float(f"{value:.15g}")
            return format(Decimal(repr(value)), "f").removesuffix(".0").encode()
        encoded: bytes = super()._encodefloat(value, humanfriendly)
        return encoded

    def hincrbyfloat(self, key: Any, field: bytes, amount: bytes) -> Any:
        # Redis refuses an infinite amount before it looks at the field, and a field that is no number in words of its own
        # (hincrbyfloatCommand, src/t_hash.c of Redis 7.4).
        if not isfinite(Float.decode(amount)):
            raise SimpleError("ERR value is NaN or Infinity")
        Float.decode(key.value.get(field, b"0"), decode_error="ERR hash value is not a float")
        return super().hincrbyfloat(key, field, amount)

    def __hash__(self) -> int:
        # Subscribers stand in sets: by address, their order would differ from run to run.
        return int(self._client_info["id"])

    def __eq__(self, other: object) -> bool:
        return self is other

    def leave(self) -> None:
        """Disconnect; safe to call twice. A command that waits for another client is given up.

        fakeredis only forgets a connection when it is garbage: until then it would count as a subscriber, and a
        blocked one would still take what was meant for others.
        """
        if self._server is None or self._leaving:
            return
        if self._blocked:
            self._leaving = True
            if self._waiting is not None:
                self._waiting.cancel()
        else:
            self._left()

    def _left(self) -> None:
        self._cleanup(self._server)
        self.close()
        self._parser.close()

    async def _async_blocking(self, *args: Any, **options: Any) -> None:
        self._waiting = asyncio.current_task()
        if self._leaving and self._waiting is not None:
            self._waiting.cancel()
        try:
            await super()._async_blocking(*args, **options)
        finally:
            self._waiting = None
            if self._leaving:
                self._left()

    def _decode_error(self, error: Any) -> Any:
        decoded = command_error(in_redis_words(error.value))
        unknown = _UNKNOWN.match(error.value)
        if unknown is not None:
            decoded.hint = why_refused(unknown[1]) or (_SCRIPTS if unknown[1] in _LUA else _MISSING)
        return decoded


class DirectSocket(RedisSocket):
    """A connection that takes commands as lists of bytes and gives replies as they are, without RESP between."""

    def __init__(self, server: fakeredis.FakeServer, *, protocol: int = 2) -> None:
        super().__init__(server, 0, client_class=redis.asyncio.Redis, client_info=_client_info(protocol))
        self._reply: Any = None

    def put_response(self, msg: Any) -> None:
        self._reply = msg

    def call(self, *fields: bytes) -> Any:
        """Run one command to its end.

        Raises:
            CacheError: the reply was an error, or the server is gone.
        """
        self.check_connected()
        self._process_command(list(fields))
        reply = self._reply
        if isinstance(reply, Exception):
            raise reply
        return reply

    def check_connected(self) -> None:
        """Raise CacheConnectionError where the server has gone or has ended this connection."""
        if self._server is None or self._killed or not self._server.connected:
            raise _ConnectionLost("the connection to the cache is closed")


class SubscriberSocket(DirectSocket):
    """A connection in subscribed mode: what arrives goes into a queue.

    Attributes:
        arrived: replies and messages as lists; None behind the last of them.
    """

    def __init__(self, server: fakeredis.FakeServer) -> None:
        super().__init__(server)
        self.arrived: asyncio.Queue[list[Any] | None] = asyncio.Queue()

    def put_response(self, msg: Any) -> None:
        self.arrived.put_nowait(msg)

    def leave(self) -> None:
        super().leave()
        self.arrived.put_nowait(None)


class RedisConnection(FakeAsyncRedisConnection):
    """redis-py's connection, talking RESP to the same server: for what needs a connection of its own."""

    _connection_error_class = _ConnectionLost

    async def connect(self) -> None:
        try:
            await super().connect()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        except redis.exceptions.ConnectionError as error:
            if isinstance(error, CacheConnectionError):
                raise
            raise connection_error(str(error)) from error  # redis-py makes a new one of its own class

    async def _connect(self) -> None:
        if self._server is None or not self._server.connected:
            raise _ConnectionLost("the connection to the cache is refused")
        self._sock = RedisSocket(
            self._server, self.db, client_class=redis.asyncio.Redis, client_info=dict(self._client_info)
        )
        self._reader = FakeReader(self._sock)
        self._writer = FakeWriter(self._sock)

    async def _read_response(self, **options: Any) -> Any:
        reply = await super()._read_response(**options)
        if reply is None and self._sock is None:  # closed meanwhile; None is what an empty BLPOP gives
            raise _ConnectionLost("the connection to the cache was closed while a reply was awaited")
        return reply

    async def disconnect(self, *args: Any, **options: Any) -> None:
        socket = self._sock
        await super().disconnect(*args, **options)
        if isinstance(socket, RedisSocket):
            socket.leave()


def _client_info(protocol: int) -> dict[str, Any]:
    """What CLIENT INFO says; the socket makes fakeredis' ClientInfo of it."""
    return {
        "addr": "127.0.0.1:0",
        "laddr": "127.0.0.1:6379",
        "fd": 8,
        "name": "",
        "flags": "N",
        "db": 0,
        "cmd": "NULL",
        "redir": -1,
        "resp": protocol,
    }
