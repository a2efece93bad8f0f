"""What the loop does in the last steps before one of its limits: it writes down what runs, so that an error can show it.

Far from a limit nothing is written down: the loop compares one number for each round and one for each move of time.
"""

from __future__ import annotations

import asyncio
import functools
import itertools
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import StepLimitExceeded, TimeLimitExceeded
from nexus_testkit.simulation.report import blocked_tasks
from nexus_testkit.simulation.suspended import Places, place, places
from nexus_testkit.simulation.tasks import task_label

if TYPE_CHECKING:
    from nexus_testkit.simulation.loop import SimulationLoop

_LAST_STEPS = 300
_KEPT = 1_000
_LAST_TIMERS = 200


class Liveness:
    """The limits of one loop.

    Attributes:
        calm_steps: callbacks that run, without virtual time moving, before any is written down.
        calm_until: the virtual second up to which time moves with nothing written down.
    """

    # On the class, because most loops never come near a limit and every world makes one of these.
    calm_until = inf
    _limit_s = _allowed_s = inf
    _given_until = 0.0
    _steps_at = -1.0

    def __init__(self, *, max_steps: int) -> None:
        """A limit of steps, and none of time."""
        self.limit_steps(max_steps)

    # -- steps

    def limit_steps(self, max_steps: int) -> None:
        """Let so many callbacks run without virtual time moving."""
        self.max_steps = max_steps
        self.calm_steps = max(0, max_steps - _LAST_STEPS)

    def check_steps(self, steps: int, count: int, now: float) -> None:
        """Called for each round near the limit: `steps` with the `count` of this round.

        Raises:
            StepLimitExceeded: they are too many, and some have been written down.
        """
        if self._steps_at != now:
            self._steps: deque[_Step] = deque(maxlen=_KEPT)
            self._steps_at = now
        # Where a round has more steps than are written down before the limit, it is run once more.
        if steps > self.max_steps and self._steps:
            cycle, repeated = _repetition(list(self._steps))
            self._steps.clear()
            raise StepLimitExceeded(steps - count, cycle=cycle, repeated=repeated)

    def note_step(
        self, handle: asyncio.Handle, task: asyncio.Task[Any] | None, run: Callable[[asyncio.Handle], object]
    ) -> None:
        """Run one callback and write down what it was, and where its task stands then."""
        callback = handle._callback  # type: ignore[attr-defined]  # noqa: SLF001  # there is no public way
        run(handle)
        if task is None:
            self._steps.append(_Step(_callback_label(callback), _definition(callback)))
        else:
            self._steps.append(_Step(task_label(task), places(task), of_task=True))

    # -- time

    def limit_time(self, limit_s: float | None, *, now: float) -> None:
        """Let `limit_s` virtual seconds pass from `now` on; None means any."""
        self._limit_s = inf if limit_s is None else limit_s
        self._allowed_s = now + self._limit_s
        self._given_until = now
        self._timers: deque[tuple[float, object]] = deque(maxlen=_LAST_TIMERS)
        self.calm_until = now + self._limit_s / 2

    def give(self, until: float, *, now: float) -> None:
        """Time that a test lets pass up to `until` does not count."""
        self._move(max(0, until - max(now, self._given_until)))
        self._given_until = max(until, self._given_until)

    def take_back(self, until: float, *, now: float) -> None:
        """The test does not let time pass up to `until` after all."""
        if until == self._given_until and now < until:
            self._move(now - until)
            self._given_until = now

    def _move(self, seconds: float) -> None:
        self._allowed_s += seconds
        self.calm_until += seconds

    def check_time(self, loop: SimulationLoop, when: float, handles: Sequence[asyncio.TimerHandle]) -> None:
        """Called for each move of time, to `when` because of `handles`, near the limit.

        Raises:
            TimeLimitExceeded: it would pass the limit. Once: what is cleaned up after it may take time.
        """
        self._timers.extend((when, _awaited_by(handle)) for handle in handles)
        if when <= self._allowed_s:
            return
        limit_s, past = self._limit_s, list(self._timers)
        self.limit_time(None, now=loop.time())
        raise TimeLimitExceeded(limit_s, next_s=when, blocked=blocked_tasks(loop), timers=_periods(past))


