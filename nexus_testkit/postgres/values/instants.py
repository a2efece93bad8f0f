"""Input text of date, time, timestamp and their zoned kin.

Storage is fixed-width text, so that SQLite's BINARY order is PostgreSQL's order: `YYYY-MM-DD`, `YYYY-MM-DD HH:MM:SS.ffffff` (timestamptz
in UTC), `HH:MM:SS.ffffff`; `-infinity` and `infinity` sort before and after every digit. timetz is `HH:MM:SS.ffffff+SSSSS`
(local time, offset in seconds). `datereading` reads the text.

Limits: years 1 to 9999, which is what Python's datetime holds; others are refused.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from nexus_testkit.postgres.values.datereading import malformed, read
from nexus_testkit.postgres.values.session import ValueSession
from nexus_testkit.postgres.values.times import (
    INFINITE,
    micros_of,
    round_micros,
    round_seconds,
    shift,
    time_text,
    timestamp_text,
    to_utc,
)
from nexus_testkit.postgres.values.types import Typmod, modifiers


def _special(word: str, session: ValueSession) -> datetime | str:
    if word in INFINITE:
        return word
    if word == "epoch":
        return datetime(1970, 1, 1)  # noqa: DTZ001  # storage is naive
    now = session.local_now()
    if word == "now":
        return now
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days={"tomorrow": 1, "yesterday": -1}.get(word, 0))


def parse_date(text: str, session: ValueSession) -> str:
    """The storage of a date's input text."""
    if len(text) == 10 and text[4] == text[7] == "-" and text.isascii():
        try:
            date.fromisoformat(text)
        except ValueError:
            pass
        else:
            return text
    parts = read(text, "date")
    if parts.special:
        value = _special(parts.special, session)
        return value if isinstance(value, str) else value.date().isoformat()
    if parts.day is None:
        raise malformed(text, "date")
    return parts.day.isoformat()


def parse_timestamp(text: str, type_name: str, session: ValueSession, typmod: Typmod = None) -> str:
    """The storage of a timestamp's or timestamptz' input text."""
    parts = read(text, type_name)
    zoned = type_name == "timestamptz"
    if parts.special:
        value = _special(parts.special, session)
        if isinstance(value, str):
            return value
        moment = shift(value, timedelta(microseconds=parts.micros or 0))
        if zoned and parts.special != "epoch":
            moment = to_utc(moment, parts.zone or session.zone)
        return round_seconds(timestamp_text(moment), typmod)
    if parts.day is None:
        raise malformed(text, type_name)
    day = parts.day
    moment = shift(datetime(day.year, day.month, day.day), timedelta(microseconds=parts.micros or 0))  # noqa: DTZ001
    if zoned:
        moment = to_utc(moment, parts.zone or session.zone)
    return round_seconds(timestamp_text(moment), typmod)


def parse_time(text: str, type_name: str, session: ValueSession, typmod: Typmod = None) -> str:
    """The storage of a time's or timetz' input text."""
    stripped = text.strip()
    if stripped.isdigit() and len(stripped) in {4, 6}:
        text = f"{stripped[:2]}:{stripped[2:4]}:{stripped[4:] or '00'}"
    parts = read(text, type_name)
    micros = parts.micros
    if parts.special == "now":
        micros = micros_of(timestamp_text(session.local_now())[11:])
    # a zone whose offset changes needs a date (src/backend/utils/adt/datetime.c, DecodeTimeOnly)
    unsettled = parts.zone is not None and parts.day is None and parts.zone.utcoffset(None) is None
    if micros is None or unsettled:
        raise malformed(text, type_name)
    places = modifiers(typmod)
    if places:
        micros = round_micros(micros, places[0])
    if type_name == "time":
        return time_text(micros)
    day = parts.day or session.local_now().date()
    zone = parts.zone or session.zone or UTC
    offset = datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() or timedelta()
    return f"{time_text(micros)}{int(offset.total_seconds()):+06d}"
