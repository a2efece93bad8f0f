"""Scopes: one instance a scope, transient ones each time, stopped in reverse at the end."""

from itertools import count

import pytest

from nexus_testkit.container import Container, Service, ServiceState, inject
from nexus_testkit.errors import LifecycleError

NUMBERS = count()


class Noting(Service):
    log: list[str]
    failing = False

    def __init__(self) -> None:
        self.number = next(NUMBERS)

    async def initialize(self) -> None:
        self.log.append(f"+{type(self).__name__}")

    async def cleanup(self) -> None:
        self.log.append(f"-{type(self).__name__}")
        if self.failing:
            raise ZeroDivisionError(type(self).__name__)


class Pool(Noting):
    pass


class Session(Noting):
    def __init__(self, pool: Pool = inject()) -> None:
        super().__init__()
        self.pool = pool


class Command(Noting):
    def __init__(self, session: Session = inject(), pool: Pool = inject()) -> None:
        super().__init__()
        self.session = session
        self.pool = pool


@pytest.fixture(autouse=True)
def _registered(container: Container, log: list[str]):
    Noting.log = log
    container.register(Session, scope="scoped")
    container.register(Command, scope="transient")
    yield
    Noting.failing = False


async def test_scoped_service_is_one_in_its_scope_and_another_in_the_next(container: Container):
    async with container.scope() as one, container.scope() as two:
        assert await one.service(Session) is await one.service(Session) is one.get(Session)
        assert await one.service(Session) is not await two.service(Session)
        assert (await one.service(Session)).pool is (await two.service(Session)).pool is container.get(Pool)


async def test_transient_service_is_new_each_time_and_shares_the_scopes_others(container: Container):
    async with container.scope() as scope:
        first, second = await scope.service(Command), await scope.service(Command)
        assert first is not second
        assert first.session is second.session is scope.get(Session)


async def test_scope_stops_its_own_in_reverse_and_leaves_singletons(container: Container, log: list[str]):
    async with container.scope() as scope:
        await scope.service(Command)
        assert log == ["+Pool", "+Session", "+Command"]
        assert container.started == [Pool, Session, Command]
    assert log[3:] == ["-Command", "-Session"]
    assert container.started == [Pool]
    await container.stop()
    assert log[5:] == ["-Pool"]


async def test_transients_of_the_container_are_stopped_with_it(container: Container, log: list[str]):
    class Job(Noting):
        pass

    container.register(Job, scope="transient")
    jobs = [await container.service(Job), await container.service(Job)]
    assert jobs[0] is not jobs[1]
    await container.stop()
    assert log == ["+Job", "+Job", "-Job", "-Job"]
    assert [container.state(job) for job in jobs] == [ServiceState.STOPPED] * 2


async def test_transient_below_a_singleton_is_its_own(container: Container, log: list[str]):
    class Job(Noting):
        pass

    class First(Service):
        def __init__(self, job: Job = inject()) -> None:
            self.job = job

    class Second(First):
        pass

    container.register(Job, scope="transient")
    async with container.scope() as scope:
        first, second = await scope.service(First), await scope.service(Second)
        assert first.job is not second.job
    assert log == ["+Job", "+Job"]  # they live as long as the singletons that hold them
    await container.stop()
    assert log[2:] == ["-Job", "-Job"]


async def test_container_ends_open_scopes_in_exact_reverse(container: Container, log: list[str]):
    async with container.scope() as scope:
        await scope.service(Command)
        await container.stop()
        assert log[3:] == ["-Command", "-Session", "-Pool"]
    assert len(log) == 6


async def test_scope_collects_failures_of_its_stop(container: Container):
    async def fail() -> None:
        async with container.scope() as scope:
            await scope.service(Command)
            Noting.failing = True

    with pytest.raises(ExceptionGroup) as caught:
        await fail()
    assert [str(error) for error in caught.value.exceptions] == ["Command", "Session"]


async def test_scope_lets_the_error_of_its_block_go_on(container: Container, log: list[str]):
    async def fail() -> None:
        async with container.scope() as scope:
            await scope.service(Session)
            Noting.failing = True
            raise KeyError

    with pytest.raises(KeyError) as caught:
        await fail()
    assert caught.value.__notes__ == ["while the scope was ended: ZeroDivisionError: Session"]
    assert log[-1] == "-Session"


async def test_scope_is_for_once_and_inside_its_block(container: Container):
    scope = container.scope()
    with pytest.raises(LifecycleError, match="was not entered"):
        scope.get(Session)
    async with scope:
        scope.get(Session)
    with pytest.raises(LifecycleError, match="has ended"):
        scope.get(Session)
    with pytest.raises(LifecycleError, match="has ended"):
        await scope.service(Session)
    with pytest.raises(LifecycleError, match="entered before"):
        await scope.__aenter__()


async def test_scope_of_a_stopped_container_is_refused(container: Container):
    early = container.scope()
    await container.stop()
    with pytest.raises(LifecycleError, match="has been stopped"):
        container.scope()
    with pytest.raises(LifecycleError, match="has been stopped"):
        await early.__aenter__()


async def test_ended_scopes_leave_nothing_behind(container: Container):
    await container.service(Pool)
    for _ in range(3):
        async with container.scope() as scope:
            session = await scope.service(Session)
    with pytest.raises(LookupError):
        container.state(session)
