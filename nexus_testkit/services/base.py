"""`BaseService`: the lifecycle that every service of a plugin shares.

A service overrides `_setup` and `_teardown`; `initialize` and `cleanup` call them, once, whoever asks and
however often. Its public `async` methods work between the two and raise `ServiceNotInitialized` before and
after, without a line of code for it in the subclass.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import Any

from nexus_testkit.container import Service
from nexus_testkit.errors import LifecycleError, ServiceNotInitialized, ValidationError
from nexus_testkit.services.logging import ServiceLogger, get_logger
from nexus_testkit.services.options import frozen_copy

_UNGUARDED = frozenset({"initialize", "cleanup", "health_check"})

# The services whose `_setup` or `_teardown` runs in this context. They may use their own public methods there
# (the guide's `_setup` awaits `self.create_tables()`); tasks that they start inherit the permission, others
# have none.
_changing: ContextVar[frozenset[int]] = ContextVar("nexus_testkit_services_changing", default=frozenset())


class BaseService(Service):
    """Base class for all plugin services.

    Attributes:
        config: the configuration, a frozen deep copy: changing the mapping that was passed changes nothing here.
        logger: a `ServiceLogger` with the name of the class.
    """

    # All state has its default outside of __init__: a subclass that forgets super().__init__(), as stand-ins in tests
    # do, still starts and stops.
    config: Mapping[str, Any] = frozen_copy({})
    _initialized = False

    def __init__(self, config: Mapping[str, Any] | None = None) -> None:
        if not isinstance(config, Mapping | None):
            raise ValidationError(f"{type(self).__name__}: config must be a mapping, not {config!r}", field="config")
        self.config = frozen_copy(config or {})

    @cached_property
    def logger(self) -> ServiceLogger:
        return get_logger(type(self).__name__)

    @cached_property
    def _lifecycle(self) -> asyncio.Lock:
        """Lets `initialize` and `cleanup` run one at a time."""
        return asyncio.Lock()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Guard the public asynchronous methods that the subclass defines."""
        super().__init_subclass__(**kwargs)
        for name, member in list(vars(cls).items()):
            if not name.startswith("_") and name not in _UNGUARDED and inspect.isfunction(member):
                setattr(cls, name, _guarded(member))

    async def initialize(self) -> None:
        """Start the service; does nothing where it is started already.

        Callers at the same time wait for the one that came first. Where `_setup` fails, `_teardown` runs, so that
        nothing half-started stays behind, and the error of `_setup` is raised; a failure of that `_teardown` is a
        note on it. The service is then not initialized, and `initialize()` may be tried again.

        Raises:
            LifecycleError: called from the service's own `_setup` or `_teardown`.
        """
        async with self._lifecycle_step("initialize"):
            if self._initialized:
                return
            self.logger.info("Initializing %s", type(self).__name__)
            with self._allowed_inside():
                try:
                    await self._setup()
                except BaseException as error:
                    await self._unwind(error)
                    raise
            self._initialized = True
            self.logger.info("%s initialized successfully", type(self).__name__)

    async def cleanup(self) -> None:
        """Stop the service; does nothing where it is not started.

        The service ends not initialized even when `_teardown` fails; the error is raised.
        """
        async with self._lifecycle_step("cleanup"):
            if not self._initialized:
                return
            self.logger.info("Cleaning up %s", type(self).__name__)
            self._initialized = False
            with self._allowed_inside():
                await self._teardown()
            self.logger.info("%s cleaned up", type(self).__name__)

    async def _setup(self) -> None:
        """Override this method for service-specific initialization."""

    async def _teardown(self) -> None:
        """Override this method for service-specific cleanup. It also runs after a `_setup` that failed half-way."""

    @property
    def is_initialized(self) -> bool:
        """Whether the service is between `initialize()` and `cleanup()`."""
        return self._initialized

    def validate_initialization(self) -> None:
        """Ensure that the service is initialized. Public `async` methods need not call it: they are guarded.

        Raises:
            ServiceNotInitialized: it is not; a RuntimeError.
        """
        if self._initialized or (id(self) in _changing.get() and self._lifecycle.locked()):
            return
        name = type(self).__name__
        raise ServiceNotInitialized(
            f"{name} is not initialized",
            path=[type(self)],
            hint=f"'await nexus.service({name})' gives it started; by hand, 'await service.initialize()' comes first",
        )

    async def _unwind(self, error: BaseException) -> None:
        try:
            await self._teardown()
        except Exception as second:  # noqa: BLE001  # whatever it is, the first error is the one to raise
            error.add_note(f"{type(self).__name__}._teardown() failed as well: {type(second).__name__}: {second}")

    def _lifecycle_step(self, step: str) -> asyncio.Lock:
        if id(self) in _changing.get():
            name = type(self).__name__
            raise LifecycleError(
                f"{name}.{step}() was called while {name} itself starts or stops",
                path=[type(self)],
                hint=f"leave {step}() to the container; '_setup' and '_teardown' only prepare and release",
            )
        return self._lifecycle

    @contextmanager
    def _allowed_inside(self) -> Iterator[None]:
        token = _changing.set(_changing.get() | {id(self)})
        try:
            yield
        finally:
            _changing.reset(token)


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    """The method behind a check that the service is initialized; what is not asynchronous comes back as it is."""
    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def guarded(self: BaseService, *args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True  # pytest's name for what tells nobody anything
            self.validate_initialization()
            return await method(self, *args, **kwargs)

        return guarded

    if inspect.isasyncgenfunction(inspect.unwrap(method)):  # bare, or below @asynccontextmanager

        @functools.wraps(method)
        def guarded_iterator(self: BaseService, *args: Any, **kwargs: Any) -> Any:
            self.validate_initialization()
            return method(self, *args, **kwargs)

        return guarded_iterator

    return method
