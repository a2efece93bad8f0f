"""Rows 1 to 10 of the guide's errata: lifecycle and injection. See docs/explanation/guide-errata.md."""

import asyncio
import importlib
import pkgutil
import subprocess
import sys

import pytest

import nexus_testkit.services
from nexus_testkit.container import get_service, inject, register_service
from nexus_testkit.errors import LifecycleError, ServiceNotInitialized, UnfilledInjection, ValidationError
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.services import (
    AnalyticsService,
    BaseService,
    CacheService,
    EmailService,
    HTTPService,
    UserManagementService,
    UserService,
)


class Recorder(BaseService):
    """Notes what happens to it; each step takes a second."""

    def __init__(self, config=None, *, clock: Clock = inject()):
        super().__init__(config)
        self.clock = clock
        self.steps = []
        self.fail_in = None

    async def _setup(self):
        await self._step("setup")

    async def _teardown(self):
        await self._step("teardown")

    async def _step(self, name):
        self.steps.append(f"{name} begins")
        await self.clock.sleep(1)
        if self.fail_in in (name, "both"):
            raise OSError(f"{name} failed")
        self.steps.append(f"{name} ends")


# Row 1


async def test_row_01_three_initializations_at_once_run_setup_once(nexus):
    service = nexus.get(Recorder)
    await asyncio.gather(service.initialize(), service.initialize(), service.initialize())
    assert service.steps == ["setup begins", "setup ends"]
    assert service.is_initialized


async def test_row_01_nobody_passes_initialize_before_setup_has_ended(nexus):
    service = nexus.get(Recorder)
    first = asyncio.create_task(service.initialize())
    await asyncio.sleep(0)
    await service.initialize()
    assert service.steps[-1] == "setup ends"
    await first


async def test_row_01_initialize_and_cleanup_at_once_do_not_interleave(nexus):
    service = nexus.get(Recorder)
    await asyncio.gather(service.initialize(), service.cleanup(), service.initialize())
    assert service.steps == [
        "setup begins",
        "setup ends",
        "teardown begins",
        "teardown ends",
        "setup begins",
        "setup ends",
    ]


async def test_row_01_initialize_from_the_own_setup_is_refused_instead_of_waiting_for_itself(nexus):
    class Circular(BaseService):
        async def _setup(self):
            await self.initialize()

    with pytest.raises(LifecycleError, match="while Circular itself starts"):
        await nexus.get(Circular).initialize()


# Row 2


async def test_row_02_a_setup_that_fails_half_way_is_torn_down_and_may_be_tried_again(nexus):
    service = nexus.get(Recorder)
    service.fail_in = "setup"
    with pytest.raises(OSError, match="setup failed"):
        await service.initialize()
    assert service.steps == ["setup begins", "teardown begins", "teardown ends"]
    assert not service.is_initialized
    service.fail_in = None
    await service.initialize()
    assert service.is_initialized


async def test_row_02_the_error_of_setup_is_raised_with_that_of_teardown_as_its_note(nexus):
    service = nexus.get(Recorder)
    service.fail_in = "both"
    with pytest.raises(OSError, match="setup failed") as caught:
        await service.initialize()
    assert caught.value.__notes__ == ["Recorder._teardown() failed as well: OSError: teardown failed"]


async def test_row_02_a_setup_that_is_cancelled_is_torn_down(nexus):
    service = nexus.get(Recorder)
    task = asyncio.create_task(service.initialize())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert service.steps == ["setup begins", "teardown begins", "teardown ends"]


# Row 3


async def test_row_03_a_failing_teardown_raises_and_leaves_the_service_stopped(nexus):
    service = nexus.get(Recorder)
    await service.initialize()
    service.fail_in = "teardown"
    with pytest.raises(OSError, match="teardown failed"):
        await service.cleanup()
    assert not service.is_initialized
    await service.cleanup()
    assert service.steps.count("teardown begins") == 1


async def test_row_03_the_other_services_still_stop_and_the_failures_come_as_a_group(nexus):
    class First(Recorder):
        pass

    class Second(Recorder):
        def __init__(self, first: First = inject(), *, clock: Clock = inject()):
            super().__init__(clock=clock)
            self.first = first

    second = await nexus.service(Second)
    second.fail_in = second.first.fail_in = "teardown"
    with pytest.raises(ExceptionGroup) as caught:
        await nexus.container.stop()
    assert len(caught.value.exceptions) == 2
    assert not second.is_initialized
    assert not second.first.is_initialized


# Row 4


async def test_row_04_services_start_after_what_they_need_and_stop_before_it(nexus):
    order = []

    class Noted(BaseService):
        async def _setup(self):
            order.append(f"start {type(self).__name__}")

        async def _teardown(self):
            order.append(f"stop {type(self).__name__}")

    class Low(Noted):
        pass

    class Middle(Noted):
        def __init__(self, low: Low = inject()):
            super().__init__()
            self.low = low

    class High(Noted):
        def __init__(self, middle: Middle = inject(), low: Low = inject()):
            super().__init__()
            self.middle, self.low = middle, low

    await nexus.service(High)
    await nexus.container.stop()
    assert order == ["start Low", "start Middle", "start High", "stop High", "stop Middle", "stop Low"]


# Row 5


