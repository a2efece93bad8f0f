"""The sink beside SMTP servers of other code bases: the same words, the same replies, the same bytes.

Twisted is always there; Nodemailer's smtp-server where it has been installed, as .ci/run does. Where one of them answers
otherwise the row says so, and why the sink does as it does.
"""

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tests.differential.smtp.conversation import Data, Say, Together, converse
from tests.differential.smtp.servers import NODEMAILER, TWISTED

EHLO, MAIL, RCPT = "EHLO me.example", "MAIL FROM:<ann@example.org>", "RCPT TO:<bob@example.org>"
HEAD = b"Subject: x\r\n\r\n"


def say(*lines):
    return [Say(line.encode()) for line in lines]


def message(content, *, begin=(EHLO, MAIL, RCPT)):
    return [*say(*begin), Data(content)]


def heard(runner, server, script):
    """The first digit of each reply, which is what a client acts on (RFC 5321, 4.2.1), and the messages taken."""
    replies = runner.run(converse(server.port, script))
    return [reply if reply == "closed" else reply[0] for reply in replies], server.taken()


UNSTUFFED = {NODEMAILER: "keeps a dot that no client left unstuffed; RFC 5321, 4.5.2, has the server take it away"}
LONG = dict.fromkeys([TWISTED, NODEMAILER], "takes any line; RFC 5321, 4.5.3.1.6, promises 1,000 bytes, as Exim does")
ASCII = {TWISTED: "has no SMTPUTF8"}
NO_QUOTES = {NODEMAILER: "refuses quoted local parts with such characters, which RFC 5321, 4.1.2, allows"}
LITERAL = {TWISTED: "knows no address literals (RFC 5321, 4.1.3)"}
LAX = {TWISTED: "takes what the grammar of RFC 5321, 4.1.2, does not have"}
LAXER = {NODEMAILER: LAX[TWISTED]}

