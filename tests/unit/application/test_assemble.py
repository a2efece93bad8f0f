"""assemble(): services on real adapters, without a harness."""

import asyncio
import subprocess
import sys

import pytest

from nexus_testkit import assemble
from nexus_testkit.adapters.real.cache import RedisCache
from nexus_testkit.adapters.real.mail import SmtpMail
from nexus_testkit.application.application import _PORTS
from nexus_testkit.container import get_service, inject
from nexus_testkit.errors import LifecycleError, MissingDependency
from nexus_testkit.harness.assembly import BY_CLASS
from nexus_testkit.harness.servers import SharedServers
from nexus_testkit.ports.analytics import EventStore
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.files import FileSystem
from nexus_testkit.ports.http import HttpTransport
from nexus_testkit.ports.mail import MailTransport
from nexus_testkit.services import CacheService, UserService
from nexus_testkit.services.base import BaseService


@pytest.fixture(scope="module")
def servers():
    with SharedServers() as shared:
        yield shared


def test_services_on_real_servers(servers, tmp_path):
    async def main():
        database = servers.new_database()
        app = assemble(
            database=database,
            cache=servers.redis_url,
            mail="smtp://127.0.0.1:1",
            files=tmp_path,
            services=[UserService],
        )
        async with app:
            users = await app.service(UserService)
            assert get_service(UserService) is users
            created = await users.create_user({"username": "ann", "email": "ann@example.org", "tags": ["a", "ü"]})
            assert (await users.get_user_by_id(created["id"]))["tags"] == ["a", "ü"]
            cache = await app.service(CacheService)
            await cache.set("k", {"a": 1})
            assert await cache.get("k") == {"a": 1}
            assert app.get(DatabaseAdapter) is database
            assert app.get(CacheManager) is app.get(CacheManager)
            assert isinstance(app.get(MailTransport), SmtpMail)
            for port in (Clock, HttpTransport, EventStore, FileSystem):
                assert app.get(port) is not None
            health = await app.health()
            assert (health["database"], health["cache"], health["mail"]) == (True, True, False)
            await app.get(CacheManager).clear()
        assert await database.fetch_val("SELECT count(*) FROM users") == 1  # who gave it closes it
        await database.aclose()
        assert app._ours == []

    asyncio.run(main())


def test_what_it_made_is_closed_in_reverse_and_after_the_services():
    order = []

    class Recording(RedisCache):
        async def aclose(self):
            order.append("cache")
            await super().aclose()

    class Using(BaseService):
        def __init__(self, cache: CacheManager = inject()):
            super().__init__()
            self.cache = cache

        async def _setup(self):
            order.append("setup")

        async def _teardown(self):
            order.append("teardown")

    async def main():
        async with assemble(cache="redis://127.0.0.1:1", services=[Using]) as app:
            app._ours.append(Recording("redis://127.0.0.1:1"))
        assert order == ["setup", "teardown", "cache"]
        with pytest.raises(LifecycleError, match="was started before"):
            async with app:
                pass

    asyncio.run(main())


def test_a_port_that_was_not_given_is_named():
    async def main():
        with pytest.raises(MissingDependency, match=r"this application has no database") as caught:
            async with assemble(services=[UserService]):
                pytest.fail("started")
        assert "assemble(database=...)" in str(caught.value)

    asyncio.run(main())


def test_a_url_that_is_wrong_is_found_before_anything_is_opened():
    async def main():
        async with assemble(cache="http://x") as app:
            with pytest.raises(ValueError, match="is no URL of Redis"):
                app.get(CacheManager)

    asyncio.run(main())


def test_its_ports_are_those_of_the_harness():
    assert {key: row.name for key, row in BY_CLASS.items()} == _PORTS


def test_it_loads_nothing_of_a_test():
    code = (
        "import sys; from nexus_testkit import assemble; assemble(); "
        "bad = [m for m in sys.modules if m.startswith(('pytest', '_pytest', 'hypothesis', 'fakeredis', 'asyncpg', 'redis', "
        "'httpx', 'aiosmtp', 'nexus_testkit.harness', 'nexus_testkit.simulation', 'nexus_testkit.adapters.fake'))]; "
        "print(bad)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
