"""Where fake and server once differed: each answers alike now."""

import asyncpg
import pytest

from nexus_testkit.errors import CacheError, CacheTypeError, DatabaseError, DataError, InterfaceError


def test_a_session_ends_with_its_block(on_database):
    async def test(db, _):
        async with db.connection() as session:
            async with session.transaction() as inner:
                await inner.execute("CREATE TABLE t (a int)")
            assert await session.fetch_val("SELECT 1") == 1
        async with db.transaction() as tx:
            await tx.execute("INSERT INTO t VALUES (1)")
        for ended in (session, inner, tx):
            with pytest.raises(InterfaceError, match="connection is closed"):
                await ended.fetch_val("SELECT 1")
            with pytest.raises(InterfaceError, match="connection is closed"):
                async with ended.transaction():
                    pass
            with pytest.raises(InterfaceError, match="connection is closed"):
                await ended.execute_many("INSERT INTO t VALUES ($1)", [(1,)])
        for command in (session.add_listener("c", print), session.copy_records_to_table("t", records=[(1,)])):
            with pytest.raises(InterfaceError, match="connection is closed"):
                await command
        assert await db.fetch_val("SELECT count(*) FROM t") == 1

    on_database(test)


def test_in_an_aborted_transaction_what_is_given_to_a_known_statement_is_looked_at_first(on_database):
    known, other = "INSERT INTO t (k, n) VALUES ($1, $2)", "INSERT INTO t (n, k) VALUES ($1, $2)"

    async def test(db, _):
        await db.execute("CREATE TABLE t (k text, n int)")
        async with db.connection() as session:
            await session.execute(known, "a", 1)
            await session.execute("BEGIN")
            with pytest.raises(DataError, match="division by zero"):
                await session.execute("SELECT 1 / 0")
            for _ in range(2):
                with pytest.raises(DataError, match=r"invalid input for query argument \$1: 0 \(expected str"):
                    await session.execute(known, 0, 0)
                with pytest.raises(InterfaceError, match="expects 2 arguments for this query, 1 was passed"):
                    await session.execute(known, "a")
                for statement in (known, other):
                    with pytest.raises(DatabaseError, match="current transaction is aborted"):
                        await session.execute(statement, "a", 1)
            await session.execute("ROLLBACK")
            assert await session.fetch_val("SELECT count(*) FROM t") == 1

    on_database(test)


def test_an_isolation_level_that_does_not_exist_is_refused(on_database):
    async def test(db, _):
        with pytest.raises(InterfaceError, match="isolation='bogus'"):
            async with db.transaction(isolation="bogus"):
                pass
        async with db.transaction() as tx:
            with pytest.raises(InterfaceError, match="isolation='bogus'"):
                async with tx.transaction(isolation="bogus"):
                    pass
            assert await tx.fetch_val("SELECT 1") == 1

    on_database(test)


def test_one_row_is_computed_where_one_is_asked_for(on_database):
    async def test(db, _):
        await db.execute("CREATE SEQUENCE s; CREATE TABLE t (a int); INSERT INTO t VALUES (1), (2), (3)")
        assert await db.fetch_val("SELECT nextval('s') FROM t") == 1
        assert (await db.fetch_one("SELECT nextval('s') FROM t"))[0] == 2
        assert await db.fetch_val("SELECT 6 / (2 - a) FROM t") == 6
        assert await db.fetch_val("INSERT INTO t SELECT nextval('s') FROM t RETURNING a") == 3
        assert await db.fetch_val("SELECT count(*) FROM t") == 6
        assert await db.fetch_val("SELECT nextval('s')") == 6
        with pytest.raises(DataError):
            await db.fetch_val("SELECT 6 / (2 - a) FROM t ORDER BY 1")

    on_database(test)


def test_a_statement_whose_columns_changed_fails_a_transaction_and_is_prepared_again_outside(on_database):
    async def test(db, _):
        await db.execute("CREATE TABLE t (a int); INSERT INTO t VALUES (1)")
        async with db.connection() as session:
            assert tuple(await session.fetch_one("SELECT * FROM t")) == (1,)
            await session.execute("ALTER TABLE t ADD COLUMN b text DEFAULT 'x'")
            assert tuple(await session.fetch_one("SELECT * FROM t")) == (1, "x")
            await session.execute("BEGIN; ALTER TABLE t ALTER COLUMN a TYPE text")
            with pytest.raises(DatabaseError, match="cached statement plan is invalid") as caught:
                await session.fetch_all("SELECT * FROM t")
            with pytest.raises(DatabaseError, match="current transaction is aborted"):
                await session.fetch_all("SELECT 1")
            await session.execute("ROLLBACK")
            assert caught.value.sqlstate == "0A000"
            assert isinstance(caught.value, asyncpg.InvalidCachedStatementError)
            assert tuple(await session.fetch_one("SELECT * FROM t")) == (1, "x")
            async with session.transaction():
                await session.execute("ALTER TABLE t ADD COLUMN c int")
                assert len(await session.fetch_one("SELECT * FROM t WHERE true")) == 3
                assert await session.fetch_val("SELECT a FROM t") == 1

    on_database(test)


def test_a_refused_argument_leaves_nothing_open(on_database):
    async def test(db, _):
        async with db.connection() as session:
            with pytest.raises(DataError):
                await session.fetch_val("SELECT $1::int", "x")
            async with session.transaction(isolation="repeatable_read"):
                assert await session.fetch_val("SELECT 1") == 1

    on_database(test)


