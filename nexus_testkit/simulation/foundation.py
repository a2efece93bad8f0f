"""Every private name of asyncio's base loop that the simulation leans on, in one place, with its type.

A loop without a selector cannot be made of public names alone: `_run_once` is where asyncio waits. One canary
test for each name (tests/unit/simulation/test_canaries.py) says so when a Python changes it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nexus_testkit.simulation.outside import Outside


class Foundation(asyncio.BaseEventLoop):
    """asyncio's base loop: tasks, callbacks, exception handling, asynchronous generators; no time, no I/O."""

    _ready: deque[asyncio.Handle]
    """Callbacks to run, in order."""

    _stopping: bool
    """`stop()` was called: leave after this round."""

    outside: Outside | None = None
    """The real servers that this world may reach; None: there are none."""

    _debug: bool
    _current_handle: asyncio.Handle | None
    """What runs now, in debug mode; the default exception handler shows it."""

    _task_factory: Any
    _default_executor: concurrent.futures.ThreadPoolExecutor | None
    _executor_shutdown_called: bool

    if TYPE_CHECKING:

        def _check_closed(self) -> None: ...

        def _check_thread(self) -> None: ...

        def _check_callback(self, callback: Callable[..., object], method: str) -> None: ...

        def _check_default_executor(self) -> None: ...

    def has_ready(self) -> bool:
        """Whether a callback waits to be run."""
        return bool(self._ready)
