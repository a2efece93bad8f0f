"""Python values to storage and back, as asyncpg 0.32 binds and decodes them (asyncpg/pgproto/codecs/*.pyx).

Errors before the server is reached are `DataError` with asyncpg's words; what the server itself refuses has its SQLSTATE.

Limits: a value of a type that has no binary codec in asyncpg (enums, and types not known here) is taken as text. The
negative zero of float4 and float8 is stored as zero.
"""

from __future__ import annotations

import json
import math
import uuid
from collections.abc import Callable, Container, Iterable, Sized
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from operator import index
from typing import Any

from nexus_testkit.errors import DataError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, interval, jsonb, numeric, records
from nexus_testkit.postgres.values.arith import single
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.rangetypes import bound_type
from nexus_testkit.postgres.values.session import DETACHED
from nexus_testkit.postgres.values.times import INFINITE, micros_of, time_text, timestamp_text
from nexus_testkit.postgres.values.types import INTEGERS, RANGES, TEXTS, Typmod

Encoder = Callable[[Any], Any]
Decoder = Callable[[Any], Any]

_WIDTH = {"int2": 16, "int4": 32, "int8": 64}


_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001  # asyncpg's are naive


class _Refused(Exception):  # a signal inside this module
    """asyncpg's reason, without its prefix."""


class _WrongType(_Refused):
    """A reason that asyncpg raises as a TypeError: in an array, the message names the element."""


def encode(value: Any, type_name: str, typmod: Typmod = None, *, argument: int = 1) -> Any:
    """The storage of a bound value of a type. None is NULL.

    `argument` is the parameter's number, for the message. `typmod` is applied as a cast would.
    """
    storage = encoder(type_name)(value, argument)
    if typmod is None or storage is None:
        return storage
    return caster(type_name, type_name, typmod, "e")(storage, DETACHED)


@lru_cache(maxsize=512)
def encoder(type_name: str) -> Callable[..., Any]:
    """The function behind `encode` for one type: of the value and, for the message, the argument's number (default 1)."""
    convert = plain_encoder(type_name)

    def encode_argument(value: Any, argument: int = 1) -> Any:
        if value is None:
            return None
        try:
            return convert(value)
        except _Refused as reason:
            raise DataError(
                f"invalid input for query argument ${argument}: {_shorten(value)} ({reason})", sqlstate="22000"
            ) from None

    return encode_argument


