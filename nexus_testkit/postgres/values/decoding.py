"""Storage to Python values, as asyncpg 0.32 decodes them (asyncpg/pgproto/codecs/*.pyx)."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.values import arrays, interval, numeric, records
from nexus_testkit.postgres.values.late import late
from nexus_testkit.postgres.values.rangetypes import bound_type
from nexus_testkit.postgres.values.times import INFINITE, micros_of, time_text
from nexus_testkit.postgres.values.types import RANGES

Decoder = Callable[[Any], Any]


_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59, 999999)  # noqa: DTZ001  # asyncpg's are naive


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
