"""The cache port on fakeredis."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import cached_property
from typing import Any, Self, cast

import fakeredis
import redis.asyncio

from nexus_testkit.adapters.fake.redis_client import FakeRedisClient
from nexus_testkit.adapters.fake.redis_server import DirectSocket, RedisDatabase, SubscriberSocket, new_server
from nexus_testkit.adapters.redis_errors import (
    as_raised,
    command_error,
    connection_error,
    lock_lost,
    lock_timeout,
    lost_connection,
)
from nexus_testkit.adapters.redis_translation import translate_client
from nexus_testkit.adapters.redis_values import as_milliseconds as _as_milliseconds
from nexus_testkit.adapters.redis_values import key_bytes as _key
from nexus_testkit.adapters.redis_values import key_text as _text
from nexus_testkit.adapters.redis_values import positive_milliseconds as _milliseconds
from nexus_testkit.adapters.redis_values import value_bytes as _value
from nexus_testkit.errors import CacheError
from nexus_testkit.errors.stack import Stack
from nexus_testkit.ports.cache import Key, Message, Ttl, Value
from nexus_testkit.ports.clock import Clock

_LARGEST = 2**63 - 1


class FakeRedisCache:
    """Redis in memory: a fakeredis server of its own, whose keys expire by `clock`.

    Every operation lets other tasks run once before it happens, as a network would, and then happens whole.

    Limits: one database, no persistence, no eviction, no cluster; Lua scripts other than those of redis-py's
    lock need the package lupa; what fakeredis lacks is refused as an unknown command, and so are LCS and positions (GEOADD and
    its like), which it does otherwise than Redis, and the commands of modules. The bytes of a HyperLogLog cannot be read (GET). Where more than one thing is wrong
    with a command of `client`, it may be told of another one than Redis would tell of. INCRBYFLOAT counts in doubles.
    """

    def __init__(self, *, clock: Clock) -> None:
        """Make an empty cache; the server comes with the first operation."""
        self._clock = clock
        self._socket: DirectSocket | None = None
        self._tokens = 0
        self._cut_off: BaseException | None = None
        self._closed = False
        self._locks: dict[bytes, tuple[str, bytes, Stack]] = {}
        self._subscriptions: dict[SubscriberSocket, tuple[tuple[str, ...], Stack]] = {}

    # -- values

    async def get(self, key: Key, /) -> bytes | None:
        await asyncio.sleep(0)
        found: bytes | None = self._call(b"GET", _key(key))
        return found

    async def set(self, key: Key, value: Value, /, *, ttl: Ttl | None = None, only_if_absent: bool = False) -> bool:
        fields = [b"SET", _key(key), _value(value)]
        if ttl is not None:
            fields += (b"PX", b"%d" % _milliseconds(ttl, "set"))
        if only_if_absent:
            fields.append(b"NX")
        await asyncio.sleep(0)
        return self._call(*fields) is not None

    async def delete(self, *keys: Key) -> bool:
        fields = [_key(key) for key in keys]
        await asyncio.sleep(0)
        return bool(fields) and self._call(b"DEL", *fields) > 0

    async def exists(self, key: Key, /) -> bool:
        await asyncio.sleep(0)
        return bool(self._call(b"EXISTS", _key(key)))

    async def increment(self, key: Key, amount: int = 1, /, *, ttl: Ttl | None = None) -> int:
        name = _key(key)
        lasts_ms = None if ttl is None else _milliseconds(ttl, "increment")
        await asyncio.sleep(0)
        value: int = self._call(b"INCRBY", name, _value(amount))
        if lasts_ms is not None:
            self._call(b"PEXPIRE", name, b"%d" % lasts_ms, b"NX")
        return value

    async def get_many(self, keys: Iterable[Key], /) -> dict[Key, bytes]:
        wanted = list(keys)
        fields = [_key(key) for key in wanted]
        await asyncio.sleep(0)
        found = self._call(b"MGET", *fields) if fields else []
        return {key: value for key, value in zip(wanted, found, strict=True) if value is not None}

    async def set_many(self, values: Mapping[Key, Value], /, *, ttl: Ttl | None = None) -> None:
        fields = [(_key(key), _value(value)) for key, value in values.items()]
        lasts = () if ttl is None else (b"PX", b"%d" % _milliseconds(ttl, "set"))
        await asyncio.sleep(0)
        for name, value in fields:
            self._call(b"SET", name, value, *lasts)

    # -- time to live

    async def expire(self, key: Key, ttl: Ttl | None, /) -> bool:
        name = _key(key)
        lasts_ms = None if ttl is None else _as_milliseconds(ttl)
        await asyncio.sleep(0)
        if lasts_ms is not None:
            if abs(lasts_ms) > _LARGEST:
                raise command_error("ERR value is not an integer or out of range")
            if lasts_ms > _LARGEST - round(self._clock.now().timestamp() * 1000):  # fakeredis would take it
                raise command_error("ERR invalid expire time in 'pexpire' command")
            return bool(self._call(b"PEXPIRE", name, b"%d" % lasts_ms))
        self._call(b"PERSIST", name)
        return bool(self._call(b"EXISTS", name))

    async def ttl(self, key: Key, /) -> float | None:
        await asyncio.sleep(0)
        left_ms = self._call(b"PTTL", _key(key))
        if left_ms >= 0:
            return float(left_ms / 1000)
        return math.inf if left_ms == -1 else None

    # -- the whole cache

    async def keys(self, pattern: str = "*", /) -> list[str]:
        await asyncio.sleep(0)
        return sorted(_text(name) for name in self._call(b"KEYS", _key(pattern)))

    async def clear(self) -> None:
        await asyncio.sleep(0)
        self._call(b"FLUSHDB")

    async def health_check(self) -> bool:
        await asyncio.sleep(0)
        try:
            return bool(self._call(b"PING") == b"PONG")
        except CacheError:
            return False

    # -- locks

    @asynccontextmanager
    async def lock(self, name: str, /, *, ttl: Ttl = 10, wait: float | None = None) -> AsyncIterator[None]:
        """See the port. A waiter is woken when the lock is released or expires, it does not poll.

        Raises:
            TimeoutError: not acquired within `wait`; also redis-py's LockError.
            redis.exceptions.LockNotOwnedError: the lock's `ttl` ended before the block did (a note is added to the
                block's own exception where it raised one).
        """
        key, lasts_ms = _key(name), _milliseconds(ttl, "set")
        self._tokens += 1
        token = b"lock-%d" % self._tokens
        made_at = Stack(skip=3)
        await self._acquire(name, key, token, lasts_ms, wait)
        self._locks[token] = (name, key, made_at)
        try:
            yield
        except BaseException as error:
            if error is self._cut_off:  # nobody is left who could release it: its ttl will
                self._locks.pop(token, None)
            elif not self._release(key, token):
                error.add_note(str(lock_lost(name, lasts_ms / 1000)))
            raise
        try:
            await asyncio.sleep(0)
        finally:  # a task that is cancelled here must not keep the lock
            released = self._release(key, token)
        if not released:
            raise lock_lost(name, lasts_ms / 1000)

    async def _acquire(self, name: str, key: bytes, token: bytes, lasts_ms: int, wait_s: float | None) -> None:
        loop = asyncio.get_running_loop()
        deadline = None if wait_s is None else loop.time() + wait_s
        await asyncio.sleep(0)
        while self._call(b"SET", key, token, b"PX", b"%d" % lasts_ms, b"NX") is None:
            left_ms = self._call(b"PTTL", key)
            # A key is still there in the millisecond in which it ends: look again in the next one.
            pause_s = math.inf if left_ms < 0 else (left_ms + 1) / 1000
            if deadline is not None:
                pause_s = min(pause_s, deadline - loop.time())
                if pause_s <= 0:
                    raise lock_timeout(name, wait_s or 0)
            await self._database.changed(key, timeout_s=None if pause_s == math.inf else pause_s)

    def _release(self, key: bytes, token: bytes) -> bool:
        """Delete the lock if it is still ours; one step, as the Lua script of a real client is."""
        self._locks.pop(token, None)
        return self._call(b"GET", key) == token and bool(self._call(b"DEL", key))

    # -- publish and subscribe

    async def publish(self, channel: str, data: Value, /) -> int:
        fields = (_key(channel), _value(data))
        await asyncio.sleep(0)
        received: int = self._call(b"PUBLISH", *fields)
        return received

    @asynccontextmanager
    async def subscribe(self, *channels: str) -> AsyncIterator[AsyncIterator[Message]]:
        made_at = Stack(skip=3)
        await asyncio.sleep(0)
        self._direct.check_connected()
        socket = SubscriberSocket(self._server)
        self._subscriptions[socket] = (channels, made_at)
        try:
            socket.call(b"SUBSCRIBE", *(_key(channel) for channel in channels))
            yield _Subscription(socket)
        finally:
            self._subscriptions.pop(socket, None)
            socket.leave()

    # -- the library behind it

    @cached_property
    def _server(self) -> fakeredis.FakeServer:
        return new_server(self._clock)

    @property
    def _database(self) -> RedisDatabase:
        database = self._server.dbs[0]
        return cast(RedisDatabase, database)

    @property
    def _direct(self) -> DirectSocket:
        socket = self._socket
        if socket is None:
            self._check_open()
            socket = self._socket = DirectSocket(self._server)
        return socket

    def _call(self, *fields: bytes) -> Any:
        return (self._socket or self._direct).call(*fields)

    @cached_property
    def client(self) -> redis.asyncio.Redis:
        """redis-py's client of the same server; one for the cache, closed with it."""
        client: redis.asyncio.Redis = translate_client(FakeRedisClient(self._server), self._check_open)
        return client

    def _check_open(self) -> None:
        if self._closed:
            raise connection_error("the connection to the cache is closed")

    # -- faults

    def as_raised(self, wanted: str | Exception | type[Exception], /) -> Exception:
        """The error for an error reply of Redis, or for a class or an error of the port's or of redis-py's."""
        return as_raised(wanted)

    def lost_reply(self) -> Exception:
        """The error of a connection that ended before the reply."""
        return lost_connection()

    def disturbed(
        self, operation: str, _subject: Any, error: Exception | None, /, *, arguments: Sequence[Any], reached: bool
    ) -> None:
        """A call failed by a fault: a lock whose owner never heard of it, or could not release it, stays for its ttl."""
        del arguments
        if operation == ("cache.lock" if reached else "cache.unlock"):
            self._cut_off = error

    # -- the end

    def leaks(self) -> list[str]:
        """Locks that are held and subscriptions that are open, each with the stack of its creation."""
        found = [
            f"a lock that is still held: {name!r}\n{made_at}"
            for token, (name, key, made_at) in self._locks.items()
            if self._call(b"GET", key) == token
        ]
        found += [
            f"a subscription that is still open: {', '.join(channels)}\n{made_at}"
            for channels, made_at in self._subscriptions.values()
        ]
        client = self.__dict__.get("client")
        if client is not None:
            found += [
                f"a PubSub of the Redis client that is still open: {_channels(pubsub)}\n{made_at}"
                for pubsub, made_at in client.pubsubs
                if pubsub.connection is not None
            ]
        return found

    async def aclose(self) -> None:
        """Close every connection; safe to call twice, and when nothing was used. What was stored is gone."""
        client = self.__dict__.get("client")
        if client is not None and not self._closed:
            for pubsub, _ in client.pubsubs:
                await pubsub.aclose()
            await client.aclose()
            await client.connection_pool.disconnect()
        for socket in list(self._subscriptions):
            socket.leave()
        self._subscriptions.clear()
        self._locks.clear()
        self._closed = True
        direct, self._socket = self._socket, None
        if direct is not None:
            direct.leave()


class _Subscription:
    """The messages of one subscription, until it is closed."""

    def __init__(self, socket: SubscriberSocket) -> None:
        self._arrived = socket.arrived

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        while True:
            arrived = await self._arrived.get()
            if arrived is None:
                self._arrived.put_nowait(None)  # for whoever asks again
                raise StopAsyncIteration
            kind, channel, data = arrived
            if kind == b"message":
                return Message(_text(channel), data)


def _channels(pubsub: Any) -> str:
    return ", ".join(_text(name) for name in [*pubsub.channels, *pubsub.patterns]) or "no channel"