async def test_row_05_annotations_decide_what_is_injected_whatever_dependencies_says(nexus):
    # As the guide has it: CacheManager, where the constructor wants a CacheService that nobody registers.
    register_service(UserService, dependencies=[DatabaseAdapter])
    register_service(AnalyticsService, dependencies=[CacheManager, UserService])
    analytics = await nexus.service(AnalyticsService)
    assert isinstance(analytics.cache, CacheService)
    assert analytics.cache.is_initialized
    assert analytics.user_service is get_service(UserService)


async def test_row_05_configuration_arrives_in_the_constructor(nexus):
    register_service(HTTPService, config={"base_url": "https://api.example.org", "retries": 5})
    service = await nexus.service(HTTPService)
    assert (service.base_url, service.retries, service.timeout) == ("https://api.example.org", 5, 30)


# Row 6


@pytest.mark.parametrize(
    "service", [UserService, CacheService, HTTPService, EmailService, AnalyticsService, UserManagementService]
)
def test_row_06_a_service_made_by_hand_names_the_parameter_that_nobody_filled(service):
    with pytest.raises(UnfilledInjection, match=rf"{service.__name__}\(\) was called by hand") as caught:
        service()
    assert "Hint: " in str(caught.value)


# Row 7


async def test_row_07_a_plugin_as_the_guide_writes_it_boots_with_a_warning_of_what_the_platform_does(nexus):
    class MyPlugin:
        async def initialize(self):
            register_service(UserService, dependencies=[DatabaseAdapter])
            self.user_service = get_service(UserService)

    with pytest.warns(UserWarning, match="initialize\\(\\) returned None"):
        plugin = await nexus.boot(MyPlugin)
    assert plugin.user_service.is_initialized


async def test_row_07_what_a_failed_plugin_had_registered_is_rolled_back(nexus):
    class Extra(BaseService):
        pass

    class Failing:
        async def initialize(self):
            register_service(Extra)
            raise OSError("no licence")

    with pytest.raises(OSError, match="no licence"):
        await nexus.boot(Failing)
    register_service(Extra)  # would be a duplicate, had the first registration stayed


# Row 8


@pytest.mark.parametrize("module", [found.name for found in pkgutil.iter_modules(nexus_testkit.services.__path__)])
def test_row_08_every_module_of_the_services_can_be_imported_alone(module):
    name = f"nexus_testkit.services.{module}"
    assert importlib.import_module(name).__doc__


def test_row_08_the_services_can_be_imported_in_a_fresh_process_in_any_order():
    names = [found.name for found in pkgutil.iter_modules(nexus_testkit.services.__path__)]
    code = "import importlib, sys\nfor n in sys.argv[1:]: importlib.import_module('nexus_testkit.services.' + n)"
    done = subprocess.run([sys.executable, "-c", code, *reversed(names)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


# Row 9


async def test_row_09_every_public_method_is_guarded_before_the_start_and_after_the_end(nexus):
    calls = {
        UserService: lambda service: service.username_exists("ann"),
        CacheService: lambda service: service.get_user_cache(1),
        HTTPService: lambda service: service.get("https://example.org"),
        EmailService: lambda service: service.send_template_email(["ann@example.org"], "welcome", {}),
        AnalyticsService: lambda service: service.get_event_counts(),
        UserManagementService: lambda service: service.get_user_with_cache(1),
    }
    for cls, call in calls.items():
        service = nexus.get(cls)
        with pytest.raises(ServiceNotInitialized, match=f"{cls.__name__} is not initialized") as caught:
            await call(service)
        assert isinstance(caught.value, RuntimeError)  # as the guide has it
        await nexus.service(cls)
        await service.cleanup()
        with pytest.raises(ServiceNotInitialized):
            await call(service)


async def test_row_09_methods_that_a_plugin_adds_are_guarded_without_a_line_of_code(nexus):
    class Notes(BaseService):
        async def read(self):
            return "note"

        async def lines(self):
            yield "line"

        async def create_tables(self):
            return "created"

        async def _setup(self):
            self.created = await self.create_tables()  # the guide's own _setup calls a public method

    notes = nexus.get(Notes)
    with pytest.raises(ServiceNotInitialized):
        await notes.read()
    with pytest.raises(ServiceNotInitialized):
        notes.lines()
    await nexus.service(Notes)
    assert (notes.created, await notes.read(), [line async for line in notes.lines()]) == ("created", "note", ["line"])


async def test_row_09_a_method_is_refused_to_others_while_the_service_still_starts(nexus):
    class Slow(Recorder):
        async def read(self):
            return "note"

    slow = nexus.get(Slow)
    starting = asyncio.create_task(slow.initialize())
    await asyncio.sleep(0)
    with pytest.raises(ServiceNotInitialized):
        await slow.read()
    await starting


# Row 10


@pytest.mark.parametrize("config", ["x", 7, [("a", 1)]])
async def test_row_10_a_configuration_that_is_no_mapping_is_refused(nexus, config):
    with pytest.raises(ValidationError, match="Recorder: config must be a mapping"):
        Recorder(config, clock=nexus.clock)


async def test_row_10_the_configuration_is_a_frozen_copy(nexus):
    config = {"base_url": "https://a.example", "nested": {"hosts": ["a"]}}
    service = Recorder(config, clock=nexus.clock)
    config["base_url"] = "https://b.example"
    config["nested"]["hosts"].append("b")
    assert service.config.get("base_url") == "https://a.example"
    assert service.config["nested"]["hosts"] == ("a",)
    with pytest.raises(TypeError):
        service.config["base_url"] = "https://c.example"
    with pytest.raises(TypeError):
        service.config["nested"]["hosts"] = []
