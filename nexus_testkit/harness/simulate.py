"""Worlds without the fixture: `run(main)` and `@simulate`."""

from __future__ import annotations

import functools
import inspect
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

from nexus_testkit.errors import HarnessError
from nexus_testkit.harness.harness import Harness
from nexus_testkit.simulation import run as run_loop

T = TypeVar("T")


def run(main: Callable[[Harness], Awaitable[T]], **options: Any) -> T:
    """Run `main(nexus)` in a fresh world, in virtual time, and give what it returns.

    `options` are `Harness`'s. What the world left behind is an error here as in a test.
    """

    async def world() -> T:
        async with Harness(**options) as nexus:
            return await main(nexus)

    return run_loop(world)


@overload
def simulate(test: Callable[..., Awaitable[T]], /) -> Callable[..., T]: ...
@overload
def simulate(test: None = None, /, **options: Any) -> Callable[[Callable[..., Awaitable[T]]], Callable[..., T]]: ...
def simulate(test: Callable[..., Awaitable[Any]] | None = None, /, **options: Any) -> Any:
    """Make an `async def` test that takes `nexus` into a plain one that runs in a fresh world each time it is called.

    Put it below `@given`, so that every example has a world of its own. `options` are `Harness`'s. When the
    test fails, what crossed the ports is added to the error as a note.
    """
    if test is None:
        return functools.partial(_simulated, options=options)
    return _simulated(test, options=options)


def _simulated(test: Callable[..., Awaitable[T]], *, options: dict[str, Any]) -> Callable[..., T]:
    if not inspect.iscoroutinefunction(test):
        raise HarnessError(
            f"@simulate takes an 'async def' test, not {test!r}",
            hint="put @simulate below @given, next to the function",
        )
    signature = inspect.signature(test)
    parameters = [parameter for name, parameter in signature.parameters.items() if name != "nexus"]
    if len(parameters) == len(signature.parameters):
        raise HarnessError(f"{test.__qualname__} has no parameter 'nexus'", hint="async def test(nexus, ...)")

    without_nexus = signature.replace(parameters=parameters)

    @functools.wraps(test)
    def simulated(*args: Any, **kwargs: Any) -> T:
        # Hypothesis hands over by position, in the order of the signature without `nexus`.
        given = without_nexus.bind(*args, **kwargs).arguments

        async def world() -> T:
            harness = Harness(**options)
            try:
                async with harness as nexus:
                    bound = inspect.BoundArguments(signature, OrderedDict(given, nexus=nexus))
                    return await test(*bound.args, **bound.kwargs)
            except Exception as error:
                error.add_note("\n".join(["what crossed the ports:", *harness.journal.lines()]))
                raise

        return run_loop(world)

    simulated.nexus_simulated = True  # type: ignore[attr-defined]  # the pytest plugin asks
    del simulated.__wrapped__  # else pytest and Hypothesis would ask for `nexus`
    simulated.__signature__ = without_nexus  # type: ignore[attr-defined]  # read by both
    return simulated
