"""Real exchanges, recorded from a server on loopback and replayed when it is gone."""

import asyncio
import gzip
import json

import aiohttp
import httpx
import pytest

import nexus_testkit
from nexus_testkit import Harness
from nexus_testkit.ports.http import UnmatchedRequest
from tests.unit.harness.recorded_world import exchanges, getting, play

BINARY = bytes(range(256)) * 8


def seen(response):
    """What a client has of a response, but for what no file keeps."""
    headers = [pair for pair in response.headers.multi_items() if pair[0] not in ("date", "content-length")]
    return response.status_code, sorted(headers), response.content


def test_what_was_recorded_is_answered_when_the_server_is_gone(server, file):
    server.answers("GET", "/json", 200, b'{"id":7,"name":"T\xc3\xa9"}', ("Content-Type", "application/json"))
    server.answers("POST", "/json", 201, b"made", ("Content-Type", "text/plain"), ("X-Tag", "a"), ("X-Tag", "b"))
    server.answers("GET", "/binary", 200, BINARY, ("Content-Type", "image/png"))
    server.answers("GET", "/latin", 200, "Grüße".encode("latin-1"), ("Content-Type", "text/plain; charset=latin-1"))
    server.answers("DELETE", "/gone", 204)
    server.answers("GET", "/empty", 200)
    server.answers("GET", "/streamed", 200, b"abcdefgh", ("Content-Type", "text/plain"), pieces=3)
    server.answers("GET", "/bad", 503, b"<h1>busy</h1>", ("Content-Type", "text/html"), ("Retry-After", "5"))
    base = server.base

    async def body(client, nexus):
        began = nexus.clock.now()
        found = [
            await client.get(f"{base}/json", params={"q": "ü b", "a": "1"}),
            await client.post(f"{base}/json", json={"n": [1, 2.5, None, True]}),
            await client.post(f"{base}/json", content=BINARY),
            await client.post(f"{base}/json", data={"a": "1 2", "b": "ü"}),
            await client.post(f"{base}/json", files={"doc": ("a.bin", BINARY)}),
            await client.get(f"{base}/binary"),
            await client.get(f"{base}/latin"),
            await client.delete(f"{base}/gone"),
            await client.get(f"{base}/empty"),
            await client.get(f"{base}/bad"),
        ]
        async with client.stream("GET", f"{base}/streamed") as response:
            assert b"".join([chunk async for chunk in response.aiter_raw()]) == b"abcdefgh"
        assert nexus.clock.now() == began
        return [seen(response) for response in found]

    recorded = play(file, body, record=True)
    server.stop()
    assert play(file, body) == recorded
    assert [next(iter(each["response"].keys() & {"json", "text", "base64"}), None) for each in exchanges(file)] == [
        *("json", "text", "text", "text", "text", "base64", "text", None, None, "text", "text")
    ]


def test_each_hop_of_a_redirect_is_an_exchange(server, file):
    server.answers("GET", "/old", 302, b"", ("Location", "/new?token=hush&page=2"))
    server.answers("GET", "/new", 200, b"here")

    async def body(client, _nexus):
        answer = await client.get(f"{server.base}/old", follow_redirects=True)
        return answer.text, [each.status_code for each in answer.history]

    assert play(file, body, record=True) == ("here", [302])
    server.stop()
    assert play(file, body) == ("here", [302])
    assert [each["request"]["url"].rpartition("/")[2] for each in exchanges(file)] == ["old", "new?token=***&page=2"]


def test_head_keeps_the_length_of_what_it_stands_for(server, file):
    server.answers("HEAD", "/doc", 200, b"x" * 1234)

    async def body(client, _nexus):
        answer = await client.head(f"{server.base}/doc")
        return answer.headers["content-length"], answer.content

    assert play(file, body, record=True) == ("1234", b"")
    server.stop()
    assert play(file, body) == ("1234", b"")


def test_packed_body_is_kept_unpacked(server, file):
    server.answers(
        "GET", "/z", 200, gzip.compress(b'{"a":1}'), ("Content-Encoding", "gzip"), ("Content-Type", "application/json")
    )
    assert play(file, getting(f"{server.base}/z"), record=True) == ['{"a":1}']
    server.stop()
    assert play(file, getting(f"{server.base}/z")) == ['{"a":1}']
    response = exchanges(file)[0]["response"]
    assert response["json"] == {"a": 1}
    assert set(response["headers"]) == {"content-type"}
    assert ("accept-encoding", "gzip, deflate") in server.requests[0][2]  # and nothing that only some clients know


