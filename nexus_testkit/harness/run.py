"""A world without the fixture: `run(main)`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from nexus_testkit.harness.harness import Harness
from nexus_testkit.simulation import run as run_loop

T = TypeVar("T")


def run(main: Callable[[Harness], Awaitable[T]], **options: Any) -> T:
    """Run `main(nexus)` in a fresh world, in virtual time, and give what it returns.

    `options` are `Harness`'s. What the world left behind is an error here as in a test.
    """

    async def world() -> T:
        async with Harness(**options) as nexus:
            return await main(nexus)

    return run_loop(world)
