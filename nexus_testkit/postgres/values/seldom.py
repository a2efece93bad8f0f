"""Functions of modules that most tests never need: their tables, and how they are imported when first called.

`FUNCTIONS` and `OPERATORS` have the form of `lowering_functions.FUNCTIONS`, `RUNTIME` that of `functions.RUNTIME`.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from nexus_testkit.postgres.values.lowering_operators import Signature
from nexus_testkit.postgres.values.registry import RuntimeFunction

FUNCTIONS: dict[Signature, str] = {}
RUNTIME: dict[str, RuntimeFunction] = {}


def late(path: str) -> Callable[..., Any]:
    """A function of this package, named `module.function`, whose module is imported at the first call."""
    found: Callable[..., Any] | None = None

    def call(*values: Any) -> Any:
        nonlocal found
        if found is None:
            module, _, name = path.partition(".")
            found = getattr(import_module(f"nexus_testkit.postgres.values.{module}"), name)
        return found(*values)

    return call


def _add(table: str) -> None:
    """One line is `name(types) = template`; several names and several signatures are split by `|`."""
    for line in table.strip().splitlines():
        head, _, template = line.strip().partition(" = ")
        names, _, signatures = head.partition("(")
        for name in names.split("|") if names.strip("|") else [names]:
            for signature in signatures.rstrip(")").split("|"):
                FUNCTIONS[name, tuple(kind for kind in signature.split(",") if kind)] = template


def _run(table: str, **options: bool) -> None:
    """One line is `name in SQLite = module.function`."""
    for line in table.strip().splitlines():
        name, _, path = line.strip().partition(" = ")
        RUNTIME[name] = RuntimeFunction(late(path), **options)


# -- numbers as text -------------------------------------------------------------------------------------------------

_add("""
to_char(int4,text|int8,text|float4,text|float8,text|numeric,text) = pg_to_char_number({0}, {t0}, {1})
to_number(text,text) = pg_to_number
""")
_run("""
pg_to_char_number = numberformat.to_char
pg_to_number = numberformat.to_number
""")

# -- dates and times as text -----------------------------------------------------------------------------------------

_add("""
to_char(interval,text) = pg_to_char_interval
""")
_run("""
pg_to_char_timestamp = formatting.timestamp_to_char
pg_to_char_interval = formatting.interval_to_char
pg_to_date = scanning.to_date
""")
_run(
    """
pg_to_char_timestamptz = formatting.timestamptz_to_char
pg_to_timestamp = scanning.to_timestamp
""",
    session=True,
)

# -- dates and times -------------------------------------------------------------------------------------------------

_add("""
timezone(text,timetz) = pg_timetz_zone
timezone(interval,timetz) = pg_timetz_offset
timezone(timetz) = pg_timetz_local
timezone(timestamp) = pg_cast({0}, 'timestamp', 'timestamptz', NULL, 'e')
timezone(timestamptz) = pg_cast({0}, 'timestamptz', 'timestamp', NULL, 'e')
overlaps(timetz,timetz,timetz,timetz) = pg_timetz_overlaps
overlaps(time,time,time,interval) = pg_overlaps({0}, {1}, {2}, pg_time_add({2}, {3}))
overlaps(time,interval,time,time) = pg_overlaps({0}, pg_time_add({0}, {1}), {2}, {3})
overlaps(time,interval,time,interval) = pg_overlaps({0}, pg_time_add({0}, {1}), {2}, pg_time_add({2}, {3}))
+(date,timetz) = pg_date_timetz
+(timetz,date) = pg_date_timetz({1}, {0})
timestamptz(date,timetz) = pg_date_timetz
timestamp(date,time) = pg_date_time
timestamptz(date,time) = pg_cast(pg_date_time({0}, {1}), 'timestamp', 'timestamptz', NULL, 'e')
+(interval,timetz) = pg_time_add({1}, {0})
timetz(time) = pg_cast({0}, 'time', 'timetz', NULL, 'e')
timetz(timestamptz) = pg_cast({0}, 'timestamptz', 'timetz', NULL, 'e')
date_add(timestamptz,interval,text) = pg_date_add_zone
date_subtract(timestamptz,interval,text) = pg_date_sub_zone
generate_series(timestamptz,timestamptz,interval,text) = pg_time_series_in
timeofday() = pg_timeofday
generate_subscripts(anyarray,int4,bool) = pg_subscripts_backwards
""")
_run("""
pg_timetz_offset = daytimes.at_offset
pg_date_timetz = daytimes.on_day
pg_timetz_overlaps = daytimes.overlaps_zoned
pg_subscripts_backwards = daytimes.subscripts_backwards
""")
_run(
    """
pg_timetz_zone = daytimes.in_zone
pg_timetz_local = daytimes.at_local
pg_date_add_zone = daytimes.add_in_zone
pg_date_sub_zone = daytimes.subtract_in_zone
pg_time_series_in = daytimes.series_in_zone
""",
    session=True,
)
_run("pg_timeofday = daytimes.time_of_day", session=True, deterministic=False)

# -- regular expressions ---------------------------------------------------------------------------------------------

_add("""
regexp_replace(text,text,text,int4|text,text,text,int4,int4|text,text,text,int4,int4,text) = pg_regexp_replace_from
regexp_instr(text,text,int4,int4,int4,text,int4) = pg_regexp_instr
substring(text,text,text) = pg_regex_substring({0}, pg_similar_pattern({1}, {2}))
regexp_split_to_table(text,text) = pg_regexp_split({0}, {1}, '', 'regexp_split_to_table')
regexp_split_to_table(text,text,text) = pg_regexp_split({0}, {1}, {2}, 'regexp_split_to_table')
similar_escape(text,text) = pg_similar_pattern
""")
_run("pg_regexp_replace_from = patterns.replace_from")

# -- arrays ----------------------------------------------------------------------------------------------------------

_add("""
array slice(text,any) = pg_array_slice_of
array element(any) = pg_array_get({result}, {args})
array set(any) = pg_array_set
array set slice(text,any) = pg_array_set_slice
array_fill(anyelement,int4[]) = pg_array_filled
array_fill(anyelement,int4[],int4[]) = pg_array_filled
array_sort(anyarray,bool,bool) = pg_array_sorted(replace({t0}, '[]', ''), {0}, {1}, {2})
array_shuffle(anyarray) = pg_array_shuffle
array_sample(anyarray,int4) = pg_array_sample
width_bucket(anycompatible,anycompatiblearray) = pg_width_bucket_of({t0}, {0}, {1})
arrayoverlap(anyarray,anyarray) = pg_array_overlaps(replace({t0}, '[]', ''), {0}, {1})
arraycontains(anyarray,anyarray) = pg_array_contains(replace({t0}, '[]', ''), {0}, {1})
arraycontained(anyarray,anyarray) = pg_array_contained(replace({t0}, '[]', ''), {0}, {1})
""")
_run(
    """
pg_array_slice_of = slices.sliced
pg_array_set = slices.assign
pg_array_set_slice = slices.assign_slice
pg_array_filled = arraymaking.filled
""",
    strict=False,
)
_run("""
pg_array_sorted = arraymaking.sorted_by
pg_width_bucket_of = arraymaking.bucket_of
""")
_run(
    """
pg_array_shuffle = arraymaking.shuffled
pg_array_sample = arraymaking.sample
""",
    session=True,
    deterministic=False,
)
