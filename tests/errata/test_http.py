"""Rows 39 to 48 of the guide's errata: HTTP. See docs/explanation/guide-errata.md."""

import asyncio

import httpx
import pytest

from nexus_testkit.container import register_service
from nexus_testkit.errors import ResponseTooLarge, UrlNotAllowed, ValidationError
from nexus_testkit.services import HTTPService

URL = "https://api.example.org/items"


async def service(nexus, **config):
    register_service(HTTPService, config=config)
    return await nexus.service(HTTPService)


def sleeps(nexus):
    return [call.arguments[0] for call in nexus.journal.of("clock.sleep")]


# Row 39


async def test_row_39_between_attempts_a_random_part_of_a_doubling_time_passes(nexus):
    http = await service(nexus, jitter_seed=7, retries=5, backoff=1, backoff_max=4, timeout=60)
    route = nexus.http.get(URL).respond(500)
    await http.get(URL)
    assert route.call_count == 6
    assert [0 < wait <= longest for wait, longest in zip(sleeps(nexus), [1, 2, 4, 4, 4], strict=True)] == [True] * 5
    assert len(set(sleeps(nexus))) == 5


async def test_row_39_the_waits_repeat_with_the_seed_that_is_configured(nexus):
    nexus.http.get(URL).respond(503)
    waits = []
    for _ in range(2):
        http = HTTPService({"jitter_seed": 7}, transport=nexus.http, clock=nexus.clock)
        await http.initialize()
        before = len(sleeps(nexus))
        await http.get(URL)
        waits.append(sleeps(nexus)[before:])
        await http.cleanup()
    assert waits[0] == waits[1]


# Row 40


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_row_40_a_post_is_sent_once_whatever_the_answer(nexus, status):
    http = await service(nexus)
    route = nexus.http.post(URL).respond(status)
    assert (await http.post(URL, json={"a": 1}))["status_code"] == status
    assert route.call_count == 1


async def test_row_40_a_post_whose_reply_is_lost_is_not_sent_again(nexus):
    http = await service(nexus)
    route = nexus.http.post(URL).raises(httpx.ReadError)
    with pytest.raises(httpx.ReadError):
        await http.post(URL, json={"a": 1})
    assert route.call_count == 1


async def test_row_40_a_post_with_an_idempotency_key_is_sent_again(nexus):
    http = await service(nexus)
    route = nexus.http.post(URL).responds([503, httpx.ReadError, 201])
    assert (await http.post(URL, json={"a": 1}, idempotency_key="k-1"))["status_code"] == 201
    assert [call.request.headers["idempotency-key"] for call in route.calls] == ["k-1"] * 3
    assert [call.request.content for call in route.calls] == [b'{"a":1}'] * 3


async def test_row_40_an_answer_that_calls_itself_json_and_is_not_is_no_reason_to_ask_again(nexus):
    http = await service(nexus)
    route = nexus.http.get(URL).respond(200, content=b"<html>", headers={"content-type": "application/json"})
    with pytest.raises(httpx.DecodingError, match="calls itself JSON and is not"):
        await http.get(URL)
    assert route.call_count == 1


@pytest.mark.parametrize("method", ["get", "put", "delete"])
async def test_row_40_idempotent_methods_are_sent_again(nexus, method):
    http = await service(nexus)
    route = nexus.http.request(method.upper(), URL).responds([502, httpx.ConnectError, 200])
    assert (await getattr(http, method)(URL))["status_code"] == 200
    assert route.call_count == 3


# Row 41


async def test_row_41_a_defect_of_the_caller_is_raised_at_once(nexus):
    http = await service(nexus)
    with pytest.raises(TypeError):
        await http.get(URL, params={"a": object()}, headers={"x": object()})
    assert (nexus.http.calls, sleeps(nexus)) == ([], [])


@pytest.mark.parametrize(
    "error", [RuntimeError("defect"), httpx.UnsupportedProtocol("gopher"), httpx.LocalProtocolError("bad")]
)
async def test_row_41_only_passing_transport_errors_are_retried(nexus, error):
    http = await service(nexus)
    route = nexus.http.get(URL).raises(error)
    with pytest.raises(type(error)):
        await http.get(URL)
    assert route.call_count == 1


@pytest.mark.parametrize("status", [400, 401, 404, 409, 422])
async def test_row_41_an_error_of_the_client_is_an_answer(nexus, status):
    http = await service(nexus)
    route = nexus.http.get(URL).respond(status, json={"why": "because"})
    answer = await http.get(URL)
    assert (answer["status_code"], answer["data"], route.call_count) == (status, {"why": "because"}, 1)


# Row 42


async def test_row_42_what_is_no_transport_error_passes_through_unchanged(nexus):
    class Stop(BaseException):
        pass

    async def stop(_request):
        raise Stop

    http = await service(nexus)
    nexus.http.get(URL).responds_with(stop)
    with pytest.raises(Stop):
        await http.get(URL)


