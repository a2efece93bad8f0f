"""One load for many who want the same thing at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable


class Flight:
    """One load that is under way.

    Attributes:
        outdated: what it loads was changed meanwhile, so that its result must not be kept.
    """

    __slots__ = ("outdated", "task")

    def __init__(self) -> None:
        self.outdated = False
        self.task: asyncio.Task[str] | None = None


class SingleFlight:
    """Lets callers that ask for one key at the same time share one load.

    The load runs in a task of its own: a caller that is cancelled leaves the others waiting for it undisturbed.
    """

    def __init__(self) -> None:
        self._flights: dict[str, Flight] = {}
        self._tasks: set[asyncio.Task[str]] = set()

    async def do(self, key: str, load: Callable[[Flight], Awaitable[str]]) -> str:
        """The result of the load that is under way for `key`, else of `load`; what it raises, everyone gets."""
        flight = self._flights.get(key)
        if flight is None or flight.task is None:
            flight = self._flights[key] = Flight()
            flight.task = asyncio.create_task(self._fly(key, flight, load), name=f"load {key}")
            self._tasks.add(flight.task)
            flight.task.add_done_callback(self._landed)
        return await asyncio.shield(flight.task)

    def forget(self, key: str) -> None:
        """What `key` stands for has changed: who asks from now on loads anew, and the load under way is outdated."""
        flight = self._flights.pop(key, None)
        if flight is not None:
            flight.outdated = True

    async def aclose(self) -> None:
        """Cancel the loads that are under way, and wait until they have ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _fly(self, key: str, flight: Flight, load: Callable[[Flight], Awaitable[str]]) -> str:
        try:
            return await load(flight)
        finally:
            if self._flights.get(key) is flight:
                del self._flights[key]

    def _landed(self, task: asyncio.Task[str]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            task.exception()  # looked at: everyone who waited may have been cancelled, and asyncio would complain
