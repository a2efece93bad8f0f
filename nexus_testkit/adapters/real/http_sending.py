"""Requests that really go out while a world's clock stands still, for recording them.

They go out one after another, in the order in which they were asked for, from one thread that has the sockets: a
simulation has none, and its time would not wait for a server. On Python's own loop it is the same thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import httpx

from nexus_testkit.simulation import SimulationLoop

_TIMEOUT_S = 20.0  # of a request that names none: below the 30 s after which the simulation calls a thread dead
_ENCODINGS = "gzip, deflate"  # those that the standard library unpacks, whatever else the client may know
_LEFT_OUT = ("accept-encoding", "content-length", "transfer-encoding")

Received = tuple[int, list[tuple[str, str]], bytes]


class RecordingSender:
    """Sends requests as they are and gives back what came; follows no redirect and keeps no cookie.

    Proxies and certificates are those of the environment (`HTTPS_PROXY`, `SSL_CERT_FILE`), as with `httpx.Client`.

    Limits: HTTP/1.1. A body is read to its end, so one that never ends is a time-out.
    """

    def __init__(self, *, begun: Callable[[threading.Thread], object]) -> None:
        """Open nothing yet; `begun` is told of the thread when there is one."""
        self._executor: ThreadPoolExecutor | None = None
        self._client: httpx.Client | None = None
        self._begun = begun
        self._last: Future[Received] | None = None

    async def send(self, request: httpx.Request) -> Received:
        """Send a request whose body has been read; status, headers, and the body as it was on the wire.

        Raises:
            httpx.TransportError: as any transport does.
        """
        loop = asyncio.get_running_loop()
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="nexus-testkit-recording")
        if not isinstance(loop, SimulationLoop):
            self._last = self._executor.submit(self._exchange, request, None)
        else:
            hold = loop.hold()
            self._last = self._executor.submit(self._exchange, request, loop)
        answer = asyncio.wrap_future(self._last, loop=loop)
        if isinstance(loop, SimulationLoop):
            # Added after wrap_future's own callback, so that the answer is on the loop before the clock is let go.
            self._last.add_done_callback(lambda _: hold.release())
        try:
            return await answer
        except httpx.RequestError as error:
            error.request = request
            raise

    def _exchange(self, request: httpx.Request, loop: SimulationLoop | None) -> Received:
        thread = threading.current_thread()
        self._begun(thread)
        if loop is not None:
            loop.threads.exclude(thread)
        if self._client is None:
            self._client = httpx.Client()
        headers = [(name, value) for name, value in request.headers.multi_items() if name not in _LEFT_OUT]
        sent = httpx.Request(
            request.method,
            request.url,
            headers=[*headers, ("accept-encoding", _ENCODINGS)],
            content=request.content,
            extensions={"timeout": request.extensions.get("timeout") or httpx.Timeout(_TIMEOUT_S).as_dict()},
        )
        response = self._client.send(sent, stream=True)
        try:
            content = b"".join(response.iter_raw())
        finally:
            response.close()
        return response.status_code, response.headers.multi_items(), content

    def close(self) -> None:
        """Close the connections; one on which somebody still waits ends with its time-out. Safe to call twice."""
        executor, self._executor = self._executor, None
        if executor is None:
            return
        executor.submit(self._close_client)
        executor.shutdown(wait=self._last is None or self._last.done())

    def _close_client(self) -> None:
        if self._client is not None:
            self._client.close()
