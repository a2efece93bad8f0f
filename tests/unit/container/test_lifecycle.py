"""Start, unwinding and stop; the same under concurrency and cancellation."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

import pytest

from nexus_testkit.container import Container, Service, ServiceState, Unhealthy, get_service, inject
from nexus_testkit.errors import CyclicDependency, LifecycleError, MissingDependency


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
    """Makes services of the test: `make("B", a=A, start_s=1)` needs A."""

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


async def _live(cls: type[Service], container: Container) -> None:
    await container.service(cls)
    await container.stop()


@pytest.fixture
def make(log: list[str]) -> Make:
    return Make(log)


async def test_start_is_in_dependency_order_and_stop_in_exact_reverse(container: Container, make: Make):
    a = make("A")
    b, c = make("B", a), make("C", a)
    d = make("D", b, c)
    await container.service(d)
    assert container.started == [a, b, c, d]
    await container.stop()
    assert make.steps() == ["+A", "+B", "+C", "+D", "-D", "-C", "-B", "-A"]
    assert container.started == []


async def test_independent_services_start_together(container: Container, make: Make):
    slow, quick = make("Slow", start_s=5), make("Quick", start_s=3)
    await container.service(make("Top", slow, quick))
    assert asyncio.get_running_loop().time() == 5
    assert make.steps() == ["+Quick", "+Slow", "+Top"]
    await container.stop()
    assert make.steps()[3:] == ["-Top", "-Slow", "-Quick"]


async def test_dependencies_order_without_injecting(container: Container, make: Make):
    a, b = make("A"), make("B")
    container.register(a, dependencies=[b])
    await container.service(a)
    assert make.steps() == ["+B", "+A"]


async def test_states_in_the_course_of_a_life(container: Container, make: Make):
    seen: list[ServiceState] = []

    class Watched(Service):
        async def initialize(self) -> None:
            seen.append(container.state(self))

        async def cleanup(self) -> None:
            seen.append(container.state(Watched))

    container.register(Watched)
    seen.append(container.state(Watched))
    container.get(Watched)
    seen.append(container.state(Watched))
    await container.service(Watched)
    seen.append(container.state(Watched))
    await container.stop()
    seen.append(container.state(Watched))
    assert [state.name for state in seen] == ["REGISTERED", "BUILT", "STARTING", "STARTED", "STOPPING", "STOPPED"]
    with pytest.raises(MissingDependency, match="knows nothing of A"):
        container.state(make("A"))


async def test_plain_methods_drive_a_lifecycle_too(container: Container, log: list[str]):
    class Plain:
        def initialize(self) -> None:
            log.append("+")

        def cleanup(self) -> None:
            log.append("-")

    container.register(Plain)
    await container.service(Plain)
    await container.stop()
    assert log == ["+", "-"]


async def test_get_builds_and_start_starts_what_was_built(container: Container, make: Make):
    a, b = make("A"), make("B")
    container.register(a)
    container.get(b)
    assert make.steps() == []
    await container.start()
    assert make.steps() == ["+A", "+B"]
    await container.start()
    assert make.steps() == ["+A", "+B"]


async def test_double_start_is_refused_with_what_to_do(container: Container, make: Make):
    a = make("A")
    above = make("Above", a)
    await container.start(above)
    await container.start(a)  # it was started as a dependency: that was not this call
    with pytest.raises(LifecycleError, match=r"A was started before\nHint: await container.service\(A\)"):
        await container.start(a)
    assert make.steps() == ["+A", "+Above"]


@pytest.mark.parametrize(
    "use",
    [
        lambda container, a: container.service(a),
        lambda container, a: container.start(a),
        lambda container, a: asyncio.to_thread(container.get, a),
        lambda container, a: asyncio.to_thread(container.register, a),
        lambda container, a: asyncio.to_thread(container.set_override, a, object()),
    ],
)
@pytest.mark.parametrize("started", [True, False])
async def test_use_after_stop_is_refused(
    container: Container, make: Make, use: Callable[[Container, type], Any], started: bool
):
    a = make("A")
    if started:
        await container.service(a)
    await container.stop()
    await container.stop()
    with pytest.raises(LifecycleError, match="has been stopped"):
        await use(container, a)


async def test_nothing_new_starts_while_the_container_stops(container: Container, make: Make):
    other = make("Other")

    class Late(Service):
        async def cleanup(self) -> None:
            assert get_service(Late) is self  # what there is can still be had
            await container.service(other)

    await container.service(Late)
    with pytest.raises(ExceptionGroup) as caught:
        await container.stop()
    assert "is being stopped" in str(caught.value.exceptions[0])
    assert make.steps() == []


# Failures.


async def test_failed_start_unwinds_in_reverse_and_raises_the_original(
    container: Container, make: Make, log: list[str]
):
    error = ZeroDivisionError("mine")
    a = make("A")
    b = make("B", a)
    c = make("C", b, start_error=error)
    other = make("Other")
    await container.service(other)
    with pytest.raises(ZeroDivisionError) as caught:
        await container.service(make("Top", c))
    assert caught.value is error
    assert error.__notes__ == ["while starting Top -> C"]
    # C itself is cleaned up as well: its initialize() may have got half-way.
    assert make.steps() == ["+Other", "+A", "+B", "-C", "-B", "-A"]
    assert container.started == [other]
    assert [container.state(each) for each in (a, b, c)] == [
        ServiceState.STOPPED,
        ServiceState.STOPPED,
        ServiceState.FAILED,
    ]


async def test_failed_start_may_be_tried_again(container: Container, make: Make):
    a = make("A")
    b = make("B", a, start_error=ZeroDivisionError())
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await container.service(b)
    b.start_error = None
    assert await container.service(b) is container.get(b)
    assert container.started == [a, b]
    assert make.steps() == ["+A", "-B", "-A"] * 2 + ["+A", "+B"]


async def test_problems_of_unwinding_are_notes(container: Container, make: Make):
    a = make("A", stop_error=KeyError("a"))
    b = make("B", a, start_error=ZeroDivisionError(), stop_error=KeyError("b"))
    with pytest.raises(ZeroDivisionError) as caught:
        await container.service(b)
    assert caught.value.__notes__ == [
        "while starting B",
        "while cleaning up B, whose start failed: KeyError: 'b'",
        "while unwinding A: KeyError: 'a'",
    ]


async def test_failure_cancels_what_starts_beside_it(container: Container, make: Make):
    failing, slow = make("Failing", start_s=1, start_error=ZeroDivisionError()), make("Slow", start_s=60)
    with pytest.raises(ZeroDivisionError):
        await container.service(make("Top", slow, failing))
    assert asyncio.get_running_loop().time() == 1
    assert make.steps() == ["-Failing", "-Slow"]
    assert container.state(slow) is ServiceState.STOPPED


async def test_failures_of_stop_stop_nothing_else(container: Container, make: Make):
    a = make("A", stop_error=KeyError("a"))
    b = make("B", a)
    c = make("C", b, stop_error=ZeroDivisionError("c"))
    await container.service(c)
    with pytest.raises(ExceptionGroup) as caught:
        await container.stop()
    assert list(caught.value.exceptions) == [c.stop_error, a.stop_error]
    assert make.steps()[3:] == ["-C", "-B", "-A"]
    assert {container.state(each) for each in (a, b, c)} == {ServiceState.STOPPED}
    await container.stop()  # reported once


async def test_control_flow_of_a_test_framework_in_cleanup_keeps_nothing_from_being_stopped(
    container: Container, make: Make
):
    a = make("A")
    b = make("B", a, stop_error=pytest.fail.Exception("stop it"))
    await container.service(b)
    with pytest.raises(ExceptionGroup) as caught:
        await container.stop()
    assert "B.cleanup() raised Failed: stop it" in str(caught.value.exceptions[0])
    assert caught.value.exceptions[0].__cause__ is b.stop_error
    assert make.steps()[2:] == ["-B", "-A"]


@pytest.mark.parametrize("where", ["initialize", "cleanup"])
async def test_cancelled_error_that_nobody_caused_is_an_error(container: Container, where: str):
    class Careless(Service):
        async def await_a_cancelled_task(self) -> None:
            task = asyncio.create_task(asyncio.sleep(60))
            task.cancel()
            await task

    setattr(Careless, where, Careless.await_a_cancelled_task)
    with pytest.raises((LifecycleError, ExceptionGroup)) as caught:
        await _live(Careless, container)
    error = caught.value if where == "initialize" else caught.value.exceptions[0]
    assert f"Careless.{where}() let a CancelledError out" in str(error)
    assert isinstance(error.__cause__, asyncio.CancelledError)


async def test_initialize_that_waits_for_its_own_dependent_is_a_circle(container: Container):
    class Below(Service):
        async def initialize(self) -> None:
            await container.service(Above)

    class Above(Service):
        def __init__(self, below: Below = inject()) -> None: ...

    with pytest.raises(CyclicDependency, match="Below -> Above -> Below"):
        await container.service(Above)


async def test_initialize_that_waits_in_a_longer_circle_is_one_too(container: Container):
    class One(Service):
        async def initialize(self) -> None:
            await container.service(Two)

    class Two(Service):
        async def initialize(self) -> None:
            await container.service(One)

    with pytest.raises(CyclicDependency, match="One -> Two -> One"):
        await container.service(One)


async def test_initialize_may_ask_for_others(container: Container, make: Make):
    a = make("A")

    class Asking(Service):
        async def initialize(self) -> None:
            await container.service(a)

    await container.service(Asking)
    assert container.started == [a, Asking]


@pytest.mark.parametrize("where", ["initialize", "cleanup"])
async def test_service_cannot_stop_the_container_that_runs_it(container: Container, where: str):
    class Suicidal(Service):
        pass

    async def stop(self: object) -> None:
        await container.stop()

    setattr(Suicidal, where, stop)
    with pytest.raises((LifecycleError, ExceptionGroup)) as caught:
        await _live(Suicidal, container)
    error = caught.value if where == "initialize" else caught.value.exceptions[0]
    assert "from inside a service's own initialize() or cleanup()" in str(error)


async def test_service_may_use_a_scope_while_it_starts(container: Container, make: Make):
    session = make("Session")
    container.register(session, scope="scoped")

    class Migrating(Service):
        async def initialize(self) -> None:
            async with container.scope() as scope:
                await scope.service(session)

    await container.service(Migrating)
    assert make.steps() == ["+Session", "-Session"]
    assert container.started == [Migrating]


# At once (guide errata, row 1).


async def test_errata_01_callers_at_once_share_one_start(container: Container, make: Make):
    a = make("A", start_s=1)
    one, two, three = await asyncio.gather(*(container.service(a) for _ in range(3)))
    assert one is two is three
    assert make.steps() == ["+A"]


async def test_callers_at_once_share_the_error(container: Container, make: Make):
    a = make("A", start_s=1, start_error=ZeroDivisionError())
    answers = await asyncio.gather(*(container.service(a) for _ in range(3)), return_exceptions=True)
    assert [answer is a.start_error for answer in answers] == [True] * 3
    assert make.steps() == ["-A"]
    assert len(a.start_error.__notes__) == 1


async def test_cancelling_one_caller_does_not_cancel_the_others(container: Container, make: Make):
    a = make("A", start_s=2)
    first, second = asyncio.create_task(container.service(a)), asyncio.create_task(container.service(a))
    await asyncio.sleep(1)
    first.cancel()
    assert await second is container.get(a)
    assert first.cancelled()
    assert make.steps() == ["+A"]


async def test_cancelling_the_only_caller_unwinds(container: Container, make: Make):
    a, b = make("A", start_s=1), make("B", start_s=1, stop_s=1)
    top = make("Top", a, b, start_s=60)
    caller = asyncio.create_task(container.service(top))
    await asyncio.sleep(2)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert make.steps() == ["+A", "+B", "-Top", "-B", "-A"]
    assert container.started == []
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_cancelling_during_the_unwinding_does_not_interrupt_it(container: Container, make: Make):
    a = make("A", stop_s=10)
    b = make("B", a, start_error=ZeroDivisionError())
    caller = asyncio.create_task(container.service(b))
    await asyncio.sleep(1)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError) as caught:
        await caller
    assert asyncio.get_running_loop().time() == 10
    assert make.steps() == ["+A", "-B", "-A"]
    assert caught.value.__cause__ is b.start_error


async def test_cancelling_during_the_clean_up_of_a_failed_service_does_not_interrupt_it(
    container: Container, make: Make, log: list[str]
):
    a = make("A", start_error=ZeroDivisionError(), stop_s=10)
    caller = asyncio.create_task(container.service(a))
    await asyncio.sleep(1)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert log[-1] == "stopped A"


async def test_cancelling_before_the_first_step_of_a_start_leaves_nothing(container: Container, make: Make):
    a = make("A")
    coroutine = container.service(a)
    coroutine.send(None)
    coroutine.close()
    await asyncio.sleep(0.1)
    assert make.steps() == []
    assert container.state(a) is ServiceState.STOPPED
    await container.service(a)
    assert make.steps() == ["+A"]


async def test_failure_of_one_caller_leaves_what_another_needs(container: Container, make: Make):
    shared = make("Shared", start_s=1)
    failing = make("Failing", shared, start_error=ZeroDivisionError())
    slow = make("Slow", shared, start_s=5)
    answers = await asyncio.gather(container.service(failing), container.service(slow), return_exceptions=True)
    assert isinstance(answers[0], ZeroDivisionError)
    assert make.steps() == ["+Shared", "-Failing", "+Slow"]


async def test_last_caller_to_fail_unwinds_what_was_shared(container: Container, make: Make):
    shared = make("Shared", start_s=1)
    one = make("One", shared, start_s=1, start_error=ZeroDivisionError())
    two = make("Two", shared, start_s=5, start_error=ZeroDivisionError())
    await asyncio.gather(container.service(one), container.service(two), return_exceptions=True)
    assert make.steps() == ["+Shared", "-One", "-Two", "-Shared"]


async def test_what_is_shared_outlives_what_another_failure_is_still_stopping(
    container: Container, make: Make, log: list[str]
):
    shared = make("Shared")
    holder = make("Holder", shared, stop_s=10)
    one = make("One", holder, start_s=1, start_error=ZeroDivisionError())
    two = make("Two", shared, start_s=5, start_error=ZeroDivisionError())
    await asyncio.gather(container.service(one), container.service(two), return_exceptions=True)
    assert make.steps() == ["+Shared", "+Holder", "-One", "-Holder", "-Two", "-Shared"]
    assert log[-3:] == ["stopped Holder", "-Shared", "stopped Shared"]


async def test_what_is_asked_for_while_its_unwinding_waits_is_left_alone(container: Container, make: Make):
    shared = make("Shared")
    holder = make("Holder", shared, stop_s=10)
    failing = make("Failing", holder, start_s=1, start_error=ZeroDivisionError())
    first = asyncio.create_task(container.service(failing))
    await asyncio.sleep(5)
    assert container.state(holder) is ServiceState.STOPPING
    await container.service(shared)
    with pytest.raises(ZeroDivisionError):
        await first
    assert make.steps() == ["+Shared", "+Holder", "-Failing", "-Holder"]
    assert container.started == [shared]


async def test_asking_while_it_is_unwound_starts_it_again_afterwards(container: Container, make: Make):
    a = make("A", start_s=1, stop_s=5)
    b = make("B", a, start_error=ZeroDivisionError())
    first = asyncio.create_task(container.service(b))
    await asyncio.sleep(2)
    assert container.state(a) is ServiceState.STOPPING
    await container.service(a)
    with pytest.raises(ZeroDivisionError):
        await first
    assert make.steps() == ["+A", "-B", "-A", "+A"]
    assert container.started == [a]


async def test_asking_while_its_start_is_cancelled_starts_it_again(container: Container, make: Make):
    a = make("A", start_s=3, stop_s=2)
    first = asyncio.create_task(container.service(a))
    await asyncio.sleep(1)
    first.cancel()
    await asyncio.sleep(1)
    assert await container.service(a) is container.get(a)
    assert make.steps() == ["-A", "+A"]
    assert first.cancelled()


async def test_cancelling_the_stop_completes_it_and_goes_on(container: Container, make: Make, log: list[str]):
    a = make("A", stop_s=5)
    b = make("B", a, stop_s=5, stop_error=KeyError("b"))
    reported: list[Any] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context["exception"]))
    await container.service(b)
    stopping = asyncio.create_task(container.stop())
    await asyncio.sleep(1)
    stopping.cancel()
    await asyncio.sleep(1)
    stopping.cancel()
    with pytest.raises(asyncio.CancelledError):
        await stopping
    assert asyncio.get_running_loop().time() == 10
    assert log[-1] == "stopped A"
    assert container.started == []
    assert reported == [b.stop_error]  # no exception could carry it
    with pytest.raises(LifecycleError, match="has been stopped"):
        await container.service(a)


async def test_stop_ends_starts_under_way_and_unwinds_them(container: Container, make: Make):
    a = make("A", start_s=1)
    b = make("B", a, start_s=60)
    caller = asyncio.create_task(container.service(b))
    await asyncio.sleep(2)
    await container.stop()
    with pytest.raises(LifecycleError, match="stopped while this service was starting"):
        await caller
    assert make.steps() == ["+A", "-B", "-A"]


async def test_end_of_a_scope_ends_its_starts_and_no_others(container: Container, make: Make):
    scoped, single = make("Scoped", start_s=60), make("Single", start_s=60)
    container.register(scoped, scope="scoped")
    async with container.scope() as scope:
        inside = asyncio.create_task(scope.service(scoped))
        outside = asyncio.create_task(container.service(single))
        await asyncio.sleep(1)
    with pytest.raises(LifecycleError, match="the scope ended"):
        await inside
    await outside
    assert make.steps() == ["-Scoped", "+Single"]


async def test_stop_twice_at_once_waits_and_reports_once(container: Container, make: Make):
    a = make("A", stop_s=5, stop_error=KeyError("a"))
    await container.service(a)
    first = asyncio.create_task(container.stop())
    await asyncio.sleep(1)
    await container.stop()
    assert asyncio.get_running_loop().time() == 5
    with pytest.raises(ExceptionGroup, match="1 failure"):
        await first
    assert make.steps() == ["+A", "-A"]


async def test_stop_by_a_service_that_is_being_stopped_is_refused_where_others_would_wait(container: Container):
    class Twice(Service):
        async def cleanup(self) -> None:
            await container.stop()

    await container.service(Twice)
    with pytest.raises(ExceptionGroup, match="1 failure") as caught:
        await container.stop()
    assert isinstance(caught.value.exceptions[0], LifecycleError)
    with pytest.raises(LifecycleError, match="has been stopped"):
        container.get(Twice)


async def test_stop_of_an_unused_container_takes_no_turn_of_the_loop(container: Container, make: Make):
    container.get(make("A"))
    coroutine = container.stop()
    with contextlib.suppress(StopIteration):
        coroutine.send(None)
        pytest.fail("it waited")
    assert make.steps() == []


async def test_caller_that_is_thrown_away_leaves_its_services_to_the_stop(container: Container, make: Make):
    a = make("A", start_s=1)
    top = make("Top", a, start_s=60)
    coroutine = container.service(top)
    coroutine.send(None)
    await asyncio.sleep(2)
    coroutine.close()
    await asyncio.sleep(0)
    assert container.started == [a]
    await container.stop()
    assert make.steps() == ["+A", "-Top", "-A"]


# Health.


async def test_health_asks_each_started_service(container: Container):
    class Silent(Service):
        pass

    class Sound(Service):
        async def health_check(self) -> bool:
            return True

    class Talkative(Service):
        def health_check(self) -> dict[str, int]:
            return {"connections": 2}

    class Sick(Service):
        async def health_check(self) -> bool:
            raise ConnectionError("gone")

    class Unstarted(Service):
        async def health_check(self) -> bool:
            raise AssertionError

    container.get(Unstarted)
    for each in (Silent, Sick, Sound, Talkative):
        await container.service(each)
    health = await container.health()
    assert list(health) == ["Sick", "Sound", "Talkative"]
    assert health["Sound"] is True
    assert health["Talkative"] == {"connections": 2}
    assert isinstance(health["Sick"], Unhealthy)
    assert str(health["Sick"].error) == "gone"
    assert not health["Sick"]


async def test_health_keeps_namesakes_apart(container: Container):
    def define(module: str) -> type[Service]:
        async def health_check(self: object) -> str:
            return module

        return type("Twin", (Service,), {"__module__": module, "health_check": health_check})

    for module in ("one", "two"):
        await container.service(define(module))
    assert await container.health() == {"Twin": "one", "two.Twin": "two"}
