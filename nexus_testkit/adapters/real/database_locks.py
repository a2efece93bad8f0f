"""Which statements of a world wait for a lock that only the world itself can release: the server is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import asyncpg

# `pg_blocking_pids` has those that hold the lock, and those that stand before it in the queue.
_BLOCKED = """
SELECT pid, pg_catalog.pg_blocking_pids(pid) AS blocked_by
FROM pg_catalog.pg_stat_activity
WHERE datname = $1 AND backend_type = 'client backend' AND state = 'active'
"""
# A server that gives up a wait by itself counts real seconds.
_GIVES_UP = """
SELECT bool_or(pg_catalog.current_setting(name) <> '0')
FROM pg_catalog.unnest(ARRAY['lock_timeout', 'statement_timeout', 'transaction_timeout', 'idle_in_transaction_session_timeout']) AS name
WHERE pg_catalog.current_setting(name, true) IS NOT NULL
"""


async def count_blocked(server_url: str, database: str) -> int:
    """How many statements in `database` wait for a lock; 0 where the server will end one of the waits by itself.

    That is where they wait for one another (a deadlock, which it finds in a second), where one works, or where the server's
    settings have a limit for waits. `server_url` is of another database of the same server, for the same user.

    Raises:
        asyncpg.PostgresError: and OSError: the server cannot be asked.
    """
    connection = await asyncpg.connect(server_url)
    try:
        if await connection.fetchval(_GIVES_UP):
            return 0
        blocked_by = {pid: set(blocking) for pid, blocking in await connection.fetch(_BLOCKED, database)}
    finally:
        connection.terminate()  # nobody waits for its end
    return len(blocked_by) if all(blocked_by.values()) and not _in_circles(blocked_by) else 0


def _in_circles(blocked_by: Mapping[int, Collection[int]]) -> bool:
    """Whether some of those that wait do so for one another."""
    waiting = dict(blocked_by)
    while True:
        free = [pid for pid, blocking in waiting.items() if not any(other in waiting for other in blocking)]
        if not free:
            return bool(waiting)
        for pid in free:
            del waiting[pid]
