"""The functions, collations and aggregates that lowered SQL may name, and how they get into a SQLite connection.

Registering all of them would cost every world a millisecond; `register` takes the names that a plan mentions.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cmp_to_key, partial
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import aggregates, compare, jsonaggregates, ordered, rangetypes, records
from nexus_testkit.postgres.values.late import Late, late
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.types import array_elements


@dataclass(frozen=True, slots=True)
class RuntimeFunction:
    """A Python function that lowered SQL may call.

    Attributes:
        function: takes storage values, gives a storage value.
        strict: with a NULL argument the answer is NULL and the function is not called.
        session: it takes the `ValueSession` first.
        deterministic: SQLite may call it in an index, and once for equal constants.
    """

    function: Callable[..., Any]
    strict: bool = True
    session: bool = False
    deterministic: bool = True


def _all_runtime() -> dict[str, RuntimeFunction]:
    from nexus_testkit.postgres.values.functions import RUNTIME  # noqa: PLC0415  # that module imports this one

    return RUNTIME


COLLATIONS: dict[str, Callable[[str, str], int]] = {
    "pg_numeric": compare.comparer("numeric"),
    "pg_jsonb": compare.comparer("jsonb"),
    "pg_interval": compare.comparer("interval"),
    "pg_timetz": compare.comparer("timetz"),
    "pg_inet": compare.comparer("inet"),
    **{f"pg_array_{name}": compare.array_comparer(name) for name in array_elements()},
    **rangetypes.COLLATIONS,
}

#: SQLite name -> how to make the aggregate; `pg_agg_ordered` runs any of them over sorted or distinct rows.
AGGREGATE_NAMES: dict[str, Callable[[ValueSession], Any]] = {
    **{f"pg_agg_{name}": made for name, made in aggregates.AGGREGATES.items()},
    "pg_agg_ordered": ordered.Ordered,
    **rangetypes.AGGREGATES,
    **{f"pg_agg_bits_{name}": late(f"bitstrings.{name.title()}Agg") for name in ("and", "or", "xor")},
    **jsonaggregates.AGGREGATES_JSON,
}

_MENTION = re.compile(r"\bpg_[a-z0-9_]+")


def mentioned(sql: str) -> set[str]:
    """The names of this runtime that a piece of SQL mentions: what `register` must have been given before it runs."""
    runtime = _all_runtime()
    return {
        name
        for name in _MENTION.findall(sql)
        if name in runtime or name in AGGREGATE_NAMES or name in COLLATIONS or records.compared(name) is not None
    }


def register(
    connection: sqlite3.Connection,
    *,
    now: Callable[[], datetime] | None = None,
    session: ValueSession | None = None,
    only: Iterable[str] | None = None,
) -> ValueSession:
    """Register functions, aggregates and collations in a connection, and give the session that they share.

    `only` are names as `mentioned` finds them; None registers everything. A second call for more names passes the `session` of
    the first. An error raised inside a function is kept in `session.pending`: sqlite3 itself reports only
    "user-defined function raised exception".
    """
    if session is None:
        session = ValueSession(now=now) if now is not None else ValueSession()
    runtime = _all_runtime()
    names = [*runtime, *AGGREGATE_NAMES, *COLLATIONS] if only is None else only
    for name in names:
        if name in runtime:
            spec = runtime[name]
            connection.create_function(name, -1, _guarded(name, spec, session), deterministic=spec.deterministic)
        elif name in AGGREGATE_NAMES:
            connection.create_aggregate(name, -1, _aggregate_class(name, session))
        elif name in COLLATIONS:
            connection.create_collation(name, COLLATIONS[name])
        elif (row := records.compared(name)) is not None:
            connection.create_collation(name, compare.comparer(row))
        else:
            raise KeyError(name)
    return session


def provide(connection: sqlite3.Connection, session: ValueSession, names: Iterable[str]) -> None:
    """Register more names in a connection that `register` has seen."""
    register(connection, session=session, only=names)


def _guarded(name: str, spec: RuntimeFunction, session: ValueSession) -> Callable[..., Any]:
    function = spec.function.found() if isinstance(spec.function, Late) else spec.function
    if spec.session:
        function = partial(function, session)
    if spec.strict:

        def call(*values: Any) -> Any:
            if None in values:
                return None
            try:
                return function(*values)
            except Exception as error:
                session.pending = _as_database_error(error, name)
                raise
    else:

        def call(*values: Any) -> Any:
            try:
                return function(*values)
            except Exception as error:
                session.pending = _as_database_error(error, name)
                raise

    return call


def _as_database_error(error: Exception, name: str) -> DatabaseError:
    if isinstance(error, DatabaseError):
        return error
    if isinstance(error, RecursionError):
        return UnsupportedSQL("a value that nests so deeply")
    if isinstance(error, OverflowError):  # days or seconds that Python's datetime does not hold, PostgreSQL's may
        return UnsupportedSQL(f"a value this large in {name.removeprefix('pg_')}")
    made = database_error("XX000", f"{name} failed inside the fake database: {type(error).__name__}: {error}")
    made.__cause__ = error
    return made


def _aggregate_class(name: str, session: ValueSession) -> type:
    make = AGGREGATE_NAMES[name]

    class Guarded:
        def __init__(self) -> None:
            self.inner = make(session)

        def step(self, *values: Any) -> None:
            try:
                self.inner.step(*values)
            except Exception as error:
                session.pending = session.pending or _as_database_error(error, name)
                raise

        def finalize(self) -> Any:
            try:
                return self.inner.finalize()
            except Exception as error:
                session.pending = session.pending or _as_database_error(error, name)
                raise

    return Guarded


def sort_key(type_name: str) -> Callable[[Any], Any]:
    """A key for Python's sort that orders a type's storage as PostgreSQL does."""
    return cmp_to_key(compare.comparer(type_name))
