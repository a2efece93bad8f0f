"""The texts of ranges and multiranges (src/backend/utils/adt/rangetypes.c, multirangetypes.c)."""

from __future__ import annotations

from typing import Any

from nexus_testkit.errors import DatabaseError
from nexus_testkit.errors.database import database_error
from nexus_testkit.postgres.values.casts import caster
from nexus_testkit.postgres.values.outputs import output
from nexus_testkit.postgres.values.ranges import Span, kind_of, load, store_multirange, store_range
from nexus_testkit.postgres.values.rangetypes import RANGE_OF, SUBTYPES, bound_type
from nexus_testkit.postgres.values.session import ValueSession


def _malformed(text: str, detail: str, what: str = "range") -> DatabaseError:
    return database_error("22P02", f'malformed {what} literal: "{text}"', detail=detail)


def parse_range(text: str, type_name: str, session: ValueSession) -> str:
    """The storage of a range's input text."""
    return store_range(_parse(text, type_name, session))


def _parse(text: str, type_name: str, session: ValueSession) -> list[Span]:
    """PostgreSQL's `range_parse`."""
    kind = kind_of(type_name)
    body = text.strip(" \t\n\r\v\f")
    if body[:5].lower() == "empty":
        if body[5:].strip():
            raise _malformed(text, 'Junk after "empty" key word.')
        return []
    if body[:1] not in {"[", "("}:
        raise _malformed(text, "Missing left parenthesis or bracket.")
    reader = _Reader(text, body, 1)
    lower = reader.bound()
    if reader.here() != ",":
        raise _malformed(text, "Missing comma after lower bound.")
    reader.at += 1
    upper = reader.bound()
    last = reader.here()
    if last not in {"]", ")"}:
        raise _malformed(text, "Too many commas.")
    if body[reader.at + 1 :].strip():
        raise _malformed(text, "Junk after right parenthesis or bracket.")
    convert = caster("text", kind.subtype)
    return kind.make(
        None if lower is None else convert(lower, session),
        None if upper is None else convert(upper, session),
        body[0] == "[",
        last == "]",
    )


class _Reader:
    def __init__(self, text: str, body: str, at: int) -> None:
        self.text, self.body, self.at = text, body, at

    def here(self) -> str:
        return self.body[self.at : self.at + 1]

    def bound(self) -> str | None:
        """PostgreSQL's `range_parse_bound`: None for an infinite one."""
        if self.here() in {",", ")", "]"}:
            return None
        pieces: list[str] = []
        quoted = False
        while quoted or self.here() not in {",", ")", "]"}:
            char = self.here()
            self.at += 1
            if char == "\\":
                char = self.here()
                self.at += 1
                pieces.append(char)
            elif char == '"':
                if quoted and self.here() == '"':
                    pieces.append('"')
                    self.at += 1
                else:
                    quoted = not quoted
            else:
                pieces.append(char)
            if not char:
                raise _malformed(self.text, "Unexpected end of input.")
        return "".join(pieces)


def parse_multirange(text: str, type_name: str, session: ValueSession) -> str:
    """PostgreSQL's `multirange_in`: the storage of a multirange's input text."""
    what = "multirange"
    body = text.strip(" \t\n\r\v\f")
    if not body.startswith("{"):
        raise _malformed(text, "Missing left brace.", what)
    spans: list[Span] = []
    at, seen = 1, 0
    while True:
        while body[at : at + 1].isspace():
            at += 1
        char = body[at : at + 1]
        if not char:
            raise _malformed(text, "Unexpected end of input.", what)
        if char == "}" and not seen:
            break
        if char in "[(":
            end = _range_end(text, body, at)
        elif body[at : at + 5].lower() == "empty":
            end = at + 5
        else:
            raise _malformed(text, "Expected range start.", what)
        spans += _parse(body[at:end], RANGE_OF[type_name], session)
        at, seen = end, seen + 1
        while body[at : at + 1].isspace():
            at += 1
        char = body[at : at + 1]
        if not char:
            raise _malformed(text, "Unexpected end of input.", what)
        if char not in ",}":
            raise _malformed(text, "Expected comma or end of multirange.", what)
        if char == "}":
            break
        at += 1
    if body[at + 1 :].strip():
        raise _malformed(text, "Junk after closing right brace.", what)
    return store_multirange(kind_of(type_name).normal(spans))


def _range_end(text: str, body: str, at: int) -> int:
    quoted = False
    while at < len(body):
        char = body[at]
        if char == "\\":
            at += 1
        elif char == '"':
            quoted = not quoted
        elif char in ")]" and not quoted:
            return at + 1
        at += 1
    raise _malformed(text, "Unexpected end of input.", "multirange")


def to_text(storage: str, type_name: str, session: ValueSession) -> str:
    """The text of a stored range or multirange."""
    spans = load(storage)
    write = output(bound_type(type_name) or "text")

    def bound(value: Any) -> str:
        if value is None:
            return ""
        text = str(write(value, session)) if write else str(value)
        if text and not any(char in '"\\()[],' or char.isspace() for char in text):
            return text
        return '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'

    shown = [
        f"{'[' if span.lower_inc else '('}{bound(span.lower)},{bound(span.upper)}{']' if span.upper_inc else ')'}"
        for span in spans
    ]
    if type_name in SUBTYPES:
        return shown[0] if shown else "empty"
    return "{" + ",".join(shown) + "}"
