"""`--nexus-record-http`: what the run says at its end of the files that its tests recorded."""

from __future__ import annotations

from collections import Counter

import pytest

_PROPERTY = "nexus_recorded"


def begin(config: pytest.Config) -> None:
    """Tell of the files, where this process is the one that tells and something is recorded."""
    if config.getoption("nexus_record_http", None) is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Recorded(), "nexus-recorded")


def note_recorded(item: pytest.Item, lines: list[str]) -> None:
    """Put what became of the files of a test into its report, which pytest-xdist hands to its controller, and into JUnit's."""
    item.user_properties += [(_PROPERTY, line) for line in lines]


class Recorded:
    """Collects those lines and shows them."""

    def __init__(self) -> None:
        """None so far."""
        self._lines: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the lines of a test that is over."""
        if report.when == "teardown":
            self._lines.update(str(line) for name, line in report.user_properties if name == _PROPERTY)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Show them, sorted: workers come to their end in any order."""
        if self._lines:
            terminalreporter.section("HTTP exchanges")
            for line, count in sorted(self._lines.items()):
                terminalreporter.line(line if count == 1 else f"{line} by each of {count} tests")
