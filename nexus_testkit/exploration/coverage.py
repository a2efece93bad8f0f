"""What a search has tried: how much of the space of schedules and faults, in numbers that add up over processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nexus_testkit.exploration.outcome import Outcome


@dataclass(slots=True)
class Coverage:
    """What the runs of a search were.

    Attributes:
        runs: how many there were.
        schedules: digests of distinct orders in which tasks ran and calls began and came back.
        orders: digests of distinct orders in which the tasks' calls began.
        faults: how often each kind of fault was drawn, by operation.
        sometimes: condition -> whether any run found it true.
        most_calls: of a single run.
    """

    runs: int = 0
    schedules: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    faults: Counter[str] = field(default_factory=Counter)
    sometimes: dict[str, bool] = field(default_factory=dict)
    most_calls: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one run."""
        self.runs += 1
        self.schedules.add(outcome.schedule)
        self.orders.add(outcome.order)
        self.faults.update(outcome.faults)
        self._reach(outcome.sometimes)
        self.most_calls = max(self.most_calls, outcome.calls)

    def merge(self, other: Coverage) -> None:
        """Count the runs of another part of the same search."""
        self.runs += other.runs
        self.schedules |= other.schedules
        self.orders |= other.orders
        self.faults.update(other.faults)
        self._reach(other.sometimes)
        self.most_calls = max(self.most_calls, other.most_calls)

    def _reach(self, seen: Mapping[str, bool]) -> None:
        for name, holds in seen.items():
            self.sometimes[name] = self.sometimes.get(name, False) or holds

    @property
    def never(self) -> list[str]:
        """The `sometimes` conditions that no run found true."""
        return [name for name, holds in self.sometimes.items() if not holds]

    def lines(self) -> list[str]:
        """The coverage in words, one subject a line."""
        tried = (_count(len(self.schedules), "distinct schedule"), _count(len(self.orders), "order") + " of port calls")
        lines = [f"{_count(self.runs, 'run')}: {', '.join(tried)}, at most {_count(self.most_calls, 'call')} in a run"]
        if self.faults:
            drawn = ", ".join(f"{name} {count}" for name, count in sorted(self.faults.items()))
            lines.append(f"faults exercised: {drawn}")
        lines += [f"warning: never true in any run: sometimes({name!r})" for name in self.never]
        return lines

    def encode(self) -> dict[str, Any]:
        """As JSON values, see `decode`."""
        return {
            "runs": self.runs,
            "schedules": sorted(self.schedules),
            "orders": sorted(self.orders),
            "faults": dict(self.faults),
            "sometimes": self.sometimes,
            "most_calls": self.most_calls,
        }

    @classmethod
    def decode(cls, encoded: Mapping[str, Any]) -> Coverage:
        """The coverage that `encode` gave."""
        return cls(
            encoded["runs"],
            set(encoded["schedules"]),
            set(encoded["orders"]),
            Counter(encoded["faults"]),
            dict(encoded["sometimes"]),
            encoded["most_calls"],
        )


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
