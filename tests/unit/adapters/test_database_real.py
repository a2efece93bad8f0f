"""PostgresDatabase: what only a server and a network can do."""

import asyncio
import ssl
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import trustme

from nexus_testkit.adapters.real.database import PostgresDatabase
from nexus_testkit.errors import DatabaseError, InterfaceError, OperationalError, QueryCanceled

_BREAK = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture
def on_server(servers):
    """Runs `test(database)` with a database of its own; keyword arguments are those of the adapter."""

    def on_server(test, **options):
        async def main():
            database = servers.new_database(**options)
            try:
                await test(database)
            finally:
                await database.aclose()

        asyncio.run(asyncio.wait_for(main(), 60))

    return on_server


async def broken(database):
    """Have the server end every session of the database but its own."""
    async with PostgresDatabase(database._options["dsn"], max_size=1) as other:
        await other.execute(_BREAK)


def test_a_session_that_the_server_ended_is_replaced(on_server):
    async def test(db):
        before = await db.fetch_val("SELECT pg_backend_pid()")
        await broken(db)
        for _ in range(100):  # until the news has arrived; who asks before that gets an error
            try:
                after = await db.fetch_val("SELECT pg_backend_pid()")
                break
            except asyncpg.PostgresConnectionError:
                continue
        assert after != before

    on_server(test)


def test_a_session_that_breaks_in_a_block_is_the_blocks_error(on_server):
    async def test(db):
        async def ask():
            async with db.transaction() as session:
                await session.fetch_val("SELECT pg_sleep(60)")

        asking = asyncio.create_task(ask())
        sleeping = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        while not await db.fetch_val(sleeping):
            pass
        await broken(db)
        with pytest.raises(
            asyncpg.PostgresError, match="terminating connection due to administrator command"
        ) as caught:
            await asking
        assert isinstance(caught.value, OperationalError)
        assert caught.value.sqlstate in {"08003", "57P01"}
        assert db.leaks() == []
        assert await db.health_check() is True

    on_server(test, max_size=2)


def test_a_listening_session_that_breaks_is_given_back(on_server):
    async def test(db):
        async with db.connection() as session:
            await session.add_listener("news", print)
            await broken(db)
            with pytest.raises(DatabaseError):  # noqa: PT012  # the block is what is tested
                for _ in range(100):
                    await session.fetch_val("SELECT 1")
        assert db.leaks() == []
        assert await db.health_check() is True

    on_server(test)


def test_a_pool_that_is_used_up(on_server):
    async def test(db):
        async with db.connection(), db.connection():
            with pytest.raises(TimeoutError, match=r"no session became free within 0\.01 s: all 2 are taken") as caught:
                await db.fetch_val("SELECT 1")
            assert isinstance(caught.value, OperationalError)
            waiting = asyncio.create_task(db.connect())
        await waiting
        assert await db.fetch_val("SELECT 1") == 1

    on_server(test, min_size=2, max_size=2, acquire_timeout_s=0.01)


def test_statement_timeout(on_server):
    async def test(db):
        with pytest.raises(asyncpg.QueryCanceledError, match="due to statement timeout"):
            await db.execute("SELECT pg_sleep(60)")
        assert await db.fetch_val("SHOW statement_timeout") == "20ms"

    on_server(test, statement_timeout_s=0.02)


