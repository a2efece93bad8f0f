"""Functions that make arrays: array_fill, array_sort, array_sample and their kin (src/backend/utils/adt/{arrayfuncs,array_userfuncs}.c)."""

from __future__ import annotations

from typing import Any

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.registry import sort_key
from nexus_testkit.postgres.values.session import ValueSession

_MOST = 134_217_727


def filled(item: Any, sizes: str | None, *bounds: str | None) -> str:
    """array_fill(item, dimensions[, lower bounds])."""
    if sizes is None or None in bounds:
        raise database_error("22004", "dimension array or low bound array cannot be null")
    wanted, starts = (
        arrays.load(sizes),
        [start for bound in bounds if bound is not None for start in arrays.load(bound)],
    )
    if any(isinstance(size, list) for size in [*wanted, *starts]):
        detail = "Dimension array must be one dimensional."
        raise database_error("2202E", "wrong number of array subscripts", detail=detail)
    if None in wanted or None in starts:
        raise database_error("22004", "dimension values cannot be null")
    if bounds and len(starts) != len(wanted):
        detail = "Low bound array has different size than dimensions array."
        raise database_error("2202E", "wrong number of array subscripts", detail=detail)
    if len(wanted) > 6:
        raise database_error("54000", f"number of array dimensions ({len(wanted)}) exceeds the maximum allowed (6)")
    count = 1
    for size in wanted:
        if size < 0 or count * size > _MOST:
            raise database_error("54000", f"array size exceeds the maximum allowed ({_MOST})")
        count *= size
    if not wanted or not count:
        return "[]"
    if any(start != 1 for start in starts):
        raise UnsupportedSQL("an array whose lower bound is not 1")
    made: Any = item
    for size in reversed(wanted):
        made = [made] * size
    return arrays.store(made)


def sorted_by(element_type: str, array: str, descending: int, nulls_first: int) -> str:
    """array_sort(array, descending, nulls_first)."""
    items = arrays.load(array)
    nested = any(isinstance(item, list) for item in items)
    key = sort_key(f"{element_type}[]" if nested else element_type)
    known = [item for item in items if item is not None]
    nulls = [None] * (len(items) - len(known))
    if nested:
        known.sort(key=lambda item: key(arrays.store(item)), reverse=bool(descending))
    else:
        known.sort(key=lambda item: key(arrays.element(item, element_type)), reverse=bool(descending))
    return arrays.store([*nulls, *known] if nulls_first else [*known, *nulls])


def shuffled(session: ValueSession, array: str) -> str:
    """array_shuffle(array)."""
    items = arrays.load(array)
    session.random.shuffle(items)
    return arrays.store(items)


def sample(session: ValueSession, array: str, count: int) -> str:
    """array_sample(array, n)."""
    items = arrays.load(array)
    if not 0 <= count <= len(items):
        raise database_error("22023", f"sample size must be between 0 and {len(items)}")
    return arrays.store(session.random.sample(items, count))


def bucket_of(element_type: str, value: Any, thresholds: str) -> int:
    """width_bucket(value, thresholds): how many of the sorted thresholds are not above the value."""
    items = arrays.load(thresholds)
    if any(isinstance(item, list) for item in items):
        raise database_error("2202E", "thresholds must be one-dimensional array")
    if None in items:
        raise database_error("22004", "thresholds array must not contain NULLs")
    compare = comparer(element_type)
    low, high = 0, len(items)
    while low < high:
        middle = (low + high) // 2
        if compare(value, arrays.element(items[middle], element_type)) < 0:
            high = middle
        else:
            low = middle + 1
    return low
