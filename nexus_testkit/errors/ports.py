"""Errors that adapters raise at the cache, mail and file ports; the database's have a module of their own.

Adapters raise subclasses that derive from the driver's exception as well, so that what users catch in
production is caught here too.
"""

from __future__ import annotations

from collections.abc import Mapping

from nexus_testkit.errors.base import NexusTestkitError


class PortError(NexusTestkitError):
    """Base of what crosses a port as a failure."""


class CacheError(PortError):
    """Base of the cache's errors."""


class CacheConnectionError(CacheError):
    """The server could not be reached, or the connection broke. Also a `redis.exceptions.ConnectionError`."""


class CacheCommandError(CacheError):
    """The server answered with an error. Also a `redis.exceptions.ResponseError`.

    Attributes:
        code: the first word of Redis' answer, such as `"ERR"`, `"WRONGTYPE"`, `"OOM"`.
    """

    def __init__(self, message: str = "", *, code: str = "ERR", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code


class CacheTypeError(CacheCommandError):
    """The key holds a value of another kind (WRONGTYPE), or a text that is no integer."""


class MailError(PortError):
    """Base of the mail port's errors. Also an `aiosmtplib.SMTPException`.

    Attributes:
        code: the SMTP reply code (RFC 5321, 4.2), or None where no reply came.
        reply: the reply's text.
    """

    def __init__(self, message: str = "", *, code: int | None = None, reply: str = "", hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.reply = reply

    def _message(self) -> str:
        message = super()._message()
        return f"{message} ({self.code} {self.reply})" if self.code is not None else message


class MailConnectError(MailError):
    """No connection to the server, or it closed the connection."""


class MailTimeout(MailError, TimeoutError):
    """The server did not answer in time."""


class MailAuthenticationFailed(MailError):
    """The server refused the credentials, or offers no way to send them safely."""


class MailSenderRefused(MailError):
    """The server refused MAIL FROM.

    Attributes:
        sender: the address.
    """

    def __init__(self, message: str = "", *, sender: str, code: int | None = None, reply: str = "") -> None:
        super().__init__(message or f"the server refused the sender {sender}", code=code, reply=reply)
        self.sender = sender


class MailRecipientsRefused(MailError):
    """The server refused every recipient: nothing was sent.

    Attributes:
        refused: address -> (code, text).
    """

    def __init__(self, refused: Mapping[str, tuple[int, str]]) -> None:
        code, reply = next(iter(refused.values()), (None, ""))
        super().__init__(f"the server refused all recipients: {', '.join(refused)}", code=code, reply=reply)
        self.refused = dict(refused)


class MailDataRefused(MailError):
    """The server refused the message itself, at DATA or after the final dot."""


class InvalidMail(MailError, ValueError):
    """A message that was never handed to a server: no recipient, a malformed address, a line end in a header."""


class InvalidRoute(PortError, ValueError):
    """A stub of the HTTP fake that could never match or never answer: a malformed URL, an impossible status."""


class FileError(PortError, OSError):
    """Base of the file port's errors. The missing file is Python's own FileNotFoundError, made a FileError too."""


class PathOutsideRoot(FileError, PermissionError):
    """A path that leads out of the root (absolute, by `..`, by a drive, by a link), or that could on some system.

    Attributes:
        path: as given.
        reason: why it is refused, such as `"it is absolute"`, or None.
    """

    default_hint = "paths are relative to the file port's root, with '/' between their parts"

    def __init__(self, path: str, *, reason: str | None = None) -> None:
        super().__init__(f"{path!r} is outside the root" if reason is None else f"{path!r} is refused: {reason}")
        self.path = path
        self.reason = reason
