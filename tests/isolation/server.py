"""Scripts on the real server, one connection a session, watched by another one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import asyncpg

from tests.fidelity import server
from tests.fidelity.answers import count_of, of_error, of_rows
from tests.isolation.playing import Stage, play
from tests.isolation.scripts import Script

_POLL_S = 0.002
_WAITING = "SELECT pid FROM unnest($1::int[]) AS pid WHERE cardinality(pg_blocking_pids(pid)) > 0"


class _Server(Stage):
    def __init__(self, sessions: dict[str, Any], watcher: Any) -> None:
        self._sessions = sessions
        self._watcher = watcher

    async def answer(self, session: str, sql: str) -> dict[str, Any]:
        try:
            statement = await self._sessions[session].prepare(sql)
            rows = await statement.fetch()
        except asyncpg.PostgresError as error:
            return of_error(error)
        status = statement.get_statusmsg() or ""
        columns = [attribute.name for attribute in statement.get_attributes()]
        return of_rows(columns, [tuple(row.values()) for row in rows], status, count_of(status))

    async def settle(self, running: dict[str, asyncio.Task[dict[str, Any]]]) -> None:
        while True:
            pids = {self._sessions[name].get_server_pid(): name for name, task in running.items() if not task.done()}
            waiting = [row["pid"] for row in await self._watcher.fetch(_WAITING, list(pids))]
            if all(pid in waiting or running[name].done() for pid, name in pids.items()):
                return
            await asyncio.sleep(_POLL_S)


async def run(url: str, script: Script) -> list[dict[str, Any]]:
    """What the server does at each step."""
    await server.empty(url)
    async with AsyncExitStack() as stack:
        sessions: dict[str, Any] = {}
        for name in ("watcher", *script.sessions):
            sessions[name] = await asyncpg.connect(url, server_settings={"lc_messages": "C", "timezone": "UTC"})
            stack.push_async_callback(sessions[name].close, timeout=5)
        for sql in script.setup:
            await sessions["watcher"].execute(sql)
        return await play(script, _Server(sessions, sessions["watcher"]))
