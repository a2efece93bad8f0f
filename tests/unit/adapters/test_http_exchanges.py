"""The file of recorded exchanges: its form, its redaction, and what is wrong with one."""

import json
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus_testkit.adapters.fake.http_bodies import NO_BODY, Body, content_of, decompressed, read_body
from nexus_testkit.adapters.fake.http_exchanges import Answered, Asked, Exchange, read, write
from nexus_testkit.adapters.fake.http_redaction import ExchangeRedaction
from nexus_testkit.errors import RecordingError
from nexus_testkit.journal import Redaction

REDACTION = ExchangeRedaction(Redaction(patterns=(r"acct-(\d+)",), enabled=False))
TYPES = [
    "",
    "text/plain",
    "text/html; charset=latin-1",
    "text/plain; charset=utf-16",
    "application/octet-stream",
    "x; charset=nonsense",
]


@given(st.binary(max_size=60) | st.text(max_size=30).map(str.encode), st.sampled_from(TYPES))
@settings(max_examples=100)
def test_a_body_that_is_read_and_made_again_has_the_same_bytes(content, content_type):
    body = read_body(content, content_type)
    assert json.loads(json.dumps(body.value)) == body.value
    assert content_of(body, content_type) == content


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(JSON)
@settings(max_examples=100)
def test_json_keeps_its_value(value):
    body = read_body(json.dumps(value).encode(), "application/json")
    assert body.kind == "json" or "\\u0000" in str(body.value) or "\\ud" in str(body.value)
    assert json.loads(content_of(body, "application/json")) == value


@pytest.mark.parametrize("text", ["{", "NaN", '{"a": Infinity}', "1e999", '"\\ud800"', "[" * 100_000])
def test_what_is_called_json_and_cannot_be_written_as_such_is_a_text(text):
    body = read_body(text.encode(), "application/json")
    assert body == Body("text", text)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example/p?token=abc&page=2", "https://a.example/p?token=***&page=2"),
        ("https://sk_live_1:x@a.example/p", "https://a.example/p"),
        ("https://a.example/p?key=AIza&key=&sig=x%2Fy", "https://a.example/p?key=***&key=&sig=***"),
        ("https://a.example/p?q=a%20b&e=ann.lee%40firm.io#frag", "https://a.example/p?q=a%20b&e=a***@firm.io"),
        ("https://a.example/users/ann.lee@firm.io/x", "https://a.example/users/a***@firm.io/x"),
        ("https://a.example/acct-4711/x?y=acct-4711", "https://a.example/acct-***/x?y=acct-***"),
        (
            "https://a.example/p?next=https%3A%2F%2Fb.example%2F%3Faccess_token%3Dabc",
            "https://a.example/p?next=https%3A%2F%2Fb.example%2F%3Faccess_token%3D***",
        ),
        ("/relative?code_verifier=abc&X-Amz-Signature=00ff", "/relative?code_verifier=***&X-Amz-Signature=***"),
        ("https://a.example", "https://a.example"),
        ("https://a.example/?flag&empty=", "https://a.example/?flag&empty="),
    ],
)
def test_secrets_of_a_url_are_hidden_and_the_rest_keeps_its_spelling(url, shown):
    assert REDACTION.url(url) == shown
    assert REDACTION.url(shown) == shown


@pytest.mark.parametrize(
    ("content_type", "text", "shown"),
    [
        ("application/x-www-form-urlencoded", "user=ann&password=a%26b+c", "user=ann&password=***"),
        (
            "text/xml",
            "<a><ns:password x='1'>p</ns:password><b>p</b></a>",
            "<a><ns:password x='1'>***</ns:password><b>p</b></a>",
        ),
        (
            "text/html",
            "<input name='csrf' value='abc'><input name=\"q\" value=\"abc\">",
            '<input name=\'csrf\' value="***"><input name="q" value="abc">',
        ),
        ("text/plain", '{"password": "p", "n": [1]}', '{"password":"***","n":[1]}'),
        ("text/plain", '{ "n": [1] }', '{ "n": [1] }'),
        ("text/event-stream", 'data: {"api_key": "p"}\n\n', 'data: {"api_key": "***"}\n\n'),
        ("text/plain", "Authorization: Bearer abcdefgh", "Authorization: *** ***"),
    ],
)
def test_secrets_of_a_text_are_hidden(content_type, text, shown):
    redacted = REDACTION.body(Body("text", text), content_type)
    assert redacted.value == shown
    assert REDACTION.body(redacted, content_type) == redacted


