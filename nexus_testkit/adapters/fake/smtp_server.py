"""The server of the mail fake: aiosmtpd's SMTP protocol with rules that a test can set."""

from __future__ import annotations

import asyncio
import re
import ssl
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, partial
from importlib.resources import as_file, files
from typing import Any, AnyStr

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from nexus_testkit.adapters.fake.mail_message import same_mailbox
from nexus_testkit.adapters.fake.smtp_address import NULL_SENDER, parse_path
from nexus_testkit.ports.mail import TLS, Refusal

_SECRET = re.compile(r"^(\S+) \S.*$")
_NAME = "localhost"
_CLOSING = 421
_BEFORE_TLS = frozenset({"EHLO", "HELO", "NOOP", "QUIT", "STARTTLS", "RSET"})
_CERTIFICATES = files("nexus_testkit.adapters.fake") / "smtp_certificate"


@cache
def server_context() -> ssl.SSLContext:
    """The server's side of TLS, with a certificate for localhost that is valid until 2120."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with as_file(_CERTIFICATES / "localhost.pem") as path:
        context.load_cert_chain(path)
    return context


@cache
def client_context() -> ssl.SSLContext:
    """The client's side of TLS: trusts the fake's own authority and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=(_CERTIFICATES / "authority.pem").read_text("ascii"))
    return context


@dataclass(slots=True)
class Rules:
    """How the server behaves. Changes hold from the next command on, those of TLS from the next session on.

    Attributes:
        refused: recipients who are refused, by `same_mailbox`.
        refused_senders: senders who are refused, likewise.
        refused_data: why every message is refused, or None.
        refused_at: what a step of the conversation is refused with, each time ("CONNECT" is the greeting,
            "END-OF-MESSAGE" the final dot).
        credentials: username -> password; None accepts any.
        needs_login: whether MAIL is refused before AUTH.
        tls: the encryption that is offered; None has none and takes the client's wish for the deed.
        needs_tls: whether MAIL is refused before STARTTLS.
        silent_at: steps that are never answered; a message is taken before.
        hangs_up_at: steps at which the connection is closed; likewise.
        down: why no connection is made, or None.
    """

    refused: dict[str, Refusal] = field(default_factory=dict)
    refused_senders: dict[str, Refusal] = field(default_factory=dict)
    refused_data: Refusal | None = None
    refused_at: dict[str, Refusal] = field(default_factory=dict)
    credentials: dict[str, str] | None = None
    needs_login: bool = False
    tls: TLS | None = None
    needs_tls: bool = False
    silent_at: set[str] = field(default_factory=set)
    hangs_up_at: set[str] = field(default_factory=set)
    down: OSError | None = None


@dataclass(slots=True)
class Arrival:
    """A message that a session received.

    Attributes:
        client: the client's name in EHLO.
        sender, recipients: of the envelope, as far as they were accepted.
        content: the message's bytes.
        smtputf8: whether MAIL said SMTPUTF8.
        refused: recipients who were refused.
        username: who had logged in, or None.
        encrypted: whether the connection is encrypted.
    """

    client: str
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    smtputf8: bool
    refused: dict[str, Refusal]
    username: str | None
    encrypted: bool


_MEMBERS = tuple(name for name in dir(SMTP) if name.startswith(("auth_", "smtp_")))


class _Session(Session):
    """aiosmtpd's session, without the warning that aiosmtpd logs when it sets `login_data` itself (1.4.6)."""

    login_data: Any = None


