"""BaseService beyond the guide's errata."""

import asyncio
import inspect
from contextlib import asynccontextmanager

import pytest

from nexus_testkit.errors import LifecycleError, ServiceNotInitialized
from nexus_testkit.services import BaseService, CacheService, EmailService, UserManagementService

pytestmark = pytest.mark.nexus


class Notes(BaseService):
    """A service with a method of each kind."""

    async def read(self, number: int = 1) -> str:
        """Read a note."""
        return f"note {number}"

    @asynccontextmanager
    async def opened(self):
        yield "open"

    def count(self):
        return 3

    @staticmethod
    async def helper():
        return "help"

    async def _read(self):
        return "private"

    async def health_check(self):
        return True


async def test_what_is_asynchronous_and_public_is_guarded_and_nothing_else():
    notes = Notes()
    with pytest.raises(ServiceNotInitialized):
        await notes.read()
    with pytest.raises(ServiceNotInitialized):
        notes.opened()
    assert (notes.count(), await notes.helper(), await notes._read(), await notes.health_check()) == (
        3,
        "help",
        "private",
        True,
    )
    await notes.initialize()
    async with notes.opened() as state:
        assert (state, await notes.read(2)) == ("open", "note 2")


def test_a_guarded_method_shows_its_own_signature_and_docstring():
    assert str(inspect.signature(Notes.read)) == "(self, number: int = 1) -> str"
    assert Notes.read.__doc__ == "Read a note."
    assert inspect.iscoroutinefunction(Notes.read)


async def test_a_task_of_setup_may_use_the_service_until_it_has_stopped():
    class Polling(Notes):
        async def _setup(self):
            self.go = asyncio.Event()
            self.task = asyncio.create_task(self.poll())
            await asyncio.sleep(0)

        async def poll(self):
            first = await self.read()
            await self.go.wait()
            return first, await self.read()

    polling = Polling()
    await polling.initialize()
    await polling.cleanup()
    polling.go.set()
    with pytest.raises(ServiceNotInitialized):
        await polling.task


async def test_cleanup_from_the_own_teardown_is_refused():
    class Circular(BaseService):
        async def _teardown(self):
            await self.cleanup()

    service = Circular()
    await service.initialize()
    with pytest.raises(LifecycleError, match="cleanup\\(\\) was called while Circular itself starts or stops"):
        await service.cleanup()
    assert not service.is_initialized


async def test_a_service_can_be_started_again():
    notes = Notes()
    for _ in range(2):
        await notes.initialize()
        assert await notes.read() == "note 1"
        await notes.cleanup()


async def test_a_stand_in_that_forgets_the_base_s_constructor_works(nexus):
    class RecordingEmail(EmailService):
        def __init__(self):
            self.calls = []

        async def send_template_email(self, **arguments):
            self.calls.append(arguments["to"])

    with nexus.override(EmailService, RecordingEmail()) as mail:
        manager = await nexus.service(UserManagementService)
        result = await manager.welcome({"username": "ann", "email": "ann@example.org"})
    assert (result.complete, mail.calls) == (True, [["ann@example.org"]])


async def test_loads_that_are_under_way_end_with_the_cache_service(nexus):
    cache = await nexus.service(CacheService)
    ended = []

    async def load():
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(True)

    reading = asyncio.create_task(cache.get_or_load("key", load))
    await nexus.settle()
    await cache.cleanup()
    assert ended == [True]
    with pytest.raises(asyncio.CancelledError):
        await reading
