"""`--nexus-report`: the trace pages of a run, and their index, also where pytest-xdist's workers write them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nexus_testkit.errors.readable import on_one_line

if TYPE_CHECKING:
    from nexus_testkit.journal import Journal
    from nexus_testkit.pytest_plugin.world import World
    from nexus_testkit.report import About

_DEFAULT_FOLDER = "nexus-report"
_LONGEST_NAME = 80


def folder_of(config: pytest.Config) -> Path | None:
    """Where the pages go, absolute; None where there are to be none."""
    given: str | None = config.getoption("nexus_report")
    if given is None and config.getoption("nexus_report_all"):
        given = _DEFAULT_FOLDER
    return None if given is None else config.invocation_params.dir / given


def page_of(item: pytest.Item) -> Path | None:
    """The page of a test, which need not be written yet; None where there are to be none.

    Its name comes of the test's id alone, and two tests never share one: what is left out of it, or stands in it for
    something else, is in the digest at its end.
    """
    folder = folder_of(item.config)
    if folder is None:
        return None
    path, _, name = item.nodeid.partition("::")
    readable = re.sub(r"[^A-Za-z0-9]+", "-", f"{path.rpartition('/')[2]}-{name}").strip("-")[:_LONGEST_NAME]
    return folder / f"{readable}-{hashlib.sha256(item.nodeid.encode()).hexdigest()[:8]}.html"


def note_outcome(item: pytest.Item, report: pytest.TestReport, world: World) -> None:
    """Write the page of a test whose teardown is over, and put into its report what the index says of it."""
    page = page_of(item)
    if page is None:
        return
    failure, harness = world.failure, world.harness
    from nexus_testkit.report import About, write_page  # noqa: PLC0415  # where there are pages

    is_wanted = failure is not None or bool(item.config.getoption("nexus_report_all"))
    about = About(
        test=item.nodeid,
        outcome="passed" if failure is None else "failed",
        error="" if failure is None else failure.words,
        place="" if failure is None else failure.place,
        when="call" if failure is None else failure.when,
        raised=None if failure is None else failure.error,
        failed_after=None if failure is None or world.shown is not None else failure.after,
        seed=harness.seed,
        elapsed_s=harness.elapsed_s,
        tape=world.tape,
    )
    if is_wanted:
        write_page(page, world.journal, about)
    told(report, world.journal, about, page if is_wanted else None)


def told(report: pytest.TestReport, journal: Journal, about: About, page: Path | None) -> None:
    """Put into the report of a test what the index says of it."""
    # Simple values only: pytest-xdist hands them from a worker to the controller.
    report.nexus_trace = {  # type: ignore[attr-defined]  # reports carry what plugins put there
        "test": about.test,
        "outcome": about.outcome,
        "error": on_one_line(journal.redaction.text(about.error)),
        "place": about.place,
        "calls": len(journal),
        "elapsed_s": about.elapsed_s,
        "page": None if page is None else page.name,
    }


class Index:
    """Writes the index of a run: in the controller where pytest-xdist distributes it, whose workers write the pages."""

    def __init__(self, folder: Path) -> None:
        """Write into `folder`, when the run ends."""
        self._folder = folder
        self._told: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what the index says of a test; of one that ran again, what came last."""
        told = getattr(report, "nexus_trace", None)
        if told is not None:
            self._told = [*(each for each in self._told if each["test"] != told["test"]), told]

    def pytest_sessionfinish(self) -> None:
        """Write the index."""
        from nexus_testkit.report import write_index  # noqa: PLC0415  # loaded where there is something to write

        write_index(self._folder / "index.html", self._told)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the pages are."""
        pages = sum(told["page"] is not None for told in self._told)
        index = self._folder / "index.html"
        terminalreporter.write_line(f"nexus report: {index} ({pages} trace page{'' if pages == 1 else 's'})")


def begin(config: pytest.Config) -> None:
    """Write an index at the end of this run, where it writes pages."""
    folder = folder_of(config)
    if folder is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Index(folder), "nexus-trace-index")
