"""What expressions are made of: types with their literals and parameters, and the routines that give each type."""

from __future__ import annotations

import atexit
import datetime as dt
import sqlite3
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from nexus_testkit.adapters.fake.database_ranges import range_class
from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.postgres import Engine
from nexus_testkit.postgres.catalog.system import Routine, system
from nexus_testkit.postgres.values import rangetypes
from tests.fidelity.fuzzing.routines import FORMS, polymorphic

rangetypes.use(range_class)

#: Type name: SQL literals of it. Floats are sums of powers of two: their sums don't depend on the order of the rows.
LITERALS: dict[str, list[str]] = {
    "int2": ["0::int2", "1::int2", "(-7)::int2", "32767::int2", "'12'::int2"],
    "int4": ["0", "1", "2", "-3", "10", "100", "2147483647", "'5'::int"],
    "int8": ["0::int8", "1::int8", "-2::int8", "5000000000", "9223372036854775807", "3::bigint"],
    "numeric": [
        "0.0",
        "1.5",
        "-2.25",
        "10.00",
        "0.001",
        "123456789.987654321",
        "1e10",
        "'NaN'::numeric",
        "100::numeric",
        "-0.5",
    ],
    "float8": [
        "0::float8",
        "1.5::float8",
        "-0.25::float8",
        "1024::float8",
        "'1e100'::float8",
        "'Infinity'::float8",
        "'NaN'::float8",
    ],
    "text": [
        "''::text",
        "'a'::text",
        "'abc'::text",
        "'Abc Def'::text",
        "'é'::text",
        "'%'::text",
        "'12'::text",
        "' x '::text",
        "'a_b'::text",
    ],
    "varchar": ["'ab'::varchar", "''::varchar(5)", "'zeta'::varchar(10)"],
    "bool": ["true", "false", "'t'::bool"],
    "date": ["'2024-02-29'::date", "'2023-12-31'::date", "'1999-01-01'::date", "'2000-06-15'::date"],
    "timestamp": [
        "'2024-02-29 12:30:00'::timestamp",
        "'2023-12-31 23:59:59.123456'::timestamp",
        "'2000-01-01'::timestamp",
    ],
    "timestamptz": [
        "'2024-02-29 12:30:00+00'::timestamptz",
        "'2023-07-01 00:00:00+02'::timestamptz",
        "'1999-12-31 23:59:59.5+00'::timestamptz",
    ],
    "time": ["'12:00'::time", "'23:59:59.999'::time", "'00:00'::time"],
    "interval": [
        "'1 day'::interval",
        "'2 hours 30 minutes'::interval",
        "'1 mon'::interval",
        "'-3 days'::interval",
        "'1 year 2 mons 3 days 04:05:06.7'::interval",
    ],
    "uuid": ["'00000000-0000-0000-0000-000000000001'::uuid", "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid"],
    "bytea": ["''::bytea", "'\\x00ff'::bytea", "'abc'::bytea"],
    "jsonb": [
        "'{}'::jsonb",
        "'[1, 2, \"x\"]'::jsonb",
        '\'{"a": 1, "b": {"c": null}}\'::jsonb',
        "'1.50'::jsonb",
        "'\"s\"'::jsonb",
        "'null'::jsonb",
    ],
    "int4[]": ["ARRAY[1, 2, 3]", "'{}'::int[]", "'{NULL,1}'::int[]", "ARRAY[3, 1]"],
    "text[]": ["ARRAY['a', 'b']", "'{}'::text[]", "ARRAY['x', NULL, 'a']::text[]"],
    "numeric[]": ["ARRAY[1.5, 2]", "'{}'::numeric[]", "'{NULL,0.10}'::numeric[]"],
    "date[]": ["ARRAY['2024-02-29'::date]", "'{}'::date[]", "'{2000-01-01,NULL}'::date[]"],
    "float4": ["0::float4", "1.5::float4", "0.1::float4", "'-Infinity'::float4", "16777217::float4"],
    "bpchar": ["'ab'::char(4)", "''::char(2)", "'z'::bpchar", "'ab  '::bpchar"],
    "json": ["'{}'::json", "'[1, 2,  \"x\"]'::json", '\'{"a": 1, "a": 2}\'::json', "'1.50'::json", "'null'::json"],
    "int4range": [
        "int4range(1, 5)",
        "'empty'::int4range",
        "'[3,]'::int4range",
        "'(,0)'::int4range",
        "int4range(5, 9, '[]')",
    ],
    "numrange": ["numrange(1.5, 2.5)", "'empty'::numrange", "'[0,10]'::numrange", "'(,)'::numrange"],
    "daterange": ["daterange('2024-01-01', '2024-03-01')", "'[2000-06-15,]'::daterange", "'empty'::daterange"],
    "tstzrange": ["tstzrange('2023-01-01+00', '2024-06-01+00')", "'(,2000-01-01 00:00+00]'::tstzrange"],
    "int4multirange": ["'{[1,3),[5,8)}'::int4multirange", "'{}'::int4multirange", "'{(,0),[2,3)}'::int4multirange"],
}

