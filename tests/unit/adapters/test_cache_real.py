"""RedisCache: what only a server and a network can do; clusters and sentinels."""

import asyncio
import signal
import socket
import ssl
from contextlib import contextmanager

import pytest
import redis.asyncio
import redis.exceptions
import trustme

from nexus_testkit.adapters.real.cache import RedisCache
from nexus_testkit.adapters.real.redis_client import split
from nexus_testkit.errors import CacheCommandError, CacheConnectionError
from nexus_testkit.harness.servers import start_redis
from nexus_testkit.harness.servers.process import GuardedProcess, Plan, new_directory
from nexus_testkit.harness.servers.redis import redis_program


@pytest.fixture
def on_server(servers):
    """Runs `test(cache)` on an empty server; keyword arguments are those of the adapter."""

    def on_server(test, **options):
        async def main():
            cache = servers.new_cache(**options)
            try:
                await test(cache)
                assert cache.leaks() == []
            finally:
                await cache.aclose()

        asyncio.run(asyncio.wait_for(main(), 60))

    return on_server


async def break_connections(servers):
    async with redis.asyncio.Redis.from_url(servers.redis_url) as other:
        await other.client_kill_filter(_type="normal", skipme=True)
        await other.client_kill_filter(_type="pubsub")


def test_a_connection_that_the_server_ended_is_replaced(on_server, servers):
    async def test(cache):
        await cache.set("k", "v")
        await break_connections(servers)
        for _ in range(3):  # who meets the break gets the error
            try:
                assert await cache.get("k") == b"v"
                break
            except redis.exceptions.ConnectionError:
                continue
        assert await cache.get("k") == b"v"

    on_server(test)


def test_a_subscription_that_breaks_says_so(on_server, servers):
    async def test(cache):
        async with cache.subscribe("news") as messages:
            await break_connections(servers)
            with pytest.raises(redis.exceptions.ConnectionError) as caught:
                await anext(messages)
            assert isinstance(caught.value, CacheConnectionError)

    on_server(test)


def test_a_subscription_waits_longer_than_a_reply(on_server):
    async def test(cache):
        async with cache.subscribe("news") as messages:
            waiting = asyncio.create_task(anext(messages))
            with pytest.raises(redis.exceptions.TimeoutError):
                await cache.client.blpop("nothing", timeout=1)
            await cache.publish("news", "x")
            assert (await waiting).data == b"x"

    on_server(test, reply_timeout_s=0.05)


def test_a_reply_that_does_not_come():
    async def main():
        ended = asyncio.Event()

        async def say_nothing(_, writer):
            await ended.wait()
            writer.close()

        server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        cache = RedisCache(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", reply_timeout_s=0.02)
        with pytest.raises(redis.exceptions.TimeoutError) as caught:
            await cache.get("k")
        assert isinstance(caught.value, CacheConnectionError)
        assert await cache.health_check() is False
        ended.set()
        await cache.aclose()
        server.close()

    asyncio.run(main())


def test_connections_that_are_used_up(on_server, servers):
    async def test(cache):
        async with redis.asyncio.Redis.from_url(servers.redis_url) as other:

            async def blocked():
                return any(each["cmd"] == "blpop" for each in await other.client_list())

            blocking = asyncio.create_task(cache.client.blpop("list"))
            await until(blocked)
            with pytest.raises(redis.exceptions.ConnectionError, match="No connection available") as caught:
                await cache.get("k")
            assert isinstance(caught.value, CacheConnectionError)
            await other.rpush("list", "x")
            assert list(await blocking) == [b"list", b"x"]
            assert await cache.get("k") is None

    on_server(test, max_connections=1, acquire_timeout_s=0.01, reply_timeout_s=30)


@pytest.mark.parametrize("url", ["redis://127.0.0.1:1", "unix:///nonexistent", "redis+sentinel://127.0.0.1:1/main"])
def test_a_server_that_is_not_there(url):
    async def main():
        cache = RedisCache(url)
        with pytest.raises(redis.exceptions.ConnectionError) as caught:
            await cache.get("k")
        assert isinstance(caught.value, CacheConnectionError)
        assert await cache.health_check() is False
        await cache.aclose()
        with pytest.raises(CacheConnectionError):
            async with RedisCache(url):
                pass

    asyncio.run(main())


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://localhost", "is no URL of Redis"),
        ("redis+ring://localhost", "is no URL of Redis"),
        ("unix+cluster:///x", "is no URL of Redis"),
        ("redis://localhost?decode_responses=true", "decode them yourself"),
        ("redis+sentinel://localhost", "NAME-OF-THE-MASTER"),
        ("redis+sentinel://localhost/main?db=1", "'db' in a URL of sentinels"),
    ],
)
def test_a_url_that_is_none_is_refused_at_once(url, words):
    with pytest.raises(ValueError, match=words):
        RedisCache(url)


def test_forms_of_urls():
    assert split("rediss+cluster://u:p@h:1/0?x=1") == ("rediss://u:p@h:1/0?x=1", "cluster")
    assert split("unix:///tmp/s?db=2") == ("unix:///tmp/s?db=2", "")


def test_what_the_server_refuses(on_server):
    async def test(cache):
        await cache.client.config_set("maxmemory", "1")
        try:
            with pytest.raises(redis.exceptions.OutOfMemoryError) as caught:
                await cache.set("k", "v")
            assert isinstance(caught.value, CacheCommandError)
            assert caught.value.code == "OOM"
        finally:
            await cache.client.config_set("maxmemory", "0")

    on_server(test)


