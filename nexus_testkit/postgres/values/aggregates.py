"""Aggregates that SQLite does not have, or does not compute exactly.

Each is a class with `step` and `finalize`, for `create_aggregate`. None of them is registered as a window function: CPython 3.11.7,
3.12.1 and 3.13.0 crash when a frame of `create_window_function` is emptied. Over a window, the rows of a frame are
gathered by SQLite's own `json_group_array` and `over` runs the same class on them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from json.encoder import encode_basestring
from typing import Any, ClassVar, Protocol

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import arith, arrays, interval, jsonb, numeric, tojson
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.session import ValueSession


class Aggregate(Protocol):
    """What SQLite drives: `step` for each row, `finalize` once."""

    def step(self, *values: Any) -> None: ...  # noqa: D102

    def finalize(self) -> Any: ...  # noqa: D102


class _Base:
    def __init__(self, session: ValueSession) -> None:
        self.session = session


class SumInt(_Base):
    """sum(int8) as numeric."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.total: int | None = None

    def step(self, value: int | None) -> None:
        if value is not None:
            self.total = value if self.total is None else self.total + value

    def finalize(self) -> Any:
        return None if self.total is None else str(self.total)


class SumNumeric(_Base):
    """sum(numeric)."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.total: Decimal | None = None
        self.count = 0

    def step(self, value: str | int | None) -> None:
        if value is None:
            return
        self.count += 1
        number = Decimal(value)
        self.total = number if self.total is None else numeric.EXACT.add(self.total, number)

    def finalize(self) -> Any:
        return None if self.total is None else numeric.to_text(self.total)


class AvgNumeric(SumNumeric):
    """avg of integers and numerics, as numeric."""

    def finalize(self) -> Any:
        if self.total is None:
            return None
        return numeric.to_text(numeric.quotient(self.total, Decimal(self.count)))


class SumFloat(_Base):
    """sum(float8), one addition after the other as the server does."""

    single: ClassVar[bool] = False

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.total: float | str | None = None

    def step(self, value: float | str | None) -> None:
        if value is None:
            return
        self.total = value if self.total is None else arith.float_add(self.total, value)
        if self.single:
            self.total = arith.to_float4(self.total)

    def finalize(self) -> Any:
        return self.total


class SumFloat4(SumFloat):
    """sum(float4)."""

    single = True


class SumInterval(_Base):
    """sum(interval)."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.total: str | None = None
        self.count = 0

    def step(self, value: str | None) -> None:
        if value is not None:
            self.count += 1
            self.total = value if self.total is None else interval.add(self.total, value)

    def finalize(self) -> Any:
        return self.total


class AvgInterval(SumInterval):
    """avg(interval)."""

    def finalize(self) -> Any:
        return None if self.total is None else interval.divide(self.total, float(self.count))


