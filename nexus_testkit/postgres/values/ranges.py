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

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.casts import caster, output
from nexus_testkit.postgres.values.compare import comparer as comparer_of
from nexus_testkit.postgres.values.rangetypes import RANGE_OF, SUBTYPES, bound_type
from nexus_testkit.postgres.values.session import Aggregator, ValueSession

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_INFINITE = frozenset({"infinity", "-infinity"})
_LIMITS = {"int4": 2**31 - 1, "int8": 2**63 - 1}
_FLAGS = frozenset({"[]", "[)", "(]", "()"})


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


def _low(span: Span) -> Bound:
    return Bound(span.lower, span.lower_inc, True)


def _high(span: Span) -> Bound:
    return Bound(span.upper, span.upper_inc, False)


# -- storage -------------------------------------------------------------------------------------------------------------


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


# -- bounds --------------------------------------------------------------------------------------------------------------


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
        """[range_cmp_bounds]"""
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

    def make(self, lower: Any, upper: Any, lower_inc: bool, upper_inc: bool) -> list[Span]:  # noqa: FBT001  # as make_range has them
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
        return self.bounds(_low(a), _low(b)) <= 0 and self.bounds(_high(a), _high(b)) >= 0

    def overlap(self, a: Span, b: Span) -> bool:
        """Whether they share a value."""
        if self.bounds(_low(a), _low(b)) >= 0 and self.bounds(_low(a), _high(b)) <= 0:
            return True
        return self.bounds(_low(b), _low(a)) >= 0 and self.bounds(_low(b), _high(a)) <= 0

    def adjacent(self, a: Span, b: Span) -> bool:
        """Whether one begins where the other ends, with nothing between and nothing in common."""
        return self._touch(_high(a), _low(b)) or self._touch(_high(b), _low(a))

    def _touch(self, upper: Bound, lower: Bound) -> bool:
        if upper.value is None or lower.value is None:
            return False
        return self.compare(upper.value, lower.value) == 0 and upper.inclusive != lower.inclusive

    def hull(self, a: Span, b: Span) -> Span:
        """The smallest span that holds both."""
        lower = _low(a) if self.bounds(_low(a), _low(b)) <= 0 else _low(b)
        upper = _high(a) if self.bounds(_high(a), _high(b)) >= 0 else _high(b)
        return Span(lower.value, upper.value, lower.inclusive, upper.inclusive)

    def common(self, a: Span, b: Span) -> list[Span]:
        """What is in both."""
        if not self.overlap(a, b):
            return []
        lower = _low(a) if self.bounds(_low(a), _low(b)) >= 0 else _low(b)
        upper = _high(a) if self.bounds(_high(a), _high(b)) <= 0 else _high(b)
        return self.between(lower, upper)

    def without(self, a: Span, b: Span) -> list[Span]:
        """What is in a and not in b: up to two spans."""
        if not self.overlap(a, b):
            return [a]
        found: list[Span] = []
        if self.bounds(_low(a), _low(b)) < 0:
            found += self.make(a.lower, b.lower, a.lower_inc, not b.lower_inc)
        if self.bounds(_high(a), _high(b)) > 0:
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
        return self.bounds(_low(a), _low(b)) or self.bounds(_high(a), _high(b))

    def order(self, a: Sequence[Span], b: Sequence[Span]) -> int:
        """[range_cmp, multirange_cmp]: the empty one first."""
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


# -- text ----------------------------------------------------------------------------------------------------------------


def _malformed(text: str, detail: str, what: str = "range") -> DatabaseError:
    return database_error("22P02", f'malformed {what} literal: "{text}"', detail=detail)


def parse_range(text: str, type_name: str, session: ValueSession) -> str:
    """The storage of a range's input text."""
    return store_range(_parse(text, type_name, session))


def _parse(text: str, type_name: str, session: ValueSession) -> list[Span]:
    """[range_parse]"""
    kind = kind_of(type_name)
    body = text.strip(" \t\n\r\v\f")
    if body[:5].lower() == "empty":
        if body[5:].strip():
            raise _malformed(text, 'Junk after "empty" key word.')
        return []
    if body[:1] not in {"[", "("}:
        raise _malformed(text, "Missing left parenthesis or bracket.")
    reader = _Reader(text, body, 1)
    lower = reader.bound()
    if reader.here() != ",":
        raise _malformed(text, "Missing comma after lower bound.")
    reader.at += 1
    upper = reader.bound()
    last = reader.here()
    if last not in {"]", ")"}:
        raise _malformed(text, "Too many commas.")
    if body[reader.at + 1 :].strip():
        raise _malformed(text, "Junk after right parenthesis or bracket.")
    convert = caster("text", kind.subtype)
    return kind.make(
        None if lower is None else convert(lower, session),
        None if upper is None else convert(upper, session),
        body[0] == "[",
        last == "]",
    )


