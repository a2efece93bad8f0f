import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import suppress

import httpx
import pytest
import respx

import nexus_testkit
from nexus_testkit.adapters.fake.http import StubTransport
from nexus_testkit.errors import InvalidRoute, LeakError, PortError
from nexus_testkit.ports.http import HttpTransport, UnmatchedRequest
from nexus_testkit.simulation import EPOCH, current_loop
from tests.unit.adapters.http_world import API, with_client


@with_client
async def test_transport_is_the_port(stubs, client):
    assert isinstance(stubs, HttpTransport)


@with_client
async def test_route_answers_with_what_respond_was_given(stubs, client):
    route = stubs.add("POST", f"{API}/items").respond(201, json={"name": "Bücher"}, headers={"X-A": "b"})
    response = await client.post(f"{API}/items", json={"a": 1})
    assert (response.status_code, response.json(), response.headers["x-a"]) == (201, {"name": "Bücher"}, "b")
    assert response.headers["content-type"] == "application/json"
    assert response.request.url == f"{API}/items"
    assert (route.called, route.call_count) == (True, 1)
    assert json.loads(route.last_request.content) == {"a": 1}


@with_client
async def test_bodies_of_every_kind_are_decoded_as_httpx_does(stubs, client):
    async def chunks() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    for options, expected in (
        ({"text": "Grüße"}, ("Grüße", "text/plain; charset=utf-8")),
        ({"html": "<p>ß"}, ("<p>ß", "text/html; charset=utf-8")),
        (
            {"content": "ß".encode("latin-1"), "headers": {"content-type": "text/plain; charset=latin-1"}},
            ("ß", "text/plain; charset=latin-1"),
        ),
        ({"stream": [b"a", b"b"]}, ("ab", None)),
        ({"stream": chunks}, ("ab", None)),
        ({}, ("", None)),
    ):
        stubs.add("GET", API).respond(**options)
        for _ in range(2):
            response = await client.get(API)
            assert (response.text, response.headers.get("content-type")) == expected


@with_client
async def test_responses_are_fresh_for_each_call(stubs, client):
    stubs.add("GET", API).respond(json=[1])
    first, second = await client.get(API), await client.get(API)
    first.headers["x-mine"] = "1"
    assert "x-mine" not in second.headers
    assert first.json() == second.json() == [1]
    stubs.add("GET", API).mock(return_value=httpx.Response(200, json=[2]))
    assert [(await client.get(API)).json() for _ in range(2)] == [[2], [2]]


@with_client
async def test_last_stub_wins(stubs, client):
    old = stubs.add("GET", API).respond(text="old")
    new = stubs.add("GET", API).respond(text="new")
    assert (await client.get(API)).text == "new"
    new.respond(text="newer")
    assert (await client.get(API)).text == "newer"
    assert (old.call_count, new.call_count) == (0, 2)


@with_client
async def test_stray_raises_and_survives_except_exception(stubs, client):
    stubs.add("GET", f"{API}/items")

    async def swallows() -> None:
        with suppress(Exception):  # what careless code does
            await client.get(f"{API}/item")

    await swallows()
    [stray] = stubs.strays
    assert isinstance(stray.error, UnmatchedRequest)
    assert isinstance(stray.error, httpx.ConnectError)
    assert isinstance(stray.error, PortError)
    assert stray.error.request.url == f"{API}/item"
    [leak] = stubs.leaks()
    assert leak.startswith("no route matches GET https://api.example/item\n")
    assert "in swallows" in leak
    assert stubs.calls[0].error is stray.error


