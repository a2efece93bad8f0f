"""`asyncio.as_completed` and `asyncio.wait` take up what they are given in the order in which it was given.

Both begin with `set(...)` of their argument. Tasks hash by number here, but `as_completed` may be given coroutines,
which hash by address, and makes their tasks in the order of that set: another one in each process. By the time the
loop is asked for a task that order is lost, so the name `set` in asyncio's module is made to mean something that
keeps it, while a simulation loop runs in this thread. For every other loop it is Python's own.

Limits: a set that the code itself makes of coroutines, and hands over, has been shuffled before.
"""

from __future__ import annotations

import builtins
from asyncio import tasks
from collections.abc import Iterable
from typing import Any

from nexus_testkit.simulation.current import current_loop


def keep_order() -> None:
    """Begin to do so, in this process; safe to repeat."""
    # A global name of the module hides the builtin one. Once and for good, not for each run: a module that gains and
    # loses a name costs all its functions their caches.
    vars(tasks)["set"] = _set


def _set(*items: Iterable[Any]) -> Any:
    if not items or current_loop() is None:
        return builtins.set(*items)
    return dict.fromkeys(*items)  # walked, counted and tested like the set
