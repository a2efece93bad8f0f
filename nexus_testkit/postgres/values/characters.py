"""Classes of characters as PostgreSQL's builtin locale C.UTF-8 has them (src/common/unicode_category.c, the posix variants).

Limits: whether a combining mark is alphabetic or has a case is not in Python's tables: asking it is refused, but for the usual accents. A
character that is newer than Python's tables (`unicodedata.unidata_version`; PostgreSQL 18 has Unicode 16) belongs to no class.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from nexus_testkit.errors import UnsupportedSQL

# Of the symbols and numbers these have a case (PropList.txt, Other_Uppercase and Other_Lowercase), and the symbols among them are alphabetic.
_OTHER_CASED = (
    ("\u2160", "\u216f", "Lu"),  # Roman numerals
    ("\u2170", "\u217f", "Ll"),
    ("\u24b6", "\u24cf", "Lu"),  # circled letters
    ("\u24d0", "\u24e9", "Ll"),
    ("\U0001f130", "\U0001f149", "Lu"),  # letters in squares and circles
    ("\U0001f150", "\U0001f169", "Lu"),
    ("\U0001f170", "\U0001f189", "Lu"),
)


def _other_case(char: str) -> str:
    return next((case for first, last, case in _OTHER_CASED if first <= char <= last), "")


def _is_accent(char: str) -> bool:
    """Whether it is one of the marks that are neither alphabetic nor of any case; the iota subscript is both."""
    return "\u0300" <= char <= "\u0362" and char != "\u0345"


def _alpha(char: str) -> bool:
    if char.isascii() or char.isalpha():
        return char.isalpha()
    category = unicodedata.category(char)
    if _is_accent(char):
        return False
    if category[0] == "M":
        raise UnsupportedSQL(f"the question whether the character U+{ord(char):04X} is alphabetic")
    return category == "Nl" or bool(_other_case(char))


def is_alnum(char: str) -> bool:
    """Whether it is a digit from 0 to 9 or alphabetic."""
    return _digit(char) or _alpha(char)


def _cased(char: str, category: str) -> bool:
    own = unicodedata.category(char)
    if char.isascii() or own in {"Lu", "Ll", "Lt"}:
        return own == category
    if own[0] in "PSZCN":
        return _other_case(char) == category
    if own == "Lo":
        return category == "Ll" and char in "ªº"
    if _is_accent(char):
        return False
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
    "alnum": is_alnum,
    "upper": lambda char: _cased(char, "Lu"),
    "lower": lambda char: _cased(char, "Ll"),
    "space": _space,
    "blank": lambda char: char in " \t",  # no others, whatever the locale says (regc_locale.c, cclasscvec)
    "punct": lambda char: unicodedata.category(char)[0] in "PS" and not _alpha(char),
    "xdigit": lambda char: char in "0123456789abcdefABCDEF",
    "cntrl": lambda char: unicodedata.category(char) == "Cc",
    "graph": _graph,
    "print": lambda char: unicodedata.category(char) != "Cc" and (_graph(char) or unicodedata.category(char) == "Zs"),
    "ascii": str.isascii,
    "word": lambda char: char == "_" or _digit(char) or _alpha(char),
}
