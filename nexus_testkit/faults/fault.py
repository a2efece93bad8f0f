"""One fault: which calls it chooses, and what it does to them."""

from __future__ import annotations

from collections.abc import Callable

from nexus_testkit.errors.stack import Stack
from nexus_testkit.faults.effects import Effect
from nexus_testkit.faults.targets import Target
from nexus_testkit.journal import Call, Crossing


class Fault:
    """A fault that was declared.

    Attributes:
        target: what it is aimed at.
        effect: what it does, or None until a verb says so.
        reached: how many calls met its target (and its predicate) since it was declared.
        fired: how many calls it has disturbed.
        is_optional: whether the world may end without it having fired.
        made_at: where it was declared.
    """

    def __init__(self, target: Target, *, made_at: Stack) -> None:
        """A fault without choice or effect; `nexus.faults.on(target)` makes one."""
        self.target = target
        self.effect: Effect | None = None
        self.made_at = made_at
        self.reached = 0
        self.fired = 0
        self.is_optional = False
        self.choice = ""
        self.chooses: Callable[[int], bool] = bool  # every call: the first is number 1
        self.predicate: Callable[[Call], object] | None = None
        self._stopped = False

    def optional(self) -> Fault:
        """Say nothing at the end of the world if this fault has never fired."""
        self.is_optional = True
        return self

    def stop(self) -> None:
        """Disturb nothing from now on; calls that hang go on hanging. Safe to call twice."""
        self._stopped = True

    def effect_on(self, crossing: Crossing) -> Effect | None:
        """Count a call where it meets the target; what this fault does to it, or None."""
        if self._stopped or self.effect is None or not self.target.meets(crossing):
            return None
        if self.predicate is not None and not self.predicate(crossing.call):
            return None
        self.reached += 1
        return self.effect if self.chooses(self.reached) else None

    def __str__(self) -> str:
        return f"on({self.target.words!r}){self.choice}{f'.{self.effect.words}' if self.effect else ''}"

    def __repr__(self) -> str:
        return f"<Fault {self}, fired {self.fired} times>"

    def unfired(self) -> str | None:
        """Why this fault is worth a line at the end of the world, or None."""
        if self.effect is None:
            return f"a fault without a verb: {self}; say what happens: raises(), delays(), ...\n{self._declared()}"
        if self.fired or self.is_optional:
            return None
        calls = f"{self.reached} call{'' if self.reached == 1 else 's'}"
        return f"a fault that never fired: {self}; {calls} met its target\n{self._declared()}"

    def _declared(self) -> str:
        return f"declared at {self.made_at.where()}"
