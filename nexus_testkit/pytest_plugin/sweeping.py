"""A test with a sweep: run again and again, with fixtures of its own each time, until every fault was tried."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from nexus_testkit.exploration import Token
from nexus_testkit.exploration.running import ReplayDiffers
from nexus_testkit.exploration.sweep_report import failed, of_pytest, summary
from nexus_testkit.exploration.sweeping import Sweep, healthy_run, replayed, sweep
from nexus_testkit.exploration.swept import Swept
from nexus_testkit.exploration.tapes import tape_of_sweep
from nexus_testkit.pytest_plugin.collecting import WORLD
from nexus_testkit.pytest_plugin.exploring import ENDS_ALL, ItemWorlds
from nexus_testkit.pytest_plugin.fixtures import EXPLORING
from nexus_testkit.pytest_plugin.options import WorldOptions
from nexus_testkit.pytest_plugin.world import World


def run_sweep(item: pytest.Function, options: WorldOptions, *, test: Callable[..., Any]) -> None:
    """Make all runs of a test whose plain run has asked for a sweep, and has ended with that.

    `test` is the test's own function: while it runs, another one stands in its place.

    Raises:
        SweepFailed: some faults broke it.
        BaseException: what it raises without any fault; or under the fault of the token that it replays.
    """
    __tracebackhide__ = True
    token = None if options.replay is None else Token.parse(options.replay)
    if token is not None:
        options = replace(options, seed=token.seed)
    worlds = ItemWorlds(item, options, test=test)
    item.stash[EXPLORING] = worlds
    try:
        worlds.leave()
        # Where it fails it is made once more, to leave its world as it is: for the debugger, and the fixtures' own teardown.
        healthy = healthy_run(worlds, worlds.invariants, stay=worlds.run_and_stay)
        worlds.lets_out = ENDS_ALL  # a fault that lets the test skip itself is a result as any other
        if token is not None:
            run = replayed(healthy, token.plan, worlds.invariants)
            worlds.run_and_stay(run)
            _check_met(item, run)
            return
        found = sweep(worlds, healthy, worlds.invariants)
    finally:
        del item.stash[EXPLORING]  # whoever runs the test once more begins anew
    _tell(worlds, found)


def _check_met(item: pytest.Function, run: Swept) -> None:
    for line in run.unmet:
        warnings.warn(f"{item.nodeid}: the token says: {line}", ReplayDiffers, stacklevel=2)


def _tell(worlds: ItemWorlds, found: Sweep) -> None:
    __tracebackhide__ = True
    item = worlds.item
    item.add_report_section("call", "swept", "\n".join(summary(found)))
    if not found.broken:
        return
    _show_broken(item.stash[WORLD], worlds, found)
    report = failed(found, seed=worlds.options.seed, test=worlds.test, ways=of_pytest(item.nodeid))
    raise report from found.broken[0].error


def _show_broken(world: World, worlds: ItemWorlds, found: Sweep) -> None:
    """Let reports show the first run that broke: the world that is there is the last one's, which was another run."""
    first = found.broken[0]
    world.told = True  # by the lanes in the error
    world.shown = first.journal
    world.tape = tape_of_sweep(found, seed=worlds.options.seed, test=worlds.test, place=worlds.item.nodeid)
