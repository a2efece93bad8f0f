"""Other people's clocks follow virtual time where they can, and are documented where they cannot."""

import asyncio
import datetime as dt
import sys
import time
import types
import uuid

import pytest
import time_machine

from nexus_testkit.simulation import EPOCH, SimulationLoop, follow_virtual_time, run, virtual_time, walltime


def test_datetime_now_and_time_follow_the_loop_at_every_jump():
    async def main():
        loop = asyncio.get_running_loop()
        with virtual_time(loop):
            for pause in (0, 0.000_25, 1, 86_400 * 365 * 10 + 0.5):
                await asyncio.sleep(pause)
                assert dt.datetime.now(dt.UTC) == loop.now()
                assert time.time() == loop.wall()
                assert time.time_ns() == loop.wall_ns()
                assert time.gmtime().tm_year == loop.now().year
        return loop.now()

    assert run(main).year == 2035


def test_real_time_is_back_after_the_block_also_after_an_error():
    before = time.time()
    loop = SimulationLoop()
    inside = []

    def look():
        inside.append(time.time())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), virtual_time(loop):
        look()
    assert inside == [EPOCH.timestamp()]
    assert 0 <= time.time() - before < 60
    loop.close()


def test_an_epoch_with_a_fraction_is_exact():
    loop = SimulationLoop(epoch=EPOCH.replace(microsecond=123_456))
    with virtual_time(loop):
        assert dt.datetime.now(dt.UTC) == loop.now()
    loop.close()


def test_monotonic_clocks_of_user_code_stay_real():
    async def main():
        with virtual_time(asyncio.get_running_loop()):
            monotonic, counter = time.monotonic(), time.perf_counter()
            await asyncio.sleep(1_000)
            return time.monotonic() - monotonic, time.perf_counter() - counter

    assert all(0 <= passed < 60 for passed in run(main))


def test_the_time_zone_stays_what_it_was():
    import os

    loop = SimulationLoop()
    before = os.environ.get("TZ"), time.tzname
    with virtual_time(loop):
        assert (os.environ.get("TZ"), time.tzname) == before
    loop.close()


def test_worlds_one_after_another_begin_at_their_own_epochs():
    seen = []
    for year in (2030, 2020):
        loop = SimulationLoop(epoch=EPOCH.replace(year=year))
        with virtual_time(loop):
            loop.run_until_complete(asyncio.sleep(1))
            seen.append((dt.datetime.now(dt.UTC).year, uuid.uuid1().version))
        loop.close()
    assert seen == [(2030, 1), (2020, 1)]


def test_a_traveller_of_the_users_own_works_inside():
    async def main():
        with virtual_time(asyncio.get_running_loop()):
            with time_machine.travel(0, tick=False):
                await asyncio.sleep(5)
                inner = time.time()
            return inner, time.time()

    inner, outer = run(main)
    assert inner == 0
    assert outer == EPOCH.timestamp() + 5


def test_a_loop_closed_inside_the_block_is_left_in_peace():
    loop = SimulationLoop()
    with virtual_time(loop):
        loop.run_until_complete(asyncio.sleep(1))
        loop.close()
    assert time.time() != EPOCH.timestamp() + 1


def library():
    module = types.ModuleType("library")
    exec(
        "import time\ndef now(): return time.time(), time.time_ns(), time.monotonic(), time.gmtime(0).tm_year",
        vars(module),
    )
    return module


def test_a_followed_module_asks_the_loop_that_runs():
    module = library()
    follow_virtual_time([module, module])
    follow_virtual_time([module])

    async def main():
        await asyncio.sleep(100)
        return module.now()

    start = EPOCH.timestamp() + 100
    assert run(main) == (start, int(start) * 10**9, 100, 1970)
    assert run(main, epoch=EPOCH.replace(year=2027))[0] == EPOCH.replace(year=2027).timestamp() + 100


@pytest.mark.parametrize("threads", ["inline", "held"])
def test_a_followed_module_does_so_in_threads_too(threads):
    module = library()
    follow_virtual_time([module])

    async def main():
        await asyncio.sleep(100)
        return (await asyncio.to_thread(module.now))[0]

    assert run(main, threads=threads) == EPOCH.timestamp() + 100


def test_a_followed_module_has_real_time_where_no_simulation_runs():
    module = library()
    follow_virtual_time([module])

    async def main():
        return module.now()

    for seconds, nanoseconds, monotonic, _ in (module.now(), asyncio.run(main())):
        assert abs(seconds - time.time()) < 60
        assert abs(nanoseconds / 1e9 - time.time()) < 60
        assert abs(monotonic - time.monotonic()) < 60


def test_a_module_with_a_time_of_another_kind_is_left_alone():
    module = types.ModuleType("library")
    module.time = time.time
    follow_virtual_time([module])
    assert module.time is time.time


def test_without_time_machine_followed_modules_still_follow(monkeypatch):
    monkeypatch.setattr(walltime, "_has_time_machine", lambda: False)
    module = library()
    follow_virtual_time([module])
    loop = SimulationLoop()
    with virtual_time(loop):
        assert module.now()[0] == EPOCH.timestamp()
        assert time.time() != EPOCH.timestamp()
    assert module.now()[0] != EPOCH.timestamp()
    loop.close()


def test_fakeredis_follows_as_soon_as_it_is_loaded():
    import fakeredis

    async def main():
        loop = asyncio.get_running_loop()
        with virtual_time(loop):
            client = fakeredis.FakeAsyncRedis(server=fakeredis.FakeServer())
            try:
                await client.set("key", "value", ex=60)
                await loop.advance(59)
                before = await client.get("key"), (await client.time())[0]
                await loop.advance(2)
                return before, await client.get("key")
            finally:
                await client.aclose()

    assert run(main) == ((b"value", int(EPOCH.timestamp()) + 59), None)
    readers = [
        module
        for name, module in list(sys.modules.items())
        if name.startswith("fakeredis.") and vars(module).get("time") is time
    ]
    assert readers == []
