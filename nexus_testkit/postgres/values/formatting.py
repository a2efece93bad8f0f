"""to_char of dates, times and intervals (src/backend/utils/adt/formatting.c, `DCH_to_char`, in the C locale).

Limits: `TZ` in a zone that is an offset without a name is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import calendars, interval, times
from nexus_testkit.postgres.values.numberformat import ordinal
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.templates import Piece, parsed

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
#: As PostgreSQL keeps them: December first.
ROMAN = ("XII", "XI", "X", "IX", "VIII", "VII", "VI", "V", "IV", "III", "II", "I")
_SPAN = "span"


@dataclass(slots=True)
class _Fields:
    """PostgreSQL's `struct tm`, of a moment or of an interval (`zone` is then `span`)."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    micros: int
    yearday: int
    offset: int = 0
    zone: str | None = None

    @property
    def julian(self) -> int:
        return calendars.julian(self.year, self.month, self.day)

    @property
    def iso(self) -> tuple[int, int]:
        return calendars.iso_week(self.year, self.month, self.day)

    @property
    def weekday(self) -> int:
        return calendars.weekday(self.julian)

    @property
    def seconds(self) -> int:
        return self.hour * 3600 + self.minute * 60 + self.second

    def shown(self, year: int) -> int:
        return year if self.zone == _SPAN or year > 0 else 1 - year


def _remainder(number: int, by: int) -> int:
    """C's remainder, which has the sign of the number."""
    return number % by if number >= 0 else -(-number % by)


def _quotient(number: int, by: int) -> int:
    return number // by if number >= 0 else -(-number // by)


def _half(hour: int) -> int:
    return 12 if not _remainder(hour, 12) else _remainder(hour, 12)


def _century(fields: _Fields) -> int:
    if fields.zone == _SPAN:
        return _quotient(fields.year, 100)
    return (fields.year - 1) // 100 + 1 if fields.year > 0 else _quotient(fields.year, 100) - 1


def _iso_year(fields: _Fields) -> int:
    return fields.shown(fields.iso[0])


def _year(fields: _Fields) -> int:
    return fields.shown(fields.year)


#: Pattern -> its number, and its width; FM takes the width away unless it is negative here.
_NUMBERS: dict[str, tuple[Callable[[_Fields], int], int]] = {
    "HH": (lambda f: _half(f.hour), 2),
    "HH12": (lambda f: _half(f.hour), 2),
    "HH24": (lambda f: f.hour, 2),
    "MI": (lambda f: f.minute, 2),
    "SS": (lambda f: f.second, 2),
    "MS": (lambda f: _quotient(f.micros, 1000), -3),
    "US": (lambda f: f.micros, -6),
    **{f"FF{n}": ((lambda f, cut=10 ** (6 - n): _quotient(f.micros, cut)), -n) for n in range(1, 7)},  # type: ignore[misc]  # binds the loop's value
    "SSSS": (lambda f: f.seconds, -1),
    "SSSSS": (lambda f: f.seconds, -1),
    "DDD": (lambda f: f.yearday, 3),
    "IDDD": (lambda f: f.julian - calendars.week_start(f.iso[0], 1) + 1, 3),
    "DD": (lambda f: f.day, 2),
    "D": (lambda f: f.weekday + 1, -1),
    "ID": (lambda f: f.weekday or 7, -1),
    "WW": (lambda f: _quotient(f.yearday - 1, 7) + 1, 2),
    "IW": (lambda f: f.iso[1], 2),
    "MM": (lambda f: f.month, 2),
    "Q": (lambda f: _quotient(f.month - 1, 3) + 1, -1),
    "CC": (_century, 2),
    "YYYY": (_year, 4),
    "YYY": (lambda f: _remainder(_year(f), 1000), 3),
    "YY": (lambda f: _remainder(_year(f), 100), 2),
    "Y": (lambda f: _remainder(_year(f), 10), -1),
    "IYYY": (_iso_year, 4),
    "IYY": (lambda f: _remainder(_iso_year(f), 1000), 3),
    "IY": (lambda f: _remainder(_iso_year(f), 100), 2),
    "I": (lambda f: _remainder(_iso_year(f), 10), -1),
    "W": (lambda f: _quotient(f.day - 1, 7) + 1, -1),
    "J": (lambda f: f.julian, -1),
}
_OF_MOMENTS = frozenset({"TZ", "TZH", "TZM", "OF", "A.D.", "B.C.", "AD", "BC", "MONTH", "MON", "DAY", "DY", "D", "ID"})


def _format(fields: _Fields, template: str) -> str:
    out: list[str] = []
    for piece in parsed(template):
        if not piece.key:
            out.append(piece.text)
        elif fields.zone == _SPAN and piece.key in _OF_MOMENTS:
            raise database_error(
                "22007",
                "invalid format specification for an interval value",
                hint="Intervals are not tied to specific calendar dates.",
            )
        elif piece.key in _NUMBERS:
            out.append(_number(piece, fields))
        else:
            out.append(_named(piece, fields))
    return "".join(out)