async def test_row_42_a_cancelled_request_stays_cancelled(nexus):
    async def hang(_request):
        await asyncio.Event().wait()

    http = await service(nexus)
    route = nexus.http.get(URL).responds_with(hang)
    asking = asyncio.create_task(http.get(URL))
    await nexus.settle()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert route.call_count == 1


# Row 43


@pytest.mark.parametrize("status", [429, 503])
async def test_row_43_the_time_that_the_server_asks_for_is_waited(nexus, status):
    http = await service(nexus)
    nexus.http.get(URL).responds([httpx.Response(status, headers={"retry-after": "7"}), 200])
    assert (await http.get(URL))["status_code"] == 200
    assert sleeps(nexus) == [7]


async def test_row_43_the_server_may_name_a_date(nexus):
    http = await service(nexus)
    date = "Thu, 01 Jan 2026 00:00:09 GMT"
    nexus.http.get(URL).responds([httpx.Response(429, headers={"retry-after": date}), 200])
    await http.get(URL)
    assert sleeps(nexus) == [9]


async def test_row_43_what_the_server_asks_for_is_capped(nexus):
    http = await service(nexus, timeout=600, retry_after_max=20)
    nexus.http.get(URL).responds([httpx.Response(429, headers={"retry-after": "3600"}), 200])
    await http.get(URL)
    assert sleeps(nexus) == [20]


@pytest.mark.parametrize("value", ["soon", "-5", "1e9", "", "Thu, 01 Jan 2026 00:00:09 +99999999999999999999"])
async def test_row_43_a_time_that_cannot_be_read_is_ignored(nexus, value):
    http = await service(nexus, backoff=2)
    nexus.http.get(URL).responds([httpx.Response(429, headers={"retry-after": value}), 200])
    await http.get(URL)
    assert 0 <= sleeps(nexus)[0] <= 2


# Row 44


async def test_row_44_the_last_answer_is_returned_whatever_its_status(nexus):
    http = await service(nexus, retries=1)
    nexus.http.get(URL).responds([httpx.ConnectError, httpx.Response(503, json={"why": "down"})])
    answer = await http.get(URL)
    assert (answer["status_code"], answer["data"]) == (503, {"why": "down"})


async def test_row_44_where_the_last_attempt_has_no_answer_httpx_s_error_is_raised(nexus):
    http = await service(nexus, retries=1)
    nexus.http.get(URL).responds([503, httpx.ConnectTimeout])
    with pytest.raises(httpx.ConnectTimeout):
        await http.get(URL)


# Row 45


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("httpbin/get", "https://api.example.org/v1/httpbin/get"),
        ("/items", "https://api.example.org/v1/items"),
        ("items?next=https://evil.example", "https://api.example.org/v1/items?next=https://evil.example"),
        ("HTTPS://API.example.org/v1/x", "https://api.example.org/v1/x"),
        ("https://api.example.org:443/x", "https://api.example.org/x"),
    ],
)
async def test_row_45_urls_are_joined_by_a_parser(nexus, url, asked):
    http = await service(nexus, base_url="https://api.example.org/v1/")
    route = nexus.http.get(asked)
    await http.get(url)
    assert route.call_count == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://api.example.org/",
        "https://api.example.org:8443/",
        "https://api.example.org@evil.example/",
        "https://api.example.org.evil.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "http:///x",
        "https://api.example.org/\x00",
        None,
    ],
)
async def test_row_45_a_url_that_leaves_the_base_is_refused(nexus, url):
    http = await service(nexus, base_url="https://api.example.org/v1")
    with pytest.raises(UrlNotAllowed):
        await http.get(url)
    nexus.http.assert_nothing_called()


async def test_row_45_parameters_are_added_to_the_query_that_a_url_has(nexus):
    http = await service(nexus)
    route = nexus.http.get(url=None)
    await http.get(f"{URL}?a=1", params={"b": "2 3"})
    assert dict(route.last_request.url.params) == {"a": "1", "b": "2 3"}


async def test_row_45_further_hosts_are_allowed_by_name(nexus):
    http = await service(
        nexus, base_url="https://api.example.org", allow_hosts=["cdn.example", "*.files.example", "dev.example:8443"]
    )
    allowed = ["https://cdn.example/a", "https://x.files.example/a", "https://dev.example:8443/a"]
    for url in allowed:
        nexus.http.get(url)
        await http.get(url)
    for url in ("https://x.cdn.example/", "https://files.example/", "https://dev.example/", "https://cdn.example:81/"):
        with pytest.raises(UrlNotAllowed, match="not among the hosts"):
            await http.get(url)


async def test_row_45_a_redirect_may_not_leave_either(nexus):
    http = await service(nexus, base_url="https://api.example.org")
    nexus.http.get("https://api.example.org/a").respond(302, headers={"location": "/b"})
    nexus.http.get("https://api.example.org/b").respond(302, headers={"location": "http://169.254.169.254/"})
    with pytest.raises(UrlNotAllowed, match=r"169\.254\.169\.254"):
        await http.get("a")


