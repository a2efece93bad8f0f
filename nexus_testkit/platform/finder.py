"""Makes `from nexus.services import ...` and its like work wherever the kit is installed.

nexus-platform 0.1.5 has `nexus.database` and `nexus.plugins`, and no `nexus.services`, `nexus.cache` or
`nexus.logging`; the kit may also be installed without the platform. A finder at the head of `sys.meta_path`
lets every other finder answer first. Where none does, it makes a module whose names come from the kit; where
a module is found that lacks some of the names, it is completed with those alone. It never replaces a module
or a name that the platform has.

The wheel's `nexus_testkit.pth` calls `install()` when Python starts, so this module imports nothing that
Python has not loaded by then, and the finder costs other imports one comparison of strings.
"""

import sys
from _frozen_importlib import ModuleSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType
    from typing import Any

SERVICES = "nexus_testkit.services"
CONTAINER = "nexus_testkit.container"
DATABASE = "nexus_testkit.ports.database"
CACHE = "nexus_testkit.ports.cache"

SUPPLIED: "dict[str, dict[str, str]]" = {
    "nexus": {},
    "nexus.services": {
        "AnalyticsService": SERVICES,
        "BaseService": SERVICES,
        "CacheService": SERVICES,
        "EmailService": SERVICES,
        "HTTPService": SERVICES,
        "Service": CONTAINER,
        "UserManagementService": SERVICES,
        "UserService": SERVICES,
        "get_service": CONTAINER,
        "inject": CONTAINER,
        "register_service": CONTAINER,
    },
    "nexus.logging": {"get_logger": SERVICES},
    "nexus.database": {"DatabaseAdapter": DATABASE, "ExecuteResult": DATABASE, "Row": DATABASE},
    "nexus.cache": {"CacheManager": CACHE},
    "nexus.plugins": {"Plugin": "nexus_testkit.platform.plugin"},
}


class NexusFinder:
    """Finds the modules of `SUPPLIED`, behind every other finder."""

    @staticmethod
    def find_spec(
        fullname: str, path: "Sequence[str] | None" = None, target: "ModuleType | None" = None
    ) -> "ModuleSpec | None":
        """The platform's module, completed where it lacks a name; else the kit's; None for all other modules."""
        names = SUPPLIED.get(fullname)
        if names is None:
            return None
        found = _ask_the_others(fullname, path, target)
        if found is None:
            loader: Any = _Supplier(names)
            spec = ModuleSpec(fullname, loader, is_package=fullname == "nexus")
            spec.origin = f"supplied by nexus_testkit ({__file__})"
            return spec
        if names and found.loader is not None:
            found.loader = _Completer(found.loader, names)  # type: ignore[assignment]  # a loader by its methods
        return found


class _Supplier:
    """Loads a module that exists nowhere but here."""

    def __init__(self, names: "Mapping[str, str]") -> None:
        self._names = names

    def create_module(self, spec: ModuleSpec) -> None:
        del spec  # Python's own module is good enough

    def exec_module(self, module: "ModuleType") -> None:
        module.__doc__ = "Supplied by nexus_testkit, because the installed platform does not have it."
        module.__all__ = sorted(self._names)  # type: ignore[attr-defined]  # a module takes any attribute
        _complete(module, self._names)


class _Completer:
    """Loads the platform's module and adds the names that it lacks."""

    def __init__(self, loader: "Any", names: "Mapping[str, str]") -> None:
        self._loader = loader
        self._names = names

    def __getattr__(self, name: str) -> "Any":
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> "ModuleType | None":
        return self._loader.create_module(spec)  # type: ignore[no-any-return]  # the loader's own

    def exec_module(self, module: "ModuleType") -> None:
        self._loader.exec_module(module)
        _complete(module, self._names)


def _complete(module: "ModuleType", names: "Mapping[str, str]") -> None:
    fallback = getattr(module, "__getattr__", None)

    def supply(name: str) -> "Any":
        home = names.get(name)
        if home is None:
            if fallback is not None:
                return fallback(name)
            message = f"module {module.__name__!r} has no attribute {name!r}"
            raise AttributeError(message)
        from importlib import import_module  # noqa: PLC0415  # nothing is imported before it is needed, see above

        value = getattr(import_module(home), name)
        setattr(module, name, value)
        return value

    module.__getattr__ = supply  # type: ignore[method-assign]  # PEP 562


def _ask_the_others(fullname: str, path: "Sequence[str] | None", target: "ModuleType | None") -> "ModuleSpec | None":
    for finder in sys.meta_path:
        if isinstance(finder, NexusFinder):
            continue
        found = finder.find_spec(fullname, path, target)
        if found is not None:
            return found
    return None


def install() -> None:
    """Put the finder at the head of `sys.meta_path`; safe to call twice."""
    if not any(isinstance(finder, NexusFinder) for finder in sys.meta_path):
        sys.meta_path.insert(0, NexusFinder())
