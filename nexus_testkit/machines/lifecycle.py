"""Random service graphs, played through a container: start, fail, cancel, unwind, stop.

`worlds()` draws a `World`: services in a random acyclic graph, what each does when it is started and stopped,
and who asks for what when. `play()` runs it and records what happened; `Played.check()` holds it against the
promises of the container. Steps are counted in turns of the event loop, so a run needs no clock.

```python
@given(world=worlds())
def test_lifecycle(world):
    asyncio.run(play(world)).check()
```
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from hypothesis import strategies as st

from nexus_testkit.container import Container, Scope, Service, inject
from nexus_testkit.errors import LifecycleError

# Drawn in pairs: Hypothesis pays for each choice, and a world has a hundred of them.
_PACES = [(0, 0), (1, 1), (2, 0), (4, 1), (1, 3), (0, 2)]
_TROUBLES = [(0, False)] * 7 + [(1, False), (99, False), (0, True), (0, True), (1, True)]

OnCancel = Literal["goes", "lingers", "swallows", "turns into an error"]
Outcome = Literal["started", "failed", "cancelled", "refused"]


@dataclass(frozen=True, slots=True)
class Plan:
    """One service.

    Attributes:
        injects: indexes of services that its constructor asks for.
        after: indexes of services that it is only ordered behind.
        scoped: whether it lives in a scope.
        start_turns, stop_turns: turns of the loop that `initialize()` and `cleanup()` take.
        failures: how many of its starts fail, counted from the first.
        stop_fails: whether `cleanup()` fails.
        on_cancel: what its `initialize()` does when it is cancelled.
    """

    injects: tuple[int, ...]
    after: tuple[int, ...]
    scoped: bool
    start_turns: int
    stop_turns: int
    failures: int
    stop_fails: bool
    on_cancel: OnCancel

    @property
    def below(self) -> tuple[int, ...]:
        """Everything that must be started first."""
        return self.injects + self.after


@dataclass(frozen=True, slots=True)
class Call:
    """One caller: asks for a service after `turn` turns, and is cancelled `patience` turns later (None: never)."""

    service: int
    turn: int
    patience: int | None


@dataclass(frozen=True, slots=True)
class World:
    """Services, callers, and the end.

    Attributes:
        services: each needs only services before it.
        calls: the callers, in the order of their tasks.
        stop_turn: when the end comes; None: when every caller has an answer.
        stop_patience: how many turns later the one who stops is cancelled, or None.
    """

    services: tuple[Plan, ...]
    calls: tuple[Call, ...]
    stop_turn: int | None
    stop_patience: int | None

    def closure(self, service: int) -> set[int]:
        """The service and everything below it."""
        found = {service}
        for below in self.services[service].below:
            found |= self.closure(below)
        return found


class StartFailure(Exception):
    """What a planned start raises."""


class StopFailure(Exception):
    """What a planned stop raises."""


@dataclass(slots=True)
class Played:
    """What happened.

    Attributes:
        world: what was played.
        events: `(what, service)` in order; what is `"starting"`, `"started"`, `"failing"`, `"stopping"`, `"stopped"`.
        answers: for each call, how it ended, and with which error.
        raised: errors that the services raised while starting.
        waiting: callers that have asked, have no answer yet, and were not cancelled.
        robbed: starts that were cancelled before the end, and callers that had waited from their beginning.
        stop_error: what the end raised.
        at_the_end: the started services when the end began, in order.
        ending: whether the end has begun.
        ended_at: how many events there were then.
        left: names of tasks that were left.
    """

    world: World
    events: list[tuple[str, int]] = field(default_factory=list)
    answers: list[tuple[Outcome, BaseException | None]] = field(default_factory=list)
    raised: dict[int, list[BaseException]] = field(default_factory=dict)
    waiting: dict[int, None] = field(default_factory=dict)
    robbed: list[tuple[int, int]] = field(default_factory=list)
    stop_raised: list[BaseException] = field(default_factory=list)
    stop_error: BaseException | None = None
    at_the_end: list[int] = field(default_factory=list)
    ending: bool = False
    ended_at: int = 0
    left: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Hold what happened against the promises.

        Raises:
            AssertionError: naming the promise, with the events.
        """
        self._check_order()
        self._check_answers()
        self._check_end()

    def waiting_for(self, service: int) -> list[int]:
        """The callers that wait for a service, or for something above it."""
        return [each for each in self.waiting if service in self.world.closure(self.world.calls[each].service)]

    def _promise(self, kept: bool, promise: str) -> None:
        if not kept:
            events = "\n".join(f"  {what} {service}" for what, service in self.events)
            raise AssertionError(f"broken: {promise}\n{events}\n  answers: {self.answers}\n  {self.world}")

    def _check_order(self) -> None:
        state: dict[int, str] = {}
        above: dict[int, set[int]] = {}
        for index, plan in enumerate(self.world.services):
            for below in plan.below:
                above.setdefault(below, set()).add(index)
        for what, service in self.events:
            before = state.get(service, "idle")
            if what == "starting":
                self._promise(before == "idle", f"{service} is started once at a time")
                ready = all(state.get(below) == "started" for below in self.world.services[service].below)
                self._promise(ready, f"what {service} needs is started before it")
            elif what == "stopping":
                self._promise(before in ("started", "failing"), f"{service} is stopped once for each start")
                idle = all(state.get(each, "idle") == "idle" for each in above.get(service, ()))
                self._promise(idle, f"what needs {service} is stopped before it")
            state[service] = "idle" if what == "stopped" else what
        self._promise(set(state.values()) <= {"idle"}, "everything that was started is stopped at the end")

    def _check_answers(self) -> None:
        for call, (outcome, error) in zip(self.world.calls, self.answers, strict=True):
            possible = [raised for below in self.world.closure(call.service) for raised in self.raised.get(below, ())]
            if outcome == "failed":
                self._promise(any(error is each for each in possible), "a caller gets the original error")
            if outcome == "cancelled":
                self._promise(call.patience is not None, "only who is cancelled is cancelled")
            if outcome == "refused":
                self._promise(self.world.stop_turn is not None, "nobody is refused before the end")
            sound = not any(isinstance(each, StartFailure) for each in possible)
            if sound and call.patience is None and self.world.stop_turn is None:
                self._promise(outcome == "started", "who waits for sound services gets them")
        for service, caller in self.robbed:
            failed = any(
                isinstance(each, StartFailure)
                for below in self.world.closure(self.world.calls[caller].service)
                for each in self.raised.get(below, ())
            )
            self._promise(failed, f"the start of {service} goes on while caller {caller} waits for it")

    def _check_end(self) -> None:
        self._promise(not self.left, f"no task is left ({self.left})")
        stops = [service for what, service in self.events[self.ended_at :] if what == "stopping"]
        if self.world.stop_turn is None:
            self._promise(stops == self.at_the_end[::-1], f"the stop is the exact reverse of {self.at_the_end}")
            failing = {each for each in self.at_the_end if self.world.services[each].stop_fails}
            if self.world.stop_patience is None:
                group = self.stop_error.exceptions if isinstance(self.stop_error, ExceptionGroup) else ()
                expected = self.stop_raised[-len(failing) :] if failing else []
                self._promise(list(group) == expected, "every failure of the stop comes out of it, and nothing else")
        if self.stop_error is not None:
            kind = ExceptionGroup if self.world.stop_patience is None else (ExceptionGroup, asyncio.CancelledError)
            self._promise(isinstance(self.stop_error, kind), f"the stop raises no {self.stop_error!r}")


