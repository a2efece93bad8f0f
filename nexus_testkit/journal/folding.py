"""Lines of a timeline: entries below the name of their task, what repeats itself folded, cut to so many lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from nexus_testkit.errors.readable import on_one_line

LONGEST = 60
"""Characters of one value in a line."""
LONGEST_STATEMENT = 100
"""Characters of a statement of SQL, whose end says which rows it is about."""
WIDEST = 190
"""Characters of what a line says of one entry."""
HERE = ">>"
"""What marks the calls that a failure came of, and the place where it was."""

_PERIODS = (1, 2, 3, 4)  # how many calls a loop may make that is folded
_SEVERAL = {1: 4, 2: 3, 3: 3, 4: 3}  # so often it must go round


@dataclass(slots=True)
class Entry:
    """What a line is made of.

    Attributes:
        task: below whose name it stands; None for the failure itself, which has neither time nor number and is never cut.
        at: virtual seconds.
        text: what it says.
        key: entries of the same key repeat one another.
        number: of the call, or None.
        mark: `HERE`, or nothing.
        matters: whether it is kept before others where not all can be.
        below: further lines that belong to it.
    """

    task: str | None
    at: float
    text: str
    key: tuple[str, ...]
    number: int | None = None
    mark: str = ""
    matters: bool = False
    below: list[str] = field(default_factory=list)


def failure(text: str) -> Entry:
    """What stands where the test failed."""
    return Entry(None, 0.0, shortened(text, 2 * WIDEST), (HERE, text), mark=HERE, matters=True)


def lay_out(entries: Sequence[Entry], *, most: int | None) -> list[str]:
    """The lines, at most `most` of them, which say what was folded and left out; None: each entry has its own.

    Nothing in them is an order to a terminal, or has no place in UTF-8.
    """
    return [on_one_line(line) for line in _lines(entries, most=most)]


def _lines(entries: Sequence[Entry], *, most: int | None) -> list[str]:
    if most is None:
        return _laid_out(entries)
    last: list[str] = []
    if entries and entries[-1].task is None:  # a failure at the end has a line besides those that are shared out below
        last, entries = _laid_out(entries[-1:]), entries[:-1]
    folded = _folded(entries)
    lines = [*_laid_out(folded), *last]
    if len(lines) <= most:
        return lines
    head, tail, between = most // 4, most // 2, most // 8
    while True:
        lines = [*_laid_out(_cut(folded, head, tail, between)), *last]
        if len(lines) <= most or tail <= 1:
            return lines
        head, tail, between = max(1, head - 1), tail - 1, max(0, between - 1)


def shortened(text: str, widest: int = WIDEST) -> str:
    """The text in at most so many characters."""
    return text if len(text) <= widest else f"{text[: widest - 3]}..."


# -- folding


def _folded(entries: Sequence[Entry]) -> list[Entry]:
    """The entries, loops as their first round, a line that says how often they went round, and for one call its last."""
    found: list[Entry] = []
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


def _loop_at(entries: Sequence[Entry], at: int) -> tuple[int, int]:
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


def _laid_out(entries: Iterable[Entry | int]) -> list[str]:
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
        if entry.task is None:
            lines.append(f"{entry.mark:<2} {entry.text}")
            task = None
            continue
        if entry.task != task:
            task = entry.task
            lines.append(f"   {shortened(' '.join(task.split()), LONGEST)}")
        number = "" if entry.number is None else entry.number
        lines.append(f"{entry.mark:<2} {entry.at:9.3f} s {number:>5}  {entry.text}")
        lines += [f"{'':20}  {below}" for below in entry.below]
    return lines


def _cut(entries: list[Entry], head: int, tail: int, between: int) -> list[Entry | int]:
    """The first and the last entries, and between them those that matter most: marked ones, then the latest."""
    if head + tail >= len(entries):
        return [*entries]
    middle = range(head, len(entries) - tail)
    mattering = [at for at in middle if entries[at].matters]
    mattering.sort(key=lambda at: (bool(entries[at].mark), at), reverse=True)
    kept = {*range(head), *mattering[:between], *range(len(entries) - tail, len(entries))}
    kept |= {at for at in middle if entries[at].task is None}
    found: list[Entry | int] = []
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
