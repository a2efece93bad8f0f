"""Errors of mail: each is the port's class and the matching class of aiosmtplib at once.

So `except MailRecipientsRefused` and `except aiosmtplib.SMTPRecipientsRefused` both work, on the fake as in
production. The classes of Python's own smtplib are not among the bases: all of those are OSErrors, and
`except OSError` would then catch a refused recipient, which it does not with aiosmtplib.
"""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from typing import Any

import aiosmtplib

from nexus_testkit.errors import (
    InvalidMail,
    MailAuthenticationFailed,
    MailConnectError,
    MailDataRefused,
    MailError,
    MailRecipientsRefused,
    MailSenderRefused,
    MailTimeout,
)
from nexus_testkit.ports.mail import TLS, SmtpSettings


class SmtpError(MailError, aiosmtplib.SMTPException):
    """A failure that has no class of its own."""


class InvalidSmtpMail(InvalidMail, aiosmtplib.SMTPException):
    """A message that no server saw."""


class SmtpNotSupported(MailError, aiosmtplib.SMTPNotSupported):
    """The message needs an extension that the server lacks, such as SMTPUTF8."""


class SmtpConnectError(MailConnectError, aiosmtplib.SMTPConnectError):
    """No connection."""


class SmtpDisconnected(MailConnectError, aiosmtplib.SMTPServerDisconnected):
    """The server closed the connection."""


class SmtpConnectTimeout(MailTimeout, MailConnectError, aiosmtplib.SMTPConnectTimeoutError):
    """No connection, or no greeting, in time."""


class SmtpReadTimeout(MailTimeout, aiosmtplib.SMTPReadTimeoutError):
    """No reply in time."""


class _Replied(MailError):
    """Takes the reply apart for both parents, whose constructors differ.

    `code` is declared anew where both parents declare it: for aiosmtplib it is an int, for MailError also None.
    """

    def __init__(self, message: str, *, code: int, reply: str, hint: str | None = None) -> None:
        # Past the constructor of aiosmtplib's class, which wants (code, message) and sets no more than this.
        Exception.__init__(self, message)
        self.code = code
        self.reply = self.message = reply
        self.hint = hint if hint is not None else self.default_hint


class SmtpRefused(_Replied, aiosmtplib.SMTPResponseException):
    """A reply that has no class of its own."""

    code: Any


class SmtpGreetingRefused(_Replied, MailConnectError, aiosmtplib.SMTPConnectResponseError):
    """The server greeted with a refusal."""

    code: Any


class SmtpHeloRefused(_Replied, aiosmtplib.SMTPHeloError):
    """The server refused EHLO and HELO."""

    code: Any


class SmtpAuthenticationFailed(_Replied, MailAuthenticationFailed, aiosmtplib.SMTPAuthenticationError):
    """The server refused the credentials."""

    code: Any


class SmtpDataRefused(_Replied, MailDataRefused, aiosmtplib.SMTPDataError):
    """The server refused the message."""

    code: Any


class SmtpAuthenticationMissing(MailAuthenticationFailed, aiosmtplib.SMTPException):
    """The server offers no AUTH here."""


class SmtpSenderRefused(MailSenderRefused, aiosmtplib.SMTPSenderRefused):
    """The server refused MAIL FROM."""

    code: Any

    def __init__(self, *, sender: str, code: int, reply: str, hint: str | None = None) -> None:
        """Take the reply apart for both parents."""
        Exception.__init__(self, f"the server refused the sender {sender}")
        self.sender = sender
        self.code = code
        self.reply = self.message = reply
        self.hint = hint


class SmtpAuthenticationRequired(SmtpSenderRefused, MailAuthenticationFailed):
    """The server refused MAIL FROM because nobody had logged in (530, RFC 4954, 6)."""

    code: Any


class SmtpRecipientsRefused(MailRecipientsRefused, aiosmtplib.SMTPRecipientsRefused):
    """The server refused every recipient."""

    def __init__(self, recipients: Sequence[aiosmtplib.SMTPRecipientRefused]) -> None:
        """Take the replies apart for both parents."""
        self.recipients = list(recipients)
        self.refused = {each.recipient: (each.code, each.message) for each in recipients}
        first = self.recipients[0]
        Exception.__init__(self, f"the server refused all recipients: {', '.join(self.refused)}")
        self.code = first.code
        self.reply = self.message = first.message
        self.hint = None


