"""What can be wrong with an answer: another status, a body that is malformed or slow, as httpx and h11 tell of it.

The errors are those of httpx 0.28 on httpcore 1.0 and h11 0.16 (`h11/_readers.py`), which the unit tests compare with.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import httpx

from nexus_testkit.adapters.fake.http_responses import Chunks, chunked
from nexus_testkit.errors import InvalidFault

AS_IT_COMES = "nexus_testkit.as_it_comes"
"""The extension of a response whose body is to be read by who asked for it, not inside of the call."""

Ask = Callable[[], Awaitable[httpx.Response]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets instead of its route's answer, or made of it.

    Attributes:
        give: makes the answer; the function that it is given asks the route.
        asks: whether it does ask.
    """

    give: Callable[[httpx.Request, Ask], Awaitable[httpx.Response]]
    asks: bool


_FRAMING = ("content-length", "transfer-encoding")


def instead(template: Callable[[httpx.Request], httpx.Response]) -> Answer:
    """Answer with this and do not ask the route."""

    async def give(request: httpx.Request, _ask: Ask) -> httpx.Response:
        return template(request)

    return Answer(give, asks=False)


def silence() -> Answer:
    """Do not answer: the client waits for its read time-out, and for ever where it has none."""

    async def give(request: httpx.Request, _ask: Ask) -> httpx.Response:
        patience_s = _patience_s(request)
        if patience_s is None:
            await asyncio.get_running_loop().create_future()
        else:
            await asyncio.sleep(patience_s)
        raise httpx.ReadTimeout("", request=request)

    return Answer(give, asks=False)


def _patience_s(request: httpx.Request) -> float | None:
    patience_s: float | None = request.extensions.get("timeout", {}).get("read")
    return patience_s


def garbling(how: str) -> Answer:
    """Let the route answer, and break the body.

    Raises:
        InvalidFault: there is no such way to break it.
    """
    garble = _WAYS.get(how) if isinstance(how, str) else None
    if garble is None:
        raise InvalidFault(f"a body cannot be {how!r}", hint=f"one of {', '.join(_WAYS)}")

    async def give(request: httpx.Request, ask: Ask) -> httpx.Response:
        response = await ask()
        return garble(request, response, await _raw(response))

    return Answer(give, asks=True)


def trickling(seconds: float, chunks: int) -> Answer:
    """Let the route answer, and send the body in pieces, the last of which comes after `seconds`.

    A pause that is longer than the client's read time-out ends in `httpx.ReadTimeout`, as with a real connection.
    """

    async def give(request: httpx.Request, ask: Ask) -> httpx.Response:
        response = await ask()
        body = await _raw(response)
        size = max(1, -(-len(body) // chunks))
        patience_s = _patience_s(request)
        pause_s = seconds / max(1, -(-len(body) // size))

        async def pieces() -> AsyncIterator[bytes]:
            for at in range(0, max(1, len(body)), size):
                if patience_s is not None and pause_s > patience_s:
                    await asyncio.sleep(patience_s)
                    raise httpx.ReadTimeout("", request=request)
                await asyncio.sleep(pause_s)
                yield body[at : at + size]

        return _made(request, response, pieces, response.headers)

    return Answer(give, asks=True)


async def _raw(response: httpx.Response) -> bytes:
    """The body as it is on the wire, of a response that nobody has begun to read."""
    stream: Any = response.stream
    try:
        return b"".join([chunk async for chunk in stream])
    finally:
        await stream.aclose()


def _made(
    request: httpx.Request, response: httpx.Response, body: bytes | Chunks, headers: httpx.Headers
) -> httpx.Response:
    if isinstance(body, bytes):
        kept = [(name, value) for name, value in headers.multi_items() if name not in _FRAMING]
        return httpx.Response(response.status_code, headers=kept, content=body, request=request)
    made = chunked(response.status_code, headers, body, request)
    made.extensions[AS_IT_COMES] = True
    return made


def _breaking(
    request: httpx.Request, response: httpx.Response, sent: bytes, headers: httpx.Headers, reason: str
) -> httpx.Response:
    async def pieces() -> AsyncIterator[bytes]:
        if sent:
            yield sent
        raise httpx.RemoteProtocolError(
            f"peer closed connection without sending complete message body ({reason})", request=request
        )

    return _made(request, response, pieces, headers)


def _truncated(request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
    """The connection is closed in the middle of the body; before the answer where it has none."""
    if not body:
        raise httpx.RemoteProtocolError("Server disconnected without sending a response.", request=request)
    sent = body[: len(body) // 2]
    if "content-length" not in response.headers:
        return _breaking(request, response, sent, response.headers, "incomplete chunked read")
    reason = f"received {len(sent)} bytes, expected {len(body)}"
    return _breaking(request, response, sent, response.headers, reason)


def _too_long(request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
    """Content-Length announces more than comes."""
    announced = 2 * len(body) + 1
    headers = _announcing(response.headers, announced)
    return _breaking(request, response, body, headers, f"received {len(body)} bytes, expected {announced}")


def _too_short(request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
    """Content-Length announces less than comes: the rest is not read, and nobody says so."""
    return _made(request, response, body[: len(body) // 2], response.headers)


def _json(request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
    """Half of the JSON, correctly announced."""
    headers, content = _decoded(response, body)
    half = content[: len(content) // 2]
    try:
        json.loads(half)
    except ValueError:
        pass
    else:  # half of a number is a number
        half += b"{"
    headers.setdefault("content-type", "application/json")
    return _made(request, response, half or b"{", headers)


def _charset(request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
    """Bytes that the announced charset does not have."""
    headers, content = _decoded(response, body)
    kind = headers.get("content-type", "text/plain").partition(";")[0]
    headers["content-type"] = f"{kind}; charset=utf-8"
    half = len(content) // 2
    return _made(request, response, content[:half] + b"\xff\xfe" + content[half:], headers)


def _encoding(request: httpx.Request, response: httpx.Response, body: bytes) -> httpx.Response:
    """Announced as gzip, which it is not."""
    headers, content = _decoded(response, body)
    headers["content-encoding"] = "gzip"

    async def pieces() -> AsyncIterator[bytes]:
        yield content or b"\0"

    # Not at once: httpx decodes, and fails, when the body is read.
    return _made(request, response, pieces, _announcing(headers, len(content or b"\0")))


def _decoded(response: httpx.Response, body: bytes) -> tuple[httpx.Headers, bytes]:
    plain = httpx.Response(200, headers=response.headers, content=body).content
    headers = httpx.Headers(response.headers)
    headers.pop("content-encoding", None)
    return headers, plain


def _announcing(headers: httpx.Headers, length: int) -> httpx.Headers:
    announced = httpx.Headers(headers)
    announced.pop("transfer-encoding", None)
    announced["content-length"] = str(length)
    return announced


_WAYS: dict[str, Callable[[httpx.Request, httpx.Response, bytes], httpx.Response]] = {
    "truncated": _truncated,
    "json": _json,
    "length too large": _too_long,
    "length too small": _too_short,
    "charset": _charset,
    "encoding": _encoding,
}
