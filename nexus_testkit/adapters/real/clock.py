"""The system's clock."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

_MOST_ROUNDS = 1_000


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def settle(self) -> None:
        """Let the tasks run that can run now.

        Limits: it waits for no timer, socket or thread, and gives up after 1,000 rounds; only the simulation knows
        when a world is idle.
        """
        # BaseEventLoop's queue of callbacks; a loop without one (uvloop) gets all the rounds.
        ready = getattr(asyncio.get_running_loop(), "_ready", None)
        for _ in range(_MOST_ROUNDS):
            await asyncio.sleep(0)
            if ready is not None and not ready:
                return

    async def aclose(self) -> None:
        """Nothing to close."""

    def leaks(self) -> list[str]:
        """Always empty."""
        return []