def test_a_prefix_keeps_two_caches_of_one_database_apart(servers):
    async def main():
        one, other = servers.new_cache(prefix="a:"), servers.new_cache(prefix="ab")
        await one.set("k", 1)
        await other.set("k", 2)
        async with one.subscribe("c"):
            assert await other.publish("c", "x") == 0
        async with one.lock("l"), other.lock("l", wait=0):
            pass
        await one.clear()
        assert (await one.keys(), await other.keys()) == ([], ["k"])
        assert await other.client.get("abk") == b"2"
        await one.aclose()
        await other.aclose()
        left = servers.new_cache()
        assert await left.keys() == []
        await left.aclose()

    asyncio.run(main())


def test_tls(servers):
    authority = trustme.CA()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(serving)
    path = servers.redis_url.removeprefix("unix://")

    async def serve(reader, writer):
        to_reader, to_writer = await asyncio.open_unix_connection(path)

        async def pass_on(source, target):
            try:
                while data := await source.read(65_536):
                    target.write(data)
            finally:
                target.close()

        await asyncio.gather(pass_on(reader, to_writer), pass_on(to_reader, writer), return_exceptions=True)

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=serving)
        port = server.sockets[0].getsockname()[1]
        with authority.cert_pem.tempfile() as trusted:
            async with RedisCache(f"rediss://127.0.0.1:{port}", options={"ssl_ca_certs": trusted}) as cache:
                await cache.set("k", "v", ttl=60)
                assert await cache.get("k") == b"v"
            distrusting = RedisCache(f"rediss://127.0.0.1:{port}")
            with pytest.raises(redis.exceptions.ConnectionError, match="CERTIFICATE_VERIFY_FAILED"):
                await distrusting.get("k")
            await distrusting.aclose()
        server.close()

    asyncio.run(main())


def free_port():
    """Low enough for a cluster, whose nodes listen on another one 10,000 higher."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        if port <= 55_535:
            return port


async def until(condition):
    async with asyncio.timeout(30):
        while not await condition():
            pass


def test_a_cluster():
    port = free_port()
    settings = {"port": str(port), "bind": "127.0.0.1", "cluster-enabled": "yes", "cluster-announce-ip": "127.0.0.1"}
    process, node_url = start_redis(settings=settings)

    async def main():
        async with redis.asyncio.Redis.from_url(node_url) as node:
            await node.execute_command("CLUSTER", "ADDSLOTSRANGE", 0, 16383)

            async def ready():
                return b"cluster_state:ok" in await node.execute_command("CLUSTER", "INFO", NEVER_DECODE=True)

            await until(ready)
        async with RedisCache(f"redis+cluster://127.0.0.1:{port}", prefix="p:") as cache:
            await cache.set_many({"a": 1, "b": 2, "c": 3}, ttl=60)
            assert await cache.get_many(["a", "missing", "c"]) == {"a": b"1", "c": b"3"}
            assert await cache.keys() == ["a", "b", "c"]
            assert await cache.increment("n", ttl=60) == 1
            assert await cache.expire("n", None) is True
            assert await cache.delete("a", "b") is True
            async with cache.lock("l", ttl=60):
                assert await cache.exists("l") is True
            async with cache.subscribe("news") as messages:
                assert await cache.publish("news", "x") == 1
                assert (await anext(messages)).data == b"x"
            await cache.set("k", "text")
            with pytest.raises(CacheCommandError):
                await cache.increment("k")
            assert await cache.health_check() is True
            await cache.clear()
            assert await cache.keys() == []

    with process:
        asyncio.run(asyncio.wait_for(main(), 60))


@contextmanager
def sentinel_of(master_port):
    """A sentinel that watches the master on a loopback port; its port."""
    directory, port = new_directory("sentinel"), free_port()
    config, path = directory / "sentinel.conf", directory / "socket"
    lines = [f"port {port}", "bind 127.0.0.1", f"unixsocket {path}", f"sentinel monitor main 127.0.0.1 {master_port} 1"]
    config.write_text("\n".join(lines))
    command = [str(redis_program()), str(config), "--sentinel"]
    with GuardedProcess(Plan("sentinel", directory, command, signal.SIGKILL, ready_socket=path)):
        yield port


def test_a_master_that_sentinels_name():
    master_port = free_port()
    process, _ = start_redis(settings={"port": str(master_port), "bind": "127.0.0.1"})

    async def main(port):
        url = f"redis+sentinel://127.0.0.1:1,127.0.0.1:{port}/main/3"
        async with RedisCache(url) as cache:
            await cache.set("k", "v", ttl=60)
            assert await cache.get("k") == b"v"
            async with cache.lock("l", ttl=60), cache.subscribe("news") as messages:
                assert await cache.publish("news", "x") == 1
                assert (await anext(messages)).data == b"x"
            assert cache.client.connection_pool.connection_kwargs["db"] == 3
        nobody = RedisCache(f"redis+sentinel://127.0.0.1:{port}/nobody")
        with pytest.raises(CacheConnectionError, match="No master found for 'nobody'"):
            await nobody.get("k")
        await nobody.aclose()

    with process, sentinel_of(master_port) as port:
        asyncio.run(asyncio.wait_for(main(port), 60))
