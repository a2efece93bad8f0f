"""What one run of a world came to."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING

from nexus_testkit.errors import BrokenInvariant, Deadlock
from nexus_testkit.errors.stack import is_plumbing
from nexus_testkit.exploration.changes import Plan
from nexus_testkit.exploration.deciding import Deciding
from nexus_testkit.journal import Journal

if TYPE_CHECKING:
    from nexus_testkit.report import Tape

Fingerprint = tuple[str, str, int]
"""What makes two failures the same: the type of the error, and the file and line of the user's code that it came of.

Of a deadlock, all places where those wait who wait for one another.
"""


@dataclass(slots=True, kw_only=True)
class Outcome:
    """One run.

    Attributes:
        plan: what was decided and was not stock.
        error: what the body or the world's end raised, or None.
        calls, turns, chances: how many calls crossed a port, how often more than one task was ready, and how many calls
            could have had a fault.
        schedule: a digest of the order in which tasks ran and calls began and came back.
        order: a digest of the order in which the tasks' calls began.
        faults: how often each kind of fault was drawn, by operation.
        elapsed_s: virtual seconds that the world took.
        steps: the most callbacks that ran without virtual time moving.
        sometimes: condition -> whether it was ever true.
        unmet: what a plan said that this run could not do.
        journal: what crossed the ports.
        seed: of the world.
        failed_after: how many calls had begun when the body failed; None where it did not.
    """

    plan: Plan
    error: BaseException | None
    calls: int
    turns: int
    chances: int
    schedule: str
    order: str
    faults: Mapping[str, int]
    elapsed_s: float = 0.0
    steps: int = 0
    sometimes: Mapping[str, bool] = field(default_factory=dict)
    unmet: tuple[str, ...] = ()
    journal: Journal
    seed: int = 0
    failed_after: int | None = None

    def keep(self, tape: Tape | None = None) -> None:
        """Keep the world of a run that failed with its error, for the page of a report."""
        if self.error is not None:
            from nexus_testkit.report.ran import Ran, keep  # noqa: PLC0415  # for what fails alone

            keep(self.error, Ran(self.journal, self.seed, self.elapsed_s, self.failed_after, tape))

    @property
    def fingerprint(self) -> Fingerprint | None:
        """What makes this failure the same as another; None where the run passed."""
        return None if self.error is None else fingerprint(self.error)


def outcome_of(
    deciding: Deciding, journal: Journal, error: BaseException | None, sometimes: Mapping[str, bool]
) -> Outcome:
    """Read a run that has ended."""
    begins = "\n".join(f"{call.task}:{call.operation}" for call in journal)
    ended = [0 if call.ended_at is None else call.ended_after for call in journal]
    order = hashlib.blake2b(begins.encode(), digest_size=8)
    schedule = order.copy()
    schedule.update(f"{ended}{deciding.schedule}".encode())
    return Outcome(
        plan=deciding.plan,
        error=error,
        calls=len(journal),
        turns=deciding.turns,
        chances=deciding.chances,
        schedule=schedule.hexdigest(),
        order=order.hexdigest(),
        faults=Counter(deciding.faults),
        elapsed_s=deciding.elapsed_s,
        steps=deciding.steps,
        sometimes=dict(sometimes),
        unmet=tuple(getattr(deciding.source, "unmet", ())),
        journal=journal,
    )


def fingerprint(error: BaseException) -> Fingerprint:
    """The type of an error and where in the user's code it was raised; of a group, those of its first member."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    place = _innermost(error.__traceback__)
    name = type(error).__name__
    if isinstance(error, Deadlock):  # raised by the loop, which no line of the user's has called
        return (name, "; ".join(error.places), 0)
    return (f"{name} {error.name}" if isinstance(error, BrokenInvariant) else name, *place)


def _innermost(traceback: TracebackType | None) -> tuple[str, int]:
    last = ("", 0)
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if not is_plumbing(filename):
            last = (filename, traceback.tb_lineno)
        traceback = traceback.tb_next
    return last
