"""Mail transports with one bug each; see `test_broken_adapters`."""

BROKEN = {
    "resent bcc leaks": (
        "test_bcc_header_is_not_transmitted",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if message["Resent-Bcc"]:
                message = copy.deepcopy(message)
                message["X-R"] = message["Resent-Bcc"]
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "cc receives as well": (
        "test_envelope_decides_who_receives",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if message["Cc"]:
                recipients = [*recipients, *[a.addr_spec for a in message["Cc"].addresses]]
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "sender is that of the header": (
        "test_envelope_says_who_sends",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            sender = (
                message["From"].addresses[0].addr_spec
                if message["From"]
                and hasattr(message["From"], "addresses")
                and sender.count("@") == 1
                and sender == sender.strip()
                and sender.startswith("bounce")
                else sender
            )
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "message id added to the message": (
        "test_message_is_left_as_it_was",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if not message["Message-ID"] and message["From"]:
                message["Message-ID"] = "<x@y>"
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "date added to the message": (
        "test_message_is_left_as_it_was",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if not message["Date"] and message["From"] and not message["Message-ID"]:
                message["Date"] = "Thu, 01 Jan 2026 00:00:00 +0000"
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "timeout setting ignored": (
        "test_silent_server_is_a_timeout",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            settings = settings and replace(settings, timeout_s=30.0)
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "login of the first mail for all": (
        "test_login_is_of_one_mail",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if settings and settings.username:
                self.__dict__.setdefault("first", settings)
            settings = self.__dict__.get("first", settings)
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "login remembered": (
        "test_login_is_of_one_mail",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if settings and settings.username:
                self.__dict__["u"] = (settings.username, settings.password)
            elif settings and not settings.password and "u" in self.__dict__:
                settings = replace(settings, username=self.u[0], password=self.u[1])
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "implicit tls falls back": (
        "test_encryption_that_is_not_offered_is_an_error",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            settings = replace(settings, tls=TLS.NONE) if settings and settings.tls is TLS.IMPLICIT else settings
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "line ends in other headers pass": (
        "test_line_end_in_a_header_is_invalid",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            import re as _re

            if any("\n" in str(v) and k.lower() not in ("subject",) for k, v in message.raw_items()):
                message = copy.deepcopy(message)
                for k in [k for k in message.keys() if k.lower() not in ("subject", "content-type")]:
                    v = _re.sub(r"[\r\n]+", " ", str(dict(message.raw_items())[k]))
                    del message[k]
                    message[k] = v
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "a lone carriage return passes": (
        "test_line_end_in_a_header_is_invalid",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if any("\r" in str(v) and "\n" not in str(v) for k, v in message.raw_items()):
                message = copy.deepcopy(message)
                for k, v in list(message.raw_items()):
                    if "\r" in str(v):
                        del message[k]
                        message[k] = str(v).replace("\r", " ")
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "own headers are dropped": (
        "test_headers_arrive",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            message = copy.deepcopy(message)
            for k in [
                k
                for k in message.keys()
                if k.lower().startswith("x-") or k.lower().startswith("list-") or k.lower() == "reply-to"
            ]:
                del message[k]
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "reply-to lost": (
        "test_headers_arrive",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            message = copy.deepcopy(message)
            del message["Reply-To"]
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "html alternative lost": (
        "test_alternatives_and_inline_images_arrive",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if message.get_content_type() == "multipart/alternative":
                m = message.get_body(("plain",))
                m2 = copy.deepcopy(message)
                m2.set_content(m.get_content())
                message = m2
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "inline images lost": (
        "test_alternatives_and_inline_images_arrive",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            message = copy.deepcopy(message)
            for part in message.walk():
                if part.get_content_type() == "multipart/related":
                    part.set_payload(part.get_payload()[:1])
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "retries where the connection ended": (
        "test_mail_whose_reply_was_lost_is_not_sent_again",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            try:
                return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
            except MailConnectError:
                return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
    "health check sends": (
        "test_health_check_of_a_working_server_is_true",
        r"""
        async def health_check(self):
            from nexus_testkit.contracts.mail_replies import make_message

            if not await self.inner.health_check():
                return False
            await self.inner.send(make_message(), sender="a@example.org", recipients=["a@example.org"])
            return True
        """,
    ),
    "a recipient of fifty is dropped": (
        "test_every_recipient_receives",
        r"""
        async def send(self, message, /, *, sender, recipients, settings=None):
            if len(recipients) == 50:
                recipients = recipients[:-1]
            return await self.inner.send(message, sender=sender, recipients=recipients, settings=settings)
        """,
    ),
}