async def play(world: World) -> Played:
    """Play a world in a container of its own, on the running loop."""
    played = Played(world)
    container = Container()
    classes = [_make(index, world, played) for index in range(len(world.services))]
    for index, cls in enumerate(classes):
        plan = world.services[index]
        scope = "scoped" if plan.scoped else "singleton"
        container.register(cls, dependencies=[classes[below] for below in plan.after], scope=scope)
        _parameters(cls, [classes[below] for below in plan.injects])
    before = asyncio.all_tasks()
    loop = asyncio.get_running_loop()
    # Failures of a stop whose caller was cancelled are reported here; the check looks at the events instead.
    loop.set_exception_handler(lambda _loop, _context: None)
    async with container.scope() as shared:
        callers = [
            asyncio.create_task(_call(shared, classes[call.service], number, played))
            for number, call in enumerate(world.calls)
        ]
        if world.stop_turn is None:
            await asyncio.wait(callers)
        else:
            await turns(world.stop_turn)
        order = {cls: index for index, cls in enumerate(classes)}
        begun = asyncio.Event()

        async def end() -> None:
            begun.set()
            played.at_the_end = [order[cls] for cls in container.started]
            played.ending, played.ended_at = True, len(played.events)
            await container.stop()

        stopper = asyncio.create_task(end())
        if world.stop_patience is not None:
            await begun.wait()  # a task that is cancelled before its first step would stop nothing
            await turns(world.stop_patience)
            stopper.cancel()
        await asyncio.wait([stopper])
        played.stop_error = asyncio.CancelledError() if stopper.cancelled() else stopper.exception()
        played.answers = [await caller for caller in callers]
    loop.set_exception_handler(None)
    played.left = sorted(task.get_name() for task in asyncio.all_tasks() - before)
    return played


