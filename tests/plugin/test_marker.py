"""`@pytest.mark.nexus(...)`: what it takes, how it is merged, and what it says of a mistake."""

from __future__ import annotations

import pytest


def test_the_nearest_marker_wins_option_by_option(suite):
    suite.write(
        """
        pytestmark = pytest.mark.nexus(seed=1, strict_mail=True)

        @pytest.mark.nexus(seed=2)
        class TestClass:
            async def test_of_the_class(self, nexus):
                assert (nexus.seed, nexus.strict_mail) == (2, True)

            @pytest.mark.nexus(seed=3, strict_mail=False)
            async def test_of_its_own(self, nexus):
                assert (nexus.seed, nexus.strict_mail) == (3, False)

        async def test_of_the_module(nexus):
            assert (nexus.seed, nexus.strict_mail) == (1, True)
        """
    )
    suite.run("--strict-markers").assert_outcomes(passed=3)


def test_a_marked_async_test_needs_no_fixture(suite):
    suite.write(
        """
        @pytest.mark.nexus
        async def test_marked():
            await asyncio.sleep(3600)
            assert asyncio.get_running_loop().time() == 3600
        """
    )
    suite.run().assert_outcomes(passed=1)


def test_a_time_limit_fails_the_test_and_says_what_waits(suite):
    suite.write(
        """
        from itertools import count

        @pytest.mark.nexus(time_limit=60)
        async def test_poll(nexus):
            for _ in count():
                await asyncio.sleep(7)

        @pytest.mark.nexus(time_limit=60)
        async def test_patient(nexus):
            await nexus.clock.advance(hours=1)
            await asyncio.sleep(60)

        @pytest.mark.nexus(time_limit=60, loop="system")
        async def test_real(nexus):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(passed=1, failed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "E*NeedsSimulation: time_limit=60*time is real here",
            ">*await asyncio.sleep(7)",
            "E*TimeLimitExceeded: virtual time would pass its limit of 60 s: the next timer is due at 63 s",
            "E*waits: test (*) waits for asyncio.sleep(7), at *test_suite.py:* in test_poll: await asyncio.sleep(7)",
            "E*timer: test (*) every 7 s, * times up to 63 s",
        ]
    )


def test_a_marked_plain_test_gets_no_world_unless_it_asks(suite):
    suite.write(
        """
        pytestmark = pytest.mark.nexus(unknown=1)

        def test_plain():
            pass
        """
    )
    suite.run().assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("sed=3", "UnknownOption: test_suite.py::test_it: @pytest.mark.nexus has no option 'sed'"),
        ("sed=3", "Hint: did you mean 'seed'?"),
        ("qqq=3", "Hint: one of: allow_hosts, backend, config, *"),
        ("3", "UnknownOption: test_suite.py::test_it: @pytest.mark.nexus takes options by name, not 3"),
        ("loop='systm'", "HarnessError: test_suite.py::test_it: loop='systm'"),
        ("loop='systm'", "Hint: one of: 'simulation', 'system'"),
        ("threads=4", "Hint: one of: 'inline', 'held'"),
        ("allow_hosts='example.org'", "HarnessError: test_suite.py::test_it: allow_hosts='example.org'"),
        ("allow_hosts=['http://example.org/']", "Hint: a list of host names, addresses, *no URLs"),
        ("allow_hosts=['example.org:http']", "HarnessError: *allow_hosts=*'example.org:http'*"),
    ],
)
def test_a_mistake_in_the_marker_is_an_error_that_names_the_test(suite, marker, message):
    suite.write(
        f"""
        @pytest.mark.nexus({marker})
        async def test_it(nexus):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message.replace("[", "[[]")])
    result.stdout.no_fnmatch_line("*options.py*")


def test_the_seed_comes_of_the_command_line_or_of_the_tests_name(suite):
    suite.write(
        """
        seeds = []

        @pytest.mark.parametrize("number", [1, 2])
        async def test_seed(nexus, number):
            seeds.append(nexus.seed)
            print("seed", number, "is", nexus.seed)

        def test_compare(pytestconfig):
            if pytestconfig.getoption("nexus_seed") is None:
                assert len(set(seeds)) == 2
            else:
                assert seeds == [17, 17]
        """
    )
    first, second = suite.run("-s"), suite.run("-s")
    first.assert_outcomes(passed=3)
    assert [line for line in first.outlines if "seed" in line] == [line for line in second.outlines if "seed" in line]
    suite.run("--nexus-seed=17").assert_outcomes(passed=3)


def test_services_that_cannot_start_are_an_error_of_the_setup(suite):
    suite.write(
        """
        from nexus_testkit.container import Service

        class Broken(Service):
            async def initialize(self):
                raise OSError("no disk")

        @pytest.mark.nexus(services=[Broken])
        async def test_it(nexus):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E*OSError: no disk"])


def test_given_is_pointed_at_simulate(suite):
    suite.write(
        """
        from hypothesis import given, strategies as st

        @given(st.integers())
        def test_property(nexus, number):
            pass
        """
    )
    result = suite.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["HarnessError: *@given would run all its examples in it", "Hint: put @simulate *"])


def test_given_above_simulate_has_a_world_an_example(suite):
    suite.write(
        """
        from hypothesis import given, strategies as st
        from nexus_testkit import simulate

        worlds = []

        @given(number=st.integers(1, 1000))
        @simulate
        async def test_property(nexus, number):
            await asyncio.sleep(number)
            assert nexus.loop.time() == number
            worlds.append(nexus)

        def test_worlds():
            assert len(set(map(id, worlds))) == len(worlds) > 5
        """
    )
    suite.run().assert_outcomes(passed=2)


def test_the_header_says_what_worlds_are_made_of(suite):
    suite.write("def test_it(): pass")
    suite.run().stdout.re_match_lines([r"nexus_testkit \d+\.\d+\S*, loop=simulation, time-machine (yes|no)$"])
