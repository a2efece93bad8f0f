"""Window functions over the frames that SQLite does not have (`nodeWindowAgg.c`, `windowfuncs.c`).

SQLite gathers a whole partition in its order as JSON; `windowed` computes all of its rows at the first of them and hands out one
result after the other. So RANGE with an offset of any type works, and none of it goes through `create_window_function`, which crashes CPython
3.11.7, 3.12.1 and 3.13.0 when a frame is emptied.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arrays, floats, interval, moments, numeric
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.ordered import make
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.times import micros_of

Row = list[Any]
InRange = Callable[[Any, Any, bool, bool], bool]

# Types whose RANGE offsets are intervals.
_MOMENTS = frozenset({"date", "timestamp", "timestamptz", "time", "interval"})
_FLOATS = frozenset({"float4", "float8"})


def _require_offset(offset: int | None, which: str) -> None:
    """The offset of a ROWS or GROUPS frame; `which` is `starting` or `ending`.

    Raises:
        DatabaseError: 22004 for null, 22013 for a negative one.
    """
    if offset is None:
        raise database_error("22004", f"frame {which} offset must not be null")
    if offset < 0:
        raise database_error("22013", f"frame {which} offset must not be negative")


def windowed(session: ValueSession, spec: str, number: int, rows: str, start: Any, end: Any) -> Any:
    """The value of a window function for row `number` (from 1) of a partition.

    `rows` is a JSON list of `[counts, arguments..., keys...]`; `counts` is what FILTER says of the row.
    """
    known = session.windows.get(spec)
    if known is None or known[0] != (rows, start, end):
        results = list(_Partition(session, json.loads(spec), rows, start, end).results())
        known = session.windows[spec] = ((rows, start, end), results)
    result = known[1][number - 1]
    if number == len(known[1]):
        del session.windows[spec]
    return result


@dataclass(slots=True)
class _Key:
    type: str
    descending: bool
    nulls_first: bool


class _Partition:
    def __init__(self, session: ValueSession, spec: dict[str, Any], rows: str, start: Any, end: Any) -> None:
        self.session = session
        self.spec = spec
        types: list[str] = spec["types"]
        self.keys = [_Key(*key) for key in spec["keys"]]
        kinds = ["int4", *types, *(key.type for key in self.keys)]
        self.rows: list[Row] = [
            [arrays.element(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in json.loads(rows)
        ]
        self.args = [row[1 : 1 + len(types)] for row in self.rows]
        self.ordered = [row[1 + len(types) :] for row in self.rows]
        self.peers = self._peer_groups()
        self.starts, self.ends = self._frames(start, end)

    def _peer_groups(self) -> list[tuple[int, int]]:
        """For each row, where the rows begin and end that ORDER BY does not tell from it."""
        compare = [comparer(key.type) for key in self.keys]

        def same(left: Row, right: Row) -> bool:
            return all(
                (a is None and b is None) or (a is not None and b is not None and order(a, b) == 0)
                for order, a, b in zip(compare, left, right, strict=True)
            )

        groups: list[tuple[int, int]] = []
        at = 0
        while at < len(self.rows):
            end = at + 1
            while end < len(self.rows) and same(self.ordered[at], self.ordered[end]):
                end += 1
            groups += [(at, end)] * (end - at)
            at = end
        return groups

    # ------------------------------------------------------------------------------------------- frames

    def _frames(self, start: Any, end: Any) -> tuple[list[int], list[int]]:
        spec, count = self.spec, len(self.rows)
        if not count:
            return [], []
        for word, offset, which in ((spec["start"], start, "starting"), (spec["end"], end, "ending")):
            if word not in ("PRECEDING", "FOLLOWING"):
                continue
            if spec["mode"] != "RANGE" or offset is None:
                _require_offset(offset, which)
            elif _negative(offset, self.keys[0].type):
                raise database_error("22013", "invalid preceding or following size in window function")
        starts, ends = [0], [0]
        for at in range(count):  # no bound goes back from one row to the next
            starts.append(self._bound(at, spec["start"], start, starts[-1], first=True))
            ends.append(self._bound(at, spec["end"], end, ends[-1], first=False))
        return starts[1:], ends[1:]

    def _bound(self, at: int, word: str, offset: Any, since: int, *, first: bool) -> int:
        """The first row of the frame, or the one after its last."""
        count = len(self.rows)
        if word == "UNBOUNDED PRECEDING":
            return 0
        if word == "UNBOUNDED FOLLOWING":
            return count
        mode = self.spec["mode"]
        if word == "CURRENT ROW":
            if mode == "ROWS":
                return at if first else at + 1
            return self.peers[at][0] if first else self.peers[at][1]
        if mode == "ROWS":
            place: int = at - offset if word == "PRECEDING" else at + offset
            return min(max(place if first else place + 1, 0), count)
        if mode == "GROUPS":
            return self._group_bound(at, -offset if word == "PRECEDING" else offset, first=first)
        return self._range_bound(at, offset, since, preceding=word == "PRECEDING", first=first)

    def _group_bound(self, at: int, distance: int, *, first: bool) -> int:
        begin, end = self.peers[at]
        while distance < 0:
            if begin == 0:
                return 0  # of the end too: no group is that far back
            begin, end = self.peers[begin - 1]
            distance += 1
        while distance > 0:
            if end == len(self.rows):
                return end
            begin, end = self.peers[end]
            distance -= 1
        return begin if first else end

    def _range_bound(self, at: int, offset: Any, since: int, *, preceding: bool, first: bool) -> int:
        key = self.keys[0]
        test = _in_range(self.session, key.type, offset)
        base = self.ordered[at][0]
        subtract = preceding != key.descending
        # The frame begins with the first row that is not before its start, and ends with the first that is behind its end.
        less = (not first) != key.descending
        for place in range(since, len(self.rows)):
            value = self.ordered[place][0]
            if value is None or base is None:
                if first:
                    stops = (
                        (value is not None or base is None) if key.nulls_first else (value is None or base is not None)
                    )
                else:
                    stops = value is not None if key.nulls_first else base is not None
                if stops:
                    return place
            elif test(value, base, subtract, less) == first:
                return place
        return len(self.rows)

    def _inside(self, at: int) -> list[int]:
        found = range(self.starts[at], max(self.ends[at], self.starts[at]))
        exclude = self.spec["exclude"]
        if not exclude:
            return list(found)
        begin, end = self.peers[at]
        if exclude == "CURRENT ROW":
            return [each for each in found if each != at]
        if exclude == "GROUP":
            return [each for each in found if not begin <= each < end]
        return [each for each in found if each == at or not begin <= each < end]  # TIES

    # ------------------------------------------------------------------------------------------ results

    def results(self) -> Iterator[Any]:
        """One for each row."""
        rule = _FUNCTIONS.get(self.spec["name"]) if self.spec["layout"] == "window" else None
        if rule is not None:
            return rule(self)
        return self._aggregates()

    def _aggregates(self) -> Iterator[Any]:
        before: list[int] | range | None = None
        inner: Any = None
        result: Any = None
        for at in range(len(self.rows)):
            whole = range(self.starts[at], max(self.ends[at], self.starts[at]))
            inside = self._inside(at) if self.spec["exclude"] else whole
            if before is not None and inside == before:
                yield result
                continue
            if isinstance(before, range) and before.start == whole.start and before.stop < whole.stop:
                self._step(inner, range(before.stop, whole.stop))  # the frame has grown at its end
            else:
                inner = self._new()
                self._step(inner, inside)
            result, before = inner.finalize(), inside
            yield result

    def _new(self) -> Any:
        types: list[str] = self.spec["types"]
        return make(self.spec["name"], self.session, types[0] if types else "int4")

    def _step(self, inner: Any, inside: Iterable[int]) -> None:
        types: list[str] = self.spec["types"]
        for at in inside:
            if not self.rows[at][0]:
                continue
            if self.spec["layout"] == "typed":
                inner.step(*(piece for pair in zip(types, self.args[at], strict=True) for piece in pair))
            else:
                inner.step(*self.args[at])

    def first_value(self) -> Iterator[Any]:
        for at in range(len(self.rows)):
            inside = self._inside(at)
            yield self.args[inside[0]][0] if inside else None

    def last_value(self) -> Iterator[Any]:
        for at in range(len(self.rows)):
            inside = self._inside(at)
            yield self.args[inside[-1]][0] if inside else None

    def nth_value(self) -> Iterator[Any]:
        for at, args in enumerate(self.args):
            place = args[1]
            if place is not None and place <= 0:
                raise database_error("22016", "argument of nth_value must be greater than zero")
            inside = self._inside(at)
            yield self.args[inside[place - 1]][0] if place is not None and place <= len(inside) else None

    def lag(self) -> Iterator[Any]:
        return self._neighbours(-1)

    def lead(self) -> Iterator[Any]:
        return self._neighbours(1)

    def _neighbours(self, sign: int) -> Iterator[Any]:
        for at, args in enumerate(self.args):
            offset = args[1] if len(args) > 1 else 1
            place = None if offset is None else at + sign * offset
            if place is None:
                yield None
            elif 0 <= place < len(self.args):
                yield self.args[place][0]
            else:
                yield args[2] if len(args) > 2 else None

    def ntile(self) -> Iterator[Any]:
        """Null until the first argument that is not; that one counts for the whole partition."""
        count = len(self.rows)
        tile, per, larger, left = 0, 0, 0, 0
        for args in self.args:
            if tile == 0:
                if args[0] is None:
                    yield None
                    continue
                if args[0] <= 0:
                    raise database_error("22014", "argument of ntile must be greater than zero")
                per, larger = divmod(count, args[0])
                if per == 0:
                    per, larger = 1, 0
                tile = 1
                left = per + (larger > 0)
            elif left == 0:
                tile += 1
                left = per + (tile <= larger)
            left -= 1
            yield tile


_FUNCTIONS: dict[str, Callable[[_Partition], Iterator[Any]]] = {
    "first_value": _Partition.first_value,
    "last_value": _Partition.last_value,
    "nth_value": _Partition.nth_value,
    "lag": _Partition.lag,
    "lead": _Partition.lead,
    "ntile": _Partition.ntile,
}


# ---------------------------------------------------------------------------------------- RANGE with an offset


def _negative(offset: Any, kind: str) -> bool:
    if kind in _MOMENTS:
        return interval.span(offset) < 0
    if kind in _FLOATS:
        return not floats.float_of(offset) >= 0  # NaN too
    number = Decimal(offset)
    return number.is_nan() or number < 0


def _in_range(session: ValueSession, kind: str, offset: Any) -> InRange:
    """`test(value, base, subtract, less)`: is value at most (less), or at least, base plus or minus the offset."""
    if kind in _FLOATS:
        return lambda value, base, subtract, less: _float_in_range(
            floats.float_of(value), floats.float_of(base), floats.float_of(offset), subtract=subtract, less=less
        )
    if kind in _MOMENTS:
        return _moment_in_range(session, kind, offset)
    return lambda value, base, subtract, less: _number_in_range(
        Decimal(value), Decimal(base), Decimal(offset), subtract=subtract, less=less
    )


def _float_in_range(value: float, base: float, offset: float, *, subtract: bool, less: bool) -> bool:
    if math.isnan(value):
        return math.isnan(base) or not less
    if math.isnan(base):
        return less
    if math.isinf(offset) and math.isinf(base) and (base > 0) == subtract:
        return True
    edge = base - offset if subtract else base + offset
    return value <= edge if less else value >= edge


def _number_in_range(value: Decimal, base: Decimal, offset: Decimal, *, subtract: bool, less: bool) -> bool:
    if value.is_nan():
        return base.is_nan() or not less
    if base.is_nan():
        return less
    if offset.is_infinite() and base.is_infinite() and (base > 0) == subtract:
        return True
    edge = (numeric.EXACT.subtract if subtract else numeric.EXACT.add)(base, offset)
    return value <= edge if less else value >= edge


def _moment_in_range(session: ValueSession, kind: str, offset: str) -> InRange:
    def test(value: Any, base: Any, subtract: bool, less: bool) -> bool:
        if offset == "infinity" and base == ("infinity" if subtract else "-infinity"):
            return True
        if kind == "time":
            move = interval.unpack(offset)[2]
            here: Any = micros_of(value)
            edge: Any = micros_of(base) + (-move if subtract else move)
        elif kind == "interval":
            edge = interval.span(interval.subtract(base, offset) if subtract else interval.add(base, offset))
            here = interval.span(value)
        elif kind == "timestamptz":
            here = value
            edge = (moments.timestamptz_subtract if subtract else moments.timestamptz_add)(session, base, offset)
        else:
            here, there = (_as_timestamp(each) for each in (value, base)) if kind == "date" else (value, base)
            edge = (moments.timestamp_subtract if subtract else moments.timestamp_add)(there, offset)
        return bool(here <= edge if less else here >= edge)  # infinite ones are texts that sort where they belong

    return test


def _as_timestamp(day: str) -> str:
    return day if "inf" in day else f"{day} 00:00:00.000000"
