"""Input text of date, time, timestamp and their zoned kin.

Storage is fixed-width text, so that SQLite's BINARY order is PostgreSQL's order: `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS.ffffff` (timestamptz
in UTC), `HH:MM:SS.ffffff`; `-infinity` and `infinity` sort before and after every digit. timetz is `HH:MM:SS.ffffff+SSSSS`
(local time, offset in seconds). The parser follows src/backend/utils/adt/datetime.c under DateStyle "ISO, MDY".

Limits: years 1 to 9999, which is what Python's datetime holds; others are refused. No Julian dates and no day-of-year form.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.session import ValueSession, fixed_zone
from nexus_testkit.postgres.values.types import Typmod, display, modifiers

DAY_US = 86_400_000_000
INFINITE = frozenset({"infinity", "-infinity"})
_DATE_STYLE = 'Perhaps you need a different "DateStyle" setting.'
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = ("january", "february", "march", "april", "may", "june", "july") + (
    "august",
    "september",
    "october",
    "november",
    "december",
)
_DAYS = frozenset({"mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun"}) | {
    f"{day}day" for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
}
_ABBREVIATIONS = {
    **dict.fromkeys(("z", "zulu", "utc", "gmt", "ut"), 0),
    **{"est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7},
    **{"cet": 1, "cest": 2, "bst": 1, "wet": 0, "west": 1, "eet": 2, "eest": 3, "msk": 3, "jst": 9, "kst": 9},
}
_TOKEN = re.compile(
    r"(?P<time>\d{1,2}:\d{1,3}(?::\d{1,3}(?:\.\d*)?)?(?:\.\d+)?)"
    r"|(?P<iso>\d{3,6}-(?:\d{1,2}|[a-z]{3,9})-\d{1,2})"
    r"|(?P<slashes>\d{1,4}[/.]\d{1,2}[/.]\d{1,4}|\d{1,2}-\d{1,2}-\d{1,4}|\d{1,2}-[a-z]{3,9}-\d{1,4})"
    r"|(?P<offset>[+-]\d{1,2}(?::\d{2}){0,2}(?!\d)|[+-]\d{4}(?!\d))"
    r"|(?P<packed>\d{8}(?:t(?P<clock>\d{6}|\d{4}))?(?!\d))"
    r"|(?P<number>\d+)(?:st|nd|rd|th)?(?![\d:])"
    r"|(?P<word>[a-z]+(?:[/_+-][a-z0-9_+-]+)*)"
    r"|(?P<space>[\s,]+)"
)


class _Malformed(Exception):  # a signal inside this module
    """The text is no date at all."""


class _Field(Exception):  # a signal inside this module
    """A field of the date is out of its range; `month` is true for the error that blames DateStyle."""

    def __init__(self, *, month: bool = False) -> None:
        super().__init__()
        self.month = month


class Parts:
    """What a text of a date or time said; None for what it did not say."""

    __slots__ = ("day", "micros", "special", "zone")

    def __init__(self) -> None:
        self.day: date | None = None
        self.micros: int | None = None
        self.zone: tzinfo | None = None
        self.special: str | None = None


def read(text: str, type_name: str) -> Parts:
    """The parts of an input text; 22007 if it is malformed, 22008 if a field is out of range."""
    try:
        return _read(text.strip().lower())
    except _Malformed:
        raise malformed(text, type_name) from None
    except _Field as field:
        raise out_of_range(text, hint=_DATE_STYLE if field.month else None) from None


def malformed(text: str, type_name: str) -> DatabaseError:
    """The error 22007 for an input text of a type."""
    shown = display(type_name).replace(" without time zone", "")
    return database_error("22007", f'invalid input syntax for type {shown}: "{text}"')


def out_of_range(text: str, *, hint: str | None = None) -> DatabaseError:
    """The error 22008 for an input text."""
    return database_error("22008", f'date/time field value out of range: "{text}"', hint=hint)


def _read(text: str) -> Parts:
    parts = Parts()
    numbers: list[int] = []
    month: int | None = None
    half_day: str | None = None
    at = 0
    if not text:
        raise _Malformed
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _Malformed
        at = token.end()
        kind = token.lastgroup if token.lastgroup != "clock" else "packed"
        word = token.group()
        if kind == "time":
            parts.micros = _clock(word)
        elif kind == "iso":
            first, middle, last = word.split("-")
            parts.day = _date(int(first), _month(middle), int(last))
        elif kind == "slashes":
            parts.day = _separated(word)
        elif kind == "offset":
            if parts.micros is None:
                raise _Malformed
            parts.zone = offset_zone(word)
        elif kind == "packed":
            parts.day = _date(int(word[:4]), int(word[4:6]), int(word[6:8]))
            clock = token.group("clock")
            if clock:
                parts.micros = _clock(f"{clock[:2]}:{clock[2:4]}:{clock[4:] or '00'}")
        elif kind == "number":
            numbers.append(int(token.group("number")))
        elif kind == "word":
            if word in {"am", "pm"}:
                half_day = word
            elif word == "t" and at < len(text) and text[at].isdigit():
                continue
            elif word == "bc":
                raise UnsupportedSQL("dates before year 1")
            elif word[:3] in _MONTHS and (word in _MONTHS or word in _MONTH_NAMES or word == "sept"):
                month = _MONTHS.index(word[:3]) + 1
            elif word in {"now", "today", "tomorrow", "yesterday", "epoch", "infinity", "-infinity", "allballs"}:
                parts.special = word
            elif word not in _DAYS and word not in {"ad", "at"}:
                parts.zone = _named(word)
        elif word == "-infinity":
            parts.special = word
    if half_day is not None:
        parts.micros = _twelve_hours(parts.micros, half_day)
    if month is not None and parts.day is None:
        if len(numbers) != 2:
            raise _Malformed
        year, day = (numbers[0], numbers[1]) if numbers[0] > 31 else (numbers[1], numbers[0])
        parts.day = _date(_century(year), month, day)
    elif numbers:
        raise _Malformed
    if parts.day is None and parts.micros is None and parts.special is None:
        raise _Malformed
    return parts


def _named(word: str) -> tzinfo:
    hours = _ABBREVIATIONS.get(word)
    if hours is not None:
        return fixed_zone(hours * 3600)
    if "/" not in word:
        raise _Malformed
    try:
        return named_zone("/".join(part.capitalize() for part in word.split("/")))
    except DatabaseError:
        found = _zone_ignoring_case(word)
        if found is None:
            raise database_error("22023", f'time zone "{word}" not recognized') from None
        return found


def _zone_ignoring_case(word: str) -> tzinfo | None:
    parts = ["_".join(piece.capitalize() for piece in part.split("_")) for part in word.split("/")]
    try:
        return ZoneInfo("/".join(parts))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _month(text: str) -> int:
    if text.isdigit():
        return int(text)
    if text[:3] not in _MONTHS:
        raise _Malformed
    return _MONTHS.index(text[:3]) + 1


def _century(year: int) -> int:
    if year >= 100:
        return year
    return year + (2000 if year < 70 else 1900)


def _separated(text: str) -> date:
    first, middle, last = re.split(r"[/.-]", text)
    if len(first) > 2:
        return _date(int(first), _month(middle), int(last))
    year = _century(int(last)) if len(last) <= 2 else int(last)
    if not middle.isdigit():
        return _date(year, _month(middle), int(first))
    return _date(year, int(first), int(middle))


def _date(year: int, month: int, day: int) -> date:
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise _Field(month=True)
    if not 1 <= year <= 9999:
        if year == 0:
            raise _Field
        raise UnsupportedSQL(f"the year {year} (1 to 9999 are)")
    try:
        return date(year, month, day)
    except ValueError:
        raise _Field from None


def _clock(text: str) -> int:
    pieces = text.split(":")
    seconds = pieces[2] if len(pieces) > 2 else "0"
    hour, minute = int(pieces[0]), pieces[1]
    if "." in minute:  # 1:30.5 is minutes and seconds only in intervals
        raise _Malformed
    whole, _, fraction = seconds.partition(".")
    micros = _fraction(fraction)
    if int(minute) > 59 or int(whole or 0) > 60:
        raise _Field
    total = ((hour * 60 + int(minute)) * 60 + int(whole or 0)) * 1_000_000 + micros
    if total > DAY_US or hour > 24:
        raise _Field
    return total


def _fraction(digits: str) -> int:
    """Microseconds of the digits after a point, rounded half to even as rint(3) does on the double."""
    return round(float(f"0.{digits}") * 1_000_000) if digits else 0


def _twelve_hours(micros: int | None, half_day: str) -> int:
    if micros is None:
        raise _Malformed
    hour, rest = divmod(micros, 3_600_000_000)
    if hour > 12:
        raise _Field
    return (hour % 12 + (12 if half_day == "pm" else 0)) * 3_600_000_000 + rest


def offset_zone(text: str) -> tzinfo:
    """The zone of `+02`, `+0230`, `+02:30` or `+02:30:15`."""
    sign, digits = (-1 if text[0] == "-" else 1), text[1:]
    pieces = digits.split(":") if ":" in digits else [digits[:-2], digits[-2:]] if len(digits) > 2 else [digits]
    hours, minutes, seconds = (*map(int, pieces), 0, 0)[:3]
    if hours > 15 or minutes > 59:
        raise database_error("22009", f'time zone displacement out of range: "{text}"')
    return fixed_zone(sign * (hours * 3600 + minutes * 60 + seconds))


def named_zone(name: str) -> tzinfo:
    """The zone of AT TIME ZONE's text: a name, an abbreviation, or a POSIX offset (whose sign is the other way round)."""
    lowered = name.strip().lower()
    if lowered in _ABBREVIATIONS:
        return fixed_zone(_ABBREVIATIONS[lowered] * 3600)
    posix = re.fullmatch(r"(?:[a-z]{3,}|<[^>]+>)?([+-]?)(\d{1,2})(?::(\d{2}))?", lowered)
    if posix:
        seconds = int(posix[2]) * 3600 + int(posix[3] or 0) * 60
        return fixed_zone(seconds if posix[1] == "-" else -seconds)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found = _zone_ignoring_case(lowered)
        if found is None:
            raise database_error("22023", f'time zone "{name}" not recognized') from None
        return found


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


