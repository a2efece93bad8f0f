"""The mail server refuses, is silent or hangs up at each step of the conversation of one mail.

It is a real conversation: the sink replies, and aiosmtplib makes of the reply what it makes of it in production. The classes of Python's
smtplib have the same names, and a session of it with the same server raises them.
"""

import asyncio
import smtplib
from email.message import EmailMessage

import aiosmtplib
import pytest

from nexus_testkit import Harness
from nexus_testkit.adapters.fake.mail import STEPS
from nexus_testkit.errors import (
    InvalidFault,
    InvalidMail,
    LeakError,
    MailAuthenticationFailed,
    MailConnectError,
    MailDataRefused,
    MailError,
    MailRecipientsRefused,
    MailSenderRefused,
    MailTimeout,
)
from nexus_testkit.faults.kinds import STAGES
from nexus_testkit.ports.mail import TLS, MailTransport, SmtpSettings
from nexus_testkit.services import EmailService
from nexus_testkit.simulation import run

SETTINGS = SmtpSettings(username="ann", password="secret", tls=TLS.STARTTLS)  # nobody's
BOTH = ["bob@example.org", "cid@example.org"]


async def send(nexus, recipients=BOTH, subject="Hello"):
    message = EmailMessage()
    message["Subject"] = subject
    message.set_content("text")
    transport = nexus.get(MailTransport)
    return await transport.send(message, sender="ann@example.org", recipients=recipients, settings=SETTINGS)


def replies(nexus):
    return [line for line in nexus.adapter("mail").conversation if line.startswith("S: ")]


@pytest.mark.parametrize(
    ("step", "ours", "theirs", "of_smtplib"),
    [
        ("CONNECT", MailConnectError, aiosmtplib.SMTPConnectResponseError, smtplib.SMTPConnectError),
        ("EHLO", MailError, aiosmtplib.SMTPHeloError, smtplib.SMTPHeloError),
        ("STARTTLS", MailError, aiosmtplib.SMTPResponseException, smtplib.SMTPResponseException),
        ("AUTH", MailAuthenticationFailed, aiosmtplib.SMTPAuthenticationError, smtplib.SMTPAuthenticationError),
        ("MAIL", MailSenderRefused, aiosmtplib.SMTPSenderRefused, smtplib.SMTPSenderRefused),
        ("RCPT", MailRecipientsRefused, aiosmtplib.SMTPRecipientsRefused, smtplib.SMTPRecipientsRefused),
        ("DATA", MailDataRefused, aiosmtplib.SMTPDataError, smtplib.SMTPDataError),
        ("END-OF-MESSAGE", MailDataRefused, aiosmtplib.SMTPDataError, smtplib.SMTPDataError),
    ],
)
@pytest.mark.parametrize("code", [421, 451, 554])
async def test_a_step_that_is_refused_is_an_error_with_code_and_text(nexus, step, ours, theirs, of_smtplib, code):
    nexus.faults.on("mail.send").nth(2).refuses(code, "4.3.0 try later", at=step)
    await send(nexus)
    if code == 421 and step in ("AUTH", "RCPT"):  # aiosmtplib asks for the next thing, and there is no server any more
        ours, theirs = MailConnectError, aiosmtplib.SMTPServerDisconnected
    with pytest.raises(ours) as caught:
        await send(nexus)
    assert isinstance(caught.value, theirs)
    if theirs is not aiosmtplib.SMTPServerDisconnected:
        assert (caught.value.code, caught.value.reply) == (code, "4.3.0 try later")
        assert theirs.__name__.replace("Response", "") in (of_smtplib.__name__, "SMTPException")
    assert f"S: {code} 4.3.0 try later" in replies(nexus)
    nexus.mail.assert_count(1)
    await send(nexus)
    nexus.mail.assert_count(2)


async def test_a_farewell_that_fails_is_no_failure_of_the_mail(nexus):
    fault = nexus.faults.on("mail.send").times(2).refuses(421, "4.3.2 shutting down", at="QUIT")
    receipts = [await send(nexus) for _ in range(2)]
    assert [receipt.accepted for receipt in receipts] == [tuple(BOTH), tuple(BOTH)]
    assert fault.fired == 2
    assert replies(nexus).count("S: 421 4.3.2 shutting down") == 2
    nexus.mail.assert_count(2)


@pytest.mark.parametrize("verb", ["hangs_up", "goes_silent"])
async def test_a_server_that_is_gone_at_the_farewell_has_the_mail(nexus, verb):
    getattr(nexus.faults.on("mail.send").nth(1), verb)(at="QUIT")
    assert (await send(nexus)).accepted == tuple(BOTH)
    nexus.mail.assert_count(1)


