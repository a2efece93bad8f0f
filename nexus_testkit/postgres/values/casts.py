"""Casts: input and output of every type, and the conversions between types.

A cast is a function of a storage value and the session. `caster` finds it once for a pair of types, so that a query pays for the conversion
alone. Which pairs may be cast in which context is the compiler's to check (pg_cast); what the kind changes here is the
length of strings: an explicit cast cuts, an assignment refuses (22001) unless only spaces are lost.

Limits: types that are not known here are taken as enums, whose labels the compiler checks.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arith, arrays, instants, interval, jsonb, numeric, records, regs, times
from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.rangetypes import MULTIRANGE_OF, SUBTYPES
from nexus_testkit.postgres.values.session import DETACHED, ValueSession
from nexus_testkit.postgres.values.types import FLOATS, INTEGERS, RANGES, TEXTS, Typmod, display, modifiers

Cast = Callable[[Any, ValueSession], Any]

_UUID = re.compile(r"(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}\Z")
_OCTAL = re.compile(r"[0-3][0-7]{2}")
_STRINGS = TEXTS | {"bpchar"}


def cast(
    storage: Any,
    from_type: str,
    to_type: str,
    typmod: Typmod = None,
    kind: str = "e",
    *,
    explicit: bool | None = None,
    session: ValueSession = DETACHED,
) -> Any:
    """The storage of a value as another type. None stays None.

    `kind` is pg_cast's context: `"i"` implicit, `"a"` assignment, `"e"` explicit; `explicit` says the same as a bool. `typmod` is what was written in the
    parentheses: `(50,)` or 50, `(5, 2)`.
    """
    if storage is None:
        return None
    if explicit is not None:
        kind = "e" if explicit else "a"
    return caster(from_type, to_type, typmod, kind)(storage, session)


@lru_cache(maxsize=4096)
def caster(from_type: str, to_type: str, typmod: Typmod = None, kind: str = "e") -> Cast:
    """The function behind `cast` for one pair of types; raises UnsupportedSQL for a pair that is not known."""
    if to_type.endswith("[]"):
        return _to_array(regs.as_array(from_type), to_type, typmod, kind)
    if to_type in _STRINGS and (from_type, to_type) not in _PAIRS:
        return _to_string(from_type, to_type, typmod, kind)
    if (row := records.find(to_type)) is not None and from_type != to_type:
        return _to_row(from_type, row)
    if from_type in _STRINGS and (from_type, to_type) not in _PAIRS:
        return _input(to_type, typmod, kind)
    if from_type == to_type:
        return _same(to_type, typmod, kind)
    found = _PAIRS.get((from_type, to_type))
    if found is None:
        raise UnsupportedSQL(f"the cast from {display(from_type)} to {display(to_type)}")
    if typmod is None:
        return found
    if to_type == "bit" and from_type in INTEGERS:  # the number's last bits, not the first ones of those
        return lambda value, _: _integer_to_bits(value, typmod)
    adjust = _same(to_type, typmod, kind)

    def convert(value: Any, session: ValueSession) -> Any:
        made = found(value, session)
        return None if made is None else adjust(made, session)

    return convert


def _identity(value: Any, _session: ValueSession) -> Any:
    return value


def _same(type_name: str, typmod: Typmod, kind: str = "e") -> Cast:
    """Only the type modifier is applied."""
    if typmod is None:
        return _identity
    if type_name in {"bit", "varbit"}:
        return lambda value, _: _fit_bits(value, type_name, typmod, kind)
    if type_name == "numeric":
        return lambda value, _: numeric.apply_typmod(value, typmod)
    if type_name in {"timestamp", "timestamptz"}:
        return lambda value, _: times.round_seconds(value, typmod)
    if type_name == "interval":
        return lambda value, _: interval.apply_typmod(value, typmod)
    if type_name in {"time", "timetz"}:
        places = modifiers(typmod)[0]
        return lambda value, _: times.time_text(times.round_micros(times.micros_of(value), places)) + value[15:]
    return _identity


# -- input ------------------------------------------------------------------------------------------------------------


def _input(type_name: str, typmod: Typmod, kind: str = "e") -> Cast:
    if type_name in {"bit", "varbit"}:
        adjust = _same(type_name, typmod, kind)
        return lambda text, session: adjust(_parse_bits(text), session)
    if type_name in INTEGERS:
        return lambda text, _: arith.parse_integer(text, type_name)
    if type_name in FLOATS:
        return lambda text, _: arith.parse_float(text, type_name)
    if type_name == "numeric":
        return lambda text, _: numeric.parse(text, typmod)
    if type_name in {"timestamp", "timestamptz"}:
        return lambda text, session: instants.parse_timestamp(text, type_name, session, typmod)
    if type_name in {"time", "timetz"}:
        return lambda text, session: instants.parse_time(text, type_name, session, typmod)
    if type_name == "interval":
        return lambda text, _: interval.parse(text, typmod)
    if type_name in RANGES:
        parse = late("rangetext." + ("parse_range" if type_name in SUBTYPES else "parse_multirange"))
        return lambda text, session: parse(text, type_name, session)
    return _INPUT.get(type_name, _identity)


def parse_uuid(text: str) -> str:
    """The canonical text of a UUID; 22P02 if it is none."""
    plain = text.lower()
    if plain.startswith("{") and plain.endswith("}"):
        plain = plain[1:-1]
    if not _UUID.match(plain):
        raise database_error("22P02", f'invalid input syntax for type uuid: "{text}"')
    digits = plain.replace("-", "")
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def parse_bytea(text: str) -> bytes:
    r"""The bytes of bytea's hex form (`\x6162`) or escape form (`a\001`)."""
    if text.startswith("\\x"):
        return parse_hex(text[2:])
    out = bytearray()
    at = 0
    while at < len(text):
        char = text[at]
        if char != "\\":
            out += char.encode()
            at += 1
        elif text[at + 1 : at + 2] == "\\":
            out.append(0x5C)
            at += 2
        elif _OCTAL.match(text, at + 1):
            out.append(int(text[at + 1 : at + 4], 8))
            at += 4
        else:
            raise database_error("22P02", "invalid input syntax for type bytea")
    return bytes(out)


