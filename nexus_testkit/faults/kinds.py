"""The kinds of faults that a search or a sweep draws for a call, by port and operation."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from nexus_testkit.faults import effects
from nexus_testkit.faults.effects import Effect


@dataclass(frozen=True, slots=True)
class Kind:
    """One thing that can go wrong with a call, as `nexus.faults` would declare it.

    Attributes:
        name: short, and the same in every version: it goes into replay tokens.
        words: what happens, for a person.
        verb: the verb of `nexus.faults.on(...)`.
        arguments, options: what the verb is given.
        target: the recipient to aim at, as `"recipient:bob@example.org"`; None where the operation says it all.
    """

    name: str
    words: str
    verb: str
    arguments: tuple[Any, ...] = ()
    options: tuple[tuple[str, Any], ...] = ()
    target: str | None = None

    @property
    def code(self) -> str:
        """The verb as a test writes it, such as `"raises('40001')"`."""
        given = [*map(repr, self.arguments), *(f"{name}={value!r}" for name, value in self.options)]
        return f"{self.verb}({', '.join(given)})"

    def effect(self, failing: Any) -> Effect:
        """What it does to a call, with the errors of the adapter `failing`."""
        options = dict(self.options)
        if self.target is not None:
            options["address"] = self.target.removeprefix("recipient:")
        return _EFFECTS[self.verb](failing, *self.arguments, **options, words=self.code)

    def __str__(self) -> str:
        return self.name


_EFFECTS: dict[str, Callable[..., Effect]] = {
    "raises": effects.raising,
    "loses_reply": effects.losing_reply,
    "hangs": effects.hanging,
    "refuses": effects.refusing,
    "hangs_up": effects.hanging_up,
    "goes_silent": effects.going_silent,
    "responds": effects.responding,
    "garbles": effects.garbling,
    "trickles": effects.trickling,
}


def _raises(code: str, words: str) -> Kind:
    return Kind(code, words, "raises", (code,))


REFUSED = _raises("refused", "no connection: nobody listens")
RESET = _raises("reset", "the connection breaks before the call is made")
TIMEOUT = _raises("timeout", "the driver's time is over before the server has answered")
LOST_REPLY = Kind("loses_reply", "the call is made, and the connection breaks before the reply", "loses_reply")
HANGS = Kind("hangs", "the call is not made and never comes back", "hangs")

# ---------------------------------------------------------------------------------------------- PostgreSQL

SERIALIZATION = _raises("40001", "serialization failure")
DEADLOCK = _raises("40P01", "chosen as the victim of a deadlock")
DISK_FULL = _raises("53100", "no space left on the server's disk")
TOO_MANY = _raises("53300", "the server has no connection left")
SHUTDOWN = _raises("57P01", "an administrator ends the connection")
EXHAUSTED = _raises("exhausted", "no session of the pool becomes free in time")
STARTING = _raises("57P03", "the server is starting up")

_DATABASE = (
    SERIALIZATION, DEADLOCK, DISK_FULL, TOO_MANY, SHUTDOWN, STARTING, EXHAUSTED, REFUSED, RESET, TIMEOUT, LOST_REPLY,
    HANGS,
)  # fmt: skip

# --------------------------------------------------------------------------------------------------- Redis

LOADING = _raises("LOADING", "the server is loading its data")
READONLY = _raises("READONLY", "the server has become a replica")
OUT_OF_MEMORY = _raises("OOM", "the server has no memory left")
BUSY = _raises("BUSY", "a script keeps the server busy")

_CACHE = (LOADING, READONLY, OUT_OF_MEMORY, BUSY, REFUSED, RESET, TIMEOUT, LOST_REPLY, HANGS)

# ---------------------------------------------------------------------------------------------------- mail


STAGES = ("CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "END-OF-MESSAGE", "QUIT")
"""The steps of a mail's conversation, in Postfix' names (protocol_state of its policy servers)."""


@cache
def smtp_reply(code: int, stage: str, text: str | None = None) -> Kind:
    """The server's refusal at a stage of the conversation, as kind `"452 at RCPT"`."""
    text = SMTP_TEXTS.get((code, stage), f"{code // 100}.0.0 Refused") if text is None else text
    words = f"the mail server answers {code} at {stage}"
    return Kind(f"{code} at {stage}", words, "refuses", (code, text), (("at", stage),))


@lru_cache(maxsize=256)
def smtp_recipient(code: int, address: str) -> Kind:
    """The server's refusal of one recipient among several, as kind `"550 for bob@example.org"`."""
    text = SMTP_TEXTS.get((code, "RCPT"), f"{code // 100}.0.0 Refused")
    words = f"the mail server refuses {address} with {code}"
    return Kind(f"{code} for {address}", words, "refuses", (code, text), (), f"recipient:{address}")


@cache
def smtp_silence(stage: str) -> Kind:
    """The server's silence at a stage, as kind `"silence at DATA"`; the client's time runs out."""
    return Kind(f"silence at {stage}", f"the mail server is silent at {stage}", "goes_silent", (), (("at", stage),))


@cache
def smtp_end(stage: str) -> Kind:
    """The end of the connection at a stage, as kind `"hang-up at DATA"`."""
    return Kind(f"hang-up at {stage}", f"the mail server hangs up at {stage}", "hangs_up", (), (("at", stage),))


