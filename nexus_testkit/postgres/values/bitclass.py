"""Which class stands for bit and bit varying in Python; the adapter says it, as it does of ranges (`rangetypes.use`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.errors import UnsupportedSQL

_makers: list[Callable[[], Any]] = []


def use(found: Callable[[], Any]) -> None:
    """Say which class it is: `found()` is asked for it when the first bit string is decoded. It has asyncpg's `frombytes`."""
    _makers[:] = [found]


def bit_class() -> Any:
    """That class.

    Raises:
        UnsupportedSQL: nobody has said which.
    """
    if not _makers:
        raise UnsupportedSQL("a bit string as a Python value, as long as no class was named for it")
    return _makers[0]()
