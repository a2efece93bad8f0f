"""SqliteDatabase: the port's promises, waiting, errors of both kinds, leaks."""

import asyncio
import sqlite3

import asyncpg
import pytest

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.database import SqliteDatabase
from nexus_testkit.errors import InterfaceError, UniqueViolation, UnsupportedSQL
from nexus_testkit.simulation import current_loop, run
from tests.unit.adapters.database_world import world

TABLE = "CREATE TABLE t (id serial PRIMARY KEY, v text UNIQUE, at timestamptz DEFAULT now())"

in_world = world(TABLE)


def test_rows_by_name_and_by_place():
    async def test(db):
        assert await db.execute_many("INSERT INTO t (v) VALUES ($1)", [("a",), ("b",)]) is not None
        row = await db.fetch_one("SELECT id, v FROM t WHERE v = $1", "b")
        assert (row["id"], row[1], dict(row)) == (2, "b", {"id": 2, "v": "b"})
        assert [tuple(row) for row in await db.fetch_all("SELECT v FROM t ORDER BY v")] == [("a",), ("b",)]
        assert await db.fetch_val("SELECT id, v FROM t ORDER BY id", column=1) == "a"
        assert await db.fetch_one("SELECT 1 WHERE false") is None
        assert await db.fetch_val("SELECT 1 WHERE false") is None
        result = await db.execute("DELETE FROM t")
        assert (result.rowcount, result.status) == (2, "DELETE 2")
        assert await db.health_check()

    in_world(test)


def test_an_error_is_ours_and_asyncpgs():
    async def test(db):
        await db.execute("INSERT INTO t (v) VALUES ('a')")
        with pytest.raises(asyncpg.UniqueViolationError) as caught:
            await db.execute("INSERT INTO t (v) VALUES ('a')")
        error = caught.value
        assert isinstance(error, UniqueViolation)
        assert (error.sqlstate, error.constraint_name, error.table_name) == ("23505", "t_v_key", "t")
        assert error.detail == "Key (v)=(a) already exists."
        with pytest.raises(asyncpg.FeatureNotSupportedError) as refused:
            await db.execute("DO $$ BEGIN END $$")
        assert isinstance(refused.value, UnsupportedSQL)
        with pytest.raises(asyncpg.DataError, match=r"invalid input for query argument \$1: 3"):
            await db.execute("INSERT INTO t (v) VALUES ($1)", 3)
        with pytest.raises(asyncpg.InterfaceError, match="the server expects 1 argument for this query, 0 were passed"):
            await db.fetch_all("SELECT * FROM t WHERE id = $1")
        with pytest.raises(asyncpg.PostgresSyntaxError):
            await db.execute("SELEC 1")

    in_world(test)


def test_asyncpgs_own_table_of_errors_is_left_alone():
    async def test(db):
        with pytest.raises(UnsupportedSQL):
            await db.execute("DO $$ BEGIN END $$")
        table = type(asyncpg.PostgresError)
        assert table.get_message_class_for_sqlstate("0A000") is asyncpg.FeatureNotSupportedError

    in_world(test)


def test_a_transaction_belongs_to_its_task_alone():
    async def test(db):
        async def count():
            return await db.fetch_val("SELECT count(*) FROM t")

        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('a')")
            assert await count() == 1
            assert await asyncio.create_task(count()) == 0
            await db.execute("INSERT INTO t (v) VALUES ('b')")
        assert await asyncio.create_task(count()) == 2

    in_world(test)


def test_nested_transactions_are_savepoints():
    async def test(db):
        async with db.transaction() as outer:
            await outer.execute("INSERT INTO t (v) VALUES ('a')")
            with pytest.raises(asyncpg.UniqueViolationError):  # noqa: PT012  # the block is what is tested
                async with db.transaction():
                    await db.execute("INSERT INTO t (v) VALUES ('b')")
                    await db.execute("INSERT INTO t (v) VALUES ('a')")
            await db.execute("INSERT INTO t (v) VALUES ('c')")
        assert [row["v"] for row in await db.fetch_all("SELECT v FROM t ORDER BY v")] == ["a", "c"]

    in_world(test)


