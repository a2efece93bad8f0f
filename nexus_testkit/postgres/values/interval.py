"""interval: months, days and microseconds.

Storage is `"<months> <days> <microseconds>"`; `infinity` and `-infinity` stand for themselves. Two intervals are equal when their spans
are, a month being 30 days and a day 24 hours (src/backend/utils/adt/timestamp.c, `interval_cmp_value`), so compare
under the collation `pg_interval` or by `span`.
"""

from __future__ import annotations

import decimal
import math
import re
from decimal import Decimal

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.times import DAY_US, INFINITE, round_micros
from nexus_testkit.postgres.values.types import Typmod, modifiers

Triple = tuple[int, int, int]

MONTH_US = 30 * DAY_US
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


def pack(months: int, days: int, micros: int) -> str:
    """The storage of an interval."""
    return f"{months} {days} {micros}"


def unpack(storage: str) -> Triple:
    """Months, days and microseconds of a stored interval; 22008 for the infinite ones, which no arithmetic takes."""
    if storage in INFINITE:
        raise database_error("22008", "interval out of range")
    months, days, micros = storage.split(" ")
    return int(months), int(days), int(micros)


def span(storage: str) -> int:
    """Microseconds with months of 30 days: what PostgreSQL compares."""
    if storage in INFINITE:
        return 10**30 if storage == "infinity" else -(10**30)
    months, days, micros = unpack(storage)
    return months * MONTH_US + days * DAY_US + micros


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
    return apply_typmod(_check(triple), typmod)


def _check(triple: Triple) -> str:
    months, days, micros = triple
    if abs(months) >= 1 << 31 or abs(days) >= 1 << 31 or abs(micros) >= 1 << 63:
        raise database_error("22008", "interval out of range")
    return pack(months, days, micros)


def apply_typmod(storage: str, typmod: Typmod) -> str:
    """Round to the digits of `interval(p)`."""
    places = modifiers(typmod)
    if not places or storage in INFINITE:
        return storage
    months, days, micros = unpack(storage)
    if len(places) == 2:
        return pack(*_fields_alone(months, days, round_micros(micros, places[0]), places[1]))
    return pack(months, days, round_micros(micros, places[0]))


_ISO_ALTERNATIVE = re.compile(r"(\d+)-(\d+)-(\d+)(?:t(\d+):(\d+)(?::(\d+(?:\.\d*)?))?)?")
_LONE_SIGN = re.compile(r"([+-])\s+(?=\d)")
#: The bits of `interval year to month` and its kin (timestamp.h, INTERVAL_MASK), the unit of the smallest first.
_FIELD_BITS = ((4096, "second"), (2048, "minute"), (1024, "hour"), (8, "day"), (2, "month"), (4, "year"))


def _with_unit(text: str, mask: int) -> str:
    """The text, with the unit that the last number takes from the fields."""
    head, space, last = text.rpartition(" ")
    if re.fullmatch(r"[+-]?\d+(\.\d*)?", last):
        return f"{text} {next(unit for bit, unit in _FIELD_BITS if mask & bit)}"
    if mask == 6144 and re.fullmatch(r"[+-]?\d+:\d+(\.\d*)?", last):  # minutes and seconds
        sign = last[0] if last[0] in "+-" else ""
        return f"{head}{space}{sign}00:{last.lstrip('+-')}"
    return text


