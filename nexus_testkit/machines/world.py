"""`WorldMachine`: a Hypothesis state machine each of whose runs has a fresh world, with asynchronous rules."""

from __future__ import annotations

import contextvars
import functools
import inspect
import sys
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, ClassVar, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from nexus_testkit.container import Container, activate
from nexus_testkit.harness import Harness
from nexus_testkit.harness.assembly import provider
from nexus_testkit.machines.names import check_names
from nexus_testkit.machines.steps import Steps
from nexus_testkit.report.ran import Ran, keep
from nexus_testkit.simulation import SimulationLoop, tear_down
from nexus_testkit.simulation.runner import uncollected

T = TypeVar("T")


class WorldMachine(RuleBasedStateMachine):
    """A machine on the simulation loop: `async def` rules and invariants, and `self.nexus`, a fresh world for each run.

    When a run fails, its error has a note with the steps as code and with what crossed the ports. What the world left
    behind (`LeakError`) fails a run as well. Whoever overrides `__init__` or `teardown` calls the base class's.

    Attributes:
        world: options of the `Harness` of each run.
        nexus: the world.
        steps: what was done so far, as code; `self.steps.add("await service.start()")` writes a line of your own.
    """

    world: ClassVar[Mapping[str, Any]] = {}

    def __init_subclass__(cls, **options: Any) -> None:
        """Let Hypothesis see a plain function for each `async def` rule, initial rule and invariant."""
        super().__init_subclass__(**options)
        for name, function in list(vars(cls).items()):
            # What the decorators leave on the function: a record of it, which is what Hypothesis calls.
            records = [each for each in getattr(function, "__dict__", {}).values() if _is_asynchronous(each)]
            for record in records:
                plain = _in_world(record.function)
                object.__setattr__(record, "function", plain)  # older versions have frozen records
                setattr(cls, name, functools.wraps(function)(plain))

    def __init__(self) -> None:
        """Open the world, and let `begin` prepare it."""
        super().__init__()
        self.steps = Steps()
        self._quiet = uncollected()
        self._quiet.__enter__()
        self._loop = SimulationLoop()
        self._context = contextvars.copy_context()
        self._ended = False
        self._container: Container | None = None  # of the services that `restart` has started
        try:
            check_names(type(self))
            self.nexus = Harness(loop=self._loop, **self.world)
            self._context.run(self.nexus.open)
            self.run(self._begin())
        except BaseException as error:
            self._end(error)
            raise

    async def _begin(self) -> None:
        await self.nexus.start()
        await self.begin()

    async def begin(self) -> None:
        """Prepare the world of a run; there is nothing to do unless a subclass says so."""

    async def restart(self, service: type[T]) -> T:
        """Stop every service of the world, and start another instance of this one on the same ports."""
        await self.stop()
        container = self._container = Container(resolver=lambda key: provider(self.nexus, key))
        if config := self.world.get("config"):
            container.configure(config)
        for key, replacement in self.world.get("overrides", {}).items():
            container.set_override(key, replacement)
        activate(container).__enter__()  # in the context of the run, and until its end
        instance = await container.service(service)
        self.steps.add("# here the services stopped, and another instance started on the same ports")
        return instance

    async def stop(self) -> None:
        """Stop every service of the world; its ports stay."""
        await (self._container or self.nexus.container).stop()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the world, from a plain `def` rule."""
        return self._loop.run_until_complete(self._loop.create_task(coroutine, name="test", context=self._context))

    def teardown(self) -> None:
        """End the world.

        Raises:
            LeakError: the run left something behind.
            Exception: what failed while services were stopped.
        """
        # Hypothesis calls this in a `finally`: an error that is on its way is the news, and the end is told beside it.
        self._end(sys.exc_info()[1])

    def _end(self, error: BaseException | None) -> None:
        if self._ended:
            return
        self._ended = True
        try:
            self._close(error)
        finally:
            try:
                tear_down(self._loop)
            finally:
                self._loop.close()
                self._quiet.__exit__(None, None, None)

    def _close(self, error: BaseException | None) -> None:
        nexus = getattr(self, "nexus", None)
        if nexus is None:  # its options were refused
            return
        also: Exception | None = None
        failed_after = None if error is None else len(nexus.journal)
        try:
            self.run(self._finish(nexus))
        except Exception as raised:  # noqa: BLE001  # raised below, or told beside the error that came first
            also = raised
        failed = error if error is not None else also
        # Hypothesis' own signals, which end a run early, are no failures.
        if failed is None or type(failed).__module__.partition(".")[0] == "hypothesis":
            return
        if error is not None and also is not None:
            failed.add_note(f"and at the end of the world: {type(also).__name__}: {also}")
        failed.add_note("\n".join(["the steps, as code:", *self.steps.lines()]))
        failed.add_note("\n".join(["what crossed the ports:", *(nexus.journal.lines() or ["nothing"])]))
        keep(failed, Ran(nexus.journal, nexus.seed, nexus.elapsed_s, failed_after))
        if error is None:
            raise failed

    async def _finish(self, nexus: Harness) -> None:
        try:
            await self.finish()
        finally:
            try:
                if self._container is not None:
                    await self._container.stop()
            finally:
                await nexus.aclose()  # whatever failed: an open world keeps time virtual for the whole process

    async def finish(self) -> None:
        """Come to an end, while the world still lives; there is nothing to do unless a subclass says so."""


def _is_asynchronous(record: object) -> bool:
    return inspect.iscoroutinefunction(getattr(record, "function", None))


def _in_world(function: Callable[..., Coroutine[Any, Any, T]]) -> Callable[..., T]:
    def step(self: WorldMachine, **arguments: Any) -> T:
        shown = ", ".join(f"{name}={value!r}" for name, value in arguments.items())
        self.steps.add(f"await machine.{function.__name__}({shown})")
        return self.run(function(self, **arguments))

    return functools.wraps(function)(step)
