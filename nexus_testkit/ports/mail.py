"""The mail port: one message handed to one SMTP server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from enum import Enum
from typing import Protocol, runtime_checkable


class TLS(Enum):
    """How the connection to the server is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"  # RFC 3207: plain first, then encrypted; refused servers are an error, never a fallback
    IMPLICIT = "implicit"  # RFC 8314: encrypted from the first byte


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one recipient was refused.

    Attributes:
        code: SMTP reply code, such as 550.
        text: the reply's text.
    """

    code: int
    text: str


@dataclass(frozen=True, slots=True)
class SendReceipt:
    """What became of a message.

    Attributes:
        message_id: its Message-ID.
        accepted: the recipients whom the server accepted.
        refused: the others, and why.
        reply: the server's reply after the final dot.
    """

    message_id: str
    accepted: tuple[str, ...]
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    reply: str = ""

    def __journal__(self) -> str:
        """What the journal shows."""
        refused = "".join(f", {address} refused ({why.code})" for address, why in self.refused.items())
        return f"accepted for {', '.join(self.accepted)}{refused}: {self.reply}"


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """How to reach a server. A transport may have its own and ignore these.

    Attributes:
        host, port: the server.
        username, password: both or neither.
        tls: how the connection is encrypted.
        timeout_s: seconds for each reply of the server.
    """

    host: str = "localhost"
    port: int = 587
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: TLS = TLS.STARTTLS
    timeout_s: float = 30.0


@runtime_checkable
class MailTransport(Protocol):
    """A way to hand over mail. Errors are `MailError` and its subclasses, which are aiosmtplib's too."""

    async def send(
        self, message: EmailMessage, /, *, sender: str, recipients: Sequence[str], settings: SmtpSettings | None = None
    ) -> SendReceipt:
        """Hand `message` over in one SMTP transaction.

        `sender` and `recipients` are the envelope's addresses (RFC 5321), without names. At least one
        recipient was accepted when this returns. `settings` overrides the transport's own for this message.

        Raises:
            MailRecipientsRefused: nobody was accepted.
            MailError: anything else that kept the message from being accepted.
        """
        ...

    async def health_check(self) -> bool:
        """Whether the server greets and answers NOOP."""
        ...
