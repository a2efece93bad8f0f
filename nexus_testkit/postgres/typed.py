"""The typed tree: what a statement means, with every name bound and every overload resolved.

`analyze` builds it, `lower` reads it. Expressions compare by meaning (not by place in the text): that is how
`GROUP BY a + 1` recognises `a + 1` in the select list. A type is pg_type's name (`int4`, `text[]`, an enum's
name); `unknown` is a literal or parameter whose type the context has not decided yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from nexus_testkit.postgres.typed_select import Frame

Typmod = int | tuple[int, int] | None


@dataclass(slots=True)
class Expr:
    """Base: the type, its modifier (`varchar(50)`: 50; `numeric(10,2)`: (10, 2)), the byte offset in the statement.

    `collation` is that of a COLLATE clause around it, which only its text tells: see `analyze.collations`.
    """

    type: str
    typmod: Typmod = field(default=None, kw_only=True)
    location: int = field(default=-1, kw_only=True, compare=False)
    collation: str = field(default="", kw_only=True, compare=False)


@dataclass(slots=True)
class Const(Expr):
    """A literal in storage form; of type `unknown`, the text that was written."""

    value: Any
    written: Any = field(default=None, compare=False)  # before the modifier of an explicit cast


@dataclass(slots=True)
class Param(Expr):
    """`$number`."""

    number: int


@dataclass(slots=True)
class ColumnRef(Expr):
    """A column of the relation whose alias in the lowered SQL is `relation` ("" for the target table itself)."""

    relation: str
    name: str
    shown: str = field(default="", compare=False)  # as messages name it: `users.id`


class UnknownColumn(ColumnRef):
    """A column of a system catalogue that only a server can fill: lowering refuses it."""

    __slots__ = ()


@dataclass(slots=True)
class Call(Expr):
    """A function or operator: `name` with the resolved parameter types `signature`, `declared` as in pg_proc."""

    name: str
    signature: tuple[str, ...]
    args: tuple[Expr, ...]
    operator: bool = False
    volatile: bool = False
    declared: tuple[str, ...] = field(default=(), compare=False)
    written: str = field(
        default="", kw_only=True, compare=False
    )  # CURRENT_TIMESTAMP; `syntax` for EXTRACT(... FROM ...)


@dataclass(slots=True)
class Cast(Expr):
    """`arg` as another type. `kind`: `i`mplicit, `a`ssignment, `e`xplicit."""

    arg: Expr
    kind: Literal["i", "a", "e"]


@dataclass(slots=True)
class BoolOp(Expr):
    """AND, OR, NOT."""

    op: Literal["AND", "OR", "NOT"]
    args: tuple[Expr, ...]


@dataclass(slots=True)
class IsTest(Expr):
    """`arg IS [NOT] test`; test is NULL, TRUE, FALSE or UNKNOWN."""

    arg: Expr
    test: str
    negated: bool


@dataclass(slots=True)
class Distinct(Expr):
    """`left IS [NOT] DISTINCT FROM right`, both of the type `compared`."""

    left: Expr
    right: Expr
    compared: str
    negated: bool  # True: IS NOT DISTINCT FROM


@dataclass(slots=True)
class NullIf(Expr):
    """`NULLIF(left, right)`; `equal` is their comparison."""

    value: Expr
    equal: Expr


@dataclass(slots=True)
class InList(Expr):
    """`left [NOT] IN (items)` where all are of one type, `compared`."""

    left: Expr
    items: tuple[Expr, ...]
    compared: str
    negated: bool


@dataclass(slots=True)
class ArrayCompare(Expr):
    """`left operator ANY|ALL (array)`; `compared` is the type of left and of the elements."""

    left: Expr
    array: Expr
    operator: str
    compared: str
    every: bool


@dataclass(slots=True)
class Case(Expr):
    """Searched CASE; the `simple` form is turned into it."""

    whens: tuple[tuple[Expr, Expr], ...]
    default: Expr
    simple: bool = field(default=False, kw_only=True, compare=False)


@dataclass(slots=True)
class Coalesce(Expr):
    """COALESCE, all of one type."""

    args: tuple[Expr, ...]


@dataclass(slots=True)
class MinMax(Expr):
    """GREATEST, LEAST: nulls are passed over."""

    greatest: bool
    args: tuple[Expr, ...]


@dataclass(slots=True)
class ArrayExpr(Expr):
    """`ARRAY[...]`; `nested` where the elements are arrays themselves."""

    items: tuple[Expr, ...]
    nested: bool


@dataclass(slots=True)
class Subscript(Expr):
    """`array[index]` of an array, or of jsonb."""

    arg: Expr
    index: Expr


@dataclass(slots=True)
class SubQuery(Expr):
    """A query as an expression.

    `kind`: `exists`, `scalar`, `array`, or `any`/`all` with `test` (left operator column) and `left`.
    """

    kind: Literal["exists", "scalar", "array", "any", "all"]
    query: Query
    left: Expr | None = None
    operator: str = "="
    compared: str = ""


@dataclass(slots=True)
class RowTest(SubQuery):
    """A row compared with a query; `test` compares it with the columns c0, c1 ... of one of the query's rows."""

    test: Expr = field(default_factory=lambda: Const("bool", None))


