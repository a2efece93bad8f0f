"""The world of a run that failed, kept with the error: a test that makes worlds of its own has no fixture to ask."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from nexus_testkit.journal import Journal
from nexus_testkit.report.about import Tape

_NAME = "__nexus_ran__"


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that failed.

    Attributes:
        journal: what crossed the ports.
        seed: of its world.
        elapsed_s: virtual seconds that the world took.
        failed_after: how many calls had begun when it failed; None where nobody knows.
        tape: what was decided in it, where something decided.
    """

    journal: Journal
    seed: int
    elapsed_s: float
    failed_after: int | None = None
    tape: Tape | None = None


def keep(error: BaseException, ran: Ran) -> None:
    """Keep it for as long as the error is kept."""
    with suppress(AttributeError):  # an exception whose class lets nobody set attributes
        setattr(error, _NAME, ran)


def ran_of(error: BaseException) -> tuple[BaseException, Ran] | None:
    """The error, or the first in its group, with the run that it ended; None where no run was kept."""
    found = getattr(error, _NAME, None)
    if isinstance(found, Ran):
        return error, found
    if isinstance(error, BaseExceptionGroup):
        return next(filter(None, map(ran_of, error.exceptions)), None)
    return None
