"""One end of a connection in memory, as close to asyncio's socket transport as its users can see.

The order of callbacks is that of `asyncio.selector_events._SelectorSocketTransport` (CPython 3.11 to 3.13):
`connection_made` before the first data, one `data_received` a turn of the loop, `connection_lost` last and always
in a turn of its own.

Limits: no latency, no lost or reordered packets, and 64 KiB in flight, where kernels take more or less.
"""

from __future__ import annotations

import asyncio
import errno
import logging
from asyncio import sslproto
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors.stack import Stack

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop
    from nexus_testkit.simulation.server import MemoryServer

_HIGH_WATER = 64 * 1024  # asyncio's default
_IN_FLIGHT = 64 * 1024  # what the "kernel" takes over before a transport has to keep it
_CHUNK = 256 * 1024  # asyncio's max_size for one read
_WARN_AFTER = 5  # asyncio's LOG_THRESHOLD_FOR_CONNLOST_WRITES

logger = logging.getLogger("asyncio")


class MemoryTransport(asyncio.Transport):
    """One end of a connection; `peer` is the other."""

    _start_tls_compatible = True  # what BaseEventLoop.start_tls asks a transport for

    def __init__(
        self,
        loop: SimulationLoop,
        protocol: asyncio.BaseProtocol,
        extra: dict[str, Any],
        *,
        server: MemoryServer | None = None,
        stack: Stack | None = None,
    ) -> None:
        """An end that is not yet joined to the other."""
        super().__init__(extra)
        self._loop = loop
        self._server = server
        self.stack = stack
        self.peer: MemoryTransport | None = None
        self._inbox = bytearray()
        self._inbox_ended = False
        self._inbox_reset = False
        self._abandoned = False
        self._outbox = bytearray()
        self._eof_written = False
        self._reading = False  # until connection_made has been called
        self._paused = False
        self._eof_seen = False
        self._pumping = False
        self._closing = False
        self._lost = 0  # asyncio's _conn_lost: connection_lost has been scheduled, and writes since
        self._reset = False
        self._high, self._low = _HIGH_WATER, _HIGH_WATER // 4
        self._writer_paused = False
        self.set_protocol(protocol)
        if server is not None:
            server.attach(self)

    def __repr__(self) -> str:
        state = "closed" if self._lost else "closing" if self._closing else "open"
        return f"<MemoryTransport {state} {self.get_extra_info('sockname')} -> {self.get_extra_info('peername')}>"

    def begin(self, waiter: asyncio.Future[None] | None) -> None:
        """Tell the protocol that the connection is made, then read, then wake up who waits for it."""
        self._loop.call_soon(self._protocol.connection_made, self)
        self._loop.call_soon(self._begin_reading)
        if waiter is not None:
            self._loop.call_soon(_wake, waiter)

    # -- protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol: Any = protocol
        self._buffered = isinstance(protocol, asyncio.BufferedProtocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    # -- reading

    def is_reading(self) -> bool:
        return not self._closing and not self._paused

    def pause_reading(self) -> None:
        if self.is_reading():
            self._paused = True

    def resume_reading(self) -> None:
        if self._closing or not self._paused:
            return
        self._paused = False
        self._schedule_pump()

    def _begin_reading(self) -> None:
        self._reading = True
        self._schedule_pump()

    def _schedule_pump(self) -> None:
        if not self._pumping and (self._inbox or self._inbox_ended) and not self._loop.is_closed():
            self._pumping = True
            self._loop.call_soon(self._pump)

    def _pump(self) -> None:
        """Hand one chunk, or the end, to the protocol."""
        self._pumping = False
        if self._closing or self._paused or not self._reading or self._eof_seen:
            return
        if self._inbox:
            self._deliver()
            if self.peer is not None:
                self.peer.flush()
            self._schedule_pump()
        elif self._inbox_ended:
            self._eof_seen = True
            if self._inbox_reset:
                self._force_close(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))
            else:
                self._end_of_input()

    def _deliver(self) -> None:
        inbox = self._inbox
        called = "get_buffer"
        try:
            if self._buffered:
                buffer = self._protocol.get_buffer(-1)
                size = min(len(buffer), len(inbox), _CHUNK)
                if not size:
                    raise RuntimeError("get_buffer() returned an empty buffer")  # noqa: TRY301  # reported like any other
                buffer[:size] = inbox[:size]
                del inbox[:size]
                called = "buffer_updated"
                self._protocol.buffer_updated(size)
            else:
                data = bytes(inbox[:_CHUNK])
                del inbox[:_CHUNK]
                called = "data_received"
                self._protocol.data_received(data)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001  # as asyncio: a protocol's error ends its connection alone
            self._fatal_error(error, f"Fatal error: protocol.{called}() call failed.")

    def _end_of_input(self) -> None:
        try:
            keep_open = self._protocol.eof_received()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001  # as above
            self._fatal_error(error, "Fatal error: protocol.eof_received() call failed.")
            return
        if not keep_open:
            self.close()

    # -- writing

    def write(self, data: bytes | bytearray | memoryview[Any]) -> None:
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"data argument must be a bytes-like object, not {type(data).__name__!r}")
        if self._eof_written:
            raise RuntimeError("Cannot call write() after write_eof()")
        if not data:
            return
        if self._lost:
            if self._lost >= _WARN_AFTER:
                logger.warning("socket.send() raised exception.")
            self._lost += 1
            return
        if self._peer_is_gone():
            self._write_to_nobody()
            return
        self._outbox += data
        self.flush()
        self._pause_writer_if_full()

    def writelines(self, list_of_data: Iterable[bytes | bytearray | memoryview[Any]]) -> None:
        self.write(b"".join(list_of_data))

    def flush(self) -> None:
        """Move what fits into the other end's inbox; called there too, when there is room again."""
        outbox, peer = self._outbox, self.peer
        if peer is None:
            return
        if outbox:
            taken = peer.take(outbox)
            if not taken:
                return
            del outbox[:taken]
            self._resume_writer_if_drained()
        if not outbox:
            if self._eof_written:
                peer.end_input()
            if self._closing and not self._lost:
                self._lost = 1
                self._loop.call_soon(self._call_connection_lost, None)

    def take(self, data: bytearray) -> int:
        """Take what the inbox has room for from the other end; returns how many bytes."""
        taken = min(_IN_FLIGHT - len(self._inbox), len(data))
        if taken <= 0:
            return 0
        self._inbox += data[:taken]
        self._schedule_pump()
        return taken

    def is_gone(self) -> bool:
        """Whether `connection_lost` has been scheduled."""
        return self._lost > 0

    def end_input(self, *, reset: bool = False) -> None:
        """The other end will send no more; with `reset`, because it closed without reading what it was sent."""
        self._inbox_ended = True
        self._inbox_reset = self._inbox_reset or reset
        self._schedule_pump()

    def abandon(self) -> None:
        """Nobody came to the other end."""
        self._abandoned = True
        self._outbox.clear()
        if self._closing and not self._lost:
            self._lost = 1
            self._loop.call_soon(self._call_connection_lost, None)
        self.end_input()

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if self._closing or self._eof_written:
            return
        self._eof_written = True
        self.flush()

    def _peer_is_gone(self) -> bool:
        # No peer yet means that it is still being accepted: what is written waits for it.
        return self._abandoned or (self.peer is not None and self.peer.is_gone())

    def _write_to_nobody(self) -> None:
        """TCP takes the first write to a closed peer, which answers it with a reset; the next one fails at once."""
        if self._reset:
            self._force_close(BrokenPipeError(errno.EPIPE, "Broken pipe"))
            return
        self._reset = True
        if not self._eof_seen:
            self._loop.call_soon(self._force_close, ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    # -- flow control

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        if high is None:
            high = _HIGH_WATER if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(f"high ({high!r}) must be >= low ({low!r}) must be >= 0")
        self._high, self._low = high, low
        self._pause_writer_if_full()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return (self._low, self._high)

    def get_write_buffer_size(self) -> int:
        return len(self._outbox)

    def _pause_writer_if_full(self) -> None:
        if len(self._outbox) > self._high and not self._writer_paused:
            self._writer_paused = True
            self._tell_writer("pause_writing")

    def _resume_writer_if_drained(self) -> None:
        if self._writer_paused and len(self._outbox) <= self._low:
            self._writer_paused = False
            self._tell_writer("resume_writing")

    def _tell_writer(self, method: str) -> None:
        try:
            getattr(self._protocol, method)()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:  # noqa: BLE001  # as asyncio: reported, and the connection goes on
            self._report(error, f"protocol.{method}() failed")

    # -- the end

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        if not self._outbox:
            self._lost = 1
            self._loop.call_soon(self._call_connection_lost, None)

    def abort(self) -> None:
        self._force_close(None)

    def discard(self) -> None:
        """The loop closes: end without a callback."""
        self._closing = True
        self._lost = max(1, self._lost)
        if isinstance(self._protocol, sslproto.SSLProtocol):
            # Its transport warns when it is collected unclosed, and nobody is left to close it.
            self._protocol.connection_lost(None)
        self._inbox.clear()
        self._outbox.clear()

    def lose_unsent(self) -> None:
        """The other end is gone: what could not be sent to it yet never will be."""
        if self._outbox:
            self._force_close(ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"))

    def _force_close(self, error: BaseException | None) -> None:
        if self._lost:
            return
        self._outbox.clear()
        self._closing = True
        self._lost = 1
        self._loop.call_soon(self._call_connection_lost, error)

    def _fatal_error(self, error: BaseException, message: str = "Fatal error on transport") -> None:
        # asyncio's name and signature: asyncio.sslproto calls it.
        if isinstance(error, OSError):
            if self._loop.get_debug():
                logger.debug("%r: %s", self, message, exc_info=error)
        else:
            self._report(error, message)
        self._force_close(error)

    def _report(self, error: BaseException, message: str) -> None:
        self._loop.call_exception_handler(
            {"message": message, "exception": error, "transport": self, "protocol": self._protocol}
        )

    def _call_connection_lost(self, error: BaseException | None) -> None:
        try:
            self._protocol.connection_lost(error)
        finally:
            if self.peer is not None:
                # Linux resets a connection that is closed with input unread (RFC 2525, section 2.17). Where reading
                # was not paused, the input merely came in the very turn of the close: a race, taken kindly.
                self.peer.end_input(reset=bool(self._inbox) and self._paused)
                self.peer.lose_unsent()
            self._inbox.clear()
            if self._server is not None:
                self._server.detach(self)
            self._loop.network.forget(self)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
