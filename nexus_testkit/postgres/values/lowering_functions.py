"""PostgreSQL's functions in SQLite's words: (name, argument types) -> template or the name of a runtime function.

Set-returning functions give JSON text for json_each: a list of storage values, or of lists where they have several columns.
"""

from __future__ import annotations

from nexus_testkit.postgres.values.lowering_operators import ELEMENT, FLOAT_TYPES, INTEGER_TYPES, Signature

FUNCTIONS: dict[Signature, str] = {}


def _add(table: str) -> None:
    """One line is `name(types) = template`; several names and several signatures are split by `|`."""
    for line in table.strip().splitlines():
        head, _, template = line.strip().partition(" = ")
        names, _, signatures = head.partition("(")
        for name in names.split("|"):
            for signature in signatures.rstrip(")").split("|"):
                types = tuple(kind for kind in signature.split(",") if kind)
                FUNCTIONS[name, types] = template


# -- numbers ---------------------------------------------------------------------------------------------------------

_add("""
abs(numeric) = pg_num_abs
ceil|ceiling(numeric) = pg_num_ceil
floor(numeric) = pg_num_floor
round(numeric|numeric,int4) = pg_num_round
trunc(numeric|numeric,int4) = pg_num_trunc
sign(numeric) = pg_num_sign
sqrt(numeric) = pg_num_sqrt
exp(numeric) = pg_num_exp
ln(numeric) = pg_num_ln
log|log10(numeric) = pg_num_log('10', {0})
log(numeric,numeric) = pg_num_log
power|pow(numeric,numeric) = pg_num_power
mod(numeric,numeric) = pg_num_mod
div(numeric,numeric) = pg_num_intdiv
scale(numeric) = pg_num_scale
trim_scale(numeric) = pg_num_trim_scale
factorial(int8) = pg_factorial
power|pow(float8,float8) = pg_float_power
atan2(float8,float8) = pg_float_atan2
log|log10(float8) = pg_float_log10
ceil|ceiling(float8) = pg_float_ceil
min_scale(numeric) = pg_num_min_scale
int2(int4|int8|float4|float8|numeric|jsonb) = pg_cast({0}, {t0}, 'int2', NULL, 'e')
int4(bool|int2|int8|float4|float8|numeric|jsonb) = pg_cast({0}, {t0}, 'int4', NULL, 'e')
int8(int2|int4|float4|float8|numeric|jsonb) = pg_cast({0}, {t0}, 'int8', NULL, 'e')
float4(int2|int4|int8|float8|numeric|jsonb) = pg_cast({0}, {t0}, 'float4', NULL, 'e')
float8(int2|int4|int8|float4|numeric|jsonb) = pg_cast({0}, {t0}, 'float8', NULL, 'e')
numeric(int2|int4|int8|float4|float8|jsonb) = pg_cast({0}, {t0}, 'numeric', NULL, 'e')
bool(int4|jsonb) = pg_cast({0}, {t0}, 'bool', NULL, 'e')
text(bool|bpchar|name) = pg_cast({0}, {t0}, 'text', NULL, 'e')
num_nulls(any) = pg_num_nulls
num_nonnulls(any) = pg_num_nonnulls
pi() = 3.141592653589793
random() = pg_random
random(int4,int4|int8,int8) = pg_random_between
width_bucket(float8,float8,float8,int4) = pg_width_bucket
width_bucket(numeric,numeric,numeric,int4) = pg_width_bucket(pg_cast({0}, 'numeric', 'float8', NULL, 'e'), pg_cast({1}, 'numeric', 'float8', NULL, 'e'), pg_cast({2}, 'numeric', 'float8', NULL, 'e'), {3})
gen_random_uuid|uuidv4() = pg_random_uuid
""")
for _type in FLOAT_TYPES:
    FUNCTIONS["abs", (_type,)] = "pg_float_abs"
for _name in ("floor", "round", "trunc", "sign", "sqrt", "cbrt", "exp", "ln", "degrees", "radians"):
    FUNCTIONS[_name, ("float8",)] = f"pg_float_{_name}"
for _name in ("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"):
    FUNCTIONS[_name, ("float8",)] = f"pg_float_{_name}"
for _type in INTEGER_TYPES:
    FUNCTIONS["abs", (_type,)] = f"pg_{_type}_abs"
    FUNCTIONS["mod", (_type, _type)] = f"pg_{_type}_mod"
    FUNCTIONS["gcd", (_type, _type)] = f"pg_{_type}_gcd"
    FUNCTIONS["lcm", (_type, _type)] = f"pg_{_type}_lcm"

