"""What is looked at when the body of a run has passed, and when its world has ended."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, cast

from nexus_testkit.errors import BrokenInvariant
from nexus_testkit.exploration.standing import Standing
from nexus_testkit.harness import Harness
from nexus_testkit.invariants import invariants_in

if TYPE_CHECKING:
    from nexus_testkit.exploration.deciding import Deciding
    from nexus_testkit.simulation import SimulationLoop

Invariant = Callable[..., object]


class Checks:
    """The checks of one run.

    Attributes:
        invariants: the user's, to be called when the body has passed.
        model: what those with a parameter `model` are given, or None.
        standing: the kit's own, or None.
    """

    def __init__(self, invariants: Iterable[Invariant] = (), *, standing: Standing | None = None) -> None:
        """Check these."""
        self.invariants = list(invariants)
        self.model: object = None
        self.standing = standing
        self._deciding: Deciding | None = None
        self._harness: Harness | None = None

    def attach(self, deciding: Deciding, harness: Harness) -> None:
        """Check this world, which is open."""
        self._deciding = deciding
        self._harness = harness
        if self.standing is not None:
            self.standing.attach(cast("SimulationLoop", harness.loop))

    async def before_end(self) -> None:
        """Calm the world, let it settle, and check. The body has passed; the services are still there.

        Raises:
            BrokenInvariant: an invariant does not hold, with the traceback of its own failure.
            ExceptionGroup: of those, where there are several.
        """
        deciding, harness = self._deciding, self._harness
        if deciding is None or harness is None:
            return
        if deciding.faults:
            _release(harness)
        if self.standing is None and not self.invariants:
            return
        was_quiet = deciding.quiet
        harness.faults.calm()
        await harness.settle()
        broken = [] if self.standing is None else list(self.standing.broken(harness))
        for check in self.invariants:
            if (error := await self._asked(check, harness)) is not None:
                broken.append(error)
        deciding.quiet = was_quiet
        if len(broken) == 1:
            raise broken[0]
        if broken:
            raise ExceptionGroup("broken invariants", broken)

    def after_end(self) -> BrokenInvariant | None:
        """What can be said only when the world has ended."""
        if self.standing is None or self._harness is None:
            return None
        return self.standing.unseen(self._harness)

    async def _asked(self, check: Invariant, harness: Harness) -> BrokenInvariant | None:
        given: tuple[object, ...] = (harness,)
        if "model" in inspect.signature(check).parameters:
            if self.model is None:
                return None
            given = (harness, self.model)
        name = getattr(check, "__name__", repr(check))
        try:
            answer = check(*given)
            if inspect.isawaitable(answer):
                answer = await answer
        except Exception as error:  # noqa: BLE001  # told below, with the place where it was raised
            said = str(error) if isinstance(error, AssertionError) else f"{type(error).__name__}: {error}"
            return BrokenInvariant(name, said).with_traceback(error.__traceback__)
        return BrokenInvariant(name, "it returned False") if answer is False else None


def _release(harness: Harness) -> None:
    """A run in which something failed owes nothing that only a healthy run can give."""
    http = harness.adapters.get("http")
    for route in () if http is None else http.routes:
        route.is_required = False
    for fault in harness.faults:
        fault.optional()
    if "mail" in harness.adapters:
        harness.mail.strict = False


def invariants_of(function: Callable[..., Any]) -> list[Invariant]:
    """The invariants of the module in which a function is defined."""
    module = sys.modules.get(getattr(inspect.unwrap(function), "__module__", None) or "")
    return [] if module is None else invariants_in(vars(module))
