"""Row values in the typed tree; see `typed`."""

from __future__ import annotations

from dataclasses import dataclass, field

from nexus_testkit.postgres.typed import Expr


@dataclass(slots=True)
class RowExpr(Expr):
    """`ROW(...)`, or a whole row of FROM; of a whole row, `there` is null where an outer join found none, `shown` its alias."""

    items: tuple[Expr, ...]
    there: Expr | None = None
    shown: str = field(default="", compare=False)


@dataclass(slots=True)
class FieldOf(Expr):
    """`(row).field`, by the field's place."""

    arg: Expr
    at: int


@dataclass(slots=True)
class RowIsNull(Expr):
    """`row IS [NOT] NULL`: whether all fields are null, or none is."""

    arg: Expr
    negated: bool
