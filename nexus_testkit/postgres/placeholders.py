"""Running SQL with `?1`, `?2` ... in every Python.

Python 3.12.0 to 3.12.3 take numbered placeholders for named ones and warn when their values come as a sequence
(gh-117995, mended in 3.12.4). By name is no way out: where a statement has `?2` alone, SQLite's first parameter has none.
"""

from __future__ import annotations

import sqlite3
import sys
import warnings
from collections.abc import Sequence
from typing import Any

_WARNS = (3, 12) <= sys.version_info < (3, 12, 4)


def execute(connection: sqlite3.Connection, sql: str, values: Sequence[Any]) -> sqlite3.Cursor:
    """`connection.execute(sql, values)`, without that warning."""
    if not _WARNS:
        return connection.execute(sql, values)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return connection.execute(sql, values)


def changed(connection: sqlite3.Connection, cursor: sqlite3.Cursor) -> int:
    """How many rows a statement has changed; sqlite3 counts only for those whose first word is INSERT, UPDATE or DELETE."""
    if cursor.rowcount >= 0:
        return cursor.rowcount
    (count,) = connection.execute("SELECT changes()").fetchone()
    return int(count)
