"""The traceback of a failure ends in the user's code."""

import pytest

HEAD = """
import json

from hypothesis import given, settings, strategies as st
from nexus_testkit import simulate

"""
HIDDEN = (
    "OperationalError",
    "raise AssertionError",
    "raise InvalidFault",
    "raise database_error",
    "nexus_testkit/harness/",
    "adapters/fake",
)


@pytest.mark.parametrize(
    ("head", "arguments"),
    [
        ("", "nexus"),
        ("@simulate", "nexus"),
        ("@given(st.integers())\n@settings(max_examples=2)\n@simulate", "nexus, number"),
    ],
)
@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("nexus.mail.assert_nothing_sent() or nexus.mail.assert_sent(to='a@b.example')", "AssertionError: expected at"),
        ("nexus.faults.on('databse.commit')", "*InvalidFault: there is nothing called 'databse.commit'*"),
        ("await nexus.db.execute('SELECT 1 / 0')", "*division by zero*"),
    ],
)
def test_what_the_kit_raises_is_shown_where_it_was_asked_for(suite, head, arguments, body, message):
    suite.write(f"{HEAD}{head}\nasync def test_it({arguments}):\n    {body}\n")
    result = suite.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f">       {body}", f"E  *{message}*", "test_suite.py:*"])
    shown = result.stdout.str()
    assert [words for words in HIDDEN if words in shown] == []
    assert "raise " in suite.run("--full-trace").stdout.str()


def test_a_service_of_the_kit_is_shown_down_to_the_call_that_failed(suite):
    suite.write(
        """
        from nexus.services import UserService

        async def test_it(nexus):
            nexus.faults.on("database.fetch_one").raises("23505")
            users = await nexus.service(UserService)
            await users.create_user({"username": "ann", "email": "ann@example.org"})
        """
    )
    result = suite.run("--tb=short")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["test_suite.py:*: in test_it", "*services/users.py:*", "E *"])
    assert "journal/seam.py" not in result.stdout.str()


def test_what_may_be_a_mistake_of_the_kit_is_shown_whole(suite):
    suite.write(
        """
        async def test_it(nexus):
            await nexus.files.read_text(5)
        """
    )
    result = suite.run("--tb=short")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*adapters/paths.py:*", "E *TypeError: a path is a str, not int"])


def test_the_promises_of_a_contract_show_their_assertions(suite):
    suite.write(
        """
        from nexus_testkit.contracts import ClockContract

        class Stopped:
            def now(self):
                raise AssertionError("no time")

        class TestStopped(ClockContract):
            @pytest.fixture
            def adapter(self):
                return Stopped()
        """
    )
    shown = suite.run("-k", "test_is_a_clock").stdout
    shown.fnmatch_lines(["*Stopped has no monotonic, sleep: see nexus_testkit.ports.clock.Clock"])


@pytest.mark.parametrize("without", ["terminal", "setupplan", "junitxml", "logging", "capture", "xdist", "html"])
def test_a_failure_is_reported_without_the_other_plugins_as_well(suite, without):
    suite.write("async def test_it(nexus):\n    await nexus.db.execute('SELECT 1 / 0')\n")
    result = suite.run("-p", f"no:{without}")
    assert result.ret == 1
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()


def test_frames_of_the_kit_between_a_test_and_its_service_are_left_out(suite):
    suite.write(
        """
        from nexus.services import BaseService

        class Broken(BaseService):
            async def _setup(self):
                return {}["missing"]

        async def test_it(nexus):
            await nexus.service(Broken)
        """
    )
    result = suite.run("--tb=short")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["test_suite.py:*: in test_it", "*services/base.py:*", "test_suite.py:*: in _setup"])
    assert "container/" not in result.stdout.str()
    whole = suite.run("--tb=short", "--full-trace").stdout
    whole.fnmatch_lines(["*container/lifecycle.py:*"])


BETWEEN = """
import nexus_testkit
from nexus.cache import CacheManager
from nexus.services import BaseService, inject

class Counter(BaseService):
    def __init__(self, cache: CacheManager = inject()):
        super().__init__()
        self.cache = cache

    async def count(self):
        await self.cache.increment("n")
        raise LookupError("gone")

async def counts(nexus):
    await (await nexus.service(Counter)).count()

async def test_service(nexus):
    await counts(nexus)

@nexus_testkit.simulate
async def test_simulated(nexus):
    await counts(nexus)

def test_run():
    nexus_testkit.run(counts)

def test_explored():
    nexus_testkit.explore(counts, runs=2)

async def test_fault(nexus):
    nexus.faults.on("cache.increment").raises(ConnectionError("lost"))
    await counts(nexus)
"""


def test_between_the_users_frames_there_is_nothing_of_the_kit(suite):
    suite.write(BETWEEN)
    result = suite.run("--tb=short")
    result.assert_outcomes(failed=5)
    places = _places(result.stdout.str())
    assert all(place.startswith("test_suite.py:") for place in places)
    assert sum(place.endswith("in count") for place in places) == 5
    assert "asyncio/base_events.py" in suite.run("--tb=short", "--full-trace").stdout.str()


def _places(shown):
    """The lines of tracebacks that say where a frame is."""
    return [line for line in shown.splitlines() if ".py:" in line and ": in " in line]
