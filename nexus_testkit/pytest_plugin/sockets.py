"""Refusing real sockets while a test with `nexus` runs.

Python raises an audit event before each operation on a socket (https://docs.python.org/3/library/audit_events.html);
a hook that raises refuses the operation, whichever library asked for it. An audit hook cannot be taken away, so
one is installed when the first world begins and asks which guard is on.

What is refused: connecting, sending datagrams, and looking up names. What is not: binding and listening (nobody
is reached by it), sockets that were connected before the test began, socket pairs, pipes. A connection to a UNIX
socket leaves the process like any other and is refused unless its path is allowed.

Limits: code in C that calls the system by itself (libpq, grpc) raises no audit event, and neither do
subprocesses. Threads that ran before the world began (debuggers, test runners) are left alone.
"""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
import threading
import weakref
from collections.abc import Container, Iterable
from typing import Any

from nexus_testkit.errors import StrayConnection
from nexus_testkit.errors.stack import Stack

_LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost", ""})
_ADDRESS_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_NAME_EVENTS = frozenset({"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"})

_active: SocketGuard | None = None
_installed = False


class SocketGuard:
    """Refuses connections of one test, and remembers them.

    Attributes:
        strays: one text for each connection that was refused, with the stack that asked for it.
    """

    def __init__(
        self,
        *,
        allow: Iterable[tuple[str, int | None]] = (),
        own_servers: bool = False,
        threads: Container[int] = (),
    ) -> None:
        """Make a guard that is off.

        Args:
            allow: host names, IP addresses or paths of UNIX sockets, each with a port, or None for any port.
            own_servers: whether loopback ports that this process itself bound meanwhile may be reached.
            threads: the ids of threads that may reach anything: those that record HTTP exchanges. Looked at each time.
        """
        self.strays: list[str] = []
        self._allowed = set(allow)
        self._addresses: set[tuple[str, int | None]] | None = None
        self._own_servers = own_servers
        self._threads = threads
        self._bound: list[weakref.ref[socket.socket]] = []
        self._foreign_threads: set[int | None] = set()
        self._outer: SocketGuard | None = None
        self._resolving = False

    def on(self) -> None:
        """Begin to refuse, in this thread and in those that are started from now on."""
        global _active, _installed  # noqa: PLW0603  # an audit hook is a property of the process
        if not _installed:
            sys.addaudithook(_audit)
            _installed = True
        here = threading.get_ident()
        self._foreign_threads = {thread.ident for thread in threading.enumerate() if thread.ident != here}
        self._outer, _active = _active, self

    def off(self) -> None:
        """Refuse no more. Safe to call twice."""
        global _active
        if _active is self:
            _active, self._outer = self._outer, None

    def check(self, event: str, args: tuple[Any, ...]) -> None:
        """Look at one audit event of a socket.

        Raises:
            StrayConnection: it would leave the process, and nobody allowed it.
        """
        thread = threading.get_ident()
        if self._resolving or thread in self._foreign_threads or thread in self._threads:
            return
        if event == "socket.bind":
            self._bound.append(weakref.ref(args[0]))
        elif event in _NAME_EVENTS:
            self._check_name(args[0], args[1] if event == "socket.getaddrinfo" else None)
        else:
            self._check_address(*args)

    def _check_name(self, name: object, port: object) -> None:
        host = _text(name)
        if host in _LOOPBACK_NAMES or _is_address(host) or any(allowed == host for allowed, _ in self._allowed):
            return
        self._refuse(host, port if port is not None else "(name lookup)")

    def _check_address(self, sock: socket.socket, address: Any) -> None:
        if address is None:  # sendmsg() on a connected socket
            return
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            path = _text(address)
            if sock.family == getattr(socket, "AF_UNIX", None) and (path, None) not in self._allowed:
                self._refuse(path, "(UNIX socket)")
            return
        host, port = _text(address[0]), int(address[1])
        if self._allows(host, port) or _in_socketpair():
            return
        if self._own_servers and _is_loopback(host) and port in self._own_ports():
            return
        self._refuse(host, port)

    def _allows(self, host: str, port: int) -> bool:
        if not self._allowed:
            return False
        if self._addresses is None:
            self._addresses = self._resolve()
        return not self._addresses.isdisjoint({(host, port), (host, None)})

    def _resolve(self) -> set[tuple[str, int | None]]:
        # A library resolves a name first and connects to what came back: the addresses are allowed with the name.
        found = set(self._allowed)
        self._resolving = True
        try:
            for host, port in self._allowed:
                if _is_address(host) or "/" in host:
                    continue
                try:
                    answers = socket.getaddrinfo(host, None)
                except OSError:
                    continue  # who uses the name gets the same error
                found |= {(str(answer[4][0]), port) for answer in answers}
        finally:
            self._resolving = False
        return found

    def _own_ports(self) -> set[int]:
        ports = set()
        for reference in self._bound:
            sock = reference()
            if sock is not None and sock.fileno() != -1:
                ports.add(sock.getsockname()[1])
        return ports

    def _refuse(self, host: str, port: object) -> None:
        stack = Stack(skip=5)
        lines = [f"asked for at {line}" for line in stack.lines(most=4)]
        self.strays.append("\n".join([f"a real connection to {host}:{port} was refused", *lines]))
        raise StrayConnection(host, port)


def _audit(event: str, args: tuple[Any, ...]) -> None:
    guard = _active
    if (
        guard is not None
        and event.startswith("socket.")
        and (event in _ADDRESS_EVENTS or event in _NAME_EVENTS or event == "socket.bind")
    ):
        guard.check(event, args)


def _text(value: object) -> str:
    if isinstance(value, (bytes, bytearray)):
        return os.fsdecode(bytes(value))
    return "" if value is None else str(value)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host in _LOOPBACK_NAMES or (_is_address(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback)


def _in_socketpair() -> bool:
    # Where the system has no socketpair() (Windows) the standard library makes one of a loopback connection.
    frame = sys._getframe(4)  # noqa: SLF001  # the frame that raised the event; no public way from an audit hook
    return frame.f_globals.get("__name__") == "socket" and "socketpair" in frame.f_code.co_name
