"""Conditions that a search ought to reach, such as "the retry was needed".

Antithesis calls them sometimes-assertions: an `assert` that was never put to the test says nothing, so a test says
what must happen in some run, and the report warns of what never did.
"""

from __future__ import annotations

from contextvars import ContextVar

_SEEN: ContextVar[dict[str, bool] | None] = ContextVar("nexus_testkit_sometimes", default=None)


def sometimes(condition: object, name: str) -> bool:
    """Note that `condition` holds or not; a search warns of conditions that it never found true.

    Outside a search nothing is noted.

    Limits: a line that no run came to is unknown to the search, and so not missed.

    Args:
        condition: whatever is true or false.
        name: the condition in words; unique in its test.

    Returns:
        Whether it holds.
    """
    holds = bool(condition)
    seen = _SEEN.get()
    if seen is not None:
        seen[name] = seen.get(name, False) or holds
    return holds


def collect_into(seen: dict[str, bool]) -> None:
    """Note conditions in `seen` from here on, in this context and in the tasks that it makes."""
    _SEEN.set(seen)
