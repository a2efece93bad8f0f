"""to_date and to_timestamp: dates and times read by a pattern (src/backend/utils/adt/formatting.c).

Limits: the numeric patterns, month names, AM/PM and literal text; week-based and Julian patterns, zones and FX are refused.
"""

from __future__ import annotations

import re
from functools import lru_cache

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.times import moment_of, timestamp_text, to_utc

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {"YYYY": 4, "YY": 2, "MM": 2, "DD": 2, "HH24": 2, "HH12": 2, "HH": 2, "MI": 2, "SS": 2, "MS": 3, "US": 6}
_NAMES = frozenset({"MONTH", "MON", "DAY", "DY", "AM", "PM"})
_REFUSED = re.compile(
    r"IYYY|IYY|IW|ID|WW|DDD|FX|TZH|TZM|TZ|OF|CC|RM|SSSS|FF\d|Y,YYY|YYY|[AB]\.?[DCM]\.|J|Q|W|D(?![DY])|I(?!$)|TH",
    re.IGNORECASE,
)
_FIELD = re.compile(
    "|".join(sorted([*_NUMBERS, *_NAMES], key=len, reverse=True)) + r'|FM|"(?P<quoted>[^"]*)"|(?P<other>.)',
    re.IGNORECASE | re.DOTALL,
)


@lru_cache(maxsize=256)
def _fields(pattern: str) -> list[tuple[str, str, bool]]:
    """Field, or `'` and a literal character; how it is written; whether another number follows without a separator."""
    found: list[tuple[str, str]] = []
    for token in _FIELD.finditer(pattern):
        if token["quoted"] is not None:
            found.extend(("'" + char, char) for char in token["quoted"])
        elif token["other"] is not None:
            if token["other"].isalpha() and _REFUSED.match(pattern, token.start()):
                raise UnsupportedSQL(f"to_date and to_timestamp with the pattern {pattern!r}")
            found.append(("'" + token["other"], token["other"]))
        elif token.group().upper() != "FM":
            found.append((token.group().upper(), token.group()))
    names = [name for name, _ in found]
    return [
        (name, written, name in _NUMBERS and at + 1 < len(found) and names[at + 1] in _NUMBERS)
        for at, (name, written) in enumerate(found)
    ]


def _scan(text: str, pattern: str) -> dict[str, int]:
    got: dict[str, int] = {}
    at = 0
    for name, written, tight in _fields(pattern):
        if name[0] == "'":
            if (at < len(text) and (text[at] == name[1] or not (text[at].isalnum() or name[1].isalnum()))) or (
                name[1].isalnum() and at < len(text)
            ):
                at += 1
            continue
        while at < len(text) and (text[at].isspace() or (not text[at].isalnum() and text[at] not in "+-")):
            at += 1
        if name in _NAMES:
            at = _name(name, written, text, at, got)
            continue
        if at >= len(text):
            break  # fields that the text lacks keep their defaults
        most = _NUMBERS[name] if tight or name != "YYYY" else 6
        digits = re.compile(rf"\d{{1,{most}}}").match(text, at)
        if digits is None:
            shown = text[at : at + _NUMBERS[name]]
            raise database_error(
                "22007", f'invalid value "{shown}" for "{written}"', detail="Value must be an integer."
            )
        at = digits.end()
        value = int(digits.group())
        if name == "YY":
            value += 2000 if value < 70 else 1900
        if name in {"MS", "US"}:
            value = int(digits.group().ljust(_NUMBERS[name], "0"))
        got["YYYY" if name == "YY" else "HH12" if name == "HH" else name] = value
    return got


def _name(name: str, written: str, text: str, at: int, got: dict[str, int]) -> int:
    word = re.compile(r"[A-Za-z]*").match(text, at)
    letters = word.group().lower() if word else ""
    if name in {"AM", "PM"}:
        if letters[:2] not in {"am", "pm"}:
            raise database_error(
                "22007",
                f'invalid value "{text[at : at + 2]}" for "{written}"',
                detail="The given value did not match any of the allowed values for this field.",
            )
        got["PM"] = int(letters.startswith("p"))
        return at + 2
    if name in {"MONTH", "MON"}:
        if letters[:3] not in _MONTHS:
            raise database_error(
                "22007",
                f'invalid value "{text[at:].split(" ", maxsplit=1)[0]}" for "{written}"',
                detail="The given value did not match any of the allowed values for this field.",
            )
        got["MM"] = _MONTHS.index(letters[:3]) + 1
        return at + (3 if name == "MON" else len(letters))
    return at + (3 if name == "DY" else len(letters))


def _moment(text: str, pattern: str) -> str:
    got = _scan(text, pattern)
    hour = got.get("HH24", 0)
    if "HH12" in got:
        hour = got["HH12"]
        if not 1 <= hour <= 12:
            raise database_error(
                "22007",
                f'hour "{hour}" is invalid for the 12-hour clock',
                hint="Use the 24-hour clock, or give an hour between 1 and 12.",
            )
        hour = hour % 12 + (12 if got.get("PM") else 0)
    micros = got.get("US", 0) + 1000 * got.get("MS", 0)
    stored = (
        f"{got.get('YYYY', 1):04d}-{got.get('MM', 1):02d}-{got.get('DD', 1):02d} "
        f"{hour:02d}:{got.get('MI', 0):02d}:{got.get('SS', 0):02d}.{micros:06d}"
    )
    if "YYYY" not in got:
        raise UnsupportedSQL("to_date and to_timestamp without a year (PostgreSQL answers in the year 1 BC)")
    try:
        moment_of(stored)
    except ValueError:
        raise database_error("22008", f'date/time field value out of range: "{text}"') from None
    return stored


def to_date(text: str, pattern: str) -> str:
    """to_date(text, pattern)."""
    return _moment(text, pattern)[:10]


def to_timestamp(session: ValueSession, text: str, pattern: str) -> str:
    """to_timestamp(text, pattern), in the session's zone."""
    return timestamp_text(to_utc(moment_of(_moment(text, pattern)), session.zone))
