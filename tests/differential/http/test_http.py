"""The stub transport beside a server on loopback with the same routes: the same responses, requests and errors."""

import gzip
import zlib
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.differential.http.origin import Answer
from tests.differential.http.sides import as_json, on_the_network, on_the_stub


def compare(runner, origin, routes, requests, **options):
    network = runner.run(on_the_network(origin, routes, requests, **options))
    stub = runner.run(on_the_stub(origin.base, routes, requests, **options))
    ((seen_at_stub, cookies_at_stub), asked_of_stub), ((seen, cookies), asked) = stub, network
    for ours, theirs in zip(seen_at_stub, seen, strict=True):
        assert ours == theirs
    assert cookies_at_stub == cookies
    assert asked_of_stub == asked
    return seen


STATUSES = [
    200,
    201,
    202,
    203,
    204,
    205,
    206,
    207,
    226,
    300,
    304,
    400,
    401,
    404,
    409,
    418,
    422,
    429,
    451,
    500,
    503,
    599,
    299,
]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "PURGE"]
names = st.sampled_from(
    ["X-One", "x-one", "X-Two", "ETag", "Vary", "Link", "Set-Cookie", "Content-Language", "x_y", "!#$%&'*+-.^_`|~"]
)
values = st.text(st.characters(min_codepoint=33, max_codepoint=126) | st.just(" "), max_size=20).map(str.strip)
header_pairs = st.lists(st.tuples(names, values), max_size=5)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
bodies = st.one_of(
    st.tuples(st.just("application/json"), json_values.map(as_json)),
    st.tuples(st.sampled_from(["application/json", "application/problem+json"]), texts.map(str.encode)),
    st.tuples(
        st.sampled_from(["text/plain", "text/html; charset=utf-8", "text/plain; charset=nobody-s", ""]),
        texts.map(str.encode),
    ),
    st.tuples(st.just("text/plain; charset=iso-8859-1"), texts.map(lambda text: text.encode("latin-1", "replace"))),
    st.tuples(st.just("text/plain; charset=utf-16"), texts.map(lambda text: text.encode("utf-16"))),
    st.tuples(st.sampled_from(["application/octet-stream", "text/plain"]), st.binary(max_size=60)),
)


def raw_deflate(body):
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def encodings():
    found = {"": bytes, "identity": bytes, "gzip": gzip.compress, "deflate": zlib.compress, "GZIP": gzip.compress}
    found |= {"gzip, deflate": lambda body: zlib.compress(gzip.compress(body)), "nobody-s": bytes}
    if find_spec("brotli"):
        import brotli

        found["br"] = brotli.compress
    return found


ENCODINGS = encodings()


def make_answer(status, headers, body, encoding, pieces):
    kind, content = body
    pairs = [
        *headers,
        *([("Content-Type", kind)] if kind else []),
        *([("Content-Encoding", encoding)] if encoding else []),
    ]
    return Answer(status, tuple(pairs), ENCODINGS[encoding](content), pieces)


answers = st.builds(
    make_answer,
    st.sampled_from(STATUSES),
    header_pairs,
    bodies,
    st.sampled_from(sorted(ENCODINGS)),
    st.none() | st.integers(1, 50),
)


@settings(max_examples=60)
@given(method=st.sampled_from(METHODS), answer=answers)
def test_any_answer_is_seen_alike(runner, origin, method, answer):
    compare(runner, origin, {(method, "/a"): answer}, [(method, "/a", {})])


REDIRECTS = [300, 301, 302, 303, 307, 308, 304, 200]
LOCATIONS = [
    "/a",
    "/b",
    "b",
    "?x=1",
    "//127.0.0.1:1/x",
    "../c",
    "/c#part",
    "ftp://example.org/",
    "",
    "{base}/b",
    "/é",
    "a b",
]
locations = st.none() | st.sampled_from(LOCATIONS)


def make_redirect(base, status, location):
    return Answer(status, () if location is None else (("Location", location.format(base=base)),), b"moved")


redirects = st.tuples(st.sampled_from(REDIRECTS), locations)
payloads = st.sampled_from(
    [{}, {"content": b"abc"}, {"json": {"a": 1}}, {"data": {"a": "1"}}, {"headers": {"Authorization": "x"}}]
)


@settings(max_examples=40)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "HEAD"]),
    hops=st.fixed_dictionaries(dict.fromkeys(("/a", "/b", "/c"), redirects)),
    payload=payloads,
    follow=st.sampled_from([True, True, False]),
)
def test_any_redirect_is_followed_alike(runner, origin, method, hops, payload, follow):
    routes = {}
    for path, (status, location) in hops.items():
        if location is None or location.isascii():
            for asked in {method, "GET", "HEAD"}:
                routes[asked, path] = make_redirect(origin.base, status, location)
    requests = [(method, path, payload) for path in hops if (method, path) in routes]
    compare(runner, origin, routes, requests, follow_redirects=follow, max_redirects=5)


cookie_lines = st.builds(
    "{}={}{}".format,
    st.sampled_from(["a", "b", "session"]),
    st.sampled_from(["1", "x y", '"q"', "", "a=b"]),
    st.sampled_from(
        ["", "; Path=/b", "; Max-Age=0", "; Max-Age=100", "; Secure", "; HttpOnly", "; Domain=example.org", "; Path=/"]
    ),
)


@settings(max_examples=60)
@given(lines=st.lists(st.lists(cookie_lines, max_size=3), min_size=1, max_size=4))
def test_any_cookies_are_kept_and_sent_alike(runner, origin, lines):
    routes = {
        ("GET", f"/{'ab'[at % 2]}/{at}"): Answer(200, tuple(("Set-Cookie", line) for line in each))
        for at, each in enumerate(lines)
    }
    requests = [(method, path, {}) for method, path in [*routes, *routes]]
    compare(runner, origin, routes, requests)


queries = st.sampled_from(
    [{}, {"params": {"a": "1", "b": "ü &="}}, {"params": [("a", "2"), ("a", "1")]}, {"params": {"a": ""}}]
)
sent = st.sampled_from(
    [
        {},
        {"content": b"\x00\xff"},
        {"content": "ü"},
        {"json": {"a": [1, None, "ü"]}},
        {"data": {"a": ["1", "2"], "b": "ü &="}},
        {"files": {"f": ("a b.txt", b"abc")}, "headers": {"Content-Type": "multipart/form-data; boundary=x"}},
        {"headers": [("X-A", "1"), ("X-A", "2"), ("Accept", "text/html")]},
        {"cookies": {"a": "1"}},
        {"auth": ("ann", "s3cret ü")},
        {"headers": {"Host": "other.example"}},
    ]
)


@pytest.mark.filterwarnings("ignore:Setting per-request cookies:DeprecationWarning")
@settings(max_examples=60)
@given(
    method=st.sampled_from(METHODS),
    path=st.sampled_from(["/a", "/a%2Fb", "/%C3%BC", "/a//b", "/a/../b", "/"]),
    query=queries,
    more=sent,
)
def test_any_request_arrives_alike(runner, origin, method, path, query, more):
    compare(runner, origin, {}, [(method, path, query | more)])
