"""What one statement's analysis knows: its text, the catalogue, the parameters' types so far."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres.analyze.overloads import Overloads
from nexus_testkit.postgres.catalog.schema import Catalog, Table
from nexus_testkit.postgres.merges import Merge
from nexus_testkit.postgres.nodes import Node, Statement
from nexus_testkit.postgres.typed import Expr
from nexus_testkit.postgres.typed_queries import CteSource, Output, Query, QuerySource
from nexus_testkit.postgres.typed_statements import Delete, Insert, Update
from nexus_testkit.postgres.values.session import DETACHED, ValueSession

Where = Node | Expr | int | None


@dataclass(slots=True)
class Entry:
    """One name in FROM: its columns as expressions, and what of it may be referred to.

    Attributes:
        alias: the name that qualifies its columns; None for a join without one.
        bare: whether its columns are found without the alias (a join's USING hides its sides').
        table: the stored table behind it, if it is one.
        relation: its alias in the lowered SQL ("" for a join).
        blocked: whether it stands on the outer side of a RIGHT or FULL JOIN, where LATERAL cannot see it.
        nullable: whether an outer join may give it no row.
        system: the system's relation behind it (`pg_catalog.pg_class`), or "".
        joined: whether it is a side of a JOIN, which hides its system columns.
        concealed: how many of its last columns `*` does not mean.
        scalar: whether it is a function that gives one value a row; its alias alone means that value.
        key: of a table or a view that has no alias, what it is called in the catalogue.
        view: of a view, alias or not, the same.
        xmax: the system column of that name, where its value is known.
        source: the query or the common table expression that it names.
    """

    alias: str | None
    columns: list[tuple[str, Expr]]
    relation: str = ""
    table: Table | None = None
    bare: bool = True
    qualified: bool = True
    scalar: bool = False
    blocked: bool = False
    concealed: int = 0
    nullable: bool = False
    key: str = ""
    view: str = ""
    system: str = ""
    joined: bool = False
    xmax: Expr | None = None
    source: QuerySource | CteSource | None = None


@dataclass(slots=True)
class CteEntry:
    """A common table expression in scope: its name in the lowered SQL and its columns; `silent` if it has no RETURNING."""

    name: str
    outputs: list[Output]
    used: bool = False
    silent: bool = False
    concealed: int = 0


@dataclass(slots=True)
class Scope:
    """The names that one query level sees; `parent` is the level round it.

    Attributes:
        clause: the clause that is being read, as messages name it (`WHERE`).
        aggregates: whether an aggregate of this level was read.
        claimed: aggregates in the subqueries of this level that are this level's.
        future: names of WITH that cannot be referred to yet.
        set_returning: functions of the select list that give a row for each value.
        inside_aggregate: whether what is read stands inside one.
        unreachable: items of FROM that only a LATERAL query could refer to.
        merged: in MERGE's RETURNING, the alias of the written row.
    """

    parent: Scope | None = None
    entries: list[Entry] = field(default_factory=list)
    ctes: dict[str, CteEntry] = field(default_factory=dict)
    clause: str = "SELECT"
    aggregates: bool = False
    windows: bool = False
    inside_aggregate: bool = False
    inside_window: bool = False
    named_windows: dict[str, Node] = field(default_factory=dict)
    claimed: list[Expr] = field(default_factory=list)
    future: set[str] = field(default_factory=set)
    set_returning: list[Expr] = field(default_factory=list)
    unreachable: list[Entry] = field(default_factory=list)
    merged: str = ""

    def cte(self, name: str) -> CteEntry | None:
        """The common table expression of that name, in this level or one round it."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.ctes:
                return scope.ctes[name]
            scope = scope.parent
        return None


class Context:
    """The analysis of one statement. Rules are functions that take it first.

    Attributes:
        rules: how each kind of expression is read (see `rules`).
        values: the session's surroundings, in whose time zone literals are read.
        params: parameter number to its type, as far as it is known.
        undecided: parameter number to the place of its first mention that gave it no type.
        changes: the parts of WITH that change data, by their names in the lowered SQL.
        defines: whether what is read is a view's query, which is kept and not run.
        tree: the whole statement, once it is read.
        locks_rows: whether it says FOR UPDATE or its like.
    """

    __slots__ = (
        "_aliases",
        "_cte_names",
        "catalog",
        "changes",
        "defines",
        "locks_rows",
        "overloads",
        "params",
        "rules",
        "statement",
        "tree",
        "undecided",
        "values",
    )

    def __init__(
        self, statement: Statement, catalog: Catalog, rules: Mapping[str, Rule], values: ValueSession = DETACHED
    ) -> None:
        """Begin the analysis of `statement` against `catalog`."""
        self.statement = statement
        self.catalog = catalog
        self.rules = rules
        self.values = values
        self.overloads = Overloads(catalog.enums)
        self.params: dict[int, str] = {}
        self.undecided: dict[int, int] = {}
        self.tree: Query | Insert | Update | Delete | Merge | None = None
        self.defines = False
        self.changes: dict[str, tuple[CteEntry, Any]] = {}
        self.locks_rows = False
        self._aliases = count()
        self._cte_names = count()

    def alias(self) -> str:
        """A fresh alias for the lowered SQL."""
        return f"t{next(self._aliases)}"

    def cte_name(self) -> str:
        """A fresh name of a common table expression for the lowered SQL."""
        return f"with{next(self._cte_names)}"

    def error(self, sqlstate: str, message: str, where: Where = None, **fields: Any) -> DatabaseError:
        """PostgreSQL's error at a place."""
        return self.statement.error(sqlstate, message, _offset(where), **fields)

    def unsupported(self, construct: str, where: Where = None) -> UnsupportedSQL:
        """The refusal of what PostgreSQL can and we cannot."""
        return self.statement.unsupported(construct, _offset(where))

    def located(self, error: DatabaseError, where: Where) -> DatabaseError:
        """The same error, with the place in this statement."""
        if error.position is None:
            error.position = self.statement.position(_offset(where))
        error.query = self.statement.query
        return error


def _offset(where: Where) -> int | None:
    if where is None or isinstance(where, int):
        return where
    return leftmost(where) if isinstance(where, Expr) else where.location


# Where an expression's operands may begin before its own place in the text (`exprLocation`).
_FIRST = ("args", "arg", "left", "value")


def leftmost(expr: Expr) -> int:
    """The byte offset at which an expression begins; -1 where that is unknown."""
    found = expr.location
    for name in _FIRST:
        inner = getattr(expr, name, None)
        for item in inner if isinstance(inner, tuple) else (inner,):
            if isinstance(item, Expr) and (at := leftmost(item)) >= 0 and (found < 0 or at < found):
                found = at
    return found


Rule = Callable[[Context, Node, Scope], Expr]
