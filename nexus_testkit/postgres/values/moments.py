"""Functions and arithmetic of dates, times and intervals (src/backend/utils/adt/{timestamp,date}.c)."""

from __future__ import annotations

import calendar
import math
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import instants, interval, numeric
from nexus_testkit.postgres.values.instants import (
    DAY_US,
    INFINITE,
    micros_of,
    moment_of,
    shift,
    time_text,
    timestamp_text,
    to_local,
    to_utc,
)
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.types import display

_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # storage is naive
_EPOCH_DAY = _EPOCH.toordinal()
_MICROSECOND = timedelta(microseconds=1)


# -- the clock -------------------------------------------------------------------------------------------------------


def _utc(moment: datetime) -> str:
    return timestamp_text(moment.astimezone(UTC).replace(tzinfo=None))


def now(session: ValueSession) -> str:
    """now(), transaction_timestamp(), CURRENT_TIMESTAMP."""
    return _utc(session.now())


def clock_timestamp(session: ValueSession) -> str:
    """clock_timestamp()."""
    return _utc(session.clock())


def local_timestamp(session: ValueSession) -> str:
    """LOCALTIMESTAMP."""
    return timestamp_text(session.local_now())


def current_date(session: ValueSession) -> str:
    """CURRENT_DATE."""
    return session.local_now().date().isoformat()


def local_time(session: ValueSession) -> str:
    """LOCALTIME."""
    return local_timestamp(session)[11:]


def current_time(session: ValueSession) -> str:
    """CURRENT_TIME."""
    offset = session.offset(session.now().astimezone(UTC).replace(tzinfo=None))
    return f"{local_time(session)}{int(offset.total_seconds()):+06d}"


# -- arithmetic ------------------------------------------------------------------------------------------------------


def _months_later(moment: datetime, months: int) -> datetime:
    if not months:
        return moment
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    month += 1
    if not 1 <= year <= 9999:
        return shift(datetime.max, timedelta(days=1))  # refused there
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _moved(moment: datetime, by: str, sign: int) -> datetime:
    months, days, micros = interval.unpack(by)
    return shift(_months_later(moment, sign * months), sign * timedelta(days=days, microseconds=micros))


def _infinite_sum(storage: str, by: str, sign: int) -> str | None:
    if by in INFINITE:
        result = by if sign > 0 else interval.negate(by)
        if storage in INFINITE and storage != result:
            raise database_error("22008", "timestamp out of range")
        return result
    return storage if storage in INFINITE else None


def timestamp_add(storage: str, by: str) -> str:
    """timestamp + interval: months first, then days, then time."""
    return _infinite_sum(storage, by, 1) or timestamp_text(_moved(moment_of(storage), by, 1))


def timestamp_subtract(storage: str, by: str) -> str:
    """timestamp - interval."""
    return _infinite_sum(storage, by, -1) or timestamp_text(_moved(moment_of(storage), by, -1))


def _zoned_moved(session: ValueSession, storage: str, by: str, sign: int) -> str:
    infinite = _infinite_sum(storage, by, sign)
    if infinite is not None:
        return infinite
    if session.zone is None:
        return timestamp_text(_moved(moment_of(storage), by, sign))
    months, days, micros = interval.unpack(by)
    utc = moment_of(storage)
    if months or days:
        local = _months_later(to_local(utc, session.zone), sign * months)
        utc = to_utc(shift(local, timedelta(days=sign * days)), session.zone)
    return timestamp_text(shift(utc, sign * timedelta(microseconds=micros)))


def timestamptz_add(session: ValueSession, storage: str, by: str) -> str:
    """timestamptz + interval: days and months pass in the session's zone."""
    return _zoned_moved(session, storage, by, 1)


def timestamptz_subtract(session: ValueSession, storage: str, by: str) -> str:
    """timestamptz - interval."""
    return _zoned_moved(session, storage, by, -1)