def _fields_alone(months: int, days: int, micros: int, mask: int) -> Triple:
    """AdjustIntervalForTypmod: what is smaller than the smallest field is cut off."""
    smallest = next(unit for bit, unit in _FIELD_BITS if mask & bit)
    if smallest == "year":
        return int(months / 12) * 12, 0, 0
    if smallest == "month":
        return months, 0, 0
    if smallest == "day":
        return months, days, 0
    unit = {"hour": 3_600_000_000, "minute": 60_000_000}.get(smallest, 1)
    return months, days, (micros // unit if micros >= 0 else -(-micros // unit)) * unit


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


def _sum(a: Triple, b: Triple) -> Triple:
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


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
            total = _sum(total, (int(token["years"]) * 12 + sign * int(token["months"]), 0, 0))
        elif token["hour"] is not None:
            total = _sum(total, (0, 0, _clock(token)))
        else:
            part = _numbered(token, text, at)
            unit = _UNITS.get(token["unit"] or "second")
            if part is None or unit in units:
                return None
            units.add(unit)
            total = _sum(total, part)
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
            total = _sum(total, _measure(Decimal(token[1]), *_UNITS[units[token[2]]]))
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


def add(left: str, right: str) -> str:
    """left + right."""
    return _check(_sum(unpack(left), unpack(right)))


def negate(storage: str) -> str:
    """-storage."""
    if storage in INFINITE:
        return "-infinity" if storage == "infinity" else "infinity"
    months, days, micros = unpack(storage)
    return pack(-months, -days, -micros)


def subtract(left: str, right: str) -> str:
    """left - right."""
    return add(left, negate(right))


def multiply(storage: str, factor: float | str) -> str:
    """storage * factor; fractions of months become days of 30, fractions of days become time (`interval_mul`)."""
    if isinstance(factor, str):
        raise database_error("22008", "interval out of range")
    if storage in INFINITE or math.isinf(factor):
        return _infinite_product(storage, factor)
    months, days, micros = unpack(storage)
    return _scaled(months, days, micros, lambda n: n * factor)


def _infinite_product(storage: str, factor: float) -> str:
    """interval_mul and interval_div where one side is infinite: zero times infinity is out of range."""
    own = _sign_of(storage)
    if not own or not factor:
        raise database_error("22008", "interval out of range")
    return "infinity" if (own > 0) == (factor > 0) else "-infinity"


def _sign_of(storage: str) -> int:
    if storage in INFINITE:
        return -1 if storage[0] == "-" else 1
    size = span(storage)
    return (size > 0) - (size < 0)


def divide(storage: str, divisor: float | str) -> str:
    """storage / divisor; 22012 by zero."""
    if divisor == 0:
        raise database_error("22012", "division by zero")
    if isinstance(divisor, str):
        raise database_error("22008", "interval out of range")
    if storage in INFINITE:
        if math.isinf(divisor):
            raise database_error("22008", "interval out of range")
        return _infinite_product(storage, divisor)
    months, days, micros = unpack(storage)
    return _scaled(months, days, micros, lambda n: n / divisor)


def _scaled(months: int, days: int, micros: int, by: object) -> str:
    apply = by
    if not callable(apply):
        raise TypeError(by)
    month_product, day_product = apply(months), apply(days)
    new_months, new_days = int(month_product), int(day_product)
    # timestamp.c: TSROUND keeps six digits, so that 0.1 month is 3 days and not 2.9999
    rest_days = _six((month_product - new_months) * 30)
    seconds = _six((day_product - new_days + rest_days - int(rest_days)) * 86_400)
    if abs(seconds) >= 86_400:
        extra = int(seconds / 86_400)
        new_days += extra
        seconds -= extra * 86_400
    new_days += int(rest_days)
    return _check((new_months, new_days, round(apply(micros) + seconds * 1_000_000)))


def _six(value: float) -> float:
    return round(value * 1_000_000) / 1_000_000


def justify_hours(storage: str) -> str:
    """24 hours become a day."""
    months, days, micros = unpack(storage)
    extra = int(math.copysign(abs(micros) // DAY_US, micros))
    days, micros = days + extra, micros - extra * DAY_US
    if days > 0 > micros:
        days, micros = days - 1, micros + DAY_US
    elif days < 0 < micros:
        days, micros = days + 1, micros - DAY_US
    return pack(months, days, micros)


def justify_days(storage: str) -> str:
    """30 days become a month."""
    months, days, micros = unpack(storage)
    extra = int(math.copysign(abs(days) // 30, days))
    months, days = months + extra, days - extra * 30
    if months > 0 > days:
        months, days = months - 1, days + 30
    elif months < 0 < days:
        months, days = months + 1, days - 30
    return pack(months, days, micros)


def justify_interval(storage: str) -> str:
    """Both, and then all parts get one sign (timestamp.c, `interval_justify_interval`)."""
    months, days, micros = unpack(storage)
    whole = int(math.copysign(abs(micros) // DAY_US, micros))
    days, micros = days + whole, micros - whole * DAY_US
    extra = int(math.copysign(abs(days) // 30, days))
    months, days = months + extra, days - extra * 30
    if months > 0 and (days, micros) < (0, 0):
        months, days = months - 1, days + 30
    elif months < 0 and (days, micros) > (0, 0):
        months, days = months + 1, days - 30
    if days > 0 > micros:
        days, micros = days - 1, micros + DAY_US
    elif days < 0 < micros:
        days, micros = days + 1, micros - DAY_US
    return pack(months, days, micros)


def make(years: int, months: int, weeks: int, days: int, hours: int, minutes: int, seconds: float) -> str:
    """make_interval(...)."""
    if isinstance(seconds, str) or math.isinf(seconds):
        raise database_error("22008", "interval out of range")
    micros = (hours * 60 + minutes) * 60_000_000 + round(seconds * 1_000_000)
    return _check((years * 12 + months, weeks * 7 + days, micros))
