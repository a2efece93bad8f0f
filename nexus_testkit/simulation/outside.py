"""Real servers behind a world in virtual time: its connections to them, and what time does while they work.

A server takes real time to answer, and the world's time must neither run away meanwhile nor count it. So whoever asks
a server says so (`Outside.call`), and virtual time stands still until the answer is there. Calls go out one after
another, in the order in which they were made, so that the same test takes the same steps in every run. A server that
is silent for a moment is taken to wait for another call of this world (a row lock), which goes out then. Where none is
left the server is asked (`count_blocked`): calls that wait for nothing but the world let time jump, as if nothing were
asked. One that is silent for longer for another reason lets time pass as fast as real time does.

Sockets belong to one thread of the process, on a loop of Python's own: the simulation has no selector.

Limits: the order in which answers come that one commit set free is the server's. What a server sends unasked
(notifications, messages of subscriptions) is waited for `_LISTEN_S` after the last answer.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from nexus_testkit.errors import NotSimulated
from nexus_testkit.simulation.foundation import Foundation
from nexus_testkit.simulation.outside_transport import OutsideTransport
from nexus_testkit.simulation.report import deadlock

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop

P = TypeVar("P", bound=asyncio.BaseProtocol)

_TURN_S = 0.025
_GRACE_S = 1.0
_LOOK_S = 1.0
_LOOKS_APART_S = 0.01
_LISTEN_S = 0.005


class Outside:
    """The servers that a world may reach, and the calls that they have not answered.

    Attributes:
        count_blocked: asks a server how many of its calls wait for a lock that only this world can release; run on the
            loop that has the sockets. None where no server can tell.
    """

    def __init__(self, loop: SimulationLoop) -> None:
        """No servers yet."""
        _, thread = _sockets()
        loop.threads.exclude(thread)
        self._loop = loop
        self._places: set[tuple[object, object]] = set()
        self._under_way = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._listeners = 0
        self._heard = False
        self._silent_since: float | None = None
        self._open: set[OutsideTransport] = set()
        self._blocked = False
        self.count_blocked: Callable[[], Coroutine[Any, Any, int]] | None = None

    def now(self) -> datetime:
        """What the world's clock shows."""
        return self._loop.now()

    def time(self) -> float:
        """The world's seconds."""
        return self._loop.time()

    # -- calls

    @asynccontextmanager
    async def call(self) -> AsyncIterator[None]:
        """A block in which a server is asked something: it begins when this call's turn has come."""
        if self._under_way:
            turn: asyncio.Future[None] = self._loop.create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._end()
                else:
                    self._waiting.remove(turn)
                raise
        else:
            self._under_way, self._blocked = 1, False
        try:
            yield
        finally:
            self._end()

    def _end(self) -> None:
        self._under_way -= 1
        self._heard, self._silent_since, self._blocked = True, None, False
        if not self._under_way:
            self._begin_next()

    def _begin_next(self) -> bool:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                self._under_way += 1
                self._blocked = False
                turn.set_result(None)
                return True
        return False

    @contextmanager
    def listening(self) -> Iterator[None]:
        """A block in which a server may send something unasked."""
        self._listeners += 1
        try:
            yield
        finally:
            self._listeners -= 1

    # -- time

    def stirs(self) -> bool:
        """Wait, in real time, for what the servers owe; False when they are silent, or owe nothing."""
        threads = self._loop.threads
        if not self._under_way:
            if self._heard and self._listeners:
                self._heard = False
                return self._listen()
            return False
        if self._blocked and not self._waiting:
            return False
        now = time.monotonic()
        if self._silent_since is None:
            self._silent_since = now
        silent_s = now - self._silent_since
        if self._waiting:
            if silent_s < _TURN_S and threads.sleep(_TURN_S - silent_s):
                self._silent_since = None
                return True
            return self._begin_next()
        while silent_s < _GRACE_S:
            # At first after a moment, and then after twice as long each time.
            if threads.sleep(max(silent_s, _TURN_S)):
                self._silent_since = None
                return True
            self._blocked = self._waits_for_us()
            if self._blocked or self._loop.has_ready():
                return self._loop.has_ready()
            silent_s = time.monotonic() - self._silent_since
        return False

    def _listen(self) -> bool:
        """Wait for what servers send unasked, until the loop that has the sockets has looked at them for a while."""
        there, _ = _sockets()
        looked = asyncio.run_coroutine_threadsafe(asyncio.sleep(_LISTEN_S), there)
        looked.add_done_callback(lambda _: self._loop.threads.wake())
        while not looked.done() and not self._loop.has_ready():
            self._loop.threads.sleep(_GRACE_S)
        return self._loop.has_ready()

    def _waits_for_us(self) -> bool:
        """Whether every call that is under way waits for a lock that only this world can release."""
        if self.count_blocked is None:
            return False
        for _ in range(2):  # a connection that was cut off a moment ago still holds its locks
            there, _thread = _sockets()
            looking = asyncio.run_coroutine_threadsafe(self.count_blocked(), there)
            try:
                if looking.result(_LOOK_S) != self._under_way:
                    return False
            except Exception:  # noqa: BLE001  # a server that cannot be asked has said nothing: time goes on as real time does
                looking.cancel()
                return False
            if self._loop.threads.sleep(_LOOKS_APART_S):
                return False
        return True

    def flow(self, when: float | None) -> float | None:
        """While a server is silent time passes as real time does: the virtual time after a sleep, at most `when`.

        None where nothing is asked, or nothing but the world can lead to an answer: time may jump.

        Raises:
            Deadlock: nothing has come for as long as the loop lets a thread hold the clock (`watchdog_s`).
        """
        if not self._under_way or self._blocked:
            return None
        began = time.monotonic()
        silent_s = began - (self._silent_since or began)
        now = self._loop.time()
        watchdog_s = self._loop.threads.watchdog_s
        left_s = watchdog_s - silent_s
        if left_s <= 0:
            reason = f"a server has not answered for {watchdog_s:g} s of real time"
            raise deadlock(self._loop, reason=reason)
        if self._loop.threads.sleep(left_s if when is None else min(left_s, when - now)):
            self._silent_since = None
        passed = now + time.monotonic() - began
        return passed if when is None else min(when, passed)

    # -- connections

    def allow(self, host: str, port: int | None) -> None:
        """Let the world reach this server: a host and its port, or the path of a UNIX socket and None."""
        self._places.add((host, port))

    def serves(self, host: object, port: object) -> bool:
        """Whether this is one of the servers; whatever else is asked for stays in memory."""
        return (host, port) in self._places

    async def connect(
        self, factory: Callable[[], P], begin: Callable[[asyncio.AbstractEventLoop, Any], Awaitable[Any]]
    ) -> tuple[asyncio.Transport, P]:
        """Connect `factory()` through `begin(loop, factory)`, which calls `loop.create_connection` or its like.

        Raises:
            OSError: as the operating system has it.
        """
        there, _ = _sockets()
        near = OutsideTransport(self._loop, there)
        hold = self._loop.hold()

        async def connected() -> None:
            await begin(there, near.far)

        try:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(connected(), there), loop=self._loop)
        finally:
            hold.release()
        self._open.add(near)
        near.on_lost = self._open.discard
        near.on_use = self._used
        protocol = factory()
        near.begin(protocol)
        return near, protocol

    def _used(self) -> None:
        """A server is told something, outside of calls too (a connection is cut off): who waited for a lock may have it now."""
        self._blocked, self._silent_since = False, None

    def close(self) -> None:
        """The world ends: its connections do, without another callback."""
        for transport in list(self._open):
            transport.discard()
        self._open.clear()


