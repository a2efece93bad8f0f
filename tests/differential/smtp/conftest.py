"""Servers that run for a module's tests, and the loop of the sink."""

import asyncio

import pytest

from tests.differential.smtp.servers import Sink, nodemailer, twisted

SERVERS = {"twisted": twisted, "nodemailer": nodemailer}


@pytest.fixture(scope="module")
def runner():
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def sink(runner):
    sink = Sink(runner)
    yield sink
    sink.close()


@pytest.fixture(scope="module", params=SERVERS)
def other(request):
    process = SERVERS[request.param]()
    yield process
    process.close()
