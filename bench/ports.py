"""What one operation at a port costs, beside the raw library below it, in the same run.

    python bench/ports.py [--smoke]

Ours is what a service pays: the wrapper, the seam with its journal, the adapter. Raw is the library that does the
work, called as directly as its public API allows, on the same loop.
"""

from __future__ import annotations

import asyncio
import gc
import sqlite3
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import fakeredis
import httpx
from aiosmtpd.smtp import SMTP

from nexus_testkit import Harness
from nexus_testkit.simulation import run

SMOKE = "--smoke" in sys.argv
BATCHES = 3 if SMOKE else 15
CALLS = 20 if SMOKE else 300

Call = Callable[[], Awaitable[Any]]


async def microseconds(call: Call, calls: int = CALLS) -> float:
    """The median over batches of the time of one call."""
    for _ in range(10):
        await call()
    gc.collect()
    took = []
    for _ in range(BATCHES):
        began = time.perf_counter()
        for _ in range(calls):
            await call()
        took.append((time.perf_counter() - began) / calls)
    return statistics.median(took) * 1e6


async def database(nexus: Harness) -> list[tuple[str, float, float]]:
    schema = "CREATE TABLE kv (id {serial} PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL)"
    port = nexus.port("database")
    await port.execute(schema.format(serial="SERIAL"))
    raw = sqlite3.connect(":memory:", isolation_level=None)
    raw.execute(schema.format(serial="INTEGER"))
    for connection in (port,):
        for number in range(100):
            await connection.execute("INSERT INTO kv (name, n) VALUES ($1, $2)", f"name {number}", number)
    raw.executemany("INSERT INTO kv (name, n) VALUES (?, ?)", [(f"name {number}", number) for number in range(100)])

    async def raw_select() -> None:
        raw.execute("SELECT id, name, n FROM kv WHERE id = ?", (50,)).fetchone()

    async def raw_insert() -> None:
        raw.execute("INSERT INTO kv (name, n) VALUES (?, ?)", ("a", 1))

    return [
        (
            "database: select one row",
            await microseconds(lambda: port.fetch_one("SELECT id, name, n FROM kv WHERE id = $1", 50)),
            await microseconds(raw_select),
        ),
        (
            "database: insert one row",
            await microseconds(lambda: port.execute("INSERT INTO kv (name, n) VALUES ($1, $2)", "a", 1)),
            await microseconds(raw_insert),
        ),
    ]


async def cache(nexus: Harness) -> list[tuple[str, float, float]]:
    port = nexus.port("cache")
    raw = fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer())
    rows = [
        (
            "cache: set with a time to live",
            await microseconds(lambda: port.set("key", "value", ttl=60)),
            await microseconds(lambda: raw.set("key", "value", ex=60)),
        ),
        ("cache: get", await microseconds(lambda: port.get("key")), await microseconds(lambda: raw.get("key"))),
    ]
    await raw.aclose()
    return rows


async def http(nexus: Harness) -> list[tuple[str, float, float]]:
    nexus.http.get("https://example.org/").respond(json={"a": 1})
    raw_transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"a": 1}))
    async with (
        httpx.AsyncClient(transport=nexus.port("http"), trust_env=False) as ours,
        httpx.AsyncClient(transport=raw_transport, trust_env=False) as raw,
    ):
        return [
            (
                "http: get (raw: httpx.MockTransport)",
                await microseconds(lambda: ours.get("https://example.org/")),
                await microseconds(lambda: raw.get("https://example.org/")),
            )
        ]


class Accepting:
    """aiosmtpd's handler that takes everything."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        return "250 OK"


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"] = "a@example.org"
    made["To"] = "b@example.org"
    made["Subject"] = "subject"
    made.set_content("text")
    return made


async def mail(nexus: Harness) -> list[tuple[str, float, float]]:
    port = nexus.port("mail")
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Accepting()), "localhost", 2525)
    raw = aiosmtplib.SMTP(hostname="localhost", port=2525, start_tls=False)
    await raw.connect()
    calls = max(1, CALLS // 10)
    rows = [
        (
            "mail: send (raw: aiosmtplib to aiosmtpd)",
            await microseconds(
                lambda: port.send(message(), sender="a@example.org", recipients=["b@example.org"]), calls
            ),
            await microseconds(lambda: raw.send_message(message()), calls),
        )
    ]
    await raw.quit()
    server.close()
    return rows


async def files(nexus: Harness) -> list[tuple[str, float, float]]:
    port = nexus.port("files")
    held: dict[str, str] = {}

    async def raw() -> None:
        held["a.txt"] = "text"

    return [
        (
            "files: write (raw: a dict)",
            await microseconds(lambda: port.write_text("a.txt", "text")),
            await microseconds(raw),
        )
    ]


def main() -> None:
    print(f"{'operation':<42} {'ours µs':>9} {'raw µs':>9} {'over raw µs':>12} {'ratio':>7}")
    for port in (cache, http, mail, files, database):

        async def world(port: Any = port) -> list[tuple[str, float, float]]:
            async with Harness() as nexus:
                return await port(nexus)

        for name, ours, raw in run(world):
            print(f"{name:<42} {ours:>9.1f} {raw:>9.1f} {ours - raw:>12.1f} {ours / raw:>7.2f}")


if __name__ == "__main__":
    main()
