"""What a specimen is: a service with one defect, the same service without it, and what a user asserts of both."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nexus_testkit import Harness

Body = Callable[[Harness], Awaitable[None]]
FaultsOption = bool | Sequence[Any] | Mapping[Any, Any]


@dataclass(frozen=True)
class Specimen:
    """One defect of concurrency, or one that a fault brings to light, and what is asked of a search for it.

    Attributes:
        name: of the body, in snake case.
        what: the defect, in one line.
        bug: a test of the service with the defect; stock order without faults passes it.
        twin: the same test of the service without it; every order, latency and fault asked for passes it.
        runs: within so many a search has to find the defect, from each base seed.
        faults: what the search may let fail, as `search(faults=...)` takes it.
        decisions: the most that a shrunk plan may have.
    """

    name: str
    what: str
    bug: Body
    twin: Body
    runs: int
    faults: FaultsOption = False
    decisions: int = 1


def specimen(
    what: str,
    *,
    bug: type,
    twin: type,
    runs: int,
    faults: FaultsOption = False,
    decisions: int = 1,
) -> Callable[[Callable[[Harness, Any], Awaitable[None]]], Specimen]:
    """Make a specimen of a body `async def name(nexus, service_class)`, with the two classes to run it with."""

    def of(body: Callable[[Harness, Any], Awaitable[None]]) -> Specimen:
        def with_class(service: type) -> Body:
            async def run(nexus: Harness) -> None:
                await body(nexus, service)

            run.__name__ = run.__qualname__ = f"{body.__name__}[{service.__name__}]"
            run.__module__ = body.__module__
            run.__wrapped__ = body  # type: ignore[attr-defined]  # whose source it is, for replay tokens
            return run

        return Specimen(body.__name__, what, with_class(bug), with_class(twin), runs, faults, decisions)

    return of


async def arriving(*requests: Awaitable[Any], every_s: float = 0.01, settled: bool = False) -> list[Any]:
    """Run requests that arrive one after the other, `every_s` seconds apart, and wait for no other; their results.

    With `settled`, an exception is a result, as with `asyncio.gather(..., return_exceptions=True)`.
    """

    async def arrive(number: int, request: Awaitable[Any]) -> Any:
        await asyncio.sleep(number * every_s)
        return await request

    return await asyncio.gather(
        *(arrive(number, request) for number, request in enumerate(requests)), return_exceptions=settled
    )
