"""A sound CRUD service with a table, a table of tags, and a cache: the ground in which bugs are sown."""

from nexus_testkit.container import Service, inject
from nexus_testkit.errors import UniqueViolation
from nexus_testkit.ports.clock import Clock
from nexus_testkit.ports.database import DatabaseAdapter
from nexus_testkit.services import CacheService

TABLES = (
    """
    CREATE TABLE IF NOT EXISTS notes (
        id SERIAL PRIMARY KEY,
        slug TEXT NOT NULL UNIQUE,
        body TEXT NOT NULL,
        title TEXT,
        created_at TIMESTAMPTZ NOT NULL,
        updated_at TIMESTAMPTZ NOT NULL
    )
    """,
    """
    CREATE TABLE IF NOT EXISTS note_tags (
        note_id INTEGER NOT NULL, place INTEGER NOT NULL, tag TEXT NOT NULL, PRIMARY KEY (note_id, place)
    )
    """,
)
COLUMNS = ("slug", "body", "title")


class NotesService(Service):
    """Notes: `slug` (unique), `body`, `title` (or None), `tags`."""

    def __init__(self, db: DatabaseAdapter = inject(), cache: CacheService = inject(), clock: Clock = inject()) -> None:
        self.db = db
        self.cache = cache
        self.clock = clock

    async def initialize(self):
        for table in TABLES:
            await self.db.execute(table)

    async def cleanup(self):
        pass

    async def create(self, data):
        self.check(data)
        fields = self.incoming({"body": "", "title": None, **data})
        now = self.clock.now()
        try:
            async with self.db.transaction() as tx:
                note_id = await tx.fetch_val(
                    """INSERT INTO notes (slug, body, title, created_at, updated_at)
                    VALUES ($1, $2, $3, $4, $4) RETURNING id""",
                    *(fields[name] for name in COLUMNS),
                    now,
                )
                await self.write_tags(tx, note_id, data.get("tags", []))
        except UniqueViolation as error:
            raise ValueError(f"slug {data['slug']!r} is taken") from error
        return await self.read(self.db, note_id)

    async def get(self, note_id):
        async def load():
            note = await self.read(self.db, note_id)
            if note is None:
                raise LookupError(note_id)  # and that is not cached
            return note

        try:
            return await self.cache.get_or_load(f"note:{note_id}", load)
        except LookupError:
            return None

    async def update(self, note_id, changes):
        self.check({"slug": "-", **changes})
        try:
            async with self.db.transaction() as tx:
                if not await tx.fetch_val("SELECT id FROM notes WHERE id = $1 FOR UPDATE", note_id):
                    return None
                await self.write(tx, note_id, self.incoming(changes))
                if "tags" in changes:
                    await tx.execute("DELETE FROM note_tags WHERE note_id = $1", note_id)
                    await self.write_tags(tx, note_id, changes["tags"])
        except UniqueViolation as error:
            raise ValueError(f"slug {changes['slug']!r} is taken") from error
        finally:  # the reply of the COMMIT may have been lost
            await self.forget_updated(note_id)
        return await self.read(self.db, note_id)

    async def delete(self, note_id):
        try:
            async with self.db.transaction() as tx:
                await self.delete_tags(tx, note_id)
                deleted = await tx.execute("DELETE FROM notes WHERE id = $1", note_id)
        finally:
            await self.forget_deleted(note_id)
        return deleted.rowcount == 1

    async def list(self, page=1, per_page=20, filters=None):
        filters = filters or {}
        notes = [self.note(row) for row in await self.db.fetch_all(self.query(filters), *self.values(filters))]
        tags = await self.db.fetch_all("SELECT note_id, tag FROM note_tags ORDER BY note_id, place")
        for note in notes:
            note["tags"] = [row["tag"] for row in tags if row["note_id"] == note["id"]]
        if "tags" in filters:
            notes = [note for note in notes if set(filters["tags"]) <= set(note["tags"])]
        return self.page(notes, page, per_page), self.total(notes, page, per_page)

    # -- in small pieces, so that one can be spoiled

    def check(self, data):
        if not data.get("slug"):
            raise ValueError("a note needs a slug")

    def incoming(self, fields):
        return dict(fields)

    async def write(self, tx, note_id, changes):
        for name in COLUMNS:
            if name in changes:
                await tx.execute(f"UPDATE notes SET {name} = $2 WHERE id = $1", note_id, changes[name])
        await tx.execute("UPDATE notes SET updated_at = $2 WHERE id = $1", note_id, self.clock.now())

    async def forget_updated(self, note_id):
        await self.cache.delete(f"note:{note_id}")

    async def forget_deleted(self, note_id):
        await self.cache.delete(f"note:{note_id}")

    async def delete_tags(self, tx, note_id):
        await tx.execute("DELETE FROM note_tags WHERE note_id = $1", note_id)

    async def write_tags(self, tx, note_id, tags):
        for place, tag in enumerate(tags):
            await tx.execute("INSERT INTO note_tags VALUES ($1, $2, $3)", note_id, place, tag)

    async def read(self, db, note_id):
        row = await db.fetch_one("SELECT * FROM notes WHERE id = $1", note_id)
        return None if row is None else {**self.note(row), "tags": await self.tags(db, note_id)}

    def note(self, row):
        return dict(row)

    async def tags(self, db, note_id):
        rows = await db.fetch_all("SELECT tag FROM note_tags WHERE note_id = $1 ORDER BY place", note_id)
        return [row["tag"] for row in rows]

    def query(self, filters):
        conditions = ["true"]
        if "search" in filters:
            conditions.append("body LIKE $1 ESCAPE '\\'")
        if "slug" in filters:
            conditions.append(f"slug = ${len(filters) if 'tags' not in filters else len(filters) - 1}")
        return f"SELECT * FROM notes WHERE {' AND '.join(conditions)} ORDER BY created_at DESC, id DESC"

    def values(self, filters):
        values = []
        if "search" in filters:
            values.append(self.pattern(filters["search"]))
        if "slug" in filters:
            values.append(filters["slug"])
        return values

    def pattern(self, text):
        return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"

    def page(self, notes, page, per_page):
        return notes[(page - 1) * per_page : page * per_page]

    def total(self, notes, page, per_page):
        return len(notes)
