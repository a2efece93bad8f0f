"""How long a run may be: more than a multiple of the stock run is one without end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexus_testkit.exploration.outcome import Outcome

_DAY_S = 86_400.0  # more than all latencies of a run, of which none is above a minute, add up to
_FEWEST_STEPS = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a world.

    Attributes:
        time_s: virtual seconds that it may take where its options name no limit; None is no limit.
        steps: callbacks that may run without virtual time moving; None is the loop's own limit.
    """

    time_s: float | None = None
    steps: int | None = None


def limits_after(stock: Outcome) -> Limits:
    """What a run may take where the stock run took so much."""
    return Limits(2 * stock.elapsed_s + _DAY_S, max(_FEWEST_STEPS, 10 * stock.steps))
