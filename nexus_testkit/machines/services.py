"""`LifecycleMachine`: starts services in any order, at once, cancelled and failing, and looks for what they leave behind."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from nexus_testkit.container import ServiceState
from nexus_testkit.errors import HarnessError
from nexus_testkit.machines.world import WorldMachine

_DISK_FULL = "53100"  # no service tries again on it
_CHOSEN = st.runner().flatmap(lambda machine: st.sampled_from(machine.services))


class LifecycleMachine(WorldMachine):
    """A property test of how services start and stop; `TestLifecycle = MyMachine.TestCase` runs it.

    Each run starts the services of `services` in a world of its own: one by one, several at once, with callers that are
    cancelled and with database calls that fail while they start. However a start ended, the next one succeeds and gives the
    same instance to everybody. At the end of the run everything stops, and what is left behind (tasks, sessions,
    connections) fails the run.

    Attributes:
        services: the classes.
        with_faults: whether database calls fail while services start.
    """

    services: ClassVar[tuple[type, ...]] = ()
    with_faults: ClassVar[bool] = True

    async def begin(self) -> None:
        """Refuse a machine without services."""
        if not self.services:
            raise HarnessError(f"{type(self).__name__} has no 'services'", hint="services = (NotesService,)")

    def _some_wait(self) -> bool:
        return any(not self._is_started(service) for service in self.services)

    def _is_started(self, service: type) -> bool:
        return service in self.nexus.started

    async def _ask(self, service: type) -> object:
        line = f"await nexus.service({service.__name__})"
        try:
            instance: object = await self.nexus.service(service)
        except Exception as error:
            self.steps.raised(line, error)
            raise
        self.steps.look(line)
        return instance

    async def _check(self, service: type) -> None:
        instance = await self._ask(service)
        if await self._ask(service) is not instance:
            raise AssertionError(f"broken: {service.__name__} is one object for everybody")
        state = self.nexus.container.state(instance)
        if state is not ServiceState.STARTED:
            raise AssertionError(f"broken: {service.__name__} is started once it was given out; it is {state.name}")

    @rule(service=_CHOSEN)
    def start(self, service: type) -> None:
        """Start a service."""
        self.run(self._check(service))

    @rule(services=st.lists(_CHOSEN, min_size=2, max_size=4))
    def start_at_once(self, services: list[type]) -> None:
        """Start several at once, one of them perhaps twice."""
        self.run(self._start_at_once(services))

    async def _start_at_once(self, services: list[type]) -> None:
        instances = await asyncio.gather(*(self._ask(service) for service in services))
        for service, instance in zip(services, instances, strict=True):
            if await self._ask(service) is not instance:
                raise AssertionError(f"broken: {service.__name__} is one object for everybody")

    @precondition(lambda self: self._some_wait())
    @rule(service=_CHOSEN, turns=st.integers(0, 8))
    def start_cancelled(self, service: type, turns: int) -> None:
        """Ask for a service, and lose patience; the next start succeeds."""
        self.run(self._start_cancelled(service, turns))

    async def _start_cancelled(self, service: type, turns: int) -> None:
        self.steps.add(f"# here a caller of {service.__name__} was cancelled after {turns} turns of the loop")
        task: asyncio.Task[object] = asyncio.create_task(self.nexus.service(service))
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        await self._check(service)

    @precondition(lambda self: self.with_faults and self._some_wait())
    @rule(service=_CHOSEN, failing=st.integers(1, 4))
    def start_fails(self, service: type, failing: int) -> None:
        """Let a database call fail while a service starts; the next start succeeds."""
        self.run(self._start_fails(service, failing))

    async def _start_fails(self, service: type, failing: int) -> None:
        self.steps.add(f"fault = nexus.faults.on('database').nth({failing}).raises({_DISK_FULL!r}).optional()")
        fault = self.nexus.faults.on("database").nth(failing).raises(_DISK_FULL).optional()
        try:
            await self._ask(service)
        except Exception:  # a service may start without what failed; where it does not, it says so in its own words
            if not fault.fired:
                raise
        finally:
            fault.stop()
            self.steps.add("fault.stop()")
        await self._check(service)

    @rule(seconds=st.sampled_from([0.1, 60, 86_400]))
    def wait(self, seconds: float) -> None:
        """Let time pass: what the services do by themselves goes on."""
        self.steps.add(f"await nexus.clock.advance(seconds={seconds})")
        self.run(self.nexus.clock.advance(seconds=seconds))
