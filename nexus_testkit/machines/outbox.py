"""`OutboxMachine`: what is put into a service comes out at the other end, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import rule

from nexus_testkit.faults import Fault
from nexus_testkit.machines.promises import Broken
from nexus_testkit.machines.world import WorldMachine
from nexus_testkit.services.analytics import AnalyticsService

_FAILING = st.runner().flatmap(lambda machine: st.sampled_from(machine.errors))
_EVENT_TYPE = "machine"


class OutboxMachine(WorldMachine):
    """A property test of a service that keeps things and hands them on later; `TestMine = MyMachine.TestCase` runs it.

    As it stands it tests `AnalyticsService`, and your own where `service` names it. For another kind of outbox say how
    something is put in and what has come out, by `put` and `delivered`.

    Each run puts things in, one by one and at the same time, while the port behind the service fails, loses replies or is
    down for a while, while flushes are cancelled, time passes, and the service stops and starts again.

    Attributes:
        service: the class.
        port: the port through which things come out; its calls fail (see `nexus.faults.on`).
        errors: what `raises(...)` of that port takes; None: the call is made, and its reply is lost.
        flush: the method that hands everything on now; `""` where there is none.
        interval_s: the service hands things on by itself at least so often, in seconds.
        in_order: whether what was put in first comes out first.
        repeats: whether a thing may come out twice.
    """

    service: ClassVar[Any] = AnalyticsService
    port: ClassVar[str] = "analytics"
    errors: ClassVar[tuple[str | None, ...]] = ("reset", None)
    flush: ClassVar[str] = "flush"
    interval_s: ClassVar[float] = 60.0
    in_order: ClassVar[bool] = True
    repeats: ClassVar[bool] = False

    @staticmethod
    async def put(service: Any, number: int) -> None:
        """Put something in that can be told by its number."""
        await service.track_event(_EVENT_TYPE, properties={"number": number})

    async def delivered(self) -> list[int]:
        """The numbers of what has come out, in its order."""
        events = await self.nexus.adapter("analytics").events(_EVENT_TYPE)
        return [event.properties["number"] for event in events]

    async def begin(self) -> None:
        """Start the service."""
        self._service = await self.nexus.service(self.service)
        self.steps.begin(f"service = await nexus.service({self.service.__name__})")
        self._put: list[int] = []

    async def finish(self) -> None:
        """Stop the service: nothing stays in it."""
        await self.stop()
        await self._look("the service has stopped", everything=True)

    @rule(count=st.integers(1, 4))
    def put_some(self, count: int) -> None:
        """Put things in one after the other."""
        self.run(self._put_some(count))

    async def _put_some(self, count: int) -> None:
        for _ in range(count):
            await self._put_one()
        await self._look("things were put in")

    async def _put_one(self) -> None:
        number = len(self._put)
        self._put.append(number)
        await self._noted(f"await {type(self).__name__}.put(service, {number})", self.put(self._service, number))

    @rule(count=st.integers(2, 4))
    def put_while_flushing(self, count: int) -> None:
        """Put things in while those before them are handed on."""
        self.run(self._put_while_flushing(count))

    async def _put_while_flushing(self, count: int) -> None:
        await self._put_some(1)
        self.steps.add(f"# while a flush is under way, {count} more were put in:")
        flushing = asyncio.create_task(self._flush())
        for _ in range(count):
            await asyncio.sleep(0)
            await self._put_some(1)
        await flushing

    @rule()
    def flush_all(self) -> None:
        """Hand everything on now."""
        self.run(self._flush_all())

    async def _flush_all(self) -> None:
        if self.flush:
            await self._flush()
            await self._look("a flush", everything=True)

    @rule(call=st.integers(1, 2), error=_FAILING)
    def flush_fails(self, call: int, error: str | None) -> None:
        """Let a call fail while things are handed on."""
        self.run(self._flush_fails(call, error))

    async def _flush_fails(self, call: int, error: str | None) -> None:
        await self._put_some(2)
        fault = self._fault(error, nth=call)
        with suppress(Exception):  # in the service's own words; what counts is what comes out
            await self._flush()
        self._stop(fault)
        await self._look("a flush that failed")

    @rule(turns=st.integers(0, 8))
    def flush_cancelled(self, turns: int) -> None:
        """Cancel a flush."""
        self.run(self._flush_cancelled(turns))

    async def _flush_cancelled(self, turns: int) -> None:
        await self._put_some(2)
        self.steps.add(f"# here a flush was cancelled after {turns} turns of the loop")
        flushing = asyncio.create_task(self._flush())
        for _ in range(turns):
            await asyncio.sleep(0)
        flushing.cancel()
        await asyncio.wait([flushing])
        await self._look("a flush that was cancelled")

    @rule(count=st.integers(1, 4), error=_FAILING)
    def outage(self, count: int, error: str | None) -> None:
        """Put things in while the port is down, and let it come back."""
        self.run(self._outage(count, error))

    async def _outage(self, count: int, error: str | None) -> None:
        fault = self._fault(error)
        for _ in range(count):
            with suppress(Exception):
                await self._put_one()
        await self._advance(2 * self.interval_s)
        self._stop(fault)
        await self._look("an outage")

    @rule(seconds=st.sampled_from([0.1, 7, 600]))
    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.run(self._advance(seconds))

    @rule()
    def wait_for_all(self) -> None:
        """Let so much time pass that everything has come out."""
        self.run(self._wait_for_all())

    async def _wait_for_all(self) -> None:
        await self._advance(2 * self.interval_s + 1)
        await self._look(f"{2 * self.interval_s + 1:g} s without a fault", everything=True)

    @rule()
    def reopen(self) -> None:
        """Stop the service, and start another instance of it: nothing stayed in the first one."""
        self.run(self._reopen())

    async def _reopen(self) -> None:
        self._service = await self.restart(self.service)
        await self._look("the service has stopped", everything=True)

    # -- what the rules are made of

    async def _flush(self) -> None:
        if self.flush:
            await self._noted(f"await service.{self.flush}()", getattr(self._service, self.flush)())
        else:
            await self._advance(2 * self.interval_s + 1)

    async def _noted(self, line: str, attempt: Coroutine[Any, Any, Any]) -> None:
        try:
            await attempt
        except Exception as error:
            self.steps.raised(line, error)
            raise
        self.steps.add(line)

    async def _advance(self, seconds: float) -> None:
        self.steps.add(f"await nexus.clock.advance(seconds={seconds:g})")
        await self.nexus.clock.advance(seconds=seconds)

    def _fault(self, error: str | None, *, nth: int | None = None) -> Fault:
        selection = self.nexus.faults.on(self.port)
        if nth is not None:
            selection = selection.nth(nth)
        verb = "loses_reply()" if error is None else f"raises({error!r})"
        which = "" if nth is None else f".nth({nth})"
        self.steps.add(f"fault = nexus.faults.on({self.port!r}){which}.{verb}.optional()")
        return (selection.loses_reply() if error is None else selection.raises(error)).optional()

    def _stop(self, fault: Fault) -> None:
        fault.stop()
        self.steps.add("fault.stop()")

    async def _look(self, after: str, *, everything: bool = False) -> None:
        found = await self.delivered()
        details = (f"after {after}", f"put in: {self._put}", f"came out: {found}")
        first = list(dict.fromkeys(found))
        if len(first) < len(found) and not self.repeats:
            raise Broken("twice", *details)
        if not set(first) <= set(self._put):
            raise Broken("unasked", *details)
        if everything and set(first) != set(self._put):
            raise Broken("delivered", *details)
        if self.in_order and first != sorted(first):
            raise Broken("sequence", *details)