class _FloatMoments(_Base):
    """Youngs and Cramer's update, as src/backend/utils/adt/float.c, `float8_accum`."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.count = 0.0
        self.sum = 0.0
        self.squares = 0.0

    def step(self, value: float | str | None) -> None:
        if value is None:
            return
        x = arith.float_of(value)
        before = self.count
        self.count += 1.0
        self.sum += x
        if before > 0:
            gap = x * self.count - self.sum
            self.squares += gap * gap / (self.count * before)
        elif not math.isfinite(x):
            self.squares = math.nan


class AvgFloat(_FloatMoments):
    """avg(float8)."""

    def finalize(self) -> Any:
        return arith.stored(self.sum / self.count) if self.count else None


def _float_spread(name: str, *, sample: bool, root: bool) -> type[_FloatMoments]:
    class Spread(_FloatMoments):
        def finalize(self) -> Any:
            least = 1.0 if sample else 0.0
            if self.count <= least:
                return None
            value = self.squares / (self.count - least)
            return arith.stored(math.sqrt(value) if root else value)

    Spread.__name__ = name
    return Spread


def _numeric_spread(name: str, *, sample: bool, root: bool) -> type[_Base]:
    class Spread(_Base):
        def __init__(self, session: ValueSession) -> None:
            super().__init__(session)
            self.count = 0
            self.sum = Decimal(0)
            self.squares = Decimal(0)

        def step(self, value: str | int | None) -> None:
            if value is None:
                return
            number = Decimal(value)
            self.count += 1
            self.sum = numeric.EXACT.add(self.sum, number)
            self.squares = numeric.EXACT.add(self.squares, numeric.EXACT.multiply(number, number))

        def finalize(self) -> Any:
            if self.count <= (1 if sample else 0):
                return None
            if not self.sum.is_finite():
                return "NaN"
            count = Decimal(self.count)
            spread = numeric.EXACT.subtract(
                numeric.EXACT.multiply(count, self.squares), numeric.EXACT.multiply(self.sum, self.sum)
            )
            if spread <= 0:
                return "0"
            divisor = count * (count - 1) if sample else count * count
            places = numeric.division_scale(spread, divisor)
            variance = numeric.exact_quotient(spread, divisor, places)
            return numeric.to_text(numeric.root_to(variance, places) if root else variance)

    Spread.__name__ = name
    return Spread


class _Fold(_Base):
    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.value: Any = None

    def finalize(self) -> Any:
        return self.value


class BitAnd(_Fold):
    """bit_and(integer)."""

    def step(self, value: int | None) -> None:
        if value is not None:
            self.value = value if self.value is None else self.value & value


class BitOr(_Fold):
    """bit_or(integer)."""

    def step(self, value: int | None) -> None:
        if value is not None:
            self.value = value if self.value is None else self.value | value


class BitXor(_Fold):
    """bit_xor(integer)."""

    def step(self, value: int | None) -> None:
        if value is not None:
            self.value = value if self.value is None else self.value ^ value


class AnyValue(_Fold):
    """any_value(x): the first that is not NULL."""

    def step(self, value: Any) -> None:
        if self.value is None:
            self.value = value


class StringAgg(_Base):
    """string_agg(text or bytea, delimiter): the first row's delimiter is not used."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.pieces: list[Any] = []

    def step(self, value: Any, delimiter: Any) -> None:
        if value is None:
            return
        if self.pieces:
            self.pieces.append(delimiter if delimiter is not None else value[:0])
        self.pieces.append(value)

    def finalize(self) -> Any:
        if not self.pieces:
            return None
        return self.pieces[0][:0].join(self.pieces)


class ArrayAgg(_Base):
    """array_agg(element), NULLs included."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.items: list[Any] = []

    def step(self, value: Any) -> None:
        self.items.append(value)

    def finalize(self) -> Any:
        return arrays.store(self.items) if self.items else None


class ArrayAggArray(ArrayAgg):
    """array_agg(array): one dimension more."""

    def step(self, value: Any) -> None:
        if value is None:
            raise database_error("22004", "cannot accumulate null arrays")
        items = arrays.load(value)
        if not items:
            raise database_error("2202E", "cannot accumulate empty arrays")
        if self.items and arrays.dimensions(self.items[0]) != arrays.dimensions(items):
            raise database_error("2202E", "cannot accumulate arrays of different dimensionality")
        self.items.append(items)


class JsonbAgg(_Base):
    """jsonb_agg(type, value)."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.parts: list[str] = []

    def step(self, type_name: str, value: Any) -> None:
        self.parts.append(tojson.to_jsonb(self.session, value, type_name) or "null")

    def finalize(self) -> Any:
        return "[" + ", ".join(self.parts) + "]" if self.parts else None


class JsonAgg(JsonbAgg):
    """json_agg(type, value)."""

    array = False

    def step(self, type_name: str, value: Any) -> None:
        self.array = type_name.endswith("[]") or type_name == "record"
        kind = "json" if type_name == "record" else type_name
        self.parts.append(tojson.json_text(value, kind, self.session))

    def finalize(self) -> Any:
        between = ", \n " if self.array else ", "
        return "[" + between.join(self.parts) + "]" if self.parts else None


class JsonbObjectAgg(_Base):
    """jsonb_object_agg(key type, key, value type, value)."""

    name = "jsonb_object_agg"

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.pairs: list[tuple[str, str]] = []

    def _key(self, key_type: str, key: Any) -> str:
        if key is None:
            raise database_error("22004", "null value not allowed for object key")
        return tojson.key_text(key, key_type, self.session)

    def step(self, key_type: str, key: Any, type_name: str, value: Any) -> None:
        self.pairs.append((self._key(key_type, key), tojson.to_jsonb(self.session, value, type_name) or "null"))

    def finalize(self) -> Any:
        if not self.pairs:
            return None
        return jsonb.parse_jsonb("{" + ", ".join(f"{encode_basestring(key)}: {value}" for key, value in self.pairs) + "}")


