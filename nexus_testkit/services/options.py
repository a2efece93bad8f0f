"""Reading a service's configuration: a frozen copy of it, and options checked where they are read."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from nexus_testkit.errors import ValidationError


def frozen_copy(value: Any) -> Any:
    """A deep copy that cannot be changed: mappings become read-only, lists tuples, sets frozensets."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen_copy(item) for key, item in value.items()})
    if isinstance(value, (list, tuple)):
        return tuple(frozen_copy(item) for item in value)
    if isinstance(value, (set, frozenset)):
        return frozenset(value)
    return copy.deepcopy(value)


class Options:
    """The options of one service, each with its kind, range and default.

    An option that is missing gives its default; one of the wrong kind or range is a ValidationError that names
    service and option, raised where the service is built. Options that nobody reads are left alone: plugins pass
    their whole configuration.
    """

    def __init__(self, config: Mapping[str, Any], *, service: str) -> None:
        self._config = config
        self._service = service

    def number(self, name: str, default: float, *, at_least: float = 0.0, positive: bool = False) -> float:
        """A finite int or float, at least `at_least`; above zero where `positive`."""
        value = self._config.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise self._wrong(name, value, "a finite number")
        if value < at_least or (positive and value <= 0):
            raise self._wrong(name, value, "a number above 0" if positive else f"a number of {at_least:g} or more")
        return value

    def integer(self, name: str, default: int, *, at_least: int, at_most: int) -> int:
        """An int between two bounds, both included."""
        value = self._config.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int) or not at_least <= value <= at_most:
            raise self._wrong(name, value, f"a whole number from {at_least} to {at_most}")
        return value

    def text(self, name: str, default: str) -> str:
        """A str."""
        value = self._config.get(name, default)
        if not isinstance(value, str):
            raise self._wrong(name, value, "a str")
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of str; empty by default."""
        value = self._config.get(name, ())
        if not isinstance(value, tuple) or not all(isinstance(item, str) for item in value):
            raise self._wrong(name, value, "a list of str")
        return value

    def _wrong(self, name: str, value: object, expected: str) -> ValidationError:
        return ValidationError(f"{self._service}: the option {name!r} is {value!r}; it must be {expected}", field=name)
