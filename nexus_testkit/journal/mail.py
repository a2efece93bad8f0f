"""The mail port's side of the seam."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

from nexus_testkit.errors import MailError
from nexus_testkit.journal.seam import Seam
from nexus_testkit.journal.wholes import MailWhole
from nexus_testkit.ports.mail import MailTransport, SendReceipt, SmtpSettings


class SeamedMail:
    """A mail transport, each of whose calls crosses the seam.

    A message stands in the journal with its subject, its sender and its recipients.
    """

    def __init__(self, inner: MailTransport, seam: Seam) -> None:
        """Wrap `inner`."""
        self._inner = inner
        self._seam = seam

    async def send(
        self, message: EmailMessage, /, *, sender: str, recipients: Sequence[str], settings: SmtpSettings | None = None
    ) -> SendReceipt:
        async def send(_subject: str | None, *, sender: str, recipients: Sequence[str]) -> SendReceipt:
            return await self._inner.send(message, sender=sender, recipients=recipients, settings=settings)

        self._seam.journal.whole(MailWhole(message))
        return await self._seam.call("mail.send", send, _subject(message), sender=sender, recipients=recipients)

    async def health_check(self) -> bool:
        try:
            return await self._seam.call("mail.health_check", self._inner.health_check)
        except MailError:  # a fault's: an adapter itself answers False
            return False


def _subject(message: EmailMessage) -> str | None:
    subject = message["Subject"]
    return None if subject is None else str(subject)
