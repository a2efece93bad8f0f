"""Plans: a statement ready to run, and the cache of them.

A plan depends on the statement's text and on the catalogue, and on nothing of the world it runs in, so the cache is the
process's: a second world with the same schema compiles nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from nexus_testkit.postgres.values import decoder, encoder

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.session import Session

Decode = Callable[[tuple[Any, ...]], tuple[Any, ...]]


@dataclass(slots=True)
class QueryPlan:
    """A statement that reads or changes rows.

    Attributes:
        sql: SQLite's SQL.
        params: the parameters' types, in order.
        columns, types: of the result; empty where there are no rows to return.
        tag: the command of the status (`SELECT`, `INSERT 0`, `UPDATE`, `DELETE`).
        writes: the table that it changes, or None.
        uses_session: whether it calls functions that change the session (sequences, locks), so that it needs the writer's place.
        touches: whether a row must not be updated twice (ON CONFLICT DO UPDATE of several rows).
        refers: whether foreign keys point from or to the table, so that a failure may be theirs.
    """

    sql: str
    params: tuple[str, ...]
    columns: tuple[str, ...]
    types: tuple[str, ...]
    tag: str
    writes: str | None = None
    touches: bool = False
    encoders: tuple[Callable[[Any], Any], ...] = field(init=False)
    decode: Decode | None = field(init=False)

    def __post_init__(self) -> None:
        """Find the codecs once."""
        self.encoders = tuple(encoder(kind) for kind in self.params)
        self.decode = _row_decoder(self.types)


@dataclass(slots=True)
class SchemaPlan:
    """A statement that changes the catalogue: what to run, and what the catalogue is afterwards."""

    steps: tuple[str | Callable[[Session], None], ...]
    catalog: Catalog
    tag: str
    params: tuple[str, ...] = ()


@dataclass(slots=True)
class CommandPlan:
    """A statement that the session itself carries out: BEGIN, SET, SHOW ..."""

    run: Callable[[Session], Any]
    tag: str
    transaction: Literal["begin", "commit", "rollback", "savepoint", "release", "rollback_to", ""] = ""
    params: tuple[str, ...] = ()


Plan = QueryPlan | SchemaPlan | CommandPlan


def _row_decoder(types: tuple[str, ...]) -> Decode | None:
    """A function from a row of storage values to one of Python values; None where they are the same."""
    decoders = [decoder(kind) for kind in types]
    if not any(decoders):
        return None
    names: dict[str, Any] = {}
    parts: list[str] = []
    for at, found in enumerate(decoders):
        if found is None:
            parts.append(f"row[{at}]")
        else:
            names[f"d{at}"] = found
            parts.append(f"(None if row[{at}] is None else d{at}(row[{at}]))")
    # One expression for the whole row: a loop over decoders costs three times as much.
    made: Decode = eval(f"lambda row: ({', '.join(parts)},)", names)  # noqa: S307  # made of numbers alone
    return made


class Cache:
    """Plans by catalogue version and text, the oldest dropped first."""

    __slots__ = ("_plans", "_room")

    def __init__(self, room: int = 4096) -> None:
        """`room` is how many statements are kept."""
        self._plans: dict[tuple[int, str], list[Plan]] = {}
        self._room = room

    def get(self, version: int, query: str) -> list[Plan] | None:
        """The plans of a text's statements, or None."""
        return self._plans.get((version, query))

    def put(self, version: int, query: str, plans: list[Plan]) -> None:
        """Keep plans."""
        if len(self._plans) >= self._room:
            del self._plans[next(iter(self._plans))]
        self._plans[version, query] = plans


#: Shared by all worlds of the process.
CACHE = Cache()