def test_cancellation_rolls_back():
    async def test(db):
        async def forever():
            async with db.transaction():
                await db.execute("INSERT INTO t (v) VALUES ('a')")
                await asyncio.sleep(3600)

        task = asyncio.create_task(forever())
        await asyncio.sleep(1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await db.fetch_val("SELECT count(*) FROM t") == 0

    in_world(test)


@pytest.mark.parametrize("turns", range(6))
def test_an_opening_that_is_cancelled_leaves_no_connection_open(monkeypatch, turns):
    made, connect = [], sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *args, **options: made.append(connect(*args, **options)) or made[-1])

    async def main():
        db = SqliteDatabase(clock=VirtualClock(current_loop()))
        opening = asyncio.create_task(db.connect())
        for _ in range(turns):
            await asyncio.sleep(0)
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)
        await db.aclose()

    run(main())
    for connection in made:
        with pytest.raises(sqlite3.ProgrammingError, match="closed database"):
            connection.execute("SELECT 1")


def test_a_waiting_statement_may_be_cancelled():
    async def test(db):
        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('a')")
            waiting = asyncio.create_task(db.execute("INSERT INTO t (v) VALUES ('a')"))
            await asyncio.sleep(1)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert await db.fetch_val("SELECT count(*) FROM t") == 1

    in_world(test)


def test_a_cancelled_wait_aborts_its_transaction_and_lets_go_of_its_rows():
    async def test(db):
        await db.execute_many("INSERT INTO t (v) VALUES ($1)", [("a",), ("b",)])

        async def second():
            async with db.transaction():
                await db.execute("UPDATE t SET v = 'B' WHERE v = 'b'")
                with pytest.raises(asyncio.CancelledError):
                    await db.execute("UPDATE t SET v = 'A' WHERE v = 'a'")
                with pytest.raises(asyncpg.InFailedSQLTransactionError):
                    await db.execute("SELECT 1")

        async with db.transaction():
            await db.execute("UPDATE t SET v = 'x' WHERE v = 'a'")
            waiting = asyncio.create_task(second())
            await asyncio.sleep(0.5)
            waiting.cancel()
            await waiting
            await db.execute("UPDATE t SET v = 'y' WHERE v = 'b'")
        assert [row["v"] for row in await db.fetch_all("SELECT v FROM t ORDER BY v")] == ["x", "y"]

    in_world(test)


def test_a_script_that_waits_goes_on_where_it_stood():
    async def test(db):
        await db.execute_many("INSERT INTO t (v) VALUES ($1)", [("a",), ("b",)])
        async with db.transaction():
            await db.execute("UPDATE t SET v = v || '1' WHERE v = 'b'")
            script = "UPDATE t SET v = v || '2' WHERE id = 1; UPDATE t SET v = v || '2' WHERE id = 2"
            waiting = asyncio.create_task(db.execute(script))
            await asyncio.sleep(0.5)
            assert not waiting.done()
        await waiting
        assert [row["v"] for row in await db.fetch_all("SELECT v FROM t ORDER BY id")] == ["a2", "b12"]

    in_world(test)


def test_execute_many_that_waits_goes_on_where_it_stood():
    async def test(db):
        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('b')")
            rows = [("a",), ("b",), ("c",)]
            insert = "INSERT INTO t (v) VALUES ($1) ON CONFLICT (v) DO UPDATE SET v = excluded.v || '!'"
            waiting = asyncio.create_task(db.execute_many(insert, rows))
            await asyncio.sleep(0.5)
            assert not waiting.done()
        assert (await waiting).rowcount == 3
        assert [row["v"] for row in await db.fetch_all("SELECT v FROM t ORDER BY v")] == ["a", "b!", "c"]

    in_world(test)


