"""`python -m tests.differential [cache] [database] [--minutes N] [--seed N]`: fake and real in step, until they differ."""

from __future__ import annotations

import argparse
import itertools
import sys
import time
from types import ModuleType

from hypothesis import HealthCheck, Phase, given, seed, settings

from nexus_testkit.harness.servers import SharedServers
from tests.differential import cache, database
from tests.differential.pair import Refused

_RUNS = {"cache": cache, "database": database}
_AT_ONCE = 500


def look(
    module: ModuleType, servers: SharedServers, *, examples: int, at: int | None, minutes: float = 0
) -> tuple[int, int]:
    """How many examples were compared, and how many of them the fake refused to finish.

    Raises:
        AssertionError: they differ; with the shortest steps that Hypothesis found.
    """
    compared = refused = 0

    def one(pair: object, steps: object) -> None:
        nonlocal compared, refused
        compared += 1
        try:
            pair.run(module.example(steps))  # type: ignore[attr-defined]  # either kind of pair
        except Refused:
            refused += 1

    until = time.monotonic() + 60 * minutes
    with module.pair(servers) as pair:
        for number in itertools.count(at or 0):
            chosen = settings(
                max_examples=examples,
                deadline=None,
                database=None,
                derandomize=at is None,
                phases=(Phase.generate, Phase.shrink),
                suppress_health_check=list(HealthCheck),
            )

            @chosen
            @given(module.STEPS)
            def search(steps: object) -> None:
                one(pair, steps)

            (search if at is None else seed(number)(search))()
            if time.monotonic() >= until:
                return compared, refused
    raise AssertionError("unreachable")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    parser.add_argument("what", nargs="*", default=list(_RUNS), help="cache, database")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=0, help="of the first 500 examples; the next have the next one")
    options = parser.parse_args()
    with SharedServers() as servers:
        for name in options.what:
            try:
                compared, refused = look(
                    _RUNS[name], servers, examples=_AT_ONCE, at=options.seed, minutes=options.minutes
                )
            except AssertionError as difference:
                print(f"{name}: {difference}")
                return 1
            print(f"{name}: {compared} examples, no difference; the fake refused to finish {refused}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
