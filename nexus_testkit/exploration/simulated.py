"""`@simulate`: an async test that runs in a fresh world each time it is called, below `@given` for instance."""

from __future__ import annotations

import functools
import inspect
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

from nexus_testkit.errors import HarnessError
from nexus_testkit.harness import Harness
from nexus_testkit.harness.again import Again
from nexus_testkit.harness.passed import note_passed
from nexus_testkit.simulation import run as run_loop

T = TypeVar("T")

_REPLAYS = '@nexus_testkit.simulate(replay="{token}")'


@overload
def simulate(test: Callable[..., Awaitable[T]], /) -> Callable[..., T]: ...
@overload
def simulate(test: None = None, /, **options: Any) -> Callable[[Callable[..., Awaitable[T]]], Callable[..., T]]: ...
def simulate(test: Callable[..., Awaitable[Any]] | None = None, /, **options: Any) -> Any:
    """Make an `async def` test that takes `nexus` into a plain one that runs in a fresh world each time it is called.

    Put it below `@given`, so that every example has a world of its own. When the test fails, what crossed the ports is
    added to the error as a note.

    Args:
        test: the test.
        options: of `Harness`; and of a search by Hypothesis:

            - `explore=True`: which task runs next, how long calls take and what random numbers the code draws are part of
              the example. Hypothesis finds, shrinks and repeats them together with the inputs.
            - `faults=`: what may fail besides, see `nexus_testkit.explore`.
            - `max_latency=`: virtual seconds that a call may take longer at most.

            Without these, `replay="nx1:..."` makes the run of a token again.
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

    explores = options.get("explore", False)
    if explores not in (True, False):
        raise HarnessError(
            f"@simulate(explore={explores!r})",
            hint="explore=True below @given; without Hypothesis nexus_testkit.explore(body, runs=...) or the marker",
        )
    of_search = {name: options[name] for name in ("faults", "max_latency") if name in options}
    if of_search and not explores:
        raise HarnessError(f"@simulate({next(iter(of_search))}=...) without explore=True", hint="add explore=True")
    token = options.get("replay")
    if token is not None and explores:
        raise HarnessError("@simulate(explore=True, replay=...)", hint="one or the other: a replay is a single run")
    of_world = {name: value for name, value in options.items() if name not in {"explore", "replay", *of_search}}

    @functools.wraps(test)
    def simulated(*args: Any, **kwargs: Any) -> T:
        __tracebackhide__ = True
        # Hypothesis hands over by position, in the order of the signature without `nexus`.
        given = without_nexus.bind(*args, **kwargs).arguments

        async def body(nexus: Harness) -> T:
            __tracebackhide__ = True
            bound = inspect.BoundArguments(signature, OrderedDict(given, nexus=nexus))
            return await test(*bound.args, **bound.kwargs)

        if explores:
            from nexus_testkit.exploration.hypothesized import run_example  # noqa: PLC0415  # few tests explore

            run_example(body, of_world, **of_search)
            return None  # type: ignore[return-value]  # a test returns nothing
        if token is not None:
            from nexus_testkit.exploration.running import replay_body  # noqa: PLC0415  # few tests replay
            from nexus_testkit.exploration.sweep_report import Ways  # noqa: PLC0415  # as above

            replay_body(functools.wraps(test)(body), token, options=of_world, ways=Ways(_REPLAYS))
            return None  # type: ignore[return-value]  # as above
        return _run(body, of_world, test)

    simulated.nexus_simulated = test  # type: ignore[attr-defined]  # the pytest plugin asks
    del simulated.__wrapped__  # else pytest and Hypothesis would ask for `nexus`
    simulated.__signature__ = without_nexus  # type: ignore[attr-defined]  # read by both
    return simulated


def _run(body: Callable[[Harness], Awaitable[T]], options: dict[str, Any], test: Callable[..., Any]) -> T:
    __tracebackhide__ = True
    again = Again()
    harness: Harness | None = None
    failed_after: int | None = None

    async def world() -> T:
        __tracebackhide__ = True
        nonlocal harness, failed_after
        harness = Harness(**options)
        harness.sweeper = again
        async with harness as nexus:
            try:
                return await body(nexus)
            except BaseException:
                failed_after = len(nexus.journal)
                raise

    try:
        result = run_loop(world)
    except BaseException as error:
        if not again.asked:
            if harness is not None and _is_failure(error):
                _tell(error, harness, failed_after)
            raise
    else:
        if not again.asked:
            if harness is not None:
                note_passed(harness)
            return result
    from nexus_testkit.exploration.running import sweep_body  # noqa: PLC0415  # few tests sweep
    from nexus_testkit.exploration.sweep_report import Ways  # noqa: PLC0415  # as below

    sweep_body(body, test=test, options=options, ways=Ways(_REPLAYS))
    return None  # type: ignore[return-value]  # a test returns nothing


def _is_failure(error: BaseException) -> bool:
    """Whether it is the news of a test: neither its end nor a signal of Hypothesis, of which a search has thousands."""
    if isinstance(error, (KeyboardInterrupt, SystemExit, GeneratorExit)):
        return False
    return type(error).__module__.partition(".")[0] != "hypothesis"


def _tell(error: BaseException, harness: Harness, failed_after: int | None) -> None:
    """Add to the error what crossed the ports, and keep the world for a report."""
    from nexus_testkit.report.ran import Ran, keep  # noqa: PLC0415  # for what fails alone

    error.add_note("\n".join(["what crossed the ports:", *harness.journal.lines()]))
    keep(error, Ran(harness.journal, harness.seed, harness.elapsed_s, failed_after))
