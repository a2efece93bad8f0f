"""The origin, and the loop that it runs on, for a module's tests."""

import asyncio

import pytest

from tests.differential.http.origin import serving


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def origin(runner):
    manager = serving()
    yield runner.run(manager.__aenter__())
    runner.run(manager.__aexit__(None, None, None))
