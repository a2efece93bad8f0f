"""A journal as the data of a trace page: plain values that JSON takes, secrets left out."""

from __future__ import annotations

import logging
from asyncio import CancelledError
from typing import Any

from nexus_testkit.journal import Call, Journal, Redaction
from nexus_testkit.journal.lines import first_of
from nexus_testkit.journal.order import failing, moments
from nexus_testkit.journal.secrets import rules_of
from nexus_testkit.report.about import About
from nexus_testkit.report.details import detail_of

VERSION = 1
"""Of the data of pages and indexes. Whoever reads them refuses what has another one."""

_LINE = 120  # characters of one value in a line of the list
_LONGEST_TASK = 200  # characters of a task's name


def trace_of(journal: Journal, about: About) -> dict[str, Any]:
    """The data: the test, the tasks in the order in which they appear, and what happened, one record each.

    Short names, because a page of ten thousand calls has as many records. Of a call: `n` number, `o` operation, `t` task (an
    index), `b` and `e` the places of its beginning and end in the order of all events, `s` and `f` the same in virtual seconds
    (null while it runs), `a` its arguments and `r` its result or error in words, `k` how it ended, `c` who called, `w` where,
    `p` its parent's number, `q` a number that calls of the same first argument share, `x` what a fault or a decision did, `m` whether
    the failure came of it, `d` the whole of it. Of a note (a log line, a task's beginning or end): `l` its kind, `a` its words, `v` the
    level and `g` the logger instead.
    """
    redaction = rules_of(journal)
    marked = failing(journal, about.raised)
    tasks: dict[str, int] = {}
    firsts: dict[str, int] = {}
    records: list[dict[str, Any]] = []
    by_number: dict[int, dict[str, Any]] = {}
    place = 0
    failed_at = None
    for moment in moments(journal):
        if moment.call is not None and moment.ends:
            record = by_number.get(moment.call.number)
            if record is not None:
                record["e"], record["f"] = place, moment.call.ended_at
        elif moment.call is not None:
            record = by_number[moment.call.number] = _call(
                moment.call, redaction, tasks, is_marked=moment.call.number in marked
            )
            record["b"] = place
            record["q"] = firsts.setdefault(first_of(moment.call), len(firsts))
            records.append(record)
            if moment.call.number == about.failed_after:
                failed_at = len(records)
        elif moment.note is not None:
            note = moment.note
            records.append(
                {
                    "l": note.kind,
                    "t": _task(tasks, note.task),
                    "b": place,
                    "s": note.at,
                    "a": redaction.text(note.text),
                    "v": logging.getLevelName(note.level) if note.kind == "log" else "",
                    "g": note.logger,
                }
            )
        place += 1
    return {
        "kind": "trace",
        "version": VERSION,
        "test": about.test,
        "outcome": about.outcome,
        "error": redaction.text(about.error),
        "place": about.place,
        "when": about.when,
        "failedAt": 0 if about.failed_after == 0 else failed_at,
        "seed": about.seed,
        "elapsed": about.elapsed_s,
        "again": list(about.again),
        "example": redaction.text(about.example),
        "tape": _tape(about),
        "tasks": [redaction.text(name)[:_LONGEST_TASK] for name in tasks],
        "places": place,
        "records": records,
    }


def _tape(about: About) -> dict[str, Any] | None:
    if about.tape is None:
        return None
    return {"found": about.tape.found, "decisions": list(about.tape.decisions)}


def _task(tasks: dict[str, int], name: str | None) -> int:
    return tasks.setdefault(name or "(outside tasks)", len(tasks))


def _kind(call: Call) -> str:
    if call.error is None:
        return "pending" if call.pending else "ok"
    return "cancelled" if isinstance(call.error, CancelledError) else "error"


def _call(call: Call, redaction: Redaction, tasks: dict[str, int], *, is_marked: bool) -> dict[str, Any]:
    said = call.describe_call(redaction, longest=_LINE)
    origin = call.origin
    record: dict[str, Any] = {
        "n": call.number,
        "o": call.operation,
        "t": _task(tasks, call.task),
        "s": call.started_at,
        "e": None,
        "f": None,
        "a": said[len(call.operation) + 1 : -1],
        "r": call.describe_end(redaction, longest=_LINE).removeprefix(" -> ").removeprefix(" !! ").strip(),
        "k": _kind(call),
        "d": detail_of(call, redaction),
    }
    if origin is not None:
        record["c"], record["w"] = origin.function, origin.place
    if call.parent is not None:
        record["p"] = call.parent.number
    if call.fault is not None:
        record["x"] = redaction.text(call.fault)
    if is_marked:
        record["m"] = True
    return record
