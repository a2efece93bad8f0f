"""HTTP clients that know nothing of transports: as soon as one is imported, its connections end at a world's HTTP port."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_CONNECTOR = "aiohttp.connector"
_watching: list[_Watcher] = []


def watch() -> None:
    """Connect aiohttp, now or when it is imported; safe and cheap to call again. Loads nothing that is not loaded."""
    if not _watching:
        watcher = _Watcher()
        _watching.append(watcher)
        if _CONNECTOR in sys.modules:
            _connect()
        else:
            sys.meta_path.insert(0, watcher)


def _connect() -> None:
    import_module("nexus_testkit.adapters.fake.http_aiohttp").install()


class _Watcher:
    """Finds one module, by asking the other finders, and connects it once it has been loaded."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != _CONNECTOR:
            return None
        for finder in sys.meta_path:
            found = None if finder is self else finder.find_spec(fullname, path, target)
            if found is not None and found.loader is not None:
                found.loader = _Loader(found.loader)  # type: ignore[assignment]  # a loader by its methods
                return found
        return None


class _Loader:
    """The module's own loader, and one step after it."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)  # type: ignore[no-any-return]  # the loader's own

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        _connect()
