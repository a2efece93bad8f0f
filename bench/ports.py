"""What a port costs beside the raw library below it, in the same run: one operation, and the first one of a world.

    python bench/ports.py [--smoke]

Ours is what a service pays: the wrapper, the seam with its journal, the adapter. Raw is the library that does the
work, called as directly as its public API allows, on the same loop. The two take turns, batch by batch, so that a
busy moment of the machine hits both.
"""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from email.message import EmailMessage
from typing import Any, NamedTuple, Self

import aiosmtplib
import fakeredis
import httpx
import respx
from aiosmtpd.smtp import SMTP

from nexus_testkit import Harness
from nexus_testkit.ports.mail import SmtpSettings
from nexus_testkit.simulation import run

SMOKE = "--smoke" in sys.argv
BATCHES = 3 if SMOKE else 15
CALLS = 20 if SMOKE else 300
WORLDS = 5 if SMOKE else 100
URL = "https://example.org/items?page=1"

Call = Callable[[], Awaitable[Any]]


class Row(NamedTuple):
    name: str
    ours: Call
    raw: Call
    slow: bool = False


# One operation of a world that has been used before


async def database(nexus: Harness) -> AsyncIterator[Row]:
    schema = "CREATE TABLE kv (id {serial} PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL)"
    port = nexus.port("database")
    await port.execute(schema.format(serial="SERIAL"))
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.execute(schema.format(serial="INTEGER"))
    for number in range(100):
        await port.execute("INSERT INTO kv (name, n) VALUES ($1, $2)", f"name {number}", number)
        raw.execute("INSERT INTO kv (name, n) VALUES (?, ?)", (f"name {number}", number))

    async def raw_select() -> None:
        raw.execute("SELECT id, name, n FROM kv WHERE id = ?", (50,)).fetchone()

    async def raw_insert() -> None:
        raw.execute("INSERT INTO kv (name, n) VALUES (?, ?)", ("a", 1))

    def select() -> Awaitable[Any]:
        return port.fetch_one("SELECT id, name, n FROM kv WHERE id = $1", 50)

    def insert() -> Awaitable[Any]:
        return port.execute("INSERT INTO kv (name, n) VALUES ($1, $2)", "a", 1)

    yield Row("database: select one row (sqlite3)", select, raw_select)
    yield Row("database: insert one row (sqlite3)", insert, raw_insert)
    raw.close()


async def cache(nexus: Harness) -> AsyncIterator[Row]:
    port = nexus.port("cache")
    client = nexus.adapter("cache").client
    raw = fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer())
    yield Row("cache: set with a ttl (fakeredis)", lambda: port.set("k", "v", ttl=60), lambda: raw.set("k", "v", ex=60))
    yield Row("cache: get (fakeredis)", lambda: port.get("k"), lambda: raw.get("k"))
    yield Row("cache: increment (fakeredis)", lambda: port.increment("n"), lambda: raw.incr("n"))
    yield Row("cache: get by redis-py's client", lambda: client.get("k"), lambda: raw.get("k"))
    await raw.aclose()


async def http(nexus: Harness) -> AsyncIterator[Row]:
    nexus.http.get(URL).respond(json={"a": 1})
    raw_transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"a": 1}))
    async with (
        httpx.AsyncClient(transport=nexus.port("http"), trust_env=False) as ours,
        httpx.AsyncClient(transport=raw_transport, trust_env=False) as raw,
    ):
        yield Row("http: get (httpx.MockTransport)", lambda: ours.get(URL), lambda: raw.get(URL))


async def mail(nexus: Harness) -> AsyncIterator[Row]:
    port = nexus.port("mail")
    async with RawMail() as raw:
        yield Row("mail: send (aiosmtplib to aiosmtpd)", lambda: send(port), raw.send, slow=True)


async def files(nexus: Harness) -> AsyncIterator[Row]:
    port = nexus.port("files")
    held: dict[str, str] = {}

    async def raw() -> None:
        held["a.txt"] = "text"

    yield Row("files: write (a dict)", lambda: port.write_text("a.txt", "text"), raw)


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", "subject"
    made.set_content("text")
    return made


# Made once: making it is the work of the email package (bench/world.py says how much), with us as without us.
MESSAGE = message()


def send(port: Any, settings: SmtpSettings | None = None) -> Awaitable[Any]:
    return port.send(MESSAGE, sender="a@example.org", recipients=["b@example.org"], settings=settings)


