"""What a clock promises."""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta

import pytest

from nexus_testkit.contracts.contract import Contract, check_methods
from nexus_testkit.ports.clock import Clock

_SHORT_S = 0.05
# Clocks of the system tick: Windows' in steps of 16 ms, and those for dates and for intervals apart from one another.
_TICK_S = 0.02


class ClockContract(Contract):
    """The promises of `nexus_testkit.ports.clock.Clock`."""

    async def test_is_a_clock(self, adapter: Clock) -> None:
        """The adapter has every method of the port."""
        check_methods(adapter, Clock)

    async def test_now_is_aware_and_in_utc(self, adapter: Clock) -> None:
        """`now` is aware and in UTC."""
        now = adapter.now()
        assert now.utcoffset() == timedelta(0)
        assert now.tzinfo == UTC

    async def test_monotonic_is_a_float(self, adapter: Clock) -> None:
        """`monotonic` is a float of seconds."""
        assert type(adapter.monotonic()) is float

    async def test_monotonic_never_goes_back(self, adapter: Clock) -> None:
        """Of two readings of `monotonic` the later one is no smaller, other tasks or not."""
        readings = []
        for _ in range(100):
            readings.append(adapter.monotonic())
            await adapter.sleep(0)
        assert readings == sorted(readings)

    async def test_sleep_lasts_as_long_as_asked(self, adapter: Clock) -> None:
        """`sleep` takes the seconds it was asked for, and not much longer."""
        began = adapter.monotonic()
        await adapter.sleep(_SHORT_S)
        assert _SHORT_S - _TICK_S <= adapter.monotonic() - began < _SHORT_S + 10

    async def test_now_goes_on_with_sleep(self, adapter: Clock) -> None:
        """`now` has moved on by what was slept."""
        began = adapter.now()
        await adapter.sleep(_SHORT_S)
        assert _SHORT_S - _TICK_S <= (adapter.now() - began).total_seconds() < _SHORT_S + 10

    async def test_sleep_of_nothing_lets_others_run(self, adapter: Clock) -> None:
        """`sleep(0)` lets other tasks run, and takes no time of its own."""
        ran = asyncio.Event()
        began = adapter.monotonic()
        task = asyncio.create_task(_set(ran))
        await adapter.sleep(0)
        assert ran.is_set()
        assert adapter.monotonic() - began < 1
        await task

    async def test_sleep_of_a_negative_time_lets_others_run(self, adapter: Clock) -> None:
        """`sleep` of less than nothing is `sleep(0)`."""
        ran = asyncio.Event()
        began = adapter.monotonic()
        task = asyncio.create_task(_set(ran))
        await adapter.sleep(-3600)
        assert ran.is_set()
        assert adapter.monotonic() - began < 1
        await task

    async def test_sleepers_do_not_wait_for_one_another(self, adapter: Clock) -> None:
        """Many that sleep at once take as long as the longest."""
        began = adapter.monotonic()
        await asyncio.gather(*(adapter.sleep(_SHORT_S) for _ in range(200)))
        assert adapter.monotonic() - began < 200 * _SHORT_S

    async def test_sleepers_wake_in_the_order_of_their_times(self, adapter: Clock) -> None:
        """Who sleeps for a shorter time wakes first, whoever began first."""
        woken: list[int] = []

        async def sleeper(steps: int) -> None:
            await adapter.sleep(steps * 0.03)
            woken.append(steps)

        await asyncio.gather(*(sleeper(steps) for steps in (3, 1, 2)))
        assert woken == [1, 2, 3]

    async def test_cancelled_sleep_ends_at_once(self, adapter: Clock) -> None:
        """A task that sleeps can be cancelled; it does not sleep on."""
        began = adapter.monotonic()
        task = asyncio.create_task(adapter.sleep(3600))
        await adapter.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert adapter.monotonic() - began < 3600

    async def test_sleep_obeys_a_timeout(self, adapter: Clock) -> None:
        """`asyncio.timeout` ends a sleep."""
        began = adapter.monotonic()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(_SHORT_S):
                await adapter.sleep(3600)
        assert adapter.monotonic() - began < 3600

    async def test_sleep_takes_whole_and_broken_seconds(self, adapter: Clock) -> None:
        """`sleep` takes an int and a float, down to fractions of a millisecond, and gives None."""
        began = adapter.monotonic()
        for seconds in (0, 0.0001, 0.001):
            assert await adapter.sleep(seconds) is None  # type: ignore[func-returns-value]  # that is what is tested
        assert adapter.monotonic() - began < 10

    async def test_times_of_day_can_be_compared(self, adapter: Clock) -> None:
        """Two readings of `now` with a sleep between them are different moments in their order."""
        first = adapter.now()
        await adapter.sleep(_SHORT_S)
        assert first < adapter.now()


async def _set(event: asyncio.Event) -> None:
    event.set()