@pytest.mark.parametrize("step", [step for step in STEPS if step != "QUIT"])
async def test_a_server_that_hangs_up_is_a_lost_connection(nexus, step):
    nexus.faults.on("mail.send").nth(1).hangs_up(at=step)
    with pytest.raises(MailConnectError) as caught:
        await send(nexus)
    assert isinstance(
        caught.value, aiosmtplib.SMTPConnectError if step == "CONNECT" else aiosmtplib.SMTPServerDisconnected
    )
    assert caught.value.code is None
    nexus.mail.assert_count(1 if step == "END-OF-MESSAGE" else 0)  # RFC 1047: it may have been accepted
    await send(nexus)


@pytest.mark.parametrize("step", [step for step in STEPS if step != "QUIT"])
async def test_a_server_that_is_silent_costs_the_time_out(nexus, step):
    nexus.faults.on("mail.send").nth(1).goes_silent(at=step)
    with pytest.raises(MailTimeout) as caught:
        await send(nexus)
    assert isinstance(caught.value, aiosmtplib.SMTPTimeoutError)
    assert nexus.elapsed_s == SETTINGS.timeout_s == 30
    nexus.mail.assert_count(1 if step == "END-OF-MESSAGE" else 0)
    await send(nexus)


async def test_a_server_may_take_every_mail_and_say_nothing(nexus):
    nexus.mail.hang_up(at="END-OF-MESSAGE")
    for _ in range(2):
        with pytest.raises(MailConnectError):
            await send(nexus)
    nexus.mail.assert_count(2)


async def test_a_recipient_among_others_is_refused_and_the_others_get_the_mail(nexus):
    nexus.faults.on("recipient:cid@example.org").nth(1).refuses(452, "4.2.2 Mailbox full")
    receipt = await send(nexus)
    assert receipt.accepted == ("bob@example.org",)
    assert (receipt.refused["cid@example.org"].code, receipt.refused["cid@example.org"].text) == (
        452,
        "4.2.2 Mailbox full",
    )
    assert (await send(nexus)).refused == {}


async def test_every_recipient_is_refused_at_rcpt(nexus):
    nexus.faults.on("mail.send").nth(1).refuses(450, "4.2.0 Greylisted", at="RCPT")
    with pytest.raises(MailRecipientsRefused) as caught:
        await send(nexus)
    assert caught.value.refused == dict.fromkeys(BOTH, (450, "4.2.0 Greylisted"))


async def test_another_mail_that_is_under_way_is_left_alone(nexus):
    nexus.faults.on("recipient:bob@example.org").nth(2).refuses(450, "4.2.1 Try again later")
    nexus.faults.on("mail.send").nth(4).goes_silent(at="DATA")
    outcomes = await asyncio.gather(
        *(send(nexus, ["bob@example.org"], subject=str(number)) for number in range(1, 6)), return_exceptions=True
    )
    assert [type(each).__name__ for each in outcomes] == [
        "SendReceipt",
        "SmtpRecipientsRefused",
        "SendReceipt",
        "SmtpReadTimeout",
        "SendReceipt",
    ]
    assert sorted(mail.subject for mail in nexus.mail.sent) == ["1", "3", "5"]


async def test_what_was_said_of_the_server_before_holds_as_well(nexus):
    nexus.mail.refuse("bob@example.org", text="Gone for good")
    nexus.faults.on("mail.send").nth(1).refuses(451, "4.3.0 Try later", at="END-OF-MESSAGE")
    with pytest.raises(MailDataRefused):
        await send(nexus)
    receipt = await send(nexus)
    assert receipt.refused["bob@example.org"].text == "Gone for good"


async def test_a_login_that_fails_for_now_needs_a_login(nexus):
    nexus.faults.on("mail.send").refuses(454, "4.7.0 Temporary authentication failure", at="AUTH")
    email = await nexus.service(EmailService)  # without credentials
    await email.send_email(["bob@example.org"], "Hello", "text")
    with pytest.raises(MailAuthenticationFailed):
        await send(nexus)


async def test_encryption_that_is_refused_sends_nothing_in_plain(nexus):
    nexus.mail.require_tls()
    nexus.faults.on("mail.send").nth(1).refuses(454, "4.7.0 TLS not available due to local problem", at="STARTTLS")
    with pytest.raises(MailError, match="TLS not available"):
        await send(nexus)
    nexus.mail.assert_nothing_sent()
    await send(nexus)
    assert nexus.mail.sent[0].encrypted


