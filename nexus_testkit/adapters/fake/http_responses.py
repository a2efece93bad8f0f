"""Responses of the HTTP fake: made once as a template, and anew for each call."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import httpx
from respx import MockResponse

from nexus_testkit.adapters.fake.http_difference import describe_lookups
from nexus_testkit.errors import InvalidRoute
from nexus_testkit.errors.stack import Stack

HeaderPairs = Mapping[str, str] | Sequence[tuple[str, str]]
_FRAMING = ("content-length", "transfer-encoding")
_WITHOUT_BODY = frozenset({204, 304})
Chunks = Sequence[bytes] | Callable[[], AsyncIterable[bytes]]


def make_response(
    what: str,
    status: int,
    bodies: Mapping[str, Any],
    *,
    headers: HeaderPairs | None = None,
    cookies: Mapping[str, str] | None = None,
) -> httpx.Response:
    """A response that every call gets a copy of; `what` says whose it is.

    Raises:
        InvalidRoute: a status outside 100 to 599, several bodies, or a body that has no JSON form.
    """
    given = {name: body for name, body in bodies.items() if body is not None}
    if len(given) > 1:
        raise InvalidRoute(f"{what}: one response cannot have {' and '.join(given)}", hint="give one of them")
    check_status(what, status)
    chunks = given.pop("stream", None)
    try:
        response = MockResponse(
            status,
            headers=None if headers is None else httpx.Headers(headers),
            cookies=dict(cookies or {}),
            **given,
        )
    except (TypeError, ValueError, httpx.DecodingError) as error:
        raise InvalidRoute(
            f"{what}: no response can be made of {describe_lookups(given).strip()}: {error}",
            hint="json= takes what json.dumps takes, content= bytes, and a content-encoding must fit the content",
        ) from error
    if chunks is not None:
        response.stream = _Chunks(chunks)
    return response


def check_status(what: str, status: int) -> None:
    """Refuse what is no status.

    Raises:
        InvalidRoute: it is none.
    """
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 599:
        raise InvalidRoute(f"{what}: {status!r} is no HTTP status", hint="a number from 100 to 599")


class _Chunks(httpx.AsyncByteStream):
    """A body in pieces, begun anew for each call; one that was opened says whether it was closed."""

    def __init__(self, chunks: Chunks) -> None:
        self._chunks = chunks
        self.opened_at: Stack | None = None
        self.closed = False

    def begin(self) -> _Chunks:
        begun = _Chunks(self._chunks)
        begun.opened_at = Stack(skip=2)
        return begun

    async def __aiter__(self) -> AsyncIterator[bytes]:
        if callable(self._chunks):
            async for chunk in self._chunks():
                yield chunk
        else:
            for chunk in self._chunks:
                yield chunk

    async def aclose(self) -> None:
        self.closed = True


def chunked(status: int, headers: httpx.Headers, chunks: Chunks, request: httpx.Request) -> httpx.Response:
    """A response whose body comes in pieces; like one of `respond(stream=...)` it must be closed."""
    return fresh(httpx.Response(status, headers=headers, stream=_Chunks(chunks)), request)


def left_open(response: httpx.Response | None) -> Stack | None:
    """Where a streamed response was opened that nobody closed; None for any other."""
    original = None if response is None else response.extensions.get("nexus_testkit.stream")
    return original.opened_at if isinstance(original, _Chunks) and not original.closed else None


def fresh(template: httpx.Response, request: httpx.Request) -> httpx.Response:
    """A response of its own for each call: a shared one would be consumed, closed and bound to the first request.

    It has the body and the framing that HTTP/1.1 would give it (RFC 9112, 6.3): none for HEAD, 204 and 304.
    """
    stream = template.stream
    headers = template.headers
    extensions = dict(template.extensions)
    if template.status_code in _WITHOUT_BODY or request.method == "HEAD":
        stream = httpx.ByteStream(b"")
        if template.status_code in _WITHOUT_BODY:  # RFC 9110, 8.6
            headers = httpx.Headers([pair for pair in headers.multi_items() if pair[0] not in _FRAMING])
    elif isinstance(stream, _Chunks):
        stream = extensions["nexus_testkit.stream"] = stream.begin()
    if _lacks_framing(template):
        headers = httpx.Headers([*headers.multi_items(), ("Content-Length", "0")])
    return httpx.Response(template.status_code, headers=headers, stream=stream, request=request, extensions=extensions)


def _lacks_framing(template: httpx.Response) -> bool:
    """Whether this is an empty body, of which httpx says nothing, and a server of HTTP/1.1 its length."""
    return (
        template.status_code not in _WITHOUT_BODY
        and isinstance(template.stream, httpx.ByteStream)
        and not any(name in template.headers for name in _FRAMING)
    )
