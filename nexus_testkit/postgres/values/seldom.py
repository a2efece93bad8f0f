"""Functions of modules that most tests never need: their tables, and how they are imported when first called.

`FUNCTIONS` and `OPERATORS` have the form of `lowering_functions.FUNCTIONS`, `RUNTIME` that of `functions.RUNTIME`.
"""

from __future__ import annotations

from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.lowering_operators import Signature
from nexus_testkit.postgres.values.registry import RuntimeFunction

FUNCTIONS: dict[Signature, str] = {}
RUNTIME: dict[str, RuntimeFunction] = {}


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
pg_to_number = numberreading.to_number
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
_run("pg_timetz_overlaps = daytimes.overlaps_zoned", strict=False)
_run("pg_timeofday = daytimes.time_of_day", session=True, deterministic=False)

# -- regular expressions ---------------------------------------------------------------------------------------------

_add("""
regexp_replace(text,text,text,int4|text,text,text,int4,int4|text,text,text,int4,int4,text) = pg_regexp_replace_from
regexp_instr(text,text,int4,int4,int4,text,int4) = pg_regexp_instr
substring(text,text,text) = pg_regex_substring({0}, pg_similar_pattern({1}, {2}))
regexp_split_to_table(text,text) = pg_regexp_split({0}, {1}, '', 'regexp_split_to_table')
regexp_split_to_table(text,text,text) = pg_regexp_split({0}, {1}, {2}, 'regexp_split_to_table')
similar_escape(text,text) = pg_similar_pattern({0}, ifnull({1}, '\\'))
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

# -- numbers, texts, bytes, UUIDs ------------------------------------------------------------------------------------

_add("""
gcd(numeric,numeric) = pg_num_gcd
lcm(numeric,numeric) = pg_num_lcm
random(numeric,numeric) = pg_random_numeric
random_normal(|float8|float8,float8) = pg_random_normal
pg_size_pretty(int8|numeric) = pg_size_pretty
pg_size_bytes(text) = pg_size_bytes
dsqrt(float8) = pg_float_sqrt
dpow(float8,float8) = pg_float_power
set_byte(bytea,int4,int4) = pg_set_byte
get_bit(bytea,int8) = pg_get_bit
set_bit(bytea,int8,int4) = pg_set_bit
btrim(bytea,bytea) = pg_bytes_trim('b', {0}, {1})
ltrim(bytea,bytea) = pg_bytes_trim('l', {0}, {1})
rtrim(bytea,bytea) = pg_bytes_trim('r', {0}, {1})
reverse(bytea) = pg_reverse
bit_count(bytea) = pg_bytes_bit_count
crc32c(bytea) = pg_crc32c
like(bytea,bytea) = pg_bytes_like
notlike(bytea,bytea) = (NOT pg_bytes_like({0}, {1}))
convert_to(text,name) = pg_convert_to
convert_from(bytea,name) = pg_convert_from
convert(bytea,name,name) = pg_convert_to(pg_convert_from({0}, {1}), {2})
length(bytea,name) = length(pg_convert_from({0}, {1}))
int2(bytea) = pg_bytes_int('int2', {0})
int4(bytea) = pg_bytes_int('int4', {0})
int8(bytea) = pg_bytes_int('int8', {0})
bytea(int2|int4|int8) = pg_cast({0}, {t0}, 'bytea', NULL, 'e')
normalize(text|text,text) = pg_normalize
is_normalized(text|text,text) = pg_is_normalized
unistr(text) = pg_unistr
casefold(text) = pg_casefold
parse_ident(text|text,bool) = pg_parse_ident
pg_input_is_valid(text,text) = pg_input_is_valid
textlen(text) = length({0})
anytextcat(anynonarray,text) = (pg_cast({0}, {t0}, 'text', NULL, 'e') || {1})
textanycat(text,anynonarray) = ({0} || pg_cast({1}, {t1}, 'text', NULL, 'e'))
~<~(text,text|bpchar,bpchar) = ({0} < {1})
~<=~(text,text|bpchar,bpchar) = ({0} <= {1})
~>~(text,text|bpchar,bpchar) = ({0} > {1})
~>=~(text,text|bpchar,bpchar) = ({0} >= {1})
uuidv7(|interval) = pg_uuidv7
uuid_extract_version(uuid) = pg_uuid_version
uuid_extract_timestamp(uuid) = pg_uuid_timestamp
pg_client_encoding|getdatabaseencoding() = 'UTF8'
""")
_run("""
pg_num_gcd = oddments.gcd
pg_num_lcm = oddments.lcm
pg_size_pretty = oddments.size_pretty
pg_size_bytes = oddments.size_bytes
pg_float_named = oddments.float_function
pg_set_byte = bytefunctions.set_byte
pg_get_bit = bytefunctions.get_bit
pg_set_bit = bytefunctions.set_bit
pg_bytes_trim = bytefunctions.trim_bytes
pg_bytes_bit_count = bytefunctions.bit_count
pg_crc32c = bytefunctions.crc32c
pg_convert_to = bytefunctions.convert_to
pg_convert_from = bytefunctions.convert_from
pg_bytes_int = bytefunctions.bytes_to_integer
pg_normalize = oddments.normalize
pg_is_normalized = oddments.is_normalized
pg_unistr = oddments.unistr
pg_casefold = oddments.casefold
pg_parse_ident = oddments.parse_ident
pg_uuid_version = oddments.uuid_version
pg_uuid_timestamp = oddments.uuid_timestamp
""")
_run("pg_input_is_valid = oddments.input_is_valid", session=True)
_run(
    """
pg_random_numeric = oddments.random_numeric
pg_random_normal = oddments.random_normal
pg_uuidv7 = oddments.uuid_v7
""",
    session=True,
    deterministic=False,
)
for _name in ("asinh", "acosh", "atanh", "cot", "erf", "erfc"):
    FUNCTIONS[_name, ("float8",)] = f"pg_float_named('{_name}', {{0}})"

# -- network addresses -----------------------------------------------------------------------------------------------

_add("""
host(inet) = pg_inet_part('host', {0})
text(inet) = {0}
family(inet) = pg_inet_part('family', {0})
masklen(inet) = pg_inet_part('masklen', {0})
abbrev(inet) = pg_inet_part('abbrev', {0})
abbrev(cidr) = pg_inet_part('abbrev_cidr', {0})
broadcast(inet) = pg_inet_part('broadcast', {0})
netmask(inet) = pg_inet_part('netmask', {0})
hostmask(inet) = pg_inet_part('hostmask', {0})
network|cidr(inet) = pg_inet_network
set_masklen(inet,int4) = pg_inet_set_masklen
set_masklen(cidr,int4) = pg_inet_set_masklen({0}, {1}, 1)
inet_merge(inet,inet) = pg_inet_merge
inet_same_family(inet,inet) = pg_inet_same_family
~(inet) = pg_inet_not
+(inet,int8) = pg_inet_plus
+(int8,inet) = pg_inet_plus({1}, {0})
-(inet,int8) = pg_inet_minus
-(inet,inet) = pg_inet_difference
trunc(macaddr) = pg_mac_trunc
~(macaddr) = pg_mac_bitwise('^', {0})
&(macaddr,macaddr) = pg_mac_bitwise('&', {0}, {1})
""")
for _operator in ("<<", "<<=", ">>", ">>=", "&&"):
    FUNCTIONS[_operator, ("inet", "inet")] = f"pg_inet_relation('{_operator}', {{0}}, {{1}})"
for _operator in ("&", "|"):
    FUNCTIONS[_operator, ("inet", "inet")] = f"pg_inet_bitwise('{_operator}', {{0}}, {{1}})"
FUNCTIONS["|", ("macaddr", "macaddr")] = "pg_mac_bitwise('|', {0}, {1})"
_run("""
pg_inet_part = network.part
pg_inet_network = network.to_cidr
pg_inet_set_masklen = network.set_masklen
pg_inet_merge = network.merge
pg_inet_same_family = network.same_family
pg_inet_not = network.inverted
pg_inet_plus = network.plus
pg_inet_minus = network.minus
pg_inet_difference = network.difference
pg_inet_relation = network.relation
pg_inet_bitwise = network.bitwise
pg_mac_trunc = network.mac_trunc
pg_mac_bitwise = network.mac_bitwise
""")

# -- bit strings -----------------------------------------------------------------------------------------------------

_add("""
length|bit_length(bit) = length({0})
octet_length(bit) = ((length({0}) + 7) / 8)
bit_count(bit) = pg_bits_count
get_bit(bit,int4) = pg_bits_get
set_bit(bit,int4,int4) = pg_bits_set
substring(bit,int4|bit,int4,int4) = pg_bits_substring
overlay(bit,bit,int4|bit,bit,int4,int4) = pg_bits_overlay
position(bit,bit) = pg_bits_position({1}, {0})
int4(bit) = pg_cast({0}, 'bit', 'int4', NULL, 'e')
int8(bit) = pg_cast({0}, 'bit', 'int8', NULL, 'e')
bit(int4,int4|int8,int4) = pg_bits_of
bit(bit,int4,bool) = pg_bits_sized('bit', {0}, {1}, {2})
varbit(varbit,int4,bool) = pg_bits_sized('varbit', {0}, {1}, {2})
bitcat(varbit,varbit) = ({0} || {1})
bitand(bit,bit) = pg_bits_combine('&', {0}, {1})
bitor(bit,bit) = pg_bits_combine('|', {0}, {1})
bitxor|#(bit,bit) = pg_bits_combine('#', {0}, {1})
&(bit,bit) = pg_bits_combine('&', {0}, {1})
bitnot|~(bit) = pg_bits_invert
bitshiftleft|<<(bit,int4) = pg_bits_shift
bitshiftright|>>(bit,int4) = pg_bits_shift({0}, -({1}))
bit_and(bit) = pg_agg_bits_and
bit_or(bit) = pg_agg_bits_or
bit_xor(bit) = pg_agg_bits_xor
""")
FUNCTIONS["||", ("varbit", "varbit")] = "({0} || {1})"
FUNCTIONS["|", ("bit", "bit")] = "pg_bits_combine('|', {0}, {1})"
_run("""
pg_bits_count = bitstrings.count
pg_bits_get = bitstrings.get_bit
pg_bits_set = bitstrings.set_bit
pg_bits_substring = bitstrings.substring
pg_bits_overlay = bitstrings.overlay
pg_bits_position = bitstrings.position
pg_bits_of = bitstrings.integer_of
pg_bits_sized = bitstrings.sized
pg_bits_combine = bitstrings.combine
pg_bits_invert = bitstrings.invert
pg_bits_shift = bitstrings.shift
""")

# -- macaddr8 --------------------------------------------------------------------------------------------------------

_add("""
trunc(macaddr8) = pg_mac8_trunc
macaddr8_set7bit(macaddr8) = pg_mac8_set7bit
macaddr8(macaddr) = pg_cast({0}, 'macaddr', 'macaddr8', NULL, 'e')
macaddr(macaddr8) = pg_cast({0}, 'macaddr8', 'macaddr', NULL, 'e')
~(macaddr8) = pg_mac8_bitwise('^', {0})
&(macaddr8,macaddr8) = pg_mac8_bitwise('&', {0}, {1})
""")
FUNCTIONS["|", ("macaddr8", "macaddr8")] = "pg_mac8_bitwise('|', {0}, {1})"
_run("""
pg_mac8_trunc = mac8.trunc
pg_mac8_set7bit = mac8.set7bit
pg_mac8_bitwise = mac8.bitwise
""")

_add("""
hashtext(text) = pg_hashtext
hashtextextended(text,int8) = pg_hashtext_extended
""")
_run("""
pg_hashtext = hashing.hash_text
pg_hashtext_extended = hashing.hash_text_extended
""")
