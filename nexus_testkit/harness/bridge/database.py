"""What a platform plugin knows as `db_adapter`: keys and values, in the world's database."""

from __future__ import annotations

import json
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nexus_testkit.harness.harness import Harness

_platform: Any = import_module(
    "nexus.database"
)  # type checkers know the kit's stubs by that name, not the platform's module
_TABLE = """CREATE TABLE IF NOT EXISTS nexus_kv_store (
    key varchar(255) PRIMARY KEY, value text, created_at timestamp, updated_at timestamp)"""


class KeyValueDatabase(_platform.DatabaseAdapter):  # type: ignore[misc]  # see above
    """The platform's `SQLAlchemyAdapter` (nexus/database.py, 0.1.5) on PostgreSQL, statement for statement.

    Each statement crosses the database port: it is in the journal, and faults reach it. Values come back as they do from the
    platform's SQL databases, which is not as they went in: lists, tuples and dicts are JSON, all else is `str(value)`, and
    what can be read as JSON is read so: "123" comes back as 123, True as 'True', None as 'None'.

    Limits: the platform's MemoryAdapter, which keeps objects as they are, is not emulated; the errors are those of the
    database port (asyncpg's), not SQLAlchemy's.
    """

    def __init__(self, nexus: Harness) -> None:
        """Stand on the world's database; nothing is opened yet."""
        super().__init__(_platform.DatabaseConfig(type="postgresql"))
        self._nexus = nexus

    async def connect(self) -> None:
        """Make the table, as the platform does when it starts: no call of the plugin's."""
        await self._nexus.adapter("database").execute(_TABLE)
        self.connected = True

    async def disconnect(self) -> None:
        self.connected = False

    async def get(self, key: str, default: Any = None) -> Any:
        row = await self._port.fetch_one("SELECT value FROM nexus_kv_store WHERE key = $1", key)
        if row is None:
            return default
        try:
            return json.loads(row["value"])
        except json.JSONDecodeError:
            return row["value"]

    async def set(self, key: str, value: Any) -> None:
        text = json.dumps(value) if isinstance(value, (dict, list, tuple)) else str(value)
        now = self._now()
        async with self._port.transaction():
            row = await self._port.fetch_one("SELECT key FROM nexus_kv_store WHERE key = $1", key)
            if row is None:
                await self._port.execute("INSERT INTO nexus_kv_store VALUES ($1, $2, $3, $3)", key, text, now)
            else:
                statement = "UPDATE nexus_kv_store SET value = $2, updated_at = $3 WHERE key = $1"
                await self._port.execute(statement, key, text, now)

    async def delete(self, key: str) -> None:
        await self._port.execute("DELETE FROM nexus_kv_store WHERE key = $1", key)

    async def exists(self, key: str) -> bool:
        return await self._port.fetch_one("SELECT key FROM nexus_kv_store WHERE key = $1", key) is not None

    async def list_keys(self, pattern: str = "*") -> list[str]:
        like = pattern.replace("*", "%").replace("?", "_")  # the platform escapes nothing
        rows = await self._port.fetch_all("SELECT key FROM nexus_kv_store WHERE key LIKE $1", like)
        return [row["key"] for row in rows]

    async def clear(self) -> None:
        await self._port.execute("DELETE FROM nexus_kv_store")

    async def health_check(self) -> dict[str, Any]:
        try:
            count = await self._port.fetch_val("SELECT count(*) FROM nexus_kv_store")
        except Exception as error:  # noqa: BLE001  # as the platform: an answer, not a failure
            return {"status": "unhealthy", "error": str(error), "connected": False}
        return {"status": "healthy", "type": "postgresql", "connected": True, "total_keys": count}

    @property
    def _port(self) -> Any:
        if not self.connected:
            raise RuntimeError("Database not connected")
        return self._nexus.port("database")

    def _now(self) -> datetime:
        now: datetime = self._nexus.adapter("clock").now()
        return now.replace(tzinfo=None)
