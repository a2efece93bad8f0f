"""`Container`: declarations, checked graph, instances and lifecycle behind one object."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from nexus_testkit.container.building import Builder
from nexus_testkit.container.current import activate
from nexus_testkit.container.graph import Graph
from nexus_testkit.container.lifecycle import Lifecycle
from nexus_testkit.container.managed import Managed, ServiceState, Unhealthy
from nexus_testkit.container.registry import Override, Registration, Registry, Resolver, names_class
from nexus_testkit.container.scope import Scope
from nexus_testkit.errors import InvalidServiceType, LifecycleError, MissingDependency, OverrideError
from nexus_testkit.errors.container import did_you_mean, type_name
from nexus_testkit.errors.stack import Stack

T = TypeVar("T")


class Container:
    """Builds services, fills what they ask for, starts and stops them.

    One container is one world: nothing in it is shared with another. It is made in about a microsecond and
    builds nothing before it is asked to.
    """

    __slots__ = (
        "__weakref__",
        "_builder",
        "_graph",
        "_lifecycle",
        "_registry",
        "_requested",
        "_scopes",
        "_state",
    )

    def __init__(self, *, resolver: Resolver | None = None) -> None:
        """Make an empty container; `resolver` gives the factory of a port's adapter that nobody provided by hand."""
        self._registry = Registry(resolver)
        self._graph = Graph(self._registry)
        self._builder = Builder(self._registry, self._graph)
        self._lifecycle = Lifecycle()
        self._requested: dict[type, None] = {}
        self._scopes: dict[Scope, None] = {}
        self._state = "open"

    # -- declarations -------------------------------------------------------------------------------------------

    def register(self, cls: type, **options: Any) -> None:
        """Register a service; the options are those of `register_service`.

        A service that was built on first need before may be registered afterwards where that changes nothing.

        Raises:
            DuplicateRegistration: registered, provided or aliased before.
            LifecycleError: built before, and an option would come too late.
        """
        self._require_open()
        built = self._builder.instances.get(cls) if isinstance(cls, type) else None
        registration = self._registry.add_service(cls, **options)
        if built is not None and self._comes_too_late(registration, built):
            raise LifecycleError(
                f"{type_name(cls)} was built on first need before it was registered; these options come too late",
                hint="register services before the first one is asked for",
            )
        self._graph.forget()

    def provide(self, key: type, factory: Callable[[], Any]) -> None:
        """Say what makes the adapter of a port. `factory()` is called once, on first need."""
        self._require_open()
        self._registry.add_port(key, factory)
        self._graph.forget()

    def alias(self, key: type, target: type) -> None:
        """Let `key` (an abstract class, a Protocol) give what `target` gives."""
        self._require_open()
        self._registry.add_alias(key, target)
        self._graph.forget()

    def configure(self, configs: Mapping[type | str, Mapping[str, Any]]) -> None:
        """Configure services by class or by class name; wins, key by key, over their registration's `config`.

        Each service gets a deep copy as its constructor's `config`.

        Raises:
            InvalidServiceConfig: no mapping. A name that no service has is found at the next check.
            LifecycleError: one of the classes is built already.
        """
        self._require_open()
        for built in self._builder.instances:
            if any(isinstance(name, (type, str)) and names_class(name, built) for name in configs):
                raise LifecycleError(
                    f"{type_name(built)} is built already, with the configuration it had then",
                    hint="configure services before the first one is asked for",
                )
        self._registry.configure(configs)
        self._graph.forget()

    @contextmanager
    def override(self, key: type, stand_in: T) -> Iterator[T]:
        """Let `key` give `stand_in` to whatever is built in this block; what was built then keeps it afterwards.

        Where the stand-in has `initialize()` and `cleanup()`, its lifecycle is driven like that of what it replaces,
        unless that is a port.

        Raises:
            OverrideError: `key` is built already; or, at the end of a block that raised nothing, nobody asked for it.
        """
        outer = self._registry.overrides.get(key)
        made = self._put_override(key, stand_in)
        try:
            yield stand_in
        except BaseException:
            self._drop_override(made, outer)
            raise
        self._drop_override(made, outer)
        if not made.used:
            raise self._unused(made)

    def set_override(self, key: type, stand_in: object) -> None:
        """Like `override`, until the end of the container; `stop` raises where nobody asked for it."""
        self._put_override(key, stand_in)

    # -- building -----------------------------------------------------------------------------------------------

    def check(self, *classes: type) -> None:
        """Check everything below `classes` (none: all that is registered) and build nothing.

        Raises:
            ContainerError: the subclass that names what is wrong.
        """
        for cls in classes or tuple(self._registry.services):
            self._graph.node(cls, in_scope=not classes)

    def get(self, cls: type[T]) -> T:
        """The service or port, built with everything below it; not started by this."""
        return self.get_in(None, cls)

    def get_in(self, scope: Scope | None, cls: type[T]) -> T:
        """What `get` of a scope does."""
        return cast("T", self._obtain(scope, cls)[0])

    def _obtain(self, scope: Scope | None, cls: type) -> tuple[object, Managed | None]:
        known = self._builder.instances.get(cls) if isinstance(cls, type) else None
        if known is not None and self._state != "stopped":
            return known.instance, known
        self._require_open()
        with activate(self):
            return self._builder.obtain(scope, cls)

    # -- lifecycle ----------------------------------------------------------------------------------------------

    async def service(self, cls: type[T]) -> T:
        """The service, built and started after everything below it. Safe to call at once from many tasks.

        Raises:
            ContainerError: the graph below it has a fault; nothing was built.
            BaseException: what a constructor or an `initialize()` raised. Everything that this call had started
                has been stopped again, in reverse; what went wrong in that is noted on the error. Ask again to
                try again.
        """
        return await self.service_in(None, cls)

    async def service_in(self, scope: Scope | None, cls: type[T]) -> T:
        """What `service` of a scope does."""
        instance, managed = self._obtain(scope, cls)
        if managed is not None and not (managed.kept and managed.state is ServiceState.STARTED):
            self._require_open()
            with activate(self):
                await self._lifecycle.start([managed])
        return cast("T", instance)

    async def start(self, *classes: type) -> None:
        """Start `classes`; without any: each registered singleton, and whatever was built but not started yet.

        Raises:
            LifecycleError: one of `classes` was started by this method before.
        """
        self._require_open()
        wanted = classes or tuple(
            key for key, registration in self._registry.services.items() if registration.scope == "singleton"
        )
        for cls in wanted:  # all of them, before any is built
            self._graph.node(cls)
        for cls in classes:
            if cls in self._requested:
                raise LifecycleError(
                    f"{type_name(cls)} was started before",
                    hint=f"await container.service({type_name(cls)}) gives the started one",
                )
        roots = [managed for _, managed in [self._obtain(None, cls) for cls in wanted] if managed is not None]
        if not classes:
            roots += [each for each in self._builder.managed if each not in roots]
        self._requested.update(dict.fromkeys(classes))
        try:
            with activate(self):
                await self._lifecycle.start(roots)
        except BaseException:
            for cls in classes:
                self._requested.pop(cls, None)
            raise

    async def stop(self, *, error: BaseException | None = None) -> None:
        """Stop everything, open scopes included, in exact reverse of the order of start. Safe to call twice.

        Starts under way are cancelled and unwound. A cancellation that arrives meanwhile goes on afterwards.

        Args:
            error: what the caller's own work ended with; unused overrides are not reported beside it.

        Raises:
            ExceptionGroup: what the stopping raised; nothing else was kept from being stopped.
            OverrideError: a permanent override that nobody asked for.
        """
        if self._state == "stopped":
            return
        if self._state == "stopping":
            # The other call raises what there is to raise.
            self._lifecycle.refuse_own_end(_everything)
            await self._lifecycle.until(lambda: self._state == "stopped")
            return
        self._state = "stopping"
        try:
            with activate(self):
                failures = await self._lifecycle.stop(_everything, self._ended_early)
        except LifecycleError:  # refused: called by a service that it would have to wait for
            self._state = "open"
            raise
        except BaseException:
            self._state = "stopped"
            raise
        else:
            self._state = "stopped"
        finally:
            self._lifecycle.wake()
        unused = [each for each in self._registry.overrides.values() if not each.used]
        if error is None and unused:
            if not failures:
                raise self._unused(unused[0])
            failures += [self._unused(each) for each in unused]
        if failures:
            raise ExceptionGroup(f"{len(failures)} failure(s) while services were stopped", failures)

    def registered(self) -> frozenset[type]:
        """The classes of every service known so far: a point to `roll_back` to."""
        return frozenset(self._registry.services)

    async def roll_back(self, to: frozenset[type]) -> list[Exception]:
        """Stop and forget every service that became known after `to` was taken; what failed in that comes back."""
        new = frozenset(self._registry.services) - to
        with activate(self):
            failures = await self._lifecycle.stop(lambda each: each.key in new, self._ended_early)
        for key in new:
            del self._registry.services[key]
            self._requested.pop(key, None)
        self._builder.forget(new)
        self._graph.forget()
        return failures

    def scope(self) -> Scope:
        """A scope, to be entered with `async with`."""
        self._require_open()
        return Scope(self)

    def open_scope(self, scope: Scope) -> None:
        """Note that `scope` was entered."""
        self._require_open()
        self._scopes[scope] = None

    async def close_scope(self, scope: Scope, error: BaseException | None) -> None:
        """Stop what belongs to `scope`; see `Scope.__aexit__`."""
        try:
            with activate(self):
                failures = await self._lifecycle.stop(lambda each: each.owner is scope, self._scope_ended_early)
        finally:
            self._scopes.pop(scope, None)
            for each in scope.managed:
                each.forget()
        if failures and error is None:
            raise ExceptionGroup(f"{len(failures)} failure(s) while a scope's services were stopped", failures)
        for failure in failures:
            error.add_note(f"while the scope was ended: {type(failure).__name__}: {failure}")  # type: ignore[union-attr]  # see above

    # -- looking in ---------------------------------------------------------------------------------------------

    @property
    def started(self) -> list[type]:
        """The classes of what is started, in the order in which it was."""
        return [each.key for each in self._lifecycle.order]

    @property
    def started_instances(self) -> list[object]:
        """What is started, in the order in which it was."""
        return [each.instance for each in self._lifecycle.order]

    def state(self, of: object) -> ServiceState:
        """The state of a class or of an instance.

        Raises:
            MissingDependency: this container knows nothing of it.
        """
        everything = [*self._builder.managed, *(each for scope in self._scopes for each in scope.managed)]
        if isinstance(of, type):
            key = self._registry.canonical(of)
            managed = self._builder.instances.get(key) or next(
                (each for each in reversed(everything) if each.key is key), None
            )
            if managed is not None:
                return managed.state
            if key in self._builder.ports:
                return ServiceState.BUILT
            if key in self._registry.services or key in self._registry.ports or key in self._registry.overrides:
                return ServiceState.REGISTERED
        for each in everything:
            if each.instance is of:
                return each.state
        raise MissingDependency(
            f"this container knows nothing of {type_name(of)}",
            hint=did_you_mean(type_name(of), self._registry.names()) or "it was neither registered nor asked for here",
        )

    async def health(self) -> dict[str, Any]:
        """What the `health_check()` of each started service answers, by class name.

        A check that raises gives a false `Unhealthy` with the error; the others are still asked.
        """
        answers: dict[str, Any] = {}
        for each in list(self._lifecycle.order):
            check = getattr(type(each.instance), "health_check", None)
            if check is None:
                continue
            name = each.name if each.name not in answers else f"{each.key.__module__}.{each.name}"
            try:
                answer = check(each.instance)
                answers[name] = await answer if inspect.isawaitable(answer) else answer
            except Exception as error:  # noqa: BLE001  # an unhealthy service must not hide the others
                answers[name] = Unhealthy(error)
        return answers

    # -- refusals -----------------------------------------------------------------------------------------------

    def _put_override(self, key: type, stand_in: object) -> Override:
        self._require_open()
        if not isinstance(key, type):
            raise InvalidServiceType(f"override() takes a class, not {key!r}", hint="pass the class to be replaced")
        canonical = self._registry.canonical(key)
        singletons = canonical in self._builder.ports or canonical in self._builder.instances
        if singletons or any(canonical in scope.instances for scope in self._scopes):
            raise OverrideError(
                f"{type_name(key)} is built already; whoever holds it would keep it",
                path=(canonical,),
                registered_at=self._registry.places((canonical,)),
                hint="override before the first service that needs it is asked for",
            )
        made = self._registry.overrides[key] = Override(key, stand_in, Stack(skip=2))
        self._graph.forget()
        return made

    def _drop_override(self, made: Override, outer: Override | None) -> None:
        del self._registry.overrides[made.key]
        if outer is not None:
            self._registry.overrides[made.key] = outer
        self._builder.drop(made)
        self._graph.forget()

    def _unused(self, override: Override) -> OverrideError:
        return OverrideError(
            f"nobody asked for {type_name(override.key)}, which is overridden at {override.place}",
            hint="the service under test takes another class, or the override is no longer needed",
        )

    def _comes_too_late(self, registration: Registration, built: Managed) -> bool:
        changes = registration.scope != "singleton" or registration.factory or registration.config
        below = {each.key for each in built.dependencies}
        missing = [key for key in registration.dependencies if self._registry.canonical(key) not in below]
        return bool(changes) or any(self._registry.port(key) is None for key in missing)

    def _require_open(self) -> None:
        if self._state != "open":
            raise LifecycleError(
                "this container has been stopped" if self._state == "stopped" else "this container is being stopped",
                hint="a fixture or a task kept it beyond its test; ask for 'nexus' where it is used",
            )

    @staticmethod
    def _ended_early() -> LifecycleError:
        return LifecycleError(
            "the container was stopped while this service was starting",
            hint="await what you start before the harness ends",
        )

    @staticmethod
    def _scope_ended_early() -> LifecycleError:
        return LifecycleError(
            "the scope ended while this service was starting", hint="await what you start before the scope ends"
        )


def _everything(_: Managed) -> bool:
    return True
