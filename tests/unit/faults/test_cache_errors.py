"""The cache's errors: the same as redis-py raises at a server that answers, breaks off or is silent in that way.

The expectation is redis-py itself: the server's bytes come from the loopback interface.
"""

import asyncio
import contextlib
import socket
import struct

import pytest
import redis.asyncio
import redis.exceptions
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from nexus_testkit import Harness
from nexus_testkit.errors import CacheCommandError, CacheConnectionError, CacheError, InvalidFault
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.simulation import run

BREAKS, ENDS, IS_SILENT, IS_GONE = object(), object(), object(), object()


class MisbehavingServer:
    """Says +OK to all that belongs to the connection, and to the first other command what it was told to."""

    def __init__(self, behaviour):
        self.behaviour = behaviour
        self.tasks = []

    async def __call__(self, reader, writer):
        self.tasks.append(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                command = await self.command(reader)
                if command in (b"CLIENT", b"HELLO"):
                    writer.write(b"+OK\r\n")
                elif self.behaviour is IS_SILENT:
                    await reader.read()
                    break
                elif self.behaviour is BREAKS:
                    linger_not = struct.pack("ii", 1, 0)
                    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
                    break
                elif self.behaviour is ENDS:
                    break
                else:
                    writer.write(f"-{self.behaviour}\r\n".encode())
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def command(self, reader):
        parts = []
        for _ in range(int((await reader.readline()).strip(b"*\r\n") or b"0")):
            size = int((await reader.readline()).strip(b"$\r\n"))
            parts.append((await reader.readexactly(size + 2))[:-2])
        if not parts:
            raise asyncio.IncompleteReadError(b"", None)
        return parts[0].upper()


def from_redis_py(behaviour):
    """The class and the text of what redis-py raises, without its retries, with the port as 6379."""

    async def main():
        serve = MisbehavingServer(behaviour)
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        if behaviour is IS_GONE:
            server.close()
            await server.wait_closed()
        client = redis.asyncio.Redis(
            host="127.0.0.1",  # where localhost is ::1 as well, both refuse, and the text is another
            port=port,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_timeout=0.05 if behaviour is IS_SILENT else 5,
        )
        async with server, client:
            with pytest.raises(redis.exceptions.RedisError) as caught:
                await client.get("key")
        await asyncio.gather(*serve.tasks)
        return type(caught.value), str(caught.value).replace(str(port), "6379").replace(
            "127.0.0.1:6379", "localhost:6379"
        )

    return asyncio.run(main())


def from_a_fault(declare):
    """The error of a `get` that a fault disturbs."""

    async def main():
        async with Harness() as nexus:
            declare(nexus.faults.on("cache.get"))
            with pytest.raises(CacheError) as caught:
                await nexus.cache.get("key")
            return caught.value

    return run(main)


@pytest.mark.parametrize(
    ("words", "behaviour"),
    [
        ("LOADING", "LOADING Redis is loading the dataset in memory"),
        ("READONLY", "READONLY You can't write against a read only replica."),
        ("OOM", "OOM command not allowed when used memory > 'maxmemory'."),
        ("BUSY", "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE."),
        ("ERR max number of clients reached", "ERR max number of clients reached"),
        ("NOAUTH Authentication required.", "NOAUTH Authentication required."),
        ("reset", BREAKS),
        ("timeout", IS_SILENT),
        ("refused", IS_GONE),
    ],
)
def test_an_error_is_redis_pys(words, behaviour):
    kind, text = from_redis_py(behaviour)
    error = from_a_fault(lambda chosen: chosen.raises(words))
    assert isinstance(error, kind)
    assert str(error) == text


def test_a_lost_reply_is_redis_pys():
    kind, text = from_redis_py(ENDS)
    error = from_a_fault(lambda chosen: chosen.loses_reply())
    assert isinstance(error, kind)
    assert str(error) == text


@pytest.mark.parametrize(
    ("words", "ours", "theirs", "code"),
    [
        ("LOADING", CacheConnectionError, redis.exceptions.BusyLoadingError, None),
        ("READONLY", CacheCommandError, redis.exceptions.ReadOnlyError, "READONLY"),
        ("OOM", CacheCommandError, redis.exceptions.OutOfMemoryError, "OOM"),
        ("BUSY", CacheCommandError, redis.exceptions.ResponseError, "BUSY"),
        ("reset", CacheConnectionError, redis.exceptions.ConnectionError, None),
        ("refused", CacheConnectionError, redis.exceptions.ConnectionError, None),
        ("timeout", CacheConnectionError, redis.exceptions.TimeoutError, None),
    ],
)
def test_an_error_is_the_ports_as_well(words, ours, theirs, code):
    error = from_a_fault(lambda chosen: chosen.raises(words))
    assert isinstance(error, ours)
    assert isinstance(error, theirs)
    assert getattr(error, "code", None) == code


# what became of the call


@pytest.mark.parametrize("words", ["LOADING", "READONLY", "OOM", "BUSY", "reset", "refused", "timeout"])
async def test_a_command_that_failed_has_not_happened(nexus, words):
    await nexus.cache.set("hits", 1)
    nexus.faults.on("cache.increment").nth(1).raises(words)
    with pytest.raises(CacheError):
        await nexus.cache.increment("hits")
    assert await nexus.cache.increment("hits") == 2


@pytest.mark.parametrize(
    ("call", "key", "left"),
    [
        (lambda cache: cache.set("a", 1), "a", b"1"),
        (lambda cache: cache.set_many({"a": 1, "b": 2}), "b", b"2"),
        (lambda cache: cache.delete("old"), "old", None),
        (lambda cache: cache.increment("n", 5), "n", b"5"),
        (lambda cache: cache.clear(), "old", None),
        (lambda cache: cache.client.incrby("n", 7), "n", b"7"),
        (lambda cache: cache.client.pipeline().set("a", 1).incr("a").execute(), "a", b"2"),
    ],
)
async def test_a_command_whose_reply_is_lost_has_happened(nexus, call, key, left):
    cache = nexus.get(CacheManager)
    await cache.set("old", 1)
    nexus.faults.on("cache").nth(1).loses_reply()
    with pytest.raises(CacheConnectionError, match=r"Connection closed by server\."):
        await call(cache)
    assert await cache.get(key) == left


@pytest.mark.parametrize("words", ["", "loading", "OK", "PONG", "OK fine", " OOM", "Oom", "-LOADING x"])
async def test_words_that_redis_never_says_are_refused_at_once(nexus, words):
    selection = nexus.faults.on("cache")
    with pytest.raises(InvalidFault, match="no error reply of Redis"):
        selection.raises(words)
    selection.hangs().optional()
