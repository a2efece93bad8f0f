"""A run whose decisions are drawn by Hypothesis, so that they shrink together with the inputs of the example."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from nexus_testkit.errors import HarnessError
from nexus_testkit.exploration.changes import LATENCIES_S
from nexus_testkit.exploration.limits import Limits
from nexus_testkit.exploration.sources import Latency, Stock
from nexus_testkit.exploration.tapes import tape_of_example
from nexus_testkit.exploration.timeline import timeline
from nexus_testkit.exploration.worlds import Body, BodyWorlds
from nexus_testkit.journal import Crossing

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

    from nexus_testkit.faults.catalogue import Kind

Draw = Callable[["SearchStrategy[Any]"], Any]
_STOCK_OF = 3  # answers that are stock for each one that is not: a schedule of a few changes among many calls
_LONGEST_S = 30 * 86_400.0  # of virtual time, where the options name no limit: there is no stock run to go by
_LARGEST_SEED = 2**32 - 1


class Drawn(Stock):
    """Each answer is a choice of Hypothesis; the simplest is stock."""

    name = "Hypothesis"
    reorders = True

    def __init__(self, draw: Draw, latencies: Sequence[float]) -> None:
        """Draw with `draw(strategy)`."""
        self._draw = draw
        self._latencies = [Latency(seconds, reply) for reply in (False, True) for seconds in latencies]
        self.seed = draw(_integers(_LARGEST_SEED))

    def turn(self, number: int, count: int, lanes: Callable[[], Sequence[object]], /) -> int:
        return self._index(count - 1)

    def call(self, crossing: Crossing, kinds: Sequence[Kind], /) -> Latency | Kind | None:
        choices: list[Latency | Kind] = [*self._latencies, *kinds]
        if not choices:
            return None
        index = self._index(len(choices))
        return choices[index - 1] if index else None

    def _index(self, most: int) -> int:
        """0, which is stock, or up to `most`."""
        drawn: int = self._draw(_integers(most * (1 + _STOCK_OF)))
        return max(0, drawn - most * _STOCK_OF)


@cache
def _integers(most: int) -> SearchStrategy[int]:
    from hypothesis import strategies as st  # noqa: PLC0415  # loaded by whoever comes here

    return st.integers(0, most)


def run_example(
    body: Body, options: dict[str, Any], *, faults: Any = False, max_latency: float = LATENCIES_S[-1]
) -> None:
    """Run `body(nexus)` once, in a world of these `Harness` options; Hypothesis decides.

    Raises:
        BaseException: what the body raises, the decisions and the schedule in a note.
        HarnessError: no example of Hypothesis is being run.
    """
    source = Drawn(_drawing(), [seconds for seconds in LATENCIES_S if seconds <= max_latency])
    worlds = BodyWorlds(body, faults=faults, options=options)
    worlds.limits = Limits(_LONGEST_S)
    outcome = worlds.run(source)
    error = outcome.error
    if error is None:
        return
    if isinstance(error, Exception):  # not Hypothesis' own signals
        decided = [f"  - {words}" for words in outcome.plan.words()] or ["  nothing but stock order"]
        lines = ["decided in this run:", *decided, "", "the schedule, a lane for each task:"]
        error.add_note("\n".join([*lines, *timeline(outcome.journal)]))
        outcome.keep(tape_of_example(outcome))
    raise error


def _drawing() -> Draw:
    from hypothesis.control import current_build_context, currently_in_test_context  # noqa: PLC0415  # as above

    if not currently_in_test_context():
        raise HarnessError(
            "@simulate(explore=True) draws its decisions from Hypothesis, and no example is being run",
            hint="put @given(...) above it, or use nexus_testkit.explore(body, runs=...)",
        )
    # What `st.data()` does, for a test that has no parameter for it.
    return current_build_context().data.draw
