"""interval as text: its input in all forms, its output in the style `postgres` (src/backend/utils/adt/datetime.c)."""

from __future__ import annotations

import decimal
import math
import re
from decimal import Decimal

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.interval import FIELD_BITS, Triple, apply_typmod, checked, together, unpack
from nexus_testkit.postgres.values.times import DAY_US, INFINITE
from nexus_testkit.postgres.values.types import Typmod, modifiers

_UNITS: dict[str, tuple[str, int]] = {}
for _names, _kind, _factor in (
    ("microsecond usec usecond us usecs useconds microsecs", "us", 1),
    ("millisecond msec msecond ms msecs mseconds millisecs", "us", 1_000),
    ("second sec s secs", "us", 1_000_000),
    ("minute min m mins", "us", 60_000_000),
    ("hour hr h hrs", "us", 3_600_000_000),
    ("day d", "day", 1),
    ("week w", "day", 7),
    ("month mon mons", "month", 1),
    ("year yr y yrs", "month", 12),
    ("decade dec decs", "month", 120),
    ("century cent c centuries", "month", 1200),
    ("millennium mil mils millennia", "month", 12000),
):
    for _name in _names.split():
        _UNITS[_name] = (_kind, _factor)
        _UNITS.setdefault(f"{_name}s", (_kind, _factor))


_TOKEN = re.compile(
    r"\s*(?:(?P<years>[+-]?\d+)-(?P<months>\d+)(?![\d:])"
    r"|(?P<sign>[+-]?)(?P<hour>\d+):(?P<minute>\d+)(?::(?P<second>\d+))?(?P<fraction>\.\d*)?"
    r"|(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))\s*(?P<unit>[a-z]+)?"
    r"|(?P<ago>ago)(?=\s*\Z))\s*"
)
_ISO = re.compile(r"(-?\d+(?:\.\d*)?|-?\.\d+)([ymwdhs])")


def parse(text: str, typmod: Typmod = None) -> str:
    """The storage of an interval's input text; 22007 if it is malformed."""
    lowered = text.strip().lower()
    if lowered in INFINITE:
        return lowered
    given = modifiers(typmod)
    if len(given) == 2:
        lowered = _with_unit(lowered, given[1])
    lowered = _LONE_SIGN.sub(r"\1", lowered)
    if not lowered.isascii() or re.fullmatch(r"[+-]?\d+-\d+-\d+", lowered):
        triple = None
    else:
        triple = _iso(lowered[1:]) if lowered[:1] == "p" else _verbose(lowered)
    if triple is None:
        raise database_error("22007", f'invalid input syntax for type interval: "{text}"')
    if (
        any(len(digits) > 18 for digits in re.findall(r"\d+", lowered.partition(".")[0]))
        or abs(triple[0]) >= 12 << 31
        or abs(triple[1]) >= 7 << 31
    ):
        raise database_error("22015", f'interval field value out of range: "{text}"')
    return apply_typmod(checked(triple), typmod)


_ISO_ALTERNATIVE = re.compile(r"(\d+)-(\d+)-(\d+)(?:t(\d+):(\d+)(?::(\d+(?:\.\d*)?))?)?")
_LONE_SIGN = re.compile(r"([+-])\s+(?=\d)")


def _with_unit(text: str, mask: int) -> str:
    """The text, with the unit that the last number takes from the fields."""
    head, space, last = text.rpartition(" ")
    if re.fullmatch(r"[+-]?\d+(\.\d*)?", last):
        return f"{text} {next(unit for bit, unit in FIELD_BITS if mask & bit)}"
    if mask == 6144 and re.fullmatch(r"[+-]?\d+:\d+(\.\d*)?", last):  # minutes and seconds
        sign = last[0] if last[0] in "+-" else ""
        return f"{head}{space}{sign}00:{last.lstrip('+-')}"
    return text


def _round_even(value: Decimal) -> int:
    return int(value.to_integral_value(rounding=decimal.ROUND_HALF_EVEN))


def _measure(number: Decimal, kind: str, factor: int) -> Triple:
    """A number of units; a fraction cascades to the smaller ones (datetime.c, AdjustFractDays and kin)."""
    if kind == "us":
        return 0, 0, _round_even(number * factor)
    whole = int(number)
    fraction = number - whole
    if kind == "day":
        if not fraction:
            return 0, whole * factor, 0
        more = fraction * factor
        extra = int(more)
        return 0, whole * factor + extra, _round_even((more - extra) * DAY_US)
    if factor > 1:  # years and longer: the fraction is rounded to whole months
        return whole * factor + _round_even(fraction * factor), 0, 0
    rest = fraction * 30
    days = int(rest)
    return whole, days, _round_even((rest - days) * DAY_US)