# -- text ------------------------------------------------------------------------------------------------------------

_add(
    """
length|char_length|character_length(text) = length({0})
length|char_length|character_length(bpchar) = length(rtrim({0}, ' '))
length(bytea) = length({0})
octet_length(text|bytea|bpchar) = pg_octet_length
bit_length(text|bytea) = (8 * pg_octet_length({0}))
lower(text) = pg_lower
upper(text) = pg_upper
initcap(text) = pg_initcap
substr|substring(text,int4|text,int4,int4|bytea,int4|bytea,int4,int4) = pg_substr
substring(text,text) = pg_regex_substring
overlay(text,text,int4|text,text,int4,int4|bytea,bytea,int4|bytea,bytea,int4,int4) = pg_overlay
left(text,int4) = pg_left
right(text,int4) = pg_right
lpad(text,int4|text,int4,text) = pg_lpad
rpad(text,int4|text,int4,text) = pg_rpad
btrim|trim(text|text,text) = pg_btrim
ltrim(text|text,text) = pg_ltrim
rtrim(text|text,text) = pg_rtrim
strpos|position(text,text) = pg_strpos
position(bytea,bytea) = pg_bytes_strpos
replace(text,text,text) = pg_replace
translate(text,text,text) = pg_translate
split_part(text,text,int4) = pg_split_part
chr(int4) = pg_chr
ascii(text) = pg_ascii
to_hex(int4) = pg_to_base({0}, 32, 'x')
to_hex(int8) = pg_to_base({0}, 64, 'x')
to_bin(int4) = pg_to_base({0}, 32, 'b')
to_bin(int8) = pg_to_base({0}, 64, 'b')
to_oct(int4) = pg_to_base({0}, 32, 'o')
to_oct(int8) = pg_to_base({0}, 64, 'o')
textcat(text,text) = ({0} || {1})
repeat(text,int4) = pg_repeat
reverse(text) = pg_reverse
starts_with(text,text) = pg_starts_with
md5(text|bytea) = pg_md5
sha224(bytea) = pg_digest({0}, 'sha224')
sha256(bytea) = pg_digest({0}, 'sha256')
sha384(bytea) = pg_digest({0}, 'sha384')
sha512(bytea) = pg_digest({0}, 'sha512')
crc32(bytea) = pg_crc32
encode(bytea,text) = pg_encode
decode(text,text) = pg_decode
get_byte(bytea,int4) = pg_get_byte
convert_to(text,name) = CAST({0} AS BLOB)
convert_from(bytea,name) = CAST({0} AS TEXT)
quote_ident(text) = pg_quote_ident
quote_literal(text) = pg_quote_literal
quote_literal(anyelement) = pg_quote_literal(pg_cast({0}, {t0}, 'text', NULL, 'e'))
quote_nullable(text) = pg_quote_nullable
quote_nullable(anyelement) = pg_quote_nullable(pg_cast({0}, {t0}, 'text', NULL, 'e'))
concat(any) = pg_concat({typed})
concat_ws(text,any) = pg_concat_ws({typed})
format(text) = pg_format({typed})
format(text,any) = pg_format({typed})
string_to_array(text,text|text,text,text) = pg_string_to_array
array_to_string(anyarray,text) = pg_array_join(ELEMENT, {0}, {1})
array_to_string(anyarray,text,text) = pg_array_join(ELEMENT, {0}, {1}, {2})
like(text,text) = pg_like
notlike(text,text) = pg_not_like
like_escape(text,text) = pg_like_escape
similar_to_escape(text|text,text) = pg_similar_pattern
regexp_like(text,text|text,text,text) = pg_regexp_like
regexp_replace(text,text,text|text,text,text,text) = pg_regexp_replace
regexp_match(text,text|text,text,text) = pg_regexp_match
regexp_matches(text,text|text,text,text) = pg_regexp_matches
regexp_split_to_array|regexp_split_to_table(text,text|text,text,text) = pg_regexp_split
regexp_count(text,text|text,text,int4|text,text,int4,text) = pg_regexp_count
regexp_substr(text,text|text,text,int4|text,text,int4,int4|text,text,int4,int4,text|text,text,int4,int4,text,int4) = pg_regexp_substr
regexp_instr(text,text|text,text,int4|text,text,int4,int4|text,text,int4,int4,int4|text,text,int4,int4,int4,text) = pg_regexp_instr
string_to_table(text,text|text,text,text) = pg_string_to_array
""".replace("ELEMENT", ELEMENT)
)

# -- json ------------------------------------------------------------------------------------------------------------

