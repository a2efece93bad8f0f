"""Which requests are the same as a recorded one, and what keeps a request from being it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
from respx.patterns import Match

from nexus_testkit.adapters.fake.http_bodies import decompressed, read_body
from nexus_testkit.adapters.fake.http_difference import Difference, json_differences, shortened
from nexus_testkit.adapters.fake.http_exchanges import Answered, Asked
from nexus_testkit.adapters.fake.http_redaction import ExchangeRedaction
from nexus_testkit.errors import RecordingError

PARTS = ("method", "url", "body")
"""What can be compared."""

Key = tuple[object, ...]
_PORTS = {"http": 80, "https": 443}
_OF_THE_WIRE = frozenset({"content-length", "content-encoding", "transfer-encoding", "connection", "keep-alive"})


class Comparison:
    """Compares requests in the form that a file has them, redacted: what the file does not have cannot tell them apart."""

    def __init__(self, redaction: ExchangeRedaction, match_on: Collection[str]) -> None:
        """Compare by these parts.

        Raises:
            RecordingError: a part that there is not, or none.
        """
        unknown = [part for part in match_on if part not in PARTS]
        if unknown or not match_on or isinstance(match_on, str):
            raise RecordingError(f"match_on={match_on!r}", hint=f"one or several of {PARTS!r}, in a tuple or a list")
        self._redaction = redaction
        self.parts = frozenset(match_on)
        self._last: tuple[httpx.Request, Asked, Key] | None = None

    def asked(self, request: httpx.Request) -> Asked:
        """A request, whose body has been read, as the file would have it."""
        return self._of(request)[0]

    def key(self, asked: Asked) -> Key:
        """What is equal for requests that are the same."""
        # Redacted once more, by today's rules: those by which the file was written may have been others.
        body = self._redaction.body(asked.body, asked.content_type)
        return (
            asked.method.upper() if "method" in self.parts else None,
            _url_key(self._redaction.url(asked.url)) if "url" in self.parts else None,
            body.canonical() if "body" in self.parts else None,
        )

    def key_of(self, request: httpx.Request) -> Key:
        """The same of a request whose body has been read."""
        return self._of(request)[1]

    def _of(self, request: httpx.Request) -> tuple[Asked, Key]:
        if self._last is None or self._last[0] is not request:  # each route of a file asks for the same one
            content = request.content
            plain = decompressed(content, request.headers.get("content-encoding", ""))
            content_type = request.headers.get("content-type", "")
            body = read_body(content if plain is None else plain, content_type)
            asked = Asked(
                request.method,
                self._redaction.url(str(request.url)),
                self._redaction.headers(request.headers.multi_items()),
                self._redaction.body(body, content_type),
            )
            self._last = (request, asked, self.key(asked))
        return self._last[1:]

    def answered(
        self, method: str, status: int, headers: list[tuple[str, str]], content: bytes
    ) -> tuple[Answered, httpx.Response]:
        """A response, whose body is as it was on the wire, as the file has it, and as the client gets it: unpacked."""
        fields = httpx.Headers(headers)
        encodings = fields.get("content-encoding", "")
        plain = decompressed(content, encodings)
        kept = [(name, value) for name, value in headers if name.lower() not in _OF_THE_WIRE]
        also: dict[str, list[str]] = {}
        if plain is None:  # packed in a way that only the client knows
            also["content-encoding"] = [encodings]
        elif method == "HEAD" and not encodings and "content-length" in fields:
            also["content-length"] = [fields["content-length"]]
        content_type = fields.get("content-type", "")
        body = self._redaction.body(read_body(content if plain is None else plain, content_type), content_type)
        shown = Answered(status, dict(sorted((self._redaction.headers(kept) | also).items())), body)
        given = [*kept, *((name, value) for name, values in also.items() for value in values)]
        return shown, _made(status, given, content if plain is None else plain)


class RecordedRequest:
    """A pattern for the requests that are the same as a recorded one; it is one by what routes ask of it."""

    key = "recorded"

    def __init__(self, asked: Asked, comparison: Comparison) -> None:
        """Match what is the same as `asked`."""
        self._asked = asked
        self._comparison = comparison
        self._key = comparison.key(asked)

    def match(self, request: httpx.Request) -> Match:
        return Match(self._comparison.key_of(request) == self._key)

    def match_line(self, request: httpx.Request) -> bool:
        """Whether a request of which no more than method and URL is known may match."""
        return self._comparison.key_of(request)[:2] == self._key[:2]

    def differences(self, request: httpx.Request) -> Iterator[Difference]:
        """Every part in which a request is another one, redacted."""
        got = self._comparison.asked(request)
        parts = self._comparison.parts
        if "method" in parts and got.method.upper() != self._asked.method.upper():
            yield Difference(f"method: expected {self._asked.method}, got {got.method}", 3.0)
        if "url" in parts:
            yield from _url_differences(_url_key(self._asked.url), _url_key(got.url))
        if "body" in parts and self._key[2] != self._comparison.key_of(request)[2]:
            yield from _body_differences(self._asked, got)


def _url_key(url: str) -> tuple[str, str, int | None, str, tuple[tuple[str, str], ...]]:
    try:
        found = urlsplit(url)
        port = found.port
    except ValueError:  # not one that any client asks for
        return ("", url, None, "", ())
    query = tuple(sorted(parse_qsl(found.query, keep_blank_values=True)))
    return (
        found.scheme.lower(),
        (found.hostname or "").lower(),
        port or _PORTS.get(found.scheme),
        unquote(found.path) or "/",
        query,
    )


def _url_differences(expected: tuple[Any, ...], got: tuple[Any, ...]) -> Iterator[Difference]:
    for name, weight, wanted, there in zip(
        ("scheme", "host", "port", "path"), (2.0, 16.0, 4.0, 8.0), expected, got, strict=False
    ):
        if wanted != there:
            if isinstance(wanted, str):
                weight *= 1.25 - SequenceMatcher(None, wanted, str(there), autojunk=False).ratio()  # noqa: PLW2901  # the nearer, the less
            yield Difference(f"{name}: expected {shortened(wanted)}, got {shortened(there)}", weight)
    before, after = _grouped(expected[4]), _grouped(got[4])
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            yield Difference(f"query {name!r}: expected {_listed(before.get(name))}, got {_listed(after.get(name))}")


def _grouped(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).append(value)
    return found


def _listed(values: list[str] | None) -> str:
    if values is None:
        return "nothing"
    return shortened(values[0] if len(values) == 1 else values)


def _body_differences(expected: Asked, got: Asked) -> Iterator[Difference]:
    if expected.body.kind == got.body.kind == "json":
        found = [Difference(text) for text in json_differences(expected.body.value, got.body.value)]
        if found:
            yield from found
            return
    yield Difference(f"body: expected {_body(expected)}, got {_body(got)}")


def _body(asked: Asked) -> str:
    if not asked.body.kind:
        return "no body"
    value = json.dumps(asked.body.value) if asked.body.kind == "json" else asked.body.value
    return f"{asked.body.kind} {shortened(value)}"


def response_of(answered: Answered) -> httpx.Response:
    """A response to give out."""
    return _made(answered.status, answered.pairs(), answered.content)


def _made(status: int, headers: list[tuple[str, str]], content: bytes) -> httpx.Response:
    # As a stream: httpx would unpack a body that is given as content, and one that only the client can unpack stays packed.
    length = [("content-length", str(len(content)))] if content else []
    return httpx.Response(status, headers=[*headers, *length], stream=httpx.ByteStream(content))
