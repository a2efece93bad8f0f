"""What a fault does to a call: raise, wait, hang, lose the reply, and how they add up."""

import asyncio

import aiosmtplib
import asyncpg
import httpx
import pytest
import redis.exceptions

from nexus_testkit import Harness
from nexus_testkit.errors import (
    CacheConnectionError,
    Deadlock,
    DeadlockDetected,
    FileError,
    InterfaceError,
    LeakError,
    MailConnectError,
    MailRecipientsRefused,
    OperationalError,
    SerializationFailure,
    UniqueViolation,
)
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.mail import MailTransport
from nexus_testkit.services import AnalyticsService, EmailService, HTTPService
from nexus_testkit.simulation import run

TABLE = "CREATE TABLE users (id BIGSERIAL PRIMARY KEY, name TEXT UNIQUE)"
INSERT = "INSERT INTO users (name) VALUES ($1)"


async def names(nexus):
    return [row["name"] for row in await nexus.db.rows("users")]


# raises


@pytest.mark.parametrize(
    ("wanted", "ours", "theirs", "text"),
    [
        ("40001", SerializationFailure, asyncpg.SerializationError, "could not serialize access"),
        ("57P01", OperationalError, asyncpg.AdminShutdownError, "terminating connection due to administrator command"),
        ("53100", OperationalError, asyncpg.DiskFullError, "No space left on device"),
        (DeadlockDetected, DeadlockDetected, asyncpg.DeadlockDetectedError, "deadlock detected"),
        (asyncpg.SerializationError, SerializationFailure, asyncpg.SerializationError, "could not serialize access"),
        (asyncpg.UniqueViolationError("twice"), UniqueViolation, asyncpg.UniqueViolationError, "twice"),
        (UniqueViolation("twice"), UniqueViolation, asyncpg.UniqueViolationError, "twice"),
        (asyncpg.InterfaceError("busy"), InterfaceError, asyncpg.InterfaceError, "busy"),
        ("22012", Exception, asyncpg.DivisionByZeroError, "22012"),
        (TimeoutError("late"), TimeoutError, TimeoutError, "late"),
    ],
)
async def test_a_database_error_is_the_ports_and_the_drivers(nexus, wanted, ours, theirs, text):
    nexus.faults.on("database").raises(wanted)
    for _ in range(2):
        with pytest.raises(ours, match=text) as caught:
            await nexus.db.fetch_val("SELECT 1")
        assert isinstance(caught.value, theirs)


@pytest.mark.parametrize(
    ("wanted", "ours", "theirs", "text"),
    [
        (CacheConnectionError, CacheConnectionError, redis.exceptions.ConnectionError, "closed by server"),
        (redis.exceptions.ConnectionError, CacheConnectionError, redis.exceptions.ConnectionError, "closed by server"),
        (redis.exceptions.TimeoutError, Exception, redis.exceptions.TimeoutError, "Timeout reading"),
        (redis.exceptions.ReadOnlyError, Exception, redis.exceptions.ReadOnlyError, "read only replica"),
        (redis.exceptions.BusyLoadingError, CacheConnectionError, redis.exceptions.BusyLoadingError, "loading"),
        ("OOM command not allowed", Exception, redis.exceptions.OutOfMemoryError, "command not allowed"),
    ],
)
async def test_a_cache_error_is_the_ports_and_the_drivers(nexus, wanted, ours, theirs, text):
    nexus.faults.on("cache").raises(wanted)
    for ask in (nexus.cache.get, nexus.cache.client.get):
        with pytest.raises(ours, match=text) as caught:
            await ask("key")
        assert isinstance(caught.value, theirs)


