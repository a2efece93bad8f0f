"""What a mail transport promises of messages that arrive, and of its end. `mail_replies` has refusals and failures."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage

import pytest

from nexus_testkit.contracts.contract import check_methods
from nexus_testkit.contracts.mail_replies import ReplyPromises, make_message
from nexus_testkit.errors import MailError
from nexus_testkit.ports.mail import MailTransport, SmtpSettings

_BINARY = bytes(range(256))


class MailContract(ReplyPromises):
    """The promises of `nexus_testkit.ports.mail.MailTransport`.

    `adapter` gives a transport that is connected to `server`, in plain and without login. The server is by default the sink
    of the test's world, which other clients reach as well: `host, port = await server.listen()`.
    """

    async def test_is_a_mail_transport(self, adapter: MailTransport) -> None:
        """The adapter has every method of the port."""
        check_methods(adapter, MailTransport)

    # -- what arrives

    async def test_mail_arrives_as_it_was_written(self, adapter: MailTransport, server: object) -> None:
        """Envelope, subject and text arrive as they were given."""
        await self.send(adapter, make_message("Hello", text="Hi Bob\n"))
        mail = self.the_mail(server)
        assert (mail.sender, mail.recipients) == ("ann@example.org", ("bob@example.org",))
        assert (mail.subject, mail.text) == ("Hello", "Hi Bob\n")

    async def test_receipt_tells_what_became_of_it(self, adapter: MailTransport) -> None:
        """The receipt has the Message-ID, the recipients and the server's reply."""
        receipt = await self.send(adapter, make_message())
        assert receipt.message_id == "<1@example.org>"
        assert (receipt.accepted, dict(receipt.refused)) == (("bob@example.org",), {})
        assert receipt.reply

    async def test_receipt_has_the_message_id_that_arrived(self, adapter: MailTransport, server: object) -> None:
        """The receipt's Message-ID is the one that arrived; it is empty where the mail has none."""
        message = make_message()
        del message["Message-ID"]
        receipt = await self.send(adapter, message)
        mail = self.the_mail(server)
        assert receipt.message_id == (mail.message["Message-ID"] or "")

    async def test_headers_arrive(self, adapter: MailTransport, server: object) -> None:
        """Headers arrive, those of one's own too, with any Unicode."""
        message = make_message()
        headers = {"Reply-To": "re@example.org", "Cc": "cy@example.org", "X-Own": "größe", "List-Id": "<a.example.org>"}
        for name, value in headers.items():
            message[name] = value
        await self.send(adapter, message)
        mail = self.the_mail(server)
        assert {name: str(mail.message[name]) for name in headers} == headers

    async def test_alternatives_and_inline_images_arrive(self, adapter: MailTransport, server: object) -> None:
        """A text, its HTML and the image in that arrive, each in its place."""
        message = make_message(text="plain\n")
        message.add_alternative("<img src='cid:1'>\n", subtype="html")
        html = message.get_body(("html",))
        assert isinstance(html, EmailMessage)
        html.add_related(_BINARY, maintype="image", subtype="png", cid="<1>")
        await self.send(adapter, message)
        mail = self.the_mail(server)
        assert (mail.text, mail.html) == ("plain\n", "<img src='cid:1'>\n")
        kinds = [part.get_content_type() for part in mail.message.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png"]
        (image,) = [part for part in mail.message.walk() if part.get_content_type() == "image/png"]
        assert (image["Content-ID"], image.get_payload(decode=True)) == ("<1>", _BINARY)

    async def test_empty_body_arrives(self, adapter: MailTransport, server: object) -> None:
        """A message without a text arrives."""
        await self.send(adapter, make_message(text=""))
        mail = self.the_mail(server)
        assert mail.text.strip() == ""

    async def test_unicode_arrives(self, adapter: MailTransport, server: object) -> None:
        """Subject, names and text may be any Unicode."""
        await self.send(adapter, make_message("Grüße, 世界 \U0001f600", to="Jörg <bob@example.org>", text="ß☃\n"))
        mail = self.the_mail(server)
        assert (mail.subject, mail.text, str(mail.message["To"])) == (
            "Grüße, 世界 \U0001f600",
            "ß☃\n",
            "Jörg <bob@example.org>",
        )

    async def test_international_address_arrives(self, adapter: MailTransport, server: object) -> None:
        """An address with other characters than ASCII arrives, by SMTPUTF8 (RFC 6531)."""
        receipt = await self.send(adapter, make_message(to="jörg@exämple.org"), to=["jörg@exämple.org"])
        assert receipt.accepted == ("jörg@exämple.org",)
        mail = self.the_mail(server)
        assert mail.recipients == ("jörg@exämple.org",)

    async def test_quoted_address_arrives(self, adapter: MailTransport, server: object) -> None:
        """An address whose local part is quoted arrives as it is."""
        await self.send(adapter, make_message(), to=['"a b"@example.org'])
        mail = self.the_mail(server)
        assert mail.recipients == ('"a b"@example.org',)

    async def test_lines_that_begin_with_a_dot_survive(self, adapter: MailTransport, server: object) -> None:
        """Lines of dots arrive: the end of the message is not mistaken (RFC 5321, 4.5.2)."""
        await self.send(adapter, make_message(text="one\n.\n..two\n.\r\n"))
        mail = self.the_mail(server)
        assert mail.text == "one\n.\n..two\n.\n"

    async def test_lines_end_in_crlf(self, adapter: MailTransport, server: object) -> None:
        """On the wire every line ends in CR LF, and CR and LF stand nowhere alone (RFC 5321, 2.3.8)."""
        message = make_message(text="a\nb\r\nc\n")
        message.add_attachment(_BINARY, maintype="application", subtype="octet-stream")
        await self.send(adapter, message)
        mail = self.the_mail(server)
        rest = mail.transmission.raw.replace(b"\r\n", b"")
        assert (rest.count(b"\r"), rest.count(b"\n")) == (0, 0)

    async def test_long_lines_survive(self, adapter: MailTransport, server: object) -> None:
        """A line of 5,000 characters arrives whole."""
        await self.send(adapter, make_message(text="x" * 5_000 + "\n"))
        mail = self.the_mail(server)
        assert mail.text == "x" * 5_000 + "\n"

    async def test_large_message_arrives(self, adapter: MailTransport, server: object) -> None:
        """A message of 2 MiB arrives whole."""
        message = make_message()
        message.add_attachment(_BINARY * 8_192, maintype="application", subtype="octet-stream", filename="a.bin")
        await self.send(adapter, message)
        mail = self.the_mail(server)
        same = mail.attachments[0].content == _BINARY * 8_192
        assert same, f"{len(mail.attachments[0].content)} other bytes"  # pytest would spell out the difference of 2 MiB

    async def test_attachments_keep_names_and_bytes(self, adapter: MailTransport, server: object) -> None:
        """Attachments arrive with their names and types, byte by byte."""
        message = make_message()
        message.add_alternative("<p>Hi Böb</p>", subtype="html")
        message.add_attachment(b"a;b\r\n", maintype="text", subtype="csv", filename="a b;c.csv")
        message.add_attachment(_BINARY, maintype="application", subtype="octet-stream", filename="bücher.bin")
        await self.send(adapter, message)
        mail = self.the_mail(server)
        found = [(each.name, each.content_type, each.content) for each in mail.attachments]
        assert found == [("a b;c.csv", "text/csv", b"a;b\r\n"), ("bücher.bin", "application/octet-stream", _BINARY)]
        assert mail.html == "<p>Hi Böb</p>\n"

    async def test_envelope_decides_who_receives(self, adapter: MailTransport, server: object) -> None:
        """Recipients are those of the envelope, whatever the headers say; each is named once, in order."""
        to = ["cy@EXAMPLE.org", "dee@example.org", "cy@EXAMPLE.org", "Dee@example.org"]
        message = make_message(to="bob@example.org")
        message["Cc"], message["Bcc"] = "cc@example.org", "bcc@example.org"
        receipt = await self.send(adapter, message, to=to)
        mail = self.the_mail(server)
        assert mail.recipients == receipt.accepted == ("cy@EXAMPLE.org", "dee@example.org", "Dee@example.org")

    async def test_envelope_says_who_sends(self, adapter: MailTransport, server: object) -> None:
        """The sender is that of the envelope; the From header stays as it was written."""
        await self.send(adapter, make_message(), sender="bounce+7@example.org")
        mail = self.the_mail(server)
        assert (mail.sender, str(mail.message["From"])) == ("bounce+7@example.org", "Ann <ann@example.org>")

    async def test_every_recipient_receives(self, adapter: MailTransport, server: object) -> None:
        """A mail to fifty recipients reaches all fifty."""
        to = [f"user{number}@example.org" for number in range(50)]
        receipt = await self.send(adapter, make_message(), to=to)
        mail = self.the_mail(server)
        assert mail.recipients == receipt.accepted == tuple(to)

    async def test_bcc_header_is_not_transmitted(self, adapter: MailTransport, server: object) -> None:
        """A Bcc or Resent-Bcc header stays behind, and the message that was handed over keeps it."""
        message = make_message()
        message["Bcc"] = message["Resent-Bcc"] = "dee@example.org"
        await self.send(adapter, message, to=["bob@example.org", "dee@example.org"])
        mail = self.the_mail(server)
        assert b"dee@example.org" not in mail.transmission.raw
        assert message["Bcc"] == "dee@example.org"

    async def test_message_is_left_as_it_was(self, adapter: MailTransport) -> None:
        """Sending changes nothing in the message and adds no header to it, so that it can be sent again."""
        bare = make_message("Grüße")
        del bare["Message-ID"]
        for message in (make_message("Grüße"), bare):
            before = message.as_bytes()
            await self.send(adapter, message)
            assert message.as_bytes() == before

    async def test_mails_arrive_in_order(self, adapter: MailTransport, server: object) -> None:
        """Mails that are sent one after another arrive in that order."""
        for number in range(5):
            await self.send(adapter, make_message(f"number {number}"))
        assert [mail.subject for mail in self.received(server)] == [f"number {number}" for number in range(5)]

    async def test_mails_at_once_all_arrive(self, adapter: MailTransport, server: object) -> None:
        """Mails that are sent at once all arrive, each with its own recipients and content."""
        await asyncio.gather(
            *(self.send(adapter, make_message(f"{number}"), to=[f"u{number}@example.org"]) for number in range(10))
        )
        found = sorted((mail.subject, *mail.recipients) for mail in self.received(server))
        assert found == [(f"{number}", f"u{number}@example.org") for number in range(10)]

    async def test_cancelled_mail_harms_no_other(
        self, adapter: MailTransport, server: object, settings: SmtpSettings
    ) -> None:
        """A send that was cancelled while the server was silent leaves nothing half-said: the next mail arrives whole."""
        self.rules(server).go_silent("DATA")
        task = asyncio.create_task(self.send(adapter, make_message("cancelled"), settings=settings))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        self.rules(server).recover()
        await self.send(adapter, make_message("next"), settings=settings)
        assert [mail.subject for mail in self.received(server)] == ["next"]

    # -- the end

    async def test_health_check_of_a_working_server_is_true(self, adapter: MailTransport, server: object) -> None:
        """`health_check` is True where the server answers, and sends no mail."""
        assert await adapter.health_check() is True
        assert self.received(server) == []

    async def test_health_check_of_a_failing_server_is_false(self, adapter: MailTransport, server: object) -> None:
        """`health_check` is False where the server closes each connection, and True when it recovered."""
        self.rules(server).hang_up("CONNECT")
        assert await adapter.health_check() is False
        self.rules(server).recover()
        assert await adapter.health_check() is True

    async def test_session_that_ended_is_replaced(self, adapter: MailTransport, server: object) -> None:
        """A mail after the server has closed the session arrives, by another session."""
        await self.send(adapter, make_message("one"))
        self.rules(server).go_down()
        self.rules(server).recover()
        await self.pass_time(adapter, 0.05)
        await self.send(adapter, make_message("two"))
        assert [mail.subject for mail in self.received(server)] == ["one", "two"]

    async def test_closing_twice_is_safe(self, adapter: MailTransport) -> None:
        """Closing a transport twice does nothing the second time, after a mail and without one."""
        await self.send(adapter, make_message())
        await self.close(adapter)
        await self.close(adapter)

    async def test_errors_are_mail_errors(self, adapter: MailTransport, server: object) -> None:
        """Whatever the server refuses is a MailError with its reply's code and text, and a hint or a message in words."""
        self.rules(server).refuse_data(452, "4.3.1 Mailbox full")
        with pytest.raises(MailError) as caught:
            await self.send(adapter, make_message())
        assert (caught.value.code, caught.value.reply) == (452, "4.3.1 Mailbox full")
        assert str(caught.value)
