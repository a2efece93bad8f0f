"""A session by hand: notifications and COPY, with asyncpg's words and order."""

import asyncio
from contextlib import asynccontextmanager

import asyncpg
import pytest

from nexus_testkit import Harness
from nexus_testkit.errors import InterfaceError, NotNullViolation, UndefinedColumn, UndefinedTable, UniqueViolation
from nexus_testkit.simulation import run
from tests.unit.adapters.database_world import world

TABLE = (
    "CREATE TABLE t (id serial PRIMARY KEY, v varchar(5) NOT NULL, n int CHECK (n > 0), data jsonb, "
    "twice int GENERATED ALWAYS AS (n * 2) STORED)"
)

in_world = world(TABLE)


def noting(got, *parts):
    def callback(connection, pid, channel, payload):
        got.append((*parts, channel, payload))

    return callback


@asynccontextmanager
async def listening(db, got):
    """A session that notes in `got` what is said on the channel `news`."""
    async with db.connection() as session:
        await session.add_listener("news", noting(got))
        yield session


async def notify_and_fail(queries, payload):
    async with queries.transaction() as session:
        await session.execute(f"NOTIFY news, '{payload}'")
        raise ZeroDivisionError


def test_notifications_come_in_order_as_callbacks_of_the_loop():
    async def test(db):
        got = []
        async with listening(db, got):
            await db.execute("NOTIFY news, 'one'")
            await db.execute("SELECT pg_notify('news', 'two')")
            await db.execute("NOTIFY other, 'three'")
            await asyncio.sleep(0)
            assert got == [("news", "one"), ("news", "two")]

    in_world(test)


def test_a_notification_comes_with_the_commit_and_equal_ones_once():
    async def test(db):
        got = []
        async with listening(db, got):
            async with db.transaction() as session:
                for payload in ("a", "b", "a"):
                    await session.execute(f"NOTIFY news, '{payload}'")
                await asyncio.sleep(0)
                assert got == []
            await asyncio.sleep(0)
            assert got == [("news", "a"), ("news", "b")]

    in_world(test)


def test_a_rollback_drops_notifications_also_one_to_a_savepoint():
    async def test(db):
        got = []
        async with listening(db, got):
            with pytest.raises(ZeroDivisionError):
                await notify_and_fail(db, "gone")
            async with db.transaction() as session:
                await session.execute("NOTIFY news, 'kept'")
                with pytest.raises(ZeroDivisionError):
                    await notify_and_fail(session, "inner")
            await asyncio.sleep(0)
            assert got == [("news", "kept")]

    in_world(test)


def test_a_listener_in_a_transaction_hears_at_its_end():
    async def test(db):
        got = []
        async with listening(db, got) as listener:
            async with listener.transaction():
                await db.execute("NOTIFY news, 'late'")
                await asyncio.sleep(0)
                assert got == []
            await asyncio.sleep(0)
            assert got == [("news", "late")]

    in_world(test)


def test_several_callbacks_own_notifications_and_an_end():
    async def test(db):
        got = []
        first, second = noting(got, 1), noting(got, 2)

        async def third(connection, pid, channel, payload):
            await asyncio.sleep(0)
            got.append((3, channel, payload))

        async with db.connection() as session:
            for callback in (first, second, third, first):
                await session.add_listener('We"ird', callback)
            await session.execute("""NOTIFY "We""ird", 'x'""")
            await asyncio.sleep(0.01)
            assert got == [(1, 'We"ird', "x"), (2, 'We"ird', "x"), (3, 'We"ird', "x")]
            for callback in (second, third, noting(got)):
                await session.remove_listener('We"ird', callback)
            assert await session.fetch_val("SELECT count(*) FROM pg_listening_channels()") == 1
            await session.remove_listener('We"ird', first)
            assert await session.fetch_val("SELECT count(*) FROM pg_listening_channels()") == 0
            await session.remove_listener('We"ird', first)
            with pytest.raises(InterfaceError, match="expected a callable or an `async def` function,got 5"):
                await session.add_listener("x", 5)
        await db.execute("""NOTIFY "We""ird", 'y'""")
        await asyncio.sleep(0)
        assert len(got) == 3

    in_world(test)


def test_a_session_that_was_given_back_hears_nothing():
    async def test(db):
        got = []
        async with db.connection() as session:
            await session.add_listener("news", noting(got))
        await db.execute("NOTIFY news, 'x'")
        await asyncio.sleep(0)
        assert got == []
        async with db.connection() as session:
            assert await session.fetch_val("SELECT count(*) FROM pg_listening_channels()") == 0

    in_world(test)


