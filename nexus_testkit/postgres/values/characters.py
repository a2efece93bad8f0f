"""Classes of characters as PostgreSQL's builtin locale C.UTF-8 has them (src/common/unicode_category.c, the posix variants).

Limits: whether a combining mark or a circled letter is alphabetic is not in Python's tables: asking it is refused.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from nexus_testkit.errors import UnsupportedSQL


def _alpha(char: str) -> bool:
    if char.isascii() or char.isalpha():
        return char.isalpha()
    category = unicodedata.category(char)
    if category[0] == "M" or "\u24b6" <= char <= "\u24e9":
        raise UnsupportedSQL(f"a regular expression's class of letters beside the character U+{ord(char):04X}")
    return category == "Nl"


def _cased(char: str, category: str) -> bool:
    own = unicodedata.category(char)
    if char.isascii() or own in {"Lu", "Ll", "Lt"} or own[0] in "PSZCN":
        return own == category
    if own == "Lo":
        return category == "Ll" and char in "ªº"
    raise UnsupportedSQL(f"a regular expression's class of upper or lower case beside the character U+{ord(char):04X}")


def _digit(char: str) -> bool:
    return "0" <= char <= "9"


def _space(char: str) -> bool:
    return char in " \t\n\r\f\v\x85" or unicodedata.category(char)[0] == "Z"


def _graph(char: str) -> bool:
    return unicodedata.category(char) not in {"Cn", "Cs", "Cc"} and not _space(char)


CLASSES: dict[str, Callable[[str], bool]] = {
    "alpha": _alpha,
    "digit": _digit,
    "alnum": lambda char: _digit(char) or _alpha(char),
    "upper": lambda char: _cased(char, "Lu"),
    "lower": lambda char: _cased(char, "Ll"),
    "space": _space,
    "blank": lambda char: char == "\t" or unicodedata.category(char) == "Zs",
    "punct": lambda char: unicodedata.category(char)[0] in "PS" and not _alpha(char),
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
    "cntrl": lambda char: unicodedata.category(char) == "Cc",
    "graph": _graph,
    "print": lambda char: unicodedata.category(char) != "Cc" and (_graph(char) or unicodedata.category(char) == "Zs"),
    "ascii": str.isascii,
    "word": lambda char: char == "_" or _digit(char) or _alpha(char),
}
