r"""Arrays: JSON text of storage values, nested for more dimensions.

Compact JSON (`[1,2,null]`), so that equal arrays of integers, texts, dates and the like have equal texts. Elements keep their storage form;
bytea is the hex text `\x..`, and infinite floats are the texts `Infinity` and `-Infinity`.

Limits: every dimension begins at 1 (`'[2:3]={1,2}'` keeps its elements, not its bounds).
"""

from __future__ import annotations

import json
import math
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


def parse(text: str, convert: Callable[[str], Any]) -> str:
    """The storage of an array's input text; `convert` reads one element's text. Errors as src/backend/utils/adt/arrayfuncs.c."""
    body = text.strip()
    wanted: list[int] | None = None
    if body.startswith("["):
        bounds, _, body = body.partition("=")
        if not body:
            raise malformed(text, 'Missing "=" after array dimensions.')
        body = body.lstrip()
        wanted = _declared(text, bounds)
    if not body.startswith("{"):
        raise malformed(text, 'Array value must start with "{" or dimension information.')
    reader = _Reader(text, body, convert)
    items = reader.braces()
    if body[reader.at :].strip():
        raise malformed(text, "Junk after closing right brace.")
    if depth(items) > _DEEPEST:
        raise database_error("54000", f"number of array dimensions exceeds the maximum allowed ({_DEEPEST})")
    if wanted is not None and dimensions(items) != wanted:
        raise malformed(text, "Specified array dimensions do not match array contents.")
    return store([] if not flat(items) else items)


def _declared(text: str, bounds: str) -> list[int]:
    """The sizes that `[1:2][1:3]` before an array's contents declares."""
    sizes: list[int] = []
    for part in bounds.replace(" ", "").split("]")[:-1]:
        low, colon, high = part.lstrip("[").rpartition(":")
        if not all(piece.lstrip("+-").isdigit() for piece in (high, *([low] if colon else []))):
            raise malformed(text, '"[" must introduce explicitly-specified array dimensions.')
        first, last = int(low or 1), int(high)
        if last < first:
            raise database_error("2202E", "upper bound cannot be less than lower bound")
        if first != 1:
            raise UnsupportedSQL("an array whose lower bound is not 1")
        sizes.append(last)
    return sizes


class _Reader:
    def __init__(self, text: str, body: str, convert: Callable[[str], Any]) -> None:
        self.text, self.body, self.convert = text, body, convert
        self.at = 0

    def _skip(self) -> str:
        body = self.body
        while self.at < len(body) and body[self.at] in " \t\n\r\v\f":
            self.at += 1
        if self.at >= len(body):
            raise malformed(self.text, "Unexpected end of input.")
        return body[self.at]

    def braces(self) -> list[Any]:
        self.at += 1
        items: list[Any] = []
        shape: list[int] | None = None
        if self._skip() == "}":
            self.at += 1
            return items
        while True:
            char = self._skip()
            quoted = char == '"'
            if char == "{":
                item: Any = self.braces()
                own = dimensions(item)
            elif char in ",}":
                raise malformed(self.text, f'Unexpected "{char}" character.')
            else:
                item, own = self._element(), []
            if shape is not None and shape != own:
                raise malformed(self.text, "Multidimensional arrays must have sub-arrays with matching dimensions.")
            shape = own
            items.append(item)
            char = self._skip()
            self.at += 1
            if char == "}":
                return items
            if char != ",":
                if quoted or char == '"':
                    raise malformed(self.text, "Incorrectly quoted array element.")
                raise malformed(self.text, f'Unexpected "{char}" character.')

    def _element(self) -> Any:
        body = self.body
        if body[self.at] == '"':
            return self.convert(self._quoted())
        start = self.at
        piece: list[str] = []
        escaped = False
        while self.at < len(body) and body[self.at] not in "{},":
            if body[self.at] == '"':
                raise malformed(self.text, "Incorrectly quoted array element.")
            if body[self.at] == "\\":
                escaped = True
                self.at += 1
            if self.at < len(body):
                piece.append(body[self.at])
            self.at += 1
        if self.at >= len(body):
            raise malformed(self.text, "Unexpected end of input.")
        if body[self.at] == "{":
            raise malformed(self.text, 'Unexpected "{" character.')
        word = "".join(piece).strip() if not escaped else "".join(piece)
        if not escaped and body[start : self.at].strip().upper() == "NULL":
            return None
        return self.convert(word)

    def _quoted(self) -> str:
        body = self.body
        self.at += 1
        piece: list[str] = []
        while self.at < len(body) and body[self.at] != '"':
            if body[self.at] == "\\":
                self.at += 1
            if self.at < len(body):
                piece.append(body[self.at])
            self.at += 1
        if self.at >= len(body):
            raise malformed(self.text, "Unexpected end of input.")
        self.at += 1
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
