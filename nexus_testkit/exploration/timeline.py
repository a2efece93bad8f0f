"""The calls of a run as a timeline, with a lane for each task: who did what while whose call was under way."""

from __future__ import annotations

from nexus_testkit.errors.readable import on_one_line
from nexus_testkit.journal import Call, Journal, Redaction
from nexus_testkit.journal.secrets import rules_of

_MOST_LANES = 12


def timeline(journal: Journal, *, most: int = 60) -> list[str]:
    """The lines, those of the tasks' names first.

    In a task's lane `*` is a call that came back before anything else happened, `v` the beginning of one, `^` its
    end, and `|` stands for a task whose call is under way. Beyond `most` events the middle is left out.
    """
    calls, redaction = journal.calls, rules_of(journal)
    tasks = list(dict.fromkeys(call.task or "-" for call in calls))
    if len(tasks) > _MOST_LANES:
        return journal.lines(most=most)
    lanes = {task: index for index, task in enumerate(tasks)}
    open_in: dict[str, list[int]] = {task: [] for task in tasks}
    rows: list[str] = []
    for at, call, mark in _events(calls):
        task = call.task or "-"
        cells = [" |"[bool(open_in[other])] for other in tasks]
        cells[lanes[task]] = mark
        if mark == "v":
            open_in[task].append(call.number)
        elif mark == "^":
            open_in[task].remove(call.number)
        said = call.describe(redaction) if mark != "^" else f"{call.operation} {_ending(call)}"
        rows.append(
            f"{at:9.3f} s  {'  '.join(cells)}  {call.number:>4}  {said if mark != 'v' else _beginning(call, redaction)}"
        )
    head = [f"{'':9}    {'   ' * index}{redaction.text(task)}" for index, task in enumerate(tasks)]
    return [on_one_line(line) for line in (*head, *_cut(rows, most))]


def _events(calls: list[Call]) -> list[tuple[float, Call, str]]:
    """Begins and ends in the order in which they happened; one event where nothing lies between the two."""
    events: list[tuple[int, int, float, Call, str]] = []
    for call in calls:
        if call.ended_at is not None and call.ended_after == call.number and call.ended_at == call.started_at:
            events.append((call.number, 0, call.started_at, call, "*"))
            continue
        events.append((call.number, 0, call.started_at, call, "v"))
        if call.ended_at is not None:
            events.append((call.ended_after, 1, call.ended_at, call, "^"))
    events.sort(key=lambda event: event[:3])
    return [event[2:] for event in events]


def _beginning(call: Call, redaction: Redaction) -> str:
    said = call.describe_call(redaction)
    return f"{said}  [{redaction.text(call.fault)}]" if call.fault else said


def _ending(call: Call) -> str:
    if call.error is not None:
        return f"!! {type(call.error).__name__}"
    return "came back"


def _cut(rows: list[str], most: int) -> list[str]:
    if len(rows) <= most:
        return rows
    head = most // 3
    tail = most - head - 1
    return [*rows[:head], f"          ... {len(rows) - head - tail} events left out ...", *rows[-tail:]]
