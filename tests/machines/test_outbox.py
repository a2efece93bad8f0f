"""`OutboxMachine` finds each sown bug, as what it is; and nothing in the reference service."""

import asyncio

import pytest

from nexus_testkit.machines import PROMISES, OutboxMachine
from nexus_testkit.services import AnalyticsService
from nexus_testkit.services.identifiers import new_identifier
from tests.machines.running import SEEDS, find_nothing, hunt


class ClearsFirst(AnalyticsService):
    """Empties the buffer before the store has it."""

    async def _store_buffer(self):
        batch, self.events_buffer = self.events_buffer, []
        await self._store_events(batch)
        return len(batch)


class NewIdentifiers(AnalyticsService):
    """Gives events their identifiers when it stores them."""

    async def _store_events(self, events):
        now = self.clock.now()
        await super()._store_events([{**event, "id": new_identifier(now)} for event in events])


class LostAtStop(AnalyticsService):
    """Stops without a last flush."""

    async def _teardown(self):
        self.events_buffer = []
        await super()._teardown()


class LastFirst(AnalyticsService):
    """Stores what came last first."""

    async def _store_events(self, events):
        await super()._store_events(list(reversed(events)))


class FlushTwice(AnalyticsService):
    """Stores what is in the buffer twice, as if they were two events."""

    async def _store_events(self, events):
        await super()._store_events(events)
        await super()._store_events([{**event, "id": event["id"] + "-again"} for event in events])


class NeverByItself(AnalyticsService):
    """Has no periodic flush."""

    async def _periodic_flush(self):
        await asyncio.Event().wait()


BUGS = {
    ClearsFirst: "delivered",
    NewIdentifiers: "twice",
    LostAtStop: "delivered",
    LastFirst: "sequence",
    FlushTwice: "twice",
    NeverByItself: "delivered",
}


@pytest.fixture(scope="module")
def table():
    lines = [f"{'bug of an outbox':<22}{'found in run':<24}  as"]
    yield lines
    print("\n".join(lines))  # noqa: T201  # for pytest -rP


@pytest.mark.parametrize("service", BUGS)
def test_sown_bug_is_found(service, table):
    class Machine(OutboxMachine):
        pass

    Machine.service = service
    found = [hunt(Machine, each) for each in SEEDS]
    table.append(f"{service.__name__:<22}{', '.join(str(run) for run, _ in found):<24}  {PROMISES[BUGS[service]]}")
    assert [error.promise for _, error in found] == [BUGS[service]] * len(found), [str(error) for _, error in found]


def test_reference_analytics_service_keeps_every_promise():
    find_nothing(OutboxMachine)
