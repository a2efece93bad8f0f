"""Slices of arrays, and assignment to their elements and slices (src/backend/utils/adt/arrayfuncs.c).

Limits: what would give an array a lower bound other than 1 is refused.
"""

from __future__ import annotations

from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays

_Bounds = list[tuple[int | None, int | None]]


def _wrong(message: str, detail: str | None = None) -> DatabaseError:
    return database_error("2202E", message, detail=detail)


def _pairs(marks: str, given: tuple[int, ...]) -> _Bounds:
    """The bounds of each dimension; None where none is written. `1` is an upper bound beside which the lower one is 1."""
    values = iter(given)
    pairs: _Bounds = []
    at = 0
    while at < len(marks):
        if marks[at] == "1":
            pairs.append((1, next(values)))
            at += 1
            continue
        low = next(values) if marks[at] == "l" else None
        high = next(values) if marks[at + 1] == "u" else None
        pairs.append((low, high))
        at += 2
    return pairs


def sliced(marks: str, array: str | None, *given: int | None) -> str | None:
    """array[a:b]...: NULL where a bound is; bounds beyond the array are cut, an empty range gives an empty array."""
    if array is None or None in given:
        return None
    items = arrays.load(array)
    sizes = arrays.dimensions(items)
    pairs = _pairs(marks, given)  # type: ignore[arg-type]  # none of them is None
    if len(pairs) > len(sizes):
        return "[]"

    def cut(level: list[Any], depth: int) -> list[Any]:
        low, high = pairs[depth] if depth < len(pairs) else (None, None)
        kept = level[max(low, 1) - 1 if low is not None else 0 : max(high, 0) if high is not None else None]
        return [cut(item, depth + 1) for item in kept] if depth + 1 < len(sizes) else kept

    found = cut(items, 0)
    return arrays.store(found if arrays.flat(found) else [])


def assign(array: str | None, value: Any, *indexes: int | None) -> str:
    """array[i]... = value: one dimension grows, more do not."""
    if None in indexes:
        raise database_error("22004", "array subscript in assignment must not be null")
    places = [index for index in indexes if index is not None]
    items = [] if array is None else arrays.load(array)
    if not items:
        if any(place != 1 for place in places):
            raise UnsupportedSQL("an array whose lower bound is not 1")
        made: Any = value
        for _ in places:
            made = [made]
        return arrays.store(made)
    sizes = arrays.dimensions(items)
    if len(sizes) != len(places):
        raise _wrong("wrong number of array subscripts")
    if len(sizes) == 1:
        if places[0] < 1:
            raise UnsupportedSQL("an array whose lower bound is not 1")
        items += [None] * (places[0] - len(items))
        items[places[0] - 1] = value
        return arrays.store(items)
    if any(not 1 <= place <= size for place, size in zip(places, sizes, strict=True)):
        raise _wrong("array subscript out of range")
    level = items
    for place in places[:-1]:
        level = level[place - 1]
    level[places[-1] - 1] = value
    return arrays.store(items)


def assign_slice(marks: str, array: str | None, source: str | None, *given: int | None) -> str | None:
    """array[a:b]... = array: takes as many elements as the slice has."""
    if source is None:
        return array
    if None in given:
        raise database_error("22004", "array subscript in assignment must not be null")
    pairs = _pairs(marks, given)  # type: ignore[arg-type]  # none of them is None
    new = arrays.flat(arrays.load(source))
    items = [] if array is None else arrays.load(array)
    sizes = arrays.dimensions(items)
    if sizes and len(pairs) > len(sizes):
        raise _wrong("wrong number of array subscripts")
    if not sizes and any(None in pair for pair in pairs):
        raise _wrong(
            "array slice subscript must provide both boundaries",
            "When assigning to a slice of an empty array value, slice boundaries must be fully specified.",
        )
    pairs += [(None, None)] * (len(sizes) - len(pairs))
    ranges: list[tuple[int, int]] = []
    for at, (low, high) in enumerate(pairs):
        first = 1 if low is None else low
        last = sizes[at] if high is None else high
        if last < first:
            raise _wrong(
                "upper bound cannot be less than lower bound" if len(pairs) == 1 else "array subscript out of range"
            )
        if len(sizes) > 1 and not 1 <= first <= last <= sizes[at]:
            raise _wrong("array subscript out of range")
        if first < 1 or (not sizes and first != 1):
            raise UnsupportedSQL("an array whose lower bound is not 1")
        ranges.append((first, last))
    wanted = 1
    for first, last in ranges:
        wanted *= last - first + 1
    if len(new) < wanted:
        raise _wrong("source array too small")
    if not sizes:
        sizes = [last for _, last in ranges]
        items = _empty(sizes)
    elif len(sizes) == 1:
        items += [None] * (ranges[0][1] - len(items))
    taken = iter(new)

    def put(level: list[Any], depth: int) -> None:
        first, last = ranges[depth]
        for place in range(first - 1, last):
            if depth + 1 < len(ranges):
                put(level[place], depth + 1)
            else:
                level[place] = next(taken)

    put(items, 0)
    return arrays.store(items)


def _empty(sizes: list[int]) -> list[Any]:
    if len(sizes) == 1:
        return [None] * sizes[0]
    return [_empty(sizes[1:]) for _ in range(sizes[0])]
