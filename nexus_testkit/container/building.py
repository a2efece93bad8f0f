"""Instances: what a checked graph is turned into."""

from __future__ import annotations

import inspect

from nexus_testkit.container.graph import Graph, Node
from nexus_testkit.container.managed import Managed
from nexus_testkit.container.registry import Override, Port, Registration, Registry
from nexus_testkit.container.scope import Scope
from nexus_testkit.errors import CyclicDependency, InvalidServiceType
from nexus_testkit.errors.container import draw_path, type_name


class Builder:
    """Builds what a graph says and remembers what there is one of.

    Attributes:
        instances: singletons by class.
        ports: adapters by port.
        managed: everything built that belongs to the container, in the order of building.
    """

    __slots__ = ("_graph", "_registry", "_under_way", "instances", "managed", "ports")

    def __init__(self, registry: Registry, graph: Graph) -> None:
        self._registry = registry
        self._graph = graph
        self._under_way: list[type] = []
        self.instances: dict[type, Managed] = {}
        self.ports: dict[type, object] = {}
        self.managed: list[Managed] = []

    def obtain(self, scope: Scope | None, cls: type) -> tuple[object, Managed | None]:
        """The object that `cls` stands for, and its lifecycle where it has one; the graph is checked first."""
        return self._give(self._graph.node(cls, in_scope=scope is not None), scope, ())

    def drop(self, override: Override) -> None:
        """Forget the stand-in of an override that has ended; whoever holds it keeps it."""
        self.instances.pop(override.key, None)
        if override.used:
            self.ports.pop(override.key, None)

    def forget(self, keys: frozenset[type]) -> None:
        """Forget what was built of these classes."""
        for each in [each for each in self.managed if each.key in keys]:
            each.forget()
            self.managed.remove(each)
            self.instances.pop(each.key, None)

    def _give(self, node: Node, scope: Scope | None, path: tuple[type, ...]) -> tuple[object, Managed | None]:
        source = node.source
        if isinstance(source, Port):
            return self._adapter(source), None
        if node.scope == "singleton":
            scope = None
        instances = self.instances if scope is None else scope.instances
        known = instances.get(node.key) if node.scope != "transient" else None
        if known is not None:
            return known.instance, known
        path = (*path, node.key)
        if isinstance(source, Override):
            source.used = True
            if self._registry.port(node.key) is not None:
                self.ports[node.key] = source.stand_in
                return source.stand_in, None
            managed = Managed(node.key, source.stand_in, None)
        else:
            managed = self._construct(node, source, scope, path)
        (self.managed if scope is None else scope.managed).append(managed)
        if node.scope != "transient":
            instances[node.key] = managed
        return managed.instance, managed

    def _construct(
        self, node: Node, registration: Registration, scope: Scope | None, path: tuple[type, ...]
    ) -> Managed:
        if node.key in self._under_way:
            circle = [*self._under_way[self._under_way.index(node.key) :], node.key]
            raise CyclicDependency(
                f"{type_name(node.key)} is asked for while it is being built",
                path=circle,
                registered_at=self._registry.places(tuple(circle)),
                hint="call get_service() in a method, not in the constructor",
            )
        self._under_way.append(node.key)
        try:
            before: list[Managed] = []
            args: list[object] = []
            kwargs: dict[str, object] = {}
            for parameter, below in node.fills:
                value, managed = self._give(below, scope, path) if below is not None else (None, None)
                if managed is not None:
                    before.append(managed)
                if parameter.positional_only:
                    args.append(value)
                else:
                    kwargs[parameter.name] = value
            for below in node.after:
                # A port that is only named here is not needed yet, and stays unmade.
                managed = None if isinstance(below.source, Port) else self._give(below, scope, path)[1]
                if managed is not None:
                    before.append(managed)
            instance = self._call(node, registration, args, kwargs, path)
        finally:
            self._under_way.pop()
        return Managed(node.key, instance, scope, dict.fromkeys(before))

    def _call(
        self,
        node: Node,
        registration: Registration,
        args: list[object],
        kwargs: dict[str, object],
        path: tuple[type, ...],
    ) -> object:
        plan = node.blueprint
        if plan is not None and plan.takes_config:
            config = self._registry.config_of(node.key, registration.config)
            if config is not None or plan.needs_config:
                kwargs["config"] = config if config is not None else {}
        try:
            instance = (registration.factory or node.key)(*args, **kwargs)
        except Exception as error:
            error.add_note(f"while building {draw_path(path)}")
            raise
        if registration.factory is not None:
            _require_instance(node.key, instance, registration)
        return instance

    def _adapter(self, port: Port) -> object:
        if port.key not in self.ports:
            self.ports[port.key] = port.factory()
        return self.ports[port.key]


def _require_instance(key: type, made: object, registration: Registration) -> None:
    if inspect.isawaitable(made):
        if inspect.iscoroutine(made):
            made.close()
        raise InvalidServiceType(
            f"the factory of {type_name(key)} is asynchronous",
            path=(key,),
            registered_at={key: registration.place},
            hint="build the object in a plain function, and await in its initialize()",
        )
    if made is None:
        raise InvalidServiceType(
            f"the factory of {type_name(key)} returned None",
            path=(key,),
            registered_at={key: registration.place},
            hint="return the service from it",
        )
