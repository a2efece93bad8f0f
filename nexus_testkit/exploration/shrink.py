"""A failing plan made small enough for a person to read, by leaving out and simplifying while it still fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from nexus_testkit.exploration.changes import LATENCIES_S, Change, Delay, Failure, Plan, Turn

Fails = Callable[[Plan], Plan | None]
"""Runs a plan: what was decided in that run where it failed in the same way, else None."""


class Shrinker:
    """Shrinks one plan.

    Attributes:
        best: the smallest plan that fails, so far.
        tries: how many runs it took.
    """

    def __init__(
        self, plan: Plan, fails: Fails, *, calls: Callable[[], Sequence[tuple[int, str]]], most: int = 500
    ) -> None:
        """Shrink `plan`, of which it is known that it fails.

        Args:
            plan: the plan.
            fails: runs another one.
            calls: gives number and words of each call of the last run that failed.
            most: runs that it may take.
        """
        self.best = plan
        self.tries = 0
        self._fails = fails
        self._calls = calls
        self._most = most
        self._tried: set[Plan] = {plan}

    def run(self) -> Plan:
        """The smallest plan that was found."""
        before = None
        while before != self.best and self.tries < self._most:
            before = self.best
            self._drop_kinds()
            self._keep_one()
            self._drop_chunks()
            self._simplify()
        self._keep_one_moved()
        self._say_with_a_delay()
        return self.best

    def _try(self, plan: Plan) -> bool:
        if plan in self._tried or self.tries >= self._most:
            return False
        self._tried.add(plan)
        self.tries += 1
        decided = self._fails(plan)
        if decided is None:
            return False
        # What this run decided, not what it was told: changes of points that it never came to are gone.
        self.best = decided if _size(decided) <= _size(plan) else plan
        self._tried.add(self.best)
        return True

    def _drop_kinds(self) -> None:
        for kind in {type(change): None for change in self.best}:
            self._try(self.best.without(change for change in self.best if isinstance(change, kind)))

    def _keep_one(self) -> None:
        """Most bugs need one change alone: that is found in as many runs as there are, and by halving in few more."""
        if 1 < len(self.best) <= _FEW:
            for change in self.best.changes:
                if self._try(Plan([change])):
                    return

    def _keep_one_moved(self) -> None:
        """One change may do where its call has another number without the others: it is tried at all calls like its own."""
        for change in self.best.changes if len(self.best) > 1 else ():
            if isinstance(change, (Delay, Failure)):
                calls = [number for number, about in self._calls() if about == change.about and number != change.call]
                if any(self._try(Plan([replace(change, call=number)])) for number in calls):
                    return

    def _drop_chunks(self) -> None:
        """Leave out halves, quarters, and so on down to single changes (delta debugging; Zeller 2002)."""
        size = max(len(self.best) // 2, 1)
        while True:
            start = 0
            while start < len(self.best):
                if not self._try(self.best.without(self.best.changes[start : start + size])):
                    start += size
            if size == 1:
                return
            size //= 2

    def _simplify(self) -> None:
        for point in [change.point for change in self.best]:
            change = next((change for change in self.best if change.point == point), None)
            if change is not None:
                any(self._try(self.best.replaced(simpler)) for simpler in change.smaller())

    def _say_with_a_delay(self) -> None:
        """An order of tasks is hard to read, so are two delays or a late reply; that one call takes longer mostly says the same."""
        order = [change for change in self.best if isinstance(change, (Turn, Delay))]
        if len(order) > 1 or any(isinstance(change, Turn) or change.reply for change in order):
            rest = self.best.without(order)
            longest = max([change.seconds for change in order if isinstance(change, Delay)], default=LATENCIES_S[1])
            is_one = len(self.best) == 1 and isinstance(self.best.changes[0], Delay)
            if self._try_with(rest, self._delays(longest, replies=not is_one)) or len(order) < 4:
                return
            # Too many to read: any two, one of which was there.
            kept = [rest.replaced(change) for change in order if isinstance(change, Delay)]
            if any(self._try_with(each, self._delays(longest, replies=False)) for each in kept):
                self._simplify()

    def _try_with(self, rest: Plan, delays: Iterator[Change]) -> bool:
        return any(self._try(rest.replaced(delay)) for delay in delays if delay.point not in rest.points)

    def _delays(self, longest: float, *, replies: bool) -> Iterator[Change]:
        calls = self._calls()
        for reply in (False, True) if replies else (False,):
            for seconds in LATENCIES_S:
                if seconds <= longest:
                    for number, about in calls:
                        yield Delay(number, seconds, about, reply=reply)


_FEW = 24


def _size(plan: Plan) -> tuple[int, int]:
    return (sum(isinstance(change, Turn) for change in plan), len(plan))
