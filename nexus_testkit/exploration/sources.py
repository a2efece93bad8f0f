"""Where the answers of one run come from: a plan, or one of the portfolio's ways to choose at random.

No single way finds all bugs (design: measured over 2,000 seeds): two tasks that check and then act fall to any
permutation, a race whose second party comes six awaits later only to latency or to priorities, a lost flush only to a
time-out. So a search takes turns with all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import gcd
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from nexus_testkit.exploration.changes import LATENCIES_S, Delay, Failure, Plan, Seed, Turn

if TYPE_CHECKING:
    from nexus_testkit.faults.catalogue import Kind
    from nexus_testkit.journal import Crossing

_WEIGHTS = (8, 4, 3, 3, 2)  # of the latencies: most are short, and a tail past the time-outs
_LATE_REPLIES = 0.25  # of the latencies are those of the reply: what happened is known later, or after a time-out
_FAIR_AFTER = 64  # turns that one task may take in a row while others wait: who spins must let the others on
_ANY_NUMBER = 1_000_000
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
        details: what was chosen for the whole run, in words, one subject a line.
    """

    name: str
    seed: int
    reorders: bool

    @property
    def details(self) -> Sequence[str]: ...

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

    @property
    def details(self) -> Sequence[str]:
        return ()

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

    def __init__(self, delays: Mapping[int, Latency]) -> None:
        """Delay the calls of these numbers."""
        self.name = "one delay" if len(delays) == 1 else "two delays"
        self._delays = delays

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        return self._delays.get(crossing.call.number)


def _few_delays(index: int, seed: Any, rng: Random, calls: int, latencies: Sequence[float]) -> FewDelays:
    """What the run with this index among those of few delays, from 1, delays.

    Three times a call and a latency that were not tried yet, then one of the many other ways; when all were tried, only those.
    """
    turn, count = index - 1 - index // 4, calls * len(latencies)
    if index % 4 == 3 or turn >= count:
        is_pair = calls > 1 and rng.random() < (0.5 if turn < count else 0.8)
        numbers = rng.sample(range(1, calls + 1), 2 if is_pair else 1)
        return FewDelays(
            {
                number: Latency(rng.choice(latencies), reply=not is_pair or rng.random() < _LATE_REPLIES)
                for number in numbers
            }
        )
    call, latency = divmod(_one_of(count, turn, f"{seed}:delays"), len(latencies))
    return FewDelays({call + 1: Latency(latencies[latency])})


def _one_of(count: int, index: int, seed: str) -> int:
    """The item of this index in a permutation of `range(count)`, over and over: each comes before any comes again."""
    # It takes no memory: a step that has no divisor in common with the count leads through all of them.
    rng = Random(seed)  # noqa: S311  # no secret
    start = rng.randrange(count)
    step = next(step for step in iter(lambda: rng.randint(1, count), 0) if gcd(step, count) == 1)
    return (start + index * step) % count


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

    def __init__(self, rng: Random, chance: int) -> None:
        """Let a kind of fault of `rng`'s choice come at this chance for one, from 0."""
        self._left = chance
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
        self._left = self._most = rng.choice((1, 1, 2, 3, _ANY_NUMBER))
        self._on: dict[str, bool] = {}

    @property
    def details(self) -> Sequence[str]:
        most = "any number" if self._most == _ANY_NUMBER else f"at most {self._most}"
        on = {
            wanted: ", ".join(name for name, is_on in self._on.items() if is_on is wanted) for wanted in (True, False)
        }
        return [
            f"faults at {self._rate:.0%} of the calls that could have one, {most} in the run",
            f"switched on: {on[True] or 'none'}",
            f"switched off: {on[False] or 'none'}",
        ]

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        if kinds and self._left and self._rng.random() < self._rate:
            wanted = [kind for kind in kinds if self._is_on(kind.name)]
            if wanted:
                self._left -= 1
                return self._rng.choice(wanted)
        return self._way.call(crossing, kinds)

    def _is_on(self, name: str) -> bool:
        found = self._on.get(name)
        if found is None:
            found = self._on[name] = self._rng.random() < 0.5
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
    if not chances:
        return _seeded(_way(number, seed, rng, calls, turns, latencies), rng)
    if number % 4 == 0:
        return _seeded(OneFault(rng, _one_of(chances, number // 4, f"{seed}:faults")), rng)
    # Numbered without those, else the ways and what comes with them would always meet in the same pairs.
    way = _way(number - number // 4, seed, rng, calls, turns, latencies)
    if number % 4 != 1:
        way = Swarm(rng, way)
    return _seeded(way, rng)


def _way(number: int, seed: Any, rng: Random, calls: int, turns: int, latencies: Sequence[float]) -> Source:
    # With nothing to choose from, a way could only repeat the stock run.
    ways: list[Callable[[], Source]] = []
    if calls and latencies:
        ways += [lambda: _few_delays(index, seed, rng, calls, latencies), lambda: HeavyTail(rng, latencies)]
    if turns:
        ways += [lambda: Permutation(rng), lambda: Priorities(rng, turns, rng.choice((2, 3, 4)))]
    if not ways:
        return Stock()
    index, way = divmod(number, len(ways))
    return ways[way]()


def _seeded(way: Any, rng: Random) -> Source:
    way.seed = rng.randrange(1, 1 << 32) if rng.random() < 0.5 else 0
    return way  # type: ignore[no-any-return]  # a Source
