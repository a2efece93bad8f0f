"""The connections that hold copies of the database for transactions that overlap."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from nexus_testkit.postgres.concurrency import rows, triggers
from nexus_testkit.postgres.concurrency.rows import Place, Row, Shape
from nexus_testkit.postgres.plan import needed_by

if TYPE_CHECKING:
    from nexus_testkit.postgres.catalog.schema import Catalog
    from nexus_testkit.postgres.engine import Engine


class Link:
    """One connection.

    Attributes:
        connection: SQLite's; within a transaction from `load` on.
        provided: the runtime's functions that it has.
        state: what it holds, as its user understands it; None for nothing that could be used again.
    """

    __slots__ = ("_engine", "_watched", "connection", "provided", "state")

    def __init__(self, engine: Engine) -> None:
        """Open it, empty."""
        self._engine = engine
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        engine.prepare(self.connection)
        self.provided: set[str] = set()
        self.state: Any = None
        self._watched: dict[str, None] = {}

    def load(
        self,
        image: bytes,
        shapes: Mapping[str, Shape],
        changes: Iterable[Mapping[Place, Row]],
        newer: Mapping[Place, Row],
        before_newer: Iterable[str],
    ) -> None:
        """Hold a copy of the database with some rows changed, and begin a transaction on it.

        `before_newer` runs before the `newer` rows are written.
        """
        connection = self.connection
        self.state = None
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        # The triggers went with it; those that outlive a `deserialize` may be none of the new tables' (SQLite compares addresses).
        self._watched.clear()
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.deserialize(image)
        # Indexes and checks name functions: what the engine's own connection has, this one needs.
        self.provide(frozenset(self._engine.provided))
        for each in changes:
            rows.write(connection, shapes, each)
        for sql in before_newer:
            connection.execute(sql)
        rows.write(connection, shapes, newer)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("BEGIN")

    def provide(self, names: frozenset[str]) -> None:
        """Give it functions of the runtime."""
        if not names <= self.provided:
            with self._engine.working_on(self):
                self._engine.provide(names)

    def watch(self, catalog: Catalog, tables: Iterable[str]) -> None:
        """Report the rows of these tables that statements touch."""
        for table in tables:
            if table not in self._watched:
                for sql in triggers.watching(catalog.tables[table], len(self._watched)):
                    self.provide(needed_by(sql))
                    self.connection.execute(sql)
                self._watched[table] = None

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()
