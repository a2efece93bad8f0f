"""Which tests get a world."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pytest

from nexus_testkit.pytest_plugin.fixtures import FIXTURE, WORLD_FIXTURE
from nexus_testkit.pytest_plugin.integrations import asyncio_plugin
from nexus_testkit.pytest_plugin.options import CLASS_OPTIONS, MARKER

if TYPE_CHECKING:
    from nexus_testkit.pytest_plugin.world import World

_USES_WORLD = pytest.StashKey[bool]()
WORLD: pytest.StashKey[World] = pytest.StashKey()
"""The world of a test, from its set-up to the report of its teardown."""


def pytest_itemcollected(item: pytest.Item) -> None:
    """Give a world to tests that ask for one, and to async tests that are marked or whose class has options for one."""
    if not isinstance(item, pytest.Function):
        return
    names = item.fixturenames
    if WORLD_FIXTURE in names:
        names.remove(WORLD_FIXTURE)
    elif not (_wraps_ours(item) or _is_marked(item)):
        return
    names.insert(_first_of_the_test(item), WORLD_FIXTURE)
    asyncio_plugin.prepare(item)


def uses_world(item: pytest.Item) -> bool:
    """Whether this test has a world."""
    known = item.stash.get(_USES_WORLD, None)
    if known is None:
        asks = WORLD_FIXTURE in getattr(item, "fixturenames", ())
        plans = item.config.getoption("setupplan", default=False)  # runs no fixture
        known = item.stash[_USES_WORLD] = asks and not plans
    return known


def note_world(item: pytest.Item) -> None:
    """Note that this test has a world, whatever its signature says."""
    item.stash[_USES_WORLD] = True


def _is_marked(item: pytest.Function) -> bool:
    named = item.get_closest_marker(MARKER) is not None or hasattr(item.cls, CLASS_OPTIONS)
    return named and inspect.iscoroutinefunction(item.obj)


def _wraps_ours(item: pytest.Function) -> bool:
    # Before pytest 9 the names that a test needs leave out what the wrapped fixture of the same name needs.
    for definition in reversed(_definitions(item).get(FIXTURE, ())):
        if WORLD_FIXTURE in definition.argnames:
            return True
        if FIXTURE not in definition.argnames:
            return False
    return False


def _first_of_the_test(item: pytest.Function) -> int:
    # Before every fixture that is made for this test, and behind those that it shares with others. The list is
    # sorted by scope, and all parameter sets of a test share it.
    definitions = _definitions(item)
    for index, name in enumerate(item.fixturenames):
        found = definitions.get(name)
        if found is None or found[-1].scope == "function":
            return index
    return len(item.fixturenames)


def _definitions(item: pytest.Function) -> dict[str, Sequence[pytest.FixtureDef[Any]]]:
    return item._fixtureinfo.name2fixturedefs  # noqa: SLF001  # the only place that says which fixture a name means
