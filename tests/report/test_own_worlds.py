"""`--nexus-report`: tests without the fixture, which make their worlds themselves, have pages too."""

import json
import re
from xml.etree import ElementTree as ET

import pytest

# Loaded before pytester takes its snapshots of sys.modules, else each run would have a copy of its own of some of them.
import nexus_testkit.exploration.hypothesized
import nexus_testkit.harness.passed
import nexus_testkit.machines
import nexus_testkit.pytest_plugin.world
import nexus_testkit.report.ran  # noqa: F401  # see above
from nexus_testkit.report.reading import read
from tests.report.test_option import OWN, index_of

HEAD = """
import asyncio

import pytest
from hypothesis import Phase, given, settings, strategies as st

import nexus_testkit
from nexus_testkit import simulate

both = settings(max_examples=30, derandomize=True, database=None, deadline=None, print_blob=True)


async def taken(nexus):
    async def take(name):
        if await nexus.cache.get("seat") is None:
            await nexus.cache.set("seat", name)
            return 1
        return 0

    assert sum(await asyncio.gather(take("ann"), take("bob"))) < 2

"""


def failing(pytester, source, *args, outcome="failed"):
    """The result of a run with one test, and the data of its page."""
    pytester.makepyfile(test_it=HEAD + source)
    result = pytester.runpytest_inprocess(*OWN, "-p", "no:randomly", "--nexus-report=out", *args)
    result.assert_outcomes(**{outcome: 1})
    ((name, told),) = index_of(pytester.path / "out").items()
    assert told["outcome"] == outcome
    page = pytester.path / "out" / told["page"]
    data = read(page).data
    assert data["test"] == f"test_it.py::{name}"
    assert told["calls"] == sum("n" in record for record in data["records"])
    result.stdout.fnmatch_lines([str(page)] if outcome == "failed" else [])
    return result, data


def told_in_notes(result):
    """How many notes of the error tell the calls; where pytest sees CI, the summary at the end repeats them."""
    return sum(line.startswith("E ") and line.endswith("what crossed the ports:") for line in result.outlines)


def calls(data):
    return [f"{record['o']}({record['a']})" for record in data["records"] if "n" in record]


PLAIN = """
@simulate(seed=7)
async def test_simulated(nexus):
    await nexus.clock.sleep(90)
    await nexus.files.read_text("gone.txt")
"""


@pytest.mark.parametrize("args", [(), ("-n", "1")], ids=" ".join)
def test_a_simulated_test_has_a_page(pytester, args):
    result, data = failing(pytester, PLAIN, *args)
    assert calls(data) == ["clock.sleep(90)", "files.read_text('gone.txt', encoding='utf-8')"]
    assert data["records"][data["failedAt"] - 1]["m"] is True
    assert (data["seed"], data["elapsed"], data["tape"]) == (7, 90.0, None)
    assert data["again"] == ["pytest 'test_it.py::test_simulated'"]
    assert re.fullmatch(r"test_it\.py:\d+", data["place"])
    assert told_in_notes(result) == 1  # as without the option


def test_a_simulated_test_that_passes_is_in_the_index(pytester):
    passing = "@simulate\nasync def test_passes(nexus):\n    await nexus.cache.get('a')\n"
    _, data = failing(pytester, passing, "--nexus-report-all", outcome="passed")
    assert calls(data) == ["cache.get('a')"]
    assert data["failedAt"] is None
    pytester.runpytest_inprocess(*OWN, "--nexus-report=other").assert_outcomes(passed=1)
    assert index_of(pytester.path / "other")["test_passes"]["page"] is None


GIVEN = """
@both
@given(number=st.integers(0, 1_000))
@simulate
async def test_given(nexus, number):
    await nexus.cache.set("number", number)
    assert number < 10
"""


def test_the_page_is_of_the_example_that_is_shown(pytester):
    _, data = failing(pytester, GIVEN)
    assert calls(data) == ["cache.set('number', 10)"]
    assert "number=10" in data["example"]
    assert "@reproduce_failure" not in data["example"]
    blob, command = data["again"]
    assert blob.startswith("@reproduce_failure(")
    assert command == "pytest 'test_it.py::test_given'"


SEVERAL = """
@both
@given(number=st.integers(0, 20))
@simulate
async def test_several(nexus, number):
    await nexus.cache.set("number", number)
    if number % 2:
        raise LookupError(number)
    raise KeyError(number)
"""


def test_of_several_failures_the_first_has_the_page(pytester):
    _, data = failing(pytester, SEVERAL)
    assert re.fullmatch(r"(LookupError|KeyError): [01] \(the first of several failures\)", data["error"])
    shown = data["error"].split()[1]
    assert calls(data) == [f"cache.set('number', {shown})"]
    assert f"number={shown}" in data["example"]


RACE = """
@settings(both, phases=[Phase.generate])
@given(st.integers(0, 3))
@simulate(explore=True)
async def test_race(nexus, number):
    lock = asyncio.Lock()

    async def take(name):
        if await nexus.cache.get("seat") is None:
            await nexus.clock.sleep(0 if name == "ann" else 1)
            await nexus.cache.set("seat", name)

    await asyncio.gather(take("ann"), take("bob"))
    assert await nexus.cache.get("seat") == b"bob" and number < 1
"""


def test_what_hypothesis_decided_is_the_tape(pytester):
    _, data = failing(pytester, RACE)
    assert data["tape"]["found"] == "drawn by Hypothesis, with the example"
    assert isinstance(data["tape"]["decisions"], list)
    assert data["again"][-1] == "pytest 'test_it.py::test_race'"
    assert "number=" in data["example"]


