"""`LifecycleMachine` keeps quiet about the reference services, and finds what a service gets wrong."""

import asyncio

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from nexus_testkit.container import Service, inject
from nexus_testkit.errors import HarnessError, LeakError
from nexus_testkit.machines import LifecycleMachine
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.services import AnalyticsService, UserManagementService, UserService


def untimed(runs):
    return settings(
        max_examples=runs,
        deadline=None,
        database=None,
        derandomize=True,
        stateful_step_count=8,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )


def machine_of(*classes):
    class Machine(LifecycleMachine):
        services = classes

    return Machine


def test_reference_services_start_and_stop_whatever_happens():
    run_state_machine_as_test(machine_of(UserService, AnalyticsService, UserManagementService), settings=untimed(20))


class LeavesTask(Service):
    """Begins a task, and forgets it."""

    async def initialize(self):
        self.task = asyncio.create_task(asyncio.sleep(1e9))

    async def cleanup(self):
        pass


class HalfStarted(Service):
    """Cannot start again where the first start failed half-way."""

    def __init__(self, db: DatabaseAdapter = inject()):
        self.db = db

    async def initialize(self):
        await self.db.execute("CREATE TABLE one (id INTEGER)")
        await self.db.execute("CREATE TABLE two (id INTEGER)")

    async def cleanup(self):
        pass


@pytest.mark.parametrize(
    ("service", "error", "words"), [(LeavesTask, LeakError, "task"), (HalfStarted, Exception, "already exists")]
)
def test_sown_bug_is_found(service, error, words):
    with pytest.raises(error, match=words) as caught:
        run_state_machine_as_test(machine_of(service), settings=untimed(100))
    assert any("the steps, as code:" in note for note in caught.value.__notes__)
    if service is HalfStarted:
        steps = "\n".join(caught.value.__notes__)
        assert steps.count("fault = ") == steps.count("fault.stop()")
        assert "with pytest.raises(ProgrammingError):\n        await nexus.service(HalfStarted)" in steps


def test_machine_without_services_is_refused():
    with pytest.raises(HarnessError, match="has no 'services'"):
        run_state_machine_as_test(machine_of(), settings=untimed(1))