def timestamp_difference(left: str, right: str) -> str:
    """timestamp - timestamp: whole days and the rest, no months."""
    if left in INFINITE or right in INFINITE:
        if left == right:
            raise database_error("22008", "interval out of range")
        return left if left in INFINITE else interval.negate(right)
    micros = (moment_of(left) - moment_of(right)) // _MICROSECOND
    days = int(math.copysign(abs(micros) // DAY_US, micros))
    return interval.pack(0, days, micros - days * DAY_US)


def date_add_days(storage: str, days: int) -> str:
    """date + integer."""
    if storage in INFINITE:
        return storage
    return shift(moment_of(storage), timedelta(days=days)).date().isoformat()


def date_subtract_days(storage: str, days: int) -> str:
    """date - integer."""
    return date_add_days(storage, -days)


def date_difference(left: str, right: str) -> int:
    """date - date, in days."""
    if left in INFINITE or right in INFINITE:
        raise database_error("22008", "cannot subtract infinite dates")
    return date.fromisoformat(left).toordinal() - date.fromisoformat(right).toordinal()


def date_and_time(day: str, clock: str) -> str:
    """date + time."""
    if day in INFINITE:
        return day
    return timestamp_text(shift(moment_of(day), timedelta(microseconds=micros_of(clock))))


def time_add(storage: str, by: str) -> str:
    """time + interval, round the clock."""
    return time_text((micros_of(storage) + interval.unpack(by)[2]) % DAY_US) + storage[15:]


def time_subtract(storage: str, by: str) -> str:
    """time - interval, round the clock."""
    return time_text((micros_of(storage) - interval.unpack(by)[2]) % DAY_US) + storage[15:]


def time_difference(left: str, right: str) -> str:
    """time - time."""
    return interval.pack(0, 0, micros_of(left) - micros_of(right))


def age(left: str, right: str) -> str:
    """age(timestamp, timestamp): years, months and days as a calendar counts them (`timestamp_age`)."""
    a, b = moment_of(left), moment_of(right)
    sign = 1 if a >= b else -1
    late, early = (a, b) if sign > 0 else (b, a)
    micros = micros_of(timestamp_text(late)[11:]) - micros_of(timestamp_text(early)[11:])
    days = late.day - early.day
    months = (late.year - early.year) * 12 + late.month - early.month
    if micros < 0:
        micros += DAY_US
        days -= 1
    if days < 0:
        # the days of the month that the earlier date lies in
        days += calendar.monthrange(early.year, early.month)[1]
        months -= 1
    return interval.pack(sign * months, sign * days, sign * micros)


def age_zoned(session: ValueSession, left: str, right: str) -> str:
    """age(timestamptz, timestamptz), in the session's zone."""
    return age(
        timestamp_text(to_local(moment_of(left), session.zone)), timestamp_text(to_local(moment_of(right), session.zone))
    )


def age_today(session: ValueSession, storage: str) -> str:
    """age(timestamp): from midnight of today."""
    return age(current_date(session) + " 00:00:00.000000", storage)


def age_today_zoned(session: ValueSession, storage: str) -> str:
    """age(timestamptz): from midnight of today, in the session's zone."""
    return age(
        current_date(session) + " 00:00:00.000000", timestamp_text(to_local(moment_of(storage), session.zone))
    )


def overlaps(start: str, end: str, other_start: str, other_end: str) -> int:
    """(start, end) OVERLAPS (start, end)."""
    a, b = sorted((start, end))
    c, d = sorted((other_start, other_end))
    return int(a == c or (a < d and c < b))


# -- truncation and parts --------------------------------------------------------------------------------------------

_UNITS = {
    **{f"{unit}s": unit for unit in ("microsecond", "millisecond", "second", "minute", "hour", "day", "week")},
    **{f"{unit}s": unit for unit in ("month", "quarter", "year", "decade")},
    **{"centuries": "century", "millennia": "millennium", "c": "century", "cent": "century", "mil": "millennium"},
    **{"us": "microsecond", "usec": "microsecond", "ms": "millisecond", "msec": "millisecond", "sec": "second"},
    **{"s": "second", "min": "minute", "mins": "minute", "m": "minute", "hr": "hour", "hrs": "hour", "h": "hour"},
    **{"d": "day", "w": "week", "mon": "month", "mons": "month", "y": "year", "yr": "year", "yrs": "year"},
    **{"dec": "decade", "decs": "decade", "secs": "second", "qtr": "quarter"},
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


def date_trunc(unit: str, storage: str) -> str:
    """date_trunc(unit, timestamp)."""
    name = _unit(unit, "timestamp")
    if storage in INFINITE:
        return storage
    return timestamp_text(_truncated(moment_of(storage), name, "timestamp"))


def date_trunc_zoned(session: ValueSession, unit: str, storage: str, zone: str | None = None) -> str:
    """date_trunc(unit, timestamptz, zone), in the session's zone by default."""
    name = _unit(unit, "timestamptz")
    if storage in INFINITE:
        return storage
    place = session.zone if zone is None else instants.named_zone(zone)
    local = _truncated(to_local(moment_of(storage), place), name, "timestamptz")
    return timestamp_text(to_utc(local, place))


def date_trunc_interval(unit: str, storage: str) -> str:
    """date_trunc(unit, interval)."""
    name = _unit(unit, "interval")
    months, days, micros = interval.unpack(storage)
    long = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200, "millennium": 12000}
    if name in long:
        step = long[name]
        return interval.pack(int(math.copysign(abs(months) // step * step, months)), 0, 0)
    if name == "day":
        return interval.pack(months, days, 0)
    steps = {"hour": 3_600_000_000, "minute": 60_000_000, "second": 1_000_000, "millisecond": 1000, "microsecond": 1}
    if name not in steps:
        raise database_error(
            "0A000",
            f'unit "{name}" not supported for type interval',
            detail="Months usually have fractional weeks." if name == "week" else None,
        )
    step = steps[name]
    return interval.pack(months, days, int(math.copysign(abs(micros) // step * step, micros)))


def date_bin(stride: str, storage: str, origin: str) -> str:
    """date_bin(stride, timestamp, origin)."""
    months, days, micros = interval.unpack(stride)
    if months:
        raise database_error("0A000", "timestamps cannot be binned into intervals containing months or years")
    step = days * DAY_US + micros
    if step <= 0:
        raise database_error("22008", "stride must be greater than zero")
    start = moment_of(origin)
    gap = (moment_of(storage) - start) // _MICROSECOND
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
        return _scaled((moment - _EPOCH) // _MICROSECOND, 6)
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
        raise _unsupported(name, "date")
    if storage in INFINITE:
        return _infinite_part(name, storage, "date")
    day = date.fromisoformat(storage)
    value = _calendar_part(name, day)
    if value is not None:
        return str(value)
    if name == "epoch":
        return str((day.toordinal() - _EPOCH_DAY) * 86_400)
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


# -- zones -----------------------------------------------------------------------------------------------------------


def _zone_of(zone: str) -> tzinfo:
    return instants.named_zone(zone)


def _interval_zone(by: str) -> tzinfo:
    months, days, micros = interval.unpack(by)
    if months or days:
        raise database_error("22023", f'interval time zone "{interval.to_text(by)}" must not include months or days')
    return instants.fixed_zone(micros // 1_000_000)


def zone_timestamp(zone: str, storage: str) -> str:
    """timestamp AT TIME ZONE text: the moment, as timestamptz."""
    place = _zone_of(zone)
    return storage if storage in INFINITE else timestamp_text(to_utc(moment_of(storage), place))


def zone_timestamptz(zone: str, storage: str) -> str:
    """timestamptz AT TIME ZONE text: the local time."""
    place = _zone_of(zone)
    return storage if storage in INFINITE else timestamp_text(to_local(moment_of(storage), place))


def offset_timestamp(by: str, storage: str) -> str:
    """timestamp AT TIME ZONE interval."""
    place = _interval_zone(by)
    return storage if storage in INFINITE else timestamp_text(to_utc(moment_of(storage), place))


def offset_timestamptz(by: str, storage: str) -> str:
    """timestamptz AT TIME ZONE interval."""
    place = _interval_zone(by)
    return storage if storage in INFINITE else timestamp_text(to_local(moment_of(storage), place))


# -- making ----------------------------------------------------------------------------------------------------------


def make_date(year: int, month: int, day: int) -> str:
    """make_date(year, month, day)."""
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise database_error("22008", f"date field value out of range: {year}-{month:02d}-{day:02d}") from None


def make_time(hour: int, minute: int, second: float) -> str:
    """make_time(hour, minute, second)."""
    if not (0 <= hour <= 24 and 0 <= minute <= 59 and 0 <= second <= 60):
        shown = f"{second:02.0f}" if second == int(second) else f"{second:g}"
        raise database_error("22008", f"time field value out of range: {hour}:{minute:02d}:{shown}")
    return time_text((hour * 60 + minute) * 60_000_000 + round(second * 1_000_000))


def make_timestamp(year: int, month: int, day: int, hour: int, minute: int, second: float) -> str:
    """make_timestamp(...)."""
    return date_and_time(make_date(year, month, day), make_time(hour, minute, second))


def make_timestamptz(
    session: ValueSession, year: int, month: int, day: int, hour: int, minute: int, second: float, zone: str | None = None
) -> str:
    """make_timestamptz(..., zone)."""
    place = session.zone if zone is None else _zone_of(zone)
    return timestamp_text(to_utc(moment_of(make_timestamp(year, month, day, hour, minute, second)), place))


def make_interval(*parts: float) -> str:
    """make_interval(years, months, weeks, days, hours, mins, secs), with defaults of 0."""
    padded = [*parts, 0, 0, 0, 0, 0, 0, 0][:7]
    years, months, weeks, days, hours, minutes = (int(part) for part in padded[:6])
    return interval.make(years, months, weeks, days, hours, minutes, padded[6])


def from_epoch(seconds: float | str) -> str:
    """to_timestamp(double precision)."""
    if isinstance(seconds, str):
        raise database_error("22008", "timestamp cannot be NaN")
    if math.isinf(seconds):
        return "infinity" if seconds > 0 else "-infinity"
    return timestamp_text(shift(_EPOCH, timedelta(microseconds=round(seconds * 1_000_000))))


def is_finite(storage: str) -> int:
    """isfinite(date, timestamp or interval)."""
    return int(storage not in INFINITE)
