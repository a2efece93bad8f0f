"""PostgreSQL's operators in SQLite's words: (operator, argument types) -> template.

Comparisons are not here: storage compares natively, under the collation that `types.collation` names.
"""

from __future__ import annotations

Signature = tuple[str, tuple[str, ...]]

INTEGER_TYPES = ("int2", "int4", "int8")
FLOAT_TYPES = ("float4", "float8")
_ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod"}
_BITS = {"&": "and", "|": "or", "#": "xor"}

OPERATORS: dict[Signature, str] = {}

for _left in INTEGER_TYPES:
    for _right in INTEGER_TYPES:
        _wide = max(_left, _right)
        for _operator, _name in _ARITHMETIC.items():
            if _operator == "%" and _left != _right:
                continue  # pg_operator has none
            OPERATORS[_operator, (_left, _right)] = f"pg_{_wide}_{_name}"
    for _operator, _name in _BITS.items():
        OPERATORS[_operator, (_left, _left)] = f"pg_{_left}_{_name}"
    OPERATORS["<<", (_left, "int4")] = f"pg_{_left}_shl"
    OPERATORS[">>", (_left, "int4")] = f"pg_{_left}_shr"
    OPERATORS["~", (_left,)] = "(~ {0})"
    OPERATORS["-", (_left,)] = f"pg_{_left}_neg"
    OPERATORS["+", (_left,)] = "{0}"
    OPERATORS["@", (_left,)] = f"pg_{_left}_abs"

for _left in FLOAT_TYPES:
    for _right in FLOAT_TYPES:
        for _operator, _name in list(_ARITHMETIC.items())[:4]:
            _call = f"pg_float_{_name}({{0}}, {{1}})"
            OPERATORS[_operator, (_left, _right)] = f"pg_float4({_call})" if _left == _right == "float4" else _call
    OPERATORS["-", (_left,)] = "pg_float_neg"
    OPERATORS["+", (_left,)] = "{0}"
    OPERATORS["@", (_left,)] = "pg_float_abs"
OPERATORS["^", ("float8", "float8")] = "pg_float_power"
OPERATORS["|/", ("float8",)] = "pg_float_sqrt"
OPERATORS["||/", ("float8",)] = "pg_float_cbrt"

for _operator, _name in _ARITHMETIC.items():
    OPERATORS[_operator, ("numeric", "numeric")] = f"pg_num_{_name}"
OPERATORS["^", ("numeric", "numeric")] = "pg_num_power"
OPERATORS["-", ("numeric",)] = "pg_num_neg"
OPERATORS["+", ("numeric",)] = "{0}"
OPERATORS["@", ("numeric",)] = "pg_num_abs"

# -- text ------------------------------------------------------------------------------------------------------------

_TEXT = "pg_cast({%d}, {t%d}, 'text', NULL, 'e')"
OPERATORS["||", ("text", "text")] = "({0} || {1})"
OPERATORS["||", ("bytea", "bytea")] = "pg_bytes_concat"
for _other in ("anynonarray", "anycompatiblenonarray"):
    OPERATORS["||", ("text", _other)] = "({0} || " + _TEXT % (1, 1) + ")"
    OPERATORS["||", (_other, "text")] = "(" + _TEXT % (0, 0) + " || {1})"

for _kind in ("text", "bpchar", "name"):
    _pair = (_kind, "text")
    # bpchar keeps its padding in LIKE and in regular expressions
    OPERATORS["~~", _pair] = "pg_like({0}, {1})"
    OPERATORS["!~~", _pair] = "pg_not_like({0}, {1})"
    OPERATORS["~~*", _pair] = "pg_like({0}, {1}, '\\', 1)"
    OPERATORS["!~~*", _pair] = "pg_not_like({0}, {1}, '\\', 1)"
    OPERATORS["~", _pair] = "pg_regex"
    OPERATORS["~*", _pair] = "pg_regex_i"
    OPERATORS["!~", _pair] = "pg_not_regex"
    OPERATORS["!~*", _pair] = "pg_not_regex_i"
OPERATORS["~~", ("bytea", "bytea")] = "pg_bytes_like"
OPERATORS["!~~", ("bytea", "bytea")] = "(NOT pg_bytes_like({0}, {1}))"
OPERATORS["^@", ("text", "text")] = "pg_starts_with"

# -- json ------------------------------------------------------------------------------------------------------------

