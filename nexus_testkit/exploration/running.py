"""`explore(body)` and `replay(body, token)`: the search without pytest."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from nexus_testkit.exploration import report
from nexus_testkit.exploration.changes import LATENCIES_S
from nexus_testkit.exploration.checks import invariants_of
from nexus_testkit.exploration.search import Exploration, search
from nexus_testkit.exploration.sources import Planned
from nexus_testkit.exploration.sweep_report import Ways, failed
from nexus_testkit.exploration.sweeping import Sweep, healthy_run, replayed, sweep
from nexus_testkit.exploration.tapes import keep_sweep, tape_of_replay, tape_of_search, tape_of_sweep
from nexus_testkit.exploration.token import Token
from nexus_testkit.exploration.worlds import Body, BodyWorlds
from nexus_testkit.harness.again import Again


class NeverTrue(UserWarning):
    """A `sometimes` condition that no run of a search found true."""


class ReplayDiffers(UserWarning):
    """A replay whose versions, code or calls are not those of the run that its token stands for."""


def explore(
    body: Body,
    *,
    runs: int = 500,
    minutes: float | None = None,
    seed: Any = 0,
    faults: Any = False,
    max_latency: float = LATENCIES_S[-1],
    **options: Any,
) -> Exploration:
    """Look for a schedule, and where asked for faults, under which `body(nexus)` fails.

    Each run is a fresh world. The first is the stock run; the others vary which task runs next, how long calls take,
    what random numbers the code draws and, with `faults`, which calls fail.

    Args:
        body: an async function that takes the world's `Harness`.
        runs: how many runs at most.
        minutes: how long at most, in real minutes.
        seed: of the search; the same one tries the same runs.
        faults: True, or targets as `nexus.faults.on` takes them, or target -> names of kinds: what may fail.
        max_latency: virtual seconds that a call may take longer at most. The default, 40, is past the usual time-outs;
            choose less where a time-out of the code under test is no failure of the test.
        options: of `Harness`.

    Returns:
        What was tried, where no run failed.

    Raises:
        BaseException: the error of the first run that failed, its plan shrunk; notes say what it took and how to
            replay it.
        NonDeterministic: a run that failed passes, or fails otherwise, under its own decisions.
    """
    found = search(body, runs=runs, minutes=minutes, seed=seed, faults=faults, max_latency=max_latency, **options)
    if found.failure is not None:
        token = report.token_of(found.failure, seed=options.get("seed", 0), test=body)
        error = found.failure.error
        error.add_note("\n".join(report.explained(found.failure, found.coverage, token)))
        found.failure.outcome.keep(tape_of_search(found.failure, token, ways=_ways_of(body)))
        raise error
    for line in report.warnings(found):
        warnings.warn(line, NeverTrue, stacklevel=2)
    return found


def _ways_of(body: Body) -> Ways:
    return Ways(f'nexus_testkit.replay({getattr(body, "__name__", "body")}, "{{token}}")')


def sweep_body(body: Body, *, test: Callable[..., Any], options: dict[str, Any], ways: Ways) -> Sweep:
    """Make all runs of the sweep that `body(nexus)` has; `test` is the function that a person has written.

    Raises:
        SweepFailed: some faults broke it; because of the error of the first.
        BaseException: what it raises without any fault.
    """
    worlds = BodyWorlds(body, options=options, invariants=invariants_of(test))
    found = sweep(worlds, healthy_run(worlds, worlds.invariants), worlds.invariants)
    if found.broken:
        seed = options.get("seed", 0)
        error = failed(found, seed=seed, test=test, ways=ways)
        keep_sweep(error, found, seed=seed, tape=tape_of_sweep(found, seed=seed, test=test, ways=ways))
        raise error from found.broken[0].error
    return found


def replay(body: Body, token: str, **options: Any) -> None:
    """Run `body(nexus)` once, under the decisions of a token.

    Raises:
        BaseException: what the body raises.
        InvalidToken: `token` is none.

    Warns:
        ReplayDiffers: versions, the body's code or its calls are not those of the run that the token stands for.
    """
    replay_body(body, token, options=options, ways=_ways_of(body))


def replay_body(body: Body, token: str, *, options: dict[str, Any], ways: Ways) -> None:
    """Do as `replay` does; `ways` is how a token of this body is replayed."""
    parsed = Token.parse(token)
    options = {"seed": parsed.seed, **options}
    again = Again()
    worlds = BodyWorlds(body, options=options, sweeper=again)
    worlds.limits = parsed.limits
    outcome = worlds.run(Planned(parsed.plan))
    if again.asked:
        worlds = BodyWorlds(body, options=options)
        healthy = healthy_run(worlds, worlds.invariants)
        outcome = worlds.run(replayed(healthy, parsed.plan, worlds.invariants))
    for line in [*parsed.differences(body), *outcome.unmet]:
        warnings.warn(line, ReplayDiffers, stacklevel=2)
    if outcome.error is not None:
        outcome.error.add_note("\n".join(["what crossed the ports:", *outcome.journal.lines()]))
        outcome.keep(tape_of_replay(parsed.plan, token, ways=ways))
        raise outcome.error
