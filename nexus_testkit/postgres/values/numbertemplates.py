"""The templates of to_char and to_number of numbers: what their patterns mean together (src/backend/utils/adt/formatting.c, `NUMDesc_prepare`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error

#: In PostgreSQL's order: the first that fits is taken.
_KEYWORDS = (
    ",",
    ".",
    "0",
    "9",
    "B",
    "C",
    "D",
    "EEEE",
    "FM",
    "G",
    "L",
    "MI",
    "PL",
    "PR",
    "RN",
    "SG",
    "SP",
    "S",
    "TH",
    "V",
)
_ALL = (*_KEYWORDS, *(word.lower() for word in _KEYWORDS if word.isalpha()))


def _wrong(message: str, detail: str | None = None) -> DatabaseError:
    return database_error("42601", message, detail=detail)


@dataclass(slots=True)
class Description:
    """formatting.c's NUMDesc."""

    pre: int = 0
    post: int = 0
    multi: int = 0
    lsign: str = ""  # "pre" or "post"
    pre_lsign: int = 0
    zero_start: int = 0
    zero_end: int = 0
    flags: frozenset[str] = frozenset()

    def __contains__(self, flag: str) -> bool:
        return flag in self.flags

    def set(self, *flags: str) -> None:
        self.flags |= set(flags)


Node = tuple[str, bool, bool]  # the keyword or character, whether it is a keyword, whether it was lower case


@lru_cache(maxsize=256)
def parsed(pattern: str) -> tuple[tuple[Node, ...], Description]:
    """The pieces of a template and what they describe; 42601 where they do not go together."""
    nodes: list[Node] = []
    found = Description()
    at = 0
    while at < len(pattern):
        word = next((word for word in _ALL if pattern.startswith(word, at)), None)
        if word is not None:
            nodes.append((word.upper(), True, word.islower()))
            at += len(word)
            _prepare(found, word.upper())
        elif pattern[at] == '"':
            at += 1
            while at < len(pattern) and pattern[at] != '"':
                if pattern[at] == "\\" and at + 1 < len(pattern):
                    at += 1
                nodes.append((pattern[at], False, False))
                at += 1
            at += 1
        else:
            if pattern.startswith('\\"', at):
                at += 1
            nodes.append((pattern[at], False, False))
            at += 1
    return tuple(nodes), found


def _prepare(num: Description, word: str) -> None:  # NUMDesc_prepare, one branch a pattern
    if "eeee" in num and word != "EEEE":
        raise _wrong('"EEEE" must be the last pattern used')
    if word in "09" and "bracket" in num:
        raise _wrong(f'"{word}" must be ahead of "PR"')
    if word == "9":
        if "multi" in num:
            num.multi += 1
        elif "decimal" in num:
            num.post += 1
        else:
            num.pre += 1
    elif word == "0":
        if "zero" not in num and "decimal" not in num:
            num.set("zero")
            num.zero_start = num.pre + 1
        if "decimal" in num:
            num.post += 1
        else:
            num.pre += 1
        num.zero_end = num.pre + num.post
    elif word == "B":
        if not num.pre and not num.post and "zero" not in num:
            num.set("blank")
    elif word in {"D", "."}:
        if "decimal" in num:
            raise _wrong("multiple decimal points")
        if "multi" in num:
            raise _wrong('cannot use "V" and decimal point together')
        num.set("decimal")
    elif word == "FM":
        num.set("fill")
    elif word == "V":
        if "decimal" in num:
            raise _wrong('cannot use "V" and decimal point together')
        num.set("multi")
    elif word == "EEEE":
        if "eeee" in num:
            raise _wrong('cannot use "EEEE" twice')
        if num.flags & {"blank", "fill", "lsign", "bracket", "minus", "plus", "roman", "multi"}:
            raise _wrong(
                '"EEEE" is incompatible with other formats',
                '"EEEE" may only be used together with digit and decimal point patterns.',
            )
        num.set("eeee")
    elif word == "RN":
        if "roman" in num:
            raise _wrong('cannot use "RN" twice')
        num.set("roman")
    else:
        _prepare_sign(num, word)
    if "roman" in num and num.flags - {"roman", "fill"}:
        raise _wrong('"RN" is incompatible with other formats', '"RN" may only be used together with "FM".')


def _prepare_sign(num: Description, word: str) -> None:
    if word == "S":
        if "lsign" in num:
            raise _wrong('cannot use "S" twice')
        if num.flags & {"plus", "minus", "bracket"}:
            raise _wrong('cannot use "S" and "PL"/"MI"/"SG"/"PR" together')
        if "decimal" not in num:
            num.lsign, num.pre_lsign = "pre", num.pre
        elif not num.lsign:
            num.lsign = "post"
        num.set("lsign")
    elif word in {"MI", "PL", "SG"}:
        if "lsign" in num:
            raise _wrong(f'cannot use "S" and "{word}" together')
        num.set(*{"MI": ("minus",), "PL": ("plus",), "SG": ("minus", "plus")}[word])
    elif word == "PR":
        if num.flags & {"lsign", "plus", "minus"}:
            raise _wrong('cannot use "PR" and "S"/"PL"/"MI"/"SG" together')
        num.set("bracket")