def test_body_that_only_the_client_can_unpack_stays_packed(server, file):
    server.answers("GET", "/x", 200, b"\xff\xfe odd", ("Content-Encoding", "x-odd"))

    async def body(client, _nexus):
        async with client.stream("GET", f"{server.base}/x") as response:
            return response.headers["content-encoding"], b"".join([chunk async for chunk in response.aiter_raw()])

    recorded = play(file, body, record=True)
    server.stop()
    assert recorded == play(file, body) == ("x-odd", b"\xff\xfe odd")


SECRETS = (
    "hunter2",
    "s3cr3t",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "ann.lee",
    "41111",
    "c00kie",
    "AIzaKey",
    "7777",
)


def test_no_secret_is_in_the_file_and_requests_still_match(server, file):
    told = {
        "access_token": "s3cr3t",
        "token_type": "Bearer",
        "otp": 7777,
        "user": {"email": "ann.lee@firm.io", "credentials": {"name": "x", "tries": [41111]}},
        "next": "https://a.firm.io/p?key=AIzaKey&page=2",
        "note": "send eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    }
    server.answers(
        "POST",
        "/login",
        200,
        json.dumps(told).encode(),
        ("Content-Type", "application/json"),
        ("Set-Cookie", "sid=c00kie; Path=/; HttpOnly; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
    )
    server.answers("POST", "/form", 200, b"<r><Password>hunter2</Password></r>", ("Content-Type", "text/xml"))
    server.answers("POST", "/upload", 200, b'<input type="hidden" name="csrf_token" value="s3cr3t">')
    base = server.base

    def body(number, secret):
        async def ask(client, _nexus):
            client.headers["Authorization"] = f"Bearer {secret}"
            client.headers["X-Api-Key"] = secret
            await client.post(
                f"{base}/login?api_key={secret}&page=1", json={"user": "ann", "password": secret, "pin_token": number}
            )
            await client.post(f"{base}/form", data={"client_secret": secret, "user": "ann"})
            await client.post(f"{base}/upload", files={"token": (None, secret), "doc": ("a.txt", b"plain")})

        return ask

    play(file, body(7777, "hunter2"), record=True)
    text = file.read_text(encoding="utf-8")
    assert [secret for secret in SECRETS if secret in text] == []
    asked = [(headers, sent) for _, _, headers, sent in server.requests]
    assert all(("authorization", "Bearer hunter2") in headers for headers, _ in asked), "the server got the real one"
    response = exchanges(file)[0]["response"]
    assert response["json"]["token_type"] == "Bearer"
    assert response["json"]["otp"] == 0
    assert response["json"]["user"] == {"email": "a***@firm.io", "credentials": {"name": "***", "tries": [0]}}
    assert response["headers"]["set-cookie"] == "sid=***; Path=/; HttpOnly"
    server.stop()
    play(file, body(1234, "another one"))


def test_same_request_is_answered_in_the_order_recorded_and_no_more_often(server, file):
    url = f"{server.base}/state"

    async def body(client, _nexus):
        found = []
        for state in (b"new", b"paid"):
            server.answers("GET", "/state", 200, state)
            found.append((await client.get(url)).text)
        return found

    # The first request is missing, and so is the second: the file has one for each time it was asked.
    assert play(file, body, record=True) == ["new", "paid"]
    server.stop()
    assert play(file, getting(url, url)) == ["new", "paid"]
    with pytest.raises(UnmatchedRequest, match=r"has given all of its 2 replies\nHint: repeats=True gives the last"):
        play(file, getting(url, url, url))
    assert play(file, getting(url, url, url, url), repeats=True) == ["new", "paid", "paid", "paid"]


def test_missing_asks_for_what_the_file_lacks_and_all_for_everything(server, file):
    one, two = f"{server.base}/one", f"{server.base}/two"
    server.answers("GET", "/one", 200, b"1")
    server.answers("GET", "/two", 200, b"2")
    play(file, getting(one), record="missing")
    server.answers("GET", "/one", 200, b"1 again")
    assert play(file, getting(one, two), record="missing") == ["1", "2"]
    assert server.asked == ["GET /one", "GET /two"]
    assert play(file, getting(one, one), record="missing") == ["1", "1 again"], "asked more often than recorded"
    assert play(file, getting(one), record="all") == ["1 again"]
    assert [each["response"]["text"] for each in exchanges(file)] == ["1 again", "2"], "in its place; others stay"
    before = file.stat().st_mtime_ns
    play(file, getting(one), record="missing")
    assert file.stat().st_mtime_ns == before


def test_what_another_process_has_written_meanwhile_stays(server, file):
    one, two = f"{server.base}/one", f"{server.base}/two"

    async def body(client, _nexus):
        await client.get(one)
        await client.get(two)
        file.parent.mkdir(exist_ok=True)
        entry = {"request": {"method": "GET", "url": one}, "response": {"status": 200, "text": "theirs"}}
        other = {"request": {"method": "GET", "url": "https://else.example/"}, "response": {"status": 204}}
        file.write_text(json.dumps({"format": 1, "exchanges": [entry, other]}), encoding="utf-8")

    play(file, body, record=True)
    assert [each["request"]["url"] for each in exchanges(file)] == [one, "https://else.example/", two]
    assert exchanges(file)[0]["response"]["text"] == "theirs"
    assert [path.name for path in file.parent.iterdir()] == ["api.json"], "nothing else is left there"


def test_aiohttp_records_and_reaches_the_same_routes(server, file):
    server.answers("POST", "/items", 201, b'{"id":7}', ("Content-Type", "application/json"))

    async def ask():
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{server.base}/items?name=a b&x=ü", json={"n": 1}) as answer,
        ):
            return answer.status, await answer.json()

    def world(**options):
        async def main(nexus):
            nexus.http.recorded(file, **options)
            return await ask()

        return nexus_testkit.run(main)

    assert world(record=True) == (201, {"id": 7})
    server.stop()
    assert world() == (201, {"id": 7})

    async def with_httpx(client, _nexus):
        return (await client.post(f"{server.base}/items", params={"name": "a b", "x": "ü"}, json={"n": 1})).json()

    assert play(file, with_httpx) == {"id": 7}


def test_aiohttp_on_pythons_own_loop_asks_the_file_and_not_the_server(server, file):
    server.answers("POST", "/items", 201, b"made")

    async def world(**options):
        async with Harness() as nexus, aiohttp.ClientSession() as session:
            nexus.http.recorded(file, **options)
            async with session.post(f"{server.base}/items", json={"n": 1}) as answer:
                return await answer.text()

    assert asyncio.run(world(record=True)) == "made"
    assert asyncio.run(world()) == "made"
    assert server.asked == ["POST /items"]


def test_own_routes_come_before_the_recording(server, file):
    server.answers("GET", "/real", 200, b"real")

    async def body(client, nexus):
        nexus.http.get(f"{server.base}/later").respond(text="later")
        found = [(await client.get(f"{server.base}/{name}")).text for name in ("earlier", "later", "real")]
        nexus.http.get(f"{server.base}/real").respond(text="instead")
        return [*found, (await client.get(f"{server.base}/real")).text]

    async def main(nexus):
        nexus.http.get(f"{server.base}/earlier").respond(text="earlier")
        nexus.http.recorded(file, record=True)
        async with httpx.AsyncClient(transport=nexus.http) as client:
            assert await body(client, nexus) == ["earlier", "later", "real", "instead"]

    nexus_testkit.run(main)
    assert server.asked == ["GET /real"]


def test_records_on_pythons_own_loop(server, file):
    server.answers("GET", "/a", 200, b"fine")

    async def main(**options):
        async with Harness() as nexus:
            nexus.http.recorded(file, **options)
            async with httpx.AsyncClient(transport=nexus.http) as client:
                return (await client.get(f"{server.base}/a")).text

    assert asyncio.run(main(record=True)) == "fine"
    server.stop()
    assert asyncio.run(main()) == "fine"


def test_it_is_written_where_a_link_leads(server, file, tmp_path):
    server.answers("GET", "/a", 200)
    target = tmp_path / "shared.json"
    file.parent.mkdir()
    file.symlink_to(target)
    play(file, getting(f"{server.base}/a"), record=True)
    assert file.is_symlink()
    assert len(exchanges(target)) == 1