def _shorten(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= 40 else shown[:40] + "..."


def plain_error(error: Exception) -> Exception:
    """What asyncpg itself raises of a value that it cannot encode, where it does not say which argument it was."""
    text = str(error)
    if isinstance(error, _WrongType):
        return TypeError(text)
    if not isinstance(error, _Refused):
        return error
    if text.startswith("value out of"):
        return OverflowError(text)
    return AttributeError(text) if "has no attribute" in text else ValueError(text)


def plain_encoder(type_name: str) -> Encoder:
    """The conversion itself, for a value that is not None; what it raises is not yet asyncpg's: `encode` says that."""
    found = _ENCODERS.get(type_name)
    if found is not None:
        return found
    if (row := records.find(type_name)) is not None:
        return _row_encoder(row)
    if type_name.endswith("[]"):
        return _array_encoder(type_name[:-2])
    if type_name in RANGES:
        from nexus_testkit.postgres.values import rangecodec  # noqa: PLC0415  # few programs use ranges

        bound = plain_encoder(bound_type(type_name) or "")
        return rangecodec.encoder(type_name, bound, _Refused, _WrongType)
    return _text


def _integer(type_name: str) -> Encoder:
    limit, width = INTEGERS[type_name], _WIDTH[type_name]

    def encode_integer(value: Any) -> int:
        if type(value) is not int:
            try:
                value = int(value) if isinstance(value, (float, Decimal)) else index(value)
            except OverflowError:
                raise _Refused(f"value out of int{width} range") from None
            except TypeError as error:
                raise _WrongType(str(error)) from None
            except ValueError as error:
                raise _Refused(str(error)) from None
        if not -limit <= value < limit:
            raise _Refused(f"value out of int{width} range")
        return int(value)

    return encode_integer


def _bool(value: Any) -> int:
    if value is True or value is False:
        return int(value)
    raise _WrongType(f"a boolean is required (got type {type(value).__name__})")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _WrongType(f"expected str, got {type(value).__name__}")
    if "\0" in value:
        raise database_error("22021", 'invalid byte sequence for encoding "UTF8": 0x00')
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise _Refused(str(error)) from None
    return value


def _float8(value: Any) -> float | str:
    try:
        number = float(value) if not isinstance(value, (str, bytes, bytearray)) else math.fabs(value)  # type: ignore[arg-type]  # for its message
    except OverflowError as error:
        raise _Refused(str(error)) from None
    except (TypeError, ValueError):
        raise _WrongType(f"must be real number, not {type(value).__name__}") from None
    return "NaN" if math.isnan(number) else number


def _float4(value: Any) -> float | str:
    number = _float8(value)
    if isinstance(number, str):
        return number
    small = single(number)
    if small is None:
        raise _Refused("value out of float32 range")
    return small


def _numeric(value: Any) -> str:
    if not isinstance(value, Decimal):
        try:
            value = Decimal(value)
        except InvalidOperation as error:
            raise _Refused(str(error)) from None
        except (TypeError, ValueError) as error:
            raise _Refused(str(error)) from None
    return numeric.to_text(value)


def _timestamp(value: Any) -> str:
    value = _as_datetime(value)
    if value.tzinfo is not None:
        raise _WrongType("can't subtract offset-naive and offset-aware datetimes")
    return timestamp_text(value)


def _timestamptz(value: Any) -> str:
    value = _as_datetime(value)
    if value.tzinfo is UTC:
        value = value.replace(tzinfo=None)
    elif value.tzinfo is not None:
        try:
            value = value.astimezone(UTC).replace(tzinfo=None)
        except OverflowError as error:
            raise _Refused(str(error)) from None
    return timestamp_text(value)


def _as_datetime(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001  # a date has no zone
    raise _WrongType(f"expected a datetime.date or datetime.datetime instance, got {type(value).__name__!r}")


def _date(value: Any) -> str:
    if not isinstance(value, date):
        raise _Refused(f"{type(value).__name__!r} object has no attribute 'toordinal'")
    return f"{value.year:04d}-{value.month:02d}-{value.day:02d}"


def _time(value: Any) -> str:
    if not isinstance(value, (time, datetime)):
        raise _Refused(f"{type(value).__name__!r} object has no attribute 'hour'")
    return f"{value.hour:02d}:{value.minute:02d}:{value.second:02d}.{value.microsecond:06d}"


def _timetz(value: Any) -> str:
    text = _time(value)
    offset = value.utcoffset()
    if offset is None:
        raise _Refused("'NoneType' object has no attribute 'utcoffset'")
    return f"{text}{int(offset.total_seconds()):+06d}"


def _interval(value: Any) -> str:
    if not isinstance(value, timedelta):
        raise _Refused(f"{type(value).__name__!r} object has no attribute 'days'")
    return interval.pack(0, value.days, value.seconds * 1_000_000 + value.microseconds)


def _uuid(value: Any) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if not isinstance(value, str):
        raise _Refused(f"{type(value).__name__!r} object has no attribute 'bytes'")
    if not 32 <= len(value) <= 36:
        raise _Refused(f"invalid UUID {value!r}: length must be between 32..36 characters, got {len(value)}")
    digits = value.replace("-", "")
    for char in digits:
        if char not in "0123456789abcdefABCDEF":
            raise _Refused(f"invalid UUID {value!r}: unexpected character {char!r}")
    if len(digits) != 32:
        raise _Refused(f"invalid UUID {value!r}: decodes to {'less' if len(digits) < 32 else 'more'} than 16 bytes")
    return str(uuid.UUID(digits))


def _bytea(value: Any) -> bytes:
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise _WrongType(f"a bytes-like object is required, not {type(value).__name__!r}") from None


def _json_text(value: Any) -> str:
    try:
        return json.dumps(value)
    except (TypeError, ValueError) as error:
        raise _Refused(str(error)) from None


def _json(value: Any) -> str:
    return jsonb.parse_json(_json_text(value))


def _jsonb(value: Any) -> str:
    text = jsonb.from_python(value)
    if text is not None:
        return text
    return jsonb.parse_jsonb(_json_text(value))


def _array_encoder(element_type: str) -> Encoder:
    encode_element = plain_encoder(element_type)

    def encode_array(value: Any) -> str:
        if not _is_container(value):
            raise _Refused(f"a sized iterable container expected (got type {type(value).__name__!r})")
        json_element = element_type in {"json", "jsonb"}
        items = list(value)
        depth = 1 if json_element else _shape(items)
        counter = iter(range(1 << 62))

        def convert(item: Any, level: int) -> Any:
            if level < depth:
                return [convert(each, level + 1) for each in item]
            at = next(counter)
            if item is None:
                return None
            try:
                return encode_element(item)
            except _WrongType as reason:
                raise _Refused(f"invalid array element at index {at}: {reason}") from None

        return arrays.store([convert(item, 1) for item in items])

    return encode_array


def _row_encoder(row: records.RowType) -> Encoder:
    encoders = [plain_encoder(kind) for _, kind in row.fields]

    def encode_row(value: Any) -> str:
        try:
            items = records.positional(value, row)
        except TypeError as error:
            raise _WrongType(str(error)) from None
        except ValueError as error:
            raise _Refused(str(error)) from None
        if len(items) > len(encoders):
            raise _Refused("list index out of range")
        if len(items) < len(encoders):
            raise database_error("42804", f"wrong number of columns: {len(items)}, expected {len(encoders)}")
        return records.make(
            *(None if item is None else convert(item) for item, convert in zip(items, encoders, strict=True))
        )

    return encode_row


def _is_container(value: Any) -> bool:
    trivial = (str, bytes, bytearray, memoryview, dict)
    return (
        isinstance(value, Sized)
        and isinstance(value, Iterable)
        and isinstance(value, Container)
        and not isinstance(value, trivial)
        and not hasattr(value, "keys")
    )


def _is_sub_array(value: Any) -> bool:
    """A tuple inside an array is a record or a range to asyncpg, no dimension (array.pyx, `_is_sub_array_iterable`)."""
    return _is_container(value) and not isinstance(value, tuple)


def _shape(items: list[Any]) -> int:
    """How deep a list nests; refuses ragged ones as asyncpg does."""
    if not items or not _is_sub_array(items[0]):
        if any(_is_sub_array(item) for item in items):
            raise _Refused("non-homogeneous array")
        return 1
    first = len(items[0])
    depths = set()
    for item in items:
        if not _is_sub_array(item) or len(item) != first:
            raise _Refused("non-homogeneous array")
        depths.add(_shape(list(item)))
    if len(depths) > 1:
        raise _Refused("non-homogeneous array")
    return depths.pop() + 1


def _oid(value: Any) -> int:
    if type(value) is not int:
        try:
            value = int(value) if isinstance(value, (float, Decimal)) else index(value)
        except TypeError:
            raise _WrongType(f"an integer is required (got type {type(value).__name__})") from None
    if not 0 <= value < 2**32:
        raise _Refused("value out of uint32 range")
    return int(value)


def _network(kind: str) -> Encoder:
    convert = late(f"network.encode_{kind}")

    def encode_network(value: Any) -> Any:
        try:
            return convert(value)
        except (ValueError, TypeError) as error:
            raise _Refused(str(error)) from None

    return encode_network


def _mac(value: Any) -> Any:
    return caster("text", "macaddr")(_text(value), DETACHED)


def _bits(value: Any) -> Any:
    return _encode_bits(value, _WrongType)


def _mac8(value: Any) -> Any:
    return caster("text", "macaddr8")(_text(value), DETACHED)


_encode_bits = late("bitstrings.encode")

_ENCODERS: dict[str, Encoder] = {
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
    **dict.fromkeys(TEXTS | {"bpchar"}, _text),
    "char": lambda value: _bytea(value).decode("latin-1")[:1].rstrip("\0"),
}


def decoder(type_name: str) -> Decoder | None:
    """The function that makes the Python value of a type out of a storage that is not NULL; None: storage is that value."""
    if type_name.endswith("[]"):
        return _array_decoder(type_name[:-2])
    if type_name in RANGES:
        from nexus_testkit.postgres.values import rangecodec  # noqa: PLC0415  # few programs use ranges

        return rangecodec.decoder(type_name, decoder(bound_type(type_name) or ""))
    if (row := records.find(type_name)) is not None:
        return records.decoder(row, [decoder(kind) for _, kind in row.fields])
    return _DECODERS.get(type_name)


def _decode_timestamp(storage: str) -> datetime:
    if storage[0] in "i-":
        return _LAST if storage == "infinity" else _FIRST
    return datetime.fromisoformat(storage)


def _decode_timestamptz(storage: str) -> datetime:
    if storage[0] in "i-":  # asyncpg gives the naive bounds for both kinds
        return _LAST if storage == "infinity" else _FIRST
    return datetime.fromisoformat(storage + "+00:00")


def _decode_date(storage: str) -> date:
    if storage[0] in "i-":
        return date.max if storage == "infinity" else date.min
    return date.fromisoformat(storage)


def _decode_time(storage: str) -> time:
    if storage.startswith("24"):
        raise UnsupportedSQL("the time 24:00:00 (asyncpg cannot decode it either)")
    return time.fromisoformat(storage)


def _decode_timetz(storage: str) -> time:
    return time.fromisoformat(time_text(micros_of(storage))).replace(
        tzinfo=timezone(timedelta(seconds=int(storage[15:])))
    )


def _decode_interval(storage: str) -> timedelta:
    """asyncpg: a year is 365 days, a month 30, and the sign of the months is taken apart."""
    if storage in INFINITE:
        raise UnsupportedSQL("an infinite interval as a result (asyncpg cannot decode it either)")
    months, days, micros = interval.unpack(storage)
    years, rest = divmod(abs(months), 12)
    span = years * 365 + rest * 30
    try:
        return timedelta(days=days + (-span if months < 0 else span), microseconds=micros)
    except OverflowError:
        raise UnsupportedSQL("an interval beyond Python's timedelta (asyncpg cannot decode it either)") from None


def _decode_float(storage: float | str) -> float:
    return float(storage)


def _array_decoder(element_type: str) -> Decoder:
    decode_element = decoder(element_type)
    if element_type in {"bytea", "float4", "float8"}:
        inner = decode_element

        def decode_element(item: Any) -> Any:
            own = arrays.element(item, element_type)
            return inner(own) if inner else own

    if decode_element is None:
        return json.loads
    convert = decode_element
    return lambda storage: arrays.map_elements(json.loads(storage), convert)


_DECODERS: dict[str, Decoder] = {
    **dict.fromkeys(("bit", "varbit"), late("bitstrings.decode")),
    "inet": late("network.decode_inet"),
    "cidr": late("network.decode_cidr"),
    "bool": bool,
    "float4": _decode_float,
    "float8": _decode_float,
    "numeric": numeric.as_asyncpg,
    "timestamp": _decode_timestamp,
    "timestamptz": _decode_timestamptz,
    "date": _decode_date,
    "time": _decode_time,
    "timetz": _decode_timetz,
    "interval": _decode_interval,
    "uuid": uuid.UUID,
    "json": json.loads,
    "jsonb": json.loads,
    "char": lambda storage: storage.encode() or b"\0",
    "int2vector": json.loads,
    "oidvector": json.loads,
}
