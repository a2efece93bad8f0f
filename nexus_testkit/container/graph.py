"""The check of everything below what is asked for, before anything is built."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from nexus_testkit.container.annotations import Unresolved
from nexus_testkit.container.inject import Service
from nexus_testkit.container.registry import Override, Port, Registration, Registry
from nexus_testkit.container.signature import Blueprint, Parameter, blueprint
from nexus_testkit.errors import (
    CaptiveDependency,
    ContainerError,
    CyclicDependency,
    InvalidServiceConfig,
    InvalidServiceType,
    LifecycleError,
    MissingDependency,
)
from nexus_testkit.errors.container import did_you_mean, type_name

Path = tuple[type, ...]


class Node:
    """One thing of the graph, checked: nothing below it is missing.

    Attributes:
        key: the class that it is asked for by, aliases followed.
        source: what builds it: a registration, a port, or the override's object.
        scope: its own; ports and overrides live as long as the container.
        fills: each parameter to fill, with the node to fill it with; None where None will do.
        after: what must be started before it and is not injected.
        scoped_path: where it is transient and holds something scoped: the path to that.
    """

    __slots__ = ("after", "blueprint", "fills", "key", "scope", "scoped_path", "source")

    def __init__(self, key: type, source: Registration | Port | Override) -> None:
        self.key = key
        self.source = source
        self.scope = source.scope if isinstance(source, Registration) else "singleton"
        self.blueprint: Blueprint | None = None
        self.fills: list[tuple[Parameter, Node | None]] = []
        self.after: list[Node] = []
        self.scoped_path: Path = (key,) if self.scope == "scoped" else ()

    def below(self) -> list[Node]:
        """What it needs, in the order in which it is needed."""
        return [node for _, node in self.fills if node is not None] + self.after


class Graph:
    """The checked part of one container's graph."""

    __slots__ = ("_nodes", "_registry")

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._nodes: dict[type, Node] = {}

    def forget(self) -> None:
        """Check again: a declaration has changed."""
        self._nodes.clear()

    def node(self, key: type, *, in_scope: bool = False) -> Node:
        """The node of `key`, after a check of everything below it.

        Raises:
            ContainerError: the subclass that names what is wrong; nothing has been built.
        """
        node = self._nodes.get(key) if isinstance(key, type) else None
        if node is None:
            self._check_config_names()
            node = self._visit(key, (), None)
        if node.scoped_path and not in_scope:
            raise LifecycleError(
                f"{node.scoped_path[-1].__qualname__} is scoped: it lives in a scope, and none was asked",
                path=node.scoped_path,
                registered_at=self._registry.places(node.scoped_path),
                hint=f"async with nexus.scope() as scope: await scope.service({key.__name__})",
            )
        return node

    def _visit(self, asked: type, path: Path, parameter: Parameter | None) -> Node:
        if not isinstance(asked, type):
            raise self._not_a_class(asked, path, parameter)
        key = self._registry.canonical(asked)
        known = self._nodes.get(key)
        if known is not None:
            self._nodes[asked] = known
            return known
        if key in path:
            circle = (*path[path.index(key) :], key)
            raise self._error(
                CyclicDependency,
                "these services need one another in a circle",
                circle,
                hint="let one of them ask for the other when it is used: get_service() in a method, not inject()",
            )
        here = (*path, key)
        node = Node(key, self._source(key, here, parameter))
        if isinstance(node.source, Registration):
            self._read(node, node.source, here)
        self._nodes[key] = self._nodes[asked] = node
        return node

    def _read(self, node: Node, registration: Registration, path: Path) -> None:
        plan = _plan(registration)
        node.blueprint = plan
        self._refuse_unfillable(registration, plan, path)
        for parameter in plan.injected:
            target, optional = self._target(parameter, path)
            if optional and isinstance(target, type) and not self._is_provided(target):
                node.fills.append((parameter, None))
            else:
                node.fills.append((parameter, self._visit(target, path, parameter)))  # type: ignore[arg-type]  # checked
        node.after = [self._visit(each, path, None) for each in registration.dependencies]
        self._refuse_captive(node, path)

    def _source(self, key: type, path: Path, parameter: Parameter | None) -> Registration | Port | Override:
        registry = self._registry
        override = registry.overrides.get(key)
        if override is not None:
            return override
        registration = registry.services.get(key)
        if registration is None:
            port = registry.port(key)
            if port is not None:
                return port
            if not issubclass(key, Service) or key is Service:
                raise self._unknown(key, path, parameter)
            registration = Registration(key)
        if registration.factory is None and inspect.isabstract(key):
            missing = ", ".join(sorted(getattr(key, "__abstractmethods__", ())))
            raise self._error(
                InvalidServiceType,
                f"{_wanted(path, parameter)}{type_name(key)} is abstract ({missing}) and cannot be built",
                path,
                hint=f"ask for a subclass that implements it, or say which: container.alias({key.__name__}, ...)",
            )
        if not registration.explicit and key not in registry.services:
            registry.services[key] = registration
        return registration

    def _target(self, parameter: Parameter, path: Path) -> tuple[object, bool]:
        if not parameter.annotated:
            raise self._error(
                MissingDependency,
                f"{_wanted(path, parameter)}it has no annotation that says what to inject ({parameter.place})",
                path,
                hint=f"annotate it: {parameter.name}: SomeService = inject()",
            )
        try:
            return parameter.target()
        except Unresolved as error:
            near = did_you_mean(error.name, [*error.names, *self._registry.names()]) if error.name else None
            raise self._error(
                MissingDependency,
                f"{_wanted(path, parameter)}{error} ({parameter.place})",
                path,
                hint=near
                or "import the class in that module for real: below 'if TYPE_CHECKING' it does not exist at run time",
            ) from error.__cause__

    def _is_provided(self, key: type) -> bool:
        registry = self._registry
        key = registry.canonical(key)
        known = key in registry.overrides or key in registry.services
        return known or registry.port(key) is not None or (issubclass(key, Service) and not inspect.isabstract(key))

    def _refuse_unfillable(self, registration: Registration, plan: Blueprint, path: Path) -> None:
        key = registration.key
        if plan.uncalled:
            raise self._error(
                MissingDependency,
                f"{type_name(key)}: the default of {', '.join(plan.uncalled)} is the function inject itself",
                path,
                hint="call it: = inject()",
            )
        if plan.unfillable:
            what = "its factory" if registration.factory else "its constructor"
            raise self._error(
                MissingDependency,
                f"{type_name(key)}: {what} needs {', '.join(plan.unfillable)}, and nothing says what that is",
                path,
                hint="give the parameter the default inject() and an annotation, a value as its default, "
                "or register the service with factory=",
            )
        if not plan.takes_config and self._registry.config_of(key, registration.config) is not None:
            raise self._error(
                InvalidServiceConfig,
                f"{type_name(key)} is configured, but its constructor takes no parameter 'config'",
                path,
                hint="add 'config: dict[str, Any] | None = None' and pass it to super().__init__(config)",
            )

    def _refuse_captive(self, node: Node, path: Path) -> None:
        if node.scope == "scoped":
            return
        for below in node.below():
            if not below.scoped_path:
                continue
            if node.scope == "transient":
                node.scoped_path = (node.key, *below.scoped_path)
                return
            captive = below.scoped_path[-1]
            raise self._error(
                CaptiveDependency,
                f"{type_name(node.key)} is a singleton and would hold the scoped {type_name(captive)} beyond its scope",
                (*path, *below.scoped_path),
                hint=f"register {node.key.__name__} with scope='scoped', or ask the scope where it is used",
            )

    def _check_config_names(self) -> None:
        unknown = self._registry.unknown_config()
        if unknown is not None:
            raise InvalidServiceConfig(
                f"there is a configuration for {unknown!r}, and no service of that name",
                hint=did_you_mean(unknown, self._registry.names()) or "name the service by its class",
            )

    def _unknown(self, key: type, path: Path, parameter: Parameter | None) -> ContainerError:
        wanted = _wanted(path, parameter)
        if getattr(key, "_is_protocol", False):
            ports = [port.__name__ for port in (*self._registry.ports, *self._registry.aliases)]
            return self._error(
                MissingDependency,
                f"{wanted}no adapter was provided for the port {type_name(key)}",
                path,
                hint=did_you_mean(key.__name__, ports) or f"the ports of this container: {', '.join(ports) or 'none'}",
            )
        if key is Service or key.__module__ == "builtins":
            return self._error(
                InvalidServiceType,
                f"{wanted}{type_name(key)} is no service: the container cannot tell which one is meant",
                path,
                hint="annotate the parameter with the class of a service or of a port; plain values go into config",
            )
        others = [name for name in self._registry.names() if name not in {each.__name__ for each in path}]
        return self._error(
            MissingDependency,
            f"{wanted}{type_name(key)} is neither registered nor a subclass of Service",
            path,
            hint=did_you_mean(key.__name__, others) or f"register_service({key.__name__}), or derive it from Service",
        )

    def _not_a_class(self, key: object, path: Path, parameter: Parameter | None) -> ContainerError:
        name = getattr(key, "__name__", None) or type(key).__name__
        return self._error(
            InvalidServiceType,
            f"{_wanted(path, parameter)}{key!r} is no class",
            path,
            hint=did_you_mean(key if isinstance(key, str) else name, self._registry.names())
            or "services are asked for by their class",
        )

    def _error(self, kind: type[ContainerError], message: str, path: Path, *, hint: str | None) -> ContainerError:
        return kind(message, path=path, registered_at=self._registry.places(path), hint=hint)


def _wanted(path: Path, parameter: Parameter | None) -> str:
    """The beginning of a sentence about a parameter: `SignupService(mail: Mailer = inject()): `."""
    if parameter is None:
        return ""
    owner = parameter.owner or (path[-2] if len(path) > 1 else path[-1])
    return f"{type_name(owner)}({parameter.text}): "


def _plan(registration: Registration) -> Blueprint:
    factory: Callable[..., Any] | None = registration.factory
    if factory is None:
        return blueprint(registration.key)
    if isinstance(factory, type):
        return blueprint(factory)
    return Blueprint(factory, None)