@pytest.mark.parametrize("value", [[1, "a", {"b": None}], [[1], [2]], [None, 1], [{"a": [1]}]])
def test_arrays_of_json_come_back(on_database, value):
    async def test(db, _):
        assert await db.fetch_val("SELECT $1::jsonb[]", value) == value
        assert await db.fetch_val("SELECT $1::json[]", value) == value
        assert await db.fetch_val("SELECT array_ndims($1::jsonb[])", value) == (2 if isinstance(value[0], list) else 1)

    on_database(test)


@pytest.mark.parametrize("kind", ["jsonb", "json"])
@pytest.mark.parametrize("value", [[[1], 2], [1, [2]], [[1], [2, 3]]])
def test_lists_in_an_array_of_json_are_its_dimensions(on_database, kind, value):
    async def test(db, _):
        with pytest.raises(DataError, match="non-homogeneous array"):
            await db.fetch_val(f"SELECT $1::{kind}[]", value)

    on_database(test)


def test_an_aborted_transaction_begins_and_ends_no_other(on_database):
    async def test(db, _):
        async with db.connection() as session:
            await session.execute("CREATE TABLE c (a int); BEGIN READ ONLY")
            with pytest.raises(DatabaseError, match="cannot execute COPY FROM in a read-only transaction"):
                await session.copy_records_to_table("c", records=[])
            for doomed in (session.transaction(), session.transaction(isolation="serializable")):
                with pytest.raises(DatabaseError, match="current transaction is aborted"):
                    await doomed.__aenter__()
            with pytest.raises(DatabaseError, match="current transaction is aborted"):
                await session.execute_many("SELECT $1::int", [])
            await session.execute("ROLLBACK")
            await session.execute("BEGIN")
            inner = session.transaction()
            await inner.__aenter__()
            with pytest.raises(DatabaseError):
                await session.execute("SELECT 1/0")
            with pytest.raises(DatabaseError, match="current transaction is aborted"):
                await inner.__aexit__(None, None, None)
            assert await session.fetch_val("SELECT 1") == 1
            await session.execute("ROLLBACK")

    on_database(test)


def test_errors_of_the_cache_s_client_are_the_port_s_too(on_cache):
    async def test(cache, _):
        client = cache.client
        await client.set("text", "x")
        with pytest.raises(CacheError) as caught:
            await client.lpush("text", 1)
        assert type(caught.value).__name__ == "CacheTypeError"
        with pytest.raises(CacheError):
            await client.execute_command("NOSUCH")
        with pytest.raises(CacheError):
            async with client.pipeline() as pipeline:
                await pipeline.set("a", 1).lpush("text", 1).execute()
        async with client.pipeline(transaction=False) as pipeline:
            answers = await pipeline.incr("a").lpush("text", 1).execute(raise_on_error=False)
        assert answers[0] == 2
        assert isinstance(answers[1], CacheError)
        async with client.pipeline() as pipeline:
            await pipeline.watch("a")
            await client.set("a", 5)
            pipeline.multi()
            with pytest.raises(CacheError):
                await pipeline.set("a", 6).execute()
        with pytest.raises(CacheError):
            await client.set("a", None)
        async with client.client() as single:
            with pytest.raises(CacheError):
                await single.lpush("text", 1)

    on_cache(test)


def test_a_sum_without_end_is_refused(on_cache):
    async def test(cache, _):
        client = cache.client
        try:
            await client.set("a", b"inf")
            await client.hset("h", "text", "x")
            with pytest.raises(CacheTypeError, match=r"^increment would produce NaN or Infinity"):
                await client.incrbyfloat("a", 10)
            for field in ("f", "text"):
                with pytest.raises(CacheTypeError, match=r"^value is NaN or Infinity"):
                    await client.hincrbyfloat("h", field, float("inf"))
            with pytest.raises(CacheTypeError, match=r"^hash value is not a float"):
                await client.hincrbyfloat("h", "text", 1)
            assert await client.get("a") == b"inf"
        finally:
            await client.delete("a", "h")  # such commands know no prefix

    on_cache(test)


def test_an_error_among_many_is_said_as_it_is_for_one(on_cache):
    async def test(cache, _):
        for write in (cache.set_many({"a": 1, "b": 2}, ttl=1e300), cache.set("a", 1, ttl=1e300)):
            with pytest.raises(CacheTypeError, match=r"^value is not an integer or out of range"):
                await write
        assert await cache.get_many(["a", "b"]) == {}

    on_cache(test)


@pytest.mark.parametrize("used", [True, False])
def test_a_closed_cache_answers_nothing(on_cache, used):
    async def test(cache, _):
        client = cache.client if used else None
        if used:
            await cache.set("a", 1)
            await client.get("a")
        await cache.aclose()
        assert await cache.health_check() is False
        with pytest.raises(CacheError, match="the connection to the cache is closed"):
            await cache.get("a")
        with pytest.raises(CacheError, match="the connection to the cache is closed"):
            async with cache.subscribe("c"):
                pass
        with pytest.raises(CacheError, match="the connection to the cache is closed"):
            async with cache.lock("l"):
                pass
        with pytest.raises(CacheError, match="the connection to the cache is closed"):
            await cache.publish("c", b"x")
        for each in (client, cache.client):
            if each is not None:
                with pytest.raises(CacheError, match="the connection to the cache is closed"):
                    await each.get("a")
                with pytest.raises(CacheError, match="the connection to the cache is closed"):
                    await each.pipeline().get("a").execute()

    on_cache(test)
