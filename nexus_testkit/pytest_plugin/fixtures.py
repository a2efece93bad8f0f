"""The `nexus` fixture, and the world behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from nexus_testkit.errors import HarnessError, NeedsSimulation, ServerError
from nexus_testkit.pytest_plugin.backend import can_be_skipped, reason_of
from nexus_testkit.pytest_plugin.integrations import anyio_plugin
from nexus_testkit.pytest_plugin.options import WorldOptions, world_options
from nexus_testkit.pytest_plugin.recording import note_recorded

if TYPE_CHECKING:
    from nexus_testkit.harness import Harness
    from nexus_testkit.pytest_plugin.exploring import ItemWorlds
    from nexus_testkit.pytest_plugin.world import World

EXPLORING: pytest.StashKey[ItemWorlds] = pytest.StashKey()
"""What makes the worlds of a test that is explored, or swept."""

FIXTURE = "nexus"
WORLD_FIXTURE = "_nexus_world"


@pytest.fixture
def nexus(_nexus_world: World) -> Harness:
    """A fresh world for this test: the services on fakes, one clock, and a journal (`nexus_testkit.Harness`).

    Options come from `@pytest.mark.nexus(...)`. An `async def` test runs in virtual time, with no other plugin; a
    plain one may use `nexus.run(coroutine)`.
    """
    return _nexus_world.harness


# A fixture of its own, so that a project can wrap `nexus` in a fixture of the same name.
@pytest.fixture
def _nexus_world(request: pytest.FixtureRequest) -> Iterator[World]:
    anyio_plugin.refuse_other_backends(request)
    options = _options(request.node)
    if isinstance(options, (NeedsSimulation, ServerError)) and can_be_skipped(request.node):
        pytest.skip(reason_of(options))
    if isinstance(options, HarnessError):
        pytest.fail(f"{type(options).__name__}: {options}", pytrace=False)  # the marker is at fault, not a line of code
    from nexus_testkit.pytest_plugin.world import World  # noqa: PLC0415  # loads asyncio and the harness

    if EXPLORING not in request.node.stash and options.explore is None and options.replay is None:
        from nexus_testkit.pytest_plugin.showing import redaction_of  # noqa: PLC0415  # as above

        world = World(options, redaction=redaction_of(request.config))
    else:
        world = _decided_world(request.node, options)
    yield world
    try:
        world.close()
    finally:
        note_recorded(request.node, world.harness.recorded)
        request.config.hook.pytest_nexus_world_closed(nodeid=request.node.nodeid, harness=world.harness)


def _options(item: pytest.Function) -> WorldOptions | HarnessError:
    if getattr(item.obj, "is_hypothesis_test", False):
        return HarnessError(
            f"{item.nodeid}: 'nexus' is one world a test, and @given would run all its examples in it",
            hint="put @simulate (from nexus_testkit) below @given: every example gets a fresh world as its 'nexus'",
        )
    try:
        return world_options(item)
    except HarnessError as error:
        return error


def _decided_world(item: pytest.Function, options: WorldOptions) -> World:
    from nexus_testkit.pytest_plugin.exploring import ItemWorlds  # noqa: PLC0415  # few tests need it
    from nexus_testkit.pytest_plugin.replaying import replayed_world  # noqa: PLC0415  # as above

    exploring = item.stash.get(EXPLORING, None)
    if exploring is None:
        if options.replay is not None:
            return replayed_world(item, options)
        exploring = item.stash[EXPLORING] = ItemWorlds(item, options)
    return exploring.make()
