"""The server that the HTTP contract asks: what it answers, and a loopback server that speaks just enough HTTP/1.1."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

BINARY = bytes(range(256)) * 16
LATIN = "Grüße"
SILENT, HANGS_UP, TRUNCATED = "/silent", "/hangs-up", "/truncated"
"""Paths that have no answer: nothing comes, the connection ends before the status line, or in the middle of the body."""

_REASONS = {
    200: "OK",
    204: "No Content",
    302: "Found",
    404: "Not Found",
    418: "I'm a Teapot",
    500: "Internal Server Error",
}

Headers = list[tuple[str, str]]


def answer(method: str, target: str, headers: Headers, body: bytes) -> tuple[int, Headers, bytes]:
    """Status, headers and body for a request; `target` is its path and query as they were sent."""
    path = urlsplit(target).path
    if path == "/echo":
        told = {"method": method, "target": target, "headers": headers, "body": base64.b64encode(body).decode()}
        return 200, [("Content-Type", "application/json")], json.dumps(told).encode()
    if path == "/mirror":
        return 200, [("Content-Type", "application/octet-stream")], body
    if path == "/binary":
        return 200, [("Content-Type", "application/octet-stream")], BINARY
    if path == "/latin":
        return 200, [("Content-Type", "text/plain; charset=latin-1")], LATIN.encode("latin-1")
    if path == "/gzip":
        return (
            200,
            [("Content-Encoding", "gzip"), ("Content-Type", "text/plain")],
            gzip.compress(b"packed" * 100, mtime=0),
        )
    if path == "/cookies":
        return 200, [("Set-Cookie", "a=1; Path=/"), ("Set-Cookie", "b=2; Path=/"), ("X-Mixed-Case", "Kept As Is")], b""
    if path == "/redirect":
        return 302, [("Location", "/echo?redirected=1")], b""
    status = re.fullmatch(r"/status/(\d{3})", path)
    if status is not None:
        code = int(status[1])
        return code, [], b"" if code == 204 else f"status {code}".encode()
    return 404, [("Content-Type", "text/plain")], f"nothing at {path}: {parse_qs(urlsplit(target).query)}".encode()


@asynccontextmanager
async def serve() -> AsyncIterator[str]:
    """Serve `answer` on a port of loopback during the block; the URL of its root."""
    connections: dict[asyncio.StreamWriter, None] = {}
    conversations: dict[asyncio.Task[None], None] = {}

    async def converse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        connections[writer] = conversations[task] = None
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await _one(reader, writer):
                    pass
        finally:
            del connections[writer], conversations[task]
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    try:
        yield f"http://{host}:{port}"
    finally:
        server.close()
        for writer in list(connections):
            writer.transport.abort()
        await asyncio.gather(*conversations, return_exceptions=True)


async def _one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
    """Answer one request; False at the end of the connection."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _version = first.split(" ")
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in lines)]
    body = await _body(reader, {name.lower(): value for name, value in headers})
    path = urlsplit(target).path
    if path == SILENT:
        await reader.read()
        return False
    if path == HANGS_UP:
        return False
    if path == TRUNCATED:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        await writer.drain()
        return False
    status, replied, content = answer(method, target, headers, body)
    if status != 204:
        replied = [*replied, ("Content-Length", str(len(content)))]
    text = "".join(f"{name}: {value}\r\n" for name, value in replied)
    writer.write(f"HTTP/1.1 {status} {_REASONS.get(status, 'Unnamed')}\r\n{text}\r\n".encode("latin-1"))
    if method != "HEAD":
        writer.write(content)
    await writer.drain()
    return True


async def _body(reader: asyncio.StreamReader, headers: dict[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", 0)))
    content = b""
    while size := int(await reader.readline(), 16):
        content += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return content