def parse_hex(text: str) -> bytes:
    """The bytes of hexadecimal digits; 22023 as PostgreSQL words it."""
    digits = "".join(text.split())
    for char in digits:
        if char not in "0123456789abcdefABCDEF":
            raise database_error("22023", f'invalid hexadecimal digit: "{char}"')
    if len(digits) % 2:
        raise database_error("22023", "invalid hexadecimal data: odd number of digits")
    return bytes.fromhex(digits)


def _parse_oid(text: str, _session: ValueSession) -> int:
    found = re.fullmatch(r"[ \t\n\r\f\v]*([+-]?(?:0[xX][0-9a-fA-F]+|[0-9]+))[ \t\n\r\f\v]*", text)
    if found is None:
        raise database_error("22P02", f'invalid input syntax for type oid: "{text}"')
    digits = found[1].lstrip("+-")  # strtoul: 0x is sixteen, a leading 0 eight
    base = 16 if digits[:2].lower() == "0x" else 8 if digits[0] == "0" and not digits.strip("01234567") else 10
    value = int(digits, base) * (-1 if found[1][0] == "-" else 1)
    if not -(1 << 31) <= value < 1 << 32:
        raise database_error("22003", f'value "{text}" is out of range for type oid')
    return value % (1 << 32)


def _to_oid(value: int, _session: ValueSession) -> int:
    if not 0 <= value < 1 << 32:
        raise database_error("22003", "OID out of range")
    return value


def _jsonpath() -> Callable[[str], str]:
    from nexus_testkit.postgres.values import jsonpath  # noqa: PLC0415  # few programs use it

    return jsonpath.normalised


_parse_inet, _parse_cidr, _parse_mac = (late(f"network.parse_{kind}") for kind in ("inet", "cidr", "mac"))
_parse_bits, _fit_bits = late("bitstrings.parse"), late("bitstrings.fit")
_integer_to_bits, _bits_to_integer = late("bitstrings.of_integer"), late("bitstrings.to_integer")
_parse_mac8, _mac8_of, _mac_of = (late(f"mac8.{name}") for name in ("parse", "of_macaddr", "to_macaddr"))
_output_inet, _to_cidr = late("network.output_inet"), late("network.to_cidr")

_INPUT: dict[str, Cast] = {
    "inet": lambda text, _: _parse_inet(text),
    "cidr": lambda text, _: _parse_cidr(text),
    "macaddr": lambda text, _: _parse_mac(text),
    "macaddr8": lambda text, _: _parse_mac8(text),
    "bool": lambda text, _: arith.parse_bool(text),
    "date": instants.parse_date,
    "uuid": lambda text, _: parse_uuid(text),
    "bytea": lambda text, _: parse_bytea(text),
    "json": lambda text, _: jsonb.parse_json(text),
    "jsonb": lambda text, _: jsonb.parse_jsonb(text),
    "jsonpath": lambda text, _: _jsonpath()(text),
    "oid": _parse_oid,
    **regs.INPUT,
}