def test_a_mail_that_a_fault_holds_up_is_found_at_the_end():
    async def main():
        async with Harness() as nexus:
            nexus.faults.on("mail.send").goes_silent(at="DATA")
            task = asyncio.create_task(send(nexus))
            await nexus.settle()
            assert not task.done()

    with pytest.raises(LeakError, match="a mail that is still being sent"):
        run(main)


def test_a_session_of_smtplib_meets_the_same_replies():
    """Python's own client against the same rules, on the loopback interface: the codes are what it makes its classes of."""
    from nexus_testkit.adapters.fake.smtp_server import Rules, SinkProtocol  # loads aiosmtpd
    from nexus_testkit.ports.mail import Refusal

    def talk(port):
        with smtplib.SMTP("127.0.0.1", port, timeout=5) as session:
            session.sendmail("ann@example.org", BOTH, "Subject: Hello\r\n\r\ntext")

    async def ask(step):
        sessions = {}
        rules = Rules(refused_at={step: Refusal(451, "4.3.0 try later")})
        server = await asyncio.get_running_loop().create_server(
            lambda: SinkProtocol(rules, lambda _: "1", [], sessions), "127.0.0.1", 0
        )
        async with server:
            try:
                await asyncio.to_thread(talk, server.sockets[0].getsockname()[1])
            except smtplib.SMTPException as error:
                return type(error)
            finally:
                tasks = [session.task for session in sessions]
                for session in list(sessions):
                    session.close()
                await asyncio.gather(*tasks, return_exceptions=True)

    assert {step: asyncio.run(ask(step)) for step in ("EHLO", "MAIL", "RCPT", "DATA", "END-OF-MESSAGE")} == {
        "EHLO": smtplib.SMTPHeloError,
        "MAIL": smtplib.SMTPSenderRefused,
        "RCPT": smtplib.SMTPRecipientsRefused,
        "DATA": smtplib.SMTPDataError,
        "END-OF-MESSAGE": smtplib.SMTPDataError,
    }


@pytest.mark.parametrize(
    ("words", "theirs"),
    [
        ("refused", aiosmtplib.SMTPConnectError),
        ("reset", aiosmtplib.SMTPServerDisconnected),
        ("timeout", aiosmtplib.SMTPReadTimeoutError),
    ],
)
async def test_a_connection_fails_as_in_aiosmtplib(nexus, words, theirs):
    nexus.faults.on("mail.send").nth(1).raises(words)
    with pytest.raises(MailError) as caught:
        await send(nexus)
    assert isinstance(caught.value, theirs)
    nexus.mail.assert_nothing_sent()
    await send(nexus)


# what is refused


def test_the_steps_of_a_fault_are_those_of_the_server():
    assert STAGES == STEPS


@pytest.mark.parametrize(
    ("target", "verb", "given", "words"),
    [
        ("mail.send", "refuses", {"at": "DOT"}, "one of CONNECT, EHLO"),
        ("mail.send", "refuses", {"at": "data"}, "one of CONNECT, EHLO"),
        ("mail.send", "refuses", {"at": 3}, "one of CONNECT, EHLO"),
        ("mail.send", "refuses", {"code": 451}, "no step of a mail's conversation"),
        ("mail", "refuses", {"at": "DATA"}, "no step of a mail's conversation"),
        ("mail.health_check", "refuses", {"at": "CONNECT"}, "no step of a mail's conversation"),
        ("cache", "refuses", {"at": "DATA"}, "no step of a mail's conversation"),
        ("recipient:bob@example.org", "refuses", {"at": "DATA"}, "is refused at RCPT"),
        ("mail.send", "hangs_up", {"at": "RSET"}, "one of CONNECT, EHLO"),
        ("mail.send", "goes_silent", {"at": "HELO"}, "one of CONNECT, EHLO"),
        ("mail", "hangs_up", {"at": "DATA"}, "is no mail"),
        ("http", "hangs_up", {"at": "DATA"}, "is no mail"),
        ("http", "goes_silent", {"at": "DATA"}, "is no mail"),
    ],
)
async def test_a_step_that_is_none_is_refused_at_once(nexus, target, verb, given, words):
    selection = nexus.faults.on(target)
    with pytest.raises(InvalidFault, match=words):
        getattr(selection, verb)(**given)
    selection.hangs().optional()


@pytest.mark.parametrize(
    ("code", "text"), [(250, "OK"), (354, "go on"), (600, "?"), (451, "two\r\nlines"), ("451", "text"), (451, 4)]
)
async def test_a_reply_that_refuses_nothing_is_refused_at_once(nexus, code, text):
    selection = nexus.faults.on("mail.send")
    with pytest.raises(InvalidMail):
        selection.refuses(code, text, at="DATA")
    selection.hangs().optional()
