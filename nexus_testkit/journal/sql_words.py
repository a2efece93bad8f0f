"""SQL in words: strings, parameters, names, operators. It need not be right SQL, nor whole: a report shows what failed, too."""

from __future__ import annotations

import re
from typing import NamedTuple

_WORD = re.compile(
    r"""(?P<skip>\s+|--[^\n]*|/\*.*?(?:\*/|\Z))
    |(?P<string>\$(?P<tag>\w*)\$.*?(?:\$(?P=tag)\$|\Z)|[eE]'(?:[^'\\]|\\.|'')*(?:'|\Z)|(?:[bBnNxX]|[uU]&)?'(?:[^']|'')*(?:'|\Z))
    |(?P<parameter>\$\d+)
    |(?P<number>\d[\w.]*)
    |"(?P<quoted>(?:[^"]|"")*)(?:"|\Z)
    |(?P<name>[^\W\d][\w$]*)
    |(?P<operator>::|:=|[-+*/<>=~!@\#%^&|`?]+)
    |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_STRING = re.compile(r"(?:\$(\w*)\$(?P<dollar>.*?)(?:\$\1\$|\Z)|\w*&?'(?P<plain>.*?)(?:'|\Z))\Z", re.DOTALL)
_AS_JSON = frozenset({"->", "->>", "#>", "#>>"})


class Word(NamedTuple):
    """One word.

    Attributes:
        kind: `"string"`, `"parameter"`, `"number"`, `"name"`, `"quoted"` (a name in quotes), `"operator"` or `"mark"`.
        text: as written; a name in lower case, or what its quotes hold.
        start, end: its place.
    """

    kind: str
    text: str
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        """Whether it is a name, or a keyword."""
        return self.kind in {"name", "quoted"}

    @property
    def content(self) -> str:
        """What a string holds."""
        found = _STRING.match(self.text)
        return "" if found is None else found["plain"] if found["dollar"] is None else found["dollar"]


class Words(list[Word]):
    """The words of a statement, and which parentheses belong together.

    Attributes:
        match: for the place of each parenthesis that of its other half.
    """

    def __init__(self, query: str) -> None:
        """Take it apart."""
        for found in _WORD.finditer(query):
            kind = found.lastgroup or "skip"
            if kind == "tag":
                kind = "string"
            if kind != "skip":
                text = found[kind]
                self.append(Word(kind, text.lower() if kind == "name" else text, *found.span()))
        self.match: dict[int, int] = {}
        opened: list[int] = []
        for at, word in enumerate(self):
            if word.text in "([" and word.kind == "mark":
                opened.append(at)
            elif word.text in ")]" and word.kind == "mark" and opened:
                begin = opened.pop()
                self.match[begin], self.match[at] = at, begin
        for begin in opened:  # it was cut
            self.match[begin] = len(self)

    def is_mark(self, at: int, text: str) -> bool:
        """Whether this mark stands there."""
        return 0 <= at < len(self) and self[at].kind == "mark" and self[at].text == text

    def is_keyword(self, at: int, *texts: str) -> bool:
        """Whether one of these keywords stands there."""
        return 0 <= at < len(self) and self[at].kind == "name" and self[at].text in texts

    def items(self, begin: int, end: int) -> list[tuple[int, int]]:
        """What commas separate between two places, as places; not what stands deeper."""
        found: list[tuple[int, int]] = []
        start = at = begin
        while at < end:
            if self.is_mark(at, ","):
                found.append((start, at))
                start = at + 1
            at = self.match.get(at, at) + 1 if self.is_mark(at, "(") or self.is_mark(at, "[") else at + 1
        return [*found, (start, end)] if end > begin else found

    def group(self, at: int) -> list[tuple[int, int]]:
        """What commas separate inside the parenthesis that opens there."""
        return self.items(at + 1, min(self.match.get(at, len(self)), len(self)))

    def until(self, at: int, stops: frozenset[str]) -> int:
        """The place of the next of these keywords, or of a comma, a closing parenthesis or a semicolon, at the same depth."""
        while at < len(self):
            word = self[at]
            if word.kind == "mark" and word.text in ",;)]":
                break
            if word.kind == "name" and word.text in stops:
                break
            at = self.match.get(at, at) + 1 if word.kind == "mark" and word.text in "([" else at + 1
        return min(at, len(self))

    def json_key(self, at: int) -> str | None:
        """What a string behind `->>` names: of a path (`'{a,b}'`) the last step; None of another string."""
        if self[at].kind != "string" or at == 0 or self[at - 1].text not in _AS_JSON:
            return None
        return self[at].content.strip("{}").rpartition(",")[2].strip(' "')
