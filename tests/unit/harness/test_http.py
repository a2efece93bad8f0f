import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps

import httpx
import pytest
from respx.patterns import M

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.http import StubTransport
from nexus_testkit.errors import HarnessError, InvalidRoute
from nexus_testkit.harness.http import HttpHandle
from nexus_testkit.journal import Call, Disturbance, Journal, Seam
from nexus_testkit.journal.http import SeamedHttp
from nexus_testkit.ports.http import HttpTransport, UnmatchedRequest
from nexus_testkit.simulation import current_loop, run

API = "https://api.example"


def with_http(test: Callable[[HttpHandle, httpx.AsyncClient], Awaitable[None]]) -> Callable[[], None]:
    """Run the test on a fresh handle, and a client on the port that a service would get, in virtual time."""

    async def main() -> None:
        loop = current_loop()
        stubs = StubTransport(clock=VirtualClock(loop))
        seam = Seam(Journal(now=loop.time, task=lambda: asyncio.current_task().get_name()), sleep=asyncio.sleep)
        async with httpx.AsyncClient(transport=SeamedHttp(stubs, seam), trust_env=False) as client:
            await test(HttpHandle(stubs, seam), client)

    @wraps(test)
    def wrapper() -> None:
        run(main)

    del wrapper.__wrapped__  # pytest would take the parameters for fixtures
    return wrapper


@with_http
async def test_handle_of_no_world_has_no_recordings(http, client):
    del client
    with pytest.raises(HarnessError, match="belongs to no world"):
        http.recorded("x.json")


@with_http
async def test_every_method_has_its_word(http, client):
    assert isinstance(http, HttpTransport)
    for method in ("get", "post", "put", "patch", "delete", "head", "options"):
        route = getattr(http, method)(f"{API}/{method}").respond(204)
        assert (await client.request(method, f"{API}/{method}")).status_code == 204
        assert route.call_count == 1
    http.request("PROPFIND", API).respond(207)
    assert (await client.request("PROPFIND", API)).status_code == 207
    assert len(http.routes) == 8
    assert [call.response.status_code for call in http.calls] == [204] * 7 + [207]


@with_http
async def test_route_takes_patterns_of_respx(http, client):
    http.route(method="GET", path="/x").respond(text="any host")
    http.route(M(host="a.example") | M(host="b.example"), method=["PUT", "POST"]).respond(text="either")
    http.route(url=f"{API}/y").respond(text="any method")
    assert (await client.get("https://c.example/x")).text == "any host"
    assert (await client.put("https://b.example/z")).text == "either"
    assert (await client.post("https://a.example/z")).text == "either"
    assert (await client.request("TRACE", f"{API}/y")).text == "any method"
    with pytest.raises(InvalidRoute):
        http.route(colour="red")


@with_http
async def test_handle_is_a_transport_that_crosses_the_seam(http, client):
    http.get(f"{API}/a").respond(json={"x": 1})
    async with httpx.AsyncClient(transport=http) as own:
        assert (await own.get(f"{API}/a")).json() == {"x": 1}
    assert (await client.get(f"{API}/a")).json() == {"x": 1}
    with pytest.raises(UnmatchedRequest):
        await client.get(f"{API}/b?q=1")
    assert [call.describe() for call in http._seam.journal] == [
        "http.request('GET', 'https://api.example/a') -> <Response [200 OK]>",
        "http.request('GET', 'https://api.example/a') -> <Response [200 OK]>",
        (
            "http.request('GET', 'https://api.example/b?q=1') !! UnmatchedRequest: "
            "no route matches GET https://api.example/b?q=1"
        ),
    ]
    assert [stray.error.url for stray in http.strays] == [f"{API}/b?q=1"]


@with_http
async def test_lost_reply_reached_the_route(http, client):
    class LosesReply:
        def decide(self, call: Call) -> Disturbance:
            return Disturbance(delay_s=2, error=httpx.ReadTimeout("lost"), loses_reply=True)

    route = http.post(f"{API}/a").respond(201)
    http._seam.decider = LosesReply()
    with pytest.raises(httpx.ReadTimeout) as caught:
        await client.post(f"{API}/a")
    assert caught.value.request.url == f"{API}/a"
    assert (route.call_count, current_loop().time()) == (1, 2)


def test_body_of_known_length_is_read_inside_the_call():
    class Body(httpx.AsyncByteStream):
        def __init__(self, *chunks: bytes) -> None:
            self.chunks, self.closed = chunks, False

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for chunk in self.chunks:
                yield chunk

        async def aclose(self) -> None:
            self.closed = True

    class Real(HttpTransport):
        def __init__(self, body: Body, headers: dict[str, str]) -> None:
            self.body, self.headers = body, headers

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, headers=self.headers, stream=self.body)

    async def main() -> None:
        seam = Seam(Journal(now=current_loop().time, task=lambda: None), sleep=asyncio.sleep)
        for headers, read_inside in (
            ({"content-length": "4"}, True),
            ({}, False),
            ({"content-length": str(2**20 + 1)}, False),
        ):
            body = Body(b"ab", b"cd")
            response = await SeamedHttp(Real(body, headers), seam).handle_async_request(httpx.Request("GET", API))
            assert body.closed is read_inside
            assert b"".join([chunk async for chunk in response.stream]) == b"abcd"

    run(main)


@with_http
async def test_assert_called_gives_the_calls_that_match(http, client):
    http.route()
    await client.post(f"{API}/a", json={"n": 1})
    await client.post(f"{API}/a", json={"n": 2})
    [call] = http.assert_called("POST", f"{API}/a", json={"n": 2}, count=1)
    assert call is http.calls[1]
    assert len(http.assert_called()) == 2
    assert http.assert_called("GET", count=0) == []
    assert len(http.assert_called(url=re.compile("^https://api"))) == 2


@with_http
async def test_assert_called_shows_the_nearest_call_first(http, client):
    http.route().respond(204)
    await client.get("https://far.example/away")
    await client.post(f"{API}/a", json={"n": 1})
    with pytest.raises(AssertionError) as caught:
        http.assert_called("POST", f"{API}/a", json={"n": 2})
    assert str(caught.value).splitlines() == [
        "expected at least one of POST https://api.example/a json={'n': 2}, got 0",
        "  <HttpCall POST https://api.example/a -> 204>",
        "    json.n: expected 2, got 1",
        "  <HttpCall GET https://far.example/away -> 204>",
        "    method: expected 'POST', got 'GET'",
        "    host: expected 'api.example', got 'far.example'",
        "    path: expected '/a', got '/away'",
        "    json: expected a JSON body, got no body",
    ]


@with_http
async def test_nothing_called_is_asserted(http, client):
    http.assert_nothing_called()
    with pytest.raises(AssertionError, match="no request was made"):
        http.assert_called("GET", API)
    http.get(API).raises(httpx.ConnectError)
    with pytest.raises(httpx.ConnectError):
        await client.get(API)
    with pytest.raises(AssertionError) as caught:
        http.assert_nothing_called()
    assert str(caught.value) == "expected no request, got 1\n  <HttpCall GET https://api.example !! ConnectError>"
    http.clear()
    http.assert_nothing_called()
    assert http.routes == []
