"""What a database promises about transactions, sessions, and callers at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from nexus_testkit.contracts.contract import Contract
from nexus_testkit.errors import (
    DatabaseError,
    DeadlockDetected,
    InterfaceError,
    QueryCanceled,
    SerializationFailure,
    UniqueViolation,
)
from nexus_testkit.ports.database import DatabaseAdapter

ITEMS = "promise_items"
_DROP = f"DROP TABLE IF EXISTS {ITEMS}"
_CREATE = f"""
    CREATE TABLE {ITEMS} (
        id serial PRIMARY KEY,
        name text UNIQUE NOT NULL,
        number int NOT NULL DEFAULT 0 CONSTRAINT promise_not_negative CHECK (number >= 0),
        parent int REFERENCES {ITEMS} (id)
    )
"""
_INSERT = f"INSERT INTO {ITEMS} (name) VALUES ($1)"
_NAMES = f"SELECT string_agg(name, ' ' ORDER BY name) FROM {ITEMS}"
# Long enough for a statement to reach the server and to wait there for another one's lock.
_REACHED_S = 0.1


class SessionPromises(Contract):
    """The part of `DatabaseContract` that concerns more than one statement."""

    @pytest.fixture
    async def items(self, adapter: DatabaseAdapter) -> AsyncIterator[str]:
        """The name of a table, empty: id, a unique name, a number that is not negative, a parent in the same table."""
        await adapter.execute(f"{_DROP}; {_CREATE}")
        yield ITEMS
        await adapter.execute(_DROP)

    # -- transactions

    async def test_transaction_commits_at_the_end_of_its_block(self, adapter: DatabaseAdapter, items: str) -> None:
        """What a transaction wrote is there after its block."""
        del items
        async with adapter.transaction() as session:
            await session.execute(_INSERT, "a")
            await adapter.execute(_INSERT, "b")
        assert await adapter.fetch_val(_NAMES) == "a b"

    async def test_transaction_rolls_back_when_its_block_raises(self, adapter: DatabaseAdapter, items: str) -> None:
        """An exception that leaves the block undoes all of the transaction, and goes on to the caller."""
        del items
        with pytest.raises(ZeroDivisionError):
            async with adapter.transaction():
                await adapter.execute(_INSERT, "a")
                raise ZeroDivisionError
        assert await adapter.fetch_val(_NAMES) is None

    async def test_transaction_rolls_back_when_its_task_is_cancelled(
        self, adapter: DatabaseAdapter, items: str
    ) -> None:
        """A cancelled task's transaction is undone, and its locks are free."""
        del items
        written = asyncio.Event()

        async def write() -> None:
            async with adapter.transaction():
                await adapter.execute(_INSERT, "a")
                written.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(write())
        await written.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await adapter.execute(_INSERT, "a")

    async def test_transaction_is_isolated(self, adapter: DatabaseAdapter, items: str) -> None:
        """What a transaction wrote is seen by others only after it committed."""
        del items
        async with adapter.transaction():
            await adapter.execute(_INSERT, "a")
            assert await adapter.fetch_val(_NAMES) == "a"
            assert await asyncio.create_task(adapter.fetch_val(_NAMES)) is None
        assert await asyncio.create_task(adapter.fetch_val(_NAMES)) == "a"

    async def test_tasks_started_inside_are_outside(self, adapter: DatabaseAdapter, items: str) -> None:
        """A task that was started in a transaction's block does not belong to the transaction."""
        del items
        with pytest.raises(ZeroDivisionError):
            async with adapter.transaction():
                await asyncio.create_task(adapter.execute(_INSERT, "kept"))
                raise ZeroDivisionError
        assert await adapter.fetch_val(_NAMES) == "kept"

    async def test_nested_transaction_is_a_savepoint(self, adapter: DatabaseAdapter, items: str) -> None:
        """A transaction inside another undoes its own part alone when it raises; the outer one goes on."""
        del items
        async with adapter.transaction():
            await adapter.execute(_INSERT, "a")
            with pytest.raises(UniqueViolation):
                async with adapter.transaction():
                    await adapter.execute(_INSERT, "b")
                    await adapter.execute(_INSERT, "a")
            async with adapter.transaction():
                await adapter.execute(_INSERT, "c")
        assert await adapter.fetch_val(_NAMES) == "a c"

    async def test_outer_rollback_undoes_inner_transactions(self, adapter: DatabaseAdapter, items: str) -> None:
        """What an inner transaction released is undone with the outer one."""
        del items
        with pytest.raises(ZeroDivisionError):
            async with adapter.transaction():
                async with adapter.transaction():
                    await adapter.execute(_INSERT, "a")
                raise ZeroDivisionError
        assert await adapter.fetch_val(_NAMES) is None

    async def test_failed_transaction_refuses_further_statements(self, adapter: DatabaseAdapter, items: str) -> None:
        """After an error that was swallowed the transaction answers nothing more (25P02), and is undone at its end."""
        del items
        with pytest.raises(DatabaseError) as caught:
            async with adapter.transaction():
                await adapter.execute(_INSERT, "a")
                with pytest.raises(DatabaseError):
                    await adapter.execute("SELECT 1/0")
                await adapter.fetch_val("SELECT 1")
        assert caught.value.sqlstate == "25P02"
        assert await adapter.fetch_val(_NAMES) is None

    async def test_readonly_transaction_refuses_writes(self, adapter: DatabaseAdapter, items: str) -> None:
        """A transaction with `readonly=True` reads, and refuses to write (25006)."""
        del items
        with pytest.raises(DatabaseError) as caught:
            async with adapter.transaction(readonly=True):
                assert await adapter.fetch_val(_NAMES) is None
                await adapter.execute(_INSERT, "a")
        assert caught.value.sqlstate == "25006"

    async def test_repeatable_read_sees_one_moment(self, adapter: DatabaseAdapter, items: str) -> None:
        """A transaction at `repeatable_read` sees what was committed when it first read, and nothing later."""
        del items
        async with adapter.transaction(isolation="repeatable_read"):
            assert await adapter.fetch_val(_NAMES) is None
            await asyncio.create_task(adapter.execute(_INSERT, "later"))
            assert await adapter.fetch_val(_NAMES) is None
        assert await adapter.fetch_val(_NAMES) == "later"

    async def test_repeatable_read_refuses_a_lost_update(self, adapter: DatabaseAdapter, items: str) -> None:
        """At `repeatable_read`, changing a row that another has changed since is a SerializationFailure, 40001."""
        await adapter.execute(_INSERT, "a")
        update = f"UPDATE {items} SET number = number + 1"
        with pytest.raises(SerializationFailure) as caught:
            async with adapter.transaction(isolation="repeatable_read"):
                await adapter.fetch_val(_NAMES)
                await asyncio.create_task(adapter.execute(update))
                await adapter.execute(update)
        assert caught.value.sqlstate == "40001"
        assert await adapter.fetch_val(f"SELECT number FROM {items}") == 1

    async def test_deferred_error_is_raised_at_the_end_of_the_block(self, adapter: DatabaseAdapter, items: str) -> None:
        """A deferred constraint that fails at COMMIT fails the block, and nothing was committed."""
        await adapter.execute(
            f"ALTER TABLE {items} ADD CONSTRAINT promise_late UNIQUE (number) DEFERRABLE INITIALLY DEFERRED"
        )
        with pytest.raises(UniqueViolation) as caught:
            async with adapter.transaction():
                await adapter.execute(_INSERT, "a")
                await adapter.execute(_INSERT, "b")
        assert caught.value.constraint_name == "promise_late"
        assert await adapter.fetch_val(_NAMES) is None

    async def test_time_stands_in_a_transaction(self, adapter: DatabaseAdapter) -> None:
        """`now()` is the beginning of the transaction, and goes on between transactions."""
        async with adapter.transaction():
            first = await adapter.fetch_val("SELECT now()")
            await self.pass_time(adapter, 0.02)
            assert await adapter.fetch_val("SELECT now()") == first
        assert await adapter.fetch_val("SELECT now()") > first

    # -- callers at the same time

    async def test_writers_of_one_row_wait_for_each_other(self, adapter: DatabaseAdapter, items: str) -> None:
        """Ten transactions that add to one row at once lose nothing."""
        await adapter.execute(_INSERT, "a")

        async def add() -> None:
            async with adapter.transaction():
                await adapter.execute(f"UPDATE {items} SET number = number + 1")

        await asyncio.gather(*(add() for _ in range(10)))
        assert await adapter.fetch_val(f"SELECT number FROM {items}") == 10

    async def test_same_key_at_once_has_one_winner(self, adapter: DatabaseAdapter, items: str) -> None:
        """Of ten that insert one key at once, one succeeds; the others are UniqueViolations."""
        del items
        results = await asyncio.gather(*(adapter.execute(_INSERT, "a") for _ in range(10)), return_exceptions=True)
        assert sum(isinstance(each, UniqueViolation) for each in results) == 9
        assert await adapter.fetch_val(_NAMES) == "a"

    async def test_locked_row_makes_others_wait(self, adapter: DatabaseAdapter, items: str) -> None:
        """SELECT ... FOR UPDATE makes another one wait until the first has committed; SKIP LOCKED passes it by."""
        await adapter.execute(_INSERT, "a")
        lock = f"SELECT number FROM {items} FOR UPDATE"
        async with adapter.transaction():
            await adapter.fetch_val(lock)
            waiting = asyncio.create_task(adapter.fetch_val(lock))
            assert await asyncio.create_task(adapter.fetch_all(f"{lock} SKIP LOCKED")) == []
            await asyncio.sleep(_REACHED_S)
            assert not waiting.done()
            await adapter.execute(f"UPDATE {items} SET number = 7")
        assert await waiting == 7

    async def test_deadlock_is_found(self, adapter: DatabaseAdapter, items: str) -> None:
        """Of two transactions that wait for each other one fails with DeadlockDetected, 40P01; the other goes on."""
        await adapter.execute_many(_INSERT, [("a",), ("b",)])
        both = asyncio.Barrier(2)

        async def write(first: str, second: str) -> None:
            async with adapter.transaction():
                await adapter.execute(f"UPDATE {items} SET number = number + 1 WHERE name = $1", first)
                await both.wait()
                await adapter.execute(f"UPDATE {items} SET number = number + 1 WHERE name = $1", second)

        results = await asyncio.gather(write("a", "b"), write("b", "a"), return_exceptions=True)
        (error,) = [each for each in results if each is not None]
        assert isinstance(error, DeadlockDetected)
        assert error.sqlstate == "40P01"
        assert await adapter.fetch_val(f"SELECT sum(number) FROM {items}") == 2

    async def test_cancelled_wait_lets_go(self, adapter: DatabaseAdapter, items: str) -> None:
        """A statement that waits for a lock can be cancelled; it changes nothing afterwards."""
        await adapter.execute(_INSERT, "a")
        async with adapter.transaction():
            await adapter.execute(f"UPDATE {items} SET number = 1")
            waiting = asyncio.create_task(adapter.execute(f"UPDATE {items} SET number = 2"))
            await asyncio.sleep(_REACHED_S)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert await adapter.fetch_val(f"SELECT number FROM {items}") == 1

    # -- sessions by hand

    async def test_session_ends_with_its_block(self, adapter: DatabaseAdapter) -> None:
        """Behind their blocks a session and a transaction answer nothing: an InterfaceError."""
        async with adapter.connection() as session:
            assert await session.fetch_val("SELECT 1") == 1
        async with adapter.transaction() as transaction:
            assert await transaction.fetch_val("SELECT 1") == 1
        for ended in (session, transaction):
            with pytest.raises(InterfaceError):
                await ended.fetch_val("SELECT 1")

    async def test_unknown_isolation_level_is_refused(self, adapter: DatabaseAdapter) -> None:
        """An isolation level that does not exist is an InterfaceError, and nothing begins."""
        with pytest.raises(InterfaceError):
            async with adapter.transaction(isolation=cast("Any", "bogus")):
                pass
        assert await adapter.fetch_val("SELECT 1") == 1

    async def test_first_row_is_computed_alone(self, adapter: DatabaseAdapter) -> None:
        """`fetch_one` and `fetch_val` of a SELECT do for the first row what it does, and nothing for the others."""
        await adapter.execute("DROP SEQUENCE IF EXISTS promise_numbers; CREATE SEQUENCE promise_numbers")
        query = "SELECT nextval('promise_numbers') AS n FROM generate_series(1, 9)"
        first, row = await adapter.fetch_val(query), await adapter.fetch_one(query)
        await adapter.execute("DROP SEQUENCE promise_numbers")
        assert first == 1
        assert row is not None
        assert row["n"] == 2

    async def test_session_keeps_its_settings(self, adapter: DatabaseAdapter) -> None:
        """Settings, temporary tables and prepared transactions belong to one session of `connection()`, and end with it."""
        async with adapter.connection() as session:
            await session.execute("SET statement_timeout = '7s'")
            await session.execute("CREATE TEMPORARY TABLE promise_scratch (a int)")
            assert await session.fetch_val("SHOW statement_timeout") == "7s"
            assert await session.fetch_val("SELECT count(*) FROM promise_scratch") == 0
        assert await adapter.fetch_val("SHOW statement_timeout") != "7s"

    async def test_begin_belongs_to_a_session(self, adapter: DatabaseAdapter, items: str) -> None:
        """BEGIN and ROLLBACK work in a session; outside one BEGIN is an InterfaceError, for it would hold for nobody."""
        del items
        async with adapter.connection() as session:
            await session.execute("BEGIN")
            await session.execute(_INSERT, "a")
            await session.execute("ROLLBACK")
        assert await adapter.fetch_val(_NAMES) is None
        with pytest.raises(InterfaceError):
            await adapter.execute("BEGIN")

    async def test_open_transaction_ends_with_its_session(self, adapter: DatabaseAdapter, items: str) -> None:
        """What a session leaves open is rolled back, and its advisory locks are free."""
        del items
        async with adapter.connection() as session:
            await session.execute("BEGIN")
            await session.execute(_INSERT, "a")
            await session.execute("SELECT pg_advisory_lock(7)")
        async with adapter.connection() as session:
            assert await session.fetch_val("SELECT pg_try_advisory_lock(7)") is True
        assert await adapter.fetch_val(_NAMES) is None

    async def test_statement_timeout_cancels(self, adapter: DatabaseAdapter) -> None:
        """A statement that outlasts statement_timeout is QueryCanceled, 57014; the session goes on."""
        async with adapter.connection() as session:
            await session.execute("SET statement_timeout = '20ms'")
            with pytest.raises(QueryCanceled) as caught:
                await session.execute("SELECT pg_sleep(60)")
            assert caught.value.sqlstate == "57014"
            assert await session.fetch_val("SELECT 1") == 1

    async def test_notification_reaches_listeners_after_commit(self, adapter: DatabaseAdapter) -> None:
        """NOTIFY reaches the listeners of its channel, in order, when its transaction has committed."""
        received: list[tuple[str, str]] = []
        arrived = asyncio.Event()

        def note(_connection: object, _pid: int, channel: str, payload: str) -> None:
            received.append((channel, payload))
            if payload == "last":
                arrived.set()

        async with adapter.connection() as session:
            await session.add_listener("promise", note)
            with pytest.raises(ZeroDivisionError):
                async with adapter.transaction():
                    await adapter.execute("SELECT pg_notify('promise', 'undone')")
                    raise ZeroDivisionError
            await adapter.execute("SELECT pg_notify('promise', 'ünï'), pg_notify('promise', 'last')")
            async with asyncio.timeout(30):
                await arrived.wait()
        assert received == [("promise", "ünï"), ("promise", "last")]

    async def test_copied_records_are_rows(self, adapter: DatabaseAdapter, items: str) -> None:
        """`copy_records_to_table` stores records as rows, all or none, and gives the tag."""
        async with adapter.connection() as session:
            copied = await session.copy_records_to_table(
                items, records=[("a", 1), ("b", 2)], columns=("name", "number")
            )
            assert copied == "COPY 2"
            with pytest.raises(UniqueViolation):
                await session.copy_records_to_table(items, records=[("c", 3), ("a", 1)], columns=("name", "number"))
        assert await adapter.fetch_val(_NAMES) == "a b"
