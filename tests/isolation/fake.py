"""Scripts on the fake, through its asynchronous adapter, in virtual time."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

from nexus_testkit.adapters.fake.clock import VirtualClock
from nexus_testkit.adapters.fake.database import SqliteDatabase
from nexus_testkit.errors import DatabaseError
from nexus_testkit.simulation import run as run_world
from tests.fidelity.answers import of_error, of_rows
from tests.isolation.playing import Stage, play
from tests.isolation.scripts import Script

# How many turns of the loop a statement may take between two waits.
_TURNS = 100


class _Fake(Stage):
    def __init__(self, database: SqliteDatabase, sessions: dict[str, Any]) -> None:
        self._database = database
        self._sessions = sessions

    async def answer(self, session: str, sql: str) -> dict[str, Any]:
        own = self._sessions[session]._session
        try:
            result = await self._database.perform(own, own.execute, sql)
        except DatabaseError as error:
            return of_error(error)
        return of_rows(list(result.columns), result.rows, result.status, result.rowcount)

    async def settle(self, running: dict[str, asyncio.Task[dict[str, Any]]]) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)
        moving = [name for name, task in running.items() if not task.done() and not self._waits(name)]
        assert not moving, f"{moving} neither wait nor end"

    def _waits(self, session: str) -> bool:
        return bool(self._sessions[session]._session.waits_for)


def run(script: Script) -> list[dict[str, Any]]:
    """What the fake does at each step."""
    return run_world(lambda: _run(script))


async def _run(script: Script) -> list[dict[str, Any]]:
    database = SqliteDatabase(clock=VirtualClock(asyncio.get_running_loop()))
    try:
        async with AsyncExitStack() as stack:
            for sql in script.setup:
                await database.execute(sql)
            sessions = {name: await stack.enter_async_context(database.connection()) for name in script.sessions}
            return await play(script, _Fake(database, sessions))
    finally:
        await database.aclose()
