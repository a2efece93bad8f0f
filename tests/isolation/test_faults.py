"""A fault fails as the server makes asyncpg fail, and leaves the session as the server leaves it.

What is written down here is what asyncpg 0.32 and PostgreSQL 18.6 do; each line is asked of a server as well.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import socket
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from nexus_testkit import Harness
from nexus_testkit.errors import OperationalError
from nexus_testkit.simulation import run

TABLE = "CREATE TABLE users (id int PRIMARY KEY, name text)"
ROWS = "INSERT INTO users VALUES (1, 'ann'), (2, 'bob')"
UPDATE = "UPDATE users SET name = 'cid' WHERE id = 1"

ABORTED = (
    "InFailedSQLTransactionError 25P02: current transaction is aborted, commands ignored until end of transaction block"
)
CLOSED = "InterfaceError: connection is closed"
LOST = "ConnectionDoesNotExistError 08003: connection was closed in the middle of operation"
DEADLOCK = (
    "DeadlockDetectedError 40P01: deadlock detected\n"
    "DETAIL:  Process # waits for ShareLock on transaction #; blocked by process #.\n"
    "Process # waits for ShareLock on transaction #; blocked by process #.\n"
    "HINT:  See server log for query details."
)
DISK_FULL = (
    'DiskFullError 53100: could not extend file "base/#/#": No space left on device\nHINT:  Check free disk space.'
)
ADMINISTRATOR = "terminating connection due to administrator command"
COMMITTING = (
    "SerializationError 40001: could not serialize access due to read/write dependencies among transactions\n"
    "DETAIL:  Reason code: Canceled on identification as a pivot, during commit attempt.\n"
    "HINT:  The transaction might succeed if retried."
)
UPDATING = "SerializationError 40001: could not serialize access due to concurrent update"

# What was raised, what the next statement of the session gives, and whether what the transaction wrote is there.
RECORD = {
    "40001 in a transaction": (UPDATING, ABORTED, False),
    "40001 at commit": (COMMITTING, "1", False),
    "40P01 in a transaction": (DEADLOCK, ABORTED, False),
    "53100 in a transaction": (DISK_FULL, ABORTED, False),
    "57P01 in a transaction": (f"{LOST}: {ADMINISTRATOR}\n<- AdminShutdownError 57P01: {ADMINISTRATOR}", CLOSED, False),
    "57P01 outside": (f"{LOST}: {ADMINISTRATOR}\n<- AdminShutdownError 57P01: {ADMINISTRATOR}", CLOSED, True),
    "reset in a transaction": (LOST, CLOSED, False),
    "timeout in a transaction": ("TimeoutError", ABORTED, False),
    "timeout outside": ("TimeoutError", "1", True),
    "55P03 in a transaction": ("LockNotAvailableError 55P03: canceling statement due to lock timeout", ABORTED, False),
    "57014 in a transaction": (
        "QueryCanceledError 57014: canceling statement due to statement timeout",
        ABORTED,
        False,
    ),
}


def told(error: BaseException) -> str:
    """The error as `except` and a log see it: the driver's class, its code and text, and what caused it."""
    if isinstance(error, OSError):  # asyncpg says nothing, and the port puts words to it
        return next(cls.__name__ for cls in type(error).__mro__ if cls.__module__ == "builtins")
    classes = [cls for cls in type(error).__mro__ if cls.__module__.startswith(("asyncpg.", "builtins"))]
    sqlstate = getattr(error, "sqlstate", None)
    text = (
        f"{classes[0].__name__}{f' {sqlstate}' if sqlstate else ''}: {re.sub(r'(?<![0-9A-Z])[0-9]+', '#', str(error))}"
    )
    cause = error.__cause__
    return f"{text}\n<- {told(cause)}" if isinstance(cause, asyncpg.PostgresError) else text


async def then(session: Any) -> str:
    """What the next statement of a session gives."""
    try:
        return str(await session.fetchval("SELECT 1"))
    except Exception as error:  # noqa: BLE001  # whatever it is
        return told(error)


# -------------------------------------------------------------------------------------------- the server


