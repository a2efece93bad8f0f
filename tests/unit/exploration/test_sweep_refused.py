"""Where there is no sweep, and sweeps that would try nothing, or something else each time."""

import asyncio

import pytest

import nexus_testkit
from nexus_testkit.errors import (
    InvalidFault,
    SweepFailed,
    SweepRefused,
)
from nexus_testkit.ports.cache import CacheManager
from tests.unit.exploration.sweeping import one_call, setting, swept


def test_a_bare_harness_cannot_run_its_test_again():
    async def main():
        async with nexus_testkit.Harness() as nexus:
            nexus.faults.sweep()

    with pytest.raises(SweepRefused, match=r"nobody here can run it again\nHint: .*nexus_testkit.run\(main\)"):
        asyncio.run(main())


def test_a_sweep_in_a_fixture_says_where_it_belongs(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        async def swept(nexus):
            nexus.faults.sweep()

        async def test_it(swept):
            pass
    """
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:anyio")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*Hint: call it in the body of a test and not in a fixture*"])


def test_a_search_has_no_sweep():
    with pytest.raises(SweepRefused, match="a sweep and a search at once"):
        nexus_testkit.explore(one_call(setting), runs=3)


async def nothing(_cache):
    pass


def test_a_body_without_any_call_is_refused():
    with pytest.raises(SweepRefused, match="no call of the body can fail"):
        nexus_testkit.run(one_call(nothing))


def test_a_choice_that_leaves_nothing_is_refused():
    with pytest.raises(SweepRefused, match="see whether only= leaves any"):
        nexus_testkit.run(one_call(setting, only=["mail"]))


def test_a_fault_that_is_never_entered_is_refused():
    async def body(nexus):
        async for _fault in nexus.faults.sweep():
            await nexus.get(CacheManager).get("a")

    with pytest.raises(SweepRefused, match="the fault was not entered"):
        nexus_testkit.run(body)


def test_a_fault_is_entered_once_and_not_inside_another():
    async def twice(nexus):
        async for fault in nexus.faults.sweep():
            for _ in range(2):
                async with fault:
                    await nexus.get(CacheManager).get("a")

    async def inside(nexus):
        async for outer in nexus.faults.sweep():
            async with outer:
                async for inner in nexus.faults.sweep():
                    async with inner:
                        pass

    with pytest.raises(SweepRefused, match="entered before"):
        nexus_testkit.run(twice)
    with pytest.raises(SweepRefused, match="inside the body of another one"):
        nexus_testkit.run(inside)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"also": ["hang"]}, InvalidFault, "did you mean hangs"),
        ({"only": {"cache": ["40001"]}}, InvalidFault, "'cache' cannot have '40001'"),
        ({"allow": ["nothing"]}, SweepRefused, "'no mail twice'"),
        ({"allow": "no mail twice"}, SweepRefused, "a list of"),
    ],
)
def test_an_option_that_means_nothing_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        nexus_testkit.run(one_call(setting, **options))


def test_an_error_without_any_fault_is_that_of_the_test():
    async def body(nexus):
        async for fault in nexus.faults.sweep():
            async with fault:
                await nexus.get(CacheManager).get("a")
            assert await nexus.cache.get("a") == b"1"

    with pytest.raises(AssertionError) as caught:
        nexus_testkit.run(body)
    assert caught.value.__notes__ == ["in the first run of a sweep, in which no call fails"]


def test_a_body_that_makes_other_calls_the_second_time_is_told():
    def outliving():
        runs = []

        async def work(cache):
            runs.append(1)
            await (cache.get("a") if len(runs) <= 2 else cache.exists("a"))

        return work

    found = swept(one_call(outliving(), only={"cache": ["reset", "LOADING"]}))
    assert [each.result for each in found.broken] == [
        "not tried: call 1 was cache.get get a in the first run, and is cache.exists exists a"
    ]
    with pytest.raises(SweepFailed, match="state that outlives a world"):
        nexus_testkit.run(one_call(outliving(), only={"cache": ["reset", "LOADING"]}))


def test_a_call_that_is_not_made_the_second_time_is_told():
    runs = []

    async def work(cache):
        runs.append(1)
        if len(runs) <= 2:
            await cache.get("a")

    found = swept(one_call(work, only={"cache": ["reset", "LOADING"]}))
    assert [each.result for each in found.broken] == ["not tried: call 1 was never made"]
