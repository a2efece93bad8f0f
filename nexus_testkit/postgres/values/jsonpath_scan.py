"""The tokens of jsonpath (src/backend/utils/adt/jsonpath_scan.l)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values import numeric


@dataclass(slots=True)
class Token:
    """One token."""

    kind: str  # "end", "number", "integer", "string", "variable", "word", or the special characters themselves
    value: Any
    near: str  # what the scanner holds when the parser complains of this token


_OTHER = r"[^?%$.\[\]{}()|&!=<>@#,*:\-+/\\\" \t\n\r\f]"
_SCAN = re.compile(
    r"(?P<blank>[ \t\n\r\f]+)|(?P<comment>/\*.*?\*/)|(?P<open>/\*)"
    r"|(?P<hex>0[xX][0-9a-fA-F](?:_?[0-9a-fA-F])*)|(?P<oct>0[oO][0-7](?:_?[0-7])*)|(?P<bin>0[bB][01](?:_?[01])*)"
    r"|(?P<number>(?:(?:0|[1-9](?:_?\d)*)?\.\d(?:_?\d)*|(?:0|[1-9](?:_?\d)*)\.?)(?:[eE][+-]?\d(?:_?\d)*)?)"
    r"|(?P<special>\*\*|&&|\|\||==|!=|<>|<=|>=|[?%.\[\]{}()|&!=<>@#,*:\-+/])"
    r'|(?P<string>")|(?P<variable>\$(?:"|(?:' + _OTHER + r"|\\)))|(?P<root>\$)|(?P<word>" + _OTHER + r"|\\)",
    re.DOTALL | re.ASCII,
)
_OTHERS = re.compile(_OTHER)
_RUN = re.compile(_OTHER + "+")
_SAME = {"<>": "!="}
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_UNICODE = re.compile(r"\\u(?:\{([0-9A-Fa-f]{1,6})\}|([0-9A-Fa-f]{4}))")
_HEX = re.compile(r"\\x([0-9A-Fa-f]{2})")


def complaint(message: str, near: str) -> DatabaseError:
    """A syntax error; `near` is empty at the end."""
    return database_error(
        "42601", f'{message} at or near "{near}" of jsonpath input' if near else f"{message} at end of jsonpath input"
    )


def tokens_of(text: str) -> list[Token]:
    """The tokens of a path's text, with one of kind `end` after them."""
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _SCAN.match(text, at)
        if match is None or match.lastgroup is None:
            raise complaint("syntax error", text[at])
        kind, piece = match.lastgroup, match.group()
        at = match.end()
        if kind == "open":
            raise complaint("unexpected end of comment", "")
        if kind in {"hex", "oct", "bin", "number"}:
            run = _RUN.match(text, match.start())
            if run is not None and run.end() > at + (kind == "number"):  # the scanner takes the longest: this is a word
                value, at, near = _unquoted(text, match.start())
                found.append(Token("word", value, near))
            else:
                found.append(_number(text, kind, piece, at))
        elif kind == "special":
            found.append(Token(_SAME.get(piece, piece), None, piece))
        elif kind == "root":
            found.append(Token("$", None, "$"))
        elif kind == "string" or piece == '$"':
            value, at = _quoted(text, at)
            found.append(Token("string" if kind == "string" else "variable", value, '"'))
        elif kind in {"word", "variable"}:
            value, at, near = _unquoted(text, at - 1)
            found.append(Token(kind, value, f"${value}" if kind == "variable" else near))
    found.append(Token("end", None, ""))
    return found


def _number(text: str, kind: str, piece: str, at: int) -> Token:
    broken = re.match(r"[eE][+-]", text[at:])
    if broken is not None and kind == "number":
        raise complaint("invalid numeric literal", piece + broken.group())
    junk = _OTHERS.match(text, at)
    if junk is not None:
        raise complaint("trailing junk after numeric literal", piece + junk.group())
    if kind == "number" and (not piece.isascii() or not piece.replace("_", "").isdigit()):
        return Token("number", numeric_value(piece.replace("_", "")), piece)
    whole = int(piece.replace("_", ""), 0 if kind != "number" else 10)
    return Token("integer", whole, piece)


def numeric_value(text: str) -> Any:
    """A number as jsonb's parsed values hold it: int, or Decimal with its scale."""
    stored = numeric.parse(text)
    return int(stored) if "." not in stored else Decimal(stored)


def _escape(text: str, at: int) -> tuple[str, int]:
    r"""The characters that an escape at `at` (its backslash) means, and where it ends."""
    following = text[at + 1 : at + 2]
    if following == "u":
        return _unicode(text, at)
    if following == "x":
        match = _HEX.match(text, at)
        if match is None:
            raise complaint("invalid hexadecimal character sequence", re.match(r"\\x[0-9A-Fa-f]?", text[at:]).group())  # type: ignore[union-attr]  # it begins so
        return chr(int(match[1], 16)), match.end()
    if not following:
        raise complaint("unexpected end after backslash", "\\")
    return _ESCAPES.get(following, following), at + 2


def _unicode(text: str, at: int) -> tuple[str, int]:
    codes: list[int] = []
    while (match := _UNICODE.match(text, at)) is not None:
        codes.append(int(match[1] or match[2], 16))
        at = match.end()
    if not codes or text.startswith("\\u", at):
        wrong = re.match(r"(?:\\u(?:\{[0-9A-Fa-f]{0,6}|[0-9A-Fa-f]{0,3}))", text[at:])
        raise complaint("invalid Unicode escape sequence", wrong.group() if wrong else text[at : at + 2])
    pieces: list[str] = []
    high: int | None = None
    for code in codes:
        if code == 0:
            raise database_error(
                "22P05", "unsupported Unicode escape sequence", detail="\\u0000 cannot be converted to text."
            )
        if 0xD800 <= code < 0xDC00:
            if high is not None:
                raise _surrogate("Unicode high surrogate must not follow a high surrogate.")
            high = code
        elif 0xDC00 <= code < 0xE000:
            if high is None:
                raise _surrogate("Unicode low surrogate must follow a high surrogate.")
            pieces.append(chr(0x10000 + ((high & 0x3FF) << 10) + (code & 0x3FF)))
            high = None
        elif high is not None:
            raise _surrogate("Unicode low surrogate must follow a high surrogate.")
        else:
            pieces.append(chr(code))
    if high is not None:
        raise _surrogate("Unicode low surrogate must follow a high surrogate.")
    return "".join(pieces), at


def _surrogate(detail: str) -> DatabaseError:
    return database_error("22P02", "invalid input syntax for type jsonpath", detail=detail)


def _quoted(text: str, at: int) -> tuple[str, int]:
    pieces: list[str] = []
    while at < len(text):
        char = text[at]
        if char == '"':
            return "".join(pieces), at + 1
        if char == "\\":
            piece, at = _escape(text, at)
            pieces.append(piece)
        else:
            pieces.append(char)
            at += 1
    raise complaint("unterminated quoted string", "")


def _unquoted(text: str, at: int) -> tuple[str, int, str]:
    """A word, where it ends, and what the scanner holds then: the blanks after it, or nothing."""
    pieces: list[str] = []
    while at < len(text):
        if text[at] == "\\":
            piece, at = _escape(text, at)
            pieces.append(piece)
        elif _OTHERS.match(text, at):
            pieces.append(text[at])
            at += 1
        else:
            break
    blank = re.match(r"[ \t\n\r\f]*", text[at:])
    return "".join(pieces), at, blank.group() if blank else ""
