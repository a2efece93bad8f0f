"""to_date and to_timestamp: dates and times read by a template (src/backend/utils/adt/formatting.c, `DCH_from_char`).

Limits: years 1 to 9999; of zone abbreviations those that `zones` knows.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import calendars, zones
from nexus_testkit.postgres.values.formatting import DAYS, MONTHS, ROMAN
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.templates import ISO_WEEK, Piece, is_separator, parsed
from nexus_testkit.postgres.values.times import shift, timestamp_text, to_utc
from nexus_testkit.postgres.values.types import SPACE

_INTEGER = re.compile(r"[ \t\n\r\f\v]*([+-]?[0-9]+)")
_INT_MAX = 2**31 - 1
_SIZES = {"MS": 3, "US": 6, "HH": 2, "HH12": 2, "HH24": 2, "IDDD": 3, "ID": 1, **{f"FF{n}": n for n in range(1, 7)}}
_TARGETS = {"HH12": "HH", "HH24": "HH", "SSSSS": "SSSS", "IDDD": "DDD", "IW": "WW", "ID": "D"}
_FIT_NAMES = "The given value did not match any of the allowed values for this field."
_FM_HINT = 'If your source string is not fixed-width, try using the "FM" modifier.'


def _bad(message: str, detail: str | None = None, hint: str | None = None) -> DatabaseError:
    return database_error("22007", message, detail=detail, hint=hint)


class _Reader:
    """DCH_from_char: fills `got` with the fields of PostgreSQL's TmFromChar."""

    def __init__(self, text: str, template: str) -> None:
        self.text, self.pieces = text, parsed(template)
        self.at = self.skipped = 0
        self.got: dict[str, int] = {}
        self.mode = ""
        self.year_digits = 0
        self.half_day = False
        self.sign = 0  # of TZH
        self.offset: int | None = None

    def run(self) -> _Reader:
        text, exact = self.text, False
        for number, piece in enumerate(self.pieces):
            if self.at >= len(text):
                break
            if not exact and piece.key != "FX" and (piece.key or not number):
                self._spaces()
            if self.at >= len(text) and not piece.key:
                continue
            if piece.separator:
                if exact:
                    self.at += 1
                else:
                    self.skipped -= 1
                    if text[self.at] in SPACE or is_separator(text[self.at]):
                        self.at += 1
                        self.skipped += 1
            elif not piece.key:
                if not exact and self.skipped > 0:
                    self.skipped -= 1
                else:
                    self.at += 1
            elif piece.key == "FX":
                exact = True
            else:
                self._field(piece, number)
                if not exact:
                    self.skipped = 0
                    self._spaces()
        return self

    def _spaces(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in SPACE:
            self.at += 1
            self.skipped += 1

    def _set(self, name: str, value: int, piece: Piece) -> None:
        before = self.got.get(name, 0)
        if before not in (0, value):
            raise _bad(
                f'conflicting values for "{piece.text}" field in formatting string',
                "This value contradicts a previous setting for the same field type.",
            )
        self.got[name] = value

    def _field(self, piece: Piece, number: int) -> None:  # one branch a pattern
        key, mode = piece.key, piece.mode
        if mode:
            if self.mode not in ("", mode):
                raise _bad(
                    "invalid combination of date conventions",
                    hint="Do not mix Gregorian and ISO week date conventions in a formatting template.",
                )
            self.mode = mode
        if key in {"AM", "PM", "A.M.", "P.M."}:
            self._set("PM", self._word(("a.m.", "p.m.") if "." in key else ("am", "pm"), piece), piece)
            self.half_day = True
        elif key in {"AD", "BC", "A.D.", "B.C."}:
            self._set("BC", self._word(("a.d.", "b.c.") if "." in key else ("ad", "bc"), piece), piece)
        elif key in {"MONTH", "MON"}:
            names: Sequence[str] = MONTHS if key == "MONTH" else [name[:3] for name in MONTHS]
            self._set("MM", self._word(names, piece) + 1, piece)
        elif key in {"DAY", "DY"}:
            names = DAYS if key == "DAY" else [name[:3] for name in DAYS]
            self._set("D", self._word(names, piece), piece)
            self.got["D"] += 1
        elif key == "RM":
            self._set("MM", 12 - self._word(ROMAN, piece), piece)
        elif key in {"TZ", "OF", "TZH"}:
            self._zone(piece, number)
        elif key == "Y,YYY":
            self._comma_year(piece)
        elif key == "Q":
            self._integer(piece, number)
        elif key in {"YYYY", "YYY", "YY", "Y", "IYYY", "IYY", "IY", "I"}:
            value, length = self._integer(piece, number)
            self._set("YEAR", value, piece)
            self.year_digits = len(key)
            if self.year_digits < 4 and length < 4:
                self.got["YEAR"] = _near_2020(value)
        elif key in {"MS", "US"} or key[:2] == "FF":
            value, length = self._integer(piece, number)
            name = "MS" if key == "MS" else "US"
            self._set(name, value, piece)
            self.got[name] = value * 10 ** max((3 if name == "MS" else 6) - length, 0)
        else:
            if key == "TZM":
                self.sign = self.sign or 1
            name = _TARGETS.get(key, key)
            value, _ = self._integer(piece, number)
            self._set(name, value, piece)
            if key in {"HH", "HH12"}:
                self.half_day = True
            elif key == "ID":
                self.got["D"] = 1 if value + 1 > 7 else value + 1
        if piece.ordinal and piece.digits:
            self.at = min(self.at + 2, len(self.text))

    def _word(self, names: Sequence[str], piece: Piece) -> int:
        rest = self.text[self.at : self.at + 20].lower()
        for number, name in enumerate(names):
            if rest.startswith(name.lower()):
                self.at += len(name)
                return number
        shown = re.split(f"[{SPACE}]", self.text[self.at :], maxsplit=1)[0]
        raise _bad(f'invalid value "{shown}" for "{piece.text}"', _FIT_NAMES)

    def _open_ended(self, number: int) -> bool:
        """is_next_separator: no digit can follow, so the number may be longer than its field."""
        if self.pieces[number].ordinal or number + 1 >= len(self.pieces):
            return True
        following = self.pieces[number + 1]
        if following.key:
            return not following.digits
        return not (following.text.isascii() and following.text.isdigit())

    def _integer(self, piece: Piece, number: int, size: int = 0) -> tuple[int, int]:
        """from_char_parse_int_len: the number, and how many characters were read."""
        size = size or _SIZES.get(piece.key, len(piece.key))
        text, start = self.text, self.at
        while self.at < len(text) and text[self.at] in SPACE:
            self.at += 1
        left = text[self.at :].encode()
        rest = left[:size].decode(errors="ignore")
        if piece.fill or self._open_ended(number):
            found = _INTEGER.match(text, start)
            self.at = found.end() if found else start
        else:
            if len(left) < size:
                raise _bad(
                    f'source string too short for "{piece.text}" formatting field',
                    f"Field requires {size} characters, but only {len(left)} remain.",
                    _FM_HINT,
                )
            found = _INTEGER.match(rest)
            used = found.end() if found else 0
            if 0 < used < size:
                raise _bad(
                    f'invalid value "{rest}" for "{piece.text}"',
                    f"Field requires {size} characters, but only {used} could be parsed.",
                    _FM_HINT,
                )
            self.at += used
        if found is None:
            raise _bad(f'invalid value "{rest}" for "{piece.text}"', "Value must be an integer.")
        value = int(found[1])
        if not -_INT_MAX - 1 <= value <= _INT_MAX:
            raise database_error(
                "22008",
                f'value for "{piece.text}" in source string is out of range',
                detail=f"Value must be in the range {-_INT_MAX - 1} to {_INT_MAX}.",
            )
        return value, self.at - start

    def _comma_year(self, piece: Piece) -> None:
        found = re.compile(r"[ \t\n\r\f\v]*([+-]?\d+),[ \t\n\r\f\v]*([+-]?\d{1,3})", re.ASCII).match(self.text, self.at)
        if found is None:
            raise _bad(f'invalid value "{self.text[self.at :]}" for "Y,YYY"')
        self._set("YEAR", int(found[2]) + int(found[1]) * 1000, piece)
        self.year_digits = 4
        self.at = found.end()

    def _zone(self, piece: Piece, number: int) -> None:
        text = self.text
        if piece.key == "TZ":
            letters = re.compile(r"[A-Za-z]{0,10}").match(text, self.at)
            word = letters.group() if letters else ""
            for size in range(len(word), 0, -1):
                offset = zones.abbreviation(word[:size].lower())
                if offset is not None:
                    self.offset, self.sign = offset, 0
                    self.at += size
                    return
            if word:
                raise _bad(
                    f'invalid value "{text[self.at :]}" for "{piece.text}"',
                    "Time zone abbreviation is not recognized.",
                )
        if text[self.at] in "+- ":
            self.sign = -1 if text[self.at] == "-" else 1
            self.at += 1
        else:
            # a minus may have been swallowed as a separator
            self.sign = -1 if self.skipped > 0 and text[self.at - 1] == "-" else 1
        self._set("TZH", self._integer(piece, number, 2)[0], piece)
        if piece.key != "TZH" and text[self.at : self.at + 1] == ":":
            self.at += 1
            self._set("TZM", self._integer(piece, number, 2)[0], piece)


def _near_2020(year: int) -> int:
    """adjust_partial_year_to_2020."""
    if year < 70:
        return year + 2000
    if year < 100:
        return year + 1900
    if year < 520:
        return year + 2000
    return year + 1000 if year < 1000 else year


def _read(text: str, template: str) -> tuple[tuple[int, int, int], int, timedelta | None]:
    """do_to_timestamp: year (0 is 1 BC), month, day; microseconds of the day; the zone's offset if the text has one."""
    reader = _Reader(text, template).run()
    got = reader.got
    overflow = database_error("22008", f'date/time field value out of range: "{text}"')
    clock = got.get("SSSS", 0)
    hour, minute, second = clock // 3600, clock % 3600 // 60, clock % 60
    hour, minute, second = got.get("HH") or hour, got.get("MI") or minute, got.get("SS") or second
    if reader.half_day:
        if not 1 <= hour <= 12:
            raise _bad(
                f'hour "{hour}" is invalid for the 12-hour clock',
                hint="Use the 24-hour clock, or give an hour between 1 and 12.",
            )
        hour = hour % 12 + 12 * got.get("PM", 0)
    day = _day(reader, overflow)
    micros = got.get("MS", 0) * 1000 + got.get("US", 0)
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60 and 0 <= micros < 1_000_000):
        raise overflow
    offset = None if reader.offset is None else timedelta(seconds=reader.offset)
    if reader.sign:
        hours, minutes = got.get("TZH", 0), got.get("TZM", 0)
        if not (0 <= hours <= 15 and 0 <= minutes < 60):
            raise database_error("22009", f'time zone displacement out of range: "{text}"')
        offset = reader.sign * timedelta(hours=hours, minutes=minutes)
    return day, ((hour * 60 + minute) * 60 + second) * 1_000_000 + micros, offset


