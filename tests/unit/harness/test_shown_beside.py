"""Assertions of handles show whole what they compare, and leave out the secrets of all that they show beside it."""

import json
from contextlib import suppress

import httpx
import pytest

from nexus_testkit import run
from nexus_testkit.errors import LeakError
from nexus_testkit.journal import Redaction
from nexus_testkit.ports.analytics import Event
from nexus_testkit.services import EmailService

SECRET = "s3cret-of-ann"


async def rows(nexus):
    await nexus.db.execute("CREATE TABLE users (name text, password text)")
    await nexus.db.execute("INSERT INTO users VALUES ('ann', $1)", SECRET)


async def row(nexus):
    await rows(nexus)
    await nexus.db.assert_has("users", name="bob")


async def counted_rows(nexus):
    await rows(nexus)
    await nexus.db.assert_count("users", 2)


async def key(nexus):
    await nexus.cache.set("token:1", SECRET)
    await nexus.cache.set("user:1", json.dumps({"password": SECRET}))
    await nexus.cache.assert_has("token:2")


async def no_key(nexus):
    await nexus.cache.set("token:1", SECRET)
    await nexus.cache.assert_missing("token:1")


async def request(nexus, **headers):
    nexus.http.get().respond(200)
    async with httpx.AsyncClient(transport=nexus.http) as client:
        await client.get(f"https://api.example/x?key={SECRET}", headers={"X-Api-Key": SECRET})


async def called(nexus):
    await request(nexus)
    nexus.http.assert_called("POST")


async def not_called(nexus):
    await request(nexus)
    nexus.http.assert_nothing_called()


async def stray(nexus):
    async with httpx.AsyncClient(transport=nexus.http) as client:
        with suppress(httpx.ConnectError):  # the world's end tells of it
            await client.post(f"https://api.example/x?key={SECRET}&page=2", json={"password": SECRET})


async def body(nexus):
    email = await nexus.service(EmailService)
    await email.send_email(["ann@example.org"], "Reset", f"https://shop.example/reset?token={SECRET}")
    nexus.mail.assert_sent(text="Welcome")


async def files(nexus):
    nexus.files.put("keys/token.txt", SECRET)
    nexus.files.put("shop.env", f"SECRET_KEY={SECRET}")
    nexus.files.assert_has("shop.ini")


async def tracked(nexus):
    await nexus.analytics.append([Event("1", "seen", nexus.clock.now(), None, {"token": SECRET})])
    await nexus.analytics.assert_tracked("bought")


def message_of(test, redaction=None):
    async def main(nexus):
        if redaction is not None:
            nexus.journal.redaction = redaction
        await test(nexus)

    with pytest.raises((AssertionError, LeakError)) as caught:
        run(main)
    said = str(caught.value)
    return said.partition("asked at")[0]  # of a stray, which shows the line of the source


@pytest.mark.parametrize(
    "test",
    [row, counted_rows, key, no_key, called, not_called, stray, body, files, tracked],
    ids=lambda test: test.__name__,
)
def test_what_stands_beside_has_no_secrets(test):
    said = message_of(test)
    assert "***" in said
    assert SECRET not in said


@pytest.mark.parametrize("test", [row, key, called, body, files, tracked], ids=lambda test: test.__name__)
def test_it_is_whole_where_nothing_is_left_out(test):
    assert SECRET in message_of(test, Redaction(enabled=False))


def test_what_is_compared_is_whole():
    async def main(nexus):
        await rows(nexus)
        with pytest.raises(AssertionError, match=f"password is '{SECRET}', not 'x'"):
            await nexus.db.assert_has("users", password="x")
        await nexus.cache.set("token:1", SECRET)
        with pytest.raises(AssertionError, match=f"found:    '{SECRET}'"):
            await nexus.cache.assert_has("token:1", value="x")
        await request(nexus)
        with pytest.raises(AssertionError, match=f"header 'x-api-key': expected 'x', got '{SECRET}'"):
            nexus.http.assert_called(headers={"X-Api-Key": "x"})
        await (await nexus.service(EmailService)).send_email(["ann@example.org"], "Reset", f"token={SECRET}")
        with pytest.raises(AssertionError, match=f"got 'token={SECRET}"):
            nexus.mail.assert_sent(text="token=other")

    run(main)


def test_the_route_to_paste_matches_without_the_secret():
    said = message_of(stray)
    assert "no route matches POST https://api.example/x?key=***&page=2" in said
    assert "stub it: nexus.http.post('https://api.example/x').respond(200, json={})" in said
