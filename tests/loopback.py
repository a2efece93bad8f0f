"""A real server on loopback, in a thread of its own: for tests whose own loop is a simulation, or which end it in between."""

import asyncio
import threading
from contextlib import contextmanager

from tests.differential.http.origin import Answer, Origin, serving


class Loopback:
    """The server; `base` is the URL of its root, `asked` what it was asked for."""

    def __init__(self, origin: Origin, end: asyncio.Event, thread: threading.Thread) -> None:
        self._origin = origin
        self._loop = asyncio.get_running_loop()
        self._end = end
        self._thread = thread
        self.base = origin.base

    def answers(
        self, method: str, path: str, status: int = 200, body: bytes = b"", *headers: tuple[str, str], pieces=None
    ):
        """From now on it answers so."""
        self._origin.routes[method, path] = Answer(status, headers, body, pieces)

    @property
    def asked(self):
        """Method and target of each request."""
        return [f"{method} {target}" for method, target, _, _ in self._origin.asked]

    @property
    def requests(self):
        """Method, target, headers and body of each request."""
        return self._origin.asked

    def stop(self) -> None:
        """Nobody listens there any more. Safe to call twice."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()


@contextmanager
def loopback():
    """A server during the block."""
    ready = threading.Event()
    made = []

    async def serve():
        end = asyncio.Event()
        async with serving() as origin:
            made.append(Loopback(origin, end, thread))
            ready.set()
            await end.wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), name="loopback server", daemon=True)
    thread.start()
    ready.wait()
    server = made[0]
    try:
        yield server
    finally:
        server.stop()
