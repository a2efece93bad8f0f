"""Real servers in a world whose time is virtual."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from nexus_testkit import run
from nexus_testkit.errors import CacheError, Deadlock, LockNotAvailable, SerializationFailure, UndefinedColumn
from nexus_testkit.errors.database import DatabaseError
from nexus_testkit.exploration import search

MOMENTS = """
SELECT now(), CURRENT_TIMESTAMP AS a, CURRENT_TIMESTAMP(0) AS b, LOCALTIMESTAMP AS c, CURRENT_DATE AS d, LOCALTIME AS e,
       transaction_timestamp() AS f, statement_timestamp() AS g, clock_timestamp() AS h, age(timestamptz '2025-12-01') AS i
"""


def on_database(main):
    return run(main, backend={"database": "postgres"})


def on_cache(main):
    return run(main, backend={"cache": "redis"})


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_sql_tells_virtual_time(backend):
    async def main(nexus):
        await nexus.clock.advance(days=31, hours=9, milliseconds=250)
        return dict(await nexus.db.fetch_one(MOMENTS)), nexus.clock.now()

    row, now = run(main, backend=backend)
    assert now == datetime(2026, 2, 1, 9, 0, 0, 250_000, tzinfo=UTC)
    assert list(row) == ["now", *"abcdefghi"]
    whole = now.replace(microsecond=0)
    assert [row[name] for name in ("now", "a", "b", "c")] == [now, now, whole, now.replace(tzinfo=None)]
    assert [row[name] for name in ("d", "e", "f", "g", "h")] == [now.date(), now.time(), now, now, now]
    assert row["i"] == timedelta(days=60)  # asyncpg counts a month as 30 days


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_defaults_are_virtual_and_now_stands_in_a_transaction(backend):
    async def main(nexus):
        await nexus.db.execute(
            "CREATE TABLE t (id int, at timestamptz DEFAULT now(), on_day date DEFAULT CURRENT_DATE)"
        )
        began = nexus.clock.now()
        async with nexus.db.transaction() as tx:
            await tx.execute("INSERT INTO t VALUES (1)")
            await nexus.clock.advance(days=2)
            await tx.execute("INSERT INTO t VALUES (2)")
            assert await tx.fetch_val("SELECT clock_timestamp()") == nexus.clock.now()
            await tx.execute("SAVEPOINT s")
            await nexus.clock.advance(days=1)
            assert await tx.fetch_val("SELECT clock_timestamp()") == nexus.clock.now()
            await tx.execute("ROLLBACK TO s")
            assert await tx.fetch_val("SELECT clock_timestamp()") == nexus.clock.now()
            assert await tx.fetch_val("SELECT now()") == began
        rows = await nexus.db.fetch_all("SELECT at, on_day FROM t ORDER BY id")
        assert [tuple(row) for row in rows] == [(began, began.date())] * 2
        async with nexus.db.connection() as session:
            await session.execute("RESET ALL")
            assert await session.fetch_val("SELECT now()") == nexus.clock.now() == began + timedelta(days=3)

    run(main, backend=backend)


def test_errors_say_where_the_fault_is_in_the_test_s_own_text():
    async def main(nexus):
        query = "SELECT now(), nowhere"
        with pytest.raises(UndefinedColumn) as caught:
            await nexus.db.fetch_one(query)
        assert caught.value.position == query.index("nowhere") + 1
        assert caught.value.query == query

    on_database(main)


def test_times_to_live_are_virtual():
    async def main(nexus):
        await nexus.cache.set("short", 1, ttl=60)
        await nexus.cache.set("long", 1, ttl=timedelta(days=2))
        await nexus.cache.set("lasting", 1)
        async with nexus.cache.client.pipeline() as pipeline:
            await pipeline.set("piped", 1, ex=3).execute()
        await nexus.clock.advance(hours=1)
        assert await nexus.cache.keys() == ["lasting", "long"]
        await nexus.cache.assert_has("long", ttl=timedelta(days=2) - timedelta(hours=1))
        await asyncio.sleep(2 * 86_400)
        assert await nexus.cache.keys() == ["lasting"]

    on_cache(main)


def test_a_lock_is_waited_for_in_virtual_time():
    async def main(nexus):
        async def hold():
            async with nexus.cache.lock("l"):
                await asyncio.sleep(600)

        holder = asyncio.create_task(hold())
        await nexus.settle()
        began = nexus.clock.monotonic()
        with pytest.raises(TimeoutError):
            async with nexus.cache.lock("l", wait=5):
                pass
        assert nexus.clock.monotonic() - began == pytest.approx(5)
        holder.cancel()
        await asyncio.wait([holder])

    on_cache(main)


def test_messages_arrive_before_time_passes():
    async def main(nexus):
        async with nexus.cache.subscribe("news") as messages:
            assert await nexus.cache.publish("news", "x") == 1
            async with asyncio.timeout(0.001):
                assert (await anext(messages)).data == b"x"
        heard = []
        async with nexus.db.connection() as session:
            await session.add_listener("c", lambda *event: heard.append(event[3]))
            await nexus.db.execute("NOTIFY c, 'hello'")
            await asyncio.sleep(0.001)
        assert heard == ["hello"]

    run(main, backend="real")


@pytest.mark.parametrize("backend", ["fake", {"cache": "redis"}])
def test_messages_of_the_clients_own_subscriptions_arrive_before_time_passes(backend):
    async def main(nexus):
        async with nexus.cache.client.pubsub(ignore_subscribe_messages=False) as pubsub:
            await pubsub.subscribe("news")
            assert (await pubsub.get_message(timeout=1))["type"] == "subscribe"
            await nexus.cache.publish("news", "x")
            assert (await pubsub.get_message(timeout=1))["data"] == b"x"
            assert nexus.clock.monotonic() == 0
            assert await pubsub.get_message(timeout=1) is None
            assert nexus.clock.monotonic() == 1

    run(main, backend=backend)


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_a_statement_that_waits_for_a_row_does_not_stop_the_others(backend):
    async def main(nexus):
        await nexus.db.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        locked, order = asyncio.Event(), []

        async def first():
            async with nexus.db.transaction() as tx:
                await tx.execute("UPDATE t SET a = a + 1")
                locked.set()
                await asyncio.sleep(0.1)
                order.append(await tx.fetch_val("SELECT 1"))

        async def second():
            await locked.wait()
            await nexus.db.execute("UPDATE t SET a = a * 10")
            order.append(2)

        await asyncio.gather(first(), second())
        assert order == [1, 2]
        assert await nexus.db.fetch_val("SELECT a FROM t") == 20

    run(main, backend=backend)


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_faults_fail_transactions_as_on_the_fakes(backend):
    async def main(nexus):
        await nexus.db.execute("CREATE TABLE t (a int)")
        nexus.faults.on("database.execute").nth(2).raises("40001")
        async with nexus.db.connection() as session:
            await session.execute("BEGIN; INSERT INTO t VALUES (1)")
            with pytest.raises(SerializationFailure):
                await session.execute("INSERT INTO t VALUES (2)")
            with pytest.raises(DatabaseError, match="current transaction is aborted"):
                await session.fetch_val("SELECT 1")
            await session.execute("ROLLBACK")
        nexus.faults.on("database.commit").loses_reply()
        with pytest.raises(DatabaseError):
            async with nexus.db.transaction() as tx:
                await tx.execute("INSERT INTO t VALUES (3)")
        assert await nexus.db.fetch_val("SELECT array_agg(a) FROM t") == [3]

    run(main, backend=backend)


def test_a_lock_whose_release_failed_stays_for_its_ttl():
    async def main(nexus):
        nexus.faults.on("cache.unlock").raises("reset")
        with pytest.raises(CacheError):
            async with nexus.cache.lock("l", ttl=30):
                pass
        assert await nexus.cache.exists("l")
        await nexus.clock.advance(seconds=31)
        assert not await nexus.cache.exists("l")

    on_cache(main)


def test_who_waits_for_nobody_is_a_deadlock_there_too():
    async def main(nexus):
        await nexus.db.fetch_val("SELECT 1")
        await asyncio.Event().wait()

    with pytest.raises(Deadlock):
        on_database(main)


async def hold_row(nexus, seconds):
    async with nexus.db.transaction() as tx:
        await tx.execute("UPDATE t SET a = a + 1")
        await asyncio.sleep(seconds)


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_a_row_lock_is_waited_for_in_virtual_time(backend):
    async def main(nexus):
        async def write(timeout_s):
            await asyncio.sleep(1)
            async with asyncio.timeout(timeout_s):
                await nexus.db.execute("UPDATE t SET a = a * 10")
            return nexus.clock.monotonic()

        await nexus.db.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        waits = write(None), write(None), write(5)
        found = await asyncio.gather(hold_row(nexus, 400), *waits, return_exceptions=True)
        assert found[:3] == [None, 400, 400]
        assert isinstance(found[3], TimeoutError)
        assert await nexus.db.fetch_val("SELECT a FROM t") == 200

    run(main, backend=backend)


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_a_lock_that_nobody_will_release_is_a_deadlock_of_the_world(backend):
    async def main(nexus):
        await nexus.db.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        async with nexus.db.transaction(), nexus.db.connection() as other:
            await nexus.db.execute("UPDATE t SET a = 2")
            await other.execute("UPDATE t SET a = 3")

    with pytest.raises(Deadlock, match="nothing can make progress"):
        run(main, backend=backend)


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_transactions_that_wait_for_one_another_are_the_servers_to_end(backend):
    async def main(nexus):
        async def write(first, second):
            async with nexus.db.transaction() as tx:
                await tx.execute("UPDATE t SET a = a * 10 WHERE a = $1", first)
                await asyncio.sleep(1)
                await tx.execute("UPDATE t SET a = a * 10 WHERE a = $1", second)

        await nexus.db.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2)")
        found = await asyncio.gather(write(1, 2), write(2, 1), return_exceptions=True)
        assert sorted(type(each).__name__ for each in found) == ["DeadlockDetected", "NoneType"]

    run(main, backend=backend)


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_a_wait_that_the_server_gives_up_ends_before_the_lock_is_free(backend):
    async def main(nexus):
        await nexus.db.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        holder = asyncio.create_task(hold_row(nexus, 60))
        await nexus.settle()
        async with nexus.db.connection() as other:
            await other.execute("SET lock_timeout = '50ms'")
            with pytest.raises(LockNotAvailable):
                await other.execute("UPDATE t SET a = 3")
        assert nexus.clock.monotonic() < 60
        await holder

    run(main, backend=backend)


def test_a_search_delays_whoever_holds_a_row():
    async def main(nexus):
        await nexus.db.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        await asyncio.gather(hold_row(nexus, 0), hold_row(nexus, 0), hold_row(nexus, 0))
        assert await nexus.db.fetch_val("SELECT a FROM t") == 4

    found = search(main, runs=10, backend={"database": "postgres"})
    assert found.failure is None
    assert found.runs == 10