def _verbose(text: str) -> Triple | None:
    text = text.replace("@", " ").strip()  # punctuation that only parts (ParseDateTime)
    at, total, seen = 0, (0, 0, 0), False
    units: set[tuple[str, int] | None] = set()
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.end() == at:
            return None
        at = token.end()
        if token["ago"]:
            if not seen:
                return None
            total = (-total[0], -total[1], -total[2])
        elif token["years"] is not None:
            sign = -1 if token["years"].startswith("-") else 1
            total = together(total, (int(token["years"]) * 12 + sign * int(token["months"]), 0, 0))
        elif token["hour"] is not None:
            total = together(total, (0, 0, _clock(token)))
        else:
            part = _numbered(token, text, at)
            unit = _UNITS.get(token["unit"] or "second")
            if part is None or unit in units:
                return None
            units.add(unit)
            total = together(total, part)
        seen = True
    return total if seen else None


def _clock(token: re.Match[str]) -> int:
    first, second, third = int(token["hour"]), int(token["minute"]), token["second"]
    if third is None and token["fraction"]:
        hours, minutes, seconds = 0, first, second  # 1:30.5 is minutes and seconds
    else:
        hours, minutes, seconds = first, second, int(third or 0)
    if minutes > 59 or seconds > 60:
        raise database_error("22015", f'interval field value out of range: "{token.string}"')
    micros = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
    if token["fraction"] and token["fraction"] != ".":
        micros += _round_even(Decimal(token["fraction"]) * 1_000_000)
    return -micros if token["sign"] == "-" else micros


def _numbered(token: re.Match[str], text: str, at: int) -> Triple | None:
    number = Decimal(token["number"])
    unit = token["unit"]
    if unit is None:
        following = _TOKEN.match(text, at)
        if following is not None and following["hour"] is not None:
            return _measure(number, "day", 1)  # "3 4:05:06"
        return _measure(number, "us", 1_000_000) if at == len(text) else None
    known = _UNITS.get(unit)
    return _measure(number, *known) if known else None


def _iso(text: str) -> Triple | None:
    date_part, mark, time_part = text.partition("t")
    if not date_part and not mark:
        return None
    whole = _ISO_ALTERNATIVE.fullmatch(text)
    if whole is not None:
        years, months, days, hours, minutes = (int(whole[at] or 0) for at in range(1, 6))
        seconds = _round_even(Decimal(whole[6] or 0) * 1_000_000)
        return years * 12 + months, days, (hours * 60 + minutes) * 60_000_000 + seconds
    total = (0, 0, 0)
    for part, units in (
        (date_part, {"y": "year", "m": "month", "w": "week", "d": "day"}),
        (time_part, {"h": "hour", "m": "minute", "s": "second"}),
    ):
        at = 0
        while at < len(part):
            token = _ISO.match(part, at)
            if token is None or token[2] not in units:
                return None
            at = token.end()
            total = together(total, _measure(Decimal(token[1]), *_UNITS[units[token[2]]]))
    return total


def to_text(storage: str) -> str:
    """The interval in the style `postgres`: `1 year 2 mons 3 days 04:05:06.789`."""
    if storage in INFINITE:
        return storage
    months, days, micros = unpack(storage)
    years = int(math.copysign(abs(months) // 12, months))
    months -= years * 12
    words: list[str] = []
    negative = False
    for count, name in ((years, "year"), (months, "mon"), (days, "day")):
        if count:
            plus = "+" if negative and count > 0 else ""
            words.append(f"{plus}{count} {name}{'' if count == 1 else 's'}")
            negative = count < 0
    if micros or not words:
        sign = "-" if micros < 0 else "+" if negative else ""
        words.append(sign + _clock_text(abs(micros)))
    return " ".join(words)


def _clock_text(micros: int) -> str:
    seconds, rest = divmod(micros, 1_000_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{hour:02d}:{minute:02d}:{second:02d}"
    return f"{text}.{rest:06d}".rstrip("0") if rest else text
