"""Dates and times inside jsonpath: `.datetime()` and its kin, their comparison and their text.

(src/backend/utils/adt/jsonpath_exec.c, `executeDateTimeMethod`, `compareDatetime`; json.c, `JsonEncodeDateTime`.)

Limits: of templates the patterns of the SQL standard (YYYY, YYY, YY, Y, MM, DD, DDD, HH24, HH12, HH, MI, SS, SSSSS, FF1 to FF6, MS, US, AM, PM,
TZH, TZM, TZ); others are refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
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


# -- reading -------------------------------------------------------------------------------------------------------------

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
    try:
        zone = _zone(got["zone"]) if got.get("zone") else None
        micros = _micros(got) if got["hour"] is not None else None
        day = date(int(got["year"]), int(got["month"]), int(got["day"])) if got.get("year") else None
    except ValueError:
        return None
    return _moment(day, micros, zone)


def _micros(got: dict[str, str | None]) -> int:
    hour, minute, second = int(got["hour"] or 0), int(got["minute"] or 0), int(got["second"] or 0)
    if hour > 24 or minute > 59 or second > 60:
        raise ValueError
    micros = ((hour * 60 + minute) * 60 + second) * 1_000_000 + int((got["fraction"] or "").ljust(6, "0"))
    if micros > 86_400_000_000:
        raise ValueError
    return micros


def _zone(text: str) -> int:
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


def _moment(day: date | None, micros: int | None, zone: int | None) -> Moment:
    if day is None:
        clock = times.time_text(micros or 0)
        return Moment("time", clock) if zone is None else Moment("timetz", f"{clock}{zone:+06d}", zone)
    if micros is None:
        return Moment("date", day.isoformat())
    local = times.shift(datetime(day.year, day.month, day.day), timedelta(microseconds=micros))  # noqa: DTZ001
    if zone is None:
        return Moment("timestamp", times.timestamp_text(local))
    return Moment("timestamptz", times.timestamp_text(times.shift(local, -timedelta(seconds=zone))), zone)


# -- templates -----------------------------------------------------------------------------------------------------------

#: Pattern -> most digits, what it is.
_FIELDS: dict[str, tuple[int, str]] = {
    "YYYY": (4, "year"),
    "YYY": (3, "year"),
    "YY": (2, "year"),
    "Y": (1, "year"),
    "MM": (2, "month"),
    "DDD": (3, "yearday"),
    "DD": (2, "day"),
    "HH24": (2, "hour"),
    "HH12": (2, "half"),
    "HH": (2, "half"),
    "MI": (2, "minute"),
    "SSSSS": (5, "seconds"),
    "SSSS": (5, "seconds"),
    "SS": (2, "second"),
    "MS": (3, "fraction"),
    "US": (6, "fraction"),
    **{f"FF{places}": (places, "fraction") for places in range(1, 7)},
    "TZH": (2, "zonehour"),
    "TZM": (2, "zoneminute"),
}
_RANGES = {
    "month": (1, 12),
    "day": (1, 31),
    "yearday": (1, 366),
    "hour": (0, 24),
    "half": (1, 12),
    "minute": (0, 59),
    "second": (0, 59),
}
_TEMPLATE = re.compile(
    "|".join(sorted([*_FIELDS, "AM", "PM", "A\\.M\\.", "P\\.M\\.", "TZ"], key=len, reverse=True))
    + r'|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<other>.)',
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=256)
def _template(template: str) -> list[tuple[str, bool]]:
    """The fields of a template, and whether digits follow without a separator; a literal character is `'` and itself."""
    pieces: list[str] = []
    for token in _TEMPLATE.finditer(template):
        if token["quoted"] is not None:
            pieces.extend("'" + char for char in token["quoted"].replace("\\", ""))
        elif token["other"] is None:
            pieces.append(token.group().upper().replace(".", ""))
        elif token["other"].isalnum():
            raise UnsupportedSQL(f"jsonpath's .datetime() with the template {template!r}")
        elif token["other"] not in "-./,':; ":
            raise database_error("22007", f'invalid datetime format separator: "{token["other"]}"')
        else:
            pieces.append("'" + token["other"])
    return [
        (piece, piece in _FIELDS and at + 1 < len(pieces) and pieces[at + 1] in _FIELDS)
        for at, piece in enumerate(pieces)
    ]


def read_with(text: str, template: str) -> Moment:
    """The value of a text in the form of a template.

    Raises:
        DatabaseError: 22007, 22008 as parse_datetime has them.
    """
    return _Reading(text, template).moment()


class _Reading:
    def __init__(self, text: str, template: str) -> None:
        self.text, self.at = text, 0
        self.got: dict[str, int] = {}
        self.afternoon: bool | None = None
        for piece, tight in _template(template):
            self._take(piece, tight=tight)
        if self.text[self.at :].strip():
            raise _format("trailing characters remain in input string after datetime format")

    def _take(self, piece: str, *, tight: bool) -> None:
        text = self.text
        if piece[0] == "'":
            if self.at >= len(text):
                raise _format("input string is too short for datetime format")
            if text[self.at] != piece[1]:
                raise _format(f'unmatched format character "{piece[1]}"' if piece[1].isalnum() else f'unmatched format separator "{piece[1]}"')
            self.at += 1
            return
        if self.at >= len(text):
            raise _format("input string is too short for datetime format")
        if piece in {"AM", "PM"}:
            word = re.match(r"([ap])\.?m\.?", text[self.at :], re.IGNORECASE)
            if word is None:
                raise _invalid(text[self.at :][: len(piece)], piece, "The given value did not match any of the allowed values for this field.")
            self.afternoon = word[1].lower() == "p"
            self.at += word.end()
        elif piece == "TZ":
            word = re.match(r"\s*([+-]\d{1,2}(?::\d{1,2})?|[A-Za-z]+)", text[self.at :])
            try:
                self.got["zone"] = _zone(word.group() if word else "?")
            except ValueError:
                raise _invalid(text[self.at :], "TZ", "Time zone abbreviation is not recognized.") from None
            self.at += word.end() if word else 0
        else:
            self._number(piece, tight=tight)

    def _number(self, piece: str, *, tight: bool) -> None:
        most, name = _FIELDS[piece]
        text = self.text
        sign = 1
        if piece == "TZH":
            if text[self.at] in "+- ":
                sign = -1 if text[self.at] == "-" else 1
                self.at += 1
        while self.at < len(text) and text[self.at].isspace():
            self.at += 1
        digits = re.match(r"\d*", text[self.at :], re.ASCII)
        found = digits.group() if digits else ""
        if tight or name in {"fraction", "zonehour", "zoneminute"}:
            if tight and 0 < len(found[:most]) < most:
                raise _invalid(
                    found, piece, f"Field requires {most} characters, but only {len(found)} could be parsed.",
                    'If your source string is not fixed-width, try using the "FM" modifier.',
                )
            found = found[:most]
        if not found:
            raise _invalid(text[self.at : self.at + most], piece, "Value must be an integer.")
        self.at += len(found)
        value = int(found.ljust(6, "0")[:6]) if name == "fraction" else int(found)
        if name == "year" and most < 4:
            value += 2000 if most < 3 or value < 520 else 1000
        low, high = _RANGES.get(name, (0, 10**9))
        if not low <= value <= high:
            raise database_error("22008", f'date/time field value out of range: "{text}"') if name != "half" else (
                database_error("22007", f'hour "{value}" is invalid for the 12-hour clock', hint="Use the 24-hour clock, or give an hour between 1 and 12.")
            )
        self.got[name] = value * sign
        if sign < 0 and name == "zonehour":
            self.got["zonesign"] = -1

    def moment(self) -> Moment:
        """What the fields make."""
        got = self.got
        zone = got.get("zone")
        if "zonehour" in got:
            sign = got.get("zonesign", 1)
            zone = got["zonehour"] * 3600 + sign * got.get("zoneminute", 0) * 60
        clocked = got.keys() & {"hour", "half", "minute", "second", "seconds", "fraction"}
        dated = got.keys() & {"year", "month", "day", "yearday"}
        if zone is not None and not clocked:
            raise _format("datetime format is zoned but not timed")
        if not clocked and not dated:
            raise _format("datetime format is not dated and not timed")
        micros = self._clock() if clocked else None
        return _moment(self._day() if dated else None, micros, zone)

    def _clock(self) -> int:
        got = self.got
        if "seconds" in got:
            return got["seconds"] * 1_000_000 + got.get("fraction", 0)
        hour = got.get("hour", 0)
        if "half" in got:
            hour = got["half"] if self.afternoon is None else got["half"] % 12 + (12 if self.afternoon else 0)
        return ((hour * 60 + got.get("minute", 0)) * 60 + got.get("second", 0)) * 1_000_000 + got.get("fraction", 0)

    def _day(self) -> date:
        got = self.got
        try:
            if "yearday" in got:
                return date(got["year"], 1, 1) + timedelta(days=got["yearday"] - 1)
            if "year" not in got:
                raise UnsupportedSQL("a datetime template without a year")
            return date(got["year"], got.get("month", 1), got.get("day", 1))
        except ValueError:
            raise database_error("22008", f'date/time field value out of range: "{self.text}"') from None


def _format(message: str) -> DatabaseError:
    return database_error("22007", message)


def _invalid(value: str, field: str, detail: str, hint: str | None = None) -> DatabaseError:
    return database_error("22007", f'invalid value "{value}" for "{field}"', detail=detail, hint=hint)


# -- conversion and comparison -------------------------------------------------------------------------------------------


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
        return Moment("date", moment.storage[:10] if kind == "timestamp" else _local(moment, session).date().isoformat())
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
