"""The clock port: virtual and real adapter, seam and handle."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.real.clock import SystemClock
from nexus_testkit.errors import HarnessError, NeedsSimulation, SimulationError
from nexus_testkit.harness.clock import ClockHandle
from nexus_testkit.journal import Disturbance, Journal, Seam
from nexus_testkit.journal.clock import SeamedClock
from nexus_testkit.ports.clock import Clock
from nexus_testkit.simulation import EPOCH, run


def handle(inner=None):
    loop = asyncio.get_running_loop()
    clock = VirtualClock(loop) if inner is None else inner
    journal = Journal(now=loop.time, task=lambda: None)
    return ClockHandle(clock, Seam(journal, sleep=clock.sleep)), journal


@pytest.mark.parametrize("clock", [VirtualClock, lambda _: SystemClock()])
def test_both_adapters_are_clocks(clock):
    async def main():
        adapter = clock(asyncio.get_running_loop())
        assert isinstance(adapter, Clock)
        before = adapter.monotonic()
        assert adapter.now().tzinfo is UTC
        await adapter.sleep(0)
        await adapter.sleep(-1)
        assert adapter.monotonic() >= before
        await adapter.aclose()
        await adapter.aclose()
        assert adapter.leaks() == []

    run(main)
    if clock is not VirtualClock:
        asyncio.run(main())


def test_the_virtual_clock_reads_and_sleeps_on_its_loop():
    async def main():
        clock = VirtualClock(asyncio.get_running_loop())
        await clock.sleep(90)
        return clock.now(), clock.monotonic()

    assert run(main) == (EPOCH + timedelta(seconds=90), 90)


@pytest.mark.parametrize(
    ("arguments", "options", "seconds"),
    [
        ((), {"hours": 1}, 3_600),
        ((), {"weeks": 1, "days": 1, "minutes": 1, "seconds": 1, "milliseconds": 500}, 691_261.5),
        ((timedelta(minutes=2),), {}, 120),
        ((timedelta(minutes=2),), {"seconds": 5}, 125),
        ((), {}, 0),
    ],
)
def test_advance_adds_up_what_it_is_given(arguments, options, seconds):
    async def main():
        clock, journal = handle()
        fired = []
        asyncio.get_running_loop().call_later(seconds, fired.append, True)
        await clock.advance(*arguments, **options)
        assert fired == [True]
        assert [call.operation for call in journal] == ["clock.advance"]
        return clock.monotonic()

    assert run(main) == seconds


def test_advance_wants_a_unit_and_no_negative_time():
    async def main():
        clock, _ = handle()
        with pytest.raises(HarnessError, match=r"no unit(.|\n)*advance\(seconds=5\)"):
            await clock.advance(5)
        with pytest.raises(SimulationError, match="cannot advance"):
            await clock.advance(hours=-1)

    run(main)


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        ("2026-02-01T09:30:00Z", datetime(2026, 2, 1, 9, 30, tzinfo=UTC)),
        ("2026-02-01 09:30+02:00", datetime(2026, 2, 1, 7, 30, tzinfo=UTC)),
        ("2026-02-01", datetime(2026, 2, 1, tzinfo=UTC)),
        (datetime(2026, 2, 1, 1, tzinfo=timezone(timedelta(hours=1))), datetime(2026, 2, 1, tzinfo=UTC)),
    ],
)
def test_travel_to_a_moment(moment, shown):
    async def main():
        clock, journal = handle()
        await clock.travel_to(moment)
        assert [call.operation for call in journal] == ["clock.travel_to"]
        return clock.now()

    assert run(main) == shown


def test_travel_to_refuses_what_is_no_moment():
    async def main():
        clock, _ = handle()
        with pytest.raises(HarnessError, match="tomorrow"):
            await clock.travel_to("tomorrow")
        with pytest.raises(SimulationError, match="before"):
            await clock.travel_to("2025-12-31")
        with pytest.raises(SimulationError, match="time zone"):
            await clock.travel_to(datetime(2026, 2, 1))  # noqa: DTZ001  # the point of the test

    run(main)


def test_settle_moves_no_time():
    async def main():
        clock, _ = handle()
        done = []
        asyncio.get_running_loop().call_soon(done.append, True)
        await clock.settle()
        return done, clock.monotonic()

    assert run(main) == ([True], 0)


def test_real_time_cannot_be_moved_and_says_how_to_get_time_that_can():
    async def main():
        clock, journal = handle(SystemClock())
        for call in (clock.advance(hours=1), clock.travel_to("2030-01-01")):
            with pytest.raises(NeedsSimulation, match=r"time is real here(.|\n)*Hint:"):
                await call
        done = []
        asyncio.get_running_loop().call_soon(done.append, True)
        await clock.settle()
        assert done == [True]
        assert list(journal) == []
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)

    asyncio.run(main())


def test_settle_where_nobody_can_tell_says_so():
    class Other:
        now = monotonic = sleep = None

    async def main():
        clock = ClockHandle(Other(), handle()[0]._seam)
        with pytest.raises(NeedsSimulation, match="Other"):
            await clock.settle()

    run(main)


def test_sleeps_cross_the_seam_and_can_be_disturbed():
    class Late:
        def decide(self, call):
            return Disturbance(delay_s=5) if call.operation == "clock.sleep" else None

    async def main():
        loop = asyncio.get_running_loop()
        inner = VirtualClock(loop)
        journal = Journal(now=loop.time, task=lambda: None)
        seam = Seam(journal, sleep=inner.sleep)
        clock = SeamedClock(inner, seam)
        await clock.sleep(1)
        seam.decider = Late()
        await clock.sleep(1)
        assert clock.now() == inner.now()
        return clock.monotonic(), [(call.operation, call.arguments) for call in journal]

    assert run(main) == (7, [("clock.sleep", (1,)), ("clock.sleep", (1,))])
