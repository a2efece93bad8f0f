"""The option `time_limit=`: how much virtual time a world may take."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from nexus_testkit.errors import HarnessError, NeedsSimulation
from nexus_testkit.simulation import SimulationLoop


def limit_time(loop: asyncio.AbstractEventLoop, limit: float | timedelta) -> None:
    """Let a world on `loop` take no more than `limit`, in seconds or as a `timedelta`, from now on.

    Raises:
        NeedsSimulation: time is real on this loop.
        HarnessError: `limit` is no time above 0.
    """
    if not isinstance(loop, SimulationLoop):
        raise NeedsSimulation(f"time_limit={limit!r} is one of virtual time, and time is real here")
    seconds = limit.total_seconds() if isinstance(limit, timedelta) else limit
    if not isinstance(seconds, (int, float)) or not seconds > 0:
        raise HarnessError(f"time_limit={limit!r}", hint="virtual seconds above 0, or a timedelta")
    loop.limit_time(seconds)
