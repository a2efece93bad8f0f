"""`Harness`: one world, from its first port to its last leak."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import timedelta
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast, overload

from nexus_testkit.container import Container, activate
from nexus_testkit.errors import HarnessClosed, HarnessError, LeakError, NeedsSimulation, UnknownOption
from nexus_testkit.errors.container import did_you_mean
from nexus_testkit.harness import assembly, backends, clients, leaks
from nexus_testkit.harness.boot import boot_plugin, is_of_the_platform, shut_down_plugin
from nexus_testkit.harness.ending import collect, end_recordings, healthy
from nexus_testkit.harness.recordings import Policy
from nexus_testkit.harness.timelimit import limit_time
from nexus_testkit.harness.watching import running_task, watch
from nexus_testkit.journal import Journal, Seam
from nexus_testkit.simulation import SimulationLoop, virtual_time

if TYPE_CHECKING:
    from nexus_testkit.faults import Faults
    from nexus_testkit.harness.analytics import AnalyticsHandle
    from nexus_testkit.harness.bridge.client import PlatformClient
    from nexus_testkit.harness.bridge.events import EventsHandle
    from nexus_testkit.harness.bridge.platform import Platform
    from nexus_testkit.harness.cache import CacheHandle
    from nexus_testkit.harness.clock import ClockHandle
    from nexus_testkit.harness.database import DatabaseHandle
    from nexus_testkit.harness.files import FilesHandle
    from nexus_testkit.harness.http import HttpHandle
    from nexus_testkit.harness.mail import MailHandle

T = TypeVar("T")

_OPTIONS = ("backend", "services", "plugins", "overrides", "config", "seed", "strict_mail", "time_limit", "loop")


class Harness:
    """A world: services, the fakes behind their ports, one clock, and a journal of what crossed the ports.

    Use it as `async with Harness() as nexus:` inside a running loop, or through the `nexus` fixture,
    `nexus_testkit.run(main)` and `@nexus_testkit.simulate`. On the simulation loop time is virtual; on
    Python's own loop the same fakes run in real time. A port costs nothing until it is first used.

    Raises (while it is made):
        UnknownOption: an option that does not exist, or a value that it does not have.

    Args:
        backend: `"fake"`; `"real"`: PostgreSQL, Redis and the disk behind their ports; or the ports that are real, such as
            `{"database": "postgres"}`; None: what the command line says of tests with `@simulate`, else fakes. On the
            simulation loop the servers' time is virtual too. See `nexus_testkit.harness.backends`.
        services: service classes to start when the world opens.
        plugins: plugin classes to boot when the world opens.
        overrides: class -> object to inject instead.
        config: service class, or its name -> mapping for its `config` parameter.
        seed: of what the fakes draw at random: the database's `random()` and `gen_random_uuid()`. Python's own
            `random` belongs to the test.
        strict_mail: mails that no assertion looked at fail the test at its end.
        time_limit: how much virtual time the world may take, in seconds or as a `timedelta`; where something still waits
            then, `TimeLimitExceeded` ends it and says what. Time that passes by `nexus.clock.advance` or `travel_to`
            does not count.
        loop: the loop that will run the world, where it is not the running one.
    """

    def __init__(
        self,
        *,
        backend: str | Mapping[str, str] | None = None,
        services: Iterable[type] = (),
        plugins: Iterable[type] = (),
        overrides: Mapping[type, object] | None = None,
        config: Mapping[Any, Mapping[str, Any]] | None = None,
        seed: int = 0,
        strict_mail: bool = False,
        time_limit: float | timedelta | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        **unknown: Any,
    ) -> None:
        for option in unknown:
            near = did_you_mean(option, _OPTIONS)
            raise UnknownOption(
                f"a world has no option {option!r}", hint=near or f"its options are {', '.join(_OPTIONS)}"
            )
        self.real_ports = backends.real_ports(backends.DEFAULT.get() if backend is None else backend)
        self.seed = seed
        self.strict_mail = strict_mail
        self._time_limit = time_limit
        self._services = tuple(services)
        self._plugins = tuple(plugins)
        self._booted: list[Any] = []
        self._adapters: dict[str, Any] = {}
        self._ports: dict[str, Any] = {}
        self._time: AbstractContextManager[None] | None = None
        self._opened = self._closed = False
        self._began_at = self._ended_at = 0.0
        self._started: list[type] = []
        self.container = Container(resolver=lambda key: assembly.provider(self, key))
        if config:
            self.container.configure(config)
        for key, replacement in (overrides or {}).items():
            self.container.set_override(key, replacement)
        self.journal = Journal(now=self._elapsed, task=running_task)
        self.seam = Seam(self.journal, sleep=self._sleep)
        self.sweeper: Callable[..., Any] | None = None  # set by whoever can run the same test again
        self.recording = Policy.current()
        self.failed = False  # set by whoever knows that the test did: nothing is recorded then
        self.recorded: list[str] = []
        self._loop = loop

    # -- the world's life

    def open(self) -> Self:
        """Begin the world on its loop: time becomes virtual and get_service() finds its container.

        Starts nothing yet, so it needs no running loop where `loop=` was given.

        Raises:
            HarnessClosed: the world has ended.
        """
        if self._closed:
            raise HarnessClosed("this harness has been closed")
        if self._opened:
            raise HarnessError("this harness is open already", hint="make a new Harness for a new world")
        loop = self._loop
        if loop is None:
            loop = self._loop = _running_loop()
        if loop.is_closed():
            raise HarnessError("the loop of this harness is closed", hint="make the harness inside a loop that runs")
        if self._time_limit is not None:
            limit_time(loop, self._time_limit)
        self._opened = True
        self._began_at = loop.time()
        self._watching = watch(self.journal, loop)
        self.before = leaks.Before(loop)
        # Entered by hand: an ExitStack takes 7 µs of the 30 that a lazy world takes.
        if isinstance(loop, SimulationLoop):
            self._time = virtual_time(loop)
            self._time.__enter__()
        clients.watch()
        self._active = activate(self.container)
        self._active.__enter__()
        return self

    def _leave(self) -> None:
        """Undo what `open` did to the process and to the context."""
        try:
            self._active.__exit__()
        finally:
            self._watching.end()
            if self._time is not None:
                self._time.__exit__(None, None, None)
            if self._time_limit is not None and isinstance(self._loop, SimulationLoop):
                self._loop.limit_time(None)

    async def start(self) -> None:
        """Start `services=` and boot `plugins=`; an error unwinds what had started."""
        if self._services:
            await self.container.start(*self._services)
        for plugin in self._plugins:
            await self.boot(plugin)

    async def __aenter__(self) -> Self:
        self.open()
        try:
            await self.start()
        except BaseException as error:
            await self._close_after(error)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is None:
            await self.aclose()
        else:
            await self._close_after(error)

    async def _close_after(self, error: BaseException) -> None:
        self.failed = True
        try:
            await self.aclose()
        except Exception as also:  # noqa: BLE001  # the body's error is the news; this one is told beside it
            error.add_note(f"and at the end of the world: {type(also).__name__}: {also}")

    async def aclose(self) -> None:
        """End the world: plugins and services stop in reverse, what leaked is looked for, the fakes close.

        Safe to call twice.

        Raises:
            LeakError: something was left behind; it names each with the stack of its creation.
            ExceptionGroup: several failures, of services that did not stop, and leaks.
        """
        if self._closed or not self._opened:
            self._closed = True
            return
        failures: list[Exception] = []
        self._started = list(self.container.started)
        try:
            for plugin in reversed(self._booted):
                shut_down = self.platform.shut_down if is_of_the_platform(plugin) else shut_down_plugin
                await collect(failures, shut_down(plugin))
            await collect(failures, self.container.stop())
            left = await leaks.of_faults(self)
            if "platform" in self.__dict__:
                await collect(failures, self.platform.aclose())
                left += self.platform.leaks()
            left += leaks.of_adapters(self)
            closed: set[str] = set()
            while further := [name for name in self._adapters if name not in closed]:
                closed.add(further[-1])  # one by one: a task that still runs may ask for another one meanwhile
                await collect(failures, self._adapters[further[-1]].aclose())
            left += await leaks.of_the_loop(self)
            if left:
                await leaks.cancel_tasks(self)
                failures.append(LeakError(left))
            await collect(failures, end_recordings(self, keep=not self.failed and not failures))
        finally:
            self._ended_at = self.loop.time()
            self._closed = True
            self._leave()
        if len(failures) == 1:
            raise failures[0]
        if failures:
            raise ExceptionGroup("the world did not end cleanly", failures)

    def run(self, main: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the world's loop, from a plain `def` test."""
        try:
            return self.loop.run_until_complete(main)
        except RuntimeError:
            main.close()
            raise

    # -- services

    async def service(self, cls: type[T]) -> T:
        """The service, built and started, its dependencies before it."""
        self._check_open()
        return await self.container.service(cls)

    def get(self, cls: type[T]) -> T:
        """The service, built and not started; a port's class gives the port."""
        self._check_open()
        return self.container.get(cls)

    def override(self, cls: type, replacement: T) -> AbstractContextManager[T]:
        """Inject `replacement` for `cls` during the block.

        Raises:
            OverrideError: `cls` has been built already, or nobody asked for it during the block.
        """
        self._check_open()
        return self.container.override(cls, replacement)

    def scope(self) -> AbstractAsyncContextManager[Any]:
        """A scope: `async with nexus.scope() as scope: await scope.service(T)`."""
        self._check_open()
        return self.container.scope()

    @overload
    async def boot(self, plugin: type[T], *, config: Mapping[str, Any] | None = None) -> T: ...
    @overload
    async def boot(self, plugin: T, *, config: Mapping[str, Any] | None = None) -> T: ...
    async def boot(self, plugin: type[T] | T, *, config: Mapping[str, Any] | None = None) -> T:
        """Make a plugin as the platform does, initialize it, and start every service that it registered.

        `initialize` may return True or None; False is a failure, as it is to the platform. A `nexus.plugins.BasePlugin` of
        nexus-platform gets the world's `db_adapter`, `event_bus` and `service_registry` (`nexus.events`), its routes are
        served to `nexus.client`, and None is a failure as well: its loader takes it for one.

        Raises:
            HarnessError: `initialize` returned False, or None where that is a failure; what it had registered is rolled back,
                and the error says what the platform would keep.
        """
        self._check_open()
        platform = self.platform if is_of_the_platform(plugin) else None
        booted = await boot_plugin(self.container, plugin, config=config, platform=platform)
        self._booted.append(booted)
        return booted

    async def settle(self) -> None:
        """Wait until every task waits for time, for the outside, or for ever. Moves no virtual time."""
        await self.clock.settle()

    async def health(self) -> dict[str, Any]:
        """What each port in use and each started service says of its health: name -> True, or what is wrong."""
        report: dict[str, Any] = {}
        for name in list(self._ports):
            check = getattr(self._adapters[name], "health_check", None)
            if check is not None:
                report[name] = await healthy(check)
        return report | await self.container.health()

    # -- ports

    @cached_property
    def clock(self) -> ClockHandle:
        """Virtual time: `await nexus.clock.advance(hours=1)`."""
        return cast("ClockHandle", self._handle("clock"))

    @cached_property
    def db(self) -> DatabaseHandle:
        """The database."""
        return cast("DatabaseHandle", self._handle("database"))

    @cached_property
    def cache(self) -> CacheHandle:
        """The cache."""
        return cast("CacheHandle", self._handle("cache"))

    @cached_property
    def mail(self) -> MailHandle:
        """The mail that was sent, and how the server behaves."""
        handle = cast("MailHandle", self._handle("mail"))
        handle.strict = self.strict_mail
        return handle

    @cached_property
    def http(self) -> HttpHandle:
        """HTTP routes and the requests that reached them."""
        return cast("HttpHandle", self._handle("http"))

    @cached_property
    def files(self) -> FilesHandle:
        """The files under the root."""
        return cast("FilesHandle", self._handle("files"))

    @cached_property
    def analytics(self) -> AnalyticsHandle:
        """The analytics events that were stored."""
        return cast("AnalyticsHandle", self._handle("analytics"))

    @cached_property
    def platform(self) -> Platform:
        """What plugins of nexus-platform live in: the bus, the registry, the database and the routes."""
        self._check_open()
        return cast("Platform", assembly.make_platform(self))

    @property
    def events(self) -> EventsHandle:
        """What was published on the platform's event bus: `nexus.events.assert_published("orders.created")`."""
        return self.platform.events

    @property
    def client(self) -> PlatformClient:
        """An httpx client of the booted plugins' routes."""
        return self.platform.client

    @cached_property
    def faults(self) -> Faults:
        """Calls that fail, wait, hang or lose their reply: `nexus.faults.on("database.commit").loses_reply()`."""
        from nexus_testkit.faults import Faults  # noqa: PLC0415  # most worlds have none

        self._check_open()
        if self.real_ports and not self.simulated:
            raise NeedsSimulation(
                "nexus.faults in a world with real adapters on Python's own loop: they fail when they will"
            )
        return Faults(self.seam, adapter=self.adapter, sweeper=self.sweeper)

    def _handle(self, name: str) -> Any:
        self._check_open()
        return assembly.make_handle(self, name)

    def port(self, name: str) -> Any:
        """The port as services see it, made on first need."""
        found = self._ports.get(name)
        if found is None:
            self._check_open()
            found = self._ports[name] = assembly.make_wrapper(self, name)
        return found

    def adapter(self, name: str) -> Any:
        """The adapter behind a port, made on first need. Calls on it cross no seam."""
        found = self._adapters.get(name)
        if found is None:
            self._check_open()
            found = self._adapters[name] = assembly.make_adapter(self, name)
        return found

    # -- facts

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop that runs this world."""
        if self._loop is None:
            raise HarnessError("this harness is not open", hint="use 'async with Harness() as nexus:'")
        return self._loop

    @property
    def simulated(self) -> bool:
        """Whether time is virtual."""
        return isinstance(self._loop, SimulationLoop)

    @property
    def adapters(self) -> Mapping[str, Any]:
        """The adapters made so far, by port."""
        return self._adapters

    @property
    def started(self) -> list[type]:
        """The classes of the services that were started, in that order, also after the world has ended."""
        return list(self._started) if self._closed else list(self.container.started)

    @property
    def elapsed_s(self) -> float:
        """Seconds on the world's clock since it began, also after it has ended."""
        return self._ended_at - self._began_at if self._closed else self._elapsed()

    def _check_open(self) -> None:
        if self._closed:
            raise HarnessClosed("this harness has been closed")
        if not self._opened:
            raise HarnessError("this harness is not open", hint="use 'async with Harness() as nexus:'")

    def _elapsed(self) -> float:
        loop = self._loop
        return time.monotonic() if loop is None else loop.time() - self._began_at

    async def _sleep(self, seconds: float) -> None:
        await self.adapter("clock").sleep(seconds)


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise HarnessError(
            "no event loop is running",
            hint="use nexus_testkit.run(main), or 'async with Harness() as nexus:' inside a coroutine",
        ) from None