def _year(reader: _Reader) -> int | None:
    got = reader.got
    year, century, before = got.get("YEAR", 0), got.get("CC", 0), got.get("BC", 0)
    if year:
        if century and reader.year_digits <= 2:
            century = -century if before else century
            low = year % 100
            if not low:
                return century * 100 + (century < 0)
            return low + (century - 1) * 100 if century >= 0 else (century + 1) * 100 - low + 1
        year = -year if before else year
        return year + (year < 0)
    if century:
        century = -century if before else century
        return (century - 1) * 100 + 1 if century >= 0 else century * 100 + 1
    return None


def _day(reader: _Reader, overflow: DatabaseError) -> tuple[int, int, int]:
    got = reader.got
    known = set()
    found = _year(reader)
    year, month, day = found or 0, 1, 1
    if found is not None:
        known.add("year")
    if got.get("J"):
        year, month, day = calendars.of_julian(got["J"])
        known = {"year", "month", "day"}
    week, yearday = got.get("WW", 0), got.get("DDD", 0)
    if week and reader.mode == ISO_WEEK:
        start = calendars.week_start(year, week)
        if got.get("D"):  # 1 is Sunday, the last day of an ISO week
            start += got["D"] - 2 if got["D"] > 1 else 6
        year, month, day = calendars.of_julian(start)
        known = {"year", "month", "day"}
    elif week:
        yearday = (week - 1) * 7 + 1
    if got.get("W"):
        got["DD"] = (got["W"] - 1) * 7 + 1
    if got.get("DD"):
        day = got["DD"]
        known.add("day")
    if got.get("MM"):
        month = got["MM"]
        known.add("month")
    if yearday and (month <= 1 or day <= 1):
        if not year and not got.get("BC"):
            raise _bad("cannot calculate day of year without year information")
        if reader.mode == ISO_WEEK:
            year, month, day = calendars.of_julian(calendars.week_start(year, 1) - 1 + yearday)
            known = {"year", "month", "day"}
        else:
            month, day = _of_year_day(year, yearday, month, day)
            known |= {"month", "day"}
    if "month" in known and not 1 <= month <= 12:
        raise overflow
    if "day" in known and not 1 <= day <= 31:
        raise overflow
    if len(known) == 3 and day > _length(year, month):
        raise overflow
    return year, month, day


