"""aiohttp in a world: its connections end at the world's HTTP port instead of at a socket.

A client session opens its connections by `TCPConnector._create_connection`, which aiohttp 3.10 to 3.14 calls and overrides alike;
here that gives one whose other end is an in-memory server. What aiohttp does on a connection stays its own: pooling,
redirects, cookies, compression, time-outs. Outside of a world nothing is changed.
"""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Coroutine
from typing import Any

import aiohttp
import h11
import httpx
from aiohttp.client_proto import ResponseHandler
from aiohttp.connector import TCPConnector

from nexus_testkit.adapters.fake.http import StubTransport
from nexus_testkit.container import current_container
from nexus_testkit.errors import NoActiveContainer
from nexus_testkit.journal.http import SeamedHttp
from nexus_testkit.ports.http import HttpTransport
from nexus_testkit.simulation import SimulationLoop

Connect = Callable[..., Coroutine[Any, Any, ResponseHandler]]

_connect: Connect = TCPConnector._create_connection  # noqa: SLF001  # see above
_WITHOUT_BODY = frozenset({204, 304})
_NOT_YET_KNOWN = frozenset({"headers", "cookies", "content", "data", "files", "json", "json_contains"})


def install() -> None:
    """Let aiohttp's connections of a world end at its HTTP port; safe to call again."""
    TCPConnector._create_connection = _create_connection  # type: ignore[assignment,method-assign]  # noqa: SLF001  # see above


async def _create_connection(connector: TCPConnector, req: Any, traces: Any, timeout: Any) -> ResponseHandler:  # noqa: ASYNC109  # aiohttp's
    loop = asyncio.get_running_loop()
    port = _stubbed_port()
    if port is None or (_may_be_a_server(req.url.host, loop) and not _has_route(port, req)):
        return await _connect(connector, req, traces, timeout)
    protocol = ResponseHandler(loop=loop)
    protocol.connection_made(_ToThePort(port, str(req.url.origin()), protocol, req.connection_key))
    return protocol


def _stubbed_port() -> SeamedHttp | None:
    """The HTTP port of the world that runs, where a stub stands behind it."""
    try:
        port: Any = current_container().get(HttpTransport)
    except NoActiveContainer:
        return None
    return port if isinstance(port, SeamedHttp) and isinstance(port._inner, StubTransport) else None  # noqa: SLF001  # the seam's own


def _has_route(port: SeamedHttp, req: Any) -> bool:
    """Whether a route may be meant: of the request there is no more than its first line so far."""
    inner: Any = port._inner  # noqa: SLF001  # see `_stubbed_port`
    request = httpx.Request(req.method, str(req.url))
    return any(all(_may_match(pattern, request) for pattern in route.patterns) for route in inner.routes)


def _may_match(pattern: Any, request: httpx.Request) -> bool:
    if getattr(pattern, "key", "") in _NOT_YET_KNOWN:
        return True
    return bool(getattr(pattern, "match_line", pattern.match)(request))


def _may_be_a_server(host: str | None, loop: asyncio.AbstractEventLoop) -> bool:
    """Whether the host is this machine, where a test may run a server, and the loop has real sockets to reach it."""
    if isinstance(loop, SimulationLoop):
        return False
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


class _ToThePort(asyncio.Transport):
    """The client's end of a connection whose other end is a world's HTTP port."""

    def __init__(self, port: HttpTransport, origin: str, protocol: ResponseHandler, key: Any) -> None:
        super().__init__()
        self._port = port
        self._origin = origin
        self._protocol: ResponseHandler = protocol
        self._key = key
        self._closing = False
        self._answering: asyncio.Task[None] | None = None
        self._begin()

    def _begin(self) -> None:
        self._parser = h11.Connection(h11.SERVER)
        self._head: h11.Request | None = None
        self._body = bytearray()

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        self._parser.receive_data(bytes(data))
        while True:
            event = self._parser.next_event()
            if isinstance(event, h11.Request):
                self._head = event
            elif isinstance(event, h11.Data):
                self._body += event.data
            elif isinstance(event, h11.EndOfMessage):
                self._ask()
                return
            else:
                break
        if self._parser.they_are_waiting_for_100_continue:
            self._receive(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _ask(self) -> None:
        head = self._head
        assert head is not None  # noqa: S101  # h11 gives the end of a message after its beginning
        url = f"{self._origin}{head.target.decode('ascii')}"
        request = httpx.Request(
            head.method.decode("ascii"), url, headers=head.headers.raw_items(), content=bytes(self._body)
        )
        self._begin()
        self._answering = asyncio.get_running_loop().create_task(self._answer(request), name=f"answers aiohttp's {url}")

    async def _answer(self, request: httpx.Request) -> None:
        try:
            response = await self._port.handle_async_request(request)
        except httpx.TransportError as error:
            self._fail(_as_aiohttp(error, self._key))
            return
        except Exception as error:  # noqa: BLE001  # whatever a route's function raises is for who asked
            self._fail(error)
            return
        try:
            await self._send(request, response)
        except (
            httpx.TransportError
        ):  # in the middle of the body: all that the client sees of it is that the connection ended
            self.close()
        finally:
            await response.aclose()

    async def _send(self, request: httpx.Request, response: httpx.Response) -> None:
        has_body = request.method != "HEAD" and response.status_code not in _WITHOUT_BODY
        headers = list(response.headers.raw)
        chunked = has_body and "content-length" not in response.headers
        if chunked and "transfer-encoding" not in response.headers:
            headers.append((b"Transfer-Encoding", b"chunked"))
        status = f"HTTP/1.1 {response.status_code} {response.reason_phrase}\r\n".encode("ascii")
        self._receive(status + b"".join(b"%b: %b\r\n" % pair for pair in headers) + b"\r\n")
        stream: Any = response.stream
        if not has_body:
            return
        async for chunk in stream:
            if chunk:
                self._receive(b"%x\r\n%b\r\n" % (len(chunk), chunk) if chunked else chunk)
        if chunked:
            self._receive(b"0\r\n\r\n")

    def _receive(self, data: bytes) -> None:
        if not self._closing:
            self._protocol.data_received(data)

    def _fail(self, error: Exception) -> None:
        if not self._closing:
            self._protocol.set_exception(error)

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        task = self._answering
        if task is not None and not task.done() and task is not asyncio.current_task():
            task.cancel()
        asyncio.get_running_loop().call_soon(self._protocol.connection_lost, None)

    def abort(self) -> None:
        self.close()

    def is_closing(self) -> bool:
        return self._closing

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        del name  # there is no socket, no peer and no certificate
        return default

    def get_write_buffer_size(self) -> int:
        return 0

    def pause_reading(self) -> None:
        """Do nothing: what has been answered is in memory already."""

    def resume_reading(self) -> None:
        """Do nothing, likewise."""


def _as_aiohttp(error: httpx.TransportError, key: Any) -> Exception:
    """What aiohttp raises where httpx raises `error`."""
    made: Exception
    match error:
        case httpx.ConnectTimeout():
            made = aiohttp.ConnectionTimeoutError(f"Connection timeout to host {key.host}")
        case httpx.TimeoutException():
            made = aiohttp.SocketTimeoutError("Timeout on reading data from socket")
        case httpx.ConnectError():
            made = aiohttp.ClientConnectorError(key, ConnectionRefusedError(111, str(error)))
        case httpx.RemoteProtocolError():
            made = aiohttp.ServerDisconnectedError()
        case httpx.NetworkError():
            made = aiohttp.ClientOSError(104, "Connection reset by peer")
        case _:
            made = aiohttp.ClientConnectionError(str(error))
    made.__cause__ = error
    return made
