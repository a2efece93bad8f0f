"""Time zones by name, abbreviation and offset."""

from __future__ import annotations

import re
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from nexus_testkit.errors import DatabaseError, UnsupportedSQL
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.session import fixed_zone

#: Hours ahead of UTC of the abbreviations that PostgreSQL's default set gives one offset.
_ABBREVIATIONS: dict[str, float] = {
    name: float(hours)
    for hours, names in (
        line.split(" ", 1)
        for line in """
0 z zulu utc uct gmt ut wet
1 cet mez bst wat wetdst
2 cest mest mesz metdst cetdst eet ist sast
1 met
3 eest eetdst idt eat
5 pkt
8 awst hkt sgt pht
9 jst kst
9.5 acst cast
10 aest kdt
10.5 acdt cadt
11 aedt
12 nzst nzt
13 nzdt
-2.5 ndt
-3 adt
-3.5 nst
-4 ast edt
-5 est cdt
-6 cst mdt
-7 mst pdt
-8 pst akdt
-9 akst
-10 hst
""".strip().splitlines()
    )
    for name in names.split()
}
#: Those whose offset has changed in the course of time, and rare ones: PostgreSQL knows them, the fake does not.
_REFUSED_ABBREVIATIONS = frozenset(
    [
        "acsst",
        "act",
        "acwst",
        "aesst",
        "aft",
        "almst",
        "almt",
        "amst",
        "amt",
        "anast",
        "anat",
        "arst",
        "art",
        "awsst",
        "azost",
        "azot",
        "azst",
        "azt",
        "bdst",
        "bdt",
        "bnt",
        "bort",
        "bot",
        "bra",
        "brst",
        "brt",
        "btt",
        "cct",
        "chadt",
        "chast",
        "chut",
        "ckt",
        "clst",
        "clt",
        "cot",
        "cxt",
        "davt",
        "ddut",
        "easst",
        "east",
        "egst",
        "egt",
        "fet",
        "fjst",
        "fjt",
        "fkst",
        "fkt",
        "fnst",
        "fnt",
        "galt",
        "gamt",
        "gest",
        "get",
        "gft",
        "gilt",
        "gyt",
        "ict",
        "iot",
        "irkst",
        "irkt",
        "irt",
        "jayt",
        "kgst",
        "kgt",
        "kost",
        "krast",
        "krat",
        "lhdt",
        "lhst",
        "ligt",
        "lint",
        "lkt",
        "magst",
        "magt",
        "mart",
        "mawt",
        "mht",
        "mmt",
        "mpt",
        "msd",
        "msk",
        "must",
        "mut",
        "mvt",
        "myt",
        "nft",
        "novst",
        "novt",
        "npt",
        "nut",
        "omsst",
        "omst",
        "pet",
        "petst",
        "pett",
        "pgt",
        "pkst",
        "pmdt",
        "pmst",
        "pont",
        "pwt",
        "pyst",
        "pyt",
        "ret",
        "sadt",
        "sct",
        "taht",
        "tft",
        "tjt",
        "tkt",
        "tmt",
        "tot",
        "trut",
        "tvt",
        "ulast",
        "ulat",
        "uyst",
        "uyt",
        "uzst",
        "uzt",
        "vet",
        "vlast",
        "vlat",
        "volt",
        "vut",
        "wadt",
        "wakt",
        "wast",
        "wdt",
        "wft",
        "wgst",
        "wgt",
        "xjt",
        "yakst",
        "yakt",
        "yapt",
        "yekst",
        "yekt",
    ]  # reads better than quoted words
)


def abbreviation(word: str) -> int | None:
    """Seconds ahead of UTC of a zone's abbreviation in lower case; None for what is none."""
    hours = _ABBREVIATIONS.get(word)
    if hours is None and word in _REFUSED_ABBREVIATIONS:
        raise UnsupportedSQL(f'the time zone abbreviation "{word}"')
    return None if hours is None else int(hours * 3600)


class Displaced(Exception):  # a signal inside this module
    """The offset of a zone is out of range."""


def spoken_zone(word: str) -> tzinfo | None:
    """The zone that a date's text names, in lower case; None for a word that is no zone, 22023 for an unknown `area/city`."""
    seconds = abbreviation(word)
    if seconds is not None:
        return fixed_zone(seconds)
    if word in {"est5edt", "cst6cdt", "mst7mdt", "pst8pdt"}:
        return ZoneInfo(word.upper())
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
    seconds = abbreviation(lowered)
    if seconds is not None:
        return fixed_zone(seconds)
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
