"""The kit's client half on the sink and on servers of other code bases: the same receipts, the same errors, the same bytes."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nexus_testkit.adapters.fake.files import MemoryFiles
from nexus_testkit.adapters.real.clock import SystemClock
from nexus_testkit.adapters.real.mail import SmtpMail
from nexus_testkit.errors import MailError
from nexus_testkit.ports.mail import TLS, SmtpSettings
from nexus_testkit.services.email import EmailService
from tests.differential.smtp.servers import TWISTED

ANN = "ann@example.org"
REFUSED = ("refused-550@example.org", "refused-450@example.org")

texts = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
subjects = texts.map(str.strip).filter(bool)
bodies = st.one_of(
    st.lists(st.one_of(texts, st.sampled_from([".", "..", ". x", "", " ", "From x", "x" * 3_000])), max_size=6).map(
        "\r\n".join
    ),
    st.text(st.sampled_from("a.\n\r \té"), max_size=40),
)
attachments = st.tuples(st.binary(max_size=200), texts.map(lambda name: name.strip() or "x"))
good = st.sampled_from([f"{name}@example.org" for name in ("bob", "cy.d+e", "fay!", '"a"', "GIL")])
recipients = st.lists(st.one_of(good, st.sampled_from(REFUSED)), min_size=1, max_size=4)
senders = st.sampled_from([ANN, "refused-553@example.org", "spam-554@example.org", "spam-451@example.org"])


def make_message(subject, body, files, charset_policy):
    message = EmailMessage(policy=charset_policy)
    message["From"] = f"Ann Ä. <{ANN}>"
    message["To"] = "bob@example.org"
    message["Subject"] = subject
    message["Message-ID"] = "<1@example.org>"
    message.set_content(body)
    for content, name in files:
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    if files:
        message.set_boundary("=====1==")
    return message


messages = st.builds(
    make_message,
    texts,
    bodies,
    st.lists(attachments, max_size=2),
    st.sampled_from([default, default.clone(cte_type="7bit")]),
)


@asynccontextmanager
async def mail_to(server, sender, to):
    server.prepare(sender, to)
    settings = SmtpSettings(host="127.0.0.1", port=server.port, tls=TLS.NONE, timeout_s=20)
    async with SmtpMail(settings, local_hostname="me.example") as mail:
        yield mail


async def outcome(server, message, sender, to):
    """What became of a message: the receipt or the error, less the texts of replies, which differ."""
    async with mail_to(server, sender, to) as mail:
        try:
            receipt = await mail.send(message, sender=sender, recipients=to)
        except MailError as error:
            refused = {address: code for address, (code, _) in getattr(error, "refused", {}).items()}
            return type(error), error.code, refused
        return receipt.message_id, receipt.accepted, {each: why.code for each, why in receipt.refused.items()}


@settings(max_examples=100)
@given(message=messages, sender=senders, to=recipients)
def test_port_gives_the_same_receipts_errors_and_bytes(runner, sink, other, message, sender, to):
    ours, theirs = (runner.run(outcome(server, message, sender, to)) for server in (sink, other))
    assert ours == theirs
    assert sink.taken() == other.taken()


@pytest.mark.parametrize("sender", [ANN, "jörg@example.org"])
@pytest.mark.parametrize("to", ["jörg@example.org", "bob@exämple.org"])
def test_international_addresses_arrive_or_are_refused_by_the_port(runner, sink, other, sender, to):
    message = make_message("Grüße", "Hi\n", [], default)
    ours, theirs = (runner.run(outcome(server, message, sender, [to])) for server in (sink, other))
    if other.name == TWISTED:  # has no SMTPUTF8, so nothing is sent
        assert theirs[0].__name__ == "SmtpNotSupported"
        assert ([each.recipients for each in sink.taken()], other.taken()) == ([(to,)], [])
        return
    assert ours == theirs
    assert sink.taken() == other.taken()


async def sent_by_service(server, subject, body, html, to):
    async with mail_to(server, ANN, to) as mail:
        service = EmailService(
            {"from_email": ANN}, mail=mail, files=MemoryFiles(clock=SystemClock()), clock=SystemClock()
        )
        await service.initialize()
        try:
            return await service.send_email(to, subject, body, html)
        except MailError as error:
            return type(error), error.code
        finally:
            await service.cleanup()


def as_read(received):
    """A message as its reader sees it: Message-ID, Date and boundaries are new for each."""
    message = message_from_bytes(received.content, policy=default)
    parts = [(part.get_content_type(), part.get_content()) for part in message.walk() if not part.is_multipart()]
    return received.sender, received.recipients, message["Subject"], message["To"], parts


@settings(max_examples=40)
@given(
    subject=subjects,
    body=bodies,
    html=st.none() | bodies,
    to=st.lists(st.sampled_from(["bob@example.org", *REFUSED]), min_size=1),
)
def test_email_service_does_the_same(runner, sink, other, subject, body, html, to):
    ours, theirs = (runner.run(sent_by_service(server, subject, body, html, to)) for server in (sink, other))
    assert ours == theirs
    assert [as_read(each) for each in sink.taken()] == [as_read(each) for each in other.taken()]


def test_many_mails_over_one_session_arrive_in_order(runner, sink, other):
    async def send(server):
        async with mail_to(server, ANN, REFUSED) as mail:
            for number in range(10):
                to = ["bob@example.org", REFUSED[number % 2]]
                await mail.send(make_message(f"{number}", ".\n" * number, [], default), sender=ANN, recipients=to)

    for server in (sink, other):
        runner.run(send(server))
    ours = sink.taken()
    assert len(ours) == 10
    assert ours == other.taken()


def test_large_message_arrives_whole(runner, sink, other):
    content = bytes(range(256)) * 4_096 + datetime(2030, 1, 1, tzinfo=UTC).isoformat().encode()
    message = make_message("large", "x\n", [(content, "a.bin")], default)
    assert runner.run(outcome(sink, message, ANN, ["bob@example.org"])) == runner.run(
        outcome(other, message, ANN, ["bob@example.org"])
    )
    same = sink.taken() == other.taken()  # pytest would spell out the difference of a mebibyte
    assert same
