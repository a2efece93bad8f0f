"""Rows 49 to 61 of the guide's errata: mail. See docs/explanation/guide-errata.md."""

import asyncio
import json
from email.headerregistry import Address

import pytest

from nexus_testkit.container import register_service
from nexus_testkit.errors import (
    FileError,
    MailError,
    MailRecipientsRefused,
    MailTimeout,
    PathOutsideRoot,
    TemplateError,
    ValidationError,
)
from nexus_testkit.ports.mail import TLS, MailTransport
from nexus_testkit.services import EmailService

ANN = "ann@example.org"


async def service(nexus, **config):
    register_service(EmailService, config=config)
    return await nexus.service(EmailService)


# Row 49


async def test_row_49_a_server_without_tls_is_an_error_and_no_silent_false(nexus):
    nexus.mail.refuse_tls()
    mail = await service(nexus, smtp_host="mail.example.org")
    with pytest.raises(MailError):
        await mail.send_email([ANN], "Hello", "text")
    nexus.mail.assert_nothing_sent()


@pytest.mark.parametrize(
    ("config", "tls"),
    [
        ({"smtp_host": "h"}, TLS.STARTTLS),
        ({"use_tls": True}, TLS.STARTTLS),
        ({"use_tls": False}, TLS.NONE),
        ({"tls": "implicit", "smtp_port": 465}, TLS.IMPLICIT),
        ({"tls": "none"}, TLS.NONE),
        ({"tls": TLS.STARTTLS, "use_tls": True}, TLS.STARTTLS),
    ],
)
async def test_row_49_the_encryption_is_one_of_three(nexus, config, tls):
    mail = await service(nexus, **config)
    await mail.send_email([ANN], "Hello", "text")
    assert nexus.mail.last.tls is tls


@pytest.mark.parametrize(
    "config", [{"tls": "ssl"}, {"tls": True}, {"use_tls": "yes"}, {"use_tls": False, "tls": "starttls"}]
)
async def test_row_49_an_encryption_that_is_none_or_contradicts_itself_is_refused(nexus, config):
    with pytest.raises(ValidationError, match="tls"):
        EmailService(config, mail=nexus.mail, files=nexus.files, clock=nexus.clock)


# Row 50


async def test_row_50_a_mail_that_nobody_got_is_an_exception(nexus):
    mail = await service(nexus)
    nexus.mail.refuse(ANN)
    with pytest.raises(MailRecipientsRefused, match=ANN) as caught:
        await mail.send_email([ANN], "Hello", "text")
    assert caught.value.code == 550


async def test_row_50_a_server_that_is_down_is_an_exception(nexus):
    mail = await service(nexus)
    nexus.mail.go_down()
    with pytest.raises(MailError):
        await mail.send_email([ANN], "Hello", "text")


async def test_row_50_true_means_accepted_for_all(nexus):
    mail = await service(nexus)
    assert await mail.send_email([ANN], "Hello", "text") is True
    nexus.mail.assert_sent(to=ANN, subject="Hello", count=1)


# Row 51


def structure(part):
    inside = [structure(item) for item in part.iter_parts()] if part.is_multipart() else []
    return (part.get_content_type(), *inside) if inside else part.get_content_type()


async def test_row_51_attachments_lie_beside_the_alternatives_and_not_among_them(nexus):
    nexus.files.put("report.pdf", b"%PDF")
    mail = await service(nexus)
    await mail.send_email([ANN], "Hello", "text", "<p>html</p>", attachments=["report.pdf"])
    assert structure(nexus.mail.last.message) == (
        "multipart/mixed",
        ("multipart/alternative", "text/plain", "text/html"),
        "application/pdf",
    )


async def test_row_51_a_plain_mail_is_one_part(nexus):
    mail = await service(nexus)
    await mail.send_email([ANN], "Hello", "text é")
    assert structure(nexus.mail.last.message) == "text/plain"
    assert nexus.mail.last.text.strip() == "text é"


# Row 52


