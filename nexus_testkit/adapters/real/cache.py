"""Redis through redis-py: the cache port in production."""

from __future__ import annotations

import asyncio
import math
import secrets
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from functools import cached_property
from types import TracebackType
from typing import Any, Self

from nexus_testkit.adapters.real.redis_client import close_client, make_client, make_subscriber, split
from nexus_testkit.adapters.real.redis_subscription import Subscription
from nexus_testkit.adapters.redis_errors import connection_error, lock_lost, lock_timeout
from nexus_testkit.adapters.redis_translation import translate_client, translated
from nexus_testkit.adapters.redis_values import as_milliseconds, key_bytes, key_text, positive_milliseconds, value_bytes
from nexus_testkit.errors import CacheError
from nexus_testkit.errors.stack import Stack
from nexus_testkit.ports.cache import Key, Message, Ttl, Value

# One step on the server. Errors are handed on as they are; a plain call would add the script's name to it.
# The sum is read as text: Lua's numbers are doubles, which are not exact beyond 2**53.
_INCREMENT = """
local value = redis.pcall('INCRBY', KEYS[1], ARGV[1])
if type(value) ~= 'number' then return value end
if redis.call('PTTL', KEYS[1]) == -1 then
  local done = redis.pcall('PEXPIRE', KEYS[1], ARGV[2])
  if type(done) ~= 'number' then return done end
end
return redis.call('GET', KEYS[1])
"""
_RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) else return 0 end"
_GLOB = str.maketrans({char: f"\\{char}" for char in "*?[]\\^-"})
_BATCH = 500


