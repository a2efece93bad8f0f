"""The stub transport and a client in virtual time, for one test."""

from collections.abc import Awaitable, Callable
from functools import wraps

import httpx

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.http import StubTransport
from nexus_testkit.simulation import current_loop, run

API = "https://api.example"


def with_client(test: Callable[[StubTransport, httpx.AsyncClient], Awaitable[None]]) -> Callable[[], None]:
    """Run the test on a fresh transport in virtual time."""

    async def main() -> None:
        transport = StubTransport(clock=VirtualClock(current_loop()))
        async with httpx.AsyncClient(transport=transport, trust_env=False) as client:
            await test(transport, client)

    @wraps(test)
    def wrapper() -> None:
        run(main)

    del wrapper.__wrapped__  # pytest would take the parameters for fixtures
    return wrapper
