"""Harness(backend=...): the same world on real adapters."""

import asyncio

import pytest

from nexus_testkit import Harness, run
from nexus_testkit.adapters.real.cache import RedisCache
from nexus_testkit.adapters.real.database import PostgresDatabase
from nexus_testkit.adapters.real.files import RootedDirectory
from nexus_testkit.errors import LeakError, NeedsFake, NeedsSimulation, UnknownOption
from nexus_testkit.harness.backends import real_ports
from nexus_testkit.services import CacheService, EmailService, UserService


def on_pythons_own_loop(main, **options):
    async def world():
        async with Harness(**{"backend": "real", **options}) as nexus:
            return await main(nexus)

    return asyncio.run(world())


@pytest.mark.parametrize("run", [run, on_pythons_own_loop])
def test_a_world_on_real_servers_has_the_same_handles(run):
    async def main(nexus):
        users = await nexus.service(UserService)
        await users.create_user({"username": "ann", "email": "ann@example.org"})
        await nexus.db.assert_has("users", username="ann")
        await nexus.db.assert_count("users", 1)
        cache = await nexus.service(CacheService)
        await cache.set("k", [1], ttl=60)
        await nexus.cache.assert_has("k", value=[1], ttl=60)
        nexus.files.put("a/b.txt", "x")
        assert nexus.files.tree() == {"a/b.txt": b"x"}
        nexus.files.assert_has("a/b.txt", text="x")
        nexus.files.assert_missing("a/c.txt")
        mail = await nexus.service(EmailService)
        await mail.send(["bob@example.org"], "Hello", "Hi")
        nexus.mail.assert_sent(to="bob@example.org", subject="Hello")
        nexus.http.get("https://example.org/").respond(200, json={"a": 1})
        assert isinstance(nexus.adapter("database"), PostgresDatabase)
        assert isinstance(nexus.adapter("cache"), RedisCache)
        assert isinstance(nexus.adapter("files"), RootedDirectory)
        assert await nexus.health()
        assert any(call.operation == "cache.set" for call in nexus.journal)
        return nexus.adapter("files")._folder

    folder = run(main, backend="real")
    assert not folder.exists()
    run(main, backend="real")  # in a database and a cache where nothing is left of the first


def test_only_what_was_named_is_real():
    async def main(nexus):
        await nexus.db.execute("CREATE TABLE t (a int)")
        await nexus.cache.set("k", 1)
        assert isinstance(nexus.adapter("database"), PostgresDatabase)
        assert not isinstance(nexus.adapter("cache"), RedisCache)

    run(main, backend={"database": "postgres", "cache": "fake"})


def test_what_has_no_meaning_there_says_so():
    async def main(nexus):
        with pytest.raises(NeedsSimulation, match="time is real here"):
            await nexus.clock.advance(hours=1)
        with pytest.raises(NeedsSimulation, match="real adapters on Python's own loop"):
            nexus.faults  # noqa: B018  # the property raises
        with pytest.raises(NeedsFake, match=r"db\.snapshot\(\) on ClonedDatabase"):
            await nexus.db.snapshot()

    on_pythons_own_loop(main)


def test_a_session_that_was_left_open_is_a_leak():
    async def main(nexus):
        await nexus.db.connection().__aenter__()

    with pytest.raises(LeakError, match="a database connection is still open"):
        run(main, backend={"database": "postgres"})


@pytest.mark.parametrize("backend", ["reel", {"databse": "postgres"}, {"database": "redis"}, 5])
def test_a_backend_that_does_not_exist_is_refused(backend):
    with pytest.raises(UnknownOption, match="backend="):
        real_ports(backend)
