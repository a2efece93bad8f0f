"""Statuses that no route gave, bodies that are malformed or slow: to the client as from a real server.

The expectation is httpx itself: the same bytes come from a server on the loopback interface.
"""

import asyncio
import contextlib
import json

import httpx
import pytest

from nexus_testkit import Harness
from nexus_testkit.errors import InvalidFault, InvalidRoute, LeakError
from nexus_testkit.services import HTTPService
from nexus_testkit.simulation import run

URL = "https://crm.example/api"
BODY = b'{"name": "\xc3\xa9lodie", "id": 12345}'
JSON = b"Content-Type: application/json\r\n"


async def outcome(client, url):
    """What a client can see of an answer."""
    try:
        response = await client.get(url)
    except httpx.HTTPError as error:
        return type(error), str(error)
    try:
        data = response.json()
    except ValueError as error:
        data = type(error)
    return response.status_code, response.content, response.text, data


def from_a_server(raw, *, is_patient=False, timeout=5.0):
    """The outcome of a request to a server that sends these bytes, whatever was asked, and closes."""

    served = []

    async def answer(reader, writer):
        served.append(asyncio.current_task())
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        if is_patient:
            await reader.read()  # until the client has lost its patience
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def main():
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, httpx.AsyncClient(timeout=timeout, trust_env=False) as client:
            seen = await outcome(client, f"http://127.0.0.1:{port}/")
        await asyncio.gather(*served)
        return seen

    return asyncio.run(main())


def from_a_fault(declare, *, body=BODY, timeout=5.0):
    """The outcome of a request to a route whose answer a fault spoils, and the virtual seconds that it took."""

    async def main():
        async with Harness() as nexus:
            nexus.http.get(URL).respond(200, content=body, headers={"Content-Type": "application/json"})
            declare(nexus.faults.on("http"))
            async with httpx.AsyncClient(transport=nexus.http, timeout=timeout) as client:
                return await outcome(client, URL), nexus.elapsed_s

    return run(main)


