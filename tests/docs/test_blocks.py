"""Every Python block of the README and the docs runs, as a test module of its own; a page's blocks in one run of pytest."""

import re
from importlib.util import find_spec

import pytest

from nexus_testkit import contracts
from tests.docs.pages import PAGES, QUIET_HYPOTHESIS, ROOT, TUTORIAL, blocks, files

# A page about the platform runs in an environment of its own (.ci/run), where importing the platform warns.
PLATFORM_PAGE = ROOT / "docs" / "nexus-platform.md"
with_platform = pytest.mark.skipif(find_spec("nexus.core") is None, reason="only where nexus-platform is installed")

RUN = [
    pytest.param(page, id=str(page.relative_to(ROOT)), marks=[with_platform] if page == PLATFORM_PAGE else [])
    for page in PAGES
    if page != TUTORIAL and blocks(page, "python")  # whose blocks are files that belong together, see test_tutorial.py
]


def count_tests(block):
    """How many tests a block has at least."""
    found = len(re.findall(r"^(?:async )?def test_", block, flags=re.MULTILINE))
    for contract in re.findall(r"^class Test\w+\((\w+Contract)\)", block, flags=re.MULTILINE):
        if contract in contracts.__all__:  # not one of the block's own
            found += len(getattr(contracts, contract).promises())
    return found + len(re.findall(r"^Test\w+ = \w+\.TestCase$", block, flags=re.MULTILINE))


@pytest.mark.parametrize("page", RUN)
def test_blocks_run(pytester, page):
    found = {f"test_block_{number}": block for number, block in enumerate(blocks(page, "python"), start=1)}
    empty = [name for name, block in found.items() if not count_tests(block)]
    assert not empty, "a block that holds no test proves nothing"
    pytester.makepyfile(**found)
    for path, text in files(page).items():
        (pytester.path / path).parent.mkdir(parents=True, exist_ok=True)
        (pytester.path / path).write_text(text, encoding="utf-8")
    pytester.makeconftest(QUIET_HYPOTHESIS)
    # As on a bare machine: no other plugin runs the async tests.
    warnings = "default" if page == PLATFORM_PAGE else "error"
    options = ("-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:anyio", "-W", warnings)
    outcomes = pytester.runpytest_subprocess(*options).parseoutcomes()
    # A block may show a test that fails, marked as such: xfail(strict=True).
    assert outcomes.pop("passed", 0) + outcomes.pop("xfailed", 0) >= sum(map(count_tests, found.values()))
    assert outcomes.pop("warnings", 0) == 0 or warnings == "default"
    assert outcomes == {}
