"""The hooks of a test that runs: its fixtures, its body, its end and its report."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from nexus_testkit.errors import LeakError
from nexus_testkit.pytest_plugin.apart import tell_own_world, with_own_worlds
from nexus_testkit.pytest_plugin.backend import hand_over, simulated_on, skipping
from nexus_testkit.pytest_plugin.collecting import WORLD, note_world, uses_world
from nexus_testkit.pytest_plugin.fixtures import EXPLORING, WORLD_FIXTURE
from nexus_testkit.pytest_plugin.integrations import asyncio_plugin
from nexus_testkit.pytest_plugin.options import world_options
from nexus_testkit.pytest_plugin.tracing import note_outcome, page_of
from nexus_testkit.pytest_plugin.trimming import trim

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest  # what pytest hands to this hook has no public name

    from nexus_testkit.pytest_plugin.running import Stage
    from nexus_testkit.pytest_plugin.world import World

    Wrapper = Generator[None, Any, Any]

_BEGINS = pytest.StashKey[bool]()
# Keeps or removes its directory by the result of the test, which is not known before the world has ended.
_OUTLIVE_THE_WORLD = frozenset({"tmp_path"})


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Load what the first world needs before Hypothesis begins to measure examples of a `@simulate` test."""
    if _is_simulated(item) and hasattr(getattr(item, "obj", None), "hypothesis"):
        from nexus_testkit.harness.warm import warm_up  # noqa: PLC0415  # loads every library

        warm_up()


def _is_simulated(item: pytest.Item) -> bool:
    test = getattr(item, "obj", None)
    return any(
        getattr(each, "nexus_simulated", False)
        for each in (test, getattr(getattr(test, "hypothesis", None), "inner_test", None))
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: SubRequest) -> Wrapper:
    """Set the world up before any other fixture of its test, and run async fixtures in it.

    Outermost, so that neither pytest-asyncio nor anyio sees that the fixture is async.
    """
    __tracebackhide__ = True
    item = request.node
    if fixturedef.argname == WORLD_FIXTURE and not item.config.getoption(
        "setupplan", default=False
    ):  # which runs no fixture
        return (yield from _set_up_world(item, fixturedef, request))
    if fixturedef.scope != "function" or not uses_world(item) or item.stash.get(_BEGINS, False):
        return (yield)
    if WORLD_FIXTURE in fixturedef.argnames:  # pytest itself ends it before the world
        return (yield)
    world = item.stash.get(WORLD, None) or request.getfixturevalue(WORLD_FIXTURE)
    if fixturedef.argname not in _OUTLIVE_THE_WORLD:
        world.before_end(partial(fixturedef.finish, request=request))
    function = fixturedef.func
    if _is_async(function):
        return (yield from _with_function(fixturedef, _synchronous(function, world.stage, request)))
    reason = asyncio_plugin.why_not(function)
    if reason is not None:
        return (yield from _with_function(fixturedef, partial(_refuse, fixturedef.argname, reason)))
    return (yield)


def _with_function(fixturedef: pytest.FixtureDef[Any], function: Callable[..., Any]) -> Wrapper:
    # Also to refuse: an error that comes of the function is kept for whoever else asks for the fixture.
    __tracebackhide__ = True
    original = fixturedef.func
    fixturedef.func = function  # type: ignore[misc]  # final for users, not for plugins
    try:
        return (yield)
    finally:
        fixturedef.func = original  # type: ignore[misc]  # see above


def _refuse(name: str, reason: str, **_arguments: object) -> None:
    pytest.fail(f"async fixture {name!r} {reason}", pytrace=False)


def _set_up_world(item: pytest.Item, fixturedef: pytest.FixtureDef[Any], request: SubRequest) -> Wrapper:
    __tracebackhide__ = True
    item.stash[_BEGINS] = True  # what the world itself asks for comes before it
    try:
        world = yield
    finally:
        item.stash[_BEGINS] = False
    world.bind(fixturedef, request)
    item.stash[WORLD] = world
    note_world(item)  # also where a fixture asked for it by request.getfixturevalue()
    return world


@pytest.hookimpl(specname="pytest_fixture_setup", wrapper=True, trylast=True)
def pytest_fixture_unclaimed(fixturedef: pytest.FixtureDef[Any], request: SubRequest) -> Wrapper:
    """Say why an async fixture of a wider scope cannot be had, where no other plugin runs it.

    Innermost: whoever runs such a fixture has put a synchronous function in its place by now.
    """
    __tracebackhide__ = True
    if fixturedef.scope == "function" or WORLD_FIXTURE not in request.fixturenames or not _is_async(fixturedef.func):
        return (yield)
    reason = (
        f"has scope {fixturedef.scope!r}, and the loop of 'nexus' lives for one test\n"
        "Hint: make it function-scoped, or let pytest-asyncio or anyio run it on a loop of its own"
    )
    return (yield from _with_function(fixturedef, partial(_refuse, fixturedef.argname, reason)))


