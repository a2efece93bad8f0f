"""What the functions and operators of jsonpath are in SQLite; see `lowering_functions` for the form."""

from __future__ import annotations

from nexus_testkit.postgres.values.lowering_operators import Signature

FUNCTIONS: dict[Signature, str] = {}

_PATH = ("jsonb", "jsonpath")
for _name in ("exists", "match", "query", "query_array", "query_first"):
    for _suffix, _zoned in (("", 0), ("_tz", 1)):
        for _more in ((), ("jsonb",), ("jsonb", "bool")):
            FUNCTIONS[f"jsonb_path_{_name}{_suffix}", (*_PATH, *_more)] = f"pg_jsonpath_{_name}({_zoned}, {{args}})"
for _name, _operator in (("exists", "@?"), ("match", "@@")):
    FUNCTIONS[_operator, _PATH] = FUNCTIONS[f"jsonb_path_{_name}_opr", _PATH] = (
        f"pg_jsonpath_{_name}(0, {{args}}, '{{}}', 1)"
    )

# The names below that are no function's stand for SQL/JSON's own syntax: `analyze.sqljson` makes calls of them.
for _name in ("json_object_agg", "jsonb_object_agg"):
    for _suffix in ("_strict", "_unique", "_unique_strict"):
        FUNCTIONS[_name + _suffix, ("any", "any")] = f"pg_agg_{_name}{_suffix}({{t0}}, {{0}}, {{t1}}, {{1}})"
for _name in ("json_agg_strict", "jsonb_agg_strict"):
    FUNCTIONS[_name, ("anyelement",)] = f"pg_agg_{_name}({{t0}}, {{0}})"
FUNCTIONS["sql/json", ("any",)] = "pg_sqljson({args})"
FUNCTIONS["sql/json table", ("any",)] = "pg_sqljson_table({args})"
FUNCTIONS["sql/json scalar", ("any",)] = "pg_sqljson_scalar({t0}, {0})"
FUNCTIONS["sql/json unique", ("any",)] = "pg_sqljson_unique({0})"
FUNCTIONS["sql/json is", ("any",)] = "pg_sqljson_is({args})"
for _flags in ("", "a", "b", "u", "ab", "au", "bu", "abu"):
    for _name in ("object", "array"):
        FUNCTIONS[f"sql/json {_name} {_flags}", ()] = f"pg_sqljson_{_name}('{_flags}')"
        FUNCTIONS[f"sql/json {_name} {_flags}", ("any",)] = f"pg_sqljson_{_name}('{_flags}', {{typed}})"
FUNCTIONS["sql/json record", ("any",)] = "pg_json_to_record({args})"
FUNCTIONS["sql/json recordset", ("any",)] = "pg_json_to_recordset({args})"
FUNCTIONS["sql/json populate", ("any",)] = "pg_json_populate_record({args})"
FUNCTIONS["sql/json subscript", ("any",)] = "pg_jsonb_subscript({args})"
FUNCTIONS["sql/json assign", ("any",)] = "pg_jsonb_assign({args})"
FUNCTIONS["sql/json one", ("any",)] = "json_array({0})"
FUNCTIONS["sql/json populate valid", ("any",)] = "pg_json_populate_valid({args})"
FUNCTIONS["sql/json populate set", ("any",)] = "pg_json_populate_recordset({args})"

# -- functions behind the operators, and what differs between json and jsonb -----------------------------------------------

for _kind in ("json", "jsonb"):
    for _name, _key in (("object_field", "text"), ("array_element", "int4")):
        FUNCTIONS[f"{_kind}_{_name}", (_kind, _key)] = f"pg_{_kind}_get"
        FUNCTIONS[f"{_kind}_{_name}_text", (_kind, _key)] = f"pg_{_kind}_get_text"
for _name, _operator in (("eq", "="), ("ne", "<>"), ("lt", "<"), ("le", "<="), ("gt", ">"), ("ge", ">=")):
    FUNCTIONS[f"jsonb_{_name}", ("jsonb", "jsonb")] = f"({{0}} COLLATE pg_jsonb {_operator} {{1}})"
FUNCTIONS["jsonb_cmp", ("jsonb", "jsonb")] = "pg_jsonb_cmp"
FUNCTIONS["jsonb_contained", ("jsonb", "jsonb")] = "pg_jsonb_contained"
FUNCTIONS["json_object", ("text[]",)] = "pg_json_object"
FUNCTIONS["json_object", ("text[]", "text[]")] = "pg_json_object_two"
FUNCTIONS["array_to_json", ("anyarray", "bool")] = "pg_array_to_json({0}, {t0}, {1})"
for _kind in ("json", "jsonb"):
    for _name in ("array", "object"):
        FUNCTIONS[f"sql/json spread {_kind}_build_{_name}", ("anyarray",)] = (
            f"pg_json_spread('{_kind}_build_{_name}', {{t0}}, {{0}})"
        )
for _kind in ("json", "jsonb"):  # outside FROM nothing says what the columns are
    FUNCTIONS[f"{_kind}_to_record", (_kind,)] = (
        f"pg_raise('0A000', 'could not determine row type for result of {_kind}_to_record')"
    )
