"""Expressions of a wanted type."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.fidelity.fuzzing.vocabulary import LITERALS, PARAMETERS, makers

#: Aggregates by the type that they give, with that of their argument; those whose answer depends on the order of rows say it.
AGGREGATES: dict[str, list[tuple[str, str]]] = {
    "int8": [
        ("count({})", "int4"),
        ("count(DISTINCT {})", "text"),
        ("sum({})", "int4"),
        ("count(*)", "int4"),
        ("sum({})", "int2"),
    ],
    "numeric": [
        ("sum({})", "int8"),
        ("avg({})", "int4"),
        ("sum({})", "numeric"),
        ("avg({})", "numeric"),
        ("sum(DISTINCT {})", "numeric"),
    ],
    "float8": [("sum({})", "float8"), ("max({})", "float8"), ("min({})", "float8")],
    "text": [
        ("max({})", "text"),
        ("min({})", "text"),
        ("string_agg({0}, ',' ORDER BY {0})", "text"),
        ("string_agg(DISTINCT {0}, ',' ORDER BY {0})", "varchar"),
        ("string_agg({0}, '' ORDER BY {0})", "bpchar"),
    ],
    "varchar": [("max({})", "varchar")],
    "bpchar": [("min({})", "bpchar"), ("max(DISTINCT {0} ORDER BY {0})", "bpchar")],
    "time": [("max({})", "time"), ("min({})", "time")],
    "int4range": [("max({})", "int4range")],
    "text[]": [("array_agg({0} ORDER BY {0})", "varchar"), ("max({})", "text[]")],
    "bool": [("bool_and({})", "bool"), ("bool_or({})", "bool"), ("every({})", "bool")],
    "date": [("max({})", "date"), ("min({})", "date")],
    "timestamptz": [("max({})", "timestamptz"), ("min({})", "timestamptz")],
    "int4": [("max({})", "int4"), ("min({})", "int4"), ("bit_or({})", "int4"), ("bit_and({})", "int4")],
    "int4[]": [("array_agg({0} ORDER BY {0})", "int4"), ("array_agg(DISTINCT {0})", "int4")],
    "jsonb": [("jsonb_agg({0} ORDER BY {0})", "text")],
    "interval": [("max({})", "interval"), ("sum({})", "interval")],
}


@dataclass(slots=True)
class Scope:
    """What an expression may mention.

    Attributes:
        columns: (SQL, type).
        args: the statement's arguments; a new parameter is appended.
        tables: (name, columns) that a sub-query may read.
    """

    columns: list[tuple[str, str]]
    args: list[Any] = field(default_factory=list)
    tables: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)


def expression(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    """SQL of an expression of type `kind`, of at most `depth` levels."""
    leaves = ["literal", *(["column"] * 3 if any(it == kind for _, it in scope.columns) else []), "null"]
    if kind in PARAMETERS:
        leaves.append("parameter")
    shapes = leaves if depth <= 0 else [*leaves, *["routine"] * 6, "case", "coalesce", "cast", "subquery"]
    if depth > 0 and kind == "bool":
        shapes += ["test", "and", "in", "distinct", "exists"]
    return _SHAPES[draw(st.sampled_from(shapes))](draw, scope, kind, depth)


def _literal(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    del scope, depth
    return draw(st.sampled_from(LITERALS[kind]))


def _null(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    del draw, scope, depth
    return f"NULL::{kind}"


def _column(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    del depth
    return draw(st.sampled_from([sql for sql, it in scope.columns if it == kind]))


def _parameter(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    del depth
    scope.args.append(draw(st.sampled_from(PARAMETERS[kind])))
    return f"${len(scope.args)}::{kind}"


def _routine(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    known = makers().get(kind)
    if not known:
        return _literal(draw, scope, kind, depth)
    make = draw(st.sampled_from(known))
    return make.sql.format(*(expression(draw, scope, arg, depth - 1) for arg in make.args))


def _case(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    bound = len(scope.args)
    test = expression(draw, scope, "bool", depth - 1)
    if scope.columns and not _reads(scope, test):
        # With a constant condition, the planner puts one of the results in the place of the CASE, and computes what is round it.
        del scope.args[bound:]
        test = f"({draw(st.sampled_from(scope.columns))[0]} IS NULL)"
    one, other = (expression(draw, scope, kind, depth - 1) for _ in range(2))
    return f"(CASE WHEN {test} THEN {one} ELSE {other} END)"


def _coalesce(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    word = draw(st.sampled_from(["COALESCE", "NULLIF", *(["GREATEST", "LEAST"] if kind != "jsonb" else [])]))
    one, other = (expression(draw, scope, kind, depth - 1) for _ in range(2))
    if word == "COALESCE" and not _reads(scope, one):  # as with CASE
        one, other = other, one
    return f"{word}({one}, {other})"


def _reads(scope: Scope, sql: str) -> bool:
    return any(column in sql for column, _ in scope.columns)


_CASTS = {
    "int4": ["int8", "text", "numeric", "bool", "float8"],
    "int8": ["int4", "numeric"],
    "int2": ["int4"],
    "numeric": ["int4", "float8", "text"],
    "float8": ["int4", "numeric"],
    "text": [
        "int4",
        "numeric",
        "bool",
        "date",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "jsonb",
        "int4[]",
        "text[]",
        "float8",
        "bytea",
        "time",
    ],
    "date": ["timestamp"],  # text of any kind has more ways to be no date than anybody writes
    "timestamp": ["date", "timestamptz"],
    "timestamptz": ["timestamp", "date"],
    "bool": ["int4", "text"],
    "varchar": ["text", "int4"],
    "time": ["timestamp", "interval"],
    "interval": ["time"],
}


def _cast(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    if kind not in _CASTS:
        return _literal(draw, scope, kind, depth)
    inner = expression(draw, scope, draw(st.sampled_from(_CASTS[kind])), depth - 1)
    return f"CAST({inner} AS {kind})"


def _subquery(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    if not scope.tables or kind not in AGGREGATES:
        return _literal(draw, scope, kind, depth)
    name, columns = draw(st.sampled_from(scope.tables))
    inner = Scope([(f"s.{column}", it) for column, it in columns] + scope.columns, scope.args)
    sql, arg = draw(st.sampled_from(AGGREGATES[kind]))
    # One column of the sub-query's own table: an aggregate over outer columns alone would be the outer query's.
    own = [f"s.{column}" for column, it in columns if it == arg]
    if not own:
        return _literal(draw, scope, kind, depth)
    where = expression(draw, inner, "bool", min(depth - 1, 1))
    return f"(SELECT {sql.format(draw(st.sampled_from(own)))} FROM {name} s WHERE {where})"


def _exists(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    if not scope.tables:
        return _literal(draw, scope, kind, depth)
    name, columns = draw(st.sampled_from(scope.tables))
    inner = Scope([(f"s.{column}", it) for column, it in columns] + scope.columns, scope.args)
    return f"EXISTS (SELECT 1 FROM {name} s WHERE {expression(draw, inner, 'bool', min(depth - 1, 1))})"


def _any_type(draw: Any, scope: Scope) -> str:
    types = sorted({it for _, it in scope.columns}) or ["int4", "text"]
    return draw(st.sampled_from(types))


def _test(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    del kind
    word = draw(st.sampled_from(["IS NULL", "IS NOT NULL"]))
    return f"({expression(draw, scope, _any_type(draw, scope), depth - 1)} {word})"


def _and(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    word = draw(st.sampled_from(["AND", "OR", "NOT"]))
    one = expression(draw, scope, kind, depth - 1)
    return f"(NOT {one})" if word == "NOT" else f"({one} {word} {expression(draw, scope, kind, depth - 1)})"


def _in(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    of = _any_type(draw, scope)
    left = expression(draw, scope, of, depth - 1)
    items = [expression(draw, scope, of, depth - 1) for _ in range(draw(st.integers(1, 3)))]
    word = draw(st.sampled_from(["IN", "NOT IN"]))
    return f"({left} {word} ({', '.join(items)}))"


def _distinct(draw: Any, scope: Scope, kind: str, depth: int) -> str:
    of = _any_type(draw, scope)
    one, other = (expression(draw, scope, of, depth - 1) for _ in range(2))
    return f"({one} IS {draw(st.sampled_from(['', 'NOT ']))}DISTINCT FROM {other})"


_SHAPES = {
    "literal": _literal,
    "null": _null,
    "column": _column,
    "parameter": _parameter,
    "routine": _routine,
    "case": _case,
    "coalesce": _coalesce,
    "cast": _cast,
    "subquery": _subquery,
    "test": _test,
    "and": _and,
    "in": _in,
    "distinct": _distinct,
    "exists": _exists,
}