def test_a_reply_that_does_not_come(on_server):
    async def test(db):
        with pytest.raises(TimeoutError, match=r"no reply within 0\.05 s") as caught:
            await db.execute("SELECT pg_sleep(60)")
        assert isinstance(caught.value, QueryCanceled)
        assert caught.value.sqlstate == "57014"
        assert await db.fetch_val("SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == 0

    on_server(test, command_timeout_s=0.05)


def test_settings_and_time_zone_of_each_session(on_server):
    async def test(db):
        assert await db.fetch_val("SHOW application_name") == "shop"
        assert await db.fetch_val("SHOW timezone") == "UTC"
        async with db.connection() as session:
            await session.execute("SET application_name = 'other'")
        assert await db.fetch_val("SHOW application_name") == "shop"

    on_server(test, settings={"application_name": "shop"}, max_size=1)


@pytest.mark.parametrize(
    ("url", "kinds", "sqlstate"),
    [
        ("postgresql://nobody@127.0.0.1:1/x", (OperationalError, ConnectionRefusedError), "08001"),
        ("postgresql://nobody@/x?host=/nonexistent", (OperationalError, FileNotFoundError), "08001"),
        ("postgresql://u@h:no-port/x", (InterfaceError, asyncpg.ClientConfigurationError), None),
    ],
)
def test_a_server_that_is_not_there(url, kinds, sqlstate):
    async def main():
        database = PostgresDatabase(url)
        for kind in kinds:
            with pytest.raises(kind) as caught:
                await database.fetch_val("SELECT 1")
            assert caught.value.sqlstate == sqlstate
        assert await database.health_check() is False
        await database.aclose()

    asyncio.run(main())


def test_a_password_is_in_no_error():
    async def main():
        database = PostgresDatabase("postgresql://ann:secret@127.0.0.1:1/x")
        assert database.where == "127.0.0.1:1/x"
        with pytest.raises(OperationalError) as caught:
            await database.connect()
        assert "secret" not in str(caught.value)
        assert "127.0.0.1:1/x" in str(caught.value)

    asyncio.run(main())


def test_a_database_that_is_not_there(servers):
    async def main():
        url = servers.postgres_url.replace("/postgres?", "/no_such_database?")
        with pytest.raises(asyncpg.InvalidCatalogNameError) as caught:
            async with PostgresDatabase(url):
                pass
        assert caught.value.sqlstate == "3D000"

    asyncio.run(main())


def test_a_copy_sends_records_as_they_come_and_gives_their_makers_error(on_server):
    async def test(db):
        await db.execute("CREATE TABLE t (n int)")

        async def records():
            for n in range(3):
                yield (n,)
            raise ConnectionResetError("of the records' own")

        async with db.connection() as session:
            with pytest.raises(ConnectionResetError, match="of the records' own") as caught:
                await session.copy_records_to_table("t", records=records())
            assert not isinstance(caught.value, DatabaseError)
            assert await session.fetch_val("SELECT count(*) FROM t") == 0
            assert await session.copy_records_to_table("t", records=((n,) for n in range(5))) == "COPY 5"

    on_server(test)


def test_a_cancelled_beginning_leaves_no_transaction(on_server):
    async def test(db):
        async with db.connection() as session:

            async def begin():
                async with session.transaction():
                    pytest.fail("the block began")

            task = asyncio.create_task(begin())
            await asyncio.sleep(0)  # BEGIN is on its way
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await session.fetch_val("SELECT 1") == 1
            assert not session.in_transaction

    on_server(test)


@asynccontextmanager
async def tls_in_front_of(url, context):
    """A loopback port that speaks PostgreSQL's TLS (SSLRequest, protocol-flow) and passes on what it hears; its URL."""
    path = parse_qs(urlsplit(url).query)["host"][0] + "/.s.PGSQL.5432"
    tasks = set()

    async def pass_on(reader, writer):
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except (ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    async def serve(reader, writer):
        if await reader.readexactly(8) != b"\0\0\0\x08\x04\xd2\x16\x2f":
            writer.close()
            return
        writer.write(b"S")
        await writer.drain()
        try:
            await writer.start_tls(context)
        except (ConnectionError, ssl.SSLError):
            return
        server_reader, server_writer = await asyncio.open_unix_connection(path)
        for pair in ((reader, server_writer), (server_reader, writer)):
            tasks.add(asyncio.create_task(pass_on(*pair)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_tls(servers):
    authority = trustme.CA()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(serving)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    async def main():
        async with tls_in_front_of(servers.postgres_url, serving) as url:
            async with PostgresDatabase(url, tls=trusting) as database:
                assert await database.fetch_val("SELECT 1") == 1
                async with database.connection() as session:
                    assert session.connection._con._transport.get_extra_info("cipher") is not None
            with pytest.raises(ssl.SSLCertVerificationError) as caught:
                await PostgresDatabase(url, tls=True).connect()
            assert isinstance(caught.value, OperationalError)
            with pytest.raises(OperationalError):
                await PostgresDatabase(url, tls=False).connect()

    asyncio.run(main())
