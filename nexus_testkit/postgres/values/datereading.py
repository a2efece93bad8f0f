"""The text of a date or time, read into its parts: day, time of day, zone.

It follows src/backend/utils/adt/datetime.c under DateStyle "ISO, MDY".
"""

from __future__ import annotations

import re
from datetime import UTC, date, timedelta, tzinfo

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.times import DAY_US
from nexus_testkit.postgres.values.types import display
from nexus_testkit.postgres.values.zones import Displaced, offset_zone, spoken_zone

_DATE_STYLE = 'Perhaps you need a different "DateStyle" setting.'
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = frozenset(
    {"january", "february", "march", "april", "may", "june"}
    | {"july", "august", "september", "october", "november", "december"}
)
_DAYS = frozenset({"mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat", "sun"}) | {
    f"{day}day" for day in ("mon", "tues", "wednes", "thurs", "fri", "satur", "sun")
}
_TOKEN = re.compile(
    r"(?P<infinite>[+-]infinity)"
    r"|(?P<time>\d{1,2}:\d{1,3}(?::\d{1,3}(?:\.\d*)?)?(?:\.\d+)?)"
    r"|(?P<ordinal>\d{4}[.-]\d{3}(?![\d.-])|\d{7}(?!\d)|j\d+)"
    r"|(?P<iso>\d{3,9}-(?:\d{1,2}|[a-z]{3,9})-\d{1,2})"
    r"|(?P<slashes>\d{1,4}[/.]\d{1,2}[/.]\d{1,4}|\d{1,2}-\d{1,2}-\d{1,4}|\d{1,2}-[a-z]{3,9}-\d{1,4})"
    r"|(?P<offset>[+-]\d{1,2}(?::\d{2}){0,2}(?!\d)|[+-]\d{4}(?!\d))"
    r"|(?P<packed>\d{8}(?:t(?P<clock>\d{6}(?:\.\d*)?|\d{4}))?(?!\d))"
    r"|(?P<number>\d+)(?:st|nd|rd|th)?(?![\d:])"
    r"|(?P<word>(?:est5edt|cst6cdt|mst7mdt|pst8pdt)(?![a-z])|[a-z]+(?:[/_+-][a-z0-9_+:-]+)*)"
    r"|(?P<space>[\s,]+)"
)


#: The Julian day before 0001-01-01.
_JULIAN_OF_ORDINAL = 1_721_425
_RUN_OF_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[ t](\d{2})(\d{2})(\d{2}(?:\.\d+)?)(?!\d)(.*)", re.ASCII)


# DATETIME_MAX_JULIAN and its kin of src/include/datatype/timestamp.h, as years.
_LAST_YEAR = {"date": 5874897, "timestamp": 294276}
_SPECIAL_WORDS = frozenset({"now", "today", "tomorrow", "yesterday", "epoch", "infinity"})


# What a token says, see `_Reading.once`.
_SAYS = {"time": "t", "ordinal": "d", "iso": "d", "slashes": "d", "packed": "d", "offset": "z", "infinite": "dtz"}


class _Malformed(Exception):  # a signal inside this module
    """The text is no date at all."""


class _Field(Exception):  # a signal inside this module
    """A field of the date is out of its range; `month` is true for the error that blames DateStyle."""

    def __init__(self, *, month: bool = False) -> None:
        super().__init__()
        self.month = month


class _Beyond(Exception):  # a signal inside this module
    """A year that no type of PostgreSQL's reaches."""

    def __init__(self, year: int) -> None:
        super().__init__()
        self.year = year


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
        return _read(_spelled(text.strip().lower()))
    except _Malformed:
        raise malformed(text, type_name) from None
    except Displaced:
        raise database_error("22009", f'time zone displacement out of range: "{text}"') from None
    except _Beyond as beyond:
        kind = "date" if type_name == "date" else "timestamp"
        if beyond.year <= _LAST_YEAR[kind]:
            raise UnsupportedSQL(f"the year {beyond.year} (1 to 9999 are)") from None
        raise database_error("22008", f'{kind} out of range: "{text}"') from None
    except _Field as field:
        raise out_of_range(text, hint=_DATE_STYLE if field.month else None) from None


def _spelled(text: str) -> str:
    """`240229` and `2024-02-29 150405` in longer words; the year of two digits lies between 1970 and 2069."""
    if len(text) == 6 and text.isascii() and text.isdigit():
        return f"{19 if text[:2] >= '70' else 20}{text}"
    found = _RUN_OF_TIME.fullmatch(text)
    if found is not None:
        return f"{found[1]} {found[2]}:{found[3]}:{found[4]}{found[5]}"
    return text


def malformed(text: str, type_name: str) -> DatabaseError:
    """The error 22007 for an input text of a type."""
    shown = display(type_name).replace(" without time zone", "")
    return database_error("22007", f'invalid input syntax for type {shown}: "{text}"')


