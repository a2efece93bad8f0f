"""Aggregates of two variables: corr, covar_*, regr_* (src/backend/utils/adt/float.c, `float8_regr_accum`)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import floats
from nexus_testkit.postgres.values.session import Aggregator, ValueSession


class _Moments(Aggregator):
    """Youngs and Cramer's update; `step(y, x)`."""

    def __init__(self, session: ValueSession) -> None:
        super().__init__(session)
        self.count = 0.0
        self.x = self.y = 0.0
        self.xx = self.yy = self.xy = 0.0

    def step(self, y: Any, x: Any) -> None:
        if x is None or y is None:
            return
        right, up = floats.float_of(x), floats.float_of(y)
        before, old_x, old_y = self.count, self.x, self.y
        self.count += 1.0
        self.x += right
        self.y += up
        if before == 0:
            if not math.isfinite(right):
                self.xx = self.xy = math.nan
            if not math.isfinite(up):
                self.yy = self.xy = math.nan
            return
        gap_x = right * self.count - self.x
        gap_y = up * self.count - self.y
        scale = 1.0 / (self.count * before)
        self.xx += gap_x * gap_x * scale
        self.yy += gap_y * gap_y * scale
        self.xy += gap_x * gap_y * scale
        if any(map(math.isinf, (self.x, self.xx, self.y, self.yy, self.xy))):
            x_alone = math.isfinite(old_x) and math.isfinite(right)
            y_alone = math.isfinite(old_y) and math.isfinite(up)
            if (
                (x_alone and (math.isinf(self.x) or math.isinf(self.xx)))
                or (y_alone and (math.isinf(self.y) or math.isinf(self.yy)))
                or (x_alone and y_alone and math.isinf(self.xy))
            ):
                raise database_error("22003", "value out of range: overflow")
            self.xx, self.yy, self.xy = (
                math.nan if math.isinf(value) else value for value in (self.xx, self.yy, self.xy)
            )


def _made(name: str, least: float, compute: Callable[[_Moments], float | None]) -> type[_Moments]:
    class Made(_Moments):
        def finalize(self) -> Any:
            if self.count < least:
                return None
            value = compute(self)
            return None if value is None else floats.stored(value)

    Made.__name__ = name
    return Made


def _corr(m: _Moments) -> float | None:
    return None if m.xx == 0 or m.yy == 0 else m.xy / math.sqrt(m.xx * m.yy)


def _r2(m: _Moments) -> float | None:
    if m.xx == 0:
        return None
    return 1.0 if m.yy == 0 else (m.xy * m.xy) / (m.xx * m.yy)


class _Count(_Moments):
    def finalize(self) -> int:
        return int(self.count)


#: By the names that PostgreSQL gives them.
REGRESSION: dict[str, Callable[[ValueSession], Any]] = {
    "regr_count": _Count,
    "regr_sxx": _made("regr_sxx", 1, lambda m: m.xx),
    "regr_syy": _made("regr_syy", 1, lambda m: m.yy),
    "regr_sxy": _made("regr_sxy", 1, lambda m: m.xy),
    "regr_avgx": _made("regr_avgx", 1, lambda m: m.x / m.count),
    "regr_avgy": _made("regr_avgy", 1, lambda m: m.y / m.count),
    "regr_r2": _made("regr_r2", 1, _r2),
    "regr_slope": _made("regr_slope", 1, lambda m: None if m.xx == 0 else m.xy / m.xx),
    "regr_intercept": _made("regr_intercept", 1, lambda m: None if m.xx == 0 else (m.y - m.x * m.xy / m.xx) / m.count),
    "corr": _made("corr", 1, _corr),
    "covar_pop": _made("covar_pop", 1, lambda m: m.xy / m.count),
    "covar_samp": _made("covar_samp", 2, lambda m: m.xy / (m.count - 1.0)),
}
