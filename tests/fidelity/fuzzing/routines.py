"""The operators and functions whose arguments are "any" type, over concrete types, and those that take a template or an array of text."""

from __future__ import annotations

from collections.abc import Iterator

from nexus_testkit.postgres.catalog.system import Routine, system

#: For each element type, its array, range and multirange types.
FAMILIES = [
    {"anyelement": "int4", "anyarray": "int4[]", "anyrange": "int4range", "anymultirange": "int4multirange"},
    {"anyelement": "text", "anyarray": "text[]"},
    {"anyelement": "numeric", "anyarray": "numeric[]", "anyrange": "numrange"},
    {"anyelement": "date", "anyarray": "date[]", "anyrange": "daterange"},
    {"anyelement": "timestamptz", "anyrange": "tstzrange"},
]

_USUAL = frozenset(
    [
        *["array_append", "array_prepend", "array_cat", "array_dims", "array_ndims", "array_lower", "array_upper"],
        *["array_length", "array_remove", "array_replace", "cardinality", "array_position", "array_positions"],
        *["trim_array", "array_reverse", "array_sort", "lower", "upper", "isempty", "lower_inc", "upper_inc"],
        *["lower_inf", "upper_inf", "range_merge", "width_bucket", "multirange", "num_nulls", "num_nonnulls"],
    ]
)

