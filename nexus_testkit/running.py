"""A world without the fixture: `nexus_testkit.run(main)`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from nexus_testkit.harness import Harness
from nexus_testkit.harness.again import Again
from nexus_testkit.simulation import run as run_loop

T = TypeVar("T")


def run(main: Callable[[Harness], Awaitable[T]], **options: Any) -> T:
    """Run `main(nexus)` in a fresh world, in virtual time, and give what it returns.

    `options` are `Harness`'s. What the world left behind is an error here as in a test. A `main` with
    `nexus.faults.sweep()` runs once for each fault, in a fresh world each time; what its first run returned is given.
    """
    again = Again()

    async def world() -> T:
        harness = Harness(**options)
        harness.sweeper = again
        async with harness as nexus:
            return await main(nexus)

    try:
        result = run_loop(world)
    except BaseException:
        if not again.asked:
            raise
    else:
        if not again.asked:
            return result
    return _swept(main, options)


def _swept(main: Callable[[Harness], Awaitable[T]], options: dict[str, Any]) -> T:
    from nexus_testkit.exploration.running import sweep_body  # noqa: PLC0415  # few have a sweep
    from nexus_testkit.exploration.sweep_report import Ways  # noqa: PLC0415  # as below

    results: list[T] = []

    async def body(nexus: Harness) -> None:
        results.append(await main(nexus))

    sweep_body(body, test=main, options=options, ways=Ways('nexus_testkit.replay(main, "{token}")'))
    return results[0]