def test_through_the_harness_the_callback_gets_the_session():
    async def main():
        async with Harness() as nexus:
            got = []
            async with nexus.db.connection() as session:
                await session.add_listener("news", lambda *args: got.append(args))
                await nexus.db.execute("NOTIFY news, 'x'")
                await asyncio.sleep(0)
                ((connection, pid, channel, payload),) = got
                assert (connection, channel, payload) == (session, "news", "x")
                assert pid > 0
                await session.execute("CREATE TABLE c (a int)")
                assert await session.copy_records_to_table("c", records=[(1,), (2,)]) == "COPY 2"
            operations = [call.operation for call in nexus.journal]
            assert "database.add_listener" in operations
            assert "database.copy_records_to_table" in operations

    run(main)


def test_copy_inserts_all_records():
    async def test(db):
        async def produced():
            for n in (1, 2):
                yield (f"g{n}", n)

        async with db.connection() as session:
            copy = session.copy_records_to_table
            assert await copy("t", records=[("a", 1), ("b", None)], columns=["v", "n"]) == "COPY 2"
            assert await copy("t", records=produced(), columns=["v", "n"], schema_name="public") == "COPY 2"
            assert await copy("t", records=[], columns=["v"]) == "COPY 0"
            assert await copy("t", records=[("long", 1, "more")], columns=["v", "n"]) == "COPY 1"
            rows = [tuple(row) for row in await session.fetch_all("SELECT id, v, n, twice FROM t ORDER BY id")]
            assert rows == [(1, "a", 1, 2), (2, "b", None, None), (3, "g1", 1, 2), (4, "g2", 2, 4), (5, "long", 1, 2)]

    in_world(test)


@pytest.mark.parametrize(
    ("records", "columns", "kind", "words"),
    [
        ([("a", 1), ("b", "x")], ["v", "n"], TypeError, "'str' object cannot be interpreted as an integer"),
        ([(5, 1)], ["v", "n"], TypeError, "expected str, got int"),
        ([("a", 2**40)], ["v", "n"], OverflowError, "value out of int32 range"),
        ([("a",)], ["v", "n"], IndexError, "tuple index out of range"),
        ([("a", {"x": 1})], ["v", "data"], InterfaceError, r"no binary format encoder for type jsonb \(OID 3802\)"),
        ([("a", 1), (None, 1)], ["v", "n"], NotNullViolation, 'null value in column "v" of relation "t"'),
        ([("a", -1)], ["v", "n"], asyncpg.CheckViolationError, 'violates check constraint "t_n_check"'),
        ([("toolong", 1)], ["v", "n"], asyncpg.StringDataRightTruncationError, "value too long"),
        ([(1, "a"), (1, "b")], ["id", "v"], UniqueViolation, 'unique constraint "t_pkey"'),
        ([("a", 1)], ["v", "nope"], UndefinedColumn, 'column "nope" does not exist'),
        ([("a", 1)], ["v", "twice"], asyncpg.InvalidColumnReferenceError, 'column "twice" is a generated column'),
        ([("a", 1)], ["v", "v"], asyncpg.DuplicateColumnError, 'column "v" specified more than once'),
    ],
)
def test_copy_fails_as_asyncpgs_and_leaves_nothing(records, columns, kind, words):
    async def test(db):
        async with db.connection() as session:
            with pytest.raises(kind, match=words):
                await session.copy_records_to_table("t", records=records, columns=columns)
            assert await session.fetch_val("SELECT count(*) FROM t") == 0

    in_world(test)


def test_a_failed_copy_fails_the_transaction():
    async def test(db):
        async with db.connection() as session:
            await session.execute("BEGIN")
            with pytest.raises(TypeError):
                await session.copy_records_to_table("t", records=[(1,)], columns=["v"])
            with pytest.raises(asyncpg.InFailedSQLTransactionError):
                await session.execute("SELECT 1")
            with pytest.raises(asyncpg.InFailedSQLTransactionError):
                await session.copy_records_to_table("t", records=[("a",)], columns=["v"])
            await session.execute("ROLLBACK")
            with pytest.raises(UndefinedTable, match=r'relation "nope\.t" does not exist'):
                await session.copy_records_to_table("t", records=[("a",)], schema_name="nope")

    in_world(test)
