"""Times with and without zone, and moments in a zone that is named: the rarer functions of src/backend/utils/adt/{date,timestamp}.c."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, calls, interval, intervaltext, moments, series, zones
from nexus_testkit.postgres.values.formatting import DAYS, MONTHS
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.times import (
    DAY_US,
    INFINITE,
    micros_of,
    moment_of,
    shift,
    time_text,
    timestamp_text,
    timetz_key,
)


def _moved_to(storage: str, seconds: int) -> str:
    """A timetz as the same moment of the day at another offset."""
    micros = micros_of(storage) + (seconds - int(storage[15:])) * 1_000_000
    return f"{time_text(micros % DAY_US)}{seconds:+06d}"


def in_zone(session: ValueSession, zone: str, storage: str) -> str:
    """timetz AT TIME ZONE text: the zone's offset is that of today."""
    place = zones.named_zone(zone)
    offset = session.now().astimezone(place).utcoffset() or timedelta()
    return _moved_to(storage, int(offset.total_seconds()))


def at_offset(by: str, storage: str) -> str:
    """timetz AT TIME ZONE interval."""
    months, days, micros = interval.unpack(by, f'interval time zone "{by}" must be finite', "22023")
    if months or days:
        raise database_error(
            "22023", f'interval time zone "{intervaltext.to_text(by)}" must not include months or days'
        )
    return _moved_to(storage, micros // 1_000_000)


def at_local(session: ValueSession, storage: str) -> str:
    """timetz AT LOCAL."""
    offset = session.offset(session.now().astimezone(UTC).replace(tzinfo=None))
    return _moved_to(storage, int(offset.total_seconds()))


def on_day(day: str, storage: str) -> str:
    """date + timetz: the moment, as timestamptz."""
    if day in INFINITE:
        return day
    micros = micros_of(storage) - int(storage[15:]) * 1_000_000
    return timestamp_text(shift(moment_of(day), timedelta(microseconds=micros)))


def overlaps_zoned(start: str | None, end: str | None, other_start: str | None, other_end: str | None) -> int | None:
    """OVERLAPS of timetz."""
    keys = (None if storage is None else timetz_key(storage) for storage in (start, end, other_start, other_end))
    return moments.overlaps(*keys)


def _in(session: ValueSession, zone: str) -> ValueSession:
    other = ValueSession(now=session.now)
    other.zone = zones.named_zone(zone)
    return other


def add_in_zone(session: ValueSession, storage: str, by: str, zone: str) -> str:
    """date_add(timestamptz, interval, zone)."""
    return moments.timestamptz_add(_in(session, zone), storage, by)


def subtract_in_zone(session: ValueSession, storage: str, by: str, zone: str) -> str:
    """date_subtract(timestamptz, interval, zone)."""
    return moments.timestamptz_subtract(_in(session, zone), storage, by)


def series_in_zone(session: ValueSession, start: str, stop: str, step: str, zone: str) -> str:
    """generate_series(timestamptz, timestamptz, interval, zone)."""
    return series.time_series_zoned(_in(session, zone), start, stop, step)


def time_of_day(session: ValueSession) -> str:
    """timeofday()."""
    now: datetime = session.clock().astimezone(session.zone or UTC)
    day, month = DAYS[now.isoweekday() % 7][:3], MONTHS[now.month - 1][:3]
    return f"{day} {month} {now:%d %H:%M:%S.%f} {now.year} {now.tzname() or 'UTC'}"


def subscripts_backwards(array: str, dimension: int, reverse: int) -> str:
    """generate_subscripts(array, dimension, reverse)."""
    found = arrays.load(calls.subscripts(array, dimension))
    return arrays.store(found[::-1] if reverse else found)
