"""The class of ranges that the fake database gives: asyncpg's where it is installed, the port's otherwise."""

from __future__ import annotations

from functools import cache
from typing import Any

from nexus_testkit.ports.database import Range


@cache
def range_class() -> Any:
    """`asyncpg.Range`, or `nexus_testkit.ports.database.Range`, which is equal to it."""
    try:
        import asyncpg  # noqa: PLC0415  # optional, and only needed once a range is read
    except ImportError:
        return Range
    return asyncpg.Range
