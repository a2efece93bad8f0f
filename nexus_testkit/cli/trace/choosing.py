"""Which records of a trace page are asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from nexus_testkit.cli import PORTS
from nexus_testkit.cli.problems import Problem
from nexus_testkit.errors.readable import on_one_line

NOTES = ("log", "task")
"""What stands between the calls has these in the place of a port."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What is wanted; nothing is all.

    Attributes:
        ports: their names, or `"log"` and `"task"`.
        task: the name of one.
        search: a text, in any case, of the operation, its arguments, result, fault, caller or task.
    """

    ports: Sequence[str] = ()
    task: str | None = None
    search: str = ""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return not self.ports and self.task is None and not self.search

    def of(self, data: Mapping[str, Any]) -> list[int]:
        """The places of the chosen records among those of a page.

        Raises:
            Problem: there is no such port or task.
        """
        self._check(data)
        return [at for at, record in enumerate(data["records"]) if self._takes(record, data["tasks"])]

    def _check(self, data: Mapping[str, Any]) -> None:
        there = dict.fromkeys(map(port_of, data["records"]))
        for port in self.ports:
            if port not in {*PORTS, *NOTES, *there}:
                known = [*PORTS, *(each for each in there if each not in {*PORTS, *NOTES}), *NOTES]
                raise Problem(f"there is no port {port!r}", f"Hint: one of: {', '.join(map(on_one_line, known))}")
        if self.task is not None and self.task not in data["tasks"]:
            close = get_close_matches(self.task, data["tasks"], n=5, cutoff=0.4) or data["tasks"][:5]
            named = ", ".join(repr(each) for each in close)
            raise Problem(f"there is no task {self.task!r}", f"Hint: {named or 'this world had none'}")

    def _takes(self, record: Mapping[str, Any], tasks: Sequence[str]) -> bool:
        task = tasks[record["t"]]
        if self.ports and port_of(record) not in self.ports:
            return False
        if self.task is not None and task != self.task:
            return False
        # What the search of the page itself looks at.
        return self.search.lower() in " ".join([*(str(record.get(name, "")) for name in "oarcwxlg"), task]).lower()


def port_of(record: Mapping[str, Any]) -> str:
    """The port of a call; of a note `"log"` or `"task"`."""
    if "o" in record:
        return str(record["o"]).partition(".")[0]
    return "log" if record["l"] == "log" else "task"
