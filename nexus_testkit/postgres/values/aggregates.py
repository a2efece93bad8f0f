"""Aggregates that SQLite does not have, or does not compute exactly.

Each is a class with `step` and `finalize`, for `create_aggregate`. None of them is registered as a window function: CPython 3.11.7,
3.12.1 and 3.13.0 crash when a frame of `create_window_function` is emptied. See `frames` for windows.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import collecting, floats, interval, numeric, regression
from nexus_testkit.postgres.values.compare import comparer
from nexus_testkit.postgres.values.session import Aggregator, ValueSession


class _Extreme(Aggregator):
    """min and max where equal values may be written differently (1.0 and 1.00): the last one met stays, as in numeric_larger."""

    compare: ClassVar[Callable[[Any, Any], int]]
    sign: ClassVar[int]

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.value: Any = None

    def step(self, value: Any) -> None:
        if value is not None and (self.value is None or type(self).compare(self.value, value) * self.sign <= 0):
            self.value = value

    def finalize(self) -> Any:
        return self.value


def _extreme(type_name: str, *, greatest: bool) -> type[_Extreme]:
    members = {"compare": staticmethod(comparer(type_name)), "sign": 1 if greatest else -1}
    return type("Greatest" if greatest else "Least", (_Extreme,), members)


class SumInt(Aggregator):
    """sum(int8) as numeric."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.total: int | None = None

    def step(self, value: int | None) -> None:
        if value is not None:
            self.total = value if self.total is None else self.total + value

    def finalize(self) -> Any:
        return None if self.total is None else str(self.total)


class SumNumeric(Aggregator):
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


class SumFloat(Aggregator):
    """sum(float8), one addition after the other as the server does."""

    single: ClassVar[bool] = False

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.total: float | str | None = None

    def step(self, value: float | str | None) -> None:
        if value is None:
            return
        self.total = value if self.total is None else floats.float_add(self.total, value)
        if self.single:
            self.total = floats.to_float4(self.total)

    def finalize(self) -> Any:
        return self.total


class SumFloat4(SumFloat):
    """sum(float4)."""

    single = True


class SumInterval(Aggregator):
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


class _FloatMoments(Aggregator):
    """Youngs and Cramer's update, as src/backend/utils/adt/float.c, `float8_accum`."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.count = 0.0
        self.sum = 0.0
        self.squares = 0.0

    def step(self, value: float | str | None) -> None:
        if value is None:
            return
        x = floats.float_of(value)
        before, total = self.count, self.sum
        self.count += 1.0
        self.sum += x
        if before > 0:
            gap = x * self.count - self.sum
            self.squares += gap * gap / (self.count * before)
            if math.isinf(self.sum) or math.isinf(self.squares):
                if not math.isinf(total) and not math.isinf(x):
                    raise database_error("22003", "value out of range: overflow")
                self.squares = math.nan
        elif not math.isfinite(x):
            self.squares = math.nan


class AvgFloat(_FloatMoments):
    """avg(float8)."""

    def finalize(self) -> Any:
        return floats.stored(self.sum / self.count) if self.count else None


def _float_spread(name: str, *, sample: bool, root: bool) -> type[_FloatMoments]:
    class Spread(_FloatMoments):
        def finalize(self) -> Any:
            least = 1.0 if sample else 0.0
            if self.count <= least:
                return None
            value = self.squares / (self.count - least)
            return floats.stored(math.sqrt(value) if root else value)

    Spread.__name__ = name
    return Spread


def _numeric_spread(name: str, *, sample: bool, root: bool) -> type[Aggregator]:
    class Spread(Aggregator):
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


AGGREGATES: dict[str, Callable[[ValueSession], Any]] = {
    "max_numeric": _extreme("numeric", greatest=True),
    "min_numeric": _extreme("numeric", greatest=False),
    "max_interval": _extreme("interval", greatest=True),
    "min_interval": _extreme("interval", greatest=False),
    "sum_int8": SumInt,
    "sum_numeric": SumNumeric,
    "sum_float8": SumFloat,
    "sum_float4": SumFloat4,
    "sum_interval": SumInterval,
    "avg_numeric": AvgNumeric,
    "avg_float8": AvgFloat,
    "avg_interval": AvgInterval,
    "bit_and": collecting.BitAnd,
    "bit_or": collecting.BitOr,
    "bit_xor": collecting.BitXor,
    "any_value": collecting.AnyValue,
    "string_agg": collecting.StringAgg,
    "array_agg": collecting.ArrayAgg,
    "array_agg_array": collecting.ArrayAggArray,
    "json_agg": collecting.JsonAgg,
    "jsonb_agg": collecting.JsonbAgg,
    "json_object_agg": collecting.JsonObjectAgg,
    "jsonb_object_agg": collecting.JsonbObjectAgg,
    **regression.REGRESSION,
}
for _name, _sample, _root in (
    ("var_samp", True, False),
    ("var_pop", False, False),
    ("stddev_samp", True, True),
    ("stddev_pop", False, True),
):
    AGGREGATES[f"{_name}_float8"] = _float_spread(_name, sample=_sample, root=_root)
    AGGREGATES[f"{_name}_numeric"] = _numeric_spread(_name, sample=_sample, root=_root)
