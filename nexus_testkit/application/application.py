"""`assemble`: ports to adapters, services from a container, started and stopped with a block."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from nexus_testkit.container import Container, activate
from nexus_testkit.errors import LifecycleError, MissingDependency

if TYPE_CHECKING:
    from nexus_testkit.ports.analytics import EventStore
    from nexus_testkit.ports.cache import CacheManager
    from nexus_testkit.ports.clock import Clock
    from nexus_testkit.ports.database import DatabaseAdapter
    from nexus_testkit.ports.files import FileSystem
    from nexus_testkit.ports.http import HttpTransport
    from nexus_testkit.ports.mail import MailTransport, SmtpSettings

T = TypeVar("T")

# By name, not by class: who asks for a port has imported it, and the others need not be loaded.
_PORTS = {
    ("nexus_testkit.ports.analytics", "EventStore"): "analytics",
    ("nexus_testkit.ports.cache", "CacheManager"): "cache",
    ("nexus_testkit.ports.clock", "Clock"): "clock",
    ("nexus_testkit.ports.database", "DatabaseAdapter"): "database",
    ("nexus_testkit.ports.files", "FileSystem"): "files",
    ("nexus_testkit.ports.http", "HttpTransport"): "http",
    ("nexus_testkit.ports.mail", "MailTransport"): "mail",
    ("nexus.database", "DatabaseAdapter"): "database",  # the installed platform's own class
}


def assemble(
    *,
    database: DatabaseAdapter | str | None = None,
    cache: CacheManager | str | None = None,
    mail: MailTransport | SmtpSettings | str | None = None,
    http: HttpTransport | None = None,
    files: FileSystem | str | os.PathLike[str] | None = None,
    clock: Clock | None = None,
    analytics: EventStore | None = None,
    services: Iterable[type] = (),
    config: Mapping[Any, Mapping[str, Any]] | None = None,
) -> Application:
    """Services on real adapters, to be started with `async with`.

    Nothing is opened before the block, and a port that nobody asks for is never made. What is given as an adapter is its
    giver's to close; what is made here of a URL is closed at the end of the block.

    Args:
        database: an adapter, or the URL of `PostgresDatabase`.
        cache: an adapter, or the URL of `RedisCache`.
        mail: an adapter, or the settings or the URL of `SmtpMail`.
        http: an adapter; None: `NetworkTransport()`.
        files: an adapter, or the folder of `RootedDirectory`.
        clock: an adapter; None: the system's clock.
        analytics: an adapter; None: `SqlEventStore` on the database.
        services: classes to start when the block begins.
        config: service class, or its name -> mapping for its `config` parameter.
    """
    given = {
        "database": database,
        "cache": cache,
        "mail": mail,
        "http": http,
        "files": files,
        "clock": clock,
        "analytics": analytics,
    }
    return Application(given, services=services, config=config)


class Application:
    """Services and the adapters behind their ports; made by `assemble`.

    Attributes:
        container: the services'; `nexus_testkit.container.activate(app.container)` makes it the current one where
            another task, made before the block, calls `get_service`.
    """

    def __init__(
        self, given: Mapping[str, Any], *, services: Iterable[type], config: Mapping[Any, Mapping[str, Any]] | None
    ) -> None:
        """Open nothing yet; `given` has what `assemble` took for each port."""
        self.container = Container(resolver=self._resolve)
        if config:
            self.container.configure(config)
        self._given = dict(given)
        self._services = tuple(services)
        self._ports: dict[str, Any] = {}
        self._ours: list[Any] = []
        self._state = "new"
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        if self._state != "new":
            raise LifecycleError("this application was started before", hint="assemble() another")
        self._state = "open"
        self._stack.push_async_callback(self._close_ports)
        self._stack.push_async_callback(self.container.stop)
        self._stack.enter_context(activate(self.container))
        try:
            if self._services:
                await self.container.start(*self._services)
        except BaseException:
            await self._stack.aclose()
            self._state = "closed"
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._state = "closed"
        await self._stack.__aexit__(kind, error, traceback)

    async def _close_ports(self) -> None:
        failures: list[Exception] = []
        while self._ours:
            try:
                await self._ours.pop().aclose()
            except Exception as error:  # noqa: BLE001  # one failure must not keep the others open
                failures.append(error)
        if failures:
            raise failures[0] if len(failures) == 1 else ExceptionGroup("ports did not close", failures)

    async def service(self, cls: type[T]) -> T:
        """The service, built and started, its dependencies before it."""
        return await self.container.service(cls)

    def get(self, cls: type[T]) -> T:
        """The service, built and not started; a port's class gives the port's adapter."""
        return self.container.get(cls)

    def scope(self) -> AbstractAsyncContextManager[Any]:
        """A scope: `async with app.scope() as scope: await scope.service(T)`."""
        return self.container.scope()

    async def health(self) -> dict[str, Any]:
        """What each port in use and each started service says of its health: name -> True, or what is wrong."""
        report: dict[str, Any] = {}
        for name, port in list(self._ports.items()):
            check = getattr(port, "health_check", None)
            if check is not None:
                try:
                    report[name] = await check()
                except Exception as error:  # noqa: BLE001  # an unhealthy port is an answer, not a failure
                    report[name] = f"{type(error).__name__}: {error}"
        return report | await self.container.health()

    # -- ports

    def _resolve(self, key: object) -> Callable[[], object] | None:
        name = _PORTS.get((key.__module__, key.__qualname__)) if isinstance(key, type) else None
        return None if name is None else lambda: self._port(name)

    def _port(self, name: str) -> Any:
        found = self._ports.get(name)
        if found is None:
            if self._state == "closed":
                raise LifecycleError("this application has ended")
            found = self._ports[name] = self._adapter(name, self._given[name])
        return found

    def _adapter(self, name: str, given: Any) -> Any:
        made = _make(name, given, self._port)
        if made is not given:
            self._ours.append(made)
        return made


def _make(name: str, given: Any, port: Callable[[str], Any]) -> Any:
    """The adapter for what was given; imports its driver only now."""
    # fmt: off
    match name, given:
        case "database", str():
            from nexus_testkit.adapters.real.database import PostgresDatabase  # noqa: PLC0415
            return PostgresDatabase(given)
        case "cache", str():
            from nexus_testkit.adapters.real.cache import RedisCache  # noqa: PLC0415
            return RedisCache(given)
        case "mail", given if given is not None and not hasattr(given, "send"):
            from nexus_testkit.adapters.real.mail import SmtpMail  # noqa: PLC0415
            return SmtpMail(given)
        case "http", None:
            from nexus_testkit.adapters.real.http import NetworkTransport  # noqa: PLC0415
            return NetworkTransport()
        case "files", str() | os.PathLike():
            from nexus_testkit.adapters.real.files import RootedDirectory  # noqa: PLC0415
            return RootedDirectory(given)
        case "clock", None:
            from nexus_testkit.adapters.real.clock import SystemClock  # noqa: PLC0415
            return SystemClock()
        case "analytics", None:
            from nexus_testkit.adapters.real.analytics import SqlEventStore  # noqa: PLC0415
            return SqlEventStore(port("database"), clock=port("clock"))
        case _, None:
            raise MissingDependency(f"this application has no {name}", hint=f"assemble({name}=...)")
    # fmt: on
    return given
