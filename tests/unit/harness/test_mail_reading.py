"""Links, codes and lint of mails that were sent."""

from email.message import EmailMessage

import aiosmtplib
import pytest

from nexus_testkit.adapters.fake.mail_links import codes_of, links_of


async def send(nexus, raw):
    _, port = await nexus.adapter("mail").listen()
    lines = raw.encode() if isinstance(raw, str) else raw
    async with aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="me.example") as client:
        await client.ehlo()
        await client.mail("ann@example.org")
        await client.rcpt("bob@example.org")
        await client.data(lines)
    return nexus.mail.last


HEAD = (
    "Date: Mon, 23 Nov 2026 07:00:00 +0000\r\nMessage-ID: <1@example.org>\r\nFrom: ann@example.org\r\n"
    "To: bob@example.org\r\nSubject: Hello\r\n"
)


def with_html(html, text="Hello"):
    message = EmailMessage()
    for line in HEAD.splitlines():
        name, _, value = line.partition(": ")
        message[name] = value
    message.set_content(text)
    message.add_alternative(html, subtype="html")
    return message.as_bytes().replace(b"\n", b"\r\n")


@pytest.mark.parametrize(
    ("raw", "rules"),
    [
        (HEAD + "\r\nHi\r\n", []),
        (HEAD.replace("Date", "X-Date") + "\r\nHi\r\n", ["no-date"]),
        (HEAD.replace("Mon, 23", "yesterday, 99") + "\r\nHi\r\n", ["bad-date"]),
        (HEAD.replace("Message-ID", "X-Id") + "\r\nHi\r\n", ["no-message-id"]),
        (HEAD.replace("<1@example.org>", "1") + "\r\nHi\r\n", ["bad-message-id"]),
        (HEAD.replace("From", "X-From") + "\r\nHi\r\n", ["no-from"]),
        (HEAD.replace("To:", "X-To:") + "\r\nHi\r\n", ["no-recipient"]),
        (HEAD.replace("Hello", " ") + "\r\nHi\r\n", ["no-subject"]),
        (HEAD.replace("Hello", "BUY NOW") + "\r\nHi\r\n", ["shouting-subject"]),
        (HEAD.replace("Hello", "Now!!!") + "\r\nHi\r\n", ["shouting-subject"]),
        (HEAD + "Subject: again\r\n\r\nHi\r\n", ["repeated-header"]),
        (HEAD + "\r\n", ["empty"]),
        (HEAD + "\r\nHi {{ name }}\r\n", ["template-left"]),
        (HEAD.replace("Hello", "Grüße") + "\r\nHi\r\n", ["raw-header"]),
        (HEAD + "\r\nHi" + "x" * 999 + "\r\n", None),  # the sink refuses it already
        (HEAD + "Content-Type: multipart/mixed; boundary=x\r\n\r\n--y\r\n", "broken-structure"),
        (with_html("<p>Hi</p>"), []),
        (with_html("<p>Hi</p>", text=" "), ["no-text"]),
        (with_html("<p onclick='x()'>Hi</p>"), ["unsafe-html"]),
        (with_html("<p>Hi<script>x()</script></p>"), ["unsafe-html"]),
        (with_html("<a href=' JavaScript:x()'>Hi</a>"), ["unsafe-html"]),
        (with_html("<form action='https://x.example'>Hi</form>"), ["unsafe-html"]),
        (with_html("<meta charset=utf-8><meta name=viewport content=x><p>Hi</p>"), []),
        (with_html("<a href='http://x.example/'>Hi</a>"), ["plain-http"]),
        (with_html("<a href='https://evil.example/'>https://bank.example/login</a>"), ["misleading-link"]),
        (with_html("<a href='https://bank.example/t?x'>https://bank.example/login</a>"), []),
        (with_html("<img src='https://x.example/a.png'>Hi"), ["no-alt"]),
        (with_html("<img src='https://x.example/a.png' alt=''>"), ["only-images"]),
        (with_html("<p>" + "Hi " * 40_000 + "</p>"), ["clipped"]),
    ],
)
async def test_lint_names_what_is_wrong_and_no_more(nexus, raw, rules):
    if rules is None:
        with pytest.raises(aiosmtplib.SMTPDataError, match="Line too long"):
            await send(nexus, raw)
        return
    mail = await send(nexus, raw)
    found = {problem.rule for problem in mail.lint()}
    assert (rules in found) if isinstance(rules, str) else (found == set(rules))


async def test_mails_of_the_email_service_are_clean(nexus):
    from nexus_testkit.services import EmailService

    email = await nexus.service(EmailService)
    await email.send_email(["Jörg <bob@example.org>"], "Grüße, 世界", "Hallo ß\n" + "x" * 2_000, "<p>Hallo ß</p>")
    nexus.mail.assert_clean()


async def test_assert_clean_shows_each_mail_and_ignores_by_name(nexus):
    await send(nexus, HEAD.replace("Date", "X-Date") + "\r\nHi\r\n")
    with pytest.raises(AssertionError) as caught:
        nexus.mail.assert_clean()
    assert str(caught.value).splitlines()[0] == "a mail to bob@example.org, subject 'Hello'"
    assert "no-date: there is no Date" in str(caught.value)
    nexus.mail.assert_clean(ignore=["no-date"])


async def test_the_link_and_the_code_of_the_last_mail(nexus):
    await send(nexus, with_html('<a href="https://x.example/c?t=1&amp;u=2">Confirm</a>', text="Your code is 123 456."))
    assert nexus.mail.last.link == "https://x.example/c?t=1&u=2"
    assert nexus.mail.last.code == "123456"
    await send(nexus, HEAD + "\r\nnone\r\n")
    with pytest.raises(AssertionError, match="expected one link, got none"):
        _ = nexus.mail.last.link
    with pytest.raises(AssertionError, match="expected one code, got none"):
        _ = nexus.mail.last.code


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("See https://x.example/a.", ("https://x.example/a",)),
        (
            "(https://x.example/a_(b)), https://x.example/c?d=1&e=2#f!",
            ("https://x.example/a_(b)", "https://x.example/c?d=1&e=2#f"),
        ),
        ("<https://x.example> twice https://x.example", ("https://x.example",)),
        ("ftp://x.example mailto:a@b.c", ()),
    ],
)
def test_links_of_plain_text(text, links):
    assert links_of(text, "") == links


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Your code: 123456", ("123456",)),
        ("123-456 or 123 456", ("123456",)),
        ("Use AB12CD now", ("AB12CD",)),
        ("https://x.example/123456?code=999999", ()),
        ("ORDER-12345 costs 1234.50, call +4912345, x1234", ()),
        ("WELCOME in 12 days", ()),
        ("PIN 0042", ("0042",)),
    ],
)
def test_codes_of_plain_text(text, codes):
    assert codes_of(text) == codes
