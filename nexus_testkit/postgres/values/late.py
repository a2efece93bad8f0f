"""Functions of modules that are imported when they are first called: what few programs use should not cost the others time."""

from __future__ import annotations

from importlib import import_module
from typing import Any


class Late:
    """A function of a module of this package."""

    __slots__ = ("_found", "_module", "_name")

    def __init__(self, module: str, name: str) -> None:
        """`module` is relative to `values`."""
        self._module, self._name = module, name
        self._found: Any = None

    def __call__(self, *args: Any) -> Any:
        """Call it."""
        if self._found is None:
            self._found = getattr(import_module(f"nexus_testkit.postgres.values.{self._module}"), self._name)
        return self._found(*args)
