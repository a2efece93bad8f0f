"""What a test with `nexus` may count on, whichever plugin is installed and whatever mark it has."""

from __future__ import annotations


def test_an_async_test_runs_in_virtual_time(suite, runner):
    suite.write(
        """
        @MARK
        async def test_sleep(nexus):
            loop = asyncio.get_running_loop()
            assert loop.time() == 0
            await asyncio.sleep(3600)
            assert loop.time() == 3600
            assert nexus.loop is loop
        """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(passed=1)


def test_async_fixtures_run_on_the_loop_of_the_test_and_in_its_task(suite, runner):
    suite.write(
        """
        log = []

        @FIXTURE
        async def value(nexus):
            await asyncio.sleep(1)
            log.append(nexus.loop is asyncio.get_running_loop())
            return 7

        @FIXTURE
        async def resource(value):
            task = asyncio.current_task()
            async with asyncio.timeout(1000):
                yield value, asyncio.get_running_loop(), task
            assert asyncio.current_task() is task
            log.append("closed")

        @pytest.fixture
        def through(resource):
            yield resource
            log.append("sync closed")

        @MARK
        async def test_one(resource, nexus):
            assert resource == (7, asyncio.get_running_loop(), asyncio.current_task())
            assert nexus.loop.time() == 1

        @MARK
        async def test_two(through, nexus):
            assert through[:2] == (7, asyncio.get_running_loop())

        def test_the_log():
            assert log == [True, "closed", True, "sync closed", "closed"]
        """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(passed=3)


def test_a_failing_test_shows_what_crossed_the_ports(suite, runner):
    suite.write(
        """
        @MARK
        async def test_wrong(nexus):
            nexus.seam.note("mail.send", "ann@example.org")
            assert 1 == 2
        """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2", "*what crossed the ports*", "*mail.send('ann@example.org')"])


def test_a_leak_fails_a_test_that_passed_once(suite, runner):
    suite.write(
        """
        @MARK
        async def test_leaves_a_task(nexus):
            asyncio.create_task(asyncio.sleep(1000), name="forgotten")
            await asyncio.sleep(0)
        """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*LeakError: 1 thing*", "*a task that still runs: forgotten*"])


def test_a_leak_does_not_mask_the_failure(suite, runner):
    suite.write(
        """
        @MARK
        async def test_leaves_a_task(nexus):
            asyncio.create_task(asyncio.sleep(1000), name="forgotten")
            assert 1 == 2
        """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2", "*left behind at teardown*", "*forgotten*"])


def test_a_swallowed_stray_connection_fails_the_test(suite, runner):
    suite.write(
        """
        @MARK
        async def test_blocking(nexus):
            try:
                socket.create_connection(("203.0.113.1", 80), timeout=1)
            except Exception:
                pass

        @MARK
        async def test_streams(nexus):
            try:
                await asyncio.open_connection("crm.example", 443)
            except Exception:
                pass
        """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*real connection to 203.0.113.1:80 was refused*", "*test_blocking*"])
    result.stdout.fnmatch_lines(["*crm.example:443*"])


def test_each_parameter_set_has_a_world_of_its_own(suite, runner):
    suite.write(
        """
        worlds = []

        @MARK
        @pytest.mark.parametrize("number", [1, 2, 3])
        async def test_numbers(number, nexus):
            await asyncio.sleep(number)
            assert nexus.loop.time() == number
            assert nexus not in worlds
            worlds.append(nexus)
        """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(passed=3)


def test_classes_have_their_fixtures_bound_to_the_instance_that_runs(suite, runner):
    suite.write(
        """
        class TestNotes:
            @FIXTURE
            async def notes(self):
                self.notes = ["a"]
                yield self.notes
                assert self.notes == ["a", "b"]

            @MARK
            async def test_add(self, notes, nexus):
                assert notes is self.notes
                notes.append("b")

            @MARK
            async def test_fresh(self, notes, nexus):
                assert self.notes == ["a"]
                notes.append("b")
        """,
        runner=runner,
    )
    result = suite.run()
    result.assert_outcomes(passed=2)


def test_plain_tests_run_coroutines_and_use_async_fixtures(suite, runner):
    if runner.mark or "auto" in runner.name or "session" in runner.name:
        suite.write("def test_plain(nexus): pass", runner=runner)
        suite.run().assert_outcomes(passed=1)
        return
    suite.write(
        """
        @FIXTURE
        async def seven(nexus):
            await asyncio.sleep(7)
            return nexus.loop.time()

        def test_plain(nexus, seven):
            assert nexus.run(asyncio.sleep(10, "slept")) == "slept"
            assert nexus.loop.time() == 17
        """,
        runner=runner,
    )
    suite.run().assert_outcomes(passed=1)


def test_tests_without_nexus_are_left_alone(suite, runner):
    suite.write(
        """
        def test_plain():
            assert True

        async def test_coroutine():
            assert type(asyncio.get_running_loop()).__module__.startswith("asyncio")
        """,
        runner=runner,
    )
    result = suite.run()
    auto = "--asyncio-mode=auto" in runner.args or "--anyio-mode=auto" in runner.args
    if auto:
        result.assert_outcomes(passed=2)
    else:
        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(["*async def functions are not natively supported*"])
