"""Where the answers of one run come from: a plan, or one of the portfolio's ways to choose at random.

No single way finds all bugs (design: measured over 2,000 seeds): two tasks that check and then act fall to any
permutation, a race whose second party comes six awaits later only to latency or to priorities, a lost flush only to a
time-out. So a search takes turns with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from nexus_testkit.exploration.changes import LATENCIES_S, Delay, Failure, Plan, Seed, Turn

if TYPE_CHECKING:
    from nexus_testkit.faults.catalogue import Kind
    from nexus_testkit.journal import Crossing

_WEIGHTS = (8, 4, 3, 3, 2)  # of the latencies: most are short, and a tail past the time-outs
_LATE_REPLIES = 0.25  # of the latencies are those of the reply: what happened is known later, or after a time-out
_FAIR_AFTER = 64  # turns that one task may take in a row while others wait: who spins must let the others on
_RATES = (0.1, 0.3, 0.7)  # of calls that are touched; which of them holds is drawn for each run


class Latency(NamedTuple):
    """What a call takes longer.

    Attributes:
        seconds: virtual ones.
        reply: whether the call is made at once, and its reply comes so much later.
    """

    seconds: float
    reply: bool = False


class Source(Protocol):
    """Answers the questions of one run.

    Attributes:
        name: of the way, for reports.
        seed: of the random numbers that the code draws; 0 is stock.
        reorders: whether it may let another task run than the one that waited longest.
    """

    name: str
    seed: int
    reorders: bool

    def turn(self, number: int, count: int, lanes: Callable[[], Sequence[object]], /) -> int:
        """Which of `count` ready lanes runs; 0 is stock. `lanes` gives the tasks, and None for all other callbacks."""
        ...

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        """What becomes of a call: it takes longer, has one of the `kinds` of faults, or nothing."""
        ...


class Stock:
    """What a healthy system and stock asyncio would do."""

    name = "stock"
    seed = 0
    reorders = False

    def turn(self, number: int, count: int, lanes: Callable[[], Sequence[object]], /) -> int:
        return 0

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        return None


class Planned(Stock):
    """The answers of a plan, and stock for all else.

    Attributes:
        unmet: what the plan says of calls that were others than it names, in words.
    """

    name = "plan"

    def __init__(self, plan: Plan) -> None:
        """Follow `plan`."""
        self._calls = {change.call: change for change in plan if isinstance(change, (Delay, Failure))}
        self._turns = {change.turn: change.lane for change in plan if isinstance(change, Turn)}
        self.seed = next((change.value for change in plan if isinstance(change, Seed)), 0)
        self.reorders = bool(self._turns)
        self.unmet: list[str] = []

    def turn(self, number: int, count: int, lanes: Callable[[], Sequence[object]], /) -> int:
        return min(self._turns.get(number, 0), count - 1)

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        change = self._calls.get(crossing.call.number)
        if change is None:
            return None
        named = change.about.partition(" ")[0]
        if named and named != crossing.operation:
            self.unmet.append(f"{change.words()}, but call {change.call} is {crossing.operation}")
        if isinstance(change, Delay):
            return Latency(change.seconds, change.reply)
        from nexus_testkit.faults.catalogue import kind_named  # noqa: PLC0415  # most plans have no fault

        found = kind_named(crossing, change.kind)
        if found is None:
            self.unmet.append(f"{change.words()}, which {crossing.operation} cannot have here")
        return found


class HeavyTail(Stock):
    """Calls that take longer at random, mostly a little, some past any time-out."""

    name = "heavy tail"

    def __init__(self, rng: Random, latencies: Sequence[float] = LATENCIES_S) -> None:
        """Draw from `rng`."""
        self._random = rng.random
        self._choices = rng.choices
        self._rate = rng.choice(_RATES)
        self._latencies = latencies
        self._weights = _WEIGHTS[: len(latencies)]

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        if not self._latencies or self._random() >= self._rate:
            return None
        return Latency(self._choices(self._latencies, self._weights)[0], self._random() < _LATE_REPLIES)


class FewDelays(Stock):
    """One call of the run takes longer, or two do: what most races need, and the shortest plans there are."""

    def __init__(self, rng: Random, calls: int, latencies: Sequence[float] = LATENCIES_S) -> None:
        """Choose among the `calls` of the stock run."""
        count = rng.choice((1, 1, 1, 2))
        self.name = "one delay" if count == 1 else "two delays"
        self._delays = {
            rng.randint(1, max(calls, 1)): Latency(rng.choice(latencies), rng.random() < _LATE_REPLIES)
            for _ in range(count if latencies else 0)
        }

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        return self._delays.get(crossing.call.number)


class Permutation(Stock):
    """Any ready task may run next."""

    name = "permutation"
    reorders = True

    def __init__(self, rng: Random) -> None:
        """Draw from `rng`."""
        self._random = rng.random

    def turn(self, number: int, count: int, lanes: Callable[[], Sequence[object]], /) -> int:
        return int(self._random() * count)


class Priorities(Stock):
    """Probabilistic concurrency testing (PCT; Burckhardt and others, ASPLOS 2010).

    Each task has a random priority, the highest ready one runs, and at `depth` - 1 random turns the one that would
    run falls behind all others. A bug that needs d orderings among n tasks and k turns is found with a chance of at least
    1/(n k^(d-1)).
    """

    reorders = True

    def __init__(self, rng: Random, turns: int, depth: int) -> None:
        """Choose the turns of change among the `turns` that a run has."""
        self.name = f"priorities, depth {depth}"
        self._rng = rng
        self._falls = {rng.randint(1, max(turns, 1)) for _ in range(depth - 1)}
        self._priorities: dict[object, float] = {}
        self._lowest = 0.0
        self._last: object = self
        self._in_a_row = 0

    def turn(self, number: int, count: int, lanes: Callable[[], Sequence[object]], /) -> int:
        ready = lanes()
        priorities = self._priorities
        for lane in ready:
            if lane not in priorities:
                priorities[lane] = self._rng.random()
        best = max(range(count), key=lambda index: priorities[ready[index]])
        if number in self._falls:
            self._fall(ready[best])
            best = max(range(count), key=lambda index: priorities[ready[index]])
        chosen = ready[best]
        self._in_a_row = self._in_a_row + 1 if chosen is self._last else 1
        self._last = chosen
        if self._in_a_row >= _FAIR_AFTER:
            self._fall(chosen)
        return best

    def _fall(self, lane: object) -> None:
        self._lowest -= 1.0
        self._priorities[lane] = self._lowest


class OneFault(Stock):
    """One call of the run fails."""

    name = "one fault"

    def __init__(self, rng: Random, chances: int) -> None:
        """Choose among the `chances` for a fault that the stock run had."""
        self._left = rng.randrange(max(chances, 1))
        self._choice = rng.choice

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        if not kinds:
            return None
        self._left -= 1
        return self._choice(kinds) if self._left == -1 else None


class Swarm(Stock):
    """Faults at random, of a random subset of kinds, beside what another way decides.

    That each run switches some kinds off is what lets the others meet undisturbed (Groce and others, "Swarm testing",
    ISSTA 2012; FoundationDB's simulator does so).
    """

    def __init__(self, rng: Random, way: Source) -> None:
        """Disturb calls on top of `way`."""
        self.name = f"swarm of faults, {way.name}"
        self.seed = way.seed
        self.reorders = way.reorders
        self.turn = way.turn  # type: ignore[method-assign]  # the way's own, without a frame more for each turn
        self._way = way
        self._rng = rng
        self._rate = rng.choice(_RATES)
        self._most = rng.choice((1, 1, 2, 3, 1_000_000))
        self.on: dict[str, bool] = {}

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        if kinds and self._most and self._rng.random() < self._rate:
            wanted = [kind for kind in kinds if self._is_on(kind.name)]
            if wanted:
                self._most -= 1
                return self._rng.choice(wanted)
        return self._way.call(crossing, kinds)

    def _is_on(self, name: str) -> bool:
        found = self.on.get(name)
        if found is None:
            found = self.on[name] = self._rng.random() < 0.5
        return found


def portfolio(number: int, seed: Any, *, calls: int, turns: int, chances: int, latencies: Sequence[float]) -> Source:
    """The way of run `number`: 1 is the stock run, then all ways in turn.

    Args:
        number: of the run, from 1.
        seed: of the search; with the number it determines all that is drawn.
        calls: how many the stock run had.
        turns: how often it chose among tasks.
        chances: how many of its calls a fault could have touched.
        latencies: seconds that a call may take longer.
    """
    if number <= 1:
        return Stock()
    rng = Random(f"{seed}:{number}")  # noqa: S311  # no secret
    if chances and number % 4 == 0:
        return _seeded(OneFault(rng, chances), rng)
    way = _way(number, rng, calls, turns, latencies)
    if chances and number % 4 != 1:
        way = Swarm(rng, way)
    return _seeded(way, rng)


def _way(number: int, rng: Random, calls: int, turns: int, latencies: Sequence[float]) -> Source:
    # With nothing to choose from, a way could only repeat the stock run.
    ways: list[Callable[[], Source]] = []
    if calls and latencies:
        ways += [lambda: FewDelays(rng, calls, latencies), lambda: HeavyTail(rng, latencies)]
    if turns:
        ways += [lambda: Permutation(rng), lambda: Priorities(rng, turns, rng.choice((2, 3, 4)))]
    return ways[number % len(ways)]() if ways else Stock()


def _seeded(way: Any, rng: Random) -> Source:
    way.seed = rng.randrange(1, 1 << 32) if rng.random() < 0.5 else 0
    return way  # type: ignore[no-any-return]  # a Source