class RedisCache:
    """A Redis server (6.2 or newer), a cluster, or the master that sentinels name; Valkey as well.

    Connects with the first operation; `async with` or `aclose()` ends it. A connection that broke is replaced with the
    next operation; nothing is repeated, because only the caller knows whether it may be.

    Limits: one event loop. A waiter for a lock looks at it every 50 ms. `keys` and a `clear` with a prefix walk through
    the whole database (SCAN). In a cluster `set_many` and `get_many` are one step for each slot, not for all, and
    `publish` counts the subscribers of one node.
    """

    def __init__(
        self,
        url: str,
        *,
        prefix: str = "",
        max_connections: int = 50,
        acquire_timeout_s: float = 20.0,
        connect_timeout_s: float = 5.0,
        reply_timeout_s: float = 5.0,
        lock_poll_s: float = 0.05,
        options: Mapping[str, Any] | None = None,
    ) -> None:
        """Say how to reach the server; nothing is opened yet.

        Args:
            url: `redis://user:password@host:port/database`, `rediss://` for TLS, `unix:///path/of/socket?db=0`,
                `redis+cluster://host:port` or `rediss+cluster://`, and
                `redis+sentinel://user:password@sentinel:26379,sentinel:26379/NAME-OF-THE-MASTER/database` (or
                `rediss+sentinel://`; `?sentinel_username=...&sentinel_password=...` is the login at the sentinels).
            prefix: of every key, lock and channel, put on and taken off here: several applications share a database.
                `client` knows nothing of it.
            max_connections: at most so many are open; subscriptions have one more each. In a cluster, to each node.
            acquire_timeout_s: seconds to wait for a free one.
            connect_timeout_s: seconds for a new connection.
            reply_timeout_s: seconds for each reply.
            lock_poll_s: seconds between two looks at a lock that somebody else holds.
            options: further arguments of redis-py's connections, such as `{"ssl_ca_certs": "/etc/ssl/ours.pem"}`.

        Raises:
            ValueError: a URL that is none of these.
        """
        split(url)
        self._url = url
        self._prefix = key_bytes(prefix)
        self._poll_s = lock_poll_s
        self._options = {**(options or {}), "socket_connect_timeout": connect_timeout_s, "decode_responses": False}
        self._client: Any = make_client(
            url,
            max_connections=max_connections,
            acquire_timeout_s=acquire_timeout_s,
            options={**self._options, "socket_timeout": reply_timeout_s},
        )
        translate_client(self._client, self._check_open)
        self._increments = self._client.register_script(_INCREMENT)
        self._releases = self._client.register_script(_RELEASE)
        self._closed = False
        self._locks: dict[str, tuple[str, float, Stack]] = {}
        self._subscriptions: dict[Subscription, tuple[tuple[str, ...], Stack]] = {}

    # -- for subclasses

    def asking(self) -> AbstractAsyncContextManager[object]:
        """Entered around what waits for the server by itself: subscribing, and the end. Commands go through `client`."""
        return nullcontext()

    # -- values

    async def get(self, key: Key, /) -> bytes | None:
        found: bytes | None = await self._call("GET", self._key(key))
        return found

    async def set(self, key: Key, value: Value, /, *, ttl: Ttl | None = None, only_if_absent: bool = False) -> bool:
        fields: list[Any] = [self._key(key), value_bytes(value)]
        if ttl is not None:
            fields += ["PX", positive_milliseconds(ttl, "set")]
        if only_if_absent:
            fields.append("NX")
        return bool(await self._call("SET", *fields))

    async def delete(self, *keys: Key) -> bool:
        names = [self._key(key) for key in keys]
        self._check_open()
        with translated():
            return bool(names) and bool(await self._client.delete(*names))

    async def exists(self, key: Key, /) -> bool:
        return bool(await self._call("EXISTS", self._key(key)))

    async def increment(self, key: Key, amount: int = 1, /, *, ttl: Ttl | None = None) -> int:
        name, by = self._key(key), value_bytes(amount)
        if ttl is None:
            return int(await self._call("INCRBY", name, by))
        lasts_ms = positive_milliseconds(ttl, "increment")
        self._check_open()
        with translated():
            return int(await self._increments(keys=[name], args=[by, lasts_ms]))

    async def get_many(self, keys: Iterable[Key], /) -> dict[Key, bytes]:
        wanted = list(keys)
        names = [self._key(key) for key in wanted]
        self._check_open()
        if not names:
            return {}
        read = self._client.mget_nonatomic if self._clustered else self._client.mget
        with translated():
            found = await read(names)
        return {key: value for key, value in zip(wanted, found, strict=True) if value is not None}

    async def set_many(self, values: Mapping[Key, Value], /, *, ttl: Ttl | None = None) -> None:
        fields = [(self._key(key), value_bytes(value)) for key, value in values.items()]
        lasts_ms = None if ttl is None else positive_milliseconds(ttl, "set")
        self._check_open()
        if not fields:
            return
        with translated():
            async with self._client.pipeline(transaction=not self._clustered) as pipeline:
                for name, value in fields:
                    pipeline.set(name, value, px=lasts_ms)
                # Raised here: redis-py would put the number of the command before the server's words.
                for answer in await pipeline.execute(raise_on_error=False):
                    if isinstance(answer, Exception):
                        raise answer

    # -- time to live

    async def expire(self, key: Key, ttl: Ttl | None, /) -> bool:
        name = self._key(key)
        if ttl is not None:
            return bool(await self._call("PEXPIRE", name, as_milliseconds(ttl)))
        await self._call("PERSIST", name)
        return bool(await self._call("EXISTS", name))

    async def ttl(self, key: Key, /) -> float | None:
        left_ms = int(await self._call("PTTL", self._key(key)))
        if left_ms >= 0:
            return left_ms / 1000
        return math.inf if left_ms == -1 else None

    # -- the whole cache

    async def keys(self, pattern: str = "*", /) -> list[str]:
        return sorted({key_text(name.removeprefix(self._prefix)) async for name in self._names(pattern)})

    async def _names(self, pattern: str) -> AsyncIterator[bytes]:
        if not pattern:  # SCAN would take it for every key, KEYS for the empty one
            if await self._call("EXISTS", self._prefix):
                yield self._prefix
            return
        self._check_open()
        glob = key_bytes(key_text(self._prefix).translate(_GLOB) + pattern)
        with translated():
            async for name in self._client.scan_iter(match=glob, count=_BATCH):
                yield name

    async def clear(self) -> None:
        self._check_open()
        if self._prefix:
            names = [name async for name in self._names("*")]
            with translated():
                for at in range(0, len(names), _BATCH):
                    await self._client.delete(*names[at : at + _BATCH])
        else:
            with translated():
                await self._client.flushdb()

    async def health_check(self) -> bool:
        try:
            return bool(await self._call("PING"))
        except CacheError:
            return False

    # -- locks

    @asynccontextmanager
    async def lock(self, name: str, /, *, ttl: Ttl = 10, wait: float | None = None) -> AsyncIterator[None]:
        """See the port.

        Raises:
            TimeoutError: not acquired within `wait`; also redis-py's LockError.
            redis.exceptions.LockNotOwnedError: the lock's `ttl` ended before the block did (a note is added to the
                block's own exception where it raised one).
        """
        key, lasts_ms = self._key(name), positive_milliseconds(ttl, "set")
        token = secrets.token_hex(16)
        made_at = Stack(skip=3)
        await self._acquire(name, key, token, lasts_ms, wait)
        self._locks[token] = (name, asyncio.get_running_loop().time() + lasts_ms / 1000, made_at)
        try:
            yield
        except BaseException as error:
            try:
                if not await self._release(key, token):
                    error.add_note(str(lock_lost(name, lasts_ms / 1000)))
            except CacheError as also:
                error.add_note(f"and the lock {name!r} could not be released: {also}")
            raise
        if not await self._release(key, token):
            raise lock_lost(name, lasts_ms / 1000)

    async def _acquire(self, name: str, key: bytes, token: str, lasts_ms: int, wait_s: float | None) -> None:
        loop = asyncio.get_running_loop()
        deadline = math.inf if wait_s is None else loop.time() + wait_s
        try:
            while not await self._call("SET", key, token, "PX", lasts_ms, "NX"):
                left_s = deadline - loop.time()
                if left_s <= 0:
                    raise lock_timeout(name, wait_s or 0)
                await asyncio.sleep(min(self._poll_s, left_s))
        except asyncio.CancelledError:
            with suppress(CacheError):  # SET may have been under way
                await self._release(key, token)
            raise

    async def _release(self, key: bytes, token: str) -> bool:
        """Delete the lock if it is still ours; also when the task is cancelled meanwhile."""
        self._locks.pop(token, None)
        self._check_open()
        releasing = asyncio.ensure_future(self._releases(keys=[key], args=[token]))
        try:
            with translated():
                return bool(await asyncio.shield(releasing))
        except asyncio.CancelledError:
            await asyncio.wait([releasing])
            raise

    # -- publish and subscribe

    async def publish(self, channel: str, data: Value, /) -> int:
        return int(await self._call("PUBLISH", self._key(channel), value_bytes(data)))

    @asynccontextmanager
    async def subscribe(self, *channels: str) -> AsyncIterator[AsyncIterator[Message]]:
        made_at = Stack(skip=3)
        self._check_open()
        subscription = Subscription(self._subscriber.pubsub(), prefix=self._prefix)
        self._subscriptions[subscription] = (channels, made_at)
        try:
            async with self.asking():
                await subscription.begin([self._key(channel) for channel in channels])
            yield subscription
        finally:
            self._subscriptions.pop(subscription, None)
            async with self.asking():
                await subscription.aclose()

    @cached_property
    def _subscriber(self) -> Any:
        return make_subscriber(self._url, options=self._options)

    # -- the library behind it

    @property
    def client(self) -> Any:
        """redis-py's client: a `Redis`, or a `RedisCluster`; one for the cache, closed with it. Its errors are the port's too."""
        return self._client

    @property
    def _clustered(self) -> bool:
        return hasattr(self._client, "mget_nonatomic")

    def _key(self, key: Key) -> bytes:
        return self._prefix + key_bytes(key)

    async def _call(self, *fields: Any) -> Any:
        self._check_open()
        with translated():
            return await self._client.execute_command(*fields)

    def _check_open(self) -> None:
        if self._closed:  # redis-py would connect again
            raise connection_error("the connection to the cache is closed")

    # -- the end

    def leaks(self) -> list[str]:
        """Locks that are held and subscriptions that are open, each with the stack of its creation."""
        now = asyncio.get_running_loop().time() if self._locks else 0.0
        found = [
            f"a lock that is still held: {name!r}\n{made_at}"
            for name, until, made_at in self._locks.values()
            if until > now
        ]
        return found + [
            f"a subscription that is still open: {', '.join(channels)}\n{made_at}"
            for channels, made_at in self._subscriptions.values()
        ]

    async def aclose(self) -> None:
        """Close every connection; safe to call twice, and when nothing was used."""
        if self._closed:
            return
        self._closed = True
        subscriber = self.__dict__.pop("_subscriber", None)
        async with self.asking():
            for subscription in list(self._subscriptions):
                await subscription.aclose()
            for client in (self._client, subscriber):
                if client is not None:
                    await close_client(client)
        self._subscriptions.clear()
        self._locks.clear()

    async def __aenter__(self) -> Self:
        with translated():
            await self._client.ping()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()