class JsonObjectAgg(JsonbObjectAgg):
    """json_object_agg(key type, key, value type, value)."""

    def step(self, key_type: str, key: Any, type_name: str, value: Any) -> None:
        self.pairs.append((self._key(key_type, key), tojson.json_text(value, type_name, self.session)))

    def finalize(self) -> Any:
        if not self.pairs:
            return None
        return "{ " + ", ".join(f"{encode_basestring(key)} : {value}" for key, value in self.pairs) + " }"


class _Ranked(_Base):
    """An ordered-set aggregate: the rows come sorted (see `Ordered`)."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.fraction: Any = None
        self.values: list[Any] = []

    def step(self, fraction: Any, value: Any) -> None:
        self.fraction = fraction
        if value is not None:
            self.values.append(value)

    def _checked(self) -> float | None:
        if self.fraction is None or not self.values:
            return None
        if not 0 <= self.fraction <= 1:
            raise database_error("22003", f"percentile value {arith.float_text(self.fraction)} is not between 0 and 1")
        return float(self.fraction)


class PercentileDisc(_Ranked):
    """percentile_disc(fraction) WITHIN GROUP (ORDER BY value)."""

    def finalize(self) -> Any:
        fraction = self._checked()
        if fraction is None:
            return None
        return self.values[max(math.ceil(fraction * len(self.values)) - 1, 0)]


class PercentileCont(_Ranked):
    """percentile_cont(fraction) WITHIN GROUP (ORDER BY float8)."""

    def finalize(self) -> Any:
        fraction = self._checked()
        if fraction is None:
            return None
        place = fraction * (len(self.values) - 1)
        low, high = math.floor(place), math.ceil(place)
        first = arith.float_of(self.values[low])
        if low == high:
            return arith.stored(first)
        return arith.stored(first + (place - low) * (arith.float_of(self.values[high]) - first))


class Mode(_Base):
    """mode() WITHIN GROUP (ORDER BY value): the first of the most frequent."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.counts: dict[Any, int] = {}

    def step(self, value: Any) -> None:
        if value is not None:
            self.counts[value] = self.counts.get(value, 0) + 1

    def finalize(self) -> Any:
        return max(self.counts, key=lambda value: self.counts[value]) if self.counts else None


AGGREGATES: dict[str, Callable[[ValueSession], Any]] = {
    "sum_int8": SumInt,
    "sum_numeric": SumNumeric,
    "sum_float8": SumFloat,
    "sum_float4": SumFloat4,
    "sum_interval": SumInterval,
    "avg_numeric": AvgNumeric,
    "avg_float8": AvgFloat,
    "avg_interval": AvgInterval,
    "bit_and": BitAnd,
    "bit_or": BitOr,
    "bit_xor": BitXor,
    "any_value": AnyValue,
    "string_agg": StringAgg,
    "array_agg": ArrayAgg,
    "array_agg_array": ArrayAggArray,
    "json_agg": JsonAgg,
    "jsonb_agg": JsonbAgg,
    "json_object_agg": JsonObjectAgg,
    "jsonb_object_agg": JsonbObjectAgg,
    "percentile_disc": PercentileDisc,
    "percentile_cont": PercentileCont,
    "mode": Mode,
}
for _name, _sample, _root in (
    ("var_samp", True, False),
    ("var_pop", False, False),
    ("stddev_samp", True, True),
    ("stddev_pop", False, True),
):
    AGGREGATES[f"{_name}_float8"] = _float_spread(_name, sample=_sample, root=_root)
    AGGREGATES[f"{_name}_numeric"] = _numeric_spread(_name, sample=_sample, root=_root)


