"""The timeline of a trace page: the lines that pytest shows below the failing test, made of the page's data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nexus_testkit.cli.trace.choosing import NOTES
from nexus_testkit.journal.folding import HERE, WIDEST, Entry, failure, lay_out, shortened

_FEWEST = 40  # characters of arguments that stay where a result takes the room
_BAD = ("WARNING", "ERROR", "CRITICAL")


def timeline(data: Mapping[str, Any], chosen: Sequence[int], *, ports: Sequence[str], most: int | None) -> list[str]:
    """The lines of the chosen records, at most so many (None: every one), and where the test failed among them.

    Tasks that begin and end are told where `ports` names them; otherwise those alone that made a call and did not end well.
    """
    records = data["records"]
    entries: list[Entry] = []
    parents = {record["n"]: record.get("p") for record in records if "n" in record}
    busy = {record["t"] for record in records if "n" in record}
    failed_at = data["failedAt"] if data["outcome"] == "failed" else None
    for at in chosen:
        if failed_at is not None and at >= failed_at:
            entries.append(_failure(data))
            failed_at = None
        record = records[at]
        task = data["tasks"][record["t"]]
        if "n" in record:
            entries.append(_of_call(record, task, _depth(record, parents)))
        elif _is_told(record, busy, ports):
            entries.append(_of_note(record, task))
    if failed_at is not None:
        entries.append(_failure(data))
    return lay_out(entries, most=most)


def said(record: Mapping[str, Any]) -> str:
    """A call in one line, without its time."""
    end = {"ok": f" -> {record['r']}" if record["r"] else "", "pending": f" {record['r']}"}.get(
        record["k"], f" !! {record['r']}"
    )
    if "x" in record:
        end += f"  [fault: {record['x']}]"
    room = max(_FEWEST, WIDEST - len(record["o"]) - len(end) - 2)
    return shortened(f"{record['o']}({shortened(record['a'], room)}){end}")


def _failure(data: Mapping[str, Any]) -> Entry:
    phase = "the test" if data["when"] == "call" else f"the {data['when']}"
    place = f" ({data['place']})" if data["place"] else ""
    return failure(f"{phase} failed here{place}: {data['error']}")


def _of_call(record: Mapping[str, Any], task: str, depth: int) -> Entry:
    is_marked = record.get("m", False)
    is_bad = record["k"] in {"error", "cancelled"}
    key = (task, record["o"], str(record["q"]), record.get("x", ""), record["r"] if is_bad else "")
    return Entry(
        task,
        record["s"],
        f"{'  ' * depth}{said(record)}",
        (*key, str(record["n"])) if is_marked else key,
        number=record["n"],
        mark=HERE if is_marked else "",
        matters=is_marked or is_bad or "x" in record or record["k"] == "pending",
    )


def _depth(record: Mapping[str, Any], parents: Mapping[int, int | None]) -> int:
    depth = 0
    parent = record.get("p")
    while parent is not None and depth < 4:
        parent = parents.get(parent)
        depth += 1
    return depth


def _is_told(record: Mapping[str, Any], busy: set[int], ports: Sequence[str]) -> bool:
    if record["l"] == "log" or set(NOTES) & set(ports):
        return True
    return bool(record["l"] == "task ends" and record["a"] and record["t"] in busy)


def _of_note(record: Mapping[str, Any], task: str) -> Entry:
    if record["l"] == "log":
        text = f"log {record['v']} {record['g']}: {record['a']}"
    else:
        text = ": ".join(filter(None, (record["l"].removeprefix("task "), record["a"])))
    text = shortened(" ".join(text.split()))
    return Entry(task, record["s"], text, (task, text), matters=record["v"] in _BAD)
