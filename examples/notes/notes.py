"""Notes: a table of its own, and a service with create, get, update, delete and list."""

from __future__ import annotations

from typing import Any

from nexus.database import DatabaseAdapter
from nexus.plugins import Plugin
from nexus.services import BaseService, get_service, inject, register_service

SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
    id SERIAL PRIMARY KEY,
    slug VARCHAR(60) UNIQUE NOT NULL CHECK (slug <> ''),
    body TEXT NOT NULL DEFAULT '',
    labels JSONB NOT NULL DEFAULT '[]',
    created_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at TIMESTAMPTZ NOT NULL DEFAULT now()
)
"""

COLUMNS = ("slug", "body", "labels")


class NoteLimitError(RuntimeError):
    """The tier's number of notes is used up."""


class NotesService(BaseService):
    """CRUD of notes. A slug belongs to one note."""

    def __init__(self, db: DatabaseAdapter = inject(), config: dict[str, Any] | None = None) -> None:
        super().__init__(config)
        self.db = db
        self.limit = {"free": 3, "pro": None}[self.config.get("tier", "free")]

    async def _setup(self) -> None:
        await self.db.execute(SCHEMA)

    async def create(self, data: dict[str, Any]) -> dict[str, Any]:
        """Make a note of `slug`, `body` and `labels`.

        Raises:
            ValueError: the slug is taken.
            NoteLimitError: the tier allows no more.
        """
        async with self.db.transaction() as tx:
            await tx.execute("SELECT pg_advisory_xact_lock(7001)")
            if self.limit is not None and await tx.fetch_val("SELECT count(*) FROM notes") >= self.limit:
                raise NoteLimitError(self.limit)
            row = await tx.fetch_one(
                """
                INSERT INTO notes (slug, body, labels) VALUES ($1, $2, $3)
                ON CONFLICT (slug) DO NOTHING
                RETURNING *
                """,
                data["slug"],
                data.get("body", ""),
                data.get("labels", []),
            )
        if row is None:
            raise ValueError(f"a note {data['slug']!r} exists already")
        return dict(row)

    async def get(self, note_id: int) -> dict[str, Any] | None:
        """The note, or None."""
        row = await self.db.fetch_one("SELECT * FROM notes WHERE id = $1", note_id)
        return dict(row) if row else None

    async def update(self, note_id: int, changes: dict[str, Any]) -> dict[str, Any] | None:
        """Change a note; None where there is none. What is not given stays."""
        unknown = set(changes) - set(COLUMNS)
        if unknown:
            raise ValueError(f"no such field: {', '.join(sorted(unknown))}")
        row = await self.db.fetch_one(
            """
            UPDATE notes SET
                slug = COALESCE($2, slug), body = COALESCE($3, body), labels = COALESCE($4, labels), updated_at = now()
            WHERE id = $1
            RETURNING *
            """,
            note_id,
            *(changes.get(column) for column in COLUMNS),
        )
        return dict(row) if row else None

    async def delete(self, note_id: int) -> bool:
        """Delete a note; False where there is none."""
        done = await self.db.execute("DELETE FROM notes WHERE id = $1", note_id)
        return done.rowcount == 1

    async def list(
        self, *, page: int = 1, per_page: int = 20, filters: dict[str, Any] | None = None
    ) -> tuple[list[dict[str, Any]], int]:
        """One page of notes, newest first, and how many there are. Filters: `label`, `search` (in the body)."""
        filters = filters or {}
        pattern = None
        if "search" in filters:
            escaped = filters["search"].replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            pattern = f"%{escaped}%"
        label = [filters["label"]] if "label" in filters else None
        where = "($1::text IS NULL OR body ILIKE $1) AND ($2::jsonb IS NULL OR labels @> $2)"
        async with self.db.transaction(isolation="repeatable_read") as tx:
            total = await tx.fetch_val(f"SELECT count(*) FROM notes WHERE {where}", pattern, label)
            rows = await tx.fetch_all(
                f"SELECT * FROM notes WHERE {where} ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4",
                pattern,
                label,
                per_page,
                (page - 1) * per_page,
            )
        return [dict(row) for row in rows], total


class NotesPlugin(Plugin):
    """The plugin; `tier` in its config is "free" or "pro"."""

    name = "notes"
    version = "1.0.0"

    async def initialize(self) -> bool:
        await super().initialize()
        register_service(NotesService, config=self.config)
        self.notes = get_service(NotesService)
        return True
