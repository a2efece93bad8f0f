"""Threads that the loop did not start: a library's workers (aiosqlite's, anyio's), or the user's own.

Nobody says what such a thread owes, so the loop looks at what it does. One that waits for work owes nothing; one
that works may call back, and time stands still meanwhile, for a while.
"""

from __future__ import annotations

import _thread
import linecache
import queue
import sys
import threading
from enum import Enum
from types import FrameType

_LOCKS = frozenset({("threading.py", "wait"), ("threading.py", "acquire"), ("threading.py", "join")})


class Doing(Enum):
    """What a thread does at this moment."""

    WORKING = "it runs, or waits for something that this module cannot name"
    WAITING = "it waits for an event, a lock or a moment"
    IDLE = "it waits for work"


class Strangers:
    """The threads that began after the world did, other than the loop's own workers."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        """Those that live now are none of this world's."""
        self._known = set(threading.enumerate())

    def exclude(self, thread: threading.Thread) -> None:
        """Leave this one out: what it owes is counted, or it has been waited for in vain."""
        self._known.add(thread)

    def that_are(self, *doings: Doing) -> list[threading.Thread]:
        """Those that do one of `doings` now."""
        # This is looked at whenever time moves, and mostly there are no other threads at all. A number of threads
        # would tell no more than that: while one of another world ends, one of this world may begin.
        if not _thread._count():  # noqa: SLF001  # threading.active_count() takes a lock
            return []
        strangers = [thread for thread in threading.enumerate() if thread not in self._known]
        if not strangers:
            return []
        frames = sys._current_frames()  # noqa: SLF001  # documented, "for internal and specialized purposes only"
        return [thread for thread in strangers if _doing(thread, frames.get(thread.ident or 0)) in doings]


def _doing(thread: threading.Thread, frame: FrameType | None) -> Doing:
    if frame is None or _has_work(thread):  # without a frame it is about to begin, or about to end
        return Doing.WORKING
    if _place(frame) in _LOCKS:
        caller = frame.f_back
        return Doing.IDLE if caller is not None and _place(caller) == ("queue.py", "get") else Doing.WAITING
    return Doing.IDLE if _calls_get(frame) else Doing.WORKING


def _place(frame: FrameType) -> tuple[str, str]:
    return frame.f_code.co_filename.replace("\\", "/").rpartition("/")[2], frame.f_code.co_name


def _calls_get(frame: FrameType) -> bool:
    """Whether this frame may wait in `SimpleQueue.get`, which is C and has no frame: its line calls a `get` without a key."""
    line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
    return ".get()" in line or ".get(block=True)" in line


def _has_work(thread: threading.Thread) -> bool:
    """Whether a queue of this thread's own holds something: it has been given work, and has not woken up yet.

    The queue is looked for where aiosqlite (an argument of the thread's function) and anyio (an attribute) have it.
    Not among the locals of the thread's frames: reading those while they run crashes Python 3.12.
    """
    attributes = vars(thread)
    near = [*attributes.values(), *attributes.get("_args", ())]
    # Not Queue.qsize(), which takes the queue's lock: its owner may stand still until this thread goes on.
    return any(len(each.queue) for each in near if isinstance(each, queue.Queue)) or any(
        each.qsize() for each in near if isinstance(each, queue.SimpleQueue)
    )