class _Reader:
    def __init__(self, text: str, body: str, at: int) -> None:
        self.text, self.body, self.at = text, body, at

    def here(self) -> str:
        return self.body[self.at : self.at + 1]

    def bound(self) -> str | None:
        """[range_parse_bound]: None for an infinite one."""
        if self.here() in {",", ")", "]"}:
            return None
        pieces: list[str] = []
        quoted = False
        while quoted or self.here() not in {",", ")", "]"}:
            char = self.here()
            self.at += 1
            if char == "\\":
                char = self.here()
                self.at += 1
                pieces.append(char)
            elif char == '"':
                if quoted and self.here() == '"':
                    pieces.append('"')
                    self.at += 1
                else:
                    quoted = not quoted
            else:
                pieces.append(char)
            if not char:
                raise _malformed(self.text, "Unexpected end of input.")
        return "".join(pieces)


def parse_multirange(text: str, type_name: str, session: ValueSession) -> str:
    """[multirange_in]: the storage of a multirange's input text."""
    what = "multirange"
    body = text.strip(" \t\n\r\v\f")
    if not body.startswith("{"):
        raise _malformed(text, "Missing left brace.", what)
    spans: list[Span] = []
    at, seen = 1, 0
    while True:
        while body[at : at + 1].isspace():
            at += 1
        char = body[at : at + 1]
        if not char:
            raise _malformed(text, "Unexpected end of input.", what)
        if char == "}" and not seen:
            break
        if char in "[(":
            end = _range_end(text, body, at)
        elif body[at : at + 5].lower() == "empty":
            end = at + 5
        else:
            raise _malformed(text, "Expected range start.", what)
        spans += _parse(body[at:end], RANGE_OF[type_name], session)
        at, seen = end, seen + 1
        while body[at : at + 1].isspace():
            at += 1
        char = body[at : at + 1]
        if not char:
            raise _malformed(text, "Unexpected end of input.", what)
        if char not in ",}":
            raise _malformed(text, "Expected comma or end of multirange.", what)
        if char == "}":
            break
        at += 1
    if body[at + 1 :].strip():
        raise _malformed(text, "Junk after closing right brace.", what)
    return store_multirange(kind_of(type_name).normal(spans))


def _range_end(text: str, body: str, at: int) -> int:
    quoted = False
    while at < len(body):
        char = body[at]
        if char == "\\":
            at += 1
        elif char == '"':
            quoted = not quoted
        elif char in ")]" and not quoted:
            return at + 1
        at += 1
    raise _malformed(text, "Unexpected end of input.", "multirange")


def to_text(storage: str, type_name: str, session: ValueSession) -> str:
    """The text of a stored range or multirange."""
    spans = load(storage)
    write = output(bound_type(type_name) or "text")

    def bound(value: Any) -> str:
        if value is None:
            return ""
        text = str(write(value, session)) if write else str(value)
        if text and not any(char in '"\\()[],' or char.isspace() for char in text):
            return text
        return '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'

    shown = [
        f"{'[' if span.lower_inc else '('}{bound(span.lower)},{bound(span.upper)}{']' if span.upper_inc else ')'}"
        for span in spans
    ]
    if type_name in SUBTYPES:
        return shown[0] if shown else "empty"
    return "{" + ",".join(shown) + "}"


# -- functions and operators -----------------------------------------------------------------------------------------------


def construct(type_name: str, lower: Any, upper: Any, flags: str | None = "[)") -> str:
    """int4range(lower, upper, flags) and its kin."""
    if flags is None:
        raise database_error("22000", "range constructor flags argument must not be null")
    if flags not in _FLAGS:
        raise database_error(
            "42601", "invalid range bound flags", hint='Valid values are "[]", "[)", "(]", and "()".'
        )
    return store_range(kind_of(type_name).make(lower, upper, flags[0] == "[", flags[1] == "]"))


def collect(type_name: str, *ranges: str) -> str:
    """int4multirange(range, ...), multirange(range), and the cast of a range."""
    return store_multirange(kind_of(type_name).normal([span for storage in ranges for span in load(storage)]))


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


before = _of_hulls(lambda kind, a, b: kind.bounds(_high(a), _low(b)) < 0)
after = _of_hulls(lambda kind, a, b: kind.bounds(_low(a), _high(b)) > 0)
not_right_of = _of_hulls(lambda kind, a, b: kind.bounds(_high(a), _high(b)) <= 0)
not_left_of = _of_hulls(lambda kind, a, b: kind.bounds(_low(a), _low(b)) >= 0)
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
    return _ENCODER.encode([store_range([span]) for span in load(storage)])


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
