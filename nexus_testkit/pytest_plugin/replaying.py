"""A test with `replay=`: its one run, under the decisions of a token."""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import partial

import pytest

from nexus_testkit.errors import HarnessError
from nexus_testkit.exploration import Token
from nexus_testkit.exploration.running import ReplayDiffers
from nexus_testkit.exploration.sources import Planned
from nexus_testkit.pytest_plugin.exploring import Decided, invariants_for
from nexus_testkit.pytest_plugin.options import WorldOptions
from nexus_testkit.pytest_plugin.showing import redaction_of
from nexus_testkit.pytest_plugin.world import World
from nexus_testkit.report import Tape


def replayed_world(item: pytest.Function, options: WorldOptions) -> World:
    """The world of a test with `replay=`, under the decisions of the token."""
    assert options.replay is not None  # noqa: S101  # the fixture asks for it only then
    try:
        token = Token.parse(options.replay)
    except HarnessError as error:
        pytest.fail(f"{item.nodeid}: {error}", pytrace=False)
    for line in token.differences(item.function):
        warnings.warn(f"{item.nodeid}: {line}: this run need not be the one of the token", ReplayDiffers, stacklevel=2)
    source = Planned(token.plan)
    # The world's seed is the token's: that of an unnamed world comes of the test's id, and a test can be renamed.
    decided = Decided(
        source,
        replace(options, seed=token.seed),
        invariants=invariants_for(item),
        sweeps=True,
        after=partial(_say_unmet, item, source),
        limits=token.limits,
        redaction=redaction_of(item.config),
    )
    decided.world.tape = Tape(tuple(token.plan.words()), token=options.replay, place=item.nodeid)
    decided.deciding.calm = False  # the plan says itself when faults begin
    return decided.world


def _say_unmet(item: pytest.Function, source: Planned) -> None:
    for line in source.unmet:
        warnings.warn(f"{item.nodeid}: the token says: {line}", ReplayDiffers, stacklevel=2)
