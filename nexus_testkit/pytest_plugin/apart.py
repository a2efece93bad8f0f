"""A test without the fixture that makes worlds of its own: by `@simulate`, `explore`, a sweep, a state machine.

A run that fails is kept with its error. The error's own notes tell of it in the terminal; here it gets to the other kinds of reports.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING

import pytest

from nexus_testkit.errors.readable import what
from nexus_testkit.pytest_plugin.tracing import folder_of, page_of, told

if TYPE_CHECKING:
    from nexus_testkit.harness import Harness
    from nexus_testkit.harness.passed import Passed

_REPORTS = "nexus_testkit.report.ran"
_EXAMPLE = re.compile(r"(?:Falsifying|Failing) [a-z ]+:")
# What its explain phase adds: lines of whatever ran, the kit's own among them.
_EXPLANATION = re.compile(r"^Explanation:$", re.MULTILINE)
_BLOB = re.compile(r"@reproduce_failure\(.*\)")
_PASSED: pytest.StashKey[Passed] = pytest.StashKey()


def tell_own_world(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Show the run that failed in JUnit's XML and in pytest-html's page, write its trace page, and let the index know.

    Of a test of `@simulate` that passed, the last world.
    """
    # What nobody has imported has kept nothing.
    if report.failed and call.excinfo is not None and _REPORTS in sys.modules:
        _tell_failed(item, report, call, call.excinfo.value)
    passed = item.stash.get(_PASSED, None)
    if call.when == "call" and passed is not None:
        del item.stash[_PASSED]  # else each test would keep a world until the run ends
        if report.passed and passed.last is not None:
            _tell_passed(item, report, passed.last)


def _tell_failed(
    item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None], whole: BaseException
) -> None:
    from nexus_testkit.pytest_plugin.showing import Failure, failure_of, place_of, show  # noqa: PLC0415  # for what fails alone
    from nexus_testkit.report import About, write_page  # noqa: PLC0415  # as above
    from nexus_testkit.report.ran import ran_of  # noqa: PLC0415  # as above

    found = ran_of(whole)
    if found is None:
        return
    error, ran = found
    after = ran.failed_after
    failure = failure_of(report, call, len(ran.journal) if after is None else after)
    if error is not whole:
        said = f"{type(error).__name__}: {what(error)}".splitlines()[0]
        failure = Failure(
            failure.when, f"{said} (the first of several failures)", place_of(error), error, failure.after
        )
    page = page_of(item)
    show(item, report, ran.journal, failure, page, told=True)
    if page is None:
        return
    notes = getattr(error, "__notes__", ())
    blob = next(filter(None, map(_BLOB.search, notes)), None)
    about = About(
        test=item.nodeid,
        outcome="failed",
        error=failure.words,
        place=failure.place,
        when=failure.when,
        raised=error,
        failed_after=after,
        seed=ran.seed,
        elapsed_s=ran.elapsed_s,
        tape=ran.tape,
        example=_example(notes),
        ways=(*([blob[0]] if blob is not None else []), f"pytest '{item.nodeid}'"),
    )
    write_page(page, ran.journal, about)
    told(report, ran.journal, about, page)


def _example(notes: Sequence[str]) -> str:
    """What Hypothesis says that it gave to the test: one note, or one for each step or draw."""
    said = list(dropwhile(lambda note: not _EXAMPLE.match(note), notes))
    text = "\n".join(takewhile(lambda note: not _BLOB.search(note), said))
    return _EXPLANATION.split(text)[0]


def _tell_passed(item: pytest.Item, report: pytest.TestReport, harness: Harness) -> None:
    from nexus_testkit.report import About, write_page  # noqa: PLC0415  # where there are pages

    about = About(
        test=item.nodeid,
        outcome="passed",
        seed=harness.seed,
        elapsed_s=harness.elapsed_s,
        ways=(f"pytest '{item.nodeid}'",),
    )
    page = page_of(item) if item.config.getoption("nexus_report_all") else None
    if page is not None:
        write_page(page, harness.journal, about)
    told(report, harness.journal, about, page)


@contextmanager
def with_own_worlds(item: pytest.Item, *, is_simulated: bool) -> Iterator[None]:
    """A block in which a test makes worlds itself: reports know of them, and their texts leave out what the configuration says."""
    with ExitStack() as stack:
        if _is_redacted(item.config):
            from nexus_testkit.journal.redaction import CURRENT  # noqa: PLC0415  # loads the journal
            from nexus_testkit.pytest_plugin.showing import redaction_of  # noqa: PLC0415  # as above

            stack.callback(CURRENT.reset, CURRENT.set(redaction_of(item.config)))
        if is_simulated and folder_of(item.config) is not None:
            from nexus_testkit.harness.passed import PASSED, Passed  # noqa: PLC0415  # loads the harness

            item.stash[_PASSED] = Passed()
            stack.callback(PASSED.reset, PASSED.set(item.stash[_PASSED]))
        yield


def _is_redacted(config: pytest.Config) -> bool:
    return (
        config.getoption("nexus_show_secrets")
        or any(map(config.getini, ("nexus_redact_names", "nexus_redact_patterns")))
        or not config.getini("nexus_redact_addresses")
    )
