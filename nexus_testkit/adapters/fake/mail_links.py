"""What a reader of a mail clicks on or types in: links and codes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_URL = re.compile(r"https?://[^\s<>\"'\\^`{|}]+")
_BEHIND = ".,;:!?'\""
# A code that a service sends: digits, perhaps in two groups, or capitals and digits that hold both; never a part of a longer word.
_CODE = re.compile(
    r"(?<![\w/=&?.#:@+-])(?:\d{3}[ -]\d{3}|\d{4,8}|(?=[A-Z0-9]*\d)(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6,10})(?![\w/=&@-]|[.:]\d)"
)


def links_of(text: str, html: str) -> tuple[str, ...]:
    """The http and https links of both bodies, each once, those of the HTML first, in order."""
    parser = _Links()
    parser.feed(html)
    parser.close()
    plain = [_without_end(found[0]) for found in _URL.finditer(text)]
    return tuple(dict.fromkeys([*parser.found, *plain]))


def codes_of(text: str) -> tuple[str, ...]:
    """The codes of a text, each once: 4 to 8 digits, `123 456`, or 6 to 10 capitals and digits; blanks and hyphens are left out."""
    without_links = _URL.sub(" ", text)
    return tuple(dict.fromkeys(re.sub(r"[ -]", "", found[0]) for found in _CODE.finditer(without_links)))


def text_of(html: str) -> str:
    """The words of an HTML body that a reader sees."""
    parser = _Words()
    parser.feed(html)
    parser.close()
    return " ".join(" ".join(parser.found).split())


def _without_end(url: str) -> str:
    """A URL less what ends the sentence round it, and a closing bracket that it did not open."""
    url = url.rstrip(_BEHIND)
    while url.endswith((")", "]")) and url.count(url[-1]) > url.count("(" if url[-1] == ")" else "["):
        url = url[:-1].rstrip(_BEHIND)
    return url


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        target = dict(attrs).get("href") if tag in {"a", "area"} else None
        if target is not None and target.strip().lower().startswith(("http://", "https://")):
            self.found.append(target.strip())


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._hidden += tag in {"style", "script", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"style", "script", "title"} and self._hidden > 0

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.found.append(data)