@with_client
async def test_matching_agrees_with_respx(stubs, client):
    """respx's own router is the oracle: the same stubs take the same requests."""
    stubbed = [
        ("GET", f"{API}/items", {}),
        ("GET", f"{API}/items?page=1", {}),
        ("GET", "https://*.example.org/", {}),
        ("POST", f"{API}/items", {"json": {"a": [1, {"b": None}]}}),
        ("POST", f"{API}/items", {"params": {"q": "x"}, "headers": {"X-A": "1"}}),
        ("GET", re.compile(r"^https://api\.example/(?P<name>\w+)/\d+$"), {}),
        ("DELETE", f"{API}/ü b", {}),
    ]
    asked = [
        client.build_request(method, url, **options)
        for method, url, options in (
            ("GET", f"{API}/items", {}),
            ("GET", f"{API}/items?page=1", {}),
            ("GET", f"{API}/items?page=1&x=2", {}),
            ("GET", "https://a.example.org", {}),
            ("GET", "https://example.org", {}),
            ("POST", f"{API}/items", {"json": {"a": [1, {"b": None}]}}),
            ("POST", f"{API}/items", {"json": {"a": [1]}}),
            ("POST", f"{API}/items?q=x&r=y", {"headers": {"x-a": "1"}}),
            ("GET", f"{API}/things/12", {}),
            ("DELETE", f"{API}/ü b", {}),
            ("GET", "http://api.example/items", {}),
            ("GET", "https://api.example:8443/items", {}),
        )
    ]
    for method, url, matchers in stubbed:
        stubs.clear()
        stubs.add(method, url, **matchers)
        router = respx.MockRouter(assert_all_called=False)
        router.request(method, url, **matchers)
        for request in asked:
            try:
                await router.async_handler(request)
                expected = True
            except respx.models.AllMockedAssertionError:
                expected = False
            assert (stubs.routes[0].match(request) is not None) is expected, (method, url, request)


@with_client
async def test_exceptions_are_httpx_own_with_their_request(stubs, client):
    for error, message in (
        (httpx.ConnectTimeout, ""),
        (httpx.ConnectError, "All connection attempts failed"),
        (httpx.RemoteProtocolError, "Server disconnected without sending a response."),
        (httpx.ReadError("gone"), "gone"),
    ):
        stubs.add("GET", API).raises(error)
        for _ in range(2):
            with pytest.raises(httpx.RequestError) as caught:
                await client.get(API)
            assert (str(caught.value), caught.value.request.url) == (message, f"{API}")
            assert type(caught.value) is (error if isinstance(error, type) else type(error))
    stubs.add("GET", API).raises(OSError("no route to host"))
    with pytest.raises(OSError, match="no route to host"):
        await client.get(API)
    assert stubs.strays == []
    assert isinstance(stubs.calls[-1].error, OSError)


@with_client
async def test_errors_carry_their_request_without_a_client_too(stubs, client):
    request = httpx.Request("GET", API)
    with pytest.raises(UnmatchedRequest) as stray:
        await stubs.handle_async_request(request)
    stubs.add("GET", API).raises(httpx.ReadError("gone"))
    with pytest.raises(httpx.ReadError) as caught:
        await stubs.handle_async_request(request)
    assert stray.value.request is caught.value.request is request


@with_client
async def test_error_raised_many_times_does_not_grow(stubs, client):
    stubs.add("GET", API).raises(httpx.ReadError("gone"))
    depths = []
    for _ in range(3):
        with pytest.raises(httpx.ReadError) as caught:
            await client.get(API)
        depths.append(len(caught.traceback))
    assert len(set(depths)) == 1


@with_client
async def test_sequence_is_answered_in_order_and_ends_loudly(stubs, client):
    route = stubs.add("GET", API).responds([503, httpx.ReadTimeout, httpx.Response(200, text="ok")])
    assert (await client.get(API)).status_code == 503
    with pytest.raises(httpx.ReadTimeout):
        await client.get(API)
    assert (await client.get(API)).text == "ok"
    with pytest.raises(UnmatchedRequest, match="has given all of its 3 replies"):
        await client.get(API)
    assert route.call_count == 3
    assert len(stubs.strays) == 1
    route.mock(side_effect=[204, 500])
    assert [(await client.get(API)).status_code for _ in range(2)] == [204, 500]


