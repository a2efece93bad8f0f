"""What a report leaves out: passwords, tokens, credentials in headers and URLs, people's addresses.

It is applied when a record is put into words; the records themselves, which a test may look at, are whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from nexus_testkit.journal.forms import HIDDEN, without_forms
from nexus_testkit.journal.markup import without_markup, without_parts
from nexus_testkit.journal.names import SECRETS, SEVERAL, in_web, normal, only_about, pattern_of

# Domains that belong to nobody (RFC 2606 section 3, RFC 6761 section 6): there is nobody to protect.
_NOBODYS = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"""([^\s@<>"'(),:;\[\]=\\`{}])[^\s@<>"'(),:;\[\]=\\`{}]{0,63}@([^\s@<>"'(),:;\[\]/\\]+\.[^\s@<>"'(),:;\[\]/\\?&#]+)"""
)
_LOGIN = re.compile(r"(?<=://)([^\s/:@\"']*):([^\s/@\"']+)@")
_LOGIN_ALONE = re.compile(r"(?<=://)(?=[^\s/:@\"']*\d)[^\s/:@\"']{12,}@")  # a token where a name would stand
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|Negotiate|Token)\s+([A-Za-z0-9._~+/=-]{6,})")
# Of a URL's query, or of a form; what a browser shows of HTML has &amp; between the pairs.
_QUERY = re.compile(r"(?P<before>(?:[?&]|&amp;|^))(?P<name>[\w.%~-]{1,64})=(?P<value>[^&\s\"'<>#()\\]+)")
# One that is exchanged for a token (RFC 6749, section 4.1.2); a country's, or a status, is shorter.
_CODE = re.compile(r"(?=.*\d)[^,;]{12,}$")
# A name, what separates it from its value, the value: JSON, Python's reprs, `a=b` of URLs, forms and log lines. Names and local
# parts are bounded (RFC 5321 section 4.5.3.1.1: 64 octets), so that a long text without spaces takes no square of its length.
_PAIR = re.compile(
    r"""(?:(?P<quote>\\?["'])(?P<quoted>[^"'\\\n]{1,128})(?P=quote)\s*:\s*
    |(?<![\w-])(?P<name>\??\w[\w-]{0,63}\??)(?:\\?["']?\s*:(?!:)\s*|\\?["']?=|["']\s*=\s*|\s=\s(?=\S*[\d"'])(?!\S*\()))
    (?P<value>(?P<open>b?\\"|b?"|b?')(?:(?<=\\")(?:[^\\]|\\[^"])*\\"|(?<!\\")(?<=")(?:[^"\\]|\\.)*"|(?<=')(?:[^'\\]|\\.)*')
    |\{[^{}]*\}|\[[^\[\]]*\]|(?!\$\d)[^\s&,;)}\]"'\\]+|b?["'].*)""",
    re.VERBOSE | re.DOTALL,
)
_NO_VALUE = frozenset({"none", "null", "true", "false", "''", '""', "{}", "[]"})
_ID = re.compile(r":\d{1,5}(?!\w)")
_REPLAYS = "nx1:"  # the token of a search or a sweep: what it names is a run
_ENVIRONMENT = re.compile(r"[A-Z][A-Z0-9_]*_KEY$")
_KEY_LIKE = re.compile(r"(?=.*\d)[\"']?\S{16,}$")
_VIOLATED = re.compile(r"Key \((?P<columns>[^()]*)\)=\((?P<values>.*?)\)(?= (?:already|is |conflicts)|$)", re.MULTILINE)


