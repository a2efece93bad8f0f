"""What is wrong with a mail that was accepted all the same: what filters, readers and phones make trouble of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageDefect
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser

from nexus_testkit.adapters.fake.mail_links import text_of

_ONCE = ("Date", "From", "Sender", "Reply-To", "To", "Cc", "Message-ID", "In-Reply-To", "References", "Subject")
_ACTIVE = frozenset({"applet", "base", "embed", "form", "frame", "iframe", "input", "link", "meta", "object", "script"})
_HARMLESS_META = frozenset(
    {"viewport", "color-scheme", "supported-color-schemes", "x-apple-disable-message-reformatting"}
)
_SHOUTS = re.compile(r"[^\W\d_]{2,}")
_LONGEST_LINE = 998  # RFC 5322, 2.1.1
_CLIPPED_BYTES = 102_400  # Gmail cuts HTML that is longer


@dataclass(frozen=True, slots=True)
class MailProblem:
    """One thing that is wrong.

    Attributes:
        rule: its name, such as `"no-date"`; `assert_clean(ignore=)` takes it.
        text: in words.
    """

    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


def lint(raw: bytes, message: EmailMessage, text: str, html: str) -> list[MailProblem]:
    """Every problem of a message: its headers and structure (RFC 5322, RFC 2045), and its HTML."""
    found = [*_headers(message), *_structure(raw, message)]
    found += [MailProblem(rule, words) for rule, words in _bodies(text, html)]
    return found + [MailProblem(rule, words) for rule, words in _markup(html)]


def _headers(message: EmailMessage) -> Iterator[MailProblem]:
    if message["Date"] is None:
        yield MailProblem("no-date", "there is no Date, which RFC 5322, 3.6, demands")
    elif not _is_date(str(message["Date"])):
        yield MailProblem("bad-date", f"{str(message['Date'])!r} is no date")
    if not message["Message-ID"]:
        yield MailProblem(
            "no-message-id", "there is no Message-ID; filters take that for spam, and replies find no thread"
        )
    elif not re.fullmatch(r"<[^<>@\s]+@[^<>@\s]+>", str(message["Message-ID"]).strip()):
        yield MailProblem("bad-message-id", f"{str(message['Message-ID'])!r} is not of the form <left@right>")
    if not message["From"]:
        yield MailProblem("no-from", "there is no From, which RFC 5322, 3.6, demands")
    if not any(message[name] for name in ("To", "Cc", "Bcc")):
        yield MailProblem("no-recipient", "neither To nor Cc names anybody; filters take that for spam")
    subject = str(message["Subject"] or "").strip()
    if not subject:
        yield MailProblem("no-subject", "there is no Subject")
    words = _SHOUTS.findall(subject)
    if len(words) > 1 and subject == subject.upper():
        yield MailProblem("shouting-subject", f"the subject {subject!r} is all in capitals; filters take that for spam")
    if re.search(r"[!?$]{3}", subject):
        yield MailProblem(
            "shouting-subject", f"the subject {subject!r} has a run of ! ? or $; filters take that for spam"
        )
    for name in _ONCE:
        if len(message.get_all(name, ())) > 1:
            yield MailProblem(
                "repeated-header", f"{name} stands there {len(message.get_all(name, ()))} times; once is allowed"
            )


def _structure(raw: bytes, message: EmailMessage) -> Iterator[MailProblem]:
    for part in message.walk():
        for defect in (*part.defects, *_in_headers(part)):
            yield MailProblem("broken-structure", f"{type(defect).__name__}: {str(defect) or type(defect).__doc__}")
    if re.search(rb"\r(?!\n)|(?<!\r)\n", raw):
        yield MailProblem("bare-line-end", "CR or LF stands alone, which servers read each in their own way")
    longest = max((len(line) for line in raw.split(b"\r\n")), default=0)
    if longest > _LONGEST_LINE:
        yield MailProblem("long-line", f"a line has {longest} bytes; servers cut or refuse more than {_LONGEST_LINE}")
    head = raw.partition(b"\r\n\r\n")[0]
    if not head.isascii():
        yield MailProblem("raw-header", "a header has other bytes than ASCII: encode it by RFC 2047")


def _in_headers(part: EmailMessage) -> Iterator[MessageDefect]:
    for name, value in part.items():
        if name.lower() not in {"date", "message-id"}:  # which have rules of their own
            yield from getattr(value, "defects", ())


def _bodies(text: str, html: str) -> Iterator[tuple[str, str]]:
    if html and not text.strip():
        yield "no-text", "there is HTML and no plain text beside it; filters take that for spam"
    if not html and not text.strip():
        yield "empty", "there is nothing to read"
    if len(html.encode("utf-8", "replace")) > _CLIPPED_BYTES:
        yield "clipped", f"the HTML is longer than {_CLIPPED_BYTES} bytes; Gmail shows a part of it"
    if "<img" in html.lower() and not text_of(html):
        yield "only-images", "the HTML is images without a word; filters take that for spam"
    for name, body in (("text", text), ("HTML", html)):
        if re.search(r"\{\{.*?\}\}|\{%.*?%\}", body):
            yield "template-left", f"the {name} holds what looks like an unfilled template"


def _markup(html: str) -> list[tuple[str, str]]:
    parser = _Markup()
    parser.feed(html)
    parser.close()
    return list(dict.fromkeys(parser.found))


class _Markup(HTMLParser):
    """Finds what mail readers strip or warn of, and what filters count."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._link: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in _ACTIVE and not self._is_harmless(tag, values):
            self.found.append(("unsafe-html", f"<{tag}>, which mail readers strip or block"))
        for name, value in values.items():
            if name.startswith("on"):
                self.found.append(("unsafe-html", f"<{tag} {name}=...>: a script"))
            elif re.match(r"\s*(javascript|vbscript|data:text/html)", value, re.IGNORECASE) and name in {
                "href",
                "src",
                "action",
            }:
                self.found.append(("unsafe-html", f"<{tag} {name}={value[:40]!r}>: a script"))
        style = values.get("style", "").replace(" ", "").lower()
        if "expression(" in style or "url(javascript:" in style:
            self.found.append(("unsafe-html", f"<{tag} style=...>: a script"))
        if tag == "img":
            self._image(values)
        self._link = values.get("href", "") if tag == "a" else self._link
        if tag == "a" and self._link and self._link.startswith("http://"):
            self.found.append(("plain-http", f"the link {self._link!r} is not encrypted"))

    def _is_harmless(self, tag: str, values: dict[str, str]) -> bool:
        if tag == "meta":
            return (
                "charset" in values
                or values.get("name", "").lower() in _HARMLESS_META
                or values.get("http-equiv", "").lower() == "content-type"
            )
        return False

    def _image(self, values: dict[str, str]) -> None:
        if "alt" not in values:
            self.found.append(
                ("no-alt", f"the image {values.get('src', '')!r} has no alt text; most readers show that first")
            )
        if values.get("src", "").startswith("http://"):
            self.found.append(("plain-http", f"the image {values['src']!r} is not encrypted"))

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._link = None

    def handle_data(self, data: str) -> None:
        shown = re.fullmatch(r"\s*https?://([^/\s:?#]+)\S*\s*", data, re.IGNORECASE)
        leads = re.match(r"\s*https?://([^/\s:?#]+)", self._link or "", re.IGNORECASE)
        if shown and leads and shown[1].lower() != leads[1].lower():
            self.found.append(
                ("misleading-link", f"a link shows {shown[1]} and leads to {leads[1]}; filters take that for fraud")
            )


def _is_date(value: str) -> bool:
    try:
        parsedate_to_datetime(value)
    except ValueError:
        return False
    return True