# -- steps in words


@dataclass(frozen=True, slots=True)
class _Step:
    label: str
    places: Places
    of_task: bool = False

    def nameless(self) -> Hashable:
        """The same for tasks that differ in their name only."""
        return self.label.rpartition(" (")[2] if self.of_task else self.label, self.places

    def words(self, *, like: str | None = None) -> str:
        """The step; `like` is the label of the one that came in its place a turn before."""
        label = self.label if like in {None, self.label} else f"{self.label}, and others like it,"
        if self.places:
            return f"{label} at {place(self.places)}"
        return f"{label} ends" if self.of_task else label


def _repetition(steps: Sequence[_Step]) -> tuple[list[str], int]:
    """The steps that came over and over at the end, in order, and how often they did; all steps and 0 where none did."""
    # Tasks that are made anew in each turn have another name in each.
    for keys in ([*steps], [step.nameless() for step in steps]):
        period = _period(keys)
        if period:
            last = _turn(keys, period)
            turn, before = steps[last : last + period], steps[last - period : last]
            cycle = [step.words(like=earlier.label) for step, earlier in zip(turn, before, strict=True)]
            return cycle, _length(keys, period) // period
    return [step.words() for step in steps], 0


def _period(keys: Sequence[Hashable]) -> int:
    """After how many steps the end of `keys` repeats itself, at least once and for most of them; 0 where it does not."""
    for period in range(1, len(keys) // 2 + 1):
        if _length(keys, period) >= max(2 * period, len(keys) / 2):
            return period
    return 0


def _length(keys: Sequence[Hashable], period: int) -> int:
    """How many of the last keys are those that stand `period` before them, the first turn counted in."""
    length = period
    while length < len(keys) and keys[-length - 1] == keys[-length - 1 + period]:
        length += 1
    return length


def _turn(keys: Sequence[Hashable], period: int) -> int:
    """Where the last whole turn begins, such that it begins with what came first when the repetition began."""
    length = _length(keys, period)
    return len(keys) - length + (length // period - 1) * period


def _callback_label(callback: object) -> str:
    callback = _unwrapped(callback)
    return f"callback {getattr(callback, '__qualname__', type(callback).__qualname__)}()"


def _definition(callback: object) -> Places:
    code = getattr(_unwrapped(callback), "__code__", None)
    return () if code is None else ((code, code.co_firstlineno),)


def _unwrapped(callback: object) -> object:
    while isinstance(callback, functools.partial):
        callback = callback.func
    return callback


# -- timers in words


def _awaited_by(handle: asyncio.TimerHandle) -> object:
    """The task that a timer wakes up or interrupts, or its callback."""
    callback, arguments = handle._callback, handle._args  # type: ignore[attr-defined]  # noqa: SLF001  # there is no public way
    owner = getattr(callback, "__self__", None)
    for each in (*(arguments or ()), owner):
        if isinstance(each, asyncio.Future):
            for woken, *_ in getattr(each, "_callbacks", None) or ():
                if isinstance(task := getattr(woken, "__self__", None), asyncio.Task):
                    return task
    if isinstance(owner, asyncio.Timeout) and isinstance(task := getattr(owner, "_task", None), asyncio.Task):
        return task
    return callback


def _periods(past: Sequence[tuple[float, object]]) -> list[str]:
    """Each task or callback that timers woke, with the time from one to the next."""
    times: dict[object, list[float]] = {}
    for when, woken in past:
        times.setdefault(woken if isinstance(woken, asyncio.Task) else _callback_label(woken), []).append(when)
    return [f"{_timer_label(woken)}{_rhythm(moments)}" for woken, moments in times.items()]


def _timer_label(woken: object) -> str:
    return task_label(woken) if isinstance(woken, asyncio.Task) else str(woken)


def _rhythm(moments: Sequence[float]) -> str:
    if len(moments) == 1:
        return f" at {moments[0]:g} s"
    steps = {round(later - earlier, 9) for earlier, later in itertools.pairwise(moments)}
    period = f"every {min(steps):g} s" if len(steps) == 1 else f"every {min(steps):g} to {max(steps):g} s"
    return f" {period}, {len(moments)} times up to {moments[-1]:g} s"