class SinkProtocol(SMTP):
    """One session of the server.

    It overrides some private names of aiosmtpd 1.4.6: `_create_session`, `_getaddr`, `_handle_client`, `_reset_timeout`,
    `_smtp_methods`, `_timeout_handle`. A test sees each of them at work.

    Attributes:
        rules: how to behave.
        deliver: takes a message and gives its queue id.
        refused: the recipients that were refused in this transaction.
    """

    def __init__(
        self,
        rules: Rules,
        deliver: Callable[[Arrival], str],
        conversation: list[str],
        sessions: dict[SinkProtocol, None],
    ) -> None:
        """Make the server's end of a connection to come; `deliver` takes a message and gives its queue id."""
        self.rules = rules
        self.deliver = deliver
        self._conversation = conversation
        self._sessions = sessions
        self.refused: dict[str, Refusal] = {}
        # aiosmtpd keeps these limits in its class, where every new session would clear those of the others.
        self.command_size_limits = defaultdict(lambda: SMTP.command_size_limit)
        starttls = rules.tls is TLS.STARTTLS
        super().__init__(
            _Handler(),
            hostname=_NAME,
            ident="nexus-testkit",
            enable_SMTPUTF8=True,
            tls_context=server_context() if starttls else None,
            # Under STARTTLS no login in plain (RFC 4954, 4); elsewhere the connection is as secure as it gets.
            auth_require_tls=starttls,
            authenticator=self._check_login,
            loop=asyncio.get_running_loop(),
        )
        self._timeout_handle = _NoTimer()  # type: ignore[assignment]  # it needs no more than cancel()
        self._smtp_methods = {name: partial(self._obey, name, method) for name, method in self._smtp_methods.items()}

    def __dir__(self) -> Iterable[str]:
        """Only the names that aiosmtpd looks for: each new session walks through all of them three times (150 µs)."""
        return _MEMBERS

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The task that serves the session, once it is connected."""
        return self._handler_coroutine

    @property
    def _encrypted(self) -> bool:
        return self.transport is not None and self.transport.get_extra_info("sslcontext") is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._sessions[self] = None
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._sessions.pop(self, None)
        super().connection_lost(error)

    def close(self) -> None:
        """Close the connection from the server's side."""
        if self.transport is not None:
            self.transport.close()

    async def push(self, status: AnyStr) -> None:
        text = status if isinstance(status, str) else status.decode("utf-8", "replace")
        self._conversation.append(f"S: {text}")
        await super().push(status)

    async def check_auth_needed(self, caller_method: str) -> bool:
        # Not by `auth_required=True`, for which aiosmtpd warns where there is no TLS.
        if self.rules.needs_login and not (self.session and self.session.authenticated):
            await self.push("530 5.7.0 Authentication required")
            return True
        return bool(await super().check_auth_needed(caller_method))

    def _create_session(self) -> Session:
        return _Session(self.loop)

    async def _handle_client(self) -> None:
        await self._misbehave("CONNECT")
        refusal = self.rules.refused_at.get("CONNECT")
        if refusal is not None:
            await self.refuse(refusal)
            self.close()
            return
        await super()._handle_client()

    async def _obey(self, name: str, method: Callable[[str | None], Awaitable[None]], arg: str | None) -> None:
        shown = _SECRET.sub(r"\1 ***", arg) if arg and name == "AUTH" else arg
        self._conversation.append(f"C: {name} {shown}" if shown else f"C: {name}")
        await self._misbehave(name)
        # Without HELO a server that refuses EHLO is asked again in the words of RFC 821.
        refusal = None if name == "RCPT" else self.rules.refused_at.get("EHLO" if name == "HELO" else name)
        if refusal is not None:
            await self.refuse(refusal)
        elif self.rules.needs_tls and not self._encrypted and name not in _BEFORE_TLS:
            await self.push("530 5.7.0 Must issue a STARTTLS command first")  # RFC 3207, 4
        else:
            await method(arg)

    async def refuse(self, refusal: Refusal) -> None:
        """Reply with a refusal; behind a 421 the connection is closed (RFC 5321, 3.8)."""
        await self.push(f"{refusal.code} {refusal.text}")
        if refusal.code == _CLOSING:
            self.close()

    async def _misbehave(self, step: str) -> None:
        if step in self.rules.hangs_up_at:
            self.close()
        elif step not in self.rules.silent_at:
            return
        await self.loop.create_future()  # until the connection is lost, which cancels this

    async def misbehave_behind(self, reply: str) -> str:
        """The reply to the final dot, unless the server is to be silent there, or to hang up: the message is taken by then."""
        await self._misbehave("END-OF-MESSAGE")
        return reply

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Set no timer.

        A kept session would close itself after five idle minutes, and until then its timer would be something
        to wait for: a world that is stuck would let those minutes pass before it says so.
        """

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        # aiosmtpd's parser is that of headers (RFC 5322): it drops comments and quotes, quotes spaces, fails at "<".
        return parse_path(arg)

    def _check_login(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: LoginPassword
    ) -> AuthResult:
        known = self.rules.credentials
        login, password = data.login.decode("utf-8", "replace"), data.password.decode("utf-8", "replace")
        success = known is None or known.get(login) == password
        return AuthResult(success=success, handled=False, auth_data=data if success else None)

    def arrival(self, session: Session, envelope: Envelope) -> Arrival:
        """The message of the transaction that ends."""
        login = getattr(session.auth_data, "login", None)
        return Arrival(
            client=str(session.host_name),
            sender="" if envelope.mail_from in {None, NULL_SENDER} else str(envelope.mail_from),
            recipients=tuple(envelope.rcpt_tos),
            content=envelope.original_content or b"",
            smtputf8=bool(envelope.smtp_utf8),
            refused=self.refused,
            username=login.decode("utf-8", "replace") if isinstance(login, bytes) else None,
            encrypted=self._encrypted,
        )


class _Handler:
    """What aiosmtpd asks at each step of a transaction (its handler hooks)."""

    def __dir__(self) -> Iterable[str]:
        """Only the hooks, for the same reason as in `SinkProtocol`."""
        return ("handle_DATA", "handle_MAIL", "handle_RCPT")

    async def handle_MAIL(  # noqa: N802  # aiosmtpd finds hooks by this name
        self, server: SinkProtocol, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = server.rules.refused_senders.get(same_mailbox(address))
        if refusal is not None:
            return f"{refusal.code} {refusal.text}"
        server.refused = {}
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd finds hooks by this name
        self, server: SinkProtocol, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        rules = server.rules
        if address == NULL_SENDER:
            return "553 5.1.3 Nobody can be reached at the null path"
        refusal = rules.refused_at.get("RCPT") or rules.refused.get(same_mailbox(address))
        if refusal is not None:
            server.refused[address] = refusal
            if refusal.code == _CLOSING:
                server.loop.call_soon(server.close)
            return f"{refusal.code} {refusal.text}"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802  # aiosmtpd finds hooks by this name
        self, server: SinkProtocol, session: Session, envelope: Envelope
    ) -> str:
        refusal = server.rules.refused_at.get("END-OF-MESSAGE") or server.rules.refused_data
        if refusal is not None:
            if refusal.code == _CLOSING:
                server.loop.call_soon(server.close)
            return f"{refusal.code} {refusal.text}"
        queued_as = server.deliver(server.arrival(session, envelope))
        return await server.misbehave_behind(f"250 2.0.0 OK: queued as {queued_as}")


class _NoTimer:
    """Stands where aiosmtpd expects its timer."""

    def cancel(self) -> None:
        """Nothing runs."""