@pytest.mark.parametrize(
    ("path", "name", "content_type"),
    [
        ("a b;c.txt", "a b;c.txt", "text/plain"),
        ("reports/2026/Übersicht.csv", "Übersicht.csv", "text/csv"),
        ('quo"ted.bin', 'quo"ted.bin', "application/octet-stream"),
        ("archive.tar.gz", "archive.tar.gz", "application/octet-stream"),
        ("no_suffix", "no_suffix", "application/octet-stream"),
    ],
)
async def test_row_52_an_attachment_keeps_its_name_and_its_bytes(nexus, path, name, content_type):
    nexus.files.put(path, b"\x00\xffdata\n")
    mail = await service(nexus)
    await mail.send_email([ANN], "Hello", "text", attachments=[path])
    (attached,) = nexus.mail.last.attachments
    assert (attached.name, attached.content_type, attached.content) == (name, content_type, b"\x00\xffdata\n")


async def test_row_52_a_missing_attachment_fails_and_nothing_is_sent(nexus):
    mail = await service(nexus)
    with pytest.raises(FileNotFoundError) as caught:
        await mail.send_email([ANN], "Hello", "text", attachments=["missing.txt"])
    assert isinstance(caught.value, FileError)
    nexus.mail.assert_nothing_sent()


async def test_row_52_a_path_in_place_of_a_list_is_refused(nexus):
    mail = await service(nexus)
    with pytest.raises(ValidationError, match=r"attachments must be a list of paths\nHint: attachments=\['a.txt'\]"):
        await mail.send_email([ANN], "Hello", "text", attachments="a.txt")


# Row 53


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r", "\x0b", "\u2028"])
async def test_row_53_a_subject_cannot_begin_another_header(nexus, ending):
    mail = await service(nexus)
    with pytest.raises(ValidationError, match="subject must be one line"):
        await mail.send_email([ANN], f"Hello{ending}Bcc: eve@example.org", "text")
    nexus.mail.assert_nothing_sent()


@pytest.mark.parametrize(
    "recipient",
    [
        "ann@example.org\nBcc: eve@example.org",
        "Ann\r\nBcc: eve@example.org <ann@example.org>",
        "ann@example.org>,<eve@example.org",
        Address("Ann\tB", "ann", "example.org"),
    ],
)
async def test_row_53_a_recipient_cannot_begin_another_header(nexus, recipient):
    mail = await service(nexus)
    with pytest.raises(ValidationError, match="to"):
        await mail.send_email([recipient], "Hello", "text")
    nexus.mail.assert_nothing_sent()


async def test_row_53_a_value_of_a_template_cannot_begin_another_header(nexus):
    mail = await service(nexus, templates={"hi": {"subject": "Hi {{ name }}", "body": "Hi {{ name }}"}})
    with pytest.raises(ValidationError, match="subject must be one line"):
        await mail.send_template_email([ANN], "hi", {"name": "ann\nBcc: eve@example.org"})
    nexus.mail.assert_nothing_sent()


@pytest.mark.parametrize("name", ["Acme\nBcc: eve@example.org", "   "])
async def test_row_53_the_sender_is_checked_where_the_service_is_built(nexus, name):
    with pytest.raises(ValidationError, match="from_email"):
        EmailService({"from_name": name}, mail=nexus.mail, files=nexus.files, clock=nexus.clock)


# Row 54


@pytest.mark.parametrize("name", ["Acme, Inc.", "Jürgen Müller", 'The "Quoted"', "日本", "a@b.c", ""])
async def test_row_54_any_name_keeps_its_address(nexus, name):
    mail = await service(nexus, from_name=name, from_email="shop@acme.example")
    await mail.send_email([ANN], "Hello", "text")
    sent = nexus.mail.last
    assert sent.sender == "shop@acme.example"
    (sender,) = sent.message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, "shop@acme.example")


