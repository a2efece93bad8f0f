"""Secrets between tags and boundaries: of XML's elements, of a form's hidden fields, of the parts of a multipart form."""

from __future__ import annotations

import re
from collections.abc import Callable

from nexus_testkit.journal.forms import HIDDEN

_ELEMENT = re.compile(r"<(?P<name>[\w:.-]{1,64})(?P<rest>(?:\s[^<>]*)?)>(?P<text>[^<>]+)</(?P=name)\s*>")
_INPUT = re.compile(r"<input\b[^<>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(name|value)\s*=\s*("[^"]*"|'[^']*')""", re.IGNORECASE)

_PART = re.compile(
    r"""(?P<head>\bname="(?P<name>[^"\r\n]{1,128})"[^\r\n]*(?:\r?\n[\w-]+:[^\r\n]*)*\r?\n\r?\n)(?P<value>[^\r\n]+)""",
    re.IGNORECASE,
)


def without_parts(text: str, hides: Callable[[str], bool]) -> str:
    """The text without the values of the parts of a multipart form whose names `hides` says are secret."""

    def part(found: re.Match[str]) -> str:
        return f"{found['head']}{HIDDEN}" if hides(found["name"]) else found[0]

    return _PART.sub(part, text)


def without_markup(text: str, hides: Callable[[str], bool]) -> str:
    """The text without the contents of elements, and the values of fields, whose names `hides` says are secret."""

    def element(found: re.Match[str]) -> str:
        if not hides(found["name"].rpartition(":")[2]):
            return found[0]
        return f"<{found['name']}{found['rest']}>{HIDDEN}</{found['name']}>"

    def field(found: re.Match[str]) -> str:
        tag = found[0]
        attributes = {each[1].lower(): each[2][1:-1] for each in _ATTRIBUTE.finditer(tag)}
        if not attributes.get("value") or not hides(attributes.get("name", "")):
            return tag
        return _ATTRIBUTE.sub(lambda each: f'value="{HIDDEN}"' if each[1].lower() == "value" else each[0], tag)

    return _INPUT.sub(field, _ELEMENT.sub(element, text))
