"""What is done to a call, and how it becomes a disturbance at the seam: one path for declared faults and drawn ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from nexus_testkit.errors import InvalidFault
from nexus_testkit.journal import Crossing

Wanted = str | Exception | type[Exception]


class Failing(Protocol):
    """What a fault asks of the adapter behind a port, so that it looks as in production."""

    def as_raised(self, wanted: Wanted, /) -> Exception:
        """The exception as the production driver raises it, made anew of a class or of an error's code."""
        ...

    def lost_reply(self) -> Exception:
        """What the production driver raises when the connection breaks before the reply."""
        ...

    def disturbed(
        self, operation: str, subject: Any, error: Exception | None, /, *, arguments: Sequence[Any], reached: bool
    ) -> None:
        """A call fails with `error`, or hangs (None), because of a fault; `reached` says whether it was made."""
        ...


class Plain:
    """Stands for an adapter that has no driver, and so no errors of its own: the clock."""

    def __init__(self, words: str) -> None:
        """Stand for the adapter of the target `words`."""
        self._words = words

    def as_raised(self, wanted: Wanted, /) -> Exception:
        """The exception as it is."""
        if isinstance(wanted, str):
            raise InvalidFault(f"{self._words!r} has no errors by code", hint="raises(TimeoutError)")
        return wanted() if isinstance(wanted, type) else wanted

    def lost_reply(self) -> Exception:
        """Refused.

        Raises:
            InvalidFault: always.
        """
        raise InvalidFault(
            f"{self._words!r} has no connection, and no reply to lose", hint="raises(...) or delays(...)"
        )

    def disturbed(
        self, operation: str, subject: Any, error: Exception | None, /, *, arguments: Sequence[Any], reached: bool
    ) -> None:
        """Nothing follows from it."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What is done to a call.

    Attributes:
        words: as it was declared, such as `"raises('40001')"`.
        delay_s: seconds to wait before the call.
        reply_delay_s: seconds to wait after it.
        makes: makes the exception.
        loses_reply: the call is made first.
        within: the call is made inside of what this gives: the adapter behaves otherwise for that call alone.

    One that neither delays, nor raises, nor goes round the call hangs.
    """

    words: str
    delay_s: float = 0.0
    reply_delay_s: float = 0.0
    makes: Callable[[], Exception] | None = None
    loses_reply: bool = False
    within: Callable[[Crossing], AbstractContextManager[object]] | None = None

    @property
    def is_delay(self) -> bool:
        """Whether it lets time pass, and nothing else."""
        return bool(self.delay_s or self.reply_delay_s)


def raising(failing: Failing, error: Wanted, *, words: str) -> Effect:
    """Raise this instead of making the call."""
    return Effect(words, makes=lambda: failing.as_raised(error))


def delaying(seconds: float, *, reply: bool, words: str) -> Effect:
    """Let time pass before the call, or before its reply."""
    return Effect(words, reply_delay_s=seconds) if reply else Effect(words, delay_s=seconds)


def losing_reply(failing: Failing, *, words: str) -> Effect:
    """Make the call and lose its reply.

    Raises:
        InvalidFault: the port has no connection.
    """
    failing.lost_reply()
    return Effect(words, makes=failing.lost_reply, loses_reply=True)


def hanging(_failing: Failing, *, words: str) -> Effect:
    """Never come back."""
    return Effect(words)


def refusing(sink: Any, code: int, text: str, *, at: str = "RCPT", address: str | None = None, words: str) -> Effect:
    """Let the mail server refuse a step of the conversation, or one recipient.

    Raises:
        InvalidFault: no such step.
        InvalidMail: a code or text that refuses nothing.
    """
    sink.refusing(code, text, at=at, address=address)
    return Effect(words, within=lambda _crossing: sink.refusing(code, text, at=at, address=address))


def hanging_up(sink: Any, *, at: str, words: str) -> Effect:
    """Let the mail server close the connection at a step of the conversation.

    Raises:
        InvalidFault: no such step.
    """
    sink.hanging_up(at=at)
    return Effect(words, within=lambda _crossing: sink.hanging_up(at=at))


def going_silent(adapter: Any, *, at: str | None = None, words: str) -> Effect:
    """Let the mail server not answer a step of the conversation, or an HTTP server a request (`at` is None).

    Raises:
        InvalidFault: no such step.
    """
    if at is None:
        silence = adapter.silence()
        return Effect(words, within=lambda crossing: adapter.answering(crossing.subject, silence))
    adapter.going_silent(at=at)
    return Effect(words, within=lambda _crossing: adapter.going_silent(at=at))


def responding(transport: Any, status: int, *, words: str, **answer: Any) -> Effect:
    """Answer a request without asking its route.

    Raises:
        InvalidRoute: a status outside of 100 to 599, several bodies, or a body that has no JSON form.
    """
    spoiling = transport.responding(status, **answer)
    return Effect(words, within=lambda crossing: transport.answering(crossing.subject, spoiling))


def garbling(transport: Any, how: str, *, words: str) -> Effect:
    """Answer as the route does, with a body that is broken on its way.

    Raises:
        InvalidFault: there is no such way.
    """
    spoiling = transport.garbling(how)
    return Effect(words, within=lambda crossing: transport.answering(crossing.subject, spoiling))


def trickling(transport: Any, seconds: float, *, chunks: int = 4, words: str) -> Effect:
    """Answer as the route does, with a body that comes in pieces over `seconds`."""
    spoiling = transport.trickling(seconds, chunks=chunks)
    return Effect(words, within=lambda crossing: transport.answering(crossing.subject, spoiling))