_add("""
to_jsonb(anyelement) = pg_to_jsonb({0}, {t0})
to_json(anyelement) = pg_to_json({0}, {t0})
array_to_json(anyarray) = pg_to_json({0}, {t0})
jsonb_build_object() = '{}'
json_build_object() = '{}'
jsonb_build_array() = '[]'
json_build_array() = '[]'
jsonb_build_object(any) = pg_jsonb_build_object({typed})
jsonb_build_array(any) = pg_jsonb_build_array({typed})
json_build_object(any) = pg_json_build_object({typed})
json_build_array(any) = pg_json_build_array({typed})
jsonb_set(jsonb,text[],jsonb|jsonb,text[],jsonb,bool) = pg_jsonb_set
jsonb_set_lax(jsonb,text[],jsonb|jsonb,text[],jsonb,bool|jsonb,text[],jsonb,bool,text) = pg_jsonb_set_lax
jsonb_insert(jsonb,text[],jsonb|jsonb,text[],jsonb,bool) = pg_jsonb_insert
jsonb_typeof|json_typeof(jsonb|json) = pg_jsonb_typeof
jsonb_array_length|json_array_length(jsonb|json) = pg_jsonb_array_length
jsonb_strip_nulls(jsonb|jsonb,bool) = pg_jsonb_strip_nulls
json_strip_nulls(json|json,bool) = pg_json_strip_nulls
jsonb_pretty(jsonb) = pg_jsonb_pretty
jsonb_object|json_object(text[]) = pg_jsonb_object
jsonb_object|json_object(text[],text[]) = pg_jsonb_object_two
jsonb_contains(jsonb,jsonb) = pg_jsonb_contains
jsonb_exists(jsonb,text) = pg_jsonb_has_key
jsonb_exists_any(jsonb,text[]) = pg_jsonb_has_any
jsonb_exists_all(jsonb,text[]) = pg_jsonb_has_all
jsonb_concat(jsonb,jsonb) = pg_jsonb_concat
jsonb_delete(jsonb,text) = pg_jsonb_delete_key
jsonb_delete(jsonb,int4) = pg_jsonb_delete_index
jsonb_delete(jsonb,text[]) = pg_jsonb_delete_keys
jsonb_delete_path(jsonb,text[]) = pg_jsonb_delete_path
jsonb_extract_path(jsonb,text) = pg_jsonb_extract_path
jsonb_extract_path(jsonb,text[]) = pg_jsonb_get_path
jsonb_extract_path_text(jsonb,text) = pg_jsonb_extract_path_text
jsonb_extract_path_text(jsonb,text[]) = pg_jsonb_get_path_text
json_extract_path(json,text) = pg_json_extract_path
json_extract_path(json,text[]) = pg_json_get_path
json_extract_path_text(json,text) = pg_json_extract_path_text
json_extract_path_text(json,text[]) = pg_json_get_path_text
jsonb_array_elements(jsonb) = pg_json_elements({0}, 'jsonb')
jsonb_array_elements_text(jsonb) = pg_json_elements({0}, 'jsonb_text')
json_array_elements(json) = pg_json_elements({0}, 'json')
json_array_elements_text(json) = pg_json_elements({0}, 'json_text')
jsonb_each(jsonb) = pg_json_entries({0}, 'jsonb', 'jsonb_each')
jsonb_each_text(jsonb) = pg_json_entries({0}, 'jsonb_text', 'jsonb_each_text')
json_each(json) = pg_json_entries({0}, 'json', 'json_each')
json_each_text(json) = pg_json_entries({0}, 'json_text', 'json_each_text')
jsonb_object_keys(jsonb) = pg_json_keys({0}, 'jsonb', 'jsonb_object_keys')
json_object_keys(json) = pg_json_keys({0}, 'json', 'json_object_keys')
""")

# -- arrays ----------------------------------------------------------------------------------------------------------

