"""What a statement gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Result:
    """What a statement gave.

    Attributes:
        columns, types: of the rows; empty where the statement returns none.
        rows: Python values, as asyncpg decodes them.
        status: PostgreSQL's command tag.
        rowcount: rows selected or changed; 0 where the statement counts none.
    """

    columns: tuple[str, ...]
    types: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    status: str
    rowcount: int
