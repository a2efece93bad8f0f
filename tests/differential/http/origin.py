"""A loopback server that writes, byte by byte, the answers that a test gives it, and notes what it was asked."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import h11
import httpx


@dataclass(frozen=True)
class Answer:
    """What a route answers.

    Attributes:
        status, headers, body: of the response; the body is as it is on the wire, compressed where the headers say so.
        pieces: None: Content-Length and the body at once; else chunked, in pieces of this size.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    pieces: int | None = None

    def chunks(self):
        """The body in its pieces."""
        size = self.pieces or max(1, len(self.body))
        return [self.body[at : at + size] for at in range(0, len(self.body), size)]


@dataclass(frozen=True)
class Broken:
    """Bytes in place of an answer; then the connection is closed, or nothing comes any more."""

    wire: bytes
    closes: bool = True


@dataclass(
    repr=False
)  # an example of Hypothesis shows its arguments when it is over, and the routes are others by then
class Origin:
    """The routes by method and path, and the requests: method, target, headers in order, body."""

    routes: dict[tuple[str, str], Answer | Broken] = field(default_factory=dict)
    asked: list[tuple[str, str, list[tuple[str, str]], bytes]] = field(default_factory=list)
    base: str = ""

    def reset(self, routes):
        self.routes = dict(routes)
        self.asked.clear()

    async def serve(self, reader, writer):
        """One connection."""
        connection = h11.Connection(h11.SERVER)
        try:
            while await self._exchange(connection, reader, writer):
                connection.start_next_cycle()
        except (ConnectionError, h11.RemoteProtocolError):
            pass
        finally:
            writer.close()

    async def _exchange(self, connection, reader, writer):
        request = await self._next(connection, reader)
        if not isinstance(request, h11.Request):
            return False
        body = b""
        while isinstance(part := await self._next(connection, reader), h11.Data):
            body += bytes(part.data)
        target = request.target.decode("ascii")
        headers = [(name.decode("ascii"), value.decode("latin-1")) for name, value in request.headers]
        self.asked.append((request.method.decode("ascii"), target, headers, body))
        answer = self.routes.get((request.method.decode("ascii"), target.partition("?")[0]), Answer(404))
        if isinstance(answer, Broken):
            writer.write(answer.wire)
            await writer.drain()
            if not answer.closes:
                await reader.read()  # until the client gives up
            return False
        for event in _events(answer, asked_head=request.method == b"HEAD"):
            data = connection.send(event)
            if data:
                writer.write(data)
                await writer.drain()
        return connection.our_state is h11.DONE and connection.their_state is h11.DONE

    async def _next(self, connection, reader):
        while (event := connection.next_event()) is h11.NEED_DATA:
            connection.receive_data(await reader.read(65_536))
        return event


def _events(answer, *, asked_head):
    reason = httpx.codes.get_reason_phrase(answer.status)  # any server has its own words
    framing = [("transfer-encoding", "chunked") if answer.pieces else ("content-length", str(len(answer.body)))]
    if answer.status in {204, 304}:
        framing = []  # RFC 9110, 8.6: must not be there, and need not
    yield h11.Response(status_code=answer.status, headers=[*answer.headers, *framing], reason=reason)
    if not (asked_head or answer.status in {204, 304}):  # RFC 9112, 6.3: these have no body
        for chunk in answer.chunks():
            yield h11.Data(chunk)
    yield h11.EndOfMessage()


@asynccontextmanager
async def serving():
    """An origin on a free port."""
    origin = Origin()
    tasks = set()

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        await origin.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    origin.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield origin
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
