"""Templates of jsonpath's `.datetime(template)` (src/backend/utils/adt/formatting.c, `parse_datetime`).

Limits: of templates these patterns: YYYY, YYY, YY, Y, MM, DD, DDD, HH24, HH12, HH, MI, SS, SSSS, SSSSS, FF1 to FF6, MS, US, AM, PM, A.M.,
P.M., TZH, TZM, TZ; others are refused.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.jsonpath_times import Moment, moment_from, zone_of

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
                raise _format(
                    f'unmatched format character "{piece[1]}"'
                    if piece[1].isalnum()
                    else f'unmatched format separator "{piece[1]}"'
                )
            self.at += 1
            return
        if self.at >= len(text):
            raise _format("input string is too short for datetime format")
        if piece in {"AM", "PM"}:
            word = re.match(r"([ap])\.?m\.?", text[self.at :], re.IGNORECASE)
            if word is None:
                raise _invalid(
                    text[self.at :][: len(piece)],
                    piece,
                    "The given value did not match any of the allowed values for this field.",
                )
            self.afternoon = word[1].lower() == "p"
            self.at += word.end()
        elif piece == "TZ":
            word = re.match(r"\s*([+-]\d{1,2}(?::\d{1,2})?|[A-Za-z]+)", text[self.at :])
            try:
                self.got["zone"] = zone_of(word.group() if word else "?")
            except ValueError:
                raise _invalid(text[self.at :], "TZ", "Time zone abbreviation is not recognized.") from None
            self.at += word.end() if word else 0
        else:
            self._number(piece, tight=tight)

    def _number(self, piece: str, *, tight: bool) -> None:
        most, name = _FIELDS[piece]
        text = self.text
        sign = 1
        if piece == "TZH" and text[self.at] in "+- ":
            sign = -1 if text[self.at] == "-" else 1
            self.at += 1
        while self.at < len(text) and text[self.at].isspace():
            self.at += 1
        digits = re.match(r"\d*", text[self.at :], re.ASCII)
        found = digits.group() if digits else ""
        if tight or name in {"fraction", "zonehour", "zoneminute"}:
            if tight and 0 < len(found[:most]) < most:
                raise _invalid(
                    found,
                    piece,
                    f"Field requires {most} characters, but only {len(found)} could be parsed.",
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
            raise (
                database_error("22008", f'date/time field value out of range: "{text}"')
                if name != "half"
                else (
                    database_error(
                        "22007",
                        f'hour "{value}" is invalid for the 12-hour clock',
                        hint="Use the 24-hour clock, or give an hour between 1 and 12.",
                    )
                )
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
        return moment_from(self._day() if dated else None, micros, zone)

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
