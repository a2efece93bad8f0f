"""What a test expects of a mail, and how a mail differs from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields

from nexus_testkit.adapters.fake.mail_message import SentMail, same_mailbox

Addresses = str | Iterable[str]
Text = str | re.Pattern[str]
AttachedFile = str | tuple[str, bytes]

_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is expected; None does not matter. The fields are those of `MailHandle.assert_sent`."""

    to: Addresses | None = None
    cc: Addresses | None = None
    bcc: Addresses | None = None
    sender: str | None = None
    subject: Text | None = None
    text: Text | None = None
    html: Text | None = None
    body_contains: str | None = None
    attachment: AttachedFile | None = None

    def differences(self, mail: SentMail) -> list[str]:
        """How `mail` differs, one line for each field; empty where it does not."""
        return [
            *_addresses("to", self.to, mail.to, mail),
            *_addresses("cc", self.cc, mail.cc, mail),
            *_addresses("bcc", self.bcc, mail.bcc, mail),
            *self._sender(mail),
            *_whole("subject", self.subject, mail.subject),
            *_part("text", self.text, mail.text),
            *_part("html", self.html, mail.html),
            *self._either_body(mail),
            *self._attachment(mail),
        ]

    def _sender(self, mail: SentMail) -> Iterator[str]:
        if self.sender is not None and same_mailbox(self.sender) != same_mailbox(mail.sender):
            yield f"sender: expected {self.sender!r}, got {mail.sender!r}"

    def _either_body(self, mail: SentMail) -> Iterator[str]:
        part = self.body_contains
        if part is not None and part not in mail.text and part not in mail.html:
            bodies = " and ".join(_short(body) for body in (mail.text, mail.html) if body) or "no body"
            yield f"body: expected something that contains {part!r}, got {bodies}"

    def _attachment(self, mail: SentMail) -> Iterator[str]:
        if self.attachment is None:
            return
        name, content = (self.attachment, None) if isinstance(self.attachment, str) else self.attachment
        named = [attached for attached in mail.attachments if attached.name == name]
        if not named:
            there = ", ".join(repr(attached.name) for attached in mail.attachments) or "none"
            yield f"attachment: expected {name!r}, got {there}"
        elif content is not None and all(attached.content != content for attached in named):
            yield f"attachment {name!r}: expected {_short(content)}, got {_short(named[0].content)}"

    def __str__(self) -> str:
        given = ((each.name, getattr(self, each.name)) for each in fields(self))
        shown = [f"{name}={_pattern_or_repr(value)}" for name, value in given if value is not None]
        return ", ".join(shown) or "anything in it"


def _addresses(name: str, expected: Addresses | None, there: Sequence[str], mail: SentMail) -> Iterator[str]:
    if expected is None:
        return
    wanted = [expected] if isinstance(expected, str) else list(expected)
    accepted = {same_mailbox(address) for address in mail.recipients}
    present = {same_mailbox(address) for address in there}
    for address in wanted:
        mailbox = same_mailbox(address)
        if mailbox not in present:
            yield f"{name}: expected {address!r}, got {', '.join(map(repr, there)) or 'nobody'}"
        elif mailbox not in accepted:
            refusals = [refusal for other, refusal in mail.refused.items() if same_mailbox(other) == mailbox]
            why = f"the server refused it: {refusals[0].code} {refusals[0].text}" if refusals else "not in the envelope"
            yield f"{name}: {address!r} is in the header, but the mail did not go there ({why})"


def _whole(name: str, expected: Text | None, there: str) -> Iterator[str]:
    if isinstance(expected, re.Pattern):
        yield from _part(name, expected, there)
    elif expected is not None and expected != there:
        yield f"{name}: expected {_short(expected)}, got {_short(there)}"


def _part(name: str, expected: Text | None, there: str) -> Iterator[str]:
    if isinstance(expected, re.Pattern):
        if not expected.search(there):
            yield f"{name}: expected a match of /{expected.pattern}/, got {_short(there)}"
    elif expected is not None and expected not in there:
        yield f"{name}: expected something that contains {_short(expected)}, got {_short(there)}"


def _pattern_or_repr(value: object) -> str:
    return f"/{value.pattern}/" if isinstance(value, re.Pattern) else _short(value)


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
