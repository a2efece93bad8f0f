"""The classes of ranges and bit strings that the fake database gives: asyncpg's where it is installed, the port's otherwise."""

from __future__ import annotations

from functools import cache
from typing import Any

from nexus_testkit.ports.database import BitString, Range


@cache
def range_class() -> Any:
    """`asyncpg.Range`, or `nexus_testkit.ports.database.Range`, which is equal to it."""
    try:
        import asyncpg  # noqa: PLC0415  # optional, and only needed once a range is read
    except ImportError:
        return Range
    return asyncpg.Range


@cache
def bit_class() -> Any:
    """`asyncpg.BitString`, or `nexus_testkit.ports.database.BitString`, which is equal to it."""
    try:
        import asyncpg  # noqa: PLC0415  # as above
    except ImportError:
        return BitString
    return asyncpg.BitString
