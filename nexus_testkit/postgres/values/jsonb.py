"""json and jsonb: input, canonical output, comparison.

json is stored as written. jsonb is stored in PostgreSQL's output form: keys sorted by length, then bytes, the last of equal keys wins,
numbers as numeric (`1.0` stays `1.0`, `1e3` becomes `1000`). Equal values may have different texts (`1` and `1.0`),
so compare under the collation `pg_jsonb` (order of src/backend/utils/adt/jsonb_util.c, `compareJsonbContainers`).
"""

from __future__ import annotations

import json
import math
import re
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.numeric import EXACT, to_text

_SURROGATE = re.compile("[\ud800-\udfff]")
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
_TOKEN = re.compile(
    r'[ \t\n\r]*(?:(?P<punct>[{}\[\],:])|(?P<string>"(?:[^"\\\x00-\x1f]|\\.)*"?)'
    r"|(?P<word>-?(?:0|[1-9]\d*)(?:\.\d*)?(?:[eE][+-]?\d*)?[A-Za-z0-9_\x80-\U0010ffff]*|-[A-Za-z0-9_\x80-\U0010ffff]*"
    r"|[A-Za-z0-9_\x80-\U0010ffff]+)|(?P<other>.))",
    re.DOTALL | re.ASCII,
)
_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\Z", re.ASCII)
_ESCAPE = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})')


def positional(value: Decimal) -> Decimal:
    """The number without an exponent, as numeric keeps it: 1E+3 is 1000."""
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0:
        value = value.quantize(Decimal(1), context=EXACT)
    return value.copy_abs() if value.is_zero() else value


_MOST_DIGITS = 131_072  # of a numeric, before the point


def _number(text: str) -> Decimal:
    value = Decimal(text)
    if value.adjusted() >= _MOST_DIGITS and value:
        raise database_error("22003", "value overflows numeric format")
    return positional(value)


def _no_constant(text: str) -> None:
    raise ValueError(text)


_ENCODER = json.JSONEncoder(ensure_ascii=False)
_DECODER = json.JSONDecoder(parse_float=_number, parse_constant=_no_constant)
_CHECKER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=_no_constant)


def parse(text: str) -> Any:
    """The value of a JSON text: fractions as Decimal with their scale; 22P02 with PostgreSQL's detail if it is malformed."""
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError):
        raise diagnose(text) from None


def canonical(value: Any) -> Any:
    """The value with the keys of its objects in jsonb's order."""
    if isinstance(value, dict):
        if len(value) > 1:
            value = dict(sorted(value.items(), key=_key_order))
        return {key: canonical(item) if isinstance(item, (dict, list)) else item for key, item in value.items()}
    if isinstance(value, list):
        return [canonical(item) if isinstance(item, (dict, list)) else item for item in value]
    return value


def _key_order(pair: tuple[str, Any]) -> tuple[int, bytes]:
    encoded = pair[0].encode()
    return len(encoded), encoded


def dump(value: Any) -> str:
    """The text of a value in jsonb's form; object keys keep their order."""
    if value is None:
        return "null"
    kind = type(value)
    if kind is str:
        return encode_basestring(value)
    if kind is bool:
        return "true" if value else "false"
    if kind is int:
        return str(value)
    if kind is Decimal:
        return to_text(value)
    if kind is dict:
        return "{" + ", ".join([f"{encode_basestring(key)}: {dump(item)}" for key, item in value.items()]) + "}"
    return "[" + ", ".join([dump(item) for item in value]) + "]"


def store(value: Any) -> str:
    """The storage of a value as jsonb."""
    return dump(canonical(value))


def from_python(value: Any) -> str | None:
    """The storage of a plain Python value, at the speed of C; None for what must go through `json.dumps` and `parse_jsonb`."""
    try:
        text = _ENCODER.encode(_ordered(value))
        if "\\u" in text:  # a control character, or a NUL that must be refused
            return None
        if not text.isascii():
            text.encode()
    except (TypeError, ValueError, RecursionError):
        return None
    return text


def _ordered(value: Any) -> Any:
    """Like `canonical`; a TypeError for keys that are no strings and for floats that JSON writes with an exponent."""
    kind = type(value)
    if kind is dict:
        pairs = list(value.items())
        if not all(type(key) is str for key, _ in pairs):
            raise TypeError
        if len(pairs) > 1:
            pairs.sort(key=_key_order)
        return {key: _ordered(item) for key, item in pairs}
    if kind is list:
        return [_ordered(item) for item in value]
    if kind is float and ("e" in repr(value) or not math.isfinite(value) or value == 0):
        raise TypeError
    return value


def parse_jsonb(text: str) -> str:
    r"""The storage of jsonb's input text; 22P02 if it is malformed, 22P05 for `\u0000`."""
    value = parse(text)
    if "\\u" in text:
        check_escapes(text)
    return store(value)


def parse_json(text: str) -> str:
    """The text itself, once it has proved well-formed."""
    try:
        _CHECKER.decode(text)
    except (ValueError, RecursionError):
        raise diagnose(text) from None
    return text


