"""`pytest_nexus_world_closed`: other plugins may look at a world that has ended."""


def test_a_conftest_sees_the_journal_of_every_world(pytester):
    pytester.makeconftest(
        """
        def pytest_nexus_world_closed(nodeid, harness):
            print("CLOSED", nodeid, len(harness.journal), harness.elapsed_s)
        """
    )
    pytester.makepyfile(
        """
        import asyncio

        async def test_good(nexus):
            await nexus.cache.set("a", 1)
            await asyncio.sleep(60)

        async def test_bad(nexus):
            await nexus.cache.get("a")
            assert False

        def test_other():
            pass
        """
    )
    result = pytester.runpytest_subprocess("-s", "-p", "no:cacheprovider")
    result.stdout.fnmatch_lines(["*CLOSED *::test_good 1 60.0", "*CLOSED *::test_bad 1 0.0"])
    result.assert_outcomes(passed=2, failed=1)
