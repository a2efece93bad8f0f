"""What a sweep runs, and what it tells."""

import asyncio
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import nexus_testkit
from nexus_testkit.errors import (
    BrokenInvariant,
    CacheError,
    SweepFailed,
    SweepRefused,
)
from nexus_testkit.ports.cache import CacheManager
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.ports.files import FileSystem
from tests.unit.exploration.sweeping import one_call, results, setting, swept


def test_each_call_of_the_body_fails_in_each_way():
    async def body(nexus):
        cache, db = nexus.get(CacheManager), nexus.get(DatabaseAdapter)
        await cache.set("before", "1")
        await nexus.db.execute("CREATE TABLE t (a int)")
        async for fault in nexus.faults.sweep():
            async with fault:
                await nexus.cache.set("of the test", "1")
                await cache.get("a")
                await db.execute("INSERT INTO t VALUES (1)")
        await cache.set("after", "1")

    found = swept(body)
    assert {(each.chance.call, each.chance.about) for each in found.tried} == {
        (4, "cache.get get a"),
        (5, "database.execute INSERT t"),
    }
    assert [each.kind.name for each in found.tried if each.chance.call == 5] == [
        "40P01",
        "53100",
        "57P01",
        "reset",
        "loses_reply",
    ]
    assert not found.broken


def test_every_run_is_a_fresh_world_and_has_one_fault():
    seen = []

    async def body(nexus):
        cache = nexus.get(CacheManager)
        assert await nexus.cache.get("a") is None
        async for fault in nexus.faults.sweep(only={"cache": ["reset", "loses_reply"]}):
            assert (fault.fired, fault.error) == (False, None)
            async with fault:
                await cache.set("a", "1")
            seen.append((fault.words, fault.fired, type(fault.error).__name__, await nexus.cache.get("a")))

    nexus_testkit.run(body)
    assert seen == [
        ("no fault", False, "NoneType", b"1"),
        (
            "cache call 2 (set a): reset, the connection breaks before the call is made",
            True,
            "CacheConnectionError",
            None,
        ),
        (
            "cache call 2 (set a): loses_reply, the call is made, and the connection breaks before the reply",
            True,
            "CacheConnectionError",
            b"1",
        ),
    ]


def test_a_call_of_a_task_that_the_body_has_begun_belongs_to_it():
    async def work(cache):
        async def later():
            for _ in range(5):
                await asyncio.sleep(0)
            await cache.set("a", "1")

        tasks.append(asyncio.create_task(later()))

    tasks = []
    found = swept(one_call(work, only={"cache": ["reset"]}))
    assert {each.chance.operation for each in found.tried} == {"cache.set"}
    assert results(found) == {"broke 'no error unseen'"}


def test_what_the_healthy_run_returned_is_given():
    async def main(nexus):
        async for fault in nexus.faults.sweep():
            async with fault:
                await nexus.get(CacheManager).set("a", "1")
        return fault.words

    assert nexus_testkit.run(main) == "no fault"


def test_each_example_of_hypothesis_is_swept():
    keys = []

    @settings(max_examples=5, database=None)
    @given(key=st.sampled_from("ab"))
    @nexus_testkit.simulate
    async def each(nexus, key):
        async for fault in nexus.faults.sweep(only={"cache": ["reset"]}):
            async with fault:
                await nexus.get(CacheManager).get(key)
            keys.append((key, fault.fired))

    each()
    assert set(keys) == {("a", False), ("a", True), ("b", False), ("b", True)}


def test_several_sweeps_in_one_test_have_one_fault_together():
    seen = []

    async def body(nexus):
        cache = nexus.get(CacheManager)
        async for first in nexus.faults.sweep(only={"cache": ["reset"]}):
            async with first:
                await cache.get("a")
        async for second in nexus.faults.sweep(only={"cache": ["LOADING"]}):
            async with second:
                await cache.get("b")
        seen.append((first.fired, second.fired))

    nexus_testkit.run(body)
    assert seen == [(False, False), (True, False), (False, True)]


def test_a_break_changes_nothing():
    seen = []

    async def body(nexus):
        async for fault in nexus.faults.sweep(only={"cache": ["reset"]}):
            async with fault:
                await nexus.get(CacheManager).get("a")
            seen.append(fault.fired)
            break

    nexus_testkit.run(body)
    assert seen == [False, True]


def test_hanging_is_tried_where_it_is_asked_for_and_ends_in_the_calm():
    ends = []

    async def body(nexus):
        cache = nexus.get(CacheManager)

        async def note():
            try:
                await cache.set("a", "1")
            except CacheError as error:
                ends.append(type(error).__name__)
            await cache.set("b", "1")

        async for fault in nexus.faults.sweep(only={"cache": []}, also=["hangs"]):
            async with fault:
                task = asyncio.create_task(note())
            assert task.done() or fault.fired
        await task
        assert await nexus.cache.get("b") == b"1"

    found = swept(body)
    assert [each.kind.name for each in found.tried] == ["hangs", "hangs"]
    assert ends == ["CacheConnectionError"]


