"""Docstrings of this project are plain text with Markdown's back-ticks and Google's sections; autodoc reads reStructuredText."""

from __future__ import annotations

import re
from typing import Any

_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_LITERAL = re.compile(r"(``[^`]+``)")
_STAR = re.compile(r"(?<![\\*])(\*+)(?=\w)")
_SECTION = re.compile(r"^(Args|Attributes|Options|Raises)(?: \([^)\n]*\))?:$", flags=re.MULTILINE)
_NAMES = re.compile(r"^    (\w+(?:, \w+)+): (.*(?:\n {5,}.*)*)", flags=re.MULTILINE)
_NOTED = re.compile(r"^(    \w+) \(([^)\n]+)\): ", flags=re.MULTILINE)
_BEFORE_NAPOLEON, _AFTER_NAPOLEON = 400, 600


def setup(app: Any) -> dict[str, Any]:
    """Mark docstrings up before napoleon reads their sections."""
    whole: dict[str, list[str]] = {}

    def before(app: Any, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
        del app, obj, options  # autodoc passes them, and every docstring is read alike
        lines[:] = as_rst("\n".join(lines)).split("\n")
        if what in {"attribute", "property"}:
            # napoleon takes what stands before a colon for the type, and these have sentences
            whole[name] = list(lines)

    def after(app: Any, what: str, name: str, obj: object, options: Any, lines: list[str]) -> None:
        del app, what, obj, options  # as above
        if name in whole:
            lines[:] = whole[name]

    app.connect("autodoc-process-docstring", before, priority=_BEFORE_NAPOLEON)
    app.connect("autodoc-process-docstring", after, priority=_AFTER_NAPOLEON)
    return {"parallel_read_safe": True}


def as_rst(text: str) -> str:
    """The same docstring, its code, its indented examples and its sections marked as napoleon and Sphinx expect them."""
    made: list[str] = []
    for paragraph in re.split(r"\n(?:[ ]*\n)+", _fences(text).strip("\n")):
        if not paragraph.startswith("    "):
            made.append(_prose(paragraph))
            continue
        if not made or not (made[-1].endswith("::") or made[-1].startswith("    ")):
            made.append("::")
        made.append(paragraph)
    return "\n\n".join(made) + "\n"


def _fences(text: str) -> str:
    def block(found: re.Match[str]) -> str:
        return "\n" + "\n".join(f"    {line}".rstrip() for line in found[1].splitlines()) + "\n"

    return re.sub(r"^```\w*\n(.*?)^```$", block, text, flags=re.DOTALL | re.MULTILINE)


def _prose(text: str) -> str:
    marked = _CODE.sub(lambda found: f"``{' '.join(found[1].split())}``", text)
    marked = "".join(
        piece if piece.startswith("``") else _STAR.sub(lambda star: star[1].replace("*", r"\*"), piece)
        for piece in _LITERAL.split(marked)
    )
    if _SECTION.search(marked) is None:
        return marked
    marked = _SECTION.sub(r"\1:", marked)
    marked = _NOTED.sub(r"\1: \2: ", marked)
    # "host, port: where it is" is an entry for each of them
    return _NAMES.sub(lambda found: "\n".join(f"    {name}: {found[2]}" for name in found[1].split(", ")), marked)
