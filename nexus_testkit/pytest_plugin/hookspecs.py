"""Hooks that other plugins, and a project's conftest.py, may implement."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexus_testkit.harness import Harness


def pytest_nexus_world_closed(nodeid: str, harness: Harness) -> None:
    """The world of a test has ended; its journal, and what was started in it, can still be read.

    Called before the test's report is made, whatever the outcome.

    Args:
        nodeid: the test.
        harness: its world, closed.
    """