def test_a_change_of_the_schema_waits_for_writers_and_keeps_the_others_out():
    async def test(db):
        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('a')")
            waiting = asyncio.create_task(db.execute("ALTER TABLE t ADD COLUMN w int DEFAULT 7"))
            await asyncio.sleep(0.5)
            assert not waiting.done()
        await waiting
        async with db.transaction():
            await db.execute("ALTER TABLE t ADD COLUMN x int DEFAULT 8")
            reading = asyncio.create_task(db.fetch_val("SELECT x FROM t"))
            await asyncio.sleep(0.5)
            assert not reading.done()
        assert await reading == 8

    in_world(test)


def test_a_transaction_may_change_the_schema_after_others_have_overlapped_with_it():
    async def test(db):
        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('a')")
            async with db.transaction():
                await db.execute("INSERT INTO t (v) VALUES ('b')")
                await asyncio.create_task(db.execute("INSERT INTO t (v) VALUES ('c')"))
                await db.execute("ALTER TABLE t ADD COLUMN w int DEFAULT 7")
                await db.execute("INSERT INTO t (v) VALUES ('d')")
        rows = await db.fetch_all("SELECT v, w FROM t ORDER BY v")
        assert [tuple(row) for row in rows] == [("a", 7), ("b", 7), ("c", 7), ("d", 7)]

    in_world(test)


def test_pg_sleep_takes_the_loops_time():
    async def test(db):
        began = asyncio.get_running_loop().time()
        await db.execute("INSERT INTO t (v) SELECT 'a' FROM pg_sleep(2)")
        await db.fetch_all("SELECT pg_sleep(1.5), pg_sleep(0.5)")
        assert asyncio.get_running_loop().time() - began == pytest.approx(4)
        async with db.connection() as session:
            await session.execute("SET statement_timeout = '1s'")
            with pytest.raises(asyncpg.QueryCanceledError, match="statement timeout"):
                await session.fetch_val("SELECT pg_sleep(60)")
            assert asyncio.get_running_loop().time() - began == pytest.approx(5)
            assert await session.fetch_val("SELECT count(*) FROM t") == 1

    in_world(test)


def test_a_new_table_waits_for_nobody():
    async def test(db):
        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('a')")
            await asyncio.create_task(db.execute("CREATE TABLE u (a int PRIMARY KEY)"))
            await asyncio.create_task(db.execute("CREATE TABLE IF NOT EXISTS u (a int)"))
            await asyncio.create_task(db.execute("INSERT INTO u VALUES (1)"))
            assert await db.fetch_val("SELECT count(*) FROM u") == 1
            await db.execute("INSERT INTO u VALUES (2)")
        assert await db.fetch_val("SELECT count(*) FROM u") == 2
        assert await db.fetch_val("SELECT count(*) FROM t") == 1

    in_world(test)


def test_a_deadlock_with_a_change_of_the_schema_says_whose_limit_that_is():
    async def test(db):
        async def second(first_has_written):
            async with db.transaction():
                await db.execute("SELECT pg_advisory_xact_lock(1)")
                await first_has_written.wait()
                await db.execute("CREATE TABLE u (a int)")

        written = asyncio.Event()
        other = asyncio.create_task(second(written))
        async with db.transaction():
            await db.execute("INSERT INTO t (v) VALUES ('a')")
            written.set()
            await asyncio.sleep(0.5)
            await db.execute("SELECT pg_advisory_xact_lock(1)")
        with pytest.raises(asyncpg.DeadlockDetectedError, match="deadlock") as caught:
            await other
        assert "the fake database runs statements that change the schema" in caught.value.hint

    in_world(test)