@with_client
async def test_function_answers_with_the_groups_of_the_url(stubs, client):
    def shout(request: httpx.Request, name: str) -> httpx.Response:
        return httpx.Response(200, text=f"{request.method} {name.upper()}")

    async def later(request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(5)
        return httpx.Response(202)

    stubs.add("GET", re.compile(r"/users/(?P<name>\w+)$")).responds_with(shout)
    assert (await client.get(f"{API}/users/ann")).text == "GET ANN"
    stubs.add("GET", f"{API}/slow").mock(side_effect=later)
    assert (await client.get(f"{API}/slow")).status_code == 202
    assert (current_loop().time(), stubs.calls[-1].at) == (5, EPOCH)
    stubs.add("GET", f"{API}/none").responds_with(lambda request: None)
    with pytest.raises(InvalidRoute, match=r"return an httpx\.Response"):
        await client.get(f"{API}/none")


@with_client
async def test_calls_at_once_take_one_reply_each(stubs, client):
    route = stubs.add("GET", API).responds([httpx.Response(200, text=str(at)) for at in range(20)])
    answers = await asyncio.gather(*(client.get(API) for _ in range(20)))
    assert sorted(int(answer.text) for answer in answers) == list(range(20))
    assert route.call_count == 20


@with_client
async def test_redirects_see_the_routes_again_and_cookies_come_back(stubs, client):
    stubs.add("GET", f"{API}/old").respond(
        302, headers=[("location", "/new"), ("set-cookie", "a=1; Path=/"), ("set-cookie", "b=2; Path=/")]
    )
    new = stubs.add("GET", f"{API}/new", cookies={"a": "1"}).respond(text="here", cookies={"c": "3"})
    response = await client.get(f"{API}/old", follow_redirects=True)
    assert (response.text, [past.status_code for past in response.history]) == ("here", [302])
    assert response.history[0].headers.get_list("set-cookie") == ["a=1; Path=/", "b=2; Path=/"]
    assert new.last_request.headers["cookie"] == "a=1; b=2"
    assert client.cookies["c"] == "3"


@with_client
async def test_request_body_may_be_a_stream(stubs, client):
    async def body() -> AsyncIterator[bytes]:
        yield b'{"a":'
        yield b" 1}"

    stubs.add("POST", API, json={"a": 1}).respond(204)
    assert (await client.post(API, content=body())).status_code == 204


@with_client
async def test_closed_client_leaves_the_transport_to_the_next(stubs, client):
    stubs.add("GET", API)
    async with httpx.AsyncClient(transport=stubs) as other:
        await other.get(API)
    assert (await client.get(API)).status_code == 200


@with_client
async def test_required_route_that_nobody_called_is_reported(stubs, client):
    required = stubs.add("GET", f"{API}/a").required()
    stubs.add("GET", f"{API}/b").required().optional()
    [leak] = stubs.leaks()
    assert leak.startswith("a required route that nobody called: GET https://api.example/a\nstubbed at ")
    assert "test_http.py" in leak
    stubs.add("GET", f"{API}/a")
    await client.get(f"{API}/a")
    [shadowed] = stubs.leaks()
    assert "stubbed again at" in shadowed
    required.optional()
    assert stubs.leaks() == []


@with_client
async def test_streamed_response_that_nobody_closed_is_reported(stubs, client):
    stubs.add("GET", API).respond(stream=[b"a", b"b"])
    async with client.stream("GET", API) as response:
        assert "content-length" not in response.headers
        assert [chunk async for chunk in response.aiter_raw()] == [b"a", b"b"]
    assert stubs.leaks() == []
    response = await client.send(client.build_request("GET", API), stream=True)
    [leak] = stubs.leaks()
    assert "nobody closed: GET https://api.example" in leak
    assert "test_http.py" in leak
    await response.aclose()
    assert stubs.leaks() == []


@with_client
async def test_stub_that_could_never_work_is_refused(stubs, client):
    for misuse, words in (
        (lambda: stubs.add("GET", "htp:/x"), "scheme 'htp'"),
        (lambda: stubs.add("GET", "/x"), "is relative"),
        (lambda: stubs.add("GET", "https://"), "names no host"),
        (lambda: stubs.add("GET", "https://a:port/"), "is no URL"),
        (lambda: stubs.add("GET", 7), "is no URL"),
        (lambda: stubs.add("GET", API, colour="red"), "'colour' is not a valid Pattern"),
        (lambda: stubs.add("GET", API, path__regex="("), "missing \\)"),
        (lambda: stubs.add("GET", API).respond(99), "99 is no HTTP status"),
        (lambda: stubs.add("GET", API).respond("200"), "'200' is no HTTP status"),
        (lambda: stubs.add("GET", API).respond(json={}, text=""), "cannot have json and text"),
        (lambda: stubs.add("GET", API).respond(json={1, 2}), "no response can be made of json="),
        (
            lambda: stubs.add("GET", API).respond(content=b"not gzip", headers={"content-encoding": "gzip"}),
            "content-encoding",
        ),
        (lambda: stubs.add("GET", API).raises("boom"), "is no exception"),
        (lambda: stubs.add("GET", API).raises(httpx.HTTPStatusError), "no transport raises"),
        (lambda: stubs.add("GET", API).responds([]), "answers nothing"),
        (lambda: stubs.add("GET", API).responds([200, "x"]), "'x' is no answer"),
    ):
        with pytest.raises(InvalidRoute, match=words) as caught:
            misuse()
        assert isinstance(caught.value, ValueError)
        assert caught.value.hint


@with_client
async def test_matcher_of_json_may_be_null_or_empty(stubs, client):
    stubs.add("POST", API, json=None).respond(text="null")
    assert (await client.post(API, content=b"null")).text == "null"
    stubs.add("POST", API, json={}).respond(text="empty")
    assert (await client.post(API, json={})).text == "empty"
    with pytest.raises(UnmatchedRequest):
        await client.post(API, json=[1])


def test_stubs_on_pythons_own_loop():
    async def main() -> None:
        class Clock:
            def now(self):
                return EPOCH

        stubs = StubTransport(clock=Clock())
        stubs.add("GET", API).respond(json=1)
        async with httpx.AsyncClient(transport=stubs) as client:
            assert (await client.get(API)).json() == 1
        await stubs.aclose()
        await stubs.aclose()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("method", "url", "body", "line"),
    [
        ("GET", "/a?b=1", {}, "nexus.http.get('https://api.example/a?b=1').respond(200, json={})"),
        (
            "POST",
            "/a",
            {"json": {"b": [1]}},
            "nexus.http.post('https://api.example/a', json={'b': [1]}).respond(200, json={})",
        ),
        ("PUT", "/a", {"content": b"x"}, "nexus.http.put('https://api.example/a').respond(200, json={})"),
        ("PURGE", "/a", {}, "nexus.http.request('PURGE', 'https://api.example/a').respond(200, json={})"),
    ],
)
def test_a_stray_shows_the_route_to_paste(method, url, body, line):
    async def main(nexus):
        async with httpx.AsyncClient(transport=nexus.http) as client:
            with pytest.raises(UnmatchedRequest) as caught:
                await client.request(method, f"https://api.example{url}", **body)
            assert str(caught.value).endswith(f"Hint: stub it: {line}")
            exec(line, {"nexus": nexus})
            assert (await client.request(method, f"https://api.example{url}", **body)).json() == {}

    with pytest.raises(LeakError, match="Hint: stub it: nexus"):
        nexus_testkit.run(main)


