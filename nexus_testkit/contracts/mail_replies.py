"""What a mail transport promises where the server refuses, fails or is silent, and of mail that no server should see."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.policy import compat32
from typing import Any

import pytest

from nexus_testkit.contracts.contract import Contract, raising
from nexus_testkit.errors import (
    InvalidMail,
    MailAuthenticationFailed,
    MailConnectError,
    MailDataRefused,
    MailRecipientsRefused,
    MailSenderRefused,
    MailTimeout,
)
from nexus_testkit.ports.mail import TLS, MailTransport, Refusal, SendReceipt, SmtpSettings

_BOB, _EVE = "bob@example.org", "eve@example.org"


def make_message(subject: str = "Hello", *, to: str = _BOB, text: str = "Hi Bob\n") -> EmailMessage:
    """A message from Ann."""
    message = EmailMessage()
    message["From"] = "Ann <ann@example.org>"
    message["To"] = to
    message["Subject"] = subject
    message["Message-ID"] = "<1@example.org>"
    message.set_content(text)
    return message


class ReplyPromises(Contract):
    """The part of `MailContract` that concerns the server's replies."""

    @pytest.fixture
    async def server(self, nexus: Any) -> Any:
        """The server behind the adapter: by default the sink of the test's world, on a loopback port (`listen()`).

        Another one has the same attribute `sent` and the same verbs: `refuse`, `refuse_sender`, `refuse_data`,
        `require_auth`, `refuse_tls`, `go_silent`, `hang_up`, `go_down`, `recover`; steps are `CONNECT`, `EHLO`, `MAIL`, `RCPT`,
        `DATA` and, for `hang_up`, `END-OF-MESSAGE`.
        """
        return nexus.adapter("mail")

    @pytest.fixture
    async def settings(self, server: Any) -> SmtpSettings:
        """How to reach the server in plain; a tenth of a second for each reply."""
        host, port = await server.listen()
        return SmtpSettings(host=host, port=port, tls=TLS.NONE, timeout_s=0.1)

    def received(self, server: Any) -> Sequence[Any]:
        """The mails that the server has accepted, in order."""
        mails: Sequence[Any] = server.sent
        return mails

    def the_mail(self, server: Any) -> Any:
        """The one mail that the server has accepted."""
        mails = self.received(server)
        if len(mails) != 1:
            pytest.fail(
                f"{len(mails)} mails reached the server, not one. It is the sink of the test's world, unless the class has a fixture "
                "'server' of its own: connect the transport to `host, port = await server.listen()`, or override `received`"
            )
        return mails[0]

    def rules(self, server: Any) -> Any:
        """What changes the server's behaviour."""
        return server

    async def send(
        self,
        adapter: MailTransport,
        message: EmailMessage,
        *,
        sender: str = "ann@example.org",
        to: Any = (_BOB,),
        settings: SmtpSettings | None = None,
    ) -> SendReceipt:
        """Send a message, to Bob unless `to` says otherwise."""
        return await adapter.send(message, sender=sender, recipients=to, settings=settings)

    # -- refusals

    async def test_refused_recipient_is_in_the_receipt(self, adapter: MailTransport, server: Any) -> None:
        """Where some recipients are refused, the others receive, and the receipt says who was refused and why."""
        self.rules(server).refuse(_EVE, code=550, text="5.1.1 No such user")
        receipt = await self.send(adapter, make_message(), to=[_EVE, _BOB])
        assert receipt.accepted == (_BOB,)
        assert dict(receipt.refused) == {_EVE: Refusal(550, "5.1.1 No such user")}
        mail = self.the_mail(server)
        assert mail.recipients == (_BOB,)

    async def test_all_recipients_refused_is_an_error(self, adapter: MailTransport, server: Any) -> None:
        """Where all recipients are refused it is MailRecipientsRefused with each one's code and text; nothing arrives."""
        self.rules(server).refuse(_EVE, code=550, text="5.1.1 No such user")
        self.rules(server).refuse(_BOB, code=452, text="4.2.2 Full")
        with pytest.raises(MailRecipientsRefused) as caught:
            await self.send(adapter, make_message(), to=[_EVE, _BOB])
        assert caught.value.refused == {_EVE: (550, "5.1.1 No such user"), _BOB: (452, "4.2.2 Full")}
        assert self.received(server) == []

    async def test_refused_sender_is_an_error(self, adapter: MailTransport, server: Any) -> None:
        """A refused sender is MailSenderRefused with the address, code and text."""
        self.rules(server).refuse_sender("ann@example.org", code=553, text="5.7.1 Not you")
        with pytest.raises(MailSenderRefused) as caught:
            await self.send(adapter, make_message())
        error = caught.value
        assert (error.sender, error.code, error.reply) == ("ann@example.org", 553, "5.7.1 Not you")
        assert self.received(server) == []

    async def test_refused_message_is_an_error(self, adapter: MailTransport, server: Any) -> None:
        """A message that is refused after its final dot is MailDataRefused with code and text."""
        self.rules(server).refuse_data(554, "5.6.0 Spam")
        with pytest.raises(MailDataRefused) as caught:
            await self.send(adapter, make_message())
        assert (caught.value.code, caught.value.reply) == (554, "5.6.0 Spam")
        assert self.received(server) == []

    async def test_mail_after_a_refusal_arrives(self, adapter: MailTransport, server: Any) -> None:
        """After any refusal the next mail arrives, alone."""
        self.rules(server).refuse(_EVE)
        self.rules(server).refuse_sender(_EVE)
        for arguments, kind in (({"to": [_EVE]}, MailRecipientsRefused), ({"sender": _EVE}, MailSenderRefused)):
            with pytest.raises(kind):
                await self.send(adapter, make_message("refused"), **arguments)
            await self.send(adapter, make_message("fine"))
        assert [mail.subject for mail in self.received(server)] == ["fine", "fine"]

    # -- login and encryption

    async def test_login_is_used(self, adapter: MailTransport, server: Any, settings: SmtpSettings) -> None:
        """Username and password of the settings are used to log in."""
        self.rules(server).require_auth("ann", "s3cret ü")
        await self.send(adapter, make_message(), settings=replace(settings, username="ann", password="s3cret ü"))
        mail = self.the_mail(server)
        assert mail.username == "ann"

    async def test_wrong_login_is_an_error(self, adapter: MailTransport, server: Any, settings: SmtpSettings) -> None:
        """A refused login is MailAuthenticationFailed with code 535, and the password is not in its text."""
        self.rules(server).require_auth("ann", "s3cret")
        with pytest.raises(MailAuthenticationFailed) as caught:
            await self.send(adapter, make_message(), settings=replace(settings, username="ann", password="wr0ng"))
        assert caught.value.code == 535
        assert "wr0ng" not in str(caught.value)
        assert self.received(server) == []

    async def test_missing_login_is_an_error(self, adapter: MailTransport, server: Any, settings: SmtpSettings) -> None:
        """A server that wants a login and gets none: MailAuthenticationFailed with code 530."""
        self.rules(server).require_auth("ann", "s3cret")
        with pytest.raises(MailAuthenticationFailed) as caught:
            await self.send(adapter, make_message(), settings=settings)
        assert caught.value.code == 530

    async def test_login_is_of_one_mail(self, adapter: MailTransport, server: Any, settings: SmtpSettings) -> None:
        """Each mail has the login of its own settings: none of another mail's, and none where it names none."""
        self.rules(server).require_auth("ann", "s3cret")
        self.rules(server).require_auth("bob", "s3cret too")
        for username, password in (("ann", "s3cret"), ("bob", "s3cret too")):
            await self.send(adapter, make_message(), settings=replace(settings, username=username, password=password))
            with pytest.raises(MailAuthenticationFailed):
                await self.send(adapter, make_message(), settings=settings)
        assert [mail.username for mail in self.received(server)] == ["ann", "bob"]

    async def test_encryption_that_is_not_offered_is_an_error(
        self, adapter: MailTransport, server: Any, settings: SmtpSettings
    ) -> None:
        """Where encryption, of either kind, is asked for and not offered, it is MailConnectError: nothing is sent in plain."""
        self.rules(server).refuse_tls()
        for kind in (TLS.STARTTLS, TLS.IMPLICIT):
            with raising(MailConnectError, f"{kind} of a server in plain"):
                await self.send(adapter, make_message(), settings=replace(settings, tls=kind))
        assert self.received(server) == []

    # -- failures

    async def test_silent_server_is_a_timeout(
        self, adapter: MailTransport, server: Any, settings: SmtpSettings
    ) -> None:
        """A server that does not answer in `timeout_s` is MailTimeout, a TimeoutError, at every step."""
        for step in ("CONNECT", "EHLO", "MAIL", "DATA"):
            self.rules(server).go_silent(step)
            began = asyncio.get_running_loop().time()
            with raising(MailTimeout, f"a server that is silent at {step}") as caught:
                await self.send(adapter, make_message(), settings=settings)
            assert isinstance(caught.value, TimeoutError)
            assert asyncio.get_running_loop().time() - began < 10  # not some other time-out's
            self.rules(server).recover()

    async def test_broken_connection_is_an_error(
        self, adapter: MailTransport, server: Any, settings: SmtpSettings
    ) -> None:
        """A server that closes the connection, at any step, is MailConnectError, and the next mail arrives."""
        for step in ("CONNECT", "EHLO", "MAIL", "RCPT", "DATA"):
            self.rules(server).go_down()  # ends the session that the mail before may have left open
            self.rules(server).recover()
            await self.pass_time(adapter, 0.02)
            self.rules(server).hang_up(step)
            with raising(MailConnectError, f"a connection that ends at {step}"):
                await self.send(adapter, make_message("broken"), settings=settings)
            self.rules(server).recover()
            await self.send(adapter, make_message(step), settings=settings)
        assert [mail.subject for mail in self.received(server)] == ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"]

    async def test_mail_whose_reply_was_lost_is_not_sent_again(
        self, adapter: MailTransport, server: Any, settings: SmtpSettings
    ) -> None:
        """Where the connection ends behind the final dot it is MailConnectError: only the caller knows whether to repeat it."""
        self.rules(server).hang_up("END-OF-MESSAGE")
        with pytest.raises(MailConnectError):
            await self.send(adapter, make_message(), settings=settings)
        assert len(self.received(server)) <= 1

    # -- mail that no server should see

    async def test_no_recipient_is_invalid(self, adapter: MailTransport) -> None:
        """No recipients, or a text in place of the list, is InvalidMail, a ValueError."""
        nobody: list[Any] = [[], (), _BOB]
        for to in nobody:
            with pytest.raises(InvalidMail) as caught:
                await self.send(adapter, make_message(), to=to)
            assert isinstance(caught.value, ValueError)

    async def test_malformed_address_is_invalid(self, adapter: MailTransport, server: Any) -> None:
        """An address that is none, or has a name, is InvalidMail before any server sees it."""
        for address in (
            "bob",
            "@example.org",
            "bob@",
            "",
            "Bob <bob@example.org>",
            "a b@example.org",
            "<bob@example.org>",
        ):
            with raising(InvalidMail, f"a recipient {address!r}"):
                await self.send(adapter, make_message(), to=[_BOB, address])
            with raising(InvalidMail, f"a sender {address!r}"):
                await self.send(adapter, make_message(), sender=address)
        assert self.received(server) == []

    async def test_command_in_an_address_is_invalid(self, adapter: MailTransport, server: Any) -> None:
        """An address that would smuggle in a command is InvalidMail, and nothing is sent."""
        for address in ("bob@example.org\r\nDATA", "bob@example.org\n", "ann@example.org> SIZE=1", "a\x00@example.org"):
            with raising(InvalidMail, f"a recipient {address!r}"):
                await self.send(adapter, make_message(), to=[address])
            with raising(InvalidMail, f"a sender {address!r}"):
                await self.send(adapter, make_message(), sender=address)
        assert self.received(server) == []

    async def test_line_end_in_a_header_is_invalid(self, adapter: MailTransport, server: Any) -> None:
        """A header, whichever it is, with a line end in it is InvalidMail: it would begin another header. A folded one is fine."""
        for name in ("Subject", "To", "X-Own"):
            for value in ("a\nBcc: eve@example.org", "a\r\nX: y", "a\rX: y"):
                injected = EmailMessage(policy=compat32)
                injected[name] = value
                with raising(InvalidMail, f"a header {name}: {value!r}"):
                    await self.send(adapter, injected)
        folded = EmailMessage(policy=compat32)
        folded["Subject"] = "a\n b"
        await self.send(adapter, folded)
        assert [mail.subject for mail in self.received(server)] == ["a b"]

    async def test_half_a_login_is_invalid(self, adapter: MailTransport, settings: SmtpSettings) -> None:
        """A username without a password, or the reverse, is InvalidMail."""
        for half in (replace(settings, username="ann"), replace(settings, password="s3cret")):
            with pytest.raises(InvalidMail):
                await self.send(adapter, make_message(), settings=half)
