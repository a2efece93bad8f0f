import asyncio
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import compat32

import pytest
from aiosmtpd.smtp import SMTP

from nexus_testkit import run as run_world
from nexus_testkit.adapters.fake.mail import SmtpSink
from nexus_testkit.errors import (
    InvalidMail,
)
from nexus_testkit.ports.mail import TLS, MailTransport, SendReceipt, SmtpSettings
from nexus_testkit.simulation import run
from tests.unit.adapters.mail_world import LoopClock, message, send, with_sink


@with_sink
async def test_sink_is_a_mail_transport(sink):
    assert isinstance(sink, MailTransport)


@with_sink
async def test_send_delivers_what_was_written(sink):
    await asyncio.sleep(90)
    receipt = await send(sink)
    assert receipt == SendReceipt("<1@example.org>", ("bob@example.org",), {}, "2.0.0 OK: queued as 1")
    [mail] = sink.sent
    assert (mail.sender, mail.recipients, mail.refused) == ("ann@example.org", ("bob@example.org",), {})
    assert (mail.subject, mail.text, mail.html) == ("Hello", "Hi Bob\n", "")
    assert (mail.from_, mail.to, mail.cc, mail.bcc) == ("Ann <ann@example.org>", ("bob@example.org",), (), ())
    assert mail.at == datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC)
    assert mail.headers["message-id"] == "<1@example.org>"
    assert mail.transmission.raw.endswith(b"\r\nHi Bob\r\n")


@with_sink
async def test_conversation_is_smtp(sink):
    await send(sink)
    assert sink.conversation == [
        "S: 220 localhost nexus-testkit",
        "C: EHLO client-1.localhost",
        "S: 250-localhost",
        "S: 250-SIZE 33554432",
        "S: 250-8BITMIME",
        "S: 250-SMTPUTF8",
        "S: 250-AUTH LOGIN PLAIN",
        "S: 250 HELP",
        f"C: MAIL FROM:<ann@example.org> size={len(sink.sent[0].transmission.raw)} BODY=8BITMIME",
        "S: 250 2.1.0 OK",
        "C: RCPT TO:<bob@example.org>",
        "S: 250 2.1.5 OK",
        "C: DATA",
        "S: 354 End data with <CR><LF>.<CR><LF>",
        "S: 250 2.0.0 OK: queued as 1",
    ]


@with_sink
async def test_session_is_kept_for_the_next_mail(sink):
    await send(sink)
    await send(sink)
    assert len([line for line in sink.conversation if line.startswith("C: EHLO")]) == 1
    assert len(sink.sent) == 2


@with_sink
async def test_session_is_probed_after_a_pause_and_not_kept_for_other_settings(sink):
    await send(sink)
    await asyncio.sleep(3600)
    await send(sink)
    assert sink.conversation.count("C: RSET") == 1
    await send(sink, settings=SmtpSettings(tls=TLS.NONE, port=25))
    assert len([line for line in sink.conversation if line.startswith("C: EHLO")]) == 2


@with_sink
async def test_broken_session_is_replaced(sink):
    await send(sink)
    sink.go_down()
    sink.recover()
    await send(sink)
    assert len(sink.sent) == 2


@with_sink
async def test_session_that_broke_unseen_is_replaced(sink):
    await send(sink)
    sink._rules.hangs_up_at.add("RSET")  # hang_up() would close the idle sessions at once
    await asyncio.sleep(3600)
    await send(sink)
    assert len(sink.sent) == 2
    assert sink.conversation.count("C: RSET") == 1


@with_sink
async def test_few_idle_sessions_are_kept(sink):
    await asyncio.gather(*(send(sink) for _ in range(9)))
    await asyncio.sleep(0.1)
    assert len(sink.tasks()) == 4


@with_sink
async def test_mails_at_once_have_a_session_each(sink):
    await asyncio.gather(*(send(sink, mail=message(f"number {at}")) for at in range(5)))
    assert sorted(mail.subject for mail in sink.sent) == [f"number {at}" for at in range(5)]
    assert len([line for line in sink.conversation if line.startswith("C: EHLO")]) == 5


@with_sink
async def test_attachments_arrive_with_their_names_and_bytes(sink):
    mail = message()
    mail.add_alternative("<p>Hi Böb</p>", subtype="html")
    mail.add_attachment(b"a;b\r\n", maintype="text", subtype="csv", filename="a b;c.csv")
    mail.add_attachment(bytes(range(256)), maintype="application", subtype="octet-stream", filename="bücher.bin")
    mail.add_attachment(message("inner"))
    await send(sink, mail=mail)
    csv, binary, inner = sink.sent[0].attachments
    assert (csv.name, csv.content_type, csv.content) == ("a b;c.csv", "text/csv", b"a;b\r\n")
    assert (binary.name, binary.content) == ("bücher.bin", bytes(range(256)))
    assert inner.content_type == "message/rfc822"
    assert b"Subject: inner" in inner.content
    assert (sink.sent[0].text, sink.sent[0].html) == ("Hi Bob\n", "<p>Hi Böb</p>\n")


@with_sink
async def test_lines_that_begin_with_a_dot_survive(sink):
    await send(sink, mail=message(body="one\n.\n..two\n"))
    assert sink.sent[0].text == "one\n.\n..two\n"