def test_secrets_of_json_keep_its_shape():
    value = {
        "Password": "p",
        "tokens": 5,
        "token": {"a": ["x", 1, True, None, ""]},
        "api_key": 12,
        "ann@firm.io": 1,
        "amy@firm.io": 2,
    }
    assert REDACTION.body(Body("json", value), "").value == {
        "Password": "***",
        "tokens": 5,
        "token": {"a": ["***", 0, True, None, ""]},
        "api_key": 0,
        "a***@firm.io": 1,
        "a***@firm.io*": 2,
    }


def test_multipart_has_no_boundary_of_its_own_and_no_secret():
    def body(boundary, secret, data):
        parts = [
            b'Content-Disposition: form-data; name="password"\r\n\r\n' + secret,
            b'Content-Disposition: form-data; name="doc"; filename="token"\r\n\r\n' + data,
        ]
        content = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts) + b"--%b--\r\n" % boundary
        content_type = f"multipart/form-data; boundary={boundary.decode()}"
        return REDACTION.body(read_body(content, content_type), content_type)

    text = body(b"5f6a", b"hunter2", b"plain")
    assert text == body(b"ffff0", b"other", b"plain")
    assert text.kind == "text"
    assert 'name="password"\r\n\r\n***\r\n--boundary' in text.value
    assert "plain" in text.value
    binary = body(b"5f6a", b"hunter2", bytes(range(256)))
    assert (binary.kind, binary == body(b"0", b"other", bytes(range(256)))) == ("base64", True)
    assert b"hunter2" not in content_of(binary, "")
    assert bytes(range(256)) in content_of(binary, "")


def test_headers_are_those_that_say_something():
    given_headers = [
        ("Host", "a.example"),
        ("User-Agent", "x/1"),
        ("Accept", "*/*"),
        ("Transfer-Encoding", "chunked"),
        ("Date", "now"),
        ("X-Tag", "b"),
        ("X-Tag", "a"),
        ("Authorization", "Basic dXNlcjpwdw=="),
        ("Ocp-Apim-Subscription-Key", "k"),
        ("Set-Cookie", "a=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT"),
        ("Set-Cookie", "b=2; Max-Age=5; Expires=Wed, 21 Oct 2026 07:28:00 GMT"),
        ("Location", "/x?key=1"),
    ]
    assert REDACTION.headers(given_headers) == {
        "authorization": ["Basic ***"],
        "location": ["/x?key=***"],
        "ocp-apim-subscription-key": ["***"],
        "set-cookie": ["a=***; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=***; Max-Age=5"],
        "x-tag": ["b", "a"],
    }


NAMES = st.sampled_from(["password", "accessToken", "api_key", "X-Client-Secret", "refresh-token", "session_id", "jwt"])
SECRET = "q7Zk3vXw91"
AROUND = st.recursive(
    st.just(SECRET) | st.text("abc &=?/<>\\\"'{}[]@.:;%é", max_size=8).map(lambda text: f"{text}{SECRET}{text}"),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.text("ab_", max_size=3), inner, min_size=1, max_size=2)
    ),
    max_leaves=4,
)
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=zz"


@given(name=NAMES, value=AROUND, how=st.sampled_from(["json", "text", "form", "query", "header", "multipart", "xml"]))
@settings(max_examples=200)
def test_the_value_of_a_secret_name_is_nowhere(name, value, how):
    flat = str(value)
    content, kind = {
        "json": (json.dumps([{"a": 1, name: value}]), "application/json"),
        "text": (json.dumps({name: value, "b": 2}), "text/plain"),
        "form": (urlencode({"a": "1", name: flat}), FORM),
        "multipart": (f'--zz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{flat}\r\n--zz--\r\n', PARTS),
        "xml": (f"<a><{name}>{escape(flat)}</{name}></a>", "text/xml"),
    }.get(how, ("", ""))
    shown = [REDACTION.body(read_body(content.encode(), kind), kind).value]
    if how == "query":
        shown.append(REDACTION.url(f"https://a.example/x?{urlencode({'a': '1', name: flat})}&z=1"))
    if how == "header":
        cookie = flat.replace(";", "")  # which ends one
        shown.append(REDACTION.headers([(name, flat), ("Cookie", flat), ("Set-Cookie", f"a={cookie}; Path=/")]))
    assert SECRET not in json.dumps(shown)


