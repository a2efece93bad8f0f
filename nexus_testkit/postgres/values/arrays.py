r"""Arrays: JSON text of storage values, nested for more dimensions.

Compact JSON (`[1,2,null]`), so that equal arrays of integers, texts, dates and the like have equal texts. Elements keep their storage form;
bytea is the hex text `\x..`, and infinite floats are the texts `Infinity` and `-Infinity`.

Limits: every dimension begins at 1; an array with other bounds (`'[2:3]={1,2}'`) is refused.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_DEEPEST = 6
_QUOTED = frozenset('{},"\\ \t\n\r\v\f')


def load(storage: str) -> list[Any]:
    """The elements as storage values."""
    value: list[Any] = json.loads(storage)
    return value


def store(items: list[Any]) -> str:
    """The storage of an array of storage values."""
    try:
        return _ENCODER.encode(items)
    except (TypeError, ValueError):
        return _ENCODER.encode([_portable(item) for item in items])


def _portable(item: Any) -> Any:
    if isinstance(item, list):
        return [_portable(each) for each in item]
    if isinstance(item, bytes):
        return "\\x" + item.hex()
    if isinstance(item, float) and math.isinf(item):
        return "Infinity" if item > 0 else "-Infinity"
    return item


def element(item: Any, type_name: str) -> Any:
    """An element out of the JSON as it is stored in a column of its type."""
    if item is None:
        return None
    if type_name == "bytea":
        return bytes.fromhex(item[2:])
    if type_name in {"float4", "float8"} and item != "NaN":
        return math.inf if item == "Infinity" else -math.inf if item == "-Infinity" else float(item)
    return item


def flat(items: list[Any]) -> list[Any]:
    """All elements, of every dimension."""
    if any(isinstance(item, list) for item in items):
        return [each for item in items for each in flat(item)]
    return items


def dimensions(items: list[Any]) -> list[int]:
    """The lengths of the dimensions; none for the empty array."""
    lengths: list[int] = []
    here: Any = items
    while isinstance(here, list) and here:
        lengths.append(len(here))
        here = here[0]
    return lengths


def depth(items: list[Any]) -> int:
    """How many dimensions were written, also of an array without elements."""
    found, here = 0, [items]
    while here:
        found += 1
        here = [each for item in here for each in item if isinstance(each, list)]
    return found


def map_elements(items: list[Any], convert: Callable[[Any], Any]) -> list[Any]:
    """The same nesting with every element converted; None stays."""
    return [
        map_elements(item, convert) if isinstance(item, list) else None if item is None else convert(item)
        for item in items
    ]


def malformed(text: str, detail: str) -> DatabaseError:
    """The error 22P02 of array_in."""
    return database_error("22P02", f'malformed array literal: "{text}"', detail=detail)


_SPACES = " \t\n\r\v\f"
_NUMBER = re.compile(r"[+-]?[0-9]+")
_WIDEST = 2**31 - 1


def parse(text: str, convert: Callable[[str], Any]) -> str:
    """The storage of an array's input text; `convert` reads one element's text. Errors as src/backend/utils/adt/arrayfuncs.c."""
    wanted, start = _declared(text)
    if wanted:
        if not text.startswith("=", start):
            raise malformed(text, 'Missing "=" after array dimensions.')
        start = _after_spaces(text, start + 1)
        if not text.startswith("{", start):
            raise malformed(text, 'Array contents must start with "{".')
    elif not text.startswith("{", start):
        raise malformed(text, 'Array value must start with "{" or dimension information.')
    reader = _Reader(text, start, convert, wanted)
    items = reader.contents()
    if text[reader.at :].strip(_SPACES):
        raise malformed(text, "Junk after closing right brace.")
    return store([] if not flat(items) else items)


def _after_spaces(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SPACES:
        at += 1
    return at


def _declared(text: str) -> tuple[list[int], int]:
    """The sizes that `[1:2][1:3]` before an array's contents declares, and where it ends (ReadArrayDimensions)."""
    sizes: list[int] = []
    at = _after_spaces(text, 0)
    while text.startswith("[", at):
        if len(sizes) >= _DEEPEST:
            raise database_error("54000", f"number of array dimensions exceeds the maximum allowed ({_DEEPEST})")
        found = _NUMBER.match(text, at + 1)
        if found is None:
            raise malformed(text, '"[" must introduce explicitly-specified array dimensions.')
        first, last, at = 1, _bound(found[0]), found.end()
        if text.startswith(":", at):
            found = _NUMBER.match(text, at + 1)
            if found is None:
                raise malformed(text, "Missing array dimension value.")
            first, last, at = last, _bound(found[0]), found.end()
        if not text.startswith("]", at):
            raise malformed(text, 'Missing "]" after array dimensions.')
        at += 1
        if last < first:
            raise database_error("2202E", "upper bound cannot be less than lower bound")
        if last == _WIDEST:
            raise database_error("54000", f"array upper bound is too large: {last}")
        if first != 1:
            raise UnsupportedSQL("an array whose lower bound is not 1")
        sizes.append(last)
        at = _after_spaces(text, at)
    return sizes, at