def test_a_body_that_waits_for_what_hangs_without_a_limit_is_broken():
    async def with_limit(cache):
        async with asyncio.timeout(5):
            await cache.get("a")

    async def without(cache):
        await cache.get("a")

    assert results(swept(one_call(with_limit, only={"cache": ["hangs"]}))) == {"ok, raised TimeoutError"}
    assert results(swept(one_call(without, only={"cache": ["hangs"]}))) == {"raised Deadlock"}


def test_a_body_that_goes_on_for_ever_under_a_fault_is_ended():
    async def polls(cache):
        with suppress(CacheError):
            await cache.set("ready", "1")
        while not await cache.exists("ready"):
            await cache.ttl("ready")
            await asyncio.sleep(60)

    (result,) = results(swept(one_call(polls, only={"cache.set": ["reset"]})))
    assert result == "raised TimeLimitExceeded"


def test_files_that_hang_fail_in_the_calm():
    async def body(nexus):
        files = nexus.get(FileSystem)
        async for fault in nexus.faults.sweep(only={"files": ["hangs"]}):
            async with fault:
                task = asyncio.create_task(files.write_text("a", "1"))
            await asyncio.wait([task])
            assert isinstance(task.exception(), OSError) is fault.fired

    assert not swept(body).broken


def test_invariants_are_given_or_found_and_may_have_a_model():
    asked = []

    def plain(nexus):
        asked.append(nexus)

    async def never(nexus):
        return await nexus.cache.get("a") == b"2"

    async def of_the_model(nexus, model):
        assert await nexus.cache.get("a") == model.get("a")

    async def body(nexus):
        model = {}
        cache = nexus.get(CacheManager)
        async for fault in nexus.faults.sweep(
            only={"cache": ["reset", "loses_reply"]}, invariants=[plain, of_the_model], model=model
        ):
            async with fault:
                await cache.set("a", "1")
            if fault.error is None:
                model["a"] = b"1"

    with pytest.raises(SweepFailed, match="1 of 2 faults broke the test"):
        nexus_testkit.run(body)
    assert len(asked) == 3
    with pytest.raises(BrokenInvariant, match=r"broken invariant: never\nit returned False"):
        nexus_testkit.run(one_call(setting, invariants=[never]))
    nexus_testkit.run(one_call(setting, invariants=[of_the_model]))  # without a model it is left out


def test_the_report_says_all_at_once_and_each_run_can_be_made_again():
    async def main(nexus):
        cache = nexus.get(CacheManager)
        async for fault in nexus.faults.sweep(only={"cache": ["reset", "OOM", "loses_reply"]}):
            async with fault:
                await cache.get("a")
                await cache.set("a", "1")
            assert await nexus.cache.get("a") == b"1", "not set"

    with pytest.raises(SweepFailed) as caught:
        nexus_testkit.run(main)
    text = str(caught.value)
    assert (caught.value.broken, caught.value.tried) == (5, 6)
    assert isinstance(caught.value.__cause__, AssertionError)
    assert re.search(r"call +operation +fault +result\n +1 +cache.get +get a +reset, OOM, loses_reply +BROKEN", text)
    assert re.search(r"2 +cache.set +set a +loses_reply +ok, raised CacheConnectionError", text)
    assert "cache call 2 (set a): OOM, the server has no memory left\n  raised AssertionError: not set" in text
    assert "[fault: raises('reset'), drawn]" in text  # of the timeline
    tokens = re.findall(r'replay:  nexus_testkit.replay\(main, "(nx1:\S+)"\)', text)
    assert len(tokens) == 5
    for token in tokens:
        with pytest.raises(AssertionError, match="not set"):
            nexus_testkit.replay(main, token)


def test_a_replay_of_what_is_no_more_is_refused():
    async def fails(cache):
        await cache.set("a", "1")
        raise AssertionError

    broken = one_call(fails, only={"cache": ["reset"]})

    async def main(nexus):
        async for fault in nexus.faults.sweep(only={"cache": ["reset"]}):
            async with fault:
                await nexus.get(CacheManager).set("a", "1")
            assert not fault.fired

    with pytest.raises(AssertionError):
        nexus_testkit.run(broken)
    with pytest.raises(SweepFailed) as caught:
        nexus_testkit.run(main)
    (token,) = re.findall(r'"(nx1:\S+)"', str(caught.value))

    async def other(nexus):
        async for fault in nexus.faults.sweep():
            async with fault:
                await nexus.get(CacheManager).get("a")

    with pytest.raises(SweepRefused, match="the body has no such call"):
        nexus_testkit.replay(other, token)


def test_simulate_sweeps_too_and_replays():
    async def test(nexus):
        async for fault in nexus.faults.sweep(only={"cache": ["reset"]}):
            async with fault:
                await nexus.get(CacheManager).set("a", "1")
            assert not fault.fired

    with pytest.raises(SweepFailed) as caught:
        nexus_testkit.simulate(test)()
    (token,) = re.findall(r'@nexus_testkit.simulate\(replay="(nx1:\S+)"\)', str(caught.value))
    with pytest.raises(AssertionError):
        nexus_testkit.simulate(replay=token)(test)()
