"""The Python expressions of the `bind` cases."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

_NAMES = {
    "D": Decimal,
    "UUID": uuid.UUID,
    "datetime": dt.datetime,
    "date": dt.date,
    "time": dt.time,
    "timedelta": dt.timedelta,
    "timezone": dt.timezone,
    "utc": dt.UTC,
}


def evaluate(expression: str) -> Any:
    return eval(expression, dict(_NAMES))  # expressions of this repository