@with_sink
async def test_non_ascii_subject_and_name_need_no_smtputf8(sink):
    mail = message("Grüße, 世界", to="Jörg <joerg@example.org>")
    await send(sink, "joerg@example.org", mail=mail)
    assert sink.sent[0].subject == "Grüße, 世界"
    assert str(sink.sent[0].message["To"]) == "Jörg <joerg@example.org>"
    assert not sink.sent[0].transmission.smtputf8


@with_sink
async def test_non_ascii_address_goes_by_smtputf8(sink):
    mail = message("Grüße", to="Jörg <jörg@exämple.org>")
    receipt = await send(sink, "jörg@exämple.org", mail=mail)
    assert receipt.accepted == ("jörg@exämple.org",)
    assert sink.sent[0].transmission.smtputf8
    assert (sink.sent[0].subject, sink.sent[0].to) == ("Grüße", ("jörg@exämple.org",))
    assert any("SMTPUTF8" in line for line in sink.conversation if line.startswith("C: MAIL"))


@with_sink
async def test_quoted_local_part_is_understood(sink):
    await send(sink, '"a b"@example.org', mail=message(to='"a b"@example.org'))
    assert sink.sent[0].recipients == ('"a b"@example.org',)


@with_sink
async def test_recipients_without_header_are_bcc_and_named_once(sink):
    mail = message()
    mail["Cc"] = "Cy <cy@example.org>"
    await send(sink, "bob@example.org", "cy@EXAMPLE.org", "dee@example.org", "dee@example.org", mail=mail)
    assert sink.sent[0].recipients == ("bob@example.org", "cy@EXAMPLE.org", "dee@example.org")
    assert (sink.sent[0].cc, sink.sent[0].bcc) == (("cy@example.org",), ("dee@example.org",))


@with_sink
async def test_bcc_header_is_not_transmitted(sink):
    mail = message()
    mail["Bcc"] = "dee@example.org"
    await send(sink, "bob@example.org", "dee@example.org", mail=mail)
    assert b"dee@example.org" not in sink.sent[0].transmission.raw
    assert mail["Bcc"] == "dee@example.org"


@with_sink
async def test_cancelled_send_leaves_no_session_half_used(sink):
    sink.go_silent("DATA")
    task = asyncio.create_task(send(sink))
    await asyncio.sleep(1)
    [leak] = sink.leaks()
    assert "still being sent" in leak
    assert "mail_world.py" in leak  # where `send` is
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert sink.leaks() == []
    sink.recover()
    await send(sink)
    assert len(sink.sent) == 1


@with_sink
async def test_mail_that_no_server_should_see_is_refused_at_the_edge(sink):
    folded = EmailMessage(policy=compat32)
    folded["Subject"] = "a\n b"
    injected = EmailMessage(policy=compat32)
    injected["Subject"] = "a\nBcc: eve@example.org"
    for options, words in (
        ({"recipients": []}, "without recipients"),
        ({"recipients": "bob@example.org"}, "give a list"),
        ({"recipients": ["bob"]}, "'bob' is no mail address"),
        ({"recipients": ["Bob <bob@example.org>"]}, "is bare"),
        ({"recipients": ["bob@example.org\r\nDATA"]}, "recipient"),
        ({"sender": "ann@example.org> SIZE=1"}, "sender"),
        ({"sender": ""}, "sender '' is no mail address"),
        ({"settings": SmtpSettings(username="ann")}, "both or neither"),
    ):
        arguments = {"sender": "ann@example.org", "recipients": ["bob@example.org"], **options}
        with pytest.raises(InvalidMail, match=words) as caught:
            await sink.send(message(), **arguments)
        assert isinstance(caught.value, ValueError)
        assert caught.value.hint
    with pytest.raises(InvalidMail, match="header Subject holds a line end"):
        await send(sink, mail=injected)
    await send(sink, mail=folded)
    assert [mail.subject for mail in sink.sent] == ["a b"]


@with_sink
async def test_unused_sink_is_healthy_and_closes_twice(sink):
    assert sink.leaks() == []
    await sink.aclose()
    assert await sink.health_check()
    await sink.aclose()


def test_idle_session_sets_no_timer():
    """A stuck world must say so at once, not after the five minutes of aiosmtpd's idle timer."""

    async def main() -> None:
        sink = SmtpSink(clock=LoopClock())
        await send(sink)
        loop = asyncio.get_running_loop()
        assert [handle for handle in loop._scheduled if not handle.cancelled()] == []
        assert {task.get_coro().__qualname__ for task in sink.tasks()} == {"SinkProtocol._handle_client"}
        await sink.aclose()

    run(main)


def test_sinks_share_nothing():
    async def main() -> None:
        one, two = SmtpSink(clock=LoopClock()), SmtpSink(clock=LoopClock())
        await asyncio.gather(send(one), send(two), send(two))
        assert (len(one.sent), len(two.sent)) == (1, 2)
        assert SMTP.command_size_limits == {}  # where aiosmtpd has all servers of the process share them
        await one.aclose()
        await send(two)
        await two.aclose()

    run(main)


@pytest.mark.parametrize("turns", range(12))
@pytest.mark.parametrize("idle_s", [None, 600])
def test_cancelled_send_leaves_nothing(turns, idle_s):
    async def main(nexus):
        transport = nexus.get(MailTransport)

        async def hand_over():
            await transport.send(message(), sender="ann@example.org", recipients=["bob@example.org"])

        if idle_s is not None:  # a session is there, and is asked whether it still lives
            await hand_over()
            await nexus.clock.advance(seconds=idle_s)
        task = asyncio.create_task(hand_over())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])

    run_world(main)
