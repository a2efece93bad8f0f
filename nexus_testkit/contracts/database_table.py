"""The table on which the database's promises are tested."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from nexus_testkit.contracts.contract import Contract
from nexus_testkit.ports.database import DatabaseAdapter

ITEMS = "promise_items"
INSERT = f"INSERT INTO {ITEMS} (name) VALUES ($1)"
NAMES = f"SELECT string_agg(name, ' ' ORDER BY name) FROM {ITEMS}"
_DROP = f"DROP TABLE IF EXISTS {ITEMS}"
_CREATE = f"""
    CREATE TABLE {ITEMS} (
        id serial PRIMARY KEY,
        name text UNIQUE NOT NULL,
        number int NOT NULL DEFAULT 0 CONSTRAINT promise_not_negative CHECK (number >= 0),
        parent int REFERENCES {ITEMS} (id)
    )
"""


class TablePromises(Contract):
    """What the parts of `DatabaseContract` share."""

    @pytest.fixture
    async def items(self, adapter: DatabaseAdapter) -> AsyncIterator[str]:
        """The name of a table, empty: id, a unique name, a number that is not negative, a parent in the same table."""
        await adapter.execute(_DROP)
        await adapter.execute(_CREATE)
        yield ITEMS
        await adapter.execute(_DROP)
