"""A server in memory: what `loop.create_server` gives."""

from __future__ import annotations

import asyncio
import ssl
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors.stack import Stack
from nexus_testkit.simulation.sockets import MemorySocket

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop
    from nexus_testkit.simulation.transport import MemoryTransport


class MemoryServer(asyncio.AbstractServer):
    """Serves one protocol factory at one or more addresses."""

    def __init__(
        self,
        loop: SimulationLoop,
        places: Sequence[tuple[str, int]],
        sockets: Sequence[MemorySocket],
        factory: Callable[[], asyncio.BaseProtocol],
        *,
        tls: ssl.SSLContext | None,
        handshake_timeout_s: float | None,
        shutdown_timeout_s: float | None,
        stack: Stack,
    ) -> None:
        """A server at `places`, which does not accept connections yet."""
        self._loop = loop
        self._places = tuple(places)
        self._sockets = tuple(sockets)
        self._serving = False
        self._closed = False
        self._forever: asyncio.Future[None] | None = None
        self._waiters: list[asyncio.Future[None]] = []
        # A dict, for its order: clients are closed in the order in which they came.
        self._clients: dict[MemoryTransport, None] = {}
        self.factory = factory
        self.tls = tls
        self.handshake_timeout_s = handshake_timeout_s
        self.shutdown_timeout_s = shutdown_timeout_s
        self.stack = stack

    def __repr__(self) -> str:
        return f"<MemoryServer {', '.join(f'{host}:{port}' for host, port in self._places)}>"

    @property
    def sockets(self) -> tuple[MemorySocket, ...]:
        """The sockets that are listened on; empty once the server is closed."""
        return () if self._closed else self._sockets

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def is_serving(self) -> bool:
        return self._serving

    async def start_serving(self) -> None:
        self.begin()
        await asyncio.sleep(0)

    def begin(self) -> None:
        """Accept connections from now on."""
        if not self._closed:
            self._serving = True

    async def serve_forever(self) -> None:
        if self._forever is not None:
            raise RuntimeError(f"server {self!r} is already being awaited on serve_forever()")
        if self._closed:
            raise RuntimeError(f"server {self!r} is closed")
        self.begin()
        self._forever = self._loop.create_future()
        try:
            await self._forever
        except asyncio.CancelledError:
            self.close()
            await self.wait_closed()
            raise
        finally:
            self._forever = None

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self._serving = False
        self._loop.network.withdraw(self._places)
        if self._forever is not None and not self._forever.done():
            self._forever.cancel()
        self._wake_waiters()

    async def wait_closed(self) -> None:
        # Until 3.11 it returned at once when the server was closed already; since 3.12 it waits for clients too.
        if (self._closed and not self._clients) or (self._closed and sys.version_info < (3, 12)):
            return
        waiter: asyncio.Future[None] = self._loop.create_future()
        self._waiters.append(waiter)
        await waiter

    def close_clients(self) -> None:
        """Close every connection (Python 3.13)."""
        for transport in list(self._clients):
            transport.close()

    def abort_clients(self) -> None:
        """Close every connection, unsent data lost (Python 3.13)."""
        for transport in list(self._clients):
            transport.abort()

    def attach(self, transport: MemoryTransport) -> None:
        """A connection was accepted."""
        self._clients[transport] = None

    def detach(self, transport: MemoryTransport) -> None:
        """A connection ended."""
        self._clients.pop(transport, None)
        self._wake_waiters()

    def _wake_waiters(self) -> None:
        if not self._closed or self._clients:
            return
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def __aenter__(self) -> Any:
        return self
