"""`--nexus-report`: which tests of a run get a page, and what the index says."""

import json
import re
from pathlib import Path

import pytest

SUITE = """
import pytest

@pytest.mark.parametrize("name", ["a/b", "a b"])
async def test_fails(nexus, name):
    await nexus.cache.get(name)
    raise LookupError("nobody@corp.com")


async def test_passes(nexus):
    await nexus.cache.get("a")


def test_without_a_world():
    pass
"""
OWN = ("-p", "no:asyncio", "-p", "no:anyio", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestWarning")
EXAMPLES = Path(__file__).parents[2] / "examples"


def index_of(folder):
    text = (folder / "index.html").read_text(encoding="utf-8")
    found = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])["tests"]
    return {test["test"].partition("::")[2]: test for test in found}


@pytest.mark.parametrize("args", [(), ("-n", "1")], ids=" ".join)
def test_each_failing_test_has_a_page(pytester, args):
    pytester.makepyfile(test_it=SUITE)
    result = pytester.runpytest_inprocess(*OWN, "--nexus-report=out", *args)
    result.assert_outcomes(failed=2, passed=2)
    folder = pytester.path / "out"
    tests = index_of(folder)
    assert {name: test["outcome"] for name, test in tests.items()} == {
        "test_fails[a/b]": "failed",
        "test_fails[a b]": "failed",
        "test_passes": "passed",
    }
    assert tests["test_passes"]["page"] is None
    assert tests["test_fails[a b]"]["error"] == "LookupError: n***@corp.com"
    pages = {tests[name]["page"] for name in ("test_fails[a/b]", "test_fails[a b]")}
    assert {path.name for path in folder.iterdir()} == {"index.html", *pages}
    assert len(pages) == 2
    result.stdout.fnmatch_lines(["*trace page: *out*.html", f"nexus report: {folder / 'index.html'} (2 trace pages)"])


def test_all_tests_have_one_if_asked(pytester):
    pytester.makepyfile(test_it=SUITE)
    pytester.runpytest_inprocess(*OWN, "--nexus-report-all").assert_outcomes(failed=2, passed=2)
    tests = index_of(pytester.path / "nexus-report")
    assert len(list((pytester.path / "nexus-report").iterdir())) == 4
    page = (pytester.path / "nexus-report" / tests["test_passes"]["page"]).read_text(encoding="utf-8")
    assert '"outcome":"passed"' in page


def test_without_the_option_nothing_is_written(pytester):
    pytester.makepyfile(test_it=SUITE)
    before = set(pytester.path.iterdir())
    result = pytester.runpytest_inprocess(*OWN)
    assert "nexus report" not in result.stdout.str()
    assert {path.name for path in set(pytester.path.iterdir()) - before} <= {"__pycache__"}


def test_a_failure_that_was_searched_for_brings_its_decisions(pytester):
    """Also the failure of the picture in the documentation."""
    pytester.makepyfile(test_race=(Path(__file__).parent / "newsletter_race.py").read_text(encoding="utf-8"))
    pytester.makeini(f"[pytest]\npythonpath = {EXAMPLES / 'newsletter'}\n")
    result = pytester.runpytest_inprocess(*OWN, "--nexus-report=out")
    result.assert_outcomes(failed=1)
    (test,) = index_of(pytester.path / "out").values()
    result.stdout.fnmatch_lines(["*- trace page -*", str(pytester.path / "out" / test["page"])])
    text = (pytester.path / "out" / test["page"]).read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert data["tape"]["decisions"]
    assert data["tape"]["found"].startswith("found on run")
    assert data["again"][0].startswith('@pytest.mark.nexus(replay="nx1:')
    assert [record["x"] for record in data["records"] if "x" in record]
    assert sum(record.get("o") == "mail.send" and "January" in record["a"] for record in data["records"]) == 3


SWEPT = """
async def test_visits(nexus):
    async for fault in nexus.faults.sweep():
        async with fault:
            await nexus.port("cache").increment("visits")
            await nexus.port("cache").increment("pages")
        assert await nexus.cache.get("visits") == await nexus.cache.get("pages")
"""


def test_a_sweep_that_broke_shows_the_run_that_did(pytester):
    pytester.makepyfile(test_it=SWEPT)
    pytester.runpytest_inprocess(*OWN, "--nexus-report=out").assert_outcomes(failed=1)
    (test,) = index_of(pytester.path / "out").values()
    text = (pytester.path / "out" / test["page"]).read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])
    assert "faults that broke it" in data["tape"]["found"]
    (decision,) = data["tape"]["decisions"]
    faulted = [record for record in data["records"] if "x" in record]
    assert len(faulted) == 1
    assert f"call {faulted[0]['n']}" in decision
    assert data["failedAt"] is None
