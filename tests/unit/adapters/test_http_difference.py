import pytest
from respx.patterns import M

from nexus_testkit.adapters.fake.http_difference import json_differences
from nexus_testkit.ports.http import UnmatchedRequest
from tests.unit.adapters.http_world import API, with_client


@with_client
async def test_stray_shows_the_nearest_route_field_by_field(stubs, client):
    stubs.add("GET", "https://other.example/items")
    stubs.add(
        "POST",
        f"{API}/items?page=1&sort=up",
        headers={"Authorization": "Bearer x"},
        json={"user": {"name": "ann", "tags": ["a", "b"]}, "n": 1},
    )
    with pytest.raises(UnmatchedRequest) as caught:
        await client.put(f"{API}/itemz?page=2&debug=1", json={"user": {"name": "bob", "tags": ["a"]}, "x": None})
    assert caught.value.nearest == (
        (
            "nearest: POST https://api.example/items?page=1&sort=up headers={'Authorization': 'Bearer x'}"
            " json={'user': {'name': 'ann', 'tags': ['a', 'b']}, 'n': 1}"
        ),
        "  method: expected 'POST', got 'PUT'",
        "  path: expected '/items', got '/itemz'",
        "  query 'page': expected '1', got '2'",
        "  query 'sort': expected 'up', got nothing",
        "  query 'debug': not expected, got '1'",
        "  header 'authorization': expected 'Bearer x', got nothing",
        "  and 4 more differences",
        "then:    GET https://other.example/items",
        "  method: expected 'GET', got 'PUT'",
        "  host: expected 'other.example', got 'api.example'",
        "  path: expected '/items', got '/itemz'",
    )


@with_client
async def test_nearest_route_need_not_be_the_newest(stubs, client):
    stubs.add("GET", f"{API}/items", params={"page": "1"})
    stubs.add("POST", "https://far.example/away")
    with pytest.raises(UnmatchedRequest) as caught:
        await client.get(f"{API}/items?page=2")
    assert caught.value.nearest[:2] == (
        "nearest: GET https://api.example/items params={'page': '1'}",
        "  query 'page': expected '1', got '2'",
    )


def test_json_differences_go_by_path():
    expected = {"user": {"name": "ann", "tags": ["a", "b"]}, "n": 1, "flag": True}
    got = {"user": {"name": "bob", "tags": ["a"]}, "x": None, "flag": 1}
    assert list(json_differences(expected, got)) == [
        "json.user.name: expected 'ann', got 'bob'",
        "json.user.tags[1]: expected 'b', got nothing",
        "json.n: expected 1, got nothing",
        "json.flag: expected True, got 1",
        "json.x: not expected, got None",
    ]
    assert list(json_differences([1, {"a": 2}], [1, {"a": 2}])) == []


@with_client
async def test_every_matcher_names_what_differs(stubs, client):
    for matchers, words in (
        ({"cookies": {"session": "1"}}, "cookie 'session': expected '1', got nothing"),
        ({"content": b"abc"}, "content: expected b'abc', got b'x=1'"),
        ({"content__contains": b"abc"}, "content: expected something that contains b'abc', got b'x=1'"),
        ({"data": {"x": "2"}}, "form field 'x': expected '2', got '1'"),
        ({"json": {"x": 1}}, "json: expected a JSON body, got b'x=1'"),
        ({"params__eq": {"a": "1"}}, "query 'a': expected '1', got nothing"),
        ({"path__regex": "^/v[0-9]$"}, "path: expected a match of /^/v[0-9]$/, got '/items'"),
        ({"path__startswith": "/v2"}, "path: expected something that begins with '/v2', got '/items'"),
        ({"host__in": ["a", "b"]}, "host: expected one of ['a', 'b'], got 'api.example'"),
        ({"port": 8080}, "port: expected 8080, got 443"),
        ({"scheme": "http"}, "scheme: expected 'http', got 'https'"),
    ):
        stubs.clear()
        stubs.add("POST", None, **matchers)
        with pytest.raises(UnmatchedRequest) as caught:
            await client.post(f"{API}/items", data={"x": "1"})
        assert f"  {words}" in caught.value.nearest, matchers
    stubs.clear()
    stubs.add(None, None, M(host="a") | M(host="b"))
    with pytest.raises(UnmatchedRequest, match="does not match <Host eq 'a'> OR <Host eq 'b'>"):
        await client.get(API)
    stubs.clear()
    with pytest.raises(UnmatchedRequest, match="no route is stubbed"):
        await client.get(API)


@with_client
async def test_json_path_matcher_names_what_is_missing(stubs, client):
    stubs.add("POST", API, json__user__tags__0="a")
    for body, words in (
        ({"user": {"tags": ["b"]}}, "json.user.tags[0]: expected 'a', got 'b'"),
        ({"user": {"tags": []}}, "json.user.tags[0]: expected 'a', got nothing"),
        ({"user": 1}, "json.user.tags: expected 'a', got nothing"),
    ):
        with pytest.raises(UnmatchedRequest) as caught:
            await client.post(API, json=body)
        assert f"  {words}" in caught.value.nearest
    assert (await client.post(API, json={"user": {"tags": ["a"]}})).status_code == 200
