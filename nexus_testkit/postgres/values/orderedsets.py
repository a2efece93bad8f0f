"""Ordered-set and hypothetical-set aggregates (src/backend/utils/adt/orderedsetaggs.c).

The rows come as the array that `array_agg(value ORDER BY value)` makes, so their direct arguments are looked at even where there is no row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cmp_to_key
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, floats, interval
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.ordered import key_comparer, row_comparer


def percentile_disc(fraction: float | None, kind: str, rows: str | None) -> Any:
    """percentile_disc(fraction) WITHIN GROUP (ORDER BY value)."""
    return None if fraction is None else _disc(_checked(fraction), _values(kind, rows))


def percentile_cont(fraction: float | None, kind: str, rows: str | None) -> Any:
    """percentile_cont(fraction) WITHIN GROUP (ORDER BY float8 or interval)."""
    return None if fraction is None else _cont(_checked(fraction), _values(kind, rows), kind)


def percentiles_disc(fractions: str | None, kind: str, rows: str | None) -> str | None:
    """percentile_disc(fractions)."""
    return _several(fractions, _values(kind, rows), _disc)


def percentiles_cont(fractions: str | None, kind: str, rows: str | None) -> str | None:
    """percentile_cont(fractions)."""
    return _several(fractions, _values(kind, rows), lambda fraction, values: _cont(fraction, values, kind))


def _values(kind: str, rows: str | None) -> list[Any]:
    items = arrays.load(rows) if rows is not None else []
    return [arrays.element(item, kind) for item in items if item is not None]


def _checked(fraction: Any) -> float:
    number = floats.float_of(fraction)
    if not 0 <= number <= 1:
        raise database_error("22003", f"percentile value {number:g} is not between 0 and 1")
    return number


def _several(fractions: str | None, values: list[Any], compute: Callable[[float, list[Any]], Any]) -> str | None:
    if fractions is None or not values:
        return None

    def each(item: Any) -> Any:
        if isinstance(item, list):
            return [each(inner) for inner in item]
        return None if item is None else compute(_checked(item), values)

    return arrays.store(each(arrays.load(fractions)))


def _disc(fraction: float, values: list[Any]) -> Any:
    return values[max(math.ceil(fraction * len(values)) - 1, 0)] if values else None


def _cont(fraction: float, values: list[Any], kind: str) -> Any:
    if not values:
        return None
    place = fraction * (len(values) - 1)
    low, high = math.floor(place), math.ceil(place)
    if low == high:
        return values[low]
    if kind == "interval":
        gap = interval.subtract(values[high], values[low])
        return interval.add(interval.multiply(gap, place - low), values[low])
    first = floats.float_of(values[low])
    return floats.stored(first + (place - low) * (floats.float_of(values[high]) - first))


def mode(kind: str, rows: str | None) -> Any:
    """mode() WITHIN GROUP (ORDER BY value): of the most frequent the first."""
    compare = comparer(kind)
    best, most = None, 0
    here: Any = None
    count = 0
    for value in _values(kind, rows):
        if count and compare(here, value) == 0:
            count += 1
        else:
            here, count = value, 1
        if count > most:
            best, most = here, count
    return best


def hypothetical(name: str, keys: str, rows: str | None, *row: Any) -> Any:
    """rank, dense_rank, percent_rank, cume_dist of a row among others, were it one of them.

    `keys` is as in `ordered.Ordered`'s specification; `rows` is a JSON list of rows.
    """
    sorters = [key_comparer(key) for key in keys.split(",")]
    kinds = [key.rpartition(":")[0] for key in keys.split(",")]
    compare = row_comparer(sorters, 0)
    others = [
        tuple(arrays.element(item, kind) for item, kind in zip(other, kinds, strict=True)) for other in _rows(rows)
    ]
    before = [other for other in others if compare(other, row) < 0]
    if name == "rank":
        return len(before) + 1
    if name == "percent_rank":
        return len(before) / len(others) if others else 0.0
    if name == "cume_dist":
        return (sum(compare(other, row) <= 0 for other in others) + 1) / (len(others) + 1)
    before.sort(key=cmp_to_key(compare))
    groups = sum(at == 0 or compare(before[at - 1], each) != 0 for at, each in enumerate(before))
    return groups + 1


def _rows(rows: str | None) -> Iterator[list[Any]]:
    for row in arrays.load(rows) if rows is not None else []:
        yield arrays.load(row)
