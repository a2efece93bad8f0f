"""`SqlEventStore`: the analytics port on any database adapter."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from nexus_testkit.errors import UndefinedTable, ValidationError
from nexus_testkit.ports.analytics import Event
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import DatabaseAdapter, Queries, Row

T = TypeVar("T")

# Any number will do, as long as nobody else locks it: the first 8 bytes of sha256(b"nexus.events.schema"), less the sign.
_SCHEMA_LOCK = 4_651_843_034_480_273_612

_SCHEMA = (
    """
    CREATE TABLE IF NOT EXISTS nexus_events (
        id TEXT PRIMARY KEY,
        event_type TEXT NOT NULL,
        user_id TEXT,
        properties JSONB NOT NULL,
        occurred_at TIMESTAMPTZ NOT NULL,
        arrival BIGSERIAL NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS nexus_events_occurred_at_idx ON nexus_events (occurred_at)",
)

_INSERT = """
    INSERT INTO nexus_events (id, event_type, user_id, properties, occurred_at)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (id) DO NOTHING
"""


class SqlEventStore:
    """Events in the table `nexus_events`, which the first use creates; an event that comes twice counts once.

    `append` has a session of its own: what it stored stays, also when the caller is inside a transaction that is
    rolled back later, because the caller has let go of the events by then. So it can wait for locks that the
    caller's own transaction holds, and `timeout_s` ends that.

    Limits: events are kept as they came, one row each; nothing is thinned out or expires.

    Attributes:
        database: where the table is.
    """

    def __init__(self, database: DatabaseAdapter, *, clock: Clock, timeout_s: float = 30) -> None:
        """Make a store on `database`. The clock is not read: events bring their own time."""
        del clock
        self.database = database
        self._timeout_s = timeout_s
        self._created = False

    async def append(self, events: Sequence[Event], /) -> None:
        """Store all of them, or none and raise; those whose id is stored already are dropped.

        Raises:
            ValidationError: a timestamp without a time zone.
            DatabaseError: what the database says; nothing has been stored.
            TimeoutError: `timeout_s` is over; append them again, which stores each once whatever came of this.
        """
        rows = [_row(event) for event in events]
        if not rows:
            return

        async def insert() -> None:
            async with self.database.connection() as own, own.transaction() as session:
                await self._create(session)
                await session.execute_many(_INSERT, rows)

        async with asyncio.timeout(self._timeout_s):
            await self._on_table(insert)

    async def counts(self, event_type: str | None = None, /, *, since: datetime | None = None) -> dict[str, int]:
        """How many events of each type there are, from `since` on (inclusive); types without events are left out."""
        where, args = _where(event_type, since)
        query = f"SELECT event_type, count(*) AS n FROM nexus_events{where} GROUP BY event_type ORDER BY event_type"
        return {row["event_type"]: row["n"] for row in await self._read(query, args)}

    async def events(self, event_type: str | None = None, /, *, since: datetime | None = None) -> list[Event]:
        """The events, by time and then in the order in which they came."""
        where, args = _where(event_type, since)
        query = (
            f"SELECT id, event_type, user_id, properties, occurred_at FROM nexus_events{where} "
            "ORDER BY occurred_at, arrival"
        )
        return [_event(row) for row in await self._read(query, args)]

    async def _read(self, query: str, args: list[object]) -> list[Row]:
        async def read() -> list[Row]:
            if not self._created:
                async with self.database.transaction() as session:
                    await self._create(session)
            return await self.database.fetch_all(query, *args)

        return await self._on_table(read)

    async def _on_table(self, work: Callable[[], Awaitable[T]]) -> T:
        try:
            return await work()
        except UndefinedTable:
            # Another task has made the table and has yet to commit, or what made it was rolled back, or it was dropped.
            self._created = False
            return await work()

    async def _create(self, session: Queries) -> None:
        # IF NOT EXISTS alone lets all but one of several sessions fail that create a table at once; see UserService.
        if self._created:
            return
        await session.execute("SELECT pg_advisory_xact_lock($1)", _SCHEMA_LOCK)
        for statement in _SCHEMA:
            await session.execute(statement)
        self._created = True

    def leaks(self) -> list[str]:
        """Nothing: what is open is the database's."""
        return []

    async def aclose(self) -> None:
        """Nothing to close; the database is closed by whoever made it. Safe to call twice."""


def _row(event: Event) -> tuple[object, ...]:
    return (
        event.id,
        event.event_type,
        event.user_id,
        dict(event.properties),
        _aware(event.timestamp, f"event {event.id!r}"),
    )


def _event(row: Row) -> Event:
    return Event(
        id=row["id"],
        event_type=row["event_type"],
        timestamp=row["occurred_at"].astimezone(UTC),
        user_id=row["user_id"],
        properties=row["properties"],
    )


def _where(event_type: str | None, since: datetime | None) -> tuple[str, list[object]]:
    conditions: list[str] = []
    args: list[object] = []
    if event_type is not None:
        args.append(event_type)
        conditions.append(f"event_type = ${len(args)}")
    if since is not None:
        args.append(_aware(since, "since"))
        conditions.append(f"occurred_at >= ${len(args)}")
    return (" WHERE " + " AND ".join(conditions) if conditions else ""), args


def _aware(moment: datetime, what: str) -> datetime:
    if moment.tzinfo is None:
        raise ValidationError(
            f"the time of {what} has no time zone: {moment.isoformat()}", hint="use clock.now(), which is aware"
        )
    return moment
