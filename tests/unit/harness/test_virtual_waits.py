"""Statements that wait for another session's locks: as long, to the moment, on the fake as on a server."""

import asyncio

import pytest

from nexus_testkit import run
from nexus_testkit.errors import DatabaseError

TABLES = """
CREATE TABLE t (a int PRIMARY KEY, b int);
INSERT INTO t VALUES (1, 1), (2, 2);
CREATE TABLE child (a int REFERENCES t ON DELETE CASCADE)
"""


def outcome(held, wanted, backend, timeout_s):
    """When each of two sessions is done, and with what: one holds locks for 50 s, the other wants them after a second."""

    async def main(nexus):
        await nexus.db.execute(TABLES)

        async def hold():
            async with nexus.db.connection() as session:
                async with session.transaction():
                    await session.execute(held)
                    await asyncio.sleep(50)
                await session.execute("SELECT pg_advisory_unlock_all()")
            return nexus.clock.monotonic()

        async def want():
            await asyncio.sleep(1)
            try:
                async with asyncio.timeout(timeout_s):
                    found = [tuple(row) for row in await nexus.db.fetch_all(wanted)]
            except (DatabaseError, TimeoutError) as error:
                found = type(error).__name__
            return nexus.clock.monotonic(), found

        return await asyncio.gather(hold(), want())

    return run(main, backend=backend)


@pytest.mark.parametrize("timeout_s", [None, 5])
@pytest.mark.parametrize(
    ("held", "wanted", "waits"),
    [
        ("UPDATE t SET b = 5 WHERE a = 1", "UPDATE t SET b = 6 WHERE a = 1 RETURNING b", True),
        ("UPDATE t SET b = 5 WHERE a = 1", "UPDATE t SET b = 6 WHERE a = 2 RETURNING b", False),
        ("INSERT INTO t VALUES (9, 9)", "INSERT INTO t VALUES (9, 8) RETURNING a", True),
        (
            "INSERT INTO t VALUES (9, 9)",
            "INSERT INTO t VALUES (9, 8) ON CONFLICT (a) DO UPDATE SET b = 7 RETURNING *",
            True,
        ),
        ("DELETE FROM t WHERE a = 1", "INSERT INTO child VALUES (1) RETURNING a", True),
        ("INSERT INTO child VALUES (1)", "DELETE FROM t WHERE a = 1 RETURNING a", True),
        ("LOCK TABLE t", "SELECT count(*) FROM t", True),
        ("LOCK TABLE t", "UPDATE t SET b = 3 WHERE a = 1 RETURNING b", True),
        ("LOCK TABLE t IN SHARE MODE", "SELECT count(*) FROM t", False),
        ("LOCK TABLE t IN SHARE MODE", "INSERT INTO t VALUES (3, 3) RETURNING a", True),
        ("SELECT * FROM t FOR UPDATE", "SELECT a FROM t FOR UPDATE SKIP LOCKED", False),
        ("SELECT * FROM t FOR UPDATE", "SELECT a FROM t FOR UPDATE NOWAIT", False),
        ("SELECT * FROM t FOR SHARE", "SELECT a FROM t ORDER BY a FOR UPDATE", True),
        ("SELECT pg_advisory_lock(5)", "SELECT pg_advisory_xact_lock(5)", True),
        ("ALTER TABLE t ADD COLUMN c int", "SELECT count(*) FROM t", True),
    ],
)
def test_who_wants_a_lock_has_it_when_its_holder_ends(held, wanted, waits, timeout_s):
    found = outcome(held, wanted, "fake", timeout_s)
    assert found == outcome(held, wanted, {"database": "postgres"}, timeout_s)
    assert found[0] == 50
    assert found[1][0] == (1 if not waits else 50 if timeout_s is None else 1 + timeout_s)


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_who_gave_up_waiting_for_a_table_holds_nothing(backend):
    async def main(nexus):
        await nexus.db.execute(TABLES)
        async with nexus.db.connection() as session:
            async with session.transaction():
                await session.execute("LOCK TABLE t")
                for wanted in ("SELECT count(*) FROM t", "UPDATE t SET b = 2", "INSERT INTO t VALUES (3)"):
                    with pytest.raises(TimeoutError):
                        async with asyncio.timeout(1):
                            await nexus.db.execute(wanted)
            assert nexus.clock.monotonic() == 3
            async with session.transaction():
                await session.execute("LOCK TABLE t NOWAIT")
                assert await session.fetch_val("SELECT count(*) FROM t") == 2

    run(main, backend=backend)


@pytest.mark.parametrize("backend", ["fake", {"database": "postgres"}])
def test_a_connection_that_is_cut_off_lets_go_at_that_moment(backend):
    async def main(nexus):
        await nexus.db.execute(TABLES)

        async def hold():
            async with nexus.db.transaction() as session:
                await session.execute("UPDATE t SET b = 5")
                await asyncio.sleep(10)
                nexus.faults.on("database.execute").raises("57P01")
                await session.execute("SELECT 1")

        async def want():
            await asyncio.sleep(1)
            await nexus.db.fetch_all("UPDATE t SET b = 6 RETURNING b")
            return nexus.clock.monotonic()

        found = await asyncio.gather(hold(), want(), asyncio.sleep(10.5), return_exceptions=True)
        assert isinstance(found[0], DatabaseError)
        assert found[1] == 10

    run(main, backend=backend)
