"""Python values of the scalar types to storage, as asyncpg 0.32 binds them; `codec` knows the other types.

What a conversion raises is a signal, of which `codec` makes asyncpg's error.

Limits: the negative zero of float4 and float8 is stored as zero.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from operator import index
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import interval, jsonb, numeric
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.floats import single
from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.session import DETACHED
from nexus_testkit.postgres.values.times import timestamp_text
from nexus_testkit.postgres.values.types import INTEGERS, TEXTS

Encoder = Callable[[Any], Any]


_WIDTH = {"int2": 16, "int4": 32, "int8": 64}


class Refused(Exception):  # a signal, see above
    """asyncpg's reason, without its prefix."""


class WrongType(Refused):
    """A reason that asyncpg raises as a TypeError: in an array, the message names the element."""


def _integer(type_name: str) -> Encoder:
    limit, width = INTEGERS[type_name], _WIDTH[type_name]

    def encode_integer(value: Any) -> int:
        if type(value) is not int:
            try:
                value = int(value) if isinstance(value, (float, Decimal)) else index(value)
            except OverflowError:
                raise Refused(f"value out of int{width} range") from None
            except TypeError as error:
                raise WrongType(str(error)) from None
            except ValueError as error:
                raise Refused(str(error)) from None
        if not -limit <= value < limit:
            raise Refused(f"value out of int{width} range")
        return int(value)

    return encode_integer


def _bool(value: Any) -> int:
    if value is True or value is False:
        return int(value)
    raise WrongType(f"a boolean is required (got type {type(value).__name__})")


def encode_text(value: Any) -> str:
    """A str, which is also what types without a codec of their own take."""
    if not isinstance(value, str):
        raise WrongType(f"expected str, got {type(value).__name__}")
    if "\0" in value:
        raise database_error("22021", 'invalid byte sequence for encoding "UTF8": 0x00')
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise Refused(str(error)) from None
    return value


def _float8(value: Any) -> float | str:
    try:
        number = float(value) if not isinstance(value, (str, bytes, bytearray)) else math.fabs(value)  # type: ignore[arg-type]  # for its message
    except OverflowError as error:
        raise Refused(str(error)) from None
    except (TypeError, ValueError):
        raise WrongType(f"must be real number, not {type(value).__name__}") from None
    return "NaN" if math.isnan(number) else number


def _float4(value: Any) -> float | str:
    number = _float8(value)
    if isinstance(number, str):
        return number
    small = single(number)
    if small is None:
        raise Refused("value out of float32 range")
    return small


def _numeric(value: Any) -> str:
    if not isinstance(value, Decimal):
        try:
            value = Decimal(value)
        except InvalidOperation as error:
            raise Refused(str(error)) from None
        except (TypeError, ValueError) as error:
            raise Refused(str(error)) from None
    return numeric.to_text(value)


def _timestamp(value: Any) -> str:
    value = _as_datetime(value)
    if value.tzinfo is not None:
        raise WrongType("can't subtract offset-naive and offset-aware datetimes")
    return timestamp_text(value)


def _timestamptz(value: Any) -> str:
    value = _as_datetime(value)
    if value.tzinfo is UTC:
        value = value.replace(tzinfo=None)
    elif value.tzinfo is not None:
        try:
            value = value.astimezone(UTC).replace(tzinfo=None)
        except OverflowError as error:
            raise Refused(str(error)) from None
    return timestamp_text(value)


def _as_datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a date has no zone
    raise WrongType(f"expected a datetime.date or datetime.datetime instance, got {type(value).__name__!r}")


def _date(value: Any) -> str:
    if not isinstance(value, date):
        raise Refused(f"{type(value).__name__!r} object has no attribute 'toordinal'")
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def _time(value: Any) -> str:
    if not isinstance(value, (time, datetime)):
        raise Refused(f"{type(value).__name__!r} object has no attribute 'hour'")
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}.{value.microsecond:06d}"


def _timetz(value: Any) -> str:
    text = _time(value)
    offset = value.utcoffset()
    if offset is None:
        raise Refused("'NoneType' object has no attribute 'utcoffset'")
    return f"{text}{int(offset.total_seconds()):+06d}"


def _interval(value: Any) -> str:
    if not isinstance(value, timedelta):
        raise Refused(f"{type(value).__name__!r} object has no attribute 'days'")
    return interval.pack(0, value.days, value.seconds * 1_000_000 + value.microseconds)


def _uuid(value: Any) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if not isinstance(value, str):
        raise Refused(f"{type(value).__name__!r} object has no attribute 'bytes'")
    if not 32 <= len(value) <= 36:
        raise Refused(f"invalid UUID {value!r}: length must be between 32..36 characters, got {len(value)}")
    digits = value.replace("-", "")
    for char in digits:
        if char not in "0123456789abcdefABCDEF":
            raise Refused(f"invalid UUID {value!r}: unexpected character {char!r}")
    if len(digits) != 32:
        raise Refused(f"invalid UUID {value!r}: decodes to {'less' if len(digits) < 32 else 'more'} than 16 bytes")
    return str(uuid.UUID(digits))


def _bytea(value: Any) -> bytes:
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise WrongType(f"a bytes-like object is required, not {type(value).__name__!r}") from None


def _json_text(value: Any) -> str:
    try:
        return json.dumps(value)
    except (TypeError, ValueError) as error:
        raise Refused(str(error)) from None


def _json(value: Any) -> str:
    return jsonb.parse_json(_json_text(value))


def _jsonb(value: Any) -> str:
    text = jsonb.from_python(value)
    if text is not None:
        return text
    return jsonb.parse_jsonb(_json_text(value))


def _oid(value: Any) -> int:
    if type(value) is not int:
        try:
            value = int(value) if isinstance(value, (float, Decimal)) else index(value)
        except TypeError:
            raise WrongType(f"an integer is required (got type {type(value).__name__})") from None
    if not 0 <= value < 2**32:
        raise Refused("value out of uint32 range")
    return int(value)


def _network(kind: str) -> Encoder:
    convert = late(f"network.encode_{kind}")

    def encode_network(value: Any) -> Any:
        try:
            return convert(value)
        except (ValueError, TypeError) as error:
            raise Refused(str(error)) from None

    return encode_network


def _mac(value: Any) -> Any:
    return caster("text", "macaddr")(encode_text(value), DETACHED)


def _bits(value: Any) -> Any:
    return _encode_bits(value, WrongType)


def _mac8(value: Any) -> Any:
    return caster("text", "macaddr8")(encode_text(value), DETACHED)


_encode_bits = late("bitstrings.encode")


ENCODERS: dict[str, Encoder] = {
    "bit": _bits,
    "varbit": _bits,
    "macaddr8": _mac8,
    "inet": _network("inet"),
    "cidr": _network("cidr"),
    "macaddr": _mac,
    "bool": _bool,
    "oid": _oid,
    "int2": _integer("int2"),
    "int4": _integer("int4"),
    "int8": _integer("int8"),
    "float4": _float4,
    "float8": _float8,
    "numeric": _numeric,
    "timestamp": _timestamp,
    "timestamptz": _timestamptz,
    "date": _date,
    "time": _time,
    "timetz": _timetz,
    "interval": _interval,
    "uuid": _uuid,
    "bytea": _bytea,
    "json": _json,
    "jsonb": _jsonb,
    **dict.fromkeys(TEXTS | {"bpchar"}, encode_text),
    "char": lambda value: _bytea(value).decode("latin-1")[:1].rstrip("\0"),
}
