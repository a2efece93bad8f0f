"""Calls that happened although their callers saw a connection error."""

import aiosmtplib
import asyncpg
import httpx
import pytest
import redis.exceptions

from nexus_testkit.errors import (
    CacheConnectionError,
    MailConnectError,
    OperationalError,
)
from nexus_testkit.services import EmailService, HTTPService

TABLE = "CREATE TABLE users (id BIGSERIAL PRIMARY KEY, name TEXT UNIQUE)"
INSERT = "INSERT INTO users (name) VALUES ($1)"


async def test_an_insert_whose_reply_is_lost_has_happened(nexus):
    await nexus.db.execute(TABLE)
    nexus.faults.on("database.execute").nth(1).loses_reply()
    with pytest.raises(asyncpg.ConnectionDoesNotExistError, match="closed in the middle of operation") as caught:
        await nexus.db.execute(INSERT, "ann")
    assert isinstance(caught.value, OperationalError)
    assert caught.value.sqlstate == "08003"
    await nexus.db.assert_has("users", name="ann")


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
