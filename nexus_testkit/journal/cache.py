"""The cache port's side of the seam."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Self

from nexus_testkit.errors import CacheError
from nexus_testkit.journal.block import Block
from nexus_testkit.journal.commands import Commands
from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.cache import CacheManager, Key, Message, Ttl, Value


class SeamedCache:
    """A cache, each of whose calls crosses the seam, those of its client included (as `"cache.client"`)."""

    def __init__(self, inner: CacheManager, seam: Seam) -> None:
        """Wrap `inner`."""
        self._inner = inner
        self._seam = seam
        self._client: Any = None

    async def get(self, key: Key, /) -> bytes | None:
        return await self._seam.call("cache.get", self._inner.get, key)

    async def set(self, key: Key, value: Value, /, *, ttl: Ttl | None = None, only_if_absent: bool = False) -> bool:
        options: dict[str, Any] = {} if ttl is None else {"ttl": ttl}
        if only_if_absent:
            options["only_if_absent"] = True
        return await self._seam.call("cache.set", self._inner.set, key, value, **options)

    async def delete(self, *keys: Key) -> bool:
        return await self._seam.call("cache.delete", self._inner.delete, *keys)

    async def exists(self, key: Key, /) -> bool:
        return await self._seam.call("cache.exists", self._inner.exists, key)

    async def increment(self, key: Key, amount: int = 1, /, *, ttl: Ttl | None = None) -> int:
        if ttl is None:
            return await self._seam.call("cache.increment", self._inner.increment, key, amount)
        return await self._seam.call("cache.increment", self._inner.increment, key, amount, ttl=ttl)

    async def get_many(self, keys: Iterable[Key], /) -> dict[Key, bytes]:
        return await self._seam.call("cache.get_many", self._inner.get_many, list(keys))

    async def set_many(self, values: Mapping[Key, Value], /, *, ttl: Ttl | None = None) -> None:
        if ttl is None:
            return await self._seam.call("cache.set_many", self._inner.set_many, values)
        return await self._seam.call("cache.set_many", self._inner.set_many, values, ttl=ttl)

    async def expire(self, key: Key, ttl: Ttl | None, /) -> bool:
        return await self._seam.call("cache.expire", self._inner.expire, key, ttl)

    async def ttl(self, key: Key, /) -> float | None:
        return await self._seam.call("cache.ttl", self._inner.ttl, key)

    async def keys(self, pattern: str = "*", /) -> list[str]:
        return await self._seam.call("cache.keys", self._inner.keys, pattern)

    async def clear(self) -> None:
        await self._seam.call("cache.clear", self._inner.clear)

    async def health_check(self) -> bool:
        try:
            return await self._seam.call("cache.health_check", self._inner.health_check)
        except CacheError:  # a fault's: an adapter itself answers False
            return False

    @asynccontextmanager
    async def lock(self, name: str, /, *, ttl: Ttl = 10, wait: float | None = None) -> AsyncIterator[None]:
        block = Block(self._inner.lock(name, ttl=ttl, wait=wait), self._seam)
        await block.begin("cache.lock", name, ttl=ttl, wait=wait)
        try:
            yield
        except BaseException as error:
            await block.end("cache.unlock", error, name)
            raise
        await block.end("cache.unlock", None, name)

    async def publish(self, channel: str, data: Value, /) -> int:
        return await self._seam.call("cache.publish", self._inner.publish, channel, data)

    @asynccontextmanager
    async def subscribe(self, *channels: str) -> AsyncIterator[AsyncIterator[Message]]:
        block = Block(self._inner.subscribe(*channels), self._seam)
        messages = await block.begin("cache.subscribe", *channels)
        try:
            yield _SeamedMessages(messages, self._seam)
        except BaseException as error:
            await block.end("cache.unsubscribe", error, *channels)
            raise
        await block.end("cache.unsubscribe", None, *channels)

    @property
    def client(self) -> Any:
        """The adapter's client; each command is journaled as `"cache.client"`, a pipeline as one call."""
        if self._client is None:
            self._client = _seamed_client(self._inner.client, self._seam)
        return self._client


class _SeamedMessages:
    """A subscription, each of whose messages crosses the seam as `"cache.message"` when it is taken.

    One that fails there is lost, and its reader sees the connection break; the next ones come again, as redis-py connects and
    subscribes anew (measured: redis-py 8.1 on Redis 8.2, `CLIENT KILL TYPE pubsub`).
    """

    def __init__(self, inner: AsyncIterator[Message], seam: Seam) -> None:
        self._inner = inner
        self._seam = seam

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        message = await anext(self._inner)
        await self._seam.call("cache.message", self._arrived, message.channel, message.data)
        return message

    async def _arrived(self, _channel: str, _data: bytes) -> None:
        """All that is left to do is to hand it over."""


# The client is redis-py's, and this layer does not import redis-py: what follows relies on its public methods only.


def _seamed_client(client: Any, seam: Seam) -> Any:
    """A copy of a redis-py client whose commands cross the seam; the original stays as it is."""
    return _cross(copy.copy(client), client, seam)


def _cross(seamed: Any, client: Any, seam: Seam) -> Any:
    """Make `seamed` do what `client` does, through the seam; they may be the same object."""
    pipeline, pubsub, alone = client.pipeline, client.pubsub, client.client

    def client_of_one_connection() -> Any:
        made = alone()
        return _cross(made, made, seam)

    seamed.execute_command = _seamed_command(client.execute_command, seam)
    seamed.pipeline = lambda *args, **options: _seamed_pipeline(pipeline(*args, **options), seam)
    seamed.pubsub = lambda **options: _seamed_pubsub(pubsub(**options), seam)
    seamed.client = client_of_one_connection
    return seamed


def _seamed_command(execute: Any, seam: Seam) -> Any:
    async def execute_command(*args: Any, **options: Any) -> Any:
        async def run(*_shown: Any) -> Any:
            return await execute(*args, **options)

        return await seam.call("cache.client", run, *args)

    return execute_command


def _seamed_pipeline(pipeline: Any, seam: Seam) -> Any:
    execute, at_once = pipeline.execute, pipeline.immediate_execute_command

    async def execute_all(*args: Any, **options: Any) -> Any:
        async def run(*_shown: Any) -> Any:
            return await execute(*args, **options)

        parts = [command.args if hasattr(command, "args") else command[0] for command in pipeline.command_stack]
        commands = Commands("; ".join(" ".join(map(_word, part)) for part in parts))
        commands.parts = parts
        return await seam.call("cache.client", run, "PIPELINE", commands)

    pipeline.execute = execute_all
    pipeline.immediate_execute_command = _seamed_command(at_once, seam)
    return pipeline


def _seamed_pubsub(pubsub: Any, seam: Seam) -> Any:
    pubsub.execute_command = _seamed_command(pubsub.execute_command, seam)
    return pubsub


def _word(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