def _length(year: int, month: int) -> int:
    return 29 if month == 2 and calendar.isleap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _of_year_day(year: int, yearday: int, month: int, day: int) -> tuple[int, int]:
    before, at = 0, 1
    while at <= 12 and yearday > before + _length(year, at):
        before += _length(year, at)
        at += 1
    return (at if month <= 1 else month), (yearday - before if day <= 1 else day)


def _moment(text: str, kind: str, day: tuple[int, int, int], last: int) -> datetime:
    year, month, number = day
    if not -4713 <= year <= last:
        raise database_error("22008", f'date out of range: "{text}"' if kind == "date" else "timestamp out of range")
    if not 1 <= year <= 9999:
        raise UnsupportedSQL("a date outside of the years 1 to 9999")
    # a day that no month was given for may lie beyond the month's end
    return datetime(year, month, 1) + timedelta(days=number - 1)  # noqa: DTZ001  # storage is naive


def to_date(text: str, template: str) -> str:
    """to_date(text, template)."""
    day, _, _ = _read(text, template)
    return _moment(text, "date", day, 5_874_897).date().isoformat()


def to_timestamp(session: ValueSession, text: str, template: str) -> str:
    """to_timestamp(text, template), in the session's zone unless the text names one."""
    day, micros, offset = _read(text, template)
    moment = shift(_moment(text, "timestamp", day, 294_276), timedelta(microseconds=micros))
    return timestamp_text(to_utc(moment, session.zone) if offset is None else shift(moment, -offset))
