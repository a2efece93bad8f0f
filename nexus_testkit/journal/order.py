"""Calls and notes of a journal in one order, and which of them belong to a failure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from nexus_testkit.journal.call import Call
    from nexus_testkit.journal.journal import Journal
    from nexus_testkit.journal.notes import Note


class Moment(NamedTuple):
    """One event. Of `call` and `note` one is None; `ends` tells the end of a call from its beginning."""

    at: float
    call: Call | None
    note: Note | None
    ends: bool = False


def moments(journal: Journal) -> Iterator[Moment]:
    """Beginnings and ends of calls, and notes, in the order in which they were noted."""
    journal.tasks.learn_names()
    notes = iter(journal.notes)
    note = next(notes, None)
    begun = ended = 0
    calls, ends = journal.calls, journal.ends
    while begun < len(calls) or ended < len(ends) or note is not None:
        if note is not None and sum(note.place) <= begun + ended:
            yield Moment(note.at, None, note)
            note = next(notes, None)
        elif ended < len(ends) and (begun == len(calls) or ends[ended].ended_after <= begun):
            call = ends[ended]
            yield Moment(call.ended_at or 0.0, call, None, ends=True)
            ended += 1
        elif begun < len(calls):
            yield Moment(calls[begun].started_at, calls[begun], None)
            begun += 1
        else:  # a note of a journal that was cleared
            note = None


def failing(journal: Journal, error: BaseException | None) -> set[int]:
    """The numbers of the calls that raised what a test failed with, or what that came of."""
    wanted: set[int] = set()
    todo = [error]
    while todo:
        each = todo.pop()
        if each is None or id(each) in wanted:
            continue
        wanted.add(id(each))
        todo += [each.__cause__, each.__context__]
        if isinstance(each, BaseExceptionGroup):
            todo += each.exceptions
    return {call.number for call in journal.calls if call.error is not None and id(call.error) in wanted}
