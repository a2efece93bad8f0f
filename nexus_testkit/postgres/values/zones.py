"""Time zones by name, abbreviation and offset."""

from __future__ import annotations

import re
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.session import fixed_zone

_ABBREVIATIONS = {
    **dict.fromkeys(("z", "zulu", "utc", "gmt", "ut"), 0),
    "est": -5,
    "edt": -4,
    "cst": -6,
    "cdt": -5,
    "mst": -7,
    "mdt": -6,
    "pst": -8,
    "pdt": -7,
    "cet": 1,
    "cest": 2,
    "bst": 1,
    "wet": 0,
    "west": 1,
    "eet": 2,
    "eest": 3,
    "msk": 3,
    "jst": 9,
    "kst": 9,
}


class Displaced(Exception):  # a signal inside this module
    """The offset of a zone is out of range."""


def spoken_zone(word: str) -> tzinfo | None:
    """The zone that a date's text names, in lower case; None for a word that is no zone, 22023 for an unknown `area/city`."""
    hours = _ABBREVIATIONS.get(word)
    if hours is not None:
        return fixed_zone(hours * 3600)
    if "/" not in word:
        return None
    try:
        return named_zone("/".join(part.capitalize() for part in word.split("/")))
    except DatabaseError:
        found = _zone_ignoring_case(word)
        if found is None:
            raise database_error("22023", f'time zone "{word}" not recognized') from None
        return found


def _zone_ignoring_case(word: str) -> tzinfo | None:
    parts = ["_".join(piece.capitalize() for piece in part.split("_")) for part in word.split("/")]
    try:
        return ZoneInfo("/".join(parts))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def offset_zone(text: str) -> tzinfo:
    """The zone of `+02`, `+0230`, `+02:30` or `+02:30:15`."""
    sign, digits = (-1 if text[0] == "-" else 1), text[1:]
    pieces = digits.split(":") if ":" in digits else [digits[:-2], digits[-2:]] if len(digits) > 2 else [digits]
    hours, minutes, seconds = (*map(int, pieces), 0, 0)[:3]
    if hours > 15 or minutes > 59:
        raise Displaced
    return fixed_zone(sign * (hours * 3600 + minutes * 60 + seconds))


def named_zone(name: str) -> tzinfo:
    """The zone of AT TIME ZONE's text: a name, an abbreviation, or a POSIX offset (whose sign is the other way round)."""
    lowered = name.strip().lower()
    if lowered in _ABBREVIATIONS:
        return fixed_zone(_ABBREVIATIONS[lowered] * 3600)
    posix = re.fullmatch(r"(?:[a-z]{3,}|<[^>]+>)?([+-]?)(\d{1,2})(?::(\d{2}))?", lowered)
    if posix:
        seconds = int(posix[2]) * 3600 + int(posix[3] or 0) * 60
        return fixed_zone(seconds if posix[1] == "-" else -seconds)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        found = _zone_ignoring_case(lowered)
        if found is None:
            raise database_error("22023", f'time zone "{name}" not recognized') from None
        return found
