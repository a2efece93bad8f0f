"""The typed tree: what a statement means, with every name bound and every overload resolved.

Here are the expressions; `typed_rows` and `typed_select` hold those that few statements have, `typed_queries` the queries round them,
`typed_statements` what changes data. `analyze` builds it, `lower` reads it. Expressions compare by meaning (not by place in the text): that is how
`GROUP BY a + 1` recognises `a + 1` in the select list. A type is pg_type's name (`int4`, `text[]`, an enum's
name); `unknown` is a literal or parameter whose type the context has not decided yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from nexus_testkit.postgres.typed_queries import Query
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
