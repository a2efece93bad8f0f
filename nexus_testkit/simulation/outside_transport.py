"""A connection whose protocol lives on the simulation loop, and whose socket on a loop of another thread."""

from __future__ import annotations

import asyncio
import contextlib
from asyncio import protocols
from collections.abc import Callable, Iterable
from typing import Any, cast


class OutsideTransport(asyncio.Transport):
    """The near end: what is written is handed to the socket's thread, and what comes is handed to the protocol."""

    _start_tls_compatible = True

    def __init__(self, loop: asyncio.AbstractEventLoop, there: asyncio.AbstractEventLoop) -> None:
        """The near end, on `loop`, of a connection that `there` will make."""
        super().__init__()
        self._loop = loop
        self._there = there
        self._protocol: Any = None
        self._real: Any = None
        self._closing = self._lost = self._paused = False
        self._held_back: list[tuple[Callable[..., object], tuple[Any, ...]]] = []
        self.on_lost: Callable[[OutsideTransport], object] = id
        self.on_use: Callable[[], object] = bool

    def far(self) -> _Far:
        """The protocol for the socket."""
        return _Far(self)

    def begin(self, protocol: asyncio.BaseProtocol) -> None:
        """The connection stands: `protocol` hears of it, and of what has come meanwhile."""
        self._protocol = protocol
        protocol.connection_made(self)
        self._release()

    # -- from the socket's thread

    def made(self, real: Any) -> None:
        """The socket is connected."""
        self._real = real

    def tell(self, what: Callable[..., object], *args: Any) -> None:
        """Hand something to the simulation loop, unless it has closed."""
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._take, what, args)

    # -- on the simulation loop

    def _take(self, what: Callable[..., object], args: tuple[Any, ...]) -> None:
        if self._protocol is None or self._paused or self._held_back:
            self._held_back.append((what, args))
        else:
            what(*args)

    def _release(self) -> None:
        while self._held_back and not self._paused:
            what, args = self._held_back.pop(0)
            what(*args)

    def deliver(self, data: bytes) -> None:
        """Bytes came."""
        if self._lost:
            return
        if isinstance(self._protocol, asyncio.BufferedProtocol):
            cast("Any", protocols)._feed_data_to_buffered_proto(self._protocol, data)  # noqa: SLF001  # what transports use
        else:
            self._protocol.data_received(data)

    def end_input(self) -> None:
        """The server sends no more."""
        if not self._lost and not self._protocol.eof_received():
            self.close()

    def lose(self, error: BaseException | None) -> None:
        """The connection has ended."""
        if self._lost:
            return
        self._lost = self._closing = True
        self.on_lost(self)
        self._protocol.connection_lost(error)

    # -- the transport's own methods

    def _do(self, function: Callable[..., object], *args: Any) -> None:
        self.on_use()
        with contextlib.suppress(RuntimeError):  # its thread has ended with the process
            self._there.call_soon_threadsafe(function, *args)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        if not self._closing:
            self._do(self._real.write, bytes(data))

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview]) -> None:
        self.write(b"".join(list_of_data))

    def write_eof(self) -> None:
        self._do(self._real.write_eof)

    def can_write_eof(self) -> bool:
        return bool(self._real.can_write_eof())

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._do(self._real.close)

    def abort(self) -> None:
        self._closing = True
        self._do(self._real.abort)

    def discard(self) -> None:
        """End it without another callback here."""
        self._lost = self._closing = True
        self._do(self._real.abort)

    def is_closing(self) -> bool:
        return self._closing

    def pause_reading(self) -> None:
        self._paused = True

    def resume_reading(self) -> None:
        self._paused = False
        self._loop.call_soon(self._release)

    def is_reading(self) -> bool:
        return not self._paused and not self._closing

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_protocol(self) -> asyncio.BaseProtocol:
        return cast("asyncio.BaseProtocol", self._protocol)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._real.get_extra_info(name, default)

    def get_write_buffer_size(self) -> int:
        return 0

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return 0, 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing is held back here: the socket's thread buffers what the server does not take yet."""


class _Far(asyncio.Protocol):
    """Lives with the socket, and hands on what it hears."""

    def __init__(self, near: OutsideTransport) -> None:
        self._near = near

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._near.made(transport)

    def data_received(self, data: bytes) -> None:
        self._near.tell(self._near.deliver, data)

    def eof_received(self) -> bool:
        self._near.tell(self._near.end_input)
        return True  # the near end closes

    def connection_lost(self, exc: Exception | None) -> None:
        self._near.tell(self._near.lose, exc)
