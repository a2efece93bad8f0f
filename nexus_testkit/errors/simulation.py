"""Errors of the simulation loop and its in-memory network."""

from __future__ import annotations

from collections.abc import Sequence

from nexus_testkit.errors.base import NexusTestkitError
from nexus_testkit.errors.stack import Stack

_SHOWN = 12


class SimulationError(NexusTestkitError):
    """Base of the loop's own errors."""


class Deadlock(SimulationError):
    """Nothing can ever run again: no ready callback, no timer, no thread that owes one.

    Attributes:
        blocked: one line for each blocked task, with what it waits for, as far as that can be known, and where.
        circle: in words, the tasks that wait for one another; None where there is no such circle among those waits
            that can be known.
        places: the lines of the user's code where those of the circle wait, or all where there is none; sorted.
    """

    default_hint = "a future that nobody completes, a lock that is never released, or a queue that nobody fills"

    def __init__(
        self,
        blocked: Sequence[str] = (),
        *,
        reason: str = "nothing can make progress",
        circle: str | None = None,
        places: Sequence[str] = (),
        hint: str | None = None,
    ) -> None:
        super().__init__(reason, hint=hint)
        self.reason = reason
        self.blocked = tuple(blocked)
        self.circle = circle
        self.places = tuple(places)

    def _message(self) -> str:
        circle = [] if self.circle is None else [f"  in a circle: {self.circle}"]
        return "\n".join([self.reason, *(f"  blocked: {line}" for line in self.blocked), *circle])


class StepLimitExceeded(SimulationError):
    """The loop ran its limit of callbacks without virtual time moving.

    Attributes:
        steps: how many callbacks ran.
        cycle: what ran at last, one line for each callback: the part that came over and over where there is one.
        repeated: how often `cycle` came over in what was recorded, the last few hundred callbacks; 0 where nothing did.
    """

    default_hint = "a task that awaits sleep(0) or polls in a circle never lets time pass; wait on an event or sleep"

    def __init__(self, steps: int, *, cycle: Sequence[str] = (), repeated: int = 0) -> None:
        super().__init__(f"{steps} callbacks ran and virtual time did not move")
        self.steps = steps
        self.cycle = tuple(cycle)
        self.repeated = repeated

    def _message(self) -> str:
        if not self.cycle:
            return super()._message()
        title = f"this, over and over, {self.repeated} times at last:" if self.repeated else "what ran at last:"
        more = [f"    ... and {len(self.cycle) - _SHOWN} more"] if len(self.cycle) > _SHOWN else []
        return "\n".join([super()._message(), f"  {title}", *(f"    {line}" for line in self.cycle[:_SHOWN]), *more])


class TimeLimitExceeded(SimulationError):
    """Virtual time would pass the world's limit, and something still waits.

    Attributes:
        limit_s: the limit, in virtual seconds.
        next_s: at which virtual second of the world the next timer is due.
        blocked: one line for each unfinished task, as in `Deadlock`.
        timers: one line for each timer that keeps time moving, with its period where it has one.
    """

    default_hint = (
        "a wait that never ends is kept from being a deadlock by a timer that comes again and again; time that passes by "
        "nexus.clock.advance() or travel_to() does not count"
    )

    def __init__(
        self, limit_s: float, *, next_s: float, blocked: Sequence[str] = (), timers: Sequence[str] = ()
    ) -> None:
        super().__init__(f"virtual time would pass its limit of {limit_s:g} s")
        self.limit_s = limit_s
        self.next_s = next_s
        self.blocked = tuple(blocked)
        self.timers = tuple(timers)

    def _message(self) -> str:
        return "\n".join(
            [
                f"{super()._message()}: the next timer is due at {self.next_s:g} s",
                *(f"  waits: {line}" for line in self.blocked),
                *(f"  timer: {line}" for line in self.timers),
            ]
        )


class StrayConnection(SimulationError, ConnectionRefusedError):
    """A connection to a host and port that nobody in this world serves.

    Attributes:
        host, port: what was asked for.
        stack: who asked, or None.
    """

    default_hint = (
        "no connection leaves the process; stub HTTP with nexus.http, or allow the host with "
        "@pytest.mark.nexus(loop='system', allow_hosts=[...])"
    )

    def __init__(self, host: object, port: object, *, stack: Stack | None = None) -> None:
        super().__init__(f"no server at {host}:{port} in this world")
        self.errno = 111
        self.host = host
        self.port = port
        self.stack = stack

    def _message(self) -> str:
        message = super()._message()
        return message if self.stack is None else "\n".join([message, *(f"  at {line}" for line in self.stack.lines())])


class NotSimulated(SimulationError):
    """An operation of the event loop that would leave the process, or needs a file descriptor.

    Attributes:
        operation: the loop's method.
    """

    default_hint = (
        "@pytest.mark.nexus(loop='system') runs a test on Python's own loop, where this works and time is real"
    )

    def __init__(self, operation: str, *, hint: str | None = None) -> None:
        super().__init__(f"loop.{operation}() has no counterpart in the simulation", hint=hint)
        self.operation = operation


class SignalsNotSimulated(NotSimulated, NotImplementedError):
    """Signal handlers; also a NotImplementedError, which is what portable code expects of a loop without signals."""


class NonDeterministic(SimulationError):
    """A run failed, and another run under the same decisions passed or failed in another way.

    Attributes:
        run: the number of the run that failed.
        plan: its decisions in words.
    """

    default_hint = (
        "something outside of the world differs between two runs: state that outlives a world (a module's variables, a "
        "cache), real time or threads, the order of a set of objects; see what the failure says"
    )

    def __init__(self, run: int, plan: Sequence[str], again: BaseException | None) -> None:
        otherwise = "passed" if again is None else f"raised {type(again).__name__}: {again}"
        super().__init__(f"run {run} failed, and the same decisions taken again {otherwise} ({'; '.join(plan)})")
        self.run = run
        self.plan = tuple(plan)
