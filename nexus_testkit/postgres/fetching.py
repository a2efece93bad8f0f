"""FETCH and MOVE: where a cursor goes, and the rows that it passes (src/backend/tcop/pquery.c, `DoPortalRunFetch`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nexus_testkit.errors.database import database_error

if TYPE_CHECKING:
    from nexus_testkit.postgres.kept import Cursor

#: What libpg_query gives for ALL.
ALL = 2**63 - 1

Rows = list[tuple[Any, ...]]


def fetch(cursor: Cursor, direction: str, count: int) -> Rows:
    """The rows of a FETCH, in the order in which they are passed; the cursor stands where it ends.

    Raises:
        DatabaseError: 55000 where a cursor that cannot go back should.
    """
    last = len(cursor.rows) + 1
    if direction == "FORWARD" and count < 0:
        direction, count = "BACKWARD", -count
    elif direction == "BACKWARD" and count < 0:
        direction, count = "FORWARD", -count
    if direction in ("FORWARD", "BACKWARD") and count == 0:
        return _again(cursor, last)
    if direction == "FORWARD":
        end = min(cursor.at + count, last)
        rows = cursor.rows[cursor.at : min(cursor.at + count, len(cursor.rows))]
        cursor.at = end
        return rows
    if direction == "BACKWARD":
        _require_scroll(cursor)
        start = max(cursor.at - 1 - count, 0) if count != ALL else 0
        rows = cursor.rows[start : cursor.at - 1][::-1]
        cursor.at = max(cursor.at - count, 0)
        return rows
    if direction == "RELATIVE" and count == 0:
        return _again(cursor, last)
    target = count if direction == "ABSOLUTE" else cursor.at + count
    if direction == "ABSOLUTE" and count < 0:
        target = last + count
    target = min(max(target, 0), last)
    if target < cursor.at or (target == cursor.at and direction == "ABSOLUTE" and target):
        _require_scroll(cursor)
    cursor.at = target
    return cursor.rows[target - 1 : target] if 1 <= target < last else []


def _again(cursor: Cursor, last: int) -> Rows:
    """The row on which it stands; the server steps back to fetch it."""
    if not 1 <= cursor.at < last:
        return []
    _require_scroll(cursor)
    return cursor.rows[cursor.at - 1 : cursor.at]


def _require_scroll(cursor: Cursor) -> None:
    if not cursor.scroll:
        raise database_error(
            "55000",
            "cursor can only scan forward",
            hint="Declare it with SCROLL option to enable backward scan.",
        )