_add(
    """
array_length|array_upper(anyarray,int4) = pg_array_length
array_lower(anyarray,int4) = pg_array_lower
cardinality(anyarray) = pg_cardinality
array_ndims(anyarray) = pg_array_ndims
array_dims(anyarray) = pg_array_dims
array_append(anycompatiblearray,anycompatible) = pg_array_append
array_prepend(anycompatible,anycompatiblearray) = pg_array_prepend
array_cat(anycompatiblearray,anycompatiblearray) = pg_array_cat
array_position(anycompatiblearray,anycompatible) = pg_array_position(ELEMENT, {0}, {1})
array_position(anycompatiblearray,anycompatible,int4) = pg_array_position(ELEMENT, {0}, {1}, {2})
array_positions(anycompatiblearray,anycompatible) = pg_array_positions(ELEMENT, {0}, {1})
array_remove(anycompatiblearray,anycompatible) = pg_array_remove(ELEMENT, {0}, {1})
array_replace(anycompatiblearray,anycompatible,anycompatible) = pg_array_replace(ELEMENT, {0}, {1}, {2})
array_sort(anyarray) = pg_array_sort(ELEMENT, {0})
array_sort(anyarray,bool) = pg_array_sort(ELEMENT, {0}, {1})
array_reverse(anyarray) = pg_array_reverse
trim_array(anyarray,int4) = pg_array_trim
array_fill(anyelement,int4[]) = pg_array_fill
unnest(anyarray) = pg_unnest
unnest(anyarray,any) = pg_unnest_together
sets side by side(any) = pg_side_by_side
set of one(any) = pg_set_of_one
generate_series(int4,int4|int4,int4,int4|int8,int8|int8,int8,int8) = pg_series
generate_series(numeric,numeric|numeric,numeric,numeric) = pg_numeric_series
generate_series(timestamp,timestamp,interval) = pg_time_series
generate_series(timestamptz,timestamptz,interval) = pg_time_series_zoned
generate_subscripts(anyarray,int4) = pg_subscripts
generate_subscripts(int2vector,int4|oidvector,int4) = (SELECT json_group_array(value - 1) FROM json_each(pg_subscripts({0}, {1})))
array_lower(int2vector,int4|oidvector,int4) = (CASE WHEN {0} IS NOT NULL AND {1} = 1 THEN 0 END)
array_upper(int2vector,int4|oidvector,int4) = (CASE {1} WHEN 1 THEN json_array_length({0}) - 1 END)
array_length(int2vector,int4|oidvector,int4) = (CASE {1} WHEN 1 THEN json_array_length({0}) END)
array_ndims(int2vector|oidvector) = (CASE WHEN {0} IS NOT NULL THEN 1 END)
array_dims(int2vector|oidvector) = ('[0:' || (json_array_length({0}) - 1) || ']')
array_position(int2vector,int2|oidvector,oid) = (SELECT min(key) FROM json_each({0}) WHERE value = {1})
""".replace("ELEMENT", ELEMENT)
)

# -- dates and times -------------------------------------------------------------------------------------------------

_add("""
now|transaction_timestamp|statement_timestamp|current_timestamp() = pg_now
clock_timestamp() = pg_clock
localtimestamp() = pg_local_timestamp
current_date() = pg_current_date
localtime() = pg_local_time
current_time() = pg_current_time
date_trunc(text,timestamp) = pg_date_trunc
date_trunc(text,timestamptz|text,timestamptz,text) = pg_date_trunc_zoned
date_trunc(text,interval) = pg_date_trunc_interval
date_bin(interval,timestamp,timestamp|interval,timestamptz,timestamptz) = pg_date_bin
extract(text,timestamp) = pg_extract_timestamp
extract(text,timestamptz) = pg_extract_timestamptz
extract(text,date) = pg_extract_date
extract(text,time|text,timetz) = pg_extract_time
extract(text,interval) = pg_extract_interval
date_part(text,timestamp|text,timestamptz|text,date|text,time|text,timetz|text,interval) = pg_date_part({0}, {1}, {t1})
age(timestamp,timestamp) = pg_age
age(timestamptz,timestamptz) = pg_age_zoned
age(timestamp) = pg_age_today
age(timestamptz) = pg_age_today_zoned
overlaps(timestamp,timestamp,timestamp,timestamp|timestamptz,timestamptz,timestamptz,timestamptz|time,time,time,time) = pg_overlaps
overlaps(timestamp,timestamp,timestamp,interval) = pg_overlaps({0}, {1}, {2}, pg_ts_add({2}, {3}))
overlaps(timestamp,interval,timestamp,timestamp) = pg_overlaps({0}, pg_ts_add({0}, {1}), {2}, {3})
overlaps(timestamp,interval,timestamp,interval) = pg_overlaps({0}, pg_ts_add({0}, {1}), {2}, pg_ts_add({2}, {3}))
overlaps(timestamptz,timestamptz,timestamptz,interval) = pg_overlaps({0}, {1}, {2}, pg_tstz_add({2}, {3}))
overlaps(timestamptz,interval,timestamptz,timestamptz) = pg_overlaps({0}, pg_tstz_add({0}, {1}), {2}, {3})
overlaps(timestamptz,interval,timestamptz,interval) = pg_overlaps({0}, pg_tstz_add({0}, {1}), {2}, pg_tstz_add({2}, {3}))
date_add(timestamptz,interval) = pg_tstz_add
date_subtract(timestamptz,interval) = pg_tstz_sub
date(timestamp|timestamptz) = pg_cast({0}, {t0}, 'date', NULL, 'e')
time(timestamp|timestamptz|timetz|interval) = pg_cast({0}, {t0}, 'time', NULL, 'e')
timestamp(date|timestamptz) = pg_cast({0}, {t0}, 'timestamp', NULL, 'e')
timestamptz(date|timestamp) = pg_cast({0}, {t0}, 'timestamptz', NULL, 'e')
interval(time) = pg_cast({0}, {t0}, 'interval', NULL, 'e')
timezone(text,timestamp) = pg_zone_timestamp
timezone(text,timestamptz) = pg_zone_timestamptz
timezone(interval,timestamp) = pg_offset_timestamp
timezone(interval,timestamptz) = pg_offset_timestamptz
make_date(int4,int4,int4) = pg_make_date
make_time(int4,int4,float8) = pg_make_time
make_timestamp(int4,int4,int4,int4,int4,float8) = pg_make_timestamp
make_timestamptz(int4,int4,int4,int4,int4,float8|int4,int4,int4,int4,int4,float8,text) = pg_make_timestamptz
make_interval(|int4|int4,int4|int4,int4,int4|int4,int4,int4,int4|int4,int4,int4,int4,int4) = pg_make_interval
make_interval(int4,int4,int4,int4,int4,int4|int4,int4,int4,int4,int4,int4,float8) = pg_make_interval
to_timestamp(float8) = pg_from_epoch
isfinite(date|timestamp|timestamptz|interval) = pg_is_finite
justify_hours(interval) = pg_justify_hours
justify_days(interval) = pg_justify_days
justify_interval(interval) = pg_justify_interval
to_date(text,text) = pg_to_date
to_timestamp(text,text) = pg_to_timestamp
to_char(timestamp,text) = pg_to_char_timestamp
to_char(timestamptz,text) = pg_to_char_timestamptz
""")

