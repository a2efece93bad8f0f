"""The names of built-in functions' parameters, and their defaults (pg_proc.proargnames, proargdefaults of PostgreSQL 18).

Those that the fake knows; a function without names in pg_proc can't be called with arguments by name.
"""

from __future__ import annotations

_PATH = (("target", None), ("path", None), ("vars", "{}"), ("silent", "f"))
_FIELD = (("from_json", None), ("field_name", None))
_ELEMENT = (("from_json", None), ("element_index", None))
_EXTRACT = (("from_json", None), ("path_elems", None))
_REGEXP = ("string", "pattern", "start", "N")


def _plain(*names: str) -> tuple[tuple[str, str | None], ...]:
    return tuple((name, None) for name in names)


#: Function to the signatures that it has: pairs of name and default, as a literal of unknown type; None for no default.
NAMES: dict[str, tuple[tuple[tuple[str, str | None], ...], ...]] = {
    "array_sort": (_plain("array", "descending"), _plain("array", "descending", "nulls_first")),
    "make_date": (_plain("year", "month", "day"),),
    "make_time": (_plain("hour", "min", "sec"),),
    "make_timestamp": (_plain("year", "month", "mday", "hour", "min", "sec"),),
    "make_timestamptz": (
        _plain("year", "month", "mday", "hour", "min", "sec"),
        _plain("year", "month", "mday", "hour", "min", "sec", "timezone"),
    ),
    "make_interval": (tuple((name, "0") for name in ("years", "months", "weeks", "days", "hours", "mins", "secs")),),
    "jsonb_set": ((*_plain("jsonb_in", "path", "replacement"), ("create_if_missing", "t")),),
    "jsonb_set_lax": (
        (
            *_plain("jsonb_in", "path", "replacement"),
            ("create_if_missing", "t"),
            ("null_value_treatment", "use_json_null"),
        ),
    ),
    "jsonb_insert": ((*_plain("jsonb_in", "path", "replacement"), ("insert_after", "f")),),
    "json_strip_nulls": ((("target", None), ("strip_in_arrays", "f")),),
    "jsonb_strip_nulls": ((("target", None), ("strip_in_arrays", "f")),),
    "parse_ident": ((("str", None), ("strict", "t")),),
    "random": (_plain("min", "max"),),
    "random_normal": ((("mean", "0"), ("stddev", "1")),),
    "uuidv7": (_plain("shift"),),
    **{
        f"jsonb_path_{name}{tail}": (_PATH,)
        for name in ("exists", "match", "query", "query_array", "query_first")
        for tail in ("", "_tz")
    },
    **{
        f"{kind}_{name}{tail}": (names,)
        for kind in ("json", "jsonb")
        for name, names in (("object_field", _FIELD), ("array_element", _ELEMENT), ("extract_path", _EXTRACT))
        for tail in ("", "_text")
    },
    **{
        f"{kind}_{name}": (_plain("from_json"),)
        for kind in ("json", "jsonb")
        for name in ("array_elements", "array_elements_text", "each", "each_text")
    },
    **{
        f"{kind}_{name}": ((*_plain("base", "from_json"), *((("use_json_as_text", "f"),) if kind == "json" else ())),)
        for kind in ("json",)
        for name in ("populate_record", "populate_recordset")
    },
    "regexp_count": tuple(_plain("string", "pattern", *rest) for rest in ((), ("start",), ("start", "flags"))),
    "regexp_instr": tuple(
        _plain(*_REGEXP[:2], *("start", "N", "endoption", "flags", "subexpr")[:count]) for count in range(6)
    ),
    "regexp_substr": tuple(_plain(*_REGEXP[:2], *("start", "N", "flags", "subexpr")[:count]) for count in range(5)),
    "regexp_replace": (
        *(_plain("string", "pattern", "replacement", *("start", "N", "flags")[:count]) for count in range(4)),
        _plain("string", "pattern", "replacement", "flags"),
    ),
    **{
        f"regexp_{name}": (_plain("string", "pattern"), _plain("string", "pattern", "flags"))
        for name in ("like", "match", "matches", "split_to_array", "split_to_table")
    },
}
