"""What a line of the journal leaves out: a whole mail, a whole HTTP exchange.

Both are kept as they were at the moment of the call, without copying what cannot change, and are put together when somebody
reads them.
"""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage, Message
from email.policy import SMTPUTF8
from typing import Any

Headers = list[tuple[bytes, bytes]]


class MailWhole:
    """A message as it was handed to a transport, whatever becomes of the object afterwards."""

    __slots__ = ("_parts",)

    def __init__(self, message: EmailMessage) -> None:
        """Keep the headers and the content, part by part: a copy of the lists, not of the texts."""
        self._parts = _kept(message)

    def message(self) -> EmailMessage:
        """The message again."""
        return _made(self._parts)


def _kept(message: Message) -> tuple[Any, ...]:
    content = message.get_payload()
    if isinstance(content, list):
        content = [_kept(part) if isinstance(part, Message) else part for part in content]
    return list(message.raw_items()), content


def _made(kept: tuple[Any, ...]) -> EmailMessage:
    headers, content = kept
    made = EmailMessage(policy=SMTPUTF8)
    for name, value in headers:
        made.set_raw(name, value)
    if isinstance(content, list):
        for part in content:
            made.attach(_made(part))
    else:
        made.set_payload(content)
    return made


class HttpWhole:
    """A request, and its response where one came.

    Attributes:
        method, url: the request's.
        headers: the request's, as sent.
        status: the response's, or None where none came.
        answer_headers: the response's.
    """

    __slots__ = ("_answer", "_content", "answer_headers", "headers", "method", "status", "url")

    def __init__(self, method: str, url: str, headers: Headers, content: Callable[[], bytes | None]) -> None:
        """Keep the request; `content` gives its body when it is asked for."""
        self.method = method
        self.url = url
        self.headers = headers
        self.status: int | None = None
        self.answer_headers: Headers = []
        self._content = content
        self._answer: Callable[[], bytes | None] | None = None

    def answered(self, status: int, headers: Headers, content: Callable[[], bytes | None]) -> None:
        """Keep the response."""
        self.status = status
        self.answer_headers = headers
        self._answer = content

    @property
    def content(self) -> bytes | None:
        """The request's body; None where it was a stream."""
        return self._content()

    @property
    def answer(self) -> bytes | None:
        """The response's body; None where none came, or where it is a stream that was not read to its end."""
        return None if self._answer is None else self._answer()
