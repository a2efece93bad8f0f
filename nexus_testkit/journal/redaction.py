"""What a report leaves out: passwords, tokens, credentials in headers and URLs, people's addresses.

It is applied when a record is put into words; the records themselves, which a test may look at, are whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property, lru_cache

HIDDEN = "***"

_SECRETS = (
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "jwt", "otp", "authorization",
    "cookie", "cookies", "credential", "credentials", "api_key", "apikey", "private_key", "access_key", "session_id",
    "sessionid", "signature", "csrf", "csrftoken",
)  # fmt: skip

# Domains that belong to nobody (RFC 2606 section 3, RFC 6761 section 6): there is nobody to protect.
_NOBODYS = re.compile(r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$", re.IGNORECASE)
_ADDRESS = re.compile(
    r"""([^\s@<>"'(),:;\[\]=\\])[^\s@<>"'(),:;\[\]=\\]{0,63}@([^\s@<>"'(),:;\[\]/\\]+\.[^\s@<>"'(),:;\[\]/\\?&#]+)"""
)
_LOGIN = re.compile(r"(?<=://)([^\s/:@\"']*):([^\s/@\"']+)@")
_SCHEME = re.compile(r"\b(Bearer|Basic|Digest|Negotiate|Token)\s+([A-Za-z0-9._~+/=-]{6,})")
_JWT = re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*")
# Names and local parts are bounded (RFC 5321 section 4.5.3.1.1: 64 octets), so that a long text without spaces takes no square of its length.
# A name, what separates it from its value, the value: JSON, Python's reprs, `a=b` of URLs, forms and log lines.
_PAIR = re.compile(
    r"""(?<![\w-])(?P<name>\w[\w-]{0,63})(?P<between>\\?["']?\s*:(?!:)\s*|\\?["']?=|["']\s*=\s*)
    (?P<value>\\"(?:[^\\]|\\[^"])*\\"|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\{[^{}]*\}|\[[^\[\]]*\]|(?!\$\d)[^\s&,;)}\]"'\\]+|["'].*)""",
    re.VERBOSE | re.DOTALL,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NO_VALUE = frozenset({"none", "null", "true", "false", "''", '""', "{}", "[]"})


@dataclass(frozen=True)
class Redaction:
    """What to leave out.

    Attributes:
        names: further names whose values are secret, as `"ssn"`; those of passwords, tokens, cookies and keys are known.
        patterns: regular expressions; what they find is left out, or their groups where they have any.
        addresses: whether e-mail addresses are shortened to `a***@domain`. Those at domains that belong to nobody
            (example.org, .test; RFC 2606, RFC 6761) stay as they are.
        enabled: whether anything is left out.

    Raises (when it is used):
        re.error: a pattern is no regular expression.
    """

    names: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    addresses: bool = True
    enabled: bool = True

    @cached_property
    def _secret(self) -> re.Pattern[str]:
        known = "|".join(re.escape(_normal(name)).replace("_", "_?") for name in (*_SECRETS, *self.names))
        return re.compile(rf"(?:^|_)(?:{known})(?:$|_)")

    @cached_property
    def _compiled(self) -> tuple[re.Pattern[str], ...]:
        return tuple(map(re.compile, self.patterns))

    @cached_property
    def _hints(self) -> tuple[str, ...]:
        return tuple(re.sub(r"[^a-z0-9]", "", name.lower()) for name in (*_SECRETS, *self.names))

    def _may_name_secrets(self, text: str) -> bool:
        """Whether any name in it could be secret: most texts are done with then, for a tenth of what the patterns take."""
        plain = text.lower().replace("_", "").replace("-", "")
        return any(hint in plain for hint in self._hints)

    @cached_property
    def _is_secret(self) -> object:
        return lru_cache(maxsize=4096)(lambda name: bool(self._secret.search(_normal(name))))

    def hides(self, name: object) -> bool:
        """Whether what is called so is secret: `"password"`, `"X-Api-Key"`, `"accessToken"`."""
        return self.enabled and isinstance(name, str) and self._is_secret(name)  # type: ignore[operator]  # a function

    def text(self, text: str) -> str:
        """The text without what is to be left out."""
        if not self.enabled:
            return text
        for pattern in self._compiled:
            text = pattern.sub(_without_groups, text)
        if "://" in text:
            text = _LOGIN.sub(rf"\1:{HIDDEN}@", text)
        if "eyJ" in text:
            text = _JWT.sub(HIDDEN, text)
        text = _SCHEME.sub(rf"\1 {HIDDEN}", text)
        if (":" in text or "=" in text) and self._may_name_secrets(text):
            text = self._without_values(text)
        return _ADDRESS.sub(_shortened, text) if self.addresses and "@" in text else text

    def _without_values(self, text: str) -> str:
        """The text without the values of secret names; what is not secret may hold something that is, and is looked into."""
        parts: list[str] = []
        kept = at = 0
        while (found := _PAIR.search(text, at)) is not None:
            value = found["value"]
            if not self.hides(found["name"]) or value.lower() in _NO_VALUE:
                at = found.start("value")
                continue
            quote = '\\"' if value.startswith('\\"') else value[0] if value[0] in "\"'" else ""
            parts += [text[kept : found.start("value")], quote, HIDDEN, quote]
            kept = at = found.end()
        return "".join([*parts, text[kept:]])

    def lines(self, lines: Iterable[str]) -> list[str]:
        """Each line without what is to be left out."""
        return [self.text(line) for line in lines]


def _normal(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", _CAMEL.sub("_", name).lower())


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
