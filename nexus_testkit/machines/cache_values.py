"""What `CacheMachine` compares, and what it can ask of a service."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def takes_default(get: Callable[..., Any]) -> bool:
    """Whether a method `get` takes what it is to give for a key that is missing."""
    try:
        inspect.signature(get).bind(None, "key", "default")
    except TypeError:
        return False
    return True


def same_value(left: Any, right: Any) -> bool:
    """Whether two values are equal and of the same types, also within."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same_value, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same_value(left[name], right[name]) for name in left)
    return bool(left == right)
