"""The mail fake: a real SMTP conversation with a server in the same world, which keeps what it receives."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import fields, replace
from email.message import EmailMessage
from functools import partial

import aiosmtplib

from nexus_testkit.adapters.fake.mail_message import SentMail, Transmission, same_mailbox
from nexus_testkit.adapters.fake.smtp_server import Arrival, Rules, SinkProtocol, client_context, server_context
from nexus_testkit.adapters.smtp import Endpoint, SmtpSender
from nexus_testkit.adapters.smtp_errors import as_raised, lost_connection, translate
from nexus_testkit.errors import InvalidFault, InvalidMail, MailError
from nexus_testkit.errors.stack import Stack
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.mail import TLS, Refusal, SendReceipt, SmtpSettings

_ADDRESS = "127.0.0.1"
STEPS = ("CONNECT", "EHLO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA", "END-OF-MESSAGE", "QUIT")
_COMMANDS = frozenset({*STEPS, "RSET", "NOOP"})
_IN_WORDS: dict[str, Exception] = {
    "refused": ConnectionRefusedError(111, "Connection refused"),
    "reset": aiosmtplib.SMTPServerDisconnected("Connection lost"),
    "timeout": aiosmtplib.SMTPReadTimeoutError("Timed out waiting for server response"),
}
_STRANGER = SmtpSettings(tls=TLS.NONE)  # what a client that is not the sink's own was told is not known
# A fault of one mail: the server's rules for a conversation that this mail has for itself.
_change: ContextVar[Callable[[Rules], Rules] | None] = ContextVar("nexus_testkit_smtp_rules", default=None)


class SmtpSink:
    """Sends through aiosmtplib to aiosmtpd, served on the running loop, and keeps every mail that arrives.

    Whatever host and port the settings name, the mail goes to the sink. It accepts any recipient and any login
    until it is told otherwise, understands EHLO, AUTH (LOGIN, PLAIN), 8BITMIME, SMTPUTF8, SIZE (32 MiB) and,
    when told so, STARTTLS and TLS from the first byte.

    Limits: until `offer_tls` or `require_tls` is called the sink has no TLS, and settings that ask for it are
    taken as a wish that is granted: nothing in this process can be overheard, and a real handshake makes the
    first mail of a world three times as slow (bench/ports.py). `SentMail.tls` says what was asked for,
    `SentMail.encrypted` what was done. No CRAM-MD5,
    CHUNKING or DSN; a line of content longer than 999 bytes is refused, where a server may take it (RFC 5321, 4.5.3.1.6); the server never closes an idle session.

    Attributes:
        sent: the mails that arrived, in order.
        conversation: every command and reply, as `"C: ..."` and `"S: ..."`, without passwords and content.
    """

    def __init__(self, *, clock: Clock) -> None:
        """Make a sink; it listens from the first mail on."""
        self._clock = clock
        self._rules = Rules()
        self._servers: dict[bool, asyncio.Server] = {}
        self._sessions: dict[SinkProtocol, None] = {}  # a set would have no order of its own
        self._clients: dict[str, SmtpSettings] = {}
        self._sender = SmtpSender(self._reach)
        self._apart: dict[SmtpSender, None] = {}
        self._serving = asyncio.Lock()
        self._queued = 0
        self.sent: list[SentMail] = []
        self.conversation: list[str] = []

    async def send(
        self, message: EmailMessage, /, *, sender: str, recipients: Sequence[str], settings: SmtpSettings | None = None
    ) -> SendReceipt:
        settings = self._own_settings() if settings is None else settings
        change = _change.get()
        if change is None:
            return await self._sender.send(message, sender=sender, recipients=recipients, settings=settings)
        rules = change(replace(self._rules))
        servers: dict[bool, asyncio.Server] = {}
        apart = SmtpSender(partial(self._reach, rules=rules, servers=servers))
        self._apart[apart] = None
        try:
            return await apart.send(message, sender=sender, recipients=recipients, settings=settings)
        finally:
            try:
                await apart.aclose()  # says QUIT, whose reply concerns no mail
            finally:
                del self._apart[apart]
                for server in servers.values():
                    server.close()

    async def health_check(self) -> bool:
        try:
            await self._sender.noop(self._own_settings())
        except MailError:
            return False
        return True

    async def listen(self) -> tuple[str, int]:
        """Host and port where other clients reach the sink as well: on Python's own loop a real port of loopback."""
        return "localhost", await self._serve(self._rules, self._servers)

    async def aclose(self) -> None:
        """End every session and stop listening; safe to call twice, and when nothing was ever sent."""
        await self._sender.aclose()
        for server in self._servers.values():
            server.close()
        self._servers.clear()
        tasks = self.tasks()
        for session in list(self._sessions):
            session.close()
        if tasks:
            await asyncio.wait(tasks)

    def leaks(self) -> list[str]:
        """The mails that are still being sent."""
        return [_describe_leak(made_at) for sender in (self._sender, *self._apart) for made_at in sender.busy()]

    def tasks(self) -> list[asyncio.Task[None]]:
        """The tasks that serve the open sessions: the sink's own, and no leak of the test."""
        return [session.task for session in self._sessions if session.task is not None]

    # Faults

    def as_raised(self, wanted: str | Exception | type[Exception], /) -> Exception:
        """The error for `"refused"`, `"reset"`, `"timeout"`, or for a class or an error of the port's or of aiosmtplib's."""
        if not isinstance(wanted, str):
            return as_raised(wanted, self._own_settings())
        found = _IN_WORDS.get(wanted)
        if found is None:
            raise InvalidFault(
                f"mail has no errors by code, such as {wanted!r}",
                hint="on('mail.send').refuses(451, at='DATA'), raises('refused'), 'reset', 'timeout'",
            )
        return translate(found, self._own_settings())

    def lost_reply(self) -> Exception:
        """The error of a connection that ended before the reply."""
        return lost_connection()

    def disturbed(
        self, operation: str, subject: object, error: Exception | None, /, *, arguments: Sequence[object], reached: bool
    ) -> None:
        """Nothing follows from it: the next mail has a session of its own."""

    def refusing(
        self, code: int, text: str, *, at: str = "RCPT", address: str | None = None
    ) -> AbstractContextManager[None]:
        """Refuse a step of the conversation, or one recipient, for the mail that is sent in the block.

        Raises (at once):
            InvalidFault: no such step.
            InvalidMail: no address, or a reply that refuses nothing.
        """
        refusal = _refusal(code, text)
        if address is not None:
            mailbox = _mailbox(address)
            return _conversing(lambda rules: replace(rules, refused={**rules.refused, mailbox: refusal}))
        step = _step(at)
        refused = {step: refusal}
        return self._at(step, lambda rules: replace(rules, refused_at={**rules.refused_at, **refused}))

    def hanging_up(self, *, at: str) -> AbstractContextManager[None]:
        """Close the connection at a step, for the mail that is sent in the block; behind the final dot it is taken.

        Raises (at once):
            InvalidFault: no such step.
        """
        step = _step(at)
        return self._at(step, lambda rules: replace(rules, hangs_up_at={*rules.hangs_up_at, step}))

    def going_silent(self, *, at: str) -> AbstractContextManager[None]:
        """Do not answer a step, for the mail that is sent in the block; behind the final dot it is taken.

        Raises (at once):
            InvalidFault: no such step.
        """
        step = _step(at)
        return self._at(step, lambda rules: replace(rules, silent_at={*rules.silent_at, step}))

    def _at(self, step: str, change: Callable[[Rules], Rules]) -> AbstractContextManager[None]:
        if step != "STARTTLS":
            return _conversing(change)
        # A sink that has not been told of TLS grants it without a word, and the step would never come.
        return _conversing(lambda rules: change(replace(rules, tls=TLS.STARTTLS if rules.tls is None else rules.tls)))

    # How the server behaves

    def refuse(self, address: str, *, code: int = 550, text: str = "5.1.1 No such user") -> None:
        """Refuse a recipient from now on (RCPT TO)."""
        self._rules.refused[_mailbox(address)] = _refusal(code, text)

    def accept(self, address: str) -> None:
        """Forget that a recipient or sender is refused."""
        self._rules.refused.pop(_mailbox(address), None)
        self._rules.refused_senders.pop(_mailbox(address), None)

    def refuse_sender(self, address: str, *, code: int = 550, text: str = "5.7.1 Sender refused") -> None:
        """Refuse a sender from now on (MAIL FROM)."""
        self._rules.refused_senders[_mailbox(address)] = _refusal(code, text)

    def refuse_data(self, code: int = 554, text: str = "5.6.0 Message refused") -> None:
        """Refuse every message from now on, after its final dot."""
        self._rules.refused_data = _refusal(code, text)

    def require_auth(self, username: str, password: str) -> None:
        """Refuse mail without a login (530) and every other login (535); may be called for several users."""
        self._rules.credentials = {**(self._rules.credentials or {}), username: password}
        self._rules.needs_login = True
        self._sender.drop_idle()

    def offer_tls(self) -> None:
        """Offer STARTTLS in earnest: who asks for it gets it, who does not is served in plain."""
        self._set_tls(TLS.STARTTLS, needed=False)

    def require_tls(self, kind: TLS = TLS.STARTTLS) -> None:
        """Serve nobody in plain: MAIL is refused before STARTTLS, or, with TLS.IMPLICIT, TLS comes first of all.

        The certificate is for localhost, and this fake's client trusts it.
        """
        if kind is TLS.NONE:
            raise InvalidMail("require_tls(TLS.NONE) requires nothing", hint="refuse_tls() is a server without TLS")
        self._set_tls(kind, needed=True)

    def refuse_tls(self) -> None:
        """Be a server without TLS: who asks for it fails, as in production, and nothing is sent."""
        self._set_tls(TLS.NONE, needed=False)

    def go_silent(self, at: str = "CONNECT") -> None:
        """Never answer this command again ("CONNECT": never greet): the client runs into its time-out."""
        self._rules.silent_at.add(_command(at))
        self._sender.drop_idle()

    def hang_up(self, at: str = "CONNECT") -> None:
        """Close the connection at this command ("CONNECT": instead of the greeting; "END-OF-MESSAGE": behind the final dot)."""
        self._rules.hangs_up_at.add(_command(at))
        self._sender.drop_idle()

    def go_down(self) -> None:
        """Refuse every connection, and close those that are open."""
        self._rules.down = ConnectionRefusedError(111, "Connection refused")
        self._sender.drop_idle()
        for session in list(self._sessions):
            session.close()

    def recover(self) -> None:
        """Behave as in the beginning."""
        stock = Rules()
        for rule in fields(Rules):
            setattr(self._rules, rule.name, getattr(stock, rule.name))
        self._sender.drop_idle()

    def _set_tls(self, kind: TLS, *, needed: bool) -> None:
        self._rules.tls = kind
        self._rules.needs_tls = needed
        self._sender.drop_idle()

    # The two ends of the conversation

    def _own_settings(self) -> SmtpSettings:
        rules = self._rules
        username, password = next(iter((rules.credentials or {}).items()), (None, None))
        return SmtpSettings(username=username, password=password, tls=rules.tls or TLS.NONE)

    async def _reach(
        self, settings: SmtpSettings, *, rules: Rules | None = None, servers: dict[bool, asyncio.Server] | None = None
    ) -> Endpoint:
        rules = self._rules if rules is None else rules
        if rules.down is not None:
            raise rules.down
        port = await self._serve(rules, self._servers if servers is None else servers)
        tls = TLS.NONE if rules.tls is None else settings.tls
        name = f"client-{len(self._clients) + 1}.localhost"
        self._clients[name] = settings  # its name in EHLO is all that the server knows of a client
        return Endpoint(_ADDRESS, port, tls, None if tls is TLS.NONE else client_context(), name)

    async def _serve(self, rules: Rules, servers: dict[bool, asyncio.Server]) -> int:
        encrypted = rules.tls is TLS.IMPLICIT
        async with self._serving:
            server = servers.get(encrypted)
            if server is None:
                server = servers[encrypted] = await asyncio.get_running_loop().create_server(
                    lambda: SinkProtocol(rules, self._receive, self.conversation, self._sessions),
                    _ADDRESS,
                    0,
                    ssl=server_context() if encrypted else None,
                    start_serving=False,
                )
                # It is kept by now: whoever is cancelled here leaves a server that is closed at the end.
                await server.start_serving()
        return int(server.sockets[0].getsockname()[1])

    def _receive(self, arrival: Arrival) -> str:
        transmission = Transmission(
            sender=arrival.sender,
            recipients=arrival.recipients,
            refused=arrival.refused,
            username=arrival.username,
            encrypted=arrival.encrypted,
            smtputf8=arrival.smtputf8,
            settings=self._clients.get(arrival.client, _STRANGER),
            at=self._clock.now(),
            raw=arrival.content,
        )
        self._queued += 1
        self.sent.append(SentMail(transmission))
        return str(self._queued)


