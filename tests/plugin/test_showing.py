"""What a failed test shows of its world, in each kind of report."""

import json
import re
from xml.etree import ElementTree as ET

import pytest

SUITE = """
import asyncio
import logging

import pytest

async def test_fails(nexus):
    await nexus.cache.set("user:1", '{"password": "hunter2", "email": "ann.lee@corp.com"}')
    for number in range(30):
        await nexus.cache.increment("visits")
    logging.getLogger("shop").warning("no stock, token=abc")
    with pytest.raises(Exception):
        await nexus.files.read_text("missing.txt")
    await nexus.files.read_text("gone.txt")


async def test_passes(nexus):
    await nexus.cache.get("a")


@pytest.mark.xfail(strict=True)
async def test_fails_as_expected(nexus):
    await nexus.files.read_text("gone.txt")
"""

OWN = ("-p", "no:asyncio", "-p", "no:anyio", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestWarning")


def run(pytester, *args):
    pytester.makepyfile(test_it=SUITE)
    return pytester.runpytest_inprocess(*OWN, *args)


def section(result):
    text = result.stdout.str()
    return text.partition("what crossed the ports")[2].partition("\n")[2]


@pytest.mark.parametrize("args", [("-q", "--tb=short"), ("-n", "1")], ids=" ".join)
def test_the_timeline_stands_below_the_failure(pytester, args):
    result = run(pytester, *args)
    result.assert_outcomes(failed=1, passed=1, xfailed=1)
    shown = section(result)
    assert result.stdout.str().count("what crossed the ports") == 1
    assert re.search(r"^   test$", shown, flags=re.MULTILINE)
    assert re.search(
        r"^ +0\.000 s +2  cache\.increment\('visits', 1\) -> 1\n +\.\.\. 28 more like it", shown, re.MULTILINE
    )
    assert re.search(r"^>> +0\.000 s +33  files\.read_text\('gone\.txt'.* !! ", shown, flags=re.MULTILINE)
    assert re.search(r"^ +0\.000 s +32  files\.read_text\('missing\.txt'", shown, flags=re.MULTILINE)
    assert re.search(r"^>> the test failed here \(test_it\.py:13\): ", shown, flags=re.MULTILINE)
    assert "log WARNING shop: no stock, token=***" in shown


def test_secrets_are_left_out_unless_they_are_asked_for(pytester):
    assert "hunter2" not in section(run(pytester))
    assert "a***@corp.com" in section(run(pytester))
    assert "hunter2" in section(run(pytester, "--nexus-show-secrets"))


def test_configured_names_and_patterns_are_left_out(pytester):
    pytester.makeini("[pytest]\nnexus_redact_names = email\nnexus_redact_patterns =\n    gone\\.\n    vis(it)s\n")
    shown = section(run(pytester))
    assert '"email": "***"' in shown
    assert "read_text('***txt'" in shown
    assert "'vis***s'" in shown


def test_a_pattern_that_is_none_is_refused(pytester):
    pytester.makeini("[pytest]\nnexus_redact_patterns = (\n")
    result = run(pytester)
    assert "nexus_redact_patterns: '(' is no regular expression" in result.stdout.str() + result.stderr.str()


@pytest.mark.parametrize("args", [(), ("-n", "1")], ids=" ".join)
def test_junit_has_the_timeline_as_a_property(pytester, args):
    run(pytester, "--junit-xml=junit.xml", *args)
    cases = {case.get("name"): case for case in ET.parse(pytester.path / "junit.xml").iter("testcase")}
    properties = {each.get("name"): each.get("value") for each in cases["test_fails"].iter("property")}
    assert "files.read_text('gone.txt'" in properties["nexus.timeline"]
    assert not list(cases["test_passes"].iter("property"))


@pytest.mark.parametrize("args", [(), ("-n", "1")], ids=" ".join)
def test_pytest_html_gets_the_timeline_and_the_trace_page(pytester, args):
    pytest.importorskip("pytest_html", reason="pytest-html is not installed")
    run(pytester, "--html=out/report.html", "--self-contained-html", "--nexus-report=out/traces", *args)
    page = (pytester.path / "out" / "report.html").read_text(encoding="utf-8")
    data = (
        re.search(r'data-jsonblob="([^"]*)"', page)[1].replace("&#34;", '"').replace("&#39;", "'").replace("&amp;", "&")
    )
    (failed,) = [
        each for each in json.loads(data)["tests"].items() if "test_fails" in each[0] and "expected" not in each[0]
    ]
    links = {each["name"]: each["content"] for entry in failed[1] for each in entry["extras"]}
    assert "what crossed the ports" in links
    assert (pytester.path / "out" / links["trace page"]).is_file()


def test_a_world_in_which_nothing_happened_says_so(pytester):
    pytester.makepyfile("async def test_fails(nexus):\n    assert not nexus")
    shown = section(pytester.runpytest_inprocess(*OWN))
    assert re.match(r"   nothing\n>> the test failed here \(test_\w+\.py:2\)", shown)


def test_a_setup_that_fails_is_told_as_such(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        async def broken(nexus):
            await nexus.cache.get("a")
            raise LookupError("gone")

        async def test_fails(broken):
            pass
        """
    )
    shown = section(pytester.runpytest_inprocess(*OWN))
    assert re.search(r">> the setup failed here \(test_\w+\.py:\d+\): .*LookupError", shown)


def test_a_failed_assertion_helper_names_the_line_of_the_test(pytester):
    pytester.makepyfile("async def test_fails(nexus):\n    nexus.mail.assert_sent(to='ann@example.org')")
    assert re.search(r">> the test failed here \(test_\w+\.py:2\): ", section(pytester.runpytest_inprocess(*OWN)))
