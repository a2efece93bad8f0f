"""The templates of to_char, to_date and to_timestamp (src/backend/utils/adt/formatting.c, `parse_format` with `DCH_keywords`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

GREGORIAN, ISO_WEEK = "gregorian", "iso"

_GREGORIAN_KEYS = frozenset(
    {"DDD", "DD", "D", "MONTH", "MON", "MM", "RM", "WW", "W", "Y,YYY", "YYYY", "YYY", "YY", "Y"}
)
_ISO_KEYS = frozenset({"IDDD", "ID", "IW", "IYYY", "IYY", "IY", "I"})
_DIGITS = (_GREGORIAN_KEYS | _ISO_KEYS | {"CC", "HH24", "HH12", "HH", "J", "MI", "MS", "Q"}) - {
    "MONTH",
    "MON",
    "RM",
} | {
    "SSSSS",
    "SSSS",
    "SS",
    "TZM",
    "US",
}
_UPPER = [
    "A.D.",
    "A.M.",
    "AD",
    "AM",
    "B.C.",
    "BC",
    "CC",
    "DAY",
    "DDD",
    "DD",
    "DY",
    "D",
    "FF1",
    "FF2",
    "FF3",
    "FF4",
    "FF5",
    "FF6",
    "FX",
    "HH24",
    "HH12",
    "HH",
    "IDDD",
    "ID",
    "IW",
    "IYYY",
    "IYY",
    "IY",
    "I",
    "J",
    "MI",
    "MM",
    "MONTH",
    "MON",
    "MS",
    "OF",
    "P.M.",
    "PM",
    "Q",
    "RM",
    "SSSSS",
    "SSSS",
    "SS",
    "TZH",
    "TZM",
    "TZ",
    "US",
    "WW",
    "W",
    "Y,YYY",
    "YYYY",
    "YYY",
    "YY",
    "Y",
]  # reads better than 60 quoted words
#: By first letter, the longest first.
_WORDS: dict[str, list[str]] = {}
for _word in sorted([*_UPPER, "Day", "Dy", "Month", "Mon", *(word.lower() for word in _UPPER)], key=len, reverse=True):
    _WORDS.setdefault(_word[0], []).append(_word)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a template.

    Attributes:
        text: the pattern as written, or one character.
        key: the pattern in capitals; empty for a character.
        fill: FM stood before it.
        ordinal: `TH` or `th` stood behind it, else empty.
        separator: the character is a space or a separator, outside of quotes.
    """

    text: str
    key: str = ""
    fill: bool = False
    ordinal: str = ""
    separator: bool = False

    @property
    def digits(self) -> bool:
        """Whether the pattern reads digits alone."""
        return self.key in _DIGITS

    @property
    def mode(self) -> str:
        """The convention of dates that the pattern belongs to; empty for none."""
        return GREGORIAN if self.key in _GREGORIAN_KEYS else ISO_WEEK if self.key in _ISO_KEYS else ""


@lru_cache(maxsize=256)
def parsed(template: str) -> tuple[Piece, ...]:
    """The pieces of a template."""
    pieces: list[Piece] = []
    at = 0
    while at < len(template):
        prefix = template[at : at + 2] if template[at : at + 2] in {"FM", "fm", "TM", "tm"} else ""
        at += len(prefix)
        if at >= len(template):
            break
        word = next((word for word in _WORDS.get(template[at], ()) if template.startswith(word, at)), None)
        if word is not None:
            at += len(word)
            ordinal = template[at : at + 2]
            if ordinal not in {"TH", "th"}:
                at += 2 * (ordinal == "SP")
                ordinal = ""
            at += len(ordinal)
            key = word.upper()
            # TM means the locale's names, which are not padded
            fill = prefix in {"FM", "fm"} or (bool(prefix) and key in {"MONTH", "DAY"})
            pieces.append(Piece(word, key, fill, ordinal))
        elif template[at] == '"':
            at += 1
            while at < len(template) and template[at] != '"':
                at += template[at] == "\\" and at + 1 < len(template)
                pieces.append(Piece(template[at]))
                at += 1
            at += 1
        else:
            at += template.startswith('\\"', at)
            char = template[at]
            pieces.append(Piece(char, separator=char in " \t\n\r\f\v" or is_separator(char)))
            at += 1
    return tuple(pieces)


def is_separator(char: str) -> bool:
    """Whether a character separates fields: printable ASCII, neither letter nor digit."""
    return char.isascii() and char.isprintable() and not char.isalnum() and char != " "
