"""generate_series: lists of numbers and moments.

Limits: a series of more than two million rows is refused: the server makes them one by one, the fake all at once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, interval, moments, numeric
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.times import INFINITE

_MOST = 2_000_000


def _refuse_long(count: int) -> None:
    if count > _MOST:
        raise UnsupportedSQL(f"a series of more than {_MOST:,} rows")


def series(start: int, stop: int, step: int = 1) -> str:
    """generate_series of integers, as a JSON list for json_each."""
    if step == 0:
        raise database_error("22023", "step size cannot equal zero")
    found = range(start, stop + (1 if step > 0 else -1), step)
    _refuse_long((found[-1] - start) // step + 1 if found else 0)
    return arrays.store(list(found))


def numeric_series(start: str, stop: str, step: str = "1") -> str:
    """generate_series of numerics."""
    for value, words in ((start, "start value"), (stop, "stop value"), (step, "step size")):
        if value == "NaN":
            raise database_error("22023", f"{words} cannot be NaN")
        if value in ("Infinity", "-Infinity"):
            raise database_error("22023", f"{words} cannot be infinity")
    sign = numeric.compare(step, "0")
    if sign == 0:
        raise database_error("22023", "step size cannot equal zero")
    found: list[str] = []
    here = start
    while numeric.compare(here, stop) * sign <= 0:
        found.append(here)
        _refuse_long(len(found))
        here = numeric.add(here, step)
    return arrays.store(found)


def _direction(start: str, stop: str, step: str) -> int:
    if step in INFINITE:
        raise database_error("22023", "step size cannot be infinite")
    sign = interval.span(step)
    if sign and (start in INFINITE or stop == ("infinity" if sign > 0 else "-infinity")):
        raise UnsupportedSQL("a series of moments without end")
    return sign


def time_series(start: str, stop: str, step: str) -> str:
    """generate_series of timestamps."""
    return _moments(start, stop, step, moments.timestamp_add)


def time_series_zoned(session: ValueSession, start: str, stop: str, step: str) -> str:
    """generate_series of timestamptz."""
    return _moments(start, stop, step, partial(moments.timestamptz_add, session))


def _moments(start: str, stop: str, step: str, add: Callable[[str, str], str]) -> str:
    sign = _direction(start, stop, step)
    if sign == 0:
        raise database_error("22023", "step size cannot equal zero")
    found: list[str] = []
    here = start
    while here <= stop if sign > 0 else here >= stop:
        found.append(here)
        _refuse_long(len(found))
        here = add(here, step)
    return arrays.store(found)
