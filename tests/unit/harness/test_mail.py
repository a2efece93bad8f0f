import asyncio
import re
from collections.abc import Awaitable, Callable
from email.message import EmailMessage
from functools import wraps

import pytest

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.mail import SmtpSink
from nexus_testkit.errors import MailError, MailRecipientsRefused, MailTimeout
from nexus_testkit.harness.mail import MailHandle
from nexus_testkit.journal import Call, Disturbance, Journal, Seam
from nexus_testkit.ports.mail import TLS, MailTransport, SmtpSettings
from nexus_testkit.simulation import current_loop, run


def with_mail(test: Callable[[MailHandle], Awaitable[None]]) -> Callable[[], None]:
    """Run the test on a fresh handle in virtual time."""

    async def main() -> None:
        loop = current_loop()
        sink = SmtpSink(clock=VirtualClock(loop))
        journal = Journal(now=loop.time, task=lambda: asyncio.current_task().get_name())
        try:
            await test(MailHandle(sink, Seam(journal, sleep=asyncio.sleep)))
        finally:
            await sink.aclose()

    @wraps(test)
    def wrapper() -> None:
        run(main)

    del wrapper.__wrapped__  # pytest would take the handle for a fixture
    return wrapper


async def send(mail, subject="Welcome, ann!", to="a@example.org", *more, html=None, attach=(), cc=None):
    message = EmailMessage()
    message["From"] = "noreply@example.org"
    message["To"] = to
    if cc is not None:
        message["Cc"] = cc
    message["Subject"] = subject
    message.set_content("Hello, ann\n")
    if html is not None:
        message.add_alternative(html, subtype="html")
    for name, content in attach:
        message.add_attachment(content, maintype="application", subtype="pdf", filename=name)
    recipients = [to, *([cc] if cc else []), *more]
    return await mail.send(message, sender="noreply@example.org", recipients=recipients)


@with_mail
async def test_assert_sent_gives_the_mails_that_match(mail):
    assert isinstance(mail, MailTransport)
    await send(mail)
    await send(mail, "Other", "b@example.org")
    [found] = mail.assert_sent(to="a@example.org", subject="Welcome, ann!", count=1)
    assert found is mail.sent[0]
    assert mail.last is mail.sent[1]
    assert len(mail.assert_sent()) == 2
    assert mail.assert_sent(to="c@example.org", count=0) == []


@with_mail
async def test_assert_sent_looks_at_every_field(mail):
    await send(
        mail,
        "Report",
        "A@Example.org",
        "d@example.org",
        cc="c@example.org",
        html="<b>ann</b>",
        attach=[("r.pdf", b"%PDF")],
    )
    mail.assert_sent(
        to="A@example.org",
        cc=["c@EXAMPLE.org"],
        bcc="d@example.org",
        sender="noreply@example.org",
        subject=re.compile("^Rep"),
        text="Hello",
        html=re.compile("<b>"),
        body_contains="ann",
        attachment=("r.pdf", b"%PDF"),
        count=1,
    )
    for expected, words in (
        ({"to": "a@example.org"}, "to: expected 'a@example.org', got 'A@Example.org'"),
        ({"cc": "d@example.org"}, "cc: expected 'd@example.org', got 'c@example.org'"),
        ({"bcc": "c@example.org"}, "bcc: expected 'c@example.org', got 'd@example.org'"),
        ({"sender": "x@example.org"}, "sender: expected 'x@example.org', got 'noreply@example.org'"),
        ({"subject": "report"}, "subject: expected 'report', got 'Report'"),
        ({"subject": re.compile("^rep")}, "subject: expected a match of /^rep/, got 'Report'"),
        ({"text": "Bye"}, "text: expected something that contains 'Bye', got 'Hello, ann\\n'"),
        ({"html": "<i>"}, "html: expected something that contains '<i>', got '<b>ann</b>\\n'"),
        (
            {"body_contains": "bob"},
            "body: expected something that contains 'bob', got 'Hello, ann\\n' and '<b>ann</b>\\n'",
        ),
        ({"attachment": "x.pdf"}, "attachment: expected 'x.pdf', got 'r.pdf'"),
        ({"attachment": ("r.pdf", b"x")}, "attachment 'r.pdf': expected b'x', got b'%PDF'"),
    ):
        with pytest.raises(AssertionError) as caught:
            mail.assert_sent(**expected)
        assert str(caught.value).splitlines()[-1] == f"    {words}", expected


@with_mail
async def test_assert_sent_shows_the_nearest_mail_first(mail):
    await send(mail, "Goodbye", "z@example.org")
    await send(mail, "Welcome, bob!", "a@example.org")
    with pytest.raises(AssertionError) as caught:
        mail.assert_sent(to="a@example.org", subject="Welcome, ann!", count=1)
    assert str(caught.value).splitlines() == [
        "expected 1 mail with to='a@example.org', subject='Welcome, ann!', got 0",
        "  to a@example.org, subject 'Welcome, bob!'",
        "    subject: expected 'Welcome, ann!', got 'Welcome, bob!'",
        "  to z@example.org, subject 'Goodbye'",
        "    to: expected 'a@example.org', got 'z@example.org'",
        "    subject: expected 'Welcome, ann!', got 'Goodbye'",
    ]