def check_escapes(text: str) -> None:
    r"""Refuse `\u0000` (22P05) and halves of surrogate pairs (22P02), which no text can hold."""
    if _NUL.search(text):
        raise database_error(
            "22P05", "unsupported Unicode escape sequence", detail="\\u0000 cannot be converted to text."
        )
    decoded = json.dumps(json.loads(text), ensure_ascii=False)
    lone = _SURROGATE.search(decoded)
    if lone:
        following = decoded[lone.end() : lone.end() + 1]
        again = lone.group() < "\udc00" and ("\ud800" <= following < "\udc00" or following > "\uffff")
        detail = (
            "Unicode high surrogate must not follow a high surrogate."
            if again
            else "Unicode low surrogate must follow a high surrogate."
        )
        raise database_error("22P02", "invalid input syntax for type json", detail=detail)


def diagnose(text: str) -> DatabaseError:
    """The error 22P02 for a malformed text, with the detail that PostgreSQL gives (src/common/jsonapi.c, `json_errdetail`)."""
    return database_error("22P02", "invalid input syntax for type json", detail=_Diagnosis(text).detail())


class _Diagnosis:
    """A strict second reading of a text that the fast parser refused, to find the words for it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.piece = ""

    def detail(self) -> str:
        try:
            self._next()
            self._value("JSON value")
            if self.piece:
                return f'Expected end of input, but found "{self.piece}".'
        except ValueError as error:
            return str(error)
        return "The input string ended unexpectedly."

    def _next(self) -> None:
        found = _TOKEN.match(self.text, self.at)
        if found is None:
            self.piece, self.at = "", len(self.text)
            return
        self.at = found.end()
        kind = found.lastgroup
        self.piece = found[kind] if kind else ""
        if kind == "word" and self.piece not in {"true", "false", "null"} and not _NUMBER.match(self.piece):
            raise ValueError(f'Token "{self.piece}" is invalid.')
        if kind == "other" and self.piece.strip():
            if self.piece == '"':
                raise ValueError(f'Token "{self.text[found.start("other") :]}" is invalid.')
            raise ValueError(f'Token "{self.piece}" is invalid.')
        if kind == "string":
            self._string(found.start("string"))

    def _string(self, start: int) -> None:
        body = self.text[start + 1 :]
        index = 0
        while index < len(body):
            char = body[index]
            if char == '"':
                return
            if char < " ":
                raise ValueError(f"Character with value 0x{ord(char):02x} must be escaped.")
            if char == "\\":
                if not _ESCAPE.match(body, index):
                    if body[index + 1 : index + 2] == "u":
                        raise ValueError('"\\u" must be followed by four hexadecimal digits.')
                    raise ValueError(f'Escape sequence "{body[index : index + 2]}" is invalid.')
                index += 6 if body[index + 1] == "u" else 2
            else:
                index += 1
        raise ValueError(f'Token "{self.text[start:]}" is invalid.')

    def _value(self, expected: str) -> None:
        piece = self.piece
        if not piece:
            raise ValueError("The input string ended unexpectedly.")
        if piece == "{":
            self._object()
        elif piece == "[":
            self._array()
        elif piece in {"}", "]", ",", ":"}:
            raise ValueError(f'Expected {expected}, but found "{piece}".')
        else:
            self._next()

    def _object(self) -> None:
        self._next()
        first = True
        while first or self.piece != "}":
            if first and self.piece == "}":
                break
            if not first:
                self._expect(",", '"," or "}"')
            if not self.piece.startswith('"'):
                self._fail('string or "}"' if first else "string")
            self._next()
            self._expect(":", '":"')
            self._value("JSON value")
            first = False
        self._next()

    def _array(self) -> None:
        self._next()
        if self.piece == "]":
            self._next()
            return
        while True:
            self._value("JSON value")
            if self.piece == "]":
                self._next()
                return
            self._expect(",", '"," or "]"')

    def _expect(self, wanted: str, words: str) -> None:
        if self.piece != wanted:
            self._fail(words)
        self._next()

    def _fail(self, words: str) -> None:
        if not self.piece:
            raise ValueError("The input string ended unexpectedly.")
        raise ValueError(f'Expected {words}, but found "{self.piece}".')


def type_of(value: Any) -> str:
    """jsonb_typeof."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "string"
    if isinstance(value, (int, Decimal)):
        return "number"
    return "object" if isinstance(value, dict) else "array"


_RANK = {"null": 1, "string": 2, "number": 3, "boolean": 4, "array": 5, "object": 6}


@lru_cache(maxsize=512)
def _parsed(text: str) -> Any:
    return parse(text)


def compare(left: str, right: str) -> int:
    """-1, 0 or 1 of two stored jsonb values: Object > Array > Boolean > Number > String > null."""
    if left == right:
        return 0
    a, b = _parsed(left), _parsed(right)
    empty_a, empty_b = a == [], b == []
    if empty_a != empty_b:  # an empty array at the top sorts below everything, by an old accident
        return -1 if empty_a else 1
    return _compare(a, b)


def _compare(a: Any, b: Any) -> int:
    kind, other = type_of(a), type_of(b)
    if kind != other:
        return 1 if _RANK[kind] > _RANK[other] else -1
    if kind in {"array", "object"} and len(a) != len(b):
        return 1 if len(a) > len(b) else -1
    if kind == "array":
        return next((order for x, y in zip(a, b, strict=True) if (order := _compare(x, y))), 0)
    if kind == "object":
        for (key, item), (other_key, other_item) in zip(a.items(), b.items(), strict=True):
            if key != other_key:  # as texts, though they are stored by length
                return 1 if key > other_key else -1
            order = _compare(item, other_item)
            if order:
                return order
        return 0
    if kind == "string":
        a, b = a.encode(), b.encode()
    if kind == "null":
        return 0
    return int(a > b) - int(a < b)