async def test_json_contains_takes_a_body_that_has_more(nexus):
    route = nexus.http.post(f"{API}/a", json_contains={"user": {"name": "ann"}, "tags": ["x"]}).respond(201)
    async with httpx.AsyncClient(transport=nexus.http) as client:
        body = {"user": {"name": "ann", "age": 3}, "tags": ["x"], "more": None}
        assert (await client.post(f"{API}/a", json=body)).status_code == 201
    assert route.called
    nexus.http.assert_called("POST", f"{API}/a", json_contains={"user": {"age": 3}}, count=1)
    with pytest.raises(AssertionError, match=r"json\.user\.age: expected 4, got 3") as caught:
        nexus.http.assert_called("POST", json_contains={"user": {"age": 4}, "none": 1})
    assert "json.none: expected 1, got nothing" in str(caught.value)


def test_json_contains_is_wrong_for_other_lists_types_and_no_json():
    async def main(nexus):
        nexus.http.post(API, json_contains={"a": [1, 2], "b": True})
        async with httpx.AsyncClient(transport=nexus.http) as client:
            for body in ({"a": [1], "b": True}, {"a": [1, 2], "b": 1}, {"a": [1, 2]}, [1], None):
                with pytest.raises(UnmatchedRequest, match="json"):
                    await client.post(API, json=body)
            with pytest.raises(UnmatchedRequest, match="expected a JSON body"):
                await client.post(API, content=b"{")

    with pytest.raises(LeakError):
        nexus_testkit.run(main)
