"""Which simulation loop time belongs to, in this thread, right now."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop


class _Current(threading.local):
    # Besides asyncio's own notion of the running loop: a function that runs inline in place of a worker
    # thread has no running loop, as in a thread, and yet its time is that of its world.
    loop: SimulationLoop | None = None


_current = _Current()


def current_loop() -> SimulationLoop | None:
    """The simulation loop that runs in this thread, or that a function here runs for; None where there is none."""
    running = asyncio._get_running_loop()  # noqa: SLF001  # documented for event loop authors; the public one raises
    if running is not None and running is not _current.loop:
        # Another loop runs inside: an asyncio.run() in a function that was handed to a thread has real time.
        return None
    return _current.loop


def enter(loop: SimulationLoop | None) -> SimulationLoop | None:
    """Make `loop` the current one of this thread; returns the one before it, to be handed back to `enter`."""
    before = _current.loop
    _current.loop = loop
    return before


@contextmanager
def entered(loop: SimulationLoop) -> Iterator[None]:
    """Make `loop` the current one of this thread for a block."""
    before = enter(loop)
    try:
        yield
    finally:
        enter(before)
