"""Values in few words, for a timeline: bounded in length and in work, and free of memory addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain
from typing import Any
from uuid import UUID

from nexus_testkit.ports.database import Row

LONGEST = 100
"""Characters of one value."""

# What cannot change after it was noted, and can be put into words when somebody reads the journal.
_IMMUTABLE = (str, bytes, int, float, bool, type(None), datetime, date, time, timedelta, Decimal, UUID)
# The same for exact types: looked up by hash, a third of what `isinstance` takes to go through the tuple for a None.
PLAIN = frozenset(_IMMUTABLE)


_SHORT = 50  # more are not kept alive for the journal
_KEPT = 2_000  # characters of what could change, for whoever looks at one call alone


class Shortened:
    """Stands in the journal for a long list: its beginning, and how long it was."""

    __slots__ = ("first", "length")

    def __init__(self, first: list[Any], length: int) -> None:
        """Keep both."""
        self.first = first
        self.length = length

    def __repr__(self) -> str:
        return f"{self.first!r} and {self.length - len(self.first)} more"


class Described:
    """Stands in the journal for a value that could change: the words of that moment."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        """Keep the text alone."""
        self.text = text

    def __repr__(self) -> str:
        return self.text


def frozen(value: Any) -> Any:
    """The value itself where it cannot change, else what it was in words; None for what has nothing to say.

    Rows of plain values and short lists of them are kept (a list as a copy): their words, which mostly nobody reads,
    would take longer than the query that fetched them (8 of 28 µs for one row, 29 of 51 for ten). Of a long list the beginning is kept.
    """
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind is Row:
        if PLAIN.issuperset(map(type, value)):
            return value
    elif kind is list:
        first = value[:_SHORT]
        # Rows, as queries give them: one pass over all their values, for most of what a list costs is to begin with each.
        if {Row}.issuperset(map(type, first)):
            if PLAIN.issuperset(map(type, chain.from_iterable(first))):
                return first if len(first) == len(value) else Shortened(first, len(value))
        elif all(map(_cannot_change, first)):
            return first if len(first) == len(value) else Shortened(first, len(value))
    elif _cannot_change(value):
        return value
    if _says_nothing(value) and not hasattr(value, "__journal__"):
        return None
    return Described(words(value, _KEPT))


def _cannot_change(value: object) -> bool:
    if type(value) is Row:
        return PLAIN.issuperset(map(type, value))
    return isinstance(value, _IMMUTABLE)


def words(value: Any, longest: int = LONGEST) -> str:
    """The value in at most `longest` characters."""
    if isinstance(value, Described):
        text = value.text
        return text if len(text) <= longest else f"{text[: longest - 3]}..."
    if isinstance(value, Shortened):
        return f"{words(value.first, longest)} ({value.length})"
    text = _words(value, longest)
    return text if len(text) <= longest else f"{text[: longest - 3]}..."


def _words(value: Any, longest: int) -> str:
    describe = getattr(value, "__journal__", None)
    if describe is not None:
        return str(describe())
    if isinstance(value, str):
        return repr(" ".join(value[: 4 * longest].split()))
    if isinstance(value, bytes):
        return repr(value[:longest])
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (timedelta, Decimal, UUID)):
        return str(value)
    if isinstance(value, Row):
        return f"{{{_joined((f'{name}: {words(each)}' for name, each in value.items()), longest)}}}"
    if isinstance(value, Mapping):
        return f"{{{_joined((f'{words(key)}: {words(each)}' for key, each in value.items()), longest)}}}"
    if isinstance(value, (list, tuple, set, frozenset)):
        left, right = "()" if isinstance(value, tuple) else "[]"
        return f"{left}{_joined((words(each) for each in value), longest)}{right}"
    return f"<{type(value).__name__}>" if _says_nothing(value) else _repr(value)


def _repr(value: object) -> str:
    """What it says of itself; its own `__repr__` may fail, and must not take the call with it."""
    try:
        return repr(value)
    except Exception as failed:  # noqa: BLE001  # whatever the class of the user does
        return f"<{type(value).__name__}, whose __repr__ raised {type(failed).__name__}>"


def _joined(parts: Iterable[str], longest: int) -> str:
    """The parts, as far as they fit: a thousand rows cost no more than the first few."""
    text = ""
    for part in parts:
        text += f", {part}" if text else part
        if len(text) > longest:
            break
    return text


def _says_nothing(value: object) -> bool:
    """Whether its repr is Python's own, which is the class and an address that differs from run to run."""
    return type(value).__repr__ is object.__repr__
