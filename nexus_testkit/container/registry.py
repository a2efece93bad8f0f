"""What was registered, provided, aliased, configured and overridden, and where that was written."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal, get_args

from nexus_testkit.container.inject import Service
from nexus_testkit.errors import (
    CyclicDependency,
    DuplicateRegistration,
    InvalidScope,
    InvalidServiceConfig,
    InvalidServiceType,
    UnknownOption,
)
from nexus_testkit.errors.container import did_you_mean, type_name
from nexus_testkit.errors.stack import Stack

ScopeName = Literal["singleton", "scoped", "transient"]
Factory = Callable[..., Any]
Resolver = Callable[[type], "Callable[[], Any] | None"]
_SCOPES: tuple[str, ...] = get_args(ScopeName)
_OPTIONS = ("dependencies", "scope", "factory", "config")


class Registration:
    """How one service is built.

    Attributes:
        key: the class it is asked for by.
        dependencies: what must be started before it, beside what is injected.
        scope: `"singleton"`, `"scoped"` or `"transient"`.
        factory: builds it instead of the class itself, or None.
        config: a copy of its own configuration, or None.
    """

    __slots__ = ("_stack", "config", "dependencies", "factory", "key", "scope")

    def __init__(
        self,
        key: type,
        *,
        dependencies: tuple[type, ...] = (),
        scope: str = "singleton",
        factory: Factory | None = None,
        config: dict[str, Any] | None = None,
        stack: Stack | None = None,
    ) -> None:
        self.key = key
        self.dependencies = dependencies
        self.scope = scope
        self.factory = factory
        self.config = config
        self._stack = stack

    @property
    def place(self) -> str:
        """`file:line` of the registration; of the class, where it was registered on first need."""
        return self._stack.where() if self._stack is not None else class_place(self.key)

    @property
    def explicit(self) -> bool:
        """Whether somebody registered it, as opposed to the container on first need."""
        return self._stack is not None


class Port:
    """A port and what makes its adapter."""

    __slots__ = ("_stack", "factory", "key")

    def __init__(self, key: type, factory: Callable[[], Any], stack: Stack | None) -> None:
        self.key = key
        self.factory = factory
        self._stack = stack

    @property
    def place(self) -> str:
        """`file:line` of the `provide` call; for what a resolver knows, that it was the harness."""
        return "the harness' own ports" if self._stack is None else self._stack.where()


class Override:
    """An object that stands in for whatever a key would give.

    Attributes:
        used: whether anybody has been given the object.
    """

    __slots__ = ("_stack", "key", "stand_in", "used")

    def __init__(self, key: type, stand_in: object, stack: Stack) -> None:
        self.key = key
        self.stand_in = stand_in
        self.used = False
        self._stack = stack

    @property
    def place(self) -> str:
        """`file:line` of the override."""
        return self._stack.where()


class Registry:
    """The declarations of one container; builds nothing."""

    __slots__ = ("_resolver", "aliases", "configured", "overrides", "ports", "services")

    def __init__(self, resolver: Resolver | None = None) -> None:
        self._resolver = resolver
        self.services: dict[type, Registration] = {}
        self.ports: dict[type, Port] = {}
        self.aliases: dict[type, tuple[type, Stack]] = {}
        self.configured: dict[type | str, dict[str, Any]] = {}
        self.overrides: dict[type, Override] = {}

    def add_service(
        self,
        key: type,
        *,
        dependencies: Any = None,
        scope: str = "singleton",
        factory: Factory | None = None,
        config: Mapping[str, Any] | None = None,
        **unknown: Any,
    ) -> Registration:
        """Register a service.

        Raises:
            InvalidServiceType: `key` or one of `dependencies` is no class, or `factory` cannot be called.
            InvalidScope: a scope that does not exist.
            InvalidServiceConfig: `config` is no mapping.
            UnknownOption: an option that does not exist.
            DuplicateRegistration: `key` has been registered, provided or aliased before.
        """
        for option in unknown:
            raise UnknownOption(
                f"register_service() has no option {option!r}",
                hint=did_you_mean(option, _OPTIONS) or f"its options are {', '.join(_OPTIONS)}",
            )
        _require_class(key, "register_service()")
        if scope not in _SCOPES:
            raise InvalidScope(
                f"{type_name(key)}: there is no scope {scope!r}",
                hint=did_you_mean(str(scope), _SCOPES) or f"the scopes are {', '.join(_SCOPES)}",
            )
        if factory is not None and not callable(factory):
            raise InvalidServiceType(
                f"{type_name(key)}: factory={factory!r} cannot be called",
                hint="pass a function that returns the service, not the service; an object goes in with override()",
            )
        self._refuse_duplicate(key)
        made = Registration(
            key,
            dependencies=_checked_dependencies(key, dependencies),
            scope=scope,
            factory=factory,
            config=None if config is None else copied_config(key, config),
            stack=Stack(skip=2),
        )
        self.services[key] = made
        return made

    def add_port(self, key: type, factory: Callable[[], Any]) -> None:
        """Say what makes the adapter of a port."""
        _require_class(key, "provide()")
        if not callable(factory):
            raise InvalidServiceType(
                f"{type_name(key)}: {factory!r} cannot be called",
                hint="pass a function that returns the adapter; an object goes in with override()",
            )
        self._refuse_duplicate(key)
        self.ports[key] = Port(key, factory, Stack(skip=2))

    def port(self, key: type) -> Port | None:
        """What makes the adapter of this port: as provided, else as the resolver knows it; None where it is no port."""
        known = self.ports.get(key)
        if known is None and self._resolver is not None:
            factory = self._resolver(key)
            if factory is not None:
                known = self.ports[key] = Port(key, factory, None)
        return known

    def add_alias(self, key: type, target: type) -> None:
        """Let `key` give what `target` gives."""
        _require_class(key, "alias()")
        _require_class(target, "alias()")
        self._refuse_duplicate(key)
        path: list[type] = [key, target]
        while path[-1] in self.aliases and path[-1] is not key:
            path.append(self.aliases[path[-1]][0])
        if path[-1] is key:
            raise CyclicDependency(
                f"the alias of {type_name(key)} leads back to it", path=path, registered_at=self.places(path)
            )
        self.aliases[key] = (target, Stack(skip=2))

    def configure(self, configs: Mapping[type | str, Mapping[str, Any]]) -> None:
        """Note configurations by class or by class name; later ones win key by key."""
        if not isinstance(configs, Mapping):
            raise InvalidServiceConfig(
                f"{configs!r} is no mapping of services to their configuration",
                hint='write {EmailService: {"from_name": "Shop"}}',
            )
        for key, config in configs.items():
            if not isinstance(key, (type, str)):
                raise InvalidServiceConfig(
                    f"{key!r} is neither a class nor the name of one", hint="name the service by its class"
                )
            self.configured.setdefault(key, {}).update(copied_config(key, config))

    def canonical(self, key: type) -> type:
        """What `key` stands for, by aliases; an override of an alias holds."""
        while key not in self.overrides and key in self.aliases:
            key = self.aliases[key][0]
        return key

    def config_of(self, key: type, own: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """A fresh copy of a service's configuration: its registration's, the harness' on top. None: there is none."""
        layers = [own] if own is not None else []
        layers += [config for name, config in self.configured.items() if names_class(name, key)]
        if not layers:
            return None
        merged: dict[str, Any] = {}
        for layer in layers:
            merged.update(copy.deepcopy(layer))
        return merged

    def place(self, key: object) -> str | None:
        """`file:line` of where `key` was registered, provided, overridden or aliased; else of its definition."""
        if not isinstance(key, type):
            return None
        known = self.overrides.get(key) or self.services.get(key) or self.ports.get(key)
        if known is not None:
            return known.place
        if key in self.aliases:
            return self.aliases[key][1].where()
        return class_place(key) if issubclass(key, Service) else None

    def places(self, path: list[type] | tuple[type, ...]) -> dict[object, str]:
        """The places of a path's classes, for an error."""
        return {key: place for key in path if (place := self.place(key)) is not None}

    def names(self) -> list[str]:
        """Names that a typing error may have meant: what is registered, and every service class of the process."""
        keys = [*self.services, *self.ports, *self.aliases, *self.overrides, *service_classes()]
        return list(dict.fromkeys(key.__name__ for key in keys))

    def unknown_config(self) -> str | None:
        """The first configured name that is no service's, or None."""
        named = [name for name in self.configured if isinstance(name, str)]
        if not named:
            return None
        keys = [*self.services, *self.ports, *service_classes()]
        return next((name for name in named if not any(names_class(name, key) for key in keys)), None)

    def _refuse_duplicate(self, key: type) -> None:
        registration = self.services.get(key)
        if registration is not None and not registration.explicit:
            return
        if registration is None and key not in self.ports and key not in self.aliases:
            return
        override = "to put another in its place in a test: with nexus.override(...)"
        raise DuplicateRegistration(
            f"{type_name(key)} has been registered already",
            path=(key,),
            registered_at=self.places((key,)),
            hint=f"register each service once; {override}",
        )


