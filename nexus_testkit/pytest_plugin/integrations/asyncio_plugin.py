"""pytest-asyncio, in strict and in auto mode.

Its items run the test on a runner of their own, which knows the loops that its scopes and
`pytest_asyncio_loop_factories` give it. The world's loop is not handed to it through that hook: once a plugin
implements the hook, it must answer for every test of the run, and each answer becomes a parameter, which renames the
tests of people who never asked for `nexus` (before pytest 8.4). Instead, a test in a world is run as if its item were
pytest's own. That works with any `loop_scope`, and with every pytest-asyncio from 1.1 on.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

# In strict mode pytest-asyncio warns about async fixtures that are not its own. Here they are run by this plugin.
_NOT_ITS_FIXTURES = "ignore:asyncio test .* requested async @pytest.fixture:pytest.PytestDeprecationWarning"


def prepare(item: pytest.Function) -> None:
    """Make a test in a world acceptable to pytest-asyncio, where that collected it."""
    if type(item) is not pytest.Function and item.get_closest_marker("asyncio") is not None:
        item.add_marker(pytest.mark.filterwarnings(_NOT_ITS_FIXTURES))


def why_not(function: Callable[..., Any]) -> str | None:
    """Why a fixture cannot run on the loop of its test's world, or None.

    Before 1.1 pytest-asyncio puts a function that runs on a loop of its own in the fixture's place for good, when it
    collects.
    """
    inner = getattr(function, "__wrapped__", None)
    if inner is None or not getattr(function, "_force_asyncio_fixture", False):
        return None
    if not (inspect.iscoroutinefunction(inner) or inspect.isasyncgenfunction(inner)):
        return None
    return (
        "would run on another loop than its test\n"
        "Hint: upgrade to pytest-asyncio 1.1 or newer, or make it a plain @pytest.fixture in strict mode"
    )