# -- output -----------------------------------------------------------------------------------------------------------


def output(type_name: str) -> Cast | None:
    """The function that writes a type's storage as text (its output function); None: the storage is that text."""
    if type_name.endswith("[]"):
        return _array_output(type_name[:-2])
    if type_name in RANGES:
        write = late("rangetext.to_text")
        return lambda storage, session: str(write(storage, type_name, session))
    if (row := records.find(type_name)) is not None:
        return _row_output(row)
    return _OUTPUT.get(type_name)


def _array_output(element_type: str) -> Cast:
    inner = output(element_type) or _identity

    def write(storage: Any, session: ValueSession) -> str:
        return arrays.to_text(
            arrays.load(storage), lambda item: str(inner(arrays.element(item, element_type), session))
        )

    return write


_OUTPUT: dict[str, Cast] = {
    "inet": lambda value, _: _output_inet(value),
    "bool": lambda value, _: "t" if value else "f",
    "int2": lambda value, _: str(value),
    "int4": lambda value, _: str(value),
    "int8": lambda value, _: str(value),
    "oid": lambda value, _: str(value),
    "xid": lambda value, _: str(value),
    "xid8": lambda value, _: str(value),
    "float4": lambda value, _: arith.float4_text(value),
    "float8": lambda value, _: arith.float_text(value),
    "bytea": lambda value, _: "\\x" + value.hex(),
    "timestamp": lambda value, _: times.timestamp_output(value),
    "timestamptz": times.timestamptz_output,
    "time": lambda value, _: times.strip_fraction(value),
    "timetz": lambda value, _: times.timetz_output(value),
    "interval": lambda value, _: interval.to_text(value),
    **regs.OUTPUT,
}


def _to_string(from_type: str, to_type: str, typmod: Typmod, kind: str) -> Cast:
    write = _text_of(from_type)
    if to_type == "name":
        shown = output(from_type) or write if from_type == "bool" else write
        return lambda value, session: shown(value, session).encode()[:63].decode(errors="ignore")
    if from_type == "char" and to_type == "bpchar":
        return lambda value, _: _of_char(value, typmod)
    given = modifiers(typmod)
    if to_type == "char":
        given = (1,)
    if not given or to_type not in {"varchar", "bpchar", "char"}:
        return write
    size = given[0]
    pad = to_type == "bpchar"
    if to_type == "char":
        return lambda value, session: _first_byte(write(value, session))

    def fit(value: Any, session: ValueSession) -> str:
        text: str = write(value, session)
        if len(text) > size:
            if kind != "e" and text[size:].strip(" "):
                raise database_error("22001", f"value too long for type {display(to_type)}({size})")
            text = text[:size]
        return text.ljust(size) if pad else text

    return fit


def _of_char(value: str, typmod: Typmod) -> str:
    if not value:
        raise UnsupportedSQL('the empty "char" as character(n)')
    return value.ljust(modifiers(typmod)[0]) if modifiers(typmod) else value


def _first_byte(text: str) -> str:
    # a backslash and three octal digits, and nothing else, stand for a byte (src/backend/utils/adt/char.c, charin)
    if len(text) == 4 and text[0] == "\\" and all(digit in "01234567" for digit in text[1:]):
        byte = int(text[1:], 8) & 255
        text = chr(byte) if byte else ""
    if text and not text[0].isascii():
        raise UnsupportedSQL('a "char" that is a byte of a longer character')
    return text[:1]


def _text_of(from_type: str) -> Cast:
    if from_type == "bool":
        return lambda value, _: "true" if value else "false"
    if from_type == "bpchar":
        return lambda value, _: value.rstrip(" ")
    if from_type == "inet":  # pg_cast's text(inet) shows the length, unlike the output function
        return _identity
    return output(from_type) or _identity


# -- arrays -----------------------------------------------------------------------------------------------------------


def _row_output(row: records.RowType) -> Cast:
    writers = [output(kind) for _, kind in row.fields]

    def write(storage: Any, session: ValueSession) -> str:
        items = records.load(storage, row.fields)
        return records.write(
            [
                None if item is None else str(item if inner is None else inner(item, session))
                for item, inner in zip(items, writers, strict=True)
            ]
        )

    return write


