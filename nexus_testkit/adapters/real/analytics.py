"""The analytics port in production: events in a table of the database."""

from nexus_testkit.adapters.sql import SqlEventStore

__all__ = ["SqlEventStore"]