def _command(name: str) -> str:
    if name.upper() not in _COMMANDS:
        raise InvalidMail(f"{name!r} is no step of a conversation", hint=f"one of {', '.join(sorted(_COMMANDS))}")
    return name.upper()


def _step(name: object) -> str:
    if name not in STEPS:
        raise InvalidFault(f"{name!r} is no step of a mail's conversation", hint=f"one of {', '.join(STEPS)}")
    return str(name)


@contextmanager
def _conversing(change: Callable[[Rules], Rules]) -> Iterator[None]:
    token = _change.set(change)
    try:
        yield
    finally:
        _change.reset(token)


def _mailbox(address: str) -> str:
    if not re.fullmatch(r"[^<>]+@[^<>@\s]+", address):
        raise InvalidMail(f"{address!r} is no mail address", hint="bare, such as bob@example.org")
    return same_mailbox(address)


def _refusal(code: int, text: str) -> Refusal:
    if isinstance(code, bool) or not isinstance(code, int) or not 400 <= code <= 599:
        raise InvalidMail(f"{code!r} refuses nothing", hint="4xx for now, 5xx for good (RFC 5321, 4.2.1)")
    if not isinstance(text, str) or not text.isprintable():
        raise InvalidMail(f"the text of a reply is one line, not {text!r}", hint="leave out line ends")
    return Refusal(code, text)


def _describe_leak(made_at: Stack) -> str:
    return "\n".join(
        ["a mail that is still being sent", *(f"session opened at {line}" for line in made_at.lines(most=3))]
    )
