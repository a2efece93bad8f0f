"""Running a script, on whatever has sessions: step by step, each to the point where nothing moves any more."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Any

from tests.isolation.scripts import Script, plain

_Task = asyncio.Task[dict[str, Any]]


class Stage(ABC):
    """Where a script is played."""

    @abstractmethod
    async def answer(self, session: str, sql: str) -> dict[str, Any]:
        """Run a statement to its end."""

    @abstractmethod
    async def settle(self, running: dict[str, _Task]) -> None:
        """Return when each of these statements has ended or waits for another session."""


async def play(script: Script, stage: Stage) -> list[dict[str, Any]]:
    """What happens at each step."""
    running: dict[str, _Task] = {}
    found: list[dict[str, Any]] = []
    for step in script.steps:
        if step.sql:
            if step.session in running:
                raise AssertionError(f"{script.label}: {step.session} still waits when {step.sql!r} is to run")
            running[step.session] = asyncio.ensure_future(stage.answer(step.session, step.sql))
        else:
            await asyncio.wait([running[step.session]])
        await stage.settle(running)
        ended = {name: running.pop(name).result() for name in sorted(running) if running[name].done()}
        entry: dict[str, Any] = {"session": step.session, "sql": step.sql}
        own = ended.pop(step.session, None)
        entry["answer"] = "waits" if own is None else plain(own)
        if ended:
            entry["then"] = {name: plain(answer) for name, answer in ended.items()}
        found.append(entry)
    if running:
        raise AssertionError(f"{script.label}: {sorted(running)} still wait at the end")
    return found