@dataclass(slots=True)
class SortKey:
    """One key of ORDER BY."""

    expr: Expr
    descending: bool = False
    nulls_first: bool = False


@dataclass(slots=True)
class Aggregate(Expr):
    """An aggregate call."""

    name: str
    signature: tuple[str, ...]
    args: tuple[Expr, ...]
    star: bool = False
    distinct: bool = False
    order: tuple[SortKey, ...] = ()
    where: Expr | None = None
    declared: tuple[str, ...] = field(default=(), compare=False)
    within: bool = False  # `args` are direct arguments, `order` is WITHIN GROUP's


@dataclass(slots=True)
class Window(Expr):
    """`call OVER (...)`."""

    call: Expr
    partition: tuple[Expr, ...]
    order: tuple[SortKey, ...]
    frame: Frame | None = None


# ---------------------------------------------------------------------------------------------- relations


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


@dataclass(slots=True)
class QuerySource:
    """A query in FROM; its columns are called c0, c1 ... in the lowered SQL."""

    alias: str
    query: Query


@dataclass(slots=True)
class ViewSource(QuerySource):
    """A view in FROM: its query, and the view that it came from."""

    view: str


@dataclass(slots=True)
class CteSource:
    """A reference to a common table expression by its name in the lowered SQL."""

    alias: str
    cte: str


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


# ---------------------------------------------------------------------------------------------- statements


@dataclass(slots=True)
class Conflict:
    """ON CONFLICT: `target` are lowered index terms (None: any); `sets` None means DO NOTHING."""

    target: tuple[Expr, ...] | None
    target_where: Expr | None
    sets: list[tuple[str, Expr]] | None
    where: Expr | None


@dataclass(slots=True)
class Insert:
    """INSERT; each row of `rows` (or the `source` query's columns through `mapped`) fills `columns` in order.

    `stage`, here and below, is the alias of the written row in `returning`; see `analyze.returning`. `before` is that of the row
    which ON CONFLICT DO UPDATE changed, as it was. `checks` are the CHECK OPTIONs of views, with the names of these.
    """

    table: str
    alias: str
    columns: list[str]
    rows: list[list[Expr]] | None
    source: Query | None
    mapped: list[Expr]
    conflict: Conflict | None
    returning: list[Output]
    ctes: list[CommonTable] = field(default_factory=list)
    recursive: bool = False
    stage: str = ""
    before: str = ""
    checks: list[tuple[str, Expr]] = field(default_factory=list)


@dataclass(slots=True)
class Update:
    """UPDATE."""

    table: str
    alias: str
    sets: list[tuple[str, Expr]]
    sources: list[Source]
    where: Expr | None
    returning: list[Output]
    ctes: list[CommonTable] = field(default_factory=list)
    recursive: bool = False
    stage: str = ""
    checks: list[tuple[str, Expr]] = field(default_factory=list)


@dataclass(slots=True)
class Delete:
    """DELETE; `sources` are USING's."""

    table: str
    alias: str
    sources: list[Source]
    where: Expr | None
    returning: list[Output]
    ctes: list[CommonTable] = field(default_factory=list)
    recursive: bool = False
    stage: str = ""
