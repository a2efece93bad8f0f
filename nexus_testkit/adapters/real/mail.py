"""SMTP through aiosmtplib: the mail port in production."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from nexus_testkit.adapters.smtp import Endpoint, SmtpSender
from nexus_testkit.adapters.smtp_errors import SmtpConnectError
from nexus_testkit.errors import MailError
from nexus_testkit.ports.mail import TLS, SendReceipt, SmtpSettings

_SCHEMES = {"smtp": (TLS.NONE, 25), "smtp+starttls": (TLS.STARTTLS, 587), "smtps": (TLS.IMPLICIT, 465)}


class SmtpMail:
    """Hands mail to an SMTP server, usually a provider's submission service.

    Sessions are kept open for the next mail with the same settings, up to four at a time; one that was idle is asked
    whether it still lives. Encryption that was asked for and is not offered is an error, and so is a certificate that
    does not name the host: nothing is sent in plain then. `async with` or `aclose()` says QUIT.

    Limits: one event loop. No proxy, no XOAUTH2, no pipelining. After a MailTimeout or a lost connection behind the
    final dot, whether the mail went out is unknown (RFC 5321, 4.5.3.2.6).
    """

    def __init__(
        self,
        settings: SmtpSettings | str | None = None,
        *,
        tls_context: ssl.SSLContext | None = None,
        local_hostname: str | None = None,
    ) -> None:
        """Say how to reach the server; nothing is opened yet.

        Args:
            settings: for messages that bring none of their own; None: `SmtpSettings()`, which is port 587 of localhost
                with STARTTLS. Or a URL: `smtp+starttls://user:password@host:587`, `smtps://` for TLS from the first
                byte, `smtp://` for none; `?timeout_s=10`.
            tls_context: decides which certificates are trusted; None: the system's authorities.
            local_hostname: the client's name in EHLO; None: this machine's.

        Raises:
            ValueError: a URL that is none of these.
        """
        self._settings = smtp_settings(settings) if isinstance(settings, str) else settings or SmtpSettings()
        self._tls_context = tls_context
        self._local_hostname = local_hostname
        self._sender = SmtpSender(self._reach)
        self._closed = False

    async def send(
        self, message: EmailMessage, /, *, sender: str, recipients: Sequence[str], settings: SmtpSettings | None = None
    ) -> SendReceipt:
        self._check_open()
        return await self._sender.send(
            message, sender=sender, recipients=recipients, settings=settings if settings is not None else self._settings
        )

    async def health_check(self) -> bool:
        try:
            self._check_open()
            await self._sender.noop(self._settings)
        except MailError:
            return False
        return True

    def leaks(self) -> list[str]:
        """The mails that are still being sent."""
        return [f"a mail that is still being sent\nsession opened at:\n{made_at}" for made_at in self._sender.busy()]

    async def aclose(self) -> None:
        """Say QUIT and close every session; safe to call twice, and when nothing was ever sent."""
        self._closed = True
        await self._sender.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def _check_open(self) -> None:
        if self._closed:
            raise SmtpConnectError("the mail transport is closed")

    async def _reach(self, settings: SmtpSettings) -> Endpoint:
        if self._local_hostname is None:  # asks the name server, and may wait for it
            self._local_hostname = await asyncio.get_running_loop().run_in_executor(None, socket.getfqdn)
        context = None
        if settings.tls is not TLS.NONE:
            if self._tls_context is None:
                self._tls_context = ssl.create_default_context()
            context = self._tls_context
        return Endpoint(settings.host, settings.port, settings.tls, context, self._local_hostname)


def smtp_settings(url: str) -> SmtpSettings:
    """The settings that a URL tells; see `SmtpMail`.

    Raises:
        ValueError: another scheme or option, or no host.
    """
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES or not parts.hostname:
        raise ValueError(
            f"{parts.scheme}:// is no URL of a mail server; give {', '.join(f'{s}://host' for s in _SCHEMES)}"
        )
    tls, port = _SCHEMES[parts.scheme]
    made = SmtpSettings(
        host=parts.hostname,
        port=parts.port or port,
        username=None if parts.username is None else unquote(parts.username),
        password=None if parts.password is None else unquote(parts.password),
        tls=tls,
    )
    for name, value in parse_qsl(parts.query):
        if name != "timeout_s":
            raise ValueError(f"{name!r} in the URL of a mail server; only timeout_s may stand there")
        made = replace(made, timeout_s=float(value))
    return made