def _is_async(function: object) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function)


def _synchronous(function: Callable[..., Any], stage: Stage, request: SubRequest) -> Callable[..., Any]:
    owner = getattr(function, "__self__", None)
    if owner is not None and isinstance(request.instance, type(owner)):
        # Collected from another instance of the test's class than the one that runs.
        function = function.__func__.__get__(request.instance)  # type: ignore[attr-defined]  # a bound method

    def run_coroutine(**arguments: Any) -> Any:
        __tracebackhide__ = True
        return stage.run(partial(function, **arguments))

    def run_generator(**arguments: Any) -> Any:
        __tracebackhide__ = True
        generator = function(**arguments)
        try:
            value = stage.run(generator.__anext__)
        except StopAsyncIteration:
            raise ValueError(f"async fixture {request.fixturename!r} did not yield a value") from None
        request.addfinalizer(partial(_finish_generator, stage, generator, request.fixturename))
        return value

    return run_generator if inspect.isasyncgenfunction(function) else run_coroutine


def _finish_generator(stage: Stage, generator: Any, name: str | None) -> None:
    try:
        stage.run(generator.__anext__)
    except StopAsyncIteration:
        return
    stage.run(generator.aclose)
    pytest.fail(f"async fixture {name!r} has more than one 'yield'", pytrace=False)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let the workers of pytest-xdist share the servers of their controller."""
    hand_over(node)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_call(item: pytest.Item) -> Wrapper:
    """Run the test in its world, and end the world while the test can still fail.

    What is found at a world's end is the test's failure, not an error of some teardown after the test was
    reported as passed. After a failed body the world stays as it is, for the debugger and for the fixtures'
    own teardown.
    """
    __tracebackhide__ = True
    world = item.stash.get(WORLD, None)
    if world is None or not isinstance(item, pytest.Function):
        is_simulated = _is_simulated(item)
        with with_own_worlds(item, is_simulated=is_simulated), simulated_on(item) if is_simulated else nullcontext():
            return (yield)
    exploring = item.stash.get(EXPLORING, None)
    if exploring is not None:
        with _staged(item, exploring.runtest):
            return (yield)
    test = item.function
    with skipping(item), _staged(item):
        try:
            result = yield
        except BaseException:
            if not world.again.asked:
                raise
        if world.again.asked:
            from nexus_testkit.pytest_plugin.sweeping import run_sweep  # noqa: PLC0415  # few tests have a sweep

            return run_sweep(item, world_options(item), test=test)
    leak = _finish(world)
    if leak is not None:
        pytest.fail(f"{type(leak).__name__}: {leak}", pytrace=False)  # where it was found says nothing
    return result


def _finish(world: World) -> LeakError | None:
    __tracebackhide__ = True
    try:
        world.finish()
    except LeakError as error:
        return error
    return None


@contextmanager
def _staged(item: pytest.Function, runtest: Callable[[], None] | None = None) -> Iterator[None]:
    """Let a coroutine function run on the stage of the item's world, and `runtest` stand for the item's own."""
    function = item.obj
    is_async = inspect.iscoroutinefunction(function)
    if not is_async and runtest is None:
        yield
        return

    def body(**arguments: Any) -> Any:
        __tracebackhide__ = True
        return item.stash[WORLD].stage.run(partial(function, **arguments))

    if is_async:
        item.obj = body
    # Not that of a subclass: other plugins' items run coroutines on loops of their own.
    item.runtest = runtest or partial(pytest.Function.runtest, item)  # type: ignore[method-assign]
    try:
        yield
    finally:
        if is_async:
            item.obj = function
        del item.runtest


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Wrapper:
    """Show in the report of a failed test what crossed the ports and what was left behind, and write its trace page."""
    if call.excinfo is not None:
        trim(item, call.excinfo.value)
    report: pytest.TestReport = yield
    world = item.stash.get(WORLD, None)
    if world is None:
        tell_own_world(item, report, call)
        return report
    if report.failed and world.failure is None:
        from nexus_testkit.pytest_plugin.showing import failure_of, show  # noqa: PLC0415  # for what fails alone

        world.failure = failure_of(report, call, len(world.journal))
        show(item, report, world.journal, world.failure, page_of(item), told=world.told)
    if call.when == "teardown":
        del item.stash[WORLD]
        if world.left:
            # pytest shows sections of the teardown below a failed test only where their title says so.
            report.sections.append(("left behind at teardown", "\n".join(world.left)))
        note_outcome(item, report, world)
    return report