#: SQL, the types of its arguments, and its result: what takes anything, or text of a form that is seldom drawn by chance.
FORMS: list[tuple[str, tuple[str, ...], str]] = [
    *(
        (f"({{}}::{source} || {{}})", (source, "text"), "text")
        for source in ("int4", "date", "numeric", "bool", "uuid")
    ),
    ("concat({}, {}, {})", ("text", "int4", "date"), "text"),
    ("concat_ws({}, {}, {})", ("text", "numeric", "text"), "text"),
    ("concat_ws(',', {}, {})", ("bool", "interval"), "text"),
    ("format('%s-%s', {}, {})", ("text", "int4"), "text"),
    ("format('%L %I', {}, {})", ("text", "text"), "text"),
    ("format('%5s|%-5s|', {}, {})", ("numeric", "text"), "text"),
    ("num_nulls({}, {})", ("text", "int4"), "int4"),
    ("num_nonnulls({}, {}, {})", ("jsonb", "date", "bool"), "int4"),
    ("to_jsonb({})", ("int4",), "jsonb"),
    ("to_jsonb({})", ("numeric",), "jsonb"),
    ("to_jsonb({})", ("timestamptz",), "jsonb"),
    ("to_jsonb({})", ("int4[]",), "jsonb"),
    ("to_jsonb({})", ("text",), "jsonb"),
    ("to_json({})", ("text[]",), "json"),
    ("to_json({})", ("timestamp",), "json"),
    ("jsonb_build_object('k', {}, 'v', {})", ("int4", "text"), "jsonb"),
    ("jsonb_build_object({}, {})", ("text", "jsonb"), "jsonb"),
    ("jsonb_build_array({}, {})", ("numeric", "date"), "jsonb"),
    ("json_build_object('k', {}, 'v', {})", ("bool", "float8"), "json"),
    ("json_build_array({}, {})", ("interval", "json"), "json"),
    ("array_to_json({})", ("int4[]",), "json"),
    ("jsonb_path_query_first({}, '$.a')", ("jsonb",), "jsonb"),
    ("jsonb_path_exists({}, '$.b.c')", ("jsonb",), "bool"),
    ("jsonb_path_query_array({}, '$[*]')", ("jsonb",), "jsonb"),
    ("jsonb_path_match({}, '$.a > 0')", ("jsonb",), "bool"),
    ("({} #> '{{b,c}}')", ("jsonb",), "jsonb"),
    ("({} #>> '{{b}}')", ("jsonb",), "text"),
    ("({} -> 'a')", ("json",), "json"),
    ("({} ->> 1)", ("json",), "text"),
    ("({} ->> 'a')::int", ("jsonb",), "int4"),
    ("json_typeof({})", ("json",), "text"),
    ("json_array_length({})", ("json",), "int4"),
    *(
        (f"to_char({{}}, '{template}')", (kind,), "text")
        for kind, templates in {
            "timestamp": ["YYYY-MM-DD HH24:MI:SS.US", "Day, DDth Mon YYYY", "FMHH12:MI am", "IYYY-IW-ID", "Q WW J"],
            "timestamptz": ['YYYY-MM-DD"T"HH24:MI:SSOF', "TZ MS", "DDD CC"],
            "date": ["DD/MM/YY", "FMMonth FMDD", "Dy"],
            "interval": ["HH24:MI:SS", "YY DD", "DDD"],
            "int4": ["999", "FM000", "9,999", "S99", "RN", "99th"],
            "numeric": ["9990.00", "FM999G999D99", "99.9EEEE", "L99.99PR", "0V99"],
            "float8": ["99.99", "FM0.000"],
        }.items()
        for template in templates
    ),
    ("to_date({}, 'YYYY-MM-DD')", ("text",), "date"),
    ("to_number({}, '999.99')", ("text",), "numeric"),
    *(
        (f"extract({part} FROM {{}})", ("timestamp",), "numeric")
        for part in ("year", "epoch", "dow", "isoyear", "week")
    ),
    *((f"extract({part} FROM {{}})", ("interval",), "numeric") for part in ("day", "epoch", "month", "second")),
    *((f"extract({part} FROM {{}})", ("timestamptz",), "numeric") for part in ("epoch", "hour", "doy", "microseconds")),
    *((f"date_trunc('{part}', {{}})", ("timestamptz",), "timestamptz") for part in ("day", "week", "quarter", "hour")),
    *((f"date_trunc('{part}', {{}})", ("interval",), "interval") for part in ("month", "minute")),
    ("({} AT TIME ZONE 'Europe/Berlin')", ("timestamptz",), "timestamp"),
    ("({} AT TIME ZONE 'America/New_York')", ("timestamp",), "timestamptz"),
    ("({} = ANY ({}))", ("int4", "int4[]"), "bool"),
    ("({} <> ALL ({}))", ("text", "text[]"), "bool"),
    ("({} LIKE ANY ({}))", ("text", "text[]"), "bool"),
    ("({} BETWEEN {} AND {})", ("numeric", "int4", "int8"), "bool"),
    ("({} BETWEEN SYMMETRIC {} AND {})", ("int4", "int4", "int4"), "bool"),
    ("({} SIMILAR TO '%(a|b)%')", ("text",), "bool"),
    ('({} COLLATE "C")', ("text",), "text"),
    ("({})[1]", ("int4[]",), "int4"),
    ("({})[2:3]", ("text[]",), "text[]"),
    ("ARRAY[{}, {}]", ("int4", "int4"), "int4[]"),
    ("ARRAY[{}, {}]", ("text", "varchar"), "text[]"),
    ("ARRAY[{}, {}]", ("int4", "numeric"), "numeric[]"),
    ("array_to_string({}, ',')", ("int4[]",), "text"),
    ("array_to_string({}, {}, '*')", ("text[]", "text"), "text"),
    ("string_to_array({}, NULL)", ("text",), "text[]"),
    ("int4range({}, {}, '[]')", ("int4", "int4"), "int4range"),
    ("numrange({}, {})", ("numeric", "numeric"), "numrange"),
    ("daterange({}, {}, '(]')", ("date", "date"), "daterange"),
    ("tstzrange({}, {})", ("timestamptz", "timestamptz"), "tstzrange"),
    ("int4multirange({}, {})", ("int4range", "int4range"), "int4multirange"),
    # One part: the server computes all constant parts of a comparison of rows, the fake those up to the one that decides.
    ("(ROW({}) < ROW({}))", ("int4", "int4"), "bool"),
    ("(({}, {}) = ({}, {}))", ("int4", "date", "int8", "timestamp"), "bool"),
    ("(ROW({}, {}) IS NULL)", ("int4", "text"), "bool"),
    ("(({}, {}) IN (({}, {}), (1, 'a')))", ("int4", "text", "int4", "text"), "bool"),
    ("COALESCE({}, {})", ("int4", "numeric"), "numeric"),
    ("COALESCE({}, {})", ("int8", "float8"), "float8"),
    ("COALESCE({}, {})", ("varchar", "text"), "text"),
    ("COALESCE({}, {})", ("date", "timestamptz"), "timestamptz"),
    ("NULLIF({}, {})", ("int4", "numeric"), "int4"),
    ("NULLIF({}, {})", ("int8", "float8"), "int8"),
    ("NULLIF({}, '1')", ("int4",), "int4"),
    ("GREATEST({}, {}, {})", ("int2", "int8", "numeric"), "numeric"),
    ("LEAST({}, {})", ("date", "timestamp"), "timestamp"),
    ("(CASE {} WHEN {} THEN {} WHEN 2 THEN 1.50 END)", ("int4", "int8", "int4"), "numeric"),
    ("(CASE WHEN {} THEN {} END)", ("bool", "int8"), "int8"),
]


def polymorphic() -> Iterator[tuple[str, tuple[str, ...], str]]:
    """SQL, argument types and result of each of them, for each of the families."""
    for rows in system().operators.values():
        for row in rows:
            yield from _over(row, f"({{}} {row.name} {{}})")
    for rows in system().functions.values():
        for row in rows:
            if row.name in _USUAL and not row.variadic:
                yield from _over(row, f"{row.name}({', '.join(['{}'] * len(row.args))})")


def _over(row: Routine, sql: str) -> Iterator[tuple[str, tuple[str, ...], str]]:
    kinds = (*row.args, row.result)
    if not any(kind.startswith("any") for kind in row.args):
        return
    for family in FAMILIES:
        concrete = tuple(family.get(_plain(kind), kind) for kind in kinds)
        if not any(kind.startswith("any") for kind in concrete):
            yield sql, concrete[:-1], concrete[-1]


def _plain(kind: str) -> str:
    named = kind.replace("compatible", "")
    return {"any": "anyelement" if kind == "anycompatible" else "any", "anynonarray": "anyelement"}.get(named, named)