async def test_a_mail_error_is_the_ports_and_the_drivers(nexus):
    fault = nexus.faults.on("mail.send").raises(MailConnectError)
    email = await nexus.service(EmailService)
    with pytest.raises(MailConnectError) as caught:
        await email.send_email(["bob@example.org"], "Hello", "text")
    assert isinstance(caught.value, aiosmtplib.SMTPConnectError)
    fault.stop()
    nexus.faults.on("mail.send").raises(aiosmtplib.SMTPDataError(452, "4.3.1 Insufficient system storage"))
    with pytest.raises(aiosmtplib.SMTPDataError) as caught:
        await email.send_email(["bob@example.org"], "Hello", "text")
    assert caught.value.code == 452
    nexus.mail.assert_nothing_sent()


async def test_a_mail_server_that_cannot_be_asked_is_unhealthy(nexus):
    nexus.faults.on("mail.health_check").raises(MailConnectError)
    assert await nexus.get(MailTransport).health_check() is False


async def test_a_file_error_is_the_ports_and_pythons(nexus):
    nexus.faults.on("files.write_text").nth(1).raises(PermissionError)
    nexus.faults.on("files.write_text").nth(2).raises(OSError(28, "No space left on device"))
    with pytest.raises(PermissionError, match="Permission denied") as caught:
        await nexus.files.write_text("a", "text")
    assert isinstance(caught.value, FileError)
    with pytest.raises(FileError, match="No space left on device") as caught:
        await nexus.files.write_text("a", "text")
    assert caught.value.errno == 28
    assert not await nexus.files.exists("a")


async def test_events_fail_as_their_database_does(nexus):
    nexus.faults.on("analytics.counts").raises("57P01")
    with pytest.raises(asyncpg.AdminShutdownError):
        await nexus.analytics.counts()


async def test_events_whose_reply_is_lost_are_stored_and_count_once(nexus):
    nexus.faults.on("analytics.append").nth(1).loses_reply()
    analytics = await nexus.service(AnalyticsService)
    await analytics.track_event("page_view")
    await nexus.clock.advance(hours=1)
    assert len(nexus.journal.of("analytics.append")) == 2
    assert await analytics.get_event_counts("page_view") == {"page_view": 1}


async def test_an_error_that_is_no_drivers_is_raised_as_it_is(nexus):
    mine = RuntimeError("mine")
    nexus.faults.on("clock.sleep").raises(mine)
    with pytest.raises(RuntimeError) as caught:
        await nexus.clock.sleep(1)
    assert caught.value is mine


# inside transactions