SEARCHED = "def test_searched():\n    nexus_testkit.explore(taken, runs=50, seed=3)\n"


def test_a_search_without_the_fixture_has_its_decisions_and_is_replayed(pytester):
    _, data = failing(pytester, SEARCHED)
    assert data["tape"]["found"].startswith("found on run")
    (line,) = data["again"]
    assert re.fullmatch(r'nexus_testkit\.replay\(taken, "nx1:[\w-]+"\)', line)
    assert calls(data).count("cache.get('seat')") == 2
    pytester.path.joinpath("out").rename(pytester.path / "first")
    _, again = failing(pytester, f"def test_replayed():\n    {line}\n")
    assert calls(again) == calls(data)
    assert again["again"] == [line]


SWEPT = """
@simulateREPLAY
async def test_swept(nexus):
    async for fault in nexus.faults.sweep():
        async with fault:
            await nexus.port("cache").increment("visits")
            await nexus.port("cache").increment("pages")
        assert await nexus.cache.get("visits") == await nexus.cache.get("pages")
"""


def test_a_sweep_shows_the_run_that_broke_and_is_replayed(pytester):
    _, data = failing(pytester, SWEPT.replace("REPLAY", ""))
    assert "faults that broke it, out of" in data["tape"]["found"]
    assert data["tape"]["decisions"][0].startswith("cache call 1 (increment visits): loses_reply, ")
    assert len([record for record in data["records"] if "x" in record]) == 1
    assert data["failedAt"] is None
    (line,) = data["again"]
    pytester.path.joinpath("out").rename(pytester.path / "first")
    _, again = failing(pytester, SWEPT.replace("@simulateREPLAY", line))
    assert calls(again) == calls(data)
    assert again["tape"]["decisions"] == ["cache call 1 (increment): loses_reply"]


def test_a_sweep_that_fails_without_a_fault_shows_that_run(pytester):
    _, data = failing(pytester, SWEPT.replace("REPLAY", "").replace('== await nexus.cache.get("pages")', "== 7"))
    assert [record for record in data["records"] if "x" in record] == []
    assert calls(data)[:2] == ["cache.increment('visits', 1)", "cache.increment('pages', 1)"]
    assert data["tape"] is None


MACHINE = """
from hypothesis.stateful import rule
from nexus_testkit.machines import WorldMachine

class Machine(WorldMachine):
    @rule(number=st.integers(0, 5))
    async def put(self, number):
        await self.nexus.cache.set("number", number)
        assert number < 3

Machine.TestCase.settings = both
TestMachine = Machine.TestCase
"""


def test_a_state_machine_has_its_steps(pytester):
    _, data = failing(pytester, MACHINE)
    assert calls(data)[-1] == "cache.set('number', 3)"
    assert "state.put(number=3)" in data["example"].splitlines()


ENDS = """
@simulate
async def test_waits(nexus):
    await nexus.cache.get("a")
    BODY
"""


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("await asyncio.Event().wait()", "Deadlock: nothing can make progress"),
        ("pytest.fail('no')", "Failed: no"),
        ("nexus.faults.on('cache.set').fails()", ": "),
    ],
)
def test_whatever_ends_a_simulated_test_its_calls_are_told(pytester, body, error):
    result, data = failing(pytester, ENDS.replace("BODY", body))
    assert error in data["error"]
    assert calls(data)[0] == "cache.get('a')"
    assert told_in_notes(result) == 1


def test_junit_and_pytest_html_have_it_as_well(pytester):
    pytest.importorskip("pytest_html", reason="pytest-html is not installed")
    failing(pytester, PLAIN, "--junit-xml=junit.xml", "--html=report.html", "--self-contained-html")
    properties = {
        each.get("name"): each.get("value") for each in ET.parse(pytester.path / "junit.xml").iter("property")
    }
    assert ">> the test failed here (test_it.py:" in properties["nexus.timeline"]
    assert properties["nexus.trace"].endswith(".html")
    assert "trace page" in (pytester.path / "report.html").read_text(encoding="utf-8")


SECRETS = """
@simulate
async def test_secrets(nexus):
    await nexus.cache.set("user:1", "pin 1234 ann.lee@corp.com password=hunter2")
    raise LookupError("pin 1234")
"""


@pytest.mark.parametrize(
    ("setting", "args", "shown"),
    [
        ("nexus_redact_patterns = pin (\\d+)", (), {"hunter2": False, "1234": False, "ann.lee": False}),
        ("nexus_redact_addresses = false", (), {"hunter2": False, "1234": True, "ann.lee": True}),
        ("", ("--nexus-show-secrets",), {"hunter2": True, "1234": True, "ann.lee": True}),
        ("", (), {"hunter2": False, "1234": True, "ann.lee": False}),
    ],
    ids=["a pattern", "no addresses", "all", "default"],
)
def test_what_is_configured_is_left_out_of_the_note_and_the_page(pytester, setting, args, shown):
    pytester.makeini(f"[pytest]\n{setting}\n")
    result, data = failing(pytester, SECRETS, *args)
    note = next(
        line for line in result.stdout.str().splitlines() if "cache.set('user:1'" in line and "await" not in line
    )
    page = json.dumps(data)
    assert {word: word in note for word in shown} == shown
    assert {word: word in page for word in shown} == shown


def test_a_test_without_a_world_is_not_in_the_index(pytester):
    pytester.makepyfile(test_it="def test_it():\n    raise ExceptionGroup('two', [KeyError(1), LookupError(2)])")
    pytester.runpytest_inprocess(*OWN, "--nexus-report=out").assert_outcomes(failed=1)
    assert index_of(pytester.path / "out") == {}