def translate(error: Exception, settings: SmtpSettings) -> MailError:
    """The port's error for one that aiosmtplib 3 to 5 raised; a MailError is returned as it is."""
    where = f"{settings.host}:{settings.port}"
    match error:
        case MailError():
            return error
        case aiosmtplib.SMTPRecipientsRefused():
            return SmtpRecipientsRefused(error.recipients)
        case aiosmtplib.SMTPSenderRefused():
            return _sender_refused(error)
        case aiosmtplib.SMTPResponseException():
            return _replied(error, where)
        case aiosmtplib.SMTPConnectTimeoutError():
            return SmtpConnectTimeout(f"no connection to {where} within {settings.timeout_s:g} s")
        case aiosmtplib.SMTPTimeoutError():
            return SmtpReadTimeout(f"{where} did not reply within {settings.timeout_s:g} s")
        case aiosmtplib.SMTPServerDisconnected():
            return SmtpDisconnected(f"{where} closed the connection")
        case ssl.SSLError() | aiosmtplib.SMTPConnectError(__cause__=ssl.SSLError()):
            return SmtpConnectError(f"no TLS connection to {where}: {_root(error)}", hint=_tls_hint(settings))
        case aiosmtplib.SMTPConnectError():
            return SmtpConnectError(f"no connection to {where}: {_root(error)}")
        case aiosmtplib.SMTPNotSupported():
            return SmtpNotSupported(f"{where}: {error.message}")
        case aiosmtplib.SMTPException():
            return _unsupported(error, where)
        case ValueError():
            return InvalidSmtpMail(str(error), hint="addresses are bare, such as ann@example.org, without names")
        case OSError():
            return SmtpConnectError(f"no connection to {where}: {error}")
        case _:
            return SmtpError(f"{type(error).__name__} while sending through {where}: {error}")


def _sender_refused(error: aiosmtplib.SMTPSenderRefused) -> MailError:
    made: type[SmtpSenderRefused] = SmtpSenderRefused
    hint = None
    if error.code == 530 and "STARTTLS" in error.message.upper():  # RFC 3207, 4
        hint = "the server wants encryption: SmtpSettings(tls=TLS.STARTTLS)"
    elif error.code == 530:
        made = SmtpAuthenticationRequired
        hint = "the server wants a login: SmtpSettings(username=..., password=...)"
    return made(sender=error.sender, code=error.code, reply=error.message, hint=hint)


def _replied(error: aiosmtplib.SMTPResponseException, where: str) -> MailError:
    made: type[_Replied]
    match error:
        case aiosmtplib.SMTPAuthenticationError():
            made, message = SmtpAuthenticationFailed, f"{where} refused the credentials"
        case aiosmtplib.SMTPDataError():
            made, message = SmtpDataRefused, "the server refused the message"
        case aiosmtplib.SMTPConnectResponseError():
            made, message = SmtpGreetingRefused, f"{where} refused the connection"
        case aiosmtplib.SMTPHeloError():
            made, message = SmtpHeloRefused, f"{where} refused EHLO"
        case _:
            made, message = SmtpRefused, f"{where} refused a command"
    return made(message, code=error.code, reply=error.message)


def _unsupported(error: aiosmtplib.SMTPException, where: str) -> MailError:
    # aiosmtplib tells these apart by their words alone.
    if "AUTH" in error.message or "authentication" in error.message:
        return SmtpAuthenticationMissing(
            f"{where} offers no way to log in: {error.message}", hint="most servers offer AUTH only after STARTTLS"
        )
    if "STARTTLS" in error.message:
        return SmtpConnectError(
            f"{where} offers no STARTTLS", hint="nothing is sent in plain where encryption was asked for"
        )
    return SmtpError(f"{where}: {error.message}")


def _tls_hint(settings: SmtpSettings) -> str:
    if settings.tls is TLS.IMPLICIT:
        return "TLS.IMPLICIT is for ports that speak TLS from the first byte (465); port 587 wants TLS.STARTTLS"
    return "the server's certificate must name the host and be signed by an authority that the client trusts"


def _root(error: BaseException) -> BaseException:
    while error.__cause__ is not None:
        error = error.__cause__
    return error


_REPLIES: dict[type[Exception], tuple[type[_Replied], int, str]] = {
    MailAuthenticationFailed: (SmtpAuthenticationFailed, 535, "5.7.8 Authentication credentials invalid"),
    MailDataRefused: (SmtpDataRefused, 554, "5.6.0 Message refused"),
}
_CONNECTIONS: dict[type[Exception], tuple[type[MailError], str]] = {
    MailTimeout: (SmtpReadTimeout, "the server did not reply in time"),
    MailConnectError: (SmtpConnectError, "no connection to the server"),
}


def lost_connection() -> MailError:
    """What aiosmtplib raises where the connection ends before the reply."""
    return SmtpDisconnected("the server closed the connection")


def as_raised(wanted: Exception | type[Exception], settings: SmtpSettings) -> Exception:
    """The port's error, which is aiosmtplib's too, for an error or a class of either; others as they are.

    Raises:
        TypeError: the class cannot be made without arguments.
    """
    if isinstance(wanted, type):
        if wanted in _REPLIES:
            made, code, text = _REPLIES[wanted]
            return made("the server refused", code=code, reply=text)
        if wanted in _CONNECTIONS:
            kind, text = _CONNECTIONS[wanted]
            return kind(text)
        wanted = wanted("Connection lost") if issubclass(wanted, aiosmtplib.SMTPException) else wanted()
    if isinstance(wanted, aiosmtplib.SMTPException):
        return translate(wanted, settings)
    if isinstance(wanted, MailError) and type(wanted) in _REPLIES:
        made, code, text = _REPLIES[type(wanted)]
        return made(str(wanted.args[0]), code=wanted.code or code, reply=wanted.reply or text)
    if type(wanted) in _CONNECTIONS:
        return _CONNECTIONS[type(wanted)][0](str(wanted.args[0]))
    return wanted
