import asyncio
import logging
import ssl

import aiosmtplib
import pytest

from nexus_testkit.adapters.fake.mail import SmtpSink
from nexus_testkit.adapters.fake.smtp_address import parse_path
from nexus_testkit.adapters.fake.smtp_server import client_context, server_context
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
from nexus_testkit.ports.mail import TLS, Refusal, SmtpSettings
from nexus_testkit.simulation import run
from tests.unit.adapters.mail_world import PLAIN, LoopClock, message, send, with_sink


@with_sink
async def test_one_refused_recipient_stops_nobody_else(sink):
    sink.refuse("bob@EXAMPLE.org", code=550, text="No such user")
    receipt = await send(sink, "bob@example.org", "cy@example.org")
    assert receipt.accepted == ("cy@example.org",)
    assert receipt.refused == {"bob@example.org": Refusal(550, "No such user")}
    assert sink.sent[0].refused == {"bob@example.org": Refusal(550, "No such user")}
    assert (await send(sink, "cy@example.org")).refused == {}
    assert sink.sent[1].refused == {}


@with_sink
async def test_all_recipients_refused_sends_nothing(sink):
    sink.refuse("bob@example.org", code=450, text="4.2.1 Try later")
    with pytest.raises(MailRecipientsRefused) as caught:
        await send(sink)
    assert caught.value.refused == {"bob@example.org": (450, "4.2.1 Try later")}
    assert (caught.value.code, caught.value.reply) == (450, "4.2.1 Try later")
    assert "bob@example.org" in str(caught.value)
    assert isinstance(caught.value, aiosmtplib.SMTPRecipientsRefused)
    assert [each.recipient for each in caught.value.recipients] == ["bob@example.org"]
    assert sink.sent == []
    await send(sink, "cy@example.org")
    assert len([line for line in sink.conversation if line.startswith("C: EHLO")]) == 1


@with_sink
async def test_refused_sender_and_message_are_named(sink):
    sink.refuse_sender("ann@example.org")
    with pytest.raises(MailSenderRefused, match=r"ann@example.org") as caught:
        await send(sink)
    assert (caught.value.sender, caught.value.code) == ("ann@example.org", 550)
    assert isinstance(caught.value, aiosmtplib.SMTPSenderRefused)
    sink.recover()
    sink.refuse_data(552, "5.3.4 Too big")
    with pytest.raises(MailDataRefused, match=r"552 5.3.4 Too big") as refused:
        await send(sink)
    assert isinstance(refused.value, aiosmtplib.SMTPDataError)
    assert refused.value.message == "5.3.4 Too big"
    assert sink.sent == []


@with_sink
async def test_any_login_is_accepted_until_one_is_required(sink):
    await send(sink, settings=SmtpSettings(username="ann", password="secret"))
    assert sink.sent[0].username == "ann"
    assert "C: AUTH PLAIN ***" in sink.conversation
    assert not any("secret" in line or "YW5u" in line for line in sink.conversation)
    sink.require_auth("ann", "right")
    with pytest.raises(MailAuthenticationFailed) as caught:
        await send(sink, settings=SmtpSettings(username="ann", password="secret"))
    assert caught.value.code == 535
    assert isinstance(caught.value, aiosmtplib.SMTPAuthenticationError)
    with pytest.raises(MailAuthenticationFailed, match=r"SmtpSettings\(username") as missing:
        await send(sink)
    assert missing.value.code == 530
    assert isinstance(missing.value, aiosmtplib.SMTPSenderRefused)
    await send(sink, settings=SmtpSettings(username="ann", password="right"))
    await send(sink, settings=None)
    assert [mail.username for mail in sink.sent] == ["ann", "ann", "ann"]


@with_sink
async def test_logging_in_leaves_no_warning(sink):
    records: list[logging.LogRecord] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = records.append  # type: ignore[method-assign]
    logging.getLogger("mail.log").addHandler(handler)
    try:
        sink.require_auth("ann", "right")
        await send(sink, settings=SmtpSettings(username="ann", password="right"))
    finally:
        logging.getLogger("mail.log").removeHandler(handler)
    assert records == []


