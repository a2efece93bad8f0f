"""What tests see as `nexus.mail`."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import pairwise

from nexus_testkit.adapters.fake.mail import SmtpSink
from nexus_testkit.adapters.fake.mail_message import SentMail
from nexus_testkit.harness.mail_expectation import Addresses, AttachedFile, Expectation, Text
from nexus_testkit.journal.mail import SeamedMail
from nexus_testkit.journal.seam import Seam
from nexus_testkit.ports.mail import TLS

__all__ = ["MailHandle", "SentMail"]

_MAILS_SHOWN = 5


class MailHandle(SeamedMail):
    """The mail that was sent, and how the server behaves.

    Attributes:
        strict: whether a mail that no assertion looked at fails the test at its end; False, or what the world's `strict_mail` says.
    """

    def __init__(self, inner: SmtpSink, seam: Seam) -> None:
        """Stand for `inner` in a test."""
        super().__init__(inner, seam)
        self.strict = False
        self._sink = inner
        self._asserted: set[int] = set()

    @property
    def sent(self) -> list[SentMail]:
        """The mails that the server accepted, in order."""
        return list(self._sink.sent)

    @property
    def last(self) -> SentMail:
        """The mail that came last; who takes it has looked at it (`strict`).

        Raises:
            AssertionError: none came.
        """
        if not self._sink.sent:
            raise AssertionError("\n".join(["no mail was sent", *self._refusals()]))
        self._note(self._sink.sent[-1:])
        return self._sink.sent[-1]

    @property
    def conversation(self) -> list[str]:
        """Every command and reply, as `"C: MAIL FROM:<a@b.c>"` and `"S: 250 OK"`, without passwords and content."""
        return list(self._sink.conversation)

    def clear(self) -> None:
        """Forget the mails that came so far, and the conversation."""
        self._sink.sent.clear()
        self._sink.conversation.clear()
        self._asserted.clear()

    def assert_sent(
        self,
        *,
        to: Addresses | None = None,
        cc: Addresses | None = None,
        bcc: Addresses | None = None,
        sender: str | None = None,
        subject: Text | None = None,
        text: Text | None = None,
        html: Text | None = None,
        body_contains: str | None = None,
        attachment: AttachedFile | None = None,
        count: int | None = None,
    ) -> list[SentMail]:
        """The mails that match all that is given, of which there must be `count` (None: at least one).

        Args:
            to: an address or several that the To header names and the server accepted.
            cc: likewise of the Cc header.
            bcc: likewise of recipients whom no header names.
            sender: the envelope's sender.
            subject: the whole subject, or a regular expression to be found in it.
            text: a part of the plain text body, or a regular expression to be found in it.
            html: likewise of the HTML body.
            body_contains: a part of either body.
            attachment: the name of an attached file, or a pair of its name and its bytes.
            count: how many mails there must be.

        Raises:
            AssertionError: with the mails that were sent, nearest first, and what differs.
        """
        expectation = Expectation(to, cc, bcc, sender, subject, text, html, body_contains, attachment)
        compared = [(mail, expectation.differences(mail)) for mail in self._sink.sent]
        matching = [mail for mail, found in compared if not found]
        if len(matching) == count or (count is None and matching):
            self._note(matching)
            return matching
        wanted = "at least one mail" if count is None else f"{count} mail{'' if count == 1 else 's'}"
        lines = [f"expected {wanted} with {expectation}, got {len(matching)}"]
        compared.sort(key=lambda entry: len(entry[1]))
        # A body is shown for what is missing in it. Who looks for a secret there has to see what there is instead.
        bodies = replace(self._seam.journal.redaction, addresses=False)
        if bodies.text(str(expectation)) != str(expectation):
            bodies = replace(bodies, enabled=False)
        for mail, found in compared[:_MAILS_SHOWN]:
            lines.append(f"  {self._shown(mail)}" if found else f"  {self._shown(mail)}: matches")
            lines += [f"    {bodies.text(line) if line.startswith(_BODIES) else line}" for line in found]
        raise AssertionError("\n".join([*lines, *self._rest()]))

    def assert_count(self, count: int) -> None:
        """So many mails were sent.

        Raises:
            AssertionError: with those that were.
        """
        if len(self._sink.sent) != count:
            shown = [f"  {self._shown(mail)}" for mail in self._sink.sent[:_MAILS_SHOWN]]
            wanted = "no mail" if count == 0 else f"{count} mail{'' if count == 1 else 's'}"
            raise AssertionError("\n".join([f"expected {wanted}, got {len(self.sent)}", *shown, *self._rest()]))
        self._note(self._sink.sent)

    def assert_nothing_sent(self) -> None:
        """No mail was sent.

        Raises:
            AssertionError: with those that were.
        """
        self.assert_count(0)

    def assert_clean(self, *, ignore: Collection[str] = ()) -> None:
        """No mail that was sent has anything wrong with it: see `SentMail.lint`.

        Args:
            ignore: names of rules that do not matter, such as `"no-text"`.

        Raises:
            AssertionError: with each mail and its problems.
        """
        lines = []
        for mail in self._sink.sent:
            found = [problem for problem in mail.lint() if problem.rule not in ignore]
            lines += [f"a mail {self._shown(mail)}", *(f"  {problem}" for problem in found)] if found else []
        if lines:
            raise AssertionError("\n".join(lines))

    def unasserted(self) -> list[str]:
        """The mails that no assertion matched and nobody took with `last`, in words; `strict` fails the test for them."""
        return [
            f"a mail that no assertion looked at: {self._shown(mail)}"
            for mail in self._sink.sent
            if id(mail) not in self._asserted
        ]

    # How the server behaves

    def refuse(self, address: str, *, code: int = 550, text: str = "5.1.1 No such user") -> None:
        """Refuse a recipient from now on."""
        self._sink.refuse(address, code=code, text=text)

    def accept(self, address: str) -> None:
        """Accept a recipient or sender again that was refused before."""
        self._sink.accept(address)

    def refuse_sender(self, address: str, *, code: int = 550, text: str = "5.7.1 Sender refused") -> None:
        """Refuse a sender from now on."""
        self._sink.refuse_sender(address, code=code, text=text)

    def refuse_data(self, code: int = 554, text: str = "5.6.0 Message refused") -> None:
        """Refuse every message from now on, after its final dot."""
        self._sink.refuse_data(code, text)

    def require_auth(self, username: str, password: str) -> None:
        """Refuse mail without a login, and every other login; may be called for several users."""
        self._sink.require_auth(username, password)

    def offer_tls(self) -> None:
        """Offer STARTTLS in earnest; who does not ask for it is served in plain."""
        self._sink.offer_tls()

    def require_tls(self, kind: TLS = TLS.STARTTLS) -> None:
        """Serve nobody in plain, with a certificate for localhost that the fake's client trusts."""
        self._sink.require_tls(kind)

    def refuse_tls(self) -> None:
        """Be a server without TLS: who asks for it fails, and nothing is sent."""
        self._sink.refuse_tls()

    def go_silent(self, at: str = "CONNECT") -> None:
        """Never answer this command again ("CONNECT": never greet): senders run into their time-out."""
        self._sink.go_silent(at)

    def hang_up(self, at: str = "CONNECT") -> None:
        """Close the connection at this command ("CONNECT": instead of the greeting)."""
        self._sink.hang_up(at)

    def go_down(self) -> None:
        """Refuse every connection."""
        self._sink.go_down()

    def recover(self) -> None:
        """Behave as in the beginning: accept everything."""
        self._sink.recover()

    def _shown(self, mail: SentMail) -> str:
        return self._seam.journal.redaction.text(describe(mail))

    def _note(self, mails: Iterable[SentMail]) -> None:
        self._asserted.update(id(mail) for mail in mails)

    def _rest(self) -> list[str]:
        sent = len(self._sink.sent)
        more = [f"  and {sent - _MAILS_SHOWN} more"] if sent > _MAILS_SHOWN else []
        return [*more, *([] if sent else ["  no mail was sent"]), *self._refusals()]

    def _refusals(self) -> list[str]:
        lines = self._sink.conversation
        return [
            f"  the server refused {before.removeprefix('C: ')}: {reply.removeprefix('S: ')}"
            for before, reply in pairwise(lines)
            if _REFUSED.match(reply) and before.startswith("C: ")
        ]


_BODIES = ("text: ", "html: ", "body: ")
_REFUSED = re.compile(r"S: [45]\d\d ")


def describe(mail: SentMail) -> str:
    """A mail in one line: recipients, subject."""
    return f"to {', '.join(mail.recipients)}, subject {mail.subject!r}"
