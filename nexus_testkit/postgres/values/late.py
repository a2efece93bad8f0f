"""Functions of modules that are imported when they are first called."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


class Late:
    """A function or class of a module of `values`, imported at the first call."""

    __slots__ = ("_found", "_module", "_name")

    def __init__(self, module: str, name: str) -> None:
        """`Late("ranges", "contains")` calls `values.ranges.contains`."""
        self._module, self._name = module, name
        self._found: Callable[..., Any] | None = None

    def __call__(self, *values: Any, **options: Any) -> Any:
        """What the function gives."""
        if self._found is None:
            self._found = getattr(import_module(f"nexus_testkit.postgres.values.{self._module}"), self._name)
        return self._found(*values, **options)


def late(path: str) -> Late:
    """The function named `module.function`."""
    module, _, name = path.partition(".")
    return Late(module, name)