@with_sink
async def test_tls_is_taken_as_granted_until_it_is_offered(sink):
    await send(sink, settings=SmtpSettings(host="smtp.example.org"))
    assert (sink.sent[0].tls, sink.sent[0].encrypted) == (TLS.STARTTLS, False)
    assert (sink.sent[0].settings.host, sink.sent[0].settings.port) == ("smtp.example.org", 587)
    sink.offer_tls()
    await send(sink, settings=SmtpSettings(host="smtp.example.org"))
    await send(sink, settings=PLAIN)
    assert [(mail.tls, mail.encrypted) for mail in sink.sent[1:]] == [(TLS.STARTTLS, True), (TLS.NONE, False)]
    assert sink.conversation.count("C: STARTTLS") == 1


@with_sink
async def test_required_starttls_refuses_plain_mail(sink):
    sink.require_tls()
    sink.require_auth("ann", "right")
    with pytest.raises(MailSenderRefused, match=r"TLS.STARTTLS") as caught:
        await send(sink)
    assert caught.value.code == 530
    with pytest.raises(MailAuthenticationFailed, match="offers no way to log in"):
        await send(sink, settings=SmtpSettings(tls=TLS.NONE, username="ann", password="right"))
    await send(sink, settings=SmtpSettings(username="ann", password="right"))
    await send(sink, settings=None)
    assert [mail.encrypted for mail in sink.sent] == [True, True]


@with_sink
async def test_server_without_tls_is_an_error_and_never_a_fallback(sink):
    sink.refuse_tls()
    with pytest.raises(MailConnectError, match="offers no STARTTLS"):
        await send(sink, settings=SmtpSettings())
    assert sink.sent == []
    await send(sink)
    assert not sink.sent[0].encrypted


@pytest.mark.parametrize("run_on", [run, asyncio.run], ids=["simulation", "loopback sockets"])
def test_tls_from_the_first_byte(run_on):
    async def main() -> None:
        sink = SmtpSink(clock=LoopClock())
        sink.require_tls(TLS.IMPLICIT)
        sink.require_auth("ann", "right")
        await send(sink, settings=SmtpSettings(tls=TLS.IMPLICIT, port=465, username="ann", password="right"))
        assert (sink.sent[0].encrypted, sink.sent[0].username) == (True, "ann")
        sink.recover()
        sink.offer_tls()
        with pytest.raises(MailConnectError, match=r"no TLS connection to localhost:465: .*WRONG_VERSION_NUMBER"):
            await send(sink, settings=SmtpSettings(tls=TLS.IMPLICIT, port=465))
        await sink.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_on(main())


@with_sink
async def test_plain_client_of_a_tls_port_waits_for_a_greeting_in_vain(sink):
    sink.require_tls(TLS.IMPLICIT)
    with pytest.raises(MailTimeout, match="localhost:465 within 20 s"):
        await send(sink, settings=SmtpSettings(tls=TLS.NONE, port=465, timeout_s=20))
    assert asyncio.get_running_loop().time() == 20


def test_certificate_is_checked_for_its_host_and_authority():
    async def main() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(asyncio.Protocol, "127.0.0.1", 0, ssl=server_context())
        port = server.sockets[0].getsockname()[1]
        for context, name, words in (
            (client_context(), "localhost", None),
            (client_context(), "127.0.0.1", None),
            (client_context(), "mail.example.org", "Hostname mismatch"),
            (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), "localhost", "unable to get local issuer|self.signed"),
        ):
            connecting = loop.create_connection(asyncio.Protocol, "127.0.0.1", port, ssl=context, server_hostname=name)
            if words is None:
                transport, _ = await connecting
                transport.close()
            else:
                with pytest.raises(ssl.SSLCertVerificationError, match=words):
                    await connecting
        server.close()

    run(main)


