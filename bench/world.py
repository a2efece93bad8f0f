"""What a world costs: lazy, with each port used once, with all of them. Beside Python's own loop, in the same run.

    python bench/world.py [--smoke]

The worlds take turns, so that a busy moment of the machine hits all of them. Goals: a lazy world at most 25 µs above
Python's own loop, the import below 100 ms.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import subprocess
import sys
import sysconfig
import time
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from pathlib import Path

import httpx

import nexus_testkit
from nexus_testkit import Harness
from nexus_testkit.simulation import run

SMOKE = "--smoke" in sys.argv
ROUNDS = 5 if SMOKE else 60


async def nothing(nexus: Harness) -> None:
    pass


async def database(nexus: Harness) -> None:
    await nexus.db.fetch_val("SELECT 1")


async def cache(nexus: Harness) -> None:
    await nexus.cache.set("key", "value")


def message() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "a@example.org", "b@example.org", "s"
    made.set_content("text")
    return made


# Made once, since the email package makes it and no port does. What it costs has a line of its own.
MESSAGE = message()


async def mail(nexus: Harness) -> None:
    await nexus.mail.send(MESSAGE, sender="a@example.org", recipients=["b@example.org"])


async def http(nexus: Harness) -> None:
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


def make_message() -> None:
    message()


ROWS: dict[str, Callable[[], None]] = {
    "Python's own loop: new, one task, close": own_loop,
    "simulation loop: the same": simulation_loop,
    "+ lazy world": world_of(nothing),
    "+ database once": world_of(database),
    "+ cache once": world_of(cache),
    "+ mail once": world_of(mail),
    "+ http once": world_of(http),
    "+ files once": world_of(files),
    "+ all five once": world_of(everything),
    "beside: an EmailMessage made (email package)": make_message,
}


BATCH = 5  # of each in turn: the second of two like ones finds the processor's caches warm, as in a test run


def measure() -> dict[str, float]:
    """Microseconds, the median of each row."""
    took: dict[str, list[float]] = {name: [] for name in ROWS}
    for _ in range(ROUNDS):
        for name, call in ROWS.items():
            call()
            for _ in range(BATCH):
                began = time.perf_counter()
                call()
                took[name].append(time.perf_counter() - began)
        gc.collect()
    return {name: statistics.median(times) * 1e6 for name, times in took.items()}


IMPORTS = {
    "nothing but asyncio": "import asyncio",
    "nexus_testkit": "import nexus_testkit",
    "from nexus_testkit import Harness": "from nexus_testkit import Harness",
    "a first world with every port (all libraries)": "from nexus_testkit.harness.warm import warm_up; warm_up()",
}


def import_ms(statement: str) -> float:
    """Milliseconds of an import in a fresh Python, without `site`: what a .pth file loads there would come for nothing."""
    paths = [str(Path(nexus_testkit.__file__).parents[1]), sysconfig.get_path("purelib")]
    command = (
        f"import sys, time; sys.path += {paths!r}; t = time.perf_counter(); {statement}; print(time.perf_counter() - t)"
    )
    took = [
        float(subprocess.run([sys.executable, "-I", "-S", "-c", command], check=True, capture_output=True).stdout)
        for _ in range(2 if SMOKE else 7)
    ]
    return statistics.median(took) * 1e3


def main() -> None:
    took = measure()
    base = took["Python's own loop: new, one task, close"]
    print(f"{'world':<46} {'median µs':>10} {'over own loop µs':>17} {'ratio':>7}")
    for name, microseconds in took.items():
        print(f"{name:<46} {microseconds:>10.1f} {microseconds - base:>17.1f} {microseconds / base:>7.2f}")
    print(f"\n{'import':<46} {'median ms':>10}")
    for name, statement in IMPORTS.items():
        print(f"{name:<46} {import_ms(statement):>10.1f}")


if __name__ == "__main__":
    main()
