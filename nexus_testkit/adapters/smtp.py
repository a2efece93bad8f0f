"""The client's half of SMTP: messages handed to a server through aiosmtplib.

It does not know where the server is: the fake connects it to its sink, a real adapter to the host of the
settings.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage

import aiosmtplib

from nexus_testkit.adapters.smtp_errors import InvalidSmtpMail, translate
from nexus_testkit.errors.stack import Stack
from nexus_testkit.ports.mail import TLS, Refusal, SendReceipt, SmtpSettings

# A line end in a header that is not the folding of RFC 5322, 2.2.3, begins another header: injection.
_LINE_END = re.compile(r"[\r\n](?![ \t\n])|\x00")
_UNSAFE_IN_ADDRESS = re.compile(r"[\x00-\x20\x7f<>]")
# A kept session that was idle for longer is asked with RSET whether it is still there.
_TRUSTED_FOR_S = 5.0
# So many idle sessions are kept for the same settings: servers limit the connections of one client.
_KEPT = 4


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where and how to connect.

    Attributes:
        host, port: the address.
        tls: the encryption on the wire.
        tls_context: decides which certificates are trusted; None where `tls` is TLS.NONE.
        local_hostname: the client's name in EHLO.
    """

    host: str
    port: int
    tls: TLS
    tls_context: ssl.SSLContext | None
    local_hostname: str


class _Session:
    """One connection, and when it was last used."""

    __slots__ = ("made_at", "smtp", "used_at")

    def __init__(self, smtp: aiosmtplib.SMTP, made_at: Stack) -> None:
        self.smtp = smtp
        self.made_at = made_at
        self.used_at = 0.0


class SmtpSender:
    """Hands over messages, one SMTP transaction each, and keeps sessions open for the next one.

    A session serves one message at a time: concurrent messages have a session each. It is kept for messages
    with the same settings, and thrown away when anything went wrong on it.
    """

    def __init__(self, reach: Callable[[SmtpSettings], Awaitable[Endpoint]]) -> None:
        """Make a sender that asks `reach` where to connect for given settings."""
        self._reach = reach
        self._idle: dict[SmtpSettings, list[_Session]] = {}
        self._open: dict[_Session, None] = {}

    async def send(
        self, message: EmailMessage, *, sender: str, recipients: Sequence[str], settings: SmtpSettings
    ) -> SendReceipt:
        """Hand over one message; the receipt's `message_id` is "" where the message has none.

        Raises:
            MailError: as MailTransport.send says.
        """
        check(message, sender, recipients, settings)
        addresses = list(dict.fromkeys(recipients))
        session = await self._take(settings)
        try:
            refused, reply = await session.smtp.send_message(message, sender=sender, recipients=addresses)
        except Exception as error:
            self._give_back(session, settings, sound=isinstance(error, _SOUND))
            raise translate(error, settings) from error
        except BaseException:  # cancelled half-way: what the server would answer next is unknown
            self._give_back(session, settings, sound=False)
            raise
        self._give_back(session, settings, sound=True)
        return SendReceipt(
            message_id=str(message["Message-ID"] or ""),
            accepted=tuple(address for address in addresses if address not in refused),
            refused={address: Refusal(code, text) for address, (code, text) in refused.items()},
            reply=reply,
        )

    async def noop(self, settings: SmtpSettings) -> None:
        """Have the server answer NOOP.

        Raises:
            MailError: it did not.
        """
        session = await self._take(settings)
        try:
            await session.smtp.noop()
        except BaseException as error:
            self._give_back(session, settings, sound=False)
            if not isinstance(error, Exception):
                raise
            raise translate(error, settings) from error
        self._give_back(session, settings, sound=True)

    def drop_idle(self) -> None:
        """Close the sessions that nobody is using, without a farewell."""
        for sessions in self._idle.values():
            for session in sessions:
                self._discard(session)
        self._idle.clear()

    async def aclose(self) -> None:
        """Say QUIT on the idle sessions and close all of them; safe to call twice."""
        idle = [session for sessions in self._idle.values() for session in sessions]
        self._idle.clear()
        for session in idle:
            with suppress(aiosmtplib.SMTPException, OSError):  # a server that is gone needs no farewell
                await session.smtp.quit()
        for session in list(self._open):
            self._discard(session)

    def busy(self) -> list[Stack]:
        """Where the sessions were opened on which a message is under way."""
        idle = {id(session) for sessions in self._idle.values() for session in sessions}
        return [session.made_at for session in self._open if id(session) not in idle]

    async def _take(self, settings: SmtpSettings) -> _Session:
        sessions = self._idle.get(settings, [])
        while sessions:
            session = sessions.pop()
            alive = False
            try:
                alive = await self._alive(session)
            finally:
                if not alive:  # or cancelled while it was asked
                    self._discard(session)
            if alive:
                return session
        return await self._connect(settings)

    async def _alive(self, session: _Session) -> bool:
        if not session.smtp.is_connected:
            return False
        if asyncio.get_running_loop().time() - session.used_at <= _TRUSTED_FOR_S:
            return True
        try:
            await session.smtp.rset()
        except (aiosmtplib.SMTPException, OSError):
            return False
        return True

    async def _connect(self, settings: SmtpSettings) -> _Session:
        try:
            endpoint = await self._reach(settings)
            smtp = aiosmtplib.SMTP(
                hostname=endpoint.host,
                port=endpoint.port,
                username=settings.username,
                password=settings.password,
                local_hostname=endpoint.local_hostname,
                timeout=settings.timeout_s,
                use_tls=endpoint.tls is TLS.IMPLICIT,
                start_tls=endpoint.tls is TLS.STARTTLS,
                tls_context=endpoint.tls_context,
            )
            await smtp.connect()
        except Exception as error:
            raise translate(error, settings) from error
        session = _Session(smtp, Stack(skip=2))
        self._open[session] = None
        return session

    def _give_back(self, session: _Session, settings: SmtpSettings, *, sound: bool) -> None:
        kept = self._idle.setdefault(settings, [])
        if sound and session.smtp.is_connected and session in self._open and len(kept) < _KEPT:
            session.used_at = asyncio.get_running_loop().time()
            kept.append(session)
        else:
            self._discard(session)

    def _discard(self, session: _Session) -> None:
        self._open.pop(session, None)
        session.smtp.close()


