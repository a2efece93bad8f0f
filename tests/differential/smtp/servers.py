"""The servers of the comparison: the kit's sink, and others, each in a process of its own."""

import base64
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from threading import Thread

import pytest

from nexus_testkit.adapters.fake.mail import SmtpSink
from nexus_testkit.adapters.real.clock import SystemClock

TWISTED, NODEMAILER = "Twisted", "smtp-server"
WAIT_S = 20
HERE = Path(__file__).parent
# A directory with the node_modules of `npm install smtp-server`; .ci/run makes one.
NODE_MODULES = "NEXUS_TESTKIT_NODE_MODULES"


@dataclass(frozen=True)
class Received:
    """A message that a server took."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


def _received(sender, recipients, content):
    # Who is named twice receives once or twice, as a server likes; the port names everybody once.
    return Received(sender, tuple(dict.fromkeys(recipients)), content)


class Process:
    """A server of another code base; ends with its input, and so with whoever started it."""

    def __init__(self, name, *command, env=None):
        self.name = name
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})}
        )
        self._marks = 0
        self._lines = SimpleQueue()
        # A thread, because a message may be larger than a pipe holds, and the server would wait before it replies.
        self._reader = Thread(target=self._read_on, name=f"reads {name}", daemon=True)
        self._reader.start()
        self.port = self._read()["port"]

    def prepare(self, sender, recipients):
        """Nothing: whom it refuses the addresses say."""

    def _read_on(self):
        for line in self._process.stdout:
            self._lines.put(json.loads(line))
        self._lines.put(None)

    def _read(self):
        told = self._lines.get(timeout=WAIT_S)
        if told is None:
            raise RuntimeError(f"{self.name} ended with {self._process.wait(WAIT_S)}")
        return told

    def taken(self):
        """The messages that it took since the last time."""
        self._marks += 1
        self._process.stdin.write(f"{self._marks}\n")
        self._process.stdin.flush()
        found = []
        while "mark" not in (told := self._read()):
            content = base64.b64decode(told["content"])
            found.append(_received(told["sender"], told["recipients"], content))
        return found

    def close(self):
        with self._process:
            self._process.stdin.close()
            self._process.wait(WAIT_S)
            self._reader.join(WAIT_S)


class Sink:
    """The kit's own, listening on loopback; `prepare` has it refuse what the others refuse by the address."""

    name = "the sink"
    port = 0

    def __init__(self, runner):
        self._runner = runner
        self._sink = SmtpSink(clock=SystemClock())
        _, self.port = runner.run(self._sink.listen())

    def prepare(self, sender, recipients):
        self._sink.recover()
        code = refusal(sender, "refused")
        if code is not None:
            self._sink.refuse_sender(sender, code=code)
        code = refusal(sender, "spam")
        if code is not None:
            self._sink.refuse_data(code)
        for recipient in recipients:
            code = refusal(recipient, "refused")
            if code is not None:
                self._sink.refuse(recipient, code=code)

    def taken(self):
        found = [_received(mail.sender, mail.recipients, mail.transmission.raw) for mail in self._sink.sent]
        self._sink.sent.clear()
        self._sink.conversation.clear()
        return found

    def close(self):
        self._runner.run(self._sink.aclose())


def refusal(address, word):
    """The code that an address asks to be refused with, or None."""
    local, _, code = address.rpartition("@")[0].rpartition("-")
    return int(code) if local.endswith(word) else None


def twisted():
    if find_spec("twisted") is None:
        pytest.skip("Twisted is not installed")
    return Process(TWISTED, sys.executable, str(HERE / "twisted_server.py"))


def nodemailer():
    modules = os.environ.get(NODE_MODULES)
    node = shutil.which("node")
    if modules is None or node is None:
        pytest.skip(f"smtp-server is not there: npm install smtp-server, and {NODE_MODULES}=.../node_modules")
    return Process(NODEMAILER, node, str(HERE / "nodemailer_server.js"), env={"NODE_PATH": modules})
