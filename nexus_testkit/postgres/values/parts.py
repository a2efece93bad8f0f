"""date_trunc, date_bin, extract and date_part (src/backend/utils/adt/{timestamp,date}.c)."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import interval, numeric, zones
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.times import (
    DAY_US,
    EPOCH,
    EPOCH_DAY,
    INFINITE,
    MICROSECOND,
    micros_of,
    moment_of,
    shift,
    timestamp_text,
    to_local,
    to_utc,
)
from nexus_testkit.postgres.values.types import display

_UNITS = {
    **{f"{unit}s": unit for unit in ("microsecond", "millisecond", "second", "minute", "hour", "day", "week")},
    **{f"{unit}s": unit for unit in ("month", "quarter", "year", "decade")},
    "centuries": "century",
    "millennia": "millennium",
    "c": "century",
    "cent": "century",
    "mil": "millennium",
    "us": "microsecond",
    "usec": "microsecond",
    "ms": "millisecond",
    "msec": "millisecond",
    "sec": "second",
    "s": "second",
    "min": "minute",
    "mins": "minute",
    "m": "minute",
    "hr": "hour",
    "hrs": "hour",
    "h": "hour",
    "d": "day",
    "w": "week",
    "mon": "month",
    "mons": "month",
    "y": "year",
    "yr": "year",
    "yrs": "year",
    "dec": "decade",
    "decs": "decade",
    "secs": "second",
    "qtr": "quarter",
}


_KNOWN = frozenset(_UNITS.values()) | {
    *("dow", "isodow", "doy", "isoyear", "epoch", "julian", "timezone", "timezone_hour", "timezone_minute"),
}


_CLOCK_UNITS = frozenset({"hour", "minute", "second", "millisecond", "microsecond"})


def _unit(text: str, type_name: str) -> str:
    lowered = text.lower()
    unit = _UNITS.get(lowered, lowered)
    if unit not in _KNOWN:
        raise database_error("22023", f'unit "{lowered}" not recognized for type {display(type_name)}')
    return unit


def _unsupported(unit: str, type_name: str) -> DatabaseError:
    return database_error("0A000", f'unit "{unit}" not supported for type {display(type_name)}')


def _truncated(moment: datetime, unit: str, type_name: str) -> datetime:
    if unit in {"microsecond", "millisecond"}:
        return moment if unit == "microsecond" else moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    moment = moment.replace(microsecond=0)
    if unit == "second":
        return moment
    moment = moment.replace(second=0)
    if unit == "minute":
        return moment
    moment = moment.replace(minute=0)
    if unit == "hour":
        return moment
    moment = moment.replace(hour=0)
    if unit == "day":
        return moment
    if unit == "week":
        return shift(moment, -timedelta(days=moment.weekday()))
    moment = moment.replace(day=1)
    if unit == "month":
        return moment
    if unit == "quarter":
        return moment.replace(month=(moment.month - 1) // 3 * 3 + 1)
    moment = moment.replace(month=1)
    spans = {"year": (1, 0), "decade": (10, 0), "century": (100, 1), "millennium": (1000, 1)}
    if unit not in spans:
        raise _unsupported(unit, type_name)
    years, first = spans[unit]
    return moment.replace(year=max((moment.year - first) // years * years + first, 1))


def _step(unit: str, type_name: str) -> str:
    """A unit of date_trunc, which knows fewer than extract."""
    name = _unit(unit, type_name)
    if name in {"dow", "isodow", "doy", "isoyear", "epoch", "julian"}:
        raise database_error("22023", f'unit "{unit.lower()}" not recognized for type {display(type_name)}')
    return name


def date_trunc(unit: str, storage: str) -> str:
    """date_trunc(unit, timestamp)."""
    name = _step(unit, "timestamp")
    if storage in INFINITE:
        return storage
    return timestamp_text(_truncated(moment_of(storage), name, "timestamp"))


def date_trunc_zoned(session: ValueSession, unit: str, storage: str, zone: str | None = None) -> str:
    """date_trunc(unit, timestamptz, zone), in the session's zone by default."""
    name = _step(unit, "timestamptz")
    if storage in INFINITE:
        return storage
    place = session.zone if zone is None else zones.named_zone(zone)
    local = _truncated(to_local(moment_of(storage), place), name, "timestamptz")
    return timestamp_text(to_utc(local, place))


