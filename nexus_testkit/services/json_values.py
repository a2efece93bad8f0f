"""Plain JSON values: copied, so that the caller's later changes do not reach them, and checked on the way."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from nexus_testkit.errors import ValidationError
from nexus_testkit.services.text import is_storable

_DEEPEST = 100


def json_copy(value: Any, *, field: str, _depth: int = 0) -> Any:
    """A deep copy of a JSON value; tuples become lists.

    Raises:
        ValidationError: something in it is no JSON value that PostgreSQL's jsonb can hold; the path, such as
            `properties.items[2]`, is in the message.
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, str) and is_storable(value):
        return value
    if _depth < _DEEPEST:
        if isinstance(value, (list, tuple)):
            return [json_copy(item, field=f"{field}[{place}]", _depth=_depth + 1) for place, item in enumerate(value)]
        if isinstance(value, Mapping) and all(isinstance(name, str) and is_storable(name) for name in value):
            return {name: json_copy(item, field=f"{field}.{name}", _depth=_depth + 1) for name, item in value.items()}
    shown = repr(value)
    raise ValidationError(
        f"{field} is {shown if len(shown) <= 80 else f'{shown[:77]}...'}, which is no JSON value",
        field=field,
        hint="JSON has None, bool, finite numbers, texts, lists, and dicts with texts as keys; "
        "a datetime becomes a text by isoformat()",
    )
