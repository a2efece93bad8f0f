"""The one place that every call to a port passes.

A wrapper of a port (one module a port in this package) does nothing but hand each call to `Seam.call`. What
is not journaled, delayed or failed there cannot be anywhere else.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, Protocol, TypeVar

from nexus_testkit.journal.journal import Call, Journal

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What a decision does to one call.

    Attributes:
        delay_s: virtual seconds to wait before the adapter is called.
        error: raised instead of the call, or after it where `loses_reply`.
        loses_reply: the call happens, its result is lost.
    """

    delay_s: float = 0.0
    error: BaseException | None = None
    loses_reply: bool = False


class Decider(Protocol):
    """Decides what becomes of a call; None means that it goes through as it is."""

    def decide(self, call: Call, /) -> Disturbance | None:
        """The disturbance for this call, or None."""
        ...


class Seam:
    """Notes each call in the journal, asks the decider where there is one, and calls the adapter.

    Attributes:
        journal: where calls are noted.
        decider: asked before each call; None (stock behaviour) costs one attribute check.
    """

    __slots__ = ("_sleep", "decider", "journal")

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
            disturbance = None if self.decider is None else self.decider.decide(call)
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
        if disturbance.error is not None and not disturbance.loses_reply:
            raise disturbance.error
        result = await function(*args, **kwargs)
        if disturbance.error is not None:
            raise disturbance.error
        return result

    def note(self, operation: str, *args: Any, **kwargs: Any) -> None:
        """Note something that has no result to wait for, such as the beginning of a block."""
        call = self.journal.begin(operation, args, kwargs)
        self.journal.returned(call, None)