async def test_row_45_redirects_inside_are_followed_to_a_limit(nexus):
    http = await service(nexus, base_url="https://api.example.org", max_redirects=2)
    for here, there in (("a", "b"), ("b", "c"), ("c", "d")):
        nexus.http.get(f"https://api.example.org/{here}").respond(302, headers={"location": f"/{there}"})
    nexus.http.get("https://api.example.org/d").respond(json="end")
    assert (await http.get("b"))["data"] == "end"
    with pytest.raises(httpx.TooManyRedirects):
        await http.get("a")


async def test_row_45_a_relative_url_without_a_base_is_refused(nexus):
    http = await service(nexus)
    with pytest.raises(UrlNotAllowed, match="is relative"):
        await http.get("items")


# Row 46


async def test_row_46_headers_that_come_twice_are_all_there(nexus):
    http = await service(nexus)
    nexus.http.get(URL).respond(headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("X-Request-Id", "7")])
    headers = (await http.get(URL))["headers"]
    assert headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert headers["x-request-id"] == headers["X-Request-ID"] == "7"


# Row 47


@pytest.mark.parametrize(
    ("content_type", "content", "data"),
    [
        ("application/json", b'{"a": 1}', {"a": 1}),
        ("application/json; charset=utf-8", b"[]", []),
        ("application/problem+json", b'{"title": "No"}', {"title": "No"}),
        ("application/json", b"", None),
        ("text/plain; charset=latin-1", b"\xe9", {"text": "é"}),
        ("text/plain; charset=unknown", "é".encode(), {"text": "é"}),
        ("text/html", b"caf\xff", {"text": "caf�"}),
        ("image/png", b"\x89PNG\xff", {"content": b"\x89PNG\xff"}),
        ("application/octet-stream", b"plain", {"content": b"plain"}),
        ("garbage", b"\xff", {"content": b"\xff"}),
        (None, b"plain", {"text": "plain"}),
        (None, b"\xff", {"content": b"\xff"}),
    ],
)
async def test_row_47_a_body_is_decoded_by_its_type_and_binary_stays_bytes(nexus, content_type, content, data):
    http = await service(nexus)
    headers = {} if content_type is None else {"content-type": content_type}
    nexus.http.get(URL).responds_with(lambda _: httpx.Response(200, content=content, headers=headers))
    assert (await http.get(URL))["data"] == data


async def test_row_47_an_error_page_in_place_of_json_does_not_hide_the_status(nexus):
    http = await service(nexus, retries=0)
    nexus.http.get(URL).respond(502, content=b"<html>", headers={"content-type": "application/json"})
    answer = await http.get(URL)
    assert (answer["status_code"], answer["data"]) == (502, {"text": "<html>"})


# Row 48


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("retries", -1),
        ("retries", 1.5),
        ("retries", 11),
        ("timeout", 0),
        ("timeout", None),
        ("timeout", float("inf")),
        ("backoff", -1),
        ("max_response_bytes", 0),
        ("base_url", "nonsense"),
        ("base_url", 7),
        ("allow_hosts", "api.example.org"),
    ],
)
async def test_row_48_options_are_checked_where_the_service_is_built(nexus, option, value):
    with pytest.raises(ValidationError, match=option) as caught:
        HTTPService({option: value}, transport=nexus.http, clock=nexus.clock)
    assert caught.value.field == option


async def test_row_48_the_timeout_is_for_the_whole_call(nexus):
    async def slow(_request):
        await nexus.clock.sleep(8)
        return httpx.Response(503)

    http = await service(nexus, timeout=20, retries=10, jitter_seed=1)
    route = nexus.http.get(URL).responds_with(slow)
    with pytest.raises(httpx.ReadTimeout, match="no answer within 20 s"):
        await http.get(URL)
    assert route.call_count == 3
    assert nexus.clock.monotonic() == pytest.approx(20)


async def test_row_48_a_wait_beyond_the_deadline_is_not_begun(nexus):
    http = await service(nexus, timeout=10)
    route = nexus.http.get(URL).respond(503, headers={"retry-after": "30"})
    assert (await http.get(URL))["status_code"] == 503
    assert (route.call_count, nexus.clock.monotonic()) == (1, 0)


async def test_row_48_a_response_beyond_the_limit_is_not_read_to_its_end(nexus):
    sent = []

    async def chunks():
        for number in range(100):
            sent.append(number)
            yield b"x" * 10

    http = await service(nexus, max_response_bytes=25)
    nexus.http.get(URL).respond(stream=chunks)
    with pytest.raises(ResponseTooLarge, match="larger than 25 bytes"):
        await http.get(URL)
    assert sent == [0, 1, 2]
