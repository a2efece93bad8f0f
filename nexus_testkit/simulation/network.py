"""The network of one world: servers and connections in memory, addressed by host and port.

Any host may be served ("smtp.example.org"), not just this one; "localhost", "127.0.0.1", "::1" and the wildcards are
one host. A connection to somebody whom nobody serves is a stray: recorded on the loop, and refused.
"""

from __future__ import annotations

import asyncio
import errno
import ssl as tls
from asyncio import sslproto
from collections.abc import Callable, Iterable, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar, cast

from nexus_testkit.errors import NotSimulated, StrayConnection
from nexus_testkit.errors.stack import Stack
from nexus_testkit.simulation.addresses import Address, Addresses, no_socket, port_number, refused
from nexus_testkit.simulation.foundation import Foundation
from nexus_testkit.simulation.server import MemoryServer
from nexus_testkit.simulation.sockets import MemorySocket
from nexus_testkit.simulation.transport import MemoryTransport

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop

P = TypeVar("P", bound=asyncio.BaseProtocol)
Factory = Callable[[], asyncio.BaseProtocol]


class Network:
    """Who listens where, and who is connected."""

    def __init__(self, loop: SimulationLoop) -> None:
        """A network on which nobody listens."""
        self._loop = loop
        self._servers: dict[tuple[str, int], MemoryServer] = {}
        self._withdrawn: set[tuple[str, int]] = set()
        self._connections: dict[MemoryTransport, None] = {}
        self.addresses = Addresses()

    # -- servers

    def bind(self, hosts: Sequence[str | None], port: int) -> tuple[list[tuple[str, int]], list[MemorySocket]]:
        """The places and sockets of a server on `hosts`; port 0 is the next one that is free on all of them."""
        names = list(dict.fromkeys(self.addresses.canonical(host) for host in hosts))
        if not port:
            free = (self.addresses.server_port() for _ in count())
            port = next(number for number in free if not any((name, number) in self._servers for name in names))
        places = [(name, port) for name in names]
        for host, place in zip(hosts, places, strict=False):
            if place in self._servers:
                raise OSError(
                    errno.EADDRINUSE,
                    f"error while attempting to bind on address {self.addresses.address(host, port)!r}: "
                    "address already in use",
                )
        return places, [MemorySocket(self.addresses.address(host, port)) for host in dict.fromkeys(hosts)]

    def publish(self, places: Iterable[tuple[str, int]], server: MemoryServer) -> None:
        """From now on `server` is found at `places`."""
        for place in places:
            self._servers[place] = server
            self._withdrawn.discard(place)

    def withdraw(self, places: Iterable[tuple[str, int]]) -> None:
        """Nobody is found at `places` any more; connections to them are refused, and are not strays."""
        for place in places:
            self._servers.pop(place, None)
            self._withdrawn.add(place)

    # -- connections

    def find(self, host: str | None, port: int) -> MemoryServer:
        """The server at `host` and `port`.

        Raises:
            ConnectionRefusedError: when its server does not accept connections, or no longer.
            StrayConnection: when there never was one.
        """
        place = (self.addresses.canonical(host), port)
        server = self._servers.get(place)
        if server is not None and server.is_serving():
            return server
        if server is not None or place in self._withdrawn:
            raise refused(self.addresses.address(host, port))
        name = place[0] if host is None else self.addresses.canonical(host)
        # Recorded without a traceback, which would keep the frames of the test alive.
        self._loop.strays.append(StrayConnection(name, port, stack=Stack(skip=3)))
        raise StrayConnection(name, port)

    def join(
        self,
        server: MemoryServer,
        near: asyncio.BaseProtocol,
        host: str | None,
        port: int,
        *,
        local: tuple[str, int] | None,
        waiter: asyncio.Future[None] | None,
    ) -> MemoryTransport:
        """Connect `near` to `server`: the near end is made first, the far end is accepted in the next callback."""
        there = self.addresses.address(host, port)
        loopback = "::1" if len(there) == 4 else "127.0.0.1"
        here_host, here_port = local or (loopback, 0)
        here = self.addresses.address(here_host, here_port or self.addresses.client_port())
        transport = MemoryTransport(self._loop, near, _extra(here, there), stack=Stack(skip=4))
        self._connections[transport] = None
        transport.begin(waiter)
        self._loop.call_soon(self._accept, server, transport, here, there)
        return transport

    def _accept(self, server: MemoryServer, near: MemoryTransport, here: Address, there: Address) -> None:
        try:
            protocol = server.factory()
            if server.tls is not None:
                waiter: asyncio.Future[None] = self._loop.create_future()
                waiter.add_done_callback(self._report_handshake)
                protocol = _secured(
                    self._loop,
                    protocol,
                    server.tls,
                    waiter,
                    server_side=True,
                    ssl_handshake_timeout=server.handshake_timeout_s,
                    ssl_shutdown_timeout=server.shutdown_timeout_s,
                )
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001  # as asyncio: the connection ends, the server goes on
            self._report_accept(error)
            near.abandon()
            return
        far = MemoryTransport(self._loop, protocol, _extra(there, here), server=server)
        self._connections[far] = None
        near.peer, far.peer = far, near
        far.begin(None)
        near.flush()
        if near.is_closing():
            far.end_input()

    def _report_handshake(self, waiter: asyncio.Future[None]) -> None:
        if not waiter.cancelled() and (error := waiter.exception()) is not None:
            self._report_accept(error)

    def _report_accept(self, error: BaseException) -> None:
        # asyncio stays silent about it unless it debugs.
        if self._loop.get_debug():
            message = "Error on transport creation for incoming connection"
            self._loop.call_exception_handler({"message": message, "exception": error})

    def forget(self, transport: MemoryTransport) -> None:
        """A connection ended."""
        self._connections.pop(transport, None)

    # -- the end

    def leaks(self) -> list[str]:
        """One text for each server that listens and each connection that a client left open, with its stack."""
        servers = dict.fromkeys(self._servers.values())
        open_things: list[MemoryServer | MemoryTransport] = [
            *servers,
            *(near for near in self._connections if near.stack is not None),
        ]
        return [
            "\n".join([f"{thing!r} is still open; made at:", *(thing.stack.lines() if thing.stack else ())])
            for thing in open_things
        ]

    def is_open(self) -> bool:
        """Whether anybody listens, or a connection has not quite ended."""
        return bool(self._servers or self._connections)

    def abort(self) -> None:
        """End every server and connection; their protocols hear of it when the loop runs."""
        for server in list(self._servers.values()):
            server.close()
        for transport in list(self._connections):
            transport.abort()

    def drop(self) -> None:
        """The loop closes: end every server and connection without another callback."""
        self._servers.clear()
        for transport in list(self._connections):
            transport.discard()
        self._connections.clear()