# Name: the conversation, and who answers otherwise and why.
CONVERSATIONS = {
    "a message": (message(HEAD + b"hi\r\n"), {}),
    "HELO": (message(HEAD, begin=("HELO me", MAIL, RCPT)), {}),
    "no message at all": (message(b""), {}),
    "only text": (message(b"text\r\n"), {TWISTED: "puts an empty line before a text without headers"}),
    "empty lines first": (message(b"\r\n\r\nx\r\n"), {}),
    "stuffed dots": (message(HEAD + b"..\r\n..x\r\n...\r\n"), {}),
    "an unstuffed dot": (message(HEAD + b".x\r\n"), UNSTUFFED),
    "bare line feeds": (message(HEAD + b"a\nb\r\n"), {}),
    "smuggling by LF . CRLF": (message(HEAD + b"a\n.\r\nb\r\n"), {}),
    "smuggling by LF . LF": (message(HEAD + b"a\n.\nb\r\n"), {}),
    "smuggling by CR . CR": (message(HEAD + b"a\r.\rb\r\n"), {}),
    "smuggling by CRLF . LF": (message(HEAD + b"a\r\n.\nb\r\n"), UNSTUFFED),
    "smuggling by CRLF . CR": (message(HEAD + b"a\r\n.\rb\r\n"), UNSTUFFED),
    "eight bits": (message(HEAD + b"\xff\x00\x80\r\n", begin=(EHLO, MAIL + " BODY=8BITMIME", RCPT)), {}),
    "a line of 998": (message(HEAD + b"x" * 998 + b"\r\n"), {}),
    "a line of 1,000": (message(HEAD + b"x" * 1000 + b"\r\n"), LONG),
    "a line of 100,000": (
        message(HEAD + b"x" * 100_000 + b"\r\n"),
        LONG | {TWISTED: "refuses it as well, but takes the rest of the message for commands"},
    ),
    "SIZE": (message(HEAD, begin=(EHLO, MAIL + " SIZE=14", RCPT)), {}),
    "SIZE beyond the limit": (say(EHLO, MAIL + " SIZE=99999999999"), {TWISTED: "has no SIZE"}),
    "a parameter of nobody's": (
        say(EHLO, MAIL + " FOO=1"),
        dict.fromkeys([TWISTED, NODEMAILER], "passes over parameters; RFC 5321, 4.1.1.11, wants 555"),
    ),
    "SMTPUTF8": (
        message("Subject: ü\r\n\r\n".encode(), begin=(EHLO, MAIL + " SMTPUTF8", "RCPT TO:<jörg@exämple.org>")),
        ASCII,
    ),
    "two recipients": (message(HEAD, begin=(EHLO, MAIL, RCPT, "RCPT TO:<cy@EXAMPLE.org>")), {}),
    "two messages": ([*message(HEAD), *message(HEAD + b"2\r\n", begin=(MAIL, RCPT))], {}),
    "pipelining": (
        [*say(EHLO), Together((*say(MAIL, RCPT), Data(HEAD))), Together(tuple(say(MAIL, RCPT, "RSET", MAIL)))],
        {},
    ),
    "pipelining, all refused": (
        [*say(EHLO), Together((*say(MAIL, "RCPT TO:<refused-550@example.org>"), Data(HEAD)))],
        {},
    ),
    "RSET": (say(EHLO, MAIL, RCPT, "RSET", RCPT, MAIL, "RSET", "DATA"), {}),
    "EHLO is RSET": (say(EHLO, MAIL, RCPT, EHLO, RCPT), {}),
    "MAIL within MAIL": (say(EHLO, MAIL, MAIL, RCPT, MAIL), {}),
    "no recipients": (say(EHLO, MAIL, "DATA"), {}),
    "no sender": (say(EHLO, RCPT, "DATA"), {}),
    "nothing is left after a message": ([*message(HEAD), *say(RCPT, "DATA")], {}),
    "some recipients refused": (message(HEAD, begin=(EHLO, MAIL, "RCPT TO:<refused-450@example.org>", RCPT)), {}),
    "sender refused": (say(EHLO, "MAIL FROM:<refused-553@example.org>", RCPT, MAIL, RCPT), {}),
    "message refused": (
        [*message(HEAD, begin=(EHLO, "MAIL FROM:<spam-554@example.org>", RCPT)), *say(MAIL)],
        {},
    ),
    "the null sender": (message(HEAD, begin=(EHLO, "MAIL FROM:<>", RCPT)), {}),
    "the null recipient": (say(EHLO, MAIL, "RCPT TO:<>"), {}),
    "a source route": (message(HEAD, begin=(EHLO, MAIL, "RCPT TO:<@one.example,@two.example:bob@example.org>")), {}),
    "lower case": (message(HEAD, begin=("ehlo me", "mail from:<ann@example.org>", "rcpt to:<bob@example.org>")), {}),
    "a space before the path": (say(EHLO, "MAIL FROM: <ann@example.org>", "RCPT TO: <bob@example.org>"), {}),
    "no brackets": (
        message(HEAD, begin=(EHLO, "MAIL FROM:ann@example.org", "RCPT TO:bob@example.org")),
        {NODEMAILER: "wants brackets, as RFC 5321 does; old clients leave them out"},
    ),
    "no command": (say(EHLO, "FOO", "", "MAIL", "MAIL FROM:", "MAIL FROM:<", "MAIL TO:<ann@example.org>"), {}),
    "EHLO without a name": (say("EHLO", "HELO"), {TWISTED: "takes it"}),
    "a long command": (
        say(EHLO, "NOOP " + "x" * 600),
        dict.fromkeys([TWISTED, NODEMAILER], "takes it; RFC 5321, 4.5.3.1.4, promises 512 bytes"),
    ),
}

