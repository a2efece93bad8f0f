"""PostgreSQL's own types, operators, functions and casts, as `tools/dump_postgres_catalog.py` read them from a real server.

Type names are pg_type's (`int4`, `varchar`), arrays are `int4[]`. `title` gives the words that messages use.
"""

from __future__ import annotations

import json
import lzma
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Self

from nexus_testkit.postgres.values import records

_DATA = Path(__file__).with_name("system.json.xz")

# pg_cast's contexts, weakest first: a cast of a context may be used in it and in every stronger one.
IMPLICIT, ASSIGNMENT, EXPLICIT = "i", "a", "e"
_STRENGTH = {IMPLICIT: 0, ASSIGNMENT: 1, EXPLICIT: 2}


@dataclass(frozen=True, slots=True)
class Routine:
    """One row of pg_proc or pg_operator: a signature and what it gives.

    Attributes:
        args: parameter types; for a unary operator only the right one.
        kind: `f` function, `a` aggregate, `w` window function, `o` operator, `p` procedure.
        many: whether it returns a set.
        outputs: name and type of each OUT parameter, where there are any.
        declared: the parameter types as pg_proc has them, before polymorphic and variadic ones were filled in.
    """

    name: str
    args: tuple[str, ...]
    result: str
    kind: str = "f"
    many: bool = False
    variadic: bool = False
    defaults: int = 0
    volatility: str = "i"
    strict: bool = True
    outputs: tuple[tuple[str, str], ...] = ()
    declared: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SystemCatalog:
    """The tables, indexed by name."""

    server_version: str
    categories: dict[str, str]
    preferred: frozenset[str]
    titles: dict[str, str]
    oids: dict[str, int]
    operators: Mapping[str, list[Routine]]
    functions: Mapping[str, list[Routine]]
    casts: dict[tuple[str, str], str]

    def cast_allowed(self, source: str, target: str, context: str) -> bool:
        """Whether pg_cast has this cast for the context."""
        needed = self.casts.get((source, target))
        return needed is not None and _STRENGTH[needed] <= _STRENGTH[context]


class Routines(Mapping[str, list[Routine]]):
    """Routines by name, made out of the rows when their name is first asked for: a test needs few of the thousands."""

    def __init__(self, rows: Iterable[list[Any]], make: Callable[[list[Any]], Routine]) -> None:
        """`rows` begin with the name."""
        self._rows: dict[str, list[list[Any]]] = defaultdict(list)
        for row in rows:
            self._rows[row[0]].append(row)
        self._make = make
        self._made: dict[str, list[Routine]] = {}

    def __getitem__(self, name: str) -> list[Routine]:
        """The routines of that name."""
        found = self._made.get(name)
        if found is None:
            if name not in self._rows:
                raise KeyError(name)
            found = self._made[name] = [self._make(row) for row in self._rows[name]]
        return found

    def __iter__(self) -> Iterator[str]:
        """All names."""
        return iter(self._rows)

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._rows)


def _operator(row: list[Any]) -> Routine:
    name, left, right, result = row
    args = (left, right) if left else (right,)
    return Routine(name, args, result, "o", declared=args)


def _function(row: list[Any]) -> Routine:
    name, args, result, kind, many, variadic, defaults, volatility, strict, outputs = row
    return Routine(
        name,
        tuple(args),
        result,
        kind,
        bool(many),
        bool(variadic),
        defaults,
        volatility,
        bool(strict),
        tuple((column, kind) for column, kind in outputs),
        tuple(args),
    )


@cache
def system() -> SystemCatalog:
    """The catalogue; read once a process, in about 10 ms."""
    tables = json.loads(lzma.decompress(_DATA.read_bytes()))
    types = tables["types"]
    oids = {name: row[0] for name, row in types.items()}
    oids.update({f"{name}[]": row[4] for name, row in types.items() if row[4]})
    return SystemCatalog(
        tables["server_version"],
        {name: row[1] for name, row in types.items()},
        frozenset(name for name, row in types.items() if row[2]),
        {name: row[3] for name, row in types.items()},
        oids,
        Routines(tables["operators"], _operator),
        Routines(tables["functions"], _function),
        {(source, target): context for source, target, context, _ in tables["casts"]},
    )


class DomainType(str):
    """The name of a base type that remembers the domain through which a value got it.

    It is equal to the base type's name, which is what decides how a value is stored, compared and computed with; messages
    name the domain (`title`), and making a value of another type into it checks the domain's constraints.

    Attributes:
        domain: the domain's key in the catalogue.
        element: whether it is an array whose elements are of the domain.
    """

    __slots__ = ("domain", "element")
    domain: str
    element: bool

    def __new__(cls, base: str, domain: str, *, element: bool = False) -> Self:
        """The type `base` as the domain (or an array of it)."""
        made = super().__new__(cls, base)
        made.domain = domain
        made.element = element
        return made


def title(name: str) -> str:
    """A type's name as PostgreSQL's messages write it: `int4` is `integer`, `varchar[]` is `character varying[]`."""
    if isinstance(name, DomainType):
        return f"{name.domain}[]" if name.element else name.domain
    if name.endswith("[]"):
        return title(name[:-2]) + "[]"
    if (row := records.find(name)) is not None:
        return row.key
    return system().titles.get(name, name)
