"""Dates and times inside jsonpath: `.datetime()` and its kin, their comparison and their text.

(src/backend/utils/adt/jsonpath_exec.c, `executeDateTimeMethod`, `compareDatetime`; json.c, `JsonEncodeDateTime`.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import times
from nexus_testkit.postgres.values.session import ValueSession

_NAMES = {
    "date": "date",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A value of one of the five types: its storage, and the zone that it is shown in, in seconds east of Greenwich."""

    kind: str
    storage: str
    offset: int = 0

    @property
    def type_name(self) -> str:
        """What `.type()` gives."""
        return _NAMES[self.kind]

    def text(self) -> str:
        """The text that stands for it in JSON."""
        if self.kind == "date":
            return self.storage
        if self.kind == "time":
            return times.strip_fraction(self.storage)
        if self.kind == "timestamp":
            return times.strip_fraction(self.storage).replace(" ", "T")
        if self.kind == "timetz":
            return times.strip_fraction(self.storage[:15]) + _offset_text(self.offset)
        local = times.shift(times.moment_of(self.storage), timedelta(seconds=self.offset))
        return times.strip_fraction(times.timestamp_text(local)).replace(" ", "T") + _offset_text(self.offset)


def _offset_text(seconds: int) -> str:
    text = times.offset_text(seconds)
    return text if ":" in text else text + ":00"


_DATE = r"\s*(?P<year>\d{4,})-\s*(?P<month>\d{1,2})-\s*(?P<day>\d{1,2})"
_TIME = r"\s*(?P<hour>\d{1,2}):\s*(?P<minute>\d{1,2}):\s*(?P<second>\d{1,2})(?:\.(?P<fraction>\d{1,6}))?"
_ZONE = r"(?P<zone>\s*[+-]\d{1,2}(?::\d{1,2})?|\s*[A-Za-z]+)?"
_FORMATS = re.compile(rf"(?:{_DATE}(?:(?:[ T]){_TIME}{_ZONE})?)\Z", re.ASCII)
_CLOCK = re.compile(rf"{_TIME}{_ZONE}\Z", re.ASCII)


def read(text: str) -> Moment | None:
    """The value of a text in one of the ISO formats, or None."""
    match = _FORMATS.match(text) or _CLOCK.match(text)
    if match is None:
        return None
    got = match.groupdict()
    if len(got.get("year") or "") > 4:
        raise UnsupportedSQL("a date outside of the years 1 to 9999")
    try:
        zone = zone_of(got["zone"]) if got.get("zone") else None
        micros = _micros(got) if got["hour"] is not None else None
        day = date(int(got["year"]), int(got["month"]), int(got["day"])) if got.get("year") else None
    except ValueError:
        return None
    return moment_from(day, micros, zone)