def _to_row(from_type: str, row: records.RowType) -> Cast:
    """A row's text, or a row of as many other fields."""
    source = records.find(from_type)
    kinds = [kind for _, kind in source.fields] if source is not None else ["text"] * len(row.fields)
    if len(kinds) != len(row.fields):
        raise UnsupportedSQL(f"the cast from {display(from_type)} to {row.key}")
    inner = [caster(one, kind, None, "a") for one, (_, kind) in zip(kinds, row.fields, strict=True)]

    def convert(storage: Any, session: ValueSession) -> str:
        items: list[Any] = (
            records.load(storage, source.fields) if source is not None else list(records.read(storage, len(inner)))
        )
        return records.make(
            *(None if item is None else cast(item, session) for item, cast in zip(items, inner, strict=True))
        )

    return convert


def _to_array(from_type: str, to_type: str, typmod: Typmod, kind: str) -> Cast:
    element_type = to_type[:-2]
    if from_type in _STRINGS:
        convert = caster("text", element_type, typmod, "e")
        return lambda text, session: arrays.parse(text, lambda item: convert(item, session))
    if not from_type.endswith("[]"):
        raise UnsupportedSQL(f"the cast from {display(from_type)} to {display(to_type)}")
    source = from_type[:-2]
    if source == element_type and typmod is None:
        return _identity
    inner = caster(source, element_type, typmod, kind)

    def convert_all(storage: Any, session: ValueSession) -> str:
        return arrays.store(
            arrays.map_elements(arrays.load(storage), lambda item: inner(arrays.element(item, source), session))
        )

    return convert_all


# -- between types ----------------------------------------------------------------------------------------------------


def _numeric_to_float(value: str, type_name: str) -> float | str:
    return arith.parse_float(value, type_name)


def _float_to_numeric(value: float | str, type_name: str) -> str:
    return numeric.parse(arith.float_to_numeric_text(value, type_name))


def _jsonb_scalar(value: str, wanted: frozenset[str], to_type: str) -> Any:
    parsed = jsonb.parse(value)
    kind = jsonb.type_of(parsed)
    if kind == "null":
        return None
    if kind not in wanted:
        shown = "numeric" if kind == "number" else kind
        raise database_error("22023", f"cannot cast jsonb {shown} to type {display(to_type)}")
    return parsed


_NUMBERS = frozenset({"number"})
_BOOLEANS = frozenset({"boolean"})


def _jsonb_to(to_type: str) -> Cast:
    def convert(value: Any, session: ValueSession) -> Any:
        if to_type == "bool":
            parsed = _jsonb_scalar(value, _BOOLEANS, to_type)
            return None if parsed is None else int(parsed)
        parsed = _jsonb_scalar(value, _NUMBERS, to_type)
        if parsed is None:
            return None
        text = numeric.to_text(Decimal(parsed))
        return text if to_type == "numeric" else caster("numeric", to_type)(text, session)

    return convert


def _date_to_timestamptz(value: str, session: ValueSession) -> str:
    return timestamp_to_timestamptz(date_to_timestamp(value), session)


def date_to_timestamp(value: str) -> str:
    """Midnight of a date."""
    return value if value in times.INFINITE else value + " 00:00:00.000000"


def timestamp_to_timestamptz(value: str, session: ValueSession) -> str:
    """A local time of the session's zone, in UTC."""
    if session.zone is None or value in times.INFINITE:
        return value
    return times.timestamp_text(times.to_utc(times.moment_of(value), session.zone))


def timestamptz_to_timestamp(value: str, session: ValueSession) -> str:
    """The local time in the session's zone."""
    if session.zone is None or value in times.INFINITE:
        return value
    return times.timestamp_text(times.to_local(times.moment_of(value), session.zone))


def _timestamp_to_date(value: str) -> str:
    return value if value in times.INFINITE else value[:10]


def _timestamp_to_time(value: str) -> str | None:
    return None if value in times.INFINITE else value[11:]


def _time_to_timetz(value: str, session: ValueSession) -> str:
    offset = session.offset(session.now().replace(tzinfo=None)) if session.zone else timedelta()
    return f"{value}{int(offset.total_seconds()):+06d}"


def _timestamptz_to_timetz(value: str, session: ValueSession) -> str | None:
    if value in times.INFINITE:
        return None
    offset = session.offset(datetime.fromisoformat(value))
    return f"{timestamptz_to_timestamp(value, session)[11:]}{int(offset.total_seconds()):+06d}"


def _interval_to_time(value: str) -> str:
    micros = interval.unpack(value)[2] % times.DAY_US
    return times.time_text(micros)


def _int_to_bytea(width: int) -> Cast:
    return lambda value, _: int(value).to_bytes(width, "big", signed=True)


def _bytea_to_int(type_name: str) -> Cast:
    convert = late("bytefunctions.bytes_to_integer")
    return lambda value, _: convert(type_name, value)


