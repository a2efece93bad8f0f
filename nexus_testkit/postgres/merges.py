"""MERGE as a typed tree; see `typed`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from nexus_testkit.postgres.typed import Expr
from nexus_testkit.postgres.typed_queries import CommonTable, Output, Source


@dataclass(slots=True)
class Action:
    """One WHEN: for rows of `match`, where `condition` is true, `kind` happens.

    `columns` and `values` are those that INSERT or UPDATE writes.
    """

    match: Literal["both", "source", "target"]
    kind: Literal["INSERT", "UPDATE", "DELETE", "NOTHING"]
    condition: Expr | None
    columns: list[str] = field(default_factory=list)
    values: list[Expr] = field(default_factory=list)


@dataclass(slots=True)
class Merge:
    """MERGE; `before` is the alias of the changed row as it was, `after` of the row as it is then, `stage` of either."""

    table: str
    alias: str
    source: Source
    on: Expr
    actions: list[Action]
    returning: list[Output]
    ctes: list[CommonTable] = field(default_factory=list)
    recursive: bool = False
    stage: str = ""
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class MergeAction(Expr):
    """`merge_action()`: INSERT, UPDATE or DELETE, of the row with the alias `relation`."""

    relation: str