async def test_an_error_in_a_transaction_aborts_it(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.execute").nth(2).raises("40001")
    async with nexus.db.transaction():
        await nexus.db.execute(INSERT, "ann")
        with pytest.raises(SerializationFailure):
            await nexus.db.execute(INSERT, "bob")
        with pytest.raises(asyncpg.InFailedSQLTransactionError):
            await nexus.db.execute(INSERT, "cid")
    assert await names(nexus) == []


async def test_a_savepoint_recovers_from_an_error_as_from_the_servers(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.execute").nth(2).raises("23505")
    async with nexus.db.transaction() as outer:
        await outer.execute(INSERT, "ann")
        with pytest.raises(UniqueViolation):
            async with outer.transaction() as inner:
                await inner.execute(INSERT, "bob")
    assert await names(nexus) == ["ann"]


@pytest.mark.parametrize("verb", ["raises", "loses_reply"])
async def test_a_connection_lost_in_a_transaction_takes_it_along(nexus, verb):
    await nexus.db.execute(TABLE)
    fault = nexus.faults.on("table:users").nth(2)
    if verb == "raises":
        fault.raises("08006")
    else:
        fault.loses_reply()

    async def work():
        async with nexus.db.transaction() as session:
            await session.execute(INSERT, "ann")
            with pytest.raises(OperationalError):
                await session.execute(INSERT, "bob")
            await session.execute(INSERT, "cid")

    with pytest.raises(asyncpg.InterfaceError, match="connection is closed"):
        await work()
    assert await names(nexus) == []


@pytest.mark.parametrize("operation", ["begin", "commit"])
async def test_a_transaction_that_cannot_begin_or_commit_leaves_nothing(nexus, operation):
    await nexus.db.execute(TABLE)
    nexus.faults.on(f"database.{operation}").nth(1).raises("40001")
    with pytest.raises(SerializationFailure):
        async with nexus.db.transaction():
            await nexus.db.execute(INSERT, "ann")
    assert await names(nexus) == []
    async with nexus.db.transaction():
        await nexus.db.execute(INSERT, "bob")
    assert await names(nexus) == ["bob"]


async def test_a_savepoint_that_cannot_begin_does_to_the_transaction_what_its_error_says(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.begin").nth(2).raises("08006")

    async def work(session):
        async with session.transaction():
            await session.execute(INSERT, "ann")
            with pytest.raises(OperationalError):
                async with session.transaction():
                    pass
            await session.execute(INSERT, "bob")

    async with nexus.db.connection() as session:
        with pytest.raises(asyncpg.InterfaceError, match="connection is closed"):
            await work(session)
    assert await names(nexus) == []


async def test_a_rollback_that_fails_has_rolled_back(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.rollback").raises("08006")

    async def work():
        async with nexus.db.transaction():
            await nexus.db.execute(INSERT, "ann")
            raise KeyError("mine")

    with pytest.raises(OperationalError) as caught:
        await work()
    assert isinstance(caught.value.__context__, KeyError)
    assert await names(nexus) == []


# loses_reply


async def test_an_insert_whose_reply_is_lost_has_happened(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.execute").nth(1).loses_reply()
    with pytest.raises(asyncpg.ConnectionDoesNotExistError, match="closed in the middle of operation") as caught:
        await nexus.db.execute(INSERT, "ann")
    assert isinstance(caught.value, OperationalError)
    assert caught.value.sqlstate == "08003"
    assert await names(nexus) == ["ann"]


async def test_a_commit_whose_reply_is_lost_has_happened(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.commit").nth(1).loses_reply()
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        async with nexus.db.transaction():
            await nexus.db.execute(INSERT, "ann")
    assert await names(nexus) == ["ann"]


async def test_a_begin_whose_reply_is_lost_leaves_no_transaction_open(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.begin").nth(1).loses_reply()
    entered = False
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        async with nexus.db.transaction():
            entered = True
    assert not entered
    async with nexus.db.transaction():
        await nexus.db.execute(INSERT, "bob")
    assert await names(nexus) == ["bob"]


async def test_a_session_is_gone_with_the_reply_to_its_commit(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.commit").nth(1).loses_reply()
    async with nexus.db.connection() as session:
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            async with session.transaction():
                await session.execute(INSERT, "ann")
        with pytest.raises(asyncpg.InterfaceError, match="connection is closed"):
            await session.execute(INSERT, "bob")
    assert await names(nexus) == ["ann"]


async def test_an_increment_whose_reply_is_lost_has_counted(nexus):
    nexus.faults.on("cache.increment").nth(2).loses_reply()
    assert await nexus.cache.increment("hits") == 1
    with pytest.raises(redis.exceptions.ConnectionError, match="closed by server") as caught:
        await nexus.cache.increment("hits")
    assert isinstance(caught.value, CacheConnectionError)
    assert await nexus.cache.increment("hits") == 3


async def test_a_lock_whose_reply_is_lost_is_held_for_its_ttl(nexus):
    nexus.faults.on("cache.lock").nth(1).loses_reply()
    with pytest.raises(CacheConnectionError):
        async with nexus.cache.lock("job", ttl=10):
            raise AssertionError("nobody told us that we have it")
    with pytest.raises(TimeoutError):
        async with nexus.cache.lock("job", ttl=10, wait=5):
            pass
    async with nexus.cache.lock("job", ttl=10, wait=6):
        assert nexus.elapsed_s == pytest.approx(10, abs=0.01)


async def test_a_lock_that_cannot_be_released_is_held_for_its_ttl(nexus):
    nexus.faults.on("cache.unlock").nth(1).raises(CacheConnectionError)
    with pytest.raises(CacheConnectionError):
        async with nexus.cache.lock("job", ttl=10):
            pass
    assert await nexus.cache.ttl("job") == pytest.approx(10)


async def test_a_subscription_whose_reply_is_lost_is_gone(nexus):
    nexus.faults.on("cache.subscribe").nth(1).loses_reply()
    with pytest.raises(CacheConnectionError):
        async with nexus.cache.subscribe("news"):
            raise AssertionError("nobody told us that we are subscribed")
    assert await nexus.cache.publish("news", "1") == 0


async def test_a_mail_whose_reply_is_lost_was_accepted(nexus):
    nexus.faults.on("mail").nth(1).loses_reply()
    email = await nexus.service(EmailService)
    with pytest.raises(MailConnectError) as caught:
        await email.send_email(["bob@example.org"], "Hello", "text")
    assert isinstance(caught.value, aiosmtplib.SMTPServerDisconnected)
    nexus.mail.assert_sent(to="bob@example.org", count=1)


async def test_a_post_whose_reply_is_lost_was_processed(nexus):
    route = nexus.http.post("https://crm.example/api").respond(201)
    nexus.faults.on(route).loses_reply()
    http = await nexus.service(HTTPService)
    with pytest.raises(httpx.ReadError):
        await http.post("https://crm.example/api", json={})
    assert route.call_count == 1
    assert route.calls[0].response.status_code == 201


async def test_a_call_that_fails_by_itself_raises_its_own_error(nexus):
    nexus.faults.on("cache").loses_reply()
    with pytest.raises(redis.exceptions.DataError):
        await nexus.cache.set("key", object())


# delays


async def test_a_delay_passes_before_the_call(nexus):
    nexus.faults.on("cache.get").nth(2).delays(30)
    await nexus.cache.set("key", "value", ttl=20)
    assert await nexus.cache.get("key") == b"value"
    assert await nexus.cache.get("key") is None
    assert nexus.elapsed_s == 30


async def test_a_slow_server_runs_into_the_codes_time_out(nexus):
    route = nexus.http.get("https://crm.example/api").respond(json=[])
    nexus.faults.on(route).delays(60)
    http = await nexus.service(HTTPService)
    with pytest.raises(httpx.ReadTimeout):
        await http.get("https://crm.example/api")


# hangs


async def test_a_call_that_hangs_ends_with_the_patience_of_its_caller(nexus):
    nexus.faults.on("cache.get").hangs()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await nexus.cache.get("key")
    assert nexus.elapsed_s == 5


async def test_a_commit_that_hangs_and_is_given_up_is_rolled_back(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.commit").nth(1).hangs()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5), nexus.db.transaction():
            await nexus.db.execute(INSERT, "ann")
    assert await names(nexus) == []


async def test_a_request_that_hangs_counts_for_its_route(nexus):
    route = nexus.http.get("https://crm.example/api")
    nexus.faults.on(route).hangs()
    task = asyncio.create_task(httpx.AsyncClient(transport=nexus.http).get("https://crm.example/api"))
    await nexus.clock.advance(days=1)
    assert route.call_count == 1
    assert not task.done()
    task.cancel()


def test_a_task_that_hangs_ends_with_the_world():
    async def main():
        async with Harness() as nexus:
            await nexus.db.execute(TABLE)
            nexus.faults.on("table:users").hangs()

            async def work():
                async with nexus.db.transaction() as session:
                    await session.execute(INSERT, "ann")

            task = asyncio.create_task(work())
            await nexus.settle()
            assert not task.done()
        return task.cancelled()

    assert run(main)


def test_a_test_that_waits_for_a_call_that_hangs_is_a_deadlock():
    async def main():
        async with Harness() as nexus:
            nexus.faults.on("cache.get").hangs()
            await nexus.cache.get("key")

    with pytest.raises(Deadlock, match=r"test_verbs\.py"):
        run(main)


# refuses


async def test_a_recipient_is_refused_for_the_chosen_mails_alone(nexus):
    nexus.faults.on("recipient:bob@Example.org").nth(2).refuses(450, "4.2.1 Try again later")
    email = await nexus.service(EmailService)
    await email.send_email(["bob@example.org"], "1", "text")
    await email.send_email(["ann@example.org"], "for somebody else", "text")
    with pytest.raises(MailRecipientsRefused, match="Try again later") as caught:
        await email.send_email(["bob@example.org"], "2", "text")
    assert caught.value.code == 450
    await email.send_email(["bob@example.org"], "3", "text")
    assert [mail.subject for mail in nexus.mail.sent] == ["1", "for somebody else", "3"]


async def test_a_refusal_that_was_asked_for_before_holds_again_afterwards(nexus):
    nexus.mail.refuse("bob@example.org", text="Gone for good")
    nexus.faults.on("recipient:bob@example.org").nth(1).refuses(450, "Busy")
    email = await nexus.service(EmailService)
    for text in ("Busy", "Gone for good"):
        with pytest.raises(MailRecipientsRefused, match=text):
            await email.send_email(["bob@example.org"], "Hello", "text")


# several at once


async def test_delays_add_up_and_the_last_of_the_others_decides(nexus):
    first = nexus.faults.on("cache").raises(CacheConnectionError)
    nexus.faults.on("cache").delays(2)
    nexus.faults.on("cache.get").times(1).raises(TimeoutError)
    nexus.faults.on("key:a*").delays(3)
    with pytest.raises(TimeoutError):
        await nexus.cache.get("abc")
    assert nexus.elapsed_s == 5
    assert first.fired == 0
    with pytest.raises(CacheConnectionError):
        await nexus.cache.get("abc")
    assert (first.reached, first.fired) == (2, 1)


async def test_a_stopped_fault_disturbs_nothing(nexus):
    fault = nexus.faults.on("cache").raises(CacheConnectionError)
    with pytest.raises(CacheConnectionError):
        await nexus.get(CacheManager).get("key")
    fault.stop()
    assert await nexus.get(CacheManager).get("key") is None


async def test_an_unused_world_of_faults_leaves_the_seam_alone(nexus):
    assert nexus.seam.decider is None
    assert "faults" not in nexus.__dict__
    assert list(nexus.faults) == []
    assert nexus.seam.decider is None
    nexus.faults.on("cache").delays(1).optional()
    assert nexus.seam.decider is nexus.faults


# what is told


async def test_the_journal_shows_which_fault_touched_a_call(nexus):
    nexus.faults.on("cache.get").nth(2).raises(CacheConnectionError)
    await nexus.cache.get("a")
    with pytest.raises(CacheConnectionError):
        await nexus.cache.get("b")
    untouched, touched = nexus.journal
    assert untouched.fault is None
    assert "fault" not in untouched.describe()
    assert touched.fault.startswith("raises(CacheConnectionError) of test_verbs.py:")
    assert touched.describe().startswith(
        "cache.get('b') !! CacheConnectionError: Connection closed by server.  [fault: "
    )


def test_a_fault_that_never_fired_is_told_at_the_end():
    async def main():
        async with Harness() as nexus:
            database = nexus.get(DatabaseAdapter)
            nexus.faults.on("database.fetch_val").nth(3).raises("40001")
            nexus.faults.on("database.commit").hangs().optional()
            nexus.faults.on("cache").nth(1)
            await database.fetch_val("SELECT 1")

    with pytest.raises(LeakError) as caught:
        run(main)
    never, verbless = caught.value.leaks
    assert "never fired: on('database.fetch_val').nth(3).raises('40001'); 1 call met its target" in never
    assert "test_verbs.py:" in never
    assert "without a verb: on('cache').nth(1)" in verbless


def test_faults_work_where_time_is_real():
    async def main():
        async with Harness() as nexus:
            nexus.faults.on("cache.get").nth(1).raises(CacheConnectionError)
            nexus.faults.on("cache.get").nth(2).hangs()
            with pytest.raises(CacheConnectionError):
                await nexus.cache.get("a")
            task = asyncio.create_task(nexus.cache.get("a"))
            await nexus.settle()
        return task.cancelled()

    assert asyncio.run(main())
