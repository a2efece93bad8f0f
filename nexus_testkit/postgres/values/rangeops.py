"""The functions, operators and aggregates of ranges and multiranges (src/backend/utils/adt/rangetypes.c, multirangetypes.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays
from nexus_testkit.postgres.values.ranges import Kind, Span, high, kind_of, load, low, store_multirange, store_range
from nexus_testkit.postgres.values.rangetypes import SUBTYPES
from nexus_testkit.postgres.values.session import Aggregator, ValueSession

_FLAGS = frozenset({"[]", "[)", "(]", "()"})


def construct(type_name: str, lower: Any, upper: Any, flags: str | None = "[)") -> str:
    """int4range(lower, upper, flags) and its kin."""
    if flags is None:
        raise database_error("22000", "range constructor flags argument must not be null")
    if flags not in _FLAGS:
        raise database_error("42601", "invalid range bound flags", hint='Valid values are "[]", "[)", "(]", and "()".')
    return store_range(kind_of(type_name).make(lower, upper, flags[0] == "[", flags[1] == "]"))


def collect(type_name: str, *ranges: str) -> str | None:
    """int4multirange(range, ...), multirange(range), and the cast of a range; NULL of one that is NULL."""
    if None in ranges:
        if len(ranges) == 1:
            return None
        raise database_error("22004", "multirange values cannot contain null members")
    return store_multirange(kind_of(type_name).normal([span for storage in ranges for span in load(storage)]))


def gather(type_name: str, array: str) -> str | None:
    """int4multirange(VARIADIC array)."""
    found = arrays.flat(arrays.load(array))
    if None in found:
        raise database_error("22004", "multirange values cannot contain null members")
    return collect(type_name, *found)


def lower(storage: str) -> Any:
    """lower(range); NULL for an empty range and an infinite bound."""
    spans = load(storage)
    return spans[0].lower if spans else None


def upper(storage: str) -> Any:
    """upper(range)."""
    spans = load(storage)
    return spans[-1].upper if spans else None


def is_empty(storage: str) -> int:
    """isempty(range)."""
    return int(not load(storage))


def lower_inc(storage: str) -> int:
    """lower_inc(range)."""
    spans = load(storage)
    return int(bool(spans) and spans[0].lower_inc)


def upper_inc(storage: str) -> int:
    """upper_inc(range)."""
    spans = load(storage)
    return int(bool(spans) and spans[-1].upper_inc)


def lower_inf(storage: str) -> int:
    """lower_inf(range)."""
    spans = load(storage)
    return int(bool(spans) and spans[0].lower is None)


def upper_inf(storage: str) -> int:
    """upper_inf(range)."""
    spans = load(storage)
    return int(bool(spans) and spans[-1].upper is None)


def contains(type_name: str, left: str, right: str) -> int:
    """left @> right of ranges and multiranges."""
    kind, outer = kind_of(type_name), load(left)
    return int(all(any(kind.contains(span, inner) for span in outer) for inner in load(right)))


def contains_value(type_name: str, left: str, value: Any) -> int:
    """range @> element."""
    kind, inner = kind_of(type_name), Span(value, value, True, True)
    return int(any(kind.contains(span, inner) for span in load(left)))


def overlaps(type_name: str, left: str, right: str) -> int:
    """left && right."""
    kind = kind_of(type_name)
    return int(any(kind.overlap(a, b) for a in load(left) for b in load(right)))


def _hulls(left: str, right: str) -> tuple[Span, Span] | None:
    """From the first bound to the last of both; None if one is empty."""
    a, b = load(left), load(right)
    if not a or not b:
        return None
    one, other = (Span(s[0].lower, s[-1].upper, s[0].lower_inc, s[-1].upper_inc) for s in (a, b))
    return one, other


def _of_hulls(test: Callable[[Kind, Span, Span], bool]) -> Callable[[str, str, str], int]:
    def operator(type_name: str, left: str, right: str) -> int:
        both = _hulls(left, right)
        return int(both is not None and test(kind_of(type_name), *both))

    return operator


before = _of_hulls(lambda kind, a, b: kind.bounds(high(a), low(b)) < 0)
after = _of_hulls(lambda kind, a, b: kind.bounds(low(a), high(b)) > 0)
not_right_of = _of_hulls(lambda kind, a, b: kind.bounds(high(a), high(b)) <= 0)
not_left_of = _of_hulls(lambda kind, a, b: kind.bounds(low(a), low(b)) >= 0)
adjacent = _of_hulls(lambda kind, a, b: kind.adjacent(a, b))


def union(type_name: str, left: str, right: str) -> str:
    """left + right; 22000 for two ranges with something between them."""
    a, b, kind = load(left), load(right), kind_of(type_name)
    if type_name not in SUBTYPES:
        return store_multirange(kind.normal([*a, *b]))
    if a and b and not kind.overlap(a[0], b[0]) and not kind.adjacent(a[0], b[0]):
        raise database_error("22000", "result of range union would not be contiguous")
    return merge(type_name, left, right)


def merge(type_name: str, left: str, right: str = "[]") -> str:
    """range_merge: the smallest range that holds all."""
    spans = [*load(left), *load(right)]
    kind = kind_of(type_name)
    found = spans[:1]
    for span in spans[1:]:
        found = [kind.hull(found[0], span)]
    return store_range(found)


def intersection(type_name: str, left: str, right: str) -> str:
    """left * right."""
    kind = kind_of(type_name)
    found = [span for a in load(left) for b in load(right) for span in kind.common(a, b)]
    return store_range(found) if type_name in SUBTYPES else store_multirange(kind.normal(found))


def difference(type_name: str, left: str, right: str) -> str:
    """left - right; 22000 where one range would become two."""
    kind = kind_of(type_name)
    found = list(load(left))
    for taken in load(right):
        found = [rest for span in found for rest in kind.without(span, taken)]
    if type_name not in SUBTYPES:
        return store_multirange(kind.normal(found))
    if len(found) > 1:
        raise database_error("22000", "result of range difference would not be contiguous")
    return store_range(found)


def unnest(storage: str) -> str:
    """unnest(multirange): its ranges, as a JSON list for json_each."""
    return arrays.store([store_range([span]) for span in load(storage)])


class RangeAgg(Aggregator):
    """range_agg(type, range or multirange)."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.spans: list[Span] | None = None
        self.type_name = ""

    def step(self, type_name: str, value: str | None) -> None:
        """NULLs are passed over."""
        self.type_name = type_name
        if value is not None:
            self.spans = [*(self.spans or []), *load(value)]

    def finalize(self) -> Any:
        """A multirange."""
        return None if self.spans is None else store_multirange(kind_of(self.type_name).normal(self.spans))


class RangeIntersectAgg(Aggregator):
    """range_intersect_agg(type, range or multirange)."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.value: str | None = None

    def step(self, type_name: str, value: str | None) -> None:
        """NULLs are passed over."""
        if value is not None:
            self.value = value if self.value is None else intersection(type_name, self.value, value)

    def finalize(self) -> Any:
        """What all have in common."""
        return self.value