def _bound(digits: str) -> int:
    value = int(digits)
    if not -_WIDEST - 1 <= value <= _WIDEST:
        raise database_error("54000", "array bound is out of integer range")
    return value


class _Reader:
    """Reads the braces and what is in them, in the order in which ReadArrayStr() finds fault."""

    def __init__(self, text: str, at: int, convert: Callable[[str], Any], wanted: list[int]) -> None:
        self.text, self.at, self.convert, self.wanted = text, at, convert, wanted

    def _fault(self, detail: str) -> DatabaseError:
        return malformed(self.text, detail)

    def _uneven(self) -> DatabaseError:
        return self._fault(
            "Specified array dimensions do not match array contents."
            if self.wanted
            else "Multidimensional arrays must have sub-arrays with matching dimensions."
        )

    def contents(self) -> list[Any]:
        """The outermost braces. `sizes` has what a dimension's first list counted (or what was declared), None before."""
        text = self.text
        levels: list[list[Any]] = []
        sizes: list[int | None] = list(self.wanted)
        frozen, separated = bool(self.wanted), True
        while True:
            self.at = _after_spaces(text, self.at)
            char = text[self.at : self.at + 1]
            if not char:
                raise self._fault("Unexpected end of input.")
            if char == "{":
                if not separated:
                    raise self._fault('Unexpected "{" character.')
                if len(levels) >= _DEEPEST:
                    raise database_error(
                        "54000", f"number of array dimensions exceeds the maximum allowed ({_DEEPEST})"
                    )
                if len(levels) == len(sizes):
                    if frozen:
                        raise self._uneven()
                    sizes.append(None)
                levels.append([])
                self.at += 1
            elif char == "}":
                level = levels.pop()
                if level and separated:
                    raise self._fault('Unexpected "}" character.')
                if sizes[len(levels)] not in (None, len(level)):
                    raise self._uneven()
                sizes[len(levels)] = len(level)
                self.at += 1
                if not levels:
                    return level
                levels[-1].append(level)
                separated = False
            elif char == ",":
                if separated:
                    raise self._fault('Unexpected "," character.')
                separated = True
                self.at += 1
            else:
                word = self._quoted() if char == '"' else self._plain()
                if not separated:
                    raise self._fault("Unexpected array element.")
                frozen, separated = True, False
                if len(levels) != len(sizes):
                    raise self._uneven()
                levels[-1].append(None if word is None else self.convert(word))

    def _plain(self) -> str | None:
        """An element without quotes, without the blanks after it; None for NULL."""
        text = self.text
        piece: list[str] = []
        kept = 0
        escaped = False
        while self.at < len(text) and (char := text[self.at]) not in "},":
            if char == "{":
                raise self._fault('Unexpected "{" character.')
            if char == '"':
                raise self._fault("Incorrectly quoted array element.")
            if char == "\\":
                escaped = True
                self.at += 1
                piece.append(text[self.at : self.at + 1])
                kept = len(piece)
            else:
                piece.append(char)
                kept = kept if char in _SPACES else len(piece)
            self.at += 1
        if self.at >= len(text):
            raise self._fault("Unexpected end of input.")
        word = "".join(piece[:kept])
        return None if not escaped and word.upper() == "NULL" else word

    def _quoted(self) -> str:
        text = self.text
        self.at += 1
        piece: list[str] = []
        while self.at < len(text) and text[self.at] != '"':
            if text[self.at] == "\\":
                self.at += 1
            piece.append(text[self.at : self.at + 1])
            self.at += 1
        self.at = _after_spaces(text, self.at + 1)
        if self.at >= len(text):
            raise self._fault("Unexpected end of input.")
        if text[self.at] not in "{},":
            raise self._fault("Incorrectly quoted array element.")
        return "".join(piece)


def to_text(items: list[Any], output: Callable[[Any], str]) -> str:
    """The array as text: `{1,NULL,"a b"}`."""
    return "{" + ",".join([_quote(item, output) for item in items]) + "}"


def _quote(item: Any, output: Callable[[Any], str]) -> str:
    if item is None:
        return "NULL"
    if isinstance(item, list):
        return to_text(item, output)
    text = output(item)
    if text and not _QUOTED.intersection(text) and text.upper() != "NULL":
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
