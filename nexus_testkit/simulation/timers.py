"""Timers in the order of their time and, at the same time, of their making.

asyncio's own heap orders by time alone and leaves ties undefined. On a real clock there are none; in virtual
time they are the rule, and a tie must mean first come, first served.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from contextvars import Context
from itertools import count
from math import inf, isnan
from operator import itemgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections import deque

# As in asyncio.base_events: cancelled timers stay in the heap until there are many of them.
_MANY = 100


class Timers:
    """A stable heap of timers."""

    __slots__ = ("_numbers", "cancelled", "heap")

    def __init__(self) -> None:
        """No timers."""
        self.heap: list[tuple[float, int, asyncio.TimerHandle]] = []
        self.cancelled = 0
        self._numbers = count()

    def add(
        self,
        loop: asyncio.AbstractEventLoop,
        when: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: Context | None,
    ) -> asyncio.TimerHandle:
        """A timer due at `when`; infinity means never."""
        if isnan(when):
            raise ValueError("a timer's time is not a number (NaN)")
        handle = asyncio.TimerHandle(when, callback, args, loop, context)
        if when != inf:
            heapq.heappush(self.heap, (when, next(self._numbers), handle))
            handle._scheduled = True  # type: ignore[attr-defined]  # noqa: SLF001  # TimerHandle.cancel reports only what is scheduled
        return handle

    def next_time(self) -> float | None:
        """When the next live timer is due, or None."""
        heap = self.heap
        if self.cancelled > _MANY and self.cancelled * 2 > len(heap):
            self.heap = heap = [entry for entry in heap if not entry[2].cancelled()]
            heapq.heapify(heap)
            self.cancelled = 0
        while heap and heap[0][2].cancelled():
            heapq.heappop(heap)
            self.cancelled -= 1
        return heap[0][0] if heap else None

    def at(self, when: float) -> list[asyncio.TimerHandle]:
        """The live timers that are due at exactly `when`, in order. Looks at every timer."""
        due = sorted((entry for entry in self.heap if entry[0] == when), key=itemgetter(1))
        return [handle for _, __, handle in due if not handle.cancelled()]

    def move_due(self, now: float, ready: deque[asyncio.Handle]) -> None:
        """Move what is due to the end of `ready`, in order."""
        heap = self.heap
        while heap and heap[0][0] <= now:
            handle = heapq.heappop(heap)[2]
            handle._scheduled = False  # type: ignore[attr-defined]  # noqa: SLF001  # see add
            if handle.cancelled():
                self.cancelled -= 1
            else:
                ready.append(handle)

    def clear(self) -> None:
        """Forget all timers."""
        self.heap.clear()
        self.cancelled = 0
