"""Building the message that is mailed: RFC 5322 headers, RFC 2045 parts, RFC 2231 file names."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from nexus_testkit.errors import ValidationError
from nexus_testkit.services.addresses import parse_address, same_mailbox
from nexus_testkit.services.identifiers import new_identifier
from nexus_testkit.services.text import require_line, require_text

# Python's own table alone: the system's files (/etc/mime.types) differ from machine to machine.
_TYPES = mimetypes.MimeTypes()
_ANY_TYPE = ("application", "octet-stream")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file in a mail.

    Attributes:
        filename: as the recipient sees it, in any script.
        content: its bytes.
    """

    filename: str
    content: bytes

    @property
    def media_type(self) -> tuple[str, str]:
        """Guessed from the name; `application/octet-stream` where it says nothing, or the content is compressed."""
        guess, compression = _TYPES.guess_type(self.filename)
        if guess is None or compression is not None:
            return _ANY_TYPE
        main, _, sub = guess.partition("/")
        return main, sub


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets a mail, without duplicates: who stands in `to` is not in `cc` again.

    Attributes:
        to, cc, bcc: the addresses with their names.
    """

    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    bcc: tuple[Address, ...]

    @classmethod
    def parse(
        cls, to: Sequence[object], cc: Sequence[object] | None = None, bcc: Sequence[object] | None = None
    ) -> Recipients:
        """The recipients of a mail, at least one.

        Raises:
            ValidationError: there is none, one is no address, or an item holds several.
        """
        seen: set[str] = set()
        parsed = cls(
            to=_addresses(to, "to", seen), cc=_addresses(cc or (), "cc", seen), bcc=_addresses(bcc or (), "bcc", seen)
        )
        if not seen:
            raise ValidationError("a mail needs at least one recipient", field="to")
        return parsed

    def envelope(self) -> tuple[str, ...]:
        """The plain addresses of all of them."""
        return tuple(address.addr_spec for address in (*self.to, *self.cc, *self.bcc))


def build_message(
    *,
    sender: Address,
    recipients: Recipients,
    subject: str,
    body: str,
    html_body: str | None,
    attachments: Iterable[Attachment],
    now: datetime,
) -> EmailMessage:
    """The message: text, HTML beside it (multipart/alternative), attachments round both (multipart/mixed).

    Its Date is `now`. Its Message-ID names the sender's domain and nothing of this machine. Bcc is in no header.

    Raises:
        ValidationError: the subject or a name has a line break (it would begin a header of its own), or a text
            cannot be encoded.
    """
    message = EmailMessage(policy=SMTP)
    message["Subject"] = require_line(subject, field="subject")
    message["From"] = sender
    if recipients.to:
        message["To"] = recipients.to
    if recipients.cc:
        message["Cc"] = recipients.cc
    message["Date"] = now
    message["Message-ID"] = f"<{new_identifier(now)}@{sender.domain}>"

    message.set_content(require_text(body, field="body"))
    if html_body is not None:
        message.add_alternative(require_text(html_body, field="html_body"), subtype="html")
    for attachment in attachments:
        main, sub = attachment.media_type
        filename = require_line(attachment.filename, field="attachments")
        message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=filename)
    return message


def _addresses(given: Sequence[object], field: str, seen: set[str]) -> tuple[Address, ...]:
    if isinstance(given, (str, bytes, Address)):
        raise ValidationError(
            f"{field} must be a list of addresses, not {given!r}", field=field, hint=f"{field}=[{str(given)!r}]"
        )
    addresses = []
    for item in given:
        address = parse_address(item, field=field)
        mailbox = same_mailbox(address)
        if mailbox not in seen:
            seen.add(mailbox)
            addresses.append(address)
    return tuple(addresses)