#: Type name: parameters of it, with the SQL that gives `$n` the type.
PARAMETERS: dict[str, list[Any]] = {
    "int4": [0, 1, -3, 2147483647],
    "int8": [0, 2, -(2**40)],
    "numeric": [Decimal("1.50"), Decimal(0), Decimal(-7)],
    "float8": [0.0, -0.25, 1024.0],
    "text": ["", "abc", "É%", "a_b"],
    "bool": [True, False],
    "date": [dt.date(2024, 2, 29), dt.date(1999, 1, 1)],
    "timestamp": [dt.datetime(2024, 2, 29, 12, 30)],  # noqa: DTZ001  # timestamp has no zone
    "timestamptz": [dt.datetime(2024, 2, 29, 12, 30, tzinfo=dt.UTC)],
    "interval": [dt.timedelta(days=1, hours=2), dt.timedelta(0)],
    "uuid": [UUID(int=1)],
    "bytea": [b"", b"\x00\xff"],
    "jsonb": [{"a": 1}, [1, "x"], "s", None],
    "int4[]": [[], [1, 2, 3], [None, 1]],
    "text[]": [[], ["a", "b"]],
}

TYPES = list(LITERALS)
COLUMNS = TYPES
#: What ORDER BY, GROUP BY, DISTINCT and comparisons take.
ORDERED = [name for name in TYPES if name != "json"]

# They may take very long or very much memory with the arguments above, or answer what no record can hold.
_LEFT_OUT = frozenset(
    [
        "timezone",  # a zone made of any text may be read as a POSIX one
        "repeat",
        "lpad",
        "rpad",
        "array_fill",
        "factorial",
        "pow",
        "power",
        "dpow",
        "exp",
        "dexp",
        "numeric_power",
        "numeric_exp",
        "numeric_fac",
        "setseed",
        "setval",
        "pg_sleep",
        "to_char",
        "to_number",
        "to_date",
        "to_timestamp",
        "convert",
        "convert_from",
        "convert_to",
        "hashtext",
        "ln",
        "log",
        "dlog1",
        "dlog10",
        "sqrt",
        "cbrt",
    ]
)
# Stable ones that tell of the session, or of the day.
_OF_THE_SESSION = frozenset(["age", "current_setting", "row_security_active", "timezone", "to_regtypemod"])
_INTERNAL = [
    "_in",
    "_out",
    "_recv",
    "_send",
    "_cmp",
    "_eq",
    "_ne",
    "_lt",
    "_gt",
    "_le",
    "_ge",
    "_hash",
    "_larger",
    "_smaller",
    "_support",
    "_sortsupport",
    "_transition",
    "_accum",
    "_final",
    "_combine",
    "_serialize",
    "_deserialize",
    "_extended",
    "sel",
    "joinsel",
]


@dataclass(frozen=True, slots=True)
class Make:
    """A way to an expression: SQL with `{}` for each argument, and the arguments' types."""

    sql: str
    args: tuple[str, ...]


@cache
def makers() -> dict[str, list[Make]]:
    """For each type, the operators and functions that give it and that the fake has."""
    found: dict[str, list[Make]] = defaultdict(list)
    for make, result in [*_operators(), *_functions(), *_others()]:
        found[result].append(make)
    return dict(found)


def _known(types: tuple[str, ...]) -> bool:
    return all(name in LITERALS for name in types)


def _operators() -> list[tuple[Make, str]]:
    found = []
    for rows in system().operators.values():
        for row in rows:
            if _known((*row.args, row.result)):
                sql = f"({{}} {row.name} {{}})" if len(row.args) > 1 else f"({row.name} {{}})"
                found.append((Make(sql.replace("%", "%"), row.args), row.result))
    return [(make, result) for make, result in found if _answered(make)]


def _functions() -> list[tuple[Make, str]]:
    found = []
    for rows in system().functions.values():
        for row in rows:
            if _usable(row):
                make = Make(f"{row.name}({', '.join(['{}'] * len(row.args))})", row.args)
                if _answered(make):
                    found.append((make, row.result))
    return found


def _others() -> list[tuple[Make, str]]:
    found = [(Make(sql, args), result) for sql, args, result in [*polymorphic(), *FORMS] if _known((*args, result))]
    return [(make, result) for make, result in found if _answered(make)]


def _usable(row: Routine) -> bool:
    return (
        row.kind == "f"
        and not row.many
        and not row.variadic
        and (row.volatility == "i" or (row.volatility == "s" and row.name not in _OF_THE_SESSION))
        and 0 < len(row.args) <= 4  # few have more
        and _known((*row.args, row.result))
        and row.name not in _LEFT_OUT
        and not row.name.startswith(("pg_", "has_", "lo_", "binary_upgrade"))
        and not row.name.endswith(tuple(_INTERNAL))
        and row.name not in TYPES
    )


def _answered(make: Make) -> bool:
    """Whether the fake compiles it."""
    try:
        _probe().execute("SELECT " + make.sql.format(*(f"NULL::{name}" for name in make.args)))
    except UnsupportedSQL:
        return False
    except DatabaseError:
        return True
    return True


@cache
def _probe() -> Any:
    engine = Engine(now=lambda: dt.datetime(2024, 1, 1, tzinfo=dt.UTC))
    engine.attach(sqlite3.connect(":memory:"))
    atexit.register(engine.close)
    return engine.session()