@dataclass(frozen=True)
class Redaction:
    """What to leave out.

    Attributes:
        names: further names whose values are secret, as `"ssn"`; those of passwords, tokens, cookies and keys are known.
        patterns: regular expressions; what they find is left out, or their groups where they have any.
        addresses: whether e-mail addresses are shortened to `a***@domain`. Those at domains that belong to nobody
            (example.org, .test; RFC 2606, RFC 6761) stay as they are.
        enabled: whether anything is left out.
        tables: columns by the names of tables, for `INSERT INTO users VALUES ($1, $2)`; a journal knows those that it saw created.

    Raises (when it is used):
        re.error: a pattern is no regular expression.
    """

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    addresses: bool = True
    enabled: bool = True
    tables: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def columns_of(self, table: str) -> tuple[str, ...]:
        """The columns of a table, where they are known."""
        return dict(self.tables).get(table, ())

    @cached_property
    def _secret(self) -> re.Pattern[str]:
        return pattern_of(SECRETS)

    @cached_property
    def _further(self) -> re.Pattern[str] | None:
        return pattern_of(self.names) if self.names else None

    @cached_property
    def _several(self) -> re.Pattern[str]:
        return pattern_of(SEVERAL)

    @cached_property
    def _compiled(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(re.compile, self.patterns))

    @cached_property
    def _hints(self) -> tuple[str, ...]:
        return tuple(re.sub(r"[^a-z0-9]", "", name.lower()) for name in (*SECRETS, *SEVERAL, *self.names))

    def _may_name_secrets(self, text: str) -> bool:
        """Whether any name in it could be secret: most texts are done with then, for a tenth of what the patterns take."""
        plain = text.lower().replace("_", "").replace("-", "")
        return any(hint in plain for hint in self._hints)

    @cached_property
    def _kind_of(self) -> object:
        return lru_cache(maxsize=4096)(self._look_up)

    def _look_up(self, name: str) -> _Kind:
        plain = normal(name)
        if self._further is not None and self._further.search(plain):
            return _Kind(always=True, several=False, in_web=True)
        if only_about(plain):
            return _Kind(always=False, several=False, in_web=False)
        always = bool(self._secret.search(plain))
        return _Kind(always, bool(self._several.search(plain)), always or in_web(plain))

    def hides(self, name: object, *, in_web: bool = False) -> bool:
        """Whether what is called so is secret: `"password"`, `"X-Api-Key"`, `"accessToken"`.

        Args:
            name: of a column, a field, a header, a setting.
            in_web: whether it is one of a URL's query, a form, a header or a cookie, where `key` and `sig` are secret too.
        """
        if not self.enabled or not isinstance(name, str):
            return False
        kind: _Kind = self._kind_of(name)  # type: ignore[operator]  # a function
        return kind.in_web if in_web else kind.always

    def hides_key(self, key: object) -> bool:
        """Whether what is kept under a key of a cache, or in a file, is secret by that name, of which several may be: `tokens:7`."""
        if not self.enabled or not isinstance(key, str):
            return False
        kind: _Kind = self._kind_of(key)  # type: ignore[operator]  # a function
        return kind.always or kind.several

    def patterned(self, text: str) -> str:
        """The text without what the patterns find, and nothing else."""
        if self.enabled:
            for pattern in self._compiled:
                text = pattern.sub(_without_groups, text)
        return text

    def text(self, text: str) -> str:
        """The text without what is to be left out."""
        if not self.enabled:
            return text
        text = self.patterned(text)
        if "://" in text:
            text = _LOGIN_ALONE.sub(f"{HIDDEN}@", _LOGIN.sub(rf"\1:{HIDDEN}@", text))
        text = _SCHEME.sub(rf"\1 {HIDDEN}", without_forms(text))
        if "=" in text:
            text = _QUERY.sub(self._pair_of_query, text)
        if (":" in text or "=" in text) and (self._may_name_secrets(text) or "_KEY" in text):
            text = self._without_values(text)
            if ")=(" in text:
                text = _VIOLATED.sub(self._violated, text)
        if "<" in text:
            text = without_markup(text, self.hides)
        if 'name="' in text:
            text = without_parts(text, self.hides)
        return _ADDRESS.sub(_shortened, text) if self.addresses and "@" in text else text

    def _pair_of_query(self, found: re.Match[str]) -> str:
        name, value = found["name"], found["value"]
        if value.startswith(("$", HIDDEN)) or not (
            self.hides(name, in_web=True) or (name == "code" and _CODE.match(value))
        ):
            return found[0]
        if not found["before"] and "&" not in found.string[found.end() : found.end() + 1]:
            return found[0]  # the beginning of some text, not of a form
        return f"{found['before']}{name}={HIDDEN}"

    def _violated(self, found: re.Match[str]) -> str:
        """PostgreSQL's detail of a violated key: `Key (email, token)=(a@b.c, abc) already exists`."""
        if not any(map(self.hides, found["columns"].split(", "))):
            return found[0]
        return f"Key ({found['columns']})=({HIDDEN})"

    def _without_values(self, text: str) -> str:
        """The text without the values of secret names; what is not secret may hold something that is, and is looked into."""
        parts: list[str] = []
        kept = at = 0
        while (found := _PAIR.search(text, at)) is not None:
            value = found["value"]
            is_id = found["name"] and _ID.match(text, found.end("name"))  # a key of a cache: `token:7`
            if is_id or not self._hides_value(found["quoted"] or found["name"], value):
                at = found.start("value")
                continue
            start = found.start("value")
            opening = found["open"] or ("" if value[0] not in "\"'" else value[0])
            closing = opening.removeprefix("b")
            parts += [text[kept:start], opening, HIDDEN, closing]
            kept = at = found.end()
        return "".join([*parts, text[kept:]])

    def _hides_value(self, name: str, value: str) -> bool:
        if value.lower() in _NO_VALUE or value.lstrip("\\\"'").startswith((HIDDEN, _REPLAYS)):
            return False
        kind: _Kind = self._kind_of(name)  # type: ignore[operator]  # a function
        if kind.always or (kind.several and not value[0].isdigit() and value[0] != "{"):
            return True
        return bool(_ENVIRONMENT.match(name) and _KEY_LIKE.match(value))

    def lines(self, lines: Iterable[str]) -> list[str]:
        """Each line without what is to be left out."""
        return [self.text(line) for line in lines]


class _Kind(NamedTuple):
    """What a name says of its value: whether it is secret, or several are, or it is in URLs, forms and headers."""

    always: bool
    several: bool
    in_web: bool


def _shortened(found: re.Match[str]) -> str:
    return found[0] if _NOBODYS.search(found[2].rstrip(".")) else f"{found[1]}{HIDDEN}@{found[2]}"


def _without_groups(found: re.Match[str]) -> str:
    if not found.re.groups:
        return HIDDEN
    text, start = found[0], found.start()
    spans = sorted({found.span(group) for group in range(1, found.re.groups + 1)} - {(-1, -1)}, reverse=True)
    for begin, end in spans:
        text = f"{text[: begin - start]}{HIDDEN}{text[end - start :]}"
    return text


DEFAULT = Redaction()
"""What is left out where nobody says otherwise."""

CURRENT: ContextVar[Redaction] = ContextVar("nexus_testkit redaction", default=DEFAULT)
"""What new journals leave out."""