class OnServer:
    """What makes a real server, or its network, fail; each takes a session and gives what it raised."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.open: list[Any] = []

    async def session(self) -> Any:
        made = await asyncpg.connect(self.url)
        self.open.append(made)
        return made

    async def caught(self, call: Awaitable[object]) -> str:
        try:
            await call
        except Exception as error:  # noqa: BLE001  # whatever it is
            return told(error)
        return "nothing"

    async def outcome(self, name: str) -> tuple[str, str, bool]:
        observer = await self.session()
        await observer.execute(f"DROP TABLE IF EXISTS users; {TABLE}; {ROWS}")
        session = await self.session()
        cause, where = name.split(" ", 1)
        if where == "outside":
            await session.execute("INSERT INTO users VALUES (3, 'eve')")
            raised = await getattr(self, f"cause_{cause}")(session, observer)
            after = await then(session)
        else:
            isolation = {"40001 in a transaction": "repeatable_read", "40001 at commit": "serializable"}.get(name)
            transaction = session.transaction(isolation=isolation)
            await transaction.start()
            await session.fetch("SELECT * FROM users")
            await session.execute("INSERT INTO users VALUES (3, 'eve')")
            if where == "at commit":
                raised = await self.skewed(session, transaction, observer)
            else:
                raised = await getattr(self, f"cause_{cause}")(session, observer)
            after = await then(session)
            with contextlib.suppress(asyncpg.InterfaceError, asyncpg.PostgresError):
                await transaction.rollback()
        return raised, after, await observer.fetchval("SELECT count(*) FROM users WHERE id = 3") == 1

    async def cause_40001(self, session: Any, observer: Any) -> str:
        await observer.execute(UPDATE)
        return await self.caught(session.execute(UPDATE))

    async def skewed(self, session: Any, transaction: Any, observer: Any) -> str:
        other = observer.transaction(isolation="serializable")
        await other.start()
        await observer.fetch("SELECT * FROM users")
        await observer.execute("INSERT INTO users VALUES (4, 'fay')")
        await other.commit()
        return await self.caught(transaction.commit())

    async def cause_40P01(self, session: Any, observer: Any) -> str:  # noqa: N802  # the code's own letters
        await observer.execute("SET deadlock_timeout = '10s'")
        await session.execute("SET deadlock_timeout = '10ms'")
        async with observer.transaction():
            await observer.execute("UPDATE users SET name = 'dan' WHERE id = 2")
            await session.execute(UPDATE)
            waiting = asyncio.create_task(observer.execute(UPDATE))
            pid = observer.get_server_pid()
            watcher = await self.session()
            while not await watcher.fetchval("SELECT cardinality(pg_blocking_pids($1))", pid):  # noqa: ASYNC110  # no event says so
                await asyncio.sleep(0)
            raised = await self.caught(session.execute("UPDATE users SET name = 'cid' WHERE id = 2"))
            await waiting
        return raised

    async def cause_53100(self, session: Any, _observer: Any) -> str:
        return await self.caught(
            session.execute(
                """DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', HINT = 'Check free disk space.',
                   MESSAGE = 'could not extend file "base/5/16384": No space left on device'; END $$"""
            )
        )

    async def cause_57P01(self, session: Any, _observer: Any) -> str:  # noqa: N802  # the code's own letters
        return await self.caught(session.execute("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(5)"))

    async def cause_reset(self, session: Any, _observer: Any) -> str:
        asyncio.get_running_loop().call_soon(session._transport.abort)  # as a network that breaks
        return await self.caught(session.execute("SELECT pg_sleep(5)"))

    async def cause_timeout(self, session: Any, _observer: Any) -> str:
        return await self.caught(session.execute("SELECT pg_sleep(5)", timeout=0.01))

    async def cause_55P03(self, session: Any, observer: Any) -> str:  # noqa: N802  # the code's own letters
        async with observer.transaction():
            await observer.execute(UPDATE)
            await session.execute("SET LOCAL lock_timeout = '10ms'")
            return await self.caught(session.execute(UPDATE))

    async def cause_57014(self, session: Any, _observer: Any) -> str:
        await session.execute("SET LOCAL statement_timeout = '10ms'")
        return await self.caught(session.execute("SELECT pg_sleep(5)"))

    async def close(self) -> None:
        for each in self.open:
            each.terminate()


def on_server(url: str, ask: Callable[[OnServer], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        server = OnServer(url)
        try:
            return await ask(server)
        finally:
            await server.close()

    return asyncio.run(main())


@pytest.mark.parametrize("name", RECORD)
def test_record_is_what_the_server_does(name: str, postgres_url: str) -> None:
    assert on_server(postgres_url, lambda server: server.outcome(name)) == RECORD[name]


# ---------------------------------------------------------------------------------------------- the fake


class _Session:
    """A session of the port with asyncpg's name for what `then` asks."""

    def __init__(self, session: Any) -> None:
        self.fetchval = session.fetch_val


