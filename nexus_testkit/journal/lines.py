"""A journal for the terminal: one line a call below the name of its task, what repeats itself folded, at most so many lines."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nexus_testkit.journal.order import failing, moments
from nexus_testkit.journal.words import words

if TYPE_CHECKING:
    from nexus_testkit.journal.call import Call
    from nexus_testkit.journal.journal import Journal
    from nexus_testkit.journal.notes import Note
    from nexus_testkit.journal.redaction import Redaction

_LONGEST = 60  # characters of one value
_WIDEST = 190  # of a line
_PERIODS = (1, 2, 3, 4)  # how many calls a loop may make that is folded
_SEVERAL = {1: 4, 2: 3, 3: 3, 4: 3}  # so often it must go round
_HERE = ">>"


@dataclass(slots=True)
class _Entry:
    task: str
    at: float
    text: str
    key: tuple[str, ...]
    number: int | None = None
    mark: str = ""
    matters: bool = False
    below: list[str] = field(default_factory=list)


def timeline(
    journal: Journal, *, most: int = 60, error: BaseException | None = None, ending: str | None = None
) -> list[str]:
    """The lines.

    Calls in the order in which they began, below the name of their task wherever it changes. `error` is what the test
    failed with: the calls that it came of are marked by `>>`. `ending` is a last line, which tells of the failure itself.
    """
    entries = _entries(journal, failing(journal, error))
    folded = _folded(entries)
    last = [] if ending is None else [f"{_HERE} {journal.redaction.text(ending)}"]
    lines = _laid_out(folded) + last
    if len(lines) <= most:
        return lines
    head, tail, between = most // 4, most // 2, most // 8
    while True:
        lines = _laid_out(_cut(folded, head, tail, between)) + last
        if len(lines) <= most or tail <= 1:
            return lines
        head, tail, between = max(1, head - 1), tail - 1, max(0, between - 1)


def _entries(journal: Journal, marked: set[int]) -> list[_Entry]:
    busy = {call.task for call in journal.calls}
    entries: list[_Entry] = []
    for moment in moments(journal):
        if moment.call is not None and not moment.ends:
            entries.append(_of_call(moment.call, journal.redaction, is_marked=moment.call.number in marked))
        elif moment.note is not None and _is_told(moment.note, busy):
            entries.append(_of_note(moment.note, journal.redaction))
    return entries


def _is_told(note: Note, busy: set[str | None]) -> bool:
    """Log lines, and tasks that did something and did not end well: that others come and go says nothing of a failure."""
    return note.kind == "log" or (note.kind == "task ends" and bool(note.text) and note.task in busy)


def _of_call(call: Call, redaction: Redaction, *, is_marked: bool) -> _Entry:
    text = call.describe(redaction, longest=_LONGEST)
    first = words(call.arguments[0], _LONGEST) if call.arguments else ""
    # What differs between the rounds of a loop is its parameters and its results, seldom the statement.
    key = (
        call.task or "-",
        call.operation,
        first,
        call.fault or "",
        call.describe_end(redaction) if call.error else "",
    )
    return _Entry(
        call.task or "-",
        call.started_at,
        f"{'  ' * _depth(call)}{_shortened(text)}",
        (*key, str(call.number)) if is_marked else key,
        number=call.number,
        mark=_HERE if is_marked else "",
        matters=is_marked or call.error is not None or call.fault is not None or call.pending,
    )


def _depth(call: Call) -> int:
    depth = 0
    while call.parent is not None and depth < 4:
        call = call.parent
        depth += 1
    return depth


def _of_note(note: Note, redaction: Redaction) -> _Entry:
    if note.kind == "log":
        text = f"log {logging.getLevelName(note.level)} {note.logger}: {redaction.text(note.text)}"
    else:
        text = f"ends: {note.text}"
    task = note.task or "-"
    return _Entry(
        task, note.at, _shortened(" ".join(text.split())), (task, text), matters=note.level >= logging.WARNING
    )


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 3]}..."


# -- folding


def _folded(entries: list[_Entry]) -> list[_Entry]:
    """The entries, loops as their first round, a line that says how often they went round, and for one call its last."""
    found: list[_Entry] = []
    at = 0
    while at < len(entries):
        period, rounds = _loop_at(entries, at)
        if not rounds:
            found.append(entries[at])
            at += 1
            continue
        shown = entries[at : at + period]
        end = at + period * rounds
        last = entries[end - 1]
        if period == 1:
            left_out, again = rounds - 2, "more like it"
            said = f"... {left_out} {again}, until {last.at:.3f} s"
        else:
            said = f"... these {period} again, {rounds - 1} times, until {last.at:.3f} s"
        found += shown[:-1]
        shown[-1].below.append(said)
        found.append(shown[-1])
        if period == 1:
            found.append(last)
        at = end
    return found


def _loop_at(entries: list[_Entry], at: int) -> tuple[int, int]:
    """How many calls a loop that begins here makes in a round, and how often it goes round; (0, 0) where none does."""
    for period in _PERIODS:
        keys = [entry.key for entry in entries[at : at + period]]
        rounds = 1
        while [entry.key for entry in entries[at + period * rounds : at + period * (rounds + 1)]] == keys:
            rounds += 1
        if rounds >= _SEVERAL[period]:
            return period, rounds
    return 0, 0


# -- laying out, and cutting


def _laid_out(entries: Iterable[_Entry | int]) -> list[str]:
    """Lines of entries; a number stands for so many that are left out."""
    lines: list[str] = []
    task = None
    for entry in entries:
        if isinstance(entry, int):
            lines.append(
                f"   ... {entry} call{'' if entry == 1 else 's'} or log line{'' if entry == 1 else 's'} left out ..."
            )
            task = None
            continue
        if entry.task != task:
            task = entry.task
            lines.append(f"   {task}")
        number = "" if entry.number is None else entry.number
        lines.append(f"{entry.mark:<2} {entry.at:9.3f} s {number:>5}  {entry.text}")
        lines += [f"{'':20}  {below}" for below in entry.below]
    return lines


def _cut(entries: list[_Entry], head: int, tail: int, between: int) -> list[_Entry | int]:
    """The first and the last entries, and between them those that matter most: marked ones, then the latest."""
    if head + tail >= len(entries):
        return [*entries]
    middle = range(head, len(entries) - tail)
    mattering = [at for at in middle if entries[at].matters]
    mattering.sort(key=lambda at: (bool(entries[at].mark), at), reverse=True)
    kept = {*range(head), *mattering[:between], *range(len(entries) - tail, len(entries))}
    found: list[_Entry | int] = []
    left_out = 0
    for at, entry in enumerate(entries):
        if at not in kept:
            left_out += 1
            continue
        if left_out:
            found.append(left_out)
            left_out = 0
        found.append(entry)
    return found
