"""What a search costs: loop steps beside asyncio's, runs a second, and the time to find and shrink the bugs of the zoo.

    python bench/simulation.py [--smoke]

Goals (two cores, quiet): 1,000 runs a second with four ports and faults, a bug of depth 2 found and shrunk below 100 ms
at p95.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Awaitable
from email.message import EmailMessage
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parents[1]))

from nexus_testkit.exploration import search
from nexus_testkit.harness import Harness
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.http import HttpTransport
from nexus_testkit.ports.mail import MailTransport
from nexus_testkit.simulation import SimulationLoop
from tests.simulation.zoo import ZOO

SMOKE = "--smoke" in sys.argv
TURNS = 2_000 if SMOKE else 200_000
RUNS = 10 if SMOKE else 400
SEEDS = 1 if SMOKE else 20


async def spin(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)


async def ten_tasks() -> None:
    await asyncio.gather(*(spin(TURNS // 10) for _ in range(10)))


class FirstLane:
    """Decides as stock does: what it costs to be asked."""

    def pick(self, n: int, kind: str, /) -> int:
        return 0


def steps_a_second(loop: asyncio.AbstractEventLoop) -> float:
    began = time.perf_counter()
    try:
        loop.run_until_complete(ten_tasks())
    finally:
        loop.close()
    return TURNS / (time.perf_counter() - began)


def decided_loop() -> SimulationLoop:
    loop = SimulationLoop()
    loop.decider = FirstLane()
    return loop


async def nothing(nexus: Harness) -> None:
    pass


async def database_only(nexus: Harness) -> None:
    db = nexus.get(DatabaseAdapter)
    await db.execute("CREATE TABLE t (id int PRIMARY KEY, n int)")

    async def add(number: int) -> None:
        await db.execute("INSERT INTO t VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1", number)

    await asyncio.gather(add(1), add(1), add(2))


MESSAGE = EmailMessage()
MESSAGE["From"], MESSAGE["To"], MESSAGE["Subject"] = "a@example.org", "b@example.org", "s"
MESSAGE.set_content("text")


async def get(transport: HttpTransport) -> None:
    async with httpx.AsyncClient(transport=transport) as client:
        await client.get("https://example.org/")


async def three_ports(nexus: Harness, *more: Awaitable[object]) -> None:
    db, cache = nexus.get(DatabaseAdapter), nexus.get(CacheManager)
    nexus.http.get("https://example.org/").respond(json={})
    calls = db.fetch_val("SELECT 1"), cache.set("a", "1"), get(nexus.get(HttpTransport))
    await asyncio.gather(*calls, *more, return_exceptions=True)  # faults are on


async def four_ports(nexus: Harness) -> None:
    mail = nexus.get(MailTransport)
    await three_ports(nexus, mail.send(MESSAGE, sender="a@example.org", recipients=["b@example.org"]))


def runs_a_second(body, **options) -> float:
    search(body, runs=5, **options)  # loads the libraries
    began = time.perf_counter()
    found = search(body, runs=RUNS, **options)
    took = time.perf_counter() - began
    assert found.failure is None, found.failure
    return RUNS / took


def main() -> None:
    stock = steps_a_second(asyncio.new_event_loop())
    print(f"{'loop':<44} {'steps/s':>10} {'ratio':>7}")
    for name, loop in (
        ("asyncio", None),
        ("simulation", SimulationLoop()),
        ("simulation, order decided", decided_loop()),
    ):
        speed = stock if loop is None else steps_a_second(loop)
        print(f"{name:<44} {speed:>10.0f} {speed / stock:>7.2f}")

    print(f"\n{'explored runs':<44} {'runs/s':>10}")
    for name, body, faults in (
        ("nothing", nothing, False),
        ("database only", database_only, False),
        ("three ports with faults, no mail", three_ports, True),
        ("four ports with faults", four_ports, True),
    ):
        print(f"{name:<44} {runs_a_second(body, faults=faults):>10.0f}")

    print(f"\n{'find and shrink':<44} {'median ms':>10} {'p95 ms':>8} {'runs':>6} {'decisions':>10}")
    everything: list[float] = []
    for specimen in ZOO[:3] if SMOKE else ZOO:
        times, runs, decisions = [], [], []
        for seed in range(SEEDS):
            began = time.perf_counter()
            found = search(specimen.bug, runs=specimen.runs, seed=seed, faults=specimen.faults)
            times.append((time.perf_counter() - began) * 1e3)
            assert found.failure is not None, f"{specimen.name}, seed {seed}: not found"
            runs.append(found.failure.run)
            decisions.append(len(found.failure.plan))
        everything += times
        print(
            f"{specimen.name:<44} {statistics.median(times):>10.1f} {percentile(times, 95):>8.1f} "
            f"{statistics.median(runs):>6.0f} {statistics.median(decisions):>10.0f}"
        )
    print(f"{'all':<44} {statistics.median(everything):>10.1f} {percentile(everything, 95):>8.1f}")


def percentile(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


if __name__ == "__main__":
    main()
