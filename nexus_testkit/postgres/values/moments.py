"""Functions and arithmetic of dates, times and intervals (src/backend/utils/adt/{timestamp,date}.c)."""

from __future__ import annotations

import calendar
import math
import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import interval, intervaltext, zones
from nexus_testkit.postgres.values.floats import float_text
from nexus_testkit.postgres.values.session import ValueSession, fixed_zone
from nexus_testkit.postgres.values.times import (
    DAY_US,
    EPOCH,
    INFINITE,
    MICROSECOND,
    micros_of,
    moment_of,
    shift,
    time_text,
    timestamp_text,
    to_local,
    to_utc,
)

# -- the clock -------------------------------------------------------------------------------------------------------


def _utc(moment: datetime) -> str:
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return timestamp_text(moment.replace(tzinfo=None))


def now(session: ValueSession) -> str:
    """now(), transaction_timestamp(), CURRENT_TIMESTAMP."""
    moment = session.now()
    known = session.shown_now
    if known is None or known[0] is not moment:
        known = session.shown_now = (moment, _utc(moment))
    return known[1]


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
        raise UnsupportedSQL(f"the year {year} (1 to 9999 are)")
    return moment.replace(year=year, month=month, day=min(moment.day, calendar.monthrange(year, month)[1]))


def _moved(moment: datetime, by: str, sign: int) -> datetime:
    months, days, micros = interval.unpack(by)
    return shift(_months_later(moment, sign * months), sign * timedelta(days=days, microseconds=micros))


def _infinite_sum(storage: str, by: str, sign: int) -> str | None:
    if by in INFINITE:
        result = by if sign > 0 else "infinity" if by[0] == "-" else "-infinity"
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
        return left if left in INFINITE else "infinity" if right[0] == "-" else "-infinity"
    micros = (moment_of(left) - moment_of(right)) // MICROSECOND
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
    micros = interval.unpack(by, "cannot add infinite interval to time")[2]
    return time_text((micros_of(storage) + micros) % DAY_US) + storage[15:]


def time_subtract(storage: str, by: str) -> str:
    """time - interval, round the clock."""
    micros = interval.unpack(by, "cannot subtract infinite interval from time")[2]
    return time_text((micros_of(storage) - micros) % DAY_US) + storage[15:]


def time_difference(left: str, right: str) -> str:
    """time - time."""
    return interval.pack(0, 0, micros_of(left) - micros_of(right))


def age(left: str, right: str) -> str:
    """age(timestamp, timestamp): years, months and days as a calendar counts them (`timestamp_age`)."""
    if left in INFINITE or right in INFINITE:
        return timestamp_difference(left, right)
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
    return age(_local_text(session, left), _local_text(session, right))


def _local_text(session: ValueSession, storage: str) -> str:
    return storage if storage in INFINITE else timestamp_text(to_local(moment_of(storage), session.zone))


def age_today(session: ValueSession, storage: str) -> str:
    """age(timestamp): from midnight of today."""
    return age(current_date(session) + " 00:00:00.000000", storage)


def age_today_zoned(session: ValueSession, storage: str) -> str:
    """age(timestamptz): from midnight of today, in the session's zone."""
    return age(current_date(session) + " 00:00:00.000000", _local_text(session, storage))


def overlaps(start: Any, end: Any, other_start: Any, other_end: Any) -> int | None:
    """(start, end) OVERLAPS (start, end); of a pair with one NULL the other is the start (`overlaps_timestamp`)."""
    first, last = _ordered(start, end)
    other_first, other_last = _ordered(other_start, other_end)
    if first is None or other_first is None:
        return None
    if first == other_first:
        return None if last is None or other_last is None else 1
    if first < other_first:
        first, last, other_first, other_last = other_first, other_last, first, last
    # now the other one begins earlier
    if other_last is None:
        return None
    if first < other_last:
        return 1
    return None if last is None else 0


def _ordered(start: Any, end: Any) -> tuple[Any, Any]:
    if start is None or (end is not None and end < start):
        return end, start
    return start, end


# -- zones -----------------------------------------------------------------------------------------------------------


def _zone_of(zone: str) -> tzinfo:
    return zones.named_zone(zone)


def _interval_zone(by: str) -> tzinfo:
    months, days, micros = interval.unpack(by, f'interval time zone "{by}" must be finite', "22023")
    if months or days:
        raise database_error(
            "22023", f'interval time zone "{intervaltext.to_text(by)}" must not include months or days'
        )
    return fixed_zone(micros // 1_000_000)


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
        if year and not 1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(2000, month)[1]:
            raise UnsupportedSQL(f"the year {year} (1 to 9999 are)") from None
        raise database_error("22008", f"date field value out of range: {year}-{month:02d}-{day:02d}") from None


def make_time(hour: int, minute: int, second: float | str) -> str:
    """make_time(hour, minute, second)."""
    number = float(second)  # NaN is stored as text
    if not (0 <= hour <= 24 and 0 <= minute <= 59 and 0 <= number <= 60) or (hour == 24 and (minute or number)):
        shown = f"{number:02g}" if math.isfinite(number) else float_text(second)
        raise database_error("22008", f"time field value out of range: {hour}:{minute:02d}:{shown}")
    return time_text((hour * 60 + minute) * 60_000_000 + round(number * 1_000_000))


def make_timestamp(year: int, month: int, day: int, hour: int, minute: int, second: float | str) -> str:
    """make_timestamp(...)."""
    return date_and_time(make_date(year, month, day), make_time(hour, minute, second))


def make_timestamptz(
    session: ValueSession,
    year: int,
    month: int,
    day: int,
    hour: int,
    minute: int,
    second: float | str,
    zone: str | None = None,
) -> str:
    """make_timestamptz(..., zone)."""
    # Unlike AT TIME ZONE, an offset is taken in the ISO sense here (parse_sane_timezone).
    offset = zone is not None and re.fullmatch(r"[+-]\d{1,2}(:?\d{2}){0,2}", zone)
    place = session.zone if zone is None else zones.offset_zone(zone) if offset else _zone_of(zone)
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
    if not -210_866_803_200 <= seconds < 9_224_318_016_000:
        raise database_error("22008", f'timestamp out of range: "{seconds:g}"')
    return timestamp_text(shift(EPOCH, timedelta(microseconds=round(seconds * 1_000_000))))


def is_finite(storage: str) -> int:
    """isfinite(date, timestamp or interval)."""
    return int(storage not in INFINITE)
