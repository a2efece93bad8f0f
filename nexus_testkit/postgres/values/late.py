"""Functions of modules that are imported when they are first called, or first registered in a connection."""

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
        return (self._found or self.found())(*values, **options)

    def found(self) -> Callable[..., Any]:
        """The function itself."""
        if self._found is None:
            self._found = getattr(import_module(f"nexus_testkit.postgres.values.{self._module}"), self._name)
        return self._found


class LateModule:
    """A module of `values` whose functions are `Late`: `LateModule("frames").windowed`."""

    __slots__ = ("_module",)

    def __init__(self, module: str) -> None:
        """By its name inside `values`."""
        self._module = module

    def __getattr__(self, name: str) -> Late:
        return Late(self._module, name)


def late(path: str) -> Late:
    """The function named `module.function`."""
    module, _, name = path.partition(".")
    return Late(module, name)
