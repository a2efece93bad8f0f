"""Names, addresses and ports of the in-memory network, given out in a fixed order."""

from __future__ import annotations

import errno
import ipaddress
import socket
from itertools import count
from typing import Any

from nexus_testkit.errors import SimulationError

_LOOPBACK = "localhost"
# What a server binds to mean "every interface of this machine" is the loopback here: there is no other machine.
_LOCAL_NAMES = frozenset(
    {"", "localhost", "ip6-localhost", "localhost.localdomain", "127.0.0.1", "::1", "0.0.0.0", "::"}  # noqa: S104  # names
)
_IPV6_NAMES = frozenset({"::1", "::", "ip6-localhost"})
# Addresses for benchmarks of network gear (RFC 2544, section 12): nobody's on the Internet.
_FIRST_ADDRESS = int(ipaddress.IPv4Address("198.18.0.1"))
_FIRST_SERVER_PORT = 49_152  # the first dynamic port (RFC 6335, section 6)
_FIRST_CLIENT_PORT = 40_000

Address = tuple[str, int] | tuple[str, int, int, int]


class Addresses:
    """Who is who on one world's network."""

    def __init__(self) -> None:
        """An empty network."""
        self._address_of: dict[str, str] = {}
        self._name_of: dict[str, str] = {}
        self._server_ports = count(_FIRST_SERVER_PORT)
        self._client_ports = count(_FIRST_CLIENT_PORT)

    def canonical(self, host: str | bytes | None) -> str:
        """One name for one machine: all the names of this one, and an address that was resolved from a name, are alike."""
        name = _text(host).lower().rstrip(".")
        return _LOOPBACK if name in _LOCAL_NAMES else self._name_of.get(name, name)

    def address(self, host: str | bytes | None, port: int) -> Address:
        """The socket address of `host` and `port`, as `getsockname` would give it."""
        name = _text(host).lower()
        if name in _IPV6_NAMES:
            return ("::1", port, 0, 0)
        if name in _LOCAL_NAMES:
            return ("127.0.0.1", port)
        literal = _literal(name)
        if literal is None:
            return (self._resolve(name), port)
        return (name, port) if literal.version == 4 else (name, port, 0, 0)

    def resolve(self, host: str | bytes | None, port: Any, *, family: int, type_: int, proto: int) -> list[Any]:
        """What `socket.getaddrinfo` gives: every name has an address, and it is the same one in every run."""
        name = _text(host).lower()
        if family == socket.AF_INET6 and _literal(name) is None and self.canonical(host) == _LOOPBACK:
            name = "::1"
        address = self.address(name, port_number(port))
        found = socket.AF_INET6 if len(address) == 4 else socket.AF_INET
        if family not in {socket.AF_UNSPEC, found}:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        kind = socket.SocketKind(type_) if type_ else socket.SOCK_STREAM
        protocol = proto or (socket.IPPROTO_UDP if kind == socket.SOCK_DGRAM else socket.IPPROTO_TCP)
        return [(found, kind, protocol, "", address)]

    def client_port(self) -> int:
        """A port for the near end of a connection."""
        return next(self._client_ports)

    def server_port(self) -> int:
        """A port for a server that asked for any."""
        return next(self._server_ports)

    def _resolve(self, name: str) -> str:
        address = self._address_of.get(name)
        if address is None:
            address = str(ipaddress.IPv4Address(_FIRST_ADDRESS + len(self._address_of)))
            self._address_of[name] = address
            self._name_of[address] = name.rstrip(".")
        return address


def port_number(port: Any) -> int:
    """The number of a port given as a number, a numeral, a service's name, or None."""
    if port is None or port == "":
        return 0
    text = _text(port) if isinstance(port, (str, bytes)) else port
    if isinstance(text, str):
        try:
            return int(text)
        except ValueError:
            try:
                return socket.getservbyname(text)
            except OSError:
                raise socket.gaierror(socket.EAI_SERVICE, "Servname not supported for ai_socktype") from None
    number = int(text)
    if not 0 <= number <= 65_535:
        raise OverflowError("port must be 0-65535.")
    return number


def refused(address: Address) -> ConnectionRefusedError:
    """The error of a machine on which nobody listens at that port."""
    return ConnectionRefusedError(errno.ECONNREFUSED, f"Connect call failed {address!r}")


def no_socket(operation: str) -> SimulationError:
    """The error of `sock=`."""
    return SimulationError(
        f"loop.{operation}(sock=...) needs a real socket, and the simulation has none",
        hint="give host and port; or run the test with @pytest.mark.nexus(loop='system')",
    )


def _text(host: str | bytes | None) -> str:
    if host is None:
        return ""
    return host.decode("idna") if isinstance(host, bytes) else host


def _literal(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return None