class OutsideOperations(Foundation):
    """The methods of an event loop that lead to real servers."""

    def reach(self, host: str, port: int | None) -> Outside:
        """Let this world reach a real server: a host and its port, or the path of a UNIX socket and None."""
        if self.outside is None:
            self.outside = Outside(cast("SimulationLoop", self))
        self.outside.allow(host, port)
        return self.outside

    async def create_unix_connection(
        self, protocol_factory: Callable[[], P], path: Any = None, **options: Any
    ) -> tuple[asyncio.Transport, P]:
        """Connect to a real server, if this world may reach it (`reach`).

        Raises:
            NotSimulated: it may not.
        """
        if self.outside is None or not self.outside.serves(path, None):
            raise NotSimulated("create_unix_connection")
        return await self.outside.connect(
            protocol_factory, lambda loop, far: loop.create_unix_connection(far, path, **options)
        )


@cache
def _sockets() -> tuple[asyncio.AbstractEventLoop, threading.Thread]:
    """The loop that has the sockets of this process's worlds, and its thread."""
    loop = asyncio.SelectorEventLoop()

    def run() -> None:
        with contextlib.closing(loop):
            loop.run_forever()

    thread = threading.Thread(target=run, name="nexus-sockets", daemon=True)
    thread.start()
    return loop, thread
