"""Dates and times in storage: fixed-width texts, and what they are as datetimes and microseconds.

Limits: years 1 to 9999, which is what Python's datetime holds; others are refused.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.types import Typmod, modifiers

DAY_US = 86_400_000_000


EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # storage is naive
EPOCH_DAY = EPOCH.toordinal()
MICROSECOND = timedelta(microseconds=1)
INFINITE = frozenset({"infinity", "-infinity"})


def to_utc(local: datetime, zone: tzinfo | None) -> datetime:
    """A naive local time as naive UTC; in a gap and in the hour that comes twice, standard time counts, as in PostgreSQL."""
    if zone is None:
        return local
    before = local.replace(tzinfo=zone, fold=0).utcoffset() or timedelta()
    after = local.replace(tzinfo=zone, fold=1).utcoffset() or timedelta()
    return shift(local, -min(before, after))


def to_local(utc: datetime, zone: tzinfo | None) -> datetime:
    """A naive UTC time as naive local time."""
    return utc if zone is None else utc.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def shift(moment: datetime, by: timedelta) -> datetime:
    """moment + by; refused outside of the years 1 to 9999."""
    try:
        return moment + by
    except OverflowError:
        raise UnsupportedSQL("a time outside of the years 1 to 9999") from None


def timestamp_text(moment: datetime) -> str:
    """The storage of a naive datetime."""
    text = moment.isoformat(" ")
    return text if len(text) == 26 else text + ".000000"


def moment_of(storage: str) -> datetime:
    """The naive datetime of a stored timestamp or date."""
    return datetime.fromisoformat(storage)


def time_text(micros: int) -> str:
    """The storage of a time: microseconds since midnight, 24:00 included."""
    seconds, rest = divmod(micros, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}.{rest:06d}"


def micros_of(storage: str) -> int:
    """Microseconds since midnight of a stored time (also of the time in a stored timestamp's tail)."""
    return (
        int(storage[0:2]) * 3_600_000_000
        + int(storage[3:5]) * 60_000_000
        + int(storage[6:8]) * 1_000_000
        + int(storage[9:15])
    )


def round_micros(micros: int, places: int) -> int:
    """Microseconds rounded to `places` digits of a second, half away from zero."""
    unit = 10 ** (6 - places) if places < 6 else 1
    whole, rest = divmod(abs(micros), unit)
    rounded = (whole + (2 * rest >= unit)) * unit if unit > 1 else abs(micros)
    return -rounded if micros < 0 else rounded


def round_seconds(storage: str, typmod: Typmod) -> str:
    """A stored timestamp, rounded to the digits of `timestamp(p)`."""
    places = modifiers(typmod)
    if not places or places[0] >= 6 or storage in INFINITE:
        return storage
    moment = moment_of(storage)
    by = round_micros(moment.microsecond, places[0]) - moment.microsecond
    return timestamp_text(shift(moment, timedelta(microseconds=by)))


def strip_fraction(text: str) -> str:
    """A stored time or timestamp without trailing zeros of its seconds."""
    return text[:-7] if text.endswith(".000000") else text.rstrip("0")


def offset_text(seconds: int) -> str:
    """`+02`, `+05:30`, `-03:30:15`."""
    sign = "-" if seconds < 0 else "+"
    minutes, second = divmod(abs(seconds), 60)
    hour, minute = divmod(minutes, 60)
    text = f"{sign}{hour:02d}"
    if minute or second:
        text += f":{minute:02d}"
    return f"{text}:{second:02d}" if second else text


def timestamp_output(storage: str) -> str:
    """timestamp as text."""
    return storage if storage in INFINITE else strip_fraction(storage)


def timestamptz_output(storage: str, session: ValueSession) -> str:
    """timestamptz as text, in the session's zone."""
    if storage in INFINITE:
        return storage
    if session.zone is None:
        return strip_fraction(storage) + "+00"
    utc = moment_of(storage)
    local = timestamp_text(to_local(utc, session.zone))
    return strip_fraction(local) + offset_text(int(session.offset(utc).total_seconds()))


def timetz_output(storage: str) -> str:
    """timetz as text."""
    return strip_fraction(storage[:15]) + offset_text(int(storage[15:]))


def timetz_key(storage: str) -> tuple[int, int]:
    """Sorts timetz as PostgreSQL does: by the moment, then by the zone from east to west."""
    offset = int(storage[15:])
    return micros_of(storage) - offset * 1_000_000, -offset
