"""`datetime.now()` and `time.time()` of other people's code, made to follow virtual time.

Two ways, because neither covers all:

- `virtual_time(loop)`: time-machine, where it is installed (the extra `nexus-testkit[time]`), changes the functions
  themselves for the whole process while the block lasts. It covers `datetime.now`, `time.time`, `time.gmtime`,
  `uuid.uuid1` and their like, and not `time.monotonic` or `time.perf_counter`. 4 µs to enter.
- `follow_virtual_time(modules)`: modules of a library that reads `time.time()` get a `time` of their own, which asks
  the simulation loop that runs, and is the real one where none does. It covers `time.monotonic` too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from contextlib import AbstractContextManager
from functools import cache
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nexus_testkit.simulation.current import current_loop, enter

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop

_NS = 1_000_000_000


def virtual_time(loop: SimulationLoop) -> AbstractContextManager[None]:
    """In this block `datetime.now()` and `time.time()` of all code in the process show `loop`'s virtual time.

    Without time-machine only modules given to `follow_virtual_time` do. fakeredis is among them once it is loaded.

    Limits: C code that reads the clock by itself (SQLite's `CURRENT_TIMESTAMP`, OpenSSL's check of certificates)
    and `time.monotonic`, `time.perf_counter`, `time.sleep` stay real. pytest's durations come from `perf_counter`
    and stay right; the start that a report gives for a test is virtual if it is taken within the block.
    """
    return _Visit(loop)


class _Visit:
    """The block of `virtual_time`; a class, because a generator takes twice the time to enter."""

    __slots__ = ("_before", "_journey", "_loop", "_moment_ns", "_traveller")

    def __init__(self, loop: SimulationLoop) -> None:
        self._loop = loop

    def __enter__(self) -> None:
        _FAKEREDIS.follow()
        self._before = enter(self._loop)
        self._journey: Any = None
        if _has_time_machine():
            import time_machine  # noqa: PLC0415  # an optional extra

            self._moment_ns = moment_ns = self._loop.wall_ns()
            # A number and not a datetime: that one would change the process's time zone as well.
            self._traveller = time_machine.travel(moment_ns // _NS, tick=False)
            self._journey = self._traveller.start()
            if fraction_ns := moment_ns % _NS:
                self._journey.shift(fraction_ns / _NS)
            self._loop.add_jump_listener(self._move)

    def __exit__(self, *exception: object) -> None:
        enter(self._before)
        if self._journey is not None:
            self._loop.remove_jump_listener(self._move)
            self._traveller.stop()

    def _move(self) -> None:
        now_ns = self._loop.wall_ns()
        seconds, rest_ns = divmod(now_ns - self._moment_ns, _NS)
        self._moment_ns = now_ns
        # Two exact shifts: a float of seconds loses nanoseconds after 104 days.
        if seconds:
            self._journey.shift(seconds)
        if rest_ns:
            self._journey.shift(rest_ns / _NS)


def follow_virtual_time(modules: Iterable[ModuleType]) -> None:
    """Give each module that has `import time` a `time` that follows the simulation loop which runs.

    It stays for good: where no simulation loop runs, it is the real time. Safe to repeat.
    """
    for module in modules:
        if vars(module).get("time") is time:
            vars(module)["time"] = _VIRTUAL


class _Library:
    """A library that is followed as it is loaded, piece by piece."""

    def __init__(self, package: str) -> None:
        self._package = package
        self._modules_seen = 0

    def follow(self) -> None:
        # A search through all modules takes 100 µs, and a world is entered in 4: look only when some were added.
        if self._package in sys.modules and self._modules_seen != len(sys.modules):
            self._modules_seen = len(sys.modules)
            inside = f"{self._package}."
            follow_virtual_time(
                module for name, module in list(sys.modules.items()) if name == self._package or name.startswith(inside)
            )


_FAKEREDIS = _Library("fakeredis")


@cache
def _has_time_machine() -> bool:
    return find_spec("time_machine") is not None


class _VirtualTime(ModuleType):
    """Stands for the module `time`: asks the simulation loop that runs, and the real module for all else."""

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)

    @staticmethod
    def time() -> float:
        loop = current_loop()
        return time.time() if loop is None else loop.wall()

    @staticmethod
    def time_ns() -> int:
        loop = current_loop()
        return time.time_ns() if loop is None else loop.wall_ns()

    @staticmethod
    def monotonic() -> float:
        loop = current_loop()
        return time.monotonic() if loop is None else loop.time()


_VIRTUAL = _VirtualTime("time", time.__doc__)
