"""What a world left behind when it ended."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

from nexus_testkit.simulation import SimulationLoop, describe

if TYPE_CHECKING:
    from nexus_testkit.harness.harness import Harness


class Before:
    """What was there before the world began, and is none of its leaks.

    Attributes:
        tasks: the unfinished tasks of the loop.
        threads: the living threads.
    """

    __slots__ = ("tasks", "threads")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look at the loop and at the process."""
        self.tasks = set(_unfinished(loop))
        self.threads = threading.active_count()


async def of_faults(harness: Harness) -> list[str]:
    """The faults that never fired. From here on there are none; what hangs is ended. Ask when the services have stopped."""
    faults = harness.__dict__.get("faults")  # not through the property, which would make them
    if faults is None:
        return []
    if faults.end():
        await harness.settle()  # so that what was told to end is no leak
    unfired: list[str] = faults.unfired()
    return unfired


def of_adapters(harness: Harness) -> list[str]:
    """What is open at the fakes: sessions, locks, subscriptions, strays, required routes. Ask before they close."""
    found = [leak for adapter in harness.adapters.values() for leak in adapter.leaks()]
    if "mail" in harness.adapters and harness.mail.strict:
        found += harness.mail.unasserted()
    return found


async def of_the_loop(harness: Harness) -> list[str]:
    """Tasks, threads and connections that are left. Ask when the fakes have closed: theirs are gone by then."""
    loop = harness.loop
    tasks = left_tasks(harness)
    if tasks or (isinstance(loop, SimulationLoop) and loop.has_open_network()):
        await harness.settle()  # what has been told to end may need a step to do so
        tasks = left_tasks(harness)
    found = [_task(task) for task in tasks]
    if isinstance(loop, SimulationLoop):
        found += [f"a connection to nowhere: {stray}" for stray in loop.strays]
        found += loop.leaks()
    if threading.active_count() > harness.before.threads:
        found += _threads()
    return found


async def cancel_tasks(harness: Harness) -> None:
    """End the tasks that the world left running."""
    left = left_tasks(harness)
    for task in left:
        task.cancel()
    if left:
        await asyncio.gather(*left, return_exceptions=True)


def left_tasks(harness: Harness) -> list[asyncio.Task[Any]]:
    """The unfinished tasks of the world, by creation, the running one excepted."""
    tasks = _unfinished(harness.loop)
    if len(tasks) == 1:  # the running one: the ordinary end
        return []
    current = asyncio.current_task()
    return [task for task in tasks if task is not current and task not in harness.before.tasks]


def _unfinished(loop: asyncio.AbstractEventLoop) -> list[asyncio.Task[Any]]:
    if isinstance(loop, SimulationLoop):
        return loop.unfinished_tasks()
    return sorted(asyncio.all_tasks(loop), key=asyncio.Task.get_name)


def _task(task: asyncio.Task[Any]) -> str:
    lines = [f"a task that still runs: {describe(task)}"]
    made_at = getattr(task, "created_at", None)
    if made_at is not None:
        lines += [f"created at {line}" for line in made_at.lines(most=3)]
    return "\n".join(lines)


def _threads() -> list[str]:
    # The pools of a held or a system loop are the loop's, and end with it.
    ours = ("nexus-testkit", "asyncio_", "AnyIO worker thread")
    alive = [thread for thread in threading.enumerate() if thread is not threading.main_thread()]
    return [
        f"a thread that still runs: {thread.name}"
        for thread in alive
        if not thread.daemon and not thread.name.startswith(ours)
    ]