_NO_USER = "5.1.1 No such user"
# In the words of Postfix 3.9 (src/smtpd, src/cleanup) and of RFC 4954, 4.7.1 and 6.
SMTP_TEXTS = {
    (421, "CONNECT"): "4.3.2 Service not available, closing transmission channel",
    (451, "MAIL"): "4.3.0 Temporary lookup failure",
    (452, "MAIL"): "4.3.1 Insufficient system storage",
    (452, "RCPT"): "4.5.3 Error: too many recipients",
    (450, "RCPT"): "4.2.0 Recipient address rejected: Greylisted",
    (550, "RCPT"): _NO_USER,
    (454, "STARTTLS"): "4.7.0 TLS not available due to local problem",
    (454, "AUTH"): "4.7.0 Temporary authentication failure",
    (535, "AUTH"): "5.7.8 Error: authentication failed",
    (451, "DATA"): "4.3.0 Error: queue file write error",
    (451, "END-OF-MESSAGE"): "4.3.0 Error: queue file write error",
    (452, "END-OF-MESSAGE"): "4.3.1 Insufficient system storage",
    (552, "END-OF-MESSAGE"): "5.3.4 Error: message file too big",
    (554, "END-OF-MESSAGE"): "5.7.1 Message rejected as spam",
}

_MAIL = (
    REFUSED, smtp_reply(421, "CONNECT"), smtp_reply(451, "MAIL"), smtp_reply(452, "RCPT"),
    smtp_reply(451, "END-OF-MESSAGE"), smtp_silence("MAIL"), smtp_end("DATA"), RESET, TIMEOUT, LOST_REPLY, HANGS,
)  # fmt: skip

# ---------------------------------------------------------------------------------------------------- HTTP


@cache
def http_status(status: int) -> Kind:
    """An answer that the server behind the route never gave, as kind `"status 503"`."""
    options = ((("headers", (("Retry-After", "1"),)),)) if status in (429, 503) else ()
    return Kind(
        f"status {status}", f"the server, or a proxy before it, answers {status}", "responds", (status,), options
    )


SILENCE = Kind("timeout", "the server does not answer while the client waits", "goes_silent")
TRUNCATED = Kind("truncated", "the connection breaks in the middle of the answer's body", "garbles", ("truncated",))
_GARBLED = (
    TRUNCATED,
    Kind("broken json", "the answer's JSON is half of it", "garbles", ("json",)),
    Kind("broken charset", "the answer's text is not in its charset", "garbles", ("charset",)),
    Kind("broken encoding", "the answer calls itself gzip and is not", "garbles", ("encoding",)),
    Kind("length too large", "the answer announces more than comes", "garbles", ("length too large",)),
    Kind("length too small", "the answer announces less than comes", "garbles", ("length too small",)),
)
SLOW = Kind("slow body", "the answer's body comes in pieces, over 12 seconds", "trickles", (12.0,))
_HTTP = (
    http_status(503), http_status(429), http_status(500), *_GARBLED, SLOW, REFUSED, RESET, SILENCE, LOST_REPLY, HANGS,
)  # fmt: skip

# --------------------------------------------------------------------------------------------------- files

NO_SPACE = _raises("ENOSPC", "no space left on the disk")
NO_ACCESS = _raises("EACCES", "permission denied")
IO_ERROR = _raises("EIO", "the disk cannot be read or written")

_FILES = (NO_SPACE, NO_ACCESS, IO_ERROR, HANGS)

KNOWN: Mapping[str, tuple[Kind, ...]] = {
    "analytics": _DATABASE,
    "cache": _CACHE,
    "clock": (),
    "database": _DATABASE,
    "files": _FILES,
    "http": _HTTP,
    "mail": _MAIL,
}
"""What each port can have by name; what is drawn for a call by itself is less: see `catalogue.kinds_of`."""

_SQLSTATE = re.compile(r"(?!0[012])([0-9A-Z]{5})")  # classes 00, 01 and 02 are no errors
_STAGE = f"({'|'.join(STAGES)})"
_PARAMETRIC: Mapping[str, tuple[tuple[re.Pattern[str], Callable[..., Kind]], ...]] = {
    "database": ((_SQLSTATE, lambda state: _raises(state, f"SQLSTATE {state}")),),
    "analytics": ((_SQLSTATE, lambda state: _raises(state, f"SQLSTATE {state}")),),
    "mail": (
        (re.compile(rf"([45]\d\d) at {_STAGE}"), lambda code, stage: smtp_reply(int(code), stage)),
        (re.compile(rf"silence at {_STAGE}"), smtp_silence),
        (re.compile(rf"hang-up at {_STAGE}"), smtp_end),
        (re.compile(r"([45]\d\d) for (\S+@\S+)"), lambda code, address: smtp_recipient(int(code), address)),
    ),
    "http": ((re.compile(r"status ([1-5]\d\d)"), lambda status: http_status(int(status))),),
}


def named(port: str, name: str) -> Kind | None:
    """The kind of this name at a port, or None: one of `KNOWN`, or any SQLSTATE, SMTP reply or HTTP status."""
    for kind in KNOWN.get(port, ()):
        if kind.name == name:
            return kind
    for pattern, make in _PARAMETRIC.get(port, ()):
        found = pattern.fullmatch(name)
        if found is not None:
            return make(*found.groups())
    return None
