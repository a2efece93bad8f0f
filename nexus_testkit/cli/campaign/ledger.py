"""The results of a campaign in a file: one line of JSON a chunk, appended as it comes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nexus_testkit.cli.campaign.chunk import Result
from nexus_testkit.cli.problems import Problem


class Ledger:
    """What was made before, and where what is made now is kept.

    Attributes:
        results: of this search, from the file.
        words: what is to be said of the file: lines that are not whole, results of another search.
    """

    def __init__(self, path: Path, search: Mapping[str, Any]) -> None:
        """Read the file, if there is one.

        Raises:
            Problem: it is no file of results, or cannot be read.
        """
        self.results: list[Result] = []
        self.words: list[str] = []
        self._path = path
        self._search = dict(search)
        try:
            content = path.read_bytes() if path.exists() else b""
            with path.open("ab"):
                pass  # said now that it cannot be written, not after the first chunk
        except OSError as error:
            raise Problem(f"{path}: {error.strerror or error}") from error
        self._is_torn = bool(content) and not content.endswith(b"\n")
        self._read(content.splitlines())

    def _read(self, lines: Sequence[bytes]) -> None:
        others: dict[str, int] = {}
        whole = 0
        for number, text in enumerate(lines, start=1):
            try:
                line = json.loads(text)
                search, result = line["search"], Result.decode(line)
            except (ValueError, KeyError, TypeError):
                self.words.append(
                    f"{self._path}:{number} is not a whole result and is ignored; its runs are made again"
                )
                continue
            whole += 1
            if search == self._search:
                self.results.append(result)
            else:
                why = _difference(search, self._search)
                others[why] = others.get(why, 0) + 1
        if len(lines) > 1 and not whole:
            raise Problem(f"{self._path} is not a file of results", "Hint: --results names a file of its own")
        self.words += [
            f"{self._path}: {count} results of another search are left alone ({why})" for why, count in others.items()
        ]

    def add(self, result: Result) -> None:
        """Append a result, and see it on the disk."""
        text = json.dumps({"search": self._search, **result.encode()}, separators=(",", ":")) + "\n"
        if self._is_torn:
            self._is_torn = False
            text = "\n" + text  # the torn line stays a line of its own
        with self._path.open("ab", buffering=0) as file:
            file.write(text.encode())  # one write: whoever appends at the same time comes before or after it
            os.fsync(file.fileno())


def _difference(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> str:
    if not isinstance(theirs, Mapping):
        return "another form"
    names = [name for name in ours if theirs.get(name) != ours[name]]
    return f"other {', '.join(names)}" if names else "more is known of it"