# -- aggregates ------------------------------------------------------------------------------------------------------

_add("""
sum(int2|int4) = sum({0})
max(numeric) = pg_agg_max_numeric
max(interval) = pg_agg_max_interval
min(numeric) = pg_agg_min_numeric
min(interval) = pg_agg_min_interval
sum(int8) = pg_agg_sum_int8
sum(numeric) = pg_agg_sum_numeric
sum(float8) = pg_agg_sum_float8
sum(float4) = pg_agg_sum_float4
sum(interval) = pg_agg_sum_interval
avg(int2|int4|int8|numeric) = pg_agg_avg_numeric
avg(float4|float8) = pg_agg_avg_float8
avg(interval) = pg_agg_avg_interval
bool_and|every(bool) = min({0})
bool_or(bool) = max({0})
regr_count(float8,float8) = pg_agg_regr_count
bit_and(int2|int4|int8) = pg_agg_bit_and
bit_or(int2|int4|int8) = pg_agg_bit_or
bit_xor(int2|int4|int8) = pg_agg_bit_xor
any_value(anyelement) = pg_agg_any_value
string_agg(text,text|bytea,bytea) = pg_agg_string_agg
array_agg(anynonarray) = pg_agg_array_agg
array_agg(anyarray) = pg_agg_array_agg_array
json_agg(anyelement) = pg_agg_json_agg({t0}, {0})
jsonb_agg(anyelement) = pg_agg_jsonb_agg({t0}, {0})
json_object_agg(any,any) = pg_agg_json_object_agg({t0}, {0}, {t1}, {1})
jsonb_object_agg(any,any) = pg_agg_jsonb_object_agg({t0}, {0}, {t1}, {1})
""")
for _name in ("corr", "covar_pop", "covar_samp"):
    FUNCTIONS[_name, ("float8", "float8")] = f"pg_agg_{_name}"
for _name in ("sxx", "syy", "sxy", "avgx", "avgy", "r2", "slope", "intercept"):
    FUNCTIONS[f"regr_{_name}", ("float8", "float8")] = f"pg_agg_regr_{_name}"
for _name in ("var_samp", "var_pop", "stddev_samp", "stddev_pop"):
    for _alias in (_name, {"var_samp": "variance", "stddev_samp": "stddev"}.get(_name, _name)):
        for _type in (*INTEGER_TYPES, "numeric"):
            FUNCTIONS[_alias, (_type,)] = f"pg_agg_{_name}_numeric"
        for _type in FLOAT_TYPES:
            FUNCTIONS[_alias, (_type,)] = f"pg_agg_{_name}_float8"
