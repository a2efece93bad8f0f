"""Queries in the typed tree: relations, bodies and what goes round them; see `typed` for expressions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nexus_testkit.postgres.typed import Const, Expr, SortKey


@dataclass(slots=True)
class Output:
    """A column that a query gives: its name, its expression."""

    name: str
    expr: Expr


@dataclass(slots=True)
class TableSource:
    """A stored table under an alias of the lowered SQL."""

    alias: str
    table: str


THERE = "there"
"""A further column of an item of FROM in the lowered SQL: null where an outer join found no row of it."""


@dataclass(slots=True)
class QuerySource:
    """A query in FROM; its columns are called c0, c1 ... in the lowered SQL, and `THERE` where that is asked for (`marked`)."""

    alias: str
    query: Query
    marked: bool = field(default=False, kw_only=True)


@dataclass(slots=True)
class ViewSource(QuerySource):
    """A view in FROM: its query, and the view that it came from."""

    view: str


@dataclass(slots=True)
class CteSource:
    """A reference to a common table expression by its name in the lowered SQL; `marked` as of a query."""

    alias: str
    cte: str
    marked: bool = field(default=False, kw_only=True)


@dataclass(slots=True)
class FunctionSource:
    """A set-returning function in FROM: `call` gives a JSON array of rows; `width` columns, plus ordinality."""

    alias: str
    call: Expr
    width: int
    ordinality: bool = False


@dataclass(slots=True)
class LateralSource:
    """A query in FROM that reads columns of the items on its left."""

    alias: str
    query: Query

    @property
    def visible(self) -> list[Output]:
        """Its columns."""
        return self.query.outputs[: len(self.query.outputs) - getattr(self.query.body, "hidden", 0)]


@dataclass(slots=True)
class JoinSource:
    """`left kind JOIN right ON on`."""

    kind: Literal["INNER", "LEFT", "RIGHT", "FULL", "CROSS"]
    left: Source
    right: Source
    on: Expr | None


Source = TableSource | QuerySource | CteSource | FunctionSource | LateralSource | JoinSource


@dataclass(slots=True)
class CommonTable:
    """`name AS (query)`; a recursive one refers to itself."""

    name: str
    query: Query
    materialized: str = ""


@dataclass(slots=True)
class Select:
    """SELECT without set operation."""

    outputs: list[Output]
    sources: list[Source] = field(default_factory=list)
    where: Expr | None = None
    groups: list[Expr] = field(default_factory=list)
    having: Expr | None = None
    aggregated: bool = False
    distinct: bool = False
    hidden: int = 0  # trailing outputs that only ORDER BY reads
    distinct_on: list[int] = field(default_factory=list)  # the outputs that tell rows apart


@dataclass(slots=True)
class Values:
    """VALUES lists, coerced to common types."""

    rows: list[list[Expr]]
    outputs: list[Output]


@dataclass(slots=True)
class SetOperation:
    """UNION, INTERSECT, EXCEPT [ALL]."""

    op: str
    left: Query
    right: Query
    outputs: list[Output]
    recursive: bool = False  # one that WITH RECURSIVE refers to


@dataclass(slots=True)
class RowLock:
    """A table of FROM, by its alias in the lowered SQL, whose rows a query locks.

    `strength`: 1 FOR KEY SHARE to 4 FOR UPDATE; `policy`: 0 waits, 1 skips what is locked, 2 is an error. `column`: where a subquery
    in FROM gives the row's number (`Query.numbers`).
    """

    alias: str
    table: str
    strength: int
    policy: int
    column: str = ""


@dataclass(slots=True)
class Query:
    """A body with what goes round it."""

    body: Select | Values | SetOperation
    ctes: list[CommonTable] = field(default_factory=list)
    recursive: bool = False
    order: list[SortKey | tuple[int, SortKey]] = field(
        default_factory=list
    )  # (ordinal, key) where the key is an output
    limit: Expr | None = None
    offset: Expr | None = None
    ties: bool = False  # FETCH FIRST ... WITH TIES
    locks: list[RowLock] = field(default_factory=list)
    numbers: list[RowLock] = field(default_factory=list)  # further columns: rows that the query round it locks

    @property
    def outputs(self) -> list[Output]:
        """The columns, in order."""
        return self.body.outputs

    @property
    def one_row_at_most(self) -> bool:
        """Whether it is plain that no second row can come."""
        body = self.body
        if isinstance(self.limit, Const) and self.limit.value in (0, 1):
            return True
        if isinstance(body, Select):
            return (body.aggregated and not body.groups) or not body.sources
        return isinstance(body, Values) and len(body.rows) == 1
