"""The HTTP port's side of the seam."""

from __future__ import annotations

from functools import partial

import httpx

from nexus_testkit.journal.seam import Seam
from nexus_testkit.journal.wholes import HttpWhole
from nexus_testkit.ports.http import HttpTransport

# A response whose announced length is within this is read inside the call, so that a lost reply loses its
# body too. A longer one, or one of unknown length, stays a stream: its reader decides how much of it to take.
_READ_INSIDE_BYTES = 1 << 20
_AS_IT_COMES = "nexus_testkit.as_it_comes"  # a body that a fault makes slow, or breaks while it is read


class SeamedHttp(HttpTransport):
    """A transport, each of whose requests crosses the seam as `http.request(method, url)`."""

    def __init__(self, inner: HttpTransport, seam: Seam) -> None:
        """Wrap `inner`."""
        self._inner = inner
        self._seam = seam

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self._seam.decider is not None:
            await request.aread()  # who decides may compare the body with that of a route
        sending = _Sending(self._inner, request)
        self._seam.journal.whole(sending.whole)
        return await self._seam.call("http.request", sending.send, request.method, str(request.url))

    async def aclose(self) -> None:
        """Do nothing: the transport belongs to the world, which closes it, not to the client that used it."""


class _Sending:
    """A request on its way; a method and a URL, which the journal has, do not tell which route it is for."""

    __slots__ = ("_inner", "subject", "whole")

    def __init__(self, inner: HttpTransport, request: httpx.Request) -> None:
        self._inner = inner
        self.subject = request
        self.whole = HttpWhole(request.method, str(request.url), request.headers.raw, partial(_sent, request))

    async def send(self, _method: str, _url: str) -> httpx.Response:
        response = await _read(await self._inner.handle_async_request(self.subject))
        self.whole.answered(response.status_code, response.headers.raw, partial(_received, response))
        return response


def _sent(request: httpx.Request) -> bytes | None:
    """What was sent, where it is in memory; None of a stream that was read as it was sent."""
    try:
        return request.content
    except httpx.RequestNotRead:
        return None


def _received(response: httpx.Response) -> bytes | None:
    """What came, as far as it is in memory: a stream that nobody has read to its end is the reader's."""
    if isinstance(response.stream, httpx.ByteStream):
        return b"".join(response.stream)
    return response.content if response.is_closed and hasattr(response, "_content") else None


async def _read(response: httpx.Response) -> httpx.Response:
    length = response.headers.get("content-length", "")
    stream = response.stream
    if _AS_IT_COMES in response.extensions:
        return response
    if not length.isdigit() or int(length) > _READ_INSIDE_BYTES or not isinstance(stream, httpx.AsyncByteStream):
        return response
    if isinstance(stream, httpx.ByteStream):  # in memory already, and no connection to give back
        return response
    try:
        content = b"".join([chunk async for chunk in stream])
    finally:
        await stream.aclose()
    response.stream = httpx.ByteStream(content)
    return response
