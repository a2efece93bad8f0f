"""sqllogictest: its `.test` files as steps (format: the first comment of the suite's `sqllogictest.c`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.fidelity.scenarios import Step

_ENGINE = "postgresql"
SAMPLE = 32  # queries of one file


def files(path: Path) -> list[Path]:
    """All test files."""
    return sorted(path.rglob("*.test"))


def group(file: Path) -> str:
    """The part of the suite that a file (below the suite's path) belongs to."""
    parts = [part for part in file.with_suffix("").parts if part != "test"]
    return "/".join(parts[:2]) if len(parts) > 2 else parts[0] if len(parts) > 1 else "select"


def steps(file: Path, sample: int = SAMPLE) -> tuple[list[Step], int]:
    """All statements of a file and `sample` of its queries, evenly spread; 0: nothing is only preparation."""
    records = list(_records(file.read_text(encoding="utf-8", errors="replace")))
    queries = [at for at, (kind, _) in enumerate(records) if kind == "query"]
    kept = (
        {queries[len(queries) * number // sample] for number in range(sample)}
        if len(queries) > sample
        else set(queries)
    )
    last = max(kept, default=len(records))
    return [Step(sql) for at, (kind, sql) in enumerate(records) if (kind == "statement" and at < last) or at in kept], 0


def _records(text: str) -> Iterator[tuple[str, str]]:
    for record in text.replace("\r\n", "\n").split("\n\n"):
        lines = [line for line in record.splitlines() if not line.startswith("#")]
        skipped = False
        while lines and lines[0].split(" ")[0] in ("skipif", "onlyif", "hash-threshold", "halt", ""):
            words = lines.pop(0).split()
            if words[:1] == ["halt"] and not skipped:
                return
            skipped |= words[:2] == ["skipif", _ENGINE] or (words[:1] == ["onlyif"] and words[1] != _ENGINE)
        if skipped or not lines:
            continue
        kind = lines.pop(0).split()[0]
        sql = "\n".join(lines).partition("\n----")[0].strip()
        if kind in ("statement", "query") and sql:
            yield kind, sql
