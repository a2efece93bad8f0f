"""A journal for the terminal: one line a call below the name of its task, what repeats itself folded, at most so many lines."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from nexus_testkit.journal.folding import HERE, LONGEST, LONGEST_STATEMENT, WIDEST, Entry, failure, lay_out, shortened
from nexus_testkit.journal.order import failing, moments
from nexus_testkit.journal.secrets import rules_of
from nexus_testkit.journal.words import words

if TYPE_CHECKING:
    from nexus_testkit.journal.call import Call
    from nexus_testkit.journal.journal import Journal
    from nexus_testkit.journal.notes import Note
    from nexus_testkit.journal.redaction import Redaction

_SCANNED = 4_000  # characters of a log line of which a line is made


def timeline(
    journal: Journal, *, most: int = 60, error: BaseException | None = None, ending: str | None = None
) -> list[str]:
    """The lines.

    Calls in the order in which they began, below the name of their task wherever it changes. `error` is what the test
    failed with: the calls that it came of are marked by `>>`. `ending` is a last line, which tells of the failure itself.
    """
    redaction = rules_of(journal)
    entries = _entries(journal, redaction, failing(journal, error))
    if ending is not None:
        entries.append(failure(redaction.text(ending)))
    return lay_out(entries, most=most)


def first_of(call: Call) -> str:
    """The first argument in words: between the rounds of a loop the parameters and results differ, seldom the statement."""
    return words(call.arguments[0], LONGEST) if call.arguments else ""


def _entries(journal: Journal, redaction: Redaction, marked: set[int]) -> list[Entry]:
    busy = {call.task for call in journal.calls}
    entries: list[Entry] = []
    for moment in moments(journal):
        if moment.call is not None and not moment.ends:
            entries.append(_of_call(moment.call, redaction, is_marked=moment.call.number in marked))
        elif moment.note is not None and _is_told(moment.note, busy):
            entries.append(_of_note(moment.note, redaction))
    return entries


def _is_told(note: Note, busy: set[str | None]) -> bool:
    """Log lines, and tasks that did something and did not end well: that others come and go says nothing of a failure."""
    return note.kind == "log" or (note.kind == "task ends" and bool(note.text) and note.task in busy)


def _of_call(call: Call, redaction: Redaction, *, is_marked: bool) -> Entry:
    text = _said(call, redaction)
    task = redaction.text(call.task or "-")
    key = (
        task,
        call.operation,
        first_of(call),
        call.fault or "",
        call.describe_end(redaction) if call.error else "",
    )
    return Entry(
        task,
        call.started_at,
        f"{'  ' * _depth(call)}{shortened(text)}",
        (*key, str(call.number)) if is_marked else key,
        number=call.number,
        mark=HERE if is_marked else "",
        matters=is_marked or call.error is not None or call.fault is not None or call.pending,
    )


def _said(call: Call, redaction: Redaction) -> str:
    """The call in one line. What came of it stays; a statement has the room that is left beside the other arguments."""
    end = call.describe_end(redaction, longest=LONGEST)
    if call.fault is not None:
        end += f"  [fault: {redaction.text(call.fault)}]"
    given = call.describe_call(redaction, longest=LONGEST, longest_statement=LONGEST_STATEMENT)
    if len(given) + len(end) > WIDEST:
        given = call.describe_call(redaction, longest=LONGEST)
    return f"{shortened(given, max(LONGEST_STATEMENT, WIDEST - len(end)))}{end}"


def _depth(call: Call) -> int:
    depth = 0
    while call.parent is not None and depth < 4:
        call = call.parent
        depth += 1
    return depth


def _of_note(note: Note, redaction: Redaction) -> Entry:
    if note.kind == "log":
        text = f"log {logging.getLevelName(note.level)} {note.logger}: {redaction.text(note.text[:_SCANNED])}"
    else:
        text = f"ends: {redaction.text(note.text[:_SCANNED])}"
    task = redaction.text(note.task or "-")
    return Entry(task, note.at, shortened(" ".join(text.split())), (task, text), matters=note.level >= logging.WARNING)
