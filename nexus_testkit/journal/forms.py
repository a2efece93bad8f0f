"""Secrets that their own form gives away, whatever stands beside them: keys of well-known makers, private keys, hashes, cards.

Each pattern has a text that must be there for it to find anything, so that most texts are done with after a few searches.
Sources: the formats that the makers publish for secret scanning (GitHub, GitLab, Slack, Stripe, AWS, Google, npm, PyPI, SendGrid,
OpenAI), RFC 7519 (JWT), RFC 7468 (PEM), crypt(5) and the PHC string format (password hashes), ISO/IEC 7812 (card numbers).
"""

from __future__ import annotations

import re
from collections.abc import Callable

HIDDEN = "***"

_Replacement = str | Callable[[re.Match[str]], str]


def _first_group(found: re.Match[str]) -> str:
    """The match with `***` in the place of its group "secret"."""
    begin, end = found.span("secret")
    return f"{found.string[found.start() : begin]}{HIDDEN}{found.string[end : found.end()]}"


def _card(found: re.Match[str]) -> str:
    """Hidden, where the check digit is right (Luhn)."""
    digits = [int(each) for each in found[0] if each.isdigit()][::-1]
    total = sum(digits[::2]) + sum(sum(divmod(2 * each, 10)) for each in digits[1::2])
    return found[0] if total % 10 else HIDDEN


# A digit is wanted where words could stand.
_FORMS: tuple[tuple[tuple[str, ...], re.Pattern[str], _Replacement], ...] = (
    (("eyJ",), re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)*"), HIDDEN),
    (
        ("PRIVATE KEY",),
        re.compile(
            r"-----BEGIN (?P<kind>[A-Z ]*PRIVATE KEY(?: BLOCK)?)-----(?! \*\*\*).*?(?:-----END (?P=kind)-----|\Z)",
            re.DOTALL,
        ),
        r"-----BEGIN \g<kind>----- ***",
    ),
    (("AKIA", "ASIA"), re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), HIDDEN),
    (("gh",), re.compile(r"\bgh[pousr]_[A-Za-z0-9]{20,}"), HIDDEN),
    (("github_pat_",), re.compile(r"\bgithub_pat_\w{20,}"), HIDDEN),
    (("glpat-",), re.compile(r"\bglpat-[\w.-]{16,}"), HIDDEN),
    (("xox",), re.compile(r"\bxox[abeoprs]-[\w-]{10,}"), HIDDEN),
    (("k_live_", "k_test_"), re.compile(r"\b[rs]k_(?:live|test)_\w{10,}"), HIDDEN),
    (("whsec_",), re.compile(r"\bwhsec_[\w+/=]{16,}"), HIDDEN),
    (("AIza",), re.compile(r"\bAIza[\w-]{30,}"), HIDDEN),
    (("ya29.",), re.compile(r"\bya29\.[\w-]{20,}"), HIDDEN),
    (("SG.",), re.compile(r"\bSG\.[\w-]{16,}\.[\w-]{16,}"), HIDDEN),
    (("npm_",), re.compile(r"\bnpm_[A-Za-z0-9]{30,}"), HIDDEN),
    (("pypi-",), re.compile(r"\bpypi-(?=[\w-]*\d)[\w-]{20,}"), HIDDEN),
    (("sk-",), re.compile(r"(?<![\w-])sk-(?=[\w-]*\d)[\w-]{20,}"), HIDDEN),
    (("hooks.slack.com",), re.compile(r"(?<=hooks\.slack\.com/)[\w/-]+"), HIDDEN),
    (("/api/webhooks/",), re.compile(r"(?<=/api/webhooks/)\d+/[\w-]+"), HIDDEN),
    (("$2",), re.compile(r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{22,}"), HIDDEN),
    (("$argon2",), re.compile(r"\$argon2(?:id|i|d)\$(?:v=\d+\$)?[\w=,]+(?:\$[\w+/=.-]+){1,2}"), HIDDEN),
    (("$5$", "$6$", "$y$"), re.compile(r"\$[56y]\$[\w=./$]{30,}"), HIDDEN),
    (("pbkdf2", "scrypt"), re.compile(r"\b(?:pbkdf2|scrypt)[\w:-]*[$:]\d+(?::\d+)*\$[\w+/=.-]+\$[\w+/=.-]+"), HIDDEN),
    # What resets a password, or confirms an address, by its path.
    (
        ("reset", "verif", "confirm", "activat", "invit", "unsubscribe", "magic", "login"),
        re.compile(
            r"/[\w-]*(?:reset|verif|confirm|activat|invit|unsubscribe|magic|login)[\w-]*(?:/[\w-]{1,15})?/(?P<secret>(?=[\w-]*\d)[\w-]{16,})",
            re.IGNORECASE,
        ),
        _first_group,
    ),
    # A code for one use: "Your code is 123456", "verification code: <b>123456</b>".
    (
        ("code", "Code", "CODE", "password", "Password", "pin", "PIN", "passcode"),
        re.compile(
            r"\b(?:your|verification|confirmation|security|log-?in|sign-?in|access|one-?time|2fa|otp|authentication)\s+"
            r"(?:[\w-]+\s+){0,2}(?:code|passcode|password|pin)\b[^\d\n]{0,20}(?<!\d)(?P<secret>\d{4,8})(?!\d)",
            re.IGNORECASE,
        ),
        _first_group,
    ),
    # Said in prose: "with password s3cret99", "the password is s3cret99", "api key: s3cret99", "session abc..." of a key.
    (
        ("assw", "oken", "OKEN", "ASSW", "ecret", "ECRET", " key", " Key", " KEY"),
        re.compile(
            r"\b(?:password|passwd|token|secret|(?:api|access|private|secret) key)(?:\s*:\s*|\s+(?:(?:is|was|to):?\s+)?)[\"']?"
            r"(?P<secret>(?=[^\s\"'<>,;()]*\d)(?=[^\s\"'<>,;()]*[A-Za-z])[^\s\"'<>,;()$=]{10,})",
            re.IGNORECASE,
        ),
        _first_group,
    ),
    (
        ("sess", "sid"),
        re.compile(r"\b(?:sessions?|sess|sid)[:/](?P<secret>(?=[\w-]*\d)[A-Za-z0-9_-]{16,})"),
        _first_group,
    ),
)
_CARD = re.compile(r"(?<![\w.-])(?:[3-6]\d{3}(?:[ -]\d{4}){3}|(?:4\d|5[1-5]|2[2-7]|6[05])\d{14}|3[47]\d{13})(?![\w.-])")


def without_forms(text: str) -> str:
    """The text without the secrets that their form gives away."""
    for hints, pattern, instead in _FORMS:
        for hint in hints:
            if hint in text:
                text = pattern.sub(instead, text)
                break
    return _CARD.sub(_card, text)
