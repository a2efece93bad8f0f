"""SmtpMail against servers on loopback ports: the sink, and aiosmtpd as it comes."""

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager
from email.message import EmailMessage

import aiosmtplib
import pytest
import trustme
from aiosmtpd.smtp import SMTP

from nexus_testkit.adapters.fake.mail import SmtpSink
from nexus_testkit.adapters.fake.smtp_server import SinkProtocol, client_context, server_context
from nexus_testkit.adapters.real.clock import SystemClock
from nexus_testkit.adapters.real.mail import SmtpMail, smtp_settings
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
from nexus_testkit.ports.mail import TLS, MailTransport, Refusal, SendReceipt, SmtpSettings

ME = "client.example.org"


def message(subject="Hello", to="bob@example.org"):
    made = EmailMessage()
    made["From"] = "Ann <ann@example.org>"
    made["To"] = to
    made["Subject"] = subject
    made["Message-ID"] = "<1@example.org>"
    made.set_content("Hi Bob\n")
    return made


def with_sink(test, *, tls=TLS.NONE, **own):
    """Run `test(mail, sink, settings)`: the adapter, and the sink that listens where `settings` say."""

    async def main():
        sink = SmtpSink(clock=SystemClock())
        serving = server_context() if tls is TLS.IMPLICIT else None
        server = await asyncio.get_running_loop().create_server(
            lambda: SinkProtocol(sink._rules, sink._receive, sink.conversation, sink._sessions),
            "127.0.0.1",
            0,
            ssl=serving,
        )
        port = server.sockets[0].getsockname()[1]
        settings = SmtpSettings(host="localhost", port=port, tls=tls, **own)
        sink._clients[ME] = settings
        try:
            async with SmtpMail(settings, tls_context=client_context(), local_hostname=ME) as mail:
                assert isinstance(mail, MailTransport)
                await test(mail, sink, settings)
                assert mail.leaks() == []
        finally:
            server.close()
            await sink.aclose()

    asyncio.run(asyncio.wait_for(main(), 60))


async def send(mail, *recipients, sender="ann@example.org", made=None, settings=None):
    return await mail.send(
        made or message(), sender=sender, recipients=recipients or ("bob@example.org",), settings=settings
    )


def test_a_mail_arrives_as_it_was_written():
    async def test(mail, sink, _):
        assert await mail.health_check() is True
        receipt = await send(mail)
        assert receipt == SendReceipt("<1@example.org>", ("bob@example.org",), {}, "2.0.0 OK: queued as 1")
        [arrived] = sink.sent
        assert (arrived.sender, arrived.subject, arrived.text) == ("ann@example.org", "Hello", "Hi Bob\n")
        assert arrived.transmission.encrypted is False
        await asyncio.gather(*(send(mail) for _ in range(6)))
        assert len(sink.sent) == 7
        await mail.aclose()
        assert sink.conversation.count("C: QUIT") == 4

    with_sink(test)


def test_each_recipient_has_an_answer_of_its_own():
    async def test(mail, sink, _):
        sink.refuse("eve@example.org", code=550, text="5.1.1 No such user")
        receipt = await send(mail, "bob@example.org", "eve@example.org", "bob@example.org")
        assert (receipt.accepted, receipt.refused) == (
            ("bob@example.org",),
            {"eve@example.org": Refusal(550, "5.1.1 No such user")},
        )
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as caught:
            await send(mail, "eve@example.org")
        assert isinstance(caught.value, MailRecipientsRefused)
        assert caught.value.refused == {"eve@example.org": (550, "5.1.1 No such user")}

    with_sink(test)


@pytest.mark.parametrize("tls", [TLS.STARTTLS, TLS.IMPLICIT])
def test_encryption_and_login(tls):
    async def test(mail, sink, settings):
        sink.require_tls(tls)
        sink.require_auth("ann", "s3cret")
        await send(mail)
        assert (sink.sent[0].transmission.encrypted, sink.sent[0].transmission.username) == (True, "ann")
        async with SmtpMail(settings, local_hostname=ME) as distrusting:
            with pytest.raises(MailConnectError, match="certificate verify failed") as caught:
                await send(distrusting)
            assert isinstance(caught.value, aiosmtplib.SMTPException)
            assert await distrusting.health_check() is False

    with_sink(test, tls=tls, username="ann", password="s3cret")


def test_a_wrong_password():
    async def test(mail, sink, _):
        sink.require_auth("ann", "s3cret")
        with pytest.raises(aiosmtplib.SMTPAuthenticationError) as caught:
            await send(mail)
        assert isinstance(caught.value, MailAuthenticationFailed)
        assert caught.value.code == 535
        assert "wrong" not in str(caught.value)

    with_sink(test, username="ann", password="wrong")