def _special(word: str, session: ValueSession) -> datetime | str:
    if word in INFINITE:
        return word
    if word == "epoch":
        return datetime(1970, 1, 1)  # noqa: DTZ001  # storage is naive
    now = session.local_now()
    if word == "now":
        return now
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days={"tomorrow": 1, "yesterday": -1}.get(word, 0))


def parse_date(text: str, session: ValueSession) -> str:
    """The storage of a date's input text."""
    if len(text) == 10 and text[4] == text[7] == "-" and text.isascii():
        try:
            date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text
    parts = read(text, "date")
    if parts.special:
        value = _special(parts.special, session)
        return value if isinstance(value, str) else value.date().isoformat()
    if parts.day is None:
        raise malformed(text, "date")
    return parts.day.isoformat()


def parse_timestamp(text: str, type_name: str, session: ValueSession, typmod: Typmod = None) -> str:
    """The storage of a timestamp's or timestamptz' input text."""
    parts = read(text, type_name)
    zoned = type_name == "timestamptz"
    if parts.special:
        value = _special(parts.special, session)
        if isinstance(value, str):
            return value
        moment = value
        if zoned and parts.special != "epoch":
            moment = to_utc(value, session.zone)
        if parts.micros is not None:
            moment = shift(moment.replace(hour=0, minute=0, second=0), timedelta(microseconds=parts.micros))
        return round_seconds(timestamp_text(moment), typmod)
    if parts.day is None:
        raise malformed(text, type_name)
    day = parts.day
    moment = shift(datetime(day.year, day.month, day.day), timedelta(microseconds=parts.micros or 0))  # noqa: DTZ001
    if zoned:
        moment = to_utc(moment, parts.zone or session.zone)
    return round_seconds(timestamp_text(moment), typmod)


def parse_time(text: str, type_name: str, session: ValueSession, typmod: Typmod = None) -> str:
    """The storage of a time's or timetz' input text."""
    stripped = text.strip()
    if stripped.isdigit() and len(stripped) in {4, 6}:
        text = f"{stripped[:2]}:{stripped[2:4]}:{stripped[4:] or '00'}"
    parts = read(text, type_name)
    micros = parts.micros
    if parts.special == "allballs":
        micros = 0
    elif parts.special == "now":
        micros = micros_of(timestamp_text(session.local_now())[11:])
    if micros is None:
        raise malformed(text, type_name)
    places = modifiers(typmod)
    if places:
        micros = round_micros(micros, places[0])
    if type_name == "time":
        return time_text(micros)
    day = parts.day or session.local_now().date()
    zone = parts.zone or session.zone or UTC
    offset = datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() or timedelta()
    return f"{time_text(micros)}{int(offset.total_seconds()):+06d}"


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
