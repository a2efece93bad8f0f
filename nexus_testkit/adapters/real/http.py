"""HTTP through httpx and its connection pool: the HTTP port in production."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from typing import cast

import httpx

from nexus_testkit.errors.stack import Stack
from nexus_testkit.ports.http import HttpTransport


class NetworkTransport(HttpTransport):
    """Sends requests over the network, through a pool of connections that all clients share.

    `aclose()` closes the pool once nothing is under way any more. A client that is closed does that as well, and so may
    others that share the transport go on: their next request opens a new pool.

    Limits: one event loop. Nothing is sent again here; `HTTPService` knows what may be.
    """

    def __init__(
        self,
        *,
        max_connections: int | None = 100,
        max_idle: int | None = 20,
        idle_s: float | None = 5.0,
        timeout_s: float | None = 30.0,
        tls: ssl.SSLContext | bool = True,
        http2: bool = False,
        proxy: str | None = None,
        local_address: str | None = None,
        unix_socket: str | None = None,
    ) -> None:
        """Say how to send; nothing is opened yet.

        Args:
            max_connections: at most so many are open; a request waits for one (httpx.PoolTimeout). None: any number.
            max_idle: so many are kept for the next request.
            idle_s: seconds for which they are kept.
            timeout_s: seconds for connecting, for each write and read, and for a free connection, where the request names
                none; `httpx.AsyncClient` always does.
            tls: an SSLContext; True for the authorities that httpx trusts; False trusts anybody.
            http2: offer HTTP/2; wants the package `h2`.
            proxy: URL of a proxy; the environment's are not looked at.
            local_address: IP address to send from.
            unix_socket: path of a socket to which everything goes.
        """
        self._limits = httpx.Limits(
            max_connections=max_connections, max_keepalive_connections=max_idle, keepalive_expiry=idle_s
        )
        self._timeout = httpx.Timeout(timeout_s).as_dict()
        self._tls = tls
        self._http2 = http2
        self._proxy = proxy
        self._local_address = local_address
        self._unix_socket = unix_socket
        self._pool: httpx.AsyncHTTPTransport | None = None
        self._under_way: dict[object, tuple[httpx.Request, Stack]] = {}
        self._closing = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request.

        Raises:
            httpx.TransportError: `ConnectError`, `ReadTimeout`, `PoolTimeout` and the like.
        """
        request.extensions.setdefault("timeout", dict(self._timeout))
        self._closing = False
        if self._pool is None:
            self._pool = self._new_pool()
        token = object()
        self._under_way[token] = (request, Stack(skip=2))
        try:
            response = await self._pool.handle_async_request(request)
        except BaseException:
            await self._ended(token)
            raise
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Watched(cast("httpx.AsyncByteStream", response.stream), self, token),
            extensions=response.extensions,
        )

    def _new_pool(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(
            verify=self._tls,
            trust_env=False,
            http2=self._http2,
            limits=self._limits,
            proxy=self._proxy,
            local_address=self._local_address,
            uds=self._unix_socket,
        )

    async def _ended(self, token: object) -> None:
        self._under_way.pop(token, None)
        if self._closing:
            await self.aclose()

    async def aclose(self) -> None:
        """Close the pool, now or when the last response that is under way has been read; safe to call twice."""
        self._closing = True
        if not self._under_way:
            pool, self._pool = self._pool, None
            if pool is not None:
                await pool.aclose()

    def leaks(self) -> list[str]:
        """The requests that are under way, and the streamed responses that nobody closed."""
        return [
            f"a request under way, or a streamed response that nobody closed: {request.method} {request.url}\n"
            f"asked at:\n{made_at}"
            for request, made_at in self._under_way.values()
        ]


class _Watched(httpx.AsyncByteStream):
    """A response's body, which tells when it is closed; httpx closes what was read to its end."""

    def __init__(self, inner: httpx.AsyncByteStream, transport: NetworkTransport, token: object) -> None:
        self._inner = inner
        self._transport = transport
        self._token = token

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._inner:
            yield part

    async def aclose(self) -> None:
        try:
            await self._inner.aclose()
        finally:
            await self._transport._ended(self._token)  # noqa: SLF001  # a class of this module