class _Native(_Base):
    """SQLite's own aggregates, for rows that `Ordered` has gathered: count, min, max, sum(int4), bool_and, bool_or."""

    def __init__(self, session: ValueSession, name: str, type_name: str) -> None:
        super().__init__(session)
        self.name = name
        self.compare = comparer(type_name)
        self.values: list[Any] = []

    def step(self, *values: Any) -> None:
        if not values or values[0] is not None:
            self.values.append(values[0] if values else 1)

    def finalize(self) -> Any:
        if self.name == "count":
            return len(self.values)
        if not self.values:
            return None
        if self.name == "sum":
            return sum(self.values)
        ordered = sorted(self.values, key=cmp_to_key(self.compare))
        return ordered[0] if self.name in {"min", "bool_and", "every"} else ordered[-1]


def make(name: str, session: ValueSession, type_name: str = "text") -> Any:
    """An instance of an aggregate by its name in AGGREGATES, or of a native one."""
    found = AGGREGATES.get(name)
    return found(session) if found is not None else _Native(session, name, type_name)


class Ordered(_Base):
    """`aggregate(DISTINCT arguments ORDER BY keys)`: gathers the rows, sorts them, and runs the aggregate.

    `step(spec, arguments..., keys...)`; the spec is `name|constants|types|keys|distinct`: constants and types are joined by commas, each
    key is `type:a` or `type:d`, then `f` or `l` for where NULLs go.
    """

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.spec = ""
        self.rows: list[tuple[Any, ...]] = []

    def step(self, spec: str, *values: Any) -> None:
        self.spec = spec
        self.rows.append(values)

    def finalize(self) -> Any:
        if not self.rows:
            return None
        name, layout, types, keys, distinct = self.spec.split("|")
        type_names = types.split(",") if types else []
        count = len(type_names)
        rows = self.rows
        sorters = [_key_comparer(key) for key in keys.split(",") if key]
        if distinct:
            own = [_key_comparer(f"{type_name}:al") for type_name in type_names]
            if not sorters:
                rows = sorted(rows, key=cmp_to_key(_row_comparer(own, 0)))
        if sorters:
            rows = sorted(rows, key=cmp_to_key(_row_comparer(sorters, count)))
        if distinct:
            rows = _unique(rows, _row_comparer(own, 0), adjacent=not sorters)
        inner = make(name, self.session, type_names[0] if type_names else "text")
        with_types = layout == "typed"
        for row in rows:
            arguments = row[:count]
            if with_types:
                inner.step(*(piece for pair in zip(type_names, arguments, strict=True) for piece in pair))
            else:
                inner.step(*arguments)
        return inner.finalize()


def _unique(
    rows: list[tuple[Any, ...]], compare: Callable[[Any, Any], int], *, adjacent: bool
) -> list[tuple[Any, ...]]:
    kept: list[tuple[Any, ...]] = []
    for row in rows:
        earlier = kept[-1:] if adjacent else kept
        if not any(compare(row, each) == 0 for each in earlier):
            kept.append(row)
    return kept


def _key_comparer(key: str) -> Callable[[Any, Any], int]:
    type_name, _, flags = key.rpartition(":")
    compare = comparer(type_name)
    sign = -1 if flags[0] == "d" else 1
    null = -1 if flags[1] == "f" else 1

    def order(a: Any, b: Any) -> int:
        if a is None or b is None:
            return 0 if a is b else null if a is None else -null
        return sign * compare(a, b)

    return order


def _row_comparer(keys: list[Callable[[Any, Any], int]], offset: int) -> Callable[[Any, Any], int]:
    def order(a: tuple[Any, ...], b: tuple[Any, ...]) -> int:
        for at, compare in enumerate(keys, offset):
            result = compare(a[at], b[at])
            if result:
                return result
        return 0

    return order


def over(session: ValueSession, name: str, layout: str, types: str, frame: str | None) -> Any:
    """The aggregate `name` over a frame's rows: a JSON list of values, or of lists where it takes several.

    `layout`: `one` (a list of values), `many` (a list of lists), `typed` (lists, each argument preceded by its type).
    """
    type_names = types.split(",") if types else ["text"]
    inner = make(name, session, type_names[0])
    for row in arrays.load(frame or "[]"):
        values = [row] if layout == "one" or (layout == "typed" and len(type_names) == 1) else row
        values = [arrays.element(value, kind) for value, kind in zip(values, type_names, strict=False)]
        if layout == "typed":
            inner.step(*(piece for pair in zip(type_names, values, strict=True) for piece in pair))
        else:
            inner.step(*values)
    return inner.finalize()