class Keeping:
    """aiosmtpd's handler that takes everything."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        self.mails.append(envelope.content)
        return "250 OK"


class RawMail:
    """A server and a session with it, by the libraries alone."""

    async def __aenter__(self) -> Self:
        loop, handler = asyncio.get_running_loop(), Keeping()
        self.server = await loop.create_server(
            lambda: SMTP(handler, loop=loop, hostname="localhost", enable_SMTPUTF8=True), "localhost", 2525
        )
        self.client = aiosmtplib.SMTP(hostname="localhost", port=2525, start_tls=False, local_hostname="localhost")
        await self.client.connect()
        return self

    async def send(self) -> None:
        await self.client.send_message(MESSAGE, sender="a@example.org", recipients=["b@example.org"])

    async def __aexit__(self, *exception: object) -> None:
        await self.client.quit()
        self.server.close()


# The first operation: what it makes, does and closes


async def first_set() -> None:
    async with Harness() as nexus:
        await nexus.port("cache").set("k", "v")


async def raw_first_set() -> None:
    made = fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer())
    await made.set("k", "v")
    await made.aclose()


async def first_get() -> None:
    async with Harness() as nexus:
        nexus.http.get(URL).respond(json={"a": 1})
        async with httpx.AsyncClient(transport=nexus.port("http"), trust_env=False) as client:
            await client.get(URL)


class RespxTransport(httpx.AsyncBaseTransport):
    """respx without its patching of httpx: its router as a transport."""

    def __init__(self) -> None:
        self.router = respx.MockRouter(assert_all_called=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.router.async_handler(request)


async def raw_first_get() -> None:
    transport = RespxTransport()
    transport.router.get(URL).respond(json={"a": 1})
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        await client.get(URL)


async def first_mail() -> None:
    async with Harness() as nexus:
        await send(nexus.port("mail"))


async def raw_first_mail() -> None:
    async with RawMail() as raw:
        await raw.send()


async def first_mail_by_tls() -> None:
    async with Harness() as nexus:
        nexus.mail.require_tls()
        await send(nexus.port("mail"), SmtpSettings())


FIRST = [
    ("cache: set (fakeredis)", first_set, raw_first_set),
    ("http: a stub and a get (respx)", first_get, raw_first_get),
    ("mail: send (aiosmtplib to aiosmtpd)", first_mail, raw_first_mail),
    ("mail: with a TLS handshake (without)", first_mail_by_tls, raw_first_mail),
]


def first(world: Callable[[], Any]) -> float:
    began = time.perf_counter()
    run(world)
    return time.perf_counter() - began


async def batch(call: Call, calls: int) -> float:
    began = time.perf_counter()
    for _ in range(calls):
        await call()
    return (time.perf_counter() - began) / calls


def show(name: str, ours: list[float], raw: list[float]) -> None:
    kit, library = statistics.median(ours) * 1e6, statistics.median(raw) * 1e6
    print(f"  {name:<40} {kit:>9.1f} {library:>9.1f} {kit - library:>10.1f} {kit / library:>7.2f}")


async def compare(row: Row) -> None:
    calls = max(1, CALLS // 10) if row.slow else CALLS
    for call in (row.ours, row.raw):
        await batch(call, 10)
    gc.collect()
    ours, raw = [], []
    for _ in range(BATCHES):
        ours.append(await batch(row.ours, calls))
        raw.append(await batch(row.raw, calls))
    show(row.name, ours, raw)


def main() -> None:
    heads = f"{'ours µs':>9} {'raw µs':>9} {'over raw':>10} {'ratio':>7}"
    print(f"{'one operation (raw)':<42} {heads}")
    for port in (cache, http, mail, files, database):

        async def world(port: Callable[[Harness], AsyncIterator[Row]] = port) -> None:
            async with Harness() as nexus:
                async for row in port(nexus):
                    await compare(row)

        run(world)
    print(f"{'the first of a world, loop included (raw)':<42} {heads}")
    for name, ours, raw in FIRST:
        for _ in range(3):
            first(ours), first(raw)
        gc.collect()
        took = [(first(ours), first(raw)) for _ in range(WORLDS)]
        show(name, [kit for kit, _ in took], [library for _, library in took])


if __name__ == "__main__":
    main()