def _micros(got: dict[str, str | None]) -> int:
    hour, minute, second = int(got["hour"] or 0), int(got["minute"] or 0), int(got["second"] or 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + int((got["fraction"] or "").ljust(6, "0"))
    if micros > 86_400_000_000:
        raise ValueError
    return micros


def zone_of(text: str) -> int:
    """The seconds of `+02:30` or of an abbreviation; ValueError for anything else."""
    from nexus_testkit.postgres.values import zones  # noqa: PLC0415  # few texts name a zone

    word = text.strip()
    if word[0] not in "+-":
        found = zones.spoken_zone(word.lower())
        if found is None:
            raise ValueError
        return int((found.utcoffset(datetime(2000, 1, 1)) or timedelta()).total_seconds())  # noqa: DTZ001  # fixed
    hours, _, minutes = word[1:].partition(":")
    if int(hours) > 15 or int(minutes or 0) > 59:
        raise ValueError
    seconds = int(hours) * 3600 + int(minutes or 0) * 60
    return -seconds if word[0] == "-" else seconds


def moment_from(day: date | None, micros: int | None, zone: int | None) -> Moment:
    """The value of what was read; the zone in seconds."""
    if day is None:
        clock = times.time_text(micros or 0)
        return Moment("time", clock) if zone is None else Moment("timetz", f"{clock}{zone:+06d}", zone)
    if micros is None:
        return Moment("date", day.isoformat())
    local = times.shift(datetime(day.year, day.month, day.day), timedelta(microseconds=micros))  # noqa: DTZ001
    if zone is None:
        return Moment("timestamp", times.timestamp_text(local))
    return Moment("timestamptz", times.timestamp_text(times.shift(local, -timedelta(seconds=zone))), zone)


def _need_zone(source: str, target: str, *, zoned: bool) -> None:
    if not zoned:
        raise database_error(
            "0A000",
            f"cannot convert value from {source} to {target} without time zone usage",
            hint="Use *_tz() function for time zone support.",
        )


def _local(moment: Moment, session: ValueSession) -> datetime:
    return times.to_local(times.moment_of(moment.storage), session.zone)


def _midnight(moment: Moment) -> str:
    return moment.storage + " 00:00:00.000000"


def _instant(local: str, session: ValueSession) -> Moment:
    utc = times.to_utc(times.moment_of(local), session.zone)
    return Moment("timestamptz", times.timestamp_text(utc), int(session.offset(utc).total_seconds()))


def convert(moment: Moment, target: str, session: ValueSession, *, zoned: bool) -> Moment | None:
    """The value as another of the five types, or None where there is no such cast.

    Raises:
        DatabaseError: 0A000 where the cast needs a time zone and may not use one.
    """
    kind = moment.kind
    if kind == target:
        return moment
    if (kind, target) in _ACROSS:
        _need_zone(kind, target, zoned=zoned)
    if target == "date" and kind in {"timestamp", "timestamptz"}:
        return Moment(
            "date", moment.storage[:10] if kind == "timestamp" else _local(moment, session).date().isoformat()
        )
    if target == "time" and kind in {"timetz", "timestamp"}:
        return Moment("time", moment.storage[:15] if kind == "timetz" else moment.storage[11:])
    if target == "time" and kind == "timestamptz":
        return Moment("time", times.timestamp_text(_local(moment, session))[11:])
    if target == "timetz" and kind in {"time", "timestamptz"}:
        if kind == "time":
            offset = int(session.offset(session.now().replace(tzinfo=None)).total_seconds())
            return Moment("timetz", f"{moment.storage}{offset:+06d}", offset)
        offset = int(session.offset(times.moment_of(moment.storage)).total_seconds())
        return Moment("timetz", f"{times.timestamp_text(_local(moment, session))[11:]}{offset:+06d}", offset)
    if target == "timestamp" and kind in {"date", "timestamptz"}:
        local = _midnight(moment) if kind == "date" else times.timestamp_text(_local(moment, session))
        return Moment("timestamp", local)
    if target == "timestamptz" and kind in {"date", "timestamp"}:
        return _instant(_midnight(moment) if kind == "date" else moment.storage, session)
    return None


_ACROSS = frozenset(
    {
        ("timestamptz", "date"),
        ("timetz", "time"),
        ("timestamptz", "time"),
        ("time", "timetz"),
        ("timestamptz", "timestamp"),
        ("date", "timestamptz"),
        ("timestamp", "timestamptz"),
    }
)
_CLOCKS = frozenset({"time", "timetz"})
_ORDER = ("date", "timestamp", "timestamptz")


def compare_moments(left: Moment, right: Moment, session: ValueSession, *, zoned: bool) -> int | None:
    """-1, 0, 1; None where the two cannot be compared."""
    if (left.kind in _CLOCKS) != (right.kind in _CLOCKS):
        return None
    wide = (
        "timetz"
        if "timetz" in (left.kind, right.kind)
        else "time"
        if left.kind == "time"
        else max(left.kind, right.kind, key=_ORDER.index)
    )
    one = convert(left, wide, session, zoned=zoned)
    other = convert(right, wide, session, zoned=zoned)
    if one is None or other is None:
        return None
    if wide == "timetz":
        a, b = times.timetz_key(one.storage), times.timetz_key(other.storage)
        return int(a > b) - int(a < b)
    return int(one.storage > other.storage) - int(one.storage < other.storage)


def rounded(moment: Moment, places: int) -> Moment:
    """With fewer digits of a second."""
    if moment.kind in _CLOCKS:
        clock = times.time_text(times.round_micros(times.micros_of(moment.storage), places))
        return Moment(moment.kind, clock + moment.storage[15:], moment.offset)
    return Moment(moment.kind, times.round_seconds(moment.storage, places), moment.offset)
