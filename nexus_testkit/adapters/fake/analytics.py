"""The analytics port of the fake world: the same store as in production, on the fake database."""

from nexus_testkit.adapters.sql import SqlEventStore

__all__ = ["SqlEventStore"]