# An address: who answers otherwise, and why.
ADDRESSES = {
    "a+b@example.org": {},
    "!#$%&'*+/=?^_`{|}~-@example.org": {},
    "a@localhost": {},
    "a@EXAMPLE.org": {},
    "a@1.2": {},
    '"a"@example.org': {},
    '""@example.org': {},
    '"\\a"@example.org': {},
    '"a b"@example.org': NO_QUOTES,
    '"a@b"@example.org': NO_QUOTES,
    '"<>"@example.org': NO_QUOTES,
    '"a\\"b"@example.org': {TWISTED: "knows no escaped quotes (RFC 5321, 4.1.2)"},
    "a@[127.0.0.1]": LITERAL,
    "a@[IPv6:::1]": LITERAL,
    "a@x_y.example": {NODEMAILER: "wants names of hosts without underscores, as RFC 5321 does; others take them"},
    "jörg@example.org": ASCII,
    "a@exämple.org": ASCII,
    "postmaster": {TWISTED: "completes it with its own name"},
    "bob": LAX,
    "a..b@example.org": LAX,
    ".a@example.org": LAX,
    "a.@example.org": LAX,
    "a@example.org.": LAX,
    "a@x..example": LAX,
    "a@": LAX,
    '"a"b@example.org': LAX | LAXER,
    "a,b@example.org": LAXER,
    "a:b@example.org": LAXER,
    "a;b@example.org": LAXER,
    "a(c)@example.org": LAXER,
    "@example.org": {},
    "a b@example.org": {},
    "a@b@example.org": {},
    "a@example.org>": {},
}


def compare(runner, sink, other, script, unlike=()):
    sink.prepare("spam-554@example.org" if "spam-554" in str(script) else "refused-553@example.org", REFUSED)
    ours, theirs = heard(runner, sink, script), heard(runner, other, script)
    if other.name in unlike:
        assert ours != theirs, f"{other.name} answers as the sink now: the row is out of date"
    else:
        assert ours == theirs


REFUSED = ("refused-550@example.org", "refused-450@example.org")


@pytest.mark.parametrize("name", CONVERSATIONS)
def test_conversations_have_the_same_replies_and_messages(runner, sink, other, name):
    compare(runner, sink, other, *CONVERSATIONS[name])


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_are_taken_and_refused_alike(runner, sink, other, address):
    compare(runner, sink, other, message(HEAD, begin=(EHLO, MAIL, f"RCPT TO:<{address}>")), ADDRESSES[address])


def stuffed(lines):
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines)


# What a line of content may hold for all of them: up to 998 bytes, dots first, bare CR and LF within, never CR LF.
pieces = st.sampled_from([b".", b"..", b"\n", b"\r", b"a", b" ", b"\x00", b"\xff", b"Subject: x", b"x" * 300])
content_lines = (
    st.lists(pieces, max_size=3).map(b"".join).filter(lambda line: b"\r\n" not in line and line[-1:] != b"\r")
)
contents = st.lists(content_lines, max_size=6).map(lambda lines: Data(HEAD + stuffed(lines)))
atoms = st.text("abz09!#$%&'*+/=?^_`{|}~-", min_size=1, max_size=5)
good = st.builds("{}.{}@{}.example".format, atoms, atoms, st.text("abz09", min_size=1, max_size=5))
recipients = st.one_of(good, st.sampled_from(REFUSED)).map(lambda address: Say(f"RCPT TO:<{address}>".encode()))
senders = st.sampled_from(
    [MAIL, MAIL + " BODY=8BITMIME", MAIL + " SIZE=99", "MAIL FROM:<>", "MAIL FROM:<refused-553@example.org>"]
).map(lambda line: Say(line.encode()))
commands = st.one_of(senders, recipients, contents, st.sampled_from([Say(b"RSET"), Say(b"NOOP"), Say(b"FOO")]))
transactions = st.builds(
    lambda sender, to, end: [sender, *to, end], senders, st.lists(recipients, max_size=3), contents
)
steps = st.one_of(
    transactions, transactions.map(lambda steps: [Together(tuple(steps))]), st.lists(commands, max_size=3)
)
scripts = st.lists(steps, max_size=4).map(lambda parts: [*say(EHLO), *(step for part in parts for step in part)])


def loose_dots(script):
    """Whether a content has dots behind a bare line feed: smtp-server 3.21 drops one of two there."""
    steps = [each for step in script for each in (step.steps if isinstance(step, Together) else [step])]
    return any(re.search(rb"(?<!\r)\n\.", step.content) for step in steps if isinstance(step, Data))


@settings(max_examples=150)
@given(script=scripts)
@example(script=[*say(EHLO), Together((*say(MAIL, REFUSED[0]), Data(HEAD))), *message(HEAD, begin=(MAIL, RCPT))])
def test_any_conversation_has_the_same_replies_and_messages(runner, sink, other, script):
    assume(other.name != NODEMAILER or not loose_dots(script))
    compare(runner, sink, other, script)
