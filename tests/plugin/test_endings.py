"""In which order a test, its fixtures and its world end, and what becomes of errors on the way."""

from __future__ import annotations

import pytest


def test_fixtures_end_in_reverse_and_the_world_after_them_on_the_same_loop(suite):
    suite.write(
        """
        from nexus_testkit.container import Service

        log = []

        class Engine(Service):
            async def initialize(self):
                self.loop = asyncio.get_running_loop()

            async def cleanup(self):
                assert asyncio.get_running_loop() is self.loop
                log.append("service")

        @pytest.fixture(autouse=True)
        def first():
            yield
            log.append("autouse")

        @pytest.fixture
        async def second():
            yield
            log.append("async")

        @pytest.fixture
        def third():
            yield
            log.append("sync")

        async def test_it(second, third, nexus):
            await nexus.service(Engine)

        def test_log():
            assert log == ["sync", "async", "autouse", "service"]
        """
    )
    suite.run().assert_outcomes(passed=2)


def test_a_sync_fixture_may_end_what_it_began_before_leaks_are_looked_for(suite):
    suite.write(
        """
        @pytest.fixture
        def background(nexus):
            task = nexus.loop.create_task(asyncio.sleep(1000))
            yield
            task.cancel()
            nexus.run(asyncio.wait([task]))

        async def test_it(background):
            await asyncio.sleep(1)
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_an_error_in_a_fixtures_teardown_fails_the_test_once(suite):
    suite.write(
        """
        @pytest.fixture
        async def broken():
            yield
            raise LookupError("lost")

        async def test_it(broken, nexus):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*LookupError: lost"])


def test_a_service_that_does_not_stop_fails_the_test_once(suite):
    suite.write(
        """
        from nexus_testkit.container import Service

        class Stubborn(Service):
            async def cleanup(self):
                raise LookupError("will not stop")

        async def test_it(nexus):
            await nexus.service(Stubborn)
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*LookupError: will not stop"])


def test_what_fails_at_the_end_of_a_failed_test_is_told_beside_it(suite):
    suite.write(
        """
        from nexus_testkit.container import Service

        class Stubborn(Service):
            async def cleanup(self):
                raise LookupError("will not stop")

        async def test_it(nexus):
            await nexus.service(Stubborn)
            assert 1 == 2
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*assert 1 == 2", "*left behind at teardown*", "*will not stop*"])


@pytest.mark.parametrize(
    ("statement", "outcome"), [("pytest.skip('no')", "skipped"), ("pytest.xfail('no')", "xfailed")]
)
def test_a_test_that_leaves_early_is_not_asked_for_leaks(suite, statement, outcome):
    suite.write(
        f"""
        async def test_it(nexus):
            asyncio.create_task(asyncio.sleep(1000))
            {statement}
        """
    )
    suite.run().assert_outcomes(**{outcome: 1})


def test_a_leak_is_what_an_expected_failure_may_expect(suite):
    suite.write(
        """
        @pytest.mark.xfail(strict=True)
        async def test_it(nexus):
            asyncio.create_task(asyncio.sleep(1000))
            await asyncio.sleep(0)
        """
    )
    suite.run().assert_outcomes(xfailed=1)


def test_a_deadlock_shows_the_line_that_waits(suite):
    suite.write(
        """
        async def test_it(nexus):
            await asyncio.Event().wait()  # nobody sets it
        """
    )
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([">*nobody sets it", "E*Deadlock: nothing can make progress*"])


def test_a_fixture_ends_after_a_deadlock(suite):
    suite.write(
        """
        log = []

        @pytest.fixture
        async def resource():
            yield
            log.append("closed")

        async def test_it(resource, nexus):
            await asyncio.Event().wait()

        def test_log():
            assert log == ["closed"]
        """
    )
    suite.run().assert_outcomes(failed=1, passed=1)


def test_ctrl_c_ends_the_run_and_the_world(suite):
    suite.write(
        """
        @pytest.fixture
        async def resource():
            yield
            print("resource closed")

        async def test_it(resource, nexus):
            raise KeyboardInterrupt
        """
    )
    result = suite.run_apart("-s")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["*resource closed*", "*KeyboardInterrupt*"])


def test_tmp_path_is_kept_where_the_test_fails_at_its_end(suite):
    suite.write(
        """
        async def test_it(nexus, tmp_path):
            (tmp_path / "evidence").touch()
            asyncio.create_task(asyncio.sleep(1000))
        """
    )
    base = suite.pytester.path / "base"
    suite.run(f"--basetemp={base}", "-o", "tmp_path_retention_policy=failed").assert_outcomes(failed=1)
    assert list(base.glob("**/evidence"))


def test_a_setup_that_fails_leaves_no_world_behind(suite):
    suite.write(
        """
        @pytest.fixture
        async def broken():
            raise LookupError("lost")

        async def test_it(nexus, broken):
            pass

        async def test_next(nexus):
            await asyncio.sleep(1)
            assert nexus.loop.time() == 1
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["E*LookupError: lost"])
