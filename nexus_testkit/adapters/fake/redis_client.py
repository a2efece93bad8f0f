"""A `redis.asyncio.Redis` on the fake server, for the commands that the cache port does not wrap."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
from collections.abc import Callable
from functools import cache
from typing import Any

import fakeredis
import redis.asyncio
from redis.asyncio.client import PubSub
from redis.asyncio.lock import Lock
from redis.client import EMPTY_RESPONSE, NEVER_DECODE
from redis.exceptions import ResponseError

from nexus_testkit.adapters.fake.redis_server import VERSION, DirectSocket, RedisConnection
from nexus_testkit.errors.stack import Stack

# These keep a state on their connection, or wait for another client: they get a connection of their own.
# fmt: off
_NEEDS_CONNECTION = frozenset({
    "AUTH", "BLMOVE", "BLMPOP", "BLPOP", "BRPOP", "BRPOPLPUSH", "BZMPOP", "BZPOPMAX", "BZPOPMIN", "CLIENT", "DISCARD",
    "EXEC", "HELLO", "MONITOR", "MULTI", "PSUBSCRIBE", "PUNSUBSCRIBE", "QUIT", "RESET", "SELECT", "SHUTDOWN",
    "SSUBSCRIBE", "SUBSCRIBE", "SUNSUBSCRIBE", "UNSUBSCRIBE", "UNWATCH", "WAIT", "WAITAOF", "WATCH", "XREAD", "XREADGROUP",
})
# fmt: on


class FakeRedisClient(redis.asyncio.Redis):
    """redis-py's client. Most commands go straight to the server's command table, the rest over RESP.

    Attributes:
        pubsubs: the PubSub objects that were made, each with the stack of its creation.
    """

    def __init__(self, server: fakeredis.FakeServer) -> None:
        """Make a client of `server`; it connects on first use."""
        pool = redis.asyncio.ConnectionPool(connection_class=RedisConnection, server=server, version=VERSION)
        super().__init__(connection_pool=pool)
        self._server = server
        self._socket: DirectSocket | None = None
        encoder: Any = pool.get_encoder()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped
        self._encode = encoder.encode
        self.pubsubs: list[tuple[PubSub, Stack]] = []

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        command = args[0]
        words = command.split() if " " in command else (command,)
        if words[0].upper() in _NEEDS_CONNECTION:
            return await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]  # as above
        await asyncio.sleep(0)
        fields = [self._encode(word) for word in (*words, *args[1:])]
        try:
            reply = self._call(fields)
        except ResponseError:
            if EMPTY_RESPONSE in options:
                return options[EMPTY_RESPONSE]
            raise
        for name in (NEVER_DECODE, EMPTY_RESPONSE, "keys"):
            options.pop(name, None)
        callbacks: Any = self.response_callbacks
        callback = callbacks.get(command)
        if callback is None:
            return reply
        value = callback(reply, **options)
        return await value if inspect.isawaitable(value) else value

    def _call(self, fields: list[bytes]) -> Any:
        socket = self._socket
        if socket is None:
            socket = self._socket = DirectSocket(self._server, protocol=_wire_protocol())
        script = _LOCK_SCRIPTS.get(fields[1].decode("ascii", "replace")) if fields[0].upper() == b"EVALSHA" else None
        return socket.call(*fields) if script is None else script(socket, *fields[3:])

    def lock(self, name: Any, *args: Any, **options: Any) -> Lock:
        given = inspect.signature(super().lock).bind(name, *args, **options).arguments
        return super().lock(**{**given, "lock_class": given.get("lock_class") or _ScriptedLock})

    def client(self) -> redis.asyncio.Redis:
        return redis.asyncio.Redis(connection_pool=self.connection_pool, single_connection_client=True)

    def pubsub(self, **options: Any) -> PubSub:
        made = super().pubsub(**options)
        self.pubsubs.append((made, Stack(skip=2)))
        return made

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        await super().aclose(close_connection_pool)
        if self._socket is not None:
            self._socket.leave()
            self._socket = None


class _ScriptedLock(Lock):
    """redis-py's lock, which otherwise keeps the first client that ever made one in a class attribute."""

    lua_release: Any
    lua_extend: Any
    lua_reacquire: Any

    def register_scripts(self) -> None:
        self.lua_release = self.redis.register_script(self.LUA_RELEASE_SCRIPT)
        self.lua_extend = self.redis.register_script(self.LUA_EXTEND_SCRIPT)
        self.lua_reacquire = self.redis.register_script(self.LUA_REACQUIRE_SCRIPT)


# redis-py's lock runs three Lua scripts, and fakeredis needs a Lua interpreter for any. These say the same in Python.


def _owns(socket: DirectSocket, key: bytes, token: bytes) -> bool:
    held = socket.call(b"GET", key)
    return bool(held) and held == token


def _release(socket: DirectSocket, key: bytes, token: bytes) -> int:
    return int(_owns(socket, key, token) and socket.call(b"DEL", key))


def _extend(socket: DirectSocket, key: bytes, token: bytes, ttl_ms: bytes, replaces: bytes) -> int:
    left = socket.call(b"PTTL", key) if _owns(socket, key, token) else -1
    if left < 0:
        return 0
    wanted = int(ttl_ms) if replaces == b"1" else int(ttl_ms) + left
    socket.call(b"PEXPIRE", key, b"%d" % wanted)
    return 1


def _reacquire(socket: DirectSocket, key: bytes, token: bytes, ttl_ms: bytes) -> int:
    if not _owns(socket, key, token):
        return 0
    socket.call(b"PEXPIRE", key, ttl_ms)
    return 1


def _sha1(script: str) -> str:
    return hashlib.sha1(script.encode()).hexdigest()  # noqa: S324  # the name that Redis gives a script, no secret


_LOCK_SCRIPTS: dict[str, Callable[..., int]] = {
    _sha1(Lock.LUA_RELEASE_SCRIPT): _release,
    _sha1(Lock.LUA_EXTEND_SCRIPT): _extend,
    _sha1(Lock.LUA_REACQUIRE_SCRIPT): _reacquire,
}


@cache
def _wire_protocol() -> int:
    """What the installed redis-py speaks when nothing else is asked for: RESP 2 up to 7.x, 3 since 8.0."""
    return int(redis.asyncio.Connection().protocol)
