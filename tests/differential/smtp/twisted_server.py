"""A server on Twisted's SMTP protocol: another code base than the sink's aiosmtpd. A command.

It prints its port, then a line of JSON for each message that it took (sender, recipients, bytes), and repeats each line of its
input as a mark, so that whoever reads knows how far it is. A recipient, sender or message is refused by what the envelope says: a local part `refused-550` is refused with 550, and behind the final dot a
message from `spam-554` with 554.
"""

import base64
import json
import re
import sys

from twisted.internet import defer, endpoints, protocol, reactor
from twisted.mail import smtp
from zope.interface import implementer

REFUSED = re.compile(rb"refused-(\d{3})$")
SPAM = re.compile(rb"spam-(\d{3})$")


def _tell(told):
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def _code(pattern, local):
    found = pattern.search(local)
    return None if found is None else int(found[1])


@implementer(smtp.IMessage)
class _Message:
    """The copy of one recipient; the first one keeps the lines for all of them."""

    def __init__(self, transaction, recipient):
        self.transaction = transaction
        self.keeps = not transaction["recipients"]
        transaction["recipients"].append(recipient)

    def lineReceived(self, line):  # noqa: N802  # Twisted's name
        if self.keeps:
            self.transaction["lines"].append(line)

    def eomReceived(self):  # noqa: N802  # Twisted's name
        if self.keeps:
            code = _code(SPAM, self.transaction["sender"].local)
            if code is not None:
                return defer.fail(smtp.SMTPServerError(code, b"5.6.0 Message refused"))
            content = b"".join(line + b"\r\n" for line in self.transaction["lines"])
            _tell(
                {
                    "sender": str(self.transaction["sender"]),
                    "recipients": self.transaction["recipients"],
                    "content": base64.b64encode(content).decode("ascii"),
                }
            )
        return defer.succeed(None)

    def connectionLost(self):  # noqa: N802  # Twisted's name
        """The message is not taken."""


@implementer(smtp.IMessageDelivery)
class _Delivery:
    """What Twisted asks at each step of a transaction."""

    transaction = None

    def receivedHeader(self, *_):  # noqa: N802  # Twisted's name
        return b""  # the sink adds none

    def validateFrom(self, _helo, origin):  # noqa: N802  # Twisted's name
        code = _code(REFUSED, origin.local)
        if code is not None:
            raise smtp.SMTPBadSender(origin, code, "5.7.1 Sender refused")
        self.transaction = {"sender": origin, "recipients": [], "lines": []}
        return origin

    def validateTo(self, user):  # noqa: N802  # Twisted's name
        code = _code(REFUSED, user.dest.local)
        if code is not None:
            raise smtp.SMTPBadRcpt(user, code, "5.1.1 No such user")
        transaction, recipient = self.transaction, str(user.dest)
        return lambda: _Message(transaction, recipient)


class _Session(smtp.ESMTP):
    """ESMTP that says what it can: its transactions are 8-bit clean, and its replies are sent in order."""

    noisy = False

    def connectionMade(self):  # noqa: N802  # Twisted's name
        self.transport.setTcpNoDelay(True)  # a reply waits for no acknowledgement of the one before
        super().connectionMade()

    def do_NOOP(self, _rest):  # noqa: N802  # Twisted's name
        self.sendCode(250, b"Nothing done")  # Twisted lacks this one command

    def extensions(self):
        return {**super().extensions(), b"8BITMIME": None, b"PIPELINING": None}

    def _messageHandled(self, results):  # noqa: N802  # Twisted's name
        # Twisted answers 550 whatever a delivery failed with, and logs it as an error of the server.
        for taken, outcome in results:
            if not taken:
                self.sendCode(outcome.value.code, outcome.value.resp)
                return
        super()._messageHandled(results)


class _Factory(protocol.Factory):
    noisy = False

    def buildProtocol(self, _address):  # noqa: N802  # Twisted's name
        session = _Session()
        session.delivery = _Delivery()
        return session


def main():
    """Serve on a free port of loopback until standard input ends."""
    listening = endpoints.TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1").listen(_Factory())
    listening.addCallback(lambda port: _tell({"port": port.getHost().port}))
    reactor.callInThread(_answer_input)
    reactor.run()


def _answer_input():
    for line in sys.stdin:
        reactor.callFromThread(_tell, {"mark": line.strip()})
    reactor.callFromThread(reactor.stop)  # whoever started this has gone, or says that it is over


if __name__ == "__main__":
    main()
