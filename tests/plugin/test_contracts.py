"""A user's contract class under each plugin that could want to run its tests, and its deviations."""

import pytest

from nexus_testkit.contracts import ClockContract

DISK_CACHE = """
from nexus_testkit.contracts import CacheContract, ClockContract

class Clock:
    def now(self):
        from datetime import UTC, datetime
        return datetime.now(UTC)

    def monotonic(self):
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)

closed = []

class TestClock(ClockContract):
    OPTIONS

    @pytest.fixture
    async def adapter(self):
        loop = asyncio.get_running_loop()
        yield Clock()
        assert asyncio.get_running_loop() is loop
        closed.append(type(loop).__name__)

def test_the_log():
    assert closed == [LOOP] * len(ClockContract.promises())
"""


def test_a_users_class_runs_in_real_time_whatever_plugin_is_there(suite, runner):
    suite.write(DISK_CACHE.replace("OPTIONS", "").replace("LOOP", "closed[0]"), runner=runner)
    result = suite.run()
    result.assert_outcomes(passed=15)


def test_a_users_class_may_run_in_virtual_time(suite, runner):
    text = DISK_CACHE.replace("OPTIONS", 'nexus_options = {"loop": "simulation"}').replace("LOOP", '"SimulationLoop"')
    suite.write(text, runner=runner)
    result = suite.run()
    result.assert_outcomes(passed=15)


def test_a_marker_wins_over_the_class(suite):
    suite.write(
        """
        class TestLoops:
            nexus_options = {"loop": "system"}

            async def test_system(self):
                assert type(asyncio.get_running_loop()).__module__.startswith("asyncio")

            @pytest.mark.nexus(loop="simulation")
            async def test_simulation(self):
                assert type(asyncio.get_running_loop()).__name__ == "SimulationLoop"
        """
    )
    suite.run().assert_outcomes(passed=2)


def test_an_unknown_option_of_a_class_is_an_error(suite):
    suite.write(
        """
        class TestLoops:
            nexus_options = {"lop": "system"}

            async def test_it(self):
                pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*nexus_options has no option 'lop'*", "*did you mean 'loop'?*"])


STOPPED = """
from nexus_testkit.contracts import ClockContract

class Stopped:
    def now(self):
        from datetime import UTC, datetime
        return datetime(2026, 1, 1, tzinfo=UTC)

    def monotonic(self):
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds):
        await asyncio.sleep(seconds)

class TestStopped(ClockContract):
    nexus_options = {"loop": "simulation"}
    known_deviations = DEVIATIONS

    @pytest.fixture
    async def adapter(self):
        return Stopped()
"""
TRUE = {"test_now_goes_on_with_sleep": "it is stopped", "test_times_of_day_can_be_compared": "likewise"}


def test_a_known_deviation_is_expected_to_fail(suite):
    suite.write(STOPPED.replace("DEVIATIONS", repr(TRUE)))
    result = suite.run("-rx")
    result.assert_outcomes(passed=12, xfailed=2)
    result.stdout.fnmatch_lines(["XFAIL*test_now_goes_on_with_sleep - it is stopped"])


def test_a_deviation_that_is_none_fails(suite):
    suite.write(STOPPED.replace("DEVIATIONS", repr({**TRUE, "test_monotonic_is_a_float": "no"})))
    result = suite.run()
    result.assert_outcomes(passed=11, xfailed=2, failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*no*"])


def test_a_deviation_of_no_promise_is_an_error(suite):
    suite.write(STOPPED.replace("DEVIATIONS", repr({"test_now_goes_on_with_slep": "it is stopped"})))
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*TestStopped.known_deviations names 'test_now_goes_on_with_slep', which is no promise*", "*did you mean*"]
    )


def test_deviations_stay_with_their_class(suite):
    suite.write(
        STOPPED.replace("DEVIATIONS", repr(TRUE))
        + """
class TestAgain(TestStopped):
    known_deviations = {}

class TestThird(TestStopped):
    known_deviations = {**TestStopped.known_deviations, "test_now_is_aware_and_in_utc": "no"}
"""
    )
    result = suite.run()
    result.assert_outcomes(passed=12 + 12 + 11, xfailed=2 + 2, failed=2 + 1)


def test_a_class_without_adapter_says_what_is_missing(suite):
    suite.write(
        """
        from nexus_testkit.contracts import ClockContract

        class TestNothing(ClockContract):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=14)
    result.stdout.fnmatch_lines(["*TestNothing has no adapter*", "*give the class a fixture*"])


def test_a_broken_promise_shows_both_sides_of_its_assertion(suite):
    suite.write(
        STOPPED.replace("DEVIATIONS", repr(TRUE)).replace("asyncio.get_running_loop().time()", "int(1)"),
    )
    result = suite.run("-k", "monotonic_is_a_float")
    result.assert_outcomes(failed=1, deselected=13)
    result.stdout.fnmatch_lines(["*assert <class 'int'> is float*"])


def test_a_mark_on_one_class_is_not_on_another():
    """anyio's plugin marks the functions that it collects: unmarked classes must not ask for its fixture."""
    first, second = (type(name, (ClockContract,), {}) for name in ("First", "Second"))
    for name in ClockContract.promises():
        pytest.mark.usefixtures("anyio_backend")(getattr(first, name))
    assert [vars(getattr(second, name)).get("pytestmark") for name in ClockContract.promises()] == [None] * 14
    assert not hasattr(ClockContract.test_is_a_clock, "pytestmark")
