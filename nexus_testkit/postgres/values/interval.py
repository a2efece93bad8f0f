"""interval: months, days and microseconds.

Storage is `"<months> <days> <microseconds>"`; `infinity` and `-infinity` stand for themselves. Two intervals are equal when their spans
are, a month being 30 days and a day 24 hours (src/backend/utils/adt/timestamp.c, `interval_cmp_value`), so compare
under the collation `pg_interval` or by `span`.
"""

from __future__ import annotations

import math

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.times import DAY_US, INFINITE, round_micros
from nexus_testkit.postgres.values.types import Typmod, modifiers

Triple = tuple[int, int, int]

MONTH_US = 30 * DAY_US


def pack(months: int, days: int, micros: int) -> str:
    """The storage of an interval."""
    return f"{months} {days} {micros}"


def unpack(storage: str, wrong: str = "interval out of range", code: str = "22008") -> Triple:
    """Months, days and microseconds of a stored interval; an infinite one has none, which is the error `code`."""
    if storage in INFINITE:
        raise database_error(code, wrong)
    months, days, micros = storage.split(" ")
    return int(months), int(days), int(micros)


def span(storage: str) -> int:
    """Microseconds with months of 30 days: what PostgreSQL compares."""
    if storage in INFINITE:
        return 10**30 if storage == "infinity" else -(10**30)
    months, days, micros = unpack(storage)
    return months * MONTH_US + days * DAY_US + micros


def checked(triple: Triple) -> str:
    """The storage of an interval; 22008 where a part of it is out of range."""
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


#: The bits of `interval year to month` and its kin (timestamp.h, INTERVAL_MASK), the unit of the smallest first.
FIELD_BITS = ((4096, "second"), (2048, "minute"), (1024, "hour"), (8, "day"), (2, "month"), (4, "year"))


def _fields_alone(months: int, days: int, micros: int, mask: int) -> Triple:
    """AdjustIntervalForTypmod: what is smaller than the smallest field is cut off."""
    smallest = next(unit for bit, unit in FIELD_BITS if mask & bit)
    if smallest == "year":
        return int(months / 12) * 12, 0, 0
    if smallest == "month":
        return months, 0, 0
    if smallest == "day":
        return months, days, 0
    unit = {"hour": 3_600_000_000, "minute": 60_000_000}.get(smallest, 1)
    return months, days, (micros // unit if micros >= 0 else -(-micros // unit)) * unit


def together(a: Triple, b: Triple) -> Triple:
    """The sum, part by part."""
    return a[0] + b[0], a[1] + b[1], a[2] + b[2]


def add(left: str, right: str) -> str:
    """left + right; 22008 for infinities of two signs."""
    if left in INFINITE or right in INFINITE:
        if {left, right} == INFINITE:
            raise database_error("22008", "interval out of range")
        return left if left in INFINITE else right
    return checked(together(unpack(left), unpack(right)))


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
    return checked((new_months, new_days, round(apply(micros) + seconds * 1_000_000)))


def _six(value: float) -> float:
    return round(value * 1_000_000) / 1_000_000


def justify_hours(storage: str) -> str:
    """24 hours become a day."""
    if storage in INFINITE:
        return storage
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
    if storage in INFINITE:
        return storage
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
    if storage in INFINITE:
        return storage
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
    return checked((years * 12 + months, weeks * 7 + days, micros))
