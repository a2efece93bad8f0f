"""What holds for every page: each block is run or marked as something that cannot be, and links lead where they should."""

import re
from urllib.parse import urlsplit

import pytest

from tests.docs.pages import PAGES, ROOT, blocks, fences

# What a block may be beside Python and console, which run.
SHOWN = {"text", "toml", "yaml", "ini", "sql", "json", "html", "diff"}

# Where links may lead out of the pages. The links themselves are not tried: CI has no network.
HOSTS = {
    "docs.pytest.org",
    "github.com",
    "hypothesis.readthedocs.io",
    "lundberg.github.io",
    "pypi.org",
    "www.postgresql.org",
    "www.rfc-editor.org",
}


def each(pages):
    return pytest.mark.parametrize("page", pages, ids=lambda page: str(page.relative_to(ROOT)))


@each(PAGES)
def test_each_block_runs_or_is_marked(page):
    unmarked = [
        (info, body)
        for info, body in fences(page)
        if info not in SHOWN | {"python", "console"} and not re.fullmatch(r"\{[\w-]+\}.*", info)
    ]
    assert not unmarked


@each([page for page in PAGES if blocks(page, "console")])
def test_console_blocks_are_run_by_somebody(page):
    runners = [*(ROOT / "tests" / "docs").glob("test_*.py"), *(ROOT / ".ci").glob("*.py")]
    named = {name for runner in runners for name in re.findall(r"[\w-]+\.md", runner.read_text(encoding="utf-8"))}
    assert page.name in named, "no test names this page: mark its commands as text, or write a test that runs them"


@each(PAGES)
def test_links_between_pages_lead_somewhere(page):
    dead = [
        target
        for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not target.startswith("http") and not (page.parent / target).exists()
    ]
    assert not dead


@each(PAGES)
def test_links_lead_to_hosts_that_we_know(page):
    prose = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    found = re.findall(r"\]\((https?://[^)\s]+)\)|<(https?://[^>\s]+)>", re.sub(r"`[^`\n]*`", "", prose))
    links = [first or second for first, second in found]
    assert not [link for link in links if urlsplit(link).scheme != "https" or urlsplit(link).hostname not in HOSTS]