for _kind in ("json", "jsonb"):
    for _key in ("text", "int4"):
        OPERATORS["->", (_kind, _key)] = f"pg_{_kind}_get"
        OPERATORS["->>", (_kind, _key)] = f"pg_{_kind}_get_text"
    OPERATORS["#>", (_kind, "text[]")] = f"pg_{_kind}_get_path"
    OPERATORS["#>>", (_kind, "text[]")] = f"pg_{_kind}_get_path_text"
OPERATORS.update(
    {
        ("@>", ("jsonb", "jsonb")): "pg_jsonb_contains",
        ("<@", ("jsonb", "jsonb")): "pg_jsonb_contained",
        ("?", ("jsonb", "text")): "pg_jsonb_has_key",
        ("?|", ("jsonb", "text[]")): "pg_jsonb_has_any",
        ("?&", ("jsonb", "text[]")): "pg_jsonb_has_all",
        ("||", ("jsonb", "jsonb")): "pg_jsonb_concat",
        ("-", ("jsonb", "text")): "pg_jsonb_delete_key",
        ("-", ("jsonb", "text[]")): "pg_jsonb_delete_keys",
        ("-", ("jsonb", "int4")): "pg_jsonb_delete_index",
        ("#-", ("jsonb", "text[]")): "pg_jsonb_delete_path",
    }
)

# -- arrays ----------------------------------------------------------------------------------------------------------

#: `{e0}` would be the element type; the compiler gives the array's, whose brackets SQLite cuts off.
ELEMENT = "replace({t0}, '[]', '')"
for _operator, _name in (("@>", "contains"), ("<@", "contained"), ("&&", "overlaps")):
    OPERATORS[_operator, ("anyarray", "anyarray")] = f"pg_array_{_name}({ELEMENT}, {{0}}, {{1}})"
OPERATORS["||", ("anycompatiblearray", "anycompatiblearray")] = "pg_array_cat"
OPERATORS["||", ("anycompatiblearray", "anycompatible")] = "pg_array_append"
OPERATORS["||", ("anycompatible", "anycompatiblearray")] = "pg_array_prepend"

# -- dates and times -------------------------------------------------------------------------------------------------

_MIDNIGHT = "pg_cast({%d}, 'date', 'timestamp', NULL, 'i')"
OPERATORS.update(
    {
        ("+", ("timestamp", "interval")): "pg_ts_add",
        ("-", ("timestamp", "interval")): "pg_ts_sub",
        ("+", ("timestamptz", "interval")): "pg_tstz_add",
        ("-", ("timestamptz", "interval")): "pg_tstz_sub",
        ("+", ("date", "interval")): f"pg_ts_add({_MIDNIGHT % 0}, {{1}})",
        ("-", ("date", "interval")): f"pg_ts_sub({_MIDNIGHT % 0}, {{1}})",
        ("+", ("interval", "timestamp")): "pg_ts_add({1}, {0})",
        ("+", ("interval", "timestamptz")): "pg_tstz_add({1}, {0})",
        ("+", ("interval", "date")): f"pg_ts_add({_MIDNIGHT % 1}, {{0}})",
        ("-", ("timestamp", "timestamp")): "pg_ts_diff",
        ("-", ("timestamptz", "timestamptz")): "pg_ts_diff",
        ("-", ("date", "date")): "pg_date_diff",
        ("+", ("date", "int4")): "pg_date_add",
        ("+", ("int4", "date")): "pg_date_add({1}, {0})",
        ("-", ("date", "int4")): "pg_date_sub",
        ("+", ("date", "time")): "pg_date_time",
        ("+", ("time", "date")): "pg_date_time({1}, {0})",
        ("+", ("time", "interval")): "pg_time_add",
        ("+", ("interval", "time")): "pg_time_add({1}, {0})",
        ("-", ("time", "interval")): "pg_time_sub",
        ("+", ("timetz", "interval")): "pg_time_add",
        ("-", ("timetz", "interval")): "pg_time_sub",
        ("-", ("time", "time")): "pg_time_diff",
        ("+", ("interval", "interval")): "pg_iv_add",
        ("-", ("interval", "interval")): "pg_iv_sub",
        ("*", ("interval", "float8")): "pg_iv_mul",
        ("*", ("float8", "interval")): "pg_iv_mul({1}, {0})",
        ("/", ("interval", "float8")): "pg_iv_div",
        ("-", ("interval",)): "pg_iv_neg",
    }
)
