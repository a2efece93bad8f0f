"""How a campaign goes on, for whoever watches: one line that changes on a terminal, else a line now and then."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from nexus_testkit.cli.campaign.campaign import Standing

_EVERY_S = 10.0  # where it is no terminal


def said(standing: Standing, *, runs: int | None, running: int) -> str:
    """The standing in one line."""
    coverage = standing.coverage
    made = coverage.runs - standing.before
    rate = made / max(standing.elapsed_s, 0.001)
    of = "" if runs is None else f" of {runs}"
    failures = sum(standing.seen.values())
    parts = [
        f"{coverage.runs}{of} runs",
        f"{rate:.0f} runs/s",
        f"{len(coverage.schedules)} distinct schedules",
        f"{failures} failure{'' if failures == 1 else 's'}",
        f"{standing.elapsed_s:.0f} s",
    ]
    if running:
        parts.append(f"{running} under way")
    return ", ".join(parts)


class Watch:
    """Shows the standing on a console."""

    def __init__(self, console: Console, *, runs: int | None) -> None:
        """Show it as of `runs` runs."""
        self._runs = runs
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True) if console.is_terminal else None
        self._said_at = time.monotonic()

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, standing: Standing, /, *, running: int) -> None:
        """Show it; see `Show`."""
        line = said(standing, runs=self._runs, running=running)
        if self._live is not None:
            self._live.update(Text(line, style="cyan"), refresh=True)
        elif time.monotonic() - self._said_at >= _EVERY_S:
            self._said_at = time.monotonic()
            self._console.print(line, soft_wrap=True)
