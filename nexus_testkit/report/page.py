"""Pages: one file each, with its script, its style and its data inside.

The data stands in a block of JSON in which no `<` is left, and the page's own script puts it into the document as text alone. Which
scripts may run is said by their digests in a Content-Security-Policy; nothing is loaded from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from nexus_testkit.errors import HarnessError
from nexus_testkit.journal import Journal
from nexus_testkit.report.about import About
from nexus_testkit.report.trace import VERSION, trace_of

BEGINS, ENDS = '<script type="application/json" id="data">', "</script>"
"""What stands around the data of a page."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{style}</style>
</head>
<body>
<noscript>This page needs JavaScript; it loads nothing from anywhere.</noscript>
<div id="app"></div>
{begins}{data}{ends}
{scripts}
</body>
</html>
"""


def write_page(path: Path, journal: Journal, about: About) -> None:
    """Write the trace page of one test; folders are made.

    Raises:
        HarnessError: it cannot be written there.
    """
    _write(path, _html(about.test, trace_of(journal, about), style="page.css", script="page.js"))


def write_index(path: Path, tests: Sequence[Mapping[str, Any]]) -> None:
    """Write the page over a run; `tests` are mappings of test, outcome, error, place, calls, elapsed_s and page, a file name or None.

    Raises:
        HarnessError: it cannot be written there.
    """
    data = {"kind": "index", "version": VERSION, "tests": [dict(test) for test in tests]}
    _write(path, _html("nexus report", data, style="page.css", script="index.js"))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise HarnessError(
            f"the report cannot be written to {path}: {error.strerror}", hint="--nexus-report=DIR names the folder"
        ) from error


def _html(title: str, data: object, *, style: str, script: str) -> str:
    scripts = [_asset("vendor/htm-preact.js"), _asset("common.js"), _asset(script)]
    allowed = " ".join(f"'sha256-{_digest(source)}'" for source in scripts)
    # Mails bring styles of their own, and their frame has the policy of the page. A style can show things wrongly; it
    # cannot run, and there is nowhere for it to load from.
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-src 'none'"
    )
    return _PAGE.format(
        policy=escape(policy),
        title=escape(title),
        style=_asset(style),
        begins=BEGINS,
        data=embedded(data),
        ends=ENDS,
        scripts="\n".join(f"<script>{source}</script>" for source in scripts),
    )


def embedded(data: object) -> str:
    """Data as JSON that can stand inside a script element: what could end it, or begin a comment, is written as an escape."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # Half of a surrogate pair has no place in UTF-8; a test of a service may well store one.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _digest(source: str) -> str:
    return base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()


@cache
def _asset(name: str) -> str:
    return files("nexus_testkit.report").joinpath("assets", *name.split("/")).read_text(encoding="utf-8")
