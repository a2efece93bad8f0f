"""`nexus.faults.sweep()` in tests of pytest: the test is run again, with its fixtures, for each fault."""

import re

BODY = """
    import nexus_testkit
    from nexus_testkit.ports.cache import CacheManager

    async def save(cache, key):
        await cache.set(key, "1")
        await cache.increment("count")
"""


def test_a_green_sweep_shows_its_table(suite, runner):
    suite.write(
        BODY
        + """
    @FIXTURE
    async def cache(nexus):
        cache = nexus.get(CacheManager)
        assert await cache.get("count") is None
        yield cache
        await cache.clear()

    @MARK
    @pytest.mark.parametrize("key", ["a", "b"])
    async def test_save(nexus, cache, key):
        async for fault in nexus.faults.sweep():
            async with fault:
                await save(cache, key)
    """,
        runner=runner,
    )
    result = suite.run("-rP")
    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            "*Captured swept call*",
            "12 faults of 2 calls, 0 broke the test",
            "call  operation * fault *result",
            "   2  cache.set * set a * LOADING, *ok, raised *",
            "   3  cache.increment  increment count *",
        ]
    )


FAILING = """
    @pytest.fixture
    def opened():
        opens.append(1)
        yield
        closes.append(1)

    opens, closes = [], []

    class TestSaving:
        @pytest.mark.nexus({options})
        async def test_both(self, nexus, opened):
            assert not vars(self)
            self.state = "of this run alone"
            cache = nexus.get(CacheManager)
            async for fault in nexus.faults.sweep(only={{"cache": ["reset", "loses_reply"]}}):
                async with fault:
                    await save(cache, "a")
                assert await nexus.cache.exists("a") == await nexus.cache.exists("count")

    def test_fixtures_were_ended():
        assert (len(opens), len(closes)) == {fixtures}
"""


def test_a_broken_sweep_says_all_and_how_to_make_each_run_again(suite):
    suite.write(BODY + FAILING.format(options="seed=7", fixtures=(6, 6)))
    result = suite.run()
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(
        [
            "*>*assert await nexus.cache.exists(*",
            "*The above exception was the direct cause*",
            "*SweepFailed: 2 of 4 faults broke the test",
            "*1  cache.set *set a *reset *ok, raised CacheConnectionError",
            "*1  cache.set *set a *loses_reply *BROKEN raised AssertionError",
            "*2  cache.increment *reset *BROKEN raised AssertionError",
            "*cache call 1 (set a): loses_reply, the call is made, and the connection breaks before the reply",
            '*replay:  @pytest.mark.nexus(replay="nx1:*")',
            "*cache call 2 (increment count): reset, *",
            '*replay:  @pytest.mark.nexus(replay="nx1:*")',
            "*nexus-testkit replay TOKEN test_suite.py::TestSaving::test_both",
            "*the first of them, a lane for each task:",
            "*fault: loses_reply(), drawn*",
        ]
    )
    assert "what crossed the ports" not in result.stdout.str()  # of the last run, which was another one
    tokens = re.findall(r'replay="(nx1:[^"]+)"', result.stdout.str())
    assert len(tokens) == 2
    for token in tokens:
        suite.write(BODY + FAILING.format(options=f"replay={token!r}", fixtures=(3, 3)))
        again = suite.run()
        again.assert_outcomes(failed=1, passed=1)
        assert "SweepFailed" not in again.stdout.str()
        again.stdout.fnmatch_lines(["*what crossed the ports*", "*[[]fault: * drawn]*"])


