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
    CacheError,
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


# raises


@pytest.mark.parametrize(
    ("wanted", "ours", "theirs", "text"),
    [
        ("40001", SerializationFailure, asyncpg.SerializationError, "could not serialize access"),
        (
            "57P01",
            OperationalError,
            asyncpg.ConnectionDoesNotExistError,
            "operation: terminating connection due to adm",
        ),
        (asyncpg.AdminShutdownError, OperationalError, asyncpg.AdminShutdownError, "terminating connection due to adm"),
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


@pytest.mark.parametrize("operation", ["database.health_check", "cache.health_check"])
async def test_a_server_that_cannot_be_asked_says_false(nexus, operation):
    nexus.faults.on(operation).nth(1).raises("reset")
    port = nexus.get(DatabaseAdapter if operation.startswith("database") else CacheManager)
    assert [await port.health_check() for _ in range(2)] == [False, True]


async def test_a_call_that_finds_no_session_has_not_happened(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.execute").nth(1).raises("exhausted")
    with pytest.raises(TimeoutError) as caught:
        await nexus.db.execute(INSERT, "ann")
    assert isinstance(caught.value, OperationalError)
    await nexus.db.assert_count("users", 0)


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
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
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


async def test_a_late_reply_comes_after_what_has_happened(nexus):
    nexus.faults.on("cache.set").delays(30, reply=True)
    setting = asyncio.create_task(nexus.cache.set("key", "value", ttl=20))
    await asyncio.sleep(10)
    assert await nexus.cache.get("key") == b"value"
    await setting
    assert await nexus.cache.get("key") is None
    assert nexus.elapsed_s == 30


async def test_an_error_comes_late_as_well(nexus):
    await nexus.cache.set("key", "value")
    nexus.faults.on("cache.increment").delays(30, reply=True)
    with pytest.raises(CacheError):
        await nexus.cache.increment("key")
    assert nexus.elapsed_s == 30


async def test_whoever_gives_up_on_a_late_reply_has_done_it(nexus):
    nexus.faults.on("cache.increment").nth(1).delays(30, reply=True)
    for _ in range(2):
        try:
            async with asyncio.timeout(5):
                await nexus.cache.increment("counter")
        except TimeoutError:
            continue
        break
    assert await nexus.cache.get("counter") == b"2"


async def test_a_late_response_runs_into_the_codes_time_out_when_the_server_has_done_its_work(nexus):
    route = nexus.http.post("https://crm.example/api").respond(json=[])
    nexus.faults.on(route).delays(60, reply=True)
    http = await nexus.service(HTTPService)
    with pytest.raises(httpx.ReadTimeout):
        await http.post("https://crm.example/api", json={})
    assert route.call_count == 1


async def test_delays_of_both_sorts_add_up(nexus):
    nexus.faults.on("cache").delays(2)
    nexus.faults.on("cache.get").delays(3, reply=True)
    await nexus.cache.get("key")
    assert nexus.elapsed_s == 5
    assert "delays(3, reply=True) of " in nexus.journal.lines()[-1]


async def test_a_subscription_breaks_between_two_messages_and_goes_on(nexus):
    nexus.faults.on("cache.message").nth(2).raises("reset")
    async with nexus.cache.subscribe("news") as messages:
        for text in ("one", "two", "three"):
            await nexus.cache.publish("news", text)
        assert (await anext(messages)).data == b"one"
        with pytest.raises(CacheConnectionError):
            await anext(messages)
        assert (await anext(messages)).data == b"three"


async def test_a_message_comes_late(nexus):
    nexus.faults.on("cache.message").delays(30)
    async with nexus.cache.subscribe("news") as messages:
        await nexus.cache.publish("news", "one")
        assert (await anext(messages)).data == b"one"
    assert nexus.elapsed_s == 30


# hangs


async def test_a_call_that_hangs_ends_with_the_patience_of_its_caller(nexus):
    nexus.faults.on("cache.get").hangs()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(5):
            await nexus.cache.get("key")
    assert nexus.elapsed_s == 5


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
