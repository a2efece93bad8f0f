"""to_char of dates and times (src/backend/utils/adt/formatting.c).

Limits: the patterns are those of `_FIELDS`, with the prefix FM and the suffixes TH and th; others are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.postgres.values import times
from nexus_testkit.postgres.values.session import ValueSession

_MONTHS = [
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
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_ROMAN = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII"]

Field = tuple[Callable[[datetime], int], int]

#: Numbers: how to get them, and their width without FM.
_NUMBERS: dict[str, Field] = {
    "YYYY": (lambda t: t.year, 4),
    "YYY": (lambda t: t.year % 1000, 3),
    "YY": (lambda t: t.year % 100, 2),
    "Y": (lambda t: t.year % 10, 1),
    "IYYY": (lambda t: t.isocalendar().year, 4),
    "IYY": (lambda t: t.isocalendar().year % 1000, 3),
    "IY": (lambda t: t.isocalendar().year % 100, 2),
    "IW": (lambda t: t.isocalendar().week, 2),
    "IDDD": (lambda t: (t.isocalendar().week - 1) * 7 + t.isoweekday(), 3),
    "ID": (lambda t: t.isoweekday(), 1),
    "WW": (lambda t: (t.timetuple().tm_yday - 1) // 7 + 1, 2),
    "W": (lambda t: (t.day - 1) // 7 + 1, 1),
    "MM": (lambda t: t.month, 2),
    "DDD": (lambda t: t.timetuple().tm_yday, 3),
    "DD": (lambda t: t.day, 2),
    "D": (lambda t: t.isoweekday() % 7 + 1, 1),
    "HH24": (lambda t: t.hour, 2),
    "HH12": (lambda t: (t.hour - 1) % 12 + 1, 2),
    "HH": (lambda t: (t.hour - 1) % 12 + 1, 2),
    "MI": (lambda t: t.minute, 2),
    "SSSSS": (lambda t: t.hour * 3600 + t.minute * 60 + t.second, 1),
    "SSSS": (lambda t: t.hour * 3600 + t.minute * 60 + t.second, 1),
    "SS": (lambda t: t.second, 2),
    "MS": (lambda t: t.microsecond // 1000, 3),
    "US": (lambda t: t.microsecond, 6),
    "Q": (lambda t: (t.month + 2) // 3, 1),
    "CC": (lambda t: (t.year + 99) // 100, 2),
    "J": (lambda t: t.toordinal() + 1_721_425, 1),
    **{f"FF{digits}": ((lambda t, cut=10 ** (6 - digits): t.microsecond // cut), digits) for digits in range(1, 7)},  # type: ignore[misc]  # binds the loop's value
}
_NAMES = (
    "MONTH",
    "MON",
    "DAY",
    "DY",
    "RM",
    "AM",
    "PM",
    "A.M.",
    "P.M.",
    "AD",
    "BC",
    "A.D.",
    "B.C.",
    "TZH",
    "TZM",
    "TZ",
    "OF",
    "Y,YYY",
)
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)"?|(?P<fill>FM|fm)|(?P<exact>FX|TM)'
    "|(?P<field>"
    + "|".join(re.escape(name) for name in sorted([*_NUMBERS, *_NAMES], key=len, reverse=True))
    + r")(?P<ordinal>TH|th)?|(?P<other>\\.|.)",
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=256)
def _tokens(pattern: str) -> list[re.Match[str]]:
    return list(_TOKEN.finditer(pattern))


def _ordinal(number: int, upper: bool) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return ending.upper() if upper else ending


def _cased(name: str, written: str) -> str:
    if written.isupper():
        return name.upper()
    return name.lower() if written[0].islower() else name


def _named(field: str, written: str, moment: datetime, offset: timedelta | None, fill: bool) -> str:
    if field in {"MONTH", "DAY"}:
        name = _MONTHS[moment.month - 1] if field == "MONTH" else _DAYS[moment.weekday()]
        return _cased(name, written) if fill else _cased(name, written).ljust(9)
    if field in {"MON", "DY"}:
        name = _MONTHS[moment.month - 1] if field == "MON" else _DAYS[moment.weekday()]
        return _cased(name[:3], written)
    if field == "RM":
        name = _ROMAN[moment.month - 1]
        name = name.lower() if written.islower() else name
        return name if fill else name.ljust(4)
    if field in {"AM", "PM", "A.M.", "P.M."}:
        half = ("p.m." if moment.hour >= 12 else "a.m.") if "." in field else "pm" if moment.hour >= 12 else "am"
        return half.upper() if written[0].isupper() else half
    if field in {"AD", "BC", "A.D.", "B.C."}:
        era = "a.d." if "." in field else "ad"
        return era.upper() if written[0].isupper() else era
    if field == "Y,YYY":
        return f"{moment.year // 1000},{moment.year % 1000:03d}"
    return _zone(field, written, offset)


def _zone(field: str, written: str, offset: timedelta | None) -> str:
    if offset is None:
        return "" if field == "TZ" else "+00"[: 3 if field != "TZM" else 0] + ("00" if field == "TZM" else "")
    minutes = int(offset.total_seconds()) // 60
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    if field == "TZH":
        return f"{sign}{hours:02d}"
    if field == "TZM":
        return f"{rest:02d}"
    if field == "OF":
        return f"{sign}{hours:02d}" + (f":{rest:02d}" if rest else "")
    if minutes:
        raise UnsupportedSQL("to_char's TZ in a zone other than UTC")
    return "utc" if written.islower() else "UTC"


def _format(moment: datetime, pattern: str, offset: timedelta | None) -> str:
    out: list[str] = []
    fill = False
    for token in _tokens(pattern):
        if token["field"]:
            written = token["field"]
            field = written.upper()
            number = _NUMBERS.get(field)
            if number is None:
                out.append(_named(field, written, moment, offset, fill))
            else:
                value = number[0](moment)
                text = (
                    str(value)
                    if fill and field not in {"MS", "US"} and not field.startswith("FF")
                    else f"{value:0{number[1]}d}"
                )
                out.append(text + (_ordinal(value, token["ordinal"].isupper()) if token["ordinal"] else ""))
                fill = False
                continue
            out.append(token["ordinal"] or "")
            fill = False
        elif token["fill"]:
            fill = True
        elif token["exact"]:
            raise UnsupportedSQL(f"to_char's modifier {token['exact']}")
        elif token["quoted"] is not None:
            out.append(re.sub(r"\\(.)", r"\1", token["quoted"]))
        else:
            other = token["other"]
            out.append(other[1:] if len(other) == 2 and other[1] == '"' else other)
    return "".join(out)


def timestamp_to_char(storage: str, pattern: str) -> str | None:
    """to_char(timestamp, pattern); NULL for the infinite ones."""
    if storage in times.INFINITE or not pattern:
        return None
    return _format(times.moment_of(storage), pattern, None)


def timestamptz_to_char(session: ValueSession, storage: str, pattern: str) -> str | None:
    """to_char(timestamptz, pattern), in the session's zone."""
    if storage in times.INFINITE or not pattern:
        return None
    utc = times.moment_of(storage)
    return _format(times.to_local(utc, session.zone), pattern, session.offset(utc))
