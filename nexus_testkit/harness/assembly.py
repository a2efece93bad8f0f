"""Which adapter stands behind which port, and how a world makes it on first need.

Ports are known here by the name of their class (`module`, `name`), not by the class: a world must not import
httpx or the e-mail package to find out that nobody asked for them. A class can only be asked for by
somebody who has imported it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from nexus_testkit.errors import HarnessError
from nexus_testkit.harness import backends
from nexus_testkit.journal import TestSeam

if TYPE_CHECKING:
    from nexus_testkit.harness.harness import Harness


class PortRow(NamedTuple):
    """One port's row of files.

    Attributes:
        name: the module's name in every package.
        protocol: the port's class, in `nexus_testkit.ports.<name>`.
        adapter: the fake's class, in `nexus_testkit.adapters.fake.<name>`.
        wrapper: the seam's class, in `nexus_testkit.journal.<name>`.
        handle: what tests see, in `nexus_testkit.harness.<name>`.
        attribute: the handle's name on the harness.
    """

    name: str
    protocol: str
    adapter: str
    wrapper: str
    handle: str
    attribute: str


PORTS = (
    PortRow("clock", "Clock", "VirtualClock", "SeamedClock", "ClockHandle", "clock"),
    PortRow("database", "DatabaseAdapter", "SqliteDatabase", "SeamedDatabase", "DatabaseHandle", "db"),
    PortRow("cache", "CacheManager", "FakeRedisCache", "SeamedCache", "CacheHandle", "cache"),
    PortRow("mail", "MailTransport", "SmtpSink", "SeamedMail", "MailHandle", "mail"),
    PortRow("http", "HttpTransport", "StubTransport", "SeamedHttp", "HttpHandle", "http"),
    PortRow("files", "FileSystem", "MemoryFiles", "SeamedFiles", "FilesHandle", "files"),
    PortRow("analytics", "EventStore", "SqlEventStore", "SeamedEvents", "AnalyticsHandle", "analytics"),
)

BY_NAME = {row.name: row for row in PORTS}
BY_CLASS = {(f"nexus_testkit.ports.{row.name}", row.protocol): row for row in PORTS}
# The installed platform's own class of that name stands for the same port (the guide imports it from there).
BY_CLASS["nexus.database", "DatabaseAdapter"] = BY_NAME["database"]


def find_row(key: object) -> PortRow | None:
    """The row of a port's class, or None where `key` is no port."""
    if not isinstance(key, type):
        return None
    return BY_CLASS.get((key.__module__, key.__qualname__))


def provider(harness: Harness, key: object) -> Callable[[], object] | None:
    """What the container calls to get the object for a port's class; None where `key` is no port."""
    row = find_row(key)
    if row is None:
        return None
    return lambda: harness.port(row.name)


def make_adapter(harness: Harness, name: str) -> Any:
    """A new fake for the port, or a real adapter where the world's backend says so."""
    if name in harness.real_ports:
        return backends.make_real(name, harness.loop)
    row = BY_NAME[name]
    if name == "clock":
        if harness.simulated:
            return _load("adapters.fake.clock", "VirtualClock")(harness.loop)
        return _load("adapters.real.clock", "SystemClock")()
    factory = _load(f"adapters.fake.{name}", row.adapter)
    clock = harness.adapter("clock")
    if name == "database":
        return factory(clock=clock, seed=harness.seed)
    if name == "analytics":
        return factory(harness.port("database"), clock=clock)
    return factory(clock=clock)


def make_wrapper(harness: Harness, name: str) -> Any:
    """The port as services see it: the adapter behind the seam."""
    row = BY_NAME[name]
    wrapper = _load(f"journal.{name}", row.wrapper)
    return wrapper(harness.adapter(name), harness.seam)


def make_handle(harness: Harness, name: str) -> Any:
    """The port as tests see it: behind the seam as well, with assertions that go round it."""
    row = BY_NAME[name]
    handle = _load(f"harness.{name}", row.handle)
    made = handle(harness.adapter(name), TestSeam(harness.seam))
    if name == "analytics":
        made.buffered = lambda: _held_back(harness)
    if name == "http":
        made.make_recordings = lambda stubs: _load("harness.recordings", "Recordings")(
            harness.recording, stubs, harness.journal
        )
    return made


def make_platform(harness: Harness) -> Any:
    """What nexus-platform gives its plugins.

    Raises:
        HarnessError: it is not installed.
    """
    try:
        platform = _load("harness.bridge.platform", "Platform")
    except ImportError as error:
        raise HarnessError(
            f"nexus-platform cannot be imported: {error}", hint="pip install 'nexus-platform==0.1.5' aiohttp aiofiles"
        ) from error
    return platform(harness)


def _held_back(harness: Harness) -> int:
    """How many events the started services still buffer, whatever their class."""
    return sum(len(getattr(service, "events_buffer", ())) for service in harness.container.started_instances)


@cache  # importlib takes 1.1 µs to find what is loaded, this takes 0.2; a world with five ports asks eleven times
def _load(module: str, name: str) -> Any:
    return getattr(import_module(f"nexus_testkit.{module}"), name)
