"""The one place that every call to a port passes.

A wrapper of a port (one module a port in this package) does nothing but hand each call to `Seam.call`. What
is not journaled, delayed or failed there cannot be anywhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

from nexus_testkit.journal.call import Call
from nexus_testkit.journal.journal import Journal
from nexus_testkit.simulation.waits import Wait, explain

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What a decision does to one call.

    Attributes:
        delay_s: virtual seconds to wait before the adapter is called.
        reply_delay_s: virtual seconds to wait when the call was made, before its result or its error comes back.
        error: raised instead of the call, or after it where `loses_reply`; or a function that makes it at that moment.
        loses_reply: the call happens, its result is lost.
        hangs: waited for before the call, after the delay; one that nobody completes never comes back.
        within: entered around the call.
    """

    delay_s: float = 0.0
    reply_delay_s: float = 0.0
    error: BaseException | Callable[[], BaseException] | None = None
    loses_reply: bool = False
    hangs: Awaitable[object] | None = None
    within: AbstractContextManager[object] | None = None

    def raise_error(self) -> None:
        """Raise what is to be raised, if anything."""
        if self.error is not None:
            raise self.error() if callable(self.error) else self.error


@dataclass(frozen=True, slots=True)
class Crossing:
    """A call about to cross, as it was given; the journal's record keeps copies and words.

    Attributes:
        call: the journal's record.
        function: what will be called.
        arguments, options: what it will be called with.
        by_test: whether the test itself calls, through a handle such as `nexus.db`.
    """

    call: Call
    function: Callable[..., Any]
    arguments: tuple[Any, ...]
    options: Mapping[str, Any]
    by_test: bool = False

    @property
    def operation(self) -> str:
        """Port and method, such as `"database.fetch_one"`."""
        return self.call.operation

    @property
    def port(self) -> str:
        """The port's name, such as `"database"`."""
        return self.call.port

    @property
    def subject(self) -> Any:
        """What the call is about beyond its arguments: the adapter's object, a block's session, a request; or None."""
        owner = getattr(self.function, "__self__", None)
        return getattr(owner, "subject", owner)


class Decider(Protocol):
    """Decides what becomes of a call; None means that it goes through as it is."""

    def decide(self, crossing: Crossing, /) -> Disturbance | None:
        """The disturbance for this call, or None."""
        ...


class Seam:
    """Notes each call in the journal, asks the decider where there is one, and calls the adapter.

    Attributes:
        journal: where calls are noted.
        decider: asked before each call; None (stock behaviour) costs one attribute check.
    """

    __slots__ = ("_sleep", "decider", "journal")

    by_test = False

    def __init__(self, journal: Journal, *, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Make a seam; `sleep` lets a decided latency pass on the world's clock."""
        self.journal = journal
        self.decider: Decider | None = None
        self._sleep = sleep

    async def call(
        self, operation: str, function: Callable[P, Awaitable[T]], /, *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Let one call cross the port."""
        journal = self.journal
        call = journal.begin(operation, args, kwargs)
        try:
            disturbance = (
                None
                if self.decider is None
                else self.decider.decide(Crossing(call, function, args, kwargs, self.by_test))
            )
            result = await (
                function(*args, **kwargs)
                if disturbance is None
                else self._disturbed(disturbance, function, *args, **kwargs)
            )
        except BaseException as error:
            journal.raised(call, error)
            raise
        journal.returned(call, result)
        return result

    async def _disturbed(
        self, disturbance: Disturbance, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        if disturbance.delay_s:
            await self._sleep(disturbance.delay_s)
        if disturbance.hangs is not None:
            await disturbance.hangs
        if not disturbance.loses_reply:
            disturbance.raise_error()
        with disturbance.within or nullcontext():
            if disturbance.reply_delay_s:
                result = await self._late(disturbance.reply_delay_s, function, *args, **kwargs)
            else:
                result = await function(*args, **kwargs)
        disturbance.raise_error()
        return result

    async def _late(self, seconds: float, function: Callable[P, Awaitable[T]], *args: P.args, **kwargs: P.kwargs) -> T:
        try:
            result = await function(*args, **kwargs)
        except Exception:
            await self._sleep(seconds)  # an error is a reply too; a cancellation is none
            raise
        await self._sleep(seconds)
        return result

    def note(self, operation: str, *args: Any, **kwargs: Any) -> None:
        """Note something that has no result to wait for, such as the beginning of a block."""
        call = self.journal.begin(operation, args, kwargs)
        self.journal.returned(call, None)


class TestSeam(Seam):
    """The same seam, as the handles of a test use it: one journal, one decider, and it is known who calls."""

    __slots__ = ("_seam",)
    __test__ = False  # pytest collects classes of such a name

    by_test = True

    def __init__(self, seam: Seam) -> None:
        """Stand beside `seam`."""
        self._seam = seam
        self.journal = seam.journal
        self._sleep = seam._sleep  # noqa: SLF001  # its own class

    @property
    def decider(self) -> Decider | None:
        """Whoever decides for the seam."""
        return self._seam.decider

    @decider.setter
    def decider(self, decider: Decider | None) -> None:
        self._seam.decider = decider


def _unanswered(names: Mapping[str, Any], _: str) -> Wait:
    call: Call = names["call"]
    fault = f" with the fault {call.fault}" if call.fault is not None else ""
    return Wait(words=f"{call.operation} (call {call.number}){fault}")


explain(Seam.call, _unanswered, whole=True)