# After these, aiosmtplib has said RSET, and the session is good for the next message.
_SOUND = (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused, ValueError)


def check(message: EmailMessage, sender: str, recipients: Sequence[str], settings: SmtpSettings) -> None:
    """Refuse what no server should see.

    Raises:
        InvalidMail: no recipient, an address or header that could smuggle in more, half a login.
    """
    if isinstance(recipients, str):
        raise InvalidSmtpMail(f"recipients is the string {recipients!r}", hint="give a list: [address]")
    if not recipients:
        raise InvalidSmtpMail("a message without recipients", hint="recipients= names at least one address")
    for role, address in (("sender", sender), *(("recipient", address) for address in recipients)):
        _check_address(role, address)
    for name, value in message.items():
        if _LINE_END.search(str(value)):
            raise InvalidSmtpMail(
                f"the header {name} holds a line end or NUL: {str(value)!r}",
                hint="a line end would begin another header; strip what users typed",
            )
    if (settings.username is None) is not (settings.password is None):
        raise InvalidSmtpMail(
            "a username without a password, or the reverse", hint="SmtpSettings wants both or neither"
        )


def _check_address(role: str, address: str) -> None:
    local, at, domain = address.rpartition("@") if isinstance(address, str) else ("", "", "")
    quoted = local.startswith('"') and local.endswith('"')
    suspect = domain if quoted else address
    if not (local and at and domain) or _UNSAFE_IN_ADDRESS.search(suspect) or "\n" in local or "\r" in local:
        raise InvalidSmtpMail(
            f"the {role} {address!r} is no mail address",
            hint="an address of the envelope is bare, such as ann@example.org: no name, no brackets, no spaces",
        )
