"""A failed test without the fixture that has made worlds of its own: by `@simulate`, `explore`, a sweep, a state machine.

The run that failed is kept with the error; it is told in the error's own notes, and here in the other kinds of reports.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

_REPORTS = "nexus_testkit.report.ran"
_EXAMPLE = re.compile(r"(?:Falsifying|Failing) [a-z ]+:")
_BLOB = re.compile(r"@reproduce_failure\(.*\)")
_SETTINGS = ("nexus_redact_names", "nexus_redact_patterns")


def tell_own_world(item: pytest.Item, report: pytest.TestReport, call: pytest.CallInfo[None]) -> None:
    """Show the run that failed in JUnit's XML and in pytest-html's page, write its trace page, and let the index know."""
    # What nobody has imported has kept nothing.
    if not report.failed or call.excinfo is None or _REPORTS not in sys.modules:
        return
    from nexus_testkit.pytest_plugin.showing import Failure, failure_of, place_of, show  # noqa: PLC0415  # for what fails alone
    from nexus_testkit.pytest_plugin.tracing import page_of, told  # noqa: PLC0415  # as above
    from nexus_testkit.report import About, write_page  # noqa: PLC0415  # as above
    from nexus_testkit.report.ran import ran_of  # noqa: PLC0415  # as above

    whole = call.excinfo.value
    found = ran_of(whole)
    if found is None:
        return
    error, ran = found
    after = ran.failed_after
    failure = failure_of(report, call, len(ran.journal) if after is None else after)
    if error is not whole:
        said = f"{type(error).__name__}: {error}".splitlines()[0]
        failure = Failure(
            failure.when, f"{said} (the first of several failures)", place_of(error), error, failure.after
        )
    page = page_of(item)
    show(item, report, ran.journal, failure, page, told=True)
    if page is None:
        return
    notes = getattr(error, "__notes__", ())
    blobs = [match[0] for note in [*notes, *getattr(whole, "__notes__", ())] if (match := _BLOB.search(note))]
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
        example=next(filter(_EXAMPLE.match, notes), ""),
        ways=(*blobs[:1], f"pytest '{item.nodeid}'"),
    )
    write_page(page, ran.journal, about)
    told(report, ran.journal, about, page)


@contextmanager
def redacting(item: pytest.Item) -> Iterator[None]:
    """A block in which worlds that a test makes itself leave out of their texts what the configuration says."""
    config = item.config
    if not (
        config.getoption("nexus_show_secrets")
        or any(map(config.getini, _SETTINGS))
        or not config.getini("nexus_redact_addresses")
    ):
        yield
        return
    from nexus_testkit.journal.redaction import CURRENT  # noqa: PLC0415  # loads the journal
    from nexus_testkit.pytest_plugin.showing import redaction_of  # noqa: PLC0415  # as above

    token = CURRENT.set(redaction_of(config))
    try:
        yield
    finally:
        CURRENT.reset(token)