def test_a_replay_passes_once_mended_and_is_refused_for_another_body(suite):
    suite.write(BODY + FAILING.format(options="seed=7", fixtures=(6, 6)))
    token = re.findall(r'replay="(nx1:[^"]+)"', suite.run().stdout.str())[0]
    test = """
    @pytest.mark.filterwarnings("ignore::nexus_testkit.exploration.running.ReplayDiffers")
    @pytest.mark.nexus(replay={token!r})
    async def test_both(nexus):
        cache = nexus.get(CacheManager)
        async for fault in nexus.faults.sweep():
            async with fault:
                await cache.{call}
        fired.append((fault.fired, fault.words.partition(",")[0]))

    fired = []

    def test_fired():
        assert fired == [(False, "no fault"), (True, "cache call 1 (set a): loses_reply")]
    """
    suite.write(BODY + test.format(token=token, call="set('a', '1')"))
    suite.run().assert_outcomes(passed=2)
    suite.write(BODY + test.format(token=token, call="get('a')"))
    result = suite.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*the token says cache call 1 (set): loses_reply, and the body has no such call"])


def test_a_plain_test_sweeps_too(suite):
    suite.write(
        BODY
        + """
    def test_save(nexus):
        async def main():
            async for fault in nexus.faults.sweep():
                async with fault:
                    await save(nexus.get(CacheManager), "a")
                assert not (fault.fired and fault.words.startswith("cache call 2 (increment count): OOM"))

        nexus.run(main())
    """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*SweepFailed: 1 of 12 faults broke the test"])


INVARIANT = """
    import nexus_testkit

    @nexus_testkit.invariant
    async def {name}(nexus):
        assert await nexus.cache.get("count") in (None, b"1"), "counted twice"
"""


def test_invariants_of_the_module_and_its_conftests_are_checked(suite):
    suite.pytester.mkpydir("inner")
    suite.pytester.path.joinpath("conftest.py").write_text(INVARIANT.format(name="of_the_root").replace("\n    ", "\n"))
    for folder, name in (("inner", "beside"), ("outer", "of_another")):
        suite.pytester.path.joinpath(folder).mkdir(exist_ok=True)
        suite.pytester.path.joinpath(folder, "conftest.py").write_text(
            INVARIANT.format(name=name).replace("\n    ", "\n")
        )
    suite.write(
        INVARIANT.format(name="of_the_module")
        + BODY
        + """
    async def test_count(nexus):
        cache = nexus.get(CacheManager)
        async for fault in nexus.faults.sweep(only={"cache": ["loses_reply"]}):
            async with fault:
                try:
                    await cache.increment("count")
                except Exception:
                    await cache.increment("count")
    """
    )
    suite.pytester.path.joinpath("test_suite.py").rename(suite.pytester.path / "inner" / "test_suite.py")
    suite.pytester.path.joinpath("outer", "test_other.py").write_text("def test_other(): pass")
    result = suite.run_apart("inner", "outer")
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*BROKEN broke 'of_the_module'; broke 'beside'; broke 'of_the_root'"])


EXPLORED = """
    @pytest.mark.nexus({options})
    async def test_two(nexus):
        cache = nexus.get(CacheManager)

        async def once():
            if await cache.get("count") is None:
                await asyncio.sleep(0.01)
                await cache.increment("count")

        async def later():
            await asyncio.sleep(0.02)
            await once()

        await asyncio.gather(once(), later())
"""


def test_invariants_are_checked_after_each_passing_run_of_a_search_and_of_its_replay(suite):
    suite.write(INVARIANT.format(name="counted_once") + BODY + EXPLORED.format(options="explore=100"))
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*BrokenInvariant: broken invariant: counted_once", "*counted twice*", "*replay:*"])
    token = re.findall(r'replay="(nx1:[^"]+)"', result.stdout.str())[0]
    suite.write(INVARIANT.format(name="counted_once") + BODY + EXPLORED.format(options=f"replay={token!r}"))
    again = suite.run()
    again.assert_outcomes(failed=1)
    again.stdout.fnmatch_lines(["*BrokenInvariant: broken invariant: counted_once"])


def test_a_search_in_a_test_with_a_sweep_is_refused(suite):
    suite.write(
        BODY
        + """
    @pytest.mark.nexus(explore=10)
    async def test_save(nexus):
        async for fault in nexus.faults.sweep():
            async with fault:
                await save(nexus.get(CacheManager), "a")
    """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*SweepRefused: a sweep and a search at once: *", "*Hint: leave explore= away*"])


def test_a_search_of_the_whole_suite_leaves_tests_with_a_sweep_out(suite):
    suite.write(
        BODY
        + """
    async def test_save(nexus):
        async for fault in nexus.faults.sweep():
            async with fault:
                await save(nexus.get(CacheManager), "a")

    async def test_get(nexus):
        await nexus.get(CacheManager).get("a")
    """
    )
    suite.run("--nexus-explore", "10").assert_outcomes(passed=1, skipped=1)


def test_a_real_clock_has_no_sweep(suite):
    suite.write(
        """
    @pytest.mark.nexus(loop="system")
    async def test_save(nexus):
        nexus.faults.sweep()
    """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*SweepRefused: a sweep runs the test once for each fault*"])


def test_a_test_that_fails_without_any_fault_fails_as_any_other(suite):
    suite.write(
        BODY
        + """
    ends = []

    @pytest.fixture
    async def cache(nexus):
        yield nexus.get(CacheManager)
        ends.append(await nexus.cache.get("a"))

    async def test_save(nexus, cache):
        async for fault in nexus.faults.sweep():
            async with fault:
                await save(cache, "a")
            assert await nexus.cache.get("a") == b"2"

    def test_its_world_was_there_to_the_end():
        assert ends == [None, b"1", b"1"]
    """
    )
    result = suite.run()
    result.assert_outcomes(failed=1, passed=1)
    result.stdout.fnmatch_lines(["*assert b'1' == b'2'", "*in the first run of a sweep, in which no call fails"])
    result.stdout.fnmatch_lines(["*what crossed the ports*"])
    assert "SweepFailed" not in result.stdout.str()


def test_a_skip_is_one_without_a_fault_and_a_broken_run_with_one(suite):
    suite.write(
        BODY
        + """
    async def test_skips(nexus):
        async for fault in nexus.faults.sweep():
            async with fault:
                await save(nexus.get(CacheManager), "a")
            pytest.skip("not today")

    async def test_skips_with_a_fault(nexus):
        async for fault in nexus.faults.sweep(only={"cache.set": ["reset"]}):
            async with fault:
                await save(nexus.get(CacheManager), "a")
            if fault.fired:
                pytest.skip("not now")
    """
    )
    result = suite.run()
    result.assert_outcomes(skipped=1, failed=1)
    result.stdout.fnmatch_lines(["*BROKEN raised Skipped"])


def test_a_test_may_be_run_again_by_others(suite):
    suite.write(
        BODY
        + """
    runs = []

    async def test_save(nexus):
        async for fault in nexus.faults.sweep(only={"cache.set": ["reset"]}):
            async with fault:
                await save(nexus.get(CacheManager), "a")
            runs.append(fault.fired)

    def test_twice():
        assert runs == [False, True] * 2
    """
    )
    suite.pytester.makeconftest(
        """
        from _pytest.runner import runtestprotocol

        def pytest_runtest_protocol(item, nextitem):
            if item.name == "test_save":
                runtestprotocol(item, nextitem=nextitem, log=False)
    """
    )
    suite.run().assert_outcomes(passed=2)


def test_what_a_world_leaves_behind_under_a_fault_is_told(suite):
    suite.write(
        BODY
        + """
    async def test_watch(nexus):
        cache = nexus.get(CacheManager)
        async for fault in nexus.faults.sweep(only={"cache": ["reset"]}):
            async with fault:
                task = asyncio.create_task(asyncio.Event().wait(), name="watcher")
                await cache.set("a", "1")
                task.cancel()

    async def test_shadow(nexus):
        cache = nexus.get(CacheManager)

        async def note():
            await cache.set("a", "1")

        async for fault in nexus.faults.sweep(only={"cache": ["reset"]}):
            async with fault:
                task = asyncio.create_task(note(), name="shadow")
    """
    )
    result = suite.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*BROKEN left behind: a task that still runs: watcher*"])
    result.stdout.fnmatch_lines(["*BROKEN broke 'no error unseen'", "*shadow*ended with CacheConnectionError*"])
