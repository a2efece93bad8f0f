"""The table of what was found and what it took, at the end of `pytest tests/simulation -rP`."""

import logging

import pytest

pytest.register_assert_rewrite("tests.simulation.checks", "tests.simulation.zoo")


@pytest.fixture(autouse=True, scope="module")
def _silence():
    """What services log in thousands of runs is no news, and slow to keep."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(before)


def pytest_terminal_summary(terminalreporter, config):
    if "P" not in (config.option.reportchars or ""):
        return
    from tests.simulation.checks import WHOLE, table  # loads the zoo, which only its own tests need

    rows = [
        value
        for report in terminalreporter.stats.get("passed", [])
        for name, value in report.user_properties
        if name == "zoo"
    ]
    if rows:
        terminalreporter.section("the zoo" if WHOLE else "the zoo, two base seeds (all: NEXUS_TESTKIT_ZOO=whole)")
        for line in table(rows):
            terminalreporter.write_line(line)
