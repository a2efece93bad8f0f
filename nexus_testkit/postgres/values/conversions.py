"""Conversions from one type to another, of storage to storage; the pairs that `casts` takes no rule of its own for."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import floats, integers, interval, jsonb, numeric, regs, times
from nexus_testkit.postgres.values.fitting import unchanged
from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.rangetypes import MULTIRANGE_OF
from nexus_testkit.postgres.values.session import Cast, ValueSession
from nexus_testkit.postgres.values.types import FLOATS, INTEGERS, display


def _to_oid(value: int, _session: ValueSession) -> int:
    if not 0 <= value < 1 << 32:
        raise database_error("22003", "OID out of range")
    return value


_to_cidr = late("network.to_cidr")
integer_to_bits, _bits_to_integer = late("bitstrings.of_integer"), late("bitstrings.to_integer")
_mac8_of, _mac_of = late("mac8.of_macaddr"), late("mac8.to_macaddr")


def _numeric_to_float(value: str, type_name: str) -> float | str:
    return floats.parse_float(value, type_name)


def _float_to_numeric(value: float | str, type_name: str) -> str:
    return numeric.parse(floats.float_to_numeric_text(value, type_name))


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
        return text if to_type == "numeric" else PAIRS["numeric", to_type](text, session)

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
    micros = interval.unpack(value, "cannot convert infinite interval to time")[2] % times.DAY_US
    return times.time_text(micros)


def _int_to_bytea(width: int) -> Cast:
    return lambda value, _: int(value).to_bytes(width, "big", signed=True)


def _bytea_to_int(type_name: str) -> Cast:
    convert = late("bytefunctions.bytes_to_integer")
    return lambda value, _: convert(type_name, value)


PAIRS: dict[tuple[str, str], Cast] = {
    ("int4", "bool"): lambda value, _: int(value != 0),
    ("bool", "int4"): unchanged,
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
    ("jsonb", "json"): unchanged,
    **regs.PAIRS,
    ("int8", "oid"): _to_oid,
    ("int8", "xid"): lambda value, _: value % (1 << 32),
    ("oid", "int8"): unchanged,
    ("oid", "int4"): unchanged,
    ("cidr", "inet"): unchanged,
    ("inet", "cidr"): lambda value, _: _to_cidr(value),
    ("macaddr", "macaddr8"): lambda value, _: _mac8_of(value),
    ("macaddr8", "macaddr"): lambda value, _: _mac_of(value),
    **dict.fromkeys((("bit", "varbit"), ("varbit", "bit")), unchanged),
    **dict.fromkeys((("int4", "bit"), ("int8", "bit")), lambda value, _: integer_to_bits(value, None)),
    ("bit", "int4"): lambda value, _: _bits_to_integer(value, 32),
    ("bit", "int8"): lambda value, _: _bits_to_integer(value, 64),
    **{("bytea", kind): _bytea_to_int(kind) for kind in ("int2", "int4", "int8")},
    ("int2", "bytea"): _int_to_bytea(2),
    ("int4", "bytea"): _int_to_bytea(4),
    ("int8", "bytea"): _int_to_bytea(8),
}


def _narrow(to_type: str) -> Cast:
    return lambda value, _: integers.check_integer(value, to_type)


for _to in INTEGERS:
    for _from in INTEGERS:
        PAIRS[_from, _to] = unchanged if INTEGERS[_from] <= INTEGERS[_to] else _narrow(_to)
    PAIRS["numeric", _to] = lambda value, _, to_type=_to: numeric.to_integer(value, to_type)  # type: ignore[misc]  # binds the loop's value
    for _from in FLOATS:
        PAIRS[_from, _to] = lambda value, _, to_type=_to: integers.float_to_integer(value, to_type)  # type: ignore[misc]  # as above
    PAIRS[_to, "numeric"] = lambda value, _: str(value)
    PAIRS[_to, "float8"] = lambda value, _: float(value)
    PAIRS[_to, "float4"] = lambda value, _: floats.to_float4(float(value))
    PAIRS["jsonb", _to] = _jsonb_to(_to)
for _from in FLOATS:
    PAIRS[_from, "numeric"] = lambda value, _, from_type=_from: _float_to_numeric(value, from_type)  # type: ignore[misc]  # as above
    PAIRS["numeric", _from] = lambda value, _, to_type=_from: _numeric_to_float(value, to_type)  # type: ignore[misc]  # as above
    PAIRS["jsonb", _from] = _jsonb_to(_from)
PAIRS["float4", "float8"] = unchanged
_collect = late("rangeops.collect")
for _from, _to in MULTIRANGE_OF.items():
    PAIRS[_from, _to] = lambda value, _, to_type=_to: _collect(to_type, value)  # type: ignore[misc]  # as above
PAIRS["float8", "float4"] = lambda value, _: floats.to_float4(value)
PAIRS["jsonb", "numeric"] = _jsonb_to("numeric")
PAIRS["jsonb", "bool"] = _jsonb_to("bool")
