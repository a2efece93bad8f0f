"""Start, unwinding and stop with several callers at once, and with cancellations."""

import asyncio
import contextlib
from typing import Any

import pytest

from nexus_testkit.container import Container, Service, ServiceState
from nexus_testkit.errors import LifecycleError


async def test_errata_01_callers_at_once_share_one_start(container: Container, make):
    a = make("A", start_s=1)
    one, two, three = await asyncio.gather(*(container.service(a) for _ in range(3)))
    assert one is two is three
    assert make.steps() == ["+A"]


async def test_callers_at_once_share_the_error(container: Container, make):
    a = make("A", start_s=1, start_error=ZeroDivisionError())
    answers = await asyncio.gather(*(container.service(a) for _ in range(3)), return_exceptions=True)
    assert [answer is a.start_error for answer in answers] == [True] * 3
    assert make.steps() == ["-A"]
    assert len(a.start_error.__notes__) == 1


async def test_cancelling_one_caller_does_not_cancel_the_others(container: Container, make):
    a = make("A", start_s=2)
    first, second = asyncio.create_task(container.service(a)), asyncio.create_task(container.service(a))
    await asyncio.sleep(1)
    first.cancel()
    assert await second is container.get(a)
    assert first.cancelled()
    assert make.steps() == ["+A"]


async def test_cancelling_the_only_caller_unwinds(container: Container, make):
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


async def test_cancelling_during_the_unwinding_does_not_interrupt_it(container: Container, make):
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
    container: Container, make, log: list[str]
):
    a = make("A", start_error=ZeroDivisionError(), stop_s=10)
    caller = asyncio.create_task(container.service(a))
    await asyncio.sleep(1)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert log[-1] == "stopped A"


async def test_cancelling_before_the_first_step_of_a_start_leaves_nothing(container: Container, make):
    a = make("A")
    coroutine = container.service(a)
    coroutine.send(None)
    coroutine.close()
    await asyncio.sleep(0.1)
    assert make.steps() == []
    assert container.state(a) is ServiceState.STOPPED
    await container.service(a)
    assert make.steps() == ["+A"]


async def test_failure_of_one_caller_leaves_what_another_needs(container: Container, make):
    shared = make("Shared", start_s=1)
    failing = make("Failing", shared, start_error=ZeroDivisionError())
    slow = make("Slow", shared, start_s=5)
    answers = await asyncio.gather(container.service(failing), container.service(slow), return_exceptions=True)
    assert isinstance(answers[0], ZeroDivisionError)
    assert make.steps() == ["+Shared", "-Failing", "+Slow"]


async def test_last_caller_to_fail_unwinds_what_was_shared(container: Container, make):
    shared = make("Shared", start_s=1)
    one = make("One", shared, start_s=1, start_error=ZeroDivisionError())
    two = make("Two", shared, start_s=5, start_error=ZeroDivisionError())
    await asyncio.gather(container.service(one), container.service(two), return_exceptions=True)
    assert make.steps() == ["+Shared", "-One", "-Two", "-Shared"]


async def test_what_is_shared_outlives_what_another_failure_is_still_stopping(
    container: Container, make, log: list[str]
):
    shared = make("Shared")
    holder = make("Holder", shared, stop_s=10)
    one = make("One", holder, start_s=1, start_error=ZeroDivisionError())
    two = make("Two", shared, start_s=5, start_error=ZeroDivisionError())
    await asyncio.gather(container.service(one), container.service(two), return_exceptions=True)
    assert make.steps() == ["+Shared", "+Holder", "-One", "-Holder", "-Two", "-Shared"]
    assert log[-3:] == ["stopped Holder", "-Shared", "stopped Shared"]


async def test_what_is_asked_for_while_its_unwinding_waits_is_left_alone(container: Container, make):
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


async def test_asking_while_it_is_unwound_starts_it_again_afterwards(container: Container, make):
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


async def test_asking_while_its_start_is_cancelled_starts_it_again(container: Container, make):
    a = make("A", start_s=3, stop_s=2)
    first = asyncio.create_task(container.service(a))
    await asyncio.sleep(1)
    first.cancel()
    await asyncio.sleep(1)
    assert await container.service(a) is container.get(a)
    assert make.steps() == ["-A", "+A"]
    assert first.cancelled()


async def test_cancelling_the_stop_completes_it_and_goes_on(container: Container, make, log: list[str]):
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


async def test_stop_ends_starts_under_way_and_unwinds_them(container: Container, make):
    a = make("A", start_s=1)
    b = make("B", a, start_s=60)
    caller = asyncio.create_task(container.service(b))
    await asyncio.sleep(2)
    await container.stop()
    with pytest.raises(LifecycleError, match="stopped while this service was starting"):
        await caller
    assert make.steps() == ["+A", "-B", "-A"]


async def test_end_of_a_scope_ends_its_starts_and_no_others(container: Container, make):
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


async def test_stop_twice_at_once_waits_and_reports_once(container: Container, make):
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


async def test_stop_of_an_unused_container_takes_no_turn_of_the_loop(container: Container, make):
    container.get(make("A"))
    coroutine = container.stop()
    with contextlib.suppress(StopIteration):
        coroutine.send(None)
        pytest.fail("it waited")
    assert make.steps() == []


async def test_caller_that_is_thrown_away_leaves_its_services_to_the_stop(container: Container, make):
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
