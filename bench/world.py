"""What a world costs: lazy, with each port used once, with all of them. Beside Python's own loop, in the same run.

python bench/world.py [--smoke]
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable

from nexus_testkit import Harness
from nexus_testkit.simulation import run

SMOKE = "--smoke" in sys.argv
ROUNDS = 30 if SMOKE else 400


async def nothing(nexus: Harness) -> None:
    pass


async def database(nexus: Harness) -> None:
    await nexus.db.fetch_val("SELECT 1")


async def cache(nexus: Harness) -> None:
    await nexus.cache.set("key", "value")


async def mail(nexus: Harness) -> None:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = "a@example.org"
    message["To"] = "b@example.org"
    message["Subject"] = "s"
    message.set_content("text")
    await nexus.mail.send(message, sender="a@example.org", recipients=["b@example.org"])


async def http(nexus: Harness) -> None:
    import httpx

    nexus.http.get("https://example.org/").respond(json={})
    async with httpx.AsyncClient(transport=nexus.port("http"), trust_env=False) as client:
        await client.get("https://example.org/")


async def files(nexus: Harness) -> None:
    await nexus.files.write_text("a.txt", "text")


async def everything(nexus: Harness) -> None:
    for port in (database, cache, mail, http, files):
        await port(nexus)


def world_of(body: Callable[[Harness], Awaitable[None]]) -> Callable[[], None]:
    async def world() -> None:
        async with Harness() as nexus:
            await body(nexus)

    return lambda: run(world)


async def _nothing() -> None:
    pass


def own_loop() -> None:
    loop = asyncio.new_event_loop()
    loop.run_until_complete(_nothing())
    loop.close()


def simulation_loop() -> None:
    run(_nothing)


def microseconds(call: Callable[[], None]) -> float:
    for _ in range(5):
        call()
    gc.collect()
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        call()
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1e6


def import_ms() -> float:
    took = []
    for _ in range(2 if SMOKE else 7):
        command = "import time; t = time.perf_counter(); import nexus_testkit; print(time.perf_counter() - t)"
        took.append(
            float(subprocess.run([sys.executable, "-c", command], check=True, capture_output=True, text=True).stdout)
        )
    return statistics.median(took) * 1e3


def main() -> None:
    base = microseconds(own_loop)
    rows = [
        ("Python's own loop: new, one task, close", base),
        ("simulation loop: the same", microseconds(simulation_loop)),
        ("+ lazy world", microseconds(world_of(nothing))),
        ("+ database once", microseconds(world_of(database))),
        ("+ cache once", microseconds(world_of(cache))),
        ("+ mail once", microseconds(world_of(mail))),
        ("+ http once", microseconds(world_of(http))),
        ("+ files once", microseconds(world_of(files))),
        ("+ all five once", microseconds(world_of(everything))),
    ]
    print(f"{'world':<42} {'median µs':>10} {'over own loop µs':>17} {'ratio':>7}")
    for name, took in rows:
        print(f"{name:<42} {took:>10.1f} {took - base:>17.1f} {took / base:>7.2f}")
    print(f"\nimport nexus_testkit: {import_ms():.1f} ms")


if __name__ == "__main__":
    main()
