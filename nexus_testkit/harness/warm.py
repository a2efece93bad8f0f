"""Loading what the first world of a process would load."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from nexus_testkit.harness.assembly import PORTS
from nexus_testkit.harness.harness import Harness
from nexus_testkit.simulation import run


@cache
def warm_up() -> None:
    """Import every fake with its library, and compile a first statement; does nothing the second time.

    Hypothesis holds each example to a deadline (0.2 s by default). The first world of a process imports libraries for
    longer than that, and Hypothesis would call the test flaky. So the pytest plugin does this before a test of
    `@given` over `@simulate`, outside of the measured time.
    """
    for row in PORTS:
        for package in ("adapters.fake", "journal", "harness"):
            import_module(f"nexus_testkit.{package}.{row.name}")
    run(_touch)


async def _touch() -> None:
    async with Harness() as nexus:
        await nexus.db.execute("CREATE TABLE t (id SERIAL PRIMARY KEY, name TEXT DEFAULT '')")
        await nexus.db.fetch_one("INSERT INTO t (name) VALUES ($1) RETURNING id", "a")
        await nexus.cache.get("key")
        await nexus.mail.health_check()
