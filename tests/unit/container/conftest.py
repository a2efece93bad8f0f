"""Coroutine tests of this folder run on the simulation loop; the container is below the plugin that does so for users."""

import inspect

import pytest

from nexus_testkit.container import Container
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
