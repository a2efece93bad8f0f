"""What a database promises about sessions by hand: settings, listeners, COPY."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from nexus_testkit.contracts.database_table import INSERT, NAMES, TablePromises
from nexus_testkit.errors import InterfaceError, QueryCanceled, UndefinedTable, UniqueViolation
from nexus_testkit.ports.database import DatabaseAdapter


class ByHandPromises(TablePromises):
    """The part of `DatabaseContract` that concerns `connection()`."""

    async def test_session_ends_with_its_block(self, adapter: DatabaseAdapter) -> None:
        """Behind their blocks a session and a transaction answer nothing: an InterfaceError."""
        async with adapter.connection() as session:
            assert await session.fetch_val("SELECT 1") == 1
        async with adapter.transaction() as transaction:
            assert await transaction.fetch_val("SELECT 1") == 1
        for ended in (session, transaction):
            with pytest.raises(InterfaceError):
                await ended.fetch_val("SELECT 1")

    async def test_session_keeps_its_settings(self, adapter: DatabaseAdapter) -> None:
        """Settings and temporary tables belong to one session of `connection()`; the settings end with its block."""
        async with adapter.connection() as session:
            await session.execute("SET statement_timeout = '7s'")
            await session.execute("CREATE TEMPORARY TABLE promise_scratch (a int)")
            assert await session.fetch_val("SHOW statement_timeout") == "7s"
            assert await session.fetch_val("SELECT count(*) FROM promise_scratch") == 0
            with pytest.raises(UndefinedTable):
                await adapter.fetch_val("SELECT count(*) FROM promise_scratch")
            await session.execute("DROP TABLE promise_scratch")
        assert await adapter.fetch_val("SHOW statement_timeout") != "7s"

    async def test_session_is_apart_from_the_adapter(self, adapter: DatabaseAdapter, items: str) -> None:
        """In the block of `connection()` the adapter's own calls do not belong to the session."""
        del items
        async with adapter.connection() as session:
            await session.execute("BEGIN")
            await session.execute(INSERT, "a")
            assert await session.fetch_val(NAMES) == "a"
            assert await adapter.fetch_val(NAMES) is None
            await session.execute("COMMIT")
            assert await adapter.fetch_val(NAMES) == "a"

    async def test_sessions_are_open_at_once(self, adapter: DatabaseAdapter) -> None:
        """Five sessions can be open at once, each with its own settings."""
        all_open = asyncio.Barrier(5)

        async def use(number: int) -> str:
            async with adapter.connection() as session, asyncio.timeout(30):
                await session.execute(f"SET statement_timeout = '{number}s'")
                await all_open.wait()
                return str(await session.fetch_val("SHOW statement_timeout"))

        assert await asyncio.gather(*(use(number) for number in range(1, 6))) == ["1s", "2s", "3s", "4s", "5s"]

    async def test_transaction_of_a_session(self, adapter: DatabaseAdapter, items: str) -> None:
        """`transaction()` of a session is one: committed at the end of its block, undone where it raises; inside another a savepoint."""
        del items
        async with adapter.connection() as session:
            async with session.transaction() as outer:
                await outer.execute(INSERT, "a")
                with pytest.raises(ZeroDivisionError):
                    async with outer.transaction() as inner:
                        await inner.execute(INSERT, "b")
                        raise ZeroDivisionError
                assert await adapter.fetch_val(NAMES) is None
            with pytest.raises(ZeroDivisionError):
                async with session.transaction():
                    await session.execute(INSERT, "c")
                    raise ZeroDivisionError
            assert await session.fetch_val(NAMES) == "a"
        assert await adapter.fetch_val(NAMES) == "a"

    async def test_begin_belongs_to_a_session(self, adapter: DatabaseAdapter, items: str) -> None:
        """BEGIN and ROLLBACK work in a session; outside one BEGIN is an InterfaceError, for it would hold for nobody."""
        del items
        async with adapter.connection() as session:
            await session.execute("BEGIN")
            await session.execute(INSERT, "a")
            await session.execute("ROLLBACK")
        assert await adapter.fetch_val(NAMES) is None
        with pytest.raises(InterfaceError):
            await adapter.execute("BEGIN")

    async def test_open_transaction_ends_with_its_session(self, adapter: DatabaseAdapter, items: str) -> None:
        """What a session leaves open is rolled back, and its advisory locks are free."""
        del items
        async with adapter.connection() as session:
            await session.execute("BEGIN")
            await session.execute(INSERT, "a")
            await session.execute("SELECT pg_advisory_lock(7)")
        async with adapter.connection() as session:
            assert await session.fetch_val("SELECT pg_try_advisory_lock(7)") is True
        assert await adapter.fetch_val(NAMES) is None

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

    async def test_listener_knows_channel_and_sender(self, adapter: DatabaseAdapter) -> None:
        """A listener gets its session, the number of the sender's process, the channel, case and spaces kept, and the payload."""
        heard: asyncio.Queue[tuple[object, ...]] = asyncio.Queue()
        async with adapter.connection() as session, adapter.connection() as sender:
            await session.add_listener("Promise Two", lambda *facts: heard.put_nowait(facts))
            await sender.execute("SELECT pg_notify('promise two', 'x'), pg_notify('Promise Two', '')")
            async with asyncio.timeout(30):
                by, pid, channel, payload = await heard.get()
            assert by is session
            assert (pid, channel, payload) == (await sender.fetch_val("SELECT pg_backend_pid()"), "Promise Two", "")

    async def test_listener_may_be_async(self, adapter: DatabaseAdapter) -> None:
        """A listener may be an `async def` function; each of several hears each notification."""
        heard: asyncio.Queue[str] = asyncio.Queue()

        async def slowly(_connection: object, _pid: int, _channel: str, payload: str) -> None:
            await asyncio.sleep(0)
            heard.put_nowait(f"slowly {payload}")

        async with adapter.connection() as session:
            await session.add_listener("promise", slowly)
            await session.add_listener("promise", _into(heard))
            await adapter.execute("SELECT pg_notify('promise', 'x')")
            async with asyncio.timeout(30):
                assert {await heard.get(), await heard.get()} == {"slowly x", "x"}

    async def test_removed_listener_hears_nothing(self, adapter: DatabaseAdapter) -> None:
        """A listener that was removed hears no more, the others do; with its session all of them end."""
        removed: asyncio.Queue[str] = asyncio.Queue()
        stays: asyncio.Queue[str] = asyncio.Queue()
        first, second = _into(removed), _into(stays)
        async with adapter.connection() as session:
            await session.add_listener("promise", first)
            await session.add_listener("promise", second)
            await session.remove_listener("promise", first)
            await adapter.execute("SELECT pg_notify('promise', 'x')")
            async with asyncio.timeout(30):
                assert await stays.get() == "x"
        async with adapter.connection() as session:
            await session.add_listener("promise", third := _into(asyncio.Queue()))
            await session.remove_listener("promise", third)
            await session.remove_listener("promise", third)
            await adapter.execute("SELECT pg_notify('promise', 'y')")
            assert await session.fetch_val("SELECT 1") == 1
        assert (removed.empty(), stays.empty()) == (True, True)

    async def test_copied_records_are_rows(self, adapter: DatabaseAdapter, items: str) -> None:
        """`copy_records_to_table` stores records as rows, all or none, and gives the tag."""
        async with adapter.connection() as session:
            copied = await session.copy_records_to_table(
                items, records=[("a", 1), ("b", 2)], columns=("name", "number")
            )
            assert copied == "COPY 2"
            with pytest.raises(UniqueViolation):
                await session.copy_records_to_table(items, records=[("c", 3), ("a", 1)], columns=("name", "number"))
        assert await adapter.fetch_val(NAMES) == "a b"

    async def test_copy_takes_any_iterable(self, adapter: DatabaseAdapter, items: str) -> None:
        """The records of `copy_records_to_table` may come from a generator, asynchronous too; `schema_name` says in which schema."""

        async def later() -> AsyncIterator[tuple[str]]:
            for name in ("c", "d"):
                await asyncio.sleep(0)
                yield (name,)

        async with adapter.connection() as session:
            await session.copy_records_to_table(items, records=((name,) for name in "ab"), columns=["name"])
            copied = await session.copy_records_to_table(items, records=later(), columns=["name"], schema_name="public")
            assert copied == "COPY 2"
            with pytest.raises(UndefinedTable):
                await session.copy_records_to_table(items, records=[], columns=["name"], schema_name="promise_nowhere")
        assert await adapter.fetch_val(NAMES) == "a b c d"


def _into(queue: asyncio.Queue[str]) -> Callable[[object, int, str, str], object]:
    def hear(_connection: object, _pid: int, _channel: str, payload: str) -> None:
        queue.put_nowait(payload)

    return hear