def test_begin_belongs_to_a_session():
    async def test(db):
        with pytest.raises(InterfaceError, match="BEGIN outside a session") as caught:
            await db.execute("BEGIN")
        assert "db.transaction()" in caught.value.hint
        async with db.connection() as session:
            await session.execute("BEGIN")
            await session.execute("INSERT INTO t (v) VALUES ('a')")
            await session.execute("ROLLBACK")
            await session.execute("BEGIN; INSERT INTO t (v) VALUES ('b'); COMMIT")
        assert await db.fetch_val("SELECT v FROM t") == "b"

    in_world(test)


def test_what_a_connection_leaves_open_is_rolled_back():
    async def test(db):
        async with db.connection() as session:
            await session.execute("BEGIN")
            await session.execute("INSERT INTO t (v) VALUES ('a')")
            await session.execute("SELECT pg_advisory_lock(1)")
        assert await db.fetch_val("SELECT count(*) FROM t") == 0
        assert await db.fetch_val("SELECT pg_try_advisory_lock(1)") is True

    in_world(test)


def test_an_open_connection_is_a_leak_with_its_place():
    async def main():
        database = SqliteDatabase(clock=VirtualClock(current_loop()))
        block = database.connection()
        session = await block.__aenter__()
        await session.execute("BEGIN")
        (leak,) = database.leaks()
        assert "connection is still open with an open transaction" in leak
        assert "test_database.py" in leak
        await database.aclose()

    run(main)


def test_now_is_the_worlds_time_and_stands_still_in_a_transaction():
    async def test(db):
        async with db.transaction():
            first = await db.fetch_val("SELECT now()")
            await asyncio.sleep(60)
            assert await db.fetch_val("SELECT now()") == first
        assert (await db.fetch_val("SELECT now()") - first).total_seconds() == 60

    in_world(test)


def test_disconnecting_keeps_the_data_and_closing_does_not():
    async def main():
        database = SqliteDatabase(clock=VirtualClock(current_loop()))
        await database.connect()
        await database.connect()
        await database.execute(TABLE)
        await database.disconnect()
        await database.disconnect()
        assert await database.fetch_val("SELECT count(*) FROM t") == 0
        await database.aclose()
        with pytest.raises(asyncpg.InterfaceError, match="the database is closed"):
            await database.fetch_val("SELECT 1")

    run(main)


def test_transactions_started_together_run_one_after_another():
    async def test(db):
        await db.execute("INSERT INTO t (v) VALUES ('0')")

        async def add():
            async with db.transaction():
                value = int(await db.fetch_val("UPDATE t SET v = v || '' RETURNING v"))
                await asyncio.sleep(1)
                await db.execute("UPDATE t SET v = $1", str(value + 1))

        await asyncio.gather(*(add() for _ in range(5)))
        assert await db.fetch_val("SELECT v FROM t") == "5"

    in_world(test)


def test_an_isolation_level_keeps_others_out():
    async def test(db):
        async with db.transaction(isolation="repeatable_read"):
            assert await db.fetch_val("SELECT count(*) FROM t") == 0
            other = asyncio.create_task(db.execute("INSERT INTO t (v) VALUES ('a')"))
            await asyncio.sleep(1)
            assert await db.fetch_val("SELECT count(*) FROM t") == 0
            with pytest.raises(asyncpg.InterfaceError, match="different isolation level"):
                async with db.transaction(isolation="serializable"):
                    pass
        await other
        async with db.transaction(readonly=True):
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                await db.execute("DELETE FROM t")

    in_world(test)


def test_canary_aiosqlite_runs_inline():
    async def test(db):
        import threading

        assert threading.active_count() == before

    import threading

    before = threading.active_count()
    in_world(test)


def test_it_runs_on_pythons_own_loop():
    async def main():
        from nexus_testkit.adapters.real.clock import SystemClock

        database = SqliteDatabase(clock=SystemClock())
        assert await database.fetch_val("SELECT 41 + 1") == 42
        await database.aclose()

    asyncio.run(main())
