"""`EmailService`: mail that was either accepted, or failed with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from nexus_testkit.container import inject
from nexus_testkit.errors import MailTimeout, ValidationError
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.files import FileSystem
from nexus_testkit.ports.mail import TLS, MailTransport, SendReceipt, SmtpSettings
from nexus_testkit.services.addresses import make_address
from nexus_testkit.services.base import BaseService
from nexus_testkit.services.messages import Attachment, Recipients, build_message
from nexus_testkit.services.options import Options
from nexus_testkit.services.templates import Templates

_SMTP_OPTIONS = ("smtp_host", "smtp_port", "smtp_user", "smtp_password", "use_tls", "tls")


class EmailService(BaseService):
    """Service for sending emails.

    `send` and `send_template` give a `SendReceipt`, which names who was accepted and who was refused. The
    guide's `send_email` and `send_template_email` give True where all were accepted and False where some were
    refused. A mail that nobody got is an exception, and so is one that could not be built: a missing
    attachment, a bad address, a template without its value. False never hides a reason: each refusal is logged
    as a warning.

    A recipient is `"ann@example.org"`, `"Ann <ann@example.org>"`, or an `email.headerregistry.Address`. Each
    gets one copy.

    Options (`config`):
        smtp_host, smtp_port: the server; localhost and 587. Without any `smtp_` or TLS option, the transport's
            own settings hold.
        smtp_user, smtp_password: both or neither, and only where the connection is encrypted.
        tls: "starttls" (the default), "implicit" (usually port 465) or "none". A server that lacks it is an
            error, never a fallback.
        use_tls: the guide's form: True is "starttls", False is "none".
        from_email, from_name: the sender.
        timeout: seconds for one mail. 30.
        templates: name -> template, for those that are written in code (see `templates`).
    """

    def __init__(
        self,
        config: Mapping[str, Any] | None = None,
        *,
        mail: MailTransport = inject(),
        files: FileSystem = inject(),
        clock: Clock = inject(),
    ) -> None:
        super().__init__(config)
        options = Options(self.config, service=type(self).__name__)
        self.mail = mail
        self.files = files
        self.clock = clock
        self.from_email = options.text("from_email", "noreply@example.com")
        self.from_name = options.text("from_name", "Nexus Platform")
        self.timeout = options.number("timeout", 30, positive=True)
        self.smtp = _smtp_settings(self.config, options, self.timeout)
        self._sender = make_address(self.from_name, self.from_email, field="from_email")
        self._templates = Templates(files, self.config.get("templates"))

    async def send_email(
        self,
        to: Sequence[Any],
        subject: str,
        body: str,
        html_body: str | None = None,
        cc: Sequence[Any] | None = None,
        bcc: Sequence[Any] | None = None,
        attachments: Sequence[str] | None = None,
    ) -> bool:
        """Send a mail; True where every recipient was accepted, False where some were. See `send`."""
        receipt = await self.send(to, subject, body, html_body, cc=cc, bcc=bcc, attachments=attachments)
        return not receipt.refused

    async def send_template_email(
        self, to: Sequence[Any], template_name: str, template_data: Mapping[str, Any], subject: str | None = None
    ) -> bool:
        """Send a mail from a template; True and False as `send_email` says. See `send_template`."""
        receipt = await self.send_template(to, template_name, template_data, subject)
        return not receipt.refused

    async def send(
        self,
        to: Sequence[Any],
        subject: str,
        body: str,
        html_body: str | None = None,
        *,
        cc: Sequence[Any] | None = None,
        bcc: Sequence[Any] | None = None,
        attachments: Sequence[str] | None = None,
    ) -> SendReceipt:
        """Send a mail, and say who was accepted.

        Args:
            to: recipients; in `to`, `cc` and `bcc` together, at least one.
            cc: recipients whom all see as such.
            bcc: recipients whom nobody sees.
            subject: one line.
            body: the plain text.
            html_body: the same as HTML, for readers that show it.
            attachments: paths in the file port.

        Raises:
            ValidationError: a recipient, the subject or a text that cannot be mailed.
            FileError: an attachment that cannot be read; nothing was sent.
            MailRecipientsRefused: nobody was accepted.
            MailTimeout: the server took too long; whether the mail went out is unknown.
            MailError: whatever else kept it from being accepted.
        """
        recipients = Recipients.parse(to, cc, bcc)
        if isinstance(attachments, str):
            raise ValidationError(
                "attachments must be a list of paths", field="attachments", hint=f"attachments=[{attachments!r}]"
            )
        message = build_message(
            sender=self._sender,
            recipients=recipients,
            subject=subject,
            body=body,
            html_body=html_body,
            attachments=[await self._attachment(path) for path in attachments or ()],
            now=self.clock.now(),
        )
        try:
            async with asyncio.timeout(self.timeout):
                receipt = await self.mail.send(
                    message,
                    sender=self._sender.addr_spec,
                    recipients=recipients.envelope(),
                    settings=self.smtp,
                )
        except MailTimeout:
            raise
        except TimeoutError as error:
            raise MailTimeout(f"the mail server did not take the message within {self.timeout:g} s") from error
        for address, refusal in receipt.refused.items():
            self.logger.warning("Recipient refused", recipient=address, code=refusal.code, reply=refusal.text)
        self.logger.info("Email sent", accepted=len(receipt.accepted), message_id=receipt.message_id)
        return receipt

    async def send_template(
        self, to: Sequence[Any], template_name: str, template_data: Mapping[str, Any], subject: str | None = None
    ) -> SendReceipt:
        """Send a mail from a template (see `templates`), and say who was accepted; `subject` replaces the template's.

        Raises:
            TemplateError: it is missing or malformed, or lacks a value.
            ValidationError, MailError: as `send`.
        """
        rendered = await self._templates.render(template_name, template_data, subject=subject)
        return await self.send(to, rendered.subject, rendered.body, rendered.html_body)

    async def _attachment(self, path: str) -> Attachment:
        content = await self.files.read_bytes(path)
        return Attachment(filename=path.rpartition("/")[2], content=content)


def _smtp_settings(config: Mapping[str, Any], options: Options, timeout_s: float) -> SmtpSettings | None:
    """The settings in the configuration, or None where it has none and the transport's own hold.

    Raises:
        ValidationError: half of the credentials, credentials in clear, or a TLS option that is none.
    """
    if not any(name in config for name in _SMTP_OPTIONS):
        return None
    tls = _tls(config)
    user, password = config.get("smtp_user"), config.get("smtp_password")
    if bool(user) != bool(password):
        missing = "smtp_password" if user else "smtp_user"
        raise ValidationError(f"EmailService: {missing!r} is missing: credentials come as a pair", field=missing)
    if user and tls is TLS.NONE:
        raise ValidationError(
            "EmailService: credentials would be sent in clear", field="tls", hint="set tls to 'starttls' or 'implicit'"
        )
    return SmtpSettings(
        host=options.text("smtp_host", "localhost"),
        port=options.integer("smtp_port", 587, at_least=1, at_most=65535),
        username=user or None,
        password=password or None,
        tls=tls,
        timeout_s=timeout_s,
    )


def _tls(config: Mapping[str, Any]) -> TLS:
    use_tls = config.get("use_tls", True)
    if not isinstance(use_tls, bool):
        raise ValidationError(f"EmailService: use_tls must be True or False, not {use_tls!r}", field="use_tls")
    plain = TLS.STARTTLS if use_tls else TLS.NONE
    try:
        tls = TLS(config.get("tls", plain))
    except ValueError as error:
        known = ", ".join(repr(kind.value) for kind in TLS)
        raise ValidationError(f"EmailService: tls is {config['tls']!r}", field="tls", hint=f"one of {known}") from error
    if "use_tls" in config and use_tls is (tls is TLS.NONE):
        raise ValidationError(
            f"EmailService: use_tls={use_tls} contradicts tls={tls.value!r}", field="tls", hint="drop use_tls"
        )
    return tls
