"""What `tools/dump_postgres_relations.py` read: columns of the system's relations, and rows that every database has."""

from __future__ import annotations

import json
import zipfile
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_DATA = Path(__file__).with_name("relations.zip")


class Column(NamedTuple):
    """A column of a system relation; `domain` is that of information_schema over the type, or ""."""

    name: str
    type: str
    not_null: bool
    domain: str


class Outline(NamedTuple):
    """What there is.

    Attributes:
        relations: `schema.name` to columns.
        views: those of them that are views.
        empty: names of catalogues that a new database has nothing in.
    """

    relations: dict[str, tuple[Column, ...]]
    views: frozenset[str]
    empty: frozenset[str]


def _part(name: str) -> Any:
    with zipfile.ZipFile(_DATA) as parts:
        return json.loads(parts.read(f"{name}.json"))


@cache
def outline() -> Outline:
    """The relations and their columns; read once a process, by the first statement that names a system relation."""
    relations = {
        name: tuple(Column(column, kind, bool(required), domain) for column, kind, required, domain in columns)
        for name, columns in _part("relations").items()
    }
    return Outline(relations, frozenset(_part("kinds")), frozenset(_part("empty")))


@cache
def rows_of(relation: str) -> list[tuple[Any, ...]]:
    """The rows that every database has in a catalogue, in storage form."""
    return [] if relation in outline().empty else list(zip(*_part(f"rows/{relation}"), strict=True))


@cache
def definitions() -> dict[int, str]:
    """The text of each view of the system, by its OID."""
    return dict(zip(*_part("views"), strict=True))


@cache
def settings() -> list[tuple[Any, ...]]:
    """Name, unit, category, short_desc, extra_desc, context, vartype, min_val, max_val, enumvals and boot_val of pg_settings."""
    return list(zip(*_part("settings"), strict=True))


@cache
def keywords() -> list[tuple[Any, ...]]:
    """The rows of pg_get_keywords()."""
    return list(zip(*_part("keywords"), strict=True))


@cache
def zones() -> list[str]:
    """The names of pg_timezone_names."""
    return list(_part("zones"))


@cache
def columns_of(relation: str) -> tuple[Column, ...]:
    """The columns of a relation of pg_catalog."""
    return outline().relations[f"pg_catalog.{relation}"]


@cache
def place_of(relation: str, column: str) -> int:
    """Where a column of a relation of pg_catalog stands, from 0."""
    return [each.name for each in columns_of(relation)].index(column)


@cache
def by_oid(relation: str) -> dict[int, tuple[Any, ...]]:
    """The rows of a catalogue by OID (of pg_range and its like, by the first column)."""
    return {row[0]: row for row in rows_of(relation)}


@cache
def types_by_name() -> dict[str, dict[str, Any]]:
    """PostgreSQL's own types: internal name (`int4`, `int4[]`) to the columns of pg_type."""
    names = [column.name for column in columns_of("pg_type")]
    found: dict[str, dict[str, Any]] = {}
    by_number: dict[int, str] = {}
    rows = [dict(zip(names, row, strict=True)) for row in rows_of("pg_type")]
    for row in rows:
        by_number[row["oid"]] = row["typname"]
    for row in rows:
        array = row["typcategory"] == "A" and row["typelem"] and row["typname"] not in ("int2vector", "oidvector")
        name = by_number[row["typelem"]] + "[]" if array else row["typname"]
        found.setdefault(name, row)
    return found