def _number(piece: Piece, fields: _Fields) -> str:
    if piece.key == "Q" and not fields.month:
        return ""
    compute, width = _NUMBERS[piece.key]
    value = compute(fields)
    if width > 0:
        # A minus sign takes a place of its own, but in days and weeks; an ISO year goes by the year's sign.
        negative = fields.year < 0 if piece.key[0] == "I" else value < 0
        if piece.key in {"DDD", "IDDD", "DD", "WW", "IW"}:
            negative = False
        text = str(value) if piece.fill else f"{value:0{width + negative}d}"
    else:
        text = f"{value:0{-width}d}"
    return text + ordinal(text, upper=piece.ordinal == "TH") if piece.ordinal else text


def _cased(name: str, piece: Piece) -> str:
    if piece.text.isupper():
        return name.upper()
    return name.lower() if piece.text.islower() else name


def _named(piece: Piece, fields: _Fields) -> str:
    key = piece.key
    if key in {"MONTH", "DAY", "MON", "DY"}:
        name = MONTHS[fields.month - 1] if key[0] == "M" else DAYS[fields.weekday]
        if key in {"MON", "DY"}:
            return _cased(name[:3], piece)
        return _cased(name, piece) if piece.fill else _cased(name, piece).ljust(9)
    if key in {"AM", "PM", "A.M.", "P.M."}:
        half = "PM" if _remainder(fields.hour, 24) >= 12 else "AM"
        return _cased(f"{half[0]}.M." if "." in key else half, piece)
    if key in {"AD", "BC", "A.D.", "B.C."}:
        era = "AD" if fields.year > 0 else "BC"
        return _cased(f"{era[0]}.{era[1]}." if "." in key else era, piece)
    if key == "Y,YYY":
        year = _year(fields)
        thousands = _quotient(year, 1000)
        text = f"{thousands},{year - thousands * 1000:03d}"
        return text + ordinal(text, upper=piece.ordinal == "TH") if piece.ordinal else text
    if key == "RM":
        return _roman(piece, fields)
    return _zone(piece, fields)


def _roman(piece: Piece, fields: _Fields) -> str:
    if not fields.month and not fields.year:
        return ""
    if not fields.month:
        at = 0 if fields.year >= 0 else 11
    else:
        at = -fields.month - 1 if fields.month < 0 else 12 - fields.month
    name = _cased(ROMAN[at], piece)
    return name if piece.fill else name.ljust(4)


def _zone(piece: Piece, fields: _Fields) -> str:
    key, offset = piece.key, fields.offset
    if key == "TZ":
        if fields.zone == "":
            raise UnsupportedSQL("to_char's TZ in a zone without a name")
        return (fields.zone or "").lower() if piece.text == "tz" else fields.zone or ""
    sign = "-" if offset < 0 else "+"
    hours, minutes = abs(offset) // 3600, abs(offset) % 3600 // 60
    if key == "TZH":
        return f"{sign}{hours:02d}"
    if key == "TZM":
        return f"{minutes:02d}"
    if key == "OF":
        return f"{sign}{hours if piece.fill else f'{hours:02d}'}" + (f":{minutes:02d}" if abs(offset) % 3600 else "")
    return ""  # FX


def _of_moment(moment: datetime, offset: int = 0, zone: str | None = None) -> _Fields:
    return _Fields(
        moment.year,
        moment.month,
        moment.day,
        moment.hour,
        moment.minute,
        moment.second,
        moment.microsecond,
        moment.timetuple().tm_yday,
        offset,
        zone,
    )


def timestamp_to_char(storage: str, template: str) -> str | None:
    """to_char(timestamp, template); NULL for the infinite ones."""
    if storage in times.INFINITE or not template:
        return None
    return _format(_of_moment(times.moment_of(storage)), template)


def timestamptz_to_char(session: ValueSession, storage: str, template: str) -> str | None:
    """to_char(timestamptz, template), in the session's zone."""
    if storage in times.INFINITE or not template:
        return None
    utc = times.moment_of(storage)
    if session.zone is None:
        return _format(_of_moment(utc, 0, "UTC"), template)
    local = utc.replace(tzinfo=UTC).astimezone(session.zone)
    named = type(session.zone).__name__ == "ZoneInfo"
    offset = int(session.offset(utc).total_seconds())
    return _format(_of_moment(local.replace(tzinfo=None), offset, (local.tzname() or "") if named else ""), template)


def interval_to_char(storage: str, template: str) -> str | None:
    """to_char(interval, template); NULL for the infinite ones."""
    if storage in times.INFINITE or not template:
        return None
    months, days, micros = interval.unpack(storage)
    year, month = _quotient(months, 12), _remainder(months, 12)
    seconds, rest = _quotient(micros, 1_000_000), _remainder(micros, 1_000_000)
    return _format(
        _Fields(
            year,
            month,
            days,
            _quotient(seconds, 3600),
            _quotient(_remainder(seconds, 3600), 60),
            _remainder(seconds, 60),
            rest,
            (year * 12 + month) * 30 + days,
            zone=_SPAN,
        ),
        template,
    )