def date_trunc_interval(unit: str, storage: str) -> str:
    """date_trunc(unit, interval)."""
    name = _step(unit, "interval")
    long = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200, "millennium": 12000}
    steps = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000, "millisecond": 1000, "microsecond": 1}
    if name not in ("day", *long, *steps):
        raise database_error(
            "0A000",
            f'unit "{name}" not supported for type interval',
            detail="Months usually have fractional weeks." if name == "week" else None,
        )
    if storage in INFINITE:
        return storage
    months, days, micros = interval.unpack(storage)
    if name in long:
        step = long[name]
        return interval.pack(int(math.copysign(abs(months) // step * step, months)), 0, 0)
    if name == "day":
        return interval.pack(months, days, 0)
    step = steps[name]
    return interval.pack(months, days, int(math.copysign(abs(micros) // step * step, micros)))


def date_bin(stride: str, storage: str, origin: str) -> str:
    """date_bin(stride, timestamp, origin)."""
    if origin in INFINITE:
        raise database_error("22008", "origin out of range")
    if storage in INFINITE:
        return storage
    if stride in INFINITE:
        raise database_error("22008", "timestamps cannot be binned into infinite intervals")
    months, days, micros = interval.unpack(stride)
    if months:
        raise database_error("0A000", "timestamps cannot be binned into intervals containing months or years")
    step = days * DAY_US + micros
    if step <= 0:
        raise database_error("22008", "stride must be greater than zero")
    start = moment_of(origin)
    gap = (moment_of(storage) - start) // MICROSECOND
    return timestamp_text(shift(start, timedelta(microseconds=gap // step * step)))


def _scaled(micros: int, places: int) -> str:
    return numeric.to_text(Decimal(micros).scaleb(-places))


def _clock_part(unit: str, micros: int) -> str | None:
    if unit == "hour":
        return str(micros // 3_600_000_000)
    if unit == "minute":
        return str(micros // 60_000_000 % 60)
    rest = micros % 60_000_000
    if unit == "second":
        return _scaled(rest, 6)
    if unit == "millisecond":
        return _scaled(rest, 3)
    return str(rest) if unit == "microsecond" else None


def _calendar_part(unit: str, moment: date) -> int | None:
    year = moment.year
    if unit == "year":
        return year
    if unit == "month":
        return moment.month
    if unit == "day":
        return moment.day
    if unit == "quarter":
        return (moment.month + 2) // 3
    if unit == "week":
        return moment.isocalendar().week
    if unit == "isoyear":
        return moment.isocalendar().year
    if unit == "dow":
        return moment.isoweekday() % 7
    if unit == "isodow":
        return moment.isoweekday()
    if unit == "doy":
        return moment.timetuple().tm_yday
    spans = {"decade": (0, 10), "century": (99, 100), "millennium": (999, 1000)}
    if unit in spans:
        more, years = spans[unit]
        return (year + more) // years
    return None


def _infinite_part(unit: str, storage: str, type_name: str) -> str | None:
    if unit in {"year", "decade", "century", "millennium", "isoyear", "julian", "epoch"}:
        return "Infinity" if storage == "infinity" else "-Infinity"
    if unit in _KNOWN:
        return None
    raise _unsupported(unit, type_name)


def extract_timestamp(unit: str, storage: str, type_name: str = "timestamp") -> str | None:
    """extract(unit from timestamp), as numeric with its scale."""
    name = _unit(unit, type_name)
    if storage in INFINITE:
        return _infinite_part(name, storage, type_name)
    moment = moment_of(storage)
    if name in _CLOCK_UNITS:
        return _clock_part(name, micros_of(storage[11:]))
    value = _calendar_part(name, moment)
    if value is not None:
        return str(value)
    if name == "epoch":
        return _scaled((moment - EPOCH) // MICROSECOND, 6)
    if name == "julian":
        day = Decimal(moment.toordinal() + 1_721_425)
        part = numeric.quotient(Decimal(micros_of(storage[11:])), Decimal(DAY_US))
        return numeric.to_text(numeric.EXACT.add(day, part))
    raise _unsupported(name, type_name)


def extract_timestamptz(session: ValueSession, unit: str, storage: str) -> str | None:
    """extract(unit from timestamptz), in the session's zone."""
    name = _unit(unit, "timestamptz")
    if storage in INFINITE:
        return _infinite_part(name, storage, "timestamptz")
    utc = moment_of(storage)
    if name.startswith("timezone"):
        seconds = int(session.offset(utc).total_seconds())
        if name == "timezone":
            return str(seconds)
        sign = -1 if seconds < 0 else 1
        return str(sign * (abs(seconds) // 3600 if name == "timezone_hour" else abs(seconds) // 60 % 60))
    if name == "epoch":
        return extract_timestamp(name, storage)
    return extract_timestamp(name, timestamp_text(to_local(utc, session.zone)), "timestamptz")


def extract_date(unit: str, storage: str) -> str | None:
    """extract(unit from date)."""
    name = _unit(unit, "date")
    if name in _CLOCK_UNITS or name.startswith("timezone"):
        raise _unsupported(unit.lower(), "date")
    if storage in INFINITE:
        return _infinite_part(name, storage, "date")
    day = date.fromisoformat(storage)
    value = _calendar_part(name, day)
    if value is not None:
        return str(value)
    if name == "epoch":
        return str((day.toordinal() - EPOCH_DAY) * 86_400)
    return str(day.toordinal() + 1_721_425)


def extract_time(unit: str, storage: str) -> str | None:
    """extract(unit from time or timetz)."""
    type_name = "timetz" if len(storage) > 15 else "time"
    name = _unit(unit, type_name)
    micros = micros_of(storage)
    if name == "epoch":
        return _scaled(micros - (int(storage[15:]) * 1_000_000 if type_name == "timetz" else 0), 6)
    if type_name == "timetz" and name.startswith("timezone"):
        seconds = int(storage[15:])
        sign = -1 if seconds < 0 else 1
        if name == "timezone":
            return str(seconds)
        return str(sign * (abs(seconds) // 3600 if name == "timezone_hour" else abs(seconds) // 60 % 60))
    found = _clock_part(name, micros)
    if found is None:
        raise _unsupported(name, type_name)
    return found


def extract_interval(unit: str, storage: str) -> str | None:
    """extract(unit from interval)."""
    name = _unit(unit, "interval")
    if storage in INFINITE:
        growing = {"hour", "day", "week", "year", "decade", "century", "millennium", "epoch"}
        return ("-Infinity" if storage[0] == "-" else "Infinity") if name in growing else None
    months, days, micros = interval.unpack(storage)
    if name == "epoch":
        years = int(math.copysign(abs(months) // 12, months))
        quarter_days = 1461 * years + (months - years * 12) * 120 + days * 4  # a year is 365.25 days here
        return _scaled(quarter_days * (DAY_US // 4) + micros, 6)
    if name in _CLOCK_UNITS:
        sign = -1 if micros < 0 else 1
        part = _clock_part(name, abs(micros))
        return part if sign > 0 or part is None else numeric.negate(part)
    long = {"year": 12, "decade": 120, "century": 1200, "millennium": 12000}
    if name in long:
        return str(int(math.copysign(abs(months) // long[name], months)))
    rest = int(math.fmod(months, 12))
    if name == "month":
        return str(rest)
    if name == "quarter":
        return str(rest // 3 + 1 if months >= 0 else -(-rest // 3) - 1)
    if name == "day":
        return str(days)
    if name == "week":
        return str(int(math.copysign(abs(days) // 7, days)))
    raise _unsupported(name, "interval")


def part_as_float(session: ValueSession, unit: str, storage: Any, type_name: str) -> float | None:
    """date_part(unit, value): `extract` as float8."""
    if type_name == "timestamptz":
        value = extract_timestamptz(session, unit, storage)
    else:
        value = EXTRACT[type_name](unit, storage)
    return None if value is None else float(value)


EXTRACT = {
    "timestamp": extract_timestamp,
    "date": extract_date,
    "time": extract_time,
    "timetz": extract_time,
    "interval": extract_interval,
}
