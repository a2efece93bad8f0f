"""What a file of exchanges leaves out: what the journal does, by the same rules, at the places where HTTP has secrets.

It goes by structure where there is one (query, form, JSON, cookies, multipart, XML), so that the values of secret names go
whatever they look like, and what is left has the form that it had: a secret text becomes `***`, a secret number 0.

Limits: a binary body (base64 in the file) stays as it came, and so does a secret that neither its name nor its form gives away.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from dataclasses import replace
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from nexus_testkit.adapters.fake.http_bodies import (
    BOUNDARY,
    Body,
    dump_json,
    media_type,
    parse_json,
    read_body,
    with_fixed_boundary,
)
from nexus_testkit.journal import Redaction
from nexus_testkit.journal.forms import HIDDEN
from nexus_testkit.journal.markup import without_markup
from nexus_testkit.journal.names import normal, only_about, runs_together

Headers = dict[str, list[str]]

_HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"}
_FRAMING = {"content-length", "content-encoding"}  # of the body as it was on the wire
_NOISE = {"date", "age", "user-agent", "host", "accept-encoding"}  # other for each run, or each client
_LEFT_OUT = frozenset(_HOP_BY_HOP | _FRAMING | _NOISE)
_URLS = frozenset({"location", "content-location", "referer"})

_PART_NAME = re.compile(rb'(?i)\bname="([^"]*)"')
_FIRST_COOKIE_YEAR = 1994  # whoever lets a cookie expire before there were any deletes it


class ExchangeRedaction:
    """The journal's rules, applied to requests and responses. What has been redacted stays as it is when it is redacted again."""

    def __init__(self, redaction: Redaction) -> None:
        """Redact by these rules, also where they are switched off for what the terminal shows: a file is committed."""
        self._all = replace(redaction, enabled=True)
        self._without_addresses = replace(self._all, addresses=False)

    # -- URLs

    def url(self, url: str) -> str:
        """A URL, whole or relative, without credentials, and with its secret parts hidden."""
        url, _, _fragment = url.partition("#")
        before, mark, query = url.partition("?")
        scheme, slashes, rest = before.partition("://")
        authority, path = scheme + slashes, rest
        if slashes:
            host, slash, path = rest.partition("/")
            authority += host.rpartition("@")[2]
            path = slash + path
        else:
            authority, path = "", before
        # Part by part, for what looks like an address would begin at the host otherwise; then as the journal does it.
        path = "/".join(self._part(part) for part in path.split("/"))
        return self._without_addresses.text(f"{authority}{path}{mark}{self.pairs(query)}")

    def _part(self, part: str) -> str:
        plain = unquote(part)
        hidden = self._all.text(plain)
        return part if hidden == plain else quote(hidden, safe="*@:=")

    def pairs(self, text: str) -> str:
        """A query or a form: `a=1&token=***`. What is not secret keeps its spelling."""
        return "&".join(self._pair(pair) for pair in text.split("&"))

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return pair
        plain = unquote_plus(value)
        hidden = HIDDEN if plain and self._hides(unquote_plus(name), also=True) else self._value(plain)
        return pair if hidden == plain else f"{name}={quote_plus(hidden, safe='*@')}"

    # -- headers

    def headers(self, pairs: Iterable[tuple[str, str]]) -> Headers:
        """Those that say something about the exchange, in lower case and sorted by name, without their secrets."""
        found: Headers = {}
        for given, value in pairs:
            name = given.lower()
            if name in _LEFT_OUT or (name, value) == ("accept", "*/*"):
                continue
            found.setdefault(name, []).append(self._header(name, value))
        return dict(sorted(found.items()))

    def _header(self, name: str, value: str) -> str:
        if name == "set-cookie":
            return _cookie(value)
        if self._hides(name, also=True):
            scheme, space, _ = value.partition(" ")
            return f"{scheme} {HIDDEN}" if space and name.endswith("authorization") else HIDDEN
        if name == "content-type":
            return with_fixed_boundary(value)
        return self.url(value) if name in _URLS else self._all.text(value)

    # -- bodies

    def body(self, body: Body, content_type: str) -> Body:
        """A body without its secrets."""
        kind = media_type(content_type)
        match body.kind:
            case "json":
                return Body("json", self._json(body.value))
            case "text" if kind == "application/x-www-form-urlencoded":
                return Body("text", self.pairs(body.value))
            case "text" if kind.startswith("multipart/"):
                return read_body(self._multipart(body.value.encode()), "")
            case "base64" if kind.startswith("multipart/"):
                return read_body(self._multipart(base64.b64decode(body.value)), "")
            case "text":
                return Body("text", self._text(body.value))
        return body

    def _json(self, value: Any, *, secret: bool = False) -> Any:
        if isinstance(value, dict):
            made: dict[str, Any] = {}
            for name, member in value.items():
                shown = self._all.text(name)
                while shown in made:  # two addresses that are shortened alike
                    shown += "*"
                made[shown] = self._json(member, secret=secret or self._hides(name))
            return made
        if isinstance(value, list):
            return [self._json(member, secret=secret) for member in value]
        if isinstance(value, str):
            return HIDDEN if secret and value else self._value(value)
        return 0 if secret and isinstance(value, (int, float)) and not isinstance(value, bool) else value

    def _value(self, text: str) -> str:
        return self.url(text) if re.match(r"https?://\S+$", text) else self._text(text)

    def _text(self, text: str) -> str:
        if text[:1] in ("{", "["):  # JSON that does not say so
            try:
                value = parse_json(text)
            except ValueError:
                pass
            else:
                hidden = self._json(value)
                return text if hidden == value else dump_json(hidden)
        if "<" in text:
            text = without_markup(text, self._hides)
        return self._all.text(text)

    def _multipart(self, content: bytes) -> bytes:
        return b"".join(
            part if at == 0 else self._form_part(part)
            for at, part in enumerate(re.split(rb"(?=--%b)" % BOUNDARY.encode(), content))
        )

    def _form_part(self, part: bytes) -> bytes:
        head, blank, content = part.partition(b"\r\n\r\n")
        name = _PART_NAME.search(head)
        if name is not None and self._hides(name[1].decode("utf-8", "replace"), also=True):
            return head + blank + HIDDEN.encode() + b"\r\n"
        try:
            text = content.removesuffix(b"\r\n").decode()
        except ValueError:
            return part
        return head + blank + self._text(text).encode() + (b"\r\n" if content.endswith(b"\r\n") else b"")

    def _hides(self, name: str, *, also: bool = False) -> bool:
        return self._all.hides(name, in_web=also) or bool(runs_together(normal(name)) and not only_about(normal(name)))


def _cookie(value: str) -> str:
    """`Set-Cookie` without its value, and without a date that is another one each time; `Max-Age` says the same."""
    pair, *attributes = value.split(";")
    name, equals, content = pair.partition("=")
    kept = [each for each in attributes if not each.strip().lower().startswith("expires=") or _deletes(each)]
    return ";".join([f"{name}{equals}{HIDDEN if content.strip() else ''}", *kept])


def _deletes(attribute: str) -> bool:
    try:
        return parsedate_to_datetime(attribute.partition("=")[2]).year < _FIRST_COOKIE_YEAR
    except ValueError:
        return False
