"""Statements that change data in the typed tree; see `typed`."""

from __future__ import annotations

from dataclasses import dataclass, field

from nexus_testkit.postgres.typed import Expr
from nexus_testkit.postgres.typed_queries import CommonTable, Output, Query, Source


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
