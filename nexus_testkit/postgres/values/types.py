"""Names of types: how PostgreSQL prints them, how SQLite stores them, how it sorts them."""

from __future__ import annotations

from collections.abc import Iterable

from nexus_testkit.postgres.values.rangetypes import RANGE_OF, SUBTYPES, bound_type

Typmod = int | tuple[int, ...] | None

#: White space, as C's isspace() takes it.
SPACE = " \t\n\r\f\v"

#: The short names of pg_type, with what `format_type` prints.
DISPLAY = {
    "bool": "boolean",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "varchar": "character varying",
    "varbit": "bit varying",
    "bpchar": "character",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
    "time": "time without time zone",
    "timetz": "time with time zone",
}

INTEGERS = {"int2": 1 << 15, "int4": 1 << 31, "int8": 1 << 63}
FLOATS = frozenset({"float4", "float8"})
TEXTS = frozenset({"text", "varchar", "name", "unknown", "cstring", "char"})

#: All range and multirange types.
RANGES = frozenset({*SUBTYPES, *RANGE_OF})

_AFFINITY = {
    "bool": "INTEGER",
    "int2": "INTEGER",
    "int4": "INTEGER",
    "int8": "INTEGER",
    "oid": "INTEGER",
    "float4": "REAL",
    "float8": "REAL",
    "bytea": "BLOB",
}

_COLLATIONS = {
    "numeric": "pg_numeric",
    "bpchar": "RTRIM",
    "jsonb": "pg_jsonb",
    "interval": "pg_interval",
    "timetz": "pg_timetz",
    "inet": "pg_inet",
    "cidr": "pg_inet",
    **{name: f"pg_range_{bound_type(name)}" for name in RANGES},
}

#: Element types whose array text sorts and compares element by element under `pg_array_<element>`.
_COLLATED_ELEMENTS = frozenset(
    {"bool", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "bpchar", "name"}
    | RANGES
    | {"uuid", "bytea", "date", "timestamp", "timestamptz", "time", "timetz", "interval", "jsonb"}
    | {"inet", "cidr", "macaddr", "macaddr8", "bit", "varbit"}
)


def display(type_name: str) -> str:
    """The name of a type as PostgreSQL's messages print it: `int4[]` is `integer[]`."""
    if type_name.endswith("[]"):
        return display(type_name[:-2]) + "[]"
    return DISPLAY.get(type_name, type_name)


def modifiers(typmod: Typmod) -> tuple[int, ...]:
    """A type modifier as the tuple of what was written in the parentheses; empty for none."""
    if typmod is None:
        return ()
    return (typmod,) if isinstance(typmod, int) else typmod


def affinity(type_name: str) -> str:
    """The SQLite column type (`INTEGER`, `REAL`, `BLOB`, `TEXT`) that keeps a type's storage as it is."""
    return _AFFINITY.get(type_name, "TEXT")


def collation(type_name: str) -> str | None:
    """The SQLite collation that compares a type's storage as PostgreSQL compares values; None: BINARY does."""
    if type_name.endswith("[]") and not type_name.endswith(")[]"):
        element = type_name[:-2]
        if element == "oid" or element.startswith("reg"):
            return "pg_array_int8"  # both are stored as numbers
        return f"pg_array_{element}" if element in _COLLATED_ELEMENTS else "pg_array_text"
    if type_name.removesuffix("[]")[-1:] == ")":
        from nexus_testkit.postgres.values import records  # noqa: PLC0415  # few statements compare rows

        return records.collation(type_name)
    return _COLLATIONS.get(type_name)


def array_elements() -> Iterable[str]:
    """The element types that have an array collation."""
    return sorted(_COLLATED_ELEMENTS)