@with_mail
async def test_assert_sent_counts_and_marks_what_matches(mail):
    for _ in range(7):
        await send(mail)
    with pytest.raises(AssertionError) as caught:
        mail.assert_sent(subject="Welcome, ann!", count=1)
    lines = str(caught.value).splitlines()
    assert lines[0] == "expected 1 mail with subject='Welcome, ann!', got 7"
    assert lines[1] == "  to a@example.org, subject 'Welcome, ann!': matches"
    assert lines[-1] == "  and 2 more"


@with_mail
async def test_refused_recipient_does_not_count_as_sent(mail):
    mail.refuse("a@example.org", code=550, text="No such user")
    await send(mail, "Welcome", "a@example.org", "b@example.org")
    with pytest.raises(AssertionError, match="the server refused it: 550 No such user"):
        mail.assert_sent(to="a@example.org")
    mail.clear()
    with pytest.raises(MailRecipientsRefused):
        await send(mail)
    with pytest.raises(AssertionError) as caught:
        mail.assert_sent(to="a@example.org")
    assert "  no mail was sent" in str(caught.value)
    assert "  the server refused RCPT TO:<a@example.org>: 550 No such user" in str(caught.value)
    with pytest.raises(AssertionError, match="no mail was sent"):
        _ = mail.last


@with_mail
async def test_header_without_envelope_does_not_count_as_sent(mail):
    message = EmailMessage()
    message["To"] = "a@example.org"
    await mail.send(message, sender="x@example.org", recipients=["b@example.org"])
    with pytest.raises(AssertionError, match="not in the envelope"):
        mail.assert_sent(to="a@example.org")
    mail.assert_sent(bcc="b@example.org")


@with_mail
async def test_counts_are_asserted(mail):
    mail.assert_nothing_sent()
    await send(mail)
    mail.assert_count(1)
    with pytest.raises(AssertionError) as caught:
        mail.assert_nothing_sent()
    assert str(caught.value) == "expected no mail, got 1\n  to a@example.org, subject 'Welcome, ann!'"
    mail.clear()
    mail.assert_nothing_sent()


@with_mail
async def test_unasserted_mails_are_named(mail):
    await send(mail, "one")
    await send(mail, "two")
    mail.assert_sent(subject="one")
    assert mail.unasserted() == ["a mail that no assertion looked at: to a@example.org, subject 'two'"]
    mail.assert_count(2)
    assert mail.unasserted() == []


@with_mail
async def test_calls_cross_the_seam(mail):
    await send(mail, "Hello\tyou")
    assert await mail.health_check()
    sent, health = mail._seam.journal.calls
    assert sent.describe().startswith(
        "mail.send('Hello you', sender='noreply@example.org', recipients=['a@example.org'])"
    )
    assert "queued as 1" in sent.describe()
    assert health.describe() == "mail.health_check() -> True"
    assert re.search(r"0x[0-9a-f]{6,}", sent.describe()) is None


@with_mail
async def test_lost_reply_still_sends(mail):
    class LosesReply:
        def decide(self, call: Call) -> Disturbance:
            return Disturbance(error=MailTimeout("lost"), loses_reply=True)

    mail._seam.decider = LosesReply()
    with pytest.raises(MailTimeout):
        await send(mail)
    mail.assert_sent(to="a@example.org", count=1)


@with_mail
async def test_server_obeys_the_handle(mail):
    settings = SmtpSettings(tls=TLS.NONE, timeout_s=3)
    message = EmailMessage()
    message["To"] = "a@example.org"

    async def outcome() -> str:
        try:
            await mail.send(message, sender="x@example.org", recipients=["a@example.org"], settings=settings)
        except MailError as error:
            mail.recover()
            return str(error).splitlines()[0]
        return "sent"

    assert await outcome() == "sent"
    mail.refuse_sender("x@example.org", code=553, text="Not you")
    assert await outcome() == "the server refused the sender x@example.org (553 Not you)"
    mail.refuse_data(552, "Too big")
    assert await outcome() == "the server refused the message (552 Too big)"
    mail.require_auth("ann", "pw")
    assert await outcome() == "the server refused the sender x@example.org (530 5.7.0 Authentication required)"
    mail.require_tls()
    assert (
        await outcome() == "the server refused the sender x@example.org (530 5.7.0 Must issue a STARTTLS command first)"
    )
    mail.go_silent("RCPT")
    assert await outcome() == "localhost:587 did not reply within 3 s"
    mail.hang_up("DATA")
    assert await outcome() == "localhost:587 closed the connection"
    mail.go_down()
    assert await outcome() == "no connection to localhost:587: [Errno 111] Connection refused"
    mail.offer_tls()
    assert await outcome() == "sent"
    settings = SmtpSettings(timeout_s=3)
    mail.refuse_tls()
    assert await outcome() == "localhost:587 offers no STARTTLS"
    assert "S: 221 Bye" not in mail.conversation