async def turns(count: int) -> None:
    """Let the loop turn `count` times."""
    for _ in range(count):
        await asyncio.sleep(0)


@st.composite
def worlds(draw: st.DrawFn, *, most_services: int = 12, most_calls: int = 6) -> World:
    """Random worlds of 2 to `most_services` services and 1 to `most_calls` callers."""
    services: list[Plan] = []
    for index in range(draw(st.integers(2, most_services))):
        services.append(draw(_plans(services, index)))
    few_turns = st.integers(0, 12)
    calls = st.builds(
        Call,
        service=st.integers(0, len(services) - 1),
        turn=st.integers(0, 6),
        patience=st.none() | few_turns,
    )
    return World(
        tuple(services),
        tuple(draw(st.lists(calls, min_size=1, max_size=most_calls))),
        stop_turn=draw(st.none() | few_turns),
        stop_patience=draw(st.none() | few_turns),
    )


@st.composite
def _plans(draw: st.DrawFn, before: Sequence[Plan], index: int) -> Plan:
    below = draw(st.lists(st.integers(0, index - 1), max_size=3, unique=True)) if index else []
    injected = draw(st.integers(0, len(below)))
    start_turns, stop_turns = draw(st.sampled_from(_PACES))
    failures, stop_fails = draw(st.sampled_from(_TROUBLES))
    return Plan(
        injects=tuple(below[:injected]),
        after=tuple(below[injected:]),
        # What needs something scoped must be scoped too.
        scoped=any(before[each].scoped for each in below) or draw(st.sampled_from([False, False, False, True])),
        start_turns=start_turns,
        stop_turns=stop_turns,
        failures=failures,
        stop_fails=stop_fails,
        on_cancel=draw(st.sampled_from(["goes", "lingers", "swallows", "turns into an error"])),
    )


def _make(index: int, world: World, played: Played) -> type[Service]:
    plan = world.services[index]

    def note_cancelled(waiting: list[int]) -> None:
        if not played.ending:
            still = played.waiting_for(index)
            played.robbed += [(index, each) for each in waiting if each in still]

    class Planned(Service):
        starts = 0

        def __init__(self, **needs: Service) -> None:
            self.needs = needs

        async def initialize(self) -> None:
            self.starts += 1
            played.events.append(("starting", index))
            waiting = played.waiting_for(index)
            try:
                await _work(plan, lambda: note_cancelled(waiting))
                if self.starts <= plan.failures:
                    raise StartFailure(index)  # noqa: TRY301  # it is noted like a cancellation
            except BaseException as error:
                played.raised.setdefault(index, []).append(error)
                played.events.append(("failing", index))
                raise
            played.events.append(("started", index))

        async def cleanup(self) -> None:
            played.events.append(("stopping", index))
            await turns(plan.stop_turns)
            played.events.append(("stopped", index))
            if plan.stop_fails:
                error = StopFailure(index)
                played.stop_raised.append(error)
                raise error

    Planned.__name__ = Planned.__qualname__ = f"S{index}"
    return Planned


async def _work(plan: Plan, note_cancelled: Callable[[], None]) -> None:
    try:
        await turns(plan.start_turns)
    except asyncio.CancelledError:
        note_cancelled()
        if plan.on_cancel == "swallows":
            return
        if plan.on_cancel == "lingers":
            await turns(3)
        if plan.on_cancel == "turns into an error":
            raise StartFailure("cancelled") from None
        raise


def _parameters(cls: type[Service], needs: list[type[Service]]) -> None:
    """Give the constructor one `inject()` parameter for each class, as if they were written out."""
    init: Callable[..., Any] = cls.__init__
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    others = [
        inspect.Parameter(need.__name__.lower(), inspect.Parameter.KEYWORD_ONLY, default=inject(), annotation=need)
        for need in needs
    ]
    init.__signature__ = inspect.Signature([own, *others])  # type: ignore[attr-defined]  # inspect documents it


async def _call(scope: Scope, cls: type[Service], number: int, played: Played) -> tuple[Outcome, BaseException | None]:
    call = played.world.calls[number]
    await turns(call.turn)

    async def ask() -> None:
        played.waiting[number] = None
        try:
            await scope.service(cls)
        finally:
            played.waiting.pop(number, None)

    asking = asyncio.create_task(ask())
    if call.patience is not None:
        await turns(call.patience)
        played.waiting.pop(number, None)
        asking.cancel()
    await asyncio.wait([asking])
    if asking.cancelled():
        return "cancelled", None
    error = asking.exception()
    if error is None:
        return "started", None
    return ("refused" if isinstance(error, LifecycleError) else "failed"), error