def out_of_range(text: str, *, hint: str | None = None) -> DatabaseError:
    """The error 22008 for an input text."""
    return database_error("22008", f'date/time field value out of range: "{text}"', hint=hint)


def _read(text: str) -> Parts:
    if not text:
        raise _Malformed
    reading = _Reading()
    at = 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise _Malformed
        at = token.end()
        kind = token.lastgroup if token.lastgroup != "clock" else "packed"
        if kind == "word":
            reading.word(token.group(), before_digit=text[at : at + 1].isdigit())
        else:
            reading.token(kind or "", token)
    return reading.done()


class _Reading:
    """The parts of a text, token by token."""

    def __init__(self) -> None:
        self.parts = Parts()
        self.numbers: list[int] = []
        self.month: int | None = None
        self.half_day: str | None = None
        self.said = ""

    def once(self, what: str) -> None:
        """Date, time and zone (`dtz`), and the day of the week, are said once each (datetime.c, DecodeDateTime)."""
        if any(part in self.said for part in what):
            raise _Malformed
        self.said += what

    def token(self, kind: str, token: re.Match[str]) -> None:
        parts, word = self.parts, token.group()
        self.once(_SAYS.get(kind, ""))
        if kind in ("iso", "slashes") and "w" in self.said:  # such a date stands before the day of the week
            raise _Malformed
        if kind == "time":
            parts.micros = _clock(word)
        elif kind == "ordinal":
            parts.day = _by_number(word)
        elif kind == "iso":
            first, middle, last = word.split("-")
            parts.day = _date(int(first), _month(middle), int(last))
        elif kind == "slashes":
            parts.day = _separated(word)
        elif kind == "offset":
            # A "-" that touches a date belongs to the date (datetime.c, ParseDateTime).
            if parts.micros is None and word[0] == "-" and token.string[: token.start()][-1:] not in ("", " "):
                raise _Malformed
            parts.zone = offset_zone(word)
        elif kind == "packed":
            parts.day = _date(int(word[:4]), int(word[4:6]), int(word[6:8]))
            clock = token.group("clock")
            if clock:
                self.once("t")
                parts.micros = _clock(f"{clock[:2]}:{clock[2:4]}:{clock[4:] or '00'}")
        elif kind == "number":
            self.numbers.append(int(token.group("number")))
        elif kind == "infinite":
            parts.special = word.removeprefix("+")

    def word(self, word: str, *, before_digit: bool) -> None:
        if word in {"am", "pm"}:
            self.half_day = word
        elif word == "t" and before_digit:
            return  # between date and time
        elif word == "bc":
            raise UnsupportedSQL("dates before year 1")
        elif word[:3] in _MONTHS and (word in _MONTHS or word in _MONTH_NAMES or word == "sept"):
            self.month = _MONTHS.index(word[:3]) + 1
        elif word == "allballs":
            self.parts.micros, self.parts.zone = 0, UTC
        elif word == "dst" and self.parts.zone is not None:
            raise UnsupportedSQL('"DST" after a time zone')
        elif word in _SPECIAL_WORDS:
            self.once("d" if word.endswith(("day", "tomorrow")) else "dtz")
            self.parts.special = word
        elif word in _DAYS:
            self.once("w")
        elif word not in {"ad", "at"}:
            self.once("z")
            self.parts.zone = _zone(word)

    def done(self) -> Parts:
        parts, numbers = self.parts, self.numbers
        if self.half_day is not None:
            parts.micros = _twelve_hours(parts.micros, self.half_day)
        if self.month is not None and parts.day is None:
            if len(numbers) != 2:
                raise _Malformed
            year, day = (numbers[0], numbers[1]) if numbers[0] > 31 else (numbers[1], numbers[0])
            parts.day = _date(_century(year), self.month, day)
        elif numbers:
            raise _Malformed
        if parts.day is None and parts.micros is None and parts.special is None:
            raise _Malformed
        return parts


def _zone(word: str) -> tzinfo:
    zone = spoken_zone(word)
    if zone is None:
        raise _Malformed
    return zone


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
        raise _Beyond(year)
    try:
        return date(year, month, day)
    except ValueError:
        raise _Field from None


def _by_number(word: str) -> date:
    """A Julian day (`J2460370`) or the day of a year (`2024.060`)."""
    if word[0] == "j":
        ordinal = int(word[1:]) - _JULIAN_OF_ORDINAL
        if not 1 <= ordinal <= date.max.toordinal():
            raise UnsupportedSQL("a date outside of the years 1 to 9999")
        return date.fromordinal(ordinal)
    if "." not in word:
        raise UnsupportedSQL("a day of the year that no point precedes")
    year, yearday = int(word[:4]), int(word[-3:])
    if not year or not 1 <= yearday <= 366:
        raise _Malformed
    return date(year, 1, 1) + timedelta(days=yearday - 1)


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