class NetworkOperations(Foundation):
    """The methods of an event loop that speak to the network, on the in-memory one."""

    _network: Network | None = None

    @property
    def network(self) -> Network:
        """The world's network."""
        if self._network is None:
            self._network = Network(cast("SimulationLoop", self))
        return self._network

    def has_open_network(self) -> bool:
        """Whether anything listens or is connected in this world."""
        return self._network is not None and self._network.is_open()

    def leaks(self) -> list[str]:
        """What is still open on the network: one text for each, with the stack of its creation."""
        return [] if self._network is None else self._network.leaks()

    async def getaddrinfo(
        self,
        host: str | bytes | None,
        port: bytes | str | int | None,
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002  # asyncio's name
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Resolve in memory: every name has an address, the same in every run."""
        del flags
        await asyncio.sleep(0)
        return self.network.addresses.resolve(host, port, family=family, type_=type, proto=proto)

    async def getnameinfo(self, sockaddr: Any, flags: int = 0) -> tuple[str, str]:
        """The name behind an address, where one was resolved, and the port as a numeral."""
        del flags
        await asyncio.sleep(0)
        return self.network.addresses.canonical(sockaddr[0]), str(sockaddr[1])

    async def sock_connect(self, sock: object, address: Any) -> None:
        """Never connects a real socket: whom nobody serves is a stray, as in `create_connection`.

        Libraries that make their own sockets (aiohttp) come here.

        Raises:
            StrayConnection: nobody in this world serves the address; it is recorded in `strays` too.
            NotSimulated: somebody does; only `create_connection` leads there.
        """
        del sock
        await asyncio.sleep(0)
        if not isinstance(address, tuple):
            raise NotSimulated("sock_connect")
        self.network.find(address[0], address[1])
        raise NotSimulated("sock_connect")

    async def create_server(  # type: ignore[override]  # overloads, and asyncio's own class of servers
        self,
        protocol_factory: Factory,
        host: str | Sequence[str] | None = None,
        port: Any = None,
        *,
        sock: Any = None,
        ssl: tls.SSLContext | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
        start_serving: bool = True,
        **options: Any,
    ) -> MemoryServer:
        """A server in memory; options that only sockets have (backlog, reuse_port ...) change nothing."""
        del options
        if sock is not None:
            raise no_socket("create_server")
        if isinstance(ssl, bool):
            raise TypeError("ssl argument must be an SSLContext or None")
        if ssl is None and (ssl_handshake_timeout is not None or ssl_shutdown_timeout is not None):
            raise ValueError("ssl_handshake_timeout and ssl_shutdown_timeout are only meaningful with ssl")
        if host is None and port is None:
            raise ValueError("Neither host/port nor sock were specified")
        network = self.network
        hosts: Sequence[str | None] = [host] if host is None or isinstance(host, str) else list(host)
        places, sockets = network.bind(hosts, port_number(port))
        server = MemoryServer(
            cast("SimulationLoop", self),
            places,
            sockets,
            protocol_factory,
            tls=ssl,
            handshake_timeout_s=ssl_handshake_timeout,
            shutdown_timeout_s=ssl_shutdown_timeout,
            stack=Stack(skip=2),
        )
        network.publish(places, server)
        if start_serving:
            await server.start_serving()
        return server

    async def create_connection(
        self,
        protocol_factory: Callable[[], P],
        host: str | None = None,
        port: Any = None,
        *,
        ssl: tls.SSLContext | bool | None = None,
        sock: Any = None,
        local_addr: tuple[str, int] | None = None,
        server_hostname: str | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
        **options: Any,
    ) -> tuple[asyncio.Transport, P]:
        """Connect in memory.

        Raises:
            StrayConnection: nobody in this world serves `host` and `port`; it is recorded in `strays` too.
        """
        if sock is None and self.outside is not None and self.outside.serves(host, port):
            given = {**options, "ssl": ssl, "local_addr": local_addr, "server_hostname": server_hostname}
            return await self.outside.connect(
                protocol_factory, lambda loop, far: loop.create_connection(far, host, port, **given)
            )
        if sock is not None:
            raise no_socket("create_connection")
        if host is None and port is None:
            raise ValueError("host and port was not specified and no sock specified")
        if not ssl and (server_hostname, ssl_handshake_timeout, ssl_shutdown_timeout) != (None, None, None):
            raise ValueError(
                "server_hostname, ssl_handshake_timeout and ssl_shutdown_timeout are only meaningful with ssl"
            )
        if ssl and server_hostname is None and not host:
            raise ValueError("You must set server_hostname when using ssl without a host")
        network, number = self.network, port_number(port)
        await asyncio.sleep(0)
        server = network.find(host, number)
        protocol = protocol_factory()
        waiter: asyncio.Future[None] = self.create_future()
        if ssl:
            secure = _secured(
                self,
                protocol,
                None if isinstance(ssl, bool) else ssl,
                waiter,
                server_hostname=host if server_hostname is None else server_hostname,
                ssl_handshake_timeout=ssl_handshake_timeout,
                ssl_shutdown_timeout=ssl_shutdown_timeout,
            )
            network.join(server, secure, host, number, local=local_addr, waiter=None)
            transport = cast("asyncio.Transport", secure._app_transport)  # noqa: SLF001  # as BaseEventLoop.start_tls
        else:
            transport = network.join(server, protocol, host, number, local=local_addr, waiter=waiter)
        try:
            await waiter
        except BaseException:
            transport.close()
            raise
        return transport, protocol


def _extra(local: Address, remote: Address) -> dict[str, Any]:
    return {"sockname": local, "peername": remote, "socket": MemorySocket(local, remote)}


def _secured(
    loop: asyncio.AbstractEventLoop,
    protocol: asyncio.BaseProtocol,
    context: tls.SSLContext | None,
    waiter: asyncio.Future[None],
    **options: Any,
) -> sslproto.SSLProtocol:
    """`protocol` behind TLS; `waiter` is told how the handshake went. None as context means Python's default one."""
    # typeshed wants a context and whole seconds; asyncio takes None and fractions.
    return sslproto.SSLProtocol(cast("Any", loop), protocol, cast("tls.SSLContext", context), waiter, **options)