@pytest.mark.parametrize("name", RECORD)
def test_a_fault_does_what_the_record_says(name: str) -> None:
    code, where = name.split(" ", 1)

    async def main() -> tuple[str, str, bool]:
        async with Harness() as nexus:
            await nexus.db.execute(f"{TABLE}; {ROWS}")
            async with nexus.db.connection() as session:
                raised = after = ""
                operation = "database.commit" if where == "at commit" else "table:marked"

                async def marked() -> str:
                    try:
                        await session.fetch_val("SELECT 1 AS marked")
                    except Exception as error:  # noqa: BLE001  # whatever it is
                        return told(error)
                    return "nothing"

                nexus.faults.on(operation).nth(1).raises(code)
                if where == "outside":
                    await session.execute("INSERT INTO users VALUES (3, 'eve')")
                    raised, after = await marked(), await then(_Session(session))
                else:
                    try:
                        async with session.transaction():
                            await session.execute("INSERT INTO users VALUES (3, 'eve')")
                            if where == "in a transaction":
                                raised, after = await marked(), await then(_Session(session))
                                raise asyncio.InvalidStateError  # noqa: TRY301  # leaves the block as code would
                    except asyncio.InvalidStateError:
                        pass
                    except OperationalError as error:
                        raised, after = told(error), await then(_Session(session))
            return raised, after, await nexus.db.fetch_val("SELECT count(*) FROM users WHERE id = 3") == 1

    assert run(main) == RECORD[name]


# ------------------------------------------------------------------------------------ where none is open


def raised_by(operation: str, words: str) -> BaseException:
    """What taking a connection raises."""

    async def main() -> BaseException:
        async with Harness() as nexus:
            nexus.faults.on(operation).nth(1).raises(words)
            with pytest.raises((OperationalError, TimeoutError)) as caught:
                async with nexus.db.connection():
                    raise AssertionError("there is none")
            async with nexus.db.connection() as session:
                assert await session.fetch_val("SELECT 1") == 1
            return caught.value

    return run(main)


def test_nobody_listens_in_pythons_own_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]

    async def connect() -> None:
        await asyncpg.connect(host="127.0.0.1", port=port, user="ann", database="users")

    with pytest.raises(ConnectionRefusedError) as caught:
        asyncio.run(connect())
    error = raised_by("database.acquire", "refused")
    assert isinstance(error, ConnectionRefusedError)
    assert isinstance(error, OperationalError)
    assert str(error) == f"no connection to localhost:5432/app: {caught.value}".replace(str(port), "5432")
    assert (error.errno, error.sqlstate) == (caught.value.errno, "08001")


def test_a_server_without_a_free_connection_says_so_at_once(postgres_url: str) -> None:
    async def connect(server: OnServer) -> BaseException:
        admin = await server.session()
        await admin.execute("DROP ROLE IF EXISTS nexus_faults; CREATE ROLE nexus_faults LOGIN CONNECTION LIMIT 0")
        try:
            with pytest.raises(asyncpg.PostgresError) as caught:
                await asyncpg.connect(postgres_url, user="nexus_faults")
        finally:
            await admin.execute("DROP ROLE nexus_faults")
        return caught.value

    theirs, ours = on_server(postgres_url, connect), raised_by("database.acquire", "53300")
    assert isinstance(ours, type(theirs))
    assert isinstance(ours, asyncpg.TooManyConnectionsError)
    assert (ours.sqlstate, ours.severity) == (theirs.sqlstate, theirs.severity) == ("53300", "FATAL")
    assert (
        str(ours) == "sorry, too many clients already"
    )  # src/backend/storage/lmgr/proc.c; the role's limit has other words


def test_a_pool_without_a_free_connection_is_a_time_out(postgres_url: str) -> None:
    async def exhaust(_server: OnServer) -> BaseException:
        async with asyncpg.create_pool(postgres_url, min_size=1, max_size=1) as pool, pool.acquire():
            with pytest.raises(TimeoutError) as caught:
                await pool.acquire(timeout=0.01)
        return caught.value

    ours = raised_by("database.acquire", "exhausted")
    assert isinstance(ours, type(on_server(postgres_url, exhaust)))
    assert isinstance(ours, OperationalError)
    assert str(ours).startswith("no session became free within 30 s: all 10 are taken")
