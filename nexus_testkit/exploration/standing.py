"""The invariants that the kit itself checks in a sweep: what no fault may lead to, whatever a service does.

They compare with the healthy run where there is one: what a body does without any fault is its design.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from nexus_testkit.errors import BrokenInvariant, SweepRefused
from nexus_testkit.harness import Harness
from nexus_testkit.simulation import SimulationLoop, describe

TWICE = "no mail twice"
OPEN = "nothing left open"
UNSEEN = "no error unseen"
NAMES = (TWICE, OPEN, UNSEEN)

_CAN_BE_OPEN = ("database", "cache")
_PATIENCE_S = (1, 2, 4, 8, 16, 32, 64)  # past the longest latency that is drawn, and the usual time-outs
_VOLATILE = frozenset({"message-id", "date", "received"})  # a retry that builds its message anew changes these


@dataclass(frozen=True, slots=True)
class _Open:
    """What is under way at one moment: sessions and locks in words, and tasks."""

    things: Counter[str]
    tasks: frozenset[asyncio.Task[Any]]


@dataclass(slots=True)
class _Left:
    """What a body has left under way, after all patience."""

    things: Counter[str] = field(default_factory=Counter)
    tasks: int = 0


class Standing:
    """The kit's invariants in one run.

    Attributes:
        allowed: the names of those that need not hold.
    """

    def __init__(self, healthy: Standing | None = None) -> None:
        """Compare with the `healthy` run; without one, this is it."""
        self.allowed: frozenset[str] = frozenset()
        self._healthy = healthy
        self._before: _Open | None = None
        self._left: list[_Left] = []
        self._broken: list[BrokenInvariant] = []
        self._mails: Counter[object] = Counter()
        self._unseen: list[str] = []

    def allow(self, names: object) -> None:
        """Let these invariants be broken.

        Raises:
            SweepRefused: there is no such invariant.
        """
        if isinstance(names, str) or not all(name in NAMES for name in cast("Any", names)):
            raise SweepRefused(
                f"allow={names!r}", hint=f"a list of the kit's own invariants: {', '.join(map(repr, NAMES))}"
            )
        self.allowed |= frozenset(cast("Any", names))

    def attach(self, loop: SimulationLoop) -> None:
        """Hear of errors in tasks that nobody looks at."""
        others = loop.get_exception_handler()

        def hear(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
            task, error = context.get("future", context.get("task")), context.get("exception")
            if isinstance(task, asyncio.Task) and error is not None:
                self._unseen.append(_unseen(task, error))
            elif others is None:
                loop.default_exception_handler(context)
            else:
                others(loop, context)

        loop.set_exception_handler(hear)

    # -- what is left open

    def body_begins(self, harness: Harness) -> None:
        """Note what is under way already."""
        self._before = _census(harness)

    async def body_ended(self, harness: Harness) -> None:
        """Wait, in virtual time, until no more is under way than after the healthy body; then note what still is."""
        loop = cast("SimulationLoop", harness.loop)
        number = len(self._left)
        allowed = _Left() if self._healthy is None else self._healthy.left(number)
        left = self._now_left(harness)
        if self._healthy is not None:
            for seconds in _PATIENCE_S:
                if left.tasks <= allowed.tasks and left.things.total() <= allowed.things.total():
                    break
                await loop.advance(seconds)
                left = self._now_left(harness)
            if left.things.total() > allowed.things.total():
                excess = left.things - allowed.things
                self._broken.append(BrokenInvariant(OPEN, "\n".join(excess.elements())))
        self._left.append(left)

    def left(self, number: int) -> _Left:
        """What body `number` of this run has left under way."""
        return self._left[number] if number < len(self._left) else _Left()

    def _now_left(self, harness: Harness) -> _Left:
        now, before = _census(harness), self._before
        if before is None:
            return _Left()
        return _Left(now.things - before.things, len(now.tasks - before.tasks))

    # -- at the end

    def broken(self, harness: Harness) -> Iterator[BrokenInvariant]:
        """Those that do not hold when the test has passed."""
        yield from (each for each in self._broken if OPEN not in self.allowed)
        self._mails = _mails(harness)
        if self._healthy is None or TWICE in self.allowed:
            return
        usual = self._healthy._mails  # noqa: SLF001  # its own class
        twice = {key: count for key, count in self._mails.items() if count > max(1, usual[key])}
        if twice:
            lines = dict.fromkeys(f"{key[-1]} got it {count} times" for key, count in cast("Any", twice.items()))
            shown = [f"  {mail.sender} -> {', '.join(mail.recipients)}: {mail.subject!r}" for mail in _sent(harness)]
            yield BrokenInvariant(
                TWICE,
                "\n".join(["a mail that the server had accepted was sent again", *lines, "accepted were:", *shown]),
            )

    def unseen(self, harness: Harness) -> BrokenInvariant | None:
        """Whether tasks ended with errors that nobody has looked at. Ask when the world has ended: then nobody will."""
        for task, error in cast("SimulationLoop", harness.loop).unseen_errors():
            self._unseen.append(_unseen(task, error))
        if not self._unseen or UNSEEN in self.allowed:
            return None
        return BrokenInvariant(UNSEEN, "\n".join(self._unseen))


def _census(harness: Harness) -> _Open:
    adapters = harness.adapters
    things = Counter(leak for port in _CAN_BE_OPEN if port in adapters for leak in adapters[port].leaks())
    tasks = set(cast("SimulationLoop", harness.loop).unfinished_tasks())
    if "mail" in adapters:
        tasks -= set(adapters["mail"].tasks())  # those of the server
    return _Open(things, frozenset(tasks))


def _sent(harness: Harness) -> list[Any]:
    return list(harness.mail.sent) if "mail" in harness.adapters else []


def _mails(harness: Harness) -> Counter[object]:
    """How often each recipient got each mail: by its Message-ID, and by what it says."""
    sent = _sent(harness)
    if len(sent) < 2:
        return Counter()
    counts: Counter[object] = Counter()
    for mail in sent:
        identity = mail.message["Message-ID"]
        content = _content(mail)
        for recipient in mail.recipients:
            if identity is not None:
                counts["id", str(identity), recipient] += 1
            counts["content", mail.sender, content, recipient] += 1
    return counts


def _content(mail: Any) -> tuple[object, ...]:
    """What a person would call the same mail: its headers without those of each attempt, and its parts, decoded."""
    message = mail.message
    headers = tuple(
        sorted(
            (name.lower(), str(value))
            for name, value in message.items()
            if name.lower() not in _VOLATILE and name.lower() != "content-type"  # whose boundary is drawn
        )
    )
    parts = tuple(
        (part.get_content_type(), part.get_filename(), part.get_payload(decode=True))
        for part in message.walk()
        if not part.is_multipart()
    )
    return (headers, parts)


def _unseen(task: asyncio.Task[Any], error: BaseException) -> str:
    lines = [f"{describe(task)} ended with {type(error).__name__}: {error}"]
    made_at = getattr(task, "created_at", None)
    if made_at is not None:
        lines += [f"  created at {line}" for line in made_at.lines(most=3)]
    return "\n".join(lines)
