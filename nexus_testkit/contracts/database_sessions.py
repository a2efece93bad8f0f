"""What a database promises about transactions, and callers at the same time. `database_by_hand` has sessions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from nexus_testkit.contracts.database_table import INSERT, NAMES, TablePromises
from nexus_testkit.errors import (
    DatabaseError,
    DeadlockDetected,
    InterfaceError,
    SerializationFailure,
    UniqueViolation,
)
from nexus_testkit.ports.database import DatabaseAdapter

# Long enough for a statement to reach the server and to wait there for another one's lock.
_REACHED_S = 0.1


class SessionPromises(TablePromises):
    """The part of `DatabaseContract` that concerns more than one statement."""

    # -- transactions

    async def test_transaction_commits_at_the_end_of_its_block(self, adapter: DatabaseAdapter, items: str) -> None:
        """What a transaction wrote is there after its block."""
        del items
        async with adapter.transaction() as session:
            await session.execute(INSERT, "a")
            await adapter.execute(INSERT, "b")
        assert await adapter.fetch_val(NAMES) == "a b"

    async def test_transaction_rolls_back_when_its_block_raises(self, adapter: DatabaseAdapter, items: str) -> None:
        """An exception that leaves the block, whichever it is, undoes all of the transaction and goes on to the caller."""
        del items
        for error in (ZeroDivisionError("x"), KeyError("x"), TimeoutError(), StopAsyncIteration(), _NoException()):
            with pytest.raises(type(error)) as caught:
                await _insert_and_raise(adapter, error)
            assert caught.value is error
            assert await adapter.fetch_val(NAMES) is None

    async def test_transaction_rolls_back_when_its_task_is_cancelled(
        self, adapter: DatabaseAdapter, items: str
    ) -> None:
        """A cancelled task's transaction is undone, and its locks are free."""
        del items
        written = asyncio.Event()

        async def write() -> None:
            async with adapter.transaction():
                await adapter.execute(INSERT, "a")
                written.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(write())
        await written.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await adapter.execute(INSERT, "a")

    async def test_transaction_is_isolated(self, adapter: DatabaseAdapter, items: str) -> None:
        """What a transaction wrote is seen by others only after it committed."""
        del items
        async with adapter.transaction():
            await adapter.execute(INSERT, "a")
            assert await adapter.fetch_val(NAMES) == "a"
            assert await asyncio.create_task(adapter.fetch_val(NAMES)) is None
        assert await asyncio.create_task(adapter.fetch_val(NAMES)) == "a"

    async def test_tasks_started_inside_are_outside(self, adapter: DatabaseAdapter, items: str) -> None:
        """A task that was started in a transaction's block does not belong to the transaction."""
        del items
        with pytest.raises(ZeroDivisionError):
            async with adapter.transaction():
                await asyncio.create_task(adapter.execute(INSERT, "kept"))
                raise ZeroDivisionError
        assert await adapter.fetch_val(NAMES) == "kept"

    async def test_nested_transaction_is_a_savepoint(self, adapter: DatabaseAdapter, items: str) -> None:
        """A transaction inside another undoes its own part alone when it raises anything; the outer one goes on."""
        del items
        async with adapter.transaction():
            await adapter.execute(INSERT, "a")
            with pytest.raises(UniqueViolation):
                async with adapter.transaction():
                    await adapter.execute(INSERT, "b")
                    await adapter.execute(INSERT, "a")
            with pytest.raises(ZeroDivisionError):
                await _insert_and_raise(adapter, ZeroDivisionError())
            async with adapter.transaction():
                await adapter.execute(INSERT, "c")
        assert await adapter.fetch_val(NAMES) == "a c"

    async def test_outer_rollback_undoes_inner_transactions(self, adapter: DatabaseAdapter, items: str) -> None:
        """What an inner transaction released is undone with the outer one."""
        del items
        with pytest.raises(ZeroDivisionError):
            async with adapter.transaction():
                async with adapter.transaction():
                    await adapter.execute(INSERT, "a")
                raise ZeroDivisionError
        assert await adapter.fetch_val(NAMES) is None

    async def test_failed_transaction_refuses_further_statements(self, adapter: DatabaseAdapter, items: str) -> None:
        """After an error that was swallowed the transaction answers nothing more (25P02), and is undone at its end."""
        del items
        with pytest.raises(DatabaseError) as caught:
            async with adapter.transaction():
                await adapter.execute(INSERT, "a")
                with pytest.raises(DatabaseError):
                    await adapter.execute("SELECT 1/0")
                await adapter.fetch_val("SELECT 1")
        assert caught.value.sqlstate == "25P02"
        assert await adapter.fetch_val(NAMES) is None

    async def test_readonly_transaction_refuses_writes(self, adapter: DatabaseAdapter, items: str) -> None:
        """A transaction with `readonly=True` reads, and refuses to write (25006)."""
        del items
        with pytest.raises(DatabaseError) as caught:
            async with adapter.transaction(readonly=True):
                assert await adapter.fetch_val(NAMES) is None
                await adapter.execute(INSERT, "a")
        assert caught.value.sqlstate == "25006"

    async def test_readonly_holds_at_every_level(self, adapter: DatabaseAdapter, items: str) -> None:
        """`readonly` holds together with an isolation level, and `deferrable` is taken with both."""
        del items
        for options in ({"isolation": "serializable"}, {"isolation": "serializable", "deferrable": True}):
            with pytest.raises(DatabaseError) as caught:
                async with adapter.transaction(readonly=True, **cast("Any", options)):
                    assert await adapter.fetch_val("SHOW transaction_isolation") == "serializable"
                    await adapter.execute(INSERT, "a")
            assert caught.value.sqlstate == "25006"

    async def test_read_committed_sees_what_others_commit(self, adapter: DatabaseAdapter, items: str) -> None:
        """At `read_committed`, which is the default, each statement sees what was committed before it began."""
        del items
        for name, options in (("a", {}), ("b", {"isolation": "read_committed"})):
            async with adapter.transaction(**cast("Any", options)):
                before = await adapter.fetch_val(NAMES) or ""
                await asyncio.create_task(adapter.execute(INSERT, name))
                assert await adapter.fetch_val(NAMES) == f"{before} {name}".strip()

    async def test_repeatable_read_sees_one_moment(self, adapter: DatabaseAdapter, items: str) -> None:
        """A transaction at `repeatable_read` sees what was committed when it first read, and nothing later."""
        del items
        async with adapter.transaction(isolation="repeatable_read"):
            assert await adapter.fetch_val(NAMES) is None
            await asyncio.create_task(adapter.execute(INSERT, "later"))
            assert await adapter.fetch_val(NAMES) is None
        assert await adapter.fetch_val(NAMES) == "later"

    async def test_repeatable_read_refuses_a_lost_update(self, adapter: DatabaseAdapter, items: str) -> None:
        """At `repeatable_read`, changing a row that another has changed since is a SerializationFailure, 40001."""
        await adapter.execute(INSERT, "a")
        update = f"UPDATE {items} SET number = number + 1"
        with pytest.raises(SerializationFailure) as caught:
            async with adapter.transaction(isolation="repeatable_read"):
                await adapter.fetch_val(NAMES)
                await asyncio.create_task(adapter.execute(update))
                await adapter.execute(update)
        assert caught.value.sqlstate == "40001"
        assert await adapter.fetch_val(f"SELECT number FROM {items}") == 1

    async def test_serializable_refuses_write_skew(self, adapter: DatabaseAdapter, items: str) -> None:
        """Of two transactions at `serializable` that each write what the other has read one fails, 40001."""
        await adapter.execute_many(INSERT, [("a",), ("b",)])
        both_read = asyncio.Barrier(2)

        async def set_one(name: str) -> None:
            async with _broken_by_errors(both_read), adapter.transaction(isolation="serializable"):
                await adapter.fetch_val(f"SELECT sum(number) FROM {items}")
                await both_read.wait()
                await adapter.execute(f"UPDATE {items} SET number = 1 WHERE name = $1", name)

        results = await asyncio.gather(set_one("a"), set_one("b"), return_exceptions=True)
        errors = [each for each in results if each is not None]
        assert len(errors) == 1, errors
        error = errors[0]
        assert isinstance(error, SerializationFailure)
        assert error.sqlstate == "40001"
        assert await adapter.fetch_val(f"SELECT sum(number) FROM {items}") == 1

    async def test_nested_transaction_keeps_the_level(self, adapter: DatabaseAdapter) -> None:
        """A transaction inside another may name the outer one's isolation level; another level is an InterfaceError."""
        async with adapter.transaction(isolation="repeatable_read"):
            async with adapter.transaction(isolation="repeatable_read"):
                assert await adapter.fetch_val("SHOW transaction_isolation") == "repeatable read"
            with pytest.raises(InterfaceError):
                async with adapter.transaction(isolation="serializable"):
                    pass

    async def test_unknown_isolation_level_is_refused(self, adapter: DatabaseAdapter) -> None:
        """An isolation level that does not exist is an InterfaceError, and nothing begins."""
        with pytest.raises(InterfaceError):
            async with adapter.transaction(isolation=cast("Any", "bogus")):
                pass
        assert await adapter.fetch_val("SELECT 1") == 1

    async def test_deferred_error_is_raised_at_the_end_of_the_block(self, adapter: DatabaseAdapter, items: str) -> None:
        """A deferred constraint that fails at COMMIT fails the block, and nothing was committed."""
        await adapter.execute(
            f"ALTER TABLE {items} ADD CONSTRAINT promise_late UNIQUE (number) DEFERRABLE INITIALLY DEFERRED"
        )
        with pytest.raises(UniqueViolation) as caught:
            async with adapter.transaction():
                await adapter.execute(INSERT, "a")
                await adapter.execute(INSERT, "b")
        assert caught.value.constraint_name == "promise_late"
        assert await adapter.fetch_val(NAMES) is None

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
        await adapter.execute(INSERT, "a")

        async def add() -> None:
            async with adapter.transaction():
                await adapter.execute(f"UPDATE {items} SET number = number + 1")

        await asyncio.gather(*(add() for _ in range(10)))
        assert await adapter.fetch_val(f"SELECT number FROM {items}") == 10

    async def test_same_key_at_once_has_one_winner(self, adapter: DatabaseAdapter, items: str) -> None:
        """Of ten that insert one key at once, one succeeds; the others are UniqueViolations."""
        del items
        results = await asyncio.gather(*(adapter.execute(INSERT, "a") for _ in range(10)), return_exceptions=True)
        assert sum(isinstance(each, UniqueViolation) for each in results) == 9
        assert await adapter.fetch_val(NAMES) == "a"

    async def test_locked_row_makes_others_wait(self, adapter: DatabaseAdapter, items: str) -> None:
        """SELECT ... FOR UPDATE makes another one wait until the first has committed; SKIP LOCKED passes it by."""
        await adapter.execute(INSERT, "a")
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
        await adapter.execute_many(INSERT, [("a",), ("b",)])
        both = asyncio.Barrier(2)

        async def write(first: str, second: str) -> None:
            async with _broken_by_errors(both), adapter.transaction():
                await adapter.execute(f"UPDATE {items} SET number = number + 1 WHERE name = $1", first)
                await both.wait()
                await adapter.execute(f"UPDATE {items} SET number = number + 1 WHERE name = $1", second)

        results = await asyncio.gather(write("a", "b"), write("b", "a"), return_exceptions=True)
        errors = [each for each in results if each is not None]
        assert len(errors) == 1, errors
        error = errors[0]
        assert isinstance(error, DeadlockDetected)
        assert error.sqlstate == "40P01"
        assert await adapter.fetch_val(f"SELECT sum(number) FROM {items}") == 2

    async def test_cancelled_wait_lets_go(self, adapter: DatabaseAdapter, items: str) -> None:
        """A statement that waits for a lock can be cancelled; it changes nothing afterwards."""
        await adapter.execute(INSERT, "a")
        async with adapter.transaction():
            await adapter.execute(f"UPDATE {items} SET number = 1")
            waiting = asyncio.create_task(adapter.execute(f"UPDATE {items} SET number = 2"))
            await asyncio.sleep(_REACHED_S)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
        assert await adapter.fetch_val(f"SELECT number FROM {items}") == 1


class _NoException(BaseException):
    """What `except Exception` does not catch."""


async def _insert_and_raise(database: DatabaseAdapter, error: BaseException) -> None:
    async with database.transaction():
        await database.execute(INSERT, "z")
        raise error


@asynccontextmanager
async def _broken_by_errors(barrier: asyncio.Barrier) -> AsyncIterator[None]:
    """Who cannot come to the barrier keeps nobody waiting there for ever."""
    try:
        yield
    except BaseException:
        await barrier.abort()
        raise
