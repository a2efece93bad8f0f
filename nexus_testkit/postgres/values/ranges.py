"""Ranges and multiranges (src/backend/utils/adt/rangetypes.c, multirangetypes.c).

Storage is JSON: of a range `["[)",1,5]` with its bounds in their own storage and null for an infinite one, of the empty range `[]`; of a
multirange a list of such lists, in order. Equal ranges of numerics may differ in scale, so they compare under the collation `pg_range_numeric`.

Inside this module a range is a list of at most one `Span`, and a multirange a list of any number: most operators are the same on both.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cmp_to_key, lru_cache
from typing import Any, NamedTuple

from nexus_testkit.errors import UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.compare import comparer as comparer_of
from nexus_testkit.postgres.values.rangetypes import bound_type

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_INFINITE = frozenset({"infinity", "-infinity"})
_LIMITS = {"int4": 2**31 - 1, "int8": 2**63 - 1}


class Span(NamedTuple):
    """A range that is not empty; a bound of None is infinite."""

    lower: Any
    upper: Any
    lower_inc: bool
    upper_inc: bool


class Bound(NamedTuple):
    """One side of a span, which knows which side it is."""

    value: Any
    inclusive: bool
    lower: bool


def low(span: Span) -> Bound:
    """Its lower bound."""
    return Bound(span.lower, span.lower_inc, True)


def high(span: Span) -> Bound:
    """Its upper bound."""
    return Bound(span.upper, span.upper_inc, False)


@lru_cache(maxsize=512)
def load(storage: str) -> tuple[Span, ...]:
    """The spans of a stored range or multirange."""
    value = json.loads(storage)
    if not value:
        return ()
    if isinstance(value[0], str):
        value = [value]
    return tuple(Span(lower, upper, flags[0] == "[", flags[1] == "]") for flags, lower, upper in value)


def _plain(span: Span) -> list[Any]:
    return [("[" if span.lower_inc else "(") + ("]" if span.upper_inc else ")"), span.lower, span.upper]


def store_range(spans: Sequence[Span]) -> str:
    """The storage of a range: of one span, or of none."""
    return _ENCODER.encode(_plain(spans[0]) if spans else [])


def store_multirange(spans: Sequence[Span]) -> str:
    """The storage of a multirange whose spans are in order."""
    return _ENCODER.encode([_plain(span) for span in spans])


class Kind:
    """What ranges over one type of bounds can do.

    Attributes:
        subtype: the type of the bounds.
        compare: orders two values that are not NULL.
    """

    def __init__(self, subtype: str) -> None:
        self.subtype = subtype
        self.compare: Callable[[Any, Any], int] = comparer_of(subtype)

    def bounds(self, a: Bound, b: Bound) -> int:
        """PostgreSQL's `range_cmp_bounds`."""
        if a.value is None or b.value is None:
            if a.value is None and b.value is None:
                return 0 if a.lower == b.lower else -1 if a.lower else 1
            infinite, sign = (a, 1) if a.value is None else (b, -1)
            return -sign if infinite.lower else sign
        order = self.compare(a.value, b.value)
        if order:
            return order
        if a.inclusive and b.inclusive:
            return 0
        if not a.inclusive and not b.inclusive:
            return 0 if a.lower == b.lower else 1 if a.lower else -1
        if not a.inclusive:
            return 1 if a.lower else -1
        return -1 if b.lower else 1

    def make(self, lower: Any, upper: Any, lower_inc: bool, upper_inc: bool) -> list[Span]:
        """A range in its canonical form: no span if it is empty.

        Raises:
            DatabaseError: 22000 where the lower bound is above the upper one; 22003, 22008 where the canonical bound does not exist.
        """
        lower_inc = lower_inc and lower is not None
        upper_inc = upper_inc and upper is not None
        if lower is not None and upper is not None:
            order = self.compare(lower, upper)
            if order > 0:
                raise database_error("22000", "range lower bound must be less than or equal to range upper bound")
            if order == 0 and not (lower_inc and upper_inc):
                return []
        if self.subtype in _DISCRETE:
            if lower is not None and not lower_inc and lower not in _INFINITE:
                lower, lower_inc = self._next(lower), True
            if upper is not None and upper_inc and upper not in _INFINITE:
                upper, upper_inc = self._next(upper), False
            if lower is not None and upper is not None and not upper_inc and self.compare(lower, upper) >= 0:
                return []
        return [Span(lower, upper, lower_inc, upper_inc)]

    def _next(self, value: Any) -> Any:
        if self.subtype != "date":
            if value >= _LIMITS[self.subtype]:
                raise database_error("22003", f"{'integer' if self.subtype == 'int4' else 'bigint'} out of range")
            return value + 1
        try:
            return (date.fromisoformat(value) + timedelta(days=1)).isoformat()
        except OverflowError:
            raise UnsupportedSQL("a date outside of the years 1 to 9999") from None

    def between(self, lower: Bound, upper: Bound) -> list[Span]:
        """The range of two bounds."""
        return self.make(lower.value, upper.value, lower.inclusive, upper.inclusive)

    # -- two spans ---------------------------------------------------------------------------------------------------

    def contains(self, a: Span, b: Span) -> bool:
        """Whether all of b is in a."""
        return self.bounds(low(a), low(b)) <= 0 and self.bounds(high(a), high(b)) >= 0

    def overlap(self, a: Span, b: Span) -> bool:
        """Whether they share a value."""
        if self.bounds(low(a), low(b)) >= 0 and self.bounds(low(a), high(b)) <= 0:
            return True
        return self.bounds(low(b), low(a)) >= 0 and self.bounds(low(b), high(a)) <= 0

    def adjacent(self, a: Span, b: Span) -> bool:
        """Whether one begins where the other ends, with nothing between and nothing in common."""
        return self._touch(high(a), low(b)) or self._touch(high(b), low(a))

    def _touch(self, upper: Bound, lower: Bound) -> bool:
        if upper.value is None or lower.value is None:
            return False
        return self.compare(upper.value, lower.value) == 0 and upper.inclusive != lower.inclusive

    def hull(self, a: Span, b: Span) -> Span:
        """The smallest span that holds both; of equal bounds it is the second's (`range_union_internal`)."""
        lower = low(a) if self.bounds(low(a), low(b)) < 0 else low(b)
        upper = high(a) if self.bounds(high(a), high(b)) > 0 else high(b)
        return Span(lower.value, upper.value, lower.inclusive, upper.inclusive)

    def common(self, a: Span, b: Span) -> list[Span]:
        """What is in both."""
        if not self.overlap(a, b):
            return []
        lower = low(a) if self.bounds(low(a), low(b)) >= 0 else low(b)
        upper = high(a) if self.bounds(high(a), high(b)) <= 0 else high(b)
        return self.between(lower, upper)

    def without(self, a: Span, b: Span) -> list[Span]:
        """What is in a and not in b: up to two spans."""
        if not self.overlap(a, b):
            return [a]
        found: list[Span] = []
        if self.bounds(low(a), low(b)) < 0:
            found += self.make(a.lower, b.lower, a.lower_inc, not b.lower_inc)
        if self.bounds(high(a), high(b)) > 0:
            found += self.make(b.upper, a.upper, not b.upper_inc, a.upper_inc)
        return found

    # -- multiranges -------------------------------------------------------------------------------------------------

    def normal(self, spans: Sequence[Span]) -> list[Span]:
        """In order, with those that overlap or touch made one."""
        found: list[Span] = []
        for span in sorted(spans, key=cmp_to_key(self._order)):
            if found and (self.overlap(found[-1], span) or self.adjacent(found[-1], span)):
                found[-1] = self.hull(found[-1], span)
            else:
                found.append(span)
        return found

    def _order(self, a: Span, b: Span) -> int:
        return self.bounds(low(a), low(b)) or self.bounds(high(a), high(b))

    def order(self, a: Sequence[Span], b: Sequence[Span]) -> int:
        """PostgreSQL's `range_cmp, multirange_cmp`: the empty one first."""
        for one, other in zip(a, b, strict=False):
            order = self._order(one, other)
            if order:
                return order
        return (len(a) > len(b)) - (len(a) < len(b))


_DISCRETE = frozenset({"int4", "int8", "date"})


@lru_cache(maxsize=16)
def kind_of(type_name: str) -> Kind:
    """The kind of a range or multirange type."""
    return Kind(bound_type(type_name) or type_name)


def comparer(subtype: str) -> Callable[[str, str], int]:
    """-1, 0, 1 for two stored ranges or multiranges."""
    kind = kind_of(subtype)

    def compare(left: str, right: str) -> int:
        return 0 if left == right else kind.order(load(left), load(right))

    return compare