@pytest.mark.parametrize(
    ("recipient", "address"),
    [
        ("Ann Lee <ann@example.org>", "ann@example.org"),
        ('"Lee, Ann" <ann@example.org>', "ann@example.org"),
        (Address("Lee, Ann", "ann", "example.org"), "ann@example.org"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("jürgen@example.org", "jürgen@example.org"),
    ],
)
async def test_row_54_recipients_may_have_names_and_any_script(nexus, recipient, address):
    mail = await service(nexus)
    receipt = await mail.send([recipient], "Hello", "text")
    assert receipt.accepted == (address,)
    assert nexus.mail.last.recipients == (address,)


# Row 55


async def test_row_55_a_mail_has_the_date_of_the_clock(nexus):
    await nexus.clock.advance(days=1, hours=2)
    mail = await service(nexus)
    await mail.send_email([ANN], "Hello", "text")
    assert nexus.mail.last.message["Date"].datetime == nexus.clock.now()


async def test_row_55_a_message_id_is_unique_and_names_no_machine(nexus):
    mail = await service(nexus, from_email="shop@acme.example")
    ids = [(await mail.send([ANN], "Hello", "text")).message_id for _ in range(2)]
    assert len(set(ids)) == 2
    assert [sent.message["Message-ID"] for sent in nexus.mail.sent] == ids
    assert all(message_id.endswith("@acme.example>") for message_id in ids)


# Row 56


async def test_row_56_a_partial_refusal_is_false_and_the_receipt_says_who(nexus):
    mail = await service(nexus)
    nexus.mail.refuse("bob@example.org", code=550, text="5.1.1 No such user")
    receipt = await mail.send([ANN, "bob@example.org"], "Hello", "text")
    assert receipt.accepted == (ANN,)
    assert (receipt.refused["bob@example.org"].code, list(receipt.refused)) == (550, ["bob@example.org"])
    assert await mail.send_email([ANN, "bob@example.org"], "Hello", "text") is False


async def test_row_56_a_text_with_two_addresses_is_refused_instead_of_reaching_the_first(nexus):
    mail = await service(nexus)
    with pytest.raises(ValidationError, match="it looks like several\nHint: pass each address as an item"):
        await mail.send_email(["ann@example.org, bob@example.org"], "Hello", "text")


async def test_row_56_a_text_in_place_of_a_list_is_refused(nexus):
    mail = await service(nexus)
    with pytest.raises(ValidationError, match=r"to must be a list of addresses.*\nHint: to=\['ann@example.org'\]"):
        await mail.send_email(ANN, "Hello", "text")


async def test_row_56_everyone_gets_one_copy(nexus):
    mail = await service(nexus)
    await mail.send_email(
        [ANN, "Ann@Example.org"],
        "Hello",
        "text",
        cc=[ANN, "bob@example.org"],
        bcc=["bob@example.org", "eve@example.org"],
    )
    sent = nexus.mail.last
    assert sent.recipients == (ANN, "bob@example.org", "eve@example.org")
    assert (sent.to, sent.cc, sent.bcc) == ((ANN,), ("bob@example.org",), ("eve@example.org",))
    assert "eve" not in str(sent.message)


@pytest.mark.parametrize("to", [[], (), [""], [None], ["ann"]])
async def test_row_56_a_mail_to_nobody_is_refused(nexus, to):
    mail = await service(nexus)
    with pytest.raises(ValidationError):
        await mail.send_email(to, "Hello", "text")


# Row 57


async def test_row_57_a_silent_server_ends_in_a_timeout(nexus):
    mail = await service(nexus, timeout=20)
    nexus.mail.go_silent("DATA")
    with pytest.raises(MailTimeout):
        await mail.send_email([ANN], "Hello", "text")
    assert nexus.clock.monotonic() == pytest.approx(20)


async def test_row_57_the_server_s_own_timeout_is_the_configured_one_and_is_passed_on(nexus):
    class SilentTransport:
        async def send(self, _message, *, sender, recipients, settings):
            raise MailTimeout(f"nothing from {settings.host} for {settings.timeout_s} s", code=421)

    with nexus.override(MailTransport, SilentTransport()):
        mail = await service(nexus, smtp_host="mail.example.org", timeout=20)
        with pytest.raises(MailTimeout, match=r"nothing from mail\.example\.org for 20 s") as caught:
            await mail.send_email([ANN], "Hello", "text")
    assert caught.value.code == 421


async def test_row_57_a_cancelled_mail_ends_with_its_caller(nexus):
    mail = await service(nexus)
    nexus.mail.go_silent("CONNECT")
    sending = asyncio.create_task(mail.send_email([ANN], "Hello", "text"))
    await nexus.settle()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    nexus.mail.recover()
    nexus.mail.assert_nothing_sent()


# Row 58


@pytest.mark.parametrize(
    "config", [{"smtp_user": "ann"}, {"smtp_password": "secret"}, {"smtp_user": "ann", "smtp_password": ""}]
)
async def test_row_58_half_of_the_credentials_is_refused(nexus, config):
    with pytest.raises(ValidationError, match="credentials come as a pair"):
        EmailService(config, mail=nexus.mail, files=nexus.files, clock=nexus.clock)


@pytest.mark.parametrize("config", [{"use_tls": False}, {"tls": "none"}])
async def test_row_58_credentials_are_never_sent_in_clear(nexus, config):
    with pytest.raises(ValidationError, match="credentials would be sent in clear"):
        EmailService(
            {"smtp_user": "ann", "smtp_password": "secret", **config},
            mail=nexus.mail,
            files=nexus.files,
            clock=nexus.clock,
        )


@pytest.mark.parametrize("kind", [TLS.STARTTLS, TLS.IMPLICIT])
async def test_row_58_a_login_takes_place_over_tls(nexus, kind):
    nexus.mail.require_tls(kind)
    nexus.mail.require_auth("ann", "secret")
    mail = await service(nexus, smtp_user="ann", smtp_password="secret", tls=kind.value)
    await mail.send_email([ANN], "Hello", "text")
    assert (nexus.mail.last.encrypted, nexus.mail.last.username) == (True, "ann")


async def test_row_58_the_password_is_in_no_text_of_the_service(nexus):
    mail = await service(nexus, smtp_user="ann", smtp_password="secret")
    assert "secret" not in repr(mail.smtp)
    assert mail.smtp.password == "secret"


# Row 59


class Account:
    secret = "in the module's globals"

    def __init__(self):
        self.name = "ann"


@pytest.mark.parametrize(
    "text",
    [
        "{{ user.__init__.__globals__ }}",
        "{{ user.__class__.__mro__ }}",
        "{{ ''.__class__.__base__.__subclasses__() }}",
        "{{ '{0.__class__.__init__}'.format(user) }}",
        "{{ data.clear() }}",
    ],
)
async def test_row_59_a_template_reaches_no_further_than_its_values(nexus, text):
    mail = await service(nexus, templates={"evil": {"subject": "x", "body": text}})
    with pytest.raises(TemplateError, match="template 'evil'"):
        await mail.send_template_email([ANN], "evil", {"user": Account(), "data": {"a": 1}})
    nexus.mail.assert_nothing_sent()


async def test_row_59_the_guide_s_placeholders_are_refused_with_the_right_ones(nexus):
    mail = await service(nexus, templates={"old": {"subject": "Hi {username}", "body": "Hi"}})
    with pytest.raises(TemplateError, match=r"placeholder of str.format: \{username\}\nHint: write \{\{ username \}\}"):
        await mail.send_template_email([ANN], "old", {"username": "ann"})


# Row 60


async def test_row_60_values_are_escaped_in_html_and_only_there(nexus):
    template = {
        "subject": "{{ name }}",
        "body": "{{ name }}",
        "html_body": "<style>p { color: red }</style><p>{{ name }}</p>",
    }
    mail = await service(nexus, templates={"hi": template})
    await mail.send_template_email([ANN], "hi", {"name": "<b>Ann & Co</b>"})
    sent = nexus.mail.last
    assert (sent.subject, sent.text.strip()) == ("<b>Ann & Co</b>", "<b>Ann & Co</b>")
    assert sent.html.strip() == "<style>p { color: red }</style><p>&lt;b&gt;Ann &amp; Co&lt;/b&gt;</p>"


async def test_row_60_a_value_that_was_not_given_is_an_error(nexus):
    mail = await service(nexus)
    with pytest.raises(TemplateError, match="'username' is undefined\nHint: given: name"):
        await mail.send_template_email([ANN], "welcome", {"name": "ann"})
    nexus.mail.assert_nothing_sent()


async def test_row_60_none_is_an_empty_text(nexus):
    mail = await service(nexus, templates={"hi": {"subject": "Hi", "body": "Hello {{ name }}!"}})
    await mail.send_template_email([ANN], "hi", {"name": None})
    assert nexus.mail.last.text.strip() == "Hello !"


async def test_row_60_the_welcome_template_is_built_in(nexus):
    mail = await service(nexus)
    assert await mail.send_template_email([ANN], "welcome", {"username": "ann", "full_name": None}) is True
    nexus.mail.assert_sent(to=ANN, subject="Welcome, ann!", body_contains="Hello ann,")


async def test_row_60_a_given_subject_replaces_the_template_s(nexus):
    mail = await service(nexus)
    await mail.send_template_email([ANN], "welcome", {"username": "ann", "full_name": ""}, subject="Good morning")
    nexus.mail.assert_sent(subject="Good morning", count=1)


# Row 61


@pytest.mark.parametrize(
    "name", ["../../secret", "/etc/passwd", "a/../../b", "..", "", ".hidden", "a\0b", "welcome.json/", None]
)
async def test_row_61_a_template_s_name_is_no_path(nexus, name):
    nexus.files.put("secret.json", json.dumps({"subject": "s", "body": "the secret"}))
    mail = await service(nexus)
    with pytest.raises(TemplateError, match="is no name of a template"):
        await mail.send_template_email([ANN], name, {})


async def test_row_61_templates_are_files_below_the_root_of_the_file_port(nexus):
    nexus.files.put("templates/email/hi.json", json.dumps({"subject": "Hi", "body": "Hello {{ name }}"}))
    mail = await service(nexus)
    await mail.send_template_email([ANN], "hi", {"name": "ann"})
    nexus.mail.assert_sent(subject="Hi", text="Hello ann", count=1)


async def test_row_61_a_file_replaces_the_built_in_template_and_the_configuration_both(nexus):
    nexus.files.put("templates/email/welcome.json", json.dumps({"subject": "file", "body": "x"}))
    mail = await service(nexus)
    await mail.send_template_email([ANN], "welcome", {})
    assert nexus.mail.last.subject == "file"
    ours = EmailService(
        {"templates": {"welcome": {"subject": "code", "body": "x"}}},
        mail=nexus.mail,
        files=nexus.files,
        clock=nexus.clock,
    )
    await ours.initialize()
    await ours.send_template_email([ANN], "welcome", {})
    assert nexus.mail.last.subject == "code"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is no JSON"),
        (b"\xff", "is not UTF-8"),
        (b"[]", "must be an object, not list"),
        (b'{"subject": "s", "body": 7}', "body of the template 'broken' must be a text, not 7"),
        (b'{"subject": "s"}', "has no 'body'"),
        (b'{"body": "b"}', "has no subject"),
        (b'{"subject": "s", "body": "b", "html": "h"}', "unknown part 'html'"),
        (b'{"subject": "s", "body": "{{ a"}', "line 1"),
        (b'{"subject": "s", "body": "{{ 1 / 0 }}"}', "ZeroDivisionError"),
    ],
)
async def test_row_61_a_malformed_template_says_what_is_wrong_with_it(nexus, content, message):
    nexus.files.put("templates/email/broken.json", content)
    mail = await service(nexus)
    with pytest.raises(TemplateError, match=message) as caught:
        await mail.send_template_email([ANN], "broken", {})
    assert caught.value.template == "broken"


async def test_row_61_a_missing_template_says_where_it_was_looked_for(nexus):
    mail = await service(nexus)
    with pytest.raises(TemplateError, match=r"Hint: write 'templates/email/newsletter\.json'"):
        await mail.send_template_email([ANN], "newsletter", {})


async def test_row_61_an_attachment_cannot_lie_outside_the_root(nexus):
    mail = await service(nexus)
    with pytest.raises(PathOutsideRoot):
        await mail.send_email([ANN], "Hello", "text", attachments=["../../etc/passwd"])
