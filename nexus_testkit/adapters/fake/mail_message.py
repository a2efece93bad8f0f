"""A mail as the server of the fake received it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.policy import EmailPolicy
from functools import cached_property
from typing import Any

from nexus_testkit.adapters.fake.mail_links import codes_of, links_of, text_of
from nexus_testkit.adapters.fake.mail_lint import MailProblem, lint
from nexus_testkit.ports.mail import TLS, Refusal, SmtpSettings


class _ReceivedPolicy(EmailPolicy):
    """Python's own policy, and RFC 6532's raw UTF-8 in headers, which it reads as undecodable bytes."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


_RECEIVED = _ReceivedPolicy()


@dataclass(frozen=True, slots=True)
class Attachment:
    """One attached file.

    Attributes:
        name: its file name, or "".
        content_type: such as `"text/csv"`.
        content: its bytes.
    """

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Transmission:
    """How a mail came to the server.

    Attributes:
        sender: the envelope's sender (MAIL FROM).
        recipients: the envelope's recipients whom the server accepted.
        refused: those whom it refused, and why.
        username: who had logged in, or None.
        encrypted: whether the connection really was encrypted (see the fake's limits).
        smtputf8: whether the sender asked for internationalised addresses (RFC 6531).
        settings: what the sender asked for: host, port, TLS, time-out.
        at: when it arrived, by the world's clock.
        raw: the message's bytes, as they arrived.
    """

    sender: str
    recipients: tuple[str, ...]
    refused: Mapping[str, Refusal]
    username: str | None
    encrypted: bool
    smtputf8: bool
    settings: SmtpSettings
    at: datetime
    raw: bytes


class SentMail:
    """A mail that the server accepted: its envelope, and its content, parsed from the bytes that arrived."""

    def __init__(self, transmission: Transmission) -> None:
        """Keep the bytes; they are parsed when somebody asks."""
        self.transmission = transmission

    @property
    def sender(self) -> str:
        """The envelope's sender."""
        return self.transmission.sender

    @property
    def recipients(self) -> tuple[str, ...]:
        """The recipients whom the server accepted: To, Cc and Bcc alike."""
        return self.transmission.recipients

    @property
    def refused(self) -> Mapping[str, Refusal]:
        """The recipients whom the server refused."""
        return self.transmission.refused

    @property
    def tls(self) -> TLS:
        """The encryption that the sender asked for."""
        return self.transmission.settings.tls

    @property
    def encrypted(self) -> bool:
        """Whether the connection really was encrypted."""
        return self.transmission.encrypted

    @property
    def username(self) -> str | None:
        """Who had logged in, or None."""
        return self.transmission.username

    @property
    def settings(self) -> SmtpSettings:
        """The settings that the sender gave for this mail; the sink's own where it gave none."""
        return self.transmission.settings

    @property
    def at(self) -> datetime:
        """When it arrived, by the world's clock."""
        return self.transmission.at

    @cached_property
    def message(self) -> EmailMessage:
        """The message, parsed from the bytes that arrived."""
        return message_from_bytes(self.transmission.raw, policy=_RECEIVED)  # type: ignore[arg-type]  # typeshed: the policy is generic, but not at run time

    @property
    def subject(self) -> str:
        """The subject, decoded; "" where there is none."""
        return str(self.message["Subject"] or "")

    @property
    def from_(self) -> str:
        """The From header, decoded, with its names; "" where there is none."""
        return str(self.message["From"] or "")

    @property
    def to(self) -> tuple[str, ...]:
        """The addresses of the To header."""
        return self._addresses("To")

    @property
    def cc(self) -> tuple[str, ...]:
        """The addresses of the Cc header."""
        return self._addresses("Cc")

    @property
    def bcc(self) -> tuple[str, ...]:
        """The accepted recipients whom neither To nor Cc names."""
        named = {same_mailbox(address) for address in (*self.to, *self.cc)}
        return tuple(address for address in self.recipients if same_mailbox(address) not in named)

    @property
    def headers(self) -> Mapping[str, Any]:
        """The headers, decoded; names in any case, and `get_all` for one that occurs twice."""
        return self.message  # type: ignore[return-value]  # a message has a mapping's methods, though typeshed makes it none

    @cached_property
    def text(self) -> str:
        """The plain text body, each of its lines ended by one line feed; "" where there is none."""
        return self._body("plain")

    @cached_property
    def html(self) -> str:
        """The HTML body; "" where there is none."""
        return self._body("html")

    @cached_property
    def attachments(self) -> tuple[Attachment, ...]:
        """The attached files."""
        return tuple(
            Attachment(part.get_filename() or "", part.get_content_type(), _content(part))
            for part in self.message.iter_attachments()
        )

    @property
    def links(self) -> tuple[str, ...]:
        """The http and https links of its bodies, each once, those of the HTML first."""
        return links_of(self.text, self.html)

    @property
    def link(self) -> str:
        """The only link.

        Raises:
            AssertionError: there is none, or there are several.
        """
        return _only("link", self.links)

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes to type in, each once, of the plain text, or of the HTML where there is none: `"123456"`, `"AB12CD"`."""
        return codes_of(self.text or text_of(self.html))

    @property
    def code(self) -> str:
        """The only code.

        Raises:
            AssertionError: there is none, or there are several.
        """
        return _only("code", self.codes)

    def lint(self) -> list[MailProblem]:
        """What is wrong with it: headers, structure, and HTML that filters or readers make trouble of; see `mail_lint`."""
        return lint(self.transmission.raw, self.message, self.text, self.html)

    def _body(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        return "" if part is None else str(part.get_content()).replace("\r\n", "\n")

    def _addresses(self, header: str) -> tuple[str, ...]:
        found: list[str] = []
        for value in self.message.get_all(header, ()):
            if isinstance(value, AddressHeader):
                found += [address.addr_spec for address in value.addresses]
        return tuple(found)

    def __repr__(self) -> str:
        """Without the content: this stands in assertions of pytest and in the journal."""
        return f"<SentMail to {', '.join(self.recipients)}: {self.subject!r}>"


def same_mailbox(address: str) -> str:
    """An address in a form that compares equal for the same mailbox: the domain ignores case (RFC 5321, 2.4)."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{domain.lower()}"


def _only(what: str, found: tuple[str, ...]) -> str:
    if len(found) != 1:
        raise AssertionError(f"expected one {what}, got {', '.join(found) or 'none'}")
    return found[0]


def _content(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner: Sequence[Any] = part.get_payload()  # type: ignore[assignment]  # an attached message/rfc822 is a list of one message
    return b"".join(bytes(message) for message in inner)