_PAIRS: dict[tuple[str, str], Cast] = {
    ("int4", "bool"): lambda value, _: int(value != 0),
    ("bool", "int4"): _identity,
    ("date", "timestamp"): lambda value, _: date_to_timestamp(value),
    ("date", "timestamptz"): _date_to_timestamptz,
    ("timestamp", "date"): lambda value, _: _timestamp_to_date(value),
    ("timestamp", "time"): lambda value, _: _timestamp_to_time(value),
    ("timestamp", "timestamptz"): timestamp_to_timestamptz,
    ("timestamptz", "timestamp"): timestamptz_to_timestamp,
    ("timestamptz", "date"): lambda value, session: _timestamp_to_date(timestamptz_to_timestamp(value, session)),
    ("timestamptz", "time"): lambda value, session: _timestamp_to_time(timestamptz_to_timestamp(value, session)),
    ("timestamptz", "timetz"): _timestamptz_to_timetz,
    ("time", "interval"): lambda value, _: interval.pack(0, 0, times.micros_of(value)),
    ("time", "timetz"): _time_to_timetz,
    ("timetz", "time"): lambda value, _: value[:15],
    ("interval", "time"): lambda value, _: _interval_to_time(value),
    ("json", "jsonb"): lambda value, _: jsonb.parse_jsonb(value),
    ("jsonb", "json"): _identity,
    **regs.PAIRS,
    ("int8", "oid"): _to_oid,
    ("int8", "xid"): lambda value, _: value % (1 << 32),
    ("oid", "int8"): _identity,
    ("oid", "int4"): _identity,
    ("cidr", "inet"): _identity,
    ("inet", "cidr"): lambda value, _: _to_cidr(value),
    ("macaddr", "macaddr8"): lambda value, _: _mac8_of(value),
    ("macaddr8", "macaddr"): lambda value, _: _mac_of(value),
    **dict.fromkeys((("bit", "varbit"), ("varbit", "bit")), _identity),
    **dict.fromkeys((("int4", "bit"), ("int8", "bit")), lambda value, _: _integer_to_bits(value, None)),
    ("bit", "int4"): lambda value, _: _bits_to_integer(value, 32),
    ("bit", "int8"): lambda value, _: _bits_to_integer(value, 64),
    **{("bytea", kind): _bytea_to_int(kind) for kind in ("int2", "int4", "int8")},
    ("int2", "bytea"): _int_to_bytea(2),
    ("int4", "bytea"): _int_to_bytea(4),
    ("int8", "bytea"): _int_to_bytea(8),
}


def _narrow(to_type: str) -> Cast:
    return lambda value, _: arith.check_integer(value, to_type)


for _to in INTEGERS:
    for _from in INTEGERS:
        _PAIRS[_from, _to] = _identity if INTEGERS[_from] <= INTEGERS[_to] else _narrow(_to)
    _PAIRS["numeric", _to] = lambda value, _, to_type=_to: numeric.to_integer(value, to_type)  # type: ignore[misc]  # binds the loop's value
    for _from in FLOATS:
        _PAIRS[_from, _to] = lambda value, _, to_type=_to: arith.float_to_integer(value, to_type)  # type: ignore[misc]  # as above
    _PAIRS[_to, "numeric"] = lambda value, _: str(value)
    _PAIRS[_to, "float8"] = lambda value, _: float(value)
    _PAIRS[_to, "float4"] = lambda value, _: arith.to_float4(float(value))
    _PAIRS["jsonb", _to] = _jsonb_to(_to)
for _from in FLOATS:
    _PAIRS[_from, "numeric"] = lambda value, _, from_type=_from: _float_to_numeric(value, from_type)  # type: ignore[misc]  # as above
    _PAIRS["numeric", _from] = lambda value, _, to_type=_from: _numeric_to_float(value, to_type)  # type: ignore[misc]  # as above
    _PAIRS["jsonb", _from] = _jsonb_to(_from)
_PAIRS["float4", "float8"] = _identity
_collect = late("rangeops.collect")
for _from, _to in MULTIRANGE_OF.items():
    _PAIRS[_from, _to] = lambda value, _, to_type=_to: _collect(to_type, value)  # type: ignore[misc]  # as above
_PAIRS["float8", "float4"] = lambda value, _: arith.to_float4(value)
_PAIRS["jsonb", "numeric"] = _jsonb_to("numeric")
_PAIRS["jsonb", "bool"] = _jsonb_to("bool")


def finite(value: float | str) -> bool:
    """Whether a stored float is a number, no NaN and no infinity."""
    return not isinstance(value, str) and math.isfinite(value)
