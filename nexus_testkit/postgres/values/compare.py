"""Comparison of two storage values of a type, as its default B-tree operator class orders them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from nexus_testkit.postgres.values import arrays, interval, jsonb, numeric, rangetypes, records, times
from nexus_testkit.postgres.values.late import late

Compare = Callable[[Any, Any], int]


def _plain(a: Any, b: Any) -> int:
    return int(a > b) - int(a < b)


def text(a: str, b: str) -> int:
    """By bytes: code point order is UTF-8's order."""
    return (a > b) - (a < b)


def padded(a: str, b: str) -> int:
    """bpchar: spaces at the end do not count."""
    return text(a.rstrip(" "), b.rstrip(" "))


def floats(a: Any, b: Any) -> int:
    """NaN, stored as text, is above every number and equal to itself."""
    if isinstance(a, str) or isinstance(b, str):
        return isinstance(a, str) - isinstance(b, str)
    return int(a > b) - int(a < b)


def intervals(a: str, b: str) -> int:
    """By their spans."""
    return 0 if a == b else _plain(interval.span(a), interval.span(b))


def zoned_times(a: str, b: str) -> int:
    """timetz: by the moment, then the zone."""
    return 0 if a == b else _plain(times.timetz_key(a), times.timetz_key(b))


_COMPARERS: dict[str, Compare] = {
    "numeric": numeric.compare,
    "bpchar": padded,
    "float4": floats,
    "float8": floats,
    "jsonb": jsonb.compare,
    "interval": intervals,
    "timetz": zoned_times,
    **dict.fromkeys(("inet", "cidr"), late("network.compare")),
}


@lru_cache(maxsize=256)
def comparer(type_name: str) -> Compare:
    """-1, 0 or 1 for two storage values that are not NULL."""
    if type_name.endswith("[]"):
        return array_comparer(type_name[:-2])
    subtype = rangetypes.bound_type(type_name)
    if subtype is not None:
        return rangetypes.COLLATIONS[f"pg_range_{subtype}"]
    if (row := records.find(type_name)) is not None:
        return records.comparer(row.fields, [comparer(kind) for _, kind in row.fields])
    return _COMPARERS.get(type_name, _plain)


def array_comparer(element_type: str) -> Compare:
    """Element by element, NULL above all; then the number of elements, then of dimensions (arrayfuncs.c, `array_cmp`)."""
    inner = comparer(element_type)

    def compare(left: str, right: str) -> int:
        if left == right:
            return 0
        a, b = arrays.load(left), arrays.load(right)
        flat_a, flat_b = arrays.flat(a), arrays.flat(b)
        for x, y in zip(flat_a, flat_b, strict=False):
            if x is None or y is None:
                order = (x is None) - (y is None)
            else:
                order = inner(arrays.element(x, element_type), arrays.element(y, element_type))
            if order:
                return order
        shape_a, shape_b = arrays.dimensions(a), arrays.dimensions(b)
        return _plain((len(flat_a), len(shape_a), shape_a), (len(flat_b), len(shape_b), shape_b))

    return compare
