"""What a report of a failed test shows of its world: the timeline, in the terminal, in JUnit's XML and in pytest-html's page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from nexus_testkit.errors.readable import what
from nexus_testkit.pytest_plugin.options import MOST_LINES

if TYPE_CHECKING:
    from nexus_testkit.journal import Journal, Redaction

SECTION = "what crossed the ports"

_REDACTION: pytest.StashKey[Redaction] = pytest.StashKey()


@dataclass(frozen=True, slots=True)
class Failure:
    """What a test failed with.

    Attributes:
        when: `"setup"`, `"call"` or `"teardown"`.
        words: the error's type and the first line of what it says.
        place: `file:line`, or "" where there is none to name.
        error: the error.
        after: how many calls had begun by then.
    """

    when: str
    words: str
    place: str
    error: BaseException | None
    after: int

    def __str__(self) -> str:
        phase = "the test" if self.when == "call" else f"the {self.when}"
        place = f" ({self.place})" if self.place else ""
        return f"{phase} failed here{place}: {self.words}"


def redaction_of(config: pytest.Config) -> Redaction:
    """What the reports of this run leave out, by its configuration.

    Raises:
        pytest.UsageError: a pattern is no regular expression.
    """
    found = config.stash.get(_REDACTION, None)
    if found is None:
        from nexus_testkit.journal import Redaction  # noqa: PLC0415  # loads the journal, as the world does

        patterns = config.getini("nexus_redact_patterns")
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as error:
                raise pytest.UsageError(
                    f"nexus_redact_patterns: {pattern!r} is no regular expression: {error}"
                ) from error
        found = config.stash[_REDACTION] = Redaction(
            names=tuple(config.getini("nexus_redact_names")),
            patterns=tuple(patterns),
            addresses=config.getini("nexus_redact_addresses"),
            enabled=not config.getoption("nexus_show_secrets"),
        )
    return found


def failure_of(report: pytest.TestReport, call: pytest.CallInfo[None], after: int) -> Failure:
    """What `report` says that the test failed with, after so many calls."""
    error = None if call.excinfo is None else call.excinfo.value
    crash = getattr(report.longrepr, "reprcrash", None)
    said = (
        str(crash.message) if crash is not None else f"{type(error).__name__}: {'' if error is None else what(error)}"
    )
    words = (said.splitlines() or [""])[0]
    return Failure(report.when or "call", words, place_of(error), error, after)


def place_of(error: BaseException | None) -> str:
    """Where the user's code was when it failed: an assertion helper of the kit names its caller."""
    from nexus_testkit.errors.stack import is_plumbing  # noqa: PLC0415  # for what fails alone

    place = ""
    traceback = None if error is None else error.__traceback__
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if not is_plumbing(filename):
            place = f"{Path(filename).name}:{traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place


def show(
    item: pytest.Item,
    report: pytest.TestReport,
    journal: Journal,
    failure: Failure,
    page: Path | None,
    *,
    told: bool = False,
) -> None:
    """Put the timeline of a failed test where each kind of report finds it; `page` is the trace page that it will have.

    `told` says that the error itself has it for the terminal.
    """
    from nexus_testkit.journal.lines import timeline  # noqa: PLC0415  # for what fails alone

    lines = timeline(journal, most=MOST_LINES, error=failure.error, ending=str(failure))
    if len(journal) == 0:
        lines.insert(0, "   nothing")
    text = "\n".join(lines)
    if told:
        if page is not None:
            report.sections.append(("trace page", str(page)))
    else:
        report.sections.append((SECTION, text if page is None else f"{text}\n   trace page: {page}"))
    # JUnit reads what the item has when its teardown is reported; xdist hands it on.
    item.user_properties.append(("nexus.timeline", text))
    if page is not None:
        item.user_properties.append(("nexus.trace", str(page)))
    _for_html(item, report, text, page)


def _for_html(item: pytest.Item, report: Any, text: str, page: Path | None) -> None:
    """What pytest-html's own `extras.text()` and `extras.url()` give; it need not be installed."""
    target = item.config.getoption("htmlpath", None)
    if target is None:
        return
    extras = [*getattr(report, "extras", []), _extra("text", text, SECTION, mime_type="text/plain", extension="txt")]
    if page is not None:
        folder = Path(target).absolute().parent
        link = page.relative_to(folder).as_posix() if page.is_relative_to(folder) else page.as_uri()
        extras.append(_extra("url", link, "trace page", mime_type=None, extension=None))
    report.extras = extras


def _extra(kind: str, content: str, name: str, **rest: str | None) -> dict[str, Any]:
    return {"name": name, "format_type": kind, "content": content, **rest}
