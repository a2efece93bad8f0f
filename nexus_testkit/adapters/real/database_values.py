"""Values on their way to asyncpg and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg

from nexus_testkit.ports.database import BitString, ExecuteResult, Range, Row

_indexes: dict[tuple[str, ...], dict[str, int]] = {}
_MOST_INDEXES = 1_000


def arguments(values: Sequence[Any]) -> list[Any]:
    """Arguments as asyncpg takes them: the port's own `Range` and `BitString` become asyncpg's."""
    return [_argument(value) for value in values]


def _argument(value: Any) -> Any:
    kind = type(value)
    if kind is Range:
        return _range(value)
    if kind is BitString:
        return asyncpg.BitString.frombytes(value.bytes, len(value)) if len(value) else asyncpg.BitString("")
    if kind is list or kind is tuple:
        return kind(map(_argument, value))
    return value


def _range(value: Range) -> Any:
    if value.isempty:
        return asyncpg.Range(empty=True)
    return asyncpg.Range(
        _argument(value.lower), _argument(value.upper), lower_inc=value.lower_inc, upper_inc=value.upper_inc
    )


def row(record: Any) -> Row:
    """The port's row for asyncpg's record."""
    names = tuple(record.keys())
    index = _indexes.get(names)
    if index is None:
        if len(_indexes) >= _MOST_INDEXES:  # an application that makes up its column names
            _indexes.clear()
        index = _indexes[names] = {name: at for at, name in enumerate(names)}
    return Row(index, tuple(record))


def result(status: str | None) -> ExecuteResult:
    """The result that a command tag tells: the count is its last word (protocol-message-formats, CommandComplete)."""
    status = status or ""
    count = status.rpartition(" ")[2]
    return ExecuteResult(int(count) if count.isdecimal() else 0, status)


def with_count(status: str, count: int) -> str:
    """The command tag with another count."""
    words = status.split()
    return " ".join([*words[:-1], str(count)]) if words and words[-1].isdecimal() else status
