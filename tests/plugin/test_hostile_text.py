"""Text of a test that would be an order to a terminal or a browser, or has no place in UTF-8: reports show it, and nothing else happens."""

import re
from xml.etree import ElementTree as ET

import pytest

SUITE = r"""
import asyncio
import logging

BAD = "<script>x</script>\u202eevil\u2028\x1b[2J\x1b]0;t\x07\x00\x9b31m\ufffe</script>"


class Silent(Exception):
    def __str__(self):
        raise ValueError("no words")


class Unseen:
    def __repr__(self):
        raise ValueError("no words")


async def test_hostile(nexus):
    await nexus.files.write_text("a.txt", BAD)
    await nexus.files.write_bytes("big.bin", bytes(range(256)) * 400)
    await asyncio.create_task(nexus.cache.get("k"), name="task" + BAD + "\ud800" + "long" * 500)
    logging.getLogger("log" + BAD).warning(BAD + "y" * 100_000)
    raise LookupError(BAD + "x" * 100_000)


async def test_silent(nexus):
    try:
        await nexus.cache.set("k", Unseen())
    except Exception:
        pass
    try:
        raise Silent
    except Silent:
        logging.getLogger("shop").exception("failed")
    raise Silent
"""
OWN = ("-p", "no:asyncio", "-p", "no:anyio", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestWarning")


@pytest.mark.parametrize("args", [(), ("-n", "1")], ids=" ".join)
def test_no_text_is_an_order_to_whoever_shows_it(pytester, args):
    pytester.makepyfile(test_it=SUITE)
    html = ("--html=report.html", "--self-contained-html") if pytest.importorskip("pytest_html") else ()
    result = pytester.runpytest_inprocess(*OWN, "--nexus-report=out", "--junit-xml=junit.xml", *html, *args)
    result.assert_outcomes(failed=2)
    assert "INTERNALERROR" not in result.stdout.str() + result.stderr.str()
    timelines = {
        case.get("name"): each.get("value")
        for case in ET.parse(pytester.path / "junit.xml").iter("testcase")
        for each in case.iter("property")
        if each.get("name") == "nexus.timeline"
    }
    lines = timelines["test_hostile"].splitlines()
    assert all(line.isprintable() and len(line) < 600 for line in lines)
    assert r"\x1b[2J\x1b]0;t\x07\x00\x9b31m" in timelines["test_hostile"]
    # Half of a surrogate pair in a line that pytest itself prints: pytest-xdist cannot hand that over, whoever made it.
    assert "\ud800" not in timelines["test_hostile"]
    assert r"\u202eevil" in timelines["test_hostile"]
    assert lines[-1].startswith(">> the test failed here (test_it.py:22): LookupError: <script>")
    assert "cache.set('k', <Unseen, whose __repr__ raised ValueError>)" in timelines["test_silent"]
    assert "log ERROR shop: failed (Silent: (its __str__ raised ValueError))" in timelines["test_silent"]
    pages = [path.read_text(encoding="utf-8") for path in (pytester.path / "out").glob("*.html")]
    assert len(pages) == 3
    for page in pages:
        # The kit's own scripts and the data, and no script of the test's.
        assert len(re.findall("<script", page)) == len(re.findall("</script", page)) == 4
