"""Julian days and ISO weeks of any year (src/backend/utils/adt/{datetime,timestamp}.c). Year 0 is 1 BC."""

from __future__ import annotations

#: Julian day of 0001-01-01, which Python's ordinals call 1.
FIRST = 1_721_426


def julian(year: int, month: int, day: int) -> int:
    """date2j."""
    if month > 2:
        month, year = month + 1, year + 4800
    else:
        month, year = month + 13, year + 4799
    century = _quotient(year, 100)
    result = year * 365 - 32167
    result += _quotient(year, 4) - century + _quotient(century, 4)
    return result + _quotient(7834 * month, 256) + day


def _quotient(number: int, by: int) -> int:
    """C's division, towards zero."""
    return number // by if number >= 0 else -(-number // by)


def of_julian(day: int) -> tuple[int, int, int]:
    """j2date: year, month and day."""
    julian_day = day + 32044
    quad, rest = divmod(julian_day, 146_097)
    extra = rest * 4 + 3
    julian_day += 60 + quad * 3 + extra // 146_097
    quad, rest = divmod(julian_day, 1461)
    year = rest * 4 // 1461
    rest = ((rest + 305) % 365 if year else (rest + 306) % 366) + 123
    year += quad * 4
    month = rest * 2141 // 65536
    return year - 4800, (month + 10) % 12 + 1, rest - 7834 * month // 256


def weekday(day: int) -> int:
    """j2day: 0 is Sunday."""
    return (day + 1) % 7


def week_start(year: int, week: int) -> int:
    """isoweek2j: the Julian day on which an ISO week begins."""
    fourth = julian(year, 1, 4)
    return (week - 1) * 7 + fourth - weekday(fourth - 1)


def iso_week(year: int, month: int, day: int) -> tuple[int, int]:
    """date2isoyear and date2isoweek."""
    here = julian(year, month, day)
    if here < week_start(year, 1):
        year -= 1
    week = _quotient(here - week_start(year, 1), 7) + 1
    if week >= 53 and here >= week_start(year + 1, 1):
        year += 1
        week = _quotient(here - week_start(year, 1), 7) + 1
    return year, week