@pytest.mark.parametrize(
    ("how", "raw"),
    [
        ("truncated", b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (JSON, len(BODY), BODY[: len(BODY) // 2])),
        (
            "length too large",
            b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (JSON, 2 * len(BODY) + 1, BODY),
        ),
        ("length too small", b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (JSON, len(BODY) // 2, BODY)),
        (
            "json",
            b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (JSON, len(BODY) // 2, BODY[: len(BODY) // 2]),
        ),
        (
            "charset",
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s\xff\xfe%s"
            % (len(BODY) + 2, BODY[: len(BODY) // 2], BODY[len(BODY) // 2 :]),
        ),
        (
            "encoding",
            b"HTTP/1.1 200 OK\r\n%sContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%s" % (JSON, len(BODY), BODY),
        ),
    ],
)
def test_a_garbled_body_is_what_a_server_makes_of_it(how, raw):
    seen, _ = from_a_fault(lambda chosen: chosen.garbles(how))
    assert seen == from_a_server(raw)
    assert seen != from_a_server(b"HTTP/1.1 200 OK\r\n%sContent-Length: %d\r\n\r\n%s" % (JSON, len(BODY), BODY))


def test_a_body_of_chunks_that_is_cut_off_says_so():
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"

    async def main():
        async with Harness() as nexus:
            nexus.http.get(URL).respond(stream=[b"hello", b"world"])
            nexus.faults.on("http").garbles("truncated")
            async with httpx.AsyncClient(transport=nexus.http) as client:
                return await outcome(client, URL)

    assert run(main) == from_a_server(raw)


def test_an_empty_body_that_is_cut_off_is_no_answer():
    assert from_a_fault(lambda chosen: chosen.garbles("truncated"), body=b"")[0] == from_a_server(b"")


@pytest.mark.parametrize("body", [b"12", b"", b'"text"', b"[]"])
def test_json_that_is_broken_is_never_json(body):
    (status, content, _, data), _ = from_a_fault(lambda chosen: chosen.garbles("json"), body=body)
    assert (status, data) == (200, json.JSONDecodeError)
    assert content


def test_a_body_whose_pauses_are_too_long_runs_into_the_clients_time_out():
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"
    seen, seconds = from_a_fault(lambda chosen: chosen.trickles(60), timeout=httpx.Timeout(5, read=0.01))
    assert seen == from_a_server(head, is_patient=True, timeout=httpx.Timeout(5, read=0.01))
    assert seconds == pytest.approx(0.01)


def test_a_body_that_takes_long_arrives_whole():
    seen, seconds = from_a_fault(lambda chosen: chosen.trickles(12, chunks=6))
    assert seen == (200, BODY, BODY.decode(), json.loads(BODY))
    assert seconds == 12
    seen, seconds = from_a_fault(lambda chosen: chosen.trickles(1000), timeout=None)
    assert (seen[1], seconds) == (BODY, 1000)
    seen, seconds = from_a_fault(lambda chosen: chosen.trickles(4, chunks=2), body=b"")
    assert (seen[1], seconds) == (b"", 4)


def test_a_server_that_is_silent_runs_into_the_clients_time_out():
    seen, seconds = from_a_fault(lambda chosen: chosen.goes_silent(), timeout=httpx.Timeout(5, read=0.01))
    assert seen == from_a_server(b"", is_patient=True, timeout=httpx.Timeout(5, read=0.01))
    assert seconds == pytest.approx(0.01)


async def test_a_silence_takes_no_reply_of_a_sequence_and_counts(nexus):
    route = nexus.http.get(URL).responds([200])
    nexus.faults.on(route).nth(1).goes_silent()
    async with httpx.AsyncClient(transport=nexus.http, timeout=3) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(URL)
        assert (await client.get(URL)).status_code == 200
    assert [type(call.error) for call in route.calls] == [httpx.ReadTimeout, type(None)]
    assert nexus.elapsed_s == 3


async def test_a_silence_without_a_time_out_lasts_until_its_caller_gives_up(nexus):
    route = nexus.http.get(URL)
    nexus.faults.on(route).goes_silent()
    async with httpx.AsyncClient(transport=nexus.http, timeout=None) as client:  # that is the case
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.get(URL), 1000)
    assert nexus.elapsed_s == 1000
    assert route.call_count == 1


async def test_a_slow_body_is_read_by_whoever_asked(nexus):
    route = nexus.http.get(URL).respond(content=b"abcdef")
    nexus.faults.on(route).trickles(6, chunks=3)
    async with httpx.AsyncClient(transport=nexus.http) as client, client.stream("GET", URL) as response:
        assert nexus.elapsed_s == 0
        came = [(chunk, nexus.elapsed_s) async for chunk in response.aiter_raw()]
    assert came == [(b"ab", 2), (b"cd", 4), (b"ef", 6)]


async def test_a_truncated_body_breaks_when_it_is_read(nexus):
    nexus.http.get(URL).respond(content=b"abcdef")
    nexus.faults.on("http.request").garbles("truncated")
    async with httpx.AsyncClient(transport=nexus.http) as client, client.stream("GET", URL) as response:
        assert response.status_code == 200
        with pytest.raises(httpx.RemoteProtocolError, match="received 3 bytes, expected 6"):
            await response.aread()


# statuses


async def test_a_status_is_answered_for_the_route(nexus):
    route = nexus.http.get(URL).responds([200, 204])
    nexus.faults.on(route).nth(1).responds(503, headers={"Retry-After": "2"}, text="down for maintenance")
    async with httpx.AsyncClient(transport=nexus.http) as client:
        refused = await client.get(URL)
        assert (refused.status_code, refused.headers["retry-after"], refused.text) == (503, "2", "down for maintenance")
        assert [(await client.get(URL)).status_code for _ in range(2)] == [200, 204]
    assert [call.response.status_code for call in route.calls] == [503, 200, 204]


async def test_a_service_obeys_retry_after(nexus):
    route = nexus.http.get(URL).respond(json={"name": "ann"})
    nexus.faults.on(route).times(2).responds(503, headers={"Retry-After": "7"})
    http = await nexus.service(HTTPService)
    assert (await http.get(URL))["data"] == {"name": "ann"}
    assert nexus.elapsed_s == 14
    assert [call.response.status_code for call in route.calls] == [503, 503, 200]


async def test_a_gateway_answers_where_no_route_is(nexus):
    nexus.faults.on("http").responds(502, html="<h1>Bad Gateway</h1>")
    async with httpx.AsyncClient(transport=nexus.http) as client:
        assert (await client.get(URL)).status_code == 502
    nexus.http.assert_called("GET", URL, count=1)
    assert nexus.http.strays == []


def test_a_broken_body_of_no_route_is_still_a_stray():
    async def main():
        async with Harness() as nexus, httpx.AsyncClient(transport=nexus.http) as client:
            nexus.faults.on("http").garbles("truncated")
            with pytest.raises(httpx.ConnectError, match="no route"):
                await client.get(URL)

    with pytest.raises(LeakError, match="no route matches GET"):
        run(main)


async def test_requests_at_once_are_told_apart(nexus):
    route = nexus.http.get(URL).respond(200)
    nexus.faults.on(route).nth(2).responds(503)
    async with httpx.AsyncClient(transport=nexus.http) as client:
        answers = await asyncio.gather(*(client.get(URL) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 503, 200]


@pytest.mark.parametrize(
    ("words", "kind", "text"),
    [
        ("refused", httpx.ConnectError, "All connection attempts failed"),
        ("reset", httpx.ReadError, ""),
        ("timeout", httpx.ReadTimeout, ""),
    ],
)
async def test_a_connection_fails_as_in_httpx(nexus, words, kind, text):
    route = nexus.http.get(URL)
    nexus.faults.on(route).raises(words)
    async with httpx.AsyncClient(transport=nexus.http) as client:
        with pytest.raises(httpx.RequestError) as caught:
            await client.get(URL)
    assert (type(caught.value), str(caught.value)) == (kind, text)
    assert route.calls[0].error is caught.value


def test_nobody_listens_in_the_words_of_httpx():
    async def main():
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        async with httpx.AsyncClient(trust_env=False) as client:
            return await outcome(client, f"http://127.0.0.1:{port}/")

    assert asyncio.run(main()) == from_a_fault(lambda chosen: chosen.raises("refused"))[0]


# what is refused


@pytest.mark.parametrize(
    ("target", "verb", "arguments", "kind", "words"),
    [
        ("cache", "responds", (503,), InvalidFault, "gets no HTTP answer"),
        ("mail.send", "garbles", ("json",), InvalidFault, "gets no HTTP answer"),
        ("database", "trickles", (1,), InvalidFault, "gets no HTTP answer"),
        ("http", "responds", (99,), InvalidRoute, "is no HTTP status"),
        ("http", "responds", ("503",), InvalidRoute, "is no HTTP status"),
        ("http", "garbles", ("yaml",), InvalidFault, "one of truncated, json"),
        ("http", "garbles", (["json"],), InvalidFault, "a body cannot be"),
        ("cache", "goes_silent", (), InvalidFault, "is no mail"),
        ("mail.send", "goes_silent", (), InvalidFault, "names no step"),
        ("http", "trickles", (0,), InvalidFault, "is no time"),
        ("http", "trickles", ("1",), InvalidFault, "is no time"),
    ],
)
async def test_what_no_server_answers_is_refused_at_once(nexus, target, verb, arguments, kind, words):
    selection = nexus.faults.on(target)
    with pytest.raises(kind, match=words):
        getattr(selection, verb)(*arguments)
    selection.hangs().optional()


async def test_two_bodies_or_no_pieces_are_refused_at_once(nexus):
    selection = nexus.faults.on("http")
    with pytest.raises(InvalidRoute, match="cannot have json and text"):
        selection.responds(500, json={}, text="x")
    with pytest.raises(InvalidFault, match="counts no call"):
        selection.trickles(1, chunks=0)
    selection.hangs().optional()
