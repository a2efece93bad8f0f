"""Mail and HTTP: the kit's fakes beside the libraries that they are made of, on one loop, in one run.

    python bench/mail_http.py [repetitions]

Each figure is the median, in microseconds, over fresh worlds that take turns.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from statistics import median
from time import perf_counter
from typing import Any

import aiosmtplib
import httpx
import respx
from aiosmtpd.smtp import SMTP

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.http import StubTransport
from nexus_testkit.adapters.fake.mail import SmtpSink
from nexus_testkit.ports.mail import TLS, SmtpSettings
from nexus_testkit.simulation import run

URL = "https://api.example/items?page=1"
PLAIN = SmtpSettings(tls=TLS.NONE)
Seconds = dict[str, float]


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "ann@example.org", "bob@example.org", "Hello"
    made["Message-ID"] = "<1@example.org>"
    made.set_content("Hi Bob\n")
    return made


MESSAGE = message()


async def timed(function: Callable[[], Awaitable[Any]]) -> float:
    start = perf_counter()
    await function()
    return perf_counter() - start


class Keeps:
    """The smallest handler of aiosmtpd that keeps what it gets."""

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(  # noqa: N802  # aiosmtpd finds hooks by this name
        self, _server: Any, _session: Any, envelope: Any
    ) -> str:
        self.mails.append(envelope.content)
        return "250 OK"


async def mail_raw() -> Seconds:
    loop, handler = asyncio.get_running_loop(), Keeps()
    client: list[aiosmtplib.SMTP] = []

    async def first() -> None:
        server = await loop.create_server(
            lambda: SMTP(handler, loop=loop, hostname="localhost", enable_SMTPUTF8=True), "127.0.0.1", 0
        )
        port = server.sockets[0].getsockname()[1]
        client.append(
            aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="localhost", timeout=30)
        )
        await client[0].connect()
        await again()

    async def again() -> None:
        await client[0].send_message(MESSAGE, sender="ann@example.org", recipients=["bob@example.org"])

    found = {"first mail of a world": await timed(first), "one more mail": await timed(again)}
    await client[0].quit()
    return found


async def mail_ours() -> Seconds:
    sink = SmtpSink(clock=VirtualClock(asyncio.get_running_loop()))

    async def send(settings: SmtpSettings = PLAIN) -> None:
        await sink.send(MESSAGE, sender="ann@example.org", recipients=["bob@example.org"], settings=settings)

    found = {"first mail of a world": await timed(send), "one more mail": await timed(send)}
    sink.require_tls()
    found["first mail, with a TLS handshake"] = await timed(lambda: send(SmtpSettings()))
    await sink.aclose()
    return found


class RespxTransport(httpx.AsyncBaseTransport):
    """respx without its patching of httpx: its router as a transport."""

    def __init__(self) -> None:
        self.router = respx.MockRouter(assert_all_called=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self.router.async_handler(request)


async def gets(transport: httpx.AsyncBaseTransport) -> Seconds:
    async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
        return {"first GET": await timed(lambda: client.get(URL)), "one more GET": await timed(lambda: client.get(URL))}


async def http_raw() -> Seconds:
    start = perf_counter()
    transport = RespxTransport()
    transport.router.get(URL).respond(json={"id": 7})
    return {"transport and one stub": perf_counter() - start, **await gets(transport)}


async def http_ours() -> Seconds:
    start = perf_counter()
    transport = StubTransport(clock=VirtualClock(asyncio.get_running_loop()))
    transport.add("GET", URL).respond(json={"id": 7})
    return {"transport and one stub": perf_counter() - start, **await gets(transport)}


def compare(title: str, raw: Callable[[], Any], ours: Callable[[], Any], repetitions: int) -> None:
    columns: list[dict[str, list[float]]] = [{}, {}]
    for _ in range(repetitions):
        for column, measure in zip(columns, (raw, ours), strict=True):
            for name, seconds in run(measure).items():
                column.setdefault(name, []).append(seconds * 1e6)
    print(f"{title:<36} {'raw µs':>9} {'kit µs':>9} {'ratio':>7}")
    for name, values in columns[1].items():
        beside = columns[0].get(name)
        kit = median(values)
        raw_text, ratio = (
            (f"{median(beside):9.0f}", f"{kit / median(beside):7.2f}") if beside else (f"{'':9}", f"{'':7}")
        )
        print(f"  {name:<34} {raw_text} {kit:9.0f} {ratio}")


def main() -> None:
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    compare("mail: raw is aiosmtplib to aiosmtpd", mail_raw, mail_ours, repetitions)
    compare("http: raw is httpx through respx", http_raw, http_ours, repetitions)


if __name__ == "__main__":
    main()