def names_class(name: type | str, key: type) -> bool:
    """Whether a configuration's key means this class: itself, its name, or its dotted name."""
    if isinstance(name, type):
        return name is key
    return name in (key.__name__, key.__qualname__, f"{key.__module__}.{key.__qualname__}")


def service_classes() -> Iterator[type]:
    """Every subclass of `Service` that exists in the process."""
    waiting: list[type] = [Service]
    while waiting:
        below: list[type] = waiting.pop().__subclasses__()
        waiting += below
        yield from below


def class_place(cls: type) -> str:
    """`file:line` of a class' definition; the module's name where there is no source."""
    try:
        _, line = inspect.findsource(cls)
        return f"{inspect.getsourcefile(cls)}:{line + 1} (its definition)"
    except (OSError, TypeError):
        return f"module {cls.__module__} (its definition)"


def copied_config(key: object, config: Mapping[str, Any]) -> dict[str, Any]:
    """A deep copy, so that what the caller changes later does not reach the service."""
    if not isinstance(config, Mapping):
        raise InvalidServiceConfig(
            f"{type_name(key)}: config={config!r} is no mapping", hint='write {"from_name": "Shop"}'
        )
    return copy.deepcopy(dict(config))


def _require_class(key: object, where: str) -> None:
    if not isinstance(key, type):
        raise InvalidServiceType(
            f"{where} takes a class, not {key!r}",
            hint=f"pass the class {type(key).__name__} itself" if isinstance(key, Service) else "pass the class itself",
        )


def _checked_dependencies(key: type, dependencies: Any) -> tuple[type, ...]:
    if dependencies is None:
        return ()
    if isinstance(dependencies, (str, bytes, type)) or not hasattr(dependencies, "__iter__"):
        raise InvalidServiceType(
            f"{type_name(key)}: dependencies={dependencies!r} is no list of classes", hint="write dependencies=[...]"
        )
    found = tuple(dependencies)
    for each in found:
        _require_class(each, f"{type_name(key)}: dependencies=")
    return found
