"""The HTTP port's side of the seam."""

from __future__ import annotations

import httpx

from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.http import HttpTransport

# A response whose announced length is within this is read inside the call, so that a lost reply loses its
# body too. A longer one, or one of unknown length, stays a stream: its reader decides how much of it to take.
_READ_INSIDE_BYTES = 1 << 20


class SeamedHttp(HttpTransport):
    """A transport, each of whose requests crosses the seam as `http.request(method, url)`."""

    def __init__(self, inner: HttpTransport, seam: Seam) -> None:
        """Wrap `inner`."""
        self._inner = inner
        self._seam = seam

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        async def send(_method: str, _url: str) -> httpx.Response:
            return await _read(await self._inner.handle_async_request(request))

        return await self._seam.call("http.request", send, request.method, str(request.url))

    async def aclose(self) -> None:
        """Do nothing: the transport belongs to the world, which closes it, not to the client that used it."""


async def _read(response: httpx.Response) -> httpx.Response:
    length = response.headers.get("content-length", "")
    stream = response.stream
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
