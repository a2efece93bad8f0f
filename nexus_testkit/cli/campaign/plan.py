"""Which runs are still to be made, in their order."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from nexus_testkit.cli.campaign.chunk import Chunk

_LONGEST_S = 5.0  # of a chunk: what is lost at most where a process dies, and how often there is news
_LARGEST = 20_000


class Runs:
    """The runs 1 to `runs` less those that were made, cut into chunks on demand.

    How they are cut changes nothing: run n is the same run in any chunk.
    """

    def __init__(self, runs: int | None, *, made: Iterable[tuple[int, int]] = ()) -> None:
        """All runs up to `runs` (None: without end), less the ones from `first` to before `after` of each pair in `made`."""
        self._gaps: list[Chunk] = []
        first = 1
        for start, after in sorted(made):
            if start > first and (runs is None or first <= runs):
                last = start - 1 if runs is None else min(start - 1, runs)
                self._gaps.append(Chunk(first, last - first + 1))
            first = max(first, after)
        self._next = first
        self._end = runs

    def take(self, size: int) -> Chunk | None:
        """The next chunk of at most `size` runs, lowest numbers first; None where nothing is left."""
        if self._gaps:
            gap = heapq.heappop(self._gaps)
            if gap.runs > size:
                heapq.heappush(self._gaps, Chunk(gap.first + size, gap.runs - size, gap.tries))
                gap = Chunk(gap.first, size, gap.tries)
            return gap
        count = size if self._end is None else min(size, self._end - self._next + 1)
        if count <= 0:
            return None
        chunk = Chunk(self._next, count)
        self._next += count
        return chunk

    def back(self, chunk: Chunk) -> None:
        """Runs that were taken and not made."""
        heapq.heappush(self._gaps, chunk)

    @property
    def next(self) -> int | None:
        """The number of the run that `take` would begin with; None where nothing is left."""
        if self._gaps:
            return self._gaps[0].first
        return None if self._end is not None and self._next > self._end else self._next


class Size:
    """How many runs a chunk has: about five seconds' worth, as soon as it is known how long runs take."""

    def __init__(self, fixed: int | None, *, runs: int | None, jobs: int) -> None:
        """`fixed` where the user says so; else begin with a fair share of the first 500."""
        share = 500 if runs is None else min(500, runs)
        self._is_fixed = fixed is not None
        self.now = fixed if fixed is not None else max(1, -(-share // jobs))

    def learn(self, runs: int, seconds: float) -> None:
        """A chunk of so many runs took so long, pytest's own start included."""
        if self._is_fixed or not runs:
            return
        wanted = int(runs * _LONGEST_S / max(seconds, 0.1))
        self.now = min(max(wanted, self.now // 2, 1), self.now * 2, _LARGEST)
