"""Every function that lowered SQL may call, by its name in SQLite."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.postgres.values import arrays, floats, functions_ranges, integers, interval, numeric, records, seldom
from nexus_testkit.postgres.values.functions_json import RUNTIME_JSON
from nexus_testkit.postgres.values.late import LateModule
from nexus_testkit.postgres.values.registry import RuntimeFunction
from nexus_testkit.postgres.values.types import INTEGERS

arrayops = LateModule("arrayops")
calls = LateModule("calls")
frames = LateModule("frames")
jsonedit = LateModule("jsonedit")
jsonops = LateModule("jsonops")
moments = LateModule("moments")
orderedsets = LateModule("orderedsets")
parts = LateModule("parts")
patterns = LateModule("patterns")
roots = LateModule("roots")
series = LateModule("series")
textual = LateModule("textual")
tojson = LateModule("tojson")


def _pure(function: Callable[..., Any]) -> RuntimeFunction:
    return RuntimeFunction(function)


def _loose(function: Callable[..., Any]) -> RuntimeFunction:
    return RuntimeFunction(function, strict=False)


def _in_session(function: Callable[..., Any], *, strict: bool = True) -> RuntimeFunction:
    return RuntimeFunction(function, strict=strict, session=True)


def _volatile(function: Callable[..., Any]) -> RuntimeFunction:
    return RuntimeFunction(function, session=True, deterministic=False)


def _path_of(function: Callable[[str, str], str | None]) -> Callable[..., str | None]:
    """jsonb_extract_path and its kin: the path is several texts."""

    def extract(document: str, *path: str) -> str | None:
        return function(document, arrays.store(list(path)))

    return extract


RUNTIME: dict[str, RuntimeFunction] = {
    "pg_cast": _in_session(calls.cast, strict=False),
    "pg_enum_cast": _loose(calls.enum_cast),
    "pg_raise": RuntimeFunction(calls.raise_error, strict=False, deterministic=False),
    "pg_subscript": _pure(lambda array, *indexes: arrayops.subscript("text", array, *indexes)),
    "pg_percentile_disc": _loose(orderedsets.percentile_disc),
    "pg_percentile_cont": _loose(orderedsets.percentile_cont),
    "pg_percentiles_disc": _loose(orderedsets.percentiles_disc),
    "pg_percentiles_cont": _loose(orderedsets.percentiles_cont),
    "pg_mode": _loose(orderedsets.mode),
    "pg_hypothetical": _loose(orderedsets.hypothetical),
    "pg_set_of_one": _loose(lambda value: arrays.store([value])),
    "pg_steps": _loose(calls.steps),
    "pg_extreme": _loose(calls.extreme),
    "pg_typed": _in_session(calls.typed, strict=False),
    "pg_array_parts": _pure(calls.array_parts),
    "pg_side_by_side": _loose(calls.side_by_side),
    "pg_windowed": _in_session(frames.windowed, strict=False),
    "pg_random": _volatile(calls.random_float),
    "pg_random_between": _volatile(calls.random_between),
    "pg_random_uuid": _volatile(calls.random_uuid),
    # the clock
    "pg_now": _volatile(moments.now),
    "pg_clock": _volatile(moments.clock_timestamp),
    "pg_local_timestamp": _volatile(moments.local_timestamp),
    "pg_current_date": _volatile(moments.current_date),
    "pg_local_time": _volatile(moments.local_time),
    "pg_current_time": _volatile(moments.current_time),
    # numeric
    "pg_num_add": _pure(numeric.add),
    "pg_num_sub": _pure(numeric.subtract),
    "pg_num_mul": _pure(numeric.multiply),
    "pg_num_div": _pure(numeric.divide),
    "pg_num_mod": _pure(numeric.modulo),
    "pg_num_intdiv": _pure(numeric.integer_quotient),
    "pg_num_neg": _pure(numeric.negate),
    "pg_num_abs": _pure(numeric.absolute),
    "pg_num_sign": _pure(numeric.sign),
    "pg_num_round": _pure(numeric.round_half_away),
    "pg_num_trunc": _pure(numeric.truncate),
    "pg_num_ceil": _pure(numeric.ceiling),
    "pg_num_floor": _pure(numeric.floor),
    "pg_num_sqrt": _pure(roots.square_root),
    "pg_num_exp": _pure(roots.exponential),
    "pg_num_ln": _pure(roots.natural_logarithm),
    "pg_num_log": _pure(roots.logarithm),
    "pg_num_power": _pure(roots.power),
    "pg_num_scale": _pure(lambda text: None if text[-1] in "Ny" else len(text.partition(".")[2])),
    "pg_num_trim_scale": _pure(lambda text: text.rstrip("0").rstrip(".") if "." in text else text),
    "pg_num_min_scale": _pure(lambda text: None if text[-1] in "Ny" else len(text.partition(".")[2].rstrip("0"))),
    "pg_num_nulls": _loose(lambda *values: values.count(None)),
    "pg_num_nonnulls": _loose(lambda *values: len(values) - values.count(None)),
    "pg_factorial": _pure(calls.factorial),
    "pg_width_bucket": _pure(calls.width_bucket),
    # floats
    "pg_float_add": _pure(floats.float_add),
    "pg_float_sub": _pure(floats.float_subtract),
    "pg_float_mul": _pure(floats.float_multiply),
    "pg_float_div": _pure(floats.float_divide),
    "pg_float_power": _pure(floats.float_power),
    "pg_float_atan2": _pure(floats.float_atan2),
    "pg_float4": _pure(floats.to_float4),
    "pg_float_repr": _pure(floats.float_text),
    **{f"pg_float_{name}": _pure(floats.float_unary(name)) for name in floats.FLOAT_FUNCTIONS},
    **{
        f"pg_{type_name}_{name}": _pure(function)
        for type_name in INTEGERS
        for name, function in integers.integer_operations(type_name).items()
    },
    # text
    "pg_lower": _pure(textual.lower),
    "pg_upper": _pure(textual.upper),
    "pg_initcap": _pure(textual.initcap),
    "pg_substr": _pure(textual.substr),
    "pg_overlay": _pure(textual.overlay),
    "pg_left": _pure(textual.left),
    "pg_right": _pure(textual.right),
    "pg_lpad": _pure(textual.lpad),
    "pg_rpad": _pure(textual.rpad),
    "pg_btrim": _pure(textual.btrim),
    "pg_ltrim": _pure(textual.ltrim),
    "pg_rtrim": _pure(textual.rtrim),
    "pg_strpos": _pure(textual.strpos),
    "pg_replace": _pure(textual.replace),
    "pg_translate": _pure(textual.translate),
    "pg_split_part": _pure(textual.split_part),
    "pg_chr": _pure(textual.character),
    "pg_ascii": _pure(textual.ascii_code),
    "pg_to_base": _pure(textual.to_base),
    "pg_repeat": _pure(textual.repeat),
    "pg_reverse": _pure(lambda text: text[::-1]),
    "pg_starts_with": _pure(lambda text, start: int(text.startswith(start))),
    "pg_length": _pure(len),
    "pg_octet_length": _pure(lambda text: len(text.encode()) if isinstance(text, str) else len(text)),
    "pg_md5": _pure(textual.md5),
    "pg_digest": _pure(textual.digest),
    "pg_crc32": _pure(textual.crc32),
    "pg_encode": _pure(textual.encode),
    "pg_decode": _pure(textual.decode),
    "pg_get_byte": _pure(textual.get_byte),
    "pg_bytes_concat": _pure(lambda a, b: a + b),
    "pg_bytes_strpos": _pure(lambda data, part: data.find(part) + 1),
    "pg_quote_ident": _pure(textual.quote_ident),
    "pg_quote_literal": _pure(textual.quote_literal),
    "pg_quote_nullable": _loose(textual.quote_nullable),
    "pg_concat": _in_session(calls.concat, strict=False),
    "pg_concat_ws": _in_session(calls.concat_ws, strict=False),
    "pg_format": _in_session(calls.format_typed, strict=False),
    "pg_string_to_array": _loose(textual.string_to_array),
    # patterns
    "pg_like": _pure(patterns.like),
    "pg_not_like": _pure(patterns.not_like),
    "pg_bytes_like": _pure(patterns.bytes_like),
    "pg_like_escape": _pure(patterns.like_escape),
    "pg_similar_pattern": _pure(patterns.similar_pattern),
    "pg_regex": _pure(patterns.matches),
    "pg_regex_i": _pure(patterns.matches_ignoring_case),
    "pg_not_regex": _pure(patterns.not_matches),
    "pg_not_regex_i": _pure(patterns.not_matches_ignoring_case),
    "pg_regexp_like": _pure(patterns.found),
    "pg_regexp_replace": _pure(patterns.replace),
    "pg_regexp_match": _pure(calls.first_match),
    "pg_regexp_matches": _pure(calls.rows_of_matches),
    "pg_regexp_split": _pure(calls.regexp_split),
    "pg_regexp_count": _pure(patterns.count),
    "pg_regexp_substr": _pure(patterns.nth),
    "pg_regexp_instr": _pure(patterns.place),
    "pg_regex_substring": _pure(patterns.substring),
    # json
    "pg_json_get": _pure(jsonops.json_get),
    "pg_json_get_text": _pure(jsonops.json_get_text),
    "pg_json_get_path": _pure(jsonops.json_get_path),
    "pg_json_get_path_text": _pure(jsonops.json_get_path_text),
    "pg_jsonb_get": _pure(jsonops.get),
    "pg_jsonb_get_text": _pure(jsonops.get_text),
    "pg_jsonb_get_path": _pure(jsonops.get_path),
    "pg_jsonb_get_path_text": _pure(jsonops.get_path_text),
    "pg_jsonb_contains": _pure(jsonops.contains),
    "pg_jsonb_contained": _pure(jsonops.contained),
    "pg_jsonb_has_key": _pure(jsonops.has_key),
    "pg_jsonb_has_any": _pure(jsonops.has_any_key),
    "pg_jsonb_has_all": _pure(jsonops.has_all_keys),
    "pg_jsonb_concat": _pure(jsonedit.concat),
    "pg_jsonb_delete_key": _pure(jsonedit.delete_key),
    "pg_jsonb_delete_keys": _pure(jsonedit.delete_keys),
    "pg_jsonb_delete_index": _pure(jsonedit.delete_index),
    "pg_jsonb_delete_path": _pure(jsonedit.delete_path),
    "pg_jsonb_set": _pure(jsonedit.assign),
    "pg_jsonb_set_lax": _loose(jsonedit.assign_lax),
    "pg_jsonb_insert": _pure(jsonedit.insert),
    "pg_jsonb_typeof": _pure(jsonops.type_of),
    "pg_jsonb_array_length": _pure(jsonops.array_length),
    "pg_jsonb_strip_nulls": _pure(jsonedit.strip_nulls),
    "pg_json_strip_nulls": _pure(jsonedit.json_strip_nulls),
    "pg_jsonb_pretty": _pure(jsonedit.pretty),
    "pg_jsonb_object": _pure(jsonedit.object_of),
    "pg_jsonb_object_two": _pure(jsonedit.object_of_two),
    "pg_json_elements": _pure(jsonops.elements),
    "pg_json_entries": _pure(jsonops.entries),
    "pg_json_keys": _pure(calls.keys),
    "pg_json_extract_path": _pure(_path_of(jsonops.json_get_path)),
    "pg_json_extract_path_text": _pure(_path_of(jsonops.json_get_path_text)),
    "pg_jsonb_extract_path": _pure(_path_of(jsonops.get_path)),
    "pg_jsonb_extract_path_text": _pure(_path_of(jsonops.get_path_text)),
    "pg_subscripts": _pure(calls.subscripts),
    "pg_to_jsonb": _in_session(tojson.to_jsonb, strict=False),
    "pg_to_json": _in_session(tojson.to_json, strict=False),
    "pg_jsonb_build_object": _in_session(tojson.jsonb_build_object, strict=False),
    "pg_jsonb_build_array": _in_session(tojson.jsonb_build_array, strict=False),
    "pg_json_build_object": _in_session(tojson.json_build_object, strict=False),
    "pg_json_build_array": _in_session(tojson.json_build_array, strict=False),
    "pg_row": _loose(records.make),
    "pg_row_field": _pure(records.field),
    "pg_row_is_null": _pure(records.all_null),
    "pg_row_is_not_null": _pure(records.none_null),
    "pg_row_to_json": _in_session(tojson.row_to_json),
    # arrays
    "pg_array": _loose(arrayops.make),
    "pg_array_nested": _loose(arrayops.make_nested),
    "pg_array_length": _pure(arrayops.length),
    "pg_array_lower": _pure(arrayops.lower_bound),
    "pg_cardinality": _pure(arrayops.cardinality),
    "pg_array_ndims": _pure(arrayops.depth),
    "pg_array_dims": _pure(arrayops.bounds),
    "pg_array_append": _loose(arrayops.append),
    "pg_array_prepend": _loose(arrayops.prepend),
    "pg_array_cat": _loose(arrayops.concat),
    "pg_array_position": _loose(arrayops.position),
    "pg_array_positions": _loose(arrayops.positions),
    "pg_array_remove": _loose(arrayops.remove),
    "pg_array_replace": _loose(arrayops.substitute),
    "pg_array_contains": _pure(arrayops.contains),
    "pg_array_contained": _pure(arrayops.contained),
    "pg_array_overlaps": _pure(arrayops.overlaps),
    "pg_array_get": _pure(arrayops.subscript),
    "pg_array_slice": _loose(lambda array, low, high: None if array is None else arrayops.cut(array, low, high)),
    "pg_array_trim": _pure(arrayops.trim),
    "pg_array_fill": _loose(arrayops.fill),
    "pg_array_join": _in_session(arrayops.join, strict=False),
    "pg_array_sort": _pure(arrayops.ordered),
    "pg_array_reverse": _pure(arrayops.turned),
    "pg_array_any": _loose(arrayops.any_of),
    "pg_array_all": _loose(arrayops.all_of),
    "pg_array_element": _pure(calls.array_element),
    "pg_unnest": _pure(calls.unnested),
    "pg_unnest_together": _loose(calls.unnested_together),
    "pg_series": _pure(series.series),
    "pg_numeric_series": _pure(series.numeric_series),
    "pg_time_series": _pure(series.time_series),
    "pg_time_series_zoned": _in_session(series.time_series_zoned),
    # dates and times
    "pg_ts_add": _pure(moments.timestamp_add),
    "pg_ts_sub": _pure(moments.timestamp_subtract),
    "pg_tstz_add": _in_session(moments.timestamptz_add),
    "pg_tstz_sub": _in_session(moments.timestamptz_subtract),
    "pg_ts_diff": _pure(moments.timestamp_difference),
    "pg_date_add": _pure(moments.date_add_days),
    "pg_date_sub": _pure(moments.date_subtract_days),
    "pg_date_diff": _pure(moments.date_difference),
    "pg_date_time": _pure(moments.date_and_time),
    "pg_time_add": _pure(moments.time_add),
    "pg_time_sub": _pure(moments.time_subtract),
    "pg_time_diff": _pure(moments.time_difference),
    "pg_age": _pure(moments.age),
    "pg_age_zoned": _in_session(moments.age_zoned),
    "pg_age_today": _in_session(moments.age_today),
    "pg_age_today_zoned": _in_session(moments.age_today_zoned),
    "pg_overlaps": _loose(moments.overlaps),
    "pg_date_trunc": _pure(parts.date_trunc),
    "pg_date_trunc_zoned": _in_session(parts.date_trunc_zoned),
    "pg_date_trunc_interval": _pure(parts.date_trunc_interval),
    "pg_date_bin": _pure(parts.date_bin),
    "pg_extract_timestamp": _pure(parts.extract_timestamp),
    "pg_extract_timestamptz": _in_session(parts.extract_timestamptz),
    "pg_extract_date": _pure(parts.extract_date),
    "pg_extract_time": _pure(parts.extract_time),
    "pg_extract_interval": _pure(parts.extract_interval),
    "pg_date_part": _in_session(parts.part_as_float),
    "pg_zone_timestamp": _pure(moments.zone_timestamp),
    "pg_zone_timestamptz": _pure(moments.zone_timestamptz),
    "pg_offset_timestamp": _pure(moments.offset_timestamp),
    "pg_offset_timestamptz": _pure(moments.offset_timestamptz),
    "pg_make_date": _pure(moments.make_date),
    "pg_make_time": _pure(moments.make_time),
    "pg_make_timestamp": _pure(moments.make_timestamp),
    "pg_make_timestamptz": _in_session(moments.make_timestamptz),
    "pg_make_interval": _pure(moments.make_interval),
    "pg_from_epoch": _pure(moments.from_epoch),
    "pg_is_finite": _pure(moments.is_finite),
    "pg_iv_add": _pure(interval.add),
    "pg_iv_sub": _pure(interval.subtract),
    "pg_iv_mul": _pure(interval.multiply),
    "pg_iv_div": _pure(interval.divide),
    "pg_iv_neg": _pure(interval.negate),
    "pg_justify_hours": _pure(interval.justify_hours),
    "pg_justify_days": _pure(interval.justify_days),
    "pg_justify_interval": _pure(interval.justify_interval),
    **seldom.RUNTIME,
    **RUNTIME_JSON,
    **functions_ranges.RUNTIME,
}
