"""Coroutine tests of this folder run on the simulation loop; the container is below the plugin that does so for users."""

import asyncio
import inspect
from typing import Any

import pytest

from nexus_testkit.container import Container, Service, inject
from nexus_testkit.simulation import run


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    run(lambda: pyfuncitem.obj(**arguments))
    return True


@pytest.fixture
def container() -> Container:
    return Container()


@pytest.fixture
def log() -> list[str]:
    """What services of the test noted, in order."""
    return []


class Noting(Service):
    """Notes what happens to it; class attributes say what else it does."""

    log: list[str]
    start_s = 0.0
    stop_s = 0.0
    start_error: BaseException | None = None
    stop_error: BaseException | None = None

    async def initialize(self) -> None:
        self.log.append(f"starting {type(self).__name__}")
        await asyncio.sleep(self.start_s)
        if self.start_error is not None:
            raise self.start_error
        self.log.append(f"+{type(self).__name__}")

    async def cleanup(self) -> None:
        self.log.append(f"-{type(self).__name__}")
        await asyncio.sleep(self.stop_s)
        self.log.append(f"stopped {type(self).__name__}")
        if self.stop_error is not None:
            raise self.stop_error


class Make:
    """Makes services of the test: `make("B", A, start_s=1)` needs A and takes a second."""

    def __init__(self, log: list[str]) -> None:
        self._log = log

    def __call__(self, name: str, *needs: type[Service], **attributes: Any) -> type[Noting]:
        def init(self: Any, one: Any = inject(), two: Any = inject()) -> None:
            self.needs = (one, two)

        def init_one(self: Any, one: Any = inject()) -> None:
            self.needs = (one,)

        body: dict[str, Any] = {"log": self._log, **attributes}
        if needs:
            body["__init__"] = init if len(needs) == 2 else init_one
            body["__init__"].__annotations__ = dict(zip(("one", "two"), needs, strict=False))
        return type(name, (Noting,), body)

    def steps(self) -> list[str]:
        """What happened, without the beginnings and ends of steps that take time."""
        return [line for line in self._log if line[0] in "+-"]


@pytest.fixture
def make(log: list[str]) -> Make:
    return Make(log)