@pytest.mark.parametrize(
    ("argument", "read"),
    [
        ("<ann@example.org>", ("ann@example.org", "")),
        ("<ann@example.org> SIZE=100 BODY=8BITMIME", ("ann@example.org", "SIZE=100 BODY=8BITMIME")),
        ("<ann.b+c_d=e@EXAMPLE.org>", ("ann.b+c_d=e@EXAMPLE.org", "")),
        ("<ann@[127.0.0.1]> SIZE=1", ("ann@[127.0.0.1]", "SIZE=1")),
        ('<"a b"@example.org>', ('"a b"@example.org', "")),
        ('<"a"@example.org>', ('"a"@example.org', "")),  # the parser of the email package drops the quotes
        ("<jörg@exämple.org> SMTPUTF8", ("jörg@exämple.org", "SMTPUTF8")),
        (" ann@example.org", ("ann@example.org", "")),
        ("<@a,@b:ann@example.org>", ("ann@example.org", "")),
        ("<Postmaster>", ("Postmaster", "")),
        ("<>", ("<>", "")),
        *(
            (refused, (None, ""))
            for refused in ("", "<", "<ann@example.org", "<a b@example.org>", "<a(c)@example.org>")
        ),
        *(
            (refused, (None, ""))
            for refused in ('<"a"b@example.org>', "<.a@example.org>", "<a..b@example.org>", "<ann>")
        ),
    ],
)
def test_paths_are_read_as_their_rfc_writes_them(argument, read):
    assert parse_path(argument) == read


@with_sink
async def test_null_sender_is_taken_and_null_recipient_is_not(sink):
    _, port = await sink.listen()
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="me.example")
    async with client:
        await client.ehlo()
        assert (await client.execute_command(b"MAIL FROM:<>")).code == 250
        assert (await client.execute_command(b"RCPT TO:<>")).code == 553
        await client.rcpt("bob@example.org")
        await client.data(b"Subject: bounce\r\n\r\n")
    [bounce] = sink.sent
    assert (bounce.sender, bounce.recipients) == ("", ("bob@example.org",))


@with_sink
async def test_silent_server_runs_into_the_time_out_of_the_settings(sink):
    for at in ("CONNECT", "MAIL", "DATA"):
        sink.recover()
        sink.go_silent(at)
        before = asyncio.get_running_loop().time()
        with pytest.raises(MailTimeout, match="12 s") as caught:
            await send(sink, settings=SmtpSettings(timeout_s=12))
        assert asyncio.get_running_loop().time() - before == 12
        assert isinstance(caught.value, aiosmtplib.SMTPTimeoutError)
        assert isinstance(caught.value, TimeoutError)
    assert sink.sent == []


@with_sink
async def test_server_that_hangs_up_is_a_connect_error(sink):
    for at in ("CONNECT", "EHLO", "RCPT", "DATA"):
        sink.recover()
        sink.hang_up(at)
        with pytest.raises(MailConnectError) as caught:
            await send(sink)
        assert isinstance(caught.value, ConnectionError)
    sink.recover()
    await send(sink)
    assert len(sink.sent) == 1


@with_sink
async def test_server_that_is_down_refuses_the_connection(sink):
    await send(sink)
    sink.go_down()
    with pytest.raises(MailConnectError, match=r"no connection to localhost:587: .*Connection refused") as caught:
        await send(sink)
    assert isinstance(caught.value, aiosmtplib.SMTPConnectError)
    assert not await sink.health_check()
    sink.recover()
    assert await sink.health_check()


@with_sink
async def test_line_too_long_for_smtp_is_refused_by_the_server(sink):
    mail = message()
    mail.set_payload("x" * 2000)
    with pytest.raises(MailDataRefused) as caught:
        await send(sink, mail=mail)
    assert caught.value.code == 500


@with_sink
async def test_rules_that_mean_nothing_are_refused(sink):
    for misuse, words in (
        (lambda: sink.refuse("bob@example.org", code=250), "250 refuses nothing"),
        (lambda: sink.refuse("bob"), "'bob' is no mail address"),
        (lambda: sink.refuse_sender("Bob <bob@example.org>"), "is no mail address"),
        (lambda: sink.refuse_data(550, "a\r\n250 OK"), "one line"),
        (lambda: sink.go_silent("VRFYX"), "no step of a conversation"),
        (lambda: sink.require_tls(TLS.NONE), "requires nothing"),
    ):
        with pytest.raises(InvalidMail, match=words):
            misuse()


@with_sink
async def test_errors_of_the_port_are_the_drivers_too(sink):
    sink.refuse("bob@example.org")
    with pytest.raises(aiosmtplib.SMTPException) as caught:
        await send(sink)
    assert isinstance(caught.value, MailError)
    assert not isinstance(caught.value, OSError)  # what `except OSError` catches in production, it catches here
