"""Plans: a statement ready to run, and the cache of them.

A plan depends on the statement's text and on the catalogue, and on nothing of the world it runs in, so the cache is the
process's: a second world with the same schema compiles nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from nexus_testkit.postgres.values import decoder, plain_encoder

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.session import Session
    from nexus_testkit.postgres.system.tables import Use

_RUNTIME = re.compile(r"\bpgs?_[a-z0-9_]+")

# A catalogue's version; with the session's time zone, search path and temporary schema, and whether ties are shuffled, where
# these are not the usual ones.
Vantage = int | tuple[int, str | None, tuple[str, ...] | None, str, bool]

Decode = Callable[[tuple[Any, ...]], tuple[Any, ...]]


@dataclass(slots=True)
class QueryPlan:
    """A statement that reads or changes rows.

    Attributes:
        sql: SQLite's SQL.
        params: the parameters' types, in order.
        columns, types: of the result; empty where there are no rows to return.
        tag: the command of the status (`SELECT`, `INSERT 0`, `UPDATE`, `DELETE`).
        writes: the table that it changes; "" where it only locks rows (FOR UPDATE); else None.
        bound: how many of the parameters SQLite's SQL holds.
        needs: the runtime's functions, aggregates and collations that the SQL names.
        counts, draws: whether it moves sequences or the dice.
        limits: index of a parameter and the cast that checks its length or range before anything runs.
        doomed: of a DELETE, a query for the rows that it is to delete, where a cascade may come first and take them away.
        watched: whether a table that it writes has to do with deferrable constraints (`deferral`).
        touches: whether a row must not be updated twice (ON CONFLICT DO UPDATE of several rows).
        constants: a query of what is computed before anything runs; none once that went well (`folding`).
        argued, argued_bound: the same of what depends on an argument, at each run; how many parameters it holds.
        tree: the typed statement, for what overlapping transactions ask of it.
        system: what it needs of the system's relations and names.
        steps: what to run instead of `sql`, one after the other (`staging`).
    """

    sql: str
    params: tuple[str, ...]
    columns: tuple[str, ...]
    types: tuple[str, ...]
    tag: str
    writes: str | None = None
    bound: int = 0
    touches: bool = False
    limits: tuple[tuple[int, Callable[[Any, Any], Any]], ...] = ()
    steps: tuple[Step, ...] = ()
    constants: str = ""
    argued: str = ""
    argued_bound: int = 0
    tree: Any = None
    system: Use | None = None
    watched: bool = False
    doomed: QueryPlan | None = None
    needs: frozenset[str] = field(init=False)
    draws: bool = field(init=False)
    counts: bool = field(init=False)
    encoders: tuple[Callable[[Any], Any], ...] = field(init=False)
    decode: Decode | None = field(init=False)

    def __post_init__(self) -> None:
        """Find the codecs and the functions once."""
        self.needs = needed_by(f"{self.sql} {self.constants} {self.argued}")
        self.counts = "pgs_nextval" in self.needs
        self.draws = any(name.startswith("pg_random") for name in self.needs)
        self.encoders = tuple(plain_encoder(kind) for kind in self.params)
        self.decode = _row_decoder(self.types)


@dataclass(slots=True)
class Step:
    """One of the steps that a statement takes where SQLite cannot do it in one.

    Attributes:
        plan: its SQL; `params` are the whole statement's, of which it gets the first `bound`.
        into: the temporary table that keeps its rows, of `width` columns; "" for none.
        main: whether its rows are the statement's.
        counts: whether the statement counts the rows that it changes.
        actions: of MERGE: the plan's rows are (number, the target's row, which action), and these are the actions.
    """

    plan: QueryPlan
    into: str = ""
    width: int = 0
    main: bool = False
    counts: bool = False
    actions: tuple[tuple[str, QueryPlan], ...] = ()


@dataclass(slots=True)
class SchemaPlan:
    """A statement that changes the catalogue: what to run, and what the catalogue is afterwards.

    `counted` says that the last step gives a number of rows, which stands in the status. Steps get the arguments, where there are any.
    """

    steps: tuple[str | Callable[[Session], Any], ...]
    catalog: Catalog
    tag: str
    params: tuple[str, ...] = ()
    counted: bool = False


@dataclass(slots=True)
class CommandPlan:
    """A statement that the session itself carries out: BEGIN, SET, SHOW ...; `run` gets the session and the arguments."""

    run: Callable[..., Any]
    tag: str
    transaction: Literal["begin", "commit", "rollback", "savepoint", "release", "rollback_to", ""] = ""
    params: tuple[str, ...] = ()


Plan = QueryPlan | SchemaPlan | CommandPlan


def needed_by(sql: str) -> frozenset[str]:
    """The names in some SQL that may be the runtime's (a user's column may look like one: no harm)."""
    return frozenset(_RUNTIME.findall(sql))


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
    """Plans by catalogue version, text and the statement's number in it; the oldest is dropped first."""

    __slots__ = ("_plans", "_room")

    def __init__(self, room: int = 4096) -> None:
        """`room` is how many statements are kept."""
        self._plans: dict[tuple[Vantage, str, int], Plan] = {}
        self._room = room

    def get(self, version: Vantage, query: str, number: int = 0) -> Plan | None:
        """The plan of a text's statement, or None."""
        return self._plans.get((version, query, number))

    def put(self, version: Vantage, query: str, number: int, plan: Plan) -> None:
        """Keep a plan."""
        if len(self._plans) >= self._room:
            del self._plans[next(iter(self._plans))]
        self._plans[version, query, number] = plan


#: Shared by all worlds of the process.
CACHE = Cache()
