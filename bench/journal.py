"""What the journal costs a call that crosses a port: beside the bare call, in one run.

    python bench/journal.py [--smoke]

A row is the median over rounds of the best batch of a round, in microseconds over the best batch of bare calls; rows take
turns, so that a busy moment of the machine hits all of them. The goal is 2 µs a call. Rows cost more the more there are of them:
each is looked at, whether it can change. What is put into words is put into words when somebody reads it; what that takes has lines
of its own.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

from nexus_testkit import Harness, run
from nexus_testkit.ports.database import Row

SMOKE = "--smoke" in sys.argv
ROUNDS = 3 if SMOKE else 40
BATCHES = 5
CALLS = 500  # of a batch; more than most tests make
GOAL_US = 2.0
PLAIN = "cache.get -> a number"

QUERY = "SELECT id, username, email FROM users WHERE id = $1"
ROW = Row({"id": 0, "username": 1, "email": 2}, (1, "ann", "ann@example.org"))
ROWS = [ROW] * 10


async def number(*_: Any, **__: Any) -> int:
    return 1


async def row(*_: Any, **__: Any) -> Row:
    return ROW


async def rows(*_: Any, **__: Any) -> list[Row]:
    return ROWS


CASES: dict[str, tuple[str, Callable[..., Awaitable[Any]], tuple[Any, ...], dict[str, Any]]] = {
    PLAIN: ("cache.get", number, ("user:1",), {}),
    "cache.set, with an option": ("cache.set", number, ("user:1", "value"), {"ttl": 60}),
    "database.fetch_one -> a row": ("database.fetch_one", row, (QUERY, 1), {}),
    "database.fetch_all -> ten rows": ("database.fetch_all", rows, (QUERY, 1), {}),
}


class UserService:
    """Calls the port, as a service does: the journal looks for whoever called."""

    async def bare(self, function: Callable[..., Awaitable[Any]], arguments: Any, options: Any) -> float:
        began = time.perf_counter()
        for _ in range(CALLS):
            await function(*arguments, **options)
        return time.perf_counter() - began

    async def journaled(self, seam: Any, operation: str, function: Any, arguments: Any, options: Any) -> float:
        began = time.perf_counter()
        for _ in range(CALLS):
            await seam.call(operation, function, *arguments, **options)
        return time.perf_counter() - began


async def measure(nexus: Harness) -> dict[str, list[float]]:
    """Microseconds a call, over the bare one."""
    seam, journal, service = nexus.seam, nexus.journal, UserService()
    took: dict[str, list[float]] = {name: [] for name in (*CASES, "words of a call", "timeline of the batch, a call")}
    for _ in range(ROUNDS):
        for name, (operation, function, arguments, options) in CASES.items():
            bare = journaled = float("inf")
            for _ in range(BATCHES):
                journal.clear()
                bare = min(bare, await service.bare(function, arguments, options))
                journaled = min(journaled, await service.journaled(seam, operation, function, arguments, options))
            took[name].append(journaled - bare)
        began = time.perf_counter()
        for call in journal:
            call.describe()
        took["words of a call"].append(time.perf_counter() - began)
        began = time.perf_counter()
        journal.lines()
        took["timeline of the batch, a call"].append(time.perf_counter() - began)
        gc.collect()
    return took


def main() -> None:
    took = run(measure)
    print(f"{'µs a call':<40}{'median':>8}{'best':>8}")
    for name, seconds in took.items():
        each = [second / CALLS * 1e6 for second in seconds]
        print(f"{name:<40}{statistics.median(each):>8.2f}{min(each):>8.2f}")
    plain = statistics.median(took[PLAIN]) / CALLS * 1e6
    print(f"{PLAIN}: {plain:.2f} µs (goal: below {GOAL_US} µs)")


if __name__ == "__main__":
    main()