@pytest.mark.parametrize(
    ("content", "encodings"), [(b"no gzip", "gzip"), (b"no", "deflate"), (b"x", "br"), (b"x", "gzip, br")]
)
def test_what_cannot_be_unpacked_is_left_packed(content, encodings):
    assert decompressed(content, encodings) is None
    assert decompressed(b"", "gzip, deflate") == b""


EXCHANGES = [
    Exchange(
        Asked("POST", "https://a.example/é", {"content-type": ["application/json"]}, Body("json", {"b": 1, "a": "ü"})),
        Answered(201, {"x-tag": ["1", "2"]}, Body("text", "fine\r\n")),
    ),
    Exchange(Asked("GET", "https://a.example/"), Answered(204)),
    Exchange(Asked("GET", "https://a.example/n"), Answered(200, {}, Body("json", None))),
]


def test_a_file_is_read_as_it_was_written_and_written_as_it_was_read(tmp_path):
    path = tmp_path / "a" / "b.json"
    write(path, EXCHANGES)
    text = path.read_text(encoding="utf-8")
    assert read(path) == EXCHANGES
    assert '"a": "ü"' in text
    assert text.endswith("}\n")
    write(path, read(path))
    assert path.read_text(encoding="utf-8") == text
    assert read(path)[1].request.body is NO_BODY


def entry(**changes):
    found = {"request": {"method": "GET", "url": "https://a.example/"}, "response": {"status": 200}}
    for place, value in changes.items():
        part, _, name = place.partition("_")
        found[part][name] = value
    return {"format": 1, "exchanges": [found, found]}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "is no JSON: Expecting property name enclosed in double quotes: line 1 column 2"),
        ("[]", "the file: expected an object, got []"),
        ({"exchanges": []}, "format: expected 1, got None"),
        ({"format": True, "exchanges": []}, "format: expected 1, got True"),
        ({"format": 2, "exchanges": []}, "has format 2, and this version of nexus_testkit reads 1"),
        ({"format": 1}, "exchanges: expected a list, got nothing"),
        ({"format": 1, "exchanges": [3]}, "exchanges[0]: expected an object, got 3"),
        ({"format": 1, "exchanges": [{}]}, "exchanges[0].request: expected an object, got nothing"),
        (entry(request_method=1), "exchanges[0].request.method: expected a text, got 1"),
        (entry(request_url=""), "exchanges[0].request.url: expected a text, got ''"),
        (
            entry(request_body="x"),
            "exchanges[0].request: has 'body', and may have method, url, headers, json, text, base64",
        ),
        (entry(response_status="200"), "exchanges[0].response.status: expected a number from 100 to 999, got '200'"),
        (entry(response_headers=[]), "exchanges[0].response.headers: expected an object, got []"),
        (
            entry(response_headers={"a": 1}),
            "exchanges[0].response.headers.a: expected a text, or a list of texts, got 1",
        ),
        (entry(response_text="a", response_json=1), "exchanges[0].response: has json and text: one body at most"),
        (entry(response_text=1), "exchanges[0].response.text: expected a text, got 1"),
        (entry(response_base64="%"), "exchanges[0].response.base64: no base64"),
        (entry(request_base64="%"), "exchanges[0].request.base64: no base64"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(tmp_path, content, said):
    path = tmp_path / "x.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    with pytest.raises(RecordingError) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert said in str(caught.value)
    assert caught.value.hint


def test_a_file_that_is_none_is_an_error(tmp_path):
    with pytest.raises(RecordingError, match="cannot be read"):
        read(tmp_path)
    (tmp_path / "binary").write_bytes(b"\xff")
    with pytest.raises(RecordingError, match="cannot be read"):
        read(tmp_path / "binary")
