"""Every Python block of the README and the docs runs, as a test module of its own."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from nexus_testkit import contracts

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page):
    text = page.read_text(encoding="utf-8")
    return re.findall(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)


# A page about the platform runs in an environment of its own (.ci/run), where importing the platform warns.
PLATFORM_PAGE = ROOT / "docs" / "nexus-platform.md"
with_platform = pytest.mark.skipif(find_spec("nexus.core") is None, reason="only where nexus-platform is installed")

BLOCKS = [
    pytest.param(
        block,
        "default" if page == PLATFORM_PAGE else "error",
        id=f"{page.relative_to(ROOT)}-{number}",
        marks=[with_platform] if page == PLATFORM_PAGE else [],
    )
    for page in PAGES
    for number, block in enumerate(blocks(page), start=1)
]

# Hypothesis reads the constants of every module that is not installed, to draw them; a checkout of the kit is 400 files.
# And how long an example takes on a machine that does other things as well says nothing about the block.
QUIET_HYPOTHESIS = """
from hypothesis import HealthCheck, settings

settings.register_profile("checkout", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("checkout")
"""


@pytest.mark.parametrize(("block", "warnings"), BLOCKS)
def test_block_runs(pytester, block, warnings):
    tests = len(re.findall(r"^(?:async )?def test_", block, flags=re.MULTILINE))
    for contract in re.findall(r"^class Test\w+\((\w+Contract)\)", block, flags=re.MULTILINE):
        tests += len(getattr(contracts, contract).promises())
    assert tests, "a block that holds no test proves nothing"
    pytester.makepyfile(test_block=block)
    pytester.makeconftest(QUIET_HYPOTHESIS)
    # As on a bare machine: no other plugin runs the async tests.
    options = ("-p", "no:cacheprovider", "-p", "no:asyncio", "-p", "no:anyio", "-W", warnings)
    outcomes = pytester.runpytest_subprocess(*options).parseoutcomes()
    # A block may show a test that fails, marked as such: xfail(strict=True).
    assert outcomes.pop("passed", 0) + outcomes.pop("xfailed", 0) >= tests
    assert outcomes.pop("warnings", 0) == 0 or warnings == "default"
    assert outcomes == {}


def test_links_between_pages_lead_somewhere():
    dead = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert not dead
