"""Items: in the database, and kept in the cache once they were read."""

from typing import Any

from nexus.cache import CacheManager
from nexus.database import DatabaseAdapter
from nexus.services import BaseService, inject

SCHEMA = """
CREATE TABLE IF NOT EXISTS sample_plugin_items (
    id SERIAL PRIMARY KEY,
    name VARCHAR(80) UNIQUE NOT NULL CHECK (name <> ''),
    created_at TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""
# The database decides who gets a name: to look first and then to insert would let two callers in.
ADD = """
INSERT INTO sample_plugin_items (name) VALUES ($1)
ON CONFLICT DO NOTHING
RETURNING id
"""
NAME = "SELECT name FROM sample_plugin_items WHERE id = $1"


class SampleService(BaseService):
    """Items with a name that no other has. An item never changes, so the cache is never wrong."""

    def __init__(
        self,
        db: DatabaseAdapter = inject(),
        cache: CacheManager = inject(),
        config: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(config)
        self.db = db
        self.cache = cache
        self.ttl = int(self.config.get("ttl", 300))

    async def _setup(self) -> None:
        await self.db.execute(SCHEMA)

    async def add(self, name: str) -> int:
        """Make an item and return its id.

        Raises:
            ValueError: there is one of this name.
        """
        made = await self.db.fetch_val(ADD, name)
        if made is None:
            raise ValueError(f"there is an item {name!r} already")
        return int(made)

    async def name_of(self, item_id: int) -> str | None:
        """The item's name, or None where there is no such item."""
        key = f"sample_plugin:item:{item_id}"
        cached = await self.cache.get(key)
        if cached is not None:
            return cached.decode()
        name = await self.db.fetch_val(NAME, item_id)
        if name is None:
            return None
        await self.cache.set(key, str(name), ttl=self.ttl)
        return str(name)