def test_starttls_is_never_given_up():
    async def test(mail, sink, _):
        sink.refuse_tls()
        with pytest.raises(MailConnectError, match="offers no STARTTLS"):
            await send(mail)
        assert sink.sent == []

    with_sink(test, tls=TLS.STARTTLS)


def test_what_the_server_refuses():
    async def test(mail, sink, _):
        sink.refuse_sender("ann@example.org", code=550)
        with pytest.raises(MailSenderRefused):
            await send(mail)
        sink.recover()
        sink.refuse_data(554, "5.7.1 Spam")
        with pytest.raises(MailDataRefused) as caught:
            await send(mail)
        assert (caught.value.code, caught.value.reply) == (554, "5.7.1 Spam")
        with pytest.raises(InvalidMail):
            await send(mail, "bob@example.org\r\nRCPT TO:<eve@example.org>")

    with_sink(test)


@pytest.mark.parametrize("at", ["CONNECT", "MAIL", "DATA"])
def test_a_server_that_goes_silent_or_away(at):
    async def test(mail, sink, settings):
        await send(mail)
        sink.hang_up(at)
        if at == "CONNECT":
            mail._sender.drop_idle()
        with pytest.raises(MailConnectError):
            await send(mail)
        sink.recover()
        sink.go_silent(at)
        hasty = SmtpSettings(settings.host, settings.port, tls=TLS.NONE, timeout_s=0.05)
        with pytest.raises(MailTimeout) as caught:
            await send(mail, settings=hasty)
        assert isinstance(caught.value, TimeoutError)
        sink.recover()
        await send(mail)

    with_sink(test)


def test_addresses_beyond_ascii():
    async def test(mail, sink, _):
        await send(mail, "jürgen@example.org", made=message(to="jürgen@example.org"))
        assert sink.sent[0].recipients == ("jürgen@example.org",)
        assert sink.sent[0].transmission.smtputf8 is True

    with_sink(test)


@asynccontextmanager
async def aiosmtpd(handler, **options):
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(handler, **options), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


class Keeping:
    def __init__(self):
        self.envelopes = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802  # aiosmtpd's name
        self.envelopes.append(envelope)
        return "250 kept"


def test_a_server_without_smtputf8():
    async def main():
        kept = Keeping()
        async with (
            aiosmtpd(kept) as port,
            SmtpMail(f"smtp://127.0.0.1:{port}?timeout_s=10", local_hostname=ME) as mail,
        ):
            assert (await send(mail)).reply == "kept"
            with pytest.raises(aiosmtplib.SMTPNotSupported) as caught:
                await send(mail, "jürgen@example.org")
            assert isinstance(caught.value, MailError)
        assert [envelope.rcpt_tos for envelope in kept.envelopes] == [["bob@example.org"]]

    asyncio.run(main())


def test_another_server_with_starttls():
    authority = trustme.CA()
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(serving)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    async def main():
        kept = Keeping()
        async with aiosmtpd(kept, tls_context=serving, require_starttls=True) as port:
            async with SmtpMail(f"smtp+starttls://localhost:{port}", tls_context=trusting, local_hostname=ME) as mail:
                await send(mail)
            async with SmtpMail(f"smtp://localhost:{port}", local_hostname=ME) as plain:
                with pytest.raises(MailSenderRefused, match="530") as caught:
                    await send(plain)
                assert "TLS.STARTTLS" in caught.value.hint
        assert len(kept.envelopes) == 1

    asyncio.run(main())


def test_a_server_that_is_not_there():
    async def main():
        async with SmtpMail("smtp://127.0.0.1:1") as mail:
            with pytest.raises(aiosmtplib.SMTPConnectError) as caught:
                await send(mail)
            assert isinstance(caught.value, MailConnectError)
            assert await mail.health_check() is False
        await mail.aclose()
        with pytest.raises(MailConnectError, match="is closed"):
            await send(mail)
        assert mail._local_hostname == socket.getfqdn()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("smtp://h", SmtpSettings("h", 25, tls=TLS.NONE)),
        ("smtps://u%40x:p%2F@h?timeout_s=2.5", SmtpSettings("h", 465, "u@x", "p/", TLS.IMPLICIT, 2.5)),
        ("smtp+starttls://h:2525", SmtpSettings("h", 2525, tls=TLS.STARTTLS)),
    ],
)
def test_a_url_as_settings(url, settings):
    assert smtp_settings(url) == settings


@pytest.mark.parametrize("url", ["mailto:x@y", "smtp://", "smtp://h?x=1", "http://h"])
def test_a_url_that_is_none_is_refused(url):
    with pytest.raises(ValueError, match="URL of a mail server"):
        SmtpMail(url)
