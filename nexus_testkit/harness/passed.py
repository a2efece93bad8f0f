"""The last world that came to a good end, for a report on a test that has no fixture to ask."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nexus_testkit.harness.harness import Harness


class Passed:
    """Notes worlds that end well.

    Attributes:
        last: the latest, or None.
    """

    __slots__ = ("last",)

    def __init__(self) -> None:
        """None has ended so far."""
        self.last: Harness | None = None


PASSED: ContextVar[Passed | None] = ContextVar("nexus_testkit passed worlds", default=None)
"""Who wants to know, if anybody does."""


def note_passed(harness: Harness) -> None:
    """Say that a world has ended well."""
    wanted = PASSED.get()
    if wanted is not None:
        wanted.last = harness
