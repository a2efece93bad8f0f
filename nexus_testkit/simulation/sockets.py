"""What stands for a socket in the in-memory network: its addresses, and options that are kept and do nothing."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import Any

from nexus_testkit.simulation.addresses import Address


@dataclass(frozen=True, slots=True)
class MemorySocket:
    """The `socket` of a server or a transport in memory.

    Attributes:
        local: its own address.
        remote: the other end's, or None for a server.
    """

    local: Address
    remote: Address | None = None
    _options: dict[tuple[int, int], Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def family(self) -> int:
        """AF_INET or AF_INET6."""
        return socket.AF_INET6 if len(self.local) == 4 else socket.AF_INET

    @property
    def type(self) -> int:
        """Always a stream."""
        return socket.SOCK_STREAM

    @property
    def proto(self) -> int:
        """Always TCP."""
        return socket.IPPROTO_TCP

    def fileno(self) -> int:
        """-1: there is no file descriptor."""
        return -1

    def getsockname(self) -> Address:
        """Its own address."""
        return self.local

    def getpeername(self) -> Address:
        """The other end's address."""
        if self.remote is None:
            raise OSError(107, "Transport endpoint is not connected")
        return self.remote

    def setsockopt(self, level: int, option: int, value: Any, size: int | None = None) -> None:
        """Keep an option; it changes nothing in memory."""
        del size
        self._options[level, option] = value

    def getsockopt(self, level: int, option: int, size: int = 0) -> Any:
        """The option that was set, or 0."""
        del size
        return self._options.get((level, option), 0)

    def gettimeout(self) -> float:
        """0.0: a loop's sockets do not block."""
        return 0.0
