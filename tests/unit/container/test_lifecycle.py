"""Start, unwinding and stop; the same under concurrency and cancellation."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from nexus_testkit.container import Container, Service, ServiceState, Unhealthy, get_service, inject
from nexus_testkit.errors import CyclicDependency, LifecycleError, MissingDependency


async def _live(cls: type[Service], container: Container) -> None:
    await container.service(cls)
    await container.stop()


async def test_start_is_in_dependency_order_and_stop_in_exact_reverse(container: Container, make):
    a = make("A")
    b, c = make("B", a), make("C", a)
    d = make("D", b, c)
    await container.service(d)
    assert container.started == [a, b, c, d]
    await container.stop()
    assert make.steps() == ["+A", "+B", "+C", "+D", "-D", "-C", "-B", "-A"]
    assert container.started == []


async def test_independent_services_start_together(container: Container, make):
    slow, quick = make("Slow", start_s=5), make("Quick", start_s=3)
    await container.service(make("Top", slow, quick))
    assert asyncio.get_running_loop().time() == 5
    assert make.steps() == ["+Quick", "+Slow", "+Top"]
    await container.stop()
    assert make.steps()[3:] == ["-Top", "-Slow", "-Quick"]


async def test_dependencies_order_without_injecting(container: Container, make):
    a, b = make("A"), make("B")
    container.register(a, dependencies=[b])
    await container.service(a)
    assert make.steps() == ["+B", "+A"]


async def test_states_in_the_course_of_a_life(container: Container, make):
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


async def test_get_builds_and_start_starts_what_was_built(container: Container, make):
    a, b = make("A"), make("B")
    container.register(a)
    container.get(b)
    assert make.steps() == []
    await container.start()
    assert make.steps() == ["+A", "+B"]
    await container.start()
    assert make.steps() == ["+A", "+B"]


async def test_double_start_is_refused_with_what_to_do(container: Container, make):
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
    container: Container, make, use: Callable[[Container, type], Any], started: bool
):
    a = make("A")
    if started:
        await container.service(a)
    await container.stop()
    await container.stop()
    with pytest.raises(LifecycleError, match="has been stopped"):
        await use(container, a)


async def test_nothing_new_starts_while_the_container_stops(container: Container, make):
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


async def test_failed_start_unwinds_in_reverse_and_raises_the_original(container: Container, make, log: list[str]):
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


async def test_failed_start_may_be_tried_again(container: Container, make):
    a = make("A")
    b = make("B", a, start_error=ZeroDivisionError())
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            await container.service(b)
    b.start_error = None
    assert await container.service(b) is container.get(b)
    assert container.started == [a, b]
    assert make.steps() == ["+A", "-B", "-A"] * 2 + ["+A", "+B"]


async def test_problems_of_unwinding_are_notes(container: Container, make):
    a = make("A", stop_error=KeyError("a"))
    b = make("B", a, start_error=ZeroDivisionError(), stop_error=KeyError("b"))
    with pytest.raises(ZeroDivisionError) as caught:
        await container.service(b)
    assert caught.value.__notes__ == [
        "while starting B",
        "while cleaning up B, whose start failed: KeyError: 'b'",
        "while unwinding A: KeyError: 'a'",
    ]


async def test_failure_cancels_what_starts_beside_it(container: Container, make):
    failing, slow = make("Failing", start_s=1, start_error=ZeroDivisionError()), make("Slow", start_s=60)
    with pytest.raises(ZeroDivisionError):
        await container.service(make("Top", slow, failing))
    assert asyncio.get_running_loop().time() == 1
    assert make.steps() == ["-Failing", "-Slow"]
    assert container.state(slow) is ServiceState.STOPPED


async def test_failures_of_stop_stop_nothing_else(container: Container, make):
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


async def test_control_flow_of_a_test_framework_in_cleanup_keeps_nothing_from_being_stopped(container: Container, make):
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


async def test_initialize_may_ask_for_others(container: Container, make):
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


async def test_service_may_use_a_scope_while_it_starts(container: Container, make):
    session = make("Session")
    container.register(session, scope="scoped")

    class Migrating(Service):
        async def initialize(self) -> None:
            async with container.scope() as scope:
                await scope.service(session)

    await container.service(Migrating)
    assert make.steps() == ["+Session", "-Session"]
    assert container.started == [Migrating]


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
